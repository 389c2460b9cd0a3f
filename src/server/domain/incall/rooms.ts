/**
 * Who hears whom in a call. A call of two begins in a bridge; from the first hold, third party or supervisor on it is a room,
 * whose members are worked out anew each time from what the call is.
 */
import {takeApart} from '../call.js';
import {type Context, change, log, newId, notify, tell} from '../context.js';
import type {RoomMember} from '../effects.js';
import type {Agent, Call, World} from '../world.js';
import {voiceOf} from './second-leg.js';

/** The leg of an operator, if it is up. */
export const legOf = (agent: Agent | undefined): string | undefined => voiceOf(agent);

/** The leg of the colleague or number at the other end, once answered. */
export function targetLeg(world: World, call: Call): string | undefined {
	if (call.target?.state !== 'up') return undefined;
	return call.target.legId ?? legOf(world.agents.get(call.target.operatorId ?? ''));
}

/** The call whose room a call's people are in: during a consultation that of the customer. */
export function roomCall(world: World, call: Call): Call {
	const first = world.calls.get(call.row.transferOf ?? '');
	return first?.transfer?.callId === call.row.id ? first : call;
}

function membersOf(world: World, call: Call): RoomMember[] {
	if (call.phase !== 'talking') return [];
	const transfer = call.transfer && world.calls.get(call.transfer.callId);
	const mine = legOf(world.agents.get(call.operatorId ?? ''));
	const other = transfer && call.transfer?.mode !== 'blind' ? targetLeg(world, transfer) : targetLeg(world, call);
	const people = [call.held || call.legId === '' ? undefined : call.legId, mine, call.held && !transfer ? undefined : other];
	const members: RoomMember[] = people.flatMap(legId => (legId === undefined ? [] : [{legId, speaksTo: 'all' as const}]));
	if (members.length < 2) return [];
	for (const watcher of world.agents.values()) {
		const legId = legOf(watcher);
		if (watcher.watch?.callId !== call.row.id || legId === undefined) continue;
		const {mode} = watcher.watch;
		members.push({legId, speaksTo: mode === 'barge' ? 'all' : mode === 'whisper' && mine !== undefined ? [mine] : 'none'});
	}
	return members;
}

/** Brings the media to what the call is now. */
export function arrange(ctx: Context, call: Call): void {
	const members = membersOf(ctx.world, call);
	if (call.bridgeId !== undefined && members.length === 2) return;
	takeApart(ctx, call);
	if (members.length === 0) {
		closeRoom(ctx, call);
		return;
	}
	call.roomId ??= newId(ctx, 'room');
	ctx.world.rooms.set(call.roomId, call.row.id);
	const said = JSON.stringify(members);
	if (call.roomSaid === said) return;
	call.roomSaid = said;
	tell(ctx, {type: 'setRoom', roomId: call.roomId, members});
}

export function closeRoom(ctx: Context, call: Call): void {
	if (call.roomId === undefined) return;
	tell(ctx, {type: 'setRoom', roomId: call.roomId, members: []});
	ctx.world.rooms.delete(call.roomId);
	delete call.roomId;
	delete call.roomSaid;
}

const roomFailuresMax = 2;

/** Tried once more; after that the operator is told: whether the sound flows is heard best by the people. */
export function roomFailed(ctx: Context, roomId: string, reason: string) {
	const call = ctx.world.calls.get(ctx.world.rooms.get(roomId) ?? '');
	if (!call) return;
	ctx.callId = call.row.id;
	delete call.roomSaid;
	call.roomFailures = (call.roomFailures ?? 0) + 1;
	log(ctx, 'warn', 'a room could not be set', {callId: call.row.id, reason, times: call.roomFailures});
	if (call.roomFailures < roomFailuresMax) return arrange(ctx, call);
	call.roomFailures = 0;
	const agent = ctx.world.agents.get(call.operatorId ?? '');
	if (agent) notify(ctx, agent, 'error', 'roomFailed', {reason});
}

/** Music to the customer, or to the colleague at the other end, and back to the talk. */
export function setHeld(ctx: Context, call: Call, held: boolean, musicLegId = call.legId): void {
	if ((call.held ?? false) === held) return;
	// Both ends of an internal call see it, whoever pressed the key.
	for (const operatorId of [call.operatorId, call.target?.operatorId]) if (operatorId !== undefined) change(ctx, operatorId, 'call');
	if (held) {
		call.held = true;
		call.musicLegId = musicLegId;
		arrange(ctx, call);
		tell(ctx, {type: 'play', legId: musicLegId, prompt: 'holdMusic', loop: true});
		return;
	}
	delete call.held;
	delete call.givenAway;
	if (call.musicLegId !== undefined) tell(ctx, {type: 'stopPlaying', legId: call.musicLegId});
	delete call.musicLegId;
	arrange(ctx, call);
}
