/** What a rehearsal counts, and the figures made of it. */
import {hourMs} from './scenario.js';

const partMs = 900_000;
/** Persons from which on the running rate is watched. */
const runningMin = 100;

export type Part = {answered: number; abandoned: number; idleMs: number; loggedMs: number; placed: number};
export type Counts = {
	placed: number;
	gaveUp: number;
	/** Persons who spoke to an agent, and who did not. */
	joined: number;
	abandoned: number;
	/** Persons hung up on because they were taken for a machine. */
	mistaken: number;
	/** Time with persons, talk and wrap-up; and with machines. */
	busyMs: number;
	machineMs: number;
	idleMs: number;
	loggedMs: number;
	waits: number;
	waitMs: number;
	worstRunning: number;
	linesMost: number;
	decisions: number;
	parts: Part[];
};

export const newCounts = (): Counts => ({
	placed: 0,
	gaveUp: 0,
	joined: 0,
	abandoned: 0,
	mistaken: 0,
	busyMs: 0,
	machineMs: 0,
	idleMs: 0,
	loggedMs: 0,
	waits: 0,
	waitMs: 0,
	worstRunning: 0,
	linesMost: 0,
	decisions: 0,
	parts: [],
});

export function partAt(counts: Counts, atMs: number): Part {
	const index = Math.floor(atMs / partMs);
	while (counts.parts.length <= index) counts.parts.push({answered: 0, abandoned: 0, idleMs: 0, loggedMs: 0, placed: 0});
	return counts.parts[index]!;
}

export function countAbandoned(counts: Counts): void {
	counts.abandoned++;
	const answered = counts.joined + counts.abandoned;
	if (answered >= runningMin) counts.worstRunning = Math.max(counts.worstRunning, counts.abandoned / answered);
}

/** Shares are 0 to 1. `waitMs`: of an agent, for a call. */
export type Figures = {
	seed: number;
	utilisation: number;
	waitMs: number;
	abandoned: number;
	/** Persons taken for a machine count as abandoned too. */
	abandonedStrict: number;
	worstRunning: number;
	joinedPerAgentHour: number;
	placedPerJoined: number;
	gaveUp: number;
	linesMost: number;
	counts: Counts;
};

export function figuresOf(counts: Counts, seed: number): Figures {
	const answered = counts.joined + counts.abandoned;
	const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
	return {
		seed,
		utilisation: share(counts.busyMs, counts.loggedMs),
		waitMs: share(counts.waitMs, counts.waits),
		abandoned: share(counts.abandoned, answered),
		abandonedStrict: share(counts.abandoned + counts.mistaken, answered + counts.mistaken),
		worstRunning: counts.worstRunning,
		joinedPerAgentHour: share(counts.joined * hourMs, counts.loggedMs),
		placedPerJoined: share(counts.placed, counts.joined),
		gaveUp: share(counts.gaveUp, counts.placed),
		linesMost: counts.linesMost,
		counts,
	};
}

export type Summary = {
	runs: number;
	utilisation: number;
	waitMs: number;
	abandoned: number;
	abandoned95: number;
	abandonedMost: number;
	worstRunning: number;
	joinedPerAgentHour: number;
	placedPerJoined: number;
	gaveUp: number;
	/** Standard error of the utilisation. */
	utilisationError: number;
};

export function summaryOf(runs: readonly Figures[]): Summary {
	const mean = (pick: (run: Figures) => number) => runs.reduce((sum, run) => sum + pick(run), 0) / Math.max(1, runs.length);
	const abandoned = runs.map(run => run.abandoned).sort((a, b) => a - b);
	const utilisation = mean(run => run.utilisation);
	const spread = runs.reduce((sum, run) => sum + (run.utilisation - utilisation) ** 2, 0);
	return {
		runs: runs.length,
		utilisation,
		waitMs: mean(run => run.waitMs),
		abandoned: mean(run => run.abandoned),
		abandoned95: abandoned[Math.min(abandoned.length - 1, Math.floor(0.95 * abandoned.length))] ?? 0,
		abandonedMost: abandoned.at(-1) ?? 0,
		worstRunning: Math.max(0, ...runs.map(run => run.worstRunning)),
		joinedPerAgentHour: mean(run => run.joinedPerAgentHour),
		placedPerJoined: mean(run => run.placedPerJoined),
		gaveUp: mean(run => run.gaveUp),
		utilisationError: runs.length > 1 ? Math.sqrt(spread / (runs.length - 1) / runs.length) : 0,
	};
}
