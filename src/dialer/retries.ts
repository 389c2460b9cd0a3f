/**
 * What becomes of a list entry after a call that was not talked: dialled again later, given up, or as if it had not been.
 */
import {dayMs, dayNumber} from '../server/domain/calendar.js';
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

export type Ended = {
	/** As it was before the call. */
	entry: ListEntry;
	outcome: CallOutcome;
	/** Counts this call, when its outcome is one that counts. */
	attempts: number;
	retries: Partial<Record<CallOutcome, RetryRule>>;
	nowMs: number;
	utcOffsetMs: number;
	/** All numbers of the customer, in order; none when they are not known. */
	numbers?: readonly string[];
};

export function afterCall({entry, outcome, attempts, retries, nowMs, utcOffsetMs, numbers = []}: Ended): AfterCall {
	if (notCounted.has(outcome)) {
		if (entry.state !== 'autoRecall') return {state: 'waiting'};
		return {state: 'autoRecall', ...(entry.nextAtMs !== undefined && {nextAtMs: entry.nextAtMs})};
	}
	const rule = retries[outcome] ?? ownRules[outcome];
	if (rule === undefined || attempts >= rule.attemptsMax) return {state: 'failed'};
	const at = numbers.indexOf(entry.number);
	const next = rule.nextNumber && numbers.length > 1 ? numbers[(at + 1) % numbers.length]! : entry.number;
	// The other numbers are tried at once, and the first one again after the pause.
	const gapMs = next === entry.number || next === numbers[0] ? rule.gapMs : 0;
	const nextAtMs = withinWindow(rule, nowMs + gapMs, utcOffsetMs);
	return {state: 'autoRecall', nextAtMs, ...(next !== entry.number && {number: next})};
}

/** When a rule lets a call be made that is due then: at once within its time of day, else when that begins. */
export function withinWindow({from, to}: Pick<RetryRule, 'from' | 'to'>, atMs: number, utcOffsetMs: number): number {
	if (from === undefined || to === undefined) return atMs;
	const startMs = dayNumber(atMs, utcOffsetMs) * dayMs - utcOffsetMs;
	const [fromMs, toMs] = [minutesOf(from) * 60_000, minutesOf(to) * 60_000];
	const ofDayMs = atMs - startMs;
	const inside = fromMs < toMs ? ofDayMs >= fromMs && ofDayMs < toMs : ofDayMs >= fromMs || ofDayMs < toMs;
	if (inside) return atMs;
	return startMs + fromMs + (ofDayMs < fromMs ? 0 : dayMs);
}

/** `HH:MM`, up to 24:00. */
function minutesOf(text: string): number {
	const [hour = 0, minute = 0] = text.split(':').map(Number);
	return hour * 60 + minute;
}
