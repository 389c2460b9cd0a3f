/**
 * The price: the highest chance of being abandoned at which one more call is still placed. Steered so that what is left of the
 * limit is spread over the answers to come, whenever the day may end.
 */
import type {AbandonCount} from './policy.js';

export type Price = {
	/** Natural logarithm of the price at which the abandoned are as many as the limit allows, as learned. */
	level: number;
	/** Natural logarithm of the price in force. */
	now: number;
};

export const newPrice = (): Price => ({level: Math.log(0.06), now: Math.log(0.06)});

const levelMin = Math.log(0.02);
const levelMax = Math.log(0.5);
/** However much is left: a call that would hardly find anybody is not placed. */
const nowMax = Math.log(0.9);
/** The level moves by so much for each person abandoned beyond what was to be expected. */
const gain = 0.03;
/** Persons by which the price rises to about the threefold; and what is added to that with the answers. */
const urgency = 2.5;
const patience = 0.05;
/** A budget that is overspent brings the price down so much faster than one with something left brings it up. */
const haste = 1.5;
/** Share of the limit that is aimed at, and persons kept back, in standard errors of what is left: the limit is to hold in most runs. */
const aim = 0.98;
const kept = 1;
/** The rate that no day may show, as a multiple of the limit; and persons from which on a rate says something. */
const ceiling = 5 / 3;
/** So near to it, in persons, only safe calls are placed; the price comes down over as many more. */
const narrow = 1.5;
const watchedFrom = 100;

/** Persons by which the price moves by a factor of e. */
const scaleAt = (answered: number): number => urgency + patience * Math.sqrt(answered);

/** What may still be abandoned in the period that allows least, persons; negative: too many already. */
export function budgetLeft(periods: readonly AbandonCount[], abandonMax: number): number {
	let left = Number.POSITIVE_INFINITY;
	for (const {answered, abandoned} of periods) {
		// Persons come one by one and are steered by exp(left / scale): what is left then varies by half the scale, squared.
		const reserve = kept * Math.sqrt(scaleAt(answered) / 2);
		left = Math.min(left, aim * abandonMax * answered - reserve - abandoned);
	}
	return left === Number.POSITIVE_INFINITY ? 0 : left;
}

/** Learns from one person: abandoned or not. At a lower price fewer are to be expected. */
export function learnPrice(price: Price, abandoned: boolean, abandonMax: number): void {
	const expected = abandonMax * Math.exp(Math.max(-5, Math.min(0.7, price.now - price.level)));
	price.level = Math.min(levelMax, Math.max(levelMin, price.level + gain * (expected - (abandoned ? 1 : 0))));
}

/**
 * How far it is to the rate that no day may show once a hundred persons have answered, persons: the limit is a mean, and a day that
 * begins badly must not look as if there were none.
 */
export function ceilingLeft(day: AbandonCount | undefined, abandonMax: number): number {
	if (!day) return Number.POSITIVE_INFINITY;
	return ceiling * abandonMax * Math.max(watchedFrom, day.answered) - day.abandoned;
}

/** `left`: of `budgetLeft`, less what calls under way will probably cost; `toCeiling` likewise. `answered`: persons so far. */
export function setPrice(price: Price, left: number, answered: number, toCeiling: number): number {
	const scale = scaleAt(answered) / (left < 0 ? haste : 1);
	const steered = price.level + Math.max(-5, Math.min(1.2, left / scale)) + Math.log(Math.max(1e-3, Math.min(1, toCeiling / narrow - 1)));
	price.now = Math.min(nowMax, steered);
	return Math.exp(price.now);
}
