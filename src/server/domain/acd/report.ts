/**
 * The report of inbound calls of a time, by group and by number, from rows of the event log and nothing else. The figures of a
 * group are those that are counted live (`service.ts`): the live display, this report and a recount are equal.
 */
import type {CallOutcome, EventRow} from '../model.js';
import type {ServiceCounts} from '../world.js';
import {countedAs, noCounts} from './service.js';

export type GroupFigures = ServiceCounts & {
	/** In the queue when the time of the report ends. */
	waiting: number;
	/** Left the queue because the service stopped or the call broke, not because anybody wanted it. */
	interrupted: number;
	/** Messages left for the group. */
	voicemails: number;
	/** Of those who left to be called: reached, given up, taken out by a supervisor. */
	callBacksDone: number;
	callBacksFailed: number;
	callBacksCancelled: number;
	/** Of those who were answered. Absent when nobody was. */
	waitMsAverage?: number;
	waitMsLongest?: number;
};

export type NumberFigures = {
	/** Calls that came to the number. */
	calls: number;
	/** Not over when the time of the report ends. */
	open: number;
	/** What became of the others: talked, abandoned, overflowed, voicemail, callBack, closed, … */
	outcomes: Partial<Record<CallOutcome, number>>;
};

export type InboundReport = {
	/** By group id. */
	groups: Map<string, GroupFigures>;
	/** By number as dialled. */
	numbers: Map<string, NumberFigures>;
	/** Calls that came to no number of ours, or when the service was stopping. */
	refused: number;
};

/** Event kinds that the report looks at. */
export const reportKinds = [
	'call.arrived',
	'call.refused',
	'call.sentTo',
	'call.queued',
	'call.assigned',
	'call.handedBack',
	'call.joined',
	'call.abandoned',
	'call.overflowed',
	'call.leftToBeCalled',
	'call.ended',
	'voicemail.left',
	'callBack.changed',
] as const;

type CallState = {number?: string /** Group in whose queue it is. */; queue?: string};

/** Rows in the order in which they were written. Rows of other kinds are passed over. */
export function inboundReport(events: Iterable<EventRow>): InboundReport {
	const counter = new InboundCounter();
	for (const event of events) counter.add(event);
	return counter.report();
}

/** Counts row by row, so that a long day need not be in memory, nor be counted in one go. */
export class InboundCounter {
	readonly #report: InboundReport = {groups: new Map(), numbers: new Map(), refused: 0};
	readonly #calls = new Map<string, CallState>();
	readonly #waits = new Map<string, {sumMs: number; longestMs: number; count: number}>();

	add(event: EventRow): void {
		const {kind, groupId} = event;
		const figure = countedAs(event);
		if (figure && groupId !== undefined) {
			figuresOf(this.#report, groupId)[figure]++;
			const waitedMs = event.data?.['waitedMs'];
			if (figure === 'answered' && typeof waitedMs === 'number') {
				const {sumMs, longestMs, count} = this.#waits.get(groupId) ?? {sumMs: 0, longestMs: 0, count: 0};
				this.#waits.set(groupId, {sumMs: sumMs + waitedMs, longestMs: Math.max(longestMs, waitedMs), count: count + 1});
			}
		}
		if (kind === 'call.refused') this.#report.refused++;
		else if (kind === 'voicemail.left') messageLeft(this.#report, event);
		else if (kind === 'callBack.changed') callBackChanged(this.#report, event);
		else if (event.callId !== undefined) follow(this.#report, this.#calls, event);
	}

	/** Of what has been added. Once. */
	report(): InboundReport {
		const report = this.#report;
		for (const {queue} of this.#calls.values()) if (queue !== undefined) figuresOf(report, queue).waiting++;
		for (const [groupId, {sumMs, longestMs, count}] of this.#waits) {
			const figures = figuresOf(report, groupId);
			figures.waitMsAverage = Math.round(sumMs / count);
			figures.waitMsLongest = longestMs;
		}
		return report;
	}
}

function figuresOf({groups}: InboundReport, groupId: string): GroupFigures {
	let figures = groups.get(groupId);
	if (!figures) {
		const none = {waiting: 0, interrupted: 0, voicemails: 0, callBacksDone: 0, callBacksFailed: 0, callBacksCancelled: 0};
		groups.set(groupId, (figures = {...noCounts(), ...none}));
	}
	return figures;
}

/** Where the call is, and what it came to. */
function follow(report: InboundReport, calls: Map<string, CallState>, {kind, callId = '', groupId, data}: EventRow): void {
	if (kind === 'call.arrived' && data?.['source'] !== undefined) {
		const number = String(data['to']);
		calls.set(callId, {number});
		const figures = report.numbers.get(number) ?? {calls: 0, open: 0, outcomes: {}};
		report.numbers.set(number, {...figures, calls: figures.calls + 1, open: figures.open + 1});
		return;
	}
	const call = calls.get(callId) ?? {};
	if ((kind === 'call.queued' || kind === 'call.handedBack') && groupId !== undefined) calls.set(callId, {...call, queue: groupId});
	else if (kind === 'call.ended') {
		if (call.queue !== undefined) figuresOf(report, call.queue).interrupted++;
		const figures = call.number === undefined ? undefined : report.numbers.get(call.number);
		const outcome = data?.['outcome'] as CallOutcome | undefined;
		if (figures) {
			figures.open--;
			if (outcome !== undefined) figures.outcomes[outcome] = (figures.outcomes[outcome] ?? 0) + 1;
		}
		calls.delete(callId);
	} else if ((reportKinds as readonly string[]).includes(kind)) delete call.queue;
}

function messageLeft(report: InboundReport, {data}: EventRow): void {
	const [kind, id] = String(data?.['mailbox'] ?? '').split(':');
	if (kind === 'group' && id !== undefined) figuresOf(report, id).voicemails++;
}

function callBackChanged(report: InboundReport, {groupId, data}: EventRow): void {
	if (groupId === undefined) return;
	if (data?.['state'] === 'done') figuresOf(report, groupId).callBacksDone++;
	if (data?.['state'] === 'failed') figuresOf(report, groupId).callBacksFailed++;
	if (data?.['state'] === 'cancelled') figuresOf(report, groupId).callBacksCancelled++;
}
