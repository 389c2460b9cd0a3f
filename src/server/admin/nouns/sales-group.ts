/** 営業グループ: work groups that show a caller number of their own. */
import type {SalesGroup} from '../../domain/model.js';
import {phoneNumber, plainText} from '../forms.js';
import {groupName} from '../names.js';
import {bad, listProperty, type Noun, property, replaced} from '../noun.js';
import {SetupProblem, type Text} from '../problem.js';

const keyForm: Text = {ja: '8000〜8999 の番号', en: 'a number from 8000 to 8999'};

export const salesGroup: Noun<SalesGroup> = {
	name: 'salesgroup',
	eventNoun: 'salesGroup',
	label: {ja: '営業グループ', en: 'sales group'},
	help: {ja: '営業グループと発信者番号', en: 'sales groups and their caller numbers'},
	keyForm,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['name', 'caller', 'group'],
	fields: [
		property('name', plainText, {
			name: 'name',
			label: {ja: '名前', en: 'name'},
			help: {ja: '見出し', en: 'what it is called'},
			required: true,
		}),
		property('callerNumber', phoneNumber, {
			name: 'caller',
			label: {ja: '発信者番号', en: 'caller number'},
			help: {ja: 'このグループの発信で相手に出す番号', en: 'what customers see on calls for it'},
			fallback: {ja: '業務のとおり', en: "the campaign's"},
		}),
		listProperty('groupIds', groupName, {
			name: 'group',
			label: {ja: '作業グループ', en: 'work groups'},
			help: {ja: '属する作業グループ（+ で追加、~ で取り消し）', en: 'work groups in it (+ adds, ~ takes away)'},
			keepEmpty: true,
		}),
	],
	rows: ({config}) => config.salesGroups ?? [],
	keyOf: ({number}) => number,
	create(key, {config}) {
		const number = key.normalize('NFKC').trim();
		if (!/^8\d{3}$/.test(number)) throw new SetupProblem('badKey', {given: key, noun: salesGroup.label, allowed: keyForm});
		const taken = config.groups.find(group => group.number === number);
		if (taken) throw new SetupProblem('exists', {noun: {ja: '作業グループ', en: 'work group'}, given: number});
		return {id: `s${number}`, number, name: number, groupIds: []};
	},
	// A work group has one caller number, so it is in one sales group.
	check({id, groupIds}, state) {
		for (const other of state.config.salesGroups ?? []) {
			const shared = other.id === id ? undefined : groupIds.find(groupId => other.groupIds.includes(groupId));
			if (shared !== undefined)
				throw bad('group', groupName.show(shared, state), {
					ja: `ほかの営業グループ（今は ${other.number}）に属さない作業グループ`,
					en: `a work group that is in no other sales group (now in ${other.number})`,
				});
		}
	},
	put: row => [{op: 'putSalesGroup', row}],
	apply: (config, row) => ({...config, salesGroups: replaced(config.salesGroups ?? [], row, ({id}) => id === row.id)}),
	remove: {
		ops: ({id}) => [{op: 'removeSalesGroup', salesGroupId: id}],
		apply: (config, row) => ({...config, salesGroups: (config.salesGroups ?? []).filter(({id}) => id !== row.id)}),
	},
};
