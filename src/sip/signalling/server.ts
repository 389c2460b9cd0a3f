import {isIPv6} from 'node:net';
import {networkInterfaces} from 'node:os';
import {type Clock, systemClock} from './clock.js';
import {ControlServer} from './control.js';
import type {CoreLimits} from './core.js';
import {Engine} from './engine.js';
import {bracketed, type Hop, type Protocol, type Wire} from './hop.js';
import {type Ids, systemIds} from './ids.js';
import {type NameService, Resolver, systemNames} from './resolve.js';
import {Router} from './router.js';
import {plainSockets, type TlsOwn, TlsSockets} from './stream-sockets.js';
import type {SipTimers} from './transaction-machine.js';
import {type StreamLimits, StreamTransport} from './transport-stream.js';
import {UdpTransport} from './transport-udp.js';

/** What can be cloned into a worker. Port 0 asks the system for a free one. */
export interface SignallingOptions {
	udp?: {host: string; port: number};
	tcp?: {host: string; port: number};
	tls?: {host: string; port: number} & TlsOwn;
	/** Where applications connect; 127.0.0.1 unless said otherwise. */
	control: {host?: string; port: number; secret: string};
	/** Our address as peers beyond this machine should see it, when it is not the one bound. */
	externalHost?: string;
	timers?: SipTimers;
	limits?: CoreLimits;
	streamLimits?: StreamLimits;
}

/** What only the same thread can pass. */
export interface SignallingParts {
	clock?: Clock;
	ids?: Ids;
	names?: NameService;
	/** Told of a TLS connection of ours that has not come about: `address:port`, and why. */
	onTlsFailed?: (peer: string, reason: string) => void;
	/** Told of programming errors; each costs one message, never the server. */
	onFault?: (error: unknown) => void;
}

export interface Signalling {
	controlPort: number;
	/** 0 for a transport that is not served. */
	sipPorts: Record<Protocol, number>;
	/** Counts since the start. */
	figures: Engine['core']['figures'];
	/** Drops what comes from this address for so long; 0 lets it in again. See `ShutOutAddresses`. */
	shutOut(address: string, forMs: number): void;
	/** Another certificate for TLS, from the next connection on. @throws when it and the key do not fit. */
	renew(cert: string, key: string): void;
	close(): Promise<void>;
}

const protocols: readonly Protocol[] = ['udp', 'tcp', 'tls'];
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
	const tcp = options.tcp && new StreamTransport(options.tcp.host, receive, clock, plainSockets, options.streamLimits);
	const tlsFailed = (peer: string, error: Error): void => options.onTlsFailed?.(peer.replace('|', ':'), error.message);
	const tlsSockets = options.tls && new TlsSockets(options.tls);
	const tls = tlsSockets && new StreamTransport(options.tls!.host, receive, clock, tlsSockets, options.streamLimits, tlsFailed);
	const transports = {udp, tcp, tls};
	const served = protocols.filter(each => transports[each]);
	const bound = {udp: options.udp?.host ?? '', tcp: options.tcp?.host ?? '', tls: options.tls?.host ?? ''};
	const all = ownAddresses();
	const outside = all.find(address => !isLoopback(address) && !isIPv6(address)) ?? '127.0.0.1';
	const local = {udp: {host: '', port: 0}, tcp: {host: '', port: 0}, tls: {host: '', port: 0}};

	const resolver = new Resolver(names, clock, served);

	const wire: Wire = {
		send(hop, text, onError) {
			const transport = transports[hop.protocol];
			try {
				if (!transport || hop.address === '') throw new Error('no way to the peer');
				transport.send(hop, text, onError);
			} catch (error) {
				// What sockets refuse outright is told like any other failure: later.
				if (onError) setImmediate(onError, error as Error);
			}
		},
		local(protocol, towards) {
			if (!transports[protocol]) return undefined;
			if (isWildcard(bound[protocol]) && isLoopback(towards))
				return {host: towards === '::1' ? '::1' : '127.0.0.1', port: local[protocol].port};
			return local[protocol];
		},
		alive: flow => Boolean(tcp?.alive(flow) || tls?.alive(flow)),
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
		for (const protocol of served) {
			const transport = transports[protocol]!;
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
		sipPorts: {udp: udp?.port ?? 0, tcp: tcp?.port ?? 0, tls: tls?.port ?? 0},
		figures: engine.core.figures,
		shutOut: (address, forMs) => engine.shutOut.set(address, forMs === 0 ? 0 : clock.nowMs() + forMs),
		renew: (cert, key) => tlsSockets?.renew(cert, key),
		async close() {
			for (const part of started.reverse()) await part.close();
			engine.close();
		},
	};
}
