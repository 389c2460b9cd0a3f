/** Why does this caller wait? */
import {asFree, callBackHeld, callBackItem, itemOf, notFree, plannedOffers, skillTooLow} from '../acd/dispatch.js';
import {ringingAgents} from '../acd/offers.js';
import {queueOf} from '../acd/queue.js';
import {notOffered, type QueueItem, rankedBy} from '../acd/rank.js';
import {notForDialler} from '../joining.js';
import type {CallRow, EventRow} from '../model.js';
import {troublesOf} from '../sound.js';
import type {Agent, Call, World} from '../world.js';
import {otherFirst, ringsAt} from './agent.js';
import {type Finding, holding, noted} from './rules.js';

const soundKinds = ['silent', 'loss', 'jitter'] as const;

/** Undefined when there is no such call, and no such promised call-back, under way. */
export function whyCall(world: World, id: string, nowMs: number): Finding[] | undefined {
	const call = world.calls.get(id);
	if (call) return call.row.endedMs === undefined ? running(world, call, nowMs) : [callOver(call.row)];
	const row = world.callBacks.get(id);
	if (!row) return undefined;
	const held = callBackHeld(world, row, nowMs);
	if (held) return [holding(held, {group: row.groupId}), ...ringingAgents(world, id).map(agent => holding(ringsAt(world, agent, nowMs)))];
	return whoCould(world, callBackItem(world, row, nowMs), undefined, nowMs);
}

/** A call that is over. */
export function callOver({id, outcome, endedMs, endedBy}: CallRow): Finding {
	const facts = {...(endedBy && {endedBy})};
	return holding({
		rule: 'callEnded',
		value: outcome ?? 'error',
		facts,
		...(endedMs !== undefined && {sinceMs: endedMs}),
		source: {kinds: ['call.ended'], callId: id},
	});
}

function running(world: World, call: Call, nowMs: number): Finding[] {
	const {row, phase, inbound} = call;
	switch (phase) {
		case 'queued':
			return [place(world, call), ...whoCould(world, itemOf(world, call, nowMs), call, nowMs)];
		case 'offered': {
			const rings = ringingAgents(world, row.id);
			const others = whoCould(world, itemOf(world, call, nowMs), call, nowMs, rings);
			return [place(world, call), ...rings.map(agent => holding(ringsAt(world, agent, nowMs))), ...others];
		}
		case 'waiting':
			return whoIsReady(world, call);
		default: {
			const closed: Finding[] =
				inbound?.ending?.reason === 'outsideHours'
					? [holding({rule: 'outsideHours', value: row.toNumber, source: {kinds: ['call.sentTo'], callId: row.id}})]
					: [];
			const facts = {...(call.operatorId !== undefined && {operator: call.operatorId})};
			const sinceMs = row.joinedMs ?? row.answeredMs ?? row.ringingMs ?? row.startedMs;
			return [...closed, holding({rule: 'callPhase', value: phase, facts, sinceMs}), ...unsound(world, call)];
		}
	}
}

/** What is wrong with its sound now. */
function unsound(world: World, call: Call): Finding[] {
	const operator = call.operatorId ?? '';
	return troublesOf(world, world.agents.get(operator), call).map(({of, kind, value, sinceMs}) =>
		holding({rule: 'soundTrouble', value: `${of}.${kind}`, facts: {operator, amount: value}, sinceMs}),
	);
}

/** What was wrong with the sound of a call, from its events `call.sound`. */
export function wasUnsound(events: readonly EventRow[]): Finding[] {
	return events.flatMap(({atMs, agentId = '', data = {}}) =>
		soundKinds
			.filter(kind => typeof data[kind] === 'number')
			.map(kind =>
				noted({
					rule: 'soundTrouble',
					value: `${data['of'] === 'own' ? 'own' : 'far'}.${kind}`,
					facts: {operator: agentId, amount: Number(data[kind])},
					sinceMs: atMs,
				}),
			),
	);
}

function place(world: World, {row, inbound}: Call): Finding {
	const queue = queueOf(world, row.groupId!);
	const at = queue.findIndex(({row: {id}}) => id === row.id) + 1;
	const sinceMs = inbound!.queuedMs ?? row.startedMs;
	return noted({rule: 'place', value: at, facts: {of: queue.length, group: row.groupId!}, sinceMs});
}

/** Operators at work in the group of a call. */
function workers(world: World, groupId: string): Agent[] {
	return [...world.agents.values()].filter(agent => agent.stage === 'working' && agent.groupIds.includes(groupId));
}

const nobody = (groupId: string): Finding => holding({rule: 'nobodyWorks', value: groupId}, {group: groupId});

/** Each operator of the group, and why that one does not take it. */
function whoCould(world: World, item: QueueItem, call: Call | undefined, nowMs: number, rings: readonly Agent[] = []): Finding[] {
	const agents = workers(world, item.groupId);
	if (agents.length === 0) return [nobody(item.groupId)];
	const planned = plannedOffers(world, nowMs);
	return agents
		.filter(agent => !rings.includes(agent))
		.map(agent => {
			const facts = {operator: agent.operatorId, call: item.id};
			const own = asFree(world, agent, nowMs);
			const held = notFree(world, agent) ?? notOffered(item, own) ?? (call && skillTooLow(call, own));
			if (held) return holding(held, facts);
			const first = planned.get(item.id) ?? [];
			if (first.includes(agent.operatorId)) return noted({rule: 'offered', value: item.id}, facts);
			const ringing = call?.inbound?.ringSkill === undefined ? rings[0] : undefined;
			const before = ringing ?? world.agents.get(first[0] ?? '');
			if (before) {
				const by = rankedBy(item, asFree(world, before, nowMs), own) ?? 'turn';
				return holding({rule: 'rankedLower', value: by, facts: {before: before.operatorId}}, facts);
			}
			return holding(otherFirst(planned, agent.operatorId), facts);
		});
}

/** A person whom the dialler has called and who has answered. */
function whoIsReady(world: World, {row}: Call): Finding[] {
	const {groupId = ''} = row;
	const agents = workers(world, groupId);
	const untilAtMs = (row.answeredMs ?? row.startedMs) + world.settings.abandonAfterMs;
	const phase = noted({
		rule: 'callPhase',
		value: 'waiting',
		facts: {untilAtMs},
		...(row.answeredMs !== undefined && {sinceMs: row.answeredMs}),
	});
	if (agents.length === 0) return [phase, nobody(groupId)];
	return [
		phase,
		...agents.map(agent => {
			const held = notForDialler(world, agent);
			const facts = {operator: agent.operatorId};
			return held ? holding(held, facts) : noted({rule: 'offered', value: row.id}, facts);
		}),
	];
}
