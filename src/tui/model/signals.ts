/** Which changes of the view make themselves heard, and as what. Pure. */
import type {SessionView} from '../../server/api/views.js';
import type {Effect, SignalKind} from './state.js';

/** What an operator has not brought about himself: a call that came, a promise that is due, a word of somebody. */
export function signalsOf(before: SessionView | null, view: SessionView): Effect[] {
	const known = new Set(before?.notices.map(({noticeId}) => noticeId));
	const fresh = view.notices.filter(({noticeId}) => !known.has(noticeId));
	const {call, incoming} = view;
	const isCallNew = call !== null && call.callId !== before?.call?.callId && call.kind !== 'preview' && call.kind !== 'direct';
	const isRinging = incoming?.ringing === true && incoming.callId !== before?.incoming?.callId;
	const kinds: SignalKind[] = [];
	if (isCallNew || isRinging) kinds.push('call');
	if (fresh.some(({key}) => key === 'recallDue')) kinds.push('recall');
	if (fresh.some(({key, level}) => words.has(key) || level === 'error')) kinds.push('message');
	return kinds.map(kind => ({effect: 'bell', kind}));
}

const words = new Set(['supervisorSays', 'helpTaken', 'takenOver', 'callFailed', 'transferFailed', 'consoleLost', 'missedCalls']);
