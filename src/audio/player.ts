/**
 * Plays a sound that is somewhere else through a program of this machine: fetched piece by piece, as fast as it is heard. A pause
 * or a jump ends the program; going on begins another at that place.
 */
import {execa} from 'execa';
import type {Program} from './programs.js';
import {lengthMs, offsetAt, readWav, type Wav} from './wav.js';

/** A sound to be read; an empty piece is its end. */
export type Source = {bytes: number; read: (offset: number) => Promise<Buffer>};

export type PlayerView = {
	state: 'loading' | 'playing' | 'paused' | 'ended' | 'failed';
	positionMs: number;
	durationMs: number;
	/** With `failed`: what the program or the service said. */
	reason?: string;
};

type Run = {stop: AbortController; fromMs: number; sinceMs: number};

export class Player {
	/** Resolves when nothing more will be heard: at the end, after `stop`, or when it failed. */
	readonly done: Promise<void>;
	#resolve: () => void = () => {};
	#wav: Wav | undefined;
	#head: Buffer | undefined;
	#run: Run | undefined;
	#view: Omit<PlayerView, 'positionMs'> = {state: 'loading', durationMs: 0};
	#positionMs = 0;

	constructor(
		private readonly source: Source,
		private readonly program: Program,
		private readonly onChange: () => void = () => {},
		private readonly nowMs: () => number = () => performance.now(),
	) {
		this.done = new Promise(resolve => {
			this.#resolve = resolve;
		});
		void this.#begin();
	}

	get view(): PlayerView {
		const runs = this.#run && this.#view.state === 'playing';
		const positionMs = runs ? this.#run!.fromMs + this.nowMs() - this.#run!.sinceMs : this.#positionMs;
		return {...this.#view, positionMs: Math.round(Math.min(positionMs, this.#view.durationMs))};
	}

	/** Pause, and on again; after the end from the beginning. */
	toggle(): void {
		const {state, positionMs} = this.view;
		if (state === 'playing') this.#halt('paused', positionMs);
		else if (state === 'paused') this.#play(positionMs);
	}

	/** Forwards or back by so many milliseconds. */
	jump(byMs: number): void {
		const {state, positionMs, durationMs} = this.view;
		const toMs = Math.max(0, Math.min(durationMs, positionMs + byMs));
		if (state === 'playing') this.#play(toMs);
		else if (state === 'paused') this.#halt('paused', toMs);
	}

	stop(): void {
		if (this.#view.state === 'ended' || this.#view.state === 'failed') return;
		this.#halt('ended', this.view.positionMs);
		this.#resolve();
	}

	async #begin(): Promise<void> {
		try {
			this.#head = await this.source.read(0);
			this.#wav = readWav(this.#head, this.source.bytes);
		} catch (error) {
			this.#fail(error);
			return;
		}
		if (this.#view.state !== 'loading') return;
		this.#view = {...this.#view, durationMs: lengthMs(this.#wav)};
		this.#play(0);
	}

	#halt(state: PlayerView['state'], positionMs: number): void {
		this.#run?.stop.abort();
		this.#run = undefined;
		this.#positionMs = positionMs;
		this.#view = {...this.#view, state};
		this.onChange();
	}

	#play(fromMs: number): void {
		this.#run?.stop.abort();
		const run: Run = {stop: new AbortController(), fromMs, sinceMs: this.nowMs()};
		this.#run = run;
		this.#view = {...this.#view, state: 'playing'};
		this.onChange();
		this.#hear(run).then(
			() => this.#over(run),
			error => run === this.#run && this.#fail(error),
		);
	}

	#over(run: Run): void {
		if (run !== this.#run) return;
		this.#halt('ended', this.#view.durationMs);
		this.#resolve();
	}

	#fail(error: unknown): void {
		const {stderr, shortMessage, message} = error as {stderr?: string; shortMessage?: string; message: string};
		this.#view = {...this.#view, reason: (stderr || shortMessage || message).trim().split('\n').at(-1)!};
		this.#halt('failed', this.view.positionMs);
		this.#resolve();
	}

	/** The program takes its input as fast as it plays it, and only then the next piece is fetched. */
	async #hear(run: Run): Promise<void> {
		const wav = this.#wav!;
		const {signal} = run.stop;
		await execa(this.program.path, this.program.args(wav), {
			stdin: this.#pieces(wav, run),
			stdout: 'ignore',
			cancelSignal: signal,
			forceKillAfterDelay: 500,
		});
	}

	async *#pieces(wav: Wav, {fromMs, stop}: Run): AsyncGenerator<Buffer> {
		const endAt = wav.dataFrom + wav.dataBytes;
		for (let offset = offsetAt(wav, fromMs); offset < endAt && !stop.signal.aborted; ) {
			const head = this.#head!;
			const piece = offset < head.length ? head.subarray(offset) : await this.source.read(offset);
			if (piece.length === 0) return;
			yield piece.subarray(0, endAt - offset);
			offset += piece.length;
		}
	}
}
