/**
 * How long agents take to be free again after a call: a mean that forgets, and who is about to be free by it.
 */

/** What was learned about one campaign and group. */
export type PaceState = {
	/** Mean time from the end of a call to the next 受付中, with forgetting. */
	wrapUpMs: number;
	/** Observations behind the mean, forgotten at the same rate; 0 = none yet. */
	weight: number;
};

/** Each new observation leaves this share of the weight of the old ones: some twenty calls are remembered. */
const keep = 0.95;
/** Fewer observations than this predict nothing. */
const weightMin = 3;
/** About the time from dialling to a person's answer: an agent free within it is free in time. */
const leadMs = 8_000;

export const noWrapUpKnown: PaceState = {wrapUpMs: 0, weight: 0};

export function learnWrapUp(state: PaceState, wrapUpMs: number): PaceState {
	const weight = state.weight * keep + 1;
	return {wrapUpMs: state.wrapUpMs + (wrapUpMs - state.wrapUpMs) / weight, weight};
}

/**
 * Agents in 後処理 who will probably be free when a call placed now is answered: those whose usual time is over but for
 * `leadMs`. Someone who has taken twice the usual time is busy with something else and is not counted any more.
 */
export function predictedFree(state: PaceState, wrapUpForMs: readonly number[]): number {
	if (state.weight < weightMin) return 0;
	return wrapUpForMs.filter(forMs => forMs >= state.wrapUpMs - leadMs && forMs <= 2 * state.wrapUpMs).length;
}
