/** What is set about a group and about operators in it. */
import type {Group} from '../model.js';
import type {World} from '../world.js';
import {defaultGroupSettings, defaultSkill, type GroupSettings, type Skill} from './settings.js';

export function groupOf(world: World, groupId: string | undefined): Group | undefined {
	return world.config.groups.find(group => group.id === groupId);
}

export function groupSettings(world: World, groupId: string | undefined): GroupSettings {
	return {...defaultGroupSettings, ...groupOf(world, groupId)?.settings};
}

export function skillIn(world: World, operatorId: string, groupId: string): Skill {
	return world.config.skills?.[operatorId]?.[groupId] ?? defaultSkill;
}
