/**
 * Pacing by a policy that learns: what it is shown of the world, what it is told, and what came of its last look. One pacer for
 * each campaign and group, kept as long as the service runs; it starts anew with knowing little, and dials one to one meanwhile.
 */
import type {PacingDecision, PacingEvent, PacingTerms, PacingView} from '../../../dialer/pacing/policy.js';
import {paceKey} from '../call.js';
import type {Crew} from '../dialling.js';
import type {CallRow} from '../model.js';
import type {Facts, Held} from '../why/rules.js';
import type {Call, World} from '../world.js';
import {budgetOf} from './budget.js';
import {isHeldBack} from './machines.js';

/** A call rings at least so long before it is given up because nobody would be free for it (16 CFR 310.4(b)(4)(ii): 15 s or four rings). */
const minRingMs = 15_000;
/** Between two looks of a pacer, at least: with a large crew something happens every few milliseconds. */
export const lookGapMs = 250;

export type Pacer = {
	state: unknown;
	/** The last look: when, what it went by, and how many calls it placed and gave up. */
	last?: {atMs: number; inputs: PacingDecision['inputs']; placed: number; gaveUp: number};
};

/** Tells a pacer what happened to a call of its campaign and group, if there is one. */
export function tellPacer(world: World, row: Pick<CallRow, 'kind' | 'campaignId' | 'groupId'>, event: PacingEvent, nowMs: number): void {
	if (row.kind !== 'predictive') return;
	const pacer = world.pacers.get(paceKey(row));
	if (pacer) world.dialer.pacing.observe(pacer.state, event, nowMs);
}

/** Tells how a call went that is answered or over. `cutOff`: it says nothing about the customer. */
export function tellEnd(
	world: World,
	row: CallRow,
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
	const {ringMs, keepsRinging} = auto;
	const {abandonAfterMs: patienceMs} = world.settings;
	const terms: PacingTerms = {patienceMs, ringMs, abandonMax: budget.limit, ...(!keepsRinging && {minRingMs})};
	const key = paceKey(auto);
	let pacer = world.pacers.get(key);
	if (!pacer) world.pacers.set(key, (pacer = {state: world.dialer.pacing.start(terms)}));
	const {last} = pacer;
	if (last && nowMs >= last.atMs && nowMs - last.atMs < lookGapMs) return undefined;
	// With the budget of a regulator spent, nobody is dialled for whom no operator is free now.
	const allowed = Math.max(0, world.dialer.withinBudget(running.length + roomMax, ready.length, budget) - running.length);
	const ringing = running.filter(({phase}) => phase === 'ringing');
	const view: PacingView = {
		nowMs,
		terms,
		agents: {idle: ready.length, talkForMs: talksOf(world, key, nowMs), wrapUpForMs: crew.wrapUpForMs},
		calls: {
			setUpForMs: running.filter(({phase}) => phase === 'dialling').map(({row}) => nowMs - row.startedMs),
			ringForMs: ringing.map(({row}) => nowMs - (row.ringingMs ?? row.startedMs)),
			detectForMs: running.filter(isHeldBack).map(({row}) => nowMs - (row.answeredMs ?? nowMs)),
			waitForMs: running.filter(call => call.phase === 'waiting' && !isHeldBack(call)).map(({row}) => nowMs - (row.answeredMs ?? nowMs)),
		},
		roomMax: allowed,
		periods: [budget.today, budget],
	};
	const {calls, giveUp = [], inputs} = world.dialer.pacing.decide(pacer.state, view);
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
export function paceHeld(world: World, crew: Crew): Held {
	const last = world.pacers.get(paceKey(crew.auto))?.last;
	if (!last) return {rule: 'nobodyReady', value: 0};
	const {by, chance = 0, price = 0, left = 0, answer = 0, known = 0} = last.inputs;
	const facts: Facts = {ready: crew.ready.length, wrapUp: crew.wrapUpForMs.length, running: crew.running.length, lookedAtMs: last.atMs};
	const percent = (share: number | string) => `${(100 * Number(share)).toFixed(1)} %`;
	if (by === 'progressive') return {rule: 'knowledgeThin', value: Math.round(Number(known)), facts};
	return {
		rule: 'priceReached',
		value: percent(chance),
		facts: {...facts, price: percent(price), left: Number(left), answer: percent(answer)},
	};
}
