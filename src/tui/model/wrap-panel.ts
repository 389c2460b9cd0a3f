/**
 * 一行入力: the record from one line. What is understood stands in the record's fields with every letter typed, so that the draft
 * has it too; Esc puts back what stood there before. Pure.
 */

import {translatorOf} from '../agent/keymap.js';
import {type Edit, editOf, emptyEdit} from '../tty/edit.js';
import type {KeyEvent} from '../tty/keys.js';
import type {Action, Why} from './actions.js';
import {campaignOf, type Field, usesTime} from './fields.js';
import {type Form, textAt, withFocus} from './form.js';
import {lineEdited} from './line-keys.js';
import {fieldsNow} from './server.js';
import type {ConsoleState, Step} from './state.js';
import {readWrapLine, type WrapName, type WrapPart, type WrapReading} from './wrap-line.js';

/** `before`: the record's fields as they were when the line was opened. */
export type WrapPanel = {kind: 'wrapLine'; edit: Edit; before: Readonly<Record<string, Edit>>; reading: WrapReading};

const stay = (state: ConsoleState): Step => ({state, effects: []});
const emptyReading: WrapReading = {parts: [], values: {}, next: 'reachedId'};

/** Why the line cannot be opened now; null when it can. */
export const wrapWhyNot = ({form}: ConsoleState, action: Action): Why | null =>
	action === 'wrapLine' && !form ? {key: 'why.noCustomer', args: {}} : null;

/** Opens the line, closes it, or takes what is in it; undefined for another action. */
export function wrapAction(state: ConsoleState, action: Action): Step | undefined {
	const {panel, form} = state;
	if (action === 'wrapLine') {
		if (!form) return stay(state);
		if (panel?.kind === 'wrapLine') return wrapBack(state, panel);
		const before = Object.fromEntries(Object.entries(form.edits).filter(([key]) => key.startsWith('record.')));
		return stay({...state, panel: {kind: 'wrapLine', edit: emptyEdit, before, reading: emptyReading}});
	}
	if (action !== 'applyLine' || panel?.kind !== 'wrapLine' || !form) return undefined;
	return wrapRefusal(state) ?? {state: {...state, panel: null, form: atText(form)}, effects: [{effect: 'draft', now: true}]};
}

const atText = (form: Form): Form => {
	const edits = {...form.edits, 'record.text': editOf(textAt(form, 'record.text'))};
	return withFocus({...form, edits}, 'record.text');
};

/** The first thing that is wrong in the line, said; undefined when all of it is understood. */
export function wrapRefusal(state: ConsoleState): Step | undefined {
	const {panel} = state;
	if (panel?.kind !== 'wrapLine') return undefined;
	const wrong = panel.reading.parts.find(part => 'problem' in part);
	if (!wrong) return undefined;
	return {state: {...state, message: {why: wrapProblem(wrong)!, tone: 'bad'}}, effects: [{effect: 'bell'}]};
}

/** What is wrong with a word of the line, in words; null when nothing is. */
export function wrapProblem(part: WrapPart): Why | null {
	if (!('problem' in part)) return null;
	const {typed, problem} = part;
	const more = 'count' in problem ? {count: problem.count} : 'labels' in problem ? {labels: problem.labels} : {};
	return {key: `wrap.${problem.code}`, args: {typed, field: `@${wrapLabels[part.name]}`, ...more}};
}

export const wrapLabels = {
	reachedId: 'record.reached',
	reactionId: 'record.reaction',
	nextActionId: 'record.nextAction',
	nextOperatorId: 'record.nextOperator',
	nextAt: 'record.nextAtShort',
	text: 'record.text',
} as const satisfies Record<WrapName, string>;

/** Esc, or the key again: the record is as it was before the line. */
export function wrapBack(state: ConsoleState, panel: WrapPanel): Step {
	const {form} = state;
	const back = form && panel.edit.text !== '' ? withRecord(form, panel.before) : form;
	return {state: {...state, panel: null, form: back}, effects: back === form ? [] : [{effect: 'draft', now: true}]};
}

function withRecord(form: Form, edits: Readonly<Record<string, Edit>>): Form {
	const errors = Object.fromEntries(Object.entries(form.errors).filter(([key]) => !key.startsWith('record.')));
	return {...form, edits: {...form.edits, ...edits}, errors, revision: form.revision + 1};
}

/** A key in the line: what is understood of it now goes into the record's fields. */
export function wrapKey(state: ConsoleState, panel: WrapPanel, key: KeyEvent, nowMs: number): Step {
	const {form, view} = state;
	const edit = lineEdited(panel.edit, key, wrapLengthMax);
	if (edit === panel.edit || !form || !view) return stay(state);
	if (edit.text === panel.edit.text) return stay({...state, panel: {...panel, edit}});
	const campaign = campaignOf(view);
	const hasTime = (id: string): boolean => campaign !== undefined && usesTime(campaign, id);
	const reading = readWrapLine(edit.text, {fields: wrapFields(state), hasTime, nowMs, zone: state.zone});
	return {
		state: {...state, form: withRecord(form, recordFor(panel, reading, hasTime)), panel: {...panel, edit, reading}},
		effects: [{effect: 'draft', now: false}],
	};
}

const wrapLengthMax = 2_000;

/** The record's fields, with the choices that are offered for this call. */
export const wrapFields = (state: ConsoleState): Field[] => fieldsNow(state).filter(({pane}) => pane === 'record');

/** The record before, with what the line names; its text goes below a text that stood there. */
function recordFor({before}: WrapPanel, {values}: WrapReading, hasTime: (id: string) => boolean): Record<string, Edit> {
	const edits: Record<string, Edit> = {...before};
	for (const [name, value] of Object.entries(values)) {
		const stood = before[`record.${name}`]?.text ?? '';
		edits[`record.${name}`] = editOf(name === 'text' && stood !== '' ? `${stood}\n${value}` : value);
	}
	// A time of before does not belong to a next action that has none.
	if (values.nextActionId !== undefined && !hasTime(values.nextActionId)) edits['record.nextAt'] = emptyEdit;
	return edits;
}

/** What the next word will be taken for, with its choices: shown while the line is typed. */
export function wrapNext(state: ConsoleState, {reading}: WrapPanel): {label: string; options: Field['options']} {
	const t = translatorOf(state);
	const field = wrapFields(state).find(({key}) => key === `record.${reading.next}`);
	return {label: t(wrapLabels[reading.next]), options: field?.options ?? []};
}
