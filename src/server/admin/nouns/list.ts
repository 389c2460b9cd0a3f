/** 発信リスト: which are being dialled, in which order, for which group. */
import type {CallList} from '../../domain/model.js';
import {plainText, wholeNumber} from '../forms.js';
import {campaignName, groupName} from '../names.js';
import {type Noun, property, shown} from '../noun.js';

export const list: Noun<CallList> = {
	name: 'list',
	label: {ja: '発信リスト', en: 'call list'},
	help: {ja: '発信リストの開始・停止と順番', en: 'start and stop call lists, their order and group'},
	keyForm: {ja: 'リストの名前', en: 'name of a list'},
	verbs: ['list', 'show', 'set', 'start', 'stop'],
	rights: {read: 'supervisor', write: 'manager', run: 'supervisor'},
	columns: ['campaign', 'group', 'priority', 'started', 'total', 'left', 'errors'],
	fields: [
		property('name', plainText, {
			name: 'name',
			label: {ja: '名前', en: 'name'},
			help: {ja: '新しい名前', en: 'a new name'},
			required: true,
		}),
		shown('campaign', {ja: '業務', en: 'campaign'}, (row, state) => campaignName.show(row.campaignId, state)),
		property('groupId', groupName, {
			name: 'group',
			label: {ja: 'グループ', en: 'group'},
			help: {ja: 'このグループだけで使う', en: 'worked by this group alone'},
			fallback: {ja: '業務のすべて', en: 'all of the campaign'},
		}),
		property('priority', wholeNumber(1, 999), {
			name: 'priority',
			label: {ja: '順番', en: 'order'},
			help: {ja: '小さいリストから先に発信', en: 'lists with a smaller number are worked first'},
			required: true,
		}),
		shown('started', {ja: '発信', en: 'started'}, row => (row.started ? 'yes' : 'no')),
		shown('total', {ja: '総数', en: 'total'}, (row, {countOf}) => String(countOf(row.id).total)),
		shown('left', {ja: '残り', en: 'left'}, (row, {countOf}) => String(countOf(row.id).left)),
		shown('errors', {ja: 'エラー', en: 'errors'}, (row, {countOf}) => String(countOf(row.id).errors)),
	],
	rows: ({config}) => config.lists,
	// Two lists may have one name: those are told apart by their ids.
	keyOf: (row, {config}) => (config.lists.filter(({name}) => name === row.name).length === 1 ? row.name : row.id),
	put: row => [{op: 'putList', row}],
	// Whether it is started is the dialler's own matter, and may have changed meanwhile.
	apply: (config, row) => ({...config, lists: config.lists.map(each => (each.id === row.id ? {...row, started: each.started} : each))}),
	about: ({id, campaignId}) => ({listId: id, campaignId}),
};
