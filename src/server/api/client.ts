/**
 * The typed client of the service, for consoles, commands and tests. It keeps one WebSocket open for as long as it lives:
 * when the line is lost it says so, tries again for ever with growing pauses, and goes back to its session with the token.
 * Requests are never repeated by themselves: a request that was under way when the line broke is rejected with `Unanswered`,
 * because nobody can know whether it was carried out.
 */
import WebSocket from 'ws';
import type {FloorMessage} from './floor.js';
import type {LoginResult, Results, ServerMessage, Welcome} from './messages.js';
import {messageBytesMax, protocolVersion, Refused} from './messages.js';
import {hasCertificate, unpinned} from './pin.js';
import type {RequestBody, RequestType} from './requests.js';
import type {SessionView} from './views.js';

export type ClosedReason = Extract<ServerMessage, {type: 'closed'}>['reason'];

/**
 * `connecting`: not one connection has been made yet. `offline`: there was one, it is being tried again.
 * `online`: connected and greeted; when a session was open it has been attached again. `closed`: `close()` was called.
 */
export type LineState = 'connecting' | 'online' | 'offline' | 'closed';

export type ClientEvents = {
	line: (state: LineState) => void;
	/** The whole view is new: after login, attach, and each time the line is back. */
	snapshot: (view: SessionView, nowMs: number) => void;
	/** Parts of the view have changed; `view` is the merged whole. */
	update: (set: Partial<SessionView>, nowMs: number, view: SessionView) => void;
	/** After `watchFloor`; the caller applies each to what it has. The watch ends with the line: ask again when it is back. */
	floor: (message: FloorMessage) => void;
	/** After `watchScreen`: the merged view of that operator. */
	screen: (of: string, view: Partial<SessionView>, nowMs: number) => void;
	/** The session is over for this console; the client has forgotten its token, except when the service is only `stopping`. */
	sessionClosed: (reason: ClosedReason | 'tokenExpired') => void;
};

export type ClientOptions = {
	/** Such as ws://127.0.0.1:7080 or wss://call.example.jp:7080 (see `pin.ts`); or who knows it, asked before each try, undefined while nobody knows. */
	url: string | (() => string | undefined);
	lang?: 'ja' | 'en';
	/** How long a request may take. Default 15,000. */
	requestMs?: number;
	/** First and longest pause between two tries to connect. Default 100 and 5,000. */
	retryMs?: number;
	retryMsMax?: number;
	/** Without any sign of life from the service for this long the line counts as lost. Default 45,000. */
	silentMs?: number;
};

/** No answer can come any more: the line broke, the time limit passed, or the client was closed. */
export class Unanswered extends Error {
	override name = 'Unanswered';
	constructor(
		readonly request: RequestType,
		readonly why: 'offline' | 'timeLimit' | 'closed',
	) {
		super(`No answer to ${request}: ${why === 'timeLimit' ? 'the time limit has passed' : `the line is ${why}`}`);
	}
}

type Waiting = {type: RequestType; resolve: (value: never) => void; reject: (error: Error) => void; timer: NodeJS.Timeout};

export class Client {
	/** The merged view of the open session. */
	view: SessionView | undefined;
	welcome: Welcome | undefined;
	/** Service clock minus ours at the last message. */
	clockOffsetMs = 0;
	line: LineState = 'connecting';
	/** Epoch milliseconds of this machine at the last sign of life from the service; it gives one every five seconds at least. */
	heardMs: number | undefined;
	readonly #options: Required<ClientOptions>;
	readonly #listeners: {[K in keyof ClientEvents]: Set<ClientEvents[K]>} = {
		line: new Set(),
		snapshot: new Set(),
		update: new Set(),
		floor: new Set(),
		screen: new Set(),
		sessionClosed: new Set(),
	};
	readonly #waiting = new Map<number, Waiting>();
	#socket: WebSocket | undefined;
	/** The screen that is watched, merged. */
	#screen: {of: string; view: Partial<SessionView>} | undefined;
	#nextId = 1;
	#token: string | undefined;
	#tries = 0;
	#retryTimer: NodeJS.Timeout | undefined;
	#silenceTimer: NodeJS.Timeout | undefined;

	constructor(options: ClientOptions) {
		this.#options = {lang: 'ja', requestMs: 15_000, retryMs: 100, retryMsMax: 5_000, silentMs: 45_000, ...options};
	}

	/** Registers a listener; returns the function that removes it. */
	on<K extends keyof ClientEvents>(event: K, listener: ClientEvents[K]): () => void {
		this.#listeners[event].add(listener);
		return () => this.#listeners[event].delete(listener);
	}

	/** The token of the open session: whoever has it can attach to the session from another console. */
	get token(): string | undefined {
		return this.#token;
	}

	/** Starts connecting; goes on until `close()`. */
	connect(): void {
		if (this.#socket || this.line === 'closed') return;
		this.#retryTimer = undefined;
		const {url} = this.#options;
		const address = typeof url === 'string' ? url : url();
		if (address === undefined) {
			this.#retryLater();
			return;
		}
		const {address: bare, fingerprint} = unpinned(address);
		const socket = new WebSocket(bare, {
			maxPayload: 16 * messageBytesMax,
			perMessageDeflate: false,
			handshakeTimeout: 10_000,
			...(fingerprint !== undefined && {rejectUnauthorized: false}),
		});
		this.#socket = socket;
		// Before anything of ours is said: `open` comes after this.
		if (fingerprint !== undefined) socket.on('upgrade', response => hasCertificate(response, fingerprint) || socket.terminate());
		socket.on('open', () => void this.#greet(socket));
		socket.on('message', data => {
			this.#heard(socket);
			this.#receive(socket, String(data));
		});
		socket.on('ping', () => this.#heard(socket));
		socket.on('close', () => this.#lost(socket));
		socket.on('error', () => socket.terminate());
	}

	/** Resolves when the line is online (at once when it is). Rejects with `Unanswered` after `limitMs` or when the client is closed. */
	async online(limitMs = 30_000): Promise<void> {
		if (this.line === 'online') return;
		await new Promise<void>((resolve, reject) => {
			const end = (error?: Error) => {
				clearTimeout(timer);
				off();
				if (error) reject(error);
				else resolve();
			};
			const timer = setTimeout(() => end(new Unanswered('hello', 'timeLimit')), limitMs);
			const off = this.on('line', state => {
				if (state === 'online') end();
				if (state === 'closed') end(new Unanswered('hello', 'closed'));
			});
		});
	}

	/**
	 * Sends one request and waits for its result.
	 * @throws `Refused` with the service's reason; `Unanswered` when no answer can come.
	 */
	async request<B extends RequestBody>(body: B, limitMs = this.#options.requestMs): Promise<Results[B['type']]> {
		if (this.line !== 'online') throw new Unanswered(body.type, this.line === 'closed' ? 'closed' : 'offline');
		return this.#send(body, limitMs);
	}

	/** Logs in and keeps the token, so that a broken line is mended without asking again. */
	async login(loginId: string, password: string, extension: string): Promise<LoginResult> {
		// Checking a password is dear on purpose: a whole room that logs in at nine o'clock waits for its turn.
		const result = await this.request({type: 'login', loginId, password, extension}, 4 * this.#options.requestMs);
		this.#token = result.token;
		return result;
	}

	/** Goes on with a session that was opened elsewhere or earlier. */
	async attach(token: string): Promise<LoginResult> {
		const result = await this.request({type: 'attach', token});
		this.#token = result.token;
		return result;
	}

	/** Ends the connection for good; the session on the service stays. */
	close(): void {
		if (this.line === 'closed') return;
		clearTimeout(this.#retryTimer);
		clearTimeout(this.#silenceTimer);
		this.#setLine('closed');
		this.#rejectWaiting('closed');
		this.#socket?.close(1000);
	}

	#setLine(state: LineState): void {
		if (this.line === state) return;
		this.line = state;
		for (const listener of this.#listeners.line) listener(state);
	}

	#send<B extends RequestBody>(body: B, limitMs: number): Promise<Results[B['type']]> {
		return new Promise((resolve, reject) => {
			const id = this.#nextId++;
			const timer = setTimeout(() => {
				this.#waiting.delete(id);
				reject(new Unanswered(body.type, 'timeLimit'));
			}, limitMs);
			this.#waiting.set(id, {type: body.type, resolve, reject, timer});
			this.#socket?.send(JSON.stringify({id, ...body}));
		});
	}

	/** Hello, and back to the session when there was one; only then the line counts as online. */
	async #greet(socket: WebSocket): Promise<void> {
		this.#heard(socket);
		const limitMs = this.#options.requestMs;
		try {
			this.welcome = await this.#send({type: 'hello', version: protocolVersion, lang: this.#options.lang}, limitMs);
			this.clockOffsetMs = this.welcome.nowMs - Date.now();
			if (this.#token) await this.#send({type: 'attach', token: this.#token}, limitMs);
		} catch (error) {
			if (!(error instanceof Refused)) {
				socket.terminate();
				return;
			}
			if (!this.#token || error.error.code === 'shuttingDown' || error.error.code === 'slowDown') {
				socket.terminate();
				return;
			}
			this.#endSession('tokenExpired');
		}
		if (this.#socket !== socket || this.line === 'closed') return;
		this.#tries = 0;
		this.#setLine('online');
	}

	#receive(socket: WebSocket, text: string): void {
		if (socket !== this.#socket) return;
		const message = JSON.parse(text) as ServerMessage;
		switch (message.type) {
			case 'result': {
				const waiting = this.#waiting.get(message.id);
				if (!waiting) return;
				this.#waiting.delete(message.id);
				clearTimeout(waiting.timer);
				if (message.ok) waiting.resolve(message.value as never);
				else waiting.reject(new Refused(message.error));
				return;
			}
			case 'snapshot':
				this.clockOffsetMs = message.nowMs - Date.now();
				this.view = message.view;
				for (const listener of this.#listeners.snapshot) listener(message.view, message.nowMs);
				return;
			case 'update': {
				this.clockOffsetMs = message.nowMs - Date.now();
				if (!this.view) return;
				this.view = {...this.view, ...message.set};
				for (const listener of this.#listeners.update) listener(message.set, message.nowMs, this.view);
				return;
			}
			case 'closed':
				this.#endSession(message.reason);
				return;
			case 'floor':
				this.clockOffsetMs = message.nowMs - Date.now();
				for (const listener of this.#listeners.floor) listener(message);
				return;
			case 'screen': {
				const before = this.#screen?.of === message.of ? this.#screen.view : {};
				const view = 'view' in message ? message.view : {...before, ...message.set};
				this.#screen = {of: message.of, view};
				for (const listener of this.#listeners.screen) listener(message.of, view, message.nowMs);
				return;
			}
			default:
				message satisfies never;
		}
	}

	/** A service that stops keeps its sessions: the token stays good. Everything else ends the session here. */
	#endSession(reason: ClosedReason | 'tokenExpired'): void {
		if (reason !== 'stopping') {
			this.#token = undefined;
			this.view = undefined;
		}
		for (const listener of this.#listeners.sessionClosed) listener(reason);
	}

	#heard(socket: WebSocket): void {
		clearTimeout(this.#silenceTimer);
		this.heardMs = Date.now();
		if (this.line === 'closed') return;
		this.#silenceTimer = setTimeout(() => socket.terminate(), this.#options.silentMs);
	}

	#lost(socket: WebSocket): void {
		if (socket !== this.#socket) return;
		this.#socket = undefined;
		clearTimeout(this.#silenceTimer);
		this.#rejectWaiting('offline');
		if (this.line === 'closed') return;
		if (this.line === 'online') this.#setLine('offline');
		this.#retryLater();
	}

	#retryLater(): void {
		const pauseMs = Math.min(this.#options.retryMsMax, this.#options.retryMs * 2 ** Math.min(this.#tries++, 10));
		this.#retryTimer = setTimeout(() => this.connect(), pauseMs);
	}

	#rejectWaiting(why: 'offline' | 'closed'): void {
		for (const waiting of this.#waiting.values()) {
			clearTimeout(waiting.timer);
			waiting.reject(new Unanswered(waiting.type, why));
		}
		this.#waiting.clear();
	}
}
