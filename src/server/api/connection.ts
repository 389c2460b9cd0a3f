import type {RawData, WebSocket} from 'ws';
import type {Role} from '../domain/model.js';
import {type Asker, type ClosedReason, type ConsoleRef, type ToolRequest, toolTypes} from './gate.js';
import {screenTopic} from './hub.js';
import type {RequestError, ServerMessage, Welcome} from './messages.js';
import {protocolVersion, Refused} from './messages.js';
import {forbidden} from './permissions.js';
import type {Request} from './requests.js';
import {decodeRequest} from './requests.js';
import type {Surroundings} from './server.js';
import type {Entered} from './session.js';
import {Credits} from './throttle.js';

/** Close codes of ours, in the range that RFC 6455 section 7.4.2 leaves to applications. */
/** A console may be slow to answer for so many pings: a machine that is busy, a line that stutters. */
const beatsMissedMax = 3;
const closeCodes = {tooSlow: 4008, noHello: 4001, tooMany: 4029, stopping: 1001} as const;
/** Refused requests after which a connection that does not slow down is closed. */
const refusedMax = 1_000;
const closeMs = 1_000;

const isTool = (request: Request): request is ToolRequest => (toolTypes as readonly string[]).includes(request.type);

/** One connection: decodes what comes in, checks who may ask it, answers each request once. */
export class Connection {
	readonly #credits: Credits;
	readonly #helloTimer: NodeJS.Timeout;
	#greeted = false;
	#admitted = false;
	/** A wall screen: it has shown the key for that. */
	#wall = false;
	/** Who a command said it works for, and proved it. */
	#identified: string | undefined;
	#console: ConsoleRef | undefined;
	#unsubscribe: (() => void) | undefined;
	/** What a supervisor watches besides the own view. */
	#watches: {floor?: (() => void) | undefined; screen?: (() => void) | undefined} = {};
	/** A login or attach is under way; what closed the session meanwhile. */
	#entering = false;
	#closedMeanwhile: ClosedReason | undefined;
	#pending = 0;
	#refused = 0;
	#missedBeats = 0;
	#closing = false;

	constructor(
		readonly consoleId: string,
		private readonly socket: WebSocket,
		private readonly source: string,
		private readonly around: Surroundings,
	) {
		const {limits} = around;
		this.#credits = new Credits(limits.requestsPerSecond, limits.requestsBurst, around.nowMs());
		this.#helloTimer = setTimeout(() => this.#close(closeCodes.noHello, 'no hello'), limits.helloMs);
		socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
		socket.on('pong', () => {
			this.#missedBeats = 0;
		});
		socket.on('error', () => {});
		socket.on('close', () => this.#gone());
	}

	/** Nobody has logged in on it. */
	get stranger(): boolean {
		return !this.#console && !this.#admitted && !this.#wall && this.#identified === undefined;
	}

	/** Called at each ping interval: ends a connection that gave no sign of life for three of them. */
	beat(): void {
		if (this.#missedBeats >= beatsMissedMax) {
			this.socket.terminate();
			return;
		}
		this.#missedBeats++;
		this.socket.ping();
	}

	deliver(frame: string): void {
		if (this.#closing) return;
		if (this.socket.bufferedAmount > this.around.limits.bufferedBytesMax) {
			this.around.log?.('warn', 'api.tooSlow', {operatorId: this.#console?.operatorId, bufferedBytes: this.socket.bufferedAmount});
			this.#close(closeCodes.tooSlow, 'too slow');
			return;
		}
		this.socket.send(frame);
	}

	/** The session is over for this console. It may log in again on the same connection. */
	sessionClosed(reason: ClosedReason): void {
		if (this.#entering) {
			this.#closedMeanwhile = reason;
			return;
		}
		const console = this.#console;
		this.#unwatchAll();
		this.#console = undefined;
		if (console && (reason === 'loggedOff' || reason === 'ended')) this.around.sessions.ended(console.operatorId);
		this.#send({type: 'closed', reason});
	}

	async stop(): Promise<void> {
		const gone = new Promise<void>(resolve => this.socket.once('close', () => resolve()));
		this.#send({type: 'closed', reason: 'stopping'});
		this.#close(closeCodes.stopping, 'stopping');
		await gone;
	}

	#receive(data: RawData, isBinary: boolean): void {
		this.#missedBeats = 0;
		if (this.#closing) return;
		const waitMs = this.#credits.take(this.around.nowMs());
		const decoded = isBinary ? ({ok: false, id: -1, message: 'text frames only'} as const) : decodeRequest(String(data));
		if (waitMs > 0 || this.#pending >= this.around.limits.pendingMax) {
			const id = decoded.ok ? decoded.request.id : decoded.id;
			this.#refuse(id, {code: 'slowDown', message: 'too many requests', retryMs: Math.max(waitMs, 20)});
			return;
		}
		if (!decoded.ok) {
			this.#refuse(decoded.id, {code: 'badRequest', message: decoded.message});
			return;
		}
		void this.#answer(decoded.request);
	}

	async #answer(request: Request): Promise<void> {
		const barrier = this.#barrier(request);
		if (barrier) {
			if (barrier.code !== 'badRequest') this.#tellRefusal(request, barrier.code);
			this.#refuse(request.id, barrier);
			return;
		}
		this.#pending++;
		try {
			await this.#perform(request);
		} catch (error) {
			if (error instanceof Refused) {
				if (error.error.code === 'notAllowed') this.#tellRefusal(request, 'notAllowed');
				this.#refuse(request.id, error.error);
			} else {
				const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
				this.around.log?.('error', 'api.failed', {request: request.type, operatorId: this.#console?.operatorId, error: text});
				this.#refuse(request.id, {code: 'internal', message: 'the service could not do this; its log says why'});
			}
		} finally {
			this.#pending--;
		}
	}

	/** Whoever asks for what the own role may not do is in the log: a mistake once, and a break-in when it goes on. */
	#tellRefusal({type: request}: Request, code: string): void {
		const {source, consoleId} = this;
		const operatorId = this.#console?.operatorId ?? this.#identified;
		this.around.refusals?.tell({request, code, operatorId, role: this.#role(), source, consoleId}, this.around.nowMs());
	}

	/** What forbids this request before anybody looks at it closer. */
	#barrier(request: Request): RequestError | undefined {
		if (!this.#greeted && request.type !== 'hello') return {code: 'badRequest', message: 'the first message must be hello'};
		const role = this.#admitted ? 'admin' : this.#role();
		const code = forbidden(request.type, {role, session: this.#console !== undefined, admitted: this.#admitted, wall: this.#wall});
		if (!code) return undefined;
		return {code, message: code === 'notLoggedIn' ? 'log in first' : 'your role may not do this'};
	}

	/** Answers the requests that the API answers itself; everything else goes through the gate. */
	async #perform(request: Request): Promise<void> {
		const {gate, sessions, hub} = this.around;
		const from = {source: this.source, consoleId: this.consoleId};
		switch (request.type) {
			case 'hello':
				return this.#hello(request.id, request.version);
			case 'ping':
				return this.#grant(request.id, {nowMs: this.around.nowMs()});
			case 'login':
				return this.#enter(request.id, () => sessions.login(from, request.loginId, request.password, request.extension));
			case 'attach':
				return this.#enter(request.id, () => sessions.attach(from, request.token));
			case 'admit':
				this.#admit(request.key);
				return this.#grant(request.id, null);
			case 'identify': {
				const {id: operatorId, role} = await sessions.identify(this.source, request.loginId, request.password);
				this.#identified = operatorId;
				return this.#grant(request.id, {operatorId, role});
			}
			case 'changePassword':
				await sessions.changePassword(this.#console!.operatorId, request.current, request.next);
				return this.#grant(request.id, null);
			case 'watchFloor':
				this.#grant(request.id, null);
				this.#watches.floor?.();
				this.#watches.floor = gate.watchFloor(this.#console!.operatorId, frame => this.deliver(frame));
				return;
			case 'unwatchFloor':
				this.#watches.floor?.();
				this.#watches.floor = undefined;
				return this.#grant(request.id, null);
			default: {
				if (isTool(request)) return this.#grant(request.id, (await gate.tool(this.#asker(), request)) ?? null);
				const console = this.#console!;
				const value = await gate.perform(console, request);
				if (request.type === 'putDraft') hub.known(console.operatorId, 'draft');
				// What the request changed is sent before its result: a console that has its answer shows the new state.
				else hub.touch(console.operatorId, true);
				hub.touch(screenTopic(console.operatorId));
				this.#grant(request.id, value ?? null);
				if (request.type === 'watchScreen') this.#watchScreen(request.of);
				if (request.type === 'unwatchScreen') this.#unwatchScreen();
			}
		}
	}

	/** The frames of that operator's view, each with whose it is. */
	#watchScreen(of: string): void {
		this.#unwatchScreen();
		if (this.#closing || !this.#console) return;
		const head = `{"type":"screen","of":${JSON.stringify(of)},`;
		const deliver = (frame: string) => this.deliver(head + frame.slice(frame.indexOf(',') + 1));
		this.#watches.screen = this.around.hub.subscribe(screenTopic(of), {deliver});
	}

	#unwatchScreen(): void {
		this.#watches.screen?.();
		this.#watches.screen = undefined;
	}

	#unwatchAll(): void {
		this.#unsubscribe?.();
		this.#unsubscribe = undefined;
		this.#watches.floor?.();
		this.#watches = {...this.#watches, floor: undefined};
		this.#unwatchScreen();
	}

	#admit(key: string): void {
		const opened = this.around.sessions.admits(this.source, key);
		if (!opened) throw new Refused({code: 'badCredentials', message: 'wrong key'});
		if (opened === 'owner') this.#admitted = true;
		else this.#wall = true;
	}

	#role(): Role | undefined {
		const {gate} = this.around;
		if (this.#console) return gate.operator(this.#console.operatorId)?.role;
		const operator = this.#identified === undefined ? undefined : gate.operator(this.#identified);
		// A session is ended when its account is switched off; what was only proved is looked at each time.
		return operator?.enabled ? operator.role : undefined;
	}

	#asker(): Asker {
		const operatorId = this.#console?.operatorId ?? this.#identified;
		return operatorId === undefined ? 'owner' : {operatorId};
	}

	#hello(id: number, version: number): void {
		clearTimeout(this.#helloTimer);
		if (version !== protocolVersion) {
			throw new Refused({code: 'badRequest', message: `version: this service speaks protocol ${protocolVersion}, not ${version}`});
		}
		this.#greeted = true;
		const {gate} = this.around;
		const welcome: Welcome = {serverVersion: gate.serverVersion, protocolVersion, nowMs: this.around.nowMs()};
		this.#grant(id, gate.demo ? {...welcome, demo: gate.demo} : welcome);
	}

	/** The result first, then the snapshot. */
	async #enter(id: number, enter: () => Promise<Entered>): Promise<void> {
		if (this.#entering || this.#console) throw new Refused({code: 'notAllowed', message: 'this console has a session; log off first'});
		this.#entering = true;
		this.#closedMeanwhile = undefined;
		const {console, result} = await enter().finally(() => {
			this.#entering = false;
		});
		this.#grant(id, result);
		this.#console = console;
		if (this.#closedMeanwhile) return this.sessionClosed(this.#closedMeanwhile);
		this.#unsubscribe = this.around.hub.subscribe(console.operatorId, this);
		// The connection may have been lost while the password was being checked.
		if (this.socket.readyState !== this.socket.OPEN) this.#gone();
	}

	#gone(): void {
		this.#closing = true;
		clearTimeout(this.#helloTimer);
		this.#unwatchAll();
		this.around.gate.consoleGone(this.consoleId);
	}

	#grant(id: number, value: unknown): void {
		this.#send({type: 'result', id, ok: true, value});
	}

	#refuse(id: number, error: RequestError): void {
		this.#send({type: 'result', id, ok: false, error});
		if (++this.#refused > refusedMax) this.#close(closeCodes.tooMany, 'too many refused requests');
	}

	#send(message: ServerMessage): void {
		this.deliver(JSON.stringify(message));
	}

	/** Closes politely; a peer that does not answer the close frame is cut off. */
	#close(code: number, reason: string): void {
		if (this.#closing) return;
		this.#closing = true;
		this.socket.close(code, reason);
		const timer = setTimeout(() => this.socket.terminate(), closeMs);
		this.socket.once('close', () => clearTimeout(timer));
	}
}
