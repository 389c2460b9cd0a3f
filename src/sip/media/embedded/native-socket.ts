import type {PacketListener, RtpSocket} from './network.js';
import {encodeAddress} from './socket-address.js';
import {flags, type SystemCalls} from './system-calls.js';

/** One UDP port. */
export class Port {
	errors = 0;
	connectedTo: {address: string; port: number} | undefined;
	private target: {address: string; port: number; bytes: Buffer | undefined} | undefined;

	constructor(
		private readonly calls: SystemCalls,
		/** Its file descriptor. */
		readonly number: number,
		private readonly family: number,
		readonly listener: PacketListener,
		/** Reads one datagram and hands it over; false when there is none. */
		readonly read: () => boolean,
		/** Lets go of it. */
		readonly close: () => void,
	) {}

	send(packet: Buffer, port: number, address: string): void {
		const {calls} = this;
		let sent = -1;
		if (this.connectedTo) {
			sent = calls.send(this.number, packet, packet.length, flags.send);
		} else {
			if (this.target?.port !== port || this.target.address !== address)
				this.target = {address, port, bytes: encodeAddress(this.family, address, port)};
			const {bytes} = this.target;
			if (bytes) sent = calls.sendto(this.number, packet, packet.length, flags.send, bytes, bytes.length);
		}
		if (sent < 0) this.errors++;
	}

	connect(address: string, port: number): void {
		const bytes = encodeAddress(this.family, address, port);
		// Without a route just now the socket goes on unconnected.
		if (bytes && this.calls.connect(this.number, bytes, bytes.length) === 0) this.connectedTo = {address, port};
		else this.errors++;
	}

	disconnect(): void {
		this.calls.connect(this.number, Buffer.alloc(16), 16);
		this.connectedTo = undefined;
	}
}

/** Opens one port. @throws with the `code` of the system. `shared`: another thread may open it too. */
export type OpenPort = (address: string, port: number, listener: PacketListener, shared: boolean) => Port;

/** Twice what fits into a socket's memory: whoever sends faster than we read does not hold the thread. */
const drainedMax = 512;

const nobody: PacketListener = () => {};

/** A pair of ports: see `Network.open`. */
export class NativeSocket implements RtpSocket {
	private closed = false;
	private rtcp: Port | undefined;
	private readonly rtp: Port;

	/** @throws with the `code` of the system. */
	constructor(
		private readonly openPort: OpenPort,
		address: string,
		port: number,
		listener: PacketListener,
		takeover: boolean,
	) {
		if (!takeover) this.rtcp = openPort(address, port + 1, nobody, false);
		try {
			this.rtp = openPort(address, port, listener, true);
		} catch (error) {
			this.rtcp?.close();
			throw error;
		}
	}

	get connected(): boolean {
		return this.rtp.connectedTo !== undefined;
	}

	async guard(address: string, port: number): Promise<void> {
		if (!this.closed) this.rtcp = this.openPort(address, port + 1, nobody, false);
	}

	send(packet: Buffer, port: number, address: string): void {
		if (!this.closed) this.rtp.send(packet, port, address);
	}

	connect(address: string, port: number): void {
		if (!this.connected && !this.closed) this.rtp.connect(address, port);
	}

	disconnect(): void {
		if (this.connected && !this.closed) this.rtp.disconnect();
	}

	drain(): void {
		for (let count = 0; count < drainedMax && !this.closed && this.rtp.read(); count++);
	}

	close(): void {
		if (this.closed) return;
		this.closed = true;
		this.rtp.close();
		this.rtcp?.close();
	}
}
