/**
 * The agent's own leg, kept connected while the agent works (online mode).
 *
 *   none --connect--> connecting --answered--> up
 *    ^                    |                     |
 *    +------ failed ------+------- ended -------+      connected again with back-off while the phone is registered
 */
import {setStatus} from './agent.js';
import {type Context, change, clearTimer, newId, setTimer, tell} from './context.js';
import {isOnline, takeLeg} from './incall/own-phone.js';
import type {Agent} from './world.js';

/**
 * Calls the agent's phone. Does nothing when it is connected or connecting, or the phone is not registered. In ringing mode there
 * is nothing to connect: with a registered phone the agent can work.
 */
export function connectLeg(ctx: Context, agent: Agent): void {
	if (agent.leg.state !== 'none' || agent.stage !== 'working' || !ctx.world.phones.has(agent.extension)) return;
	if (!isOnline(ctx.world, agent)) {
		if (agent.status === 'offline' || agent.status === 'phoneDown') setStatus(ctx, agent, agent.wanted, 'system', 'phoneRegistered');
		agent.wanted = 'wrapUp';
		return;
	}
	const {agentRingMs, guardMs} = ctx.world.settings;
	const legId = newId(ctx, 'l');
	tell(ctx, {type: 'connectAgent', legId, extension: agent.extension, ringMs: agentRingMs});
	// Should neither an answer nor a failure be reported.
	takeLeg(ctx, agent, legId, ctx.nowMs + agentRingMs + guardMs);
}

/** Connects after a while, longer after each failure. */
export function connectLater(ctx: Context, agent: Agent): void {
	if (!isOnline(ctx.world, agent)) {
		connectLeg(ctx, agent);
		return;
	}
	const {agentRetryMs, agentRetryMsMax} = ctx.world.settings;
	const waitMs = Math.min(agentRetryMsMax, agentRetryMs * 2 ** Math.min(agent.legFailures, 16));
	setTimer(ctx, 'agentLeg', agent.operatorId, ctx.nowMs + waitMs);
}

/** The leg is gone or given up; nothing is sent. */
export function forgetLeg(ctx: Context, agent: Agent): void {
	if (agent.leg.state !== 'none') ctx.world.legs.delete(agent.leg.legId);
	agent.leg = {state: 'none'};
	agent.playing = false;
	if (agent.listening) {
		delete agent.listening;
		change(ctx, agent.operatorId, 'status');
	}
	clearTimer(ctx, 'agentLeg', agent.operatorId);
	change(ctx, agent.operatorId, 'phone');
}

/** Ends the leg from our side. */
export function dropLeg(ctx: Context, agent: Agent): void {
	if (agent.leg.state !== 'none') tell(ctx, {type: 'hangUp', legId: agent.leg.legId});
	forgetLeg(ctx, agent);
}
