/**
 * Dials of list entries that wait for their claim: a number is called once it is on the disk that it is being called. Whoever kills the
 * service in between finds either no call, or a call that the next start knows of.
 */

import type {TelephonyEffect} from './domain/effects.js';
import type {TelephonyEvent} from './domain/events.js';
import type {Committer} from './loop-committer.js';

type Dial = Extract<TelephonyEffect, {type: 'dial'}>;

export class HeldDials {
	readonly #committer: Pick<Committer, 'afterAll'>;
	readonly #send: (dial: Dial) => void;
	readonly #report: (event: TelephonyEvent) => void;
	readonly #held = new Set<string>();

	constructor(committer: Pick<Committer, 'afterAll'>, send: (dial: Dial) => void, report: (event: TelephonyEvent) => void) {
		this.#committer = committer;
		this.#send = send;
		this.#report = report;
	}

	hold(dial: Dial): void {
		const {legId} = dial;
		this.#held.add(legId);
		this.#committer.afterAll(saved => {
			if (!this.#held.delete(legId)) return;
			if (saved) this.#send(dial);
			// Not 'cancelled': that would be dialled again at once, and be refused again.
			else this.#report({type: 'legFailed', legId, failure: 'error'});
		});
	}

	/** It is not wanted any more. False: it has gone out, or is none of these. */
	drop(legId: string): boolean {
		if (!this.#held.delete(legId)) return false;
		this.#report({type: 'legFailed', legId, failure: 'cancelled'});
		return true;
	}

	/** The store is out of order: by the time it is back these may not be right any more. */
	dropAll(): void {
		for (const legId of [...this.#held]) this.drop(legId);
	}
}
