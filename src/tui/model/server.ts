/** What the service's messages do to the console. Pure. Nothing here moves the focus away from where a person types. */
import type {FieldError, RequestError, SaveResult} from '../../server/api/messages.js';
import type {RequestBody} from '../../server/api/requests.js';
import type {CallView, CustomerView, RecallRow, SessionView} from '../../server/api/views.js';
import {translatorOf} from '../agent/keymap.js';
import {overlayOf} from '../agent/keys.js';
import {isTextKey} from '../i18n/index.js';
import {statusKey} from './actions.js';
import {callGranted, isHandedOver} from './calls.js';
import {conflictStays} from './conflict.js';
import {type Field, fieldsOf} from './fields.js';
import {afterSave, type Form, formForView, isUnsaved, mergeCustomer, textAt, withFocus} from './form.js';
import {isStop} from './form-keys.js';
import {historyGranted, historyRefused} from './history.js';
import {loginEffect} from './login.js';
import {soundEffects, soundGranted} from './recordings.js';
import {signalsOf} from './signals.js';
import {type ConsoleEvent, type ConsoleState, type Effect, type LineState, loggedOut, type Step, say} from './state.js';
import {isToolbarOnly} from './toolbar-only.js';
import {withHelp} from './typist.js';

const stay = (state: ConsoleState): Step => ({state, effects: []});

/** The fields on the screen now. */
export const fieldsNow = (state: ConsoleState): Field[] =>
	fieldsOf(state.view, state.form ? textAt(state.form, 'record.nextActionId') : '', translatorOf(state));

export function lineChanged(state: ConsoleState, line: LineState, heardMs: number): Step {
	if (state.line === line) return stay(state);
	const isOnline = line === 'online';
	const login = {...state.login, waitsForDemo: state.login.waitsForDemo === true && !isOnline};
	const next = {...state, line, lineSinceMs: heardMs, login};
	if (!isOnline || !state.login.waits) return stay(next);
	return {state: {...next, login: {...login, waits: false}}, effects: [loginEffect(state)]};
}

/** The view as the service has it now; `isWhole` after login, attach and each time the line is back. */
export function viewChanged(state: ConsoleState, view: SessionView, isWhole: boolean, nowMs: number): Step {
	const before = state.view;
	const fields = fieldsOf(view, '', translatorOf(state));
	const filled = isToolbarOnly(view) ? null : formForView(state.form, view, firstFocus(fields));
	const {form, sends} = filled ? withHelp(filled, view) : {form: null, sends: []};
	const effects: Effect[] = sends.map(body => ({effect: 'send', body}));
	const isBack = isWhole && form !== null && form.customerId === state.form?.customerId && isUnsaved(form);
	const hungUp = isLive(before?.call ?? null) && !isLive(view.call);
	// Back on the line, or the call is over: what was typed here goes to the service at once.
	if (form && (isBack || hungUp)) effects.push({effect: 'draft', now: true});
	if (!isWhole) effects.push(...signalsOf(before, view));
	effects.push(...soundEffects(state, before, view));
	// What was said about a key belongs to the customer and call it was pressed for.
	const isNew =
		(view.call !== null && view.call.callId !== before?.call?.callId) || view.customer?.customerId !== before?.customer?.customerId;
	const isSame = view.customer?.customerId === before?.customer?.customerId;
	const stage = view.stage === 'working' ? 'work' : 'groups';
	const groups =
		state.stage === 'login' && stage === 'groups'
			? {ticked: view.workingGroupIds, at: 0, isBusy: false}
			: {...state.groups, isBusy: stage === 'groups' && state.groups.isBusy && !isWhole};
	const next: ConsoleState = {
		...state,
		view,
		form: focusable(form, fields),
		panel: panelStays(state.panel, isSame),
		stage,
		groups,
		login: {...state.login, isBusy: false},
		message: state.stage === stage && !isNew ? state.message : null,
		historyTop: view.customer?.customerId === before?.customer?.customerId ? state.historyTop : 0,
	};
	const met =
		form !== null && Object.keys(form.errors).some(key => form.errors[key] === 'conflict' && state.form?.errors[key] !== 'conflict');
	const tells = form?.errors[form.focus] !== 'conflict';
	if (met && tells && !isNew) next.message = {why: {key: 'message.conflictCame', args: {}}, tone: 'warn'};
	const asked = overlayOf(state);
	const asks = overlayOf(next);
	if (asked && asked !== asks) next.askedUntilMs = nowMs;
	if (asks && (asked !== asks || view.incoming?.callId !== before?.incoming?.callId)) next.askingSinceMs = nowMs;
	if (next.message?.why.key === 'message.whenPhone' && !isWithoutPhone(view)) next.message = null;
	// The question in the band says so itself.
	if (view.popup && next.message?.why.key === 'message.saved') next.message = null;
	const shown = conflictStays(next);
	return {state: isHandedOver(before, view) ? say(shown, 'message.transferred', 'good') : shown, effects};
}

/** Panels about the customer on the screen: with another one, or none, they are gone. */
const ofCustomer: ReadonlySet<string> = new Set(['history', 'wrapLine', 'conflict']);
const panelStays = (panel: ConsoleState['panel'], sameCustomer: boolean): ConsoleState['panel'] =>
	panel && !sameCustomer && ofCustomer.has(panel.kind) ? null : panel;

const isLive = (call: CallView | null): boolean => call !== null && call.phase !== 'ended';

const firstFocus = (fields: readonly Field[]): string => (fields.find(field => field.pane === 'record') ?? fields[0])?.key ?? '';

/** A draft may name a field that is no longer there. */
function focusable(form: Form | null, fields: readonly Field[]): Form | null {
	if (!form || fields.some(field => field.key === form.focus)) return form;
	return withFocus(form, firstFocus(fields));
}

export function closed(state: ConsoleState, reason: Extract<ConsoleEvent, {type: 'closed'}>['reason']): Step {
	if (reason === 'stopping') return stay(say(state, 'message.stopping', 'warn'));
	return stay(loggedOut(state, {why: {key: `login.${reason}`, args: {}}, tone: reason === 'loggedOff' ? 'good' : 'warn'}));
}

/** What was chosen comes about when the telephone does: until then the status says only that it is not there. */
const isWithoutPhone = (view: SessionView | null): boolean => view?.status.status === 'offline' || view?.status.status === 'phoneDown';

export function granted(state: ConsoleState, request: RequestBody | {type: 'login'}, value: unknown): Step {
	const done = historyGranted(state, request) ?? soundGranted(state, request, value) ?? callGranted(state, request, value);
	if (done) return done;
	switch (request.type) {
		case 'save': {
			const {customerVersion} = value as SaveResult;
			const form =
				state.form && state.saving && state.form.customerId === state.saving.customerId
					? afterSave(state.form, state.saving, customerVersion)
					: state.form;
			// What was typed while the save was under way is a draft again.
			const effects: Effect[] = [{effect: 'bell', kind: 'saved'}];
			if (form && isUnsaved(form)) effects.push({effect: 'draft', now: false});
			const saved: ConsoleState = {...state, form, saving: null};
			return {state: state.view?.popup ? {...saved, message: null} : say(saved, 'message.saved', 'good'), effects};
		}
		case 'listRecalls': {
			const rows = value as RecallRow[];
			return stay(
				state.panel?.kind === 'recalls'
					? {...state, panel: {kind: 'recalls', rows, at: Math.min(state.panel.at, Math.max(0, rows.length - 1))}}
					: state,
			);
		}
		case 'takeRecall': {
			const taken = say(state, 'message.recallTaken', 'good');
			return {state: taken, effects: state.panel?.kind === 'recalls' ? [{effect: 'send', body: {type: 'listRecalls', others: true}}] : []};
		}
		case 'setStatus':
			return stay(
				isWithoutPhone(state.view)
					? say(state, 'message.whenPhone', 'plain', {status: translatorOf(state)(statusKey(request.status))})
					: state,
			);
		case 'dial':
			return stay({...state, panel: state.panel?.kind === 'number' || state.panel?.kind === 'seats' ? null : state.panel});
		case 'changePassword':
			return stay(say({...state, panel: null}, 'password.changed', 'good'));
		case 'setIcon':
			return stay(say({...state, panel: null}, 'icon.changed', 'good'));
		case 'loadCustomer':
			return stay({
				...state,
				panel: state.panel?.kind === 'recalls' || state.panel?.kind === 'mine' || state.panel?.kind === 'caller' ? null : state.panel,
			});
		default:
			return stay(state);
	}
}

export function refused(state: ConsoleState, request: RequestBody | {type: 'login'}, error: RequestError): Step {
	const t = translatorOf(state);
	const key = `refused.${error.code}`;
	const args = {
		status: error.status ? t(statusKey(error.status)) : '',
		seconds: Math.ceil((error.retryMs ?? 0) / 1000),
	};
	const told = say(state, isTextKey(key) ? key : 'refused.internal', 'bad', args);
	switch (request.type) {
		case 'changePassword':
			return {state: error.code === 'badCredentials' ? say(state, 'password.wrong', 'bad') : told, effects: [{effect: 'bell'}]};
		case 'setIcon':
			return {state: error.code === 'invalid' ? say(state, 'icon.wrong', 'bad') : told, effects: [{effect: 'bell'}]};
		case 'login': {
			const {edits} = state.login;
			const isWrong = error.code === 'badCredentials';
			const login = {
				edits: isWrong ? {...edits, password: {text: '', cursor: 0}} : edits,
				focus: isWrong ? 1 : 2,
				isBusy: false,
				waits: false,
			};
			return {
				state: {...told, login: error.code === 'slowDown' ? {...state.login, isBusy: false} : login, ahead: []},
				effects: [{effect: 'bell'}],
			};
		}
		case 'startWork':
			return {state: {...told, groups: {...state.groups, isBusy: false}, ahead: []}, effects: [{effect: 'bell'}]};
		case 'save':
			return saveRefused({...told, saving: null, ahead: []}, error);
		case 'editRecord':
			return {state: historyRefused(told, error), effects: [{effect: 'bell'}]};
		case 'takeBack':
		case 'putDraft':
			// The draft is sent again with the next change or when the line is back; nothing for the person to do.
			return stay(state);
		default:
			return {state: {...told, ahead: state.panel ? [] : state.ahead}, effects: [{effect: 'bell'}]};
	}
}

function saveRefused(state: ConsoleState, error: RequestError): Step {
	// What was to be saved is a draft again.
	const effects: Effect[] = [{effect: 'bell'}, {effect: 'draft', now: false}];
	if (!state.form) return {state, effects};
	if (error.code === 'conflict' && error.customer)
		return {state: say(conflicted(state, error.customer), 'message.conflict', 'bad'), effects};
	if (error.code !== 'invalid' || !error.fields) return {state, effects};
	const fields = fieldsNow(state);
	const errors: Record<string, FieldError['code']> = {};
	for (const {field, code} of error.fields) {
		const found = fields.find(each => each.key === field || each.key === `customer.${field}` || each.key === `record.${field}`);
		if (found) errors[found.key] = code;
	}
	// Where the fields are known, the strip says what is wrong with the one that has the cursor.
	const message = Object.keys(errors).length > 0 ? null : state.message;
	return {state: {...state, message, form: focusFirstError({...state.form, errors}, fields)}, effects};
}

function conflicted(state: ConsoleState, customer: CustomerView): ConsoleState {
	const form = state.form && mergeCustomer(state.form, customer);
	return {...state, form: form && focusFirstError(form, fieldsNow(state))};
}

export function focusFirstError(form: Form, fields: readonly Field[]): Form {
	const first = fields.find(field => form.errors[field.key] !== undefined && isStop(field));
	return first ? withFocus(form, first.key) : form;
}

/** The line broke with the request under way, or no answer came: nobody knows; the person presses again. */
export function unanswered(state: ConsoleState, request: RequestBody | {type: 'login'}): Step {
	if (request.type === 'putDraft' || request.type === 'takeBack') return stay(state);
	const freed: ConsoleState = {
		...state,
		saving: request.type === 'save' ? null : state.saving,
		ahead: [],
		login: {...state.login, isBusy: false, waits: false},
		groups: {...state.groups, isBusy: false},
	};
	const effects: Effect[] = request.type === 'save' ? [{effect: 'draft', now: false}] : [];
	return {state: say(freed, state.line === 'online' ? 'message.unanswered' : 'message.offline', 'warn'), effects};
}
