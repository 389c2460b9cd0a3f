import type {MediaSource, PlaybackEnd} from '../port.js';

export type PlaybackState = {source: MediaSource; loop: boolean; mix: boolean; playId: number; position: number};

/** A sound on its way to one peer. */
export class Playback {
	/** Set while the sound is being loaded; nothing is heard until then. */
	samples: Int16Array | undefined;

	constructor(
		readonly state: PlaybackState,
		readonly ended: (end: PlaybackEnd) => void,
	) {}

	get mix(): boolean {
		return this.state.mix;
	}

	/** Adds the next `length` samples to `frame`. True when the sound has ended within them. */
	addTo(frame: Int16Array, length: number): boolean {
		const {samples, state} = this;
		if (!samples) return false;
		for (let index = 0; index < length; index++) {
			if (state.position >= samples.length) {
				if (!state.loop || samples.length === 0) return true;
				state.position = 0;
			}
			const sum = frame[index]! + samples[state.position++]!;
			frame[index] = Math.max(-32_768, Math.min(32_767, sum));
		}
		return !state.loop && state.position >= samples.length;
	}
}
