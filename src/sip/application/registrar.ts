import {randomBytes} from 'node:crypto';
import type {ExtensionAccount} from '../port.js';
import {hopUri, parseAddress, parseAddresses, parseUri} from './address.js';
import {type Binding, Bindings, type PhoneChange, type Source} from './bindings.js';
import {type Cancel, type Clock, every} from './clock.js';
import {challengeHeader, judgeDigest, NonceBook} from './digest.js';
import type {Edge} from './edge.js';
import type {Target} from './fork.js';
import type {Limits, Log} from './limits.js';
import type {RememberedPhone} from './memory.js';
import {isAlive, optionsTo} from './options.js';
import {reply, type Signal, type SipRequestIn, type SipResponder} from './signal.js';
import type {Signals} from './signals.js';

export type RegistrarParts = {
	signals: Signals;
	clock: Clock;
	realm: string;
	accounts: (extension: string) => ExtensionAccount | undefined;
	/** Hosts of the carriers, by name and by address. */
	carriers: () => ReadonlySet<string>;
	limits: Limits;
	log: Log;
	edge: Edge;
	changed: (change: PhoneChange) => void;
	/** Phones are known otherwise than before, if only for longer. */
	stored: () => void;
};

/**
 * Does a phone name a carrier's host as its own address? drachtio-server sends every call to that user at that host down the connection that has
 * registered it over TCP, whatever the route says. A phone that is where the carrier is may.
 */
export function claimsCarrier(contactHeader: string | undefined, from: string, carriers: ReadonlySet<string>): boolean {
	if (carriers.has(from)) return false;
	const contacts = parseAddresses(contactHeader ?? '') ?? [];
	return contacts.some(({uri}) => carriers.has(parseUri(uri)?.host.toLowerCase() ?? ''));
}

export const sourceOf = (request: SipRequestIn): Source => ({
	protocol: request.protocol || 'udp',
	address: request.source_address,
	port: request.source_port,
});

/**
 * Where requests to a phone go: to where its REGISTER came from, whatever its Contact says. It may sit behind a NAT, and it may
 * have named a contact that is another phone's or a carrier's.
 */
export function phoneTarget(binding: Binding, headers: Record<string, string>): Target {
	const {contact: uri, source, via} = binding;
	return {uri, headers, proxy: hopUri(source), ...(via === undefined ? {} : {via})};
}

/** The registrar: digest at the door, the table of phones behind it, and OPTIONS to see that they are still there. */
export class Registrar {
	readonly bindings: Bindings;
	readonly #parts: RegistrarParts;
	readonly #nonces: NonceBook;
	readonly #stopTicking: Cancel;
	/** When each phone is asked next, and how often it has not answered. */
	readonly #watch = new WeakMap<Binding, {dueMs: number; misses: number}>();

	constructor(parts: RegistrarParts) {
		this.#parts = parts;
		const {limits, clock, signals} = parts;
		this.bindings = new Bindings(limits.bindings);
		this.#nonces = new NonceBook(randomBytes(32), limits.nonceValidMs);
		signals.handle('register', (request, response, signal) => this.#register(request, response, signal));
		const tickMs = limits.qualifyMs > 0 ? Math.min(1000, limits.qualifyMs / 2) : 1000;
		this.#stopTicking = every(clock, tickMs, () => this.#tick());
	}

	#register(request: SipRequestIn, response: SipResponder, signal: Signal): void {
		const extension = parseUri(parseAddress(request.get('to') ?? '')?.uri ?? '')?.user;
		if (!extension) {
			reply(response, 400);
			return;
		}
		// Nobody registers for somebody else: to any other user's name belongs no password here, and the guess counts.
		if (this.prove(request, response, extension)) this.#store(extension, signal.name, request, response);
	}

	/**
	 * Does this request carry the proof that it is from `extension` (RFC 3261 section 22.2)? When not it has been answered:
	 * challenged, or refused and the guess counted.
	 */
	prove(request: SipRequestIn, response: SipResponder, extension: string): boolean {
		const {realm, accounts, clock, log, edge, carriers} = this.#parts;
		const {method} = request;
		const nowMs = clock.nowMs();
		const {address, port} = sourceOf(request);
		// Who shares the address of phones or of a carrier is counted by user alone, or one fault would shut out a whole office.
		const known = this.bindings.knowsSource(address, undefined, nowMs) !== undefined || carriers().has(address);
		if (!known && edge.refuses(request, response)) return false;
		// The very telephone that is registered is heard while somebody behind its address guesses at its name. Its success is nothing new, and
		// gives no guesses back.
		const isThere = this.bindings.knowsSource(address, port, nowMs, extension)?.extension === extension;
		if (!isThere && edge.book.refuses(address, extension, nowMs)) {
			reply(response, 403);
			return false;
		}
		const ha1For = (user: string): string | undefined => (user === extension ? accounts(user)?.ha1 : undefined);
		const verdict = judgeDigest({method, authorization: request.get('authorization'), realm}, this.#nonces, ha1For, nowMs);
		switch (verdict.is) {
			case 'challenge': {
				const challenge = challengeHeader(realm, this.#nonces.issue(nowMs, randomBytes(9)), verdict.stale);
				reply(response, 401, {headers: {'WWW-Authenticate': challenge}});
				edge.book.challenged(address, extension, request.get('user-agent'), known, nowMs);
				return false;
			}
			case 'wrong': {
				const delayMs = edge.book.failed(address, extension, known, nowMs);
				log('warn', 'a wrong password or an unknown extension', {method, extension, from: address, delayMs});
				if (delayMs === 0) reply(response, 403);
				else clock.after(delayMs, () => reply(response, 403));
				return false;
			}
			case 'right':
				if (!isThere) edge.book.succeeded(address, extension);
				return true;
		}
	}

	#store(extension: string, via: string, request: SipRequestIn, response: SipResponder): void {
		const {clock, carriers, log} = this.#parts;
		if (claimsCarrier(request.get('contact'), request.source_address, carriers())) {
			log('warn', 'a phone gives the address of a carrier as its own', {extension, from: request.source_address});
			reply(response, 403);
			return;
		}
		const nowMs = clock.nowMs();
		const result = this.bindings.register(
			{
				extension,
				source: sourceOf(request),
				via,
				contactHeader: request.get('contact'),
				expiresHeader: request.get('expires'),
				callId: request.get('call-id') ?? '',
				cseq: Number.parseInt(request.get('cseq') ?? '0', 10),
			},
			nowMs,
		);
		const headers: Record<string, string> = {};
		if (result.status === 423) headers['Min-Expires'] = String(this.#parts.limits.bindings.expiresSMin);
		if (result.bindings.length > 0) headers['Contact'] = result.bindings.map(b => `<${b.contact}>;expires=${b.expiresS}`).join(', ');
		reply(response, result.status, {headers});
		if (result.status === 200) this.#parts.stored();
		this.#tell(result.changes);
	}

	/** Takes what an earlier service knew of phones that still have an account; each is asked at once whether it is there. */
	restore(phones: readonly RememberedPhone[]): void {
		const {clock, accounts} = this.#parts;
		const nowMs = clock.nowMs();
		const changes = this.bindings.restore(
			phones.filter(({extension}) => accounts(extension) !== undefined),
			nowMs,
		);
		for (const binding of this.bindings.all()) this.#watch.set(binding, {dueMs: nowMs, misses: 0});
		this.#tell(changes);
	}

	#tell(changes: readonly PhoneChange[]): void {
		for (const change of changes) this.#parts.changed(change);
	}

	#tick(): void {
		const {clock, limits, signals, accounts} = this.#parts;
		const nowMs = clock.nowMs();
		this.#tell(this.bindings.expire(nowMs));
		// An account that was removed is no phone of ours, however long it had registered for.
		for (const extension of this.bindings.extensions()) if (!accounts(extension)) this.#tell(this.bindings.forget(extension, nowMs));
		if (limits.qualifyMs === 0 || !signals.isUp) return;
		for (const binding of this.bindings.all()) {
			const watch = this.#watch.get(binding) ?? {dueMs: nowMs + limits.qualifyMs, misses: 0};
			this.#watch.set(binding, watch);
			if (watch.dueMs > nowMs) continue;
			watch.dueMs = nowMs + limits.qualifyMs;
			this.#qualify(binding, watch);
		}
	}

	#qualify(binding: Binding, watch: {misses: number}): void {
		const {signals, clock, limits} = this.#parts;
		const signal = signals.near(binding.via);
		if (!signal) return;
		optionsTo(signal, clock, phoneTarget(binding, {}), limits.optionsWaitMs, response => {
			watch.misses = isAlive(response) ? 0 : watch.misses + 1;
			if (watch.misses === 1 || !signal.isUp) return; // one packet may be lost
			this.#tell(this.bindings.answered(binding, watch.misses === 0, clock.nowMs()));
		});
	}

	/** The phones of an extension that can be called now. */
	contactsOf(extension: string): Binding[] {
		return this.bindings.contactsOf(extension, this.#parts.clock.nowMs());
	}

	close(): void {
		this.#stopTicking();
	}
}
