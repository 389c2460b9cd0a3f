/** What opens over the history by a key of its own: the recall list, a number to dial, a new password. Pure. */

import type {RequestBody} from '../../server/api/requests.js';
import type {AbandonedRow, RecallRow, RecordingRow, SeatRow, VoicemailItem, WaitingRow, WhyView} from '../../server/api/views.js';
import type {Office} from '../../server/domain/office.js';
import {type Edit, emptyEdit} from '../tty/edit.js';
import type {KeyEvent} from '../tty/keys.js';
import type {BookPanel} from './books.js';
import {callPanelKey} from './calls.js';
import {type ConflictPanel, conflictKey} from './conflict.js';
import {type HistoryPanel, historyKey} from './history.js';
import type {IconPanel} from './icon.js';
import {lineEdited} from './line-keys.js';
import {playerKey, soundPanelKey} from './recordings.js';
import {type ConsoleState, type Step, say} from './state.js';
import {type WrapPanel, wrapKey} from './wrap-panel.js';

export const passwordFields = ['current', 'next', 'again'] as const;

/** Who a customer is to be transferred to, or called. */
export type Target = {to: Extract<RequestBody, {type: 'transfer'}>['to']; number: string; name: string};
export type WhyAbout = 'agent' | 'call' | 'customer';
/** A list of what runs: when its times were drawn, and when it was last asked for. */
type Running = {seenMs: number; askedMs: number};

export type Panel =
	/** `top`: lines scrolled by; the view goes no further than its end. */
	| {kind: 'help'; top: number}
	| {kind: 'recalls'; rows: RecallRow[] | null; at: number}
	| {kind: 'menu'; at: number}
	| ({
			kind: 'seats';
			purpose: 'call' | 'transfer';
			rows: SeatRow[] | null;
			edit: Edit;
			at: number;
			target: Target | null;
			how: number;
			/** As the office was drawn, instead of as a list; null until it is known. */
			offices: Office[] | null;
			byOffice: boolean;
	  } & Running)
	| ({kind: 'waiting'; rows: WaitingRow[] | null; at: number} & Running)
	| ({kind: 'abandoned'; rows: AbandonedRow[] | null; at: number} & Running)
	| BookPanel
	| HistoryPanel
	| WrapPanel
	| ConflictPanel
	| {kind: 'voicemails'; rows: VoicemailItem[] | null; at: number}
	| {kind: 'recordings'; rows: RecordingRow[] | null; at: number}
	| {kind: 'caller'; at: number}
	/** Why nothing comes: about oneself, the call or the customer; `top`: first line shown. */
	| ({kind: 'why'; about: WhyAbout; answer: WhyView | null; top: number} & Running)
	| {kind: 'dtmf'; sent: string}
	| {kind: 'askHelp'; edit: Edit}
	| {kind: 'number'; edit: Edit}
	| IconPanel
	| {kind: 'password'; edits: readonly Edit[]; focus: number};

export const numberPanel: Panel = {kind: 'number', edit: emptyEdit};
export const passwordPanel: Panel = {kind: 'password', edits: passwordFields.map(() => emptyEdit), focus: 0};

const stay = (state: ConsoleState): Step => ({state, effects: []});
const refuse = (state: ConsoleState, key: 'password.missing' | 'password.differs' | 'password.rule' | 'why.noNumber'): Step => ({
	state: say(state, key, 'bad'),
	effects: [{effect: 'bell'}],
});

/** A key inside an open panel that is no action of its own. */
export function panelKey(state: ConsoleState, key: KeyEvent, nowMs: number): Step {
	const {panel} = state;
	switch (panel?.kind) {
		case 'history':
			return historyPanelKey(state, panel, key, nowMs);
		case 'conflict':
			return conflictKey(state, panel, key);
		case 'wrapLine':
			return wrapKey(state, panel, key, nowMs);
		case 'recalls': {
			if (key.type !== 'key') return stay(state);
			const by = ({up: -1, down: 1, pageup: -5, pagedown: 5} as Record<string, number>)[key.name] ?? 0;
			const at = Math.max(0, Math.min((panel.rows?.length ?? 0) - 1, panel.at + by));
			return stay({...state, panel: {...panel, at}});
		}
		case 'number':
		case 'icon':
			return stay({...state, panel: {...panel, edit: lineEdited(panel.edit, key)}});
		case 'password': {
			const by =
				key.type !== 'key'
					? 0
					: key.name === 'down' || (key.name === 'tab' && !key.shift)
						? 1
						: key.name === 'up' || key.name === 'tab'
							? -1
							: 0;
			const count = passwordFields.length;
			if (by !== 0) return stay({...state, panel: {...panel, focus: (panel.focus + by + count) % count}});
			const edits = panel.edits.map((edit, at) => (at === panel.focus ? lineEdited(edit, key) : edit));
			return stay({...state, panel: {...panel, edits}});
		}
		case 'voicemails':
		case 'recordings':
			return soundPanelKey(state, key);
		default:
			return callPanelKey(state, key);
	}
}

/** The player goes before the list, but not before what is typed in a record. */
function historyPanelKey(state: ConsoleState, panel: HistoryPanel, key: KeyEvent, nowMs: number): Step {
	const steers = panel.form ? undefined : playerKey(state, key);
	return steers ? {state, effects: [steers]} : historyKey(state, panel, key, nowMs);
}

/** Enter in the number's line: the call goes out; who has the number is looked up by the service. */
export function dialTyped(state: ConsoleState): Step {
	if (state.panel?.kind !== 'number') return stay(state);
	const number = state.panel.edit.text.trim();
	if (!/\d/.test(number)) return refuse(state, 'why.noNumber');
	return {
		state,
		effects: [
			{effect: 'draft', now: true},
			{effect: 'send', body: {type: 'dial', number}},
		],
	};
}

/** Letters of both cases, digits and signs, mixed (the manual's rule). */
const isMixed = (password: string): boolean => [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d\s]/].every(kind => kind.test(password));

/** Enter in the password lines: on to the next, at the last one the change. */
export function changePassword(state: ConsoleState): Step {
	const {panel} = state;
	if (panel?.kind !== 'password') return stay(state);
	if (panel.focus < passwordFields.length - 1) return stay({...state, panel: {...panel, focus: panel.focus + 1}});
	const [current, next, again] = panel.edits.map(edit => edit.text);
	const at = (focus: number): ConsoleState => ({...state, panel: {...panel, focus}});
	if (!current) return refuse(at(0), 'password.missing');
	if (!next || !isMixed(next)) return refuse(at(1), 'password.rule');
	if (next !== again) return refuse(at(2), 'password.differs');
	return {state, effects: [{effect: 'send', body: {type: 'changePassword', current, next}}]};
}
