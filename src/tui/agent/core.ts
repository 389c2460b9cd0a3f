/**
 * What every console of an operator is, whatever it draws on: the model, the line to the service, and the draft that follows
 * what is typed. It holds no call state; a screen or a row of lines looks at `state` and at what it is told.
 */
import type {Client} from '../../server/api/client.js';
import type {RequestError} from '../../server/api/messages.js';
import type {RequestBody} from '../../server/api/requests.js';
import type {Lang} from '../i18n/index.js';
import {draftOf} from '../model/form.js';
import type {Size} from '../model/layout.js';
import {type ConsoleEvent, type ConsoleState, type Credentials, type Effect, initialState, type SignalKind} from '../model/state.js';
import {step} from '../model/step.js';
import {realTimers, type Timers} from '../tty/streams.js';
import {type Binding, bindings} from './keys.js';
import {OwnPhone, type OwnPhoneOptions} from './own-phone.js';
import type {SignalMode} from './signals.js';
import {ConsoleSound, type FindPlayer} from './sound.js';

/** What the console needs of the client; `Client` is one, a test has its own. */
export type ConsoleClient = Pick<Client, 'on' | 'connect' | 'request' | 'login' | 'close' | 'welcome' | 'clockOffsetMs' | 'line'> &
	Partial<Pick<Client, 'heardMs'>>;

export type CoreOptions = {
	/** Makes a client that is not connected yet. */
	connect: () => ConsoleClient;
	lang: Lang;
	/** What to type at the login of a demonstration; the service tells it too. */
	demo?: Credentials | undefined;
	timers?: Timers;
	/** Epoch milliseconds of this machine. */
	now?: () => number;
	/** IANA time zone of the call centre. Default Asia/Tokyo. */
	zone?: string;
	/** The key table; that of the program without. */
	bindings?: readonly Binding[] | undefined;
	/** Opens the mail program with an address; rejects where it cannot. */
	openMail?: (address: string) => Promise<void>;
	/** Plays recordings and messages on this machine. */
	findPlayer?: FindPlayer;
	/** A telephone of the operator's in this process. */
	phone?: Pick<OwnPhoneOptions, 'open' | 'when'>;
	/** How events make themselves heard. Default: the terminal's bell. */
	sound?: SignalMode;
};

export type CoreHooks = {
	/** An event has been taken in: `state` is the new one. */
	taken: (event: ConsoleEvent, before: ConsoleState) => void;
	signal: (kind: SignalKind) => void;
	/** The person leaves, with this exit code. */
	exit: (code: number) => void;
};

/**
 * A change is sent at once, one send at a time, so that a console that is killed takes nothing with it. Only a burst (a key held
 * down, a paste) waits this long between two sends: half of the requests the service allows a console.
 */
const draftGapMs = 40;
/** Pause before a draft that was put off or not answered is sent again, at least and at most. */
const draftRetryMs = 300;
const draftRetryMsMax = 5_000;
const tickMs = 500;
/** The service gives a sign of life every five seconds: two of them are missing. */
const silentMs = 11_000;
/** The same signal is not given again within this time. */
const signalGapMs = 1000;
/** On the way out the last draft is given this long to be taken in. */
const lastWordsMs = 1500;
/** Where the terminal has gone while the line was down, what was typed in between is nowhere else: it waits for the line. */
const cutOffMs = 120_000;
/** A mail program that ends with an error later than this had opened. */
const mailSoonMs = 5000;

export class ConsoleCore {
	state: ConsoleState;
	readonly #options: CoreOptions;
	readonly #hooks: CoreHooks;
	readonly #client: ConsoleClient;
	readonly #timers: Timers;
	readonly #undo: Array<() => void> = [];
	readonly #underWay = new Set<Promise<unknown>>();
	#draft: {isDirty: boolean; isSending: boolean; cancel: (() => void) | undefined} = {isDirty: false, isSending: false, cancel: undefined};
	#draftNotBeforeMs = Number.NEGATIVE_INFINITY;
	readonly #signalledMs = new Map<SignalKind, number>();
	#isOver = false;
	readonly #sound: ConsoleSound;
	readonly #phone: OwnPhone | undefined;

	constructor(options: CoreOptions, size: Size, hooks: CoreHooks) {
		this.#options = options;
		this.#hooks = hooks;
		this.#timers = options.timers ?? realTimers;
		this.#client = options.connect();
		const {findPlayer, lang, zone = 'Asia/Tokyo', demo = null, phone} = options;
		const tell: OwnPhoneOptions['tell'] = (text, tone) => this.#heard({type: 'tell', key: 'say.text', args: {text}, tone});
		this.#phone = phone && new OwnPhone({...phone, lang, tell});
		this.#sound = new ConsoleSound({
			client: this.#client,
			onChange: sound => this.#heard({type: 'sound', sound}),
			...(findPlayer && {findPlayer}),
		});
		this.state = initialState({
			bindings: options.bindings ?? bindings,
			lang,
			zone,
			size,
			demo,
			nowMs: this.now(),
		});
	}

	/** Epoch milliseconds of the service's clock. */
	now(): number {
		return (this.#options.now ?? Date.now)() + this.#client.clockOffsetMs;
	}

	get isOver(): boolean {
		return this.#isOver;
	}

	/** Connects, and begins to hear. */
	start(): void {
		this.#listen();
		this.#undo.push(this.#timers.every(() => this.#tick(), tickMs));
		this.#client.connect();
	}

	/** Keys or a new size; what was typed is on its way to the service when this returns. */
	take(...events: ConsoleEvent[]): void {
		for (const event of events) this.#take(event);
		this.#paceDraft();
	}

	/** Resolves when nothing is under way: for tests. */
	async settled(): Promise<void> {
		await Promise.all(this.#underWay);
	}

	get isBusy(): boolean {
		return this.#underWay.size > 0;
	}

	/** Sends the last draft and hangs up; resolves when it has been taken in, or cannot be. @param isCutOff nobody waits for it at the terminal */
	async end(isCutOff = false): Promise<void> {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#sound.stop();
		this.#sendDraft();
		await Promise.race([
			this.#allAnswered(),
			new Promise<void>(resolve => this.#undo.push(this.#timers.after(resolve, isCutOff ? cutOffMs : lastWordsMs))),
		]);
		while (this.#undo.length > 0) this.#undo.pop()!();
		this.#client.close();
		await this.#phone?.close();
	}

	/** A list of what runs is asked for anew. */
	#tick(): void {
		this.#listenForSilence();
		if (this.state.stage !== 'work') return;
		this.#take({type: 'tick'});
		if (this.state.sound?.state === 'playing') this.#take({type: 'sound', sound: this.#sound.view});
	}

	/** By the service's clock. */
	#heardMs(): number | undefined {
		const {heardMs, clockOffsetMs} = this.#client;
		return heardMs === undefined ? undefined : heardMs + clockOffsetMs;
	}

	/** A line that is cut without a word looks online until somebody notices: here it is noticed that nothing comes any more. */
	#listenForSilence(): void {
		const heardMs = this.#heardMs();
		if (heardMs === undefined || this.#client.line !== 'online') return;
		const line = this.now() - heardMs > silentMs ? 'silent' : 'online';
		if (line !== this.state.line) this.#heard({type: 'line', state: line, heardMs});
	}

	#listen(): void {
		const client = this.#client;
		this.#undo.push(
			client.on('line', line => {
				// Whether it is a demonstration is known before keys that waited for the line are gone through.
				const demo = client.welcome?.demo;
				if (line === 'online' && demo && !this.#options.demo) this.#heard({type: 'demo', demo});
				this.#heard({type: 'line', state: line, heardMs: this.#heardMs()});
				// The view comes back before the line counts as online: what could not be sent then goes now.
				if (line === 'online') this.#sendDraft();
			}),
			client.on('snapshot', view => this.#heard({type: 'view', view, isWhole: true})),
			client.on('update', (_set, _nowMs, view) => this.#heard({type: 'view', view, isWhole: false})),
			client.on('sessionClosed', reason => this.#heard({type: 'closed', reason})),
		);
	}

	#heard(event: ConsoleEvent): void {
		if (this.#isOver) return;
		this.#take(event);
		this.#paceDraft();
	}

	#take(event: ConsoleEvent): void {
		const before = this.state;
		const next = step(before, event, this.now());
		this.state = next.state;
		this.#hooks.taken(event, before);
		if (this.#phone && (event.type === 'view' || event.type === 'closed')) this.#phoneSees(event);
		for (const effect of next.effects) this.#perform(effect);
	}

	#phoneSees(event: Extract<ConsoleEvent, {type: 'view' | 'closed'}>): void {
		if (event.type === 'closed') {
			this.#phone?.seen(undefined);
			return;
		}
		const refusal = event.isWhole ? this.#phone?.refuses(event.view) : undefined;
		if (refusal !== undefined) queueMicrotask(() => this.#heard({type: 'tell', key: 'say.text', args: {text: refusal}}));
		this.#phone?.seen(event.view);
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
				// 通話 takes the telephone that rings here off the hook; the service hears of it from there.
				if (effect.body.type === 'answer' && this.#phone?.answer()) {
					this.#heard({type: 'granted', request: effect.body, value: null});
					return;
				}
				this.#ask(effect.body, () => this.#client.request(effect.body));
				return;
			case 'draft':
				this.#draft.isDirty = true;
				if (effect.now) this.#sendDraft();
				return;
			case 'openMail':
				void this.#openMail(effect.address);
				return;
			case 'bell': {
				const {kind = 'error'} = effect;
				if (this.now() - (this.#signalledMs.get(kind) ?? Number.NEGATIVE_INFINITY) < signalGapMs) return;
				this.#signalledMs.set(kind, this.now());
				this.#hooks.signal(kind);
				return;
			}
			case 'sound':
				if (effect.act === 'play') {
					const request: RequestBody = {type: 'openAudio', of: effect.of, how: 'play'};
					this.#track(this.#sound.play(effect.of).catch((error: unknown) => this.#notGranted(request, error)));
				} else if (effect.act === 'jump') this.#sound.jump(effect.byMs);
				else this.#sound[effect.act]();
				return;
			case 'exit':
				this.#hooks.exit(effect.code);
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
		const waitMs = this.#draftNotBeforeMs - this.now();
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
		this.#draftNotBeforeMs = this.now() + draftGapMs;
		let isTaken = false;
		const sent = this.#client.request({type: 'putDraft', draft: draftOf(form), typed: form.helped.seq}).then(
			() => {
				isTaken = true;
			},
			(error: unknown) => {
				// Without an answer, or put off, it stays to be sent.
				const refusal = refusalOf(error);
				if (refusal && refusal.code !== 'slowDown') return;
				this.#draft.isDirty = true;
				this.#draftNotBeforeMs = this.now() + Math.min(draftRetryMsMax, Math.max(draftRetryMs, refusal?.retryMs ?? 0));
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

	/** The program may stay open for hours: only what fails soon has not opened. */
	async #openMail(address: string): Promise<void> {
		const sinceMs = this.now();
		try {
			await (this.#options.openMail ?? (await import('./mailer.js')).openMail)(address);
		} catch (error) {
			const program = (error as {program?: string}).program ?? '';
			if (this.now() - sinceMs < mailSoonMs) this.#heard({type: 'mailFailed', address, program});
		}
	}

	/** A save carries the draft itself. */
	#forgetDraft(): void {
		this.#draft.cancel?.();
		this.#draft.cancel = undefined;
		this.#draft.isDirty = false;
	}

	/** What was typed while the last draft was on its way goes behind it. */
	async #allAnswered(): Promise<void> {
		if (this.#draft.isDirty && this.#client.line !== 'online')
			await new Promise<void>(resolve => this.#undo.push(this.#client.on('line', line => line === 'online' && resolve())));
		while (this.#underWay.size > 0) await Promise.allSettled([...this.#underWay]);
	}
}

/** The service's reason, when the error is one. Told by name: the class lives with the client, which the console does not load. */
function refusalOf(error: unknown): RequestError | null {
	return error instanceof Error && error.name === 'Refused' ? (error as Error & {error: RequestError}).error : null;
}
