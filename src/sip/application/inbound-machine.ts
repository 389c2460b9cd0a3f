/**
 * One inbound leg's life, as a table of moves; what is to be done comes out as effects.
 *
 *   offered --answer--> taking --offerReady--> accepting --accepted--> answered --> over
 *                                                   \--accepted, our offer--> awaitingAck --mediaAgreed--> answered
 *
 * Until the 200 is out the caller may give up at any moment (CANCEL), and so may we (a final response). A 200 that crosses
 * either is followed by a BYE. An offer of ours (the INVITE had none) is answered with the ACK (RFC 3261 section 13.2.1).
 */
import type {LegFailure} from '../port.js';
import {answered, failed, type LegEffect, type LegInput, type LegPhase, over} from './leg-machine.js';

export type InboundModel = {
	phase: LegPhase;
	/** The INVITE brought no offer, so that the 200 brings ours. */
	late: boolean;
};

export const newInbound = (late: boolean): InboundModel => ({phase: 'offered', late});

const mediaStatus: Partial<Record<LegFailure, number>> = {incompatible: 488, congestion: 503};

/** One move. Changes `leg` and returns what is to be done, in order. Inputs that mean nothing in a phase are dropped. */
export function stepInbound(leg: InboundModel, input: LegInput): LegEffect[] {
	switch (leg.phase) {
		case 'offered':
			return offered(leg, input);
		case 'taking':
			return taking(leg, input);
		case 'accepting':
			return accepting(leg, input);
		case 'awaitingAck':
			return awaitingAck(leg, input);
		case 'answered':
			return answered(leg, input);
		default:
			return input.type === 'accepted' ? [{do: 'bye'}] : [];
	}
}

function offered(leg: InboundModel, input: LegInput): LegEffect[] {
	switch (input.type) {
		case 'ring':
			return [{do: 'ring'}];
		case 'answer':
			leg.phase = 'taking';
			return [{do: 'stopRingTimer'}, {do: 'take'}];
		case 'ringTimeUp':
			return refuse(leg, 480, 'noAnswer', 'nobody has decided about this call');
		default:
			return unanswered(leg, input);
	}
}

function refuse(leg: InboundModel, status: number, failure: LegFailure, detail?: string): LegEffect[] {
	return over(leg, {do: 'refuse', status}, failed(failure, detail, status));
}

/** What ends a call that has no final response yet. */
function unanswered(leg: InboundModel, input: LegInput): LegEffect[] {
	switch (input.type) {
		case 'reject':
			return over(
				leg,
				{do: 'refuse', status: input.status, ...(input.text !== undefined && {text: input.text})},
				failed('cancelled', undefined, input.status),
			);
		case 'hangUp':
			return refuse(leg, 480, 'cancelled');
		case 'callerGone':
			return over(leg, failed('cancelled', 'the caller gave up', 487));
		case 'lost':
			return refuse(leg, 503, 'error', input.detail);
		default:
			return [];
	}
}

function taking(leg: InboundModel, input: LegInput): LegEffect[] {
	switch (input.type) {
		case 'offerReady':
			leg.phase = 'accepting';
			return [{do: 'accept'}];
		case 'mediaFailed':
			return refuse(leg, mediaStatus[input.failure] ?? 500, input.failure, input.detail);
		default:
			return unanswered(leg, input);
	}
}

function accepting(leg: InboundModel, input: LegInput): LegEffect[] {
	switch (input.type) {
		case 'accepted':
			leg.phase = leg.late ? 'awaitingAck' : 'answered';
			return leg.late ? [] : [{do: 'reportAnswered'}];
		case 'notSent':
			return over(leg, {do: 'refuse', status: 500}, failed('error', input.detail));
		case 'callerGone':
			return over(leg, failed('cancelled', 'the caller gave up', 487));
		case 'reject':
		case 'hangUp':
			return over(leg, failed('cancelled'));
		case 'lost':
			return over(leg, failed('error', input.detail));
		default:
			return [];
	}
}

function awaitingAck(leg: InboundModel, input: LegInput): LegEffect[] {
	switch (input.type) {
		case 'mediaAgreed':
			leg.phase = 'answered';
			return [{do: 'reportAnswered'}];
		case 'mediaRefused':
			return over(leg, {do: 'bye'}, failed(input.failure, input.detail, 200));
		case 'bye':
			return over(leg, failed(input.network ? 'error' : 'cancelled', input.detail, 200));
		case 'reject':
		case 'hangUp':
			return over(leg, {do: 'bye'}, failed('cancelled', undefined, 200));
		case 'lost':
			return over(leg, {do: 'bye'}, failed('error', input.detail, 200));
		default:
			return [];
	}
}
