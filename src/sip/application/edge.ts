import {parseAddress, parseUri} from './address.js';
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

/**
 * The door for requests that open something. Strangers get 403 and no more; calls of known peers go to `takeCall`,
 * OPTIONS of known peers are answered.
 */
export function guardEdge(signals: Signals, who: (request: SipRequestIn) => Caller, takeCall: Taker, log: Log, nowMs: () => number): void {
	const tellOf = seldom(nowMs);
	const guarded =
		(take: Taker) =>
		(request: SipRequestIn, response: SipResponder, signal: Signal): void => {
			const caller = who(request);
			if (caller.kind !== 'stranger') {
				take(caller, request, response, signal);
				return;
			}
			const from = request.source_address;
			const leftOut = tellOf(from);
			if (leftOut !== undefined) log('info', 'refused a stranger', {method: request.method, from, uri: request.uri.slice(0, 100), leftOut});
			reply(response, 403);
		};
	signals.handle('invite', guarded(takeCall));
	signals.handle(
		'options',
		guarded((_caller, request, response) => {
			// Within a call that is no more: whoever asks so wants to know just that (RFC 3261 section 12.2.2).
			if (/;\s{0,9}tag=/i.test(request.get('to') ?? '')) return reply(response, 481);
			reply(response, 200, {headers: {Accept: 'application/sdp', Allow: 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE'}});
		}),
	);
	// Phones subscribe to message lamps and the like; they give up on a clear no (RFC 6665 section 4.2.1.4).
	signals.handle('subscribe', (_request, response) => reply(response, 489));
	signals.handle('publish', (_request, response) => reply(response, 489));
	signals.handle('message', (_request, response) => reply(response, 403));
}
