/** A customer and an agent are brought together, and what may go wrong in that moment. */
import assert from 'node:assert';
import {promiseKept} from './acd/callbacks.js';
import {forwardFailed, forwardJoined} from './acd/forward.js';
import {forgetAbandoned} from './acd/lists.js';
import {handBack} from './acd/offers.js';
import {noteService, waitedMs} from './acd/service.js';
import {silence} from './acd/sounds.js';
import {notReady, setStatus} from './agent.js';
import {dateText, dayNumber} from './calendar.js';
import {endCall, isRecorded, markAbandoned, moveCall, noteCall, takeApart} from './call.js';
import {type Context, change, clearTimer, log, newId, operatorOf, persist, setTimer, tell} from './context.js';
import {rulesOf} from './dial/budget.js';
import {agentFor, countRecall, mayTake, releaseReserved} from './dial/hands.js';
import {tellPace, tellPacer} from './dial/pacing.js';
import {changeEntry} from './entries.js';
import {talkStatus} from './incall/hold.js';
import {isOnline, legTrouble, phoneUsable} from './incall/own-phone.js';
import {stopWatching} from './incall/supervise.js';
import {normaliseNumber} from './numbers.js';
import {clearPanes, showCustomer} from './panes.js';
import {connectLater, dropLeg} from './phone.js';
import {closeSession} from './session.js';
import {isToolbarOnly} from './use.js';
import type {Held} from './why/rules.js';
import type {Agent, Call, World} from './world.js';

/** What keeps calls of the dialler from an operator, if anything: they come in 受付中, to a phone that is connected already. */
export function notForDialler(world: World, agent: Agent): Held | undefined {
	const held = notReady(agent);
	if (held) return held;
	if (isToolbarOnly(agent)) return {rule: 'toolbarOnly', value: agent.use};
	return isOnline(world, agent) ? legTrouble(agent) : {rule: 'ringingMode', value: 'ringing'};
}

/** Agents who may be given a call of the group now: in 受付中, leg up, online mode for predictive work. */
export function readyAgents(world: World): Agent[] {
	const ready: Agent[] = [];
	for (const agent of world.agents.values()) {
		if (!notForDialler(world, agent)) ready.push(agent);
	}
	return ready.sort((a, b) => a.sinceMs - b.sinceMs || (a.operatorId < b.operatorId ? -1 : 1));
}

export {isOnline};

/** The call that has waited longest for this agent. */
export function longestWaiting(world: World, agent: Agent): Call | undefined {
	let longest: Call | undefined;
	for (const call of world.calls.values()) {
		if (call.phase !== 'waiting' || call.machine?.held || !agent.groupIds.includes(call.row.groupId ?? '') || !mayTake(world, call, agent))
			continue;
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
	releaseReserved(world, call);
	countRecall(world, call, agent);
	call.bridgeId = bridgeId;
	call.operatorId = agent.operatorId;
	call.row.agentId = agent.operatorId;
	agent.callId = call.row.id;
	world.bridges.set(bridgeId, call.row.id);
	if (agent.playing) tell(ctx, {type: 'stopPlaying', legId: agent.leg.legId});
	agent.playing = false;
	// What was recorded before goes on: of a call that comes back, or was sent on.
	const fresh = call.row.joinedMs === undefined && !call.earlier;
	if (fresh && isRecorded(ctx, call.row)) call.row.recordingPath = `${dateText(nowMs, world.settings.utcOffsetMs)}/${call.row.id}.wav`;
	if (call.inbound) silence(ctx, call);
	tell(ctx, {
		type: 'join',
		bridgeId,
		customerLegId: call.legId,
		agentLegId: agent.leg.legId,
		// Whoever pressed 通話 knows that somebody will speak.
		beep: call.row.kind === 'predictive' || (call.inbound !== undefined && agent.status === 'ready'),
		...(fresh && call.row.recordingPath !== undefined && {recordPath: call.row.recordingPath}),
	});
	setTimer(ctx, 'callGuard', call.row.id, nowMs + world.settings.guardMs);
	setStatus(ctx, agent, talkStatus(agent, call), 'system', 'callAnswered');
	noteCall(ctx, call, 'call.assigned', {data: {waitedMs: waitedMs(call, nowMs)}});
	persist(ctx, {op: 'putCall', row: {...call.row}});
	if (call.entry && !call.saved) changeEntry(ctx, call.entry, {state: 'inCall'}, {callId: call.row.id, reason: 'callAnswered'});
	const customer = world.customers.get(call.row.customerId ?? '');
	if (call.row.kind === 'predictive') {
		if (customer) showCustomer(ctx, agent, customer, call.row.id);
		else clearPanes(ctx, agent);
	}
	change(ctx, agent.operatorId, 'call');
}

/** Both directions flow. */
export function joined(ctx: Context, call: Call) {
	if (call.phase === 'forwarding') return forwardJoined(ctx, call);
	if (call.phase !== 'joining') return;
	moveCall(ctx, call, 'talking');
	clearTimer(ctx, 'callGuard', call.row.id);
	const agent = ctx.world.agents.get(call.operatorId ?? '');
	if (agent) agent.joinFailures = 0;
	// Back from an operator whose phone was lost: it was answered once.
	const again = call.row.joinedMs !== undefined;
	if (!again) tellPacer(ctx.world, call.row, {type: 'joined'}, ctx.nowMs);
	call.row.joinedMs ??= ctx.nowMs;
	if (call.operatorId !== undefined) call.talkedWith = call.operatorId;
	if (again) noteCall(ctx, call, 'call.joinedAgain');
	else if (call.inbound?.forward) noteCall(ctx, call, 'call.joined', {reason: 'forwarded'});
	else if (call.inbound) noteService(ctx, call, 'call.joined');
	else noteCall(ctx, call, 'call.joined');
	if (call.inbound) delete call.inbound.forward;
	talked(ctx, call, agent);
	persist(ctx, {op: 'putCall', row: {...call.row}});
}

/** The agent could not be joined or went away: the customer goes to the next one, or is told why not. */
export function joinFailed(ctx: Context, call: Call, reason: string) {
	if (call.phase === 'forwarding') return forwardFailed(ctx, call, 'joinFailed');
	if (call.phase !== 'joining') return;
	clearTimer(ctx, 'callGuard', call.row.id);
	noteCall(ctx, call, 'call.joinFailed', {reason});
	log(ctx, 'warn', 'a customer could not be joined to an agent', {callId: call.row.id, reason});
	if (call.inbound) {
		takeApart(ctx, call);
		letGo(ctx, call);
		if (call.inbound.forward) return forwardFailed(ctx, call, 'joinFailed');
		handBack(ctx, call, reason);
		return;
	}
	if (call.row.kind !== 'predictive') {
		endCall(ctx, call, {outcome: 'error', by: 'system', reason: 'joinFailed'});
		return;
	}
	takeApart(ctx, call);
	letGo(ctx, call);
	moveCall(ctx, call, 'waiting');
	// Whoever was quick enough to save a record has settled the entry.
	if (call.entry && !call.saved) changeEntry(ctx, call.entry, {state: 'dialling'}, {callId: call.row.id, reason: 'joinFailed'});
	waitForAgent(ctx, call);
}

/** They have talked: who had it is remembered for the next time, and nobody needs to call this number back. */
function talked(ctx: Context, call: Call, agent: Agent | undefined): void {
	const {world, nowMs} = ctx;
	const number = call.inbound ? call.inbound.caller : normaliseNumber(call.row.toNumber);
	if (number !== undefined) {
		forgetAbandoned(world, number);
		promiseKept(ctx, call, number);
	}
	if (!agent || !call.inbound) return;
	agent.missesInRow = 0;
	const day = dayNumber(nowMs, world.settings.utcOffsetMs);
	agent.inbound = {...agent.inbound, day, talks: agent.inbound.day === day ? agent.inbound.talks + 1 : 1};
	if (number !== undefined) rememberTalk(world, number, agent.operatorId, nowMs);
}

const talksMax = 5_000;

function rememberTalk(world: World, number: string, operatorId: string, atMs: number): void {
	world.lastTalks.delete(number);
	world.lastTalks.set(number, {operatorId, atMs});
	if (world.lastTalks.size > talksMax) world.lastTalks.delete(world.lastTalks.keys().next().value!);
}

/** 切断 between 通話 and the first word: the caller is not hung up on, others are rung. */
export function handBackByHand(ctx: Context, call: Call, actor: string, reason: string): void {
	const agent = ctx.world.agents.get(actor);
	clearTimer(ctx, 'callGuard', call.row.id);
	takeApart(ctx, call);
	unassign(call);
	if (agent?.callId === call.row.id) {
		delete agent.callId;
		dropPopup(ctx, agent, call);
		change(ctx, agent.operatorId, 'call');
		if (!isOnline(ctx.world, agent)) dropLeg(ctx, agent);
		setStatus(ctx, agent, 'wrapUp', actor, reason);
	}
	if (call.inbound?.forward) forwardFailed(ctx, call, 'declined');
	else handBack(ctx, call, reason);
}

/** Whoever was to have the call did not get to talk: the row names the one who did before, if there was one. */
function unassign(call: Call): void {
	delete call.operatorId;
	if (call.talkedWith === undefined) delete call.row.agentId;
	else call.row.agentId = call.talkedWith;
}

function dropPopup(ctx: Context, agent: Agent, call: Call): void {
	if (agent.incoming?.itemId !== call.row.id) return;
	delete agent.incoming;
	change(ctx, agent.operatorId, 'incoming');
}

/** The agent has nothing to do with the call any more: it never got to talk. */
function letGo(ctx: Context, call: Call) {
	const agent = ctx.world.agents.get(call.operatorId ?? '');
	unassign(call);
	if (!agent || agent.callId !== call.row.id) return;
	delete agent.callId;
	if (call.inbound) dropPopup(ctx, agent, call);
	else clearPanes(ctx, agent);
	change(ctx, agent.operatorId, 'call');
	// Not back to 受付中: the same leg would fail the next customer as well. Failing twice running, it is connected anew.
	agent.joinFailures++;
	if (!isOnline(ctx.world, agent) && agent.leg.state !== 'none') dropLeg(ctx, agent);
	const good = phoneUsable(ctx.world, agent) && agent.joinFailures < 2;
	if (good) return setStatus(ctx, agent, 'wrapUp', 'system', 'joinFailed');
	agent.joinFailures = 0;
	agent.wanted = 'wrapUp';
	if (agent.leg.state !== 'none') dropLeg(ctx, agent);
	setStatus(ctx, agent, 'phoneDown', 'system', 'joinFailed');
	if (ctx.world.phones.has(agent.extension)) connectLater(ctx, agent);
}

/** An answered customer gets the first free agent, or waits for one for a moment, or hears the apology. */
export function waitForAgent(ctx: Context, call: Call): void {
	const agent = agentFor(ctx.world, call);
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
	playApology(ctx, call);
}

/** Name and number of the campaign, or the common words. */
export function playApology(ctx: Context, call: Call): void {
	const file = rulesOf(ctx.world, call.row.campaignId)?.abandonFile;
	if (file === undefined) tell(ctx, {type: 'play', legId: call.legId, prompt: 'abandonApology'});
	else tell(ctx, {type: 'playFile', legId: call.legId, playId: (call.apologyId = newId(ctx, 'p')), file, loop: false});
	setTimer(ctx, 'callGuard', call.row.id, ctx.nowMs + ctx.world.settings.apologyMs);
}

/** An agent takes calls from now: one who waits at once, else the voice says so. */
export function goReady(ctx: Context, agent: Agent, actor: string, reason: string): void {
	// Switched off during a call: that was finished and written down, and no other one comes.
	if (operatorOf(ctx.world, agent.operatorId)?.enabled === false) {
		closeSession(ctx, agent, 'system', 'ended');
		return;
	}
	stopWatching(ctx, agent, 'ready');
	const after = agent.wrapUpAfter;
	if (after) tellPace(ctx.world, after.pace, {type: 'wrapUpEnded', wrapUpMs: ctx.nowMs - after.sinceMs}, ctx.nowMs);
	setStatus(ctx, agent, 'ready', actor, reason);
	if (agent.popup) {
		delete agent.popup;
		change(ctx, agent.operatorId, 'popup');
	}
	if (!agent.consoleId) setTimer(ctx, 'grace', agent.operatorId, ctx.nowMs + ctx.world.settings.graceMs);
	if (agent.incoming && !agent.incoming.ringing) {
		delete agent.incoming;
		change(ctx, agent.operatorId, 'incoming');
	}
	const call = isOnline(ctx.world, agent) ? longestWaiting(ctx.world, agent) : undefined;
	if (call) join(ctx, call, agent);
	else if (agent.leg.state === 'up' && reason !== 'machine') {
		// Not after each machine: the operator has not left the line.
		agent.playing = true;
		tell(ctx, {type: 'play', legId: agent.leg.legId, prompt: 'agentLogin'});
	}
}
