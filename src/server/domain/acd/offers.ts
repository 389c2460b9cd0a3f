/**
 * 着信中: a call, or a promised call-back, rings at operators' consoles. It is one of four things that end it: 通話, a refusal, the
 * ring time, or the caller; whichever comes first, everybody else's popup vanishes in the same step.
 */
import {forbidden, setStatus} from '../agent.js';
import {moveCall, noteCall} from '../call.js';
import {accept, type Context, change, clearTimer, note, notify, refuse, setTimer, tell} from '../context.js';
import type {ConsoleEvent} from '../events.js';
import {join} from '../joining.js';
import {dropLeg} from '../phone.js';
import type {Agent, Call, World} from '../world.js';
import {callBackMissed, dialCallBack} from './callbacks.js';
import {groupSettings} from './groups.js';
import {leaveQueue, requeue} from './queue.js';

type Of<T extends ConsoleEvent['type']> = Extract<ConsoleEvent, {type: T}>;

/** Agents whose consoles ring for it. */
export function ringingAgents(world: World, itemId: string): Agent[] {
	return [...world.agents.values()].filter(agent => agent.offer?.itemId === itemId);
}

/** The bell in the operator's ear. */
export function startBell(ctx: Context, agent: Agent): void {
	if (agent.leg.state !== 'up') return;
	agent.playing = true;
	tell(ctx, {type: 'play', legId: agent.leg.legId, prompt: 'ringTone', loop: true});
}

function stopBell(ctx: Context, agent: Agent): void {
	if (agent.leg.state === 'up' && agent.playing) tell(ctx, {type: 'stopPlaying', legId: agent.leg.legId});
	agent.playing = false;
}

/** The popup is gone and the bell is silent. The status is the caller's to change. */
export function dropOffer(ctx: Context, agent: Agent): void {
	const {offer} = agent;
	delete agent.offer;
	stopBell(ctx, agent);
	if (agent.leg.state === 'connecting') dropLeg(ctx, agent);
	if (agent.incoming && agent.incoming.itemId === offer?.itemId) {
		delete agent.incoming;
		change(ctx, agent.operatorId, 'incoming');
	}
}

/** Back to 受付中, as before the bell. */
function backToReady(ctx: Context, agent: Agent, reason: string): void {
	setStatus(ctx, agent, 'ready', 'system', reason);
	// Nobody looked at this console: it is given its time again.
	if (agent.consoleId === undefined) setTimer(ctx, 'grace', agent.operatorId, ctx.nowMs + ctx.world.settings.graceMs);
}

/** Nobody needs to take it any more: the popups vanish. An operator who presses 通話 all the same is told why not. */
export function withdrawOffers(ctx: Context, itemId: string, reason: string, lost: 'callTaken' | 'callGone' = 'callGone'): void {
	for (const agent of ringingAgents(ctx.world, itemId)) {
		dropOffer(ctx, agent);
		agent.lostOffer = {itemId, code: lost};
		backToReady(ctx, agent, reason);
	}
}

/** 通話. */
export function answer(ctx: Context, agent: Agent, event: Of<'answer'>) {
	const {requestId, callId} = event;
	const {offer} = agent;
	if (offer?.itemId !== callId) {
		const code = agent.lostOffer?.itemId === callId ? agent.lostOffer.code : undefined;
		if (code) return refuse(ctx, requestId, {code, message: code === 'callTaken' ? 'another operator was faster' : 'the caller has gone'});
		return refuse(
			ctx,
			requestId,
			forbidden(agent, 'answer') ?? {code: 'notNow', status: agent.status, message: 'another call is ringing here'},
		);
	}
	if (offer.kind === 'call' && agent.leg.state !== 'up')
		return refuse(ctx, requestId, {code: 'notNow', status: agent.status, message: 'take the phone off the hook'});
	agent.missesInRow = 0;
	if (offer.kind === 'callBack') {
		dialCallBack(ctx, agent, callId, requestId);
		return;
	}
	takeCall(ctx, ctx.world.calls.get(callId)!, agent);
	accept(ctx, requestId);
}

/** One operator has the call; nobody else rings for it. */
export function takeCall(ctx: Context, call: Call, agent: Agent): void {
	ctx.callId = call.row.id;
	const popup = agent.incoming;
	dropOffer(ctx, agent);
	if (popup) {
		agent.incoming = {...popup, ringing: false};
		change(ctx, agent.operatorId, 'incoming');
	}
	withdrawOffers(ctx, call.row.id, 'takenByOther', 'callTaken');
	leaveQueue(ctx, call, 'taken');
	join(ctx, call, agent);
}

/** Not this one, not now. */
export function decline(ctx: Context, agent: Agent, event: Of<'decline'>) {
	const refusal = forbidden(agent, 'hangUp');
	if (refusal) return refuse(ctx, event.requestId, refusal);
	if (agent.offer?.itemId !== event.callId) {
		return refuse(ctx, event.requestId, {code: 'notNow', status: agent.status, message: 'another call is ringing here'});
	}
	declineFor(ctx, agent, 'ready', 'declined');
	accept(ctx, event.requestId);
}

/** Declines what rings and goes to a status: 切断 is 受付中 again, 後処理, 離席 and 休憩 are themselves. */
export function declineFor(ctx: Context, agent: Agent, status: 'ready' | 'wrapUp' | 'away' | 'break', reason: string): void {
	const offer = agent.offer!;
	backOff(ctx, agent, offer.itemId, offer.groupId);
	note(ctx, 'call.declined', {
		actor: agent.operatorId,
		agentId: agent.operatorId,
		callId: offer.itemId,
		groupId: offer.groupId,
		data: {rangMs: ctx.nowMs - offer.sinceMs},
	});
	dropOffer(ctx, agent);
	setStatus(ctx, agent, status, agent.operatorId, reason);
	offerLost(ctx, offer, 'declined');
}

/** The phone or the session of a ringing operator is gone. */
export function offerBroken(ctx: Context, agent: Agent, reason: string): void {
	const {offer} = agent;
	if (!offer || offer.kind === 'internal') return;
	backOff(ctx, agent, offer.itemId, offer.groupId);
	dropOffer(ctx, agent);
	offerLost(ctx, offer, reason);
}

/** One operator less rings for it: the last one gone, it is the next one's turn. */
function offerLost(ctx: Context, offer: NonNullable<Agent['offer']>, reason: string): void {
	ctx.look = true;
	if (ringingAgents(ctx.world, offer.itemId).length > 0) return;
	clearTimer(ctx, 'offer', offer.itemId);
	if (offer.kind === 'callBack') callBackMissed(ctx, offer.itemId, reason);
	else backToQueue(ctx, ctx.world.calls.get(offer.itemId));
}

function backToQueue(ctx: Context, call: Call | undefined): void {
	if (call?.phase !== 'offered') return;
	delete call.inbound!.ringSkill;
	moveCall(ctx, call, 'queued');
	ctx.look = true;
}

/** 通話 was not pressed in time. Whoever was rung later than others has a whole ring time all the same. */
export function offerDue(ctx: Context, itemId: string): void {
	const {world, nowMs} = ctx;
	let nextMs: number | undefined;
	for (const agent of ringingAgents(world, itemId)) {
		const {groupId, sinceMs} = agent.offer!;
		const dueMs = sinceMs + groupSettings(world, groupId).ringMs;
		if (dueMs <= nowMs) missed(ctx, agent);
		else nextMs = Math.min(nextMs ?? dueMs, dueMs);
	}
	if (nextMs !== undefined) {
		setTimer(ctx, 'offer', itemId, nextMs);
		return;
	}
	const call = world.calls.get(itemId);
	if (call) backToQueue(ctx, call);
	else callBackMissed(ctx, itemId, 'notAnswered');
}

/** One operator did not take it; who misses several in a row is put on 離席. */
function missed(ctx: Context, agent: Agent): void {
	const {groupId, sinceMs} = agent.offer!;
	const itemId = agent.offer!.itemId;
	const {missesMax} = groupSettings(ctx.world, groupId);
	backOff(ctx, agent, itemId, groupId);
	dropOffer(ctx, agent);
	agent.missesInRow++;
	note(ctx, 'call.missed', {
		agentId: agent.operatorId,
		callId: itemId,
		groupId,
		data: {rangMs: ctx.nowMs - sinceMs, inRow: agent.missesInRow},
	});
	if (missesMax > 0 && agent.missesInRow >= missesMax) {
		agent.missesInRow = 0;
		setStatus(ctx, agent, 'away', 'system', 'missedCalls');
		notify(ctx, agent, 'warning', 'missedCalls', {count: String(missesMax)});
	} else backToReady(ctx, agent, 'notAnswered');
}

/** In ringing mode: the phone was rung for a caller and not taken off. */
export function phoneNotTaken(ctx: Context, agent: Agent): void {
	const offer = agent.offer!;
	missed(ctx, agent);
	offerLost(ctx, offer, 'notAnswered');
}

/** The join did not come about: the caller is at the old place again, and others are rung. */
export function handBack(ctx: Context, call: Call, reason: string): void {
	noteCall(ctx, call, 'call.handedBack', {reason});
	delete call.inbound!.ringSkill;
	requeue(ctx, call);
}

/** A caller, by number or else by the call itself, and an operator. */
export const pairKey = (caller: string, operatorId: string): string => `${caller} ${operatorId}`;

function backOff(ctx: Context, agent: Agent, itemId: string, groupId: string): void {
	const {world, nowMs} = ctx;
	const caller = world.calls.get(itemId)?.inbound?.caller ?? world.callBacks.get(itemId)?.number ?? itemId;
	world.backOffsMs.set(pairKey(caller, agent.operatorId), nowMs + groupSettings(world, groupId).backOffMs);
}
