/**
 * A caller is sent on to an extension or to the outside: a second leg is called and joined to the caller's. Where an operator works
 * at the extension it is that operator's call, with popup, status and record, like one of the queue.
 */
import {endCall, moveCall, noteCall, takeApart} from '../call.js';
import {type Context, change, clearTimer, log, newId, persist, setTimer, tell} from '../context.js';
import {dialOut} from '../dial/day.js';
import {trunkFull} from '../dial/limits.js';
import type {LegFailure} from '../events.js';
import {stopTone} from '../incall/own-phone.js';
import {dropTarget, findSeat, ringSeat, unreachable} from '../incall/seats.js';
import {join} from '../joining.js';
import {normaliseNumber} from '../numbers.js';
import type {Agent, Call} from '../world.js';
import {sendTo} from './arrival.js';
import type {Target} from './settings.js';
import {playMusic, silence} from './sounds.js';

type ForwardTarget = Extract<Target, {kind: 'extension' | 'number'}>;

export function forward(ctx: Context, call: Call, target: ForwardTarget): void {
	const {world, nowMs} = ctx;
	const onFailure = target.otherwise ?? {kind: 'message'};
	const line = world.config.directDial ?? world.config.autoDials[0];
	const to = target.kind === 'number' ? normaliseNumber(target.number) : target.extension;
	if (to === undefined || (target.kind === 'number' && !line)) {
		log(ctx, 'warn', 'a call cannot be sent on: no trunk for calls by hand, or no number', {target});
		sendTo(ctx, call, onFailure, 'cannotForward');
		return;
	}
	const full = target.kind === 'number' ? trunkFull(world, line!.trunk, nowMs) : undefined;
	if (full) {
		noteCall(ctx, call, 'call.forwardFailed', {reason: full.rule, data: {to, ...full.facts}});
		log(ctx, 'warn', 'a call cannot be sent on: the trunk is at its limit', {to, limit: full.rule, ...full.facts});
		sendTo(ctx, call, onFailure, full.rule);
		return;
	}
	const ringMs = line?.ringMs ?? 30_000;
	moveCall(ctx, call, 'forwarding');
	playMusic(ctx, call);
	noteCall(ctx, call, 'call.forwarded', {data: {to}});
	const guardedMs = nowMs + ringMs + world.settings.guardMs;
	const seat = target.kind === 'extension' ? findSeat(world, {number: to}) : undefined;
	if (seat?.kind === 'seat') {
		call.inbound!.forward = {onFailure};
		setTimer(ctx, 'callGuard', call.row.id, guardedMs);
		forwardToSeat(ctx, call, seat.agent, ringMs);
		return;
	}
	const legId = newId(ctx, 'l');
	call.inbound!.forward = {legId, onFailure};
	world.legs.set(legId, {kind: 'forward', callId: call.row.id});
	const from = call.row.fromNumber;
	if (target.kind === 'number') dialOut(ctx, {type: 'dial', legId, trunk: line!.trunk, to, from: line!.callerNumber, ringMs});
	else tell(ctx, {type: 'ringPhone', legId, extension: to, from, ringMs, autoAnswer: false});
	setTimer(ctx, 'callGuard', call.row.id, guardedMs);
}

/** The console of the operator who works there rings, with whoever calls in the popup. */
function forwardToSeat(ctx: Context, call: Call, agent: Agent, ringMs: number): void {
	const why = unreachable(ctx.world, agent);
	if (why) {
		forwardFailed(ctx, call, why);
		return;
	}
	const {withheld, calledName, match} = call.inbound!;
	call.target = {operatorId: agent.operatorId, state: 'calling'};
	setTimer(ctx, 'target', call.row.id, ctx.nowMs + ringMs);
	ringSeat(ctx, call, agent, {
		actor: 'system',
		reason: 'callForwarded',
		popup: {
			kind: 'call',
			number: call.row.fromNumber,
			withheld,
			...(calledName !== undefined && {calledName}),
			...(match && {candidates: match}),
		},
	});
}

/** The operator at the extension has taken it. */
export function forwardTaken(ctx: Context, call: Call, agent: Agent): void {
	const popup = agent.incoming;
	delete agent.offer;
	stopTone(ctx, agent);
	if (popup) agent.incoming = {...popup, ringing: false};
	change(ctx, agent.operatorId, 'incoming');
	delete call.target;
	clearTimer(ctx, 'target', call.row.id);
	join(ctx, call, agent);
}

/** The other side has answered. */
export function forwardAnswered(ctx: Context, call: Call): void {
	const inbound = call.inbound!;
	const agentLegId = inbound.forward?.legId;
	if (call.phase !== 'forwarding' || agentLegId === undefined || call.bridgeId !== undefined) return;
	const bridgeId = newId(ctx, 'b');
	call.bridgeId = bridgeId;
	ctx.world.bridges.set(bridgeId, call.row.id);
	silence(ctx, call);
	tell(ctx, {type: 'join', bridgeId, customerLegId: call.legId, agentLegId, beep: false});
	setTimer(ctx, 'callGuard', call.row.id, ctx.nowMs + ctx.world.settings.guardMs);
}

/** Both are joined. */
export function forwardJoined(ctx: Context, call: Call): void {
	moveCall(ctx, call, 'talking');
	clearTimer(ctx, 'callGuard', call.row.id);
	call.row.joinedMs = ctx.nowMs;
	noteCall(ctx, call, 'call.joined', {reason: 'forwarded'});
	persist(ctx, {op: 'putCall', row: {...call.row}});
}

/** The other side was not reached. */
export function forwardFailed(ctx: Context, call: Call, failure: LegFailure | 'joinFailed' | 'noReport' | 'ended'): void {
	const {forward} = call.inbound!;
	if (!forward) return;
	noteCall(ctx, call, 'call.forwardFailed', {reason: failure});
	// The operator was there, and lost before a word was said.
	if (call.phase === 'joining') moveCall(ctx, call, 'forwarding');
	dropForward(ctx, call);
	dropTarget(ctx, call, {outcome: 'cancelled', by: 'system', reason: failure});
	takeApart(ctx, call);
	clearTimer(ctx, 'callGuard', call.row.id);
	call.inbound!.ending ??= {outcome: 'closed', reason: 'forwardFailed'};
	sendTo(ctx, call, forward.onFailure, failure);
}

/** The other side has hung up. */
export function forwardEnded(ctx: Context, call: Call): void {
	if (call.phase === 'talking') {
		dropForward(ctx, call);
		endCall(ctx, call, {outcome: 'talked', by: 'network', reason: 'farSideHungUp'});
	} else if (call.phase === 'forwarding') forwardFailed(ctx, call, 'ended');
	else dropForward(ctx, call);
}

/** The other side's leg is not wanted any more. */
export function dropForward(ctx: Context, call: Call): void {
	const forward = call.inbound?.forward;
	if (!forward) return;
	delete call.inbound!.forward;
	if (forward.legId === undefined) return;
	ctx.world.legs.delete(forward.legId);
	tell(ctx, {type: 'hangUp', legId: forward.legId});
}
