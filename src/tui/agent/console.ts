/**
 * The screen of an operator: keys go from the driver into the core, and what the core's state says is drawn.
 * A typed letter is on the screen before anything is sent; the draft follows behind.
 */
import {translator} from '../i18n/index.js';
import {frameShape, type Placed, placeFrame, renderFrame} from '../line.js';
import {sizeMin} from '../model/layout.js';
import type {ConsoleEvent, ConsoleState} from '../model/state.js';
import {type Theme, themeFor} from '../theme.js';
import type {AmbiguousWidth} from '../tty/cells.js';
import {Driver, type EndReason} from '../tty/driver.js';
import type {InkView} from '../tty/ink.js';
import {type InputStream, type OutputStream, realTimers, type Timers} from '../tty/streams.js';
import {ConsoleCore, type CoreOptions} from './core.js';
import {Signals} from './signals.js';
import {clocksOf, frameOf, paintClocks} from './view/frame.js';
import type {Clock} from './view/toolbar.js';

export type {ConsoleClient} from './core.js';

export type ConsoleOptions = CoreOptions & {
	stdin?: InputStream;
	stdout?: OutputStream;
	theme?: Theme;
	ambiguous?: AmbiguousWidth | 'measure';
	/** Loads Ink and React; the first screen is up before that. */
	loadInk?: () => Promise<InkMount>;
	ownsProcess?: boolean;
	/** Ends the console from outside, with exit code 1: what it was opened on is not there. */
	abort?: AbortSignal;
};

export type InkMount = {
	mountInk: typeof import('../tty/ink.js').mountInk;
	App: typeof import('./view/App.js').App;
	createElement: typeof import('../tty/ink.js').createElement;
};

const frameGapMs = 33;

export class AgentConsole {
	/** Resolves with the exit code once the terminal is given back. */
	readonly done: Promise<number>;
	readonly #options: ConsoleOptions;
	readonly #core: ConsoleCore;
	readonly #driver: Driver;
	readonly #timers: Timers;
	readonly #theme: Theme;
	#clocks: Clock[] = [];
	/** What is on the screen: the structure Ink laid out, and every line's text. */
	#shown: {shape: string; placed: Placed[]} | undefined;
	#ink: {view: InkView; mount: InkMount} | undefined;
	#inkLoading: Promise<void> | undefined;
	#resolve: (code: number) => void = () => {};
	#frameTimer: (() => void) | undefined;
	#lastFrameMs = 0;

	constructor(options: ConsoleOptions) {
		this.#options = options;
		this.#timers = options.timers ?? realTimers;
		this.#theme = options.theme ?? themeFor(process.env);
		const t = translator(options.lang);
		this.#driver = new Driver({
			stdin: options.stdin ?? process.stdin,
			stdout: options.stdout ?? process.stdout,
			timers: this.#timers,
			ambiguous: options.ambiguous ?? 'measure',
			sizeMin,
			onOddWidth: () => {
				this.#core.take({type: 'tell', key: 'say.oddWidth'});
				this.#draw();
			},
			tooSmall: size => ['', ` ${t('small.1', size)}`, ` ${t('small.2')}`],
			onEnd: reason => void this.#ended(reason),
			ownsProcess: options.ownsProcess ?? true,
		});
		const signals = new Signals({mode: options.sound ?? 'bell', bell: () => this.#driver.bell()});
		this.#core = new ConsoleCore(options, this.#driver.size, {
			taken: (event, before) => this.#taken(event, before),
			signal: kind => void signals.give(kind),
			exit: code => void this.#exit(code),
		});
		this.done = new Promise(resolve => {
			this.#resolve = resolve;
		});
	}

	get state(): ConsoleState {
		return this.#core.state;
	}

	/** Takes the terminal, paints the login at once, then connects and loads the rest. */
	start(): void {
		this.#driver.start();
		this.#driver.paint(screen => paintClocks(screen, this.#clocks, this.#core.now(), this.#theme));
		this.#draw();
		this.#driver.onKeys(keys => {
			this.#core.take(...keys.map((key): ConsoleEvent => ({type: 'key', key})));
			this.#draw();
		});
		this.#driver.onResize(size => {
			this.#core.take({type: 'resize', size});
			this.#shown = undefined;
			this.#ink?.view.resize(size);
			this.#draw();
		});
		this.#core.start();
		this.#options.abort?.addEventListener('abort', () => void this.#exit(1));
		this.#inkLoading = this.#loadInk();
	}

	/** Resolves when nothing is under way and what is shown is the latest: for tests. */
	async idle(): Promise<void> {
		await this.#inkLoading;
		do {
			await Promise.all([this.#core.settled(), this.#driver.idle()]);
			if (this.#frameTimer) this.#draw();
			await new Promise(resolve => setImmediate(resolve));
		} while (this.#core.isBusy || this.#frameTimer);
	}

	/** What comes from the service is shown soon, but a storm of it is not drawn one by one. Keys are drawn by their chunk. */
	#taken(event: ConsoleEvent, before: ConsoleState): void {
		if (event.type === 'key' || event.type === 'resize') return;
		if (event.type === 'tick') {
			// Clocks go on; a list of what runs is drawn anew when it has changed.
			if (this.state !== before) this.#draw();
			this.#driver.repaint();
			return;
		}
		const sinceMs = this.#core.now() - this.#lastFrameMs;
		if (sinceMs >= frameGapMs || sinceMs < 0) this.#draw();
		else this.#frameTimer ??= this.#timers.after(() => this.#draw(), frameGapMs - sinceMs);
	}

	/**
	 * Shows the state. Ink lays out a new structure; as long as it holds, lines whose text has changed go straight into the
	 * cells: a typed letter must not wait for a layout that comes to the same result.
	 */
	#draw(): void {
		this.#frameTimer?.();
		this.#frameTimer = undefined;
		if (this.#core.isOver) return;
		this.#lastFrameMs = this.#core.now();
		const {state} = this;
		const frame = frameOf(state);
		this.#clocks = clocksOf(state);
		if (!this.#ink) {
			this.#driver.show(renderFrame(frame, this.#theme));
			return;
		}
		const shape = frameShape(frame);
		const placed = placeFrame(frame, state.size.columns, this.#theme);
		const before = this.#shown;
		this.#shown = {shape, placed};
		if (before?.shape === shape) {
			this.#driver.update(screen => {
				for (const [at, {x, y, width, text}] of placed.entries()) if (text !== before.placed[at]!.text) screen.paint(x, y, text, width);
			});
			return;
		}
		const {mount, view} = this.#ink;
		view.render(mount.createElement(mount.App, {frame, size: state.size, theme: this.#theme}));
		// Where Ink found nothing to change, the painted regions still may have.
		this.#driver.repaint();
	}

	async #loadInk(): Promise<void> {
		const mount = await (this.#options.loadInk ?? loadInk)();
		if (this.#core.isOver) return;
		const element = mount.createElement(mount.App, {frame: frameOf(this.state), size: this.state.size, theme: this.#theme});
		this.#ink = {mount, view: mount.mountInk(this.#driver, element)};
		this.#draw();
	}

	/** Gives the terminal back while the last draft is on its way. */
	async #exit(code: number, isCutOff = false): Promise<void> {
		if (this.#core.isOver) return;
		const ended = this.#core.end(isCutOff);
		this.#frameTimer?.();
		this.#driver.stop();
		this.#ink?.view.stop();
		await ended;
		this.#resolve(code);
	}

	async #ended(reason: EndReason): Promise<void> {
		await this.#exit(exitCodeOf(reason), isHangup(reason));
	}
}

/** Says an error, now that the terminal is given back. @returns the exit code */
export function exitCodeOf(reason: EndReason): number {
	if (reason.kind !== 'error') return reason.kind === 'signal' ? 128 + signalNumber(reason.signal) : 0;
	process.stderr.write(`${reason.error instanceof Error ? reason.error.stack : String(reason.error)}\n`);
	return 1;
}

/** The terminal has gone: closed, or its line cut. */
export const isHangup = (reason: EndReason): boolean =>
	reason.kind === 'hangup' || (reason.kind === 'signal' && reason.signal === 'SIGHUP');

const signalNumber = (signal: NodeJS.Signals): number =>
	(({SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15}) as Partial<Record<NodeJS.Signals, number>>)[signal] ?? 1;

async function loadInk(): Promise<InkMount> {
	const [{mountInk, createElement}, {App}] = await Promise.all([import('../tty/ink.js'), import('./view/App.js')]);
	return {mountInk, App, createElement};
}
