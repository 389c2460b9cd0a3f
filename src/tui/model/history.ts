/** 対応履歴: looked through with filters, one record in detail, and edited on the day it was saved. Pure. */
import type {RequestError} from '../../server/api/messages.js';
import type {RequestBody} from '../../server/api/requests.js';
import type {HistoryRow} from '../../server/api/views.js';
import {translatorOf} from '../agent/keymap.js';
import {dateTime} from '../format.js';
import {editOf} from '../tty/edit.js';
import type {KeyEvent} from '../tty/keys.js';
import type {Action, Why} from './actions.js';
import {type Field, fieldsOf} from './fields.js';
import {type Form, formFor, recordOf, textAt} from './form.js';
import {type FormContext, formKey, settled} from './form-keys.js';
import {type ConsoleState, type Step, say} from './state.js';

/** What a record may be looked for by: who answered, the reaction, the next action. */
export const filterNames = ['reached', 'reaction', 'nextAction'] as const;
export type FilterName = (typeof filterNames)[number];

/** `openId`: the record in detail; `form`: it is being edited. */
export type HistoryPanel = {
	kind: 'history';
	at: number;
	filter: Readonly<Partial<Record<FilterName, string>>>;
	openId: string | null;
	form: Form | null;
};

export const historyPanel: HistoryPanel = {kind: 'history', at: 0, filter: {}, openId: null, form: null};

const stay = (state: ConsoleState): Step => ({state, effects: []});
const moves: Partial<Record<string, number>> = {up: -1, down: 1, pageup: -5, pagedown: 5};

/** Records that fit every filter. */
export const historyShown = (rows: readonly HistoryRow[], {filter}: HistoryPanel): HistoryRow[] =>
	rows.filter(row => filterNames.every(name => filter[name] === undefined || row[name] === filter[name]));

/** The record the cursor is at, or that is open. */
export function historyRow({view, panel}: ConsoleState): HistoryRow | undefined {
	if (panel?.kind !== 'history' || !view) return undefined;
	if (panel.openId !== null) return view.history.find(({recordId}) => recordId === panel.openId);
	return historyShown(view.history, panel)[panel.at];
}

/** Fields of the record that is being edited. */
export function editFields(state: ConsoleState, form: Form): Field[] {
	return fieldsOf(state.view, textAt(form, 'record.nextActionId'), translatorOf(state)).filter(({pane}) => pane === 'record');
}

const editContext = (state: ConsoleState, form: Form, nowMs: number): FormContext => {
	const stood = historyRow(state)?.nextAtMs;
	const keptTime = stood === undefined ? undefined : dateTime(stood, state.zone);
	return {fields: editFields(state, form), size: state.size, nowMs, zone: state.zone, keptTime};
};

/** What the filter goes to: nothing, then each value that the records have, in turn. */
function nextFilter(rows: readonly HistoryRow[], name: FilterName, now: string | undefined): string | undefined {
	const values = [...new Set(rows.map(row => row[name]).filter(value => value !== undefined && value !== ''))];
	return now === undefined ? values[0] : values[values.indexOf(now) + 1];
}

/** Reasons of their own against these actions; null when there is none. */
export function historyWhyNot(state: ConsoleState, action: Action): Why | null {
	if (action === 'history' && !state.view?.customer) return {key: 'why.noCustomer', args: {}};
	if (action === 'editRecord' && !historyRow(state)?.edit) return {key: 'why.notYourRecord', args: {}};
	return null;
}

/** Does an action about the history; undefined when it is none. It has been found possible. */
export function historyAction(state: ConsoleState, action: Action, nowMs: number): Step | undefined {
	const {panel, view} = state;
	if (action === 'history') return stay({...state, panel: panel?.kind === 'history' ? null : historyPanel});
	if (panel?.kind !== 'history' || !view) return undefined;
	const row = historyRow(state);
	switch (action) {
		case 'filterReached':
		case 'filterReaction':
		case 'filterNextAction': {
			const name = ({filterReached: 'reached', filterReaction: 'reaction', filterNextAction: 'nextAction'} as const)[action];
			const {[name]: now, ...others} = panel.filter;
			const value = nextFilter(view.history, name, now);
			return stay({...state, panel: {...panel, at: 0, filter: {...others, ...(value !== undefined && {[name]: value})}}});
		}
		case 'clearFilter':
			return stay({...state, panel: {...panel, at: 0, filter: {}}});
		case 'openRecord':
			return stay(row ? {...state, panel: {...panel, openId: row.recordId}} : state);
		case 'editRecord':
			return row?.edit && view.customer
				? stay({...state, panel: {...panel, openId: row.recordId, form: editForm(state, row)}})
				: stay(state);
		case 'saveEdit':
			return saveEdit(state, panel, nowMs);
		default:
			return undefined;
	}
}

function editForm({view}: ConsoleState, {edit}: HistoryRow): Form {
	const form = formFor(view!.customer!, null, undefined, 'record.text');
	const edits = Object.fromEntries(Object.entries(edit!).map(([name, value]) => [`record.${name}`, editOf(value)]));
	return {...form, edits};
}

function saveEdit(state: ConsoleState, panel: HistoryPanel, nowMs: number): Step {
	if (!panel.form || panel.openId === null) return stay(state);
	const form = settled(panel.form, editContext(state, panel.form, nowMs));
	return {
		state: {...say(state, 'message.saving'), panel: {...panel, form}},
		effects: [{effect: 'send', body: {type: 'editRecord', recordId: panel.openId, record: recordOf(form)}}],
	};
}

/** Esc: from editing to the detail, from the detail to the list. What was changed and not saved is asked about once. */
export function historyBack(state: ConsoleState, panel: HistoryPanel): ConsoleState {
	if (panel.form) {
		if (panel.form.revision > 0 && state.armed !== 'close') return {...say(state, 'message.leaveEdit', 'warn'), armed: 'close'};
		return {...state, armed: null, panel: {...panel, form: null}};
	}
	return {...state, panel: panel.openId === null ? null : {...panel, openId: null}};
}

/** A key inside the panel that is no action of its own. */
export function historyKey(state: ConsoleState, panel: HistoryPanel, key: KeyEvent, nowMs: number): Step {
	if (panel.form) {
		const form = formKey(panel.form, key, editContext(state, panel.form, nowMs));
		return stay(form ? {...state, panel: {...panel, form}} : state);
	}
	const by = key.type === 'key' ? (moves[key.name] ?? 0) : 0;
	const rows = historyShown(state.view?.history ?? [], panel);
	if (by === 0 || rows.length === 0) return stay(state);
	const from = panel.openId === null ? panel.at : rows.findIndex(({recordId}) => recordId === panel.openId);
	const at = Math.max(0, Math.min(rows.length - 1, from + by));
	return stay({...state, panel: {...panel, at, openId: panel.openId === null ? null : rows[at]!.recordId}});
}

/** What the service answered to an edit; undefined when it was none. */
export function historyGranted(state: ConsoleState, request: RequestBody | {type: 'login'}): Step | undefined {
	if (request.type !== 'editRecord') return undefined;
	const {panel} = state;
	return stay(say(panel?.kind === 'history' ? {...state, panel: {...panel, form: null}} : state, 'message.saved', 'good'));
}

/** What is wrong with which field of the edit. */
export function historyRefused(state: ConsoleState, {fields = []}: RequestError): ConsoleState {
	const {panel} = state;
	if (panel?.kind !== 'history' || !panel.form || fields.length === 0) return state;
	const errors = Object.fromEntries(fields.map(({field, code}) => [field, code]));
	const first = editFields(state, panel.form).find(({key}) => errors[key] !== undefined);
	return {...state, panel: {...panel, form: {...panel.form, errors, ...(first && {focus: first.key})}}};
}
