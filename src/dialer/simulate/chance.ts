/**
 * Chance for the rehearsal: what happens to call n is a function of the seed and n, so that all policies meet the same people in
 * the same order and can be compared with few runs.
 */

/** A length of time by chance. `observed`: lengths seen on past days, any of them equally likely. */
export type Law =
	| {kind: 'fixed'; ms: number}
	| {kind: 'lognormal'; meanMs: number; cv: number}
	| {kind: 'exponential'; meanMs: number}
	| {kind: 'observed'; ms: readonly number[]}
	| {kind: 'mix'; parts: ReadonlyArray<{weight: number; law: Law}>};

/** MurmurHash3's finish: every bit of the input moves every bit of the output. */
function spread(value: number): number {
	let h = value | 0;
	h ^= h >>> 16;
	h = Math.imul(h, 0x85ebca6b);
	h ^= h >>> 13;
	h = Math.imul(h, 0xc2b2ae35);
	return h ^ (h >>> 16);
}

/** In (0, 1), for one question about one call. */
export function chanceOf(seed: number, call: number, question: number): number {
	const h = spread(spread(seed + Math.imul(question + 1, 0x9e3779b9)) ^ Math.imul(call + 1, 0x85ebca77));
	return ((spread(h + call) >>> 0) + 0.5) / 2 ** 32;
}

/** The inverse of the normal distribution function (Acklam's rational approximation, relative error 1e-9). */
export function normalQuantile(p: number): number {
	const tail = (q: number): number =>
		(((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968) * q +
			2.938163982698783) /
		((((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1);
	if (p < 0.02425) return tail(Math.sqrt(-2 * Math.log(p)));
	if (p > 1 - 0.02425) return -tail(Math.sqrt(-2 * Math.log(1 - p)));
	const q = p - 0.5;
	const r = q * q;
	return (
		((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r - 30.66479806614716) * r +
			2.506628277459239) *
			q) /
		(((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r - 13.28068155288572) * r + 1)
	);
}

/** The length at this quantile, ms. */
export function quantileOf(law: Law, p: number): number {
	switch (law.kind) {
		case 'fixed':
			return law.ms;
		case 'exponential':
			return -law.meanMs * Math.log(1 - p);
		case 'lognormal': {
			const variance = Math.log(1 + law.cv * law.cv);
			return law.meanMs * Math.exp(Math.sqrt(variance) * normalQuantile(p) - variance / 2);
		}
		case 'observed':
			return law.ms[Math.min(law.ms.length - 1, Math.floor(p * law.ms.length))] ?? 0;
		case 'mix':
			return mixed(law.parts, p);
	}
}

function mixed(parts: ReadonlyArray<{weight: number; law: Law}>, p: number): number {
	let rest = p * parts.reduce((sum, {weight}) => sum + weight, 0);
	for (const {weight, law} of parts) {
		if (rest < weight) return quantileOf(law, Math.min(1 - 1e-9, Math.max(1e-9, rest / weight)));
		rest -= weight;
	}
	return quantileOf(parts.at(-1)!.law, 0.5);
}

/** The quantile of a length: the share of lengths up to it. */
export function shareUpTo(law: Law, ms: number): number {
	let low = 0;
	let high = 1;
	for (let n = 0; n < 40; n++) {
		const middle = (low + high) / 2;
		if (quantileOf(law, Math.min(1 - 1e-12, Math.max(1e-12, middle))) <= ms) low = middle;
		else high = middle;
	}
	return low;
}
