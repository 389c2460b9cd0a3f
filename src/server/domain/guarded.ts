/** A programmer's error ends the call it was met in, never the service. */
import {endCall, release} from './call.js';
import type {Context} from './context.js';

/** Runs a part of a step; what it trips over is reported, and the call at hand is ended. */
export function guarded(ctx: Context, act: () => void): void {
	try {
		act();
	} catch (error) {
		const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
		ctx.effects.push({type: 'assertFailed', message, ...(ctx.callId !== undefined && {callId: ctx.callId})});
		rescue(ctx);
	}
}

/** Ends the call that a programmer's error concerned, by force if need be. */
function rescue(ctx: Context): void {
	const call = ctx.callId === undefined ? undefined : ctx.world.calls.get(ctx.callId);
	if (!call) return;
	try {
		if (call.row.endedMs === undefined) endCall(ctx, call, {outcome: 'error', by: 'system', reason: 'assertFailed'});
	} catch {
		call.row.endedMs = ctx.nowMs;
		call.row.outcome = 'error';
		for (const agent of ctx.world.agents.values()) if (agent.callId === call.row.id) delete agent.callId;
		ctx.effects.push({type: 'hangUp', legId: call.legId});
		release(ctx, call);
	}
}
