/** The `:` line: how it is typed, completed and recalled, and what Enter does. Pure. */
import type {FloorSeat} from '../../../server/api/floor.js';
import type {TextKey} from '../../i18n/index.js';
import {editOf, emptyEdit} from '../../tty/edit.js';
import type {KeyEvent} from '../../tty/keys.js';
import {lineEdited} from '../line-keys.js';
import {listen, openSeat, stopListening, take, targetOf, whyNot} from './actions.js';
import {commands, type Meant, understand} from './commands.js';
import {completionOf} from './completion.js';
import {gridOf, placeOfSeat} from './seats.js';
import {
	type CommandInput,
	type Density,
	type Order,
	refuse,
	type Step,
	type SupervisorState,
	say,
	sends,
	type statusChoices,
	stay,
	type Tab,
} from './state.js';
import {callBack, setStarted} from './tables.js';
import {beginTyping} from './typing.js';

const historyMax = 50;

export const openCommandLine = (state: SupervisorState): Step =>
	stay({...state, input: {kind: 'command', edit: emptyEdit, offered: null, past: null}});

/** A key other than Enter and Esc. */
export function commandTyped(state: SupervisorState, input: CommandInput, key: KeyEvent): Step {
	const now = (next: Partial<CommandInput>): Step => stay({...state, input: {...input, ...next}});
	if (key.type === 'key') {
		if (key.name === 'tab') return now(offer(state, input, key.shift ? -1 : 1));
		if (key.name === 'up' || key.name === 'down') return now(recall(state, input, key.name === 'up' ? 1 : -1));
		if (key.name === 'backspace' && input.edit.text === '') return stay({...state, input: null});
	}
	const edit = lineEdited(input.edit, key);
	return edit === input.edit ? stay(state) : now({edit, offered: null, past: null});
}

/** Tab puts the next candidate in; one alone is complete, and the next part may follow. */
function offer(state: SupervisorState, input: CommandInput, by: number): Partial<CommandInput> {
	const line = input.offered?.for ?? input.edit.text;
	const {from, candidates} = completionOf(state, line);
	const count = candidates.length;
	if (count === 0) return {};
	if (count === 1) return {edit: editOf(`${line.slice(0, from)}${candidates[0]!.text} `), offered: null};
	const at = input.offered ? (input.offered.at + by + count) % count : by > 0 ? 0 : count - 1;
	return {edit: editOf(line.slice(0, from) + candidates[at]!.text), offered: {for: line, at}};
}

function recall({history}: SupervisorState, {edit, past}: CommandInput, by: number): Partial<CommandInput> {
	const typed = past?.typed ?? edit.text;
	const back = Math.max(0, Math.min(history.length, (past?.back ?? 0) + by));
	return {edit: editOf(back === 0 ? typed : history[history.length - back]!), past: back === 0 ? null : {back, typed}, offered: null};
}

/** Enter: carries the line out. What is not understood stays there to be mended. */
export function commandEntered(state: SupervisorState, input: CommandInput): Step {
	const line = input.edit.text.trim();
	if (line === '') return stay({...state, input: null});
	const understood = understand(state, line);
	if (!understood.ok) return refuse(state, understood.key, understood.args);
	const history = [...state.history.filter(other => other !== line), line].slice(-historyMax);
	return carriedOut({...state, input: null, history}, understood.meant);
}

/** Shows where a seat is. */
function goTo(state: SupervisorState, {operatorId}: FloorSeat): SupervisorState {
	const there: SupervisorState = {...state, tab: 'seats', selected: operatorId};
	// A filter must not hide what was asked for by name.
	return placeOfSeat(gridOf(there, state.size.rows), operatorId) ? there : {...there, filter: ''};
}

/** Why a line that was understood cannot be carried out now. */
export function whyNotMeant(state: SupervisorState, {command, seat}: Meant): TextKey | undefined {
	if (command === 'take' && seat) return whyNot(state, 'line', seat) ?? (seat.help ? undefined : 'sv.why.noHelpThere');
	const {does} = commands[command];
	return whyNot(state, command === 'logoff' ? 'status' : (does ?? 'back'), seat ?? targetOf(state));
}

function carriedOut(state: SupervisorState, meant: Meant): Step {
	const {command, seat, value = '', rest = ''} = meant;
	const why = whyNotMeant(state, meant);
	if (why) return refuse(state, why);
	const target = seat ?? targetOf(state);
	const at = seat ? goTo(state, seat) : state;
	switch (command) {
		case 'seat':
			return stay(at);
		case 'take':
			return seat ? take(state, [seat]) : take(state);
		case 'open':
			return openSeat(at, target?.operatorId ?? null);
		case 'listen':
		case 'whisper':
			return listen(at, command, target);
		case 'join':
			return listen(at, 'barge', target);
		case 'takeover':
			return sends(at, {type: 'supervise', of: target!.operatorId, mode: 'takeOver'});
		case 'leave':
			return stopListening(state);
		case 'text':
			return sends(state, {type: 'messageAgent', of: target!.operatorId, text: rest});
		case 'type':
			return beginTyping(state);
		case 'status':
			return sends(at, {type: 'setAgentStatus', of: target!.operatorId, status: value as (typeof statusChoices)[number]});
		case 'logoff':
			return sends(at, {type: 'setAgentStatus', of: target!.operatorId, status: 'loggedOff'});
		case 'start':
		case 'stop':
			return setStarted(state, meant.dialling!, command === 'start');
		case 'callback':
			return callBack(state, meant.abandoned!);
		default:
			return shownSo(state, meant, value, rest);
	}
}

/** Commands that change what is shown, or concern the supervisor alone. */
function shownSo(state: SupervisorState, {command}: Meant, value: string, rest: string): Step {
	switch (command) {
		case 'filter':
			return stay({...state, tab: 'seats', filter: rest});
		case 'sort':
			return stay({...state, order: value as Order});
		case 'size':
			return stay(say({...state, density: value as Density}, 'sv.dense', 'plain', {name: `@sv.density.${value}`}));
		case 'office': {
			const byOffice = !state.byOffice;
			return stay(say({...state, byOffice, tab: 'seats', top: 0}, byOffice ? 'sv.byOffice' : 'sv.byGroup'));
		}
		case 'show':
			return stay({...state, tab: value as Tab});
		case 'sound': {
			const isLoud = value === '' ? !state.isLoud : value === 'on';
			return stay(say({...state, isLoud}, isLoud ? 'sv.blinkOn' : 'sv.blinkOff'));
		}
		case 'hangup':
			return sends(state, {type: 'hangUp'});
		case 'keys':
			return stay({...state, isHelpOpen: true});
		case 'close':
			return {state, effects: [{effect: 'exit', code: 0}]};
		case 'quit':
			return sends(state, {type: 'logOff'});
		default:
			return stay(state);
	}
}
