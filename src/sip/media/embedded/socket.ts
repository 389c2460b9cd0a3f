import {createSocket, type Socket} from 'node:dgram';

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

export type PacketListener = (packet: Buffer, address: string, port: number) => void;

/**
 * The pair of sockets of one endpoint. The RTP port is opened shareable, so that another thread can take it over without a
 * gap; the RTCP port above it is not, and so guards the pair against every other user of the same range.
 */
export class RtpSocket {
	connected = false;
	/** Datagrams that the network refused (an unreachable peer, a full buffer): RTP goes on. */
	errors = 0;
	private closed = false;

	private constructor(
		private readonly rtp: Socket,
		private rtcp: Socket | undefined,
	) {}

	/** Opens RTP at `port` and, unless the pair is being taken over, RTCP at `port + 1`. Rejects when one is in use. */
	static async open(address: string, port: number, listener: PacketListener, takeover = false): Promise<RtpSocket> {
		const type = address.includes(':') ? 'udp6' : 'udp4';
		const rtp = createSocket({type, reuseAddr: true, lookup: literal});
		const pair = new RtpSocket(rtp, undefined);
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

	/** Opens the RTCP port. What comes in there is tolerated and not read. */
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

	/** From now on the kernel drops all packets of others. */
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
