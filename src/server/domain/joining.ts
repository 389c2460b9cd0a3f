/** A customer and an agent are brought together, and what may go wrong in that moment. */
import assert from 'node:assert';
import {setStatus} from './agent.js';
import {dateText} from './calendar.js';
import {endCall, isRecorded, markAbandoned, moveCall, noteCall, takeApart} from './call.js';
import {type Context, change, clearTimer, log, newId, operatorOf, persist, setTimer, tell} from './context.js';
import {changeEntry} from './entries.js';
import {clearPanes, showCustomer} from './panes.js';
import {connectLater, dropLeg} from './phone.js';
import type {Agent, Call, World} from './world.js';

/** Agents who may be given a call of the group now: in 受付中, leg up, online mode for predictive work. */
export function readyAgents(world: World): Agent[] {
	const ready: Agent[] = [];
	for (const agent of world.agents.values()) {
		if (agent.status === 'ready' && agent.leg.state === 'up' && isOnline(world, agent)) ready.push(agent);
	}
	return ready.sort((a, b) => a.sinceMs - b.sinceMs || (a.operatorId < b.operatorId ? -1 : 1));
}

/** Predictive work needs online mode. */
export function isOnline(world: World, agent: Agent): boolean {
	return operatorOf(world, agent.operatorId)?.workMode === 'online';
}

/** The agent of the group who has been in 受付中 for longest. */
export function longestReady(world: World, groupId: string): Agent | undefined {
	return readyAgents(world).find(agent => agent.groupIds.includes(groupId));
}

/** The call that has waited longest for an agent of these groups. */
export function longestWaiting(world: World, groupIds: readonly string[]): Call | undefined {
	let longest: Call | undefined;
	for (const call of world.calls.values()) {
		if (call.phase !== 'waiting' || !groupIds.includes(call.row.groupId ?? '')) continue;
		if (!longest || (call.row.answeredMs ?? 0) < (longest.row.answeredMs ?? 0)) longest = call;
	}
	return longest;
}

/** Joins an answered customer to an agent whose leg is up. The agent's screen has the customer in the same step. */
export function join(ctx: Context, call: Call, agent: Agent): void {
	const {world, nowMs} = ctx;
	assert(agent.leg.state === 'up' && agent.callId === undefined, `agent ${agent.operatorId} cannot be joined`);
	const bridgeId = newId(ctx, 'b');
	moveCall(ctx, call, 'joining');
	clearTimer(ctx, 'abandon', call.row.id);
	call.bridgeId = bridgeId;
	call.operatorId = agent.operatorId;
	call.row.agentId = agent.operatorId;
	agent.callId = call.row.id;
	world.bridges.set(bridgeId, call.row.id);
	if (agent.playing) tell(ctx, {type: 'stopPlaying', legId: agent.leg.legId});
	agent.playing = false;
	if (isRecorded(ctx, call.row)) call.row.recordingPath = `${dateText(nowMs, world.settings.utcOffsetMs)}/${call.row.id}.wav`;
	tell(ctx, {
		type: 'join',
		bridgeId,
		customerLegId: call.legId,
		agentLegId: agent.leg.legId,
		beep: call.row.kind === 'predictive',
		...(call.row.recordingPath !== undefined && {recordPath: call.row.recordingPath}),
	});
	setTimer(ctx, 'callGuard', call.row.id, nowMs + world.settings.guardMs);
	setStatus(ctx, agent, 'talkingOut', 'system', 'callAnswered');
	noteCall(ctx, call, 'call.assigned', {data: {waitedMs: nowMs - (call.row.answeredMs ?? nowMs)}});
	persist(ctx, {op: 'putCall', row: {...call.row}});
	if (call.entry) changeEntry(ctx, call.entry, {state: 'inCall'}, {callId: call.row.id, reason: 'callAnswered'});
	const customer = world.customers.get(call.row.customerId ?? '');
	if (call.row.kind === 'predictive') {
		if (customer) showCustomer(ctx, agent, customer, call.row.id);
		else clearPanes(ctx, agent);
	}
	change(ctx, agent.operatorId, 'call');
}

/** Both directions flow. */
export function joined(ctx: Context, call: Call): void {
	if (call.phase !== 'joining') return;
	moveCall(ctx, call, 'talking');
	clearTimer(ctx, 'callGuard', call.row.id);
	call.row.joinedMs = ctx.nowMs;
	const agent = ctx.world.agents.get(call.operatorId ?? '');
	if (agent) agent.joinFailures = 0;
	noteCall(ctx, call, 'call.joined');
	persist(ctx, {op: 'putCall', row: {...call.row}});
}

/** The agent could not be joined or went away: the customer goes to the next one, or is told why not. */
export function joinFailed(ctx: Context, call: Call, reason: string): void {
	if (call.phase !== 'joining') return;
	clearTimer(ctx, 'callGuard', call.row.id);
	noteCall(ctx, call, 'call.joinFailed', {reason});
	log(ctx, 'warn', 'a customer could not be joined to an agent', {callId: call.row.id, reason});
	if (call.row.kind !== 'predictive') {
		endCall(ctx, call, {outcome: 'error', by: 'system', reason: 'joinFailed'});
		return;
	}
	takeApart(ctx, call);
	letGo(ctx, call);
	moveCall(ctx, call, 'waiting');
	if (call.entry) changeEntry(ctx, call.entry, {state: 'dialling'}, {callId: call.row.id, reason: 'joinFailed'});
	waitForAgent(ctx, call);
}

/** The agent has nothing to do with the call any more: it never got to talk. */
function letGo(ctx: Context, call: Call) {
	const agent = ctx.world.agents.get(call.operatorId ?? '');
	delete call.operatorId;
	delete call.row.agentId;
	if (!agent || agent.callId !== call.row.id) return;
	delete agent.callId;
	clearPanes(ctx, agent);
	change(ctx, agent.operatorId, 'call');
	// Not back to 受付中: the same leg would fail the next customer as well. Failing twice running, it is connected anew.
	agent.joinFailures++;
	const good = agent.leg.state === 'up' && agent.joinFailures < 2 && ctx.world.phones.has(agent.extension);
	if (good) return setStatus(ctx, agent, 'wrapUp', 'system', 'joinFailed');
	agent.joinFailures = 0;
	agent.wanted = 'wrapUp';
	if (agent.leg.state !== 'none') dropLeg(ctx, agent);
	setStatus(ctx, agent, 'phoneDown', 'system', 'joinFailed');
	if (ctx.world.phones.has(agent.extension)) connectLater(ctx, agent);
}

/** An answered customer gets the first free agent, or waits for one for a moment, or hears the apology. */
export function waitForAgent(ctx: Context, call: Call): void {
	const agent = longestReady(ctx.world, call.row.groupId ?? '');
	if (agent) {
		join(ctx, call, agent);
		return;
	}
	const untilMs = (call.row.answeredMs ?? ctx.nowMs) + ctx.world.settings.abandonAfterMs;
	if (call.phase !== 'waiting') moveCall(ctx, call, 'waiting');
	if (untilMs > ctx.nowMs) setTimer(ctx, 'abandon', call.row.id, untilMs);
	else apologise(ctx, call, 'noAgent');
}

/** Nobody was there in time: the customer is told and let go. The call counts as abandoned from now. */
export function apologise(ctx: Context, call: Call, reason: string): void {
	if (call.phase !== 'waiting') return;
	clearTimer(ctx, 'abandon', call.row.id);
	moveCall(ctx, call, 'apology');
	markAbandoned(ctx, call, reason);
	persist(ctx, {op: 'putCall', row: {...call.row}});
	tell(ctx, {type: 'play', legId: call.legId, prompt: 'abandonApology'});
	setTimer(ctx, 'callGuard', call.row.id, ctx.nowMs + ctx.world.settings.apologyMs);
}

/** An agent takes calls from now: one who waits at once, else the voice says so. */
export function goReady(ctx: Context, agent: Agent, actor: string, reason: string): void {
	const after = agent.wrapUpAfter;
	if (after) {
		const state = ctx.world.pace.get(after.pace) ?? ctx.world.dialer.newState();
		ctx.world.pace.set(after.pace, ctx.world.dialer.learnWrapUp(state, ctx.nowMs - after.sinceMs));
	}
	setStatus(ctx, agent, 'ready', actor, reason);
	if (agent.popup) {
		delete agent.popup;
		change(ctx, agent.operatorId, 'popup');
	}
	if (!agent.consoleId) setTimer(ctx, 'grace', agent.operatorId, ctx.nowMs + ctx.world.settings.graceMs);
	const call = isOnline(ctx.world, agent) ? longestWaiting(ctx.world, agent.groupIds) : undefined;
	if (call) join(ctx, call, agent);
	else if (agent.leg.state === 'up') {
		agent.playing = true;
		tell(ctx, {type: 'play', legId: agent.leg.legId, prompt: 'agentLogin'});
	}
}
