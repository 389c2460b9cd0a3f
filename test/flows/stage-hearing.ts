/** Which pitches were heard when. Every party and every sound of the stage has a pitch of its own, all multiples of 100 Hz. */
import {readFile} from 'node:fs/promises';
import {rateHz, strength, wavChannels} from '../support/tones.js';

/** Sounds of the house; parties are given others, from 300 Hz on. */
export const soundHz = {
	'hold-music': 1500,
	entry: 1600,
	announcement: 1700,
	'ring-tone': 1800,
	'agent-login': 1900,
	beep: 2000,
	voicemail: 2100,
	'abandon-apology': 2200,
	menu: 2300,
	wrong: 2400,
	'call-back': 2500,
	closed: 2600,
} as const;

/** From here on it is the house that is heard, below it are people. */
export const houseHzMin = Math.min(...Object.values(soundHz));

/** Every pitch that is looked for. */
const pitches = Array.from({length: 24}, (_, index) => 300 + 100 * index);
/** A tenth of a second: tells pitches 10 Hz apart. */
const windowSamples = rateHz / 10;
export const windowMs = 100;
/** Parties speak at 0.3. */
const loud = 0.08;

export const pitchesOf = (samples: ArrayLike<number>): number[] => pitches.filter(hz => strength(samples, hz) > loud);

/** What one pair of ears has heard, a tenth of a second at a time. */
export class Hearing {
	readonly windows: number[][] = [];
	/** When each window was full (`performance.now()`). */
	readonly #fullMs: number[] = [];
	#samples: number[] = [];
	#waiting: {check: () => boolean; done: () => void}[] = [];

	push(samples: Iterable<number>): void {
		for (const sample of samples) this.#samples.push(sample);
		while (this.#samples.length >= windowSamples) {
			this.windows.push(pitchesOf(this.#samples.splice(0, windowSamples)));
			this.#fullMs.push(performance.now());
			this.#waiting = this.#waiting.filter(({check, done}) => !check() || void done());
		}
	}

	/** Resolves as soon as `check` is true, looked at with each new window. */
	until(check: () => boolean): Promise<void> {
		return new Promise(done => {
			if (check()) done();
			else this.#waiting.push({check, done});
		});
	}

	/** Were the last so many windows heard at the pace of talk? What was held up and comes in one burst is no talk of that length. */
	lastAtPace(count: number): boolean {
		const lastedMs = this.#fullMs.at(-1)! - this.#fullMs.at(-count)!;
		return lastedMs >= ((count - 1) * windowMs * 3) / 4;
	}

	/** All pitches of the windows from `from` on. */
	since(from = 0): Set<number> {
		return new Set(this.windows.slice(from).flat());
	}
}

/** A stretch in which a pitch was heard without a break, in milliseconds from the beginning. */
export type Span = {hz: number; fromMs: number; toMs: number};

/** When each pitch was heard, by its beginning. A window without it (a packet that came late) does not end a span. */
export function spansOf(windows: readonly number[][]): Span[] {
	const spans: Span[] = [];
	for (const hz of new Set(windows.flat())) {
		let last: Span | undefined;
		for (const [index, heard] of windows.entries()) {
			if (!heard.includes(hz)) continue;
			const fromMs = index * windowMs;
			if (last && fromMs - last.toMs <= windowMs) last.toMs = fromMs + windowMs;
			else spans.push((last = {hz, fromMs, toMs: fromMs + windowMs}));
		}
	}
	return spans.sort((a, b) => a.fromMs - b.fromMs || a.hz - b.hz);
}

/** Pitches in the order in which they were first heard for at least 200 ms. */
export const orderOf = (windows: readonly number[][]): number[] => [
	...new Set(
		spansOf(windows)
			.filter(({fromMs, toMs}) => toMs - fromMs >= 2 * windowMs)
			.map(({hz}) => hz),
	),
];

/** Pitches as they followed one another, each heard for at least 200 ms. Packets that were lost or late do not make two of one. */
export function sequenceOf(windows: readonly number[][]): number[] {
	const long = spansOf(windows).filter(({fromMs, toMs}) => toMs - fromMs >= 2 * windowMs);
	return long.map(({hz}) => hz).filter((hz, index, all) => hz !== all[index - 1]);
}

export type HeardFile = {left: number[][]; right: number[][]; durationMs: number};

/** What is heard, a tenth of a second at a time: all of it, or the last so many windows. */
export function windowsOf(samples: Int16Array, last = Number.POSITIVE_INFINITY): number[][] {
	const count = Math.floor(samples.length / windowSamples);
	const length = Math.min(count, last);
	return Array.from({length}, (_, index) => {
		const from = (count - length + index) * windowSamples;
		return pitchesOf(samples.subarray(from, from + windowSamples));
	});
}

/** A recording: left what the party of that leg says, right what it hears. A mono file has the same on both. `last`: so many windows of it. */
export async function listenTo(path: string, last = Number.POSITIVE_INFINITY): Promise<HeardFile> {
	const channels = wavChannels(await readFile(path));
	const [left, right] = [channels[0]!, channels[1] ?? channels[0]!];
	return {left: windowsOf(left, last), right: windowsOf(right, last), durationMs: Math.round((left.length / rateHz) * 1000)};
}
