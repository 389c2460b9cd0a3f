/**
 * The key table as a file of the operator's own changes it: a line for each action, `ready: F2, Ctrl+R`, the first key being the
 * one that is shown. Pure; what is wrong in the file is told line by line, and then nothing of it counts.
 */
import {type Lang, type TextArgs, type TextKey, type Translate, translator} from '../i18n/index.js';
import type {Action} from '../model/actions.js';
import {type Binding, bindings, keyLabel} from './keys.js';

export type KeymapProblem = {line: number; key: TextKey; args: TextArgs};
export type Keymap = {bindings: readonly Binding[]; problems: KeymapProblem[]};

/** Letters in a list, Enter and Esc are what they are everywhere; the other keys can be changed. */
const isOwnKey = (key: string): boolean => /^(?:S-)?f\d+$|^[CA]-/.test(key);
const isOwn = ({action, keys}: Binding): boolean => action !== 'leave' && keys.some(isOwnKey);
const changeable = new Set<Action>(bindings.filter(isOwn).map(({action}) => action));
/** Keys of the form and of the terminal itself: they cannot be given to an action. */
const taken = new Set(['C-c', 'C-h', 'C-i', 'C-j', 'C-m', 'C-[', 'C-a', 'C-b', 'C-e', 'C-f', 'C-u', 'C-w', 'C-up', 'C-down']);
const modifiers: Readonly<Record<string, string>> = {
	ctrl: 'C',
	control: 'C',
	c: 'C',
	alt: 'A',
	meta: 'A',
	option: 'A',
	a: 'A',
	m: 'A',
	shift: 'S',
	s: 'S',
};

/** `Ctrl+R`, `^R`, `C-r`, `Shift+F2`, `alt-h` as the decoder names them; null where it is no key that an action can have. */
export function keyFrom(typed: string): string | null {
	const plain = typed
		.normalize('NFKC')
		.trim()
		.replace(/^\^(?=.)/, 'C-');
	const parts = /^((?:[a-z]+[-+])*)(.+)$/i.exec(plain);
	if (!parts) return null;
	const marks = (parts[1] ?? '')
		.split(/[-+]/)
		.filter(Boolean)
		.map(mark => modifiers[mark.toLowerCase()]);
	const base = parts[2]!.toLowerCase();
	if (marks.includes(undefined)) return null;
	const isFunction = /^f(?:[1-9]|1[0-2])$/.test(base) || base === 'insert';
	if (!isFunction && ([...base].length !== 1 || !marks.some(mark => mark === 'C' || mark === 'A') || marks.includes('S'))) return null;
	return `${['C', 'A', 'S']
		.filter(mark => marks.includes(mark))
		.map(mark => `${mark}-`)
		.join('')}${base}`;
}

/** Reads the file's text. */
export function keymapFrom(text: string): Keymap {
	const problems: KeymapProblem[] = [];
	const changed = new Map<Action, {keys: string[]; line: number}>();
	for (const [at, whole] of text.split(/\r?\n/).entries()) {
		const line = at + 1;
		const content = whole.replace(/(^|\s)#.*$/, '').trim();
		if (content === '') continue;
		const [, name = '', list = ''] = /^([^:=\s]+)\s*[:=]?\s*(.*)$/.exec(content) ?? [];
		const action = name as Action;
		const tell = (key: TextKey, args: TextArgs): number => problems.push({line, key, args: {name, ...args}});
		if (!changeable.has(action)) {
			tell(bindings.some(binding => binding.action === action) ? 'keymap.fixed' : 'keymap.unknown', {names: nearest(name)});
			continue;
		}
		const before = changed.get(action);
		if (before) tell('keymap.twice', {before: before.line});
		const keys: string[] = [];
		for (const word of list.split(/[,\s\u3000]+/).filter(Boolean)) {
			const key = keyFrom(word);
			if (key === null) tell('keymap.noKey', {key: word});
			else if (taken.has(key) && !isShipped(action, key)) tell('keymap.taken', {key: keyLabel(key)});
			else keys.push(key);
		}
		if (list.trim() === '') tell('keymap.empty', {});
		if (keys.length > 0) changed.set(action, {keys, line});
	}
	const next = bindings.map(binding => {
		const own = isOwn(binding) ? changed.get(binding.action)?.keys : undefined;
		// Enter stays beside them.
		return own ? {...binding, keys: [...own, ...binding.keys.filter(key => !isOwnKey(key))]} : binding;
	});
	problems.push(...clashes(next, changed));
	return {bindings: problems.length > 0 || changed.size === 0 ? bindings : next, problems};
}

/** Two actions on one key at the same place, each pair told once. */
function clashes(table: readonly Binding[], changed: ReadonlyMap<Action, {line: number}>): KeymapProblem[] {
	const seen = new Map<string, Binding>();
	const told = new Map<string, KeymapProblem>();
	for (const binding of table) {
		for (const place of binding.places) {
			for (const key of binding.keys) {
				const other = seen.get(`${place} ${key}`);
				seen.set(`${place} ${key}`, binding);
				if (!other || other.action === binding.action) continue;
				const line = changed.get(binding.action)?.line ?? changed.get(other.action)?.line ?? 0;
				const pair = `${key} ${[other.action, binding.action].sort().join(' ')}`;
				told.set(pair, {line, key: 'keymap.clash', args: {key: keyLabel(key), name: other.action, other: binding.action}});
			}
		}
	}
	return [...told.values()];
}

/** Where nothing is typed, some of the taken keys have a meaning of the program's own. */
const isShipped = (action: Action, key: string): boolean =>
	bindings.some(binding => binding.action === action && binding.keys.includes(key));

/** Up to three actions whose names are most like this one. */
function nearest(name: string): string {
	const pairs = (text: string): string[] =>
		Array.from({length: Math.max(0, text.length - 1)}, (_, at) => text.slice(at, at + 2).toLowerCase());
	const own = new Set(pairs(name));
	const score = (other: string): number => pairs(other).filter(pair => own.has(pair)).length / Math.max(1, other.length);
	const names = [...changeable];
	const alike = names.filter(other => score(other) > 0).sort((a, b) => score(b) - score(a));
	return (alike.length > 0 ? alike.slice(0, 3) : names).join(', ');
}

/** The table as such a file, with what each action is called. */
export function keymapFile(table: readonly Binding[], lang: Lang): string {
	const t = translator(lang);
	const lines = [...changeable].map(action => {
		const {keys, label} = table.find(binding => binding.action === action && isOwn(binding))!;
		return `${`${action}:`.padEnd(19)}${keys.filter(isOwnKey).map(keyLabel).join(', ').padEnd(24)}# ${t(label)}`;
	});
	return `${lines.join('\n')}\n`;
}

const words = new WeakMap<readonly Binding[], ReadonlyMap<string, string>>();

/** Keys that texts name, by what they are called now. */
function wordsOf(table: readonly Binding[]): ReadonlyMap<string, string> {
	let map = words.get(table);
	if (!map) {
		const changed = bindings.flatMap(({keys, places}, at): Array<[string, string]> => {
			const [now, before] = [table[at]?.keys[0], keys[0]!];
			return places.includes('work') && now !== undefined && now !== before ? [[keyLabel(before), keyLabel(now)]] : [];
		});
		words.set(table, (map = new Map(changed)));
	}
	return map;
}

/** The translator of a console: a text that names a key names the one that is in force. */
export function translatorOf({lang, bindings: table}: {lang: Lang; bindings: readonly Binding[]}): Translate {
	const t = translator(lang);
	if (table === bindings) return t;
	const map = wordsOf(table);
	return (key, args) => t(key, args).replace(/(?:Shift\+)?F\d{1,2}\b|Alt\+[A-Z]/g, word => map.get(word) ?? word);
}
