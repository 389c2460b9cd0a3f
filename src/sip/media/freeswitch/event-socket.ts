import {connect, type Socket} from 'node:net';
import {type Clock, NoAnswer} from './clock.js';
import {type EventSocketFrame, FrameReader} from './frame-reader.js';

/** Where a FreeSWITCH takes event socket connections. */
export type EventSocketAddress = {host: string; port: number; secret: string};

/** One event: its headers as FreeSWITCH names them, `_body` for a body. */
export type FreeswitchEvent = Readonly<Record<string, string>>;

export type EventSocketOptions = {
	clock: Clock;
	/** What connecting and logging in may take together, and then each command. */
	limitMs: number;
	/** Pause between two questions whether it is still there. */
	pingMs: number;
	/** Events wanted: names, and those of mod_conference and the like as `CUSTOM name`, last. */
	events: readonly string[];
	onEvent: (event: FreeswitchEvent) => void;
	/** Called once, when a connection that was made is no more. Commands under way have been rejected by then. */
	onDown: (reason: string) => void;
};

/** FreeSWITCH has answered a command with an error. */
export class CommandRefused extends Error {
	override name = 'CommandRefused';
}

/** The event socket cannot be used: no server, a wrong secret, an address that is not allowed. */
export class EventSocketRefused extends Error {
	override name = 'EventSocketRefused';
}

type Waiting = {answer: (frame: EventSocketFrame) => void; fail: (error: Error) => void; what: string; sinceMs: number};

/**
 * A connection to FreeSWITCH's event socket. Answers come in the order of the questions, so one that does not come ends the
 * connection: what came after it could belong to anything.
 */
export class EventSocket {
	readonly #socket: Socket;
	readonly #options: EventSocketOptions;
	readonly #reader = new FrameReader();
	readonly #waiting: Waiting[] = [];
	readonly #greeted: Promise<void>;
	#greet!: {yes: () => void; no: (error: Error) => void};
	#ended: string | undefined;
	#ready = false;
	#cancelWatch: () => void = () => {};

	private constructor(socket: Socket, options: EventSocketOptions) {
		this.#socket = socket;
		this.#options = options;
		this.#greeted = new Promise((yes, no) => {
			this.#greet = {yes, no};
		});
		this.#greeted.catch(() => {});
		socket.setNoDelay(true);
		socket.on('data', chunk => this.#data(chunk));
		socket.on('error', error => this.#end(error.message));
		socket.on('close', () => this.#end('the connection was closed'));
	}

	/** Connects, logs in and subscribes. @throws EventSocketRefused with one clear line. */
	static async open({host, port, secret}: EventSocketAddress, options: EventSocketOptions): Promise<EventSocket> {
		const place = `FreeSWITCH at ${host}:${port}`;
		const connection = new EventSocket(connect({host, port}), options);
		const cancel = options.clock.after(options.limitMs, () => connection.#end('no answer'));
		try {
			await connection.#greeted;
			await connection.#log(secret);
			await connection.#ask(`event json ${options.events.join(' ')}`);
			if (connection.#ended !== undefined) throw new Error(connection.#ended);
			connection.#ready = true;
			connection.#watch();
			return connection;
		} catch (error) {
			connection.close();
			throw new EventSocketRefused(`${place}: ${(error as Error).message}`);
		} finally {
			cancel();
		}
	}

	/** Our own address towards FreeSWITCH. */
	get ownAddress(): string {
		return this.#socket.localAddress ?? '127.0.0.1';
	}

	get isOpen(): boolean {
		return this.#ready && this.#ended === undefined;
	}

	/** Runs an API command. @throws CommandRefused when FreeSWITCH says no; anything else means that the connection is lost. */
	async api(command: string): Promise<string> {
		const {body} = await this.#ask(`api ${command}`);
		if (body.startsWith('-')) throw new CommandRefused(body.trim().slice(0, 200));
		return body;
	}

	close(): void {
		this.#ready = false;
		this.#end('closed by us');
	}

	/** Ends it as a fault would. */
	drop(): void {
		this.#end('dropped for a drill');
	}

	async #log(secret: string): Promise<void> {
		const {headers} = await this.#ask(`auth ${secret}`);
		if (!headers.get('reply-text')?.startsWith('+OK')) throw new Error('the secret is not the one of its event socket');
	}

	#ask(line: string): Promise<EventSocketFrame> {
		if (/[\r\n\0]/.test(line)) return Promise.reject(new CommandRefused('a command is one line'));
		if (this.#ended !== undefined) return Promise.reject(new Error(this.#ended));
		return new Promise((answer, fail) => {
			const what = line.startsWith('auth') ? 'auth' : line.slice(0, 80);
			this.#waiting.push({answer, fail, what, sinceMs: this.#options.clock.nowMs()});
			this.#socket.write(`${line}\n\n`);
		});
	}

	/** One timer for all: looks whether the oldest question has its answer in time, and asks one when there is nothing else. */
	#watch(): void {
		const {clock, limitMs, pingMs} = this.#options;
		this.#cancelWatch = clock.after(Math.min(limitMs, pingMs) / 2, () => {
			const [oldest] = this.#waiting;
			if (oldest && clock.nowMs() - oldest.sinceMs >= limitMs) {
				this.#end(`no answer to ${oldest.what} within ${limitMs} ms`);
				return;
			}
			if (!oldest && clock.nowMs() - this.#heardMs >= pingMs) this.api('status').catch(() => {});
			this.#watch();
		});
	}
	#heardMs = 0;

	#data(chunk: Buffer): void {
		if (this.#ended !== undefined) return;
		this.#heardMs = this.#options.clock.nowMs();
		try {
			for (const frame of this.#reader.push(chunk)) this.#take(frame);
		} catch (error) {
			this.#end((error as Error).message);
		}
	}

	#take(frame: EventSocketFrame): void {
		switch (frame.headers.get('content-type')) {
			case 'auth/request':
				this.#greet.yes();
				return;
			case 'command/reply':
			case 'api/response':
				this.#waiting.shift()?.answer(frame);
				return;
			case 'text/event-json':
				this.#tell(frame.body);
				return;
			case 'text/rude-rejection':
				this.#end('this address is not allowed to connect');
				return;
			case 'text/disconnect-notice':
				this.#end('FreeSWITCH has ended the connection');
				return;
			default: // log lines and what later versions may say
		}
	}

	#tell(body: string): void {
		let event: unknown;
		try {
			event = JSON.parse(body);
		} catch {
			return; // one event that cannot be read is no reason to end all calls
		}
		if (event && typeof event === 'object') this.#options.onEvent(event as FreeswitchEvent);
	}

	#end(reason: string): void {
		if (this.#ended !== undefined) return;
		this.#ended = reason;
		this.#cancelWatch();
		this.#socket.destroy();
		const error = new Error(reason);
		this.#greet.no(error);
		for (const {fail, what} of this.#waiting.splice(0)) fail(new NoAnswer(`${what}: ${reason}`));
		if (this.#ready) this.#options.onDown(reason);
	}
}
