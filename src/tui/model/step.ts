/** The console's one transition: state and event in, state and effects out. Pure; the present is an argument. */
import {actionFor, type Binding, choiceByLetter, type Place, placeOf} from '../agent/keys.js';
import type {KeyEvent} from '../tty/keys.js';
import {ticked} from './calls.js';
import {groupsAction, groupsKey} from './groups.js';
import {loginAction, loginKey} from './login.js';
import {withMask} from './mask.js';
import {soundHeard} from './recordings.js';
import {closed, granted, lineChanged, refused, unanswered, viewChanged} from './server.js';
import {type ConsoleEvent, type ConsoleState, type Effect, type Step, say} from './state.js';
import {workAction, workKey} from './work.js';

/** Keys kept for a screen that is on its way; nobody types more than this ahead. */
const aheadMax = 500;
/** No help is longer. */
const helpLinesMax = 60;

/** The state after an event, and what the shell must do. */
export function step(state: ConsoleState, event: ConsoleEvent, nowMs: number): Step {
	const first = one(state, event, nowMs);
	return withMask(replay(first, nowMs));
}

function one(state: ConsoleState, event: ConsoleEvent, nowMs: number): Step {
	switch (event.type) {
		case 'key':
			return eachOf(state, event.key, nowMs);
		case 'tick':
			return ticked(state, nowMs);
		case 'sound':
			return soundHeard(state, event.sound);
		case 'mailFailed': {
			const {address, program} = event;
			return {state: say(state, 'message.mailFailed', 'bad', {address, program}), effects: [{effect: 'bell'}]};
		}
		case 'resize':
			return {state: {...state, size: event.size}, effects: []};
		case 'line':
			return lineChanged(state, event.state, event.heardMs ?? nowMs);
		case 'tell':
			return {state: say(state, event.key, event.tone ?? 'warn', event.args), effects: []};
		case 'demo':
			return {state: {...state, demo: event.demo}, effects: []};
		case 'view':
			return viewChanged(state, event.view, event.isWhole, nowMs);
		case 'closed':
			return closed(state, event.reason);
		case 'granted':
			return granted(state, event.request, event.value);
		case 'refused':
			return refused(state, event.request, event.error);
		case 'unanswered':
			return unanswered(state, event.request);
	}
}

const letterPlaces: readonly Place[] = ['targetHow', ...choiceByLetter];

/** Where one letter is a choice, letters that arrive together are pressed one after the other. */
function eachOf(state: ConsoleState, key: KeyEvent, nowMs: number): Step {
	const place = placeOf(state);
	if (key.type !== 'text' || !letterPlaces.includes(place)) return pressed(state, key, nowMs);
	const [first = '', ...rest] = key.text;
	const one = pressed(state, {...key, text: first}, nowMs);
	if (rest.length === 0) return one;
	const others = eachOf(one.state, {...key, text: rest.join('')}, nowMs);
	return {state: others.state, effects: [...one.effects, ...others.effects]};
}

/** A login or a start of work is under way: the next keys are meant for the screen after it. */
const isOnTheWay = (state: ConsoleState): boolean =>
	(state.stage === 'login' && (state.login.isBusy || state.login.waitsForDemo === true)) ||
	(state.stage === 'groups' && state.groups.isBusy);

/** A key of the list that is open, and of nothing else. */
const isOfList = (state: ConsoleState, binding: Binding | undefined): boolean =>
	!binding || (binding.places.includes(placeOf(state)) && !binding.places.includes('work'));

/** The rows of a list, or the plan of the office, are on their way: what is chosen in it waits for them. Letters to find a colleague by are typed at once. */
function waitsForList(state: ConsoleState, key: KeyEvent, binding: Binding | undefined): boolean {
	const {panel} = state;
	if (!panel || !isOfList(state, binding)) return false;
	if ('rows' in panel && panel.rows === null) return binding !== undefined || panel.kind !== 'seats' || key.type === 'key';
	return binding?.action === 'seatView' && panel.kind === 'seats' && panel.offices === null;
}

/** While a save is under way, function keys are meant for the question after it; letters go on into their field. */
const waitsForSave = (state: ConsoleState, binding: Binding | undefined): boolean =>
	state.saving !== null && (binding?.action === 'ready' || binding?.action === 'save' || binding?.action === 'wrapUp');

/**
 * Before the service has said whether it is a demonstration, the key that fills the login in waits for that, and with it the keys
 * after it; who types into a field instead has meant something else. Null: the key does what it always does.
 */
function beforeTheLine(state: ConsoleState, key: KeyEvent, binding: Binding | undefined): ConsoleState | null {
	if (state.stage !== 'login' || state.line === 'online') return null;
	if (!state.login.waitsForDemo)
		return binding?.action === 'demo' && !state.demo && !state.login.isBusy
			? {...state, login: {...state.login, waitsForDemo: true}, ahead: [key]}
			: null;
	if (state.ahead.length > 1 || (key.type !== 'text' && key.type !== 'paste')) return null;
	const {state: typed} = pressed({...state, login: {...state.login, waitsForDemo: false}, ahead: []}, key, state.lineSinceMs);
	return typed;
}

function pressed(state: ConsoleState, key: KeyEvent, nowMs: number): Step {
	if (key.type === 'focus') return {state, effects: []};
	const binding = actionFor(state, key);
	const early = beforeTheLine(state, key, binding);
	if (early) return {state: early, effects: []};
	const follows = state.ahead.length > 0 && state.panel !== null && isOfList(state, binding);
	if (binding?.action !== 'leave' && (isOnTheWay(state) || waitsForSave(state, binding) || waitsForList(state, key, binding) || follows)) {
		return {state: {...state, ahead: [...state.ahead, key].slice(0, aheadMax)}, effects: []};
	}
	// Another key than the list's: what was chosen in it before it was there is not wanted any more.
	const ahead = state.saving === null && state.panel !== null ? [] : state.ahead;
	const quiet: ConsoleState = {...state, ahead, message: null, armed: state.armed === binding?.action ? state.armed : null};
	if (binding?.action === 'leave') return leave(quiet);
	if (binding?.action === 'help')
		return {state: {...quiet, panel: state.panel?.kind === 'help' ? null : {kind: 'help', top: 0}}, effects: []};
	const scrolled = state.panel?.kind === 'help' ? scrollHelp(quiet, state.panel.top, key) : null;
	if (scrolled) return {state: scrolled, effects: []};
	const open = state.panel?.kind === 'help' ? closeHelp(quiet, key) : quiet;
	if (!open) return {state: {...quiet, panel: null}, effects: []};
	if (open.stage === 'login') return binding ? loginAction(open, binding.action) : loginKey(open, key);
	if (open.stage === 'groups') return binding ? groupsAction(open, binding.action) : groupsKey(open, key);
	return binding ? workAction(open, binding, nowMs) : workKey(open, key, nowMs);
}

const helpMoves: Partial<Record<string, number>> = {up: -1, down: 1, pageup: -10, pagedown: 10};

/** A small terminal cannot show all of the help at once. */
function scrollHelp(state: ConsoleState, top: number, key: KeyEvent): ConsoleState | null {
	const by = key.type === 'key' ? helpMoves[key.name] : undefined;
	return by === undefined ? null : {...state, panel: {kind: 'help', top: Math.max(0, Math.min(top + by, helpLinesMax))}};
}

/** Help goes with the next key; Esc does nothing more than close it (null). */
function closeHelp(state: ConsoleState, key: KeyEvent): ConsoleState | null {
	return key.type === 'key' && key.name === 'escape' ? null : {...state, panel: null};
}

function leave(state: ConsoleState): Step {
	if (state.stage === 'login' || state.armed === 'leave')
		return {
			state,
			effects: [
				{effect: 'draft', now: true},
				{effect: 'exit', code: 0},
			],
		};
	return {state: {...say(state, 'message.ctrlC', 'warn'), armed: 'leave'}, effects: []};
}

/** Gives keys typed ahead to the screen they were meant for, once it is there. */
function replay(first: Step, nowMs: number): Step {
	let {state} = first;
	const effects: Effect[] = [...first.effects];
	while (state.ahead.length > 0 && !isOnTheWay(state) && state.saving === null) {
		const [key, ...rest] = state.ahead;
		if (waitsForList(state, key!, actionFor(state, key!))) break;
		const next = pressed({...state, ahead: []}, key!, nowMs);
		state = {...next.state, ahead: [...next.state.ahead, ...rest]};
		effects.push(...next.effects);
	}
	return {state, effects};
}
