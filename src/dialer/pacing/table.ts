/**
 * Pacing by the ratio table: agents counted × ratio, rounded half up, less the calls already running; at most callsMax at once.
 */
import type {AutoDialSettings} from '../../server/domain/model.js';
import type {PacingPolicy} from './policy.js';
import {learnWrapUp, noWrapUpKnown, type PaceState, predictedFree} from './wrap-up.js';

export type RatioTable = Pick<AutoDialSettings, 'ratioTable' | 'ratioAbove'>;

/** What a table comes to. `target`: calls that should be under way in all; `calls`: of them new ones; `agents` and `ratio`: counted and used. */
export type TableDecision = {calls: number; target: number; agents: number; predicted: number; ratio: number};

/** The ratio for so many agents: the first row that reaches them, or the one above all rows. */
export function ratioFor(settings: RatioTable, agents: number): number {
	return settings.ratioTable.find(row => agents <= row.agentsMax)?.ratio ?? settings.ratioAbove;
}

/** Counted in hundredths, so that 3 × 1.5 = 4.5 is 5 whatever binary fractions make of it. */
export function timesRatio(agents: number, ratio: number): number {
	return Math.floor((agents * Math.round(ratio * 100) + 50) / 100);
}

/** `agents`: those counted, `predicted` of them not in 受付中 yet; `callsMax`: 0 for no limit. */
export function decideBy(
	ratio: number,
	counted: {agents: number; predicted: number},
	runningCalls: number,
	callsMax: number,
): TableDecision {
	const wanted = timesRatio(counted.agents, ratio);
	const target = callsMax > 0 ? Math.min(wanted, callsMax) : wanted;
	return {calls: Math.max(0, target - runningCalls), target, ...counted, ratio};
}

/** `idleOnly` counts agents in 受付中, `predicted` also those about to be free. */
export function tablePolicy(mode: 'idleOnly' | 'predicted', table: RatioTable, callsMax: number): PacingPolicy<{known: PaceState}> {
	return {
		name: mode === 'idleOnly' ? 'table-idle' : 'table-predicted',
		tickMs: 1_000,
		start: () => ({known: noWrapUpKnown}),
		observe(state, event) {
			if (event.type === 'wrapUpEnded') state.known = learnWrapUp(state.known, event.wrapUpMs);
		},
		decide(state, {agents, calls, roomMax}) {
			const running = calls.setUpForMs.length + calls.ringForMs.length + calls.detectForMs.length + calls.waitForMs.length;
			const predicted = mode === 'predicted' ? predictedFree(state.known, agents.wrapUpForMs) : 0;
			const counted = agents.idle + predicted;
			const {calls: due, ...inputs} = decideBy(ratioFor(table, counted), {agents: counted, predicted}, running, callsMax);
			return {calls: Math.min(roomMax, due), inputs: {by: mode, ...inputs, running}};
		},
	};
}
