/** A caller is sent on to an extension or to the outside: a second leg is called and joined to the caller's. */
import {endCall, moveCall, noteCall, takeApart} from '../call.js';
import {type Context, clearTimer, log, newId, persist, setTimer, tell} from '../context.js';
import type {LegFailure} from '../events.js';
import {normaliseNumber} from '../numbers.js';
import type {Call} from '../world.js';
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
	const legId = newId(ctx, 'l');
	const ringMs = line?.ringMs ?? 30_000;
	call.inbound!.forward = {legId, onFailure};
	world.legs.set(legId, {kind: 'forward', callId: call.row.id});
	moveCall(ctx, call, 'forwarding');
	playMusic(ctx, call);
	const from = call.row.fromNumber;
	if (target.kind === 'number') tell(ctx, {type: 'dial', legId, trunk: line!.trunk, to, from: line!.callerNumber, ringMs});
	else tell(ctx, {type: 'ringPhone', legId, extension: to, from, ringMs, autoAnswer: false});
	setTimer(ctx, 'callGuard', call.row.id, nowMs + ringMs + world.settings.guardMs);
	noteCall(ctx, call, 'call.forwarded', {data: {to}});
}

/** The other side has answered. */
export function forwardAnswered(ctx: Context, call: Call): void {
	const inbound = call.inbound!;
	if (call.phase !== 'forwarding' || !inbound.forward || call.bridgeId !== undefined) return;
	const bridgeId = newId(ctx, 'b');
	call.bridgeId = bridgeId;
	ctx.world.bridges.set(bridgeId, call.row.id);
	silence(ctx, call);
	tell(ctx, {type: 'join', bridgeId, customerLegId: call.legId, agentLegId: inbound.forward.legId, beep: false});
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
	dropForward(ctx, call);
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
	ctx.world.legs.delete(forward.legId);
	tell(ctx, {type: 'hangUp', legId: forward.legId});
}
