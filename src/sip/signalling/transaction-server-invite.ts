import type {Hop} from './hop.js';
import {type Moves, move, Transaction, type TransactionWorld} from './transaction-machine.js';

/*
 * Server INVITE transaction: RFC 3261 17.2.1 with the Accepted state of RFC 6026 8.7.
 *
 *   proceeding --300-699--> completed --ACK--> confirmed --I--> terminated
 *        |                      \--H--> terminated
 *        +--2xx--> accepted --L--> terminated      (retransmitting the 2xx is the leg layer's work)
 */
export type State = 'proceeding' | 'completed' | 'confirmed' | 'accepted' | 'terminated';
export type Event = 'request' | 'ack' | 'provisional' | 'success' | 'failure' | 'timerG' | 'timerH' | 'timerI' | 'timerL';
/** The response to send, whole. */
type Input = string | undefined;

const transmit = (t: ServerInvite, text: Input) => t.transmit(text!);
// A 2xx is repeated by the leg layer, which has its own copy.
const forget = (t: ServerInvite) => t.forget();
const retransmit = (t: ServerInvite) => t.retransmit();
const startG = (t: ServerInvite) => t.startRetransmission('timerG', t.world.timers.t2Ms, undefined);
const startH = (t: ServerInvite) => t.startDeadline('timerH', 64 * t.world.timers.t1Ms, undefined);
const startI = (t: ServerInvite) => t.startDeadline('timerI', t.reliable ? 0 : t.world.timers.t4Ms, undefined);
const startL = (t: ServerInvite) => t.startDeadline('timerL', 64 * t.world.timers.t1Ms, undefined);
const stopG = (t: ServerInvite) => t.stopRetransmission();
const end = (t: ServerInvite) => {
	t.stopTimers();
	t.ended(t);
};

const table: Moves<State, Event, ServerInvite, Input> = {
	proceeding: {
		request: move('proceeding', retransmit),
		provisional: move('proceeding', transmit),
		success: move('accepted', transmit, forget, startL),
		failure: move('completed', transmit, startG, startH),
	},
	completed: {
		request: move('completed', retransmit),
		timerG: move('completed', retransmit),
		ack: move('confirmed', stopG, startI),
		timerH: move('terminated', end),
	},
	confirmed: {
		timerI: move('terminated', end),
	},
	accepted: {
		// RFC 6026 7.1: absorb; the 2xx comes again from the leg layer.
		request: move('accepted'),
		success: move('accepted', transmit, forget),
		timerL: move('terminated', end),
	},
	terminated: {},
};

export class ServerInvite extends Transaction<State, Event, Input> {
	state: State = 'proceeding';
	private last: string | undefined;
	constructor(
		world: TransactionWorld,
		key: string,
		hop: Hop,
		readonly ended: (transaction: ServerInvite) => void,
	) {
		super(world, key, hop);
	}
	protected moves(): Moves<State, Event, this, Input> {
		return table as Moves<State, Event, this, Input>;
	}
	/** Sends a response of that status. */
	respond(status: number, text: string): void {
		this.step(status < 200 ? 'provisional' : status < 300 ? 'success' : 'failure', text);
	}
	transmit(text: string): void {
		this.last = text;
		this.world.wire.send(this.hop, text);
	}
	forget(): void {
		this.last = undefined;
	}
	retransmit(): void {
		if (this.last !== undefined) this.world.wire.send(this.hop, this.last);
	}
}
