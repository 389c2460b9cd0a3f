/** 業務: what can be changed of a campaign while it runs. */
import type {Campaign} from '../../domain/model.js';
import {choice, plainText, wholeNumber} from '../forms.js';
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
		property('playback', choice(['customers', 'own', 'supervisors'] as const), {
			name: 'playback',
			label: {ja: '録音を聞ける人', en: 'playback'},
			help: {
				ja: 'customers：業務の顧客の通話、own：自分の通話、supervisors：SV だけ',
				en: "whose recordings an operator may hear: those of the campaign's customers, the own ones, none",
			},
			fallback: 'customers',
		}),
		property('keepDays', wholeNumber(0, 36_500), {
			name: 'keep-days',
			label: {ja: '録音の保存日数', en: 'keep days'},
			help: {ja: '録音を残す日数。0 はいつまでも', en: 'days that recordings are kept; 0 = for ever'},
			fallback: {ja: '設定ファイルのとおり', en: 'as the configuration says'},
		}),
		shown('fields', {ja: '項目数', en: 'card fields'}, row => String(row.card.length)),
	],
	rows: ({config}) => config.campaigns,
	keyOf: row => row.code,
	put: row => [{op: 'putCampaign', row}],
	apply: (config, row) => ({...config, campaigns: replaced(config.campaigns, row, ({id}) => id === row.id)}),
	about: ({id}) => ({campaignId: id}),
};
