/** 録音 of the customer on the screen and 留守電 of the own mailboxes: lists, and a player for what is chosen. Pure. */
import type {RequestBody} from '../../server/api/requests.js';
import type {RecordingRow, SessionView, VoicemailItem} from '../../server/api/views.js';
import {translatorOf} from '../agent/keymap.js';
import type {Binding} from '../agent/keys.js';
import type {KeyEvent} from '../tty/keys.js';
import {type Action, forbiddenBy, type Why} from './actions.js';
import {historyRow} from './history.js';
import {type ConsoleState, type Effect, type Sound, type Step, say} from './state.js';

const stay = (state: ConsoleState): Step => ({state, effects: []});
const send = (state: ConsoleState, body: RequestBody): Step => ({state, effects: [{effect: 'send', body}]});
const jumpMs = 10_000;
const moves: Partial<Record<string, number>> = {up: -1, down: 1, pageup: -5, pagedown: 5};

/** Reasons of their own against these actions; null when there is none. */
export function soundWhyNot(state: ConsoleState, action: Action): Why | null {
	const {view} = state;
	if (action === 'recordings' && !view?.customer) return {key: 'why.noCustomer', args: {}};
	const isHeard = action === 'play' || (action === 'playPhone' && !view?.status.listening);
	if (isHeard && state.panel?.kind === 'history' && !chosenSound(state)) return {key: 'why.noRecording', args: {}};
	if (action === 'callBackVoicemail' && view)
		return forbiddenBy('dial', view.status.status, translatorOf(state)('key.dial'), translatorOf(state));
	if (action === 'deleteVoicemail' && view?.operator.role === 'agent') return {key: 'why.supervisors', args: {}};
	return null;
}

/** What the cursor of one of the lists is at, or the open record. */
export function chosenSound(state: ConsoleState): Sound | undefined {
	const {panel} = state;
	if (panel?.kind === 'history') {
		const row = historyRow(state);
		return row?.hasRecording && row.callId !== undefined ? {callId: row.callId} : undefined;
	}
	if (panel?.kind === 'voicemails') {
		const row = panel.rows?.[panel.at];
		return row && {voicemailId: row.voicemailId};
	}
	const row = panel?.kind === 'recordings' ? panel.rows?.[panel.at] : undefined;
	return row && {callId: row.callId};
}

const isSame = (a: Sound, b: Sound): boolean => JSON.stringify(a) === JSON.stringify(b);
export const stopSound: Effect = {effect: 'sound', act: 'stop'};

/** Does an action about recordings and messages; undefined when it is none. It has been found possible. */
export function soundAction(state: ConsoleState, {action}: Binding): Step | undefined {
	const {view, panel} = state;
	switch (action) {
		case 'voicemails':
			return send({...state, panel: {kind: 'voicemails', rows: null, at: 0}}, {type: 'listVoicemails'});
		case 'recordings':
			return send(
				{...state, panel: {kind: 'recordings', rows: null, at: 0}},
				{type: 'listRecordings', customer: view!.customer!.customerId},
			);
		case 'play':
			return play(state);
		case 'playPhone':
			return playOnPhone(state, view!);
		case 'callBackVoicemail': {
			const row = panel?.kind === 'voicemails' ? panel.rows?.[panel.at] : undefined;
			return row ? callBack(state, row) : stay(state);
		}
		case 'markVoicemail': {
			const row = panel?.kind === 'voicemails' ? panel.rows?.[panel.at] : undefined;
			return row ? send(state, {type: 'markVoicemail', voicemailId: row.voicemailId, heard: row.heardMs === undefined}) : stay(state);
		}
		case 'deleteVoicemail': {
			const row = panel?.kind === 'voicemails' ? panel.rows?.[panel.at] : undefined;
			if (!row) return stay(state);
			if (state.armed !== 'deleteVoicemail') return stay({...say(state, 'message.deleteAgain', 'warn'), armed: 'deleteVoicemail'});
			const {state: next, effects} = send({...state, armed: null}, {type: 'deleteVoicemail', voicemailId: row.voicemailId});
			return {state: next, effects: [stopSound, ...effects]};
		}
		default:
			return undefined;
	}
}

/** Enter: plays what is chosen; on what plays already, a pause and on again. */
function play(state: ConsoleState): Step {
	const of = chosenSound(state);
	if (!of) return stay(state);
	const {sound} = state;
	if (sound && isSame(sound.of, of) && (sound.state === 'playing' || sound.state === 'paused'))
		return {state, effects: [{effect: 'sound', act: 'toggle'}]};
	const next: ConsoleState = {...state, sound: {of, state: 'loading', positionMs: 0, durationMs: 0}};
	return {state: next, effects: [{effect: 'sound', act: 'play', of}]};
}

/** On the own phone; the same key again stops it. */
function playOnPhone(state: ConsoleState, view: SessionView): Step {
	const of = chosenSound(state);
	if (view.status.listening) return send(state, {type: 'stopRecordingPlay'});
	if (!of) return stay(state);
	const {state: next, effects} = send(state, {type: 'playRecording', of});
	return {state: next, effects: [stopSound, ...effects]};
}

function callBack(state: ConsoleState, {number, customerId}: VoicemailItem): Step {
	if (number === '') return {state: say(state, 'why.noNumber', 'warn'), effects: [{effect: 'bell'}]};
	const {state: next, effects} = send(state, {type: 'dial', number, ...(customerId !== undefined && {customerId})});
	return {state: next, effects: [stopSound, {effect: 'draft', now: true}, ...effects]};
}

/** Space pauses, the arrows go ten seconds forwards or back; undefined where nothing is heard, or for another key. */
export function playerKey({sound}: ConsoleState, key: KeyEvent): Effect | undefined {
	if (!sound) return undefined;
	if (key.type === 'text' && key.text.normalize('NFKC') === ' ') return {effect: 'sound', act: 'toggle'};
	if (key.type !== 'key' || (key.name !== 'left' && key.name !== 'right')) return undefined;
	return {effect: 'sound', act: 'jump', byMs: key.name === 'left' ? -jumpMs : jumpMs};
}

/** A key inside one of the two lists that is no action of its own. */
export function soundPanelKey(state: ConsoleState, key: KeyEvent): Step {
	const {panel} = state;
	if (panel?.kind !== 'voicemails' && panel?.kind !== 'recordings') return stay(state);
	const steers = playerKey(state, key);
	if (steers) return {state, effects: [steers]};
	if (key.type !== 'key') return stay(state);
	const at = Math.max(0, Math.min((panel.rows?.length ?? 0) - 1, panel.at + (moves[key.name] ?? 0)));
	return stay({...state, panel: {...panel, at}});
}

/** What a granted request of these does to the screen; undefined when it is none of them. */
export function soundGranted(state: ConsoleState, request: RequestBody | {type: 'login'}, value: unknown): Step | undefined {
	const {panel} = state;
	switch (request.type) {
		case 'listVoicemails': {
			if (panel?.kind !== 'voicemails') return stay(state);
			const rows = value as VoicemailItem[];
			return stay({...state, panel: {...panel, rows, at: Math.max(0, Math.min(panel.at, rows.length - 1))}});
		}
		case 'listRecordings': {
			if (panel?.kind !== 'recordings') return stay(state);
			const rows = value as RecordingRow[];
			return stay({...state, panel: {...panel, rows, at: Math.max(0, Math.min(panel.at, rows.length - 1))}});
		}
		case 'markVoicemail':
		case 'deleteVoicemail':
			return again(state);
		case 'playRecording':
			return stay(say(state, 'message.onPhone', 'good'));
		case 'dial':
			return panel?.kind === 'voicemails' ? stay({...state, panel: null}) : undefined;
		default:
			return undefined;
	}
}

/** The open list, as it is now. */
function again(state: ConsoleState): Step {
	return state.panel?.kind === 'voicemails' ? send(state, {type: 'listVoicemails'}) : stay(state);
}

/** How far the sound is, or why it cannot be heard. */
export function soundHeard(state: ConsoleState, sound: ConsoleState['sound']): Step {
	if (sound?.state !== 'failed') return stay({...state, sound});
	const args = {reason: sound.reason ?? ''};
	const key = sound.reason === 'noProgram' ? 'message.noPlayer' : 'message.notPlayed';
	return {state: say({...state, sound: null}, key, 'bad', args), effects: [{effect: 'bell'}]};
}

/** What a new view does to what is heard: a call silences it, and the list of messages follows its count. */
export function soundEffects(state: ConsoleState, before: SessionView | null, view: SessionView): Effect[] {
	const effects: Effect[] = [];
	const isCalled = view.incoming?.ringing === true || (view.call !== null && view.call.phase !== 'ended');
	if (state.sound && isCalled) effects.push(stopSound);
	if (state.panel?.kind === 'voicemails' && state.line === 'online' && before?.counters.voicemails !== view.counters.voicemails)
		effects.push({effect: 'send', body: {type: 'listVoicemails'}});
	return effects;
}
