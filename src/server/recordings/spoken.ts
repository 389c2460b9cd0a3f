/** How long somebody speaks in a message: a caller who waits in silence for the end has left nothing. */
import {createReadStream} from 'node:fs';

const headerBytes = 44;
/** 20 ms on two channels of 16 bits at 8 kHz; the caller is on the left one. */
const windowSamples = 160;
const windowMs = 20;
const blockBytes = 4;
/** About -40 dB below the loudest there is: a whisper is above it, the noise of a line is not. */
const loudness = 328;

/** Milliseconds in which the caller is louder than the line. Undefined when the file cannot be read. */
export async function spokenMs(file: string): Promise<number | undefined> {
	let spoken = 0;
	let energy = 0;
	let samples = 0;
	let rest = Buffer.alloc(0);
	try {
		for await (const chunk of createReadStream(file, {start: headerBytes})) {
			const all = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
			const whole = all.length - (all.length % blockBytes);
			for (let at = 0; at < whole; at += blockBytes) {
				const sample = all.readInt16LE(at);
				energy += sample * sample;
				if (++samples < windowSamples) continue;
				if (energy > loudness * loudness * windowSamples) spoken += windowMs;
				energy = 0;
				samples = 0;
			}
			rest = Buffer.from(all.subarray(whole));
		}
	} catch {
		return undefined;
	}
	return spoken;
}
