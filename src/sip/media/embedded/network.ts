/**
 * A datagram that has come in. The bytes are the receiver's to change, but only until it returns: they may be read over.
 * `nowMs`: one reading of the clock for all that were found together.
 */
export type PacketListener = (packet: Buffer, address: string, port: number, nowMs: number) => void;

/** The pair of sockets of one endpoint: RTP, and above it RTCP. */
export interface RtpSocket {
	/** While it is, the kernel lets only packets of that one source in. */
	readonly connected: boolean;
	/** Sends at once; what the network refuses (an unreachable peer, a full buffer) is counted, and RTP goes on. */
	send(packet: Buffer, port: number, address: string): void;
	/** From now on the kernel drops all packets of others. */
	connect(address: string, port: number): void;
	disconnect(): void;
	/** Opens the RTCP port above RTP at `port`. What comes in there is tolerated and not read. Rejects when it is in use. */
	guard(address: string, port: number): Promise<void>;
	/** Hands over what has come in and was not looked at yet, as far as that can be done at once. */
	drain(): void;
	close(): void;
}

/** The way of one thread to the network: `DgramNetwork` or, where that can be, `NativeNetwork`. */
export interface Network {
	readonly name: 'dgram' | 'native';
	/** Why it is this one. */
	readonly why: string;
	/**
	 * Opens RTP at `port` and, unless the pair is being taken over from another thread, RTCP at `port + 1`. The RTP port is
	 * shareable, so that another thread can take it over without a gap; the RTCP port is not, and so guards the pair
	 * against every other user of the same range. Rejects with the `code` of the system (EADDRINUSE) when one is in use.
	 */
	open(address: string, port: number, listener: PacketListener, takeover: boolean): Promise<RtpSocket>;
	/** Call it every 5 ms. */
	turn(): void;
}
