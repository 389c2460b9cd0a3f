/** The login of the supervisors' console: as the operators', but without an extension it goes too. Pure. */
import {editOf} from '../../tty/edit.js';
import type {KeyEvent} from '../../tty/keys.js';
import {lineEdited} from '../line-keys.js';
import {type LoginField, loginFields} from '../state.js';
import type {Action} from './keys.js';
import {type Effect, refuse, type Step, type SupervisorState, stay} from './state.js';

const stops = loginFields.length + 1;
const withFocus = (state: SupervisorState, focus: number): SupervisorState => ({...state, login: {...state.login, focus}});

export function loginAction(state: SupervisorState, action: Action): Step {
	if (state.login.isBusy) return stay(state);
	if (action === 'login') return submit(state);
	if (action === 'demo' && state.demo) {
		const {loginId, password, extension} = state.demo;
		const edits = {loginId: editOf(loginId), password: editOf(password), extension: editOf(extension)};
		return stay({...state, login: {...state.login, edits, focus: loginFields.length}});
	}
	return stay(state);
}

export function loginKey(state: SupervisorState, key: KeyEvent): Step {
	const {focus, isBusy} = state.login;
	if (isBusy) return stay(state);
	if (key.type === 'key') {
		if (key.name === 'enter') return focus >= loginFields.length - 1 ? submit(state) : stay(withFocus(state, focus + 1));
		const by = key.name === 'down' || (key.name === 'tab' && !key.shift) ? 1 : key.name === 'up' || key.name === 'tab' ? -1 : 0;
		if (by !== 0) return stay(withFocus(state, (focus + by + stops) % stops));
	}
	const field: LoginField | undefined = loginFields[focus];
	if (!field) return stay(state);
	const edit = lineEdited(state.login.edits[field], key);
	return stay({...state, login: {...state.login, edits: {...state.login.edits, [field]: edit}}});
}

function submit(state: SupervisorState): Step {
	const missing = loginFields.findIndex(field => field !== 'extension' && state.login.edits[field].text.trim() === '');
	if (missing >= 0) return refuse(withFocus(state, missing), 'login.missing', {field: `@login.${loginFields[missing]!}`});
	const waits = state.line !== 'online';
	return {state: {...state, login: {...state.login, isBusy: true, waits}}, effects: waits ? [] : [loginEffect(state)]};
}

export function loginEffect(state: SupervisorState): Effect {
	const {loginId, password, extension} = state.login.edits;
	return {effect: 'login', credentials: {loginId: loginId.text.trim(), password: password.text, extension: extension.text.trim()}};
}
