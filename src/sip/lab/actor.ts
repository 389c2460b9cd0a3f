import type {Cancel, Clock} from '../application/clock.js';
import type {PhoneCall} from '../phone/call.js';
import type {Fate} from './people.js';

/** What a call came to, for the line that is printed and for the counts. */
export type Outcome = Fate['kind'] | 'abandoned' | 'failed';

/** Where the sounds of the people are: `person-1-greeting.ja.wav`, `machine-1.ja.wav`. */
export type Voices = (name: string) => string;

/** Plays one fate on one call, from its arrival to its end. */
export class Actor {
	/** When it was answered, by the clock; undefined while it rings. */
	answeredMs: number | undefined;
	private readonly cancels = new Set<Cancel>();
	private silentSinceMs = 0;

	constructor(
		private readonly call: PhoneCall,
		private readonly fate: Fate,
		private readonly clock: Clock,
		private readonly voices: Voices,
	) {
		call.on('up', () => this.up());
		call.on('over', () => {
			for (const cancel of this.cancels) cancel();
		});
		this.after(fate.setupMs, () => this.arrived());
	}

	/** The agent's side has said something: the person goes on listening. */
	heard(): void {
		this.silentSinceMs = this.clock.nowMs();
	}

	private arrived(): void {
		const {fate, call} = this;
		switch (fate.kind) {
			case 'invalid':
			case 'congestion':
			case 'busy':
				call.decline(fate.status);
				break;
			case 'declined':
			case 'noAnswer':
				call.ring();
				this.after(fate.ringMs, () => call.decline(fate.status));
				break;
			case 'person':
			case 'machine':
				call.ring();
				this.after(fate.ringMs, () => void call.answer());
				break;
			default:
				fate satisfies never;
		}
	}

	private up(): void {
		this.answeredMs = this.clock.nowMs();
		this.heard();
		const {fate} = this;
		if (fate.kind === 'machine') void this.announce(fate.voice, fate.recordMs);
		if (fate.kind !== 'person') return;
		for (const [index, line] of fate.lines.entries()) {
			this.after(line.atMs, () => void this.speak(fate.voice, line.say, index === fate.lines.length - 1));
		}
		this.listen(fate.patienceMs);
	}

	/** A machine says its piece, records for a while and hangs up. */
	private async announce(voice: number, recordMs: number): Promise<void> {
		await this.play(`machine-${voice}`);
		this.after(recordMs, () => this.call.hangUp());
	}

	private async speak(voice: number, say: string, last: boolean): Promise<void> {
		if (say !== 'nothing') await this.play(`person-${voice}-${say}`);
		if (last) this.call.hangUp();
	}

	/** A person who hears nothing at all for too long hangs up. */
	private listen(patienceMs: number): void {
		const leftMs = this.silentSinceMs + patienceMs - this.clock.nowMs();
		if (leftMs <= 0) this.call.hangUp();
		else this.after(leftMs, () => this.listen(patienceMs));
	}

	private async play(name: string): Promise<void> {
		// A missing sound leaves the person dumb, not the call open.
		await this.call.say({kind: 'file', path: this.voices(name)}).catch(() => {});
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
