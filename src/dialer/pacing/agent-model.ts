/** How long agents talk and how long they write afterwards, learned by elapsed time; and from that who will be free when. */
import {binOf, cumulated, type Durations, endsOf, forget, learnDuration, newDurations, ratesOf} from './hazard.js';
import type {Chances} from './outlook.js';
import type {PacingView} from './policy.js';

const seconds = (ends: readonly number[]): number[] => ends.map(end => end * 1_000);
const talkEdges = seconds([
	0, 3, 6, 10, 15, 21, 28, 36, 46, 58, 72, 90, 110, 135, 165, 200, 245, 300, 370, 460, 570, 710, 900, 1_200, 1_800,
]);
const wrapUpEdges = seconds([0, 2, 4, 6, 8, 10, 13, 16, 20, 25, 31, 39, 50, 65, 85, 110, 150, 200, 300, 500, 900]);

/** Ages at which the tables are made; between them it is a straight line. */
const ages = seconds([
	0, 2, 4, 6, 8, 11, 14, 17, 20, 24, 28, 33, 39, 46, 54, 63, 74, 87, 102, 120, 145, 175, 210, 260, 320, 400, 520, 700, 1_000, 1_800,
]);
const stepMs = 2_000;
const points = 950;
/** Talks are taken to end in the middle of such a step. */
const talkStepMs = 2_000;

export type AgentModel = {talk: Durations; wrapUp: Durations};

/** Starts with a made-up talk and wrap-up that are soon forgotten. */
export function newAgentModel(): AgentModel {
	const model = {talk: newDurations(talkEdges, 1), wrapUp: newDurations(wrapUpEdges, 1)};
	for (const ms of [40_000, 150_000]) learnDuration(model.talk, ms, 0, 0.5);
	for (const ms of [10_000, 30_000]) learnDuration(model.wrapUp, ms, 0, 0.5);
	return model;
}

export function learnTalk(model: AgentModel, ms: number): void {
	learnDuration(model.talk, ms, 0);
}

export function learnWrapUp(model: AgentModel, ms: number): void {
	learnDuration(model.wrapUp, ms, 0);
}

/** Less than this, in talks, is no knowledge any more. */
const nothingLeft = 0.01;

/** Of what has gone for days what was made up is taken again. */
export function forgetAgents(model: AgentModel, keep: number): void {
	for (const kind of ['talk', 'wrapUp'] as const) {
		forget(model[kind], keep);
		if (endsOf(model[kind], 0) < nothingLeft) model[kind] = newAgentModel()[kind];
	}
}

/** Chances to be free within each horizon, by age at `ages`. */
export type AgentTables = {talk: Float64Array[]; wrapUp: Float64Array[]};

export function agentTables(model: AgentModel, {talkForMs, wrapUpForMs}: PacingView['agents'], horizonsMs: readonly number[]): AgentTables {
	const talk = cumulated(talkEdges, ratesOf(model.talk, talkForMs)[0]!, stepMs, points);
	const wrapUp = cumulated(wrapUpEdges, ratesOf(model.wrapUp, wrapUpForMs)[0]!, stepMs, points);
	const wrapUpWithin = (fromMs: number, ms: number) => 1 - Math.exp(valueAt(wrapUp, fromMs) - valueAt(wrapUp, fromMs + ms));
	const talkWithin = (fromMs: number, ms: number) => {
		const start = valueAt(talk, fromMs);
		const step = ms / Math.ceil(ms / talkStepMs);
		let sum = 0;
		let before = 1;
		for (let endMs = step; endMs <= ms + 1; endMs += step) {
			const after = Math.exp(start - valueAt(talk, fromMs + endMs));
			sum += (before - after) * wrapUpWithin(0, ms - endMs + step / 2);
			before = after;
		}
		return sum;
	};
	return {
		talk: horizonsMs.map(ms => Float64Array.from(ages, age => talkWithin(age, ms))),
		wrapUp: horizonsMs.map(ms => Float64Array.from(ages, age => wrapUpWithin(age, ms))),
	};
}

/** A value of a table of `stepMs`, on the straight line between its points; beyond the last point it goes on as before. */
function valueAt(sums: Float64Array, ms: number): number {
	const at = ms / stepMs;
	const low = Math.min(points - 2, Math.floor(at));
	return sums[low]! + (sums[low + 1]! - sums[low]!) * (at - low);
}

/** Busy agents by where they stand in the tables: one by one in small crews, in large ones how many are about as far. */
export type Crew = {busy: number; chancesAt: (tables: AgentTables, horizon: number) => Chances};

/** Between two ages of the tables an agent's chance is on the straight line. `oneByOneMax`: agents up to which they are told apart. */
export function crewOf({talkForMs, wrapUpForMs}: PacingView['agents'], oneByOneMax: number): Crew {
	const busy = talkForMs.length + wrapUpForMs.length;
	const last = ages.length - 2;
	const spots = [...talkForMs, ...wrapUpForMs].map((ms, agent) => {
		const at = Math.min(last, binOf(ages, ms));
		const part = Math.max(0, Math.min(1, (ms - ages[at]!) / (ages[at + 1]! - ages[at]!)));
		return {at: agent < talkForMs.length ? at : ages.length + at, part};
	});
	const valueIn = ({talk, wrapUp}: AgentTables, horizon: number, place: number): number =>
		place < ages.length ? talk[horizon]![place]! : wrapUp[horizon]![place - ages.length]!;
	if (busy <= oneByOneMax)
		return {
			busy,
			chancesAt: (tables, horizon) => ({
				chances: spots.map(({at, part}) => {
					const low = valueIn(tables, horizon, at);
					return low + (valueIn(tables, horizon, at + 1) - low) * part;
				}),
			}),
		};
	const times = new Float64Array(2 * ages.length);
	for (const {at, part} of spots) {
		times[at]! += 1 - part;
		times[at + 1]! += part;
	}
	return {busy, chancesAt: (tables, horizon) => ({chances: times.map((_, place) => valueIn(tables, horizon, place)), times})};
}
