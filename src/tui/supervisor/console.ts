/**
 * The shell around the supervisors' model: it feeds keys and messages in, carries effects out, and draws. Ink lays the screen out;
 * the rows that tick, a thousand seats among them, are painted straight into the cells at their own pace.
 */
import type {Client} from '../../server/api/client.js';
import type {RequestError} from '../../server/api/messages.js';
import type {RequestBody} from '../../server/api/requests.js';
import type {InkMount} from '../agent/console.js';
import {type SignalMode, Signals} from '../agent/signals.js';
import type {Lang} from '../i18n/index.js';
import {translator} from '../i18n/index.js';
import {frameShape, type Placed, placeFrame, renderFrame} from '../line.js';
import {sizeMin} from '../model/layout.js';
import type {Credentials} from '../model/state.js';
import {isStale} from '../model/supervisor/freshness.js';
import {type Effect, initialState, type SupervisorEvent, type SupervisorState} from '../model/supervisor/state.js';
import {step} from '../model/supervisor/step.js';
import {type Theme, themeFor} from '../theme.js';
import type {AmbiguousWidth} from '../tty/cells.js';
import {Driver, type EndReason} from '../tty/driver.js';
import type {InkView} from '../tty/ink.js';
import {type InputStream, type OutputStream, realTimers, type Timers} from '../tty/streams.js';
import {frameOf, isPainted, type PaintedRow, paintedRows} from './view/frame.js';
import {Painter} from './view/painter.js';

/** What the console needs of the client; `Client` is one, a test has its own. */
export type SupervisorClient = Pick<Client, 'on' | 'connect' | 'request' | 'login' | 'close' | 'welcome' | 'clockOffsetMs' | 'line'>;

export type SupervisorOptions = {
	/** Makes a client that is not connected yet. */
	connect: () => SupervisorClient;
	lang: Lang;
	demo?: Credentials | undefined;
	stdin?: InputStream;
	stdout?: OutputStream;
	timers?: Timers;
	/** Epoch milliseconds of this machine. */
	now?: () => number;
	/** Milliseconds of a clock that nobody sets, and that goes on while this process is stopped. */
	monotonic?: () => number;
	/** IANA time zone of the call centre. Default Asia/Tokyo. */
	zone?: string;
	theme?: Theme;
	ambiguous?: AmbiguousWidth | 'measure';
	/** How events make themselves heard. Default: the terminal's bell. */
	sound?: SignalMode;
	/** Loads Ink and React; the first screen is up before that. */
	loadInk?: () => Promise<InkMount>;
	/** Takes what is to be said once the terminal is given back. */
	say?: (line: string) => void;
	ownsProcess?: boolean;
};

const frameGapMs = 16;
const tickMs = 500;
const bellGapMs = 1_000;

export class SupervisorConsole {
	/** Resolves with the exit code once the terminal is given back. */
	readonly done: Promise<number>;
	state: SupervisorState;
	readonly #options: SupervisorOptions;
	readonly #client: SupervisorClient;
	readonly #driver: Driver;
	readonly #signals: Signals;
	readonly #timers: Timers;
	readonly #theme: Theme;
	readonly #now: () => number;
	readonly #monotonic: () => number;
	readonly #undo: Array<() => void> = [];
	/** The structure Ink laid out, and every line's text; the rows painted over it. */
	#shown: {shape: string; placed: Placed[]} | undefined;
	readonly #painter: Painter;
	#ink: {view: InkView; mount: InkMount} | undefined;
	#inkLoading: Promise<void> | undefined;
	#resolve: (code: number) => void = () => {};
	readonly #underWay = new Set<Promise<unknown>>();
	#frameTimer: (() => void) | undefined;
	#drawnMs = Number.NEGATIVE_INFINITY;
	#wasStale = true;
	/** The time that running times show. */
	#tick = {nowMs: Number.NEGATIVE_INFINITY, monoMs: 0};
	#bellMs = Number.NEGATIVE_INFINITY;
	#isOver = false;

	constructor(options: SupervisorOptions) {
		this.#options = options;
		this.#timers = options.timers ?? realTimers;
		this.#theme = options.theme ?? themeFor(process.env);
		this.#painter = new Painter(this.#theme);
		this.#monotonic = options.monotonic ?? (() => performance.now());
		const t = translator(options.lang);
		this.#driver = new Driver({
			stdin: options.stdin ?? process.stdin,
			stdout: options.stdout ?? process.stdout,
			timers: this.#timers,
			ambiguous: options.ambiguous ?? 'measure',
			sizeMin,
			tooSmall: size => ['', ` ${t('small.1', size)}`, ` ${t('small.2')}`],
			onEnd: reason => void this.#ended(reason),
			ownsProcess: options.ownsProcess ?? true,
		});
		this.#signals = new Signals({mode: options.sound ?? 'bell', bell: () => this.#driver.bell()});
		this.#client = options.connect();
		this.#now = () => (options.now ?? Date.now)() + this.#client.clockOffsetMs;
		const {lang, zone = 'Asia/Tokyo', demo = null} = options;
		this.state = initialState({lang, zone, size: this.#driver.size, demo, nowMs: this.#now()});
		this.done = new Promise(resolve => {
			this.#resolve = resolve;
		});
	}

	/** Takes the terminal, paints the login at once, then connects and loads the rest. */
	start(): void {
		this.#driver.start();
		this.#driver.paint(screen => this.#painter.paint(screen, this.#rows()));
		this.#draw();
		this.#driver.onKeys(keys => {
			for (const key of keys) this.#take({type: 'key', key});
			this.#draw();
		});
		this.#driver.onResize(size => {
			this.#take({type: 'resize', size});
			this.#shown = undefined;
			this.#ink?.view.resize(size);
			this.#draw();
		});
		this.#listen();
		this.#undo.push(this.#timers.every(() => this.#goOn(), tickMs));
		this.#client.connect();
		this.#inkLoading = this.#loadInk();
	}

	/** Resolves when nothing is under way and what is shown is the latest: for tests. */
	async idle(): Promise<void> {
		await this.#inkLoading;
		do {
			await Promise.all([...this.#underWay, this.#driver.idle()]);
			if (this.#frameTimer) this.#draw();
			await new Promise(resolve => setImmediate(resolve));
		} while (this.#underWay.size > 0 || this.#frameTimer);
	}

	/** Running times go on at the ticks, so that a change of status is painted without them; a clock that was set, or stood still, shows. */
	#rows(): PaintedRow[] {
		const nowMs = this.#now();
		if (!(nowMs >= this.#tick.nowMs && nowMs - this.#tick.nowMs < 2 * tickMs)) this.#tick = {nowMs, monoMs: this.#monotonic()};
		return paintedRows(this.state, this.#tick.nowMs, this.#monotonic(), this.#tick.monoMs);
	}

	/** Times go on, and figures that have grown old lose their colours. */
	#goOn(): void {
		if (this.state.stage !== 'floor') return;
		this.#tick = {nowMs: this.#now(), monoMs: this.#monotonic()};
		const before = this.state;
		this.#take({type: 'tick'});
		if (this.state !== before || isStale(this.state.freshness, this.#monotonic()) !== this.#wasStale) this.#draw();
		else this.#driver.repaint();
	}

	#listen(): void {
		const client = this.#client;
		this.#undo.push(
			client.on('line', line => {
				this.#heard({type: 'line', state: line});
				const demo = client.welcome?.demo?.supervisor;
				if (line === 'online' && demo && !this.#options.demo) this.#heard({type: 'demo', demo});
			}),
			client.on('snapshot', view => this.#heard({type: 'view', view, isWhole: true})),
			client.on('update', (_set, _nowMs, view) => this.#heard({type: 'view', view, isWhole: false})),
			client.on('floor', message => this.#heard({type: 'floor', message, monoMs: this.#monotonic()})),
			client.on('screen', (of, view) => this.#heard({type: 'screen', of, view})),
			client.on('sessionClosed', reason => this.#heard({type: 'closed', reason})),
		);
	}

	/** An event from the service: shown soon, but a storm of them is not drawn one by one. */
	#heard(event: SupervisorEvent): void {
		if (this.#isOver) return;
		this.#take(event);
		const sinceMs = this.#monotonic() - this.#drawnMs;
		if (sinceMs >= frameGapMs) this.#draw();
		else this.#frameTimer ??= this.#timers.after(() => this.#draw(), frameGapMs - sinceMs);
	}

	#take(event: SupervisorEvent): void {
		const next = step(this.state, event, this.#now());
		this.state = next.state;
		for (const effect of next.effects) this.#perform(effect);
	}

	#perform(effect: Effect): void {
		switch (effect.effect) {
			case 'login': {
				const {loginId, password, extension} = effect.credentials;
				this.#ask({type: 'login'}, () => this.#client.login(loginId, password, extension));
				return;
			}
			case 'send':
				this.#ask(effect.body, () => this.#client.request(effect.body));
				return;
			case 'bell':
				if (this.#monotonic() - this.#bellMs < bellGapMs) return;
				this.#bellMs = this.#monotonic();
				void this.#signals.give(effect.kind);
				return;
			case 'exit':
				void this.#exit(effect.code, effect.text && translator(this.state.lang)(effect.text));
		}
	}

	#ask(request: RequestBody | {type: 'login'}, send: () => Promise<unknown>): void {
		const work = send().then(
			value => this.#heard({type: 'granted', request, value}),
			(error: unknown) => {
				const refusal = refusalOf(error);
				this.#heard(refusal ? {type: 'refused', request, error: refusal} : {type: 'unanswered', request});
			},
		);
		this.#underWay.add(work);
		void work.finally(() => this.#underWay.delete(work));
	}

	/** Shows the state: what Ink laid out is kept as long as the structure holds; lines that changed go straight into the cells. */
	#draw(): void {
		this.#frameTimer?.();
		this.#frameTimer = undefined;
		if (this.#isOver) return;
		const {state} = this;
		this.#drawnMs = this.#monotonic();
		this.#wasStale = isStale(state.freshness, this.#drawnMs);
		const frame = frameOf(state, this.#wasStale);
		if (!this.#ink) {
			this.#driver.show(renderFrame(frame, this.#theme));
			return;
		}
		const shape = `${frameShape(frame)} ${state.stage} ${state.isHelpOpen} ${state.opened !== null}`;
		const placed = placeFrame(frame, state.size.columns, this.#theme);
		const before = this.#shown;
		this.#shown = {shape, placed};
		if (before?.shape === shape) {
			this.#driver.update(screen => {
				for (const [at, {x, y, width, text}] of placed.entries())
					if (text !== before.placed[at]!.text && !isPainted(state, y)) screen.paint(x, y, text, width);
			});
			return;
		}
		const {mount, view} = this.#ink;
		view.render(mount.createElement(mount.App, {frame, size: state.size, theme: this.#theme}));
		// Where Ink found nothing to change, the painted rows still may have.
		this.#driver.repaint();
	}

	async #loadInk(): Promise<void> {
		const mount = await (this.#options.loadInk ?? loadInk)();
		if (this.#isOver) return;
		const frame = frameOf(this.state, isStale(this.state.freshness, this.#monotonic()));
		const element = mount.createElement(mount.App, {frame, size: this.state.size, theme: this.#theme});
		this.#ink = {mount, view: mount.mountInk(this.#driver, element)};
		this.#draw();
	}

	async #exit(code: number, text?: string): Promise<void> {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#frameTimer?.();
		this.#driver.stop();
		this.#ink?.view.stop();
		while (this.#undo.length > 0) this.#undo.pop()!();
		await Promise.race([Promise.allSettled([...this.#underWay]), new Promise<void>(resolve => this.#timers.after(resolve, bellGapMs))]);
		this.#client.close();
		if (text) (this.#options.say ?? (line => void process.stderr.write(`${line}\n`)))(text);
		this.#resolve(code);
	}

	async #ended(reason: EndReason): Promise<void> {
		if (reason.kind === 'error') process.stderr.write(`${reason.error instanceof Error ? reason.error.stack : String(reason.error)}\n`);
		await this.#exit(reason.kind === 'error' ? 1 : reason.kind === 'signal' ? 128 + (signalNumbers[reason.signal] ?? 1) : 0);
	}
}

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = {SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15};

/** The service's reason, when the error is one. Told by name: the class lives with the client, which the console does not load. */
function refusalOf(error: unknown): RequestError | null {
	return error instanceof Error && error.name === 'Refused' ? (error as Error & {error: RequestError}).error : null;
}

async function loadInk(): Promise<InkMount> {
	const [{mountInk, createElement}, {App}] = await Promise.all([import('../tty/ink.js'), import('../agent/view/App.js')]);
	return {mountInk, App, createElement};
}
