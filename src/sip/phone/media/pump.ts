/**
 * The heart of the softphone's sound: one beat every 20 ms. Each frame of the microphone is a beat, so that sending, playing and the
 * sound card go by one clock; when no frame has come for a while (no microphone, or its program has died) our own timer beats, and
 * the call goes on in silence from here.
 */
import {type Cancel, type Clock, every} from '../../application/clock.js';
import {frameMs, frameSamples} from '../../media/embedded/rtp.js';

/** What a beat drives: it takes a frame of the microphone (undefined: there is none) and writes what is to be heard. */
export type Beat = (mic: Int16Array | undefined, out: Int16Array) => void;

/** A microphone that is silent for so long has stopped. */
const stalledMs = 160;
/** After a pause (the machine slept) time is not made up for. */
const behindMsMax = 400;

export class Pump {
	private readonly out = new Int16Array(frameSamples);
	/** Until when the timer has beaten, and when the microphone did last. */
	private beatenMs: number;
	private micMs = Number.NEGATIVE_INFINITY;
	private readonly stopTimer: Cancel;

	constructor(
		private readonly clock: Clock,
		private readonly beat: Beat,
		private readonly play: (frame: Int16Array) => void,
	) {
		this.beatenMs = clock.nowMs();
		this.stopTimer = every(clock, frameMs / 2, () => this.tick());
	}

	/** A frame has come from the microphone. */
	captured(frame: Int16Array): void {
		this.micMs = this.clock.nowMs();
		// Frames that come together are beaten ahead of their time.
		this.beatenMs = Math.min(this.micMs + stalledMs, Math.max(this.micMs, this.beatenMs + frameMs));
		this.once(frame);
	}

	private tick(): void {
		const nowMs = this.clock.nowMs();
		if (nowMs - this.micMs < stalledMs) return;
		if (nowMs - this.beatenMs > behindMsMax) this.beatenMs = nowMs - frameMs;
		while (nowMs - this.beatenMs >= frameMs) {
			this.beatenMs += frameMs;
			this.once(undefined);
		}
	}

	private once(mic: Int16Array | undefined): void {
		this.out.fill(0);
		this.beat(mic, this.out);
		this.play(this.out);
	}

	stop(): void {
		this.stopTimer();
	}
}
