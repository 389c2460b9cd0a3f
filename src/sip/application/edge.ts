import {ShutOutAddresses} from '../signalling/shut-out.js';
import {parseAddress, parseUri} from './address.js';
import {EdgeBook, type EdgeSettings, type EdgeSource} from './edge-book.js';
import type {Log} from './limits.js';
import {type Registrar, sourceOf} from './registrar.js';
import {reply, type Signal, type SipRequestIn, type SipResponder} from './signal.js';
import type {Signals} from './signals.js';
import type {Trunk} from './trunk.js';

/** Who sent a request from outside of any dialog. */
export type Caller = {kind: 'phone'; extension: string} | {kind: 'trunk'; trunk: string} | {kind: 'stranger'};

/**
 * Tells who a request comes from by its source address: a configured trunk, a registered phone, or nobody we know. Of several
 * extensions at one address, as behind a gateway, it is the one that From names; it has to prove it all the same.
 */
export function callerOf(request: SipRequestIn, registrar: Registrar, trunks: Iterable<Trunk>, nowMs: number): Caller {
	const {address, port} = sourceOf(request);
	const claimed = parseUri(parseAddress(request.get('from') ?? '')?.uri ?? '')?.user;
	const phone = registrar.bindings.knowsSource(address, port, nowMs, claimed);
	if (phone) return {kind: 'phone', extension: phone.extension};
	for (const trunk of trunks) if (trunk.addresses.has(address)) return {kind: 'trunk', trunk: trunk.settings.name};
	return {kind: 'stranger'};
}

type Taker = (caller: Exclude<Caller, {kind: 'stranger'}>, request: SipRequestIn, response: SipResponder, signal: Signal) => void;

const quietMs = 60_000;
const quietMax = 1000;

/** Lets one line a minute through for each address: a scanner sends thousands. The line that comes next says how many were left out. */
export function seldom(nowMs: () => number): (address: string) => number | undefined {
	const quiet = new Map<string, {untilMs: number; leftOut: number}>();
	return address => {
		const known = quiet.get(address);
		if (known && known.untilMs > nowMs()) {
			known.leftOut++;
			return undefined;
		}
		quiet.delete(address);
		quiet.set(address, {untilMs: nowMs() + quietMs, leftOut: 0});
		if (quiet.size > quietMax) quiet.delete(quiet.keys().next().value!);
		return known?.leftOut ?? 0;
	};
}

/** What the edge needs to know and to tell. */
export type EdgeParts = {
	nowMs: () => number;
	log: Log;
	settings: EdgeSettings;
	/** Tells a signalling server of ours to drop what comes from an address, for so long; 0 lets it in again. Default: nobody is told. */
	shutOut?: ShutOutTeller;
};
export type ShutOutTeller = (address: string, forMs: number) => void;

/** The memory of strangers, acted upon: who is shut out is told to the signalling server, and stands in the log. */
export class Edge {
	readonly book: EdgeBook;
	readonly #parts: EdgeParts;
	/** For servers that cannot drop by themselves; a little more is let through here than there, so that no turn is taken twice. */
	readonly #shut = new ShutOutAddresses(4);
	readonly #tellOf: (address: string) => number | undefined;

	constructor(parts: EdgeParts) {
		this.#parts = parts;
		this.#tellOf = seldom(parts.nowMs);
		this.book = new EdgeBook(parts.settings, (address, untilMs, source) => this.#changed(address, untilMs, source));
	}

	#changed(address: string, untilMs: number, {reason, times, agent}: EdgeSource): void {
		const {nowMs, log, shutOut} = this.#parts;
		const forMs = untilMs === 0 ? 0 : untilMs - nowMs();
		this.#shut.set(address, untilMs);
		shutOut?.(address, forMs);
		if (forMs === 0) log('info', 'an address is let in again', {from: address});
		else
			log('warn', 'an address is shut out', {
				from: address,
				reason: reason ?? 'unknown',
				times,
				seconds: Math.round(forMs / 1000),
				agent: agent ?? '',
			});
	}

	/** Comes this from an address that is shut out, and not in its turn? It has been refused then. */
	refuses(request: SipRequestIn, response: SipResponder): boolean {
		const {address, port} = sourceOf(request);
		if (!this.#shut.drops(request.method, {address, port}, this.#parts.nowMs())) return false;
		reply(response, 403);
		return true;
	}

	/** Refuses a request of nobody we know. */
	stranger(request: SipRequestIn, response: SipResponder, status = 403): void {
		const {nowMs, log} = this.#parts;
		const {address: from} = sourceOf(request);
		reply(response, status);
		if (this.book.isShut(from, nowMs())) return;
		const leftOut = this.#tellOf(from);
		if (leftOut !== undefined) log('info', 'refused a stranger', {method: request.method, from, uri: request.uri.slice(0, 100), leftOut});
		this.book.stranger(from, request.get('user-agent'), nowMs());
	}
}

/**
 * The door for requests that open something. Strangers get 403 and no more, and are shut out when they go on; calls of known peers
 * go to `takeCall`, OPTIONS of known peers are answered.
 */
export function guardEdge(signals: Signals, who: (request: SipRequestIn) => Caller, takeCall: Taker, edge: Edge): void {
	const guarded =
		(take: Taker, strangerStatus = 403) =>
		(request: SipRequestIn, response: SipResponder, signal: Signal): void => {
			const caller = who(request);
			if (caller.kind !== 'stranger') take(caller, request, response, signal);
			else if (!edge.refuses(request, response)) edge.stranger(request, response, strangerStatus);
		};
	const refused =
		(status: number): Taker =>
		(_caller, _request, response) =>
			reply(response, status);
	signals.handle('invite', guarded(takeCall));
	signals.handle(
		'options',
		guarded((_caller, request, response) => {
			// Within a call that is no more: whoever asks so wants to know just that (RFC 3261 section 12.2.2).
			if (/;\s{0,9}tag=/i.test(request.get('to') ?? '')) return reply(response, 481);
			reply(response, 200, {headers: {Accept: 'application/sdp', Allow: 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE'}});
		}),
	);
	// Phones subscribe to message lamps and the like, often before they register; they give up on a clear no (RFC 6665 section 4.2.1.4).
	signals.handle('subscribe', guarded(refused(489), 489));
	signals.handle('publish', guarded(refused(489), 489));
	signals.handle('message', guarded(refused(403)));
}
