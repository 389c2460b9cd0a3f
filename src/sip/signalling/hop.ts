export type Protocol = 'udp' | 'tcp' | 'tls';

/** Where a message goes to or came from. `flow` names one TCP or TLS connection; 0 means "any, or a new one". */
export interface Hop {
	protocol: Protocol;
	address: string;
	port: number;
	flow: number;
	/** What the peer must prove to be, over TLS; the address where it is absent. */
	name?: string;
}

/** Over a connection that delivers in order and whole: nothing is repeated, and what belongs together stays on it. */
export const isStream = (protocol: Protocol): boolean => protocol !== 'udp';
/** RFC 3261 19.1.2. */
export const usualPort = (protocol: Protocol | undefined): number => (protocol === 'tls' ? 5061 : 5060);

/** What the engine needs of the network. The real one is sockets, a test's is a lossy fake link. */
export interface Wire {
	/** Sends one message. `onError` is called, later, when it is known that it cannot arrive (refused, unreachable, too big). */
	send(hop: Hop, text: string, onError?: (error: Error) => void): void;
	/** Our own host and port for messages to that hop; undefined when the protocol is not served. */
	local(protocol: Protocol, towards: string): {host: string; port: number} | undefined;
	/** True while that connection is open. */
	alive(flow: number): boolean;
	/** True when host and port are ours: a request there would loop. */
	isOurs(host: string, port: number): boolean;
	/** Turns a host name into hops, best first (RFC 3263); empty when the name is unknown. Literal addresses never come here. */
	resolve(host: string, port: number, protocol: Protocol | undefined, found: (hops: Hop[]) => void): void;
	/** A request to that hop met silence or refusal: other addresses of the same name go first for a while (RFC 3263 4.3). */
	blame?(hop: Hop): void;
}

/** What a message takes for which nobody has said by what it should go. */
export function usualProtocol(wire: Wire, towards: string): Protocol {
	return (['udp', 'tcp'] as const).find(each => wire.local(each, towards)) ?? 'tls';
}

/** True for IPv4 and (bracketed) IPv6 literals: those need no DNS. */
export function isLiteral(host: string): boolean {
	const last = host.charCodeAt(host.length - 1);
	return last === 93 || (last >= 48 && last <= 57 && /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)) || host.includes(':');
}

/** An address as it stands in a URI or Via: IPv6 in brackets. */
export const bracketed = (address: string): string => (address.includes(':') && !address.startsWith('[') ? `[${address}]` : address);
/** An address as sockets want it. */
export const unbracketed = (host: string): string => (host.startsWith('[') ? host.slice(1, -1) : host);
/** An IPv4 address as such, also when a socket for both families shows it mapped into IPv6. */
export const plainAddress = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address);
