/** スキル（★）: how good an operator is in a group, and which calls come first. */

import {defaultSkill} from '../../domain/acd/settings.js';
import type {Skill} from '../../domain/model.js';
import {wholeNumber} from '../forms.js';
import {groupName, operatorName} from '../names.js';
import {type Noun, property} from '../noun.js';

type Row = Skill & {operatorId: string; groupId: string};

export const skill: Noun<Row> = {
	name: 'skill',
	label: {ja: 'スキル', en: 'skill'},
	help: {ja: 'オペレーターのグループごとのスキル', en: 'skill of operators in their groups'},
	keyForm: {ja: 'ログインIDとグループ番号（例 op001 8001）', en: 'login ID and number of the group, such as op001 8001'},
	keyWords: 2,
	verbs: ['list', 'show', 'set'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['skill', 'priority'],
	fields: [
		property('skill', wholeNumber(0, 9), {
			name: 'skill',
			label: {ja: '★', en: 'skill'},
			help: {ja: 'スキル。大きいほど先に着信', en: 'the higher, the earlier it rings'},
			required: true,
		}),
		property('priority', wholeNumber(1, 9), {
			name: 'priority',
			label: {ja: '優先度', en: 'priority'},
			help: {ja: '小さいグループの電話を先に受ける', en: 'calls of the group with the smaller number come first'},
			required: true,
		}),
	],
	rows: ({config}) =>
		config.operators.flatMap(({id: operatorId}) =>
			(config.memberships[operatorId] ?? []).map(groupId => ({
				operatorId,
				groupId,
				...(config.skills?.[operatorId]?.[groupId] ?? defaultSkill),
			})),
		),
	keyOf: ({operatorId, groupId}, state) => `${operatorName.show(operatorId, state)} ${groupName.show(groupId, state)}`,
	put: ({operatorId, groupId, skill: level, priority}) => [{op: 'putSkill', operatorId, groupId, skill: {skill: level, priority}}],
	apply: (config, {operatorId, groupId, skill: level, priority}) => ({
		...config,
		skills: {...config.skills, [operatorId]: {...config.skills?.[operatorId], [groupId]: {skill: level, priority}}},
	}),
	about: ({operatorId, groupId}) => ({agentId: operatorId, groupId}),
};
