/**
 * The other end of an internal call or a transfer: a seat, a phone nobody is logged in at, or an outside number.
 *
 *   calling --answered--> up --hung up, phone gone--> (the call it belongs to decides)
 *      +--busy, refused, no answer, phone gone--> failed
 *
 * People who are called by people are rung in 受付中 and in 後処理; any other status is busy, 離席 and 休憩 refuse.
 */
import assert from 'node:assert';
import {forwardFailed, forwardTaken} from '../acd/forward.js';
import {setStatus} from '../agent.js';
import {type Ending, freeAgent, moveCall, noteCall} from '../call.js';
import {type Context, change, clearTimer, newId, operatorOf, persist, setTimer, tell} from '../context.js';
import {dialOut} from '../dial/day.js';
import type {LegFailure, TransferTarget} from '../events.js';
import {goReady} from '../joining.js';
import {normaliseNumber} from '../numbers.js';
import {dropLeg} from '../phone.js';
import type {Agent, Call, Incoming, World} from '../world.js';
import {internalAnswered, internalFailed} from './internal.js';
import {stopListening} from './listen.js';
import {phoneUsable, playTone, ringOwnPhone, stopTone} from './own-phone.js';
import {consultAnswered, consultFailed, consultRinging} from './transfer.js';

export type Seat =
	| {kind: 'seat'; agent: Agent; number: string}
	| {kind: 'phone'; extension: string; number: string}
	| {kind: 'number'; number: string}
	| {kind: 'group'; groupId: string; number: string};

/** Who is meant; undefined when there is no such person or number. */
export function findSeat(world: World, to: TransferTarget): Seat | undefined {
	if ('operatorId' in to) {
		const agent = world.agents.get(to.operatorId);
		return agent && {kind: 'seat', agent, number: agent.extension};
	}
	const number = normaliseNumber(to.number);
	if (number === undefined) return undefined;
	const group = world.config.groups.find(other => other.number === number);
	if (group) return {kind: 'group', groupId: group.id, number};
	if (!world.config.extensions.includes(number)) return {kind: 'number', number};
	for (const agent of world.agents.values()) if (agent.extension === number) return {kind: 'seat', agent, number};
	return {kind: 'phone', extension: number, number};
}

/** Why a seat cannot be rung, or undefined. */
export function unreachable(world: World, agent: Agent): LegFailure | undefined {
	if (agent.status === 'away' || agent.status === 'break') return 'declined';
	if (agent.status === 'offline' || !phoneUsable(world, agent)) return 'phoneDown';
	return (agent.status === 'ready' || agent.status === 'wrapUp') && !agent.offer && !agent.watch && agent.callId === undefined
		? undefined
		: 'busy';
}

export type Caller = {agent: Agent; line?: {trunk: string; callerNumber: string} | undefined};

/** Begins to call the other end. May fail at once. */
export function callSeat(ctx: Context, call: Call, seat: Exclude<Seat, {kind: 'group'}>, caller: Caller) {
	const {world, nowMs} = ctx;
	const {targetRingMs, guardMs} = world.settings;
	const name = operatorOf(world, caller.agent.operatorId)?.name;
	if (seat.kind === 'seat') {
		const why = unreachable(world, seat.agent);
		call.target = {operatorId: seat.agent.operatorId, state: 'calling'};
		if (why) return seatFailed(ctx, call, why);
		offerSeat(ctx, call, seat.agent, caller.agent);
		setTimer(ctx, 'target', call.row.id, nowMs + targetRingMs);
		ringingBack(ctx, call);
		return;
	}
	const legId = newId(ctx, 'l');
	call.target = {legId, state: 'calling'};
	world.legs.set(legId, {kind: 'target', callId: call.row.id});
	setTimer(ctx, 'target', call.row.id, nowMs + targetRingMs + guardMs);
	if (seat.kind === 'phone') {
		const {extension} = seat;
		const from = caller.agent.extension;
		tell(ctx, {
			type: 'ringPhone',
			legId,
			extension,
			from,
			...(name !== undefined && {fromName: name}),
			ringMs: targetRingMs,
			autoAnswer: false,
		});
		return;
	}
	assert(caller.line, 'an outside number without a line');
	call.trunk = caller.line.trunk;
	const {trunk, callerNumber: from} = caller.line;
	dialOut(ctx, {type: 'dial', legId, trunk, to: seat.number, from, ringMs: targetRingMs}, caller.agent.operatorId);
}

function offerSeat(ctx: Context, call: Call, agent: Agent, from: Agent): void {
	const calledName = operatorOf(ctx.world, from.operatorId)?.name;
	const named = calledName !== undefined && {calledName};
	ringSeat(ctx, call, agent, {
		actor: from.operatorId,
		reason: call.row.transferOf === undefined ? 'internalCall' : 'transfer',
		popup: {kind: 'internal', number: from.extension, withheld: false, candidates: [], ...named},
	});
}

type Ring = {actor: string; reason: string; popup: Omit<Incoming, 'itemId' | 'groupId' | 'queuedMs' | 'ringing'>};

/** 着信中 at one seat. The timer `target` of the call ends it. */
export function ringSeat(ctx: Context, call: Call, agent: Agent, {actor, reason, popup}: Ring): void {
	const {nowMs} = ctx;
	const itemId = call.row.id;
	const before = agent.status === 'ready' ? 'ready' : 'wrapUp';
	stopListening(ctx, agent, 'called');
	agent.offer = {kind: 'internal', itemId, groupId: '', sinceMs: nowMs, skill: 0, before};
	agent.incoming = {...popup, itemId, groupId: '', queuedMs: nowMs, ringing: true};
	setStatus(ctx, agent, 'ringing', actor, reason);
	change(ctx, agent.operatorId, 'incoming');
	const {number, calledName} = popup;
	const name = popup.kind === 'internal' ? calledName : undefined;
	if (agent.leg.state === 'up') playTone(ctx, agent);
	else ringOwnPhone(ctx, agent, {number, ...(name !== undefined && {name})});
}

/** It rings at the other end. */
export function ringingBack(ctx: Context, call: Call): void {
	if (call.phase !== 'dialling') return;
	moveCall(ctx, call, 'ringing');
	call.row.ringingMs = ctx.nowMs;
	noteCall(ctx, call, 'call.ringing');
	if (call.row.transferOf !== undefined) consultRinging(ctx, call);
}

/** 通話 at the seat, or its phone was taken off. In ringing mode the button alone connects nothing: the phone has to be up. */
export function seatTaken(ctx: Context, agent: Agent): void {
	const call = ctx.world.calls.get(agent.offer?.itemId ?? '');
	assert(call?.target?.operatorId === agent.operatorId && agent.leg.state === 'up', `seat ${agent.operatorId} was not rung`);
	if (call.phase === 'forwarding') {
		forwardTaken(ctx, call, agent);
		return;
	}
	delete agent.offer;
	delete agent.incoming;
	stopTone(ctx, agent);
	agent.callId = call.row.id;
	setStatus(ctx, agent, 'talkingIn', agent.operatorId, 'answered');
	change(ctx, agent.operatorId, 'incoming', 'call');
	targetAnswered(ctx, call);
}

export function targetAnswered(ctx: Context, call: Call): void {
	if (call.target?.state !== 'calling') return;
	clearTimer(ctx, 'target', call.row.id);
	clearTimer(ctx, 'callGuard', call.row.id);
	call.target.state = 'up';
	call.row.answeredMs = ctx.nowMs;
	call.row.joinedMs = ctx.nowMs;
	if (call.target.operatorId !== undefined && call.row.transferOf !== undefined) call.row.agentId = call.target.operatorId;
	moveCall(ctx, call, 'talking');
	noteCall(ctx, call, 'call.answered');
	noteCall(ctx, call, 'call.joined');
	persist(ctx, {op: 'putCall', row: {...call.row}});
	if (call.row.transferOf === undefined) internalAnswered(ctx, call);
	else consultAnswered(ctx, call);
}

/** Busy, refused, no answer, no phone: before it was answered. */
export function seatFailed(ctx: Context, call: Call, failure: LegFailure, sipStatus?: number): void {
	if (call.target?.state !== 'calling') return;
	if (call.phase === 'forwarding') {
		forwardFailed(ctx, call, failure);
		return;
	}
	const ending: Ending = {outcome: failure, by: 'network', reason: failure, ...(sipStatus !== undefined && {sipStatus})};
	if (call.row.transferOf === undefined) internalFailed(ctx, call, ending);
	else consultFailed(ctx, call, ending);
}

/** Lets the other end go, whatever it is doing. */
export function dropTarget(ctx: Context, call: Call, ending: Ending): void {
	const {target} = call;
	if (!target) return;
	delete call.target;
	clearTimer(ctx, 'target', call.row.id);
	if (target.legId !== undefined) {
		if (ctx.world.legs.delete(target.legId)) tell(ctx, {type: 'hangUp', legId: target.legId});
		return;
	}
	const agent = ctx.world.agents.get(target.operatorId ?? '');
	if (agent?.offer?.itemId === call.row.id) withdraw(ctx, agent, ending.reason);
	else freeAgent(ctx, agent, call, ending);
}

/** It does not ring any more: back to what the operator was doing. */
function withdraw(ctx: Context, agent: Agent, reason: string): void {
	const next = agent.offer?.next;
	const before = next ?? agent.offer?.before ?? 'wrapUp';
	delete agent.offer;
	delete agent.incoming;
	change(ctx, agent.operatorId, 'incoming');
	stopTone(ctx, agent);
	if (agent.leg.state === 'connecting') dropLeg(ctx, agent);
	const actor = next === undefined ? 'system' : agent.operatorId;
	if (!phoneUsable(ctx.world, agent) && before !== 'away' && before !== 'break') {
		agent.wanted = 'wrapUp';
		setStatus(ctx, agent, 'phoneDown', 'system', reason);
	} else if (before === 'ready') goReady(ctx, agent, actor, reason);
	else setStatus(ctx, agent, before, actor, reason);
}

/** The operator does not want it: by 切断, or by another status. */
export function declineSeat(ctx: Context, agent: Agent, next: 'wrapUp' | 'away' | 'break'): void {
	const call = ctx.world.calls.get(agent.offer?.itemId ?? '');
	assert(agent.offer && call, `${agent.operatorId} declines nothing`);
	agent.offer.next = next;
	seatFailed(ctx, call, 'declined');
}
