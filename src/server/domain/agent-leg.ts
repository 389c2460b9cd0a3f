/** What is reported about agents' phones and their legs. */
import {offerBroken, phoneNotTaken} from './acd/offers.js';
import {setStatus} from './agent.js';
import {type Context, change, clearTimer, note} from './context.js';
import {ownPhoneUp} from './direct.js';
import {listenUp} from './incall/listen.js';
import {offerLost, takeOffer} from './incall/offers.js';
import {isOnline, phoneUsable} from './incall/own-phone.js';
import {stopWatching, watchUp} from './incall/supervise.js';
import {goReady} from './joining.js';
import {agentLost} from './outcomes.js';
import {connectLater, connectLeg, dropLeg, forgetLeg} from './phone.js';
import type {Agent} from './world.js';

/** The phone has answered: the agent can work. */
export function legUp(ctx: Context, agent: Agent) {
	if (agent.leg.state !== 'connecting') return;
	agent.leg = {...agent.leg, state: 'up'};
	agent.legFailures = 0;
	clearTimer(ctx, 'agentLeg', agent.operatorId);
	change(ctx, agent.operatorId, 'phone');
	note(ctx, 'agent.legUp', {agentId: agent.operatorId, data: {extension: agent.extension}});
	const call = ctx.world.calls.get(agent.callId ?? '');
	if (call?.legFirst) return ownPhoneUp(ctx, agent, call);
	if (agent.watch) return watchUp(ctx, agent);
	if (agent.listening) return listenUp(ctx, agent);
	if (agent.offer && !isOnline(ctx.world, agent)) return takeOffer(ctx, agent);
	if (agent.status !== 'offline' && agent.status !== 'phoneDown') return;
	const wanted = agent.wanted;
	agent.wanted = 'wrapUp';
	if (wanted === 'ready') goReady(ctx, agent, agent.operatorId, 'phoneConnected');
	else setStatus(ctx, agent, 'wrapUp', 'system', 'phoneConnected');
}

/** The phone did not answer, or its leg is over. */
export function legDown(ctx: Context, agent: Agent, reason: string, by: 'far' | 'us' | 'network', hangUp = false) {
	note(ctx, 'agent.legDown', {agentId: agent.operatorId, callId: agent.callId, reason, data: {extension: agent.extension}});
	const {callId} = agent;
	if (hangUp) dropLeg(ctx, agent);
	else forgetLeg(ctx, agent);
	agent.legFailures++;
	if (agent.offer?.kind === 'call' && phoneUsable(ctx.world, agent)) return phoneNotTaken(ctx, agent);
	offerBroken(ctx, agent, reason);
	const call = callId === undefined ? undefined : ctx.world.calls.get(callId);
	if (agent.watch) stopWatching(ctx, agent, reason);
	if (call) agentLost(ctx, call, by, agent);
	else if (agent.offer) offerLost(ctx, agent, reason);
	else if (!isOnline(ctx.world, agent) && agent.status !== 'ringing') return;
	else if (agent.status !== 'phoneDown' && agent.status !== 'away' && agent.status !== 'break') {
		// Whoever has just begun and never had the phone still wants what was asked for; whoever loses it in the work is asked again.
		if (agent.status !== 'offline') agent.wanted = 'wrapUp';
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
	if (agent.watch) stopWatching(ctx, agent, reason);
	dropLeg(ctx, agent);
	if (agent.offer) offerLost(ctx, agent, reason);
	if (agent.status === 'phoneDown' || agent.status === 'away' || agent.status === 'break' || agent.stage !== 'working') return;
	agent.wanted = 'wrapUp';
	setStatus(ctx, agent, 'phoneDown', 'system', reason);
}

/** Time to connect, or a connection that was never reported. */
export function legDue(ctx: Context, agent: Agent) {
	if (agent.leg.state === 'up') return;
	if (agent.leg.state === 'connecting') {
		const {callId, offer, watch} = agent;
		if (callId !== undefined || offer || watch) return legDown(ctx, agent, 'noReport', 'network', true);
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
