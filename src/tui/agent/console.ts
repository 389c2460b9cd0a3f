/**
 * The shell around the pure model: it feeds keys and messages in, carries effects out, and draws. It holds no call state.
 * A typed letter is on the screen before anything is sent; the draft follows behind.
 */
import type {Client} from '../../server/api/client.js';
import type {RequestError} from '../../server/api/messages.js';
import type {RequestBody} from '../../server/api/requests.js';
import type {Lang} from '../i18n/index.js';
import {translator} from '../i18n/index.js';
import {frameShape, type Placed, placeFrame, renderFrame} from '../line.js';
import {draftOf} from '../model/form.js';
import {sizeMin} from '../model/layout.js';
import {type ConsoleEvent, type ConsoleState, type Credentials, type Effect, initialState} from '../model/state.js';
import {step} from '../model/step.js';
import {type Theme, themeFor} from '../theme.js';
import type {AmbiguousWidth} from '../tty/cells.js';
import {Driver, type EndReason} from '../tty/driver.js';
import type {InkView} from '../tty/ink.js';
import {type InputStream, type OutputStream, realTimers, type Timers} from '../tty/streams.js';
import {ConsoleSound, type FindPlayer} from './sound.js';
import {clocksOf, frameOf, paintClocks} from './view/frame.js';
import type {Clock} from './view/toolbar.js';

/** What the console needs of the client; `Client` is one, a test has its own. */
export type ConsoleClient = Pick<Client, 'on' | 'connect' | 'request' | 'login' | 'close' | 'welcome' | 'clockOffsetMs' | 'line'>;

export type ConsoleOptions = {
	/** Makes a client that is not connected yet. */
	connect: () => ConsoleClient;
	lang: Lang;
	/** What to type at the login of a demonstration; the service tells it too. */
	demo?: Credentials | undefined;
	stdin?: InputStream;
	stdout?: OutputStream;
	timers?: Timers;
	/** Epoch milliseconds of this machine. */
	now?: () => number;
	/** IANA time zone of the call centre. Default Asia/Tokyo. */
	zone?: string;
	theme?: Theme;
	ambiguous?: AmbiguousWidth | 'measure';
	/** Opens the mail program with an address. */
	openMail?: (address: string) => void;
	/** Plays recordings and messages on this machine. */
	findPlayer?: FindPlayer;
	/** Loads Ink and React; the first screen is up before that. */
	loadInk?: () => Promise<InkMount>;
	ownsProcess?: boolean;
	/** Ends the console from outside, with exit code 1: what it was opened on is not there. */
	abort?: AbortSignal;
};

export type InkMount = {
	mountInk: typeof import('../tty/ink.js').mountInk;
	App: typeof import('./view/App.js').App;
	createElement: typeof import('react').createElement;
};

/**
 * A change is sent at once, one send at a time, so that a console that is killed takes nothing with it. Only a burst (a key held
 * down, a paste) waits this long between two sends: half of the requests the service allows a console.
 */
const draftGapMs = 40;
/** Pause before a draft that was put off or not answered is sent again, at least and at most. */
const draftRetryMs = 300;
const draftRetryMsMax = 5_000;
const frameGapMs = 33;
const tickMs = 500;
const bellGapMs = 1000;
/** On the way out the last draft is given this long to be taken in. */
const lastWordsMs = 1500;

export class AgentConsole {
	/** Resolves with the exit code once the terminal is given back. */
	readonly done: Promise<number>;
	state: ConsoleState;
	readonly #options: ConsoleOptions;
	readonly #client: ConsoleClient;
	readonly #driver: Driver;
	readonly #timers: Timers;
	readonly #theme: Theme;
	readonly #now: () => number;
	readonly #undo: Array<() => void> = [];
	#clocks: Clock[] = [];
	/** What is on the screen: the structure Ink laid out, and every line's text. */
	#shown: {shape: string; placed: Placed[]} | undefined;
	#ink: {view: InkView; mount: InkMount} | undefined;
	#inkLoading: Promise<void> | undefined;
	#resolve: (code: number) => void = () => {};
	#underWay = new Set<Promise<unknown>>();
	#draft: {isDirty: boolean; isSending: boolean; cancel: (() => void) | undefined} = {isDirty: false, isSending: false, cancel: undefined};
	#draftNotBeforeMs = Number.NEGATIVE_INFINITY;
	#frameTimer: (() => void) | undefined;
	#lastFrameMs = 0;
	#lastBellMs = Number.NEGATIVE_INFINITY;
	#isOver = false;
	readonly #sound: ConsoleSound;

	constructor(options: ConsoleOptions) {
		this.#options = options;
		this.#timers = options.timers ?? realTimers;
		this.#theme = options.theme ?? themeFor(process.env);
		const stdout = options.stdout ?? process.stdout;
		const t = translator(options.lang);
		this.#driver = new Driver({
			stdin: options.stdin ?? process.stdin,
			stdout,
			timers: this.#timers,
			ambiguous: options.ambiguous ?? 'measure',
			sizeMin,
			tooSmall: size => ['', ` ${t('small.1', size)}`, ` ${t('small.2')}`],
			onEnd: reason => void this.#ended(reason),
			ownsProcess: options.ownsProcess ?? true,
		});
		this.#client = options.connect();
		const {findPlayer} = options;
		this.#sound = new ConsoleSound({
			client: this.#client,
			onChange: sound => this.#heard({type: 'sound', sound}),
			...(findPlayer && {findPlayer}),
		});
		this.#now = () => (options.now ?? Date.now)() + this.#client.clockOffsetMs;
		this.state = initialState({
			lang: options.lang,
			zone: options.zone ?? 'Asia/Tokyo',
			size: this.#driver.size,
			demo: options.demo ?? null,
			nowMs: this.#now(),
		});
		this.done = new Promise(resolve => {
			this.#resolve = resolve;
		});
	}

	/** Takes the terminal, paints the login at once, then connects and loads the rest. */
	start(): void {
		this.#driver.start();
		this.#driver.paint(screen => paintClocks(screen, this.#clocks, this.#now(), this.#theme));
		this.#draw();
		this.#driver.onKeys(keys => {
			for (const key of keys) this.#take({type: 'key', key});
			this.#draw();
			this.#paceDraft();
		});
		this.#driver.onResize(size => {
			this.#take({type: 'resize', size});
			this.#shown = undefined;
			this.#ink?.view.resize(size);
			this.#draw();
		});
		this.#listen();
		this.#undo.push(this.#timers.every(() => this.#tick(), tickMs));
		this.#client.connect();
		this.#options.abort?.addEventListener('abort', () => void this.#exit(1));
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

	/** Clocks go on; a list of what runs is drawn anew when it has changed. */
	#tick(): void {
		if (this.state.stage !== 'work') return;
		const before = this.state;
		this.#take({type: 'tick'});
		if (this.state.sound?.state === 'playing') this.#take({type: 'sound', sound: this.#sound.view});
		if (this.state !== before) this.#draw();
		this.#driver.repaint();
	}

	#listen(): void {
		const client = this.#client;
		this.#undo.push(
			client.on('line', line => {
				this.#heard({type: 'line', state: line});
				// The view comes back before the line counts as online: what could not be sent then goes now.
				if (line === 'online') this.#sendDraft();
				const demo = client.welcome?.demo;
				if (line === 'online' && demo && !this.#options.demo) this.#heard({type: 'demo', demo});
			}),
			client.on('snapshot', view => this.#heard({type: 'view', view, isWhole: true})),
			client.on('update', (_set, _nowMs, view) => this.#heard({type: 'view', view, isWhole: false})),
			client.on('sessionClosed', reason => this.#heard({type: 'closed', reason})),
		);
	}

	/** An event from the service: shown soon, but a storm of them is not drawn one by one. */
	#heard(event: ConsoleEvent): void {
		if (this.#isOver) return;
		this.#take(event);
		this.#paceDraft();
		const sinceMs = this.#now() - this.#lastFrameMs;
		if (sinceMs >= frameGapMs || sinceMs < 0) this.#draw();
		else this.#frameTimer ??= this.#timers.after(() => this.#draw(), frameGapMs - sinceMs);
	}

	#take(event: ConsoleEvent): void {
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
				if (effect.body.type === 'save') this.#forgetDraft();
				this.#ask(effect.body, () => this.#client.request(effect.body));
				return;
			case 'draft':
				this.#draft.isDirty = true;
				if (effect.now) this.#sendDraft();
				return;
			case 'openMail':
				(this.#options.openMail ?? openMail)(effect.address);
				return;
			case 'bell':
				if (this.#now() - this.#lastBellMs >= bellGapMs) {
					this.#lastBellMs = this.#now();
					this.#driver.bell();
				}
				return;
			case 'sound':
				if (effect.act === 'play') {
					const request: RequestBody = {type: 'openAudio', of: effect.of, how: 'play'};
					this.#track(this.#sound.play(effect.of).catch((error: unknown) => this.#notGranted(request, error)));
				} else if (effect.act === 'jump') this.#sound.jump(effect.byMs);
				else this.#sound[effect.act]();
				return;
			case 'exit':
				void this.#exit(effect.code);
		}
	}

	#ask(request: RequestBody | {type: 'login'}, send: () => Promise<unknown>): void {
		this.#track(
			send().then(
				value => this.#heard({type: 'granted', request, value}),
				(error: unknown) => this.#notGranted(request, error),
			),
		);
	}

	#notGranted(request: RequestBody | {type: 'login'}, error: unknown): void {
		const refusal = refusalOf(error);
		this.#heard(refusal ? {type: 'refused', request, error: refusal} : {type: 'unanswered', request});
	}

	#track(work: Promise<unknown>): void {
		this.#underWay.add(work);
		void work.finally(() => this.#underWay.delete(work));
	}

	/** Sends what is typed now, or when the gap after the last send is over. */
	#paceDraft(): void {
		if (this.#isOver || this.#client.line !== 'online' || !this.#draft.isDirty || this.#draft.isSending || this.#draft.cancel) return;
		const waitMs = this.#draftNotBeforeMs - this.#now();
		// A clock that was set back must not hold letters up.
		if (waitMs <= 0 || waitMs > draftRetryMsMax) this.#sendDraft();
		else this.#draft.cancel = this.#timers.after(() => this.#sendDraft(), waitMs);
	}

	/** Sends what is typed, one draft at a time; what changes meanwhile goes with the next. */
	#sendDraft(): void {
		this.#draft.cancel?.();
		this.#draft.cancel = undefined;
		const {form, saving} = this.state;
		if (!this.#draft.isDirty || this.#draft.isSending || !form || saving || this.#client.line !== 'online') return;
		this.#draft.isDirty = false;
		this.#draft.isSending = true;
		this.#draftNotBeforeMs = this.#now() + draftGapMs;
		let isTaken = false;
		const sent = this.#client.request({type: 'putDraft', draft: draftOf(form)}).then(
			() => {
				isTaken = true;
			},
			(error: unknown) => {
				// Without an answer, or put off, it stays to be sent.
				const refusal = refusalOf(error);
				if (refusal && refusal.code !== 'slowDown') return;
				this.#draft.isDirty = true;
				this.#draftNotBeforeMs = this.#now() + Math.min(draftRetryMsMax, Math.max(draftRetryMs, refusal?.retryMs ?? 0));
			},
		);
		this.#track(
			sent.finally(() => {
				this.#draft.isSending = false;
				if (!this.#isOver) this.#paceDraft();
				else if (isTaken) this.#sendDraft();
			}),
		);
	}

	/** A save carries the draft itself. */
	#forgetDraft(): void {
		this.#draft.cancel?.();
		this.#draft.cancel = undefined;
		this.#draft.isDirty = false;
	}

	/**
	 * Shows the state. Ink lays out a new structure; as long as it holds, lines whose text has changed go straight into the
	 * cells: a typed letter must not wait for a layout that comes to the same result.
	 */
	#draw(): void {
		this.#frameTimer?.();
		this.#frameTimer = undefined;
		if (this.#isOver) return;
		this.#lastFrameMs = this.#now();
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
		if (this.#isOver) return;
		const element = mount.createElement(mount.App, {frame: frameOf(this.state), size: this.state.size, theme: this.#theme});
		this.#ink = {mount, view: mount.mountInk(this.#driver, element)};
		this.#draw();
	}

	/** Sends the last draft, then gives the terminal back. */
	async #exit(code: number): Promise<void> {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#sound.stop();
		this.#frameTimer?.();
		this.#sendDraft();
		this.#driver.stop();
		this.#ink?.view.stop();
		await Promise.race([this.#allAnswered(), new Promise<void>(resolve => this.#undo.push(this.#timers.after(resolve, lastWordsMs)))]);
		while (this.#undo.length > 0) this.#undo.pop()!();
		this.#client.close();
		this.#resolve(code);
	}

	/** What was typed while the last draft was on its way goes behind it. */
	async #allAnswered(): Promise<void> {
		while (this.#underWay.size > 0) await Promise.allSettled([...this.#underWay]);
	}

	async #ended(reason: EndReason): Promise<void> {
		if (reason.kind === 'error') process.stderr.write(`${reason.error instanceof Error ? reason.error.stack : String(reason.error)}\n`);
		await this.#exit(reason.kind === 'error' ? 1 : reason.kind === 'signal' ? 128 + signalNumber(reason.signal) : 0);
	}
}

const signalNumber = (signal: NodeJS.Signals): number =>
	(({SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15}) as Partial<Record<NodeJS.Signals, number>>)[signal] ?? 1;

/** The service's reason, when the error is one. Told by name: the class lives with the client, which the console does not load. */
function refusalOf(error: unknown): RequestError | null {
	return error instanceof Error && error.name === 'Refused' ? (error as Error & {error: RequestError}).error : null;
}

async function loadInk(): Promise<InkMount> {
	const [{mountInk}, {App}, {createElement}] = await Promise.all([import('../tty/ink.js'), import('./view/App.js'), import('react')]);
	return {mountInk, App, createElement};
}

async function openMail(address: string): Promise<void> {
	const {spawn} = await import('node:child_process');
	const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
	const child = spawn(program, [`mailto:${encodeURIComponent(address).replace('%40', '@')}`], {detached: true, stdio: 'ignore'});
	child.on('error', () => {});
	child.unref();
}
