import type {Cancel, Clock} from '../application/clock.js';
import type {PhoneCall} from '../phone/call.js';
import type {Voices} from './actor.js';
import type {CallerFate} from './callers.js';

/** What became of a call that was placed, for the line that is printed. */
export type CallerOutcome = 'refused' | 'gaveUp' | 'letGo' | 'talked' | 'failed';

/** A voice that says nothing for so long wants an answer: a key, or that one speaks. Longer than a pause between two sentences. */
const turnMs = 1_700;
/** After a key something is to be heard. When nothing is for so long, somebody is there and waits. */
const nothingMs = 8_000;
const lookMs = 250;

/**
 * Plays one caller on one call that was placed. It knows what a caller knows: that something is heard, and that it has gone
 * quiet. After a question it presses a key; after the music it talks, to a person or to a machine that records.
 */
export class Caller {
	outcome: CallerOutcome = 'failed';
	/** Began to talk. */
	talkingMs: number | undefined;
	private readonly keys: string[];
	private readonly cancels = new Set<Cancel>();
	private upMs: number | undefined;
	private heardMs: number | undefined;
	private left = false;

	constructor(
		private readonly call: PhoneCall,
		private readonly fate: CallerFate,
		private readonly clock: Clock,
		private readonly voices: Voices,
	) {
		this.keys = [...fate.keys];
		call.on('up', () => {
			this.upMs = clock.nowMs();
			this.outcome = 'letGo';
			this.look();
		});
		call.on('over', end => {
			for (const cancel of this.cancels) cancel();
			if (end.status !== undefined) this.outcome = 'refused';
		});
	}

	/** Something is heard: a voice or music. */
	heard(): void {
		this.heardMs = this.clock.nowMs();
	}

	private look(): void {
		const nowMs = this.clock.nowMs();
		const {fate, upMs = nowMs, heardMs} = this;
		if (this.talkingMs !== undefined) return;
		if (nowMs - upMs >= fate.waitMs) {
			this.outcome = 'gaveUp';
			this.call.hangUp();
			return;
		}
		if (fate.leave && !this.left && this.keys.length === 0 && nowMs - upMs >= fate.leave.afterMs) {
			this.left = true;
			this.press(fate.leave.key);
		}
		if (heardMs !== undefined && nowMs - heardMs >= turnMs) this.turn();
		this.after(lookMs, () => this.look());
	}

	/** It has gone quiet. */
	private turn(): void {
		const key = this.keys.shift();
		// The next silence counts only after something has been heard again, or when nothing comes at all.
		this.heardMs = this.clock.nowMs() + nothingMs - turnMs;
		if (key !== undefined) this.press(key);
		// Whoever has asked to be called back only hears that out.
		else if (!this.left) this.talk();
	}

	private talk(): void {
		this.talkingMs = this.clock.nowMs();
		this.outcome = 'talked';
		const {lines, voice} = this.fate;
		for (const [index, line] of lines.entries()) {
			this.after(line.atMs, () => void this.speak(voice, line.say, index === lines.length - 1));
		}
	}

	private async speak(voice: number, say: string, last: boolean): Promise<void> {
		// A missing sound leaves the person dumb, not the call open.
		if (say !== 'nothing') await this.call.say({kind: 'file', path: this.voices(`person-${voice}-${say}`)}).catch(() => {});
		if (last) this.call.hangUp();
	}

	private press(digit: string): void {
		if (digit !== '') this.call.endpoint?.sendDtmf(digit);
	}

	private after(delayMs: number, run: () => void): void {
		// A sound that was cut off by the end of the call may be what comes before this.
		if (this.call.state === 'over') return;
		const cancel = this.clock.after(delayMs, () => {
			this.cancels.delete(cancel);
			if (this.call.state !== 'over') run();
		});
		this.cancels.add(cancel);
	}
}
