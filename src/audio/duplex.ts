/**
 * The microphone and the loudspeaker of this machine, each a program with a pipe. A program that ends is started again, later each
 * time; one that never worked gives way to the next kind. Whatever becomes of them, whoever uses them is told and goes on.
 */
import {execa, type ResultPromise} from 'execa';
import type {Command, SoundWay} from './devices.js';

/** 20 ms at 8 kHz. */
const frameSamples = 160;
const frameBytes = frameSamples * 2;
/** Sound that waits to be played beyond this is dropped: a program that hangs must not hoard seconds. */
const waitingBytesMax = frameBytes * 10;
/** What is written ahead of the first frame, so that a beat that is a little late is not heard. */
const leadFrames = 2;
const retryMs = 500;
const retryMsMax = 10_000;
/** A program that has run for so long worked: its end is an accident, not a reason for another. */
const provenMs = 2000;
const reasonMax = 120;

export type SideState = {side: 'microphone' | 'loudspeaker'; program: string; state: 'on' | 'off' | 'lost'; reason?: string};

export type DuplexOptions = {
	/** Ways to try, best first; see `soundWays`. */
	ways: SoundWay[];
	onFrame: (frame: Int16Array) => void;
	/** A program has begun, has ended by itself, or (`off`) there is none. */
	onState: (state: SideState) => void;
};

export class Duplex {
	readonly #microphone: Side;
	readonly #loudspeaker: Side;
	#rest = Buffer.alloc(0);
	readonly #frame = new Int16Array(frameSamples);

	constructor(private readonly options: DuplexOptions) {
		const {ways, onState} = options;
		const commands = (side: 'record' | 'play') => ways.flatMap(way => way[side] ?? []);
		this.#microphone = new Side('microphone', commands('record'), onState, bytes => this.#heard(bytes));
		this.#loudspeaker = new Side('loudspeaker', commands('play'), onState, undefined);
	}

	/** Opens the loudspeaker and, where it is wanted, the microphone. What is open already stays. */
	start({microphone}: {microphone: boolean}): void {
		this.#loudspeaker.start();
		if (microphone) this.#microphone.start();
	}

	/** Plays 20 ms. */
	play(frame: Int16Array): void {
		this.#loudspeaker.write(Buffer.from(frame.buffer, frame.byteOffset, frameBytes));
	}

	stop(): void {
		this.#microphone.stop();
		this.#loudspeaker.stop();
		this.#rest = Buffer.alloc(0);
	}

	#heard(bytes: Buffer): void {
		const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
		let at = 0;
		for (; at + frameBytes <= all.length; at += frameBytes) {
			for (let index = 0; index < frameSamples; index++) this.#frame[index] = all.readInt16LE(at + index * 2);
			this.options.onFrame(this.#frame);
		}
		this.#rest = Buffer.from(all.subarray(at));
	}
}

type Running = ResultPromise<{buffer: false; reject: false}>;

class Side {
	#at = 0;
	#child: Running | undefined;
	#retry: NodeJS.Timeout | undefined;
	#failures = 0;
	#wanted = false;

	constructor(
		private readonly side: SideState['side'],
		private readonly commands: readonly Command[],
		private readonly onState: (state: SideState) => void,
		private readonly onBytes: ((bytes: Buffer) => void) | undefined,
	) {}

	start(): void {
		if (this.#wanted) return;
		this.#wanted = true;
		if (this.commands.length === 0) this.onState({side: this.side, program: '', state: 'off'});
		else this.#spawn();
	}

	stop(): void {
		this.#wanted = false;
		clearTimeout(this.#retry);
		const child = this.#child;
		this.#child = undefined;
		child?.stdin?.destroy();
		child?.kill('SIGTERM');
	}

	write(frame: Buffer): void {
		const stdin = this.#child?.stdin;
		if (!stdin?.writable || stdin.writableLength > waitingBytesMax) return;
		// Copied: the frame is the caller's, and is written over with the next beat.
		stdin.write(Buffer.from(frame));
	}

	#spawn(): void {
		const {path, args} = this.commands[this.#at % this.commands.length]!;
		const began = performance.now();
		let said = '';
		const child = execa(path, args, {
			stdin: this.onBytes ? 'ignore' : 'pipe',
			stdout: this.onBytes ? 'pipe' : 'ignore',
			stderr: 'pipe',
			buffer: false,
			reject: false,
			forceKillAfterDelay: 500,
		}) as unknown as Running;
		this.#child = child;
		child.stderr?.on('data', (text: Buffer) => {
			said = (said + text.toString()).slice(-1000);
		});
		// A pipe that breaks is followed by the end of its program.
		child.stdin?.on('error', () => {});
		if (this.onBytes) child.stdout?.on('data', this.onBytes);
		else child.stdin?.write(Buffer.alloc(frameBytes * leadFrames));
		child.once('spawn', () => {
			if (this.#child === child) this.onState({side: this.side, program: path, state: 'on'});
		});
		void child.then(({exitCode, signal, originalMessage}) => {
			const reason = said.trim().split('\n').at(-1) || originalMessage || signal || `exit ${exitCode}`;
			if (this.#child === child) this.#ended(path, reason, performance.now() - began);
		});
	}

	#ended(path: string, reason: string, livedMs: number): void {
		this.#child = undefined;
		if (!this.#wanted) return;
		if (livedMs >= provenMs) this.#failures = 0;
		else this.#at++;
		this.onState({side: this.side, program: path, state: 'lost', reason: reason.slice(0, reasonMax)});
		const pauseMs = Math.min(retryMsMax, retryMs * 2 ** Math.floor(this.#failures++ / this.commands.length));
		this.#retry = setTimeout(() => this.#spawn(), pauseMs);
	}
}
