/** A programmer's error ends the call it was met in, never the service. */
import {inCall, setStatus} from './agent.js';
import {release} from './call.js';
import {type Context, change, clearTimer, note, persist, tell} from './context.js';
import {changeEntry} from './entries.js';
import type {Call} from './world.js';

/** Runs a part of a step; what it trips over is reported, and the call at hand is ended. */
export function guarded(ctx: Context, act: () => void): void {
	try {
		act();
	} catch (error) {
		const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
		ctx.effects.push({type: 'assertFailed', message, ...(ctx.callId !== undefined && {callId: ctx.callId})});
		const call = ctx.callId === undefined ? undefined : ctx.world.calls.get(ctx.callId);
		if (call) tearOut(ctx, call);
	}
}

/** Takes a call out of the world piece by piece, trusting nothing of what it says about itself. */
function tearOut(ctx: Context, call: Call): void {
	const {world, nowMs} = ctx;
	call.row.endedMs ??= nowMs;
	call.row.endedBy ??= 'system';
	call.row.outcome ??= 'error';
	for (const [bridgeId, callId] of world.bridges) {
		if (callId !== call.row.id) continue;
		world.bridges.delete(bridgeId);
		tell(ctx, {type: 'part', bridgeId});
	}
	for (const [legId, owner] of world.legs) {
		if (!('callId' in owner) || owner.callId !== call.row.id) continue;
		tell(ctx, {type: 'hangUp', legId});
		if (legId !== call.legId) world.legs.delete(legId);
	}
	for (const [roomId, callId] of world.rooms) {
		if (callId !== call.row.id) continue;
		world.rooms.delete(roomId);
		tell(ctx, {type: 'setRoom', roomId, members: []});
	}
	for (const name of ['offer', 'waitMax', 'announce', 'step'] as const) clearTimer(ctx, name, call.row.id);
	for (const agent of world.agents.values()) {
		if (agent.watch?.callId === call.row.id) delete agent.watch;
		if (agent.callId !== call.row.id && agent.offer?.itemId !== call.row.id) continue;
		delete agent.callId;
		delete agent.offer;
		delete agent.incoming;
		if (!inCall.includes(agent.status)) continue;
		agent.status = agent.leg.state === 'up' ? 'wrapUp' : 'phoneDown';
		agent.sinceMs = nowMs;
		Object.assign(agent, {actor: 'system', reason: 'assertFailed'});
		note(ctx, 'agent.status', {agentId: agent.operatorId, reason: 'assertFailed', callId: call.row.id, data: {to: agent.status}});
		change(ctx, agent.operatorId, 'status', 'call', 'incoming');
	}
	note(ctx, 'call.ended', {callId: call.row.id, reason: 'assertFailed', data: {outcome: call.row.outcome, by: call.row.endedBy}});
	persist(ctx, {op: 'putCall', row: {...call.row}});
	if (call.entry) changeEntry(ctx, call.entry, {state: 'failed', lastOutcome: 'error'}, {callId: call.row.id, reason: 'assertFailed'});
	release(ctx, call);
	partners(ctx, call);
}

/** A transfer has two calls: without the customer's the target's is over, without the target's the customer is on hold. */
function partners(ctx: Context, call: Call): void {
	for (const other of [...ctx.world.calls.values()]) {
		if (other.row.transferOf === call.row.id && other.legId === '') tearOut(ctx, other);
		if (other.transfer?.callId !== call.row.id) continue;
		delete other.transfer;
		const agent = ctx.world.agents.get(other.operatorId ?? '');
		if (agent?.status === 'transferring') setStatus(ctx, agent, 'held', 'system', 'assertFailed');
	}
}
