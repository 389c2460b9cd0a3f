/**
 * Predictive dialling: after every event that may matter, for every campaign and group that dials, look how many calls are
 * due and place them. All counting is done anew from the world each time, so there is nothing to drift.
 */
import {endCall, noteCall, paceKey} from './call.js';
import {type Context, campaignOf, newId, note, persist, setTimer, tell, timerIsSet} from './context.js';
import {changeEntry, heldEntries, hopperOf} from './entries.js';
import {isOnline, readyAgents} from './joining.js';
import type {AutoDialSettings, CallList, Customer, ListEntry} from './model.js';
import type {Agent, Call, World} from './world.js';

/** Entries read ahead for each agent of the group, and at least. */
const aheadPerAgent = 4;
const aheadMin = 20;

type Crew = {auto: AutoDialSettings; lists: CallList[]; active: boolean; ready: number; wrapUpForMs: number[]; running: Call[]};

/** Places the calls that are due and cancels those too many. Called at the end of a step. */
export function runDialler(ctx: Context): void {
	if (ctx.trim) for (const crew of crewsOf(ctx.world, ctx.nowMs)) trim(ctx, crew);
	// A pass may leave a trunk without lines or a list without entries: its agents then count for another campaign.
	for (let before = Number.POSITIVE_INFINITY; stockOf(ctx.world) < before; ) {
		before = stockOf(ctx.world);
		let predicting = false;
		for (const crew of crewsOf(ctx.world, ctx.nowMs)) {
			if (!crew.active) continue;
			readAhead(ctx, crew);
			dialFor(ctx, crew);
			predicting ||= crew.auto.mode === 'predicted' && crew.wrapUpForMs.length > 0;
		}
		if (predicting && !timerIsSet(ctx.world, 'pace', 'all')) setTimer(ctx, 'pace', 'all', ctx.nowMs + ctx.world.settings.paceMs);
	}
}

/** Entries at hand. */
function stockOf(world: World): number {
	let stock = 0;
	for (const hopper of world.hoppers.values()) stock += hopper.entries.length;
	return stock;
}

/** What stops a campaign and group from dialling, or undefined. The sentence is for people. */
export function heldBy(world: World, auto: AutoDialSettings, nowMs: number): string | undefined {
	if (world.stopping) return 'the service is stopping';
	for (const [part, reason] of world.partsDown) return `${part} is down: ${reason}`;
	if (!auto.started) return 'auto-dialling of the campaign is stopped';
	if (campaignOf(world, auto.campaignId)?.status !== 'running') return 'the campaign is not running';
	const trunkDown = world.trunksDown.get(auto.trunk);
	if (trunkDown !== undefined) return `trunk ${auto.trunk} is down: ${trunkDown}`;
	if ((world.trunkPausedMs.get(auto.trunk) ?? 0) > nowMs) return `trunk ${auto.trunk} is left alone for a moment`;
	if (world.dialer.workableLists(world.config.lists, auto.campaignId, auto.groupId).length === 0) return 'no list is started for the group';
	return undefined;
}

/** Who works for which campaign and group. An agent in several is counted by one: that with the fewest so far and something to dial. */
function crewsOf(world: World, nowMs: number): Crew[] {
	const crews: Crew[] = world.config.autoDials.map(auto => ({
		auto,
		lists: world.dialer.workableLists(world.config.lists, auto.campaignId, auto.groupId),
		active: heldBy(world, auto, nowMs) === undefined,
		ready: 0,
		wrapUpForMs: [],
		running: [],
	}));
	const byKey = new Map(crews.map(crew => [paceKey(crew.auto), crew]));
	for (const call of world.calls.values()) {
		if (call.row.kind !== 'predictive' || call.row.endedMs !== undefined) continue;
		if (call.phase === 'dialling' || call.phase === 'ringing' || call.phase === 'waiting') byKey.get(paceKey(call.row))?.running.push(call);
	}
	for (const agent of world.agents.values()) {
		if (agent.status === 'wrapUp' && agent.wrapUpAfter)
			byKey.get(agent.wrapUpAfter.pace)?.wrapUpForMs.push(nowMs - agent.wrapUpAfter.sinceMs);
	}
	const usefulCrews = crews.filter(
		crew => crew.running.length > 0 || (crew.active && hasStock(world, crew) && trunkRoom(world, crew.auto.trunk, nowMs).byLines > 0),
	);
	for (const agent of readyAgents(world)) {
		let best: Crew | undefined;
		for (const crew of usefulCrews) {
			if (agent.groupIds.includes(crew.auto.groupId) && (!best || crew.ready < best.ready)) best = crew;
		}
		if (best) best.ready++;
	}
	return crews;
}

function hasStock(world: World, crew: Crew): boolean {
	return crew.lists.some(list => {
		const hopper = world.hoppers.get(list.id);
		return hopper === undefined || !hopper.dry || hopper.entries.length > 0;
	});
}

function decisionOf(world: World, crew: Crew) {
	const state = world.pace.get(paceKey(crew.auto)) ?? world.dialer.newState();
	const {ready: readyAgents, wrapUpForMs} = crew;
	return world.dialer.decide({settings: crew.auto, readyAgents, wrapUpForMs, runningCalls: crew.running.length, state});
}

function dialFor(ctx: Context, crew: Crew): void {
	const {world} = ctx;
	if (crew.ready === 0 && crew.wrapUpForMs.length === 0) return;
	const decision = decisionOf(world, crew);
	if (decision.calls === 0) return;
	const {byLines, byRate} = trunkRoom(world, crew.auto.trunk, ctx.nowMs);
	let placed = 0;
	while (placed < Math.min(decision.calls, byLines, byRate)) {
		const next = takeEntry(ctx, crew);
		if (!next) break;
		place(ctx, crew.auto, next.list, next.entry, next.customer);
		placed++;
	}
	// Held back by the rate alone: more when the oldest start of the last second is a second old.
	const oldestMs = world.trunkStartsMs.get(crew.auto.trunk)?.[0];
	if (placed === byRate && oldestMs !== undefined && !timerIsSet(world, 'pace', crew.auto.trunk)) {
		setTimer(ctx, 'pace', crew.auto.trunk, oldestMs + 1_000);
	}
	if (placed === 0) return;
	note(ctx, 'dial.decided', {
		campaignId: crew.auto.campaignId,
		groupId: crew.auto.groupId,
		reason: crew.auto.mode,
		data: {...decision, ready: crew.ready, running: crew.running.length, placed},
	});
}

/** Calls the trunk can take now: by its lines, and by its rate. */
function trunkRoom(world: World, name: string, nowMs: number): {byLines: number; byRate: number} {
	const limits = world.config.trunks.find(trunk => trunk.name === name);
	if (!limits) return {byLines: Number.POSITIVE_INFINITY, byRate: Number.POSITIVE_INFINITY};
	let used = 0;
	for (const call of world.calls.values()) if (call.trunk === name) used++;
	const starts = (world.trunkStartsMs.get(name) ?? []).filter(atMs => atMs > nowMs - 1_000);
	world.trunkStartsMs.set(name, starts);
	return {
		byLines: limits.callsMax > 0 ? Math.max(0, limits.callsMax - used) : Number.POSITIVE_INFINITY,
		byRate: limits.callsPerSecondMax > 0 ? Math.max(0, limits.callsPerSecondMax - starts.length) : Number.POSITIVE_INFINITY,
	};
}

/** The next entry that may be dialled: lists in their order, a list only when the one before has nothing. */
function takeEntry(ctx: Context, crew: Crew): {list: CallList; entry: ListEntry; customer: Customer} | undefined {
	const {world, nowMs} = ctx;
	for (const list of crew.lists) {
		const hopper = hopperOf(world, list.id);
		for (let entry = hopper.entries.shift(); entry; entry = hopper.entries.shift()) {
			const customer = world.customers.get(entry.customerId);
			if (!customer || customer.stopCalling) {
				changeEntry(ctx, entry, {state: 'stopped'}, {reason: customer ? 'stopCalling' : 'customerGone'});
				continue;
			}
			const againMs = (world.dialledMs.get(entry.number) ?? Number.NEGATIVE_INFINITY) + world.settings.numberGapMs;
			if (againMs > nowMs) {
				changeEntry(ctx, entry, {state: 'autoRecall', nextAtMs: againMs}, {reason: 'numberGap'});
				continue;
			}
			return {list, entry, customer};
		}
		if (!hopper.dry) {
			readAhead(ctx, crew);
			return undefined;
		}
	}
	return undefined;
}

/** Keeps some entries of the list being worked at hand, so that a call goes out the moment an agent is ready. */
function readAhead(ctx: Context, crew: Crew): void {
	const {world} = ctx;
	let agents = 0;
	for (const agent of world.agents.values()) if (worksIn(world, agent, crew.auto.groupId)) agents++;
	if (agents === 0) return;
	const wanted = Math.max(aheadMin, aheadPerAgent * agents);
	let stock = 0;
	for (const list of crew.lists) {
		const hopper = hopperOf(world, list.id);
		stock += hopper.entries.length;
		if (hopper.fetching || (stock >= wanted / 2 && !hopper.due)) return;
		if (hopper.dry) continue;
		hopper.fetching = true;
		hopper.due = false;
		ctx.effects.push({type: 'fetchEntries', listId: list.id, limit: wanted, exclude: [...heldEntries(world, list.id)]});
		return;
	}
}

function worksIn(world: World, agent: Agent, groupId: string): boolean {
	return agent.stage === 'working' && agent.groupIds.includes(groupId) && isOnline(world, agent);
}

function place(ctx: Context, auto: AutoDialSettings, list: CallList, entry: ListEntry, customer: Customer): void {
	const {world, nowMs} = ctx;
	const callId = newId(ctx, 'c');
	const legId = newId(ctx, 'l');
	const call: Call = {
		row: {
			id: callId,
			kind: 'predictive',
			direction: 'out',
			campaignId: auto.campaignId,
			groupId: auto.groupId,
			listId: list.id,
			entryId: entry.id,
			customerId: customer.id,
			fromNumber: auto.callerNumber,
			toNumber: entry.number,
			startedMs: nowMs,
		},
		phase: 'dialling',
		legId,
		trunk: auto.trunk,
		entry,
		saved: false,
	};
	world.calls.set(callId, call);
	world.legs.set(legId, {kind: 'call', callId});
	rememberNumber(world, entry.number, nowMs);
	const starts = world.trunkStartsMs.get(auto.trunk);
	if (starts) starts.push(nowMs);
	tell(ctx, {type: 'dial', legId, trunk: auto.trunk, to: entry.number, from: auto.callerNumber, ringMs: auto.ringMs});
	// Should telephony never report what came of it.
	setTimer(ctx, 'callGuard', callId, nowMs + auto.ringMs + world.settings.guardMs);
	noteCall(ctx, call, 'call.dialled', {data: {number: entry.number, attempt: entry.attempts + 1}});
	persist(ctx, {op: 'putCall', row: {...call.row}});
	persist(ctx, {op: 'changeEntry', change: {entryId: entry.id, state: 'dialling', attempts: entry.attempts + 1}});
}

const numbersMax = 20_000;

/** The oldest are forgotten first: the map keeps the order in which numbers were last dialled. */
function rememberNumber(world: World, number: string, nowMs: number): void {
	world.dialledMs.delete(number);
	world.dialledMs.set(number, nowMs);
	for (const [old, atMs] of world.dialledMs) {
		if (atMs + world.settings.numberGapMs > nowMs && world.dialledMs.size <= numbersMax) break;
		world.dialledMs.delete(old);
	}
}

/** Cancels calls nobody has answered that are more than the agents left can take; the youngest first, dialling before ringing. */
function trim(ctx: Context, crew: Crew): void {
	let excess = crew.running.length - decisionOf(ctx.world, crew).target;
	if (excess <= 0) return;
	const unanswered = crew.running.filter(call => call.phase !== 'waiting').reverse();
	unanswered.sort((a, b) => Number(a.phase === 'ringing') - Number(b.phase === 'ringing'));
	for (const call of unanswered) {
		if (excess-- <= 0) break;
		crew.running = crew.running.filter(other => other !== call);
		endCall(ctx, call, {outcome: 'cancelled', by: 'system', reason: 'noAgentLeft'});
	}
}
