/** ヘルプ・エマージェンシー: asked in any status, seen by supervisors, taken by one of them. The call is not touched. */
import {forbidden} from '../agent.js';
import {accept, type Context, change, note, notify, operatorOf, refuse} from '../context.js';
import type {ConsoleEvent} from '../events.js';
import type {Agent} from '../world.js';
import {seesAgent} from './sight.js';
import {inSight, isSupervisor} from './supervise.js';

type Of<T extends ConsoleEvent['type']> = Extract<ConsoleEvent, {type: T}>;

const commentMax = 200;

export function requestHelp(ctx: Context, agent: Agent, event: Of<'requestHelp'>) {
	const refusal = forbidden(agent, 'help');
	if (refusal) return refuse(ctx, event.requestId, refusal);
	const comment = event.comment?.slice(0, commentMax);
	agent.help = {sinceMs: agent.help?.sinceMs ?? ctx.nowMs, ...(comment !== undefined && {comment})};
	const {operatorId, callId} = agent;
	note(ctx, 'help.requested', {
		actor: operatorId,
		agentId: operatorId,
		callId,
		data: {status: agent.status, ...(comment !== undefined && {comment})},
	});
	change(ctx, operatorId, 'status');
	const name = operatorOf(ctx.world, operatorId)?.name ?? operatorId;
	for (const other of ctx.world.agents.values()) {
		if (other !== agent && isSupervisor(ctx, other.operatorId) && seesAgent(ctx.world, other.operatorId, agent))
			notify(ctx, other, 'warning', 'helpRequested', {name, extension: agent.extension});
	}
	accept(ctx, event.requestId, {durable: true});
}

export function cancelHelp(ctx: Context, agent: Agent, requestId: string) {
	if (!agent.help) return refuse(ctx, requestId, {code: 'notFound', message: 'no help is asked for'});
	const {sinceMs} = agent.help;
	delete agent.help;
	note(ctx, 'help.cancelled', {actor: agent.operatorId, agentId: agent.operatorId, data: {forMs: ctx.nowMs - sinceMs}});
	change(ctx, agent.operatorId, 'status');
	accept(ctx, requestId);
}

export function takeHelp(ctx: Context, event: Of<'takeHelp'>) {
	const {requestId, operatorId, of} = event;
	const agent = inSight(ctx, event);
	if (!agent) return;
	if (!agent.help) return refuse(ctx, requestId, {code: 'notFound', message: 'that operator does not ask for help'});
	const by = agent.help.takenBy;
	// Who has gone home does not keep it.
	if (by !== undefined && by !== operatorId && ctx.world.agents.has(by))
		return refuse(ctx, requestId, {code: 'callTaken', message: 'another supervisor answers it'});
	agent.help.takenBy = operatorId;
	note(ctx, 'help.taken', {actor: operatorId, agentId: of, data: {waitedMs: ctx.nowMs - agent.help.sinceMs}});
	notify(ctx, agent, 'info', 'helpTaken', {name: operatorOf(ctx.world, operatorId)?.name ?? operatorId});
	change(ctx, of, 'status');
	accept(ctx, requestId);
}
