import type {TraceView} from '../../server/api/views.js';

/** Raw IP packets (LINKTYPE_RAW of the pcap file format). */
const linkTypeRaw = 101;
/** What the file says of our own side: its address on the wire is the signalling server's, which knows several. */
const ourAddress = [192, 0, 2, 1];
const ourPort = 5060;

/** A file for packet analysers: each message as one UDP datagram between its peer and us. @returns the pcap file, version 2.4. */
export function pcapOf({messages}: TraceView): Buffer {
	const head = Buffer.alloc(24);
	head.writeUInt32LE(0xa1b2c3d4, 0);
	head.writeUInt16LE(2, 4);
	head.writeUInt16LE(4, 6);
	head.writeUInt32LE(65_535, 16);
	head.writeUInt32LE(linkTypeRaw, 20);
	return Buffer.concat([head, ...messages.map(record)]);
}

function record({atMs, sent, peer, text}: TraceView['messages'][number]): Buffer {
	const payload = Buffer.from(text, 'latin1').subarray(0, 65_000);
	const cut = peer.lastIndexOf(':');
	const octets = peer.slice(0, cut).split('.').map(Number);
	const theirs = octets.length === 4 && octets.every(octet => octet >= 0 && octet <= 255) ? octets : [198, 51, 100, 1];
	const packet = Buffer.alloc(28 + payload.length);
	packet.writeUInt16BE(0x4500, 0);
	packet.writeUInt16BE(packet.length, 2);
	packet.writeUInt16BE(0x4011, 8);
	packet.set(sent ? ourAddress : theirs, 12);
	packet.set(sent ? theirs : ourAddress, 16);
	packet.writeUInt16BE(headerSum(packet), 10);
	const theirPort = Number(peer.slice(cut + 1)) || 5060;
	packet.writeUInt16BE(sent ? ourPort : theirPort, 20);
	packet.writeUInt16BE(sent ? theirPort : ourPort, 22);
	packet.writeUInt16BE(8 + payload.length, 24);
	packet.set(payload, 28);
	const head = Buffer.alloc(16);
	head.writeUInt32LE(Math.floor(atMs / 1000), 0);
	head.writeUInt32LE(Math.floor((atMs % 1000) * 1000), 4);
	head.writeUInt32LE(packet.length, 8);
	head.writeUInt32LE(packet.length, 12);
	return Buffer.concat([head, packet]);
}

/** RFC 1071, over the twenty bytes of an IPv4 header. */
function headerSum(packet: Buffer): number {
	let sum = 0;
	for (let at = 0; at < 20; at += 2) sum += packet.readUInt16BE(at);
	while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
	return ~sum & 0xffff;
}
