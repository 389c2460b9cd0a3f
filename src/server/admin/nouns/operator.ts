/** オペレーター: accounts of everybody who logs in. */
import {isIP} from 'node:net';
import {iconFrom} from '../../domain/icon.js';
import {type Operator, roles, superviseModes, useSettings} from '../../domain/model.js';
import {choice, plainText, wholeNumber, yesNo} from '../forms.js';
import {groupName} from '../names.js';
import {bad, type Form, inside, listProperty, type Noun, property, replaced, shown} from '../noun.js';
import {SetupProblem, type Text} from '../problem.js';
import {useText} from './extension.js';

type Row = {operator: Operator; groupIds: string[]};

const keyForm: Text = {ja: 'ログインID：英数字と . _ - @、64字まで', en: 'a login ID: letters, digits and . _ - @, up to 64'};
/** Names that the event log uses for other things. */
const reserved = ['system', 'owner', 'none'];
const role = choice(roles);
const ipAddress: Form<string> = {
	form: {ja: 'IP アドレス（例 192.168.0.21）', en: 'an IP address, such as 192.168.0.21'},
	parse(text, _state, field) {
		const plain = text.normalize('NFKC').trim();
		if (isIP(plain) === 0) throw bad(field, text, ipAddress.form);
		return plain;
	},
	show: text => text,
};
const icon: Form<string> = {
	form: {ja: '文字か絵文字を一つ（例 花、★）', en: 'one letter or sign, such as Y or ★'},
	parse(text, _state, field) {
		const sign = iconFrom(text);
		if (sign === undefined) throw bad(field, text, icon.form);
		return sign;
	},
	show: text => text,
};
const workMode = choice(['online', 'ringing'] as const);

const own = (field: ReturnType<typeof property<Operator, keyof Operator & string>>) =>
	inside<Row, Operator>(
		field,
		row => row.operator,
		(row, operator) => ({...row, operator}),
	);

const sameLogin = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const isAdmin = ({operator}: Row): boolean => operator.role === 'admin' && operator.enabled;

export const operator: Noun<Row> = {
	name: 'operator',
	label: {ja: 'オペレーター', en: 'operator'},
	help: {ja: 'オペレーター・SV・管理者のアカウント', en: 'accounts of operators, supervisors and administrators'},
	keyForm,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'supervisor', write: 'admin'},
	secret: {kind: 'password', required: true},
	columns: ['name', 'kana', 'role', 'team', 'group', 'mode', 'enabled', 'extension'],
	fields: [
		own(
			property('name', plainText, {
				name: 'name',
				label: {ja: '名前', en: 'name'},
				help: {ja: '表示名', en: 'display name'},
				required: true,
				atAdd: true,
			}),
		),
		{
			...own(
				property('kana', plainText, {name: 'kana', label: {ja: 'カナ', en: 'kana'}, help: {ja: '名前の読み', en: 'reading of the name'}}),
			),
			get: row => (row.operator.kana === '' ? [] : [row.operator.kana]),
			set: (row, [given], state) => ({
				...row,
				operator: {...row.operator, kana: given === undefined ? '' : plainText.parse(given, state, 'kana')},
			}),
		},
		own(
			property('role', role, {
				name: 'role',
				label: {ja: '権限', en: 'role'},
				help: {ja: 'agent：オペレーター、supervisor：SV、manager：マネージャー、admin：システム管理者', en: 'what the account may do'},
				required: true,
			}),
		),
		listProperty<Row, 'groupIds', string>('groupIds', groupName, {
			name: 'group',
			label: {ja: 'グループ', en: 'groups'},
			help: {ja: '作業グループ（+ で追加、~ で取り消し）', en: 'work groups (+ adds, ~ takes away)'},
			keepEmpty: true,
		}),
		own(
			property('workMode', workMode, {
				name: 'mode',
				label: {ja: '作業モード', en: 'work mode'},
				help: {
					ja: 'online：つなぎっぱなし、ringing：そのつど鳴らす',
					en: 'online: the phone stays connected; ringing: it is called each time',
				},
				required: true,
			}),
		),
		own(
			property('recallQualified', yesNo, {
				name: 'recalls',
				label: {ja: '再架電資格', en: 'recalls'},
				help: {ja: '自動再架電を受ける', en: 'gets automatic recalls'},
				required: true,
			}),
		),
		own(
			property('recallShare', wholeNumber(0, 100), {
				name: 'recall-share',
				label: {ja: '再架電分配割合', en: 'recall share'},
				help: {ja: '自動再架電の割合（%）。0 は受けない', en: 'percent of an ordinary share of the automatic recalls; 0 is none'},
				fallback: '100',
			}),
		),
		own(
			property('callsPerDayMax', wholeNumber(0, 100_000), {
				name: 'calls-per-day',
				label: {ja: '1日の発信数の上限', en: 'calls per day'},
				help: {
					ja: '手動発信・転送・折り返しの1日の上限。0 はかけられない',
					en: 'calls by hand, transfer and call-back to the outside in a day; 0 is none',
				},
				fallback: {ja: '全体の設定（operatorCallsPerDayMax）', en: 'the common limit (operatorCallsPerDayMax)'},
			}),
		),
		own(
			property('use', choice(useSettings), {
				name: 'use',
				...useText,
				fallback: {ja: '内線の設定', en: 'that of the extension'},
			}),
		),
		own(
			property('enabled', yesNo, {
				name: 'enabled',
				label: {ja: '有効', en: 'enabled'},
				help: {ja: 'ログインできる', en: 'may log in'},
				required: true,
			}),
		),
		own(property('team', plainText, {name: 'team', label: {ja: 'チーム', en: 'team'}, help: {ja: '所属', en: 'where they belong'}})),
		own(
			property('workstation', ipAddress, {
				name: 'workstation',
				label: {ja: '特定のパソコン限定', en: 'workstation'},
				help: {ja: 'このアドレスからだけログインできる', en: 'the only address it may log in from'},
				fallback: {ja: 'どこからでも', en: 'any'},
			}),
		),
		own(
			property('superviseUpTo', choice(superviseModes, {barge: 'join', takeOver: 'takeover'}), {
				name: 'supervise',
				label: {ja: 'モニタの範囲', en: 'supervise'},
				help: {
					ja: '他の人の通話でできること：listen 聴く、whisper ささやく、join 参加、takeover 引継（それぞれ前のものを含む）',
					en: 'how far in the calls of others: listen, whisper, join or takeover; each includes the ones before it',
				},
				fallback: 'takeover',
			}),
		),
		own(
			property('icon', icon, {
				name: 'icon',
				label: {ja: 'アイコン', en: 'icon'},
				help: {ja: '名前の横の一文字。本人も変えられる', en: 'the sign beside the name; its owner may change it too'},
				fallback: {ja: '名前の頭文字', en: 'the first of the name'},
			}),
		),
		own(property('note', plainText, {name: 'note', label: {ja: '備考', en: 'note'}, help: {ja: '管理者の覚え', en: 'for administrators'}})),
		shown('extension', {ja: 'ログイン中の内線', en: 'logged in at'}, (row, {seats}) => {
			for (const [extension, loginId] of seats) if (loginId === row.operator.loginId) return extension;
			return undefined;
		}),
	],
	rows: ({config}) => config.operators.map(each => ({operator: each, groupIds: config.memberships[each.id] ?? []})),
	keyOf: row => row.operator.loginId,
	sameKey: sameLogin,
	create(key, {config}) {
		const loginId = key.trim();
		const taken = config.operators.some(({id}) => id === loginId);
		if (!/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(loginId) || reserved.includes(loginId.toLowerCase()) || taken)
			throw new SetupProblem('badKey', {given: key, noun: operator.label, allowed: keyForm});
		return {
			operator: {id: loginId, loginId, name: '', kana: '', role: 'agent', workMode: 'online', recallQualified: true, enabled: true},
			groupIds: [],
		};
	},
	check(row, state, before) {
		if (!before || !isAdmin(before) || isAdmin(row)) return;
		const others = operator.rows(state).filter(other => isAdmin(other) && other.operator.id !== row.operator.id);
		if (others.length === 0) throw new SetupProblem('lastAdmin');
	},
	put: (row, _state, secret) => [
		{
			op: 'putOperator',
			row: row.operator,
			groupIds: row.groupIds,
			...(secret?.kind === 'password' && {passwordHash: secret.hash}),
		},
	],
	apply: (config, {operator: changed, groupIds}) => ({
		...config,
		operators: replaced(config.operators, changed, ({id}) => id === changed.id).sort((a, b) => a.loginId.localeCompare(b.loginId)),
		memberships: {...config.memberships, [changed.id]: groupIds},
	}),
	atWork: (row, {seats}) =>
		[...seats].flatMap(([extension, loginId]) => (loginId === row.operator.loginId ? [`extension ${extension}`] : [])),
	remove: {
		ops(row, state) {
			operator.check!({...row, operator: {...row.operator, enabled: false}}, state, row);
			if (state.history?.hasWorked(row.operator.id))
				throw new SetupProblem('inData', {
					noun: operator.label,
					given: row.operator.loginId,
					what: {ja: '消せません。disable で無効にしてください', en: 'it cannot be removed; disable it instead'},
				});
			return [{op: 'removeOperator', operatorId: row.operator.id}];
		},
		apply(config, {operator: {id}}) {
			const {[id]: _groups, ...memberships} = config.memberships;
			return {...config, memberships, operators: config.operators.filter(other => other.id !== id)};
		},
	},
	about: row => ({agentId: row.operator.id}),
};
