/** A supervisor looks at an operator's screen, or sends a line of text into the band at its foot. The log says who did, and for how long. */
import {accept, type Context, change, note, notify, operatorOf} from '../context.js';
import type {ConsoleEvent} from '../events.js';
import {endTyping} from '../typing.js';
import type {Agent} from '../world.js';
import {inSight} from './supervise.js';

type Of<T extends ConsoleEvent['type']> = Extract<ConsoleEvent, {type: T}>;

const nameOf = (ctx: Context, operatorId: string): string => operatorOf(ctx.world, operatorId)?.name ?? operatorId;

export function watchScreen(ctx: Context, agent: Agent, event: Of<'watchScreen'>) {
	const {requestId, operatorId, of} = event;
	const watched = inSight(ctx, event);
	if (!watched) return;
	if (agent.looking?.of !== of) {
		stopLooking(ctx, agent, 'another');
		agent.looking = {of, sinceMs: ctx.nowMs};
		note(ctx, 'screen.watched', {actor: operatorId, agentId: of, callId: watched.callId});
		if (ctx.world.settings.tellWatched) notify(ctx, watched, 'info', 'screenWatched', {by: nameOf(ctx, operatorId)});
		change(ctx, of, 'call');
	}
	accept(ctx, requestId);
}

export function unwatchScreen(ctx: Context, agent: Agent, requestId: string) {
	stopLooking(ctx, agent, 'stopped');
	accept(ctx, requestId);
}

export function stopLooking(ctx: Context, agent: Agent, reason: string): void {
	const {looking} = agent;
	if (!looking) return;
	delete agent.looking;
	note(ctx, 'screen.unwatched', {
		actor: agent.operatorId,
		agentId: looking.of,
		reason,
		data: {forMs: ctx.nowMs - looking.sinceMs},
	});
	const theirs = ctx.world.agents.get(looking.of);
	if (!theirs) return;
	if (theirs.typing?.by === agent.operatorId) endTyping(ctx, theirs, 'stopped');
	change(ctx, looking.of, 'call');
}

/** The session that was looked at is over. */
export function endLooks(ctx: Context, of: Agent): void {
	for (const agent of ctx.world.agents.values()) if (agent.looking?.of === of.operatorId) stopLooking(ctx, agent, 'loggedOff');
}

export function messageAgent(ctx: Context, event: Of<'messageAgent'>) {
	const {requestId, operatorId, of, text} = event;
	const agent = inSight(ctx, event);
	if (!agent) return;
	note(ctx, 'agent.messaged', {actor: operatorId, agentId: of, callId: agent.callId, data: {text}});
	notify(ctx, agent, 'warning', 'supervisorSays', {by: nameOf(ctx, operatorId), text});
	accept(ctx, requestId, {durable: true});
}
