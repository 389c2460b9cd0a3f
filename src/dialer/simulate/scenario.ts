/** What a rehearsal plays: people, agents and rules of one campaign over one shift. */
import type {Law} from './chance.js';

/** A value that changes in steps: each holds from its moment on, ms since the start of the shift. */
export type Steps = ReadonlyArray<readonly [fromMs: number, value: number]>;

export type Scenario = {
	name: string;
	shiftMs: number;
	/** Agents logged in. */
	staff: Steps;
	/** Chance that a person answers before the ring time is over. */
	answer: Steps;
	/** What becomes of the other calls, in parts. */
	others: {machine: number; noAnswer: number; busy: number; invalid: number};
	setUp: Law;
	ringPerson: Law;
	ringMachine: Law;
	/** After the set-up. */
	busy: Law;
	invalid: Law;
	/** From the pick-up to the completed greeting, and to knowing that it is a machine. */
	detectPerson: Law;
	detectMachine: Law;
	/** Chance that a machine is taken for a person, and a person for a machine. */
	missed: number;
	mistaken: number;
	talk: Law;
	wrapUp: Law;
	machineTalk: Law;
	machineWrapUp: Law;
	/** Leads of different worth: answer chance against the usual; and how many coming ones the dialler knows that of. */
	leads: ReadonlyArray<{weight: number; factor: number}>;
	leadsShown: number;
	ringMs: number;
	minRingMs: number;
	patienceMs: number;
	abandonMax: number;
	/** 0: no limit. */
	linesMax: number;
	callsPerSecondMax: number;
};

export const hourMs = 3_600_000;

/** A usual campaign; the figures are those that studies of pacing compare policies with. */
export const usual: Scenario = {
	name: 'usual',
	shiftMs: 4 * hourMs,
	staff: [[0, 20]],
	answer: [[0, 0.3]],
	others: {machine: 0.4, noAnswer: 0.42, busy: 0.12, invalid: 0.06},
	setUp: {kind: 'lognormal', meanMs: 2_500, cv: 0.4},
	ringPerson: {kind: 'lognormal', meanMs: 11_000, cv: 0.55},
	ringMachine: {kind: 'lognormal', meanMs: 18_000, cv: 0.35},
	busy: {kind: 'fixed', ms: 500},
	invalid: {kind: 'fixed', ms: 2_000},
	detectPerson: {kind: 'lognormal', meanMs: 1_200, cv: 0.3},
	detectMachine: {kind: 'lognormal', meanMs: 3_000, cv: 0.3},
	missed: 0,
	mistaken: 0,
	talk: {kind: 'lognormal', meanMs: 60_000, cv: 1},
	wrapUp: {kind: 'lognormal', meanMs: 15_000, cv: 0.6},
	machineTalk: {kind: 'fixed', ms: 6_000},
	machineWrapUp: {kind: 'fixed', ms: 3_000},
	leads: [],
	leadsShown: 0,
	ringMs: 30_000,
	minRingMs: 15_000,
	patienceMs: 2_000,
	abandonMax: 0.03,
	linesMax: 0,
	callsPerSecondMax: 0,
};

export function valueAt(steps: Steps, ms: number): number {
	let value = steps[0]?.[1] ?? 0;
	for (const [fromMs, next] of steps) if (fromMs <= ms) value = next;
	return value;
}

/** A cell of the grid: talk and answer rate, a crew, and what becomes of the answer rate in the middle of the shift (1: nothing). */
export type Cell = {agents: number; answer: number; talkS: number; after: number};

export function scenarioOf({agents, answer, talkS, after}: Cell, shiftMs = usual.shiftMs): Scenario {
	return {
		...usual,
		name: `${agents} × ${talkS} s × ${Math.round(answer * 100)} %${after === 1 ? '' : ` → ${Math.round(answer * after * 100)} %`}`,
		shiftMs,
		staff: [[0, agents]],
		answer:
			after === 1
				? [[0, answer]]
				: [
						[0, answer],
						[shiftMs / 2, answer * after],
					],
		talk: {kind: 'lognormal', meanMs: talkS * 1_000, cv: 1},
		wrapUp: {kind: 'lognormal', meanMs: talkS >= 120 ? 30_000 : 15_000, cv: 0.6},
	};
}
