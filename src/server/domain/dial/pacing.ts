/**
 * Pacing: what a policy is shown of the world, what it is told, and what came of its last look. One pacer for each campaign and
 * group, kept as long as the service runs and the mode is the same; one that learns starts anew with knowing little, and dials one
 * to one meanwhile.
 */
import type {PacingDecision, PacingEvent, PacingTerms, PacingView} from '../../../dialer/pacing/policy.js';
import {paceKey} from '../call.js';
import type {Crew} from '../dialling.js';
import type {AbandonBudget, AutoDialSettings, CallRow} from '../model.js';
import type {Facts, Held} from '../why/rules.js';
import type {Call, World} from '../world.js';
import {budgetOf} from './budget.js';
import {leadChance} from './leads.js';
import {isHeldBack} from './machines.js';
import {coming} from './take.js';

/** A call rings at least so long before it is given up because nobody would be free for it (16 CFR 310.4(b)(4)(ii): 15 s or four rings). */
const minRingMs = 15_000;
/** Between two looks of a pacer, at least: with a large crew something happens every few milliseconds. */
export const lookGapMs = 250;

/** Coming leads that a look is told the chances of. */
const leadsShown = 200;

export type Pacer = {
	mode: AutoDialSettings['mode'];
	/** Of the policy of that mode: plain data. */
	state: unknown;
	/** The last look: when, what it went by, and how many calls it placed and gave up. */
	last?: {atMs: number; inputs: PacingDecision['inputs']; placed: number; gaveUp: number};
};

/** Tells a pacer what happened to a call of its campaign and group, if there is one. */
export function tellPacer(world: World, row: Pick<CallRow, 'kind' | 'campaignId' | 'groupId'>, event: PacingEvent, nowMs: number): void {
	if (row.kind !== 'predictive') return;
	tellPace(world, paceKey(row), event, nowMs);
}

/** Tells whoever paces the campaign and group of this key. */
export function tellPace(world: World, key: string, event: PacingEvent, nowMs: number): void {
	const pacer = world.pacers.get(key);
	const auto = pacer && world.config.autoDials.find(each => paceKey(each) === key);
	if (auto?.mode === pacer?.mode && auto) world.dialer.pacing(auto).observe(pacer.state, event, nowMs);
}

function pacerOf(world: World, auto: AutoDialSettings, terms: PacingTerms): Pacer {
	const key = paceKey(auto);
	const known = world.pacers.get(key);
	if (known?.mode === auto.mode) return known;
	const pacer: Pacer = {mode: auto.mode, state: world.dialer.pacing(auto).start(terms)};
	world.pacers.set(key, pacer);
	return pacer;
}

/** What is fixed for a campaign and group, and the crew, the calls and the periods as they are now. */
function viewOf(world: World, crew: Crew, budget: AbandonBudget, roomMax: number, nowMs: number): PacingView & {terms: PacingTerms} {
	const {auto, running, ready, wrapUpForMs} = crew;
	const {ringMs, keepsRinging} = auto;
	const byLead = goesByLead(auto);
	const {abandonAfterMs: patienceMs} = world.settings;
	const factorOf = ({lead}: Call) => lead?.factor ?? 1;
	const setUp = running.filter(({phase}) => phase === 'dialling');
	const ring = running.filter(isRinging);
	const detect = running.filter(isHeldBack);
	const sinceStart = ({row}: Call) => nowMs - row.startedMs;
	const sinceAnswer = ({row}: Call) => nowMs - (row.answeredMs ?? nowMs);
	return {
		nowMs,
		terms: {patienceMs, ringMs, abandonMax: budget.limit, ...(!keepsRinging && {minRingMs})},
		agents: {idle: ready.length, talkForMs: talksOf(world, paceKey(auto), nowMs), wrapUpForMs},
		calls: {
			setUpForMs: setUp.map(sinceStart),
			ringForMs: ring.map(({row}) => nowMs - (row.ringingMs ?? row.startedMs)),
			detectForMs: detect.map(sinceAnswer),
			waitForMs: running.filter(call => call.phase === 'waiting' && !isHeldBack(call)).map(sinceAnswer),
			...(byLead && {factors: {setUp: setUp.map(factorOf), ring: ring.map(factorOf), detect: detect.map(factorOf)}}),
		},
		...(byLead && {leadFactors: comingFactors(world, crew, nowMs), leadsInOrder: true}),
		roomMax,
		periods: [budget.today, budget],
	};
}

/** Whether each lead counts by its own chance. */
export const goesByLead = ({mode, leadScores}: AutoDialSettings): boolean => mode === 'adaptive' && leadScores === true;

/** Answer chances of those who will be dialled next, against a usual lead. */
const comingFactors = (world: World, crew: Crew, nowMs: number): number[] =>
	coming(world, crew, leadsShown).map(entry => leadChance(world, crew.auto.campaignId, entry, nowMs).factor);

const isRinging = ({phase}: Call): boolean => phase === 'ringing';

/** A decision of a mode that goes by the agents there are: as often as is asked, the same. */
export type TableTarget = {calls: number; target: number; agents: number; predicted: number; ratio: number};

export function targetOf(world: World, crew: Crew, budget: AbandonBudget, nowMs: number): TableTarget {
	const view = viewOf(world, crew, budget, Number.POSITIVE_INFINITY, nowMs);
	const {state} = pacerOf(world, crew.auto, view.terms);
	const {calls, inputs} = world.dialer.pacing(crew.auto).decide(state, view);
	const number = (name: string) => Number(inputs[name] ?? 0);
	return {calls, target: number('target'), agents: number('agents'), predicted: number('predicted'), ratio: number('ratio')};
}

/** Tells how a call went that is answered or over. `cutOff`: it says nothing about the customer. */
export function tellEnd(
	world: World,
	{row, lead}: Call,
	nowMs: number,
	cutOff = false,
	/** Where it was listened who has answered before anybody was needed. */
	heard: {outcome: 'person' | 'machine'; detectMs: number} = {outcome: 'person', detectMs: 0},
): void {
	const {startedMs, ringingMs, answeredMs} = row;
	const endMs = answeredMs ?? nowMs;
	// Answered without a word of ringing: it rang for no time.
	const ringMs = ringingMs === undefined ? (answeredMs === undefined ? undefined : 0) : endMs - ringingMs;
	tellPacer(
		world,
		row,
		{
			type: 'callEnded',
			outcome: answeredMs !== undefined ? heard.outcome : cutOff ? 'cancelled' : 'failed',
			setUpMs: Math.max(0, (ringingMs ?? endMs) - startedMs),
			...(ringMs !== undefined && {ringMs: Math.max(0, ringMs)}),
			...(answeredMs !== undefined && {detectMs: heard.detectMs}),
			...(lead?.factor !== undefined && {factor: lead.factor}),
		},
		nowMs,
	);
}

/**
 * A look: how many calls to place now, and which to give up. Undefined when the last one was a moment ago.
 * `roomMax`: calls that lines, rate and the most at once leave room for.
 */
export function lookAhead(world: World, crew: Crew, roomMax: number, nowMs: number): {calls: number; giveUp: Call[]} | undefined {
	const {auto, running, ready} = crew;
	const budget = budgetOf(world, auto.campaignId, nowMs);
	// With the budget of a regulator spent, nobody is dialled for whom no operator is free now.
	const allowed = Math.max(0, world.dialer.withinBudget(running.length + roomMax, ready.length, budget) - running.length);
	const last = world.pacers.get(paceKey(auto))?.last;
	if (last && nowMs >= last.atMs && nowMs - last.atMs < lookGapMs) return undefined;
	const view = viewOf(world, crew, budget, allowed, nowMs);
	const pacer = pacerOf(world, auto, view.terms);
	const ringing = running.filter(isRinging);
	const {calls, giveUp = [], inputs} = world.dialer.pacing(auto).decide(pacer.state, view);
	const facts = {talking: view.agents.talkForMs.length, ...inputs};
	pacer.last = {atMs: nowMs, inputs: facts, placed: 0, gaveUp: giveUp.length};
	return {calls, giveUp: giveUp.map(at => ringing[at]!)};
}

/** How long each operator has talked in a call of the dialler for this campaign and group. */
function talksOf(world: World, key: string, nowMs: number): number[] {
	const talks: number[] = [];
	for (const {row, phase} of world.calls.values()) {
		if (row.kind !== 'predictive' || paceKey(row) !== key) continue;
		if (phase === 'talking' || phase === 'joining') talks.push(nowMs - (row.joinedMs ?? nowMs));
	}
	return talks;
}

/** Why the policy places no more calls: what it went by at its last look. */
export function paceHeld(world: World, crew: Crew, nowMs: number): Held {
	const last = world.pacers.get(paceKey(crew.auto))?.last;
	if (!last) return {rule: 'nobodyReady', value: 0};
	const {by, chance = 0, price = 0, answer = 0, known = 0} = last.inputs;
	const {left} = budgetOf(world, crew.auto.campaignId, nowMs);
	const facts: Facts = {ready: crew.ready.length, wrapUp: crew.wrapUpForMs.length, running: crew.running.length, lookedAtMs: last.atMs};
	const percent = (share: number | string) => `${(100 * Number(share)).toFixed(1)} %`;
	if (by === 'progressive') return {rule: 'knowledgeThin', value: Math.round(Number(known)), facts};
	return {
		rule: 'priceReached',
		value: percent(chance),
		facts: {...facts, price: percent(price), left, answer: percent(answer)},
	};
}
