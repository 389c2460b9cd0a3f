import {EventEmitter} from 'node:events';
import type {Terminal as XtermTerminal} from '@xterm/headless';
import xterm from '@xterm/headless';
import {makeCellRuler} from '../../../src/tui/tty/cells.js';
import type {InputStream, OutputStream, Timers} from '../../../src/tui/tty/streams.js';

const ruler = makeCellRuler(1);

/** A terminal emulator that measures characters as a present-day terminal does. */
export function makeXterm(columns: number, rows: number): XtermTerminal {
	const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 0});
	const wcwidth = (code: number): 0 | 1 | 2 => ruler.widthOf(String.fromCodePoint(code)) as 0 | 1 | 2;
	terminal.unicode.register({
		version: 'modern',
		wcwidth,
		// The layout xterm.js packs: width in bits 1-2, "joins what came before" in bit 0.
		charProperties(code: number, preceding: number): number {
			let width = wcwidth(code);
			const joins = width === 0 && preceding !== 0;
			if (joins) width = ((preceding >> 1) & 3) as 0 | 1 | 2;
			return (width << 1) | (joins ? 1 : 0);
		},
	});
	terminal.unicode.activeVersion = 'modern';
	return terminal;
}

export const feed = (terminal: XtermTerminal, bytes: string): Promise<void> => new Promise(resolve => terminal.write(bytes, resolve));

/** What a person sees in one row, cell by cell; the second cell of a full-width character is ''. */
export function rowCells(terminal: XtermTerminal, y: number): string[] {
	const line = terminal.buffer.active.getLine(terminal.buffer.active.baseY + y)!;
	return Array.from({length: terminal.cols}, (_, x) => {
		const cell = line.getCell(x)!;
		return cell.getWidth() === 0 ? '' : cell.getChars() || ' ';
	});
}

export const screenText = (terminal: XtermTerminal): string[] =>
	Array.from({length: terminal.rows}, (_, y) => rowCells(terminal, y).join('').trimEnd());

/** Streams that stand in for a terminal: what is written goes into an emulator, `type` is the keyboard. */
export class FakeTty {
	readonly written: string[] = [];
	readonly stdin: InputStream & EventEmitter;
	readonly stdout: OutputStream & EventEmitter;
	readonly rawModes: boolean[] = [];
	accepts = true;
	readonly xterm: XtermTerminal;
	readonly #size: {columns: number; rows: number};

	constructor(columns = 80, rows = 24) {
		this.#size = {columns, rows};
		this.xterm = makeXterm(columns, rows);
		const {rawModes, written} = this;
		const size = this.#size;
		this.stdin = Object.assign(new EventEmitter(), {
			isTTY: true,
			setRawMode: (mode: boolean): void => void rawModes.push(mode),
			resume: () => {},
			pause: () => {},
		});
		const write = (text: string): boolean => {
			written.push(text);
			this.xterm.write(text);
			return this.accepts;
		};
		this.stdout = Object.defineProperties(Object.assign(new EventEmitter(), {isTTY: true, write}), {
			columns: {get: () => size.columns},
			rows: {get: () => size.rows},
		});
	}

	type(keys: string): void {
		this.stdin.emit('data', Buffer.from(keys));
	}

	resize(columns: number, rows: number): void {
		Object.assign(this.#size, {columns, rows});
		this.xterm.resize(columns, rows);
		this.stdout.emit('resize');
	}

	/** The screen once the emulator has taken everything written so far. */
	async shown(): Promise<string[]> {
		await feed(this.xterm, '');
		return screenText(this.xterm);
	}

	async cursor(): Promise<{x: number; y: number}> {
		await feed(this.xterm, '');
		return {x: this.xterm.buffer.active.cursorX, y: this.xterm.buffer.active.cursorY};
	}
}

/** Timers that run when the test says so. */
export class FakeTimers implements Timers {
	nowMs = 0;
	#next = 1;
	readonly #due = new Map<number, {atMs: number; callback: () => void; everyMs?: number}>();

	after(callback: () => void, delayMs: number): () => void {
		const id = this.#next++;
		this.#due.set(id, {atMs: this.nowMs + delayMs, callback});
		return () => this.#due.delete(id);
	}

	every(callback: () => void, periodMs: number): () => void {
		const id = this.#next++;
		this.#due.set(id, {atMs: this.nowMs + periodMs, callback, everyMs: periodMs});
		return () => this.#due.delete(id);
	}

	get pending(): number {
		return this.#due.size;
	}

	advance(ms: number): void {
		const untilMs = this.nowMs + ms;
		for (;;) {
			const next = [...this.#due].filter(([, timer]) => timer.atMs <= untilMs).sort((a, b) => a[1].atMs - b[1].atMs)[0];
			if (!next) break;
			const [id, timer] = next;
			this.nowMs = timer.atMs;
			if (timer.everyMs === undefined) this.#due.delete(id);
			else timer.atMs += timer.everyMs;
			timer.callback();
		}
		this.nowMs = untilMs;
	}
}

/** mulberry32: a small seeded source of chance. */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}
