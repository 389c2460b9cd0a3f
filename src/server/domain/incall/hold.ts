/** 保留: the other side hears music until 保留 is pressed again. */
import {forbidden, setStatus} from '../agent.js';
import {noteCall} from '../call.js';
import {accept, type Context, change, refuse} from '../context.js';
import type {Refused} from '../effects.js';
import type {Agent, Call} from '../world.js';
import {legOf, setHeld, targetLeg} from './rooms.js';

/** The status of an operator who talks in this call. */
export function talkStatus(agent: Agent, call: Call): 'talkingOut' | 'talkingIn' {
	return call.row.direction === 'in' || call.operatorId !== agent.operatorId ? 'talkingIn' : 'talkingOut';
}

/** The call of an operator, or why there is none to talk in. It may still be on the way to the talk. */
export function talkNow(ctx: Context, agent: Agent): Call | Refused {
	const call = ctx.world.calls.get(agent.callId ?? '');
	return call?.phase === 'talking' ? call : {code: 'notNow', status: agent.status, message: 'nobody is on the line yet'};
}

/** The same, with the refusal as the answer to the request. */
export function talkOf(ctx: Context, agent: Agent, requestId: string): Call | undefined {
	const call = talkNow(ctx, agent);
	if (!('code' in call)) return call;
	refuse(ctx, requestId, call);
	return undefined;
}

export function hold(ctx: Context, agent: Agent, requestId: string) {
	if (agent.status === 'held') return resume(ctx, agent, requestId);
	const refusal = forbidden(agent, 'hold');
	if (refusal) return refuse(ctx, requestId, refusal);
	const call = talkOf(ctx, agent, requestId);
	if (!call) return;
	if (call.held || (call.row.transferOf !== undefined && call.operatorId === undefined))
		return refuse(ctx, requestId, {code: 'notNow', status: agent.status, message: 'the other side holds the call'});
	const other = call.legId !== '' ? call.legId : otherLeg(ctx, agent, call);
	if (other === undefined) return refuse(ctx, requestId, {code: 'notNow', status: agent.status, message: 'nobody is on the line'});
	setStatus(ctx, agent, 'held', agent.operatorId, 'holdButton');
	setHeld(ctx, call, true, other);
	noteCall(ctx, call, 'call.held', {actor: agent.operatorId});
	change(ctx, agent.operatorId, 'call');
	accept(ctx, requestId);
}

/** Of an internal call: its other end, seen from this operator. */
function otherLeg(ctx: Context, agent: Agent, call: Call): string | undefined {
	if (call.operatorId === agent.operatorId) return targetLeg(ctx.world, call);
	return legOf(ctx.world.agents.get(call.operatorId ?? ''));
}

export function resume(ctx: Context, agent: Agent, requestId: string) {
	const call = ctx.world.calls.get(agent.callId ?? '');
	if (agent.status !== 'held' || !call) return refuse(ctx, requestId, {code: 'notNow', status: agent.status, message: 'no call is held'});
	backToTalk(ctx, agent, call, agent.operatorId, 'holdButton');
	accept(ctx, requestId);
}

/** Music off, status 通話中. */
export function backToTalk(ctx: Context, agent: Agent, call: Call, actor: string, reason: string): void {
	setStatus(ctx, agent, talkStatus(agent, call), actor, reason);
	setHeld(ctx, call, false);
	noteCall(ctx, call, 'call.resumed', {actor, reason});
	change(ctx, agent.operatorId, 'call');
}
