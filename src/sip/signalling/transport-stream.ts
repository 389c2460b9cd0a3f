import type {Server, Socket} from 'node:net';
import type {Clock} from './clock.js';
import {type Hop, plainAddress} from './hop.js';
import {StreamReader} from './stream-reader.js';
import type {StreamSockets} from './stream-sockets.js';

export interface StreamLimits {
	messageBytesMax: number;
	connectionsMax: number;
	/** Of one address, so that one peer cannot take all of them. */
	connectionsPerAddressMax: number;
	/** A connection that has not yet carried one whole message is closed after this time. */
	strangerIdleMs: number;
	/** A connection of ours that is not there after this time, the handshake with it, is given up with all that waits for it. */
	connectMs: number;
	/** A proven connection is closed after this time without traffic. */
	idleMs: number;
	/** Bytes a slow peer may leave unread before its connection is closed. */
	backlogBytesMax: number;
}

export const streamLimits: StreamLimits = {
	messageBytesMax: 65_535,
	connectionsMax: 10_000,
	connectionsPerAddressMax: 1000,
	strangerIdleMs: 30_000,
	connectMs: 10_000,
	idleMs: 3_700_000,
	backlogBytesMax: 8 << 20,
};

/** What a peer may leave unread and still be answered its pings. */
const pongBacklogBytesMax = 1000;
const keepAliveMs = 60_000;

interface Connection {
	id: number;
	socket: Socket;
	open: boolean;
	reader: StreamReader;
	lastMs: number;
	proven: boolean;
	/** What is to be sent when the connection is open: nothing is said to a peer that has not proved who it is. */
	waiting: {text: string; onError: ((error: Error) => void) | undefined}[];
	waitingBytes: number;
}

/** Numbers the connections of all transports, so that a flow is one of them. */
let lastFlow = 0;

/** SIP over TCP or TLS: the listener, outgoing connections, and their reuse by peer address (RFC 3261 18, RFC 5923). */
export class StreamTransport {
	private readonly server: Server;
	private readonly byId = new Map<number, Connection>();
	/** Where there are several, the newest: by address and port, and by the name proved where one must be proved. */
	private readonly byPeer = new Map<string, Connection>();
	/** What has connected and cannot speak SIP yet, by address and port: over TLS the handshake comes first. */
	private readonly admitted = new Map<string, {socket: Socket; sinceMs: number}>();
	/** Open connections that peers have made, by address: those too that have not yet proved to be TLS. */
	private readonly incoming = new Map<string, number>();
	private incomingCount = 0;
	private stopSweep: (() => void) | undefined;
	private closing = false;
	port = 0;

	constructor(
		readonly host: string,
		private readonly received: (text: string, from: Hop) => void,
		private readonly clock: Clock,
		private readonly sockets: StreamSockets,
		private readonly limits: StreamLimits = streamLimits,
		/** Told of a connection of ours that has not come about, `address|port`. */
		private readonly failed?: (peer: string, error: Error) => void,
	) {
		this.server = sockets.listener(
			socket => this.admit(socket),
			socket => {
				// Of one that has gone already the address is not known any more.
				if (!socket.destroyed) this.adopt(socket, plainAddress(socket.remoteAddress ?? ''), socket.remotePort!);
			},
		);
		this.server.on('error', () => {});
	}

	private admit(socket: Socket): void {
		const address = plainAddress(socket.remoteAddress ?? '');
		const count = (this.incoming.get(address) ?? 0) + 1;
		if (this.incomingCount >= this.limits.connectionsMax || count > this.limits.connectionsPerAddressMax) {
			socket.destroy();
			return;
		}
		this.incoming.set(address, count);
		this.incomingCount++;
		const place = `${address}|${socket.remotePort}`;
		this.admitted.set(place, {socket, sinceMs: this.clock.nowMs()});
		socket.once('close', () => {
			if (this.admitted.get(place)?.socket === socket) this.admitted.delete(place);
			this.left(address);
		});
	}

	listen(port: number): Promise<void> {
		return new Promise((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(port, this.host, () => {
				this.server.off('error', reject);
				this.port = (this.server.address() as {port: number}).port;
				this.sweepLater();
				resolve();
			});
		});
	}

	alive(flow: number): boolean {
		return this.byId.get(flow)?.socket.writable ?? false;
	}

	send(hop: Hop, text: string, onError?: (error: Error) => void): void {
		// A connection whose end has been read, or which we are closing, is there for a moment more: it carries nothing.
		const usable = (known: Connection | undefined) => (known?.socket.writable ? known : undefined);
		const connection = usable(this.byId.get(hop.flow)) ?? usable(this.byPeer.get(this.keyOf(hop))) ?? this.connect(hop);
		const {socket} = connection;
		connection.lastMs = this.clock.nowMs();
		if (!connection.open) {
			connection.waiting.push({text, onError});
			connection.waitingBytes += text.length;
			if (connection.waitingBytes > this.limits.backlogBytesMax) socket.destroy();
			return;
		}
		socket.write(text, 'latin1', error => {
			if (error) onError?.(error);
		});
		if (socket.writableLength > this.limits.backlogBytesMax) socket.destroy();
	}

	private keyOf(hop: Hop): string {
		const place = `${hop.address}|${hop.port}`;
		return this.sockets.trusts(hop) ? place : `${place}|${hop.name?.toLowerCase()}`;
	}

	private left(address: string): void {
		this.incomingCount--;
		const count = (this.incoming.get(address) ?? 1) - 1;
		if (count > 0) this.incoming.set(address, count);
		else this.incoming.delete(address);
	}

	private connect(hop: Hop): Connection {
		const socket = this.sockets.connect(hop, () => {
			stopWaiting();
			connection.open = true;
			for (const {text, onError} of connection.waiting.splice(0)) this.send({...hop, flow: connection.id}, text, onError);
		});
		const stopWaiting = this.clock.after(this.limits.connectMs, () => socket.destroy(new Error('it takes too long')));
		socket.once('close', stopWaiting);
		const connection = this.adopt(socket, hop.address, hop.port, hop);
		return connection;
	}

	/** `hop`: where we connect to; absent for one that has connected to us. */
	private adopt(socket: Socket, address: string, port: number, hop?: Hop): Connection {
		const key = hop ? this.keyOf(hop) : `${address}|${port}`;
		if (!hop) this.admitted.delete(key);
		const connection: Connection = {
			id: ++lastFlow,
			socket,
			open: hop === undefined,
			reader: new StreamReader(this.limits.messageBytesMax),
			lastMs: this.clock.nowMs(),
			proven: hop !== undefined,
			waiting: [],
			waitingBytes: 0,
		};
		const from: Hop = {
			protocol: this.sockets.protocol,
			address,
			port,
			flow: connection.id,
			...(hop?.name !== undefined && {name: hop.name}),
		};
		// A phone that was unplugged says nothing more: without probes its connection would count as open for an hour.
		socket.setKeepAlive(true, keepAliveMs);
		this.byId.set(connection.id, connection);
		this.byPeer.set(key, connection);
		socket.on('data', bytes => this.read(connection, bytes, from));
		let failure: Error | undefined;
		socket.on('error', error => {
			failure = error;
		});
		socket.on('close', () => {
			this.byId.delete(connection.id);
			if (this.byPeer.get(key) === connection) this.byPeer.delete(key);
			for (const {onError} of connection.waiting.splice(0)) onError?.(failure ?? new Error('connection closed'));
			if (failure && !connection.open) this.failed?.(`${address}|${port}`, failure);
		});
		return connection;
	}

	private read(connection: Connection, bytes: Buffer, from: Hop): void {
		connection.lastMs = this.clock.nowMs();
		const {messages, keepalives, refusal} = connection.reader.push(bytes.toString('latin1'));
		// RFC 5626 3.5.1: a double CRLF is a ping, answered by one CRLF. Pings that come together share it, and who does not read gets none.
		if (keepalives > 0 && connection.socket.writableLength < pongBacklogBytesMax) connection.socket.write('\r\n');
		for (const text of messages) {
			connection.proven = true;
			this.received(text, from);
		}
		if (!refusal) return;
		if (refusal.message) this.received(refusal.message, from);
		// The stream has lost its framing: nothing after this point can be trusted.
		connection.socket.end();
		connection.socket.destroySoon();
	}

	private sweepLater(): void {
		this.stopSweep = this.clock.after(10_000, () => {
			const nowMs = this.clock.nowMs();
			for (const {socket, proven, lastMs} of this.byId.values()) {
				if (nowMs - lastMs > (proven ? this.limits.idleMs : this.limits.strangerIdleMs)) socket.destroy();
			}
			for (const {socket, sinceMs} of this.admitted.values()) if (nowMs - sinceMs > this.limits.strangerIdleMs) socket.destroy();
			if (!this.closing) this.sweepLater();
		});
	}

	close(): Promise<void> {
		this.closing = true;
		this.stopSweep?.();
		for (const {socket} of this.byId.values()) socket.destroy();
		for (const {socket} of this.admitted.values()) socket.destroy();
		return new Promise(resolve => this.server.close(() => resolve()));
	}
}
