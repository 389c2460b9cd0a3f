/** 内線番号: phones of the centre, with the password of their SIP account. */
import {type Noun, shown} from '../noun.js';
import {SetupProblem, type Text} from '../problem.js';

type Row = {extension: string};
const keyForm: Text = {ja: '2桁から6桁の数字（8000-8999 はグループの番号）', en: '2 to 6 digits, not 8000-8999: those are groups'};

export const extension: Noun<Row> = {
	name: 'extension',
	label: {ja: '内線番号', en: 'extension'},
	help: {ja: '内線番号と電話機のパスワード', en: 'extensions, and the passwords of their phones'},
	keyForm,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'supervisor', write: 'admin'},
	secret: {kind: 'phone', required: true},
	columns: ['phone', 'operator'],
	fields: [
		shown('phone', {ja: '電話機', en: 'phone'}, (row, {phones}) => (phones.has(row.extension) ? 'registered' : undefined)),
		shown('operator', {ja: 'ログイン中', en: 'logged in'}, (row, {seats}) => seats.get(row.extension)),
	],
	rows: ({config}) => config.extensions.map(each => ({extension: each})),
	keyOf: row => row.extension,
	create(key) {
		const digits = key.normalize('NFKC').trim();
		if (!/^\d{2,6}$/.test(digits) || /^8\d{3}$/.test(digits))
			throw new SetupProblem('badKey', {given: key, noun: extension.label, allowed: keyForm});
		return {extension: digits};
	},
	put: (row, _state, secret) => (secret?.kind === 'phone' ? [{op: 'putExtension', extension: row.extension, ha1: secret.ha1}] : []),
	apply: (config, row) =>
		config.extensions.includes(row.extension) ? config : {...config, extensions: [...config.extensions, row.extension].sort()},
	atWork: (row, {seats}) => [seats.get(row.extension)].flatMap(loginId => loginId ?? []),
	remove: {
		ops: row => [{op: 'removeExtension', extension: row.extension}],
		apply: (config, row) => ({...config, extensions: config.extensions.filter(other => other !== row.extension)}),
	},
};
