import {samplesPerMs, sequenceDelta} from './rtp.js';

/** Counts what comes in: loss and jitter as RFC 3550 (appendix A.3 and section 6.4.1) define them. */
export class Reception {
	packets = 0;
	private ssrc = -1;
	private firstSequence = 0;
	private highestSequence = 0;
	private cycles = 0;
	private streamPackets = 0;
	/** Loss of streams that were before the present one. */
	private lostBefore = 0;
	private transit = 0;
	private jitterSamples = 0;

	/** `timed`: its timestamp tells when it was sent; the packets of a DTMF event all carry the event's start instead. */
	receive(ssrc: number, sequence: number, timestamp: number, nowMs: number, timed = true): void {
		this.packets++;
		const transit = nowMs * samplesPerMs - timestamp;
		if (ssrc !== this.ssrc || Math.abs(sequenceDelta(sequence, this.highestSequence)) > 3000) {
			this.lostBefore = this.lost;
			this.ssrc = ssrc;
			this.firstSequence = sequence;
			this.highestSequence = sequence;
			this.cycles = 0;
			this.streamPackets = 1;
			this.transit = transit;
			return;
		}
		this.streamPackets++;
		if (sequenceDelta(sequence, this.highestSequence) > 0) {
			if (sequence < this.highestSequence) this.cycles += 65_536;
			this.highestSequence = sequence;
		}
		if (!timed) return;
		const difference = Math.abs(transit - this.transit);
		this.transit = transit;
		// A jump (a talk spurt after a pause without packets, or a new timestamp base) is not jitter.
		if (difference < 8000) this.jitterSamples += (difference - this.jitterSamples) / 16;
	}

	get lost(): number {
		if (this.ssrc === -1) return 0;
		const expected = this.cycles + this.highestSequence - this.firstSequence + 1;
		return this.lostBefore + Math.max(0, expected - this.streamPackets);
	}

	get jitterMs(): number {
		return this.jitterSamples / samplesPerMs;
	}
}
