import type {Hop} from './hop.js';
import {type Moves, move, Transaction, type TransactionWorld} from './transaction-machine.js';

/*
 * Server transaction of all other methods: RFC 3261 17.2.2.
 *
 *   trying --1xx--> proceeding --200-699--> completed --J--> terminated
 *      \--200-699--> completed
 */
export type State = 'trying' | 'proceeding' | 'completed' | 'terminated';
export type Event = 'request' | 'provisional' | 'final' | 'timerJ' | 'abandon';
type Input = string | undefined;

const transmit = (t: ServerOther, text: Input) => t.transmit(text!);
const retransmit = (t: ServerOther) => t.retransmit();
const startJ = (t: ServerOther) => t.startDeadline('timerJ', t.reliable ? 0 : 64 * t.world.timers.t1Ms, undefined);
const end = (t: ServerOther) => {
	t.stopTimers();
	t.ended(t);
};

const table: Moves<State, Event, ServerOther, Input> = {
	trying: {
		request: move('trying'),
		provisional: move('proceeding', transmit),
		final: move('completed', transmit, startJ),
		abandon: move('terminated', end),
	},
	proceeding: {
		request: move('proceeding', retransmit),
		provisional: move('proceeding', transmit),
		final: move('completed', transmit, startJ),
		abandon: move('terminated', end),
	},
	completed: {
		request: move('completed', retransmit),
		timerJ: move('terminated', end),
	},
	terminated: {},
};

export class ServerOther extends Transaction<State, Event, Input> {
	state: State = 'trying';
	private last: string | undefined;
	constructor(
		world: TransactionWorld,
		key: string,
		hop: Hop,
		readonly ended: (transaction: ServerOther) => void,
	) {
		super(world, key, hop);
	}
	protected moves(): Moves<State, Event, this, Input> {
		return table as Moves<State, Event, this, Input>;
	}
	/** Sends a response of that status. */
	respond(status: number, text: string): void {
		this.step(status < 200 ? 'provisional' : 'final', text);
	}
	transmit(text: string): void {
		this.last = text;
		this.world.wire.send(this.hop, text);
	}
	retransmit(): void {
		if (this.last !== undefined) this.world.wire.send(this.hop, this.last);
	}
}
