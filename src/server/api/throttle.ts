/** Slows down who fails again and again. Time is an argument; the map is bounded. */

export type ThrottleOptions = {
	/** Failures that cost nothing. */
	free: number;
	/** Pause after the first failure that costs; it doubles with each further one. */
	firstMs: number;
	longestMs: number;
	/** Without a failure for this long, all is forgotten. */
	forgetMs: number;
	keysMax?: number;
};

type Entry = {failures: number; lastMs: number};

export class Throttle {
	readonly #entries = new Map<string, Entry>();

	constructor(private readonly options: ThrottleOptions) {}

	/** How long this key has to wait before it may try; 0 = it may. */
	waitMs(key: string, nowMs: number): number {
		const entry = this.#entries.get(key);
		if (!entry) return 0;
		if (nowMs - entry.lastMs >= this.options.forgetMs) {
			this.#entries.delete(key);
			return 0;
		}
		const costly = entry.failures - this.options.free;
		if (costly <= 0) return 0;
		const pauseMs = Math.min(this.options.longestMs, this.options.firstMs * 2 ** Math.min(costly - 1, 30));
		return Math.max(0, entry.lastMs + pauseMs - nowMs);
	}

	/** Counts a try as failed. Called before the check, so that tries under way at the same time count too; a success takes it back. */
	count(key: string, nowMs: number): void {
		const entry = this.#entries.get(key);
		this.#entries.delete(key);
		this.#entries.set(key, {failures: (entry?.failures ?? 0) + 1, lastMs: nowMs});
		if (this.#entries.size > (this.options.keysMax ?? 10_000)) {
			for (const oldest of this.#entries.keys()) {
				this.#entries.delete(oldest);
				break;
			}
		}
	}

	takeBack(key: string): void {
		const entry = this.#entries.get(key);
		if (entry) entry.failures = Math.max(0, entry.failures - 1);
	}

	forget(key: string): void {
		this.#entries.delete(key);
	}
}

/** A bucket of credits that fills steadily: `perSecond` on the average, `burst` at once. */
export class Credits {
	#credits: number;
	#lastMs: number;

	constructor(
		private readonly perSecond: number,
		private readonly burst: number,
		nowMs: number,
	) {
		this.#credits = burst;
		this.#lastMs = nowMs;
	}

	/** Takes one credit. Returns 0, or the milliseconds until there is one. */
	take(nowMs: number): number {
		this.#credits = Math.min(this.burst, this.#credits + (Math.max(0, nowMs - this.#lastMs) * this.perSecond) / 1000);
		this.#lastMs = nowMs;
		if (this.#credits >= 1) {
			this.#credits -= 1;
			return 0;
		}
		return Math.ceil(((1 - this.#credits) * 1000) / this.perSecond);
	}
}
