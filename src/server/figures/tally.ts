/**
 * Counts the rows of the event log as they are written, by group: the local day, the last hour minute by minute, and everything
 * since the count began. At the start the rows of the day are read once and counted in the same way, so what is shown live and
 * what the log says afterwards are the same by construction. Pure.
 */
import {countedAs} from '../domain/acd/service.js';
import {dayMs, dayNumber} from '../domain/calendar.js';
import type {AgentStatus, EventRow} from '../domain/model.js';
import {addCounts, type Counts, noCounts} from './window.js';

export type TallyOptions = {
	utcOffsetMs: number;
	/** An answer within this counts for the service level. */
	answerWithinMs: number;
	/** Who hangs up sooner counts for no share. */
	shortAbandonMs: number;
};

/** Event kinds that the tally looks at. */
export const talliedKinds = [
	'call.queued',
	'call.dialled',
	'call.answered',
	'call.answeredBy',
	'call.joined',
	'call.abandoned',
	'call.overflowed',
	'call.leftToBeCalled',
	'agent.status',
	'session.working',
] as const;

export const minuteMs = 60_000;
export const minutesKept = 60;
/** Of the short window. */
export const recentMinutes = 30;

/** ACW with the rest: work is everything but waiting for it and being absent. */
const busy: readonly string[] = [
	'dialling',
	'ringing',
	'talkingOut',
	'talkingIn',
	'held',
	'transferring',
	'wrapUp',
] satisfies AgentStatus[];
export const occupies = (status: string): 'busyMs' | 'readyMs' | undefined =>
	status === 'ready' ? 'readyMs' : busy.includes(status) ? 'busyMs' : undefined;

/** A status that lasts, of an operator in these groups. */
export type Lasting = {status: string; sinceMs: number; groupIds: readonly string[]};

/** The centre as a whole, beside the groups. */
export const everybody = '';

class Count {
	day = Number.NaN;
	today = noCounts();
	readonly ever = noCounts();
	/** By minute since 1970. */
	readonly minutes = new Map<number, Counts>();

	inDay(day: number): Counts {
		if (this.day !== day) {
			this.day = day;
			this.today = noCounts();
		}
		return this.today;
	}

	inMinute(minute: number): Counts {
		let counts = this.minutes.get(minute);
		if (!counts) {
			this.minutes.set(minute, (counts = noCounts()));
			for (const old of this.minutes.keys()) if (old <= minute - minutesKept) this.minutes.delete(old);
		}
		return counts;
	}
}

export class Tally {
	readonly #options: TallyOptions;
	readonly #counts = new Map<string, Count>();
	/** Groups that operators work in, by operator id. */
	readonly #groupIds = new Map<string, readonly string[]>();

	constructor(options: TallyOptions) {
		this.#options = options;
	}

	/** The groups of somebody whose work began before the rows that are added. */
	works(operatorId: string, groupIds: readonly string[]): void {
		this.#groupIds.set(operatorId, groupIds);
	}

	add(event: EventRow): void {
		const {kind, groupId, agentId, data, atMs} = event;
		if (kind === 'session.working' && agentId !== undefined) {
			this.works(agentId, (data?.['groupIds'] as string[] | undefined) ?? []);
			return;
		}
		if (kind === 'agent.status') {
			const forMs = data?.['forMs'];
			if (agentId !== undefined && typeof forMs === 'number') this.#lasted(agentId, String(data?.['from']), atMs - forMs, atMs);
			if (data?.['to'] === 'loggedOff' && agentId !== undefined) this.#groupIds.delete(agentId);
			return;
		}
		const more = this.#countsOf(event);
		if (more) for (const id of groupId === undefined ? [everybody] : [groupId, everybody]) this.#put(id, atMs, more);
	}

	/** What one row about a call counts for. */
	#countsOf(event: EventRow): Partial<Counts> | undefined {
		const {kind, listId, agentId, campaignId, data} = event;
		const waitMs = Number(data?.['waitedMs'] ?? 0);
		switch (countedAs(event)) {
			case 'offered':
				return {offered: 1};
			case 'answered':
				return {answered: 1, waitMs, ...(waitMs <= this.#options.answerWithinMs && {answeredWithin: 1})};
			case 'abandonedWaiting':
			case 'abandonedRinging':
				return {abandoned: 1, ...(waitMs < this.#options.shortAbandonMs && {abandonedShort: 1})};
			case 'overflowed':
				return {overflowed: 1};
			case 'leftToBeCalled':
				return {leftToBeCalled: 1};
			default:
		}
		// A call of the dialler is nobody's until it is answered; colleagues' calls belong to no campaign.
		if (kind === 'call.dialled') return campaignId === undefined ? undefined : {dialled: 1};
		if (kind === 'call.answered') return listId !== undefined && agentId === undefined ? {dialAnswered: 1} : undefined;
		// Counted as the regulator of the campaign counts; rows from before it was kept count as one.
		const counted = data?.['counted'] as number | undefined;
		if (kind === 'call.answeredBy') return counted === undefined ? undefined : {dialMachines: 1 - counted, dialDropped: counted};
		return kind === 'call.abandoned' && !data?.['byHand'] ? {dialAbandoned: 1, dialDropped: counted ?? 1} : undefined;
	}

	#put(id: string, atMs: number, more: Partial<Counts>): void {
		const count = this.#countOf(id);
		const full = {...noCounts(), ...more};
		addCounts(count.inDay(dayNumber(atMs, this.#options.utcOffsetMs)), full);
		addCounts(count.inMinute(Math.floor(atMs / minuteMs)), full);
		addCounts(count.ever, full);
	}

	#countOf(id: string): Count {
		let count = this.#counts.get(id);
		if (!count) this.#counts.set(id, (count = new Count()));
		return count;
	}

	/** A status is over: its time belongs to the minutes and the day in which it was. */
	#lasted(operatorId: string, status: string, sinceMs: number, untilMs: number): void {
		const key = occupies(status);
		if (!key) return;
		const {utcOffsetMs} = this.#options;
		const day = dayNumber(untilMs, utcOffsetMs);
		const midnightMs = day * dayMs - utcOffsetMs;
		for (const id of new Set([...(this.#groupIds.get(operatorId) ?? []), everybody])) {
			const count = this.#countOf(id);
			count.inDay(day)[key] += untilMs - Math.max(sinceMs, midnightMs);
			count.ever[key] += untilMs - sinceMs;
			const first = Math.max(Math.floor(sinceMs / minuteMs), Math.floor(untilMs / minuteMs) - minutesKept + 1);
			for (let minute = first; minute <= Math.floor(untilMs / minuteMs); minute++) {
				const from = Math.max(sinceMs, minute * minuteMs);
				count.inMinute(minute)[key] += Math.max(0, Math.min(untilMs, (minute + 1) * minuteMs) - from);
			}
		}
	}

	/** The day so far, with the statuses that last. */
	today(id: string, nowMs: number, lasting: readonly Lasting[]): Counts {
		const {utcOffsetMs} = this.#options;
		const day = dayNumber(nowMs, utcOffsetMs);
		const count = this.#counts.get(id);
		const counts = {...(count?.day === day ? count.today : noCounts())};
		return withLasting(counts, id, {sinceMs: day * dayMs - utcOffsetMs, nowMs}, lasting);
	}

	/** The last 30 minutes: the running one and the 29 before it. */
	recent(id: string, nowMs: number, lasting: readonly Lasting[]): Counts {
		const minute = Math.floor(nowMs / minuteMs);
		const counts = noCounts();
		for (const [at, more] of this.#counts.get(id)?.minutes ?? []) if (at > minute - recentMinutes && at <= minute) addCounts(counts, more);
		return withLasting(counts, id, {sinceMs: (minute - recentMinutes + 1) * minuteMs, nowMs}, lasting);
	}

	/** Since the count began, which was at a local midnight: never goes back while the service runs. */
	ever(id: string): Readonly<Counts> {
		return this.#counts.get(id)?.ever ?? noCounts();
	}

	/** One figure of the last hour, minute by minute, the running one last. */
	perMinute(id: string, nowMs: number, figure: keyof Counts): number[] {
		const last = Math.floor(nowMs / minuteMs);
		const minutes = this.#counts.get(id)?.minutes;
		return Array.from({length: minutesKept}, (_, at) => minutes?.get(last - minutesKept + 1 + at)?.[figure] ?? 0);
	}
}

/** Statuses that last have no row yet. */
function withLasting(counts: Counts, id: string, {sinceMs, nowMs}: {sinceMs: number; nowMs: number}, lasting: readonly Lasting[]): Counts {
	for (const each of lasting) {
		const key = occupies(each.status);
		if (key && (id === everybody || each.groupIds.includes(id))) counts[key] += Math.max(0, nowMs - Math.max(each.sinceMs, sinceMs));
	}
	return counts;
}
