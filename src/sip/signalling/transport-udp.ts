import {createSocket, type Socket} from 'node:dgram';
import {isIPv6} from 'node:net';
import {type Hop, plainAddress} from './hop.js';

/** Literal addresses need no resolver: answering at once saves a trip through the thread pool per packet. */
function literalLookup(host: string, _options: unknown, done: (error: Error | null, address: string, family: number) => void): void {
	done(null, host, isIPv6(host) ? 6 : 4);
}

const kernelBufferBytes = 4 << 20;

/** One UDP socket carrying SIP. */
export class UdpTransport {
	private readonly socket: Socket;
	port = 0;

	constructor(
		readonly host: string,
		private readonly received: (text: string, from: Hop) => void,
	) {
		this.socket = createSocket({type: isIPv6(host) ? 'udp6' : 'udp4', lookup: literalLookup as never});
		this.socket.on('message', (bytes, from) => {
			// Shorter packets are keepalives (RFC 5626 3.5.1); UDP answers none of them.
			if (bytes.length < 12) return;
			this.received(bytes.toString('latin1'), {protocol: 'udp', address: plainAddress(from.address), port: from.port, flow: 0});
		});
		// Errors of a single packet must never end the socket; those that matter reach the sender's callback.
		this.socket.on('error', () => {});
	}

	/** Binds; the port read back is in `port`. Rejects when the address cannot be had. */
	listen(port: number): Promise<void> {
		return new Promise((resolve, reject) => {
			this.socket.once('error', reject);
			this.socket.bind(port, this.host, () => {
				this.socket.off('error', reject);
				this.port = this.socket.address().port;
				try {
					this.socket.setRecvBufferSize(kernelBufferBytes);
					this.socket.setSendBufferSize(kernelBufferBytes);
				} catch {
					// A kernel with a lower limit keeps its own size.
				}
				resolve();
			});
		});
	}

	send(hop: Hop, text: string, onError?: (error: Error) => void): void {
		const bytes = Buffer.from(text, 'latin1');
		if (!onError) this.socket.send(bytes, hop.port, hop.address);
		else
			this.socket.send(bytes, hop.port, hop.address, error => {
				if (error) onError(error);
			});
	}

	close(): Promise<void> {
		return new Promise(resolve => this.socket.close(() => resolve()));
	}
}
