import type {TimerWheel, WheelTimer} from './clock.js';
import {type Hop, isStream, type Wire} from './hop.js';

/** RFC 3261 table 4. */
export interface SipTimers {
	t1Ms: number;
	t2Ms: number;
	t4Ms: number;
}
export const sipTimers: SipTimers = {t1Ms: 500, t2Ms: 4000, t4Ms: 5000};

/** What all transactions share. */
export interface TransactionWorld {
	wheel: TimerWheel;
	wire: Wire;
	timers: SipTimers;
	/** Counts messages sent again, for the figures. */
	figures: {retransmitted: number};
}

/** One legal move: the next state and what is done on the way, in order. */
export interface Move<State extends string, Machine, Input> {
	to: State;
	act: readonly ((machine: Machine, input: Input) => void)[];
}
/** A state machine as data: what is absent is ignored. */
export type Moves<State extends string, Event extends string, Machine, Input> = Record<
	State,
	Partial<Record<Event, Move<State, Machine, Input>>>
>;

/** Writes a move so that a table reads as rows. */
export function move<State extends string, Machine, Input>(
	to: State,
	...act: ((machine: Machine, input: Input) => void)[]
): Move<State, Machine, Input> {
	return {to, act};
}

/** State, timers and retransmission: the ground the four machines stand on. */
export abstract class Transaction<State extends string, Event extends string, Input> {
	abstract state: State;
	private retransmission: WheelTimer | undefined;
	private deadline: WheelTimer | undefined;
	private intervalMs = 0;

	constructor(
		readonly world: TransactionWorld,
		readonly key: string,
		readonly hop: Hop,
	) {}

	protected abstract moves(): Moves<State, Event, this, Input>;

	/** Feeds one event; an event without a move in the present state is ignored. */
	step(event: Event, input: Input): void {
		const row = this.moves()[this.state][event];
		if (!row) return;
		this.state = row.to;
		for (const act of row.act) act(this, input);
	}

	get reliable(): boolean {
		return isStream(this.hop.protocol);
	}

	/** Starts a doubling retransmission timer (A, E or G); none over TCP. */
	startRetransmission(event: Event, capMs: number, input: Input): void {
		if (this.reliable) return;
		this.intervalMs = this.world.timers.t1Ms;
		this.retransmitIn(event, capMs, input);
	}
	private retransmitIn(event: Event, capMs: number, input: Input): void {
		this.retransmission = this.world.wheel.start(this.intervalMs, () => {
			this.intervalMs = Math.min(this.intervalMs * 2, capMs);
			this.world.figures.retransmitted++;
			this.retransmitIn(event, capMs, input);
			this.step(event, input);
		});
	}
	/** From now on retransmit every `ms` (timer E in Proceeding, RFC 3261 17.1.2.2). */
	slowRetransmission(ms: number): void {
		this.intervalMs = ms;
	}
	stopRetransmission(): void {
		this.retransmission?.cancel();
		this.retransmission = undefined;
	}

	/** Starts the timer that ends the present state (B, D, F, H, I, J, K, L, M), replacing the one before. */
	startDeadline(event: Event, ms: number, input: Input): void {
		this.deadline?.cancel();
		this.deadline = this.world.wheel.start(ms, () => this.step(event, input));
	}

	/** Stops both timers. */
	stopTimers(): void {
		this.stopRetransmission();
		this.deadline?.cancel();
		this.deadline = undefined;
	}
}
