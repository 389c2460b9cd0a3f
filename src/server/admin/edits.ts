/**
 * Several settings at once, all or none: what a text asks for, and what takes changes back. Pure. New things are made bare
 * first and filled then, so that they may name each other in any order; what is removed goes last.
 */
import type {Config} from '../domain/events.js';
import type {StoreOp} from '../domain/stored.js';
import {changed, differences, type FieldChange, findRow, rowOf} from './change.js';
import type {AnyNoun, Secret, State} from './noun.js';
import {nounOf} from './nouns.js';
import {SetupProblem} from './problem.js';
import {othersUsing} from './references.js';

export type EditVerb = 'add' | 'set' | 'remove';
/** `values` are meant as they stand: a list is what it is given, nothing is added to what it was. */
export type Edit = {noun: string; verb: EditVerb; key: string; values: Record<string, string[]>; secret?: Secret};

export type Change = {noun: AnyNoun; verb: EditVerb; key: string; before: unknown; after: unknown; fields: FieldChange[]; secret?: Secret};

export type Applied = {
	state: State;
	ops: StoreOp[];
	/** What is different afterwards; edits that change nothing are left out. */
	changes: Change[];
	/** The same on a configuration in which something else may have gone on meanwhile. */
	apply(config: Config): Config;
};

type Step = (config: Config) => Config;

/** @throws SetupProblem for the first that cannot be as asked. */
export function applyEdits(edits: readonly Edit[], initial: State): Applied {
	const work = new Work(initial);
	const adds = edits.filter(({verb}) => verb === 'add').map(edit => () => work.begin(edit));
	const fills = edits.filter(({verb}) => verb !== 'remove').map(edit => () => work.fill(edit));
	work.each([...adds, ...fills]);
	work.each([...edits].reverse().flatMap(edit => (edit.verb === 'remove' ? [() => work.remove(edit)] : [])));
	const {state, ops, steps} = work;
	const changes = edits.flatMap((edit): Change[] => {
		const noun = nounOf(edit.noun);
		const before = findRow(noun, edit.key, initial);
		const after = edit.verb === 'remove' ? undefined : (findRow(noun, edit.key, state) ?? renamed(noun, before, edit, state));
		const fields = differences(noun, before, after, initial, state);
		const {secret, verb} = edit;
		// What came to be with something else goes with it.
		if (verb === 'set' && (before === undefined || (fields.length === 0 && !secret))) return [];
		const key = noun.keyOf(after ?? before, after === undefined ? initial : state);
		return [{noun, verb, key, before, after, fields, ...(secret && {secret})}];
	});
	return {state, ops, changes, apply: config => steps.reduce((now, step) => step(now), config)};
}

/** A row whose name is one of its fields: known by its id. */
function renamed(noun: AnyNoun, before: unknown, {values}: Edit, state: State): unknown {
	const id = (before as {id?: string} | undefined)?.id;
	const rows = noun.rows(state) as Array<{id?: string}>;
	return id !== undefined && values['name'] ? rows.find(row => row.id === id) : undefined;
}

class Work {
	readonly ops: StoreOp[] = [];
	readonly steps: Step[] = [];

	state: State;

	constructor(private readonly initial: State) {
		this.state = initial;
	}

	/** Those that name what is not there yet wait for the others. */
	each(jobs: ReadonlyArray<() => void>): void {
		let left = jobs;
		while (left.length > 0) {
			const waiting: Array<() => void> = [];
			let first: SetupProblem | undefined;
			for (const job of left) {
				try {
					job();
				} catch (error) {
					if (!(error instanceof SetupProblem) || !['unknown', 'inUse', 'notThere'].includes(error.problem.key)) throw error;
					first ??= error;
					waiting.push(job);
				}
			}
			if (first && waiting.length === left.length) throw first;
			left = waiting;
		}
	}

	/** With nothing but what it cannot be without. */
	begin({noun: name, key, values, secret}: Edit): void {
		const noun = nounOf(name);
		// Such as a skill: it is there as soon as the operator is in the group.
		if (!noun.create) return;
		if (findRow(noun, key, this.initial) !== undefined) throw new SetupProblem('exists', {noun: noun.label, given: key});
		// Came to be with something else, as the built-in choices of a campaign do.
		if (findRow(noun, key, this.state) !== undefined) return;
		if (noun.secret?.kind === 'phone' && !secret) throw new SetupProblem('secretNeeded', {noun: noun.label, given: key});
		const needed = noun.fields.filter(({atAdd, atAddOnly}) => atAdd || atAddOnly).map(field => field.name);
		const bare = Object.fromEntries(Object.entries(values).filter(([field]) => needed.includes(field)));
		this.#put(noun, undefined, changed(noun, noun.create(key, this.state), bare, this.state, undefined), secret);
	}

	fill({noun: name, key, values, secret, verb}: Edit): void {
		const noun = nounOf(name);
		const row = rowOf(noun, key, this.state);
		const fixed = noun.fields.filter(({atAddOnly}) => atAddOnly).map(field => field.name);
		const rest = Object.fromEntries(Object.entries(values).filter(([field]) => verb !== 'add' || !fixed.includes(field)));
		// What holds several is emptied first: some keep what they are not told about.
		let basis = row;
		for (const field of noun.fields) if (field.list && !field.required && rest[field.name]) basis = field.set(basis, [], this.state);
		this.#put(noun, row, changed(noun, basis, rest, this.state, row), verb === 'add' ? undefined : secret);
	}

	remove({noun: name, key}: Edit): void {
		const noun = nounOf(name);
		const {remove} = noun;
		if (!remove) throw new SetupProblem('noSuchVerb', {noun: noun.name, given: 'remove', known: noun.verbs.join(', ')});
		const row = rowOf(noun, key, this.state);
		const users = othersUsing(noun, row, this.state);
		if (users.length > 0) throw new SetupProblem('inUse', {noun: noun.label, given: key, users: users.join(', ')});
		this.ops.push(...remove.ops(row, this.state));
		this.#step(config => remove.apply(config, row));
	}

	#put(noun: AnyNoun, before: unknown, row: unknown, secret: Secret | undefined): void {
		this.ops.push(...noun.put!(row, this.state, secret));
		this.#step(config => noun.apply!(config, row, before));
	}

	#step(step: Step): void {
		this.steps.push(step);
		this.state = {...this.state, config: step(this.state.config)};
	}
}
