/**
 * One outbound leg's life, as a table of moves. It does nothing itself: what is to be done comes out as effects.
 *
 *   preparing --offerReady--> dialling --1xx--> ringing --200--> connecting --mediaAgreed--> answered --> over
 *                                 \               \
 *                                  '--hangUp, ring time up--> cancelling --final response or patience over--> over
 *
 * A 200 that crosses our CANCEL makes a call all the same (RFC 3261 section 9.1: the CANCEL has no effect then). It is reported as
 * answered: somebody is on the line, and whoever gave it up says what they hear before it is hung up on.
 */
import type {LegEndedBy, LegFailure} from '../port.js';
import {failureOf} from './leg-failure.js';

/** Those of an outbound leg, and from `offered` on those that only an inbound one has. */
export type LegPhase =
	| 'preparing'
	| 'dialling'
	| 'ringing'
	| 'cancelling'
	| 'connecting'
	| 'answered'
	| 'over'
	| 'offered'
	| 'taking'
	| 'accepting'
	| 'awaitingAck';

export type LegModel = {
	phase: LegPhase;
	/** Why we cancel, while we do. */
	givingUp: 'noAnswer' | 'cancelled';
	rang: boolean;
	/** SDP of a 183, for peers whose 200 has none. */
	earlySdp: string;
};

export type LegInput =
	| {type: 'offerReady'}
	/** No endpoint: ports exhausted, engine down, or a caller's offer without a codec of ours. */
	| {type: 'mediaFailed'; failure: 'incompatible' | 'congestion' | 'error'; detail: string}
	| {type: 'progress'; status: number; sdp: string}
	| {type: 'accepted'; sdp: string}
	| {type: 'refused'; status: number; reason: string; synthetic: boolean}
	/** The request could not even be sent. */
	| {type: 'notSent'; detail: string}
	| {type: 'mediaAgreed'}
	| {type: 'mediaRefused'; failure: 'incompatible' | 'error'; detail: string}
	| {type: 'ringTimeUp'}
	| {type: 'patienceUp'}
	| {type: 'hangUp'}
	/** The loop's decisions about a call that came in, and its caller's CANCEL. */
	| {type: 'ring'}
	| {type: 'answer'}
	| {type: 'reject'; status: number; text?: string}
	| {type: 'callerGone'}
	/** A BYE came; `network` when our signalling server made it up (ACK timeout, session timer). */
	| {type: 'bye'; network: boolean; detail: string}
	/** Media or signalling under the leg is gone, or the peer no longer answers. */
	| {type: 'lost'; detail: string};

/** What the call of a leg does, outbound or inbound. */
export type CallEffect =
	| {do: 'invite'}
	| {do: 'cancel'}
	/** Give the peer's SDP to the endpoint. */
	| {do: 'agree'; sdp: string}
	| {do: 'startRingTimer'}
	| {do: 'stopRingTimer'}
	/** The time a CANCEL gets to bring a final response. */
	| {do: 'startPatience'}
	| {do: 'ring'}
	/** Make an endpoint for the caller's offer, then answer with it. */
	| {do: 'take'}
	| {do: 'accept'}
	| {do: 'refuse'; status: number; text?: string};

export type LegEffect =
	| CallEffect
	| {do: 'bye'}
	| {do: 'freeMedia'}
	| {do: 'reportRinging'}
	| {do: 'reportAnswered'}
	| {do: 'reportFailed'; failure: LegFailure; sipStatus?: number; detail?: string}
	| {do: 'reportEnded'; by: LegEndedBy; detail?: string};

export const newLeg = (): LegModel => ({phase: 'preparing', givingUp: 'cancelled', rang: false, earlySdp: ''});

type Failed = Extract<LegEffect, {do: 'reportFailed'}>;

export const failed = (failure: LegFailure, detail?: string, sipStatus?: number): Failed => ({
	do: 'reportFailed',
	failure,
	...(sipStatus === undefined ? {} : {sipStatus}),
	...(detail === undefined || detail === '' ? {} : {detail}),
});

export function over(leg: {phase: LegPhase}, ...effects: LegEffect[]): LegEffect[] {
	leg.phase = 'over';
	return [{do: 'stopRingTimer'}, ...effects, {do: 'freeMedia'}];
}

/** One move. Changes `leg` and returns what is to be done, in order. Inputs that mean nothing in a phase are dropped. */
export function stepLeg(leg: LegModel, input: LegInput): LegEffect[] {
	switch (leg.phase) {
		case 'preparing':
			return preparing(leg, input);
		case 'dialling':
		case 'ringing':
			return dialling(leg, input);
		case 'cancelling':
			return cancelling(leg, input);
		case 'connecting':
			return connecting(leg, input);
		case 'answered':
			return answered(leg, input);
		default:
			return input.type === 'accepted' ? [{do: 'bye'}] : [];
	}
}

function preparing(leg: LegModel, input: LegInput): LegEffect[] {
	switch (input.type) {
		case 'offerReady':
			leg.phase = 'dialling';
			return [{do: 'invite'}, {do: 'startRingTimer'}];
		case 'mediaFailed':
			return over(leg, failed(input.failure, input.detail));
		case 'hangUp':
			return over(leg, failed('cancelled'));
		case 'lost':
			return over(leg, failed('error', input.detail));
		default:
			return [];
	}
}

function dialling(leg: LegModel, input: LegInput): LegEffect[] {
	switch (input.type) {
		case 'progress': {
			if (input.sdp) leg.earlySdp = input.sdp;
			if (input.status <= 100 || leg.rang) return [];
			leg.rang = true;
			leg.phase = 'ringing';
			return [{do: 'reportRinging'}];
		}
		case 'accepted':
			return accepted(leg, input.sdp);
		case 'refused':
			return over(leg, failed(failureOf({...input, rang: leg.rang}), input.reason, input.status));
		case 'notSent':
			return over(leg, failed('error', input.detail));
		case 'ringTimeUp':
			return giveUp(leg, 'noAnswer');
		case 'hangUp':
			return giveUp(leg, 'cancelled');
		case 'lost':
			return over(leg, {do: 'cancel'}, failed('error', input.detail));
		default:
			return [];
	}
}

function accepted(leg: LegModel, theirs: string): LegEffect[] {
	const sdp = theirs || leg.earlySdp;
	if (!sdp) return over(leg, {do: 'bye'}, failed('incompatible', 'answered without SDP', 200));
	leg.phase = 'connecting';
	return [{do: 'stopRingTimer'}, {do: 'agree', sdp}];
}

function giveUp(leg: LegModel, why: 'noAnswer' | 'cancelled'): LegEffect[] {
	leg.phase = 'cancelling';
	leg.givingUp = why;
	return [{do: 'stopRingTimer'}, {do: 'cancel'}, {do: 'startPatience'}];
}

function cancelling(leg: LegModel, input: LegInput): LegEffect[] {
	switch (input.type) {
		case 'accepted':
			return accepted(leg, input.sdp);
		case 'refused': {
			// 487 is the fruit of our CANCEL; anything else crossed it and says more than our own reason.
			const own = input.status === 487 || leg.givingUp === 'cancelled' || input.synthetic;
			return over(leg, failed(own ? leg.givingUp : failureOf({...input, rang: leg.rang}), undefined, input.status));
		}
		case 'hangUp':
			leg.givingUp = 'cancelled';
			return [];
		case 'notSent':
		case 'patienceUp':
		case 'lost':
			return over(leg, failed(leg.givingUp));
		default:
			return [];
	}
}

function connecting(leg: LegModel, input: LegInput): LegEffect[] {
	switch (input.type) {
		case 'mediaAgreed':
			leg.phase = 'answered';
			return [{do: 'reportAnswered'}];
		case 'mediaRefused':
			return over(leg, {do: 'bye'}, failed(input.failure, input.detail, 200));
		case 'bye': // it was answered, however briefly, and must count as that
			return over(leg, {do: 'reportAnswered'}, ended(input.network ? 'network' : 'far', input.detail));
		case 'hangUp': // It was picked up before that: reported in a moment, and hung up on by whoever hears of it.
			return [];
		case 'lost':
			return over(leg, {do: 'bye'}, failed('error', input.detail, 200));
		default:
			return [];
	}
}

const ended = (by: LegEndedBy, detail?: string): LegEffect => ({do: 'reportEnded', by, ...(detail ? {detail} : {})});

/** An answered leg's moves, whoever called whom. */
export function answered(leg: {phase: LegPhase}, input: LegInput): LegEffect[] {
	switch (input.type) {
		case 'hangUp':
			return over(leg, {do: 'bye'}, ended('us'));
		case 'bye':
			return over(leg, ended(input.network ? 'network' : 'far', input.detail));
		case 'lost':
			return over(leg, {do: 'bye'}, ended('network', input.detail));
		default:
			return [];
	}
}
