import type {Clock} from '../../src/sip/application/clock.js';

/** Time that a test moves by hand. What falls due runs in order, each at its own moment. */
export class FakeClock implements Clock {
	#nowMs = 0;
	#next = 0;
	readonly #timers = new Map<number, {atMs: number; run: () => void}>();

	nowMs(): number {
		return this.#nowMs;
	}

	after(delayMs: number, run: () => void): () => void {
		const id = this.#next++;
		this.#timers.set(id, {atMs: this.#nowMs + delayMs, run});
		return () => this.#timers.delete(id);
	}

	get pending(): number {
		return this.#timers.size;
	}

	advance(ms: number): void {
		const untilMs = this.#nowMs + ms;
		for (let turns = 0; turns < 100_000; turns++) {
			const due = [...this.#timers].filter(([, {atMs}]) => atMs <= untilMs).sort(([a, x], [b, y]) => x.atMs - y.atMs || a - b)[0];
			if (!due) break;
			this.#timers.delete(due[0]);
			this.#nowMs = Math.max(this.#nowMs, due[1].atMs);
			due[1].run();
		}
		this.#nowMs = untilMs;
	}
}
