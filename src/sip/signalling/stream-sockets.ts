import {createConnection, createServer, isIP, type Server, type Socket} from 'node:net';
import {checkServerIdentity, connect, createServer as createTlsServer, type PeerCertificate, type Server as TlsServer} from 'node:tls';
import type {Hop} from './hop.js';

/** How a stream transport gets its sockets: plain ones, or ones that encrypt. */
export interface StreamSockets {
	readonly protocol: 'tcp' | 'tls';
	/** `came`: somebody has connected, and is to be counted or destroyed. `ready`: on that socket SIP can be spoken. */
	listener(came: (socket: Socket) => void, ready: (socket: Socket) => void): Server;
	connect(hop: Hop, ready: () => void): Socket;
	/**
	 * May what goes to this hop go by a connection that came from its address and port? Not to a peer that must prove who it is: an
	 * address proves nothing, and whoever connects shows no certificate.
	 */
	trusts(hop: Hop): boolean;
}

/** What a TLS peer that we connect to must prove, by the host name or address it is called by in URIs (lower case). */
export interface TlsPeer {
	host: string;
	/** Authorities (PEM) instead of the well-known ones. */
	ca?: string;
	/** SHA-256 of the one certificate that is taken: upper-case hex with colons. Without `ca` it does not matter who signed it. */
	fingerprint?: string;
}

export interface TlsOwn {
	/** PEM, the chain after it. */
	cert: string;
	key: string;
	peers?: TlsPeer[];
}

export const plainSockets: StreamSockets = {
	protocol: 'tcp',
	listener: (came, ready) =>
		createServer({noDelay: true}, socket => {
			came(socket);
			ready(socket);
		}),
	connect: ({address, port}, ready) => createConnection({host: address, port, noDelay: true}, ready),
	trusts: () => true,
};

const minVersion = 'TLSv1.2';
/** Who connects and does not get so far is let go. */
const handshakeMs = 10_000;

/** SIP over TLS (RFC 3261 26.2.1): our certificate to whoever connects, and the peer's looked at when we do (RFC 5922 7). */
export class TlsSockets implements StreamSockets {
	readonly protocol = 'tls';
	readonly #own: TlsOwn;
	#server: TlsServer | undefined;

	constructor(own: TlsOwn) {
		this.#own = {...own};
	}

	/** From the next connection on. @throws when certificate and key do not fit. */
	renew(cert: string, key: string): void {
		this.#server?.setSecureContext({cert, key, minVersion});
		Object.assign(this.#own, {cert, key});
	}

	listener(came: (socket: Socket) => void, ready: (socket: Socket) => void): Server {
		const {cert, key} = this.#own;
		this.#server = createTlsServer({cert, key, minVersion, handshakeTimeout: handshakeMs}, socket => {
			socket.setNoDelay(true);
			ready(socket);
		});
		this.#server.on('connection', came);
		// One who says nothing, or no TLS, is only told of here: Node leaves the connection to us.
		this.#server.on('tlsClientError', (_error, socket) => socket.destroy());
		return this.#server;
	}

	trusts({address, name = address}: Hop): boolean {
		return isIP(name) !== 0 && this.#peer(name) === undefined;
	}

	#peer(name: string): TlsPeer | undefined {
		return this.#own.peers?.find(({host}) => host === name.toLowerCase());
	}

	connect({address, port, name = address}: Hop, ready: () => void): Socket {
		const {cert, key} = this.#own;
		const peer = this.#peer(name);
		const socket = connect({
			host: address,
			port,
			cert,
			key,
			minVersion,
			...(isIP(name) === 0 && {servername: name}),
			...(peer?.ca !== undefined && {ca: peer.ca}),
			rejectUnauthorized: peer?.fingerprint === undefined || peer.ca !== undefined,
			checkServerIdentity: (_host, certificate) => unproven(name, certificate),
		});
		socket.setNoDelay(true);
		socket.once('secureConnect', () => {
			const {fingerprint256} = socket.getPeerCertificate();
			if (peer?.fingerprint === undefined || fingerprint256 === peer.fingerprint) ready();
			else socket.destroy(new Error(`the certificate of ${name} is another one: ${fingerprint256}`));
		});
		return socket;
	}
}

/** A SIP domain may stand in the certificate as a URI or as a host name (RFC 5922 7.1, 7.2); an address as an address. */
function unproven(name: string, certificate: PeerCertificate): Error | undefined {
	const names = (certificate.subjectaltname ?? '').split(/, ?/);
	if (names.some(each => each.toLowerCase() === `uri:sip:${name.toLowerCase()}`)) return undefined;
	return checkServerIdentity(name, certificate);
}
