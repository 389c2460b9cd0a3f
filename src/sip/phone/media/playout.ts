/**
 * From packets as they come to one frame each time the sound card wants one. No clock is read: the frames that were asked for ARE
 * the clock (ADR: the microphone drives the telephone), so the jitter that is allowed for is that of the network and that of the
 * sound program together, and a sound card that runs fast or slow shows as a slow drift like that of the far side's clock.
 */
import {frameSamples, samplesPerMs, timestampDelta} from '../../media/embedded/rtp.js';
import {Concealer, findLag} from './conceal.js';

/** One second, a power of two: a sample's place is its timestamp's low bits. */
const ringSamples = 8192;
/** Further off than this, a packet belongs to something new: 500 ms. */
const jumpMax = 4000;
/** What the first packet of a stream waits: two frames, before anything is known of the network. */
const firstWait = 2 * frameSamples;
/** What is kept between the latest packet that still counts and its time. */
const headroom = 5 * samplesPerMs;
/** Packets whose lateness is remembered: 8 s. One in a hundred may come too late. */
const windowPackets = 400;
const lateShare = 0.01;
/** Delay that is never gone beyond, whatever the network does. */
const delayMax = 400 * samplesPerMs;
/** The delay is left alone within this of what it should be. */
const tolerance = 6 * samplesPerMs;
/** Frames between two changes of the delay, unless it is far too short. */
const restFrames = 5;
const farOff = 20 * samplesPerMs;
/** A change takes out, or puts in, one period of the voice: 5 to 10 ms. */
const shiftMin = 40;
const shiftMax = 80;

export type PlayoutFigures = {
	/** What a packet waits here, in the middle. */
	delayMs: number;
	/** Between the earliest and the latest packet of the last seconds. */
	jitterMs: number;
	packets: number;
	/** Came when their time was over. */
	late: number;
	/** Sound that had to be made up, in all. */
	concealedMs: number;
};

/** What `pull` has given: sound of the far side, sound that was made up in part or whole, or nothing because nobody is there. */
export type Pulled = 'heard' | 'concealed' | 'nothing';

export class Playout {
	private readonly ring = new Int16Array(ringSamples);
	private readonly known = new Uint8Array(ringSamples);
	private readonly concealer = new Concealer();
	private ssrc = -1;
	/** Timestamp of the sample that is heard next; one after the last sample known. */
	private playing = 0;
	private end = 0;
	/** Samples asked for since the stream began: our clock. */
	private asked = 0;
	private first = 0;
	/** For the last packets: how far their timestamp was ahead of our clock when they came. */
	private readonly ahead = new Int32Array(windowPackets);
	private count = 0;
	/** How far what is heard lags behind our clock, as it is and as it should be. */
	private offset = 0;
	private target = 0;
	private rest = 0;
	private late = 0;

	/** Takes the samples of one packet. */
	push(ssrc: number, timestamp: number, samples: Int16Array, length: number): void {
		const slack = timestampDelta(timestamp, this.playing);
		if (ssrc !== this.ssrc || slack > jumpMax || slack < -jumpMax) this.begin(ssrc, timestamp);
		const ahead = timestampDelta(timestamp, (this.first + this.asked) >>> 0);
		this.ahead[this.count++ % windowPackets] = ahead;
		const isLate = ahead + this.offset < 0;
		if (isLate) this.late++;
		// What is late counts at once; for all else now and then is enough.
		if (isLate || this.count < 10 || this.count % 10 === 0) this.settle();
		const past = Math.max(0, -timestampDelta(timestamp, this.playing));
		for (let index = past; index < Math.min(length, jumpMax); index++) {
			const at = (timestamp + index) & (ringSamples - 1);
			this.ring[at] = samples[index]!;
			this.known[at] = 1;
		}
		const end = (timestamp + length) >>> 0;
		if (timestampDelta(end, this.end) > 0) this.end = end;
	}

	private begin(ssrc: number, timestamp: number): void {
		this.known.fill(0);
		this.ssrc = ssrc;
		this.first = timestamp;
		this.asked = 0;
		this.count = 0;
		this.offset = firstWait;
		this.target = firstWait;
		this.playing = (timestamp - firstWait) >>> 0;
		this.end = timestamp;
		this.concealer.clear();
	}

	/** What the delay should be: so that of the last packets one in a hundred comes too late. */
	private settle(): void {
		const seen = this.ahead.slice(0, Math.min(this.count, windowPackets)).sort();
		const worst = seen[Math.floor(seen.length * lateShare)]!;
		this.target = Math.min(headroom - worst, delayMax - seen.at(-1)!);
	}

	/** Writes the next 20 ms. */
	pull(out: Int16Array): Pulled {
		if (this.ssrc === -1) {
			out.fill(0, 0, frameSamples);
			return 'nothing';
		}
		this.asked += frameSamples;
		const ready = timestampDelta(this.end, this.playing);
		const short = this.target - this.offset;
		if (ready <= 0) return this.wait(out, short);
		const isDue = this.rest <= 0 || short > farOff;
		this.rest--;
		if (isDue && short > tolerance && this.knows(frameSamples)) this.stretch(out);
		else if (isDue && -short > tolerance && this.knows(frameSamples + shiftMax)) this.squeeze(out);
		else return this.plainly(out);
		this.rest = restFrames;
		return 'heard';
	}

	/** Nothing is there: time that is needed anyhow is taken now, and nothing of the voice is lost by it. */
	private wait(out: Int16Array, short: number): Pulled {
		this.concealer.missing(out, 0, frameSamples);
		if (short >= frameSamples) this.offset += frameSamples;
		else this.advance(frameSamples);
		return 'concealed';
	}

	private plainly(out: Int16Array): Pulled {
		let concealed = false;
		for (let from = 0; from < frameSamples; ) {
			const isKnown = this.known[(this.playing + from) & (ringSamples - 1)] === 1;
			let to = from;
			while (to < frameSamples && (this.known[(this.playing + to) & (ringSamples - 1)] === 1) === isKnown) to++;
			if (isKnown) {
				for (let index = from; index < to; index++) out[index] = this.ring[(this.playing + index) & (ringSamples - 1)]!;
				this.concealer.heard(out, from, to - from);
			} else {
				concealed = true;
				this.concealer.missing(out, from, to - from);
			}
			from = to;
		}
		this.advance(frameSamples);
		return concealed ? 'concealed' : 'heard';
	}

	private knows(samples: number): boolean {
		for (let index = 0; index < samples; index++) if (this.known[(this.playing + index) & (ringSamples - 1)] === 0) return false;
		return true;
	}

	private readonly next = (index: number): number => this.ring[(this.playing + index) & (ringSamples - 1)]!;

	/** Says one period of the voice twice: the delay grows by it. */
	private stretch(out: Int16Array): void {
		const lag = findLag(this.next, frameSamples, shiftMin, shiftMax);
		for (let index = 0; index < frameSamples; index++) {
			if (index < lag) out[index] = this.next(index);
			else if (index < 2 * lag) {
				const share = (index - lag) / lag;
				out[index] = Math.round(this.next(index) * (1 - share) + this.next(index - lag) * share);
			} else out[index] = this.next(index - lag);
		}
		this.concealer.heard(out, 0, frameSamples);
		this.offset += lag;
		this.advance(frameSamples - lag);
	}

	/** Leaves one period out: the delay shrinks by it. */
	private squeeze(out: Int16Array): void {
		const lag = findLag(this.next, frameSamples, shiftMin, shiftMax);
		for (let index = 0; index < frameSamples; index++) {
			const share = Math.min(1, index / lag);
			out[index] = Math.round(this.next(index) * (1 - share) + this.next(index + lag) * share);
		}
		this.concealer.heard(out, 0, frameSamples);
		this.offset -= lag;
		this.advance(frameSamples + lag);
	}

	private advance(samples: number): void {
		for (let index = 0; index < samples; index++) this.known[(this.playing + index) & (ringSamples - 1)] = 0;
		this.playing = (this.playing + samples) >>> 0;
	}

	get figures(): PlayoutFigures {
		const seen = this.ahead.slice(0, Math.min(this.count, windowPackets)).sort();
		const middle = seen[seen.length >> 1] ?? 0;
		return {
			delayMs: Math.round(((this.ssrc === -1 ? 0 : this.offset + middle) / samplesPerMs) * 10) / 10,
			jitterMs: seen.length === 0 ? 0 : Math.round((seen.at(-1)! - seen[0]!) / samplesPerMs),
			packets: this.count,
			late: this.late,
			concealedMs: Math.round(this.concealer.concealed / samplesPerMs),
		};
	}
}
