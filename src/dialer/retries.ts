/**
 * What becomes of a list entry after a call that was not talked: dialled again later, given up, or as if it had not been.
 */
import type {CallOutcome, ListEntry, RetryRule} from '../server/domain/model.js';
import type {AfterCall} from './port.js';

/**
 * Rules for what is not the customer's doing, used when the settings name none. A person who was abandoned is owed a call:
 * soon, with many tries. Busy, no answer and the like are dialled again only when the settings say so.
 */
const ownRules: Partial<Record<CallOutcome, RetryRule>> = {
	abandoned: {attemptsMax: 10, gapMs: 900_000},
	congestion: {attemptsMax: 5, gapMs: 300_000},
	error: {attemptsMax: 3, gapMs: 600_000},
	interrupted: {attemptsMax: 10, gapMs: 300_000},
};

/** Outcomes that say nothing about the customer: the entry waits as before and the try is not counted. */
const notCounted: ReadonlySet<CallOutcome> = new Set(['cancelled', 'trunkDown', 'phoneDown']);

export function isCounted(outcome: CallOutcome): boolean {
	return !notCounted.has(outcome);
}

/** `attempts` counts this call, when its outcome is one that counts. */
export function afterCall(
	_entry: ListEntry,
	outcome: CallOutcome,
	attempts: number,
	retries: Partial<Record<CallOutcome, RetryRule>>,
	nowMs: number,
): AfterCall {
	if (notCounted.has(outcome)) return {state: 'waiting'};
	const rule = retries[outcome] ?? ownRules[outcome];
	if (rule === undefined || attempts >= rule.attemptsMax) return {state: 'failed'};
	return {state: 'autoRecall', nextAtMs: nowMs + rule.gapMs};
}
