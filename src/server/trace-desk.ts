/** The SIP messages of one call, for whoever has to find out what a carrier or a phone did. */
import type {RunningTelephony} from '../sip/application/telephony.js';
import {SetupProblem} from './admin/problem.js';
import {refusing} from './admin/setup.js';
import type {TraceView} from './api/views.js';
import type {World} from './domain/world.js';
import type {Log} from './log.js';
import type {StoreReader} from './store/port.js';
import type {Tools} from './tools.js';

export type TraceDeskParts = {
	telephony: Pick<RunningTelephony, 'traces'>;
	world: World;
	reader: Pick<StoreReader, 'call' | 'events'>;
	nowMs: () => number;
	log: Log;
};

/** A call's own messages begin a moment before it does, and its last may be repeated for a while after. */
const beforeMs = 2_000;
const afterMs = 35_000;
const eventsMax = 1_000;

/** Which dialogs belong to a call is told by its numbers, its operators' extensions, and its time. */
export function createTraceDesk({telephony, world, reader, nowMs, log}: TraceDeskParts): Tools['traceCall'] {
	return ({callId}, {actor}) =>
		refusing(async (): Promise<TraceView> => {
			const row = world.calls.get(callId)?.row ?? reader.call(callId);
			if (!row) throw new SetupProblem('unknown', {field: 'id', what: {ja: '通話', en: 'call'}, given: callId, known: 'kaden call list'});
			const now = nowMs();
			const {startedMs, endedMs = now, direction, fromNumber, toNumber} = row;
			const events = reader.events({sinceMs: startedMs, untilMs: now + 1, callId, limit: eventsMax});
			const agents = new Set([row.agentId, ...events.map(({agentId}) => agentId)]);
			const extensions = [...agents].flatMap(id => world.agents.get(id ?? '')?.extension ?? []);
			const numbers = [direction === 'out' ? toNumber : fromNumber, ...extensions].filter(number => number !== '');
			log('info', 'call.traced', {actor, callId});
			const dialogs = telephony.traces({numbers, fromMs: startedMs - beforeMs - now, untilMs: endedMs + afterMs - now});
			const messages = dialogs.flatMap(({callId: dialog, messages: each}) => each.map(message => ({...message, dialog})));
			return {
				startedMs,
				messages: messages.map(message => ({...message, atMs: now + message.atMs})).sort((a, b) => a.atMs - b.atMs),
			};
		});
}
