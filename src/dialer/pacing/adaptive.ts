/**
 * Adaptive pacing. Learns how calls and talks go; at each look works out, for several moments at which a call placed now would be
 * answered, the chance that no agent is free for it; places calls while that chance stays within the price.
 */
import {
	type AgentModel,
	type AgentTables,
	agentTables,
	forgetAgents,
	freeChances,
	learnTalk,
	learnWrapUp,
	newAgentModel,
} from './agent-model.js';
import {
	answerChances,
	type CallModel,
	type CallTables,
	callsKnown,
	callTables,
	forgetCalls,
	learnCall,
	newCallModel,
} from './call-model.js';
import {type Outlook, outlookOf} from './outlook.js';
import type {PacingDecision, PacingPolicy, PacingTerms, PacingView} from './policy.js';
import {budgetLeft, learnPrice, newPrice, type Price, setPrice} from './price.js';

const callMemoryMs = 600_000;
const talkMemoryMs = 3_600_000;
const tablesMs = 10_000;
/** As long as little is known: it changes faster. */
const tablesThinMs = 2_500;
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
	agents: AgentTables /** Factor of caution on the answer chances. */;
	more: number;
	doubt: number;
	known: number;
};

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
			learnCall(state.calls, event);
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
	const tables = tablesFor(state, view);
	const {agents} = view;
	const before = state.price.now;
	const {calls, giveUp} = giveUpCalls(state, tables, view, Math.exp(before));
	const free = agents.idle - calls.waitForMs.length;
	const under = calls.setUpForMs.length + calls.ringForMs.length + calls.detectForMs.length;
	const outlooks: Outlook[] = [];
	for (let at = nearMs.length; at < tables.calls.horizonsMs.length; at++) outlooks.push(outlook(tables, at, agents, calls, free));
	const pending = costOf(outlooks);
	const left = budgetLeft(view.periods, state.terms.abandonMax) - pending;
	const price = setPrice(state.price, left, state.seen);
	const inputs = {price: rounded(price), left: rounded(left), pending: rounded(pending), answer: rounded(tables.calls.answer)};
	if (tables.known < knownMin)
		return {
			calls: Math.max(0, Math.min(view.roomMax, free - under)),
			giveUp,
			inputs: {by: 'progressive', known: state.results, ...inputs},
		};
	let placed = 0;
	let chance = 0;
	while (placed < Math.min(view.roomMax, placedMax)) {
		chance = outlooks.reduce((sum, each) => sum + each.chance, 0) / outlooks.length;
		if (chance > price) break;
		for (const [at, each] of outlooks.entries()) each.add(Math.min(1, tables.more * tables.calls.setUp[nearMs.length + at]![0]!));
		placed++;
	}
	return {calls: placed, giveUp, inputs: {by: 'adaptive', chance: rounded(chance), ...inputs}};
}

function outlook(
	{calls: rows, agents: freeRows, more, doubt}: Tables,
	at: number,
	agents: PacingView['agents'],
	calls: PacingView['calls'],
	free: number,
): Outlook {
	const answers: number[] = [];
	answerChances(rows, at, calls, more, answers);
	const frees: number[] = [];
	freeChances(freeRows, at, agents, frees);
	return outlookOf(free, frees, answers, doubt);
}

/** Four digits are enough for the event log. */
const rounded = (value: number): number => Number(value.toPrecision(4));

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
function giveUpCalls(
	state: AdaptiveState,
	tables: Tables,
	view: PacingView,
	price: number,
): {calls: PacingView['calls']; giveUp: number[]} {
	const {agents, calls} = view;
	const minMs = state.terms.minRingMs;
	if (minMs === undefined || tables.known < knownMin || !calls.ringForMs.some(ms => ms >= minMs)) return {calls, giveUp: []};
	const free = agents.idle - calls.waitForMs.length;
	const young = {...calls, ringForMs: calls.ringForMs.filter(ms => ms < minMs)};
	const outlooks = nearMs.map((_, at) => outlook(tables, at, agents, young, free));
	const giveUp: number[] = [];
	const kept: number[] = [...young.ringForMs];
	for (const [at, ms] of calls.ringForMs.entries()) {
		if (ms < minMs) continue;
		const chance = outlooks.reduce((sum, each) => sum + each.chance, 0) / outlooks.length;
		if (chance > giveUpAt * price) {
			giveUp.push(at);
			continue;
		}
		kept.push(ms);
		for (const [horizon, each] of outlooks.entries()) {
			const own: number[] = [];
			answerChances(tables.calls, horizon, {setUpForMs: [], ringForMs: [ms], detectForMs: [], waitForMs: []}, tables.more, own);
			each.add(own[0]!);
		}
	}
	return {calls: {...calls, ringForMs: kept}, giveUp};
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
	state.tables = {calls, agents, known, more: 1 + caution / Math.sqrt(1 + Math.min(state.seen, 10 * persons)), doubt: 1 / (persons + 2)};
	return state.tables;
}
