import {createSocket} from 'node:dgram';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {connect} from 'node:net';
import {connect as connectTls} from 'node:tls';
import {shipped} from '../../src/paths.js';
import {parseMessage, type SipMessage} from '../../src/sip/signalling/message.js';
import {type Signalling, type SignallingOptions, startSignalling} from '../../src/sip/signalling/server.js';
import {StreamReader} from '../../src/sip/signalling/stream-reader.js';

/** drachtio-srf ships partial types; the scenarios use it as an application would, so a loose view is enough. */
// biome-ignore lint/suspicious/noExplicitAny: the library's own types leave most of this out
export type Loose = any;
export const Srf: Loose = createRequire(import.meta.url)('drachtio-srf');

export const sdp = (mark: string): string =>
	`v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=${mark}\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n`;

/** How long a test waits for something that should happen at once; it only ends a hang. */
export const hangMs = 60_000;

/** Rejects with what was awaited when nothing comes. */
export function within<T>(what: string, promise: Promise<T>, limitMs = hangMs): Promise<T> {
	let timer: NodeJS.Timeout;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), limitMs);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A value that arrives later. */
export function later<T = Loose>(): {promise: Promise<T>; resolve: (value: T) => void} {
	let resolve!: (value: T) => void;
	const promise = new Promise<T>(done => {
		resolve = done;
	});
	return {promise, resolve};
}

/** The server under test: a drachtio control port and the SIP address behind it. */
export interface Subject {
	controlPort: number;
	controlHost: string;
	secret: string;
	real: boolean;
	/** Absent on a real one: there is no such command. */
	shutOut?: (address: string, forMs: number) => void;
	close(): Promise<void>;
}

/** The embedded server, or the real drachtio-server named by KADEN_DRACHTIO=host:port. */
export async function startSubject(options: Partial<SignallingOptions> = {}): Promise<Subject> {
	const real = process.env['KADEN_DRACHTIO'];
	if (real) {
		const [controlHost, port] = real.split(':');
		return {
			controlHost: controlHost!,
			controlPort: Number(port),
			secret: process.env['KADEN_DRACHTIO_SECRET'] ?? 'cymru',
			real: true,
			close: async () => {},
		};
	}
	const server = await startEmbedded(options);
	return {
		controlHost: '127.0.0.1',
		controlPort: server.controlPort,
		secret: 'cymru',
		real: false,
		shutOut: server.shutOut,
		close: () => server.close(),
	};
}

/** A certificate of its own for 127.0.0.1 and localhost, with its key. */
export const localhostPem = readFileSync(shipped('test/support/localhost.pem'), 'utf8');

export const startEmbedded = (options: Partial<SignallingOptions> = {}): Promise<Signalling> =>
	startSignalling({udp: {host: '127.0.0.1', port: 0}, tcp: {host: '127.0.0.1', port: 0}, control: {port: 0, secret: 'cymru'}, ...options});

/** A connected drachtio-srf and the SIP ports its server told it. */
export interface App {
	srf: Loose;
	udpPort: number;
	tcpPort: number;
	/** 0 where TLS is not served. */
	tlsPort: number;
	/** Leaves; resolves when the connection is closed, so that nothing is routed here any more. */
	close(): Promise<void>;
}

export async function connectApp(subject: {controlPort: number; controlHost?: string; secret?: string}): Promise<App> {
	const srf = new Srf();
	srf.on('error', () => {});
	const connected = new Promise<string>((resolve, reject) => {
		srf.on('connect', (error: Error | null, hostPorts: string) => (error ? reject(error) : resolve(hostPorts)));
	});
	srf.connect({host: subject.controlHost ?? '127.0.0.1', port: subject.controlPort, secret: subject.secret ?? 'cymru'});
	const hostPorts = await within('the control connection', connected);
	const close = (): Promise<void> => {
		const closed = new Promise<void>(resolve => srf.on('close', () => resolve()));
		srf.disconnect();
		return within('the end of the control connection', closed);
	};
	const port = (protocol: string): number =>
		Number(
			hostPorts
				.split(',')
				.find(each => each.startsWith(`${protocol}/`))
				?.split(':')
				.pop() ?? 0,
		);
	return {srf, udpPort: port('udp'), tcpPort: port('tcp'), tlsPort: port('tls'), close};
}

let calls = 0;
/** A Call-ID nobody else uses, in this process or in an earlier run against a long-lived server. */
export const freshId = (mark: string): string => `${mark}-${process.pid}-${Date.now().toString(36)}-${++calls}`;

type Wanted = string | number | ((message: SipMessage) => boolean);

type Queue = {messages: SipMessage[]; waiting: {wanted: Wanted; take: (message: SipMessage) => void}[]};

/**
 * A SIP peer made of one socket: it sends what the test says and hands over what comes, in order. As each peer does, it answers
 * a request that comes again as before, and takes nothing twice: on a machine that stands still for half a second all is repeated.
 */
export class RawPeer {
	readonly log: SipMessage[] = [];
	private readonly fresh: Queue = {messages: [], waiting: []};
	private readonly copies: Queue = {messages: [], waiting: []};
	/** What has come, with what it was answered last. */
	private readonly known = new Map<string, string | undefined>();
	private readonly servers: {wanted: Wanted; act: (message: SipMessage) => void}[] = [];
	port = 0;
	private lastPort = 0;

	private constructor(
		readonly protocol: 'UDP' | 'TCP' | 'TLS',
		private readonly transmit: (text: string, port: number) => void,
		readonly close: () => void,
	) {}

	private take(text: string): void {
		const {message} = parseMessage(text);
		this.log.push(message);
		const answer = this.known.get(message.raw);
		if (answer !== undefined) this.send(answer);
		const isCopy = this.known.has(message.raw);
		if (!isCopy) this.known.set(message.raw, undefined);
		const {messages, waiting} = isCopy ? this.copies : this.fresh;
		const index = waiting.findIndex(each => matches(message, each.wanted));
		const server = this.servers.find(each => matches(message, each.wanted));
		if (index >= 0) waiting.splice(index, 1)[0]!.take(message);
		else if (!server) messages.push(message);
		else if (!isCopy) server.act(message);
	}

	/** A peer on UDP. */
	static async open(port = 0): Promise<RawPeer> {
		const socket = createSocket('udp4');
		const peer = new RawPeer(
			'UDP',
			(text, port) => socket.send(Buffer.from(text, 'latin1'), port, '127.0.0.1'),
			() => socket.close(),
		);
		socket.on('message', (bytes, from) => {
			peer.lastPort = from.port;
			peer.take(bytes.toString('latin1'));
		});
		await new Promise<void>(resolve => socket.bind(port, '127.0.0.1', resolve));
		peer.port = socket.address().port;
		return peer;
	}

	/** A peer on a TCP or TLS connection that it has opened to the server. */
	static async openTcp(serverPort: number, protocol: 'TCP' | 'TLS' = 'TCP'): Promise<RawPeer> {
		const socket =
			protocol === 'TCP' ? connect(serverPort, '127.0.0.1') : connectTls({port: serverPort, host: '127.0.0.1', rejectUnauthorized: false});
		const reader = new StreamReader(100_000);
		const peer = new RawPeer(
			protocol,
			text => socket.write(text, 'latin1'),
			() => socket.destroy(),
		);
		socket.on('data', bytes => {
			const text = bytes.toString('latin1');
			if (text === '\r\n') peer.onPong();
			const part = reader.push(text);
			for (const text of part.messages) peer.take(text);
		});
		socket.on('close', () => {
			peer.closed = true;
			peer.onClose();
		});
		socket.on('error', () => {});
		await within('the connection', new Promise<void>(resolve => socket.on(protocol === 'TCP' ? 'connect' : 'secureConnect', resolve)));
		peer.port = socket.localPort!;
		peer.lastPort = serverPort;
		return peer;
	}
	closed = false;
	onClose: () => void = () => {};
	/** A single CRLF has come: the answer to a keepalive. */
	onPong: () => void = () => {};

	/** The next message of that method or status, or the first that the function accepts; others stay in the queue. */
	expect(wanted: Wanted, limitMs = hangMs): Promise<SipMessage> {
		return nextOf(this.fresh, wanted, limitMs);
	}

	/** The next such message that has come before, byte for byte. */
	expectCopy(wanted: Wanted, limitMs = hangMs): Promise<SipMessage> {
		return nextOf(this.copies, wanted, limitMs);
	}

	/** Hands every such message that nobody waits for to `act`, for good. */
	serve(wanted: Wanted, act: (message: SipMessage) => void): void {
		this.servers.push({wanted, act});
	}

	/** Messages of that method or status received so far. */
	count(wanted: Wanted): number {
		return this.log.filter(each => matches(each, wanted)).length;
	}

	send(text: string, port = this.lastPort): void {
		this.transmit(text, port);
	}

	/** Sends a request and remembers what later requests of the dialog repeat. */
	request(method: string, port: number, options: RequestOptions = {}): RawRequest {
		const request = new RawRequest(this, method, port, options);
		this.send(request.text, port);
		return request;
	}

	/** Answers a request the peer has received. */
	reply(request: SipMessage, status: number, options: {body?: string; extra?: string; tag?: string; contact?: boolean} = {}): void {
		const to = request.get('to')!;
		const tag = to.includes('tag=') || status === 100 ? '' : `;tag=${options.tag ?? 'peertag'}`;
		const contact =
			options.contact === false
				? ''
				: `Contact: <sip:peer@127.0.0.1:${this.port}${this.protocol === 'UDP' ? '' : `;transport=${this.protocol.toLowerCase()}`}>\r\n`;
		const body = options.body ?? '';
		const type = body === '' ? '' : 'Content-Type: application/sdp\r\n';
		const text = `SIP/2.0 ${status} ${status < 200 ? 'Progress' : status < 300 ? 'OK' : 'No'}\r\n${request.lines('via')}${request.lines('record-route')}From: ${request.get('from')}\r\nTo: ${to}${tag}\r\nCall-ID: ${request.get('call-id')}\r\nCSeq: ${request.get('cseq')}\r\n${contact}${options.extra ?? ''}${type}Content-Length: ${body.length}\r\n\r\n${body}`;
		if (this.known.has(request.raw)) this.known.set(request.raw, text);
		this.send(text);
	}
}

function nextOf({messages, waiting}: Queue, wanted: Wanted, limitMs: number): Promise<SipMessage> {
	const index = messages.findIndex(each => matches(each, wanted));
	if (index >= 0) return Promise.resolve(messages.splice(index, 1)[0]!);
	return within(
		`${typeof wanted === 'function' ? 'a certain message' : wanted}`,
		new Promise(take => waiting.push({wanted, take})),
		limitMs,
	);
}

function matches(message: SipMessage, wanted: Wanted): boolean {
	if (typeof wanted === 'function') return wanted(message);
	return typeof wanted === 'number' ? message.status === wanted : message.isRequest && message.method === wanted;
}

export interface RequestOptions {
	callId?: string;
	cseq?: number;
	branch?: string;
	fromTag?: string;
	to?: string;
	toTag?: string;
	uri?: string;
	extra?: string;
	body?: string;
	contact?: string;
	from?: string;
}

/** A request of a raw peer; `with` makes the next one of the same dialog. */
export class RawRequest {
	readonly text: string;
	readonly callId: string;
	constructor(
		readonly peer: RawPeer,
		readonly method: string,
		readonly port: number,
		readonly options: RequestOptions,
	) {
		this.callId = options.callId ?? freshId(method.toLowerCase());
		const cseq = options.cseq ?? 1;
		const body = options.body ?? '';
		const uri = options.uri ?? `sip:app@127.0.0.1:${port}`;
		this.text =
			`${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/${peer.protocol} 127.0.0.1:${peer.port};branch=${options.branch ?? `z9hG4bK${freshId('b')}`};rport\r\nMax-Forwards: 70\r\n` +
			`From: ${options.from ?? '<sip:peer@127.0.0.1>'};tag=${options.fromTag ?? 'from1'}\r\nTo: ${options.to ?? '<sip:app@127.0.0.1>'}${options.toTag ? `;tag=${options.toTag}` : ''}\r\n` +
			`Call-ID: ${this.callId}\r\nCSeq: ${cseq} ${method}\r\nContact: ${options.contact ?? `<sip:peer@127.0.0.1:${peer.port}${peer.protocol === 'UDP' ? '' : `;transport=${peer.protocol.toLowerCase()}`}>`}\r\n${options.extra ?? ''}` +
			`${body === '' || /^Content-Type:/m.test(options.extra ?? '') ? '' : 'Content-Type: application/sdp\r\n'}Content-Length: ${body.length}\r\n\r\n${body}`;
	}
	/** A later request in the dialog that `response` has formed. */
	next(method: string, response: SipMessage, options: RequestOptions = {}): RawRequest {
		const toTag = /;tag=([^;\s]+)/.exec(response.get('to') ?? '')?.[1] ?? '';
		const contact = /<([^>]+)>/.exec(response.get('contact') ?? '')?.[1];
		return this.peer.request(method, this.port, {
			callId: this.callId,
			toTag,
			...(this.options.fromTag !== undefined && {fromTag: this.options.fromTag}),
			...(contact !== undefined && {uri: contact}),
			cseq: (this.options.cseq ?? 1) + (method === 'ACK' ? 0 : 1),
			...options,
		});
	}
}
