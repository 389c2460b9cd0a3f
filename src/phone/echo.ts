/**
 * A call with oneself over the loopback of this machine: the way of the sound through the whole telephone, there and back, without
 * anybody at the other end. With a microphone one hears oneself; without, a tone is sent, and its time is taken.
 */
import type {Clock} from '../sip/application/clock.js';
import {frameSamples} from '../sip/media/embedded/rtp.js';
import {toneSamples} from '../sip/media/embedded/tone.js';
import {DeskEndpoint, type DeskFigures} from '../sip/phone/media/desk-endpoint.js';
import {levelDb} from '../sip/phone/media/level.js';

/** A short tone once a second: its way is timed. */
const pipMs = 100;
const pipEveryFrames = 50;
const heardDb = -40;

export type Loop = {
	/** One beat: what the microphone says (or nothing: then pips are sent), and what comes back. */
	beat(mic: Int16Array | undefined, out: Int16Array): void;
	/** How long each pip took to come back, in milliseconds, both ways together. */
	readonly tripsMs: readonly number[];
	readonly figures: DeskFigures;
	close(): Promise<void>;
};

export async function startLoop(clock: Clock): Promise<Loop> {
	const parts = {address: '127.0.0.1', clock, forget: () => {}};
	const near = await DeskEndpoint.open(parts);
	const far = await DeskEndpoint.open(parts, near.localSdp);
	await near.setRemote(far.localSdp);
	const pip = toneSamples([1000], pipMs, -10);
	const tripsMs: number[] = [];
	const echo = new Int16Array(frameSamples);
	let frames = 0;
	let sentMs: number | undefined;
	return {
		beat(mic, out) {
			// The far side says what it hears.
			far.hear(echo);
			far.speak(echo);
			const at = (frames++ % pipEveryFrames) * frameSamples;
			if (mic) near.speak(mic);
			else near.speak(at < pip.length ? pip.subarray(at, at + frameSamples) : undefined);
			if (!mic && at === 0) sentMs = clock.nowMs();
			near.hear(out);
			if (!mic && sentMs !== undefined && levelDb(out, frameSamples) > heardDb) {
				tripsMs.push(clock.nowMs() - sentMs);
				sentMs = undefined;
			}
		},
		tripsMs,
		get figures() {
			return near.figures;
		},
		async close() {
			await near.destroy();
			await far.destroy();
		},
	};
}
