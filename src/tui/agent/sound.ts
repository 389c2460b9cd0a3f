/** Sound on the operator's own machine: fetched through the API as it is heard, played by a program that is there. */
import type {Player} from '../../audio/player.js';
import type {Sound, SoundView} from '../model/state.js';
import type {ConsoleClient} from './core.js';

export type SoundOptions = {
	client: Pick<ConsoleClient, 'request'>;
	/** The view has changed; null when nothing is heard any more. */
	onChange: (view: SoundView | null) => void;
	/** What can play it; asked each time. Default: the programs of this machine. */
	findPlayer?: FindPlayer;
};
type Source = {bytes: number; read: (offset: number) => Promise<Buffer>};
/** Begins to play; undefined where nothing can. */
export type FindPlayer = (source: Source, onChange: () => void) => Promise<PlayerLike | undefined>;
export type PlayerLike = Pick<Player, 'view' | 'toggle' | 'jump' | 'stop' | 'done'>;

export class ConsoleSound {
	readonly #options: SoundOptions;
	#player: PlayerLike | undefined;
	#of: Sound | undefined;
	/** Counts what was asked for: an answer to an earlier wish is of no interest. */
	#wish = 0;

	constructor(options: SoundOptions) {
		this.#options = options;
	}

	get view(): SoundView | null {
		if (!this.#of) return null;
		return {of: this.#of, ...(this.#player?.view ?? {state: 'loading', positionMs: 0, durationMs: 0})};
	}

	/** Rejects with the service's refusal. */
	async play(of: Sound): Promise<void> {
		this.stop();
		const wish = this.#wish;
		this.#of = of;
		const {client, findPlayer = ofThisMachine} = this.#options;
		try {
			const {audioId, bytes} = await client.request({type: 'openAudio', of, how: 'play'});
			const read = async (offset: number) => Buffer.from((await client.request({type: 'readAudio', audioId, offset})).data, 'base64');
			const player = wish === this.#wish ? await findPlayer({bytes, read}, () => wish === this.#wish && this.#changed()) : undefined;
			if (wish !== this.#wish) {
				player?.stop();
				return;
			}
			if (!player) {
				this.#options.onChange({of, state: 'failed', positionMs: 0, durationMs: 0, reason: 'noProgram'});
				this.stop();
				return;
			}
			this.#player = player;
			this.#changed();
		} catch (error) {
			if (wish !== this.#wish) return;
			this.stop();
			throw error;
		}
	}

	toggle(): void {
		this.#player?.toggle();
	}

	jump(byMs: number): void {
		this.#player?.jump(byMs);
		this.#changed();
	}

	/** Nothing is heard after this. */
	stop(): void {
		this.#wish++;
		const wasThere = this.#of !== undefined;
		this.#player?.stop();
		this.#player = undefined;
		this.#of = undefined;
		if (wasThere) this.#options.onChange(null);
	}

	#changed(): void {
		const {view} = this;
		this.#options.onChange(view);
		if (view?.state === 'failed') this.stop();
	}
}

const ofThisMachine: FindPlayer = async (source, onChange) => {
	const {findProgram} = await import('../../audio/programs.js');
	const program = findProgram();
	if (!program) return undefined;
	const {Player} = await import('../../audio/player.js');
	return new Player(source, program, onChange);
};
