import {promises as dns, lookup, type SrvRecord} from 'node:dns';
import {isIP} from 'node:net';
import type {Clock} from './clock.js';
import {type Hop, usualPort} from './hop.js';

/** How names are asked for; tests put in answers of their own. */
export interface NameService {
	srv(name: string): Promise<SrvRecord[]>;
	addresses(name: string): Promise<string[]>;
}

/** SRV from DNS; addresses by the system's resolver, which knows /etc/hosts. */
export const systemNames: NameService = {
	srv: name => dns.resolveSrv(name),
	addresses: name =>
		new Promise((resolve, reject) => {
			lookup(name, {all: true, family: 0, verbatim: false}, (error, found) => {
				if (error) reject(error);
				else resolve(found.map(each => each.address));
			});
		}),
};

/**
 * Hops of a host name, best first (RFC 3263 4.1, 4.2, without NAPTR): with a port the name's addresses, without one its SRV
 * records by priority and weight, else its addresses on port 5060 (5061 for TLS). Empty when the name is unknown.
 */
export async function resolveHops(
	names: NameService,
	host: string,
	port: number,
	protocol: Hop['protocol'] | undefined,
	served: Hop['protocol'][],
): Promise<Hop[]> {
	const used = protocol ?? served[0] ?? 'udp';
	if (isIP(host)) return [{protocol: used, address: host, port: port || usualPort(used), flow: 0}];
	// A name without a dot comes from the hosts file; asking DNS for its services would only cost time.
	if (!port && host.includes('.')) {
		for (const each of protocol ? [protocol] : served) {
			const records = await names.srv(each === 'tls' ? `_sips._tcp.${host}` : `_sip._${each}.${host}`).catch(() => []);
			const hops: Hop[] = [];
			for (const record of records.sort((a, b) => a.priority - b.priority || b.weight - a.weight)) {
				for (const address of await names.addresses(record.name).catch(() => []))
					hops.push({protocol: each, address, port: record.port, flow: 0});
			}
			if (hops.length > 0) return hops;
		}
	}
	const addresses = await names.addresses(host).catch(() => []);
	return addresses.map(address => ({protocol: used, address, port: port || usualPort(used), flow: 0}));
}

const rememberMs = 30_000;
const forgetBlameMs = 60_000;
const entriesMax = 1000;

/** Resolves names, remembers the answers for a while, and puts addresses that have just failed behind the others. */
export class Resolver {
	private readonly answers = new Map<string, {hops: Promise<Hop[]>; untilMs: number}>();
	private readonly blamed = new Map<string, number>();

	constructor(
		private readonly names: NameService,
		private readonly clock: Clock,
		private readonly served: Hop['protocol'][],
	) {}

	/** Calls back with the hops of a name, best first; with none when the name is unknown. */
	resolve(host: string, port: number, protocol: Hop['protocol'] | undefined, found: (hops: Hop[]) => void): void {
		const key = `${host}|${port}|${protocol ?? ''}`;
		let answer = this.answers.get(key);
		if (!answer || answer.untilMs < this.clock.nowMs()) {
			if (this.answers.size >= entriesMax) this.answers.clear();
			answer = {hops: resolveHops(this.names, host, port, protocol, this.served).catch(() => []), untilMs: this.clock.nowMs() + rememberMs};
			this.answers.set(key, answer);
		}
		void answer.hops.then(hops => found(this.blamed.size === 0 ? hops : [...hops].sort((a, b) => this.isBlamed(a) - this.isBlamed(b))));
	}

	/** A request to that address has failed. */
	blame(hop: Hop): void {
		if (this.blamed.size >= entriesMax) this.blamed.clear();
		this.blamed.set(`${hop.address}|${hop.port}`, this.clock.nowMs() + forgetBlameMs);
	}

	private isBlamed(hop: Hop): number {
		return (this.blamed.get(`${hop.address}|${hop.port}`) ?? 0) > this.clock.nowMs() ? 1 : 0;
	}
}
