/** The sound of the parties of a call: what is wrong with it now, who is told, and what the event log keeps. */
import {noteCall} from './call.js';
import {type Context, change, note} from './context.js';
import type {SoundTrouble} from './events.js';
import {legOf, targetLeg} from './incall/rooms.js';
import type {Agent, Call, World} from './world.js';

/** `own`: what comes from the operator's telephone; `far`: from the other side. */
export type Trouble = SoundTrouble & {of: 'own' | 'far'; sinceMs: number};

/** What is wrong now, as the operator of a call is told it. */
export function troublesOf(world: World, agent: Agent | undefined, call: Call | undefined): Trouble[] {
	if (!call || world.soundTroubles.size === 0) return [];
	const own = legOf(agent);
	const ofLeg = (of: Trouble['of'], legId: string | undefined): Trouble[] => {
		const {sinceMs, troubles} = world.soundTroubles.get(legId ?? '') ?? {sinceMs: 0, troubles: []};
		return troubles.map(trouble => ({...trouble, of, sinceMs}));
	};
	const far = [call.legId, targetLeg(world, call)].filter(legId => legId !== own);
	return [...far.flatMap(legId => ofLeg('far', legId)), ...ofLeg('own', own)];
}

export function soundHeard(ctx: Context, legId: string, troubles: readonly SoundTrouble[]): void {
	const {world} = ctx;
	const owner = world.legs.get(legId);
	// Nobody's leg any more.
	if (!owner) return;
	const before = world.soundTroubles.get(legId);
	if (troubles.length > 0) world.soundTroubles.set(legId, {sinceMs: before?.sinceMs ?? ctx.nowMs, troubles});
	else world.soundTroubles.delete(legId);
	const isOwn = owner.kind === 'agent' || owner.kind === 'second';
	const agent = isOwn ? world.agents.get(owner.operatorId) : undefined;
	const call = world.calls.get((isOwn ? agent?.callId : owner.callId) ?? '');
	const data = {of: agent ? 'own' : 'far', ...Object.fromEntries(troubles.map(({kind, value}) => [kind, value]))};
	const reason = troubles.length > 0 ? 'soundBad' : 'soundGood';
	if (call) noteCall(ctx, call, 'call.sound', {reason, data});
	else if (agent) note(ctx, 'phone.sound', {agentId: agent.operatorId, reason, data: {...data, extension: agent.extension}});
	for (const operatorId of [agent?.operatorId, call?.operatorId, call?.target?.operatorId])
		if (operatorId !== undefined) change(ctx, operatorId, 'call');
}
