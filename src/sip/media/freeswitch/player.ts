import type {MediaSource, PlaybackEnd, PlayOptions} from '../port.js';
import {keySounds, notPlaying, playing, sound} from './commands.js';
import type {FreeswitchLink} from './link.js';

type Current = {mark: string; sound: string; resolve: (end: PlaybackEnd) => void};

/** What a channel plays: one thing at a time, on what the channel is sent (a media bug), so whatever else happens to it. */
export class Player {
	#current: Current | undefined;
	#last = 0;

	constructor(
		private readonly id: string,
		private readonly link: FreeswitchLink,
	) {}

	/** `alone`: the channel is in no bridge or room, so that nothing must give way to what is played. */
	play(source: MediaSource, {loop = false, mode = 'replace'}: PlayOptions, alone: boolean): Promise<PlaybackEnd> {
		const mark = String(++this.#last);
		let name: string;
		try {
			name = sound(source, mark, loop);
		} catch (error) {
			return Promise.reject(error);
		}
		return this.#start(mark, name, mode === 'mix' || alone, loop && source.kind === 'file');
	}

	/** The keys' tones, for a peer that takes no telephone events. */
	playKeys(digits: string, digitMs: number): void {
		const mark = String(++this.#last);
		this.#start(mark, keySounds(digits, digitMs, mark), true, false).catch(() => {});
	}

	#start(mark: string, name: string, mix: boolean, loop: boolean): Promise<PlaybackEnd> {
		this.stop();
		return new Promise((resolve, reject) => {
			const current = {mark, sound: name, resolve};
			this.#current = current;
			// `f`: before a recording that runs, which is to have it too.
			this.link.api(playing(this.id, name, `f${mix ? 'm' : ''}${loop ? 'l' : ''}`)).catch((error: Error) => {
				if (this.#current === current) this.#current = undefined;
				reject(error);
			});
		});
	}

	stop(): void {
		const current = this.#current;
		this.#current = undefined;
		if (!current) return;
		this.link.tell(notPlaying(this.id, current.sound));
		current.resolve('stopped');
	}

	/** FreeSWITCH tells that something has come to its end. */
	ended(target: string): void {
		if (!this.#current || !target.startsWith(`{kaden=${this.#current.mark}}`)) return;
		this.#current.resolve('finished');
		this.#current = undefined;
	}

	gone(): void {
		this.#current?.resolve('gone');
		this.#current = undefined;
	}
}
