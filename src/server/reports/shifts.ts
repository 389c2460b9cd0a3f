/** Operators' time by status from rows of the event log: every moment between login and logoff is in exactly one of the parts. */
import type {AgentStatus, EventRow} from '../domain/model.js';
import type {TimedStatus} from './items.js';

export const shiftKinds = ['agent.status', 'session.restored', 'session.working', 'service.recovered', 'service.stopping'] as const;

/** A status that is over, or still lasts when the period ends. */
export type Part = {
	agentId: string;
	status: TimedStatus;
	sinceMs: number;
	untilMs: number;
	callId?: string;
	groupIds: readonly string[];
	/** What came then; undefined: it lasts. */
	next?: string;
};
/** What an operator was in when the period began. */
export type Standing = {agentId: string; status: string; sinceMs: number; callId?: string; groupIds?: readonly string[]};

type Running = {status: AgentStatus; sinceMs: number; callId?: string};

export class Shifts {
	readonly #running = new Map<string, Running>();
	readonly #groupIds = new Map<string, readonly string[]>();
	/** Those of whom a restart has told already. */
	readonly #restored = new Set<string>();
	readonly #deliver: (part: Part) => void;
	/** The last sign of life before a restart. */
	#lastMs: number;
	#stoppedMs: number | undefined;
	/** The service comes up again: what is written now is not of the time before. */
	#coming = false;

	constructor(standing: readonly Standing[], fromMs: number, deliver: (part: Part) => void) {
		this.#deliver = deliver;
		this.#lastMs = fromMs;
		for (const {agentId, status, sinceMs, callId, groupIds} of standing) {
			if (groupIds) this.#groupIds.set(agentId, groupIds);
			if (status !== 'loggedOff')
				this.#running.set(agentId, {status: status as AgentStatus, sinceMs, ...(callId !== undefined && {callId})});
		}
	}

	add(event: EventRow): void {
		this.sign(event);
		const {kind, agentId, atMs, data} = event;
		if (kind === 'service.stopping') this.#stoppedMs = atMs;
		else if (kind === 'session.restored' && agentId !== undefined) this.#interrupted(agentId, atMs, true);
		else if (kind === 'service.recovered') {
			// Whose session did not come back was gone when the service ended.
			for (const [id] of this.#running) if (!this.#restored.has(id)) this.#interrupted(id, atMs, false);
			this.#restored.clear();
			this.#stoppedMs = undefined;
			this.#coming = false;
			this.#lastMs = atMs;
		} else if (kind === 'session.working' && agentId !== undefined)
			this.#groupIds.set(agentId, (data?.['groupIds'] as string[] | undefined) ?? []);
		else if (kind === 'agent.status' && agentId !== undefined) this.#changed(agentId, event);
	}

	/** The service was there. What a restart writes about the time before says nothing of it. */
	sign({kind, reason, atMs}: Pick<EventRow, 'kind' | 'reason' | 'atMs'>): void {
		if (kind === 'session.restored' || kind === 'service.recovered' || reason === 'serviceStopped') this.#coming = true;
		if (!this.#coming) this.#lastMs = Math.max(this.#lastMs, atMs);
	}

	#changed(agentId: string, {atMs, callId, data}: EventRow): void {
		const to = String(data?.['to']);
		this.#end(agentId, atMs, to);
		if (to !== 'loggedOff') this.#running.set(agentId, {status: to as AgentStatus, sinceMs: atMs, ...(callId !== undefined && {callId})});
		else this.#groupIds.delete(agentId);
	}

	#end(agentId: string, atMs: number, next: string): void {
		const running = this.#running.get(agentId);
		this.#running.delete(agentId);
		if (running) this.#deliver({agentId, ...running, untilMs: atMs, groupIds: this.#groupIds.get(agentId) ?? [], next});
	}

	/** The service was away: until its last sign the status lasted, from then on nothing is known. */
	#interrupted(agentId: string, atMs: number, comesBack: boolean): void {
		const running = this.#running.get(agentId);
		if (comesBack) this.#restored.add(agentId);
		if (!running) return;
		const endedMs = Math.max(running.sinceMs, Math.min(atMs, this.#stoppedMs ?? this.#lastMs));
		const groupIds = this.#groupIds.get(agentId) ?? [];
		this.#end(agentId, endedMs, 'interrupted');
		if (comesBack && endedMs < atMs)
			this.#deliver({agentId, status: 'interrupted', sinceMs: endedMs, untilMs: atMs, groupIds, next: 'offline'});
	}

	/** What lasts when the period ends. Once. */
	close(atMs: number): void {
		for (const [agentId, running] of this.#running)
			if (running.sinceMs < atMs) this.#deliver({agentId, ...running, untilMs: atMs, groupIds: this.#groupIds.get(agentId) ?? []});
		this.#running.clear();
	}
}

/** Whole seconds of these times that add up to the whole seconds of their sum. */
export function wholeSeconds(timesMs: readonly number[]): {parts: number[]; total: number} {
	const total = Math.round(timesMs.reduce((sum, ms) => sum + ms, 0) / 1_000);
	const parts = timesMs.map(ms => Math.floor(ms / 1_000));
	const order = timesMs.map((ms, at) => ({at, rest: ms % 1_000})).sort((a, b) => b.rest - a.rest || a.at - b.at);
	let left = total - parts.reduce((sum, seconds) => sum + seconds, 0);
	for (const {at} of order) if (left-- > 0) parts[at]!++;
	return {parts, total};
}
