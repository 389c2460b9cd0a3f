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
/** The level moves by so much for each person abandoned beyond what was to be expected. */
const gain = 0.03;
/** Persons by which the price falls to a third or rises to the threefold; and what is added to that with the answers. */
const urgency = 3;
const patience = 0.08;
/** Persons kept back: a small crew's first abandoned person is several per cent of its answers. */
const reserve = 0.3;
/** Share of the limit that is aimed at. */
const aim = 0.97;

/** What may still be abandoned in the period that allows least, persons; negative: too many already. */
export function budgetLeft(periods: readonly AbandonCount[], abandonMax: number): number {
	let left = Number.POSITIVE_INFINITY;
	for (const {answered, abandoned} of periods) left = Math.min(left, aim * abandonMax * answered - abandoned);
	return left === Number.POSITIVE_INFINITY ? 0 : left;
}

/** Learns from one person: abandoned or not. At a lower price fewer are to be expected. */
export function learnPrice(price: Price, abandoned: boolean, abandonMax: number): void {
	const expected = abandonMax * Math.exp(Math.max(-5, Math.min(0.7, price.now - price.level)));
	price.level = Math.min(levelMax, Math.max(levelMin, price.level + gain * (expected - (abandoned ? 1 : 0))));
}

/** `left`: of `budgetLeft`, less what calls under way will probably cost. `answered`: persons so far. */
export function setPrice(price: Price, left: number, answered: number): number {
	const scale = urgency + patience * Math.sqrt(answered);
	price.now = price.level + Math.max(-5, Math.min(1.2, (left - reserve) / scale));
	return Math.exp(price.now);
}
