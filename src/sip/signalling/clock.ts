/** Time as the signalling server sees it; tests put in a clock of their own. */
export interface Clock {
	/** Monotonic milliseconds. */
	nowMs(): number;
	/** Milliseconds since 1970, for time stamps only. */
	wallMs(): number;
	/** Calls `fire` once, `delayMs` from now; returns a function that prevents it. */
	after(delayMs: number, fire: () => void): () => void;
}

/** The machine's clock. Its timers do not keep a process alive. */
export const systemClock: Clock = {
	nowMs: () => performance.now(),
	wallMs: () => Date.now(),
	after(delayMs, fire) {
		const timer = setTimeout(fire, delayMs);
		return () => clearTimeout(timer);
	},
};

/** A pending timer of the wheel; `cancel` may be called at any time, any number of times. */
export class WheelTimer {
	prev: WheelTimer | undefined;
	next: WheelTimer | undefined;
	slot = -1;
	constructor(
		readonly wheel: TimerWheel,
		readonly fire: () => void,
		public dueMs: number,
	) {}
	cancel(): void {
		this.wheel.remove(this);
	}
}

const slotCount = 1024;
export const tickMs = 10;

/**
 * All SIP timers of the server in one hashed wheel: starting and stopping one costs a few stores, whatever the number,
 * and the clock is asked for one timer only. A timer fires at the first tick at or after its due time.
 */
export class TimerWheel {
	private readonly slots: (WheelTimer | undefined)[] = new Array(slotCount).fill(undefined);
	private tick: number;
	private stopTicking: (() => void) | undefined;
	count = 0;

	/** `onFault` is told what a timer has thrown, so that the others still fire; without it the error is thrown on. */
	constructor(
		readonly clock: Clock,
		private readonly onFault?: (error: unknown) => void,
	) {
		this.tick = Math.floor(clock.nowMs() / tickMs);
	}

	/** Calls `fire` in `delayMs`. */
	start(delayMs: number, fire: () => void): WheelTimer {
		if (this.count === 0) this.tick = Math.floor(this.clock.nowMs() / tickMs);
		const timer = new WheelTimer(this, fire, this.clock.nowMs() + delayMs);
		// Never the slot of the current tick: it has been served already.
		const slot = Math.max(Math.ceil(timer.dueMs / tickMs), this.tick + 1) % slotCount;
		timer.slot = slot;
		timer.next = this.slots[slot];
		if (timer.next) timer.next.prev = timer;
		this.slots[slot] = timer;
		this.count++;
		if (!this.stopTicking) this.arm();
		return timer;
	}

	remove(timer: WheelTimer): void {
		if (timer.slot < 0) return;
		if (timer.prev) timer.prev.next = timer.next;
		else this.slots[timer.slot] = timer.next;
		if (timer.next) timer.next.prev = timer.prev;
		timer.prev = timer.next = undefined;
		timer.slot = -1;
		this.count--;
	}

	private arm(): void {
		const nextMs = (this.tick + 1) * tickMs;
		this.stopTicking = this.clock.after(Math.max(1, nextMs - this.clock.nowMs()), () => this.advance());
	}

	private advance(): void {
		this.stopTicking = undefined;
		const target = Math.floor(this.clock.nowMs() / tickMs);
		// After a long stall one round of the wheel visits every slot; more rounds would find nothing new.
		if (target - this.tick > slotCount) this.tick = target - slotCount;
		while (this.tick < target) {
			this.tick++;
			this.fireSlot(this.tick % slotCount, this.tick * tickMs);
		}
		if (this.count > 0 && !this.stopTicking) this.arm();
	}

	private fireSlot(slot: number, upToMs: number): void {
		const due: WheelTimer[] = [];
		for (let timer = this.slots[slot]; timer; timer = timer.next) if (timer.dueMs <= upToMs) due.push(timer);
		// Newest first in the list; fire in the order they were started.
		for (let index = due.length - 1; index >= 0; index--) {
			const timer = due[index]!;
			if (timer.slot < 0) continue;
			this.remove(timer);
			try {
				timer.fire();
			} catch (error) {
				if (!this.onFault) throw error;
				this.onFault(error);
			}
		}
	}

	/** Drops all timers. */
	close(): void {
		this.stopTicking?.();
		this.stopTicking = undefined;
		this.slots.fill(undefined);
		this.count = 0;
	}
}
