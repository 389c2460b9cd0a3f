/** Everything a console shows, and what can happen to it. Pure data: reduced by `step`, drawn by the views. */

import type {RequestError} from '../../server/api/messages.js';
import type {RequestBody} from '../../server/api/requests.js';
import type {SessionView} from '../../server/api/views.js';
import type {Draft} from '../../server/domain/model.js';
import {type Binding, bindings as shipped} from '../agent/keys.js';
import type {Lang} from '../i18n/index.js';
import {type Edit, emptyEdit} from '../tty/edit.js';
import type {KeyEvent} from '../tty/keys.js';
import type {Why} from './actions.js';
import type {Form} from './form.js';
import type {Size} from './layout.js';
import type {Panel} from './panels.js';

/** `silent`: connected, but nothing has been heard for longer than the service ever keeps still. */
export type LineState = 'connecting' | 'online' | 'silent' | 'offline' | 'closed';
export type Credentials = {loginId: string; password: string; extension: string};
export const loginFields = ['loginId', 'password', 'extension'] as const;
export type LoginField = (typeof loginFields)[number];

export type Message = {why: Why; tone: 'plain' | 'good' | 'warn' | 'bad'};

export type ConsoleState = {
	lang: Lang;
	/** IANA name of the call centre's time zone. */
	zone: string;
	size: Size;
	/** The key table in force. */
	bindings: readonly Binding[];
	line: LineState;
	/** When the service was last heard, while it is not online: how old everything on the screen is. */
	lineSinceMs: number;
	demo: Credentials | null;
	stage: 'login' | 'groups' | 'work';
	/**
	 * `waits`: the login was asked for before there was a line, and goes out when there is one. `waitsForDemo`: so was what a
	 * demonstration fills in, which the service has yet to tell; the keys after it wait too.
	 */
	login: {edits: Readonly<Record<LoginField, Edit>>; focus: number; isBusy: boolean; waits: boolean; waitsForDemo?: boolean};
	groups: {ticked: readonly string[]; at: number; isBusy: boolean};
	view: SessionView | null;
	form: Form | null;
	/** The answer to the last key, until the next one. */
	message: Message | null;
	/** A key that asks to be pressed twice was pressed once. */
	armed: 'leave' | 'logOff' | 'save' | 'deleteVoicemail' | 'close' | null;
	panel: Panel | null;
	/** Newest notice that Esc took off the band. */
	dismissed: string | null;
	/** First history row shown. */
	historyTop: number;
	/** The draft of a save that is under way. */
	saving: Draft | null;
	/** When the band last stopped asking something: a key pressed for it just then must do nothing else. */
	askedUntilMs: number;
	/** When the band began to ask what it asks: a key pressed in that very moment was meant for something else. */
	askingSinceMs: number;
	/** The call whose recording is masked because the cursor is in a secret field. */
	maskedCallId: string | null;
	/** Keys typed while a screen is on its way: they belong to that screen. */
	ahead: readonly KeyEvent[];
	/** What is heard on this machine. */
	sound: SoundView | null;
};

/** A call's recording, or a message. */
export type Sound = Extract<RequestBody, {type: 'openAudio'}>['of'];
export type SoundView = {
	of: Sound;
	state: 'loading' | 'playing' | 'paused' | 'ended' | 'failed';
	positionMs: number;
	durationMs: number;
	/** With `failed`; `noProgram` where this machine has none to play it with. */
	reason?: string;
};

/** Kinds of events with a sound of their own. */
export type SignalKind = 'call' | 'recall' | 'message' | 'error' | 'saved';

export type Effect =
	| {effect: 'login'; credentials: Credentials}
	| {effect: 'send'; body: RequestBody}
	/** What is typed has changed: send the draft soon, or now. */
	| {effect: 'draft'; now: boolean}
	| {effect: 'openMail'; address: string}
	/** Something to hear; without a kind, that a key could not do what it was pressed for. */
	| {effect: 'bell'; kind?: SignalKind}
	/** What is heard on this machine. */
	| {effect: 'sound'; act: 'play'; of: Sound}
	| {effect: 'sound'; act: 'toggle' | 'stop'}
	| {effect: 'sound'; act: 'jump'; byMs: number}
	| {effect: 'exit'; code: number};

export type ConsoleEvent =
	| {type: 'key'; key: KeyEvent}
	| {type: 'resize'; size: Size}
	/** Half a second has gone by. */
	| {type: 'tick'}
	| {type: 'sound'; sound: SoundView | null}
	/** The mail program did not open. */
	| {type: 'mailFailed'; address: string; program: string}
	/** `heardMs`: when the service was last heard, where that is known. */
	| {type: 'line'; state: LineState; heardMs?: number | undefined}
	/** Something about this machine or its terminal that the person should know. */
	| {type: 'tell'; key: Why['key']; args?: Why['args']; tone?: Message['tone']}
	| {type: 'demo'; demo: Credentials | null}
	| {type: 'view'; view: SessionView; isWhole: boolean}
	| {type: 'closed'; reason: 'loggedOff' | 'taken' | 'ended' | 'stopping' | 'tokenExpired'}
	| {type: 'granted'; request: RequestBody | {type: 'login'}; value: unknown}
	| {type: 'refused'; request: RequestBody | {type: 'login'}; error: RequestError}
	| {type: 'unanswered'; request: RequestBody | {type: 'login'}};

export type Step = {state: ConsoleState; effects: Effect[]};

const emptyLogin = {
	edits: {loginId: emptyEdit, password: emptyEdit, extension: emptyEdit},
	focus: 0,
	isBusy: false,
	waits: false,
};

/** A console that has just been started. */
export function initialState({
	nowMs,
	bindings = shipped,
	...options
}: {
	lang: Lang;
	zone: string;
	size: Size;
	demo: Credentials | null;
	/** The program's own without. */
	bindings?: readonly Binding[];
	nowMs: number;
}): ConsoleState {
	return {
		...options,
		bindings,
		line: 'connecting',
		lineSinceMs: nowMs,
		stage: 'login',
		login: emptyLogin,
		groups: {ticked: [], at: 0, isBusy: false},
		view: null,
		form: null,
		message: null,
		armed: null,
		panel: null,
		dismissed: null,
		historyTop: 0,
		saving: null,
		askedUntilMs: Number.NEGATIVE_INFINITY,
		askingSinceMs: Number.NEGATIVE_INFINITY,
		maskedCallId: null,
		ahead: [],
		sound: null,
	};
}

/** Back at the login, with the login ID and extension still there. */
export function loggedOut(state: ConsoleState, message: Message | null): ConsoleState {
	const {loginId, extension} = state.login.edits;
	return {
		...initialState({...state, nowMs: state.lineSinceMs}),
		line: state.line,
		login: {...emptyLogin, edits: {loginId, password: emptyEdit, extension}, focus: loginId.text === '' ? 0 : 1},
		message,
	};
}

export const say = (state: ConsoleState, key: Why['key'], tone: Message['tone'] = 'plain', args: Why['args'] = {}): ConsoleState => ({
	...state,
	message: {why: {key, args}, tone},
});
