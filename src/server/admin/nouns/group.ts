/** 作業グループ (ACD), and how each takes its calls. */
import {type Announcements, defaultGroupSettings, type GroupSettings} from '../../domain/acd/settings.js';
import type {Group} from '../../domain/model.js';
import {choice, duration, plainText, showDuration, sound, wholeNumber} from '../forms.js';
import {bad, type Field, type Form, inside, listProperty, type Noun, property, replaced, type State, without} from '../noun.js';
import {named, SetupProblem, type Text} from '../problem.js';
import {refuseCircles} from '../references.js';
import {target} from '../targets.js';

type Settings = Partial<GroupSettings>;
const defaults = defaultGroupSettings;
const keyForm: Text = {ja: '8000 から 8999 の番号', en: 'a number from 8000 to 8999'};

const pattern = choice(['longestWaiting', 'fewestToday', 'random', 'loginOrder', 'all'] as const, {
	longestWaiting: 'longest-waiting',
	fewestToday: 'fewest-today',
	loginOrder: 'login-order',
});
const answer = choice(['ring', 'auto'] as const);

const keypad: Form<string> = {
	form: {ja: '0-9、*、# のどれか', en: 'one of 0-9, *, #'},
	parse(text, _state, field) {
		const key = text.normalize('NFKC').trim();
		if (!/^[0-9*#]$/.test(key)) throw bad(field, text, keypad.form);
		return key;
	},
	show: key => key,
};

/** `1m=wait-1`: the sound for waits up to so long. */
const waitSound: Form<{upToMs: number; file: string}> = {
	form: {ja: '待ち時間=音声（例 1m=wait-1）', en: 'WAIT=SOUND, such as 1m=wait-1'},
	parse(text, state, field) {
		const [limit = '', file = ''] = text.split('=');
		if (file === '') throw bad(field, text, waitSound.form);
		return {upToMs: duration(1_000, 7_200_000).parse(limit, state, field), file: sound.parse(file, state, field)};
	},
	show: ({upToMs, file}, state) => `${showDuration(upToMs)}=${sound.show(file, state)}`,
};

/** Field ids of the cards of this centre. */
const cardField: Form<string> = {
	form: {ja: '顧客情報の項目のID', en: 'id of a field of the customer card'},
	parse(text, {config}, field) {
		const known = [...new Set(config.campaigns.flatMap(({card}) => card.map(({id}) => id)))];
		if (!known.includes(text.trim())) throw new SetupProblem('unknown', {field, what: cardField.form, given: text, known: named(known)});
		return text.trim();
	},
	show: id => id,
	offers: ({config}) => [...new Set(config.campaigns.flatMap(({card}) => card.map(({id}) => id)))],
};

const setting = <K extends keyof Settings & string>(
	key: K,
	form: Form<Exclude<Settings[K], undefined>>,
	text: {name: string; label: Text; help: Text; fallback?: Text | string},
): Field<Settings> => property<Settings, K>(key, form, text);

const said = (field: Field<Announcements>): Field<Settings> =>
	inside(
		field,
		settings => settings.announcements ?? {everyMs: 0},
		(settings, announcements) => {
			const empty = announcements.everyMs === 0 && !announcements.files && !announcements.placeFiles && !announcements.waitFiles;
			return empty ? without(settings, 'announcements') : {...settings, announcements};
		},
	);

const every: Field<Announcements> = {
	name: 'announce-every',
	label: {ja: '案内の間隔', en: 'announce every'},
	help: {ja: '待っている人への案内の間隔', en: 'time between announcements to those who wait'},
	form: duration(5_000, 600_000).form,
	fallback: {ja: '案内なし', en: 'no announcements'},
	get: ({everyMs}) => (everyMs === 0 ? [] : [showDuration(everyMs)]),
	set: (row, [given], state) => ({
		...row,
		everyMs: given === undefined ? 0 : duration(5_000, 600_000).parse(given, state, 'announce-every'),
	}),
};

const settingsFields: Array<Field<Settings>> = [
	setting('pattern', pattern, {
		name: 'pattern',
		label: {ja: '配信パターン', en: 'pattern'},
		help: {
			ja: '待ち時間の長い順、着信通話回数の少ない順、ランダム、ログイン順、一斉配信（all）',
			en: 'whose turn it is, inside the highest skill; all rings everybody',
		},
		fallback: pattern.show(defaults.pattern, {} as State),
	}),
	setting('answer', answer, {
		name: 'answer',
		label: {ja: '応答', en: 'answer'},
		help: {ja: 'ring：鳴らす、auto：自動でつなぐ', en: 'ring the operator, or join at once'},
		fallback: defaults.answer,
	}),
	setting('ringMs', duration(1_000, 300_000), {
		name: 'ring',
		label: {ja: '呼出時間', en: 'ring'},
		help: {ja: '次のオペレーターに移るまでの時間', en: "time before the next operator's turn"},
		fallback: showDuration(defaults.ringMs),
	}),
	setting('entryFile', sound, {
		name: 'entry',
		label: {ja: '着信時の音声', en: 'entry'},
		help: {ja: '着信したとき一度流す音声', en: 'played once when the call comes'},
	}),
	setting('musicFile', sound, {
		name: 'music',
		label: {ja: '保留音', en: 'music'},
		help: {ja: '待っている間の音楽', en: 'music while waiting'},
		fallback: 'hold-music',
	}),
	said(every),
	said(
		listProperty('files', sound, {
			name: 'announce',
			label: {ja: '案内', en: 'announce'},
			help: {ja: '毎回流す音声（順に）', en: 'sounds played each time, in this order'},
		}),
	),
	said(
		listProperty('placeFiles', sound, {
			name: 'place',
			label: {ja: '順番の案内', en: 'place'},
			help: {ja: '1番目、2番目…の人への音声。最後のものは それ以降にも', en: 'sounds for place 1, 2, 3…; the last one for all behind'},
		}),
	),
	said(
		listProperty('waitFiles', waitSound, {
			name: 'wait',
			label: {ja: '待ち時間の案内', en: 'wait'},
			help: {ja: '見込みの待ち時間の音声（短い順）', en: 'sounds for the expected wait, ascending'},
		}),
	),
	setting('waitingMax', wholeNumber(0, 10_000), {
		name: 'waiting-max',
		label: {ja: '最大待ち呼数', en: 'waiting max'},
		help: {ja: 'これより多い人は待たずに溢れる。0 は無制限', en: 'more callers than this overflow; 0 = no limit'},
		fallback: {ja: '0（無制限）', en: '0 (no limit)'},
	}),
	setting('waitMsMax', duration(1_000, 86_400_000), {
		name: 'wait-max',
		label: {ja: '最大待ち時間', en: 'wait max'},
		help: {ja: 'これだけ待った人は溢れる', en: 'whoever has waited so long overflows'},
		fallback: showDuration(defaults.waitMsMax),
	}),
	setting('overflow', target, {
		name: 'overflow',
		label: {ja: '溢れ呼', en: 'overflow'},
		help: {ja: '溢れた人の行き先', en: 'where they overflow to'},
		fallback: 'message',
	}),
	setting('callBackKey', keypad, {
		name: 'callback-key',
		label: {ja: '折返しのキー', en: 'call-back key'},
		help: {ja: '押すと順番を保ったまま切り、折り返しを待てる', en: 'a caller who presses it is called back in turn'},
		fallback: {ja: 'なし', en: 'none'},
	}),
	setting('callBackFile', sound, {
		name: 'callback-file',
		label: {ja: '折返しの音声', en: 'call-back file'},
		help: {ja: 'それを確かめる音声', en: 'confirms it'},
	}),
	setting('stickyMs', duration(0, 2_592_000_000), {
		name: 'sticky',
		label: {ja: '同じ担当', en: 'sticky'},
		help: {ja: 'この間は前と同じオペレーターへ。0s はしない', en: 'so long the same caller goes to the same operator; 0s = never'},
		fallback: {ja: '0s（しない）', en: '0s (never)'},
	}),
	setting('backOffMs', duration(0, 3_600_000), {
		name: 'back-off',
		label: {ja: '再配信まで', en: 'back off'},
		help: {ja: '断った・出なかった人に同じ電話を回さない時間', en: 'who declined is not offered that caller again for so long'},
		fallback: showDuration(defaults.backOffMs),
	}),
	setting('missesMax', wholeNumber(0, 100), {
		name: 'misses',
		label: {ja: '離席まで', en: 'misses'},
		help: {ja: '続けて出なかったら離席にする回数。0 はしない', en: 'calls missed in a row that put an operator on away; 0 = never'},
		fallback: String(defaults.missesMax),
	}),
	setting('ageingMs', duration(1_000, 3_600_000), {
		name: 'ageing',
		label: {ja: '優先度の上昇', en: 'ageing'},
		help: {ja: 'これだけ待つと優先度が一つ上がる', en: 'so much waiting is worth one step of priority'},
		fallback: showDuration(defaults.ageingMs),
	}),
	listProperty('popupFields', cardField, {
		name: 'popup',
		label: {ja: 'ポップアップ', en: 'popup'},
		help: {ja: '着信の窓に出す項目', en: 'fields shown when a call comes'},
		fallback: {ja: '名前と電話番号', en: 'name and phone'},
	}),
];

export const group: Noun<Group> = {
	name: 'group',
	label: {ja: '作業グループ', en: 'work group'},
	help: {ja: '作業グループ (ACD) と着信の受け方', en: 'work groups (ACD), and how each takes its calls'},
	keyForm,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['name', 'pattern', 'answer', 'ring', 'wait-max', 'overflow'],
	fields: [
		property('name', plainText, {
			name: 'name',
			label: {ja: '名前', en: 'name'},
			help: {ja: 'グループの名前', en: 'name of the group'},
			required: true,
		}),
		...settingsFields.map(field =>
			inside<Group, Settings>(
				field,
				row => row.settings ?? {},
				(row, settings) => (Object.keys(settings).length === 0 ? without(row, 'settings') : {...row, settings}),
			),
		),
	],
	rows: ({config}) => config.groups,
	keyOf: row => row.number,
	create(key) {
		const numberGiven = key.normalize('NFKC').trim();
		if (!/^8\d{3}$/.test(numberGiven)) throw new SetupProblem('badKey', {given: key, noun: group.label, allowed: keyForm});
		return {id: `g${numberGiven}`, number: numberGiven, name: numberGiven};
	},
	check(row, state, before) {
		const {announcements, overflow} = row.settings ?? {};
		if (announcements && announcements.everyMs === 0)
			throw new SetupProblem('required', {field: 'announce-every', form: duration(5_000, 600_000).form});
		const limits = announcements?.waitFiles?.map(({upToMs}) => upToMs) ?? [];
		if (limits.some((limit, index) => index > 0 && limit <= limits[index - 1]!))
			throw bad('wait', limits.map(showDuration).join(', '), {ja: '短い順', en: 'ascending waits'});
		refuseCircles(group.apply!(state.config, row, before), state, 'overflow', [overflow]);
	},
	put: row => [{op: 'putGroup', row}],
	apply: (config, row) => ({
		...config,
		groups: replaced(config.groups, row, ({id}) => id === row.id).sort((a, b) => a.number.localeCompare(b.number)),
	}),
	remove: {
		ops: ({id}) => [{op: 'removeGroup', groupId: id}],
		apply: (config, row) => ({...config, groups: config.groups.filter(({id}) => id !== row.id)}),
	},
	about: ({id}) => ({groupId: id}),
};
