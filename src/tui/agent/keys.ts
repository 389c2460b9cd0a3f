/**
 * Every key of the agent console, in one table. The bottom line and the help are made from it, and nothing else decides
 * what a key does. Each function key has a Ctrl alias, because terminals and desktops take some of them for themselves.
 */
import type {TextKey} from '../i18n/index.js';
import type {Action} from '../model/actions.js';
import type {ConsoleState} from '../model/state.js';
import type {KeyEvent} from '../tty/keys.js';

/** Where the console is; `popup` is the work screen with the question after a save. */
export type Place = 'login' | 'groups' | 'work' | 'popup' | 'recalls' | 'number' | 'password';

const panels: readonly Place[] = ['recalls', 'number', 'password'];
const anywhere: readonly Place[] = ['work', 'popup', ...panels];

/** `keys`: the first is shown on the bottom line. Names are as `keyName` makes them. */
export type Binding = {action: Action; keys: readonly string[]; label: TextKey; places: readonly Place[]};

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
	{action: 'account', keys: ['f10', 'C-z'], label: 'key.account', places: anywhere},
	{action: 'logOff', keys: ['f11', 'C-q'], label: 'key.logOff', places: ['groups', ...anywhere]},
	{action: 'save', keys: ['f12', 'C-s'], label: 'key.save', places: ['work', ...panels]},
	{action: 'save', keys: ['f12', 'C-s'], label: 'key.popupOk', places: ['popup']},
	{action: 'dialTyped', keys: ['enter', 'f5', 'C-y'], label: 'key.dial', places: ['number']},
	{action: 'changePassword', keys: ['enter'], label: 'key.account', places: ['password']},
	{action: 'load', keys: ['enter'], label: 'key.load', places: ['recalls']},
	{action: 'close', keys: ['escape'], label: 'key.close', places: anywhere},
	{action: 'leave', keys: ['C-c'], label: 'key.leave', places: ['login', 'groups', ...anywhere]},
];

/** f2, S-tab, C-s, A-left: modifiers in the order Ctrl, Alt, Shift. Empty for text. */
export function keyName(event: KeyEvent): string {
	if (event.type !== 'key' && event.type !== 'char') return '';
	return `${event.ctrl ? 'C-' : ''}${event.alt ? 'A-' : ''}${event.shift ? 'S-' : ''}${event.type === 'key' ? event.name : event.char}`;
}

export function placeOf(state: ConsoleState): Place {
	if (state.stage !== 'work') return state.stage;
	if (state.panel && state.panel.kind !== 'help') return state.panel.kind;
	return state.view?.popup ? 'popup' : 'work';
}

/** What a key does at a place; undefined when it does nothing of its own there. */
export function actionFor(place: Place, event: KeyEvent): Binding | undefined {
	const name = keyName(event);
	return name === '' ? undefined : bindings.find(binding => binding.places.includes(place) && binding.keys.includes(name));
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
