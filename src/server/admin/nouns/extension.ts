/** 内線番号: phones of the centre, with the password of their SIP account. */
import {type UseSetting, useSettings} from '../../domain/model.js';
import {choice} from '../forms.js';
import {type Noun, property, shown} from '../noun.js';
import {SetupProblem, type Text} from '../problem.js';

type Row = {extension: string; use?: UseSetting};
const keyForm: Text = {ja: '2桁から6桁の数字（8000-8999 はグループの番号）', en: '2 to 6 digits, not 8000-8999: those are groups'};

export const useText: {label: Text; help: Text} = {
	label: {ja: '用途設定', en: 'use setting'},
	help: {
		ja: 'phone：電話機と全画面、both：電話機とツールバー（顧客は外部システム）、toolbar：ツールバーだけ（固定電話機と外部システム）。次のログインから',
		en: 'phone: telephone and the whole screen; both: telephone and toolbar, customers in another system; toolbar: toolbar alone. From the next login on',
	},
};

export const extension: Noun<Row> = {
	name: 'extension',
	label: {ja: '内線番号', en: 'extension'},
	help: {ja: '内線番号と電話機のパスワード', en: 'extensions, and the passwords of their phones'},
	keyForm,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'supervisor', write: 'admin'},
	secret: {kind: 'phone', required: true},
	columns: ['phone', 'operator', 'use'],
	fields: [
		property<Row, 'use'>('use', choice(useSettings), {name: 'use', ...useText, fallback: 'phone'}),
		shown('phone', {ja: '電話機', en: 'phone'}, (row, {phones}) => (phones.has(row.extension) ? 'registered' : undefined)),
		shown('operator', {ja: 'ログイン中', en: 'logged in'}, (row, {seats}) => seats.get(row.extension)),
	],
	rows: ({config}) =>
		config.extensions.map(each => {
			const use = config.deskUses?.[each];
			return {extension: each, ...(use && {use})};
		}),
	keyOf: row => row.extension,
	create(key) {
		const digits = key.normalize('NFKC').trim();
		if (!/^\d{2,6}$/.test(digits) || /^8\d{3}$/.test(digits))
			throw new SetupProblem('badKey', {given: key, noun: extension.label, allowed: keyForm});
		return {extension: digits};
	},
	put: ({extension: number, use}, _state, secret) => [
		...(secret?.kind === 'phone' ? [{op: 'putExtension' as const, extension: number, ha1: secret.ha1}] : []),
		{op: 'putDeskUse', extension: number, use: use ?? null},
	],
	apply: (config, row) => ({
		...config,
		extensions: config.extensions.includes(row.extension) ? config.extensions : [...config.extensions, row.extension].sort(),
		deskUses: usesWith(config.deskUses, row),
	}),
	atWork: (row, {seats}) => [seats.get(row.extension)].flatMap(loginId => loginId ?? []),
	remove: {
		ops: row => [{op: 'removeExtension', extension: row.extension}],
		apply: (config, {extension: gone}) => ({
			...config,
			extensions: config.extensions.filter(other => other !== gone),
			deskUses: usesWith(config.deskUses, {extension: gone}),
		}),
	},
};

function usesWith(uses: Record<string, UseSetting> | undefined, {extension: number, use}: Row): Record<string, UseSetting> {
	const {[number]: _before, ...others} = uses ?? {};
	return use === undefined ? others : {...others, [number]: use};
}
