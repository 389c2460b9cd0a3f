/**
 * 転送 by the keys of the operator's own telephone. At once: the telephone asks that the customer be called on to a number. After a
 * talk: it puts the customer aside, dials the colleague on a second line (a consultation here), and asks that the two be joined.
 * It is the console's transfer in every rule; only the answer goes to the telephone, and to the event log.
 */
import {type Context, log, note, tell} from '../context.js';
import type {Refused, TransferSaid} from '../effects.js';
import type {LegFailure, TelephonyEvent} from '../events.js';
import type {Agent, Call} from '../world.js';
import {playTone} from './own-phone.js';
import {arrange, targetLeg} from './rooms.js';
import {forgetSecond} from './second-leg.js';
import {completeTransfer, goBack, startTransfer} from './transfer.js';

type Asked = Extract<TelephonyEvent, {type: 'transferAsked'}>;

export function transferAsked(ctx: Context, event: Asked): void {
	const {transferId, legId, to} = event;
	const owner = ctx.world.legs.get(legId);
	const agent = owner?.kind === 'agent' || owner?.kind === 'second' ? ctx.world.agents.get(owner.operatorId) : undefined;
	ctx.callId = agent?.callId;
	const refusal = agent ? ask(ctx, agent, event) : ({code: 'notAllowed', message: 'no operator is logged in at this telephone'} as const);
	if (!refusal) return;
	tell(ctx, {type: 'tellTransfer', transferId, say: {is: 'refused', because: becauseOf(refusal), why: refusal.message}});
	note(ctx, 'call.transferRefused', {reason: refusal.code, agentId: agent?.operatorId, callId: agent?.callId, data: {to}});
	log(ctx, 'info', 'a transfer by telephone was refused', {agentId: agent?.operatorId, reason: refusal.message});
}

function ask(ctx: Context, agent: Agent, {transferId, legId, to, replacesLegId}: Asked): Refused | undefined {
	const {leg, second, operatorId} = agent;
	if (replacesLegId === undefined) {
		if (second?.legId === legId) return {code: 'notAllowed', message: 'it is the customer who can be transferred'};
		return startTransfer(ctx, agent, 'blind', {number: to}, transferId);
	}
	const call = ctx.world.calls.get(agent.callId ?? '');
	const both = leg.state === 'up' && second ? [leg.legId, second.legId] : [];
	// Which of the two calls is asked to replace the other is a matter of the telephone's make.
	if (!call?.transfer || legId === replacesLegId || !both.includes(legId) || !both.includes(replacesLegId))
		return {code: 'notFound', message: 'that call is no consultation of this telephone'};
	sayTransfer(ctx, call, {is: 'failed', failure: 'cancelled'});
	call.transfer.askedAs = transferId;
	sayTransfer(ctx, call, {is: 'accepted'});
	completeTransfer(ctx, call, operatorId);
	return undefined;
}

const notNow: ReadonlySet<Refused['code']> = new Set(['notNow', 'shuttingDown', 'tooManyCalls', 'linesBusy']);

/** What the telephone is told; a 404 would end its call (RFC 5057). */
function becauseOf({code}: Refused): Extract<TransferSaid, {is: 'refused'}>['because'] {
	if (code === 'badNumber' || code === 'notFound') return 'impossible';
	return notNow.has(code) ? 'declined' : 'forbidden';
}

/** To the telephone that has asked for the transfer of this call, if one has. */
export function sayTransfer(ctx: Context, call: Call | undefined, say: Exclude<TransferSaid, {is: 'refused'}>): void {
	const transferId = call?.transfer?.askedAs;
	if (transferId !== undefined) tell(ctx, {type: 'tellTransfer', transferId, say});
}

const failures: ReadonlySet<string> = new Set<LegFailure>([
	'busy',
	'noAnswer',
	'declined',
	'invalidNumber',
	'congestion',
	'unreachable',
	'phoneDown',
	'trunkDown',
	'incompatible',
	'cancelled',
]);

export const failureOf = (outcome: string): LegFailure => (failures.has(outcome) ? (outcome as LegFailure) : 'error');

/** The second call is there: the operator hears how it rings, or talks already. */
export function secondUp(ctx: Context, agent: Agent): void {
	if (!agent.second || agent.second.isUp) return;
	agent.second.isUp = true;
	if (agent.muted) tell(ctx, {type: 'mute', legId: agent.second.legId, muted: true});
	const call = ctx.world.calls.get(agent.callId ?? '');
	const target = ctx.world.calls.get(call?.transfer?.callId ?? '');
	if (!call || !target) return;
	if (targetLeg(ctx.world, target) === undefined) playTone(ctx, agent);
	else arrange(ctx, call);
}

/** The telephone has put its second call down, or never got it up: the customer is back, as by 切断 on the target. */
export function secondGone(ctx: Context, agent: Agent): void {
	forgetSecond(ctx, agent);
	const call = ctx.world.calls.get(agent.callId ?? '');
	if (agent.status === 'transferring' && call?.transfer) goBack(ctx, agent, call);
}
