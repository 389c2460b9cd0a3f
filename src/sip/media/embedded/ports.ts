/**
 * The UDP ports of RTP: even ones, each with the next odd one for RTCP (RFC 3550 section 11). A port that comes back rests
 * before it is given out again, so that late packets of an old call never fall into a new one.
 */
export class PortPool {
	private readonly free: number[] = [];
	private readonly resting: {port: number; untilMs: number}[] = [];

	constructor(
		min: number,
		max: number,
		private readonly restMs: number,
	) {
		for (let port = min + (min & 1); port + 1 <= max; port += 2) this.free.push(port);
	}

	/** The next even port, or undefined when all are in use or resting. */
	take(nowMs: number): number | undefined {
		while (this.resting[0] && this.resting[0].untilMs <= nowMs) this.free.push(this.resting.shift()!.port);
		return this.free.shift();
	}

	give(port: number, nowMs: number): void {
		this.resting.push({port, untilMs: nowMs + this.restMs});
	}

	/** How many pairs are free or resting. */
	get size(): number {
		return this.free.length + this.resting.length;
	}
}
