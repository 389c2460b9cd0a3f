import {frameSamples, samplesPerMs, sequenceDelta, timestampDelta} from './rtp.js';

/** Two seconds: a timestamp further off than this from the wall clock starts a new piece of the stream. */
const timestampJumpMax = 2000 * samplesPerMs;
/** A sequence number further off than this is a new stream, not a reordered packet. */
const sequenceJumpMax = 200;

export type Stamp = {sequence: number; timestamp: number; marker: boolean};

/**
 * The one continuous RTP stream that a peer sees from us, whatever feeds it: silence, a file, or another party's packets.
 * Each change of feed is joined on without a jump in sequence number, and with the timestamp moved on by the time that passed.
 */
export class OutgoingStream {
	ssrc: number;
	/** When the last packet went out; -Infinity before the first. */
	lastMs = -Infinity;
	private lastSequence: number;
	private lastTimestamp: number;
	private lastSamples = 0;
	/** What feeds the stream: 0 = we generate it, anything else = the SSRC of a relayed stream plus one. */
	private feed = -1;
	private sequenceOffset = 0;
	private timestampOffset = 0;
	private feedFirstSequence = 0;

	constructor(ssrc: number, sequence: number, timestamp: number) {
		this.ssrc = ssrc;
		this.lastSequence = sequence & 0xffff;
		this.lastTimestamp = timestamp >>> 0;
	}

	get generating(): boolean {
		return this.feed === 0;
	}

	/** The stamp of the next packet that we make ourselves. */
	generated(nowMs: number, samples = frameSamples): Stamp {
		// A pause (hold, a dead feed) shows in the timestamp; the jitter of our own timer does not.
		const joins = this.feed !== 0 || nowMs - this.lastMs > 200;
		const timestamp = joins ? this.nextTimestamp(nowMs) : (this.lastTimestamp + this.lastSamples) >>> 0;
		this.feed = 0;
		this.lastSequence = (this.lastSequence + 1) & 0xffff;
		this.note(timestamp, samples, nowMs);
		return {sequence: this.lastSequence, timestamp, marker: joins};
	}

	/** The stamp of a further packet of the same moment, as the packets of one DTMF event are (RFC 4733 section 2.2). */
	repeated(nowMs: number): number {
		this.lastSequence = (this.lastSequence + 1) & 0xffff;
		this.lastMs = nowMs;
		return this.lastSequence;
	}

	/** Where the stream goes on: the timestamp of something that begins now, beside the sound. */
	get upcoming(): number {
		return (this.lastTimestamp + this.lastSamples) >>> 0;
	}

	/** Moves the end of the stream on, so that what comes next begins `samples` after the last stamp. */
	extend(samples: number): void {
		this.lastSamples = samples;
	}

	/**
	 * Puts a relayed packet into the stream. Undefined: the packet belongs to the time before this feed was joined on, or is
	 * a duplicate, and must not be sent.
	 */
	relayed(ssrc: number, sequence: number, timestamp: number, samples: number, marker: boolean, nowMs: number): Stamp | undefined {
		let joins = this.feed !== ssrc + 1;
		if (!joins) {
			const ahead = sequenceDelta(sequence + this.sequenceOffset, this.lastSequence);
			const drift = timestampDelta(timestamp + this.timestampOffset, this.lastTimestamp) - (nowMs - this.lastMs) * samplesPerMs;
			joins = Math.abs(ahead) > sequenceJumpMax || Math.abs(drift) > timestampJumpMax;
		}
		if (joins) {
			this.feed = ssrc + 1;
			this.sequenceOffset = (this.lastSequence + 1 - sequence) & 0xffff;
			this.timestampOffset = (this.nextTimestamp(nowMs) - timestamp) >>> 0;
			this.feedFirstSequence = sequence;
		} else if (sequenceDelta(sequence, this.feedFirstSequence) < 0) {
			return undefined;
		}
		const outSequence = (sequence + this.sequenceOffset) & 0xffff;
		const outTimestamp = (timestamp + this.timestampOffset) >>> 0;
		const ahead = sequenceDelta(outSequence, this.lastSequence);
		if (ahead === 0) return undefined;
		if (ahead > 0) {
			this.lastSequence = outSequence;
			this.note(outTimestamp, samples, nowMs);
			// The first sequence only guards the join; moved along so that it never lies half a circle behind.
			if (sequenceDelta(sequence, this.feedFirstSequence) > sequenceJumpMax) this.feedFirstSequence = (sequence - sequenceJumpMax) & 0xffff;
		}
		return {sequence: outSequence, timestamp: outTimestamp, marker: marker || joins};
	}

	private nextTimestamp(nowMs: number): number {
		const passed = this.lastMs === -Infinity ? 0 : Math.round((nowMs - this.lastMs) * samplesPerMs);
		return (this.lastTimestamp + Math.max(this.lastSamples, passed)) >>> 0;
	}

	private note(timestamp: number, samples: number, nowMs: number): void {
		// The packets of a DTMF event carry the time of its start: the end of the stream never moves back.
		if (timestampDelta(timestamp, this.lastTimestamp) >= 0) {
			this.lastTimestamp = timestamp;
			this.lastSamples = samples;
		}
		this.lastMs = nowMs;
	}
}
