/**
 * Typing for an operator into the open screen. Letters are sent field by field, one request at a time, each with what it stands in the
 * place of: where the operator has typed meanwhile the service refuses, and the mode ends. Pure.
 */
import type {RequestBody} from '../../../server/api/requests.js';
import type {SessionView} from '../../../server/api/views.js';
import {type TextKey, translator} from '../../i18n/index.js';
import {editOf} from '../../tty/edit.js';
import type {KeyEvent} from '../../tty/keys.js';
import {type Field, fieldsOf} from '../fields.js';
import {editAt, type Form, textAt} from '../form.js';
import {formKey} from '../form-keys.js';
import {viewChanged as consoleShows} from '../server.js';
import {type ConsoleState, initialState} from '../state.js';
import {floorLayout, seatHeadRows} from './layout.js';
import {type Effect, refuse, type Step, type SupervisorState, say, stay} from './state.js';

/** `stood`: what the service has in each field, as far as we know; `sent`: under way; `seq`: the last letter that was taken in. */
export type SupervisorTyping = {
	of: string;
	form: Form;
	stood: Readonly<Record<string, string>>;
	sent: {field: string; text: string} | null;
	seq: number;
};

/** The operator's console as it would be on the rows that the open seat has here. */
export function theirConsole(state: SupervisorState): ConsoleState | null {
	const {screen, size} = state;
	if (!screen?.status) return null;
	const view = {...screen, notices: []} as unknown as SessionView;
	// The panes take all rows that this size leaves them.
	const rows = Math.max(0, floorLayout(state).panelRows - seatHeadRows) + 5;
	const blank = initialState({lang: state.lang, zone: state.zone, size: {columns: size.columns, rows}, demo: null, nowMs: 0});
	const theirs = consoleShows({...blank, line: 'online'}, view, true, 0).state;
	return state.typing ? {...theirs, form: state.typing.form} : theirs;
}

/** The fields, as far as a supervisor may type in them: what is secret is shown as dots, and stays. */
function openFields({view, form, lang}: ConsoleState): Field[] {
	const fields = fieldsOf(view, form ? textAt(form, 'record.nextActionId') : '', translator(lang));
	return fields.map(field => (field.kind === 'password' ? {...field, locked: true} : field));
}

const textsOf = ({edits}: Form): Record<string, string> => Object.fromEntries(Object.entries(edits).map(([key, {text}]) => [key, text]));

export function whyNotType({opened, screen}: SupervisorState): TextKey | undefined {
	if (opened === null) return 'sv.why.notOpened';
	return screen?.customer ? undefined : 'sv.noCustomer';
}

export function beginTyping(state: SupervisorState): Step {
	const form = theirConsole(state)?.form;
	if (!form || state.opened === null) return refuse(state, 'sv.noCustomer');
	return stay({...state, typing: {of: state.opened, form, stood: textsOf(form), sent: null, seq: 0}});
}

/** Esc: what was typed stays in the operator's form. */
export function endTyping(state: SupervisorState): Step {
	const {typing} = state;
	if (!typing) return stay(state);
	return {state: {...state, typing: null}, effects: [{effect: 'send', body: {type: 'stopTyping', of: typing.of}}]};
}

export function typingKey(state: SupervisorState, key: KeyEvent, nowMs: number): Step {
	const theirs = theirConsole(state);
	const {typing} = state;
	if (!typing || !theirs) return stay({...state, typing: null});
	const form = formKey(typing.form, key, {fields: openFields(theirs), size: theirs.size, nowMs, zone: state.zone});
	return form ? sendNext({...state, typing: {...typing, form}}) : stay(state);
}

/** Sends the next field that differs from what the service has; one at a time. */
function sendNext(state: SupervisorState): Step {
	const {typing} = state;
	if (!typing || typing.sent) return stay(state);
	const {form, stood, of} = typing;
	const field = Object.keys(form.edits).find(key => textAt(form, key) !== (stood[key] ?? ''));
	if (field === undefined) return stay(state);
	const {text, cursor} = editAt(form, field);
	const effects: Effect[] = [{effect: 'send', body: {type: 'typeFor', of, field, was: stood[field] ?? '', text, cursor}}];
	return {state: {...state, typing: {...typing, sent: {field, text}}}, effects};
}

export function typingGranted(state: SupervisorState, {of}: Extract<RequestBody, {type: 'typeFor'}>, value: unknown): Step {
	const {typing} = state;
	if (!typing?.sent || typing.of !== of) return stay(state);
	const stood = {...typing.stood, [typing.sent.field]: typing.sent.text};
	const next = {...state, typing: {...typing, stood, sent: null, seq: (value as {seq: number}).seq}};
	return sendNext(next);
}

/** The operator's screen has changed: what changed there is taken over, and the mode ends where it was taken away. */
export function typingSeen(state: SupervisorState): SupervisorState {
	const {typing, screen, view} = state;
	if (!typing) return state;
	const theirs = theirConsole({...state, typing: null})?.form;
	if (!theirs || theirs.customerId !== typing.form.customerId) return say({...state, typing: null}, 'sv.typingOver', 'warn');
	const now = screen?.typing;
	const isOver = typing.seq > 0 && now?.byId === view?.operator.id && (now?.over === 'takenBack' || now?.over === 'closed');
	if (isOver) return say({...state, typing: null}, now?.over === 'takenBack' ? 'sv.tookBack' : 'sv.typingOver', 'warn');
	// A screen that does not know our last letters yet says nothing new about them.
	const known = Math.max(0, ...Object.values(now?.fields ?? {}).map(({seq}) => seq));
	if (typing.sent || known < typing.seq) return state;
	const {focus} = typing.form;
	const edits = {...theirs.edits, [focus]: editOf(textAt(theirs, focus), editAt(typing.form, focus).cursor)};
	return {...state, typing: {...typing, form: {...typing.form, edits}, stood: textsOf(theirs)}};
}
