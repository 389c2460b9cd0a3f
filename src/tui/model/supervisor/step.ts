/** The supervisors' console's one transition: state and event in, state and effects out. Pure; the present is an argument. */
import {emptyEdit} from '../../tty/edit.js';
import type {KeyEvent} from '../../tty/keys.js';
import {lineEdited} from '../line-keys.js';
import {closeSeat, listen, openSeat, stopListening, take, takeOver, targetOf, whyNot} from './actions.js';
import {commandEntered, commandTyped, openCommandLine} from './command-line.js';
import {type Binding, bindingFor, nameOf} from './keys.js';
import {floorLayout} from './layout.js';
import {loginAction, loginKey} from './login.js';
import {gridOf, placeOfSeat, topOf} from './seats.js';
import {closed, floorChanged, granted, lineChanged, refused, screenChanged, ticked, unanswered, viewChanged} from './server.js';
import {
	densities,
	type Effect,
	orders,
	refuse,
	type Step,
	type SupervisorEvent,
	type SupervisorState,
	say,
	sends,
	statusChoices,
	stay,
	tabs,
} from './state.js';
import {actOnRow, rowsOf} from './tables.js';
import {beginTyping, endTyping, typingKey} from './typing.js';

export function step(state: SupervisorState, event: SupervisorEvent, nowMs: number): Step {
	switch (event.type) {
		case 'key':
			return eachOf(state, event.key, nowMs);
		case 'resize':
			return stay({...state, size: event.size});
		case 'demo':
			return stay({...state, demo: event.demo});
		case 'tick':
			return ticked(state, nowMs);
		case 'line':
			return lineChanged(state, event.state, nowMs);
		case 'view':
			return viewChanged(state, event.view, event.isWhole);
		case 'floor':
			return floorChanged(state, event.message, event.monoMs, nowMs);
		case 'screen':
			return screenChanged(state, event.of, event.view);
		case 'closed':
			return closed(state, event.reason);
		case 'granted':
			return granted(state, event.request, event.value);
		case 'refused':
			return refused(state, event.request, event.error);
		case 'unanswered':
			return unanswered(state);
	}
}

/** Where a letter is a command, letters that arrive together are pressed one after the other. */
function eachOf(state: SupervisorState, key: KeyEvent, nowMs: number): Step {
	if (key.type !== 'text' || state.stage === 'login' || state.input || state.typing) return pressed(state, key, nowMs);
	const effects: Effect[] = [];
	let now = state;
	const letters = [...key.text];
	for (const [at, letter] of letters.entries()) {
		// The first letter may have opened a line: what follows is typed into it.
		const text = now.input || now.typing ? letters.slice(at).join('') : letter;
		const next = pressed(now, {type: 'text', text}, nowMs);
		now = next.state;
		effects.push(...next.effects);
		if (text !== letter) break;
	}
	return {state: now, effects};
}

function pressed(state: SupervisorState, key: KeyEvent, nowMs: number): Step {
	if (key.type === 'focus') return stay(state);
	const binding = bindingFor(state, key);
	const quiet: SupervisorState = {...state, message: null, armed: null};
	if (binding?.action === 'leave') return leave(quiet, state.armed);
	if (binding?.action === 'help') return stay({...quiet, isHelpOpen: !state.isHelpOpen});
	if (state.isHelpOpen) {
		const open = {...quiet, isHelpOpen: false};
		return binding?.action === 'back' ? stay(open) : pressed(open, key, nowMs);
	}
	if (state.stage === 'login') return binding ? loginAction(quiet, binding.action) : loginKey(quiet, key);
	if (state.input) return typed(quiet, key, binding);
	if (state.choosing) return chosen(quiet, key, binding);
	if (state.typing && !isFunctionKey(binding)) return binding?.action === 'back' ? endTyping(quiet) : typingKey(quiet, key, nowMs);
	return binding ? acted(quiet, binding, key, state.armed) : moved(quiet, key);
}

/** While somebody types for an operator the function keys do what they always do; every other key is for the form. */
const isFunctionKey = (binding: Binding | undefined): boolean =>
	binding !== undefined && /^f\d/.test(binding.keys[0]!) && binding.action !== 'nextTab';

function leave(state: SupervisorState, armed: string | null): Step {
	if (state.stage === 'login' || armed === 'leave') return {state, effects: [{effect: 'exit', code: 0}]};
	return stay({...say(state, 'sv.ctrlC', 'warn'), armed: 'leave'});
}

function acted(state: SupervisorState, {action}: Binding, key: KeyEvent, armed: string | null): Step {
	const why = whyNot(state, action);
	if (why) return refuse(state, why);
	switch (action) {
		case 'take':
			return take(state);
		case 'listen':
		case 'whisper':
		case 'barge':
			return listen(state, action);
		case 'takeOver':
			return takeOver(state, armed);
		case 'stop':
			return stopListening(state);
		case 'line':
			return stay({...state, input: {kind: 'line', of: targetOf(state)!.operatorId, edit: emptyEdit}});
		case 'status':
			return stay({...state, choosing: {of: targetOf(state)!.operatorId, at: 0}});
		case 'hangUp':
			return sends(state, {type: 'hangUp'});
		case 'nextTab':
			return stay({...state, tab: tabs[(tabs.indexOf(state.tab) + 1) % tabs.length]!});
		case 'tab':
			return stay({...state, tab: tabs[Number(nameOf(key)) - 1]!});
		case 'logOff':
			if (armed === 'logOff') return sends(state, {type: 'logOff'});
			return stay({...say(state, 'sv.twiceLogOff', 'warn'), armed: 'logOff'});
		case 'open':
			return state.tab === 'seats' ? openSeat(state) : actOnRow(state);
		case 'back':
			return back(state);
		case 'type':
			return beginTyping(state);
		case 'command':
			return openCommandLine(state);
		default:
			return shown(state, action);
	}
}

/** Keys that change how the floor is shown. */
function shown(state: SupervisorState, action: Binding['action']): Step {
	switch (action) {
		case 'filter':
			return stay({
				...state,
				tab: 'seats',
				input: {kind: 'filter', edit: {text: state.filter, cursor: [...state.filter].length}, before: state.filter},
			});
		case 'order':
			return stay({...state, order: orders[(orders.indexOf(state.order) + 1) % orders.length]!});
		case 'density': {
			const density = densities[(densities.indexOf(state.density) + 1) % densities.length]!;
			return stay(say({...state, density}, 'sv.dense', 'plain', {name: `@sv.density.${density}`}));
		}
		case 'office': {
			const byOffice = !state.byOffice;
			return stay(say({...state, byOffice, tab: 'seats', top: 0}, byOffice ? 'sv.byOffice' : 'sv.byGroup'));
		}
		case 'blink':
			return stay(say({...state, isLoud: !state.isLoud}, state.isLoud ? 'sv.blinkOff' : 'sv.blinkOn'));
		default:
			return stay(state);
	}
}

/** Esc goes back one thing at a time: the open seat, the list, the filter, the choice. It never ends anything. */
function back(state: SupervisorState): Step {
	if (state.opened !== null) return closeSeat(state);
	if (state.tab !== 'seats') return stay({...state, tab: 'seats'});
	if (state.filter !== '') return stay({...state, filter: ''});
	return stay({...state, selected: null});
}

/** A key while a filter, a line of text or a command is typed. */
function typed(state: SupervisorState, key: KeyEvent, binding: Binding | undefined): Step {
	const input = state.input!;
	if (input.kind === 'command') {
		if (binding?.action === 'back') return stay({...state, input: null});
		return binding?.action === 'open' ? commandEntered(state, input) : commandTyped(state, input, key);
	}
	if (binding?.action === 'back') return stay({...state, input: null, filter: input.kind === 'filter' ? input.before : state.filter});
	if (binding?.action === 'open') {
		if (input.kind === 'filter') return stay({...state, input: null});
		const text = input.edit.text.trim();
		if (text === '') return stay({...state, input: null});
		return sends({...state, input: null}, {type: 'messageAgent', of: input.of, text});
	}
	const edit = lineEdited(input.edit, key);
	if (edit === input.edit) return stay(state);
	return stay({...state, input: {...input, edit}, filter: input.kind === 'filter' ? edit.text : state.filter});
}

/** A key while the menu of statuses is open. */
function chosen(state: SupervisorState, key: KeyEvent, binding: Binding | undefined): Step {
	const {of, at} = state.choosing!;
	if (binding?.action === 'back') return stay({...state, choosing: null});
	const digit = key.type === 'text' ? Number(key.text.normalize('NFKC')) : 0;
	const picked = binding?.action === 'open' ? statusChoices[at] : Number.isInteger(digit) ? statusChoices[digit - 1] : undefined;
	if (picked) return sends({...state, choosing: null}, {type: 'setAgentStatus', of, status: picked});
	const by = key.type === 'key' ? ({up: -1, down: 1}[key.name as string] ?? 0) : 0;
	return stay({...state, choosing: {of, at: (at + by + statusChoices.length) % statusChoices.length}});
}

const steps: Readonly<Record<string, {line: number; at: number}>> = {
	up: {line: -1, at: 0},
	down: {line: 1, at: 0},
	left: {line: 0, at: -1},
	right: {line: 0, at: 1},
};

/** The keys that move: in the grid from seat to seat, in a list from row to row. */
function moved(state: SupervisorState, key: KeyEvent): Step {
	if (key.type !== 'key') return stay(state);
	const {bodyRows} = floorLayout(state);
	const page = Math.max(1, bodyRows - 1);
	const by = steps[key.name] ?? ({pageup: {line: -page, at: 0}, pagedown: {line: page, at: 0}} as typeof steps)[key.name];
	const isEdge = key.name === 'home' || key.name === 'end';
	if (!by && !isEdge) return stay(state);
	if (state.tab !== 'seats') {
		const most = Math.max(0, rowsOf(state, state.tab).length - 1);
		const at = isEdge ? (key.name === 'home' ? 0 : most) : Math.max(0, Math.min(most, state.at[state.tab] + by!.line));
		return stay({...state, at: {...state.at, [state.tab]: at}});
	}
	const grid = gridOf(state, bodyRows);
	const lines = grid.lines.flatMap((line, at) =>
		line.kind === 'seats' && line.seats.length > 0 ? [{at, seats: line.seats, spots: line.spots}] : [],
	);
	if (lines.length === 0) return stay(state);
	const place = placeOfSeat(grid, state.selected);
	const from = place ? lines.findIndex(({at}) => at === place.line) : -1;
	let line = isEdge ? (key.name === 'home' ? 0 : lines.length - 1) : from < 0 ? 0 : from + by!.line;
	let at = isEdge ? (key.name === 'home' ? 0 : lines.at(-1)!.seats.length - 1) : from < 0 ? 0 : place!.at + by!.at;
	// Over the end of a line to the next one, as in a text.
	if (at < 0 && line > 0) at = lines[--line]!.seats.length - 1;
	else if (at >= (lines[line]?.seats.length ?? 0) && by?.at === 1 && line < lines.length - 1) {
		line++;
		at = 0;
	}
	line = Math.max(0, Math.min(lines.length - 1, line));
	const {seats, spots} = lines[line]!;
	// In an office the seat that stands above or below, not the one with the same number.
	const spot = place && by?.line ? lines[from]?.spots?.[place.at] : undefined;
	if (spots && spot !== undefined) at = nearest(spots, spot);
	const selected = seats[Math.max(0, Math.min(seats.length - 1, at))]!.operatorId;
	return stay({...state, selected, top: topOf(grid, selected, state.top, bodyRows)});
}

/** Which of these places is the nearest to one. */
const nearest = (spots: readonly number[], to: number): number =>
	spots.reduce((best, spot, at) => (Math.abs(spot - to) < Math.abs(spots[best]! - to) ? at : best), 0);
