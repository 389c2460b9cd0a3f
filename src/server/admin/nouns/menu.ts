/** 音声ガイダンス: voice menus. */
import type {VoiceMenu} from '../../domain/model.js';
import {duration, identifier, idForm, plainText, sound, wholeNumber} from '../forms.js';
import {bad, type Field, type Noun, property, replaced} from '../noun.js';
import {refuseCircles} from '../references.js';
import {keyTarget, target} from '../targets.js';

const keyForm = {
	ja: `キー=行き先（例 1=group:8001、9=repeat、2=none で取り消し）。行き先は ${keyTarget.form.ja}`,
	en: `KEY=TARGET, such as 1=group:8001, 9=repeat; 2=none takes one away. TARGET is ${keyTarget.form.en}`,
};

/** Each one given is set or taken away; the others stay. */
const keys: Field<VoiceMenu> = {
	name: 'key',
	label: {ja: 'キー', en: 'keys'},
	help: {ja: 'キーを押したときの行き先（一つずつ）', en: 'where a key leads; one option for each key'},
	form: keyForm,
	list: true,
	get: ({choices}, state) => Object.entries(choices).map(([key, to]) => `${key}=${keyTarget.show(to, state)}`),
	set(row, texts, state) {
		if (texts.length === 0) return {...row, choices: {}};
		const choices = {...row.choices};
		for (const text of texts) {
			const [, key, to = ''] = /^\s*([0-9*#])\s*=\s*(.+)$/.exec(text.normalize('NFKC')) ?? [];
			if (!key) throw bad('key', text, keyForm);
			if (to === 'none' || to === 'なし') delete choices[key];
			else choices[key] = keyTarget.parse(to, state, `key ${key}`);
		}
		return {...row, choices};
	},
	offers: state => (target.offers!(state) ?? []).map(each => `1=${each}`),
};

export const menu: Noun<VoiceMenu> = {
	name: 'menu',
	label: {ja: '音声ガイダンス', en: 'voice menu'},
	help: {ja: '音声ガイダンス（IVR）', en: 'voice menus (IVR)'},
	keyForm: idForm,
	verbs: ['list', 'show', 'add', 'set', 'remove'],
	rights: {read: 'supervisor', write: 'manager'},
	columns: ['name', 'file', 'key', 'otherwise'],
	fields: [
		property('name', plainText, {
			name: 'name',
			label: {ja: '名前', en: 'name'},
			help: {ja: '見出し', en: 'what it is called'},
			required: true,
		}),
		property('file', sound, {
			name: 'file',
			label: {ja: '音声', en: 'file'},
			help: {ja: '質問の音声', en: 'the question'},
			required: true,
			atAdd: true,
		}),
		keys,
		property('timeoutMs', duration(1_000, 60_000), {
			name: 'timeout',
			label: {ja: '入力待ち', en: 'timeout'},
			help: {ja: '質問の後、キーを待つ時間', en: 'how long to wait for a key after the question'},
			required: true,
		}),
		property('retriesMax', wholeNumber(0, 9), {
			name: 'retries',
			label: {ja: '聞き直し', en: 'retries'},
			help: {ja: 'キーがない・違うとき聞き直す回数', en: 'how often the question is asked again after no key or a wrong one'},
			required: true,
		}),
		property('wrongFile', sound, {
			name: 'wrong',
			label: {ja: '誤り', en: 'wrong'},
			help: {ja: '違うキーのとき先に流す音声', en: 'played first after a wrong key'},
		}),
		property('otherwise', target, {
			name: 'otherwise',
			label: {ja: '未選択', en: 'otherwise'},
			help: {ja: '選ばれなかったときの行き先', en: 'where to when nothing was chosen'},
			required: true,
		}),
	],
	rows: ({config}) => config.menus ?? [],
	keyOf: row => row.id,
	create: key => {
		const id = identifier(key, menu.label);
		return {id, name: id, file: '', choices: {}, timeoutMs: 5_000, retriesMax: 2, otherwise: {kind: 'message'}};
	},
	check(row, state, before) {
		const chosen = Object.values(row.choices).filter(to => to.kind !== 'repeat');
		refuseCircles(menu.apply!(state.config, row, before), state, 'key', [...chosen, row.otherwise]);
	},
	put: row => [{op: 'putMenu', row}],
	apply: (config, row) => ({...config, menus: replaced(config.menus ?? [], row, ({id}) => id === row.id)}),
	remove: {
		ops: ({id}) => [{op: 'removeMenu', menuId: id}],
		apply: (config, row) => ({...config, menus: (config.menus ?? []).filter(({id}) => id !== row.id)}),
	},
};
