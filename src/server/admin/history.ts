/** What was changed, by whom, and how it is taken back. */
import type {SettingChangeRow} from '../domain/stored.js';
import {findRow} from './change.js';
import type {Edit} from './edits.js';
import type {AnyNoun, Secret, State} from './noun.js';
import {nounOf} from './nouns.js';
import {SetupProblem} from './problem.js';

/** As it is stored, with its place in the order of all. */
export type SettingChange = SettingChangeRow & {id: number};

/** Of a change of a sound: the file that was put aside. */
export const keptName = 'kept';

const same = (a: readonly string[], b: readonly string[]): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * The edits that take a batch back, last change first.
 * @throws SetupProblem `changedSince` when something of it has been changed again: nobody's later work is lost.
 */
export function undoEdits(batch: readonly SettingChange[], state: State): Edit[] {
	return [...batch].reverse().map((change): Edit => {
		const {noun: name, key, verb, before, after} = change;
		const noun = nounOf(name);
		if (name === 'prompt') throw new SetupProblem('noUndo', {noun: noun.label, given: key});
		const row = findRow(noun, key, state);
		if ((row === undefined) !== (verb === 'remove')) throw changedSince(noun, key);
		if (verb !== 'remove') unchanged(noun, key, row, after, state);
		const secret = secretOf(noun, change);
		const withSecret = secret && {secret};
		if (verb === 'add') return {noun: name, verb: 'remove', key, values: {}};
		if (verb === 'remove') return {noun: name, verb: 'add', key, values: before, ...withSecret};
		const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
		return {noun: name, verb: 'set', key, values: Object.fromEntries(names.map(field => [field, before[field] ?? []])), ...withSecret};
	});
}

function unchanged(noun: AnyNoun, key: string, row: unknown, after: Record<string, string[]>, state: State): void {
	for (const field of noun.fields) if (after[field.name] && !same(field.get(row, state), after[field.name]!)) throw changedSince(noun, key);
}

const changedSince = (noun: AnyNoun, key: string): SetupProblem => new SetupProblem('changedSince', {noun: noun.label, given: key});

function secretOf(noun: AnyNoun, {secretBefore}: SettingChange): Secret | undefined {
	if (secretBefore === undefined) return undefined;
	return noun.secret?.kind === 'phone' ? {kind: 'phone', ha1: secretBefore} : {kind: 'password', hash: secretBefore};
}

export type Difference = {
	noun: string;
	key: string;
	verb: 'add' | 'set' | 'remove';
	fields: Array<{field: string; before: string[]; after: string[]}>;
};

/** What is different now from before these changes, which are all since then, oldest first. */
export function differenceSince(changes: readonly SettingChange[]): Difference[] {
	const byKey = new Map<
		string,
		{noun: string; key: string; was: boolean; is: boolean; before: Record<string, string[]>; after: Record<string, string[]>}
	>();
	for (const {noun, key, verb, before, after} of changes) {
		const name = `${noun} ${key}`;
		const known = byKey.get(name) ?? {noun, key, was: verb !== 'add', is: true, before: {}, after: {}};
		byKey.set(name, known);
		for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
			known.before[field] ??= before[field] ?? [];
			known.after[field] = after[field] ?? [];
		}
		known.is = verb !== 'remove';
	}
	return [...byKey.values()].flatMap(({noun, key, was, is, before, after}): Difference[] => {
		if (!was && !is) return [];
		const fields = Object.keys(before)
			.map(field => ({field, before: was ? before[field]! : [], after: is ? after[field]! : []}))
			.filter(each => !same(each.before, each.after));
		return fields.length === 0 && was === is ? [] : [{noun, key, verb: !was ? 'add' : !is ? 'remove' : 'set', fields}];
	});
}
