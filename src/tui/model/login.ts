/** The login screen: three fields and a button. Pure. */
import * as edit from '../tty/edit.js';
import type {KeyEvent} from '../tty/keys.js';
import type {Action} from './actions.js';
import {lineEdited} from './line-keys.js';
import {type ConsoleState, type Effect, type LoginField, loginFields, type Step, say} from './state.js';

/** The stops: the fields, then the button. */
const stops = loginFields.length + 1;
const stay = (state: ConsoleState): Step => ({state, effects: []});
const withFocus = (state: ConsoleState, focus: number): ConsoleState => ({...state, login: {...state.login, focus}});

export function loginAction(state: ConsoleState, action: Action): Step {
	if (action === 'login') return submit(state);
	if (action === 'demo' && state.demo) {
		const {loginId, password, extension} = state.demo;
		const edits = {loginId: edit.editOf(loginId), password: edit.editOf(password), extension: edit.editOf(extension)};
		return stay({...state, login: {...state.login, edits, focus: loginFields.length}});
	}
	return stay(state);
}

export function loginKey(state: ConsoleState, key: KeyEvent): Step {
	const {focus} = state.login;
	if (key.type === 'key') {
		if (key.name === 'enter') return focus >= loginFields.length - 1 ? submit(state) : stay(withFocus(state, focus + 1));
		const by = key.name === 'down' || (key.name === 'tab' && !key.shift) ? 1 : key.name === 'up' || key.name === 'tab' ? -1 : 0;
		if (by !== 0) return stay(withFocus(state, (focus + by + stops) % stops));
	}
	const field = loginFields[focus];
	return stay(field ? withField(state, field, key) : state);
}

function withField(state: ConsoleState, field: LoginField, key: KeyEvent): ConsoleState {
	const now = state.login.edits[field];
	const next = lineEdited(now, key);
	return next === now ? state : {...state, login: {...state.login, edits: {...state.login.edits, [field]: next}}};
}

function submit(state: ConsoleState): Step {
	const missing = loginFields.findIndex(field => state.login.edits[field].text.trim() === '');
	if (missing >= 0) {
		const named = say(withFocus(state, missing), 'login.missing', 'bad', {field: `@login.${loginFields[missing]!}`});
		return {state: named, effects: [{effect: 'bell'}]};
	}
	const waits = state.line !== 'online';
	return {state: {...state, login: {...state.login, isBusy: true, waits}}, effects: waits ? [] : [loginEffect(state)]};
}

/** What the three fields ask for. */
export function loginEffect(state: ConsoleState): Effect {
	const {loginId, password, extension} = state.login.edits;
	return {effect: 'login', credentials: {loginId: loginId.text.trim(), password: password.text, extension: extension.text.trim()}};
}
