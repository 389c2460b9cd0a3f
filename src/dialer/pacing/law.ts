/**
 * Laws of sums of independent yes-or-no events: exactly for small numbers, by three moments (Edgeworth) for large ones.
 */

/** Adds one event of this chance to the law of a count, in place; the last cell gathers everything above. */
export function addEvent(law: Float64Array, chance: number): void {
	const last = law.length - 1;
	law[last] = law[last]! + law[last - 1]! * chance;
	for (let at = last - 1; at > 0; at--) law[at] = law[at]! * (1 - chance) + law[at - 1]! * chance;
	law[0]! *= 1 - chance;
}

/** Chances below leave a law as it is. */
const negligible = 1e-5;

/**
 * The law of how many of the events happen, 0 to `max`; the last cell gathers everything from `max` on. `times`: how many events
 * there are of each chance; absent: one.
 */
export function lawOf(chances: ArrayLike<number>, max: number, times?: ArrayLike<number>): Float64Array {
	const law = new Float64Array(Math.max(2, max + 1));
	law[0] = 1;
	let events = 0;
	for (let which = 0; which < chances.length; which++) {
		const chance = chances[which]!;
		if (chance < negligible) continue;
		for (let left = times ? times[which]! : 1; left > 0; left--) {
			events++;
			// So few events cannot reach further: the cells above are empty yet.
			if (events >= law.length - 1) addEvent(law, chance);
			else {
				for (let at = events; at > 0; at--) law[at] = law[at]! * (1 - chance) + law[at - 1]! * chance;
				law[0]! *= 1 - chance;
			}
		}
	}
	return law;
}

/** Mean, variance and third central moment of a sum. */
export type Moments = {mean: number; variance: number; third: number};

/** `times` as above. */
export function momentsOf(chances: ArrayLike<number>, times?: ArrayLike<number>): Moments {
	const sum = {mean: 0, variance: 0, third: 0};
	for (let which = 0; which < chances.length; which++) {
		const chance = chances[which]!;
		const count = times ? times[which]! : 1;
		const variance = count * chance * (1 - chance);
		sum.mean += count * chance;
		sum.variance += variance;
		sum.third += variance * (1 - 2 * chance);
	}
	return sum;
}

/** The normal distribution function; off by 7e-8 at most (Abramowitz and Stegun 26.2.17). */
export function normal(z: number): number {
	const size = Math.abs(z);
	const t = 1 / (1 + 0.2316419 * size);
	const tail =
		0.3989422804014327 *
		Math.exp((-size * size) / 2) *
		t *
		(0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
	return z >= 0 ? 1 - tail : tail;
}

/** P(X ≤ limit) for a whole-numbered X of these moments. */
export function atMost({mean, variance, third}: Moments, limit: number): number {
	if (variance < 1e-9) return mean <= limit + 0.5 ? 1 : 0;
	const deviation = Math.sqrt(variance);
	const z = (limit + 0.5 - mean) / deviation;
	const skewness = third / (variance * deviation);
	const density = 0.3989422804014327 * Math.exp((-z * z) / 2);
	return Math.min(1, Math.max(0, normal(z) - (skewness / 6) * (z * z - 1) * density));
}

/** P(count of `first` + offset ≤ count of `second`): the law of `second` may be cut, its last cell gathering the rest. */
export function notAbove(first: Float64Array, offset: number, second: Float64Array): number {
	let chance = 0;
	// From the highest count of `first` down, the tail of `second` grows.
	let tail = 0;
	let at = second.length;
	for (let count = first.length - 1; count >= 0; count--) {
		const needed = count + offset;
		while (at > Math.max(0, needed)) {
			at--;
			tail += second[at]!;
		}
		chance += first[count]! * tail;
	}
	return Math.min(1, chance);
}
