/** What a telephone line does to a sound: level, clipping, noise, the band, G.711. From a seed. */
import {type Codec, decodeTable, encodeTable} from '../../src/sip/media/embedded/g711.js';
import {between, type Chance, rateHz} from './voice.js';

export type Line = {
	/** Level of the speech; 0 dBm0 is the usual full level of a line. */
	speechDbm0: number;
	noiseDbm0: number;
	noise: 'white' | 'brown' | 'hum' | 'babble';
	/** Amplifies so much before it clips. 1: it does not. */
	overdrive: number;
	codec: Codec;
	/** Share of packets of 20 ms that are lost. */
	lossShare: number;
};

export const lineOf = (chance: Chance): Line => ({
	speechDbm0: between(chance, -30, -12),
	noiseDbm0: between(chance, -70, -42),
	noise: (['white', 'brown', 'hum', 'babble'] as const)[Math.floor(chance() * 4)]!,
	overdrive: chance() < 0.15 ? between(chance, 2, 6) : 1,
	codec: chance() < 0.5 ? 'PCMU' : 'PCMA',
	lossShare: chance() < 0.2 ? between(chance, 0, 0.03) : 0,
});

const zeroLevelRms = (32_124 * 10 ** (-3.17 / 20)) / Math.SQRT2;
const rmsOf = (dbm0: number): number => zeroLevelRms * 10 ** (dbm0 / 20);

function noiseOf(kind: Line['noise'], length: number, chance: Chance): Float64Array {
	const sound = new Float64Array(length);
	let [slow, swell] = [0, 0];
	for (let index = 0; index < length; index++) {
		const white = chance() + chance() + chance() - 1.5;
		slow = 0.97 * slow + white;
		swell = 0.9995 * swell + 0.02 * (chance() - 0.5);
		if (kind === 'white') sound[index] = white;
		else if (kind === 'brown') sound[index] = slow;
		else if (kind === 'hum') sound[index] = Math.sin((2 * Math.PI * 100 * index) / rateHz) + 0.4 * white;
		// Voices in the room: noise that swells and fades.
		else sound[index] = slow * (0.6 + Math.min(0.6, Math.abs(swell)));
	}
	return scaled(sound, 1);
}

/** To this root mean square over what is not silent. */
function scaled(sound: Float64Array, rms: number): Float64Array {
	let [sum, count] = [0, 0];
	let peak = 0;
	for (const value of sound) peak = Math.max(peak, Math.abs(value));
	for (const value of sound) {
		if (Math.abs(value) < peak / 50) continue;
		sum += value * value;
		count++;
	}
	const factor = sum === 0 ? 0 : rms / Math.sqrt(sum / count);
	return sound.map(value => value * factor);
}

/** Speech and tones are each brought to their own level before: `parts` are added up. */
export function through(line: Line, parts: readonly {sound: Float64Array; dbm0: number}[], chance: Chance): Int16Array {
	const length = Math.max(...parts.map(({sound}) => sound.length));
	const noise = noiseOf(line.noise, length, chance);
	const noiseRms = rmsOf(line.noiseDbm0);
	const levels = parts.map(({sound, dbm0}) => scaled(sound, rmsOf(dbm0)));
	const samples = new Int16Array(length);
	const [encode, decode] = [encodeTable[line.codec], decodeTable[line.codec]];
	// The band of a telephone below: 300 Hz, one zero and one pole.
	let [before, filtered] = [0, 0];
	for (let index = 0; index < length; index++) {
		let value = noise[index]! * noiseRms;
		for (const part of levels) value += part[index] ?? 0;
		filtered = value - before + 0.8 * filtered;
		before = value;
		const driven = Math.max(-32_000, Math.min(32_000, filtered * line.overdrive));
		samples[index] = decode[encode[Math.round(driven / Math.max(1, line.overdrive * 0.6)) & 0xffff]!]!;
	}
	if (line.lossShare > 0) for (let at = 0; at + 160 <= length; at += 160) if (chance() < line.lossShare) samples.fill(0, at, at + 160);
	return samples;
}
