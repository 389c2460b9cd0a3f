/** Internal calls: one seat calls another, or a phone. There is no customer's leg; the other end is the call's target. */
import {setStatus} from '../agent.js';
import {type Ending, endCall, noteCall} from '../call.js';
import {type Context, change, newId, notify, persist, setTimer} from '../context.js';
import type {Agent, Call} from '../world.js';
import {talkStatus} from './hold.js';
import {playTone, ringOwnPhone, stopTone} from './own-phone.js';
import {arrange, legOf} from './rooms.js';
import {callSeat, findSeat} from './seats.js';
import {stopWatching} from './supervise.js';

/** A call without a customer's leg, in the world. */
export function newInnerCall(
	ctx: Context,
	row: Pick<Call['row'], 'kind' | 'direction' | 'fromNumber' | 'toNumber'> & Partial<Call['row']>,
): Call {
	const id = newId(ctx, 'c');
	const call: Call = {row: {...row, id, startedMs: ctx.nowMs}, phase: 'dialling', legId: '', trunk: '', saved: false};
	ctx.world.calls.set(id, call);
	return call;
}

/** The operator calls an extension. The phone is rung first when it is not connected. */
export function placeInternal(ctx: Context, agent: Agent, extension: string, reason: string): void {
	const {world, nowMs} = ctx;
	const {operatorId} = agent;
	stopWatching(ctx, agent, 'dialled');
	const call = newInnerCall(ctx, {
		kind: 'internal',
		direction: 'out',
		agentId: operatorId,
		fromNumber: agent.extension,
		toNumber: extension,
	});
	call.operatorId = operatorId;
	agent.callId = call.row.id;
	setStatus(ctx, agent, 'dialling', operatorId, reason);
	setTimer(ctx, 'callGuard', call.row.id, nowMs + world.settings.agentRingMs + world.settings.targetRingMs + 2 * world.settings.guardMs);
	noteCall(ctx, call, 'call.dialled', {actor: operatorId, data: {number: extension}});
	persist(ctx, {op: 'putCall', row: {...call.row}});
	change(ctx, operatorId, 'call');
	if (agent.leg.state === 'up') callOther(ctx, agent, call);
	else {
		call.legFirst = true;
		ringOwnPhone(ctx, agent, {number: extension});
	}
}

/** The caller's phone is up: the other end is called, and the caller hears it ring. */
export function callOther(ctx: Context, agent: Agent, call: Call): void {
	delete call.legFirst;
	const seat = findSeat(ctx.world, {number: call.row.toNumber});
	if (!seat || seat.kind === 'group' || seat.kind === 'number') {
		endCall(ctx, call, {outcome: 'invalidNumber', by: 'system', reason: 'noSuchExtension'});
		return;
	}
	playTone(ctx, agent);
	callSeat(ctx, call, seat, {agent});
}

export function internalAnswered(ctx: Context, call: Call): void {
	const agent = ctx.world.agents.get(call.operatorId ?? '');
	if (!agent || legOf(agent) === undefined) {
		endCall(ctx, call, {outcome: 'error', by: 'system', reason: 'agentGone'});
		return;
	}
	stopTone(ctx, agent);
	setStatus(ctx, agent, talkStatus(agent, call), 'system', 'callAnswered');
	noteCall(ctx, call, 'call.assigned');
	change(ctx, agent.operatorId, 'call');
	arrange(ctx, call);
}

export function internalFailed(ctx: Context, call: Call, ending: Ending): void {
	const agent = ctx.world.agents.get(call.operatorId ?? '');
	stopTone(ctx, agent);
	if (agent) notify(ctx, agent, 'info', 'callFailed', {number: call.row.toNumber, reason: ending.reason});
	endCall(ctx, call, ending);
}
