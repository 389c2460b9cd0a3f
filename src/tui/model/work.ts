/** Keys of the work screen: actions of the toolbar and the form. Pure. */
import type {RequestBody} from '../../server/api/requests.js';
import {translatorOf} from '../agent/keymap.js';
import type {Binding, Place} from '../agent/keys.js';
import type {KeyEvent} from '../tty/keys.js';
import {type Action, forbiddenBy, type Why} from './actions.js';
import {callAction, callWhyNot, menuOf} from './calls.js';
import {closed, conflictAction, conflictWhyNot, openConflict} from './conflict.js';
import type {Field} from './fields.js';
import {draftOf, type Form, isUnsaved, textAt, withFocus} from './form.js';
import {type FormContext, formKey, isStop, settled} from './form-keys.js';
import {historyAction, historyBack, historyWhyNot} from './history.js';
import {iconPanel, setIcon} from './icon.js';
import {changePassword, dialTyped, numberPanel, panelKey, passwordPanel} from './panels.js';
import {soundAction, soundWhyNot, stopSound} from './recordings.js';
import {wordsOf} from './say.js';
import {fieldsNow} from './server.js';
import {type ConsoleState, type Effect, type Step, say} from './state.js';
import {isHere, isToolbarOnly} from './toolbar-only.js';
import {takenBack} from './typist.js';
import {wrapAction, wrapBack, wrapRefusal, wrapWhyNot} from './wrap-panel.js';

const stay = (state: ConsoleState): Step => ({state, effects: []});
const no = (state: ConsoleState, why: Why): Step => ({state: {...state, message: {why, tone: 'warn'}}, effects: []});
const send = (state: ConsoleState, body: RequestBody, before: Effect[] = []): Step => ({
	state,
	effects: [...before, {effect: 'send', body}],
});
const flush: Effect = {effect: 'draft', now: true};

/** Actions that need the service at once. */
const needsLine: ReadonlySet<Action> = new Set<Action>([
	'ready',
	'wrapUp',
	'away',
	'break',
	'hangUp',
	'dial',
	'logOff',
	'save',
	'recalls',
	'load',
	'takeRecall',
	'answer',
	'decline',
	'identify',
	'create',
	'hold',
	'transfer',
	'complete',
	'back',
	'conference',
	'mute',
	'dtmf',
	'nextCustomer',
	'skipCustomer',
	'waiting',
	'abandoned',
	'seats',
	'mine',
	'saveEdit',
	'callLists',
	'askHelp',
	'voicemails',
	'recordings',
	'play',
	'playPhone',
	'callBackVoicemail',
	'markVoicemail',
	'deleteVoicemail',
	'record',
	'mask',
	'why',
]);

/** Why an action is not possible now; null when it is. The bottom line dims by it, and pressing the key says it. */
export function whyNot(state: ConsoleState, binding: Binding): Why | null {
	const {view, form} = state;
	const {action} = binding;
	if (!view) return null;
	const t = translatorOf(state);
	const name = t(binding.label);
	if (state.line !== 'online' && needsLine.has(action)) return {key: 'why.offline', args: {action: name}};
	if (view.popup && (action === 'save' || (action === 'ready' && view.status.status === 'ready'))) return null;
	if (!isHere(state, binding)) return {key: 'why.toolbarOnly', args: {action: name, use: view.operator.use ?? ''}};
	const why = forbiddenBy(action === 'dialTyped' ? 'dial' : action, view.status.status, name, t);
	if (why && !(action === 'dial' && focusedField(state)?.kind === 'mail')) return why;
	if (action === 'save' && !form) return {key: 'why.noCustomer', args: {}};
	if (action === 'pane' && !form) return {key: 'why.noCustomer', args: {}};
	return (
		conflictWhyNot(state, action) ??
		wrapWhyNot(state, action) ??
		historyWhyNot(state, action) ??
		soundWhyNot(state, action) ??
		callWhyNot(state, action)
	);
}

const focusedField = (state: ConsoleState): Field | undefined => fieldsNow(state).find(field => field.key === state.form?.focus);

/** The number or address the dial key means: the field under the cursor, or the only number of the card. */
function numberField(state: ConsoleState): Field | undefined {
	const {form} = state;
	if (!form) return undefined;
	const fields = fieldsNow(state);
	const focused = fields.find(field => field.key === form.focus);
	if (focused?.kind === 'phone' || focused?.kind === 'mail') return focused;
	const numbers = fields.filter(field => field.kind === 'phone' && textAt(form, field.key) !== '');
	return numbers.length === 1 ? numbers[0] : undefined;
}

const contextOf = (state: ConsoleState, nowMs: number): FormContext => ({
	fields: fieldsNow(state),
	size: state.size,
	nowMs,
	zone: state.zone,
});

/** The keys of the band mean something else once it is gone; a press this soon after was for the band. */
const lateMs = 700;
/** And they mean nothing yet when it has only just appeared: nobody can have read it. */
const soonMs = 400;
const overlays: readonly Place[] = ['offered', 'consult', 'unknownCaller'];

export function workAction(state: ConsoleState, binding: Binding, nowMs: number): Step {
	const {action} = binding;
	const why = whyNot(state, binding);
	if (why) return no(state, why);
	const isOfBand = binding.places.some(place => overlays.includes(place));
	if (isOfBand && nowMs - state.askingSinceMs < soonMs) return no(state, {key: 'why.late', args: {}});
	if ((action === 'dial' || action === 'hangUp') && nowMs - state.askedUntilMs < lateMs) return no(state, {key: 'why.late', args: {}});
	if (action === 'choose' && state.panel?.kind === 'menu') {
		const item = menuOf(state)[state.panel.at];
		return item ? workAction(state, item, nowMs) : stay(state);
	}
	switch (action) {
		case 'ready':
			return state.view?.popup ? resume(state) : send(state, {type: 'setStatus', status: 'ready'});
		case 'wrapUp':
		case 'away':
		case 'break':
			return send(state, {type: 'setStatus', status: action});
		case 'hangUp':
			return send(state, {type: 'hangUp'}, [flush]);
		case 'dial':
			return dial(state);
		case 'pane':
			return stay({...state, form: otherPane(settled(state.form!, contextOf(state, nowMs)), fieldsNow(state))});
		case 'recalls':
			return state.panel?.kind === 'recalls'
				? stay({...state, panel: null})
				: send({...state, panel: {kind: 'recalls', rows: null, at: 0}}, {type: 'listRecalls', others: true});
		case 'load':
			return load(state);
		case 'takeRecall':
			return takeRecall(state);
		case 'close':
			return close(state);
		case 'logOff':
			return logOff(state);
		case 'dialTyped':
			return dialTyped(state);
		case 'account':
			return stay({...state, panel: state.panel?.kind === 'password' ? null : passwordPanel});
		case 'icon':
			return stay({...state, panel: iconPanel(state)});
		case 'setIcon':
			return setIcon(state);
		case 'changePassword':
			return changePassword(state);
		case 'save':
			if (state.view?.popup && !(state.form && isUnsaved(state.form))) return keep(state);
			return wrapRefusal(state) ?? save(isOverForm(state.panel) ? {...state, panel: null} : state, nowMs);
		case 'sayStatus':
		case 'sayCall':
		case 'sayField':
		case 'sayAll':
			return stay(say(state, 'say.text', 'plain', {text: wordsOf(state, action, nowMs)}));
		default:
			return (
				conflictAction(state, action) ??
				wrapAction(state, action) ??
				historyAction(state, action, nowMs) ??
				soundAction(state, binding) ??
				callAction(state, binding, nowMs) ??
				stay(state)
			);
	}
}

/** Esc: an open list, then the question, then the notices in the band. It never ends a call. */
function close(state: ConsoleState): Step {
	if (state.panel?.kind === 'history') {
		const back = historyBack(state, state.panel);
		return {state: back, effects: state.sound && !back.panel ? [stopSound] : []};
	}
	if (state.panel?.kind === 'wrapLine') return wrapBack(state, state.panel);
	if (state.panel?.kind === 'conflict') return stay(closed(state, state.panel));
	if (state.panel) return {state: {...state, panel: null}, effects: state.sound ? [stopSound] : []};
	if (state.view?.popup) return keep(state);
	return stay({...state, dismissed: state.view?.notices.at(-1)?.noticeId ?? state.dismissed});
}

/** OK of the question after a save: customer and wrap-up stay. */
const keep = (state: ConsoleState): Step => (state.view?.popup ? send(state, {type: 'afterSave', choice: 'keep'}) : stay(state));

function resume(state: ConsoleState): Step {
	if (state.form && isUnsaved(state.form)) return stay(say(state, 'message.unsaved', 'warn'));
	return send(state, {type: 'afterSave', choice: 'resume'});
}

function dial(state: ConsoleState): Step {
	const field = numberField(state);
	if (!field) return stay({...state, panel: numberPanel});
	const value = textAt(state.form!, field.key).trim();
	if (field.kind === 'mail')
		return value === '' ? no(state, {key: 'why.noMail', args: {}}) : {state, effects: [{effect: 'openMail', address: value}]};
	if (value === '') return no(state, {key: 'why.noNumber', args: {}});
	return send(state, {type: 'dial', number: value, customerId: state.form!.customerId, fieldId: field.key.slice('customer.'.length)}, [
		flush,
	]);
}

/** To the first field of the other pane that can be changed. */
function otherPane(form: Form, fields: readonly Field[]): Form {
	const pane = fields.find(field => field.key === form.focus)?.pane === 'record' ? 'customer' : 'record';
	const next = fields.find(field => field.pane === pane && isStop(field));
	return next ? withFocus(form, next.key) : form;
}

function load(state: ConsoleState): Step {
	const row = state.panel?.kind === 'recalls' ? state.panel.rows?.[state.panel.at] : undefined;
	if (!row) return stay(state);
	if (state.form && state.form.customerId !== row.customerId && isUnsaved(state.form)) return stay(say(state, 'message.unsaved', 'warn'));
	return send(state, {type: 'loadCustomer', customerId: row.customerId}, [flush]);
}

/** 引受 of a colleague's promise. */
function takeRecall(state: ConsoleState): Step {
	const row = state.panel?.kind === 'recalls' ? state.panel.rows?.[state.panel.at] : undefined;
	if (!row) return stay(state);
	return row.of ? send(state, {type: 'takeRecall', recordId: row.recordId}) : no(state, {key: 'why.ownRecall', args: {}});
}

function logOff(state: ConsoleState): Step {
	if (state.form && isUnsaved(state.form) && state.armed !== 'logOff')
		return stay({...say(state, 'message.logOffUnsaved', 'warn'), armed: 'logOff'});
	return send(state, {type: 'logOff'}, [flush]);
}

/** What the service would refuse, and the screen knows: dates and times that are none. */
const knownWrong: ReadonlySet<string> = new Set(['badDate', 'badTime', 'pastTime']);

/** Panels about the form itself: they are done with when it is saved. */
const isOverForm = (panel: ConsoleState['panel']): boolean => panel?.kind === 'wrapLine' || panel?.kind === 'conflict';

function save(state: ConsoleState, nowMs: number): Step {
	const form = settled(state.form!, contextOf(state, nowMs));
	// What somebody else changed too is decided field by field, never written over unseen.
	if (Object.values(form.errors).includes('conflict')) return {state: openConflict({...state, form}), effects: [{effect: 'bell'}]};
	const wrong = fieldsNow(state).find(({key, locked}) => !locked && knownWrong.has(form.errors[key] ?? ''));
	if (wrong) return {state: {...state, form: withFocus(form, wrong.key)}, effects: [{effect: 'bell'}]};
	const draft = draftOf(form);
	return send({...say(state, 'message.saving'), form, saving: draft}, {type: 'save', draft});
}

/** Keys that are no action: the recall list, paging of the history, and the form. */
export function workKey(state: ConsoleState, key: KeyEvent, nowMs: number): Step {
	if (state.panel) return panelKey(state, key, nowMs);
	if (key.type === 'key' && (key.name === 'pageup' || key.name === 'pagedown')) {
		const rows = state.view?.history.length ?? 0;
		const top = state.historyTop + (key.name === 'pageup' ? -2 : 2);
		return stay({...state, historyTop: Math.max(0, Math.min(top, rows - 1))});
	}
	const {form} = state;
	if (!form)
		return stay(
			key.type === 'text' || key.type === 'paste' ? say(state, isToolbarOnly(state.view) ? 'only.elsewhere' : 'why.noCustomer') : state,
		);
	const next = formKey(form, key, contextOf(state, nowMs));
	if (!next || next === form) return stay(state);
	const own = takenBack(form, next, state.view?.typing);
	const effects: Effect[] = own.sends.map(body => ({effect: 'send', body}));
	if (next.focus !== form.focus) effects.push(flush);
	else if (next.revision !== form.revision || next.edits !== form.edits) effects.push({effect: 'draft', now: false});
	return {state: {...state, form: own.form}, effects};
}
