import {createHash, timingSafeEqual} from 'node:crypto';
import {createServer, type Server, type Socket} from 'node:net';
import type {AppLink} from './app-link.js';
import type {Clock} from './clock.js';
import type {Engine} from './engine.js';
import {type Frame, FrameReader, frameBytesMax, frameOf} from './frame-reader.js';
import type {Ids} from './ids.js';

/** drachtio-srf enables its keepalive pings from v0.8.2 on. */
export const protocolVersion = 'v0.9.10-kaden';
const unauthenticatedMs = 10_000;
const connectionsMax = 64;
/** An application that leaves this much unread is taken for dead. */
const backlogBytesMax = 64 << 20;

export interface ControlOptions {
	secret: string;
	/** Transport addresses as told to applications: `tcp/host:port,udp/host:port`. */
	hostPorts: () => string;
	ids: Ids;
	clock: Clock;
}

const digest = (text: string): Buffer => createHash('sha256').update(text, 'latin1').digest();

/** The server's end of one application's connection: reads commands, writes frames in order. */
class AppConnection implements AppLink {
	open = true;
	private authenticated = false;
	private readonly reader = new FrameReader();
	private outgoing = '';
	private readonly stopWaiting: () => void;

	constructor(
		private readonly socket: Socket,
		private readonly engine: Engine,
		private readonly options: ControlOptions,
		gone: (connection: AppConnection) => void,
	) {
		this.stopWaiting = options.clock.after(unauthenticatedMs, () => {
			if (!this.authenticated) socket.destroy();
		});
		socket.setKeepAlive(true, 45_000);
		socket.on('data', bytes => {
			for (const frame of this.reader.push(bytes.toString('latin1'))) this.take(frame);
		});
		socket.on('error', () => {});
		socket.on('close', () => {
			this.stopWaiting();
			gone(this);
			this.engine.appGone(this);
		});
	}

	backlogBytes(): number {
		return this.socket.writableLength + this.outgoing.length;
	}

	deliver(head: string, text: string) {
		this.write(frameOf(`${this.options.ids.uuid()}|sip|${head}\r\n${text}`));
	}

	answer(commandId: string, rest: string, text?: string) {
		const head = `${this.options.ids.uuid()}|response|${commandId}|${rest}`;
		this.write(frameOf(text === undefined ? head : `${head}\r\n${text}`));
	}

	/** Frames of one turn of the event loop leave in one write: under load that saves most of the system calls. */
	private write(frame: string) {
		if (!this.open) return;
		if (this.outgoing === '') setImmediate(() => this.flush());
		this.outgoing += frame;
	}

	private flush() {
		const data = this.outgoing;
		this.outgoing = '';
		if (!this.socket.writable) return;
		this.socket.write(data, 'latin1');
		if (this.socket.writableLength > backlogBytesMax) this.socket.destroy();
	}

	private close() {
		this.flush();
		this.open = false;
		this.socket.end();
	}

	private take(frame: Frame) {
		if (!this.open) return;
		if (frame.kind === 'broken') {
			this.socket.destroy();
			return;
		}
		const lineEnd = frame.text.indexOf('\r\n');
		const head = lineEnd < 0 ? frame.text : frame.text.slice(0, lineEnd);
		const tokens = head.split('|');
		const [id = '', kind = ''] = tokens;
		if (frame.kind === 'tooLong') return this.answer(id, `NOK|frame of ${frame.bytes} bytes is over the limit of ${frameBytesMax} bytes`);
		if (kind === 'authenticate') return this.authenticate(id, tokens[2] ?? '');
		if (!this.authenticated) {
			this.answer(id, 'NO|not authenticated');
			return this.close();
		}
		this.run(id, kind, tokens, lineEnd < 0 ? '' : frame.text.slice(lineEnd + 2));
	}

	private authenticate(id: string, secret: string) {
		if (timingSafeEqual(digest(secret), digest(this.options.secret))) {
			this.authenticated = true;
			const places = this.options.hostPorts();
			return this.answer(id, `OK|${places}|${protocolVersion}|${places}`);
		}
		this.answer(id, 'NO|incorrect secret');
		this.close();
	}

	private run(id: string, kind: string, tokens: string[], text: string) {
		switch (kind) {
			case 'ping':
				return this.answer(id, 'OK|pong');
			case 'route':
				this.engine.core.router.add(tokens[2] ?? '', this);
				return this.answer(id, 'OK');
			case 'remove_route':
				this.engine.core.router.remove(this, tokens[2] ?? '');
				return this.answer(id, 'OK');
			case 'sip':
				return this.engine.command(this, id, tokens[2] ?? '', tokens[3] ?? '', tokens[4] ?? '', text);
			case 'proxy':
				return this.answer(id, 'NOK|proxy is not offered by this server');
			default:
				this.answer(id, 'NO|Unknown message type');
				this.close();
		}
	}
}

/** The control channel's listener. Loopback only: whoever may connect may place calls. */
export class ControlServer {
	private readonly server: Server;
	private readonly connections = new Set<Socket>();
	port = 0;

	constructor(engine: Engine, options: ControlOptions) {
		this.server = createServer({noDelay: true}, socket => {
			if (this.connections.size >= connectionsMax) {
				socket.destroy();
				return;
			}
			this.connections.add(socket);
			new AppConnection(socket, engine, options, () => this.connections.delete(socket));
		});
	}

	listen(host: string, port: number): Promise<void> {
		return new Promise((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(port, host, () => {
				this.server.off('error', reject);
				this.port = (this.server.address() as {port: number}).port;
				resolve();
			});
		});
	}

	close(): Promise<void> {
		for (const socket of this.connections) socket.destroy();
		return new Promise(resolve => this.server.close(() => resolve()));
	}
}
