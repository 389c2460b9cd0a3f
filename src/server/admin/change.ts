/** A change as it was asked for, made into a new row: pure, and the same for every noun. */
import type {AnyNoun, Field, State} from './noun.js';
import {named, SetupProblem} from './problem.js';

export type Given = Readonly<Record<string, readonly string[]>>;
/** What a field was and is, as typed. */
export type FieldChange = {field: string; before: string[]; after: string[]};

const clearing = ['', 'none', 'なし'];

/** The row with the values that were given; everything between fields is checked. @throws SetupProblem. */
export function changed(noun: AnyNoun, row: unknown, given: Given, state: State, before: unknown): unknown {
	const settable = noun.fields.filter(({readOnly}) => !readOnly);
	for (const name of Object.keys(given)) {
		if (!settable.some(field => field.name === name))
			throw new SetupProblem('unknownField', {noun: noun.label, given: name, known: settable.map(field => field.name).join(', ')});
	}
	let result = row;
	// Something new may name itself: the voicemail of a group is where its own callers overflow to.
	const known = before === undefined && noun.apply ? {...state, config: noun.apply(state.config, row, undefined)} : state;
	for (const field of settable) {
		const texts = given[field.name];
		if (texts !== undefined && field.atAddOnly && before !== undefined)
			throw new SetupProblem('fixed', {noun: noun.label, field: field.name});
		if (texts !== undefined) result = field.set(result, textsOf(field, result, texts, known), known);
		else if (before === undefined && field.atAdd) throw new SetupProblem('required', {field: field.name, form: field.form});
	}
	noun.check?.(result, state, before);
	return result;
}

/** What the field is to be: cleared, given anew, or the old values with some added and taken away. */
function textsOf(field: Field<unknown>, row: unknown, texts: readonly string[], state: State): readonly string[] {
	const cleared = texts.length === 0 || (texts.length === 1 && clearing.includes(texts[0]!.trim()));
	if (cleared) {
		if (field.required) throw new SetupProblem('required', {field: field.name, form: field.form});
		return [];
	}
	if (!field.list) {
		if (texts.length > 1) throw new SetupProblem('twice', {field: field.name});
		return texts;
	}
	if (!texts.every(text => /^[+~]/.test(text.trim()))) return texts;
	const values = field.get(row, state);
	for (const text of texts) {
		const value = text.trim().slice(1).trim();
		// Written as the field shows them, so that the ones meant are found.
		const plain = field.get(field.set(row, [value], state), state);
		if (text.trim().startsWith('+')) values.push(...plain.filter(each => !values.includes(each)));
		else if (plain.some(each => values.includes(each))) values.splice(0, values.length, ...values.filter(each => !plain.includes(each)));
		else throw new SetupProblem('unknown', {field: field.name, what: field.label, given: value, known: named(values)});
	}
	return values;
}

/** Fields that are not what they were. */
export function differences(noun: AnyNoun, before: unknown, after: unknown, state: State, stateAfter: State): FieldChange[] {
	return noun.fields
		.filter(({readOnly}) => !readOnly)
		.flatMap(field => {
			const was = before === undefined ? [] : field.get(before, state);
			const is = after === undefined ? [] : field.get(after, stateAfter);
			return JSON.stringify(was) === JSON.stringify(is) ? [] : [{field: field.name, before: was, after: is}];
		});
}

/** The row of that name. @throws SetupProblem `notThere`, with the names that there are. */
export function rowOf(noun: AnyNoun, key: string | undefined, state: State): unknown {
	const rows = noun.rows(state);
	const known = named(rows.map(row => noun.keyOf(row, state)));
	const wanted = key?.trim() || noun.onlyKey;
	if (wanted === undefined) throw new SetupProblem('noKey', {noun: noun.label, known});
	const found = findRow(noun, wanted, state);
	if (found === undefined) throw new SetupProblem('notThere', {noun: noun.label, given: wanted, known});
	return found;
}

export function findRow(noun: AnyNoun, key: string, state: State): unknown {
	const wanted = key.trim().replace(/\s+/g, ' ');
	const is = noun.sameKey ?? ((a: string, b: string) => a === b);
	return noun.rows(state).find((row: unknown) => is(noun.keyOf(row, state), wanted));
}

/** For a person: one text. */
export const joined = (texts: readonly string[]): string => texts.join('; ');
