import {frameSamples, timestampDelta} from './rtp.js';

/** Half a second, a power of two: a sample's place is its timestamp's low bits. */
const ringSamples = 4096;
/** How early the first packet of a stream comes before it is due: the jitter that is taken without a gap. */
const slackAtStart = frameSamples;
/** A packet further off than this does not belong to what is in the buffer: its stream begins anew. */
const slackMax = 1600;
/** Over so many packets (5 s) delay that was never needed is given up again, a frame at a time. */
const windowPackets = 250;

/**
 * Turns the packets of one stream, as they come, into one frame every 20 ms by our clock. Sound is put at the place of its
 * timestamp, so order does not matter and a lost packet is silence. Packets that come late make the delay grow by a frame.
 */
export class JitterBuffer {
	private readonly ring = new Int16Array(ringSamples);
	private ssrc = -1;
	/** Timestamp of the sample that is read next, and the one after the last sample known. */
	private playing = 0;
	private end = 0;
	private slackMin = Infinity;
	private packets = 0;

	push(ssrc: number, timestamp: number, samples: Int16Array, length: number): void {
		let slack = timestampDelta(timestamp, this.playing);
		if (ssrc !== this.ssrc || slack > slackMax || slack < -slackMax) {
			this.clear();
			this.ssrc = ssrc;
			this.playing = (timestamp - slackAtStart) >>> 0;
			this.end = timestamp;
			slack = slackAtStart;
		}
		while (slack < 0) {
			this.playing = (this.playing - frameSamples) >>> 0;
			slack += frameSamples;
		}
		this.slackMin = Math.min(this.slackMin, slack);
		const fitting = Math.min(length, ringSamples - slackMax - frameSamples);
		for (let index = 0; index < fitting; index++) this.ring[(timestamp + index) & (ringSamples - 1)] = samples[index]!;
		const end = (timestamp + fitting) >>> 0;
		if (timestampDelta(end, this.end) > 0) this.end = end;
		if (++this.packets >= windowPackets) this.settle();
	}

	/** Takes out the next frame; false when nothing is known of it, and `frame` is left as it is. */
	pull(frame: Int16Array): boolean {
		if (this.ssrc === -1) return false;
		const from = this.playing;
		this.playing = (from + frameSamples) >>> 0;
		if (timestampDelta(this.end, from) <= 0) return false;
		for (let index = 0; index < frameSamples; index++) {
			const at = (from + index) & (ringSamples - 1);
			frame[index] = this.ring[at]!;
			this.ring[at] = 0;
		}
		return true;
	}

	/** Forgets what has not been read. */
	clear(): void {
		this.ring.fill(0);
		this.ssrc = -1;
		this.slackMin = Infinity;
		this.packets = 0;
	}

	private settle(): void {
		if (this.slackMin >= slackAtStart + frameSamples) this.pull(dropped);
		this.slackMin = Infinity;
		this.packets = 0;
	}
}

const dropped = new Int16Array(frameSamples);
