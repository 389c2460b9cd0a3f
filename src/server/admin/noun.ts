/**
 * What can be set, as one table: each noun says which fields it has, how each is written and read back, and how a change
 * reaches the store and the running configuration. Pure: no clock, no files; the service brings the state.
 */
import type {LeadScores} from '../../dialer/port.js';
import type {Config} from '../domain/events.js';
import type {AbandonBudget, Masters, Role} from '../domain/model.js';
import type {StoreOp} from '../domain/stored.js';
import {type Language, SetupProblem, type Text} from './problem.js';

export type ListCounts = {total: number; left: number; open: number; handled: number; errors: number; untouched: number};
export const noCounts: ListCounts = {total: 0, left: 0, open: 0, handled: 0, errors: 0, untouched: 0};

/** What a change is checked against. */
export type State = {
	config: Config;
	/** Names of sounds that can be played, without language and ending. */
	sounds: readonly string[];
	/** Of those, the ones of this installation: they can be removed. */
	ownSounds: readonly string[];
	/** Login ID of whoever is logged in, by extension. */
	seats: ReadonlyMap<string, string>;
	/** Extensions whose phone is registered. */
	phones: ReadonlySet<string>;
	/** Customers of a list: all, those still to be called, in a call or with a record to be written, with one saved, given up, never dialled. */
	countOf(listId: string): ListCounts;
	/** Of the service: now, and how far its local time is ahead of UTC. */
	nowMs?: number;
	utcOffsetMs?: number;
	/** What is left of the limit on abandoned calls of a campaign. */
	budgetOf?(campaignId: string): AbandonBudget;
	/** What is known of how likely leads of a campaign are to answer. */
	leadsOf?(campaignId: string): LeadScores;
	/** What is stored; absent where nothing is yet. */
	history?: {
		hasCustomers(campaignId: string): boolean;
		/** Whether a record, a call or an event of the shift is that operator's. */
		hasWorked(operatorId: string): boolean;
		/** Whether a record says so. */
		usesChoice(campaignId: string, master: Master, choiceId: string): boolean;
	};
};
export type Master = keyof Masters;

/** A way to write a value: `parse` throws `SetupProblem` with what is allowed; `show` is its inverse. */
export type Form<V> = {
	/** Such as `15s`, for the help and for errors. */
	form: Text;
	parse(text: string, state: State, field: string): V;
	show(value: V, state: State): string;
	/** For completion: values that begin a text of this form. */
	offers?(state: State): string[];
};

export type Field<T> = {
	/** As on the command line, without the dashes. */
	name: string;
	label: Text;
	help: Text;
	form: Text;
	/** Takes several: given anew, or with + and ~ in front of each added and taken away. */
	list?: boolean;
	/** Must be there, so cannot be cleared. */
	required?: boolean;
	/** Has to be given when one is added. */
	atAdd?: boolean;
	/** Given when one is added, and never again. */
	atAddOnly?: boolean;
	/** Shown, never given. */
	readOnly?: boolean;
	/** Texts as they would be typed; none when it is not set. */
	get(row: T, state: State): string[];
	/** The row with this value; with no texts it is cleared. */
	set(row: T, texts: readonly string[], state: State): T;
	/** What holds while it is not set. */
	fallback?: Text | string;
	offers?(state: State): string[];
};

export type Secret = {kind: 'password'; hash: string} | {kind: 'phone'; ha1: string};

/** One noun. `T` is its row as the domain knows it. */
export type Noun<T> = {
	name: string;
	label: Text;
	help: Text;
	/** What its names look like. */
	keyForm: Text;
	/** Of how many words a name is; 1 where nothing is said. */
	keyWords?: number;
	/** There is one, and it is called so: its name need not be given. */
	onlyKey?: string;
	verbs: readonly Verb[];
	/** Smallest role that may look, change, and start or stop. */
	rights: {read: Role; write: Role; run?: Role};
	/** Adding and setting reach into the files of the service's machine. */
	ownerAdds?: boolean;
	/** What `--password` sets. */
	secret?: {kind: 'password' | 'phone'; required: boolean};
	/** Columns of the table of `list`, besides the name. */
	columns: readonly string[];
	fields: ReadonlyArray<Field<T>>;
	rows(state: State): T[];
	keyOf(row: T, state: State): string;
	/** Whether a text means this name: numbers are compared normalised. */
	sameKey?(a: string, b: string): boolean;
	/** A new row with this name and nothing else set. Throws when the name is not allowed. */
	create?(key: string, state: State): T;
	/** Checks between fields, when all are in. */
	check?(row: T, state: State, before: T | undefined): void;
	/** What the store is told. */
	put?(row: T, state: State, secret: Secret | undefined): StoreOp[];
	/** The configuration with this row in place of the one of that name. */
	apply?(config: Config, row: T, before: T | undefined): Config;
	/** Who works with it at this moment, so that it cannot be removed. */
	atWork?(row: T, state: State): string[];
	remove?: {ops(row: T, state: State): StoreOp[]; apply(config: Config, row: T): Config};
	/** For the event log: what rows of it are about. */
	about?(row: T): {groupId?: string; campaignId?: string; listId?: string; agentId?: string};
	/** Part of event kinds, where it is not the name. */
	eventNoun?: string;
};

export const verbs = ['list', 'show', 'add', 'set', 'remove', 'start', 'stop'] as const;
export type Verb = (typeof verbs)[number];

/** A noun whose rows are of any kind: what the generic part works with. */
// biome-ignore lint/suspicious/noExplicitAny: the table holds nouns of different rows; each one's own functions agree.
export type AnyNoun = Noun<any>;

/** Without the keys that are undefined. */
export function without<T extends object>(row: T, key: keyof T): T {
	const copy = {...row};
	delete copy[key];
	return copy;
}

type FieldText = {name: string; label: Text; help: Text; required?: boolean; atAdd?: boolean; fallback?: Text | string};

/** A field that is one property of the row. */
export function property<T extends object, K extends keyof T & string>(
	key: K,
	form: Form<Exclude<T[K], undefined>>,
	text: FieldText,
): Field<T> {
	return {
		...text,
		form: form.form,
		get: (row, state) => {
			const value = row[key];
			return value === undefined ? [] : [form.show(value as Exclude<T[K], undefined>, state)];
		},
		set: (row, [given], state) => (given === undefined ? without(row, key) : {...row, [key]: form.parse(given, state, text.name)}),
		...(form.offers && {offers: (state: State) => form.offers!(state)}),
	};
}

/** A field with several values of one form, kept as an array; an empty one is not kept. */
export function listProperty<T extends object, K extends keyof T & string, V>(
	key: K,
	form: Form<V>,
	text: FieldText & {keepEmpty?: boolean},
): Field<T> {
	return {
		...text,
		list: true,
		form: form.form,
		get: (row, state) => ((row[key] as V[] | undefined) ?? []).map(value => form.show(value, state)),
		set(row, texts, state) {
			const values = texts.map(each => form.parse(each, state, text.name));
			return values.length === 0 && !text.keepEmpty ? without(row, key) : {...row, [key]: values};
		},
		...(form.offers && {offers: (state: State) => form.offers!(state)}),
	};
}

/** The field seen from a row that holds the object it is about. */
export function inside<T, S>(field: Field<S>, read: (row: T) => S, write: (row: T, part: S) => T): Field<T> {
	return {
		...field,
		get: (row, state) => field.get(read(row), state),
		set: (row, texts, state) => write(row, field.set(read(row), texts, state)),
	};
}

export const bad = (field: string, given: string, allowed: string | Text): SetupProblem => new SetupProblem('bad', {field, given, allowed});

/** In both languages the same. */
export const same = (text: string): Text => ({ja: text, en: text});
export const inLanguage = (text: Text | string, language: Language): string => (typeof text === 'string' ? text : text[language]);

/** What others refer to it by. */
export function idOf(noun: AnyNoun, row: unknown, state: State): string {
	const {id} = row as {id?: string};
	return id ?? noun.keyOf(row, state);
}

/** Replaces the element that `is` finds, or adds one at the end. */
export function replaced<T>(rows: readonly T[], row: T, is: (other: T) => boolean): T[] {
	const at = rows.findIndex(is);
	return at < 0 ? [...rows, row] : rows.map((other, index) => (index === at ? row : other));
}

/** A field that is only shown. */
export const shown = <T>(name: string, label: Text, get: (row: T, state: State) => string | undefined): Field<T> => ({
	name,
	label,
	help: label,
	form: same(''),
	readOnly: true,
	get: (row, state) => [get(row, state)].flatMap(text => text ?? []),
	set: row => row,
});
