/** オフィスレイアウト: where the seats stand, for the seat lists of operators and the supervisors' grid. */
import {
	labelMax,
	type Office,
	officeColumns,
	officeColumnsMax,
	officeFault,
	officeRowsMax,
	placesOf,
	rowOf,
	seatsOf,
} from '../../domain/office.js';
import {identifier, idForm, plainText} from '../forms.js';
import {bad, type Noun, property, replaced, shown} from '../noun.js';
import {named, SetupProblem} from '../problem.js';

const rowForm = {
	ja: '一列の机を空白で区切る：内線番号、. は空き、ほかの文字は見出し（例 "1001 1002 . 窓側"）',
	en: 'one row of desks: extensions, . for no desk, other words are labels, such as "1001 1002 . window"',
};

export const office: Noun<Office> = {
	name: 'office',
	label: {ja: 'オフィスレイアウト', en: 'office layout'},
	help: {
		ja: 'オフィスレイアウト（座席の配置）。kaden office edit で描く',
		en: 'office layout: where the seats stand; kaden office edit draws it',
	},
	keyForm: idForm,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['name', 'seats', 'size'],
	fields: [
		property('name', plainText, {
			name: 'name',
			label: {ja: '名前', en: 'name'},
			help: {ja: '見出し（例 3階）', en: 'what it is called, such as 3rd floor'},
			required: true,
		}),
		{
			name: 'row',
			label: {ja: '机の列', en: 'rows'},
			help: {ja: '上から順に', en: 'from the top'},
			form: rowForm,
			list: true,
			get: ({rows}) => [...rows],
			set(row, texts) {
				for (const text of texts) if (/[\u0000-\u001f\u007f]/.test(text)) throw bad('row', text, rowForm);
				return {...row, rows: texts.map(text => rowOf(placesOf(text.normalize('NFC'))))};
			},
		},
		shown('seats', {ja: '席数', en: 'seats'}, row => String(seatsOf(row).length)),
		shown('size', {ja: '大きさ', en: 'size'}, row => `${officeColumns(row)} x ${row.rows.length}`),
	],
	rows: ({config}) => config.offices ?? [],
	keyOf: row => row.id,
	create: key => {
		const id = identifier(key, office.label);
		return {id, name: id, rows: []};
	},
	check(row, {config}) {
		const found = officeFault(row, new Set(config.extensions));
		if (!found) return;
		const {fault, given} = found;
		if (fault === 'unknown')
			throw new SetupProblem('unknown', {
				field: 'row',
				what: {ja: '内線番号', en: 'extension'},
				given,
				known: named([...config.extensions]),
			});
		const allowed = {
			twice: {ja: '一つの席は一か所だけ', en: 'each seat stands in one place'},
			tooWide: {ja: `一列 ${officeColumnsMax} 席まで`, en: `up to ${officeColumnsMax} places in a row`},
			tooHigh: {ja: `${officeRowsMax} 列まで`, en: `up to ${officeRowsMax} rows`},
			longLabel: {ja: `見出しは ${labelMax} 字まで`, en: `labels of up to ${labelMax} characters`},
		}[fault];
		throw bad('row', given, allowed);
	},
	put: row => [{op: 'putOffice', row}],
	apply: (config, row) => ({...config, offices: replaced(config.offices ?? [], row, ({id}) => id === row.id)}),
	remove: {
		ops: ({id}) => [{op: 'removeOffice', officeId: id}],
		apply: (config, row) => ({...config, offices: (config.offices ?? []).filter(({id}) => id !== row.id)}),
	},
};
