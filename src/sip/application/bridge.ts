import type {TelephonyEvent} from '../port.js';
import {type Clock, within} from './clock.js';
import type {Leg} from './leg.js';

type Join = {bridgeId: string; beep: boolean; recordPath?: string};

/** Which legs hear each other. That a leg of a bridge hangs up is only reported: what follows is the loop's decision. */
export class Bridges {
	readonly #pairs = new Map<string, readonly [Leg, Leg]>();
	readonly #clock: Clock;
	readonly #waitMs: number;
	readonly #report: (event: TelephonyEvent) => void;
	readonly #leaveRoom: (leg: Leg) => void;

	constructor(clock: Clock, waitMs: number, report: (event: TelephonyEvent) => void, leaveRoom: (leg: Leg) => void) {
		this.#clock = clock;
		this.#waitMs = waitMs;
		this.#report = report;
		this.#leaveRoom = leaveRoom;
	}

	join({bridgeId, beep, recordPath}: Join, customer: Leg | undefined, agent: Leg | undefined): void {
		const fail = (reason: string): void => this.#report({type: 'joinFailed', bridgeId, reason});
		const customerEnd = customer?.endpoint;
		const agentEnd = agent?.endpoint;
		if (!customer || !customerEnd) {
			fail('the customer is gone');
			return;
		}
		if (!agent || !agentEnd) {
			fail('the agent is gone');
			return;
		}
		for (const leg of [customer, agent]) {
			this.forget(leg);
			this.#leaveRoom(leg);
		}
		this.#pairs.set(bridgeId, [customer, agent]);
		customer.media.stopPlaying();
		agent.media.stopPlaying();
		// All at once: the first word must not wait for a beep or a file.
		const joined = customerEnd.bridge(agentEnd);
		if (recordPath !== undefined) customer.media.record(recordPath);
		if (beep) agent.media.beep();
		within(
			this.#clock,
			this.#waitMs,
			joined.then(() => true),
		).then(
			done => {
				if (done && customer.answered && agent.answered) return this.#report({type: 'joined', bridgeId});
				this.#pairs.delete(bridgeId);
				fail(done ? 'a leg has ended' : 'the media server does not answer');
			},
			error => {
				this.#pairs.delete(bridgeId);
				fail(error instanceof Error ? error.message : String(error));
			},
		);
	}

	part(bridgeId: string): void {
		for (const leg of this.#pairs.get(bridgeId) ?? []) leg.endpoint?.unbridge();
		this.#pairs.delete(bridgeId);
	}

	/** The other party of a leg's bridge. */
	partnerOf(leg: Leg): Leg | undefined {
		for (const pair of this.#pairs.values()) if (pair.includes(leg)) return pair.find(other => other !== leg);
		return undefined;
	}

	/** Drops the bridges of a leg from the books; the media server has parted them or is about to. */
	forget(leg: Leg): void {
		for (const [bridgeId, pair] of this.#pairs) if (pair.includes(leg)) this.#pairs.delete(bridgeId);
	}
}
