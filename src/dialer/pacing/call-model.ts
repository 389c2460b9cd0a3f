/**
 * What becomes of a call by its age, learned: set-up, then ringing, then whether a person or a machine picked up. From that the
 * chance that a call of a certain age will turn out to be a person within a certain time.
 */
import {binOf, cumulated, type Durations, endsOf, forget, learnDuration, newDurations, ratesOf} from './hazard.js';
import type {PacingEvent, PacingView} from './policy.js';

/**
 * Causes of each stage. Ringing goes on to a person; a machine that picks up is one more way in which it fails, for machines pick
 * up late: who has not answered by then is no person. Last comes, in each stage, what was cut off.
 */
const goesOn = 0;
const fails = 1;
const cutOff = 2;
const machinePicksUp = 2;
const ringCutOff = 3;

const halfSeconds = (ends: readonly number[]): number[] => ends.map(end => end * 1_000);
const setUpEdges = halfSeconds([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 11, 15, 20]);
const ringEdges = halfSeconds([0, 1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 33, 36, 40, 45, 50, 60, 80, 110, 150, 200]);
const detectEdges = halfSeconds([0, 0.3, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2, 2.3, 2.6, 3, 3.5, 4, 5, 7, 10, 15]);

/** The grid the tables are made on. */
export const stepMs = 500;
const cells = 140;
/** Older ones are taken for that old. */
const setUpCells = 30;
const ringCells = 80;
const detectStepMs = 100;
const detectCells = 150;
export const placeCount = setUpCells + ringCells + detectCells;
/** Nobody is taken to answer more surely. */
const chanceMax = 0.98;

export type CallModel = {setUp: Durations; ring: Durations; detect: Durations};

/** Weight of each made-up call. */
const made = 1.5;

/** Starts with a few made-up calls that are soon forgotten: three in ten are answered, after some 13 s. */
export function newCallModel(): CallModel {
	const model = {setUp: newDurations(setUpEdges, 2), ring: newDurations(ringEdges, 3), detect: newDurations(detectEdges, 2)};
	for (const ms of [1_500, 2_500, 4_000]) learnDuration(model.setUp, ms, goesOn, made);
	for (const ms of [5_000, 9_000, 15_000]) learnDuration(model.ring, ms, goesOn, made);
	learnDuration(model.ring, 20_000, machinePicksUp, made);
	for (const ms of [500, 20_000, 30_000, 30_000, 30_000, 30_000]) learnDuration(model.ring, ms, fails, made);
	learnDuration(model.detect, 1_000, goesOn, 2 * made);
	learnDuration(model.detect, 2_500, fails, made);
	return model;
}

/**
 * `answer`: chance of a usual lead. A call to a lead of another worth counts for as much as there would be of its kind among calls
 * to usual ones: those who answer more often are not to make all look so.
 */
export function learnCall(
	model: CallModel,
	{outcome, setUpMs, ringMs, detectMs, factor = 1}: Extract<PacingEvent, {type: 'callEnded'}>,
	answer = 0,
): void {
	const own = Math.min(chanceMax, answer * factor);
	const weight = own === answer || own === 0 ? 1 : outcome === 'person' ? answer / own : (1 - answer) / (1 - own);
	const end = outcome === 'cancelled' ? cutOff : fails;
	learnDuration(model.setUp, setUpMs, ringMs === undefined ? end : goesOn, weight);
	if (ringMs === undefined) return;
	const cancelled = outcome === 'cancelled';
	learnDuration(
		model.ring,
		ringMs,
		cancelled ? ringCutOff : detectMs === undefined ? fails : outcome === 'person' ? goesOn : machinePicksUp,
		weight,
	);
	if (detectMs === undefined) return;
	learnDuration(model.detect, detectMs, outcome === 'person' ? goesOn : end, weight);
}

/** Less than this, in calls, is no knowledge any more. */
const nothingLeft = 0.01;

/** After days without a call nothing is left but the least of numbers: then as at the beginning, by the made-up calls. */
export function forgetCalls(model: CallModel, keep: number): void {
	for (const durations of [model.setUp, model.ring, model.detect]) forget(durations, keep);
	if (callsKnown(model).calls < nothingLeft) Object.assign(model, newCallModel());
}

/** Calls remembered, and persons among them. */
export function callsKnown(model: CallModel): {calls: number; persons: number} {
	const persons = endsOf(model.detect, goesOn);
	const calls = endsOf(model.setUp, fails) + endsOf(model.ring, fails) + endsOf(model.detect, fails) + persons;
	return {calls, persons};
}

/**
 * Chances that a call under way is answered by a person, by its place: set-up by age in steps of `stepMs`, then ringing likewise,
 * then machine detection in steps of `detectStepMs`.
 */
export type CallTables = {
	/** Answer chance of a call placed now. */
	answer: number;
	/** Its squared relative error: each age at which persons pick up counts by how many have been seen to do so. */
	doubt: number;
	/** Ages at which a call placed now is answered, by equal shares of the answers. */
	horizonsMs: number[];
	/** Within each horizon, by place. Machine detection is over soon: whenever. */
	within: Float64Array[];
	/** Whenever, by place. */
	ever: Float64Array;
};

/** Ends of this cause by cell, and the share that reaches each cell. */
function passage(durations: Durations, running: readonly number[], step: number, count: number): {ends: Float64Array; reach: Float64Array} {
	const rates = ratesOf(durations, running);
	const own = cumulated(durations.edges, rates[goesOn]!, step, count + 1);
	const others = rates[fails]!.map((rate, bin) => rates.slice(fails + 1).reduce((sum, row) => sum + row[bin]!, rate));
	const other = cumulated(durations.edges, others, step, count + 1);
	const ends = new Float64Array(count);
	const reach = new Float64Array(count + 1);
	reach[0] = 1;
	for (let cell = 0; cell < count; cell++) {
		const goes = own[cell + 1]! - own[cell]!;
		const any = goes + other[cell + 1]! - other[cell]!;
		const left = reach[cell]! * (1 - Math.exp(-any));
		ends[cell] = any > 0 ? (left * goes) / any : 0;
		reach[cell + 1] = reach[cell]! - left;
	}
	return {ends, reach};
}

/** P(person within `horizon` cells | in this stage for `age` cells), where `next` is the chance by time from the next stage on. */
function within({ends, reach}: {ends: Float64Array; reach: Float64Array}, age: number, horizon: number, next: Float64Array): number {
	const alive = reach[age]!;
	if (alive < 1e-12) return 0;
	let sum = 0;
	const last = Math.min(ends.length, age + horizon);
	for (let cell = age; cell < last; cell++) {
		const left = horizon - (cell - age);
		// Half a cell earlier or later: the end lies somewhere within the cell.
		sum += ends[cell]! * 0.5 * (next[left]! + next[left - 1]!);
	}
	return sum / alive;
}

/**
 * Squared relative error of the chance that a ringing call is answered. At the start all calls are of one age: of what becomes of
 * older ones nothing has been seen, however many persons have picked up by then.
 */
function doubtOf({edges, ended}: Durations, ends: Float64Array): number {
	const shares = edges.map(() => 0);
	let all = 0;
	for (let cell = 0; cell < ends.length; cell++) {
		shares[binOf(edges, cell * stepMs)]! += ends[cell]!;
		all += ends[cell]!;
	}
	let doubt = 0;
	for (let bin = 0; bin < edges.length; bin++) doubt += (shares[bin]! / all) ** 2 / Math.max(1, ended[goesOn]![bin]!);
	return doubt;
}

/** `count` horizons: the middles of equal shares of the answers. */
function quantiles(byTime: Float64Array, count: number): number[] {
	const all = byTime[cells]!;
	const horizons: number[] = [];
	let cell = 0;
	for (let at = 0; at < count; at++) {
		const wanted = ((at + 0.5) / count) * all;
		while (cell < cells && byTime[cell + 1]! < wanted) cell++;
		const rise = byTime[Math.min(cells, cell + 1)]! - byTime[cell]!;
		const part = rise > 0 ? (wanted - byTime[cell]!) / rise : 0;
		horizons.push(Math.max(1, Math.round(cell + part)) * stepMs);
	}
	return horizons;
}

/** `nearMs`: horizons that come first, whatever the answers. After them `count` horizons by the answers. */
export function callTables(
	model: CallModel,
	{setUpForMs, ringForMs, detectForMs}: PacingView['calls'],
	nearMs: readonly number[],
	count: number,
): CallTables {
	const detected = passage(model.detect, detectForMs, detectStepMs, detectCells);
	const persons = new Float64Array(cells + 1);
	let person = 0;
	for (let cell = 0; cell < detectCells; cell++) {
		person += detected.ends[cell]!;
		persons[Math.floor(cell / (stepMs / detectStepMs)) + 1] = person;
	}
	for (let cell = detectCells / (stepMs / detectStepMs) + 1; cell <= cells; cell++) persons[cell] = person;
	// Of a person who picks up: when the greeting is over.
	const greeted = persons.map(chance => chance / person);
	const rung = passage(model.ring, ringForMs, stepMs, cells);
	const fromRing = new Float64Array(cells + 1);
	for (let time = 1; time <= cells; time++) fromRing[time] = within(rung, 0, time, greeted);
	const setUp = passage(model.setUp, setUpForMs, stepMs, cells);
	const fromStart = new Float64Array(cells + 1);
	for (let time = 1; time <= cells; time++) fromStart[time] = within(setUp, 0, time, fromRing);
	const horizonsMs = [...nearMs, ...quantiles(fromStart, count)];
	const detect = new Float64Array(detectCells);
	let rest = 0;
	for (let cell = detectCells - 1; cell >= 0; cell--) {
		rest += detected.ends[cell]!;
		detect[cell] = detected.reach[cell]! > 1e-12 ? rest / detected.reach[cell]! : 0;
	}
	const rowFor = (horizon: number): Float64Array => {
		const row = new Float64Array(placeCount);
		for (let age = 0; age < setUpCells; age++) row[age] = within(setUp, age, horizon, fromRing);
		for (let age = 0; age < ringCells; age++) row[setUpCells + age] = within(rung, age, horizon, greeted);
		row.set(detect, setUpCells + ringCells);
		return row;
	};
	return {
		answer: fromStart[cells]!,
		doubt: doubtOf(model.ring, rung.ends),
		horizonsMs,
		within: horizonsMs.map(ms => rowFor(ms / stepMs)),
		ever: rowFor(cells),
	};
}

/** The place of a call in the tables: the last one of its stage for whatever is older. */
export const placeOf = {
	setUp: (ms: number): number => Math.min(setUpCells - 1, Math.round(ms / stepMs)),
	ring: (ms: number): number => setUpCells + Math.min(ringCells - 1, Math.round(ms / stepMs)),
	detect: (ms: number): number => setUpCells + ringCells + Math.min(detectCells - 1, Math.round(ms / detectStepMs)),
};

/**
 * By how much the chance of a call exceeds that of a usual one as old, for a lead that is `factor` times as likely to answer: after
 * so long without an answer the odds stand to each other as they did when it was placed.
 */
export function liftOf({answer, ever}: CallTables, place: number, factor: number): number {
	const usual = ever[place]!;
	const own = Math.min(chanceMax, answer * factor);
	const odds = (own * (1 - answer)) / ((1 - own) * answer);
	return odds / (1 - usual + usual * odds);
}
