/**
 * Which entry is next: whoever was abandoned, then others whose time has come, over all lists of the crew; then the lists in their
 * order. Some entries need a certain operator: they stay at hand until there is one.
 */
import {type Context, operatorOf} from '../context.js';
import {type Crew, listEmpty} from '../dialling.js';
import {heldEntries, hopperOf, putAside} from '../entries.js';
import {isOnline, readyAgents} from '../joining.js';
import type {CallList, Customer, ListEntry} from '../model.js';
import type {Held} from '../why/rules.js';
import type {Agent, Call, World} from '../world.js';
import {rulesOf} from './budget.js';
import {entryHeld} from './forbidden.js';

/** Entries read ahead for each agent of the group, and at least. */
const aheadPerAgent = 4;
const aheadMin = 20;

export type Taken = {list: CallList; entry: ListEntry; customer: Customer /** The operator set aside for the call. */; agent?: Agent};

/** 自動再架電 after a talk: for operators with 再架電資格. */
export const isRecall = ({state, lastOutcome}: ListEntry): boolean => state === 'autoRecall' && lastOutcome === 'talked';

/** Whether the operator gets automatic recalls at all. */
export function takesRecalls(world: World, operatorId: string): boolean {
	const operator = operatorOf(world, operatorId);
	return operator?.recallQualified === true && (operator.recallShare ?? 100) > 0;
}

/**
 * Whoever was abandoned, then whoever is due again, then the list. Where those come first who are likelier to answer now, a try in
 * vain is no promise: only abandoned persons and recalls are before the others.
 */
export function urgency(list: CallList | undefined, {state, lastOutcome}: ListEntry): 0 | 1 | 2 {
	if (state !== 'autoRecall') return 2;
	if (lastOutcome === 'abandoned') return 0;
	return list?.order === 'likely' && lastOutcome !== 'talked' ? 2 : 1;
}

/** Operators of a crew for entries that need a certain one. */
type Hands = {recalls: number; reserve: boolean; free: Agent[]};

function handsOf(world: World, {auto: {campaignId, groupId}}: Pick<Crew, 'auto'>): Hands {
	const free = readyAgents(world).filter(agent => agent.groupIds.includes(groupId));
	let recalls = free.filter(({operatorId}) => takesRecalls(world, operatorId)).length;
	for (const call of world.calls.values())
		if (call.row.groupId === groupId && isOnItsWay(call) && call.entry && isRecall(call.entry)) recalls--;
	return {recalls, reserve: rulesOf(world, campaignId)?.agentForAbandoned === true, free};
}

const isOnItsWay = ({row, phase}: Call): boolean =>
	row.kind === 'predictive' && (phase === 'dialling' || phase === 'ringing' || phase === 'waiting');

/** What an entry waits for that nothing forbids. */
function handsHeld(entry: ListEntry, {recalls, reserve, free}: Hands): Held | undefined {
	if (isRecall(entry)) return recalls > 0 ? undefined : {rule: 'noRecallAgent', value: 0};
	return reserve && entry.state === 'autoRecall' && entry.lastOutcome === 'abandoned' && free.length === 0
		? {rule: 'noAgentToReserve', value: 0}
		: undefined;
}

export function takeEntry(ctx: Context, crew: Crew): Taken | undefined {
	const {world} = ctx;
	const hands = handsOf(world, crew);
	for (const wanted of [0, 1]) {
		for (const list of crew.lists) {
			const found = takeFrom(ctx, list, hands, entry => urgency(list, entry) === wanted);
			if (found) return wanted === 0 && hands.reserve ? {...found, agent: hands.free[0]!} : found;
		}
	}
	for (const list of world.dialer.inTurn(crew.lists, world.mixed)) {
		const found = takeFrom(ctx, list, hands, () => true);
		if (found) {
			if (isMixed(crew.lists, list)) world.mixed.set(list.id, world.dialer.afterTurn(list, crew.lists, world.mixed));
			return found;
		}
		if (!hopperOf(world, list.id).dry) {
			readAhead(ctx, crew);
			return undefined;
		}
	}
	return undefined;
}

const isMixed = (lists: readonly CallList[], {priority}: CallList): boolean =>
	lists.some(other => other.priority === priority && other.mix !== undefined);

/** The first at hand that fits. Those that may not be dialled leave the line; those that need somebody else stay. */
function takeFrom(ctx: Context, list: CallList, hands: Hands, fits: (entry: ListEntry) => boolean): Taken | undefined {
	const {world, nowMs} = ctx;
	const {entries} = hopperOf(world, list.id);
	for (let at = 0; at < entries.length; ) {
		const entry = entries[at]!;
		if (!fits(entry) || handsHeld(entry, hands)) {
			at++;
			continue;
		}
		entries.splice(at, 1);
		const held = entryHeld(world, entry, nowMs);
		if (!held) return {list, entry, customer: world.customers.get(entry.customerId)!};
		putAside(ctx, entry, held);
	}
	return undefined;
}

/** Entries at hand in the order in which they will be taken. Whom the rules forbid is seen when the turn has come. */
export function coming(world: World, crew: Crew, most: number): ListEntry[] {
	const hands = handsOf(world, crew);
	const found: ListEntry[] = [];
	const rest = new Map<string, ListEntry[]>();
	for (const wanted of [0, 1, 2] as const) {
		for (const list of crew.lists) {
			const entries = world.hoppers.get(list.id)?.entries ?? [];
			const own = entries.filter(entry => urgency(list, entry) === wanted && !handsHeld(entry, hands));
			if (wanted < 2) found.push(...own);
			else rest.set(list.id, own.reverse());
		}
	}
	const mixed = new Map(world.mixed);
	while (found.length < most) {
		const list = world.dialer.inTurn(crew.lists, mixed).find(({id}) => rest.get(id)!.length > 0);
		if (!list) break;
		found.push(rest.get(list.id)!.pop()!);
		if (isMixed(crew.lists, list)) mixed.set(list.id, world.dialer.afterTurn(list, crew.lists, mixed));
	}
	return found.slice(0, most);
}

/** Nothing of the crew's lists can be taken now: what stands in the way in the list that is being worked. As `takeEntry` looks. */
export function stockHeld(world: World, crew: Crew, nowMs: number): Held | undefined {
	const hands = handsOf(world, crew);
	const heldOf = (entry: ListEntry) => handsHeld(entry, hands) ?? entryHeld(world, entry, nowMs);
	let first: Held | undefined;
	for (const list of crew.lists)
		for (const entry of world.hoppers.get(list.id)?.entries ?? []) if (urgency(list, entry) < 2 && !heldOf(entry)) return undefined;
	for (const list of world.dialer.inTurn(crew.lists, world.mixed)) {
		const hopper = world.hoppers.get(list.id);
		for (const entry of hopper?.entries ?? []) {
			const held = heldOf(entry);
			if (!held) return undefined;
			first ??= {...held, facts: {...held.facts, list: list.name, customer: entry.customerId}};
		}
		if (!hopper?.dry) return first ?? {rule: 'listBeingRead', value: list.name};
		first ??= listEmpty(world, list);
	}
	return first;
}

/** Something may be dialled, or may be found when the list is read. */
export function hasStock(world: World, crew: Crew): boolean {
	let hands: Hands | undefined;
	return crew.lists.some(list => {
		const hopper = world.hoppers.get(list.id);
		if (!hopper?.dry) return true;
		return hopper.entries.some(entry => urgency(list, entry) === 2 || !handsHeld(entry, (hands ??= handsOf(world, crew))));
	});
}

/** Keeps some entries of the list being worked at hand, so that a call goes out the moment an agent is ready; and of all lists those due. */
export function readAhead(ctx: Context, crew: Crew): void {
	const {world} = ctx;
	let agents = 0;
	for (const agent of world.agents.values()) if (worksIn(world, agent, crew.auto.groupId)) agents++;
	if (agents === 0) return;
	const wanted = Math.max(aheadMin, aheadPerAgent * agents);
	const hands = handsOf(world, crew);
	let stock = 0;
	for (const list of crew.lists) {
		const hopper = hopperOf(world, list.id);
		if (hopper.fetching) return;
		const own = hopper.entries.filter(entry => !isRecall(entry) || hands.recalls > 0).length;
		stock += own;
		const enough = isMixed(crew.lists, list) ? own >= wanted / 4 : stock >= wanted / 2;
		if (hopper.dry || (enough && !hopper.due)) continue;
		hopper.fetching = true;
		hopper.due = false;
		ctx.effects.push({type: 'fetchEntries', listId: list.id, limit: wanted, exclude: [...heldEntries(world, list.id)]});
		return;
	}
}

function worksIn(world: World, agent: Agent, groupId: string): boolean {
	return agent.stage === 'working' && agent.groupIds.includes(groupId) && isOnline(world, agent);
}
