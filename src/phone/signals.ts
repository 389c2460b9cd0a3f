/** What is heard while a telephone rings, here or at the other end: pure, one frame after the other. */
import {frameSamples} from '../sip/media/embedded/rtp.js';
import {toneSamples} from '../sip/media/embedded/tone.js';

export type RingSignal = 'ring' | 'ringBack' | 'waiting';

/** Japan's ring-back: 400 Hz that trembles at 16 Hz, one second in three. The bell is two notes; a second call is a short beep. */
function cycle(signal: RingSignal): Int16Array {
	const sound = (frequencies: number[], ms: number, levelDb: number): number[] => [...toneSamples(frequencies, ms, levelDb)];
	const silence = (ms: number): number[] => Array.from({length: ms * 8}, () => 0);
	if (signal === 'ringBack') return Int16Array.from([...sound([384, 416], 1000, -22), ...silence(2000)]);
	if (signal === 'waiting') return Int16Array.from([...sound([440], 200, -24), ...silence(4800)]);
	const notes = Array.from({length: 4}, () => [...sound([660], 120, -16), ...sound([880], 120, -16)]).flat();
	return Int16Array.from([...notes, ...silence(2000)]);
}

export class RingTone {
	private signal: RingSignal | undefined;
	private samples: Int16Array = new Int16Array(0);
	private position = 0;

	/** Adds the signal to the frame; another signal than before begins at its beginning. */
	addTo(frame: Int16Array, signal: RingSignal | undefined): void {
		if (signal !== this.signal) {
			this.signal = signal;
			this.samples = signal ? cycle(signal) : new Int16Array(0);
			this.position = 0;
		}
		if (!signal) return;
		for (let index = 0; index < frameSamples; index++) {
			const sum = frame[index]! + this.samples[this.position]!;
			frame[index] = Math.max(-32_768, Math.min(32_767, sum));
			this.position = (this.position + 1) % this.samples.length;
		}
	}
}
