/** The WebSocket server of the API: takes connections, keeps them alive, drops those that cannot keep up. */
import type {IncomingMessage, Server, ServerResponse} from 'node:http';
import {createServer} from 'node:http';
import {createServer as createSecureServer, type Server as SecureServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import type {Duplex} from 'node:stream';
import type {WebSocket} from 'ws';
import {WebSocketServer} from 'ws';
import {type CertificateFiles, CertificateWatch, readCertificate} from '../certificate.js';
import {Connection} from './connection.js';
import type {ClosedReason, Gate} from './gate.js';
import {Hub, screenTopic} from './hub.js';
import {messageBytesMax} from './messages.js';
import {RefusalLog} from './refusal-log.js';
import {Sessions} from './session.js';
import type {ThrottleOptions} from './throttle.js';

export type ApiLimits = {
	connectionsMax: number;
	/** Connections nobody has logged in on. */
	strangersMax: number;
	/** Requests of one connection. */
	requestsPerSecond: number;
	requestsBurst: number;
	pendingMax: number;
	/** A reader with more than this waiting to be sent is dropped. */
	bufferedBytesMax: number;
	/** Interval of pings; no pong until the next one ends the connection. */
	pingMs: number;
	/** How long a new connection may take to say hello. */
	helloMs: number;
};

export const apiLimits: ApiLimits = {
	connectionsMax: 3_000,
	strangersMax: 500,
	requestsPerSecond: 50,
	requestsBurst: 100,
	pendingMax: 64,
	bufferedBytesMax: 4 * 1024 * 1024,
	pingMs: 5_000,
	helloMs: 10_000,
};

export type ApiOptions = {
	host: string;
	port: number;
	/** With it everything is encrypted. */
	tls?: CertificateFiles | null;
	/** The certificate in use has this fingerprint: told at the start, and when a renewed one is taken. */
	onCertificate?: (fingerprint: string) => void;
	gate: Gate;
	nowMs: () => number;
	limits?: Partial<ApiLimits>;
	/** Takes WebSockets of other systems, at `/rpc`. */
	onLink?: (socket: WebSocket, from: string) => void;
	/** How wrong passwords are slowed down. */
	login?: ThrottleOptions;
	log?: (level: 'debug' | 'info' | 'warn' | 'error', event: string, facts?: Record<string, unknown>) => void;
};

export type Api = {
	readonly port: number;
	/** Connections there are now. */
	readonly connections: number;
	/** Something this operator's console shows may have changed. */
	touch(operatorId: string, urgent?: boolean): void;
	touchAll(): void;
	/** The session is over for this console. */
	closeConsole(consoleId: string, reason: ClosedReason): void;
	/** Tells every console that the service stops, and closes. Sessions stay on the disk. */
	close(): Promise<void>;
};

/** Everything one connection needs of its server. */
export type Surroundings = Omit<ApiOptions, 'limits'> & {hub: Hub; sessions: Sessions; limits: ApiLimits; refusals?: RefusalLog};

export async function startApi(options: ApiOptions): Promise<Api> {
	const {gate, nowMs} = options;
	const limits = {...apiLimits, ...options.limits};
	const hub = new Hub({
		project: topic => (topic.startsWith(screenTopic('')) ? gate.screen(topic.slice(screenTopic('').length)) : gate.view(topic)),
		nowMs,
	});
	const around: Surroundings = {
		...options,
		limits,
		hub,
		sessions: new Sessions(gate, nowMs, options.login),
		...(options.log && {refusals: new RefusalLog(options.log)}),
	};
	const connections = new Map<string, Connection>();
	let lastConsole = 0;
	const {http, renew} = httpServer(options);
	const sockets = new WebSocketServer({noServer: true, maxPayload: messageBytesMax, perMessageDeflate: false, clientTracking: false});
	http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
		const refusal = refuses(request, connections, limits);
		if (refusal) {
			options.log?.('warn', 'api.refused', {from: request.socket.remoteAddress, why: refusal});
			socket.on('error', () => {});
			socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
			return;
		}
		sockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
			if (isLink(request) && options.onLink) return options.onLink(webSocket, request.socket.remoteAddress ?? '');
			const consoleId = `console-${++lastConsole}`;
			connections.set(consoleId, new Connection(consoleId, webSocket, request.socket.remoteAddress ?? '', around));
			webSocket.on('close', () => connections.delete(consoleId));
		});
	});
	await listen(http, options);
	// Only now: a timer of a server that could not listen would keep the process from ending.
	const heartbeat = setInterval(() => {
		for (const connection of connections.values()) connection.beat();
		renew();
	}, limits.pingMs);
	return {
		port: (http.address() as AddressInfo).port,
		get connections() {
			return connections.size;
		},
		touch: (operatorId, urgent) => {
			hub.touch(operatorId, urgent);
			hub.touch(screenTopic(operatorId));
		},
		touchAll: () => hub.touchAll(),
		closeConsole: (consoleId, reason) => connections.get(consoleId)?.sessionClosed(reason),
		close: async () => {
			clearInterval(heartbeat);
			hub.flush();
			const closed = new Promise(resolve => http.close(resolve));
			await Promise.all([...connections.values()].map(connection => connection.stop()));
			http.closeAllConnections();
			await closed;
		},
	};
}

/** The server below the WebSockets, and what looks whether its certificate was renewed. */
function httpServer({tls, onCertificate, log}: ApiOptions): {http: Server; renew: () => void} {
	const timeouts = {requestTimeout: 10_000, headersTimeout: 10_000};
	const answer = (_request: IncomingMessage, response: ServerResponse): void => {
		response.writeHead(426, {'content-type': 'text/plain; charset=utf-8', connection: 'close'}).end('Kaden speaks WebSocket here.\n');
	};
	if (!tls) return {http: createServer(timeouts, answer), renew: () => {}};
	const minVersion = 'TLSv1.2';
	const first = readCertificate(tls);
	const http: SecureServer = createSecureServer(
		{...timeouts, cert: first.cert, key: first.key, minVersion, handshakeTimeout: 10_000},
		answer,
	);
	http.on('tlsClientError', error => log?.('debug', 'api.tls', {error: error.message}));
	onCertificate?.(first.fingerprint);
	const watch = new CertificateWatch(tls, first.fingerprint);
	const renew = (): void => {
		try {
			const certificate = watch.look();
			if (!certificate) return;
			http.setSecureContext({cert: certificate.cert, key: certificate.key, minVersion});
			log?.('info', 'api.certificateRenewed', {fingerprint: certificate.fingerprint});
			onCertificate?.(certificate.fingerprint);
		} catch (error) {
			log?.('error', 'api.certificateNotTaken', {error: (error as Error).message});
		}
	};
	return {http, renew};
}

/** Why this connection is not taken, as an HTTP status line. Browsers send Origin: a web page must never reach a service on its reader's machine. */
function refuses(request: IncomingMessage, connections: Map<string, Connection>, limits: ApiLimits): string | undefined {
	if (request.headers.origin !== undefined) return '403 Forbidden';
	if (connections.size >= limits.connectionsMax) return '503 Service Unavailable';
	let strangers = 0;
	for (const connection of connections.values()) if (connection.stranger) strangers++;
	return strangers >= limits.strangersMax ? '503 Service Unavailable' : undefined;
}

const isLink = ({url = ''}: IncomingMessage): boolean => new URL(url, 'ws://localhost').pathname === '/rpc';

function listen(http: Server, options: {host: string; port: number}): Promise<void> {
	return new Promise((resolve, reject) => {
		http.once('error', reject);
		http.listen(options.port, options.host, () => {
			http.off('error', reject);
			http.on('error', () => {});
			resolve();
		});
	});
}
