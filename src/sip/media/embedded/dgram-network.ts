import {createSocket, type Socket} from 'node:dgram';
import type {Network, PacketListener, RtpSocket} from './network.js';
import type {Pace} from './pace.js';

/** Literal addresses need no resolver; answering at once keeps `send` and `connect` synchronous. */
const literal = (host: string, _options: unknown, done: (error: null, address: string, family: number) => void): void =>
	done(null, host, host.includes(':') ? 6 : 4);

const bind = (socket: Socket, address: string, port: number): Promise<void> =>
	new Promise((resolve, reject) => {
		socket.once('error', reject);
		socket.bind({address, port, exclusive: true}, () => {
			socket.off('error', reject);
			resolve();
		});
	});

/** UDP by Node's own sockets: everywhere that Node runs. */
export class DgramNetwork implements Network {
	readonly name = 'dgram';

	constructor(
		private readonly pace: Pace,
		readonly why: string,
	) {}

	open(address: string, port: number, listener: PacketListener, takeover: boolean): Promise<RtpSocket> {
		return DgramSocket.open(address, port, (packet, from, fromPort) => listener(packet, from, fromPort, this.pace.packet()), takeover);
	}

	turn(): void {
		this.pace.turn();
	}
}

type Listener = (packet: Buffer, address: string, port: number) => void;

class DgramSocket implements RtpSocket {
	connected = false;
	/** Datagrams that the network refused (an unreachable peer, a full buffer): RTP goes on. */
	errors = 0;
	private closed = false;

	private constructor(
		private readonly rtp: Socket,
		private rtcp: Socket | undefined,
	) {}

	static async open(address: string, port: number, listener: Listener, takeover: boolean): Promise<DgramSocket> {
		const type = address.includes(':') ? 'udp6' : 'udp4';
		const rtp = createSocket({type, reuseAddr: true, lookup: literal});
		const pair = new DgramSocket(rtp, undefined);
		try {
			if (!takeover) await pair.guard(address, port);
			await bind(rtp, address, port);
		} catch (error) {
			pair.close();
			throw error;
		}
		rtp.on('error', () => {
			// ICMP errors come up here on a connected socket: the peer may be back with the next packet.
			pair.errors++;
		});
		rtp.on('message', (packet, from) => listener(packet, from.address, from.port));
		return pair;
	}

	async guard(address: string, port: number): Promise<void> {
		const rtcp = createSocket({type: address.includes(':') ? 'udp6' : 'udp4'});
		await bind(rtcp, address, port + 1).catch(error => {
			rtcp.close();
			throw error;
		});
		rtcp.on('error', () => this.errors++);
		if (this.closed) rtcp.close();
		else this.rtcp = rtcp;
	}

	send(packet: Buffer, port: number, address: string): void {
		if (this.closed) return;
		if (this.connected) this.rtp.send(packet);
		else this.rtp.send(packet, port, address);
	}

	connect(address: string, port: number): void {
		if (this.connected || this.closed) return;
		this.rtp.connect(port, address);
		try {
			this.rtp.remoteAddress();
			this.connected = true;
		} catch {
			// No route just now; its error event has been counted, and the socket goes on unconnected.
		}
	}

	disconnect(): void {
		if (!this.connected || this.closed) return;
		this.rtp.disconnect();
		this.connected = false;
	}

	/** Node reads when it comes to it, which is at once; what lies there in between goes with the socket. */
	drain(): void {}

	close(): void {
		if (this.closed) return;
		this.closed = true;
		for (const socket of [this.rtp, this.rtcp]) {
			try {
				socket?.close();
			} catch {
				// Never opened.
			}
		}
	}
}
