import {isIPv6} from 'node:net';
import {networkInterfaces} from 'node:os';
import {type Clock, systemClock} from './clock.js';
import {ControlServer} from './control.js';
import type {CoreLimits} from './core.js';
import {Engine} from './engine.js';
import {bracketed, type Hop, type Wire} from './hop.js';
import {type Ids, systemIds} from './ids.js';
import {type NameService, Resolver, systemNames} from './resolve.js';
import {Router} from './router.js';
import type {SipTimers} from './transaction-machine.js';
import {type TcpLimits, TcpTransport} from './transport-tcp.js';
import {UdpTransport} from './transport-udp.js';

/** What can be cloned into a worker. Port 0 asks the system for a free one. */
export interface SignallingOptions {
	udp?: {host: string; port: number};
	tcp?: {host: string; port: number};
	/** Where applications connect; 127.0.0.1 unless said otherwise. */
	control: {host?: string; port: number; secret: string};
	/** Our address as peers beyond this machine should see it, when it is not the one bound. */
	externalHost?: string;
	timers?: SipTimers;
	limits?: CoreLimits;
	tcpLimits?: TcpLimits;
}

/** What only the same thread can pass. */
export interface SignallingParts {
	clock?: Clock;
	ids?: Ids;
	names?: NameService;
	/** Told of programming errors; each costs one message, never the server. */
	onFault?: (error: unknown) => void;
}

export interface Signalling {
	controlPort: number;
	/** 0 for a transport that is not served. */
	sipPorts: {udp: number; tcp: number};
	/** Counts since the start. */
	figures: Engine['core']['figures'];
	/** Drops what comes from this address for so long; 0 lets it in again. See `ShutOutAddresses`. */
	shutOut(address: string, forMs: number): void;
	close(): Promise<void>;
}

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';
const isLoopback = (host: string): boolean => host.startsWith('127.') || host === '::1' || host === 'localhost';

/** Addresses of this machine, for a socket bound to all of them. */
function ownAddresses(): string[] {
	return Object.values(networkInterfaces())
		.flatMap(each => each ?? [])
		.map(each => each.address);
}

/** Starts the signalling server on this thread. Rejects when a port cannot be bound; what was bound is released then. */
export async function startSignalling(options: SignallingOptions & SignallingParts): Promise<Signalling> {
	const clock = options.clock ?? systemClock;
	const ids = options.ids ?? systemIds;
	const names = options.names ?? systemNames;
	const receive = (text: string, from: Hop): void => engine.receive(text, from);
	const udp = options.udp && new UdpTransport(options.udp.host, receive);
	const tcp = options.tcp && new TcpTransport(options.tcp.host, receive, clock, options.tcpLimits);
	const served: Hop['protocol'][] = [...(udp ? ['udp' as const] : []), ...(tcp ? ['tcp' as const] : [])];
	const bound = {udp: options.udp?.host ?? '', tcp: options.tcp?.host ?? ''};
	const all = ownAddresses();
	const outside = all.find(address => !isLoopback(address) && !isIPv6(address)) ?? '127.0.0.1';
	const local = {udp: {host: '', port: 0}, tcp: {host: '', port: 0}};

	const resolver = new Resolver(names, clock, served);

	const wire: Wire = {
		send(hop, text, onError) {
			const transport = hop.protocol === 'udp' ? udp : tcp;
			try {
				if (!transport || hop.address === '') throw new Error('no way to the peer');
				transport.send(hop, text, onError);
			} catch (error) {
				// What sockets refuse outright is told like any other failure: later.
				if (onError) setImmediate(onError, error as Error);
			}
		},
		local(protocol, towards) {
			if (protocol === 'udp' ? !udp : !tcp) return undefined;
			if (isWildcard(bound[protocol]) && isLoopback(towards))
				return {host: towards === '::1' ? '::1' : '127.0.0.1', port: local[protocol].port};
			return local[protocol];
		},
		alive: flow => tcp?.alive(flow) ?? false,
		isOurs(host, port) {
			for (const protocol of served) {
				if (local[protocol].port !== port) continue;
				if (host === bound[protocol] || host === local[protocol].host || (isWildcard(bound[protocol]) && all.includes(host))) return true;
			}
			return false;
		},
		resolve(host, port, protocol, found) {
			resolver.resolve(host, port, protocol, found);
		},
		blame: hop => resolver.blame(hop),
	};
	const engine = new Engine({
		wire,
		clock,
		ids,
		router: new Router(),
		onFault: options.onFault ?? (error => process.emitWarning(error as Error)),
		...(options.timers && {timers: options.timers}),
		...(options.limits && {limits: options.limits}),
	});
	const control = new ControlServer(engine, {
		secret: options.control.secret,
		hostPorts: () =>
			[...served]
				.reverse()
				.map(each => `${each}/${bracketed(local[each].host)}:${local[each].port}`)
				.join(','),
		ids,
		clock,
	});

	const started: {close(): Promise<void>}[] = [];
	try {
		for (const [protocol, transport] of [
			['udp', udp],
			['tcp', tcp],
		] as const) {
			if (!transport) continue;
			await transport.listen(options[protocol]!.port);
			started.push(transport);
			const host = options.externalHost ?? (isWildcard(bound[protocol]) ? outside : bound[protocol]);
			local[protocol] = {host, port: transport.port};
		}
		await control.listen(options.control.host ?? '127.0.0.1', options.control.port);
		started.push(control);
	} catch (error) {
		for (const part of started.reverse()) await part.close();
		throw error;
	}
	return {
		controlPort: control.port,
		sipPorts: {udp: udp?.port ?? 0, tcp: tcp?.port ?? 0},
		figures: engine.core.figures,
		shutOut: (address, forMs) => engine.shutOut.set(address, forMs === 0 ? 0 : clock.nowMs() + forMs),
		async close() {
			for (const part of started.reverse()) await part.close();
			engine.close();
		},
	};
}
