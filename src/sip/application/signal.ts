/**
 * The one place that touches drachtio-srf. Its types are partial and some of its calls never settle, throw at once when
 * the server is away, or wedge the real server when a frame is too long; here that becomes one small, dependable interface.
 */
import type {EventEmitter} from 'node:events';
import type {Socket} from 'node:net';
import DrachtioSrf from 'drachtio-srf';
import type {Clock} from './clock.js';
import {every} from './clock.js';

/** A request or response as srf gives it. `source_address` is empty on responses that the server made up itself. */
export interface SipMessage {
	readonly method: string;
	readonly uri: string;
	readonly status: number;
	readonly reason: string;
	readonly body: string | undefined;
	readonly source: 'network' | 'application';
	readonly source_address: string;
	readonly source_port: number;
	readonly protocol: string;
	get(name: string): string | undefined;
	has(name: string): boolean;
}
export interface SipResponseIn extends SipMessage {}
export interface SipRequestIn extends SipMessage {
	readonly isNewInvite: boolean;
	on(event: 'cancel', listener: () => void): void;
}
type SipRequestOut = SipMessage & EventEmitter & {cancel(options: object, callback: (error: unknown) => void): void};
export type SipReplyOptions = {headers?: Record<string, string>; body?: string};
export interface SipResponder {
	readonly finalResponseSent: boolean;
	send(status: number, options: SipReplyOptions, callback?: (error: unknown) => void): void;
}
/** An INVITE dialog of srf. `destroy` event: a BYE came, or our server gave up (then the request's source is `application`). */
export interface SipDialog {
	readonly id: string;
	readonly type: 'uas' | 'uac';
	readonly connected: boolean;
	readonly sip: {callId: string; localTag: string; remoteTag: string};
	readonly local: {sdp: string};
	readonly remote: {sdp: string; uri: string};
	/** The INVITE as it was sent, and its 200. */
	readonly req: SipMessage;
	readonly res: SipMessage;
	destroy(options: {headers?: Record<string, string>}, callback: (error: unknown) => void): void;
	request(
		options: {method: string; headers?: Record<string, string>; body?: string},
		callback: (error: unknown, response?: SipResponseIn) => void,
	): void;
	on(event: 'destroy', listener: (request: SipRequestIn, reason: string) => void): void;
	on(
		event: 'modify' | 'update' | 'info' | 'options' | 'refer' | 'notify' | 'message',
		listener: (request: SipRequestIn, response: SipResponder) => void,
	): void;
	on(event: 'ack', listener: (request: SipRequestIn) => void): void;
}
export type Credentials = {username: string; password: string};

type Pending = Map<string, (token: string[]) => void>;
type Agent = {
	/** Nothing that was sent waits for its answer. */
	readonly idle: boolean;
	mapServer: Map<Socket, {authenticated: boolean; pendingRequests: Pending}>;
	wp: {
		closing?: boolean;
		send(socket: Socket, message: string): string;
		on(event: 'msg', listener: (socket: Socket, frame: string) => void): void;
		reconnectOpts: {retryMaxDelay: number};
		reconnectVars: {retryTimer: NodeJS.Timeout | null; retryDelay: number};
	};
};
type Srf = EventEmitter & {
	app: {client: Agent};
	connect(options: object): void;
	use(method: string, handler: (request: SipRequestIn, response: SipResponder) => void): void;
	request(uri: string, options: object, callback: (error: unknown, request?: SipRequestOut) => void): void;
	createUAS(
		request: SipRequestIn,
		response: SipResponder,
		options: {localSdp: string; headers: Record<string, string>},
		callback: (error: unknown, dialog?: SipDialog) => void,
	): void;
	createUAC(
		uri: string,
		options: object,
		progress: {cbRequest(error: unknown, request?: SipRequestOut): void; cbProvisional(response: SipResponseIn): void},
		callback: (error: unknown, dialog?: SipDialog) => void,
	): void;
};

/** The real server's read buffer; a longer frame blocks the connection for good. With room for the head line. */
const frameBytesMax = 12_000;

/** Our request would not pass the signalling server. */
export class FrameTooLong extends Error {
	override name = 'FrameTooLong';
}

function assertFits(uri: string, headers: Record<string, string>, body: string): void {
	let bytes = 400 + Buffer.byteLength(uri) + Buffer.byteLength(body);
	for (const [name, value] of Object.entries(headers)) bytes += name.length + Buffer.byteLength(value) + 4;
	if (bytes > frameBytesMax) throw new FrameTooLong(`a SIP message of ${bytes} bytes; at most ${frameBytesMax} can be sent`);
}

export type Refused = {status: number; reason: string; synthetic: boolean};
export type InviteOptions = {sdp: string; headers: Record<string, string>; proxy?: string; auth?: Credentials};
export type InviteListener = {
	progress(status: number, sdp: string): void;
	/** Answered; the ACK is on its way. */
	accepted(dialog: SipDialog): void;
	refused(response: Refused): void;
	/** Not sent, or no dialog could be made of the answer. */
	failed(detail: string): void;
};
export type RequestOptions = {headers?: Record<string, string>; body?: string; proxy?: string; auth?: Credentials};
export type ControlAddress = {host: string; port: number; secret: string};

export type SignalEvents = {
	/** Connected and authenticated. `addresses`: what the server listens on, like `udp/192.0.2.1:5060`. */
	up(addresses: string[]): void;
	down(reason: string): void;
	/** It cannot be used, for another reason than the last time. */
	trouble?(reason: string): void;
	/** Every frame that comes: SIP messages received, and those sent as they went out. */
	frame?(frame: string): void;
};

/** The oldest drachtio-server that answers pings. */
const versionMin = [0, 8, 2] as const;
export const versionMinText = versionMin.join('.');
const reconnectMsMax = 2000;
/** To a server that has refused us we come back seldom: somebody has to change something first. */
const refusedRetryMs = 10_000;

/** Is a server of this version too old? One that does not say it is. */
export function tooOld(version: string): boolean {
	const numbers = /(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
	if (!numbers) return true;
	const at = numbers.findIndex((number, index) => number !== versionMin[index]);
	return at >= 0 && numbers[at]! < versionMin[at]!;
}

const closedText = 'connection closed';
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The connection to the signalling server. Comes back by itself when the server does. */
export class Signal {
	/** `host:port` of its control connection. */
	readonly name: string;
	/** Its share of new calls; see `Signals`. */
	weight = 1;
	/** It is given no new calls, for now. */
	draining = false;
	/** Legs on it that are not over. */
	load = 0;
	/** What it listens on, like `udp/192.0.2.1:5060`, and its version. */
	addresses: readonly string[] = [];
	version = '';
	/** It was there, but will not do as it is: another secret, or too old. */
	refused = false;
	readonly #srf: Srf;
	readonly #events: SignalEvents;
	readonly #stopPinging: () => void;
	readonly #clock: Clock;
	#up = false;
	#closed = false;
	/** The trouble that was told last. */
	#told = '';
	/** The last thing that kept us from being connected. */
	trouble = 'no answer';

	constructor(control: ControlAddress, clock: Clock, events: SignalEvents, pingMs: number) {
		this.name = `${control.host}:${control.port}`;
		this.#events = events;
		this.#clock = clock;
		const srf = new DrachtioSrf() as unknown as Srf;
		this.#srf = srf;
		srf.on('connect', (error: unknown, addresses?: string, version?: string) => {
			// srf says it in many ways, always for this one reason.
			if (error) return this.#refuse('it does not accept the secret (failed to authenticate)');
			if (tooOld(version ?? '')) return this.#refuse(`version ${version || 'unknown'} is too old; ${versionMinText} or later is needed`);
			this.refused = false;
			srf.app.client.wp.reconnectOpts.retryMaxDelay = reconnectMsMax;
			this.version = version ?? '';
			this.addresses = (addresses ?? '').split(',');
			// srf does not switch Nagle's algorithm off on a connection that it made again.
			for (const socket of srf.app.client.mapServer.keys()) socket.setNoDelay(true);
			// The answer to a ping comes after those to the routes: from then on requests find us.
			this.#ping(() => {
				if (this.#up || this.#closed) return;
				this.#up = true;
				this.#told = '';
				events.up([...this.addresses]);
			});
		});
		srf.on('error', (error: unknown) => this.#down(textOf(error)));
		srf.on('close', () => this.#down(closedText));
		const {frame} = events;
		srf.connect({...control, reconnect: {retryMaxDelay: reconnectMsMax}});
		if (frame) srf.app.client.wp.on('msg', (_socket, text) => frame(text));
		this.#stopPinging = every(clock, pingMs, () => this.#checkConnection(pingMs));
	}

	get isUp(): boolean {
		return this.#up;
	}

	/** srf would come back four times a second. */
	#refuse(why: string): void {
		const {wp, mapServer} = this.#srf.app.client;
		this.refused = true;
		wp.reconnectOpts.retryMaxDelay = refusedRetryMs;
		wp.reconnectVars.retryDelay = refusedRetryMs;
		for (const socket of mapServer.keys()) socket.destroy();
		this.#down(why);
	}

	#down(reason: string): void {
		// That the connection closed is the least telling of what comes.
		if (reason !== closedText) this.trouble = reason;
		if (this.#closed) return;
		if (!this.#up) {
			if (this.trouble !== this.#told && reason !== closedText) this.#events.trouble?.(reason);
			this.#told = this.trouble;
			return;
		}
		this.#up = false;
		this.#events.down(reason);
	}

	/** srf sends pings but never looks at the answers: a server that hangs, or a blocked connection, would go unnoticed. */
	#checkConnection(pingMs: number): void {
		const [socket] = this.#srf.app.client.mapServer.keys();
		const cancel = this.#clock.after(pingMs, () => socket?.destroy());
		if (!this.#ping(cancel)) cancel();
	}

	/** Sends a ping; `answered` is called when all that was sent before it has been dealt with. False when nobody is there. */
	#ping(answered: () => void): boolean {
		const {mapServer, wp} = this.#srf.app.client;
		for (const [socket, server] of mapServer) {
			if (!server.authenticated) continue;
			server.pendingRequests.set(wp.send(socket, 'ping'), answered);
			return true;
		}
		return false;
	}

	/**
	 * drachtio-server keeps a client for ever, and goes on sending it every other request, when the connection ends while
	 * answers to it are still being written. So: no more routes, and the answer to a last ping, before the connection ends.
	 */
	#sayGoodbye(limitMs: number): Promise<void> {
		const {mapServer, wp} = this.#srf.app.client;
		for (const socket of mapServer.keys()) wp.send(socket, 'remove_route|register');
		return new Promise(resolve => {
			const cancel = this.#clock.after(limitMs, resolve);
			const done = (): void => {
				cancel();
				resolve();
			};
			if (!this.#ping(done)) done();
		});
	}

	/** Takes requests outside of dialogs. To be called before anything can come in. */
	handle(method: string, handler: (request: SipRequestIn, response: SipResponder) => void): void {
		this.#srf.use(method.toLowerCase(), handler);
	}

	/**
	 * Sends an INVITE; the listener hears progress and exactly one end, unless the server is lost. Returns a function
	 * that cancels: harmless at any time, and a 200 may still come after it.
	 */
	invite(uri: string, options: InviteOptions, listener: InviteListener): () => void {
		let sent: SipRequestOut | undefined;
		let cancelled = false;
		let over = false;
		const cancel = (): void => {
			cancelled = true;
			if (!sent || over) return;
			try {
				sent.cancel({}, () => {}); // a NOK only says that the final response was faster
			} catch {} // the connection is gone, and the call with it
		};
		const end = (tell: () => void): void => {
			if (over) return;
			over = true;
			tell();
		};
		try {
			assertFits(uri, options.headers, options.sdp);
			const {sdp, proxy, auth} = options;
			const headers = {...options.headers};
			this.#srf.createUAC(
				uri,
				{localSdp: sdp, headers, ...(proxy ? {proxy} : {}), ...(auth ? {auth} : {})},
				{
					cbRequest: (error, request) => {
						if (error || !request) return;
						sent = request;
						if (cancelled) cancel();
					},
					cbProvisional: response => listener.progress(response.status, response.body ?? ''),
				},
				(error, dialog) => end(() => (dialog ? listener.accepted(dialog) : this.#inviteFailed(error, listener))),
			);
		} catch (error) {
			// Not from within our caller's own call.
			queueMicrotask(() => end(() => listener.failed(textOf(error))));
		}
		return cancel;
	}

	#inviteFailed(error: unknown, listener: InviteListener): void {
		const {status, reason, res} = error as {status?: number; reason?: string; res?: SipResponseIn};
		if (status === undefined) {
			listener.failed(textOf(error));
			return;
		}
		listener.refused({status, reason: reason ?? '', synthetic: !res?.source_address});
	}

	/** Answers an INVITE with 200 and this SDP. `told` is called once: with the dialog when the 200 is out, or with why there is none. */
	accept(request: SipRequestIn, response: SipResponder, sdp: string, told: (dialog: SipDialog | undefined, detail: string) => void): void {
		let over = false;
		const end = (dialog: SipDialog | undefined, detail: string): void => {
			// srf tells of a CANCEL that its own 200 was faster than, and then of the dialog.
			if (over && dialog) dialog.destroy({}, () => {});
			if (over) return;
			over = true;
			told(dialog, detail);
		};
		try {
			assertFits('', {}, sdp);
			if (!request.has('Contact')) throw new Error('the INVITE has no Contact'); // srf would answer all the same
			this.#srf.createUAS(request, response, {localSdp: sdp, headers: {}}, (error, dialog) => end(dialog, error ? textOf(error) : ''));
		} catch (error) {
			queueMicrotask(() => end(undefined, textOf(error)));
		}
	}

	/** Sends a request outside of dialogs. `answered` is called once with the final response, or never: bring a time limit. */
	request(
		uri: string,
		method: string,
		options: RequestOptions,
		answered: (response: SipResponseIn | undefined, detail: string) => void,
	): void {
		try {
			assertFits(uri, options.headers ?? {}, options.body ?? '');
			this.#srf.request(uri, {...options, headers: {...options.headers}, method}, (error, request) => {
				if (error || !request) return answered(undefined, textOf(error ?? 'not sent'));
				request.on('response', (response: SipResponseIn) => {
					if (response.status >= 200) answered(response, '');
				});
			});
		} catch (error) {
			queueMicrotask(() => answered(undefined, textOf(error)));
		}
	}

	/** Closes once all that was sent has been answered (BYE, CANCEL, un-REGISTER), at the latest after `limitMs`. */
	async close(limitMs: number): Promise<void> {
		this.#closed = true;
		this.#stopPinging();
		const client = this.#srf.app.client;
		client.wp.closing = true; // srf would connect again for ever otherwise
		const untilMs = this.#clock.nowMs() + limitMs;
		while (this.#up && !client.idle && this.#clock.nowMs() < untilMs) await new Promise<void>(resolve => this.#clock.after(10, resolve));
		if (this.#up) await this.#sayGoodbye(Math.max(100, untilMs - this.#clock.nowMs()));
		this.#up = false;
		const {retryTimer} = client.wp.reconnectVars;
		if (retryTimer) clearTimeout(retryTimer);
		for (const socket of client.mapServer.keys()) socket.end();
	}
}

/** Answers a request; a failure to (cancelled meanwhile, connection gone) is nobody's concern. */
export function reply(response: SipResponder, status: number, options: SipReplyOptions = {}): void {
	try {
		assertFits('', options.headers ?? {}, options.body ?? '');
		if (!response.finalResponseSent) response.send(status, options, () => {});
	} catch {} // the connection is gone
}
