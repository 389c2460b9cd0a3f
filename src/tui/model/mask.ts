/** A secret is said while it is typed: the recording is silent as long as the cursor is in its field. Pure. */
import type {CallView} from '../../server/api/views.js';
import {fieldsNow} from './server.js';
import type {ConsoleState, Effect, Step} from './state.js';

const isTalk = (call: CallView | null | undefined): call is CallView => call?.phase === 'talking';

/** Whether the cursor is in a secret field. */
function isInSecret(state: ConsoleState): boolean {
	const {form} = state;
	return form !== null && fieldsNow(state).some(({key, kind}) => key === form.focus && kind === 'password');
}

/** Masks the recording of the talk when the cursor comes to a secret, and lets it go on when it has left. What was masked by hand stays so. */
export function withMask(step: Step): Step {
	const {state, effects} = step;
	const {line, maskedCallId} = state;
	const call = state.view?.call;
	if (maskedCallId !== null && (!isTalk(call) || call.callId !== maskedCallId)) {
		return withMask({state: {...state, maskedCallId: null}, effects});
	}
	if (!isTalk(call) || line !== 'online') return step;
	const send = (masked: boolean): Effect => ({effect: 'send', body: {type: 'maskRecording', masked}});
	if (maskedCallId !== null) {
		return isInSecret(state) ? step : {state: {...state, maskedCallId: null}, effects: [...effects, send(false)]};
	}
	if (call.recording !== 'on' || !isInSecret(state)) return step;
	return {state: {...state, maskedCallId: call.callId}, effects: [...effects, send(true)]};
}
