/** Two people have changed the same fields: each is decided on its own, with what stood there, what the other and what I wrote. Pure. */
import {editOf} from '../tty/edit.js';
import type {KeyEvent} from '../tty/keys.js';
import type {Action, Why} from './actions.js';
import type {Field} from './fields.js';
import {type Form, textAt, withFocus} from './form.js';
import {fieldsNow} from './server.js';
import {type ConsoleState, type Step, say} from './state.js';

export const conflictSides = ['base', 'theirs', 'mine'] as const;
export type ConflictSide = (typeof conflictSides)[number];
/** `mine`: what was typed, kept while another side is chosen. `keys`: fields that were in conflict when it was opened. */
export type ConflictPanel = {
	kind: 'conflict';
	keys: readonly string[];
	at: number;
	chosen: Readonly<Record<string, ConflictSide>>;
	mine: Readonly<Record<string, string>>;
};

const stay = (state: ConsoleState): Step => ({state, effects: []});

/** Fields that somebody else has changed too and nobody has decided about, in the order of the card. */
export const conflictKeys = (form: Form, fields: readonly Field[]): string[] =>
	fields.map(({key}) => key).filter(key => form.errors[key] === 'conflict');

export function conflictWhyNot(state: ConsoleState, action: Action): Why | null {
	if (action !== 'conflict' || state.panel?.kind === 'conflict') return null;
	return state.form && conflictKeys(state.form, fieldsNow(state)).length > 0 ? null : {key: 'why.noConflict', args: {}};
}

/** Opens the question, or decides; undefined for another action. */
export function conflictAction(state: ConsoleState, action: Action): Step | undefined {
	if (action === 'conflict') return stay(state.panel?.kind === 'conflict' ? closed(state, state.panel) : openConflict(state));
	const side = ({takeBase: 'base', takeTheirs: 'theirs', takeMine: 'mine'} as const)[action as 'takeBase'];
	return side && state.panel?.kind === 'conflict' ? decide(state, state.panel, side) : undefined;
}

/** The question about every field that is in conflict, its first one shown. */
export function openConflict(state: ConsoleState): ConsoleState {
	const {form} = state;
	if (!form) return state;
	const keys = conflictKeys(form, fieldsNow(state));
	const mine = Object.fromEntries(keys.map(key => [key, textAt(form, key)]));
	return {...say(state, 'message.conflict', 'warn'), panel: {kind: 'conflict', keys, at: 0, chosen: {}, mine}};
}

/** What a side of a conflict says. */
export function conflictValue(form: Form, panel: ConflictPanel, key: string, side: ConflictSide): string {
	const id = key.slice('customer.'.length);
	return side === 'mine' ? (panel.mine[key] ?? '') : ((side === 'theirs' ? form.theirs : form.stood)[id] ?? '');
}

function decide(state: ConsoleState, panel: ConflictPanel, side: ConflictSide): Step {
	const {form} = state;
	const key = panel.keys[panel.at];
	if (!form || key === undefined) return stay(state);
	const {[key]: _, ...errors} = form.errors;
	const edits = {...form.edits, [key]: editOf(conflictValue(form, panel, key, side))};
	const chosen = {...panel.chosen, [key]: side};
	const open = panel.keys.findIndex(each => chosen[each] === undefined);
	const next: ConsoleState = {
		...state,
		form: {...form, edits, errors, revision: form.revision + 1},
		panel: {...panel, chosen, at: open < 0 ? panel.at : open},
	};
	return {state: open < 0 ? say(next, 'message.conflictDecided', 'good') : next, effects: [{effect: 'draft', now: true}]};
}

/** Esc: back to the form, at the field the question was about. */
export function closed(state: ConsoleState, {keys, at}: ConflictPanel): ConsoleState {
	const key = keys[at];
	return {...state, panel: null, form: state.form && key !== undefined ? withFocus(state.form, key) : state.form};
}

const moves: Partial<Record<string, number>> = {up: -1, down: 1, left: -1, right: 1, pageup: -5, pagedown: 5};

export function conflictKey(state: ConsoleState, panel: ConflictPanel, key: KeyEvent): Step {
	const by = key.type === 'key' ? (moves[key.name] ?? 0) : 0;
	return stay({...state, panel: {...panel, at: Math.max(0, Math.min(panel.keys.length - 1, panel.at + by))}});
}

/** A merge may bring a field in conflict while the question is open: it is asked about as well. */
export function conflictStays(state: ConsoleState): ConsoleState {
	const {panel, form} = state;
	if (panel?.kind !== 'conflict' || !form) return state;
	const now = conflictKeys(form, fieldsNow(state));
	const fresh = now.filter(key => !panel.keys.includes(key) || panel.chosen[key] !== undefined);
	if (fresh.length === 0) return state;
	const chosen = Object.fromEntries(Object.entries(panel.chosen).filter(([key]) => !fresh.includes(key)));
	const mine = {...panel.mine, ...Object.fromEntries(fresh.map(key => [key, textAt(form, key)]))};
	return {...state, panel: {...panel, keys: [...new Set([...panel.keys, ...fresh])], chosen, mine}};
}
