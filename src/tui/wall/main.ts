/** Entry of the wall screen: feed, clock and pages come together here. */
import type {WallLayout} from '../../server/config/wall-layout.js';
import type {Lang} from '../i18n/index.js';
import {type AmbiguousWidth, type CellRuler, makeCellRuler} from '../tty/cells.js';
import {measureAmbiguous} from '../tty/measure.js';
import {realTimers, type Timers} from '../tty/streams.js';
import {drawWall} from './draw.js';
import {Feed, type FeedClient} from './feed.js';
import {firstTurn, pagesOf, type Turn, turnBy, turned} from './pages.js';
import {WallScreen} from './screen.js';
import {steadyClock} from './steady.js';
import {sayIn} from './texts.js';

export type WallOptions = {
	lang: Lang;
	layout: WallLayout;
	client: FeedClient;
	key: () => string;
	noColour: boolean;
	/** How wide the terminal draws ambiguous characters; `measure` asks it. Default: narrow. */
	ambiguous?: AmbiguousWidth | 'measure';
	input?: NodeJS.ReadableStream;
	output?: NodeJS.WritableStream;
	timers?: Timers;
	monotonic?: () => number;
	wall?: () => number;
};

const tickMs = 250;
const blinkMs = 500;

export class Wall {
	/** Resolves when it is left by key or told to stop. */
	readonly done: Promise<void>;
	readonly feed: Feed;
	readonly #options: WallOptions;
	readonly #screen: WallScreen;
	readonly #ruler: CellRuler;
	readonly #steadyMs: () => number;
	#turn: Turn = firstTurn;
	#cancel: (() => void) | undefined;
	#end: () => void = () => {};
	#isOver = false;

	constructor(options: WallOptions) {
		this.#options = options;
		const {client, key, timers = realTimers, noColour, input, output} = options;
		this.#steadyMs = steadyClock({monotonic: options.monotonic ?? (() => performance.now()), wall: options.wall ?? (() => Date.now())});
		this.feed = new Feed({client, key, timers, steadyMs: this.#steadyMs, onChange: () => this.draw()});
		this.done = new Promise(resolve => {
			this.#end = resolve;
		});
		this.#ruler = makeCellRuler(options.ambiguous === 2 ? 2 : 1);
		this.#screen = new WallScreen({
			ruler: this.#ruler,
			...(input && {input}),
			...(output && {output}),
			noColour,
			onKey: name => this.#key(name),
			onResize: () => this.draw(),
		});
	}

	start(): void {
		this.draw();
		this.#cancel = (this.#options.timers ?? realTimers).every(() => this.draw(), tickMs);
		this.feed.start();
	}

	/** After SIGCONT: what is on the terminal is unknown, and everything is as old as it is. */
	resume(): void {
		this.draw();
		this.#screen.repaint();
	}

	stop(): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#cancel?.();
		this.feed.stop();
		this.#screen.close();
		this.#end();
	}

	/** Draws what there is, with its age at this moment. */
	draw(): void {
		if (this.#isOver) return;
		const {lang, layout} = this.#options;
		const {figures, fault} = this.feed;
		const nowMs = this.#steadyMs();
		const pages = figures ? pagesOf(layout, figures, sayIn(lang)) : [];
		this.#turn = turned(this.#turn, pages, layout.rotateS, nowMs);
		this.#screen.show(
			drawWall({
				lang,
				layout,
				...this.#screen.size,
				ruler: this.#ruler,
				figures,
				ageMs: this.feed.ageMs(),
				fault,
				page: pages[this.#turn.at],
				at: this.#turn.at,
				of: pages.length,
				held: this.#turn.held,
				isDark: layout.blink && Math.floor(nowMs / blinkMs) % 2 === 1,
			}),
		);
	}

	#key(name: 'quit' | 'next' | 'previous' | 'hold'): void {
		if (name === 'quit') {
			this.stop();
			return;
		}
		const {lang, layout} = this.#options;
		const count = this.feed.figures ? pagesOf(layout, this.feed.figures, sayIn(lang)).length : 0;
		const nowMs = this.#steadyMs();
		if (name === 'hold') this.#turn = {...this.#turn, held: !this.#turn.held, sinceMs: nowMs};
		else this.#turn = turnBy(this.#turn, name === 'next' ? 1 : -1, count, nowMs);
		this.draw();
	}
}

/** Runs the wall on this terminal until it is left. @returns the exit code: 0, or 128 + n after signal n. */
export async function runWall(options: WallOptions): Promise<number> {
	const ambiguous = options.ambiguous === 'measure' ? await measureAmbiguous(process.stdin, process.stdout) : options.ambiguous;
	const wall = new Wall({...options, ambiguous: ambiguous ?? 1});
	let code = 0;
	const numbers = {SIGINT: 2, SIGTERM: 15, SIGHUP: 1} as const;
	const ends = Object.entries(numbers).map(([signal, number]) => {
		const end = () => {
			code = 128 + number;
			wall.stop();
		};
		process.on(signal, end);
		return () => process.off(signal, end);
	});
	const resume = () => wall.resume();
	process.on('SIGCONT', resume);
	wall.start();
	await wall.done;
	process.off('SIGCONT', resume);
	for (const off of ends) off();
	return code;
}
