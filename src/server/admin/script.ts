/** Settings written down: the same as commands, one after another, on a configuration that nobody works with yet. */
import type {Config} from '../domain/events.js';
import type {StoreOp} from '../domain/stored.js';
import {changed, findRow, rowOf} from './change.js';
import type {State} from './noun.js';
import {nounOf} from './nouns.js';
import {SetupProblem} from './problem.js';

/** `verb` is `add` by default; a value may stand without brackets. */
export type Setting = {noun: string; verb?: 'add' | 'set'; key: string; values: Record<string, string | string[]>};

/** What is to be written, and the configuration afterwards. @throws SetupProblem for the first that cannot be as asked. */
export function applySettings(settings: readonly Setting[], before: State): {config: Config; ops: StoreOp[]} {
	let state = before;
	const ops: StoreOp[] = [];
	for (const {noun: name, verb = 'add', key, values} of settings) {
		const noun = nounOf(name);
		const given = Object.fromEntries(Object.entries(values).map(([field, texts]) => [field, [texts].flat()]));
		if (verb === 'add' && findRow(noun, key, state) !== undefined) throw new SetupProblem('exists', {noun: noun.label, given: key});
		if (verb === 'add' && !noun.create) throw new SetupProblem('noSuchVerb', {noun: noun.name, given: verb, known: noun.verbs.join(', ')});
		const row = verb === 'add' ? undefined : rowOf(noun, key, state);
		const next = changed(noun, row ?? noun.create!(key, state), given, state, row);
		ops.push(...noun.put!(next, state, undefined));
		state = {...state, config: noun.apply!(state.config, next, row)};
	}
	return {config: state.config, ops};
}
