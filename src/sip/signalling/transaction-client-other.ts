import type {SipMessage} from './message.js';
import type {OutRequest} from './out-request.js';
import type {ClientUser} from './transaction-client-invite.js';
import {type Moves, move, Transaction, type TransactionWorld} from './transaction-machine.js';

/*
 * Client transaction of all other methods: RFC 3261 17.1.2.
 *
 *   trying --1xx--> proceeding --200-699--> completed --K--> terminated
 *      \--200-699--> completed        (F or transport error: terminated)
 */
export type State = 'trying' | 'proceeding' | 'completed' | 'terminated';
export type Event = 'start' | 'provisional' | 'final' | 'timerE' | 'timerF' | 'timerK' | 'transportError';
type Input = SipMessage | undefined;

const transmit = (t: ClientOther) => t.transmit();
const startE = (t: ClientOther) => t.startRetransmission('timerE', t.world.timers.t2Ms, undefined);
const startF = (t: ClientOther) => t.startDeadline('timerF', 64 * t.world.timers.t1Ms, undefined);
const slowE = (t: ClientOther) => t.slowRetransmission(t.world.timers.t2Ms);
const startK = (t: ClientOther) => t.startDeadline('timerK', t.reliable ? 0 : t.world.timers.t4Ms, undefined);
const stopE = (t: ClientOther) => t.stopRetransmission();
const deliver = (t: ClientOther, response: Input) => t.user.response(response!);
const timedOut = (t: ClientOther) => t.user.failed(408);
const unreachable = (t: ClientOther) => t.user.failed(503);
const end = (t: ClientOther) => {
	t.stopTimers();
	t.user.ended();
};

const table: Moves<State, Event, ClientOther, Input> = {
	trying: {
		start: move('trying', transmit, startE, startF),
		timerE: move('trying', transmit),
		provisional: move('proceeding', slowE, deliver),
		final: move('completed', stopE, startK, deliver),
		timerF: move('terminated', timedOut, end),
		transportError: move('terminated', unreachable, end),
	},
	proceeding: {
		timerE: move('proceeding', transmit),
		provisional: move('proceeding', deliver),
		final: move('completed', stopE, startK, deliver),
		timerF: move('terminated', timedOut, end),
		transportError: move('terminated', unreachable, end),
	},
	completed: {
		timerK: move('terminated', end),
	},
	terminated: {},
};

export class ClientOther extends Transaction<State, Event, Input> {
	state: State = 'trying';
	constructor(
		world: TransactionWorld,
		key: string,
		readonly request: OutRequest,
		readonly user: ClientUser,
	) {
		super(world, key, request.hop);
	}
	protected moves(): Moves<State, Event, this, Input> {
		return table as Moves<State, Event, this, Input>;
	}
	/** Takes a response that matched this transaction. */
	receive(response: SipMessage): void {
		this.step(response.status < 200 ? 'provisional' : 'final', response);
	}
	transmit(): void {
		this.world.wire.send(this.hop, this.request.text, () => this.step('transportError', undefined));
	}
}
