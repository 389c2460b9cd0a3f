/**
 * 転送. The customer hears music from the moment it is pressed until somebody talks with them again.
 *
 *   talking/held --transfer--> transferring: the target is called; a call of its own, `transferOf` the customer's
 *        ^                         | blind: answered --------------------> handed over, the operator is in 後処理
 *        |                         | consult: answered -> operator and target talk --転送--> handed over
 *        +-- 切断 (target let go)---+                        +--conference--> all three talk, until 転送 or 切断
 *        held <-- target busy, refused, no answer, gone ----+
 *
 * Handing over ends the operator's row and goes on in the target's: the customer's leg and its recording move there.
 */
import assert from 'node:assert';
import {findCaller} from '../acd/match.js';
import {handBack} from '../acd/offers.js';
import {enterQueue} from '../acd/queue.js';
import {forbidden, setStatus} from '../agent.js';
import {type Ending, endCall, finish, freeAgent, keepWork, moveCall, noteCall, release, takeApart} from '../call.js';

import {accept, type Context, change, notify, persist, refuse, setTimer, tell} from '../context.js';
import {type Line, lineTo} from '../direct.js';
import type {Refused} from '../effects.js';
import type {ConsoleEvent, TransferTarget} from '../events.js';
import {showCustomer} from '../panes.js';
import type {Agent, Call} from '../world.js';
import {backToTalk, talkNow} from './hold.js';
import {newInnerCall} from './internal.js';
import {playTone, stopTone} from './own-phone.js';
import {failureOf, sayTransfer} from './referred.js';
import {arrange, closeRoom, setHeld} from './rooms.js';
import {callSeat, findSeat, type Seat} from './seats.js';
import {endWatches} from './supervise.js';
import {liftMask} from './talk.js';

type Of<T extends ConsoleEvent['type']> = Extract<ConsoleEvent, {type: T}>;

export function transfer(ctx: Context, agent: Agent, event: Of<'transfer'>) {
	const {requestId, mode, to} = event;
	const refusal = startTransfer(ctx, agent, mode, to);
	if (refusal) refuse(ctx, requestId, refusal);
	else accept(ctx, requestId);
}

/** @param askedAs by the operator's telephone, which is told by this how it goes on. */
export function startTransfer(
	ctx: Context,
	agent: Agent,
	mode: 'blind' | 'consult',
	to: TransferTarget,
	askedAs?: string,
): Refused | undefined {
	const refusal = forbidden(agent, 'transfer');
	if (refusal) return refusal;
	if (agent.status === 'transferring') return {code: 'notNow', status: agent.status, message: 'a transfer is under way'};
	const call = talkNow(ctx, agent);
	if ('code' in call) return call;
	if (call.legId === '' || call.operatorId !== agent.operatorId)
		return {code: 'notAllowed', message: 'an internal call cannot be transferred'};
	const seat = findSeat(ctx.world, to);
	if (!seat)
		return 'number' in to ? {code: 'badNumber', message: 'not a number'} : {code: 'notFound', message: 'that operator is not logged in'};
	if (seat.kind === 'seat' && seat.agent === agent) return {code: 'notAllowed', message: 'that is your own seat'};
	const asked = askedAs !== undefined && {askedAs};
	if (seat.kind === 'group') {
		// Of a transfer that is over at once.
		call.transfer = {mode: 'blind', callId: '', ...asked};
		sayTransfer(ctx, call, {is: 'accepted'});
		toGroup(ctx, agent, call, seat);
		return undefined;
	}
	const line = seat.kind === 'number' ? lineTo(ctx, agent, seat.number) : undefined;
	if (line && 'code' in line) return line;
	setStatus(ctx, agent, 'transferring', agent.operatorId, mode === 'blind' ? 'blindTransfer' : 'consultation');
	setHeld(ctx, call, true);
	begin(ctx, agent, call, {mode, ...asked}, seat, line);
	return undefined;
}

function begin(
	ctx: Context,
	agent: Agent,
	call: Call,
	how: {mode: 'blind' | 'consult'; askedAs?: string},
	seat: Exclude<Seat, {kind: 'group'}>,
	line: Line | undefined,
): void {
	const outside = seat.kind === 'number';
	const target = newInnerCall(ctx, {
		kind: outside ? 'direct' : 'internal',
		direction: outside ? 'out' : 'in',
		fromNumber: outside ? line!.callerNumber : agent.extension,
		toNumber: seat.number,
		transferOf: call.row.id,
	});
	call.transfer = {...how, callId: target.row.id};
	sayTransfer(ctx, call, {is: 'accepted'});
	const data = {to: seat.number, callId: target.row.id};
	noteCall(ctx, call, 'call.transferStarted', {actor: agent.operatorId, reason: how.mode, data});
	noteCall(ctx, target, 'call.dialled', {actor: agent.operatorId, data: {number: seat.number}});
	persist(ctx, {op: 'putCall', row: {...target.row}});
	setTimer(ctx, 'callGuard', target.row.id, ctx.nowMs + ctx.world.settings.targetRingMs + 2 * ctx.world.settings.guardMs);
	change(ctx, agent.operatorId, 'call');
	playTone(ctx, agent);
	callSeat(ctx, target, seat, {agent, line});
}

/** The customer's call of a transfer, and its operator. */
function firstOf(ctx: Context, target: Call): {call: Call; agent: Agent | undefined} | undefined {
	const call = ctx.world.calls.get(target.row.transferOf ?? '');
	return call?.transfer?.callId === target.row.id ? {call, agent: ctx.world.agents.get(call.operatorId ?? '')} : undefined;
}

/** It rings there. */
export const consultRinging = (ctx: Context, target: Call): void => sayTransfer(ctx, firstOf(ctx, target)?.call, {is: 'ringing'});

export function consultAnswered(ctx: Context, target: Call): void {
	const first = firstOf(ctx, target);
	assert(first, `nobody transfers to ${target.row.id}`);
	stopTone(ctx, first.agent);
	if (first.call.transfer?.mode === 'blind') {
		handOver(ctx, first.call, target, {actor: first.agent?.operatorId ?? 'system', reason: 'transferred'});
		return;
	}
	arrange(ctx, first.call);
	if (first.agent) change(ctx, first.agent.operatorId, 'call');
}

/** The target could not be reached, or has gone: the customer is the operator's again, on hold, for another try or 保留. */
export function consultFailed(ctx: Context, target: Call, ending: Ending): void {
	const first = firstOf(ctx, target);
	sayTransfer(ctx, first?.call, {is: 'failed', failure: failureOf(ending.outcome)});
	if (first?.call.transfer?.askedAs !== undefined) first.call.givenAway = true;
	if (first) delete first.call.transfer;
	endCall(ctx, target, ending);
	if (!first) return;
	const {call, agent} = first;
	noteCall(ctx, call, 'call.transferFailed', {reason: ending.reason, data: {to: target.row.toNumber}});
	if (call.operatorId === undefined) {
		offHold(ctx, call);
		strand(ctx, call, ending.reason);
	}
	if (agent?.status !== 'transferring') return;
	stopTone(ctx, agent);
	notify(ctx, agent, 'warning', 'transferFailed', {number: target.row.toNumber, reason: ending.reason});
	// From a conference the talk with the customer has never stopped.
	if (call.held) {
		setStatus(ctx, agent, 'held', 'system', 'transferFailed');
		arrange(ctx, call);
		change(ctx, agent.operatorId, 'call');
		return;
	}
	backToTalk(ctx, agent, call, 'system', 'transferFailed');
	arrange(ctx, call);
}

/** 転送 after the talk. While the target still rings it becomes a blind one. */
export function transferComplete(ctx: Context, agent: Agent, requestId: string) {
	const call = transferringCall(ctx, agent, requestId);
	if (!call) return;
	completeTransfer(ctx, call, agent.operatorId);
	accept(ctx, requestId);
}

export function completeTransfer(ctx: Context, call: Call, actor: string): void {
	const target = ctx.world.calls.get(call.transfer!.callId)!;
	if (target.target?.state === 'up') handOver(ctx, call, target, {actor, reason: 'transferred'});
	else call.transfer!.mode = 'blind';
}

/** 切断 on the target: the customer is back. */
export function transferBack(ctx: Context, agent: Agent, requestId: string) {
	const call = transferringCall(ctx, agent, requestId);
	if (!call) return;
	goBack(ctx, agent, call);
	accept(ctx, requestId);
}

export function goBack(ctx: Context, agent: Agent, call: Call): void {
	stopTone(ctx, agent);
	dropTransfer(ctx, call, {by: 'agent', reason: 'transferBack', actor: agent.operatorId});
	backToTalk(ctx, agent, call, agent.operatorId, 'transferBack');
	arrange(ctx, call);
}

export function conference(ctx: Context, agent: Agent, requestId: string) {
	const call = transferringCall(ctx, agent, requestId);
	if (!call) return;
	if (ctx.world.calls.get(call.transfer!.callId)?.target?.state !== 'up')
		return refuse(ctx, requestId, {code: 'notNow', status: agent.status, message: 'the target has not answered'});
	call.transfer!.mode = 'conference';
	noteCall(ctx, call, 'call.conference', {actor: agent.operatorId});
	setHeld(ctx, call, false);
	change(ctx, agent.operatorId, 'call');
	accept(ctx, requestId);
}

function transferringCall(ctx: Context, agent: Agent, requestId: string): Call | undefined {
	const call = ctx.world.calls.get(agent.callId ?? '');
	if (agent.status === 'transferring' && call?.transfer) return call;
	refuse(ctx, requestId, {code: 'notNow', status: agent.status, message: 'no transfer is under way'});
	return undefined;
}

/** Ends the target's side of a transfer. */
export function dropTransfer(ctx: Context, call: Call, why: Pick<Ending, 'by' | 'reason' | 'actor'>): void {
	const target = ctx.world.calls.get(call.transfer?.callId ?? '');
	sayTransfer(ctx, call, {is: 'failed', failure: 'cancelled'});
	delete call.transfer;
	if (!target) return;
	const seat = ctx.world.agents.get(target.target?.operatorId ?? '');
	if (seat && why.reason !== 'transferBack') notify(ctx, seat, 'info', 'transferEnded', {reason: why.reason});
	endCall(ctx, target, {...why, outcome: target.row.joinedMs === undefined ? 'cancelled' : 'talked'});
}

/** The customer's leg goes to the target's call; the operator is free, with the record of the own part to write. */
export function handOver(ctx: Context, call: Call, target: Call, why: {actor: string; reason: string}): void {
	const {world} = ctx;
	const seat = world.agents.get(target.target?.operatorId ?? '');
	noteCall(ctx, call, 'call.transferred', {...why, data: {to: target.row.toNumber, callId: target.row.id}});
	sayTransfer(ctx, call, {is: 'done'});
	delete call.transfer;
	liftMask(ctx, call, why.reason);
	endWatches(ctx, call);
	take(ctx, call, target);
	if (seat) {
		delete target.target;
		target.operatorId = seat.operatorId;
		target.row.agentId = seat.operatorId;
		showNumbers(call, target);
	}
	noteCall(ctx, target, 'call.handedOver', why);
	setHeld(ctx, target, false);
	arrange(ctx, target);
	persist(ctx, {op: 'putCall', row: {...target.row}});
	moveCall(ctx, call, 'ending');
	finish(ctx, call, {outcome: 'talked', by: 'agent', ...why});
	release(ctx, call);
	if (!seat) return;
	const customer = world.customers.get(target.row.customerId ?? '');
	if (customer) showCustomer(ctx, seat, customer, target.row.id);
	change(ctx, seat.operatorId, 'call');
}

/** The other end is the customer now, for the screen, the record and the history; that it came from a colleague is `transferOf`. */
function showNumbers(call: Call, target: Call): void {
	const {direction, fromNumber, toNumber} = call.row;
	target.row.fromNumber = fromNumber;
	if (direction === 'out') target.row.toNumber = toNumber;
}

/** To the queue of a group, whatever was chosen: nobody is there to talk to first. For that group it is a call like any other. */
function toGroup(ctx: Context, agent: Agent, call: Call, seat: Extract<Seat, {kind: 'group'}>): void {
	const {row, inbound, trunk} = call;
	const fromNumber = row.direction === 'in' ? row.fromNumber : row.toNumber;
	const next = newInnerCall(ctx, {kind: 'inbound', direction: 'in', fromNumber, toNumber: seat.number, transferOf: row.id});
	next.phase = 'arriving';
	next.inbound = {
		source: inbound?.source ?? {kind: 'trunk', trunk},
		withheld: inbound?.withheld ?? false,
		...(fromNumber !== '' && {caller: fromNumber}),
		target: {kind: 'group', groupId: seat.groupId},
		hops: 0,
		announced: 0,
		offers: 0,
	};
	next.row.answeredMs = ctx.nowMs;
	noteCall(ctx, next, 'call.arrived', {actor: agent.operatorId, reason: 'transferred', data: {to: seat.number}});
	noteCall(ctx, next, 'call.answered');
	const {legId} = call;
	const recorded = [...(call.earlier ?? []), row].filter(({recordingPath}) => recordingPath !== undefined);
	handOver(ctx, call, next, {actor: agent.operatorId, reason: 'transferred'});
	// A customer who was called waits there as one who has called: number and status of the next talk go by it.
	next.row.direction = 'in';
	const stopped = next.recording === 'stopped';
	// Waiting is not recorded, and whoever takes the call next begins a part of its own.
	delete next.earlier;
	delete next.recording;
	delete next.row.recordingPath;
	if (recorded.length > 0) {
		tell(ctx, {type: 'stopRecording', legId});
		// Stopped was a mask over the leg, which would lie over the next part as well.
		if (stopped) tell(ctx, {type: 'maskRecording', legId, masked: false});
		ctx.world.recordings.set(legId, recorded);
		setTimer(ctx, 'recorded', legId, ctx.nowMs + ctx.world.settings.guardMs);
	}
	findCaller(ctx, next);
	enterQueue(ctx, next, seat.groupId);
	persist(ctx, {op: 'putCall', row: {...next.row}});
}

/** Leg, media, recording and customer of one call become those of another. */
function take(ctx: Context, call: Call, target: Call): void {
	const {world} = ctx;
	target.legId = call.legId;
	target.trunk = call.trunk;
	world.legs.set(call.legId, {kind: 'call', callId: target.row.id});
	call.legId = '';
	for (const key of ['held', 'musicLegId', 'roomId', 'roomSaid', 'recording'] as const) {
		if (call[key] !== undefined) Object.assign(target, {[key]: call[key]});
		delete call[key];
	}
	if (target.roomId !== undefined) world.rooms.set(target.roomId, target.row.id);
	if (call.bridgeId !== undefined) {
		world.bridges.delete(call.bridgeId);
		tell(ctx, {type: 'part', bridgeId: call.bridgeId});
		delete call.bridgeId;
	}
	target.earlier = [...(call.earlier ?? []), call.row];
	for (const key of ['campaignId', 'groupId', 'customerId', 'recordingPath'] as const) {
		if (call.row[key] !== undefined) Object.assign(target.row, {[key]: call.row[key]});
	}
	target.row.direction = call.row.direction;
}

/**
 * The operator's phone went away in 保留中 or 転送中. Who talks with the target already is joined to it; anybody else is not hung up
 * on: a caller is in the queue again at the old place, a customer who was called hears the apology.
 */
export function operatorLost(ctx: Context, call: Call, reason: string): void {
	const target = ctx.world.calls.get(call.transfer?.callId ?? '');
	if (target?.target?.state === 'up') {
		handOver(ctx, call, target, {actor: 'system', reason});
		return;
	}
	const agent = ctx.world.agents.get(call.operatorId ?? '');
	// Whoever has pressed すぐに転送 and puts the telephone down has done the own part: it goes on ringing there.
	const goesOn = call.transfer?.mode === 'blind' && reason === 'phoneHungUp';
	if (call.transfer && !goesOn) dropTransfer(ctx, call, {by: 'network', reason});
	noteCall(ctx, call, goesOn ? 'call.operatorLeft' : 'call.operatorLost', {reason});
	liftMask(ctx, call, reason);
	endWatches(ctx, call);
	keepWork(ctx, call);
	if (!goesOn) offHold(ctx, call);
	freeAgent(ctx, agent, call, {outcome: 'talked', by: goesOn ? 'agent' : 'network', reason});
	delete call.operatorId;
	if (!goesOn) strand(ctx, call, reason);
}

function offHold(ctx: Context, call: Call): void {
	if (call.musicLegId !== undefined) tell(ctx, {type: 'stopPlaying', legId: call.musicLegId});
	delete call.held;
	delete call.givenAway;
	delete call.musicLegId;
	takeApart(ctx, call);
	closeRoom(ctx, call);
}

/** Nobody has the customer any more. */
function strand(ctx: Context, call: Call, reason: string): void {
	if (call.inbound && call.row.groupId !== undefined) {
		handBack(ctx, call, reason);
		return;
	}
	moveCall(ctx, call, 'apology');
	tell(ctx, {type: 'play', legId: call.legId, prompt: 'abandonApology'});
	setTimer(ctx, 'callGuard', call.row.id, ctx.nowMs + ctx.world.settings.apologyMs);
}

/** The other end of an internal call or a transfer has hung up, or its phone is gone. */
export function targetLost(ctx: Context, call: Call, reason: string, actor?: string): void {
	const outcome = call.row.joinedMs === undefined ? 'declined' : 'talked';
	const ending: Ending = {outcome, by: 'agent', reason, ...(actor !== undefined && {actor})};
	if (call.row.transferOf !== undefined && firstOf(ctx, call)) consultFailed(ctx, call, ending);
	else endCall(ctx, call, ending);
}
