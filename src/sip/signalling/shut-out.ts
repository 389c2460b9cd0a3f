/** Of so many ports of a shut-out address a REGISTER is heard; who comes from more than that is no office. */
const portsMax = 64;
const addressesMax = 20_000;

type Window = {atMs: number; byPort: Map<number, number>};

/**
 * Addresses from which nothing is taken any more. What comes from there is dropped unread, which costs next to nothing, but for an ACK
 * (it ends our own repeating) and a few REGISTERs a second from each port: a phone there that knows its password must find a way in, and
 * needs two of them.
 */
export class ShutOutAddresses {
	private readonly untilMs = new Map<string, number>();
	private readonly heard = new Map<string, Window>();
	/** Messages dropped since the start. */
	dropped = 0;

	constructor(private readonly registersPerSecondMax: number) {}

	/** Until `untilMs` on the clock of `drops`; 0 lets the address in again. */
	set(address: string, untilMs: number): void {
		this.untilMs.delete(address);
		this.heard.delete(address);
		if (untilMs === 0) return;
		this.untilMs.set(address, untilMs);
		if (this.untilMs.size > addressesMax) this.set(this.untilMs.keys().next().value!, 0);
	}

	/** Is what begins with this method to be dropped? */
	drops(start: string, from: {address: string; port: number}, nowMs: number): boolean {
		if (this.untilMs.size === 0) return false;
		const untilMs = this.untilMs.get(from.address);
		if (untilMs === undefined) return false;
		if (untilMs <= nowMs) {
			this.set(from.address, 0);
			return false;
		}
		if (start.startsWith('ACK')) return false;
		if (start.startsWith('REGISTER') && this.inTurn(from, nowMs)) return false;
		this.dropped++;
		return true;
	}

	private inTurn({address, port}: {address: string; port: number}, nowMs: number): boolean {
		let window = this.heard.get(address);
		if (!window || nowMs - window.atMs >= 1000) {
			window = {atMs: nowMs, byPort: new Map()};
			this.heard.set(address, window);
		}
		const count = window.byPort.get(port) ?? 0;
		if (count >= this.registersPerSecondMax || (count === 0 && window.byPort.size >= portsMax)) return false;
		window.byPort.set(port, count + 1);
		return true;
	}
}
