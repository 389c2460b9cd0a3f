/** What is reported about agents' phones and their legs. */
import {offerBroken} from './acd/offers.js';
import {setStatus} from './agent.js';
import {type Context, change, clearTimer, note} from './context.js';
import {goReady} from './joining.js';
import {agentLost} from './outcomes.js';
import {connectLater, connectLeg, dropLeg, forgetLeg} from './phone.js';
import type {Agent} from './world.js';

/** The phone has answered: the agent can work. */
export function legUp(ctx: Context, agent: Agent): void {
	if (agent.leg.state !== 'connecting') return;
	agent.leg = {...agent.leg, state: 'up'};
	agent.legFailures = 0;
	clearTimer(ctx, 'agentLeg', agent.operatorId);
	change(ctx, agent.operatorId, 'phone');
	note(ctx, 'agent.legUp', {agentId: agent.operatorId, data: {extension: agent.extension}});
	if (agent.status !== 'offline' && agent.status !== 'phoneDown') return;
	const wanted = agent.wanted;
	agent.wanted = 'wrapUp';
	if (wanted === 'ready') goReady(ctx, agent, agent.operatorId, 'phoneConnected');
	else setStatus(ctx, agent, 'wrapUp', 'system', 'phoneConnected');
}

/** The phone did not answer, or its leg is over. */
export function legDown(ctx: Context, agent: Agent, reason: string, by: 'far' | 'us' | 'network'): void {
	note(ctx, 'agent.legDown', {agentId: agent.operatorId, callId: agent.callId, reason, data: {extension: agent.extension}});
	const {callId} = agent;
	forgetLeg(ctx, agent);
	agent.legFailures++;
	offerBroken(ctx, agent, reason);
	const call = callId === undefined ? undefined : ctx.world.calls.get(callId);
	if (call) agentLost(ctx, call, by);
	else if (agent.status !== 'phoneDown' && agent.status !== 'away' && agent.status !== 'break') {
		agent.wanted = 'wrapUp';
		setStatus(ctx, agent, 'phoneDown', 'system', reason);
	}
	if (ctx.world.phones.has(agent.extension)) connectLater(ctx, agent);
}

export function phoneUp(ctx: Context, extension: string): void {
	if (ctx.world.phones.has(extension)) return;
	ctx.world.phones.add(extension);
	const agent = agentAt(ctx, extension);
	if (!agent) return;
	change(ctx, agent.operatorId, 'phone');
	note(ctx, 'phone.up', {agentId: agent.operatorId, data: {extension}});
	if (agent.leg.state !== 'none') return;
	if (agent.legFailures === 0) connectLeg(ctx, agent);
	else connectLater(ctx, agent);
}

/** Not registered any more. A call that still runs goes on; without one the leg is given up. */
export function phoneDown(ctx: Context, extension: string, reason: string): void {
	if (!ctx.world.phones.delete(extension)) return;
	const agent = agentAt(ctx, extension);
	if (!agent) return;
	change(ctx, agent.operatorId, 'phone');
	note(ctx, 'phone.down', {agentId: agent.operatorId, reason, data: {extension}});
	if (agent.callId !== undefined) return;
	offerBroken(ctx, agent, reason);
	dropLeg(ctx, agent);
	if (agent.status === 'phoneDown' || agent.status === 'away' || agent.status === 'break' || agent.stage !== 'working') return;
	agent.wanted = 'wrapUp';
	setStatus(ctx, agent, 'phoneDown', 'system', reason);
}

/** Time to connect, or a connection that was never reported. */
export function legDue(ctx: Context, agent: Agent): void {
	if (agent.leg.state === 'up') return;
	if (agent.leg.state === 'connecting') {
		dropLeg(ctx, agent);
		agent.legFailures++;
		if (agent.status === 'offline') setStatus(ctx, agent, 'phoneDown', 'system', 'noReport');
		if (ctx.world.phones.has(agent.extension)) connectLater(ctx, agent);
		return;
	}
	connectLeg(ctx, agent);
}

export function agentAt(ctx: Context, extension: string): Agent | undefined {
	for (const agent of ctx.world.agents.values()) if (agent.extension === extension) return agent;
	return undefined;
}
