/**
 * A terminal that is only written on: keys come in decoded as with the driver, and text goes out line after line. Nothing is ever
 * moved or cleared, because a screen reader reads every change of a screen aloud.
 */
import {KeyDecoder, type KeyEvent} from './keys.js';
import {type EndReason, ownProcess} from './process.js';
import type {InputStream, OutputStream, Timers} from './streams.js';

export type LineTerminalOptions = {
	stdin: InputStream;
	stdout: OutputStream;
	timers: Timers;
	onKeys: (keys: KeyEvent[]) => void;
	onEnd: (reason: EndReason) => void;
	ownsProcess: boolean;
};

const enter = '\x1b[?2004h';
const leave = '\x1b[?2004l';

export class LineTerminal {
	readonly #options: LineTerminalOptions;
	readonly #decoder: KeyDecoder;
	readonly #undo: Array<() => void> = [];
	#batch: KeyEvent[] = [];
	#isActive = false;

	constructor(options: LineTerminalOptions) {
		this.#options = options;
		this.#decoder = new KeyDecoder(
			event => event.type !== 'reply' && this.#batch.push(event),
			(callback, delayMs) =>
				options.timers.after(() => {
					callback();
					this.#deliver();
				}, delayMs),
		);
	}

	get columns(): number {
		return this.#options.stdout.columns || 80;
	}

	/** Whether a key waits for its rest. */
	get isWaiting(): boolean {
		return this.#decoder.isWaiting;
	}

	start(): void {
		const {stdin, stdout, ownsProcess} = this.#options;
		this.#enter();
		this.#listen(stdin, 'data', chunk => {
			this.#decoder.push(chunk);
			this.#deliver();
		});
		const hangup = () => this.#end({kind: 'hangup'});
		this.#listen(stdin, 'end', hangup);
		this.#listen(stdin, 'error', hangup);
		this.#listen(stdout, 'error', hangup);
		if (ownsProcess)
			this.#undo.push(ownProcess({onEnd: reason => this.#end(reason), leave: () => this.#leave(), enter: () => this.#enter()}));
	}

	write(text: string): void {
		if (this.#isActive && text !== '') this.#options.stdout.write(text);
	}

	/** Gives the terminal back. Safe to call twice. */
	stop(): void {
		this.#leave();
		this.#decoder.stop();
		while (this.#undo.length > 0) this.#undo.pop()!();
		this.#options.stdin.pause();
	}

	#deliver(): void {
		const keys = this.#batch;
		this.#batch = [];
		if (keys.length > 0) this.#options.onKeys(keys);
	}

	#enter(): void {
		this.#options.stdin.setRawMode?.(true);
		this.#options.stdin.resume();
		this.#isActive = true;
		this.#options.stdout.write(enter);
	}

	#leave(): void {
		if (!this.#isActive) return;
		this.#isActive = false;
		this.#options.stdout.write(leave);
		this.#options.stdin.setRawMode?.(false);
	}

	#end(reason: EndReason): void {
		this.stop();
		this.#options.onEnd(reason);
	}

	#listen(stream: InputStream | OutputStream, event: string, listener: (chunk: Uint8Array | string) => void): void {
		(stream as InputStream).on(event, listener);
		this.#undo.push(() => stream.off(event, listener as () => void));
	}
}
