/** 業務: what can be changed of a campaign while it runs. */
import type {Campaign} from '../../domain/model.js';
import {choice, plainText} from '../forms.js';
import {groupName} from '../names.js';
import {listProperty, type Noun, property, replaced, shown} from '../noun.js';

export const campaign: Noun<Campaign> = {
	name: 'campaign',
	label: {ja: '業務', en: 'campaign'},
	help: {ja: '業務の名前・状態・グループ・録音', en: 'name, status, groups and recording of campaigns'},
	keyForm: {ja: '業務コード', en: 'code of a campaign'},
	verbs: ['list', 'show', 'set'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['name', 'status', 'group', 'recording'],
	fields: [
		property('name', plainText, {
			name: 'name',
			label: {ja: '名前', en: 'name'},
			help: {ja: '業務の名前', en: 'name of the campaign'},
			required: true,
		}),
		property('status', choice(['preparing', 'running', 'ended'] as const), {
			name: 'status',
			label: {ja: '状態', en: 'status'},
			help: {ja: 'running（実施中）だけが発信する', en: 'only a running one dials'},
			required: true,
		}),
		listProperty<Campaign, 'groupIds', string>('groupIds', groupName, {
			name: 'group',
			label: {ja: 'グループ', en: 'groups'},
			help: {ja: '作業グループ（+ で追加、~ で取り消し）', en: 'work groups (+ adds, ~ takes away)'},
			keepEmpty: true,
		}),
		property('recording', choice(['all', 'onDemand', 'off'] as const, {onDemand: 'on-demand'}), {
			name: 'recording',
			label: {ja: '録音', en: 'recording'},
			help: {ja: '通話の録音', en: 'recording of calls'},
			required: true,
		}),
		shown('fields', {ja: '項目数', en: 'card fields'}, row => String(row.card.length)),
	],
	rows: ({config}) => config.campaigns,
	keyOf: row => row.code,
	put: row => [{op: 'putCampaign', row}],
	apply: (config, row) => ({...config, campaigns: replaced(config.campaigns, row, ({id}) => id === row.id)}),
	about: ({id}) => ({campaignId: id}),
};
