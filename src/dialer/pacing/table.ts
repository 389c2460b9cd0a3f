/**
 * Pacing by the ratio table: agents counted × ratio, rounded half up, less the calls already running; at most callsMax at once.
 */
import type {AutoDialSettings} from '../../server/domain/model.js';
import type {PaceDecision, PaceInput, PaceState} from '../port.js';
import type {PacingPolicy} from './policy.js';
import {learnWrapUp, noWrapUpKnown, predictedFree} from './wrap-up.js';

type TableSettings = Pick<AutoDialSettings, 'mode' | 'ratioTable' | 'ratioAbove' | 'callsMax'>;

/** The ratio for so many agents: the first row that reaches them, or the one above all rows. */
export function ratioFor(settings: Pick<AutoDialSettings, 'ratioTable' | 'ratioAbove'>, agents: number): number {
	return settings.ratioTable.find(row => agents <= row.agentsMax)?.ratio ?? settings.ratioAbove;
}

/** Counted in hundredths, so that 3 × 1.5 = 4.5 is 5 whatever binary fractions make of it. */
export function timesRatio(agents: number, ratio: number): number {
	return Math.floor((agents * Math.round(ratio * 100) + 50) / 100);
}

/**
 * Modes: `idleOnly` counts agents in 受付中, `predicted` also those about to be free, `progressive` places one call for each
 * agent in 受付中 whatever the table says. The table is used in both of the first two.
 */
export function decide(input: Omit<PaceInput, 'settings'> & {settings: TableSettings}): PaceDecision {
	const {settings, readyAgents, runningCalls} = input;
	const predicted = settings.mode === 'predicted' ? predictedFree(input.state, input.wrapUpForMs) : 0;
	const agents = readyAgents + predicted;
	const ratio = settings.mode === 'progressive' ? 1 : ratioFor(settings, agents);
	const wanted = timesRatio(agents, ratio);
	const target = settings.callsMax > 0 ? Math.min(wanted, settings.callsMax) : wanted;
	return {calls: Math.max(0, target - runningCalls), target, agents, predicted, ratio};
}

/** The table as a policy. Counts what `decide` counts, from a view. */
export function tablePolicy(
	mode: 'idleOnly' | 'predicted',
	table: Pick<AutoDialSettings, 'ratioTable' | 'ratioAbove'>,
): PacingPolicy<{known: PaceState}> {
	return {
		name: mode === 'idleOnly' ? 'table-idle' : 'table-predicted',
		tickMs: 1_000,
		start: () => ({known: noWrapUpKnown}),
		observe(state, event) {
			if (event.type === 'wrapUpEnded') state.known = learnWrapUp(state.known, event.wrapUpMs);
		},
		decide(state, {agents, calls, roomMax}) {
			const runningCalls = calls.setUpForMs.length + calls.ringForMs.length + calls.detectForMs.length + calls.waitForMs.length;
			const {calls: due, ...inputs} = decide({
				settings: {...table, mode, callsMax: 0},
				readyAgents: agents.idle,
				wrapUpForMs: [...agents.wrapUpForMs],
				runningCalls,
				state: state.known,
			});
			return {calls: Math.min(roomMax, due), inputs: {by: mode, ...inputs, running: runningCalls}};
		},
	};
}
