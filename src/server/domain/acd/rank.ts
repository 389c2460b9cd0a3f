/** Distribution: who is offered which call. Functions of what they are given, nothing else. */
import type {Held} from '../why/rules.js';
import type {DistributionPattern, Skill} from './settings.js';

/** Something in a queue: a caller, or a promised call-back. */
export type QueueItem = {
	id: string;
	groupId: string;
	/** Into the queue. */
	queuedMs: number;
	pattern: DistributionPattern;
	ageingMs: number;
	/** Times it was offered: chance falls anew each time. */
	offers: number;
	/** Operator of the last talk with this caller, while that counts. */
	stickyId?: string;
	/** Operators who are not to be offered it now, and until when. */
	blocked: ReadonlyMap<string, number>;
};

/** An operator who can take a call now. */
export type FreeAgent = {
	operatorId: string;
	/** By id of the groups worked in. */
	groups: ReadonlyMap<string, Skill>;
	/** End of the last inbound call, or the login. */
	idleSinceMs: number;
	/** Inbound talks of the day. */
	talksToday: number;
	loginMs: number;
};

/** What forbids to offer the item to a free operator, if anything. */
export function notOffered(item: QueueItem, agent: Pick<FreeAgent, 'operatorId' | 'groups'>): Held | undefined {
	if (!agent.groups.has(item.groupId)) return {rule: 'otherGroup', value: item.groupId};
	const untilMs = item.blocked.get(agent.operatorId);
	if (untilMs === undefined) return undefined;
	const source = {kinds: ['call.declined', 'call.missed'], agentId: agent.operatorId, callId: item.id};
	return {rule: 'backOff', value: untilMs, facts: {untilAtMs: untilMs}, source};
}

/** By what one operator is before another. */
export type RankReason = 'lastTalk' | 'skill' | DistributionPattern | 'id';
type Order = (a: FreeAgent, b: FreeAgent) => number;

/** The one of the last talk, then by skill, then by the group's pattern; the first that is not 0 decides. */
function ordersOf(item: QueueItem): Array<[RankReason, Order]> {
	const patterns: Record<DistributionPattern, Order> = {
		longestWaiting: (a, b) => a.idleSinceMs - b.idleSinceMs,
		fewestToday: (a, b) => a.talksToday - b.talksToday || a.idleSinceMs - b.idleSinceMs,
		random: (a, b) => diceOf(item, a) - diceOf(item, b),
		loginOrder: (a, b) => a.loginMs - b.loginMs,
		all: (a, b) => a.idleSinceMs - b.idleSinceMs,
	};
	return [
		['lastTalk', (a, b) => Number(b.operatorId === item.stickyId) - Number(a.operatorId === item.stickyId)],
		['skill', (a, b) => skillOf(b, item) - skillOf(a, item)],
		[item.pattern, patterns[item.pattern]],
		['id', (a, b) => (a.operatorId < b.operatorId ? -1 : 1)],
	];
}

/** Operators for an item, best first. */
export function rankAgents(item: QueueItem, agents: readonly FreeAgent[]): FreeAgent[] {
	const orders = ordersOf(item);
	return agents
		.filter(agent => !notOffered(item, agent))
		.sort((a, b) => {
			for (const [, order] of orders) {
				const difference = order(a, b);
				if (difference !== 0) return difference;
			}
			return 0;
		});
}

/** What puts `first` before `other` for this item; both work in its group. Undefined when it does not. */
export function rankedBy(item: QueueItem, first: FreeAgent, other: FreeAgent): RankReason | undefined {
	const [reason, order] = ordersOf(item).find(([, each]) => each(first, other) !== 0)!;
	return order(first, other) < 0 ? reason : undefined;
}

const skillOf = (agent: FreeAgent, item: QueueItem): number => agent.groups.get(item.groupId)!.skill;

/** A die thrown for this operator and this offer: a hash (FNV-1a, then the finaliser of MurmurHash3). */
function diceOf(item: QueueItem, agent: FreeAgent): number {
	const text = `${item.id} ${item.offers} ${agent.operatorId}`;
	let hash = 0x811c9dc5;
	for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * What an item is worth to an agent, smaller first: the agent's priority for its group, one step less for each `ageingMs` of
 * waiting. Whoever has waited long enough is thus before every newcomer, whatever the priorities.
 */
export function urgency(item: QueueItem, agent: FreeAgent, nowMs: number): number {
	const {priority} = agent.groups.get(item.groupId)!;
	return priority - Math.floor(Math.max(0, nowMs - item.queuedMs) / item.ageingMs);
}

/** The item this agent should take, if there is one. */
export function bestItem(agent: FreeAgent, items: readonly QueueItem[], nowMs: number): QueueItem | undefined {
	let best: QueueItem | undefined;
	let bestUrgency = 0;
	for (const item of items) {
		if (notOffered(item, agent)) continue;
		const value = urgency(item, agent, nowMs);
		if (best && (value > bestUrgency || (value === bestUrgency && !isOlder(item, best)))) continue;
		best = item;
		bestUrgency = value;
	}
	return best;
}

const isOlder = (a: QueueItem, b: QueueItem): boolean => a.queuedMs < b.queuedMs || (a.queuedMs === b.queuedMs && a.id < b.id);

/**
 * The next offer: each free agent looks for the most urgent item; of the items looked for the oldest is offered first, to the
 * best of the agents who look for it. Ranked best first, never empty.
 */
export function nextMatch(
	items: readonly QueueItem[],
	agents: readonly FreeAgent[],
	nowMs: number,
): {item: QueueItem; ranked: FreeAgent[]} | undefined {
	const seekers = new Map<QueueItem, FreeAgent[]>();
	for (const agent of agents) {
		const item = bestItem(agent, items, nowMs);
		if (!item) continue;
		const others = seekers.get(item);
		if (others) others.push(agent);
		else seekers.set(item, [agent]);
	}
	let oldest: QueueItem | undefined;
	for (const item of seekers.keys()) if (!oldest || isOlder(item, oldest)) oldest = item;
	return oldest && {item: oldest, ranked: rankAgents(oldest, seekers.get(oldest)!)};
}

/** With the pattern `all`: those who ring together. The one of the last talk rings alone, else all of the highest skill. */
export function ringTogether(item: QueueItem, ranked: readonly FreeAgent[]): FreeAgent[] {
	const [first] = ranked;
	if (!first) return [];
	if (first.operatorId === item.stickyId) return [first];
	return ranked.filter(agent => skillOf(agent, item) === skillOf(first, item));
}
