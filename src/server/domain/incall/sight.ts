/** What a supervisor may see and touch: the operators of his own groups. Managers and administrators see the whole centre. */
import {operatorOf} from '../context.js';
import type {Agent, World} from '../world.js';

/** The groups somebody oversees; nobody below a supervisor oversees any. */
export function groupsInSight(world: World, operatorId: string): readonly string[] {
	const role = operatorOf(world, operatorId)?.role;
	if (role === 'manager' || role === 'admin') return world.config.groups.map(({id}) => id);
	return role === 'supervisor' ? (world.config.memberships[operatorId] ?? []) : [];
}

/** The whole centre, also operators who are in no group. */
export function seesAll(world: World, operatorId: string): boolean {
	const role = operatorOf(world, operatorId)?.role;
	return role === 'manager' || role === 'admin';
}

/** Where an operator belongs: the groups worked in, or before (and beside) the work those that may be. */
export function groupsOf(world: World, agent: Agent): readonly string[] {
	return agent.groupIds.length > 0 ? agent.groupIds : (world.config.memberships[agent.operatorId] ?? []);
}

export function seesAgent(world: World, operatorId: string, agent: Agent): boolean {
	if (seesAll(world, operatorId)) return true;
	const groupIds = groupsInSight(world, operatorId);
	return groupsOf(world, agent).some(id => groupIds.includes(id));
}
