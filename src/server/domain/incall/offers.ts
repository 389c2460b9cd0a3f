/** What rings at an operator, of either kind: a colleague's call is here, a caller of the queue is the queue's. */
import {takeCall} from '../acd/offers.js';
import type {Context} from '../context.js';
import type {Agent} from '../world.js';
import {seatFailed, seatTaken} from './seats.js';

/** The phone that was rung for it is up: in ringing mode that is the answer. */
export function takeOffer(ctx: Context, agent: Agent): void {
	const {offer} = agent;
	if (offer?.kind === 'internal') seatTaken(ctx, agent);
	else if (offer?.kind === 'call') takeCall(ctx, ctx.world.calls.get(offer.itemId)!, agent);
}

/** The phone that rings, or would carry the call, is gone. */
export function offerLost(ctx: Context, agent: Agent, reason: string): void {
	const {offer} = agent;
	if (offer?.kind !== 'internal') return;
	const call = ctx.world.calls.get(offer.itemId);
	if (call) seatFailed(ctx, call, reason === 'noAnswer' || reason === 'declined' || reason === 'busy' ? reason : 'phoneDown');
}
