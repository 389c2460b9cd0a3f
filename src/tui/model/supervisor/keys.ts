/**
 * Every key of the supervisors' console, in one table: the bottom line and the help are made from it. Function keys act from
 * everywhere but a line that is typed in; letters do the same where nothing is typed, as terminals take some function keys away.
 */
import type {TextKey} from '../../i18n/index.js';
import type {KeyEvent} from '../../tty/keys.js';
import type {SupervisorState} from './state.js';

export type Action =
	| 'help'
	| 'take'
	| 'listen'
	| 'whisper'
	| 'barge'
	| 'takeOver'
	| 'stop'
	| 'line'
	| 'status'
	| 'type'
	| 'nextTab'
	| 'tab'
	| 'logOff'
	| 'hangUp'
	| 'open'
	| 'back'
	| 'filter'
	| 'command'
	| 'order'
	| 'density'
	| 'office'
	| 'blink'
	| 'leave'
	| 'demo'
	| 'login';

/** `keys`: names as `keyName` makes them; the first is on the bottom line. */
export type Binding = {action: Action; keys: readonly string[]; label: TextKey; at: 'login' | 'floor' | 'both'};

export const bindings: readonly Binding[] = [
	{action: 'help', keys: ['f1', '?', 'C-g'], label: 'key.help', at: 'both'},
	{action: 'demo', keys: ['f2'], label: 'key.demo', at: 'login'},
	{action: 'login', keys: ['f12', 'C-s'], label: 'key.login', at: 'login'},
	{action: 'take', keys: ['f2', 'h'], label: 'sv.key.take', at: 'floor'},
	{action: 'listen', keys: ['f3', 'l'], label: 'sv.key.listen', at: 'floor'},
	{action: 'whisper', keys: ['f4', 'w'], label: 'sv.key.whisper', at: 'floor'},
	{action: 'barge', keys: ['f5', 'b'], label: 'sv.key.barge', at: 'floor'},
	{action: 'takeOver', keys: ['f6', 't'], label: 'sv.key.takeOver', at: 'floor'},
	{action: 'stop', keys: ['f7', 'x'], label: 'sv.key.stop', at: 'floor'},
	{action: 'line', keys: ['f8', 'm'], label: 'sv.key.line', at: 'floor'},
	{action: 'status', keys: ['f9', 's'], label: 'sv.key.status', at: 'floor'},
	{action: 'nextTab', keys: ['f10', 'tab'], label: 'sv.key.tab', at: 'floor'},
	{action: 'logOff', keys: ['f11', 'C-q'], label: 'key.logOff', at: 'floor'},
	{action: 'hangUp', keys: ['f12', 'C-]'], label: 'sv.key.hangUp', at: 'floor'},
	{action: 'tab', keys: ['1', '2', '3', '4', '5'], label: 'sv.key.tabs', at: 'floor'},
	{action: 'open', keys: ['enter'], label: 'sv.key.open', at: 'floor'},
	{action: 'back', keys: ['escape'], label: 'sv.key.back', at: 'floor'},
	{action: 'type', keys: ['i'], label: 'sv.key.type', at: 'floor'},
	{action: 'filter', keys: ['/'], label: 'sv.key.filter', at: 'floor'},
	{action: 'command', keys: [':'], label: 'sv.key.command', at: 'floor'},
	{action: 'order', keys: ['o'], label: 'sv.key.order', at: 'floor'},
	{action: 'density', keys: ['v'], label: 'sv.key.density', at: 'floor'},
	{action: 'office', keys: ['g'], label: 'sv.key.office', at: 'floor'},
	{action: 'blink', keys: ['n'], label: 'sv.key.blink', at: 'floor'},
	{action: 'leave', keys: ['C-c'], label: 'key.leave', at: 'both'},
];

/** The key's name; a letter is its own, in half width and lower case, so that it works while an input method is on. */
export function nameOf(event: KeyEvent): string {
	if (event.type === 'text') return event.text.normalize('NFKC').toLowerCase();
	if (event.type !== 'key' && event.type !== 'char') return '';
	return `${event.ctrl ? 'C-' : ''}${event.alt ? 'A-' : ''}${event.shift ? 'S-' : ''}${event.type === 'key' ? event.name : event.char}`;
}

/** What a key does now; undefined when it does nothing of its own. */
export function bindingFor(state: SupervisorState, event: KeyEvent): Binding | undefined {
	const name = nameOf(event);
	// Where text is typed only what can never be text acts.
	if ((state.stage === 'login' || state.input || state.typing) && event.type === 'text') return undefined;
	return bindings.find(({keys, at}) => (at === 'both' || at === state.stage) && keys.includes(name));
}

/** A key as people write it: F2, Ctrl+S, Enter. */
export function keyLabel(name: string): string {
	const words: Readonly<Record<string, string>> = {escape: 'Esc', enter: 'Enter', tab: 'Tab'};
	return name.startsWith('C-') ? `Ctrl+${name.slice(2).toUpperCase()}` : (words[name] ?? (/^f\d/.test(name) ? name.toUpperCase() : name));
}
