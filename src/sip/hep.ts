/**
 * HEP version 3, the encapsulation that SIP captures are sent to a collector with (HEP3 protocol specification of the SIPCAPTURE project,
 * revision 36): a header, then chunks of vendor, type, length and value.
 */
import {isIPv4, isIPv6} from 'node:net';

/** One SIP message, as the collector is told of it. Addresses are of IP; another text stands as 0.0.0.0. */
export type Captured = {
	/** Of the wall clock. */
	atMs: number;
	/** udp, tcp, tls or ws; all but the first run over TCP. */
	protocol: string;
	from: {address: string; port: number};
	to: {address: string; port: number};
	callId: string;
	text: string;
};

/** Who captures: a number of the installation's choice, and what the collector wants to see before it believes us. */
export type Agent = {captureId: number; key?: string};

/** A datagram carries so much (RFC 768), less headers; a longer message is cut. */
const payloadBytesMax = 65_000;
const protocolSip = 1;

export function hepPacket({atMs, protocol, from, to, callId, text}: Captured, {captureId, key}: Agent): Buffer {
	const isSix = isIPv6(from.address) || isIPv6(to.address);
	const seconds = Math.floor(atMs / 1000);
	const chunks = [
		chunk(0x01, u8(isSix ? 10 : 2)),
		chunk(0x02, u8(protocol === 'udp' ? 17 : 6)),
		chunk(isSix ? 0x05 : 0x03, addressBytes(from.address, isSix)),
		chunk(isSix ? 0x06 : 0x04, addressBytes(to.address, isSix)),
		chunk(0x07, u16(from.port)),
		chunk(0x08, u16(to.port)),
		chunk(0x09, u32(seconds)),
		chunk(0x0a, u32(Math.floor((atMs - seconds * 1000) * 1000))),
		chunk(0x0b, u8(protocolSip)),
		chunk(0x0c, u32(captureId)),
		...(key === undefined ? [] : [chunk(0x0e, Buffer.from(key, 'utf8'))]),
		// What is blotted out of a message is marked by a sign that no byte stands for.
		chunk(0x0f, Buffer.from(text.replaceAll('…', '...'), 'latin1').subarray(0, payloadBytesMax)),
		chunk(0x11, Buffer.from(callId, 'latin1').subarray(0, 255)),
	];
	const head = Buffer.from('HEP3\0\0', 'latin1');
	const packet = Buffer.concat([head, ...chunks]);
	packet.writeUInt16BE(packet.length, 4);
	return packet;
}

/** Vendor 0: types that every collector knows. */
function chunk(type: number, value: Buffer): Buffer {
	const head = Buffer.alloc(6);
	head.writeUInt16BE(type, 2);
	head.writeUInt16BE(6 + value.length, 4);
	return Buffer.concat([head, value]);
}

const u8 = (value: number): Buffer => Buffer.from([value & 0xff]);
function u16(value: number): Buffer {
	const bytes = Buffer.alloc(2);
	bytes.writeUInt16BE(value >= 0 && value <= 0xffff ? value : 0);
	return bytes;
}
function u32(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value >>> 0);
	return bytes;
}

function addressBytes(address: string, isSix: boolean): Buffer {
	if (!isSix) return Buffer.from((isIPv4(address) ? address : '0.0.0.0').split('.').map(Number));
	const text = isIPv6(address) ? address : `::ffff:${isIPv4(address) ? address : '0.0.0.0'}`;
	return Buffer.concat(groupsOf(text.replace(/%.*$/u, '')).map(u16));
}

/** The eight groups of an IPv6 address (RFC 4291 section 2.2), with or without an IPv4 address at its end. */
function groupsOf(address: string): number[] {
	const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/u, (_all, ...octets: string[]) => {
		const [a, b, c, d] = octets.map(Number) as [number, number, number, number];
		return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
	});
	const groups = (part: string | undefined) => (part ? part.split(':').map(group => Number.parseInt(group, 16)) : []);
	const [before, after] = plain.split('::');
	const [first, last] = [groups(before), groups(after)];
	return [...first, ...Array.from({length: 8 - first.length - last.length}, () => 0), ...last];
}

const hostAndPort = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/u;
/** Of `192.0.2.9:5060`, `[2001:db8::9]:5060`, or an IPv6 address without brackets and its port behind the last colon. */
export function endOf(text: string): {address: string; port: number} {
	const [, six, four, port] = hostAndPort.exec(text) ?? [];
	if (port !== undefined) return {address: six ?? four ?? '', port: Number(port)};
	const cut = text.lastIndexOf(':');
	const tail = text.slice(cut + 1);
	const isSix = isIPv6(text.slice(0, cut)) && /^\d+$/u.test(tail);
	return isSix ? {address: text.slice(0, cut), port: Number(tail)} : {address: text, port: 5060};
}
