/**
 * A second call of an operator's own phone: with the customer put aside on one line, the operator dials a colleague on another.
 * While that consultation lasts the operator talks and hears by the second leg; it is let go with the status 転送中.
 */
import {type Context, change, tell} from '../context.js';
import type {Agent} from '../world.js';

/** The leg by which an operator talks and hears, if it is up. */
export function voiceOf(agent: Agent | undefined): string | undefined {
	if (agent?.second) return agent.second.isUp ? agent.second.legId : undefined;
	return agent?.leg.state === 'up' ? agent.leg.legId : undefined;
}

export function takeSecond(ctx: Context, agent: Agent, legId: string): void {
	agent.second = {legId, isUp: false};
	ctx.world.legs.set(legId, {kind: 'second', operatorId: agent.operatorId});
}

/** It is gone, or not wanted: nothing is sent. */
export function forgetSecond(ctx: Context, agent: Agent): void {
	if (!agent.second) return;
	ctx.world.legs.delete(agent.second.legId);
	delete agent.second;
	agent.playing = false;
	change(ctx, agent.operatorId, 'phone');
}

export function dropSecond(ctx: Context, agent: Agent): void {
	if (!agent.second) return;
	tell(ctx, {type: 'hangUp', legId: agent.second.legId});
	forgetSecond(ctx, agent);
}
