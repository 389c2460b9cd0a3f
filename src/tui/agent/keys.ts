/**
 * Every key of the agent console, in one table. The bottom line and the help are made from it, and nothing else decides
 * what a key does. Each function key has a Ctrl alias, because terminals and desktops take some of them for themselves.
 */
import type {TextKey} from '../i18n/index.js';
import type {Action} from '../model/actions.js';
import type {ConsoleState} from '../model/state.js';
import {isToolbarOnly} from '../model/toolbar-only.js';
import type {KeyEvent} from '../tty/keys.js';

/** Where the console is; `popup` is the work screen with the question after a save. */
export type Place =
	| 'login'
	| 'groups'
	| 'work'
	| 'popup'
	| 'recalls'
	| 'history'
	| 'recordDetail'
	| 'recordEdit'
	| 'number'
	| 'password'
	| 'icon'
	| Panelled;
type Panelled =
	| 'menu'
	| 'seats'
	| 'targetHow'
	| 'caller'
	| 'waiting'
	| 'abandoned'
	| 'mine'
	| 'callLists'
	| 'dtmf'
	| 'askHelp'
	| 'voicemails'
	| 'recordings'
	| 'wrapLine'
	| 'conflict'
	| 'why'
	| Overlay;
/** What the band asks about: its keys go before those of the place below it, which keeps the focus and everything typed. */
type Overlay = 'offered' | 'consult' | 'unknownCaller';

const lists: readonly Place[] = ['seats', 'waiting', 'abandoned', 'mine', 'callLists', 'caller', 'targetHow'];
const panels: readonly Place[] = [
	'recalls',
	'history',
	'recordDetail',
	'number',
	'password',
	'icon',
	'menu',
	'dtmf',
	'askHelp',
	'voicemails',
	'recordings',
	'wrapLine',
	'conflict',
	'why',
	...lists,
];
const anywhere: readonly Place[] = ['work', 'popup', 'recordEdit', ...panels];

/** `keys`: the first is shown on the bottom line. Names are as `keyName` makes them. */
export type Binding = {action: Action; keys: readonly string[]; label: TextKey; places: readonly Place[]};

/** Places where a single letter is a key. */
export const choiceByLetter: readonly Place[] = ['recalls', 'menu', 'history', 'recordDetail', 'voicemails', 'recordings', 'conflict'];
const sounds: readonly Place[] = ['voicemails', 'recordings'];

export const bindings: readonly Binding[] = [
	{action: 'help', keys: ['f1', 'C-g'], label: 'key.help', places: ['login', 'groups', ...anywhere]},
	{action: 'demo', keys: ['f2'], label: 'key.demo', places: ['login']},
	{action: 'login', keys: ['f12', 'C-s'], label: 'key.login', places: ['login']},
	{action: 'selectAll', keys: ['f2', 'C-a'], label: 'key.selectAll', places: ['groups']},
	{action: 'clearAll', keys: ['f3', 'C-x'], label: 'key.clearAll', places: ['groups']},
	{action: 'startWork', keys: ['f12', 'C-s', 'enter'], label: 'key.startWork', places: ['groups']},
	{action: 'ready', keys: ['f2', 'C-r'], label: 'key.ready', places: ['work', ...panels]},
	{action: 'ready', keys: ['f2', 'C-r'], label: 'key.popupResume', places: ['popup']},
	{action: 'wrapUp', keys: ['f3', 'C-p'], label: 'key.wrapUp', places: anywhere},
	{action: 'hangUp', keys: ['f4', 'C-]'], label: 'key.hangUp', places: anywhere},
	{action: 'dial', keys: ['f5', 'C-y'], label: 'key.dial', places: ['work', 'popup']},
	{action: 'pane', keys: ['f6', 'C-n'], label: 'key.pane', places: ['work', 'popup']},
	{action: 'away', keys: ['f7', 'C-o'], label: 'key.away', places: anywhere},
	{action: 'break', keys: ['f8', 'C-t'], label: 'key.break', places: anywhere},
	{action: 'recalls', keys: ['f9', 'C-l'], label: 'key.recalls', places: anywhere},
	{action: 'menu', keys: ['f10', 'C-z'], label: 'key.menu', places: anywhere},
	{action: 'logOff', keys: ['f11', 'C-q'], label: 'key.logOff', places: ['groups', ...anywhere]},
	{action: 'save', keys: ['f12', 'C-s'], label: 'key.save', places: ['work', ...panels]},
	{action: 'save', keys: ['f12', 'C-s'], label: 'key.popupOk', places: ['popup']},
	{action: 'answer', keys: ['f5', 'C-y'], label: 'key.answer', places: ['offered']},
	{action: 'decline', keys: ['f4', 'C-]'], label: 'key.decline', places: ['offered']},
	{action: 'complete', keys: ['f5', 'C-y'], label: 'key.transfer', places: ['consult']},
	{action: 'back', keys: ['f4', 'C-]'], label: 'key.hangUp', places: ['consult']},
	{action: 'identify', keys: ['f5', 'C-y'], label: 'key.load', places: ['unknownCaller']},
	{action: 'create', keys: ['S-f5', 'C-v'], label: 'key.create', places: ['unknownCaller']},
	{action: 'hold', keys: ['S-f2', 'C-d'], label: 'key.hold', places: anywhere},
	{action: 'transfer', keys: ['S-f3', 'C-x'], label: 'key.transfer', places: anywhere},
	{action: 'conference', keys: ['S-f4', 'C-_'], label: 'key.conference', places: anywhere},
	{action: 'mute', keys: ['S-f6', 'C-\\'], label: 'key.mute', places: anywhere},
	{action: 'dtmf', keys: ['S-f7', 'C-^'], label: 'key.dtmf', places: anywhere},
	{action: 'record', keys: ['S-f8', 'A-r'], label: 'key.record', places: anywhere},
	{action: 'mask', keys: ['S-f9', 'A-m'], label: 'key.mask', places: anywhere},
	{action: 'why', keys: ['S-f12', 'A-w'], label: 'key.why', places: anywhere},
	{action: 'wrapLine', keys: ['S-f11', 'A-l'], label: 'key.wrapLine', places: anywhere},
	{action: 'applyLine', keys: ['enter'], label: 'key.applyLine', places: ['wrapLine']},
	{action: 'conflict', keys: ['A-c'], label: 'key.conflict', places: ['work', 'popup', 'conflict']},
	{action: 'takeBase', keys: ['1'], label: 'conflict.base', places: ['conflict']},
	{action: 'takeTheirs', keys: ['2'], label: 'conflict.theirs', places: ['conflict']},
	{action: 'takeMine', keys: ['3'], label: 'conflict.mine', places: ['conflict']},
	{action: 'sayStatus', keys: ['S-f1', 'A-s'], label: 'key.sayStatus', places: anywhere},
	{action: 'sayCall', keys: ['S-f10', 'A-t'], label: 'key.sayCall', places: anywhere},
	{action: 'sayField', keys: ['A-f', 'A-i'], label: 'key.sayField', places: anywhere},
	{action: 'sayAll', keys: ['A-a', 'A-e'], label: 'key.sayAll', places: anywhere},
	{action: 'history', keys: ['C-k', 'A-h'], label: 'key.history', places: ['work', 'popup', 'history', 'recordDetail']},
	{action: 'filterReached', keys: ['1'], label: 'history.reached', places: ['history']},
	{action: 'filterReaction', keys: ['2'], label: 'history.reaction', places: ['history']},
	{action: 'filterNextAction', keys: ['3'], label: 'history.nextAction', places: ['history']},
	{action: 'clearFilter', keys: ['0'], label: 'history.all', places: ['history']},
	{action: 'openRecord', keys: ['enter'], label: 'key.choose', places: ['history']},
	{action: 'editRecord', keys: ['e'], label: 'key.editRecord', places: ['history', 'recordDetail']},
	{action: 'saveEdit', keys: ['f12', 'C-s'], label: 'key.save', places: ['recordEdit']},
	{action: 'hold', keys: ['1'], label: 'key.hold', places: ['menu']},
	{action: 'transfer', keys: ['2'], label: 'key.transfer', places: ['menu']},
	{action: 'conference', keys: ['3'], label: 'key.conference', places: ['menu']},
	{action: 'mute', keys: ['4'], label: 'key.mute', places: ['menu']},
	{action: 'dtmf', keys: ['5'], label: 'key.dtmf', places: ['menu']},
	{action: 'nextCustomer', keys: ['6'], label: 'key.nextCustomer', places: ['menu']},
	{action: 'skipCustomer', keys: ['7'], label: 'key.skipCustomer', places: ['menu']},
	{action: 'waiting', keys: ['8'], label: 'key.waiting', places: ['menu']},
	{action: 'abandoned', keys: ['9'], label: 'key.abandoned', places: ['menu']},
	{action: 'seats', keys: ['0'], label: 'key.seats', places: ['menu']},
	{action: 'seatView', keys: ['f6', 'C-n'], label: 'key.seatView', places: ['seats']},
	{action: 'mine', keys: ['t'], label: 'key.mine', places: ['menu']},
	{action: 'callLists', keys: ['l'], label: 'key.callLists', places: ['menu']},
	{action: 'askHelp', keys: ['h'], label: 'key.askHelp', places: ['menu']},
	{action: 'account', keys: ['p'], label: 'key.account', places: ['menu']},
	{action: 'icon', keys: ['f6', 'C-n'], label: 'key.icon', places: ['password']},
	{action: 'account', keys: ['f6', 'C-n'], label: 'key.account', places: ['icon']},
	{action: 'voicemails', keys: ['v'], label: 'key.voicemails', places: ['menu']},
	{action: 'recordings', keys: ['s'], label: 'key.recordings', places: ['menu']},
	{action: 'play', keys: ['enter'], label: 'key.play', places: sounds},
	{action: 'play', keys: ['s'], label: 'key.play', places: ['history', 'recordDetail']},
	{action: 'playPhone', keys: ['p'], label: 'key.playPhone', places: [...sounds, 'history', 'recordDetail']},
	{action: 'callBackVoicemail', keys: ['f5', 'C-y'], label: 'key.dial', places: ['voicemails']},
	{action: 'markVoicemail', keys: ['u'], label: 'key.markVoicemail', places: ['voicemails']},
	{action: 'deleteVoicemail', keys: ['d'], label: 'key.deleteVoicemail', places: ['voicemails']},
	{action: 'history', keys: ['k'], label: 'key.history', places: ['menu']},
	{action: 'record', keys: ['r'], label: 'key.record', places: ['menu']},
	{action: 'mask', keys: ['m'], label: 'key.mask', places: ['menu']},
	{action: 'why', keys: ['w'], label: 'key.why', places: ['menu']},
	{action: 'wrapLine', keys: ['i'], label: 'key.wrapLine', places: ['menu']},
	{action: 'choose', keys: ['enter'], label: 'key.choose', places: [...lists, 'menu', 'askHelp']},
	{action: 'dialTyped', keys: ['enter', 'f5', 'C-y'], label: 'key.dial', places: ['number']},
	{action: 'changePassword', keys: ['enter'], label: 'key.account', places: ['password']},
	{action: 'setIcon', keys: ['enter'], label: 'key.setIcon', places: ['icon']},
	{action: 'load', keys: ['enter'], label: 'key.load', places: ['recalls']},
	{action: 'takeRecall', keys: ['t'], label: 'key.takeRecall', places: ['recalls']},
	{action: 'close', keys: ['escape'], label: 'key.close', places: anywhere},
	{action: 'leave', keys: ['C-c'], label: 'key.leave', places: ['login', 'groups', ...anywhere]},
];

/** f2, S-tab, C-s, A-left: modifiers in the order Ctrl, Alt, Shift. Empty for text. */
export function keyName(event: KeyEvent): string {
	if (event.type !== 'key' && event.type !== 'char') return '';
	return `${event.ctrl ? 'C-' : ''}${event.alt ? 'A-' : ''}${event.shift ? 'S-' : ''}${event.type === 'key' ? event.name : event.char}`;
}

/** The place of the band, where it asks something. */
export function overlayOf({stage, view}: ConsoleState): Overlay | undefined {
	if (stage !== 'work' || !view) return undefined;
	if (view.incoming?.ringing) return 'offered';
	if (view.call?.transfer && view.status.status === 'transferring') return 'consult';
	return view.incoming && !isToolbarOnly(view) ? 'unknownCaller' : undefined;
}

export function placeOf(state: ConsoleState): Place {
	if (state.stage !== 'work') return state.stage;
	if (state.panel?.kind === 'history') return state.panel.form ? 'recordEdit' : state.panel.openId === null ? 'history' : 'recordDetail';
	if (state.panel?.kind === 'seats') return state.panel.target ? 'targetHow' : 'seats';
	if (state.panel && state.panel.kind !== 'help') return state.panel.kind;
	return state.view?.popup ? 'popup' : 'work';
}

/** What a key does now; undefined when it does nothing of its own. */
export function actionFor(state: ConsoleState, event: KeyEvent): Binding | undefined {
	const name =
		event.type === 'text' && choiceByLetter.includes(placeOf(state)) ? event.text.normalize('NFKC').toLowerCase() : keyName(event);
	return name === '' ? undefined : bindingOf(state, name);
}

/** The binding of a key by its name: what the band asks goes first. */
export function bindingOf(state: ConsoleState, name: string): Binding | undefined {
	const at = (place: Place | undefined): Binding | undefined =>
		place && state.bindings.find(binding => binding.places.includes(place) && binding.keys.includes(name));
	return at(overlayOf(state)) ?? at(placeOf(state));
}

/** A key as people write it: F2, Ctrl+S, Enter. */
export function keyLabel(name: string): string {
	const words: Readonly<Record<string, string>> = {escape: 'Esc', enter: 'Enter', tab: 'Tab', up: 'Up', down: 'Down'};
	return name
		.split('-')
		.map((part, at, parts) =>
			at < parts.length - 1 ? ({C: 'Ctrl', A: 'Alt', S: 'Shift'}[part] ?? part) : (words[part] ?? part.toUpperCase()),
		)
		.join('+');
}
