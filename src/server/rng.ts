/** Chance from a seed (xoshiro128**): the same seed gives the same numbers on every machine. */
export type Rng = {
	/** In [0, 1). */
	next(): number;
	/** A whole number in [from, to]. */
	between(from: number, to: number): number;
	/** True with this probability. */
	chance(probability: number): boolean;
	pick<T>(items: readonly T[]): T;
	/** Exponentially distributed with this mean. */
	exponential(mean: number): number;
};

export function seededRng(seed: number): Rng {
	// splitmix32 spreads a small seed over the whole state.
	let mixed = seed | 0;
	const mix = () => {
		mixed = (mixed + 0x9e3779b9) | 0;
		let z = mixed ^ (mixed >>> 16);
		z = Math.imul(z, 0x21f0aaad);
		z ^= z >>> 15;
		z = Math.imul(z, 0x735a2d97);
		return (z ^ (z >>> 15)) >>> 0;
	};
	const s: [number, number, number, number] = [mix(), mix(), mix(), mix()];
	const rotate = (x: number, k: number) => (x << k) | (x >>> (32 - k));
	const next = () => {
		const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0;
		const t = s[1] << 9;
		s[2] ^= s[0];
		s[3] ^= s[1];
		s[1] ^= s[2];
		s[0] ^= s[3];
		s[2] ^= t;
		s[3] = rotate(s[3], 11);
		return result / 2 ** 32;
	};
	return {
		next,
		between: (from, to) => from + Math.floor(next() * (to - from + 1)),
		chance: probability => next() < probability,
		pick: items => items[Math.floor(next() * items.length)]!,
		exponential: mean => -Math.log(1 - next()) * mean,
	};
}
