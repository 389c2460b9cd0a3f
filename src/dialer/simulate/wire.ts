/**
 * The simulator's JSON lines, for policies in processes of their own: one line asks, one line answers. Times on the wire are in
 * seconds. This side keeps which call is where, so that a policy hears of whole calls.
 */
import type {PacingEvent, PacingPolicy, PacingTerms, PacingView} from '../pacing/policy.js';

export type WireInit = {
	type: 'init';
	agents: number;
	patienceS: number;
	ringTimeoutS: number;
	minRingS: number;
	maxLines: number;
	maxCps: number;
	abandonTarget: number;
};
export type WireEvent = {e: string; id?: number; r?: string; age?: number; pick?: number; talk?: number; wrap?: number; machine?: number};
export type WireState = {
	type: 'state';
	t: number;
	agents: {n: number; idle: number; talkId: number[]; talkFor: number[]; wrapFor: number[]};
	calls: {
		setupId: number[];
		setupAge: number[];
		ringId: number[];
		ringAge: number[];
		ringFor: number[];
		amdId: number[];
		amdAge: number[];
		amdFor: number[];
		waitId: number[];
		waitFor: number[];
	};
	cum: {human: number; connected: number; abandoned: number};
	events: WireEvent[];
	next?: {id: number[]; f: number[]};
};
export type WireAnswer = {dial: number; cancel?: number[]; dialIds?: number[]};

const ms = (seconds: number): number => Math.round(seconds * 1_000);

/** Where a call was seen last: age at which ringing began, and its chance factor. */
type Seen = {ringAtMs?: number; setUpForMs: number; factor?: number};

export class WireSession {
	readonly #policy: PacingPolicy;
	readonly #state: unknown;
	readonly #init: WireInit;
	readonly #seen = new Map<number, Seen>();
	#tokens: number;
	#tokensMs = 0;
	#factors = new Map<number, number>();

	constructor(policy: PacingPolicy, init: WireInit, terms: Partial<PacingTerms> = {}) {
		this.#policy = policy;
		this.#init = init;
		this.#tokens = init.maxCps;
		this.#state = policy.start({
			patienceMs: ms(init.patienceS),
			ringMs: ms(init.ringTimeoutS),
			minRingMs: ms(init.minRingS),
			abandonMax: init.abandonTarget,
			...terms,
		});
	}

	hello(): {tick: number; onEvent: boolean; minGap: number} {
		return {tick: this.#policy.tickMs / 1_000, onEvent: true, minGap: 0.25};
	}

	decide(state: WireState): WireAnswer {
		const nowMs = ms(state.t);
		for (const event of state.events) {
			const told = this.#told(event);
			if (told) this.#policy.observe(this.#state, told, nowMs);
		}
		this.#follow(state);
		const {calls, giveUp, leads} = this.#policy.decide(this.#state, this.#view(state, nowMs));
		this.#tokens -= calls;
		return {
			dial: calls,
			...(giveUp && giveUp.length > 0 && {cancel: giveUp.map(at => state.calls.ringId[at]!)}),
			...(leads && {dialIds: leads.map(at => state.next!.id[at]!)}),
		};
	}

	#told(event: WireEvent): PacingEvent | undefined {
		switch (event.e) {
			case 'connect':
				return {type: 'joined'};
			case 'abandon':
				return {type: 'abandoned'};
			case 'talkEnd':
				return {type: 'talkEnded', talkMs: ms(event.talk!)};
			case 'wrapEnd':
				return {type: 'wrapUpEnded', wrapUpMs: ms(event.wrap!)};
			case 'result':
				return this.#ended(event);
			default:
				return undefined;
		}
	}

	#ended({id, r, age, pick}: WireEvent): PacingEvent {
		const ageMs = ms(age!);
		const seen = this.#seen.get(id!);
		this.#seen.delete(id!);
		const picked = r === 'human' || r === 'machine';
		const endMs = picked ? ms(pick!) : ageMs;
		// Rang so shortly that no look saw it: from the last look on.
		const ringAtMs = Math.min(endMs, seen?.ringAtMs ?? (seen ? seen.setUpForMs : ageMs / 2));
		return {
			type: 'callEnded',
			outcome: r === 'human' ? 'person' : r === 'machine' || r === 'cancelled' ? r : 'failed',
			setUpMs: ringAtMs,
			ringMs: endMs - ringAtMs,
			...(picked && {detectMs: ageMs - endMs}),
			...(seen?.factor !== undefined && {factor: seen.factor}),
		};
	}

	#follow({calls, next}: WireState): void {
		for (const [at, id] of calls.setupId.entries()) {
			const seen = this.#seen.get(id);
			if (seen) seen.setUpForMs = ms(calls.setupAge[at]!);
			else {
				const factor = this.#factors.get(id);
				this.#seen.set(id, {setUpForMs: ms(calls.setupAge[at]!), ...(factor !== undefined && {factor})});
			}
		}
		for (const [at, id] of calls.ringId.entries()) {
			let seen = this.#seen.get(id);
			if (!seen) this.#seen.set(id, (seen = {setUpForMs: 0}));
			seen.ringAtMs ??= ms(calls.ringAge[at]! - calls.ringFor[at]!);
		}
		if (next) this.#factors = new Map(next.id.map((id, at) => [id, next.f[at]!]));
	}

	#view(state: WireState, nowMs: number): PacingView {
		const {agents, calls, cum} = state;
		const {maxLines, maxCps} = this.#init;
		const lines = calls.setupId.length + calls.ringId.length + calls.amdId.length + calls.waitId.length + agents.talkId.length;
		let roomMax = maxLines > 0 ? Math.max(0, maxLines - lines) : Number.POSITIVE_INFINITY;
		if (maxCps > 0) {
			this.#tokens = Math.min(maxCps, this.#tokens + ((nowMs - this.#tokensMs) / 1_000) * maxCps);
			this.#tokensMs = nowMs;
			roomMax = Math.min(roomMax, Math.floor(this.#tokens));
		}
		const factorsOf = (ids: number[]) => ids.map(id => this.#seen.get(id)?.factor ?? 1);
		return {
			nowMs,
			agents: {idle: agents.idle, talkForMs: agents.talkFor.map(ms), wrapUpForMs: agents.wrapFor.map(ms)},
			calls: {
				setUpForMs: calls.setupAge.map(ms),
				ringForMs: calls.ringFor.map(ms),
				detectForMs: calls.amdFor.map(ms),
				waitForMs: calls.waitFor.map(ms),
				...(state.next && {factors: {setUp: factorsOf(calls.setupId), ring: factorsOf(calls.ringId), detect: factorsOf(calls.amdId)}}),
			},
			roomMax,
			periods: [{answered: cum.connected + cum.abandoned, abandoned: cum.abandoned}],
			...(state.next && {leadFactors: state.next.f}),
		};
	}
}
