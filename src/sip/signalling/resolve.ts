import {promises as dns, lookup, type SrvRecord} from 'node:dns';
import {isIP} from 'node:net';
import type {Hop} from './hop.js';

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
 * records by priority and weight, else its addresses on port 5060. Empty when the name is unknown.
 */
export async function resolveHops(
	names: NameService,
	host: string,
	port: number,
	protocol: Hop['protocol'] | undefined,
	served: Hop['protocol'][],
): Promise<Hop[]> {
	if (isIP(host)) return [{protocol: protocol ?? served[0] ?? 'udp', address: host, port: port || 5060, flow: 0}];
	if (!port) {
		for (const each of protocol ? [protocol] : served) {
			const records = await names.srv(`_sip._${each}.${host}`).catch(() => []);
			const hops: Hop[] = [];
			for (const record of records.sort((a, b) => a.priority - b.priority || b.weight - a.weight)) {
				for (const address of await names.addresses(record.name).catch(() => []))
					hops.push({protocol: each, address, port: record.port, flow: 0});
			}
			if (hops.length > 0) return hops;
		}
	}
	const addresses = await names.addresses(host).catch(() => []);
	return addresses.map(address => ({protocol: protocol ?? served[0] ?? 'udp', address, port: port || 5060, flow: 0}));
}
