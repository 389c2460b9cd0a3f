/** A day that was: what its calls and people were like, as a scenario to rehearse with or to play again; and what came of it. */
import type {Law} from './chance.js';
import {type Scenario, type Steps, usual} from './scenario.js';

/** A call of the dialler, as the log has it. Times as the log has them. */
export type PastCall = {
	startedMs: number;
	ringingMs?: number;
	answeredMs?: number;
	joinedMs?: number;
	endedMs?: number;
	endedBy?: string;
	outcome?: string;
};

/** A status of an operator that is over. */
export type PastStatus = {agentId: string; status: string; fromMs: number; untilMs: number};

export type PastDay = {calls: readonly PastCall[]; statuses: readonly PastStatus[]; ringMs: number; abandonMax: number};

/** What was, to be held against a rehearsal. Shares 0 to 1. */
export type PastFigures = {utilisation: number; abandoned: number; answered: number; placed: number; talks: number; agents: number};

/** The answer rate is told anew after so long, of so many calls at least. */
const stepMs = 1_800_000;
const stepCalls = 40;
const staffMs = 300_000;
const lengthsMax = 2_000;
/** With a person or writing about one; the others that are reckoned with wait for one. */
const busy: ReadonlySet<string> = new Set(['talkingOut', 'wrapUp']);
/** Says nothing about whom was called. */
const cutOff: ReadonlySet<string> = new Set(['cancelled', 'trunkDown', 'phoneDown', 'interrupted', 'congestion', 'error']);

const isPerson = ({answeredMs, outcome}: PastCall): boolean => answeredMs !== undefined && outcome !== 'machine';
/** Given up by the dialler itself, before the ring time was over: it might have been answered. */
const isKnown = (call: PastCall, ringMs: number): boolean =>
	isPerson(call) ||
	(!cutOff.has(call.outcome ?? 'cancelled') &&
		!(call.outcome === 'noAnswer' && call.endedBy === 'system' && call.endedMs! - (call.ringingMs ?? call.startedMs) < ringMs - 1_000));

function observed(lengths: readonly number[], otherwise: Law): Law {
	if (lengths.length === 0) return otherwise;
	const sorted = [...lengths].map(ms => Math.max(0, ms)).sort((a, b) => a - b);
	const every = Math.max(1, Math.ceil(sorted.length / lengthsMax));
	return {kind: 'observed', ms: sorted.filter((_, at) => at % every === 0)};
}

/** From the first call to the end of the last one. */
export function spanOf({calls}: PastDay): {fromMs: number; untilMs: number} {
	let fromMs = Number.POSITIVE_INFINITY;
	let untilMs = 0;
	for (const {startedMs, endedMs = startedMs} of calls) {
		fromMs = Math.min(fromMs, startedMs);
		untilMs = Math.max(untilMs, endedMs);
	}
	return {fromMs, untilMs};
}

/** Whoever had a call of these, as long as they were there for more. */
function statusesOf(day: PastDay): PastStatus[] {
	const {fromMs, untilMs} = spanOf(day);
	const hadCalls = new Set(day.statuses.filter(({status}) => status === 'talkingOut').map(({agentId}) => agentId));
	return day.statuses
		.filter(({agentId, status}) => hadCalls.has(agentId) && (status === 'ready' || busy.has(status)))
		.map(each => ({...each, fromMs: Math.max(fromMs, each.fromMs), untilMs: Math.min(untilMs, each.untilMs)}))
		.filter(each => each.untilMs > each.fromMs);
}

const lengthOf = (statuses: readonly PastStatus[]): number => statuses.reduce((sum, {fromMs, untilMs}) => sum + untilMs - fromMs, 0);

export function pastFigures(day: PastDay): PastFigures {
	const statuses = statusesOf(day);
	const {fromMs, untilMs} = spanOf(day);
	const persons = day.calls.filter(isPerson);
	const abandoned = persons.filter(({outcome}) => outcome === 'abandoned').length;
	const wholeMs = lengthOf(statuses);
	return {
		utilisation: wholeMs > 0 ? lengthOf(statuses.filter(({status}) => busy.has(status))) / wholeMs : 0,
		abandoned: persons.length > 0 ? abandoned / persons.length : 0,
		answered: persons.length,
		placed: day.calls.length,
		talks: persons.filter(({joinedMs}) => joinedMs !== undefined).length,
		agents: untilMs > fromMs ? wholeMs / (untilMs - fromMs) : 0,
	};
}

/** Steps of the answer rate over the day. */
function answerOf({calls, ringMs}: PastDay, fromMs: number): Steps {
	const steps: Array<[number, number]> = [];
	let [known, persons, beginMs] = [0, 0, 0];
	const ordered = calls.filter(call => isKnown(call, ringMs)).sort((a, b) => a.startedMs - b.startedMs);
	for (const call of ordered) {
		const atMs = call.startedMs - fromMs;
		if (known >= stepCalls && atMs >= beginMs + stepMs) {
			steps.push([beginMs, persons / known]);
			[known, persons, beginMs] = [0, 0, Math.floor(atMs / stepMs) * stepMs];
		}
		known++;
		if (isPerson(call)) persons++;
	}
	if (known >= stepCalls || steps.length === 0) steps.push([beginMs, known > 0 ? persons / known : 0]);
	return steps;
}

function staffOf(day: PastDay, fromMs: number, shiftMs: number): Steps {
	const bins = Array.from({length: Math.max(1, Math.ceil(shiftMs / staffMs))}, () => 0);
	for (const status of statusesOf(day))
		for (let at = Math.floor((status.fromMs - fromMs) / staffMs); at < bins.length && at * staffMs < status.untilMs - fromMs; at++)
			bins[at]! += Math.min(status.untilMs - fromMs, (at + 1) * staffMs) - Math.max(status.fromMs - fromMs, at * staffMs);
	return bins.map((ms, at) => [at * staffMs, Math.round(ms / Math.min(staffMs, shiftMs - at * staffMs))] as const);
}

/**
 * The people of these days. Of one day also its crew and its answer rates, hour by hour: played again. Of several, pooled: `base` says
 * the crew and the length of the shift.
 */
export function pastScenario(days: readonly PastDay[], base: Scenario = usual): Scenario {
	const calls = days.flatMap(day => day.calls.filter(call => isKnown(call, day.ringMs)));
	const [only, ...more] = days as [PastDay, ...PastDay[]];
	const persons = calls.filter(isPerson);
	const kinds = {machine: 0, noAnswer: 0, busy: 0, invalid: 0};
	const endedEarly: number[] = [];
	for (const call of calls) {
		if (isPerson(call)) continue;
		if (call.outcome === 'machine') kinds.machine++;
		else if (call.outcome === 'noAnswer') kinds.noAnswer++;
		else {
			kinds[call.outcome === 'busy' || call.outcome === 'declined' ? 'busy' : 'invalid']++;
			endedEarly.push(call.endedMs! - (call.ringingMs ?? call.endedMs!));
		}
	}
	const instant: Law = {kind: 'fixed', ms: 1};
	const {fromMs, untilMs} = spanOf(only);
	const writing = days.flatMap(day => statusesOf(day).filter(({status}) => status === 'wrapUp'));
	const talks = persons.filter(({joinedMs, endedMs}) => joinedMs !== undefined && endedMs !== undefined);
	const machines = calls.filter(
		({outcome, answeredMs, ringingMs}) => outcome === 'machine' && answeredMs !== undefined && ringingMs !== undefined,
	);
	return {
		...base,
		others: calls.length > persons.length ? kinds : usual.others,
		setUp: observed(
			calls.map(call => (call.ringingMs ?? call.answeredMs ?? call.endedMs ?? call.startedMs) - call.startedMs),
			usual.setUp,
		),
		ringPerson: observed(
			persons.map(call => call.answeredMs! - (call.ringingMs ?? call.answeredMs!)),
			usual.ringPerson,
		),
		ringMachine: observed(
			machines.map(call => call.answeredMs! - call.ringingMs!),
			usual.ringMachine,
		),
		busy: observed(endedEarly, instant),
		invalid: instant,
		// The log counts from the pick-up.
		detectPerson: instant,
		talk: observed(
			talks.map(call => call.endedMs! - call.joinedMs!),
			usual.talk,
		),
		wrapUp: observed(
			writing.map(each => each.untilMs - each.fromMs),
			usual.wrapUp,
		),
		ringMs: only.ringMs,
		abandonMax: only.abandonMax,
		...(more.length === 0
			? {shiftMs: untilMs - fromMs, staff: staffOf(only, fromMs, untilMs - fromMs), answer: answerOf(only, fromMs)}
			: {answer: [[0, persons.length / Math.max(1, calls.length)]]}),
	};
}
