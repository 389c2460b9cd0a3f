/**
 * Adaptive pacing. Learns how calls and talks go; at each look works out, for several moments at which a call placed now would be
 * answered, the chance that no agent is free for it; places calls while that chance stays within the price.
 */
import {
	type AgentModel,
	type AgentTables,
	agentTables,
	type Crew,
	crewOf,
	forgetAgents,
	learnTalk,
	learnWrapUp,
	newAgentModel,
} from './agent-model.js';
import {
	type CallModel,
	type CallTables,
	callsKnown,
	callTables,
	forgetCalls,
	learnCall,
	liftOf,
	newCallModel,
	placeOf,
} from './call-model.js';
import {exactMax, type Outlook, outlookOf} from './outlook.js';
import type {PacingDecision, PacingPolicy, PacingTerms, PacingView} from './policy.js';
import {budgetLeft, ceilingLeft, learnPrice, newPrice, type Price, setPrice} from './price.js';
import {answersOf, pick, type UnderWay, underWay} from './under-way.js';

const callMemoryMs = 600_000;
const talkMemoryMs = 3_600_000;
const tablesMs = 15_000;
/** As long as little is known: it changes faster. */
const tablesThinMs = 4_000;
const thin = 100;
const horizonCount = 5;
/** Moments at which calls that ring already are answered. */
const nearMs = [2_500, 6_000];
/** Results needed, the made-up ones among them, before more than one call for each idle agent is placed. */
const knownMin = 18;
/** A ringing call is given up at this multiple of the price. */
const giveUpAt = 3;
/** How much more than known is reckoned with, in standard errors. */
const caution = 1.2;
const placedMax = 2_000;

export type AdaptiveState = {
	terms: PacingTerms;
	calls: CallModel;
	agents: AgentModel;
	price: Price;
	/** Tables for the decisions of the next seconds. */
	tables?: Tables;
	madeMs: number;
	/** Persons known of so far, and results of calls. */
	seen: number;
	results: number;
};
type Tables = {
	calls: CallTables;
	agents: AgentTables;
	/** Factor of caution on the answer chances. */
	more: number;
	known: number;
};
/** What a look goes by: the crew, and how many of it are free now, less the persons who wait for one. */
type Look = {tables: Tables; crew: Crew; free: number};

export const adaptive: PacingPolicy<AdaptiveState> = {
	name: 'adaptive',
	tickMs: 500,
	start: terms => ({
		terms,
		calls: newCallModel(),
		agents: newAgentModel(),
		price: newPrice(),
		madeMs: Number.NEGATIVE_INFINITY,
		seen: 0,
		results: 0,
	}),
	observe(state, event) {
		if (event.type === 'callEnded') {
			state.results++;
			learnCall(state.calls, event, state.tables?.calls.answer);
		} else if (event.type === 'talkEnded') learnTalk(state.agents, event.talkMs);
		else if (event.type === 'wrapUpEnded') learnWrapUp(state.agents, event.wrapUpMs);
		else {
			state.seen++;
			learnPrice(state.price, event.type === 'abandoned', state.terms.abandonMax);
		}
	},
	decide,
};

function decide(state: AdaptiveState, view: PacingView): PacingDecision {
	state.terms = view.terms ?? state.terms;
	const {abandonMax} = state.terms;
	const tables = tablesFor(state, view);
	const {agents, calls} = view;
	const look: Look = {tables, crew: crewOf(agents, exactMax), free: agents.idle - calls.waitForMs.length};
	const {kept, giveUp} = giveUpCalls(state, look, calls, Math.exp(state.price.now));
	const answers = answersOf(kept, tables.calls, tables.more);
	const outlooks: Outlook[] = [];
	for (let at = nearMs.length; at < tables.calls.horizonsMs.length; at++) outlooks.push(outlook(look, at, answers));
	const budget = budgetLeft(view.periods, abandonMax);
	const toCeiling = ceilingLeft(view.periods[0], abandonMax);
	const priceAt = (cost: number): number => setPrice(state.price, budget - cost, state.seen, toCeiling - cost);
	const pending = costOf(outlooks);
	const left = budget - pending;
	let price = priceAt(pending);
	const inputs = {price: rounded(price), left: rounded(left), pending: rounded(pending), answer: rounded(tables.calls.answer)};
	const {leadFactors, leadsInOrder} = view;
	const leads = leadFactors && !leadsInOrder ? bestFirst(leadFactors) : undefined;
	const factorAt = (call: number): number => leadFactors?.[leads ? leads[call]! : call] ?? 1;
	const roomMax = Math.min(view.roomMax, placedMax, leads?.length ?? placedMax);
	if (tables.known < knownMin) {
		const due = Math.max(0, Math.min(roomMax, look.free - kept.places.length));
		return placing(due, leads, giveUp, {by: 'progressive', known: state.results, ...inputs});
	}
	let placed = 0;
	let worth = 0;
	let chance = meanChance(outlooks);
	while (placed < roomMax && chance <= price) {
		const place = placeOf.setUp(0);
		const factor = factorAt(placed);
		const more = tables.more * (factor === 1 ? 1 : liftOf(tables.calls, place, factor));
		worth += factor;
		for (const [at, each] of outlooks.entries()) each.add(Math.min(1, more * tables.calls.within[nearMs.length + at]![place]!));
		placed++;
		chance = meanChance(outlooks);
		// Many calls placed at one look cost what many looks would: each leaves less for the next.
		price = priceAt(costOf(outlooks));
	}
	const lead = leadFactors && placed > 0 && {lead: rounded(worth / placed)};
	return placing(placed, leads, giveUp, {by: 'adaptive', chance: rounded(chance), ...inputs, price: rounded(price), ...lead});
}

function placing(calls: number, leads: number[] | undefined, giveUp: number[], inputs: PacingDecision['inputs']): PacingDecision {
	return {calls, giveUp, ...(leads && {leads: leads.slice(0, calls)}), inputs};
}

/** Places of the leads, those who answer most surely first: the surer an answer, the better it can be met with an agent. */
const bestFirst = (factors: readonly number[]): number[] => factors.map((_, at) => at).sort((a, b) => factors[b]! - factors[a]! || a - b);

function meanChance(outlooks: readonly Outlook[]): number {
	let sum = 0;
	for (const {chance} of outlooks) sum += chance;
	return sum / outlooks.length;
}

function outlook({tables, crew, free}: Look, at: number, answers: ReturnType<typeof answersOf>): Outlook {
	return outlookOf(free, crew.chancesAt(tables.agents, at), answers(at), tables.calls.doubt);
}

/** Four decimals are enough for the event log. */
const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/** Persons among the calls under way who will probably be abandoned. */
function costOf(outlooks: readonly Outlook[]): number {
	let cost = 0;
	let before = 0;
	for (const {expected, chance} of outlooks) {
		cost += Math.max(0, expected - before) * chance;
		before = expected;
	}
	return cost;
}

/** Calls that have rung long enough and would find nobody: given up before a person answers. The others are kept. */
function giveUpCalls(state: AdaptiveState, look: Look, calls: PacingView['calls'], price: number): {kept: UnderWay; giveUp: number[]} {
	const {tables} = look;
	const all = underWay(tables.calls, calls);
	const {minRingMs} = state.terms;
	const old: number[] = [];
	if (minRingMs !== undefined && tables.known >= knownMin)
		for (const [at, ms] of calls.ringForMs.entries()) if (ms >= minRingMs) old.push(at);
	if (old.length === 0) return {kept: all, giveUp: old};
	const firstRinging = calls.setUpForMs.length;
	const stays: number[] = [];
	for (let call = 0, next = 0; call < all.places.length; call++) {
		if (next < old.length && call === firstRinging + old[next]!) next++;
		else stays.push(call);
	}
	const answers = answersOf(pick(all, stays), tables.calls, tables.more);
	const outlooks = nearMs.map((_, at) => outlook(look, at, answers));
	const giveUp: number[] = [];
	let chance = meanChance(outlooks);
	for (const at of old) {
		const call = firstRinging + at;
		if (chance > giveUpAt * price) {
			giveUp.push(at);
			continue;
		}
		stays.push(call);
		const more = tables.more * (all.lifts?.[call] ?? 1);
		for (const [horizon, each] of outlooks.entries()) each.add(Math.min(1, more * tables.calls.within[horizon]![all.places[call]!]!));
		chance = meanChance(outlooks);
	}
	return {kept: pick(all, stays), giveUp};
}

function tablesFor(state: AdaptiveState, view: PacingView): Tables {
	const {nowMs} = view;
	const passedMs = nowMs - state.madeMs;
	if (state.tables && passedMs < (state.seen < thin ? tablesThinMs : tablesMs) && passedMs >= 0) return state.tables;
	state.madeMs = nowMs;
	if (Number.isFinite(passedMs)) {
		forgetCalls(state.calls, Math.exp(-Math.max(0, passedMs) / callMemoryMs));
		forgetAgents(state.agents, Math.exp(-Math.max(0, passedMs) / talkMemoryMs));
	}
	const calls = callTables(state.calls, view.calls, nearMs, horizonCount);
	const {patienceMs} = state.terms;
	const agents = agentTables(
		state.agents,
		view.agents,
		calls.horizonsMs.map(ms => ms + patienceMs),
	);
	const {calls: known, persons} = callsKnown(state.calls);
	state.tables = {calls, agents, known, more: 1 + caution / Math.sqrt(1 + Math.min(state.seen, 10 * persons))};
	return state.tables;
}
