/** Everything the supervisors' console shows, and what can happen to it. Pure data: reduced by `step`, drawn by the views. */
import {emptyFloor, type Floor, type FloorMessage} from '../../../server/api/floor.js';
import type {RequestError} from '../../../server/api/messages.js';
import type {RequestBody} from '../../../server/api/requests.js';
import type {SessionView} from '../../../server/api/views.js';
import type {Lang, TextArgs, TextKey} from '../../i18n/index.js';
import {type Edit, emptyEdit} from '../../tty/edit.js';
import type {KeyEvent} from '../../tty/keys.js';
import type {Size} from '../layout.js';
import type {ConsoleEvent, ConsoleState, Credentials, Message} from '../state.js';
import {type Freshness, nothingHeard} from './freshness.js';
import type {SupervisorTyping} from './typing.js';

export const tabs = ['seats', 'waiting', 'abandoned', 'recalls', 'lists'] as const;
export type Tab = (typeof tabs)[number];
export const orders = ['extension', 'name', 'status', 'time'] as const;
export type Order = (typeof orders)[number];
export const densities = ['auto', 'rows', 'cards', 'cells', 'dots'] as const;
export type Density = (typeof densities)[number];
/** What a supervisor may make of somebody's status. */
export const statusChoices = ['ready', 'wrapUp', 'away', 'loggedOff'] as const;

export type Listening = 'listen' | 'whisper' | 'barge';

/**
 * The `:` line. `offered`: which of the candidates Tab has put in, and the line they were found for. `past`: how far back in the
 * history it stands, and what was typed before.
 */
export type CommandInput = {
	kind: 'command';
	edit: Edit;
	offered: {for: string; at: number} | null;
	past: {back: number; typed: string} | null;
};

export type SupervisorState = Pick<
	ConsoleState,
	'lang' | 'zone' | 'size' | 'line' | 'lineSinceMs' | 'demo' | 'login' | 'view' | 'message'
> & {
	stage: 'login' | 'floor';
	floor: Floor;
	freshness: Freshness;
	/** Names of those who have just left the floor. */
	left: Readonly<Record<string, string>>;
	tab: Tab;
	/** The row chosen in each list. */
	at: Readonly<Record<Tab, number>>;
	/** The seat chosen in the grid, by operator id. */
	selected: string | null;
	/** First line of the grid that is shown. */
	top: number;
	order: Order;
	density: Density;
	filter: string;
	/** Seats by the office layout instead of by group. */
	byOffice: boolean;
	/** What is being typed. */
	input: {kind: 'filter'; edit: Edit; before: string} | {kind: 'line'; of: string; edit: Edit} | CommandInput | null;
	/** Lines of the `:` line that were carried out, the last one last. */
	history: readonly string[];
	/** The operator whose screen is open, and what it shows. */
	opened: string | null;
	screen: Partial<SessionView> | null;
	/** What is being typed into that screen. */
	typing: SupervisorTyping | null;
	/** The menu of statuses for an operator. */
	choosing: {of: string; at: number} | null;
	isHelpOpen: boolean;
	/** Blinking and sound. */
	isLoud: boolean;
	/** A key that asks to be pressed twice was pressed once; with the seat it was pressed for. */
	armed: string | null;
	lastBellMs: number;
	/** A phone of our own was asked for in this session. */
	askedForPhone: boolean;
};

export type Effect =
	| {effect: 'login'; credentials: Credentials}
	| {effect: 'send'; body: RequestBody}
	/** Somebody asks for help, or something was not done. */
	| {effect: 'bell'; kind: 'call' | 'error'}
	/** `text`: to be said once the terminal is given back. */
	| {effect: 'exit'; code: number; text?: TextKey};

export type SupervisorEvent =
	| Extract<ConsoleEvent, {type: 'resize' | 'line' | 'demo' | 'view' | 'closed'}>
	| {type: 'key'; key: KeyEvent}
	| {type: 'tick'}
	/** `monoMs`: when it came, on a clock that nobody sets. */
	| {type: 'floor'; message: FloorMessage; monoMs: number}
	| {type: 'screen'; of: string; view: Partial<SessionView>}
	| {type: 'granted'; request: RequestBody | {type: 'login'}; value: unknown}
	| {type: 'refused'; request: RequestBody | {type: 'login'}; error: RequestError}
	| {type: 'unanswered'; request: RequestBody | {type: 'login'}};

export type Step = {state: SupervisorState; effects: Effect[]};

const emptyLogin: ConsoleState['login'] = {
	edits: {loginId: emptyEdit, password: emptyEdit, extension: emptyEdit},
	focus: 0,
	isBusy: false,
	waits: false,
};

export function initialState(options: {lang: Lang; zone: string; size: Size; demo: Credentials | null; nowMs: number}): SupervisorState {
	const {nowMs, ...rest} = options;
	return {
		...rest,
		line: 'connecting',
		lineSinceMs: nowMs,
		stage: 'login',
		login: emptyLogin,
		view: null,
		message: null,
		floor: emptyFloor,
		freshness: nothingHeard,
		left: {},
		tab: 'seats',
		at: {seats: 0, waiting: 0, abandoned: 0, recalls: 0, lists: 0},
		selected: null,
		top: 0,
		order: 'extension',
		density: 'auto',
		filter: '',
		byOffice: false,
		input: null,
		history: [],
		opened: null,
		screen: null,
		typing: null,
		choosing: null,
		isHelpOpen: false,
		isLoud: true,
		armed: null,
		lastBellMs: Number.NEGATIVE_INFINITY,
		askedForPhone: false,
	};
}

/** Back at the login, with what was typed but the password. How the floor was shown is kept. */
export function loggedOut(state: SupervisorState, message: Message | null): SupervisorState {
	const {loginId, extension} = state.login.edits;
	const {order, density, byOffice, isLoud, line, history} = state;
	return {
		...initialState({...state, nowMs: state.lineSinceMs}),
		order,
		density,
		byOffice,
		isLoud,
		line,
		history,
		login: {...emptyLogin, edits: {loginId, password: emptyEdit, extension}, focus: loginId.text === '' ? 0 : 1},
		message,
	};
}

export const say = (state: SupervisorState, key: TextKey, tone: Message['tone'] = 'plain', args: TextArgs = {}): SupervisorState => ({
	...state,
	message: {why: {key, args}, tone},
});
export const stay = (state: SupervisorState): Step => ({state, effects: []});
/** No, with the reason and a sound. */
export const refuse = (state: SupervisorState, key: TextKey, args: TextArgs = {}): Step => ({
	state: say(state, key, 'bad', args),
	effects: [{effect: 'bell', kind: 'error'}],
});
export const sends = (state: SupervisorState, ...bodies: RequestBody[]): Step => ({
	state,
	effects: bodies.map(body => ({effect: 'send', body})),
});
