/**
 * Predictive dialling: after every event that may matter, for every campaign and group that dials, look how many calls are
 * due and place them. All counting is done anew from the world each time, so there is nothing to drift.
 */
import {endCall, noteCall, paceKey} from './call.js';
import {isOpen} from './campaigns.js';
import {type Context, campaignOf, newId, note, persist, setTimer, timerIsSet} from './context.js';
import {budgetOf, rulesOf} from './dial/budget.js';
import {callerNumberOf} from './dial/caller.js';
import {dialOut} from './dial/day.js';
import {closedForAll, rememberDialled} from './dial/forbidden.js';
import {isReserved} from './dial/hands.js';
import {leadOf} from './dial/leads.js';
import {trunkRoom as roomOfTrunk, trunkDayFull} from './dial/limits.js';
import {goesByLead, lookAhead, lookGapMs, paceHeld, targetOf} from './dial/pacing.js';
import {hasStock, readAhead, type Taken, takeEntry} from './dial/take.js';
import {readyAgents} from './joining.js';
import type {AutoDialSettings, CallList} from './model.js';
import type {Held} from './why/rules.js';
import type {Call, World} from './world.js';

/** What a campaign and group has to dial with. `ready`: operators counted for it, by id. */
export type Crew = {
	auto: AutoDialSettings;
	lists: CallList[];
	held: Held | undefined;
	ready: string[];
	wrapUpForMs: number[];
	running: Call[];
	/** Calls for which an operator is set aside; they are not among the running ones. */
	reserved: number;
};

/** Places the calls that are due and cancels those too many. Called at the end of a step. */
export function runDialler(ctx: Context): void {
	callOffUnattended(ctx);
	if (ctx.trim) for (const crew of crewsOf(ctx.world, ctx.nowMs)) trim(ctx, crew);
	// A pass may leave a trunk without lines or a list without entries: its agents then count for another campaign.
	for (let before = Number.POSITIVE_INFINITY; stockOf(ctx.world) < before; ) {
		before = stockOf(ctx.world);
		let predicting = false;
		for (const crew of crewsOf(ctx.world, ctx.nowMs)) {
			if (crew.held) {
				lookAgainAt(ctx, crew);
				continue;
			}
			readAhead(ctx, crew);
			dialFor(ctx, crew);
			predicting ||= crew.auto.mode === 'predicted' && crew.wrapUpForMs.length > 0;
			predicting ||= crew.auto.mode === 'adaptive' && crewWorks(ctx.world, crew);
		}
		if (predicting && !timerIsSet(ctx.world, 'pace', 'all')) setTimer(ctx, 'pace', 'all', ctx.nowMs + ctx.world.settings.paceMs);
	}
}

/** Whoever was set aside for a call has gone: it is not let to be answered by nobody. */
function callOffUnattended(ctx: Context): void {
	for (const call of ctx.world.calls.values()) {
		if (call.reservedFor === undefined || isReserved(ctx.world, call)) continue;
		if (call.phase === 'dialling' || call.phase === 'ringing')
			endCall(ctx, call, {outcome: 'cancelled', by: 'system', reason: 'noAgentLeft'});
	}
}

/** Dialling begins by itself when the calling hours do, and the trunk's next day. */
function lookAgainAt(ctx: Context, {auto, held}: Crew): void {
	const waits = held?.rule === 'callingHours' || held?.rule === 'trunkDay';
	const untilMs = waits ? held.facts?.['untilAtMs'] : undefined;
	const key = held?.rule === 'trunkDay' ? `day ${auto.trunk}` : `hours ${auto.campaignId}`;
	if (untilMs !== undefined && !timerIsSet(ctx.world, 'pace', key)) setTimer(ctx, 'pace', key, Number(untilMs));
}

/** Entries at hand. */
function stockOf(world: World): number {
	let stock = 0;
	for (const hopper of world.hoppers.values()) stock += hopper.entries.length;
	return stock;
}

/** What keeps anything new from being dialled at all, if anything. */
export function machineTrouble(world: World): Held | undefined {
	if (world.stopping) return {rule: 'serviceStopping', value: 1, source: {kinds: ['service.stopping']}};
	for (const [part, reason] of world.partsDown)
		return {rule: 'partDown', value: part, facts: {reason}, source: {kinds: ['part.down'], data: {name: 'part', value: part}}};
	return undefined;
}

/** What stops a campaign and group from dialling, if anything. */
export function heldBy(world: World, auto: AutoDialSettings, nowMs: number): Held | undefined {
	const {campaignId, groupId} = auto;
	const machine = machineTrouble(world);
	if (machine) return machine;
	if (!auto.started) return {rule: 'autoDialStopped', value: 'stopped', source: {kinds: ['autoDial.stopped'], campaignId, groupId}};
	const campaign = campaignHeld(world, campaignId, nowMs);
	if (campaign) return campaign;
	const untilAtMs = closedForAll(world, campaignId, nowMs);
	if (untilAtMs !== undefined)
		return {rule: 'callingHours', value: '-', facts: {untilAtMs}, source: {kinds: ['dialRules.changed', 'hours.changed'], campaignId}};
	const trunk = trunkHeld(world, auto.trunk, nowMs);
	if (trunk) return trunk;
	if (world.dialer.workableLists(world.config.lists, campaignId, groupId).length > 0) return undefined;
	return {rule: 'noListStarted', value: groupId, source: {kinds: ['list.stopped'], campaignId}};
}

/** Only 実施中 dials, and only in its period. */
export function campaignHeld(world: World, campaignId: string, nowMs: number): Held | undefined {
	const campaign = campaignOf(world, campaignId);
	if (isOpen(campaign, nowMs, world.settings.utcOffsetMs)) return undefined;
	const source = {kinds: ['campaign.changed'], campaignId};
	const facts = {campaign: campaign?.name ?? campaignId};
	if (campaign?.status !== 'running') return {rule: 'campaignNotRunning', value: campaign?.status ?? 'ended', facts, source};
	return {rule: 'campaignOutOfPeriod', value: `${campaign.fromDay ?? ''}..${campaign.untilDay ?? ''}`, facts, source};
}

function trunkHeld(world: World, trunk: string, nowMs: number): Held | undefined {
	const source = {kinds: ['trunk.down'], data: {name: 'trunk', value: trunk}};
	const reason = world.trunksDown.get(trunk);
	if (reason !== undefined) return {rule: 'trunkDown', value: trunk, facts: {reason}, source};
	const untilMs = world.trunkPausedMs.get(trunk) ?? 0;
	// Further ahead than any pause: the clock was set back.
	return untilMs > nowMs && untilMs <= nowMs + world.settings.trunkPauseMs
		? {rule: 'trunkPaused', value: trunk, facts: {untilAtMs: untilMs}}
		: // All lines in use is no reason to stand still: running calls are worked off. The day is.
			trunkDayFull(world, trunk, nowMs);
}

/** Who works for which campaign and group. An agent in several is counted by one: that with the fewest so far and something to dial. */
export function crewsOf(world: World, nowMs: number): Crew[] {
	const crews: Crew[] = world.config.autoDials.map(auto => ({
		auto,
		lists: world.dialer.workableLists(world.config.lists, auto.campaignId, auto.groupId),
		held: heldBy(world, auto, nowMs),
		ready: [],
		wrapUpForMs: [],
		running: [],
		reserved: 0,
	}));
	const byKey = new Map(crews.map(crew => [paceKey(crew.auto), crew]));
	for (const call of world.calls.values()) {
		if (call.row.kind !== 'predictive' || call.row.endedMs !== undefined) continue;
		if (call.phase !== 'dialling' && call.phase !== 'ringing' && call.phase !== 'waiting') continue;
		const crew = byKey.get(paceKey(call.row));
		if (crew && isReserved(world, call)) crew.reserved++;
		else crew?.running.push(call);
	}
	for (const agent of world.agents.values()) {
		if (agent.status === 'wrapUp' && agent.wrapUpAfter)
			byKey.get(agent.wrapUpAfter.pace)?.wrapUpForMs.push(nowMs - agent.wrapUpAfter.sinceMs);
	}
	const usefulCrews = crews.filter(
		crew => crew.running.length > 0 || (!crew.held && hasStock(world, crew) && trunkRoom(world, crew.auto.trunk, nowMs).byLines > 0),
	);
	for (const agent of readyAgents(world)) {
		let best: Crew | undefined;
		for (const crew of usefulCrews) {
			if (agent.groupIds.includes(crew.auto.groupId) && (!best || crew.ready.length < best.ready.length)) best = crew;
		}
		best?.ready.push(agent.operatorId);
	}
	return crews;
}

/** Nothing of the list may be dialled now; with the moment at which something may, as far as that is known. */
export function listEmpty(world: World, list: CallList): Held | undefined {
	const hopper = world.hoppers.get(list.id);
	if (!hopper?.dry || hopper.entries.length > 0) return undefined;
	return {rule: 'listEmpty', value: list.name, ...(hopper.dueMs !== undefined && {facts: {nextAtMs: hopper.dueMs}})};
}

/** What is allowed of what pacing wants: with the abandon budget spent, no more than there are operators. Calls that ring already are not called off for it. */
function allowedOf(world: World, crew: Crew, nowMs: number) {
	const budget = budgetOf(world, crew.auto.campaignId, nowMs);
	const decision = targetOf(world, crew, budget, nowMs);
	const target = world.dialer.withinBudget(decision.target, crew.ready.length, budget);
	if (target === decision.target) return decision;
	const calls = Math.max(0, Math.min(decision.calls, target - crew.running.length));
	return {...decision, target, calls, abandonShare: budget.share ?? 0, abandonLimit: budget.limit};
}

/** Why the policy that learns places no calls. Not asked: a look of its own would change what it has learned, and when it looks next. */
export function aheadHeld(world: World, crew: Crew, nowMs: number): Held {
	const {auto, running, reserved} = crew;
	const facts = {ready: crew.ready.length, wrapUp: crew.wrapUpForMs.length, running: running.length};
	if (!crewWorks(world, crew)) return {rule: 'nobodyReady', value: 0, facts};
	const {byLines, held} = trunkRoom(world, auto.trunk, nowMs);
	if (held && byLines <= 0) return {...held, facts: {...facts, ...held.facts}};
	if (auto.callsMax > 0 && running.length + reserved >= auto.callsMax) return {rule: 'callsMax', value: auto.callsMax, facts};
	return paceHeld(world, crew, nowMs);
}

/** Calls to be placed now by a mode that goes by the agents there are. `held`: why there are none, or no more. */
export function callsDue(world: World, crew: Crew, nowMs: number) {
	const {auto, ready, wrapUpForMs, running} = crew;
	const decision = allowedOf(world, crew, nowMs);
	const {byLines, byRate, held, rate} = trunkRoom(world, auto.trunk, nowMs);
	const {campaignId, groupId} = auto;
	const source = {kinds: ['autoDial.changed', 'autoDial.added'], campaignId, groupId};
	const facts = {ready: ready.length, wrapUp: wrapUpForMs.length, running: running.length, target: decision.target};
	const due = (calls: number, held?: Held) => ({calls, byRate, decision, held});
	if (ready.length === 0 && wrapUpForMs.length === 0) return due(0, {rule: 'nobodyReady', value: 0, facts});
	const {callsMax} = auto;
	const room = callsMax > 0 ? Math.max(0, callsMax - running.length - crew.reserved) : Number.POSITIVE_INFINITY;
	const calls = Math.min(decision.calls, byLines, byRate, room);
	if (decision.calls === 0 || room === 0) {
		if (room === 0) return due(0, {rule: 'callsMax', value: callsMax, facts, source});
		if (running.length > 0) return due(0, {rule: 'callsUnderWay', value: running.length, facts});
		return due(0, {rule: 'ratioTooSmall', value: decision.ratio, facts: {...facts, agents: decision.agents}, source});
	}
	if (held && byLines === calls) return due(calls, {...held, facts: {...facts, ...held.facts}});
	if (byRate === calls) return due(calls, {rule: 'trunkRate', value: rate, facts: {...facts, trunk: auto.trunk}});
	return due(calls);
}

function dialFor(ctx: Context, crew: Crew): void {
	const {world} = ctx;
	if (crew.auto.mode === 'adaptive') {
		dialAhead(ctx, crew);
		return;
	}
	const {calls, byRate, decision} = callsDue(world, crew, ctx.nowMs);
	if (decision.calls === 0 || (crew.ready.length === 0 && crew.wrapUpForMs.length === 0)) return;
	const placed = placeCalls(ctx, crew, calls);
	lookWhenRateAllows(ctx, crew, placed === byRate);
	if (placed === 0) return;
	note(ctx, 'dial.decided', {
		campaignId: crew.auto.campaignId,
		groupId: crew.auto.groupId,
		reason: crew.auto.mode,
		data: {...decision, ready: crew.ready.length, running: crew.running.length, placed},
	});
}

/** By the policy that learns: it looks ahead at every event, but not more often than it can see anything new. */
function dialAhead(ctx: Context, crew: Crew): void {
	const {world, nowMs} = ctx;
	const {auto, running} = crew;
	if (!crewWorks(world, crew)) return;
	const {byLines, byRate} = trunkRoom(world, auto.trunk, nowMs);
	const byMost = auto.callsMax > 0 ? Math.max(0, auto.callsMax - running.length - crew.reserved) : Number.POSITIVE_INFINITY;
	const look = lookAhead(world, crew, Math.min(byLines, byRate, byMost), nowMs);
	const key = paceKey(auto);
	if (!look) {
		if (!timerIsSet(world, 'pace', key)) setTimer(ctx, 'pace', key, world.pacers.get(key)!.last!.atMs + lookGapMs);
		return;
	}
	// It rang as long as it must and nobody picked up.
	for (const call of look.giveUp) endCall(ctx, call, {outcome: 'noAnswer', by: 'system', reason: 'noAgentLeft'});
	const placed = placeCalls(ctx, crew, look.calls);
	lookWhenRateAllows(ctx, crew, placed === byRate);
	const last = world.pacers.get(key)!.last!;
	last.placed = placed;
	if (placed === 0 && look.giveUp.length === 0) return;
	const {campaignId, groupId} = auto;
	const counts = {ready: crew.ready.length, wrapUp: crew.wrapUpForMs.length, running: running.length};
	const data = {...last.inputs, ...counts, wanted: look.calls, placed, gaveUp: look.giveUp.length};
	note(ctx, 'dial.decided', {campaignId, groupId, reason: auto.mode, data});
}

/** Somebody is there to take calls, now or soon, or something is under way. */
function crewWorks(world: World, crew: Crew): boolean {
	return crew.running.length > 0 || hasAgents(world, crew);
}

function hasAgents(world: World, {auto, ready, wrapUpForMs}: Crew): boolean {
	if (ready.length > 0 || wrapUpForMs.length > 0) return true;
	for (const {row, phase} of world.calls.values())
		if (row.kind === 'predictive' && (phase === 'talking' || phase === 'joining') && paceKey(row) === paceKey(auto)) return true;
	return false;
}

/** @returns how many there were entries for. */
function placeCalls(ctx: Context, crew: Crew, calls: number): number {
	let placed = 0;
	while (placed < calls) {
		const next = takeEntry(ctx, crew);
		if (!next) break;
		place(ctx, crew.auto, next);
		placed++;
		// One operator less to count with: the rest is worked out anew.
		if (next.agent) break;
	}
	return placed;
}

function lookWhenRateAllows(ctx: Context, crew: Crew, heldByRate: boolean): void {
	const {world} = ctx;
	// Held back by the rate alone: more when the oldest start of the last second is a second old.
	const oldestMs = world.trunkStartsMs.get(crew.auto.trunk)?.[0];
	if (heldByRate && oldestMs !== undefined && !timerIsSet(world, 'pace', crew.auto.trunk)) {
		setTimer(ctx, 'pace', crew.auto.trunk, oldestMs + 1_000);
	}
}

/** Calls the trunk can take now: by its lines and its day, and by its rate. */
function trunkRoom(world: World, name: string, nowMs: number) {
	const {calls: byLines, held} = roomOfTrunk(world, name, nowMs);
	const rate = world.config.trunks.find(trunk => trunk.name === name)?.callsPerSecondMax ?? 0;
	// One that lies ahead is from before the clock was set back.
	const starts = (world.trunkStartsMs.get(name) ?? []).filter(atMs => atMs > nowMs - 1_000 && atMs <= nowMs);
	world.trunkStartsMs.set(name, starts);
	return {byLines, held, rate, byRate: rate > 0 ? Math.max(0, rate - starts.length) : Number.POSITIVE_INFINITY};
}

function place(ctx: Context, auto: AutoDialSettings, {list, entry, customer, agent}: Taken): void {
	const {world, nowMs} = ctx;
	const consent = world.dialer.consentOf(customer.values, rulesOf(world, auto.campaignId));
	const fromNumber = callerNumberOf(world.config, auto) ?? '';
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
			fromNumber,
			toNumber: entry.number,
			startedMs: nowMs,
		},
		phase: 'dialling',
		legId,
		trunk: auto.trunk,
		entry,
		lead: leadOf(world, auto.campaignId, entry, goesByLead(auto), nowMs),
		saved: false,
		...(agent && {reservedFor: agent.operatorId}),
	};
	if (agent) agent.reservedFor = callId;
	world.calls.set(callId, call);
	world.legs.set(legId, {kind: 'call', callId});
	rememberDialled(ctx, entry.number);
	const starts = world.trunkStartsMs.get(auto.trunk);
	if (starts) starts.push(nowMs);
	dialOut(ctx, {type: 'dial', legId, trunk: auto.trunk, to: entry.number, from: fromNumber, ringMs: auto.ringMs, claim: true});
	// Should telephony never report what came of it.
	setTimer(ctx, 'callGuard', callId, nowMs + auto.ringMs + world.settings.guardMs);
	noteCall(ctx, call, 'call.dialled', {
		data: {number: entry.number, attempt: entry.attempts + 1, ...(consent !== undefined && {consent})},
	});
	persist(ctx, {op: 'putCall', row: {...call.row}});
	persist(ctx, {op: 'changeEntry', change: {entryId: entry.id, state: 'dialling', attempts: entry.attempts + 1}});
}

/** Cancels calls nobody has answered that are more than the agents left can take; the youngest first, dialling before ringing. */
function trim(ctx: Context, crew: Crew): void {
	// The policy that learns gives up what it must at its own looks; without anybody left there is nothing to look ahead to.
	const adaptive = crew.auto.mode === 'adaptive';
	if (adaptive && hasAgents(ctx.world, crew)) return;
	const budget = budgetOf(ctx.world, crew.auto.campaignId, ctx.nowMs);
	let excess = crew.running.length - (adaptive ? 0 : targetOf(ctx.world, crew, budget, ctx.nowMs).target);
	if (excess <= 0) return;
	const unanswered = crew.running.filter(call => call.phase !== 'waiting').reverse();
	unanswered.sort((a, b) => Number(a.phase === 'ringing') - Number(b.phase === 'ringing'));
	for (const call of unanswered) {
		if (excess-- <= 0) break;
		crew.running = crew.running.filter(other => other !== call);
		endCall(ctx, call, {outcome: 'cancelled', by: 'system', reason: 'noAgentLeft'});
	}
}
