import {setImmediate} from 'node:timers/promises';

const outRateHz = 8000;
/** Zero crossings of the sinc on each side: about 70 dB of stop band with the window below. */
const lobes = 24;
/** A little below half the output rate, so that the filter's slope ends before aliases begin. */
const cutoff = 0.92;
/** Outputs made in one go before other work of the thread gets its turn: RTP must not wait for a sound file. */
const slice = 1000;

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/** Kaiser's window by its Bessel function; beta 7 keeps the side lobes 70 dB down. */
function kaiser(x: number): number {
	const bessel = (value: number): number => {
		let sum = 1;
		let term = 1;
		for (let k = 1; k < 25; k++) sum += term *= (value / (2 * k)) ** 2;
		return sum;
	};
	return Math.abs(x) >= 1 ? 0 : bessel(7 * Math.sqrt(1 - x * x)) / bessel(7);
}

/** The filter's taps for each phase between two input samples (a polyphase bank). */
function filterBank(inRateHz: number, phases: number): {taps: Float32Array; half: number} {
	const ratio = (outRateHz / inRateHz) * cutoff;
	const half = Math.ceil(lobes / ratio);
	const taps = new Float32Array(phases * half * 2);
	for (let phase = 0; phase < phases; phase++) {
		let sum = 0;
		for (let tap = 0; tap < half * 2; tap++) {
			const distance = tap - half + 1 - phase / phases;
			const angle = Math.PI * distance * ratio;
			const value = (angle === 0 ? 1 : Math.sin(angle) / angle) * kaiser(distance / half);
			taps[phase * half * 2 + tap] = value;
			sum += value;
		}
		for (let tap = 0; tap < half * 2; tap++) taps[phase * half * 2 + tap]! /= sum;
	}
	return {taps, half};
}

/** Brings samples at 8,000 Hz or more down to 8,000 Hz, band-limited, giving way to other work between slices. */
export async function resampleTo8k(input: Float32Array | Int16Array, inRateHz: number): Promise<Int16Array> {
	if (inRateHz === outRateHz && input instanceof Int16Array) return input;
	const divisor = greatestCommonDivisor(inRateHz, outRateHz);
	const phases = outRateHz / divisor;
	const step = inRateHz / divisor;
	const {taps, half} = filterBank(inRateHz, phases);
	const width = half * 2;
	const output = new Int16Array(Math.floor((input.length * phases) / step));
	for (let from = 0; from < output.length; from += slice) {
		const to = Math.min(from + slice, output.length);
		for (let index = from; index < to; index++) {
			const position = index * step;
			const base = Math.floor(position / phases) - half + 1;
			const row = (position % phases) * width;
			const first = Math.max(0, -base);
			const last = Math.min(width, input.length - base);
			let sum = 0;
			for (let tap = first; tap < last; tap++) sum += taps[row + tap]! * input[base + tap]!;
			output[index] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
		}
		await setImmediate();
	}
	return output;
}
