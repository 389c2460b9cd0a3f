/**
 * Owns the terminal: the only code that reads stdin or writes stdout while a screen is up. Keys go out decoded, frames
 * come in as text and leave as the smallest difference, and the terminal is given back on every way out of the process.
 */
import {type AmbiguousWidth, type CellRuler, makeCellRuler} from './cells.js';
import {KeyDecoder, type KeyEvent, type TerminalReply} from './keys.js';
import {type EndReason, ownProcess} from './process.js';
import {Screen} from './screen.js';
import {type InputStream, type OutputStream, realTimers, type Timers} from './streams.js';

export type Size = {columns: number; rows: number};

/** Writes a region that ticks straight into the cells: a pure function of a model its owner holds. */
export type Painter = (screen: Screen) => void;

export type DriverOptions = {
	stdin: InputStream;
	stdout: OutputStream;
	timers?: Timers;
	/** How wide the terminal draws ambiguous characters; 'measure' asks it at the start. Default: narrow. */
	ambiguous?: AmbiguousWidth | 'measure';
	/** With 'measure': the terminal does not draw a full-width character in two cells; it is no terminal for Japanese. */
	onOddWidth?: () => void;
	/** Smallest usable size; below it `tooSmall` is drawn instead of the frame. */
	sizeMin?: Size;
	/** The lines of that notice. */
	tooSmall?: (size: Size) => string[];
	/** Asked to end by a signal, a closed terminal or an error: the terminal is already restored. Default: exits. */
	onEnd?: (reason: EndReason) => void;
	/** Handle process signals and uncaught errors; off when a test runs several drivers in one process. */
	ownsProcess?: boolean;
};

export type {EndReason} from './process.js';

const enter = '\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[2J\x1b[H';
const leave = '\x1b[m\x1b[?2004l\x1b[?25h\x1b[?1049l';
/** Ask for the kitty keyboard protocol, then for primary attributes: whoever knows only the second answers only that. */
const askKitty = '\x1b[?u\x1b[c';
/** Draws an ambiguous and a full-width character at the top left, asks after each where the pen is, and wipes them out. */
const askWidths = '\x1b[H\u25cf\x1b[6n\x1b[H\u3042\x1b[6n\x1b[H   \x1b[H';
/** A terminal that has not answered by then does not know the question. */
const widthsMs = 1_000;
const kittyOn = '\x1b[>1u';
const kittyOff = '\x1b[<u';

export class Driver {
	screen: Screen;
	readonly #options: DriverOptions;
	readonly #timers: Timers;
	#ruler: CellRuler;
	readonly #decoder: KeyDecoder;
	readonly #undo: Array<() => void> = [];
	readonly #painters: Painter[] = [];
	readonly #idlers: Array<() => void> = [];
	#keys: (events: KeyEvent[]) => void = () => {};
	#early: KeyEvent[] | undefined = [];
	#resized: (size: Size) => void = () => {};
	#batch: KeyEvent[] = [];
	#frame = '';
	#isActive = false;
	#isBlocked = false;
	#isDirty = false;
	#kitty = false;
	/** What was asked about and not answered yet. */
	#widths: Array<'ambiguous' | 'full'> = [];

	constructor(options: DriverOptions) {
		this.#options = options;
		this.#timers = options.timers ?? realTimers;
		this.#ruler = makeCellRuler(options.ambiguous === 2 ? 2 : 1, options.ambiguous === 1 || options.ambiguous === 2);
		this.screen = new Screen(this.size.columns, this.size.rows, this.#ruler);
		this.#decoder = new KeyDecoder(
			event => this.#decoded(event),
			(callback, delayMs) => this.#timers.after(() => this.#timedOut(callback), delayMs),
		);
	}

	get size(): Size {
		const {columns, rows} = this.#options.stdout;
		return {columns: columns || 80, rows: rows || 24};
	}

	/** Whether the terminal is too small for the screens. */
	get isTooSmall(): boolean {
		const {sizeMin} = this.#options;
		return sizeMin !== undefined && (this.size.columns < sizeMin.columns || this.size.rows < sizeMin.rows);
	}

	/** Takes the terminal. Keys typed from now on are kept until `onKeys` names their reader. */
	start(): void {
		const {stdin, stdout} = this.#options;
		this.#enter();
		this.#listen(stdin, 'data', chunk => this.#input(chunk));
		this.#listen(stdin, 'end', () => this.#end({kind: 'hangup'}));
		this.#listen(stdin, 'error', () => this.#end({kind: 'hangup'}));
		this.#listen(stdout, 'error', () => this.#end({kind: 'hangup'}));
		this.#listen(stdout, 'drain', () => this.#drained());
		this.#listen(stdout, 'resize', () => this.#resize());
		if (this.#options.ownsProcess ?? true) {
			const enter = () => {
				this.#enter();
				this.screen.invalidate();
				this.#resize();
			};
			this.#undo.push(ownProcess({onEnd: reason => this.#end(reason), leave: () => this.#leave(), enter}));
		}
	}

	/** Names the reader of keys; it gets one call per chunk of input, with all its keys, and at once those typed before. */
	onKeys(listener: (events: KeyEvent[]) => void): void {
		this.#keys = listener;
		const early = this.#early ?? [];
		this.#early = undefined;
		if (early.length > 0) listener(early);
	}

	/** Called when the screen has a new size or must be drawn anew. */
	onResize(listener: (size: Size) => void): void {
		this.#resized = listener;
	}

	/** Adds a painter; it runs after every frame and at every `repaint`. */
	paint(painter: Painter): void {
		this.#painters.push(painter);
	}

	/** Shows a frame: lines of text with SGR sequences, one per row. */
	show(frame: string): void {
		this.#frame = frame;
		this.#draw();
	}

	/** Changes cells of the frame that is shown, without a new one; they stay until the frame brings its own again. */
	update(change: Painter): void {
		if (this.isTooSmall) return;
		change(this.screen);
		this.repaint();
	}

	/** Runs the painters and writes what they changed: for clocks, at their own pace, without a new frame. */
	repaint(): void {
		if (this.isTooSmall) return;
		for (const painter of this.#painters) painter(this.screen);
		this.#flush();
	}

	/** Rings the terminal's bell. */
	bell(): void {
		if (this.#isActive) this.#options.stdout.write('\x07');
	}

	/** Resolves when no input waits for its rest and everything drawn has been written. */
	idle(): Promise<void> {
		if (this.#isIdle()) return Promise.resolve();
		return new Promise(resolve => this.#idlers.push(resolve));
	}

	/** Gives the terminal back as it was. Safe to call twice. */
	stop(): void {
		this.#leave();
		this.#decoder.stop();
		while (this.#undo.length > 0) this.#undo.pop()!();
		this.#options.stdin.pause();
		this.#settle();
	}

	#enter(): void {
		const {stdin, stdout} = this.#options;
		stdin.setRawMode?.(true);
		stdin.resume();
		this.#isActive = true;
		this.#kitty = false;
		const measures = this.#options.ambiguous === 'measure';
		this.#widths = measures ? ['ambiguous', 'full'] : [];
		if (measures) {
			this.#decoder.expectCursorReports(2);
			this.#undo.push(this.#timers.after(() => this.#decoder.expectCursorReports(0), widthsMs));
		}
		stdout.write(enter + (measures ? askWidths : '') + askKitty);
	}

	#leave(): void {
		if (!this.#isActive) return;
		this.#isActive = false;
		this.#options.stdout.write((this.#kitty ? kittyOff : '') + leave);
		this.#options.stdin.setRawMode?.(false);
	}

	#input(chunk: Uint8Array | string): void {
		this.#decoder.push(chunk);
		this.#deliver();
	}

	#timedOut(callback: () => void): void {
		callback();
		this.#deliver();
	}

	#decoded(event: KeyEvent | TerminalReply): void {
		if (event.type !== 'reply') this.#batch.push(event);
		else if (event.kind === 'kitty' && !this.#kitty && this.#isActive) {
			this.#kitty = true;
			this.#options.stdout.write(kittyOn);
		} else if (event.kind === 'cursor') {
			const of = this.#widths.shift();
			if (of === 'ambiguous') this.#measured(event.column === 3 ? 2 : 1);
			else if (of === 'full' && event.column !== 3) this.#options.onOddWidth?.();
		}
	}

	/** The terminal's answer about ambiguous characters. */
	#measured(width: AmbiguousWidth): void {
		const isAsAssumed = width === this.#ruler.widthOf('\u25cf');
		this.#ruler = makeCellRuler(width, true);
		if (isAsAssumed) {
			this.screen.ruler = this.#ruler;
			return;
		}
		this.screen = new Screen(this.size.columns, this.size.rows, this.#ruler);
		this.#resized(this.size);
		this.#draw();
	}

	#deliver(): void {
		const events = this.#batch;
		this.#batch = [];
		if (events.length > 0) {
			if (this.#early) this.#early.push(...events);
			else this.#keys(events);
		}
		this.#settle();
	}

	#draw(): void {
		if (this.isTooSmall) {
			const lines = this.#options.tooSmall?.(this.size) ?? [];
			this.screen.setFrame(lines.join('\n'));
		} else {
			this.screen.setFrame(this.#frame);
			for (const painter of this.#painters) painter(this.screen);
		}
		this.#flush();
	}

	#flush(): void {
		if (!this.#isActive) return;
		if (this.#isBlocked) {
			// The line is slower than the screen changes: what is shown next is the state then, not every state in between.
			this.#isDirty = true;
			return;
		}
		const bytes = this.screen.flush();
		if (bytes !== '') this.#isBlocked = !this.#options.stdout.write(bytes);
	}

	#drained(): void {
		this.#isBlocked = false;
		if (this.#isDirty) {
			this.#isDirty = false;
			this.#flush();
		}
		this.#settle();
	}

	#resize(): void {
		const {columns, rows} = this.size;
		this.screen = new Screen(columns, rows, this.#ruler);
		if (this.#isActive) this.#options.stdout.write('\x1b[m\x1b[2J');
		this.#resized({columns, rows});
		this.#draw();
	}

	#end(reason: EndReason): void {
		this.stop();
		if (this.#options.onEnd) {
			this.#options.onEnd(reason);
			return;
		}
		if (reason.kind === 'error') process.stderr.write(`${reason.error instanceof Error ? reason.error.stack : String(reason.error)}\n`);
		process.exit(reason.kind === 'error' ? 1 : 129);
	}

	#listen(stream: InputStream | OutputStream, event: string, listener: (chunk: Uint8Array | string) => void): void {
		(stream as InputStream).on(event, listener);
		this.#undo.push(() => stream.off(event, listener as () => void));
	}

	#isIdle(): boolean {
		return !this.#decoder.isWaiting && !this.#isBlocked && this.#batch.length === 0;
	}

	#settle(): void {
		if (!this.#isIdle()) return;
		for (const resolve of this.#idlers.splice(0)) resolve();
	}
}
