/** Short signals made of tones, for people who work by ear: made here, so that no file has to be found and no licence minded. */
import {execa} from 'execa';
import type {Program} from './programs.js';

export type Note = {hz: number; ms: number};

const rateHz = 16_000;
const loudness = 0.22;
/** Each note swells and fades, or it would click. */
const edgeMs = 6;

/** 16 bit PCM, one channel, 16 kHz. A note of 0 Hz is silence. */
export function tonesPcm(notes: readonly Note[]): Buffer {
	const samples = notes.flatMap(({hz, ms}) => {
		const count = Math.round((ms * rateHz) / 1000);
		const edge = (edgeMs * rateHz) / 1000;
		return Array.from({length: count}, (_, at) => {
			const swell = Math.min(1, at / edge, (count - at) / edge);
			return Math.round(Math.sin((2 * Math.PI * hz * at) / rateHz) * swell * loudness * 32_767);
		});
	});
	const pcm = Buffer.alloc(samples.length * 2);
	for (const [at, sample] of samples.entries()) pcm.writeInt16LE(sample, at * 2);
	return pcm;
}

/** Plays them once. @throws when the program cannot */
export async function playTones(program: Program, notes: readonly Note[]): Promise<void> {
	const pcm = tonesPcm(notes);
	const wav = {rateHz, channels: 1, block: 2, dataFrom: 0, dataBytes: pcm.length};
	await execa(program.path, program.args(wav), {input: pcm, stdout: 'ignore', timeout: 5_000});
}
