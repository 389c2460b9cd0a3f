import {isIP, isIPv4} from 'node:net';

/** Addresses as the system calls of Linux take them: `struct sockaddr_in` and `struct sockaddr_in6` (little-endian machines). */

export const families = {unspecified: 0, udp4: 2, udp6: 10};
/** Room for the longer one. */
export const socketAddressBytes = 28;

/** The eight groups of an IPv6 address, which is known to be one. */
function groupsOf(address: string): number[] {
	const dotted = address.lastIndexOf(':') + 1;
	let text = address;
	if (address.includes('.')) {
		const [a, b, c, d] = address.slice(dotted).split('.').map(Number) as [number, number, number, number];
		text = `${address.slice(0, dotted)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
	}
	const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map(group => Number.parseInt(group, 16)));
	const [before, after] = text.split('::') as [string, string?];
	const [head, tail] = [groups(before), groups(after ?? '')];
	return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/**
 * The address for a socket of `family`; undefined when it is no IP address, one of the other family, or one with a zone
 * (`fe80::1%eth0`) that is not given as a number.
 */
export function encodeAddress(family: number, address: string, port: number): Buffer | undefined {
	if (isIPv4(address)) {
		if (family !== families.udp4) return undefined;
		const bytes = Buffer.alloc(16);
		bytes.writeUInt16LE(family, 0);
		bytes.writeUInt16BE(port, 2);
		for (const [index, part] of address.split('.').entries()) bytes[4 + index] = Number(part);
		return bytes;
	}
	if (isIP(address) !== 6 || family !== families.udp6) return undefined;
	const [plain, zone = '0'] = address.split('%') as [string, string?];
	if (!/^\d{1,9}$/.test(zone)) return undefined;
	const bytes = Buffer.alloc(socketAddressBytes);
	bytes.writeUInt16LE(family, 0);
	bytes.writeUInt16BE(port, 2);
	for (const [index, group] of groupsOf(plain).entries()) bytes.writeUInt16BE(group, 8 + index * 2);
	bytes.writeUInt32LE(Number(zone), 24);
	return bytes;
}

/** Shortened as RFC 5952 wants it, so that one address is always the same text. */
function textOf(groups: number[]): string {
	if (groups.slice(0, 5).every(group => group === 0) && groups[5] === 0xffff) {
		const [high, low] = groups.slice(6) as [number, number];
		return `::ffff:${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
	}
	let [from, longest] = [-1, 1];
	for (let start = 0; start < 8; start++) {
		let end = start;
		while (groups[end] === 0) end++;
		if (end - start > longest) [from, longest] = [start, end - start];
	}
	const text = (part: number[]): string => part.map(group => group.toString(16)).join(':');
	return from < 0 ? text(groups) : `${text(groups.slice(0, from))}::${text(groups.slice(from + longest))}`;
}

export const portOf = (bytes: Buffer): number => bytes.readUInt16BE(2);

export function addressOf(bytes: Buffer): string {
	if (bytes.readUInt16LE(0) === families.udp4) return `${bytes[4]}.${bytes[5]}.${bytes[6]}.${bytes[7]}`;
	const zone = bytes.readUInt32LE(24);
	const text = textOf(Array.from({length: 8}, (_, index) => bytes.readUInt16BE(8 + index * 2)));
	return zone === 0 ? text : `${text}%${zone}`;
}
