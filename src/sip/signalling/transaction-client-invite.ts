import type {SipMessage} from './message.js';
import {ackForFailure, type OutRequest} from './out-request.js';
import {type Moves, move, Transaction, type TransactionWorld} from './transaction-machine.js';

/*
 * Client INVITE transaction: RFC 3261 17.1.1 with the Accepted state of RFC 6026 8.4.
 *
 *   calling --1xx--> proceeding --300-699--> completed --D--> terminated
 *      |  \                \--2xx--> accepted --M--> terminated
 *      |   \--2xx, 300-699 as above
 *      +--B, transport error--> terminated
 */
export type State = 'calling' | 'proceeding' | 'completed' | 'accepted' | 'terminated';
export type Event =
	| 'start'
	| 'provisional'
	| 'success'
	| 'failure'
	| 'timerA'
	| 'timerB'
	| 'timerD'
	| 'timerM'
	| 'transportError'
	| 'abandon';

/** Who hears of the outcome. */
export interface ClientUser {
	response(message: SipMessage): void;
	/** No final response will come: 408 by timer, 503 by the network. */
	failed(status: 408 | 503): void;
	ended(): void;
}

type Input = SipMessage | undefined;

const transmit = (t: ClientInvite) => t.transmit();
const startA = (t: ClientInvite) => t.startRetransmission('timerA', Number.POSITIVE_INFINITY, undefined);
const startB = (t: ClientInvite) => t.startDeadline('timerB', 64 * t.world.timers.t1Ms, undefined);
const stopTimers = (t: ClientInvite) => t.stopTimers();
// Timer D: at least 32 s over UDP, none over TCP.
const startD = (t: ClientInvite) => t.startDeadline('timerD', t.reliable ? 0 : 64 * t.world.timers.t1Ms, undefined);
const startM = (t: ClientInvite) => t.startDeadline('timerM', 64 * t.world.timers.t1Ms, undefined);
const sendAck = (t: ClientInvite, response: Input) => t.acknowledge(response!);
const deliver = (t: ClientInvite, response: Input) => t.user.response(response!);
const timedOut = (t: ClientInvite) => t.user.failed(408);
const unreachable = (t: ClientInvite) => t.user.failed(503);
const end = (t: ClientInvite) => {
	t.stopTimers();
	t.user.ended();
};

const table: Moves<State, Event, ClientInvite, Input> = {
	calling: {
		start: move('calling', transmit, startA, startB),
		timerA: move('calling', transmit),
		provisional: move('proceeding', stopTimers, deliver),
		success: move('accepted', stopTimers, startM, deliver),
		failure: move('completed', stopTimers, sendAck, startD, deliver),
		timerB: move('terminated', timedOut, end),
		transportError: move('terminated', unreachable, end),
	},
	proceeding: {
		provisional: move('proceeding', deliver),
		success: move('accepted', startM, deliver),
		failure: move('completed', sendAck, startD, deliver),
		// The user gave up on a cancelled call that got no final response (RFC 3261 9.1).
		abandon: move('terminated', end),
	},
	completed: {
		failure: move('completed', sendAck),
		timerD: move('terminated', end),
		transportError: move('terminated', end),
	},
	accepted: {
		success: move('accepted', deliver),
		timerM: move('terminated', end),
	},
	terminated: {},
};

export class ClientInvite extends Transaction<State, Event, Input> {
	state: State = 'calling';
	private ack: string | undefined;
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
		this.step(response.status < 200 ? 'provisional' : response.status < 300 ? 'success' : 'failure', response);
	}
	transmit(): void {
		this.world.wire.send(this.hop, this.request.text, () => this.step('transportError', undefined));
	}
	acknowledge(response: SipMessage): void {
		this.ack ??= ackForFailure(this.request, response);
		this.world.wire.send(this.hop, this.ack);
	}
}
