/**
 * A voice of our own, from a seed: pulses of a throat through the formants of Japanese vowels, with noise for consonants. It is no
 * speech that anybody would understand, but its syllables, pauses, levels and pitch are those of speech; espeak-ng, where it is
 * installed, says real words (espeak.ts).
 */

export const rateHz = 8000;
export type Chance = () => number;

const vowels = [
	[750, 1200, 2500],
	[300, 2200, 2900],
	[330, 1300, 2300],
	[500, 1850, 2550],
	[480, 880, 2500],
] as const;

export const between = (chance: Chance, from: number, to: number): number => from + (to - from) * chance();

/** Two poles at a frequency. */
function resonance(samples: Float64Array, frequencyHz: number, widthHz: number, from: number, to: number): void {
	const radius = Math.exp((-Math.PI * widthHz) / rateHz);
	const first = 2 * radius * Math.cos((2 * Math.PI * frequencyHz) / rateHz);
	const second = -radius * radius;
	let [one, two] = [0, 0];
	for (let index = from; index < to; index++) {
		const out = samples[index]! * (1 - radius) + first * one + second * two;
		two = one;
		one = out;
		samples[index] = out;
	}
}

export type Speaker = {pitchHz: number; syllableMs: number; tract: number};

export const speakerOf = (chance: Chance): Speaker => {
	const female = chance() < 0.5;
	return {
		pitchHz: female ? between(chance, 170, 260) : between(chance, 85, 150),
		syllableMs: between(chance, 105, 165),
		tract: female ? 1.15 : 1,
	};
};

/** One phrase without a pause, so many syllables long, with its largest value near 1. */
export function phrase({pitchHz, syllableMs, tract}: Speaker, syllables: number, chance: Chance): Float64Array {
	const pieces: Float64Array[] = [];
	for (let at = 0; at < syllables; at++) {
		const lengthMs = syllableMs * between(chance, 0.75, 1.3) * (at === syllables - 1 ? 1.5 : 1);
		const length = Math.round((lengthMs * rateHz) / 1000);
		const sound = new Float64Array(length);
		const consonant = Math.round(length * (chance() < 0.3 ? 0 : between(chance, 0.1, 0.3)));
		const noisy = chance() < 0.6;
		const closed = !noisy && chance() < 0.7;
		let phase = chance();
		// The pitch falls over the phrase, and moves within each syllable: no voice holds a tone.
		const from = pitchHz * (1.12 - (0.25 * at) / syllables) * between(chance, 0.94, 1.08);
		const turn = (chance() < 0.5 ? -1 : 1) * between(chance, 0.05, 0.16);
		for (let index = 0; index < length; index++) {
			phase += (from * (1 + (turn * index) / length + 0.01 * (chance() - 0.5))) / rateHz;
			const pulse = phase >= 1 ? 1 : 0;
			if (phase >= 1) phase -= 1;
			if (index < consonant) sound[index] = closed ? 0.01 * (chance() - 0.5) : 0.25 * (chance() - 0.5) * (noisy ? 1 : 0.3);
			else sound[index] = 6 * pulse + 0.05 * (chance() - 0.5);
		}
		const formants = vowels[Math.floor(chance() * vowels.length)]!;
		for (const [which, hz] of formants.entries()) resonance(sound, Math.min(3600, hz * tract), 90 + 45 * which, consonant, length);
		const stress = between(chance, 0.65, 1);
		let peak = 1e-9;
		for (const value of sound) peak = Math.max(peak, Math.abs(value));
		for (let index = 0; index < length; index++) {
			const ramp = Math.min(1, (index + 1) / 80, (length - index) / 160);
			sound[index] = (sound[index]! / peak) * stress * ramp;
		}
		pieces.push(sound);
	}
	return joined(pieces);
}

export function joined(pieces: readonly Float64Array[]): Float64Array {
	const all = new Float64Array(pieces.reduce((sum, {length}) => sum + length, 0));
	let at = 0;
	for (const piece of pieces) {
		all.set(piece, at);
		at += piece.length;
	}
	return all;
}

export const pause = (ms: number): Float64Array => new Float64Array(Math.max(0, Math.round((ms * rateHz) / 1000)));

/** A sine with soft edges, its largest value 1. */
export function tone(frequencyHz: number, ms: number): Float64Array {
	const sound = pause(ms);
	for (let index = 0; index < sound.length; index++) {
		const ramp = Math.min(1, (index + 1) / 24, (sound.length - index) / 24);
		sound[index] = ramp * Math.sin((2 * Math.PI * frequencyHz * index) / rateHz);
	}
	return sound;
}
