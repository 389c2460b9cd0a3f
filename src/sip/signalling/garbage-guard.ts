import type {Clock} from './clock.js';
import type {Hop} from './hop.js';

/** Malformed messages one source may send in a second before all it sends is ignored for the rest of that second. */
export const garbagePerSecondMax = 50;
const sourcesMax = 10_000;

/**
 * Slows down sources of garbage: answering each malformed message would make the server a tool of whoever sends them.
 * A source is an address with its port, so that a forged sender cannot silence a whole carrier.
 */
export class GarbageGuard {
	private counts = new Map<string, number>();
	private windowAtMs = 0;
	constructor(private readonly clock: Clock) {}

	/** True while everything from that source is ignored. */
	blocked(from: Hop): boolean {
		if (this.counts.size === 0) return false;
		if (this.clock.nowMs() - this.windowAtMs >= 1000) {
			this.counts.clear();
			return false;
		}
		return (this.counts.get(`${from.address}|${from.port}`) ?? 0) >= garbagePerSecondMax;
	}

	/** Notes one malformed message. */
	count(from: Hop): void {
		if (this.counts.size === 0) this.windowAtMs = this.clock.nowMs();
		if (this.counts.size >= sourcesMax) return;
		const key = `${from.address}|${from.port}`;
		this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
	}
}
