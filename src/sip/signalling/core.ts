import type {Clock} from './clock.js';
import {TimerWheel} from './clock.js';
import {DialogTable} from './dialog.js';
import {parameter, parseUri, type SipUri, uriOf} from './headers.js';
import {type Hop, isLiteral, type Protocol, unbracketed, usualPort, usualProtocol, type Wire} from './hop.js';
import type {Ids} from './ids.js';
import type {Router} from './router.js';
import type {ClientInvite} from './transaction-client-invite.js';
import type {ClientOther} from './transaction-client-other.js';
import {type SipTimers, sipTimers, type TransactionWorld} from './transaction-machine.js';
import type {ServerInvite} from './transaction-server-invite.js';
import type {ServerOther} from './transaction-server-other.js';

export interface CoreLimits {
	/** Open transactions, both kinds; beyond it new requests get 503. */
	transactionsMax: number;
	/** Of them, those that one address may have open: a flood from there leaves room for others. */
	transactionsPerAddressMax: number;
	/** Bytes of the requests of all open transactions. */
	bytesMax: number;
	dialogsMax: number;
	/** Bytes an application may leave unread before new calls get 503. */
	appBacklogBytesMax: number;
	/** What a 503 of ours asks for. */
	retryAfterS: number;
}
export const coreLimits: CoreLimits = {
	transactionsMax: 200_000,
	transactionsPerAddressMax: 150_000,
	bytesMax: 256 << 20,
	dialogsMax: 50_000,
	appBacklogBytesMax: 16 << 20,
	retryAfterS: 2,
};

/** What the open transactions of peers weigh, in all and by address. */
export class Load {
	bytes = 0;
	private readonly byAddress = new Map<string, number>();

	add(address: string, bytes: number): void {
		this.bytes += bytes;
		this.byAddress.set(address, (this.byAddress.get(address) ?? 0) + 1);
	}
	remove(address: string, bytes: number): void {
		this.bytes -= bytes;
		const count = (this.byAddress.get(address) ?? 1) - 1;
		if (count > 0) this.byAddress.set(address, count);
		else this.byAddress.delete(address);
	}
	/** Addresses with open transactions. */
	get addresses(): number {
		return this.byAddress.size;
	}
	isTooMuch(address: string, limits: CoreLimits): boolean {
		return this.bytes >= limits.bytesMax || (this.byAddress.get(address) ?? 0) >= limits.transactionsPerAddressMax;
	}
}

export interface CoreOptions {
	wire: Wire;
	clock: Clock;
	ids: Ids;
	router: Router;
	timers?: SipTimers;
	limits?: CoreLimits;
	/** Told of a programming error that a message or a timer has met; only that message or timer is lost. Without it the error is thrown. */
	onFault?: (error: unknown) => void;
}

/** What the UAS and the UAC side share: tables, timers, identifiers, the way to the network. */
export class Core implements TransactionWorld {
	readonly wire: Wire;
	readonly clock: Clock;
	readonly ids: Ids;
	readonly router: Router;
	readonly timers: SipTimers;
	readonly limits: CoreLimits;
	readonly wheel: TimerWheel;
	readonly dialogs = new DialogTable();
	readonly clients = new Map<string, ClientInvite | ClientOther>();
	readonly servers = new Map<string, ServerInvite | ServerOther>();
	readonly flows = new FlowCache();
	readonly load = new Load();
	readonly figures = {received: 0, refused: 0, retransmitted: 0, absorbed: 0, overloaded: 0};

	constructor(options: CoreOptions) {
		this.wire = options.wire;
		this.clock = options.clock;
		this.ids = options.ids;
		this.router = options.router;
		this.timers = options.timers ?? sipTimers;
		this.limits = options.limits ?? coreLimits;
		this.wheel = new TimerWheel(options.clock, options.onFault);
	}

	/**
	 * Finds the next hop for a URI or name-addr: at once for literal addresses, later for names.
	 * `byContact`: a URI that a phone registered over TCP leads to its connection. Not where an application names the next hop itself:
	 * a phone may register what it likes, a carrier's address too.
	 * Calls back with undefined when a name has no address; returns a NOK text when the URI cannot be used at all.
	 */
	nextHop(target: string, found: (hop: Hop | undefined) => void, byContact = true): string | undefined {
		const uri = parseUri((target.includes('<') ? uriOf(target) : target) ?? '');
		if (!uri || uri.scheme === 'tel') return `invalid request-uri: ${target}`;
		const protocol = protocolOf(uri);
		if (protocol === null) return notAvailable;
		const host = unbracketed(parameter(uri.tail, 'maddr') ?? uri.host);
		if (protocol && !this.wire.local(protocol, host)) return notAvailable;
		if (this.wire.isOurs(host, uri.port || usualPort(protocol))) return 'can not send request to myself';
		const flow = byContact && protocol !== 'udp' ? this.flows.find(uri, this.clock.nowMs()) : undefined;
		if (flow && this.wire.alive(flow.flow) && (uri.scheme !== 'sips' || flow.protocol === 'tls')) {
			found(flow);
			return undefined;
		}
		const named = (hop: Hop): Hop => (hop.protocol === 'tls' ? {...hop, name: host} : hop);
		if (isLiteral(host)) {
			const used = protocol ?? usualProtocol(this.wire, host);
			found(named({protocol: used, address: host, port: uri.port || usualPort(used), flow: 0}));
		} else this.wire.resolve(host, uri.port, protocol, ([first]) => found(first && named(first)));
		return undefined;
	}
}

/** How a URI wants to be reached; undefined when it does not say, null when we cannot (RFC 3261 19.1, 26.2.2: sips is TLS). */
function protocolOf({scheme, tail}: SipUri): Protocol | undefined | null {
	const transport = parameter(tail, 'transport')?.toLowerCase();
	if (scheme === 'sips') return transport === undefined || transport === 'tcp' || transport === 'tls' ? 'tls' : null;
	return transport === undefined || transport === 'udp' || transport === 'tcp' || transport === 'tls' ? transport : null;
}

const notAvailable = 'requested protocol/transport not available';

/** Which TCP connection reaches a registered contact (RFC 5626 in spirit): calls to a phone behind a NAT must use the phone's own connection. */
export class FlowCache {
	private readonly byContact = new Map<string, {hop: Hop; untilMs: number}>();
	private static readonly sizeMax = 50_000;

	private static key(uri: SipUri): string {
		return `${uri.user}@${uri.host}:${uri.port}`;
	}
	remember(contact: string, hop: Hop, untilMs: number): void {
		const uri = parseUri(uriOf(contact) ?? '');
		if (!uri) return;
		const key = FlowCache.key(uri);
		this.byContact.delete(key);
		this.byContact.set(key, {hop, untilMs});
		if (this.byContact.size > FlowCache.sizeMax) this.byContact.delete(this.byContact.keys().next().value!);
	}
	forget(contact: string): void {
		const uri = parseUri(uriOf(contact) ?? '');
		if (uri) this.byContact.delete(FlowCache.key(uri));
	}
	find(uri: SipUri, nowMs: number): Hop | undefined {
		if (this.byContact.size === 0) return undefined;
		const key = FlowCache.key(uri);
		const entry = this.byContact.get(key);
		if (entry && entry.untilMs < nowMs) {
			this.byContact.delete(key);
			return undefined;
		}
		return entry?.hop;
	}
}
