/** From so many packets a turn on (5 ms), 20 recorded calls, packets are taken in bundles. */
const busyPackets = 10;
/** Bundles come this far apart: the delay that it adds at most. */
const apartMs = 1;
/** A nap shorter than this costs more than it saves. */
const napMsMin = 0.1;

/**
 * Takes packets in bundles when there are many. Waking up for each one costs more than relaying it: three thousand a second
 * are one every 0.3 ms, each with a turn of the event loop. So a busy thread sleeps for what is left of a millisecond after
 * each look at the network, and finds several packets at the next one. A quiet thread, and one that has no time left, do not.
 */
export class Pace {
	private nowMs = 0;
	private inBundle = false;
	private packets = 0;
	private busy = false;

	/** `sleep`: stops the thread. `afterPackets`: calls back once what has come in has been dealt with, as `setImmediate`. */
	constructor(
		private readonly now: () => number,
		private readonly sleep: (ms: number) => void,
		private readonly afterPackets: (end: () => void) => void,
	) {}

	/** Call it for each packet. Returns the time of its bundle: the clock is read once for all of it. */
	packet(): number {
		this.packets++;
		if (!this.inBundle) {
			this.inBundle = true;
			this.nowMs = this.now();
			this.afterPackets(this.end);
		}
		return this.nowMs;
	}

	/** Call it every turn. */
	turn(): void {
		this.busy = this.packets >= busyPackets;
		this.packets = 0;
	}

	private readonly end = (): void => {
		this.inBundle = false;
		if (!this.busy) return;
		const napMs = apartMs - (this.now() - this.nowMs);
		if (napMs >= napMsMin) this.sleep(Math.min(napMs, apartMs));
	};
}
