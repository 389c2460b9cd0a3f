/** RTP on the wire (RFC 3550 section 5.1): the few fields an audio relay reads and writes. */

export const headerBytes = 12;
/** G.711 runs at 8,000 samples a second; a frame is 20 ms. */
export const samplesPerMs = 8;
export const frameMs = 20;
export const frameSamples = frameMs * samplesPerMs;

/** a - b on the circle of 16 bits: positive when a is later. */
export const sequenceDelta = (a: number, b: number): number => ((a - b) << 16) >> 16;
/** a - b on the circle of 32 bits. */
export const timestampDelta = (a: number, b: number): number => (a - b) | 0;

/** True for a packet that can be RTP version 2 and is not RTCP sharing the port (RFC 5761 section 4). */
export function looksLikeRtp(packet: Uint8Array): boolean {
	if (packet.length < headerBytes || packet[0]! >> 6 !== 2) return false;
	const second = packet[1]!;
	return second < 192 || second > 223;
}

/** Where the payload begins and ends, past CSRCs and a header extension and before the padding; undefined when malformed. */
export function payloadRange(packet: Uint8Array): {from: number; to: number} | undefined {
	const first = packet[0]!;
	let from = headerBytes + (first & 0x0f) * 4;
	if (first & 0x10) {
		if (packet.length < from + 4) return undefined;
		from += 4 + ((packet[from + 2]! << 8) | packet[from + 3]!) * 4;
	}
	let to = packet.length;
	if (first & 0x20) to -= packet[packet.length - 1]!;
	return from <= to && to <= packet.length ? {from, to} : undefined;
}

/** Writes a plain header (no CSRC, extension or padding) into the first twelve bytes. */
export function writeHeader(
	packet: Uint8Array,
	payloadType: number,
	marker: boolean,
	sequence: number,
	timestamp: number,
	ssrc: number,
): void {
	packet[0] = 0x80;
	packet[1] = (marker ? 0x80 : 0) | payloadType;
	packet[2] = sequence >> 8;
	packet[3] = sequence;
	packet[4] = timestamp >>> 24;
	packet[5] = timestamp >>> 16;
	packet[6] = timestamp >>> 8;
	packet[7] = timestamp;
	packet[8] = ssrc >>> 24;
	packet[9] = ssrc >>> 16;
	packet[10] = ssrc >>> 8;
	packet[11] = ssrc;
}

export const readSequence = (packet: Uint8Array): number => (packet[2]! << 8) | packet[3]!;
export const readTimestamp = (packet: Uint8Array): number =>
	((packet[4]! << 24) | (packet[5]! << 16) | (packet[6]! << 8) | packet[7]!) >>> 0;
export const readSsrc = (packet: Uint8Array): number => ((packet[8]! << 24) | (packet[9]! << 16) | (packet[10]! << 8) | packet[11]!) >>> 0;
