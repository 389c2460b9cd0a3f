import {dtmfDigits} from './dtmf.js';

const rateHz = 8000;
/** Peak of a 0 dBm0 sine in 16 bit: full scale is +3.17 dBm0 in µ-law (G.711). */
const zeroLevelPeak = 32_124 * 10 ** (-3.17 / 20);
const edgeMs = 5;
const durationMsMax = 60_000;

/** Lets the sound begin and end in a raised cosine: a hard edge is heard as a click. */
function softenEdges(samples: Int16Array): void {
	const edge = Math.min((edgeMs * rateHz) / 1000, samples.length >> 1);
	for (let index = 0; index < edge; index++) {
		const gain = 0.5 - 0.5 * Math.cos((Math.PI * (index + 0.5)) / edge);
		samples[index] = samples[index]! * gain;
		samples[samples.length - 1 - index] = samples[samples.length - 1 - index]! * gain;
	}
}

/** A tone of one or several frequencies, each at `levelDbm0`, at 8 kHz. At most one minute. */
export function toneSamples(frequenciesHz: readonly number[], durationMs: number, levelDbm0 = -13): Int16Array {
	const length = Math.round((Math.min(Math.max(durationMs, 0), durationMsMax) * rateHz) / 1000);
	const peak = zeroLevelPeak * 10 ** (Math.min(levelDbm0, 3) / 20);
	const samples = new Int16Array(length);
	for (let index = 0; index < length; index++) {
		let value = 0;
		for (const frequencyHz of frequenciesHz) value += Math.sin((2 * Math.PI * frequencyHz * index) / rateHz);
		samples[index] = Math.max(-32_768, Math.min(32_767, Math.round(value * peak)));
	}
	softenEdges(samples);
	return samples;
}

const rowsHz = [697, 770, 852, 941];
const columnsHz = [1209, 1336, 1477, 1633];
const keypad = '123A456B789C*0#D';

/** Digits as pairs of tones (ITU-T Q.23), for a peer that takes no telephone events: 100 ms each, 80 ms apart. */
export function dtmfSamples(digits: string): Int16Array {
	const known = [...digits.toUpperCase()].filter(character => dtmfDigits.includes(character)).slice(0, 64);
	const slot = (180 * rateHz) / 1000;
	const samples = new Int16Array(known.length * slot);
	known.forEach((digit, index) => {
		const key = keypad.indexOf(digit);
		samples.set(toneSamples([rowsHz[key >> 2]!, columnsHz[key & 3]!], 100, -9), index * slot);
	});
	return samples;
}
