/**
 * Hides what is missing from a voice: the last pitch periods are said again, quieter and quieter, and what comes after the gap is
 * blended in (the method of ITU-T G.711 Appendix I, with periods found in the last 25 ms). Pure: the same samples give the same sound.
 */

/** Samples at 8,000 a second. Voices from 66 to 200 Hz. */
export const lagMin = 40;
export const lagMax = 120;
const historySamples = 400;
/** The piece that two periods are compared by: 10 ms. */
const compareSamples = 80;
/** A gap is full voice for 10 ms, then fades to nothing by 60 ms. */
const fullSamples = 80;
const goneSamples = 480;
/** What comes after a gap is blended in over 5 ms, and longer after a long gap. */
const blendMin = 40;
const blendMax = 80;

/**
 * How far back the sound repeats itself best before `end`, by normalised correlation. `read(i)` gives the sample i places after
 * the first one known; `end` is one after the last.
 */
export function findLag(read: (index: number) => number, end: number, min = lagMin, max = lagMax): number {
	let best = min;
	let bestScore = -Infinity;
	for (let lag = min; lag <= max; lag++) {
		let product = 0;
		let energy = 1;
		for (let index = end - compareSamples; index < end; index += 2) {
			const before = read(index - lag);
			product += read(index) * before;
			energy += before * before;
		}
		const score = product / Math.sqrt(energy);
		if (score > bestScore) {
			bestScore = score;
			best = lag;
		}
	}
	return best;
}

/** A voice with holes in, a voice without out. Call `heard` for what is there and `missing` for what is not, in order. */
export class Concealer {
	/** What was said last, oldest first, in a ring. */
	private readonly history = new Int16Array(historySamples);
	private at = 0;
	/** Samples made up since the last one that was real. */
	private gap = 0;
	private lag = lagMin;
	/** Samples of the sound after a gap that are still to be blended, and over how many. */
	private blending = 0;
	private blendOver = blendMin;
	/** All samples that were made up. */
	concealed = 0;

	private past(back: number): number {
		return this.history[(this.at - back + historySamples) % historySamples]!;
	}

	private say(sample: number): number {
		this.history[this.at] = sample;
		this.at = (this.at + 1) % historySamples;
		return sample;
	}

	/** The made-up voice, one sample on: the one a period before it, quieter with the length of the gap. */
	private invented(): number {
		if (this.gap === 0) this.lag = findLag(index => this.past(historySamples - index), historySamples);
		const loud = this.gap < fullSamples ? 1 : Math.max(0, 1 - (this.gap - fullSamples) / (goneSamples - fullSamples));
		this.gap++;
		// The history holds what was made up with its fading, so each repetition fades on by the ratio of the two.
		const before = this.gap - 1 - this.lag;
		const was = before < fullSamples ? 1 : Math.max(0, 1 - (before - fullSamples) / (goneSamples - fullSamples));
		return was <= 0 ? 0 : Math.round((this.past(this.lag) * loud) / was);
	}

	/** Writes `length` made-up samples. */
	missing(out: Int16Array, from: number, length: number): void {
		this.concealed += length;
		if (this.blending > 0) {
			// A new gap before the last one was healed.
			this.blending = 0;
			this.gap = 0;
		}
		for (let index = from; index < from + length; index++) out[index] = this.say(this.invented());
	}

	/** Takes `length` real samples that stand in `out`; the first ones after a gap are blended with what was made up. */
	heard(out: Int16Array, from: number, length: number): void {
		if (this.gap > 0 && this.blending === 0) {
			this.blendOver = Math.min(blendMax, blendMin + (this.gap >> 2));
			this.blending = this.blendOver;
		}
		for (let index = from; index < from + length; index++) {
			let sample = out[index]!;
			if (this.blending > 0) {
				const share = this.blending / (this.blendOver + 1);
				sample = Math.round(sample * (1 - share) + this.invented() * share);
				if (--this.blending === 0) this.gap = 0;
				out[index] = sample;
			}
			this.say(sample);
		}
	}

	/** Nothing is known of what comes: as at the start of a call. */
	clear(): void {
		this.history.fill(0);
		this.gap = 0;
		this.blending = 0;
	}
}
