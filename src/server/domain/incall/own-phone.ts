/**
 * Ringing mode (X1): the operator's phone is called for each call and let go after it. The same field `leg` of the session holds
 * that leg, so whatever works with an operator whose leg is up works in both modes.
 */
import {type Context, change, newId, operatorOf, setTimer, tell} from '../context.js';
import {isMasked, maskedNumber} from '../privacy.js';
import type {Held} from '../why/rules.js';
import type {Agent, World} from '../world.js';
import {voiceOf} from './second-leg.js';

export function isOnline(world: World, agent: Agent): boolean {
	return operatorOf(world, agent.operatorId)?.workMode === 'online';
}

/** A call may be placed or taken now: the standing leg is up, or in ringing mode the phone is registered. */
export function phoneUsable(world: World, agent: Agent): boolean {
	return phoneTrouble(world, agent) === undefined;
}

/** What keeps calls from the operator's phone, if anything. */
export function phoneTrouble(world: World, agent: Agent): Held | undefined {
	const {extension, operatorId: agentId} = agent;
	if (!world.phones.has(extension)) return {rule: 'phoneNotRegistered', value: extension, source: {kinds: ['phone.down'], agentId}};
	return isOnline(world, agent) ? legTrouble(agent) : undefined;
}

/** In online mode the phone has to be connected already. */
export function legTrouble({leg, extension, legFailures, operatorId: agentId}: Agent): Held | undefined {
	if (leg.state === 'up') return undefined;
	const rule = leg.state === 'connecting' ? 'legConnecting' : 'legDown';
	return {rule, value: extension, facts: {failures: legFailures}, source: {kinds: ['agent.legDown'], agentId}};
}

/** Calls the operator's phone. What waits for it (a call, an offer, a watch) goes on at `legUp`, or is given up at `legDown`. */
export function ringOwnPhone(ctx: Context, agent: Agent, from: {number: string; name?: string}, autoAnswer = false): void {
	if (agent.leg.state !== 'none') return;
	const {agentRingMs, guardMs} = ctx.world.settings;
	const legId = newId(ctx, 'l');
	takeLeg(ctx, agent, legId, ctx.nowMs + agentRingMs + guardMs);
	tell(ctx, {
		type: 'ringPhone',
		legId,
		extension: agent.extension,
		// Its display is a screen as well.
		from: isMasked(ctx.world, agent.operatorId) ? maskedNumber(from.number) : from.number,
		...(from.name !== undefined && {fromName: from.name}),
		ringMs: agentRingMs,
		autoAnswer,
	});
}

/** A leg that is coming up becomes the operator's. */
export function takeLeg(ctx: Context, agent: Agent, legId: string, untilMs: number): void {
	agent.leg = {state: 'connecting', legId};
	ctx.world.legs.set(legId, {kind: 'agent', operatorId: agent.operatorId});
	setTimer(ctx, 'agentLeg', agent.operatorId, untilMs);
	change(ctx, agent.operatorId, 'phone');
}

/** The operator hears it ring, here or at the other end. */
export function playTone(ctx: Context, agent: Agent | undefined): void {
	const legId = voiceOf(agent);
	if (!agent || legId === undefined) return;
	if (agent.playing) tell(ctx, {type: 'stopPlaying', legId});
	agent.playing = true;
	tell(ctx, {type: 'play', legId, prompt: 'ringTone', loop: true});
}

/** Whatever the operator hears besides the talk is over. */
export function stopTone(ctx: Context, agent: Agent | undefined): void {
	const legId = voiceOf(agent);
	if (legId !== undefined && agent?.playing) tell(ctx, {type: 'stopPlaying', legId});
	if (agent) agent.playing = false;
}
