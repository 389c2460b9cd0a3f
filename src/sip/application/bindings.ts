import {type Address, parseAddresses, parseUri} from './address.js';
import type {RememberedPhone} from './memory.js';

/** Where a REGISTER came from, as the signalling server saw it. */
export type Source = {protocol: string; address: string; port: number};

/** One phone of an extension. */
export type Binding = {
	extension: string;
	/** The contact URI as the phone wrote it: the Request-URI of calls to it. */
	contact: string;
	/** `+sip.instance` and `reg-id` (RFC 5626 section 4): the same phone at the same line, whatever its address. '' when it names none. */
	instance: string;
	source: Source;
	/** The signalling server it came by. */
	via?: string;
	callId: string;
	cseq: number;
	expiresAtMs: number;
	/** False after it stopped answering OPTIONS; it comes back with an answer or a new REGISTER. */
	reachable: boolean;
};

export type PhoneChange =
	| {type: 'phoneUp'; extension: string; contact: string}
	| {type: 'phoneDown'; extension: string; reason: 'expired' | 'unregistered' | 'unreachable'};

export type BindingSettings = {expiresSMin: number; expiresSMax: number; expiresSDefault: number; contactsMax: number};
/** Brief on purpose: after a restart of the service the phones are known again within two minutes. */
export const bindingDefaults: BindingSettings = {expiresSMin: 60, expiresSMax: 120, expiresSDefault: 120, contactsMax: 5};

export type Registration = {
	extension: string;
	contactHeader: string | undefined;
	expiresHeader: string | undefined;
	callId: string;
	cseq: number;
	source: Source;
	via?: string;
};

/** The answer to a REGISTER: the status, and with 200 the bindings to list (with the seconds they have left). */
export type RegistrationResult = {
	status: 200 | 400 | 423 | 500;
	bindings: {contact: string; expiresS: number}[];
	changes: PhoneChange[];
};

const refused = (status: 400 | 423 | 500): RegistrationResult => ({status, bindings: [], changes: []});

/** The location table of the registrar (RFC 3261 section 10.3, steps 6 to 8). Time is an argument. */
export class Bindings {
	readonly #settings: BindingSettings;
	readonly #byExtension = new Map<string, Map<string, Binding>>();
	/** By the address they came from: every request of a stranger asks for it. */
	readonly #byAddress = new Map<string, Set<Binding>>();

	constructor(settings: BindingSettings = bindingDefaults) {
		this.#settings = settings;
	}

	register(request: Registration, nowMs: number): RegistrationResult {
		const wasUp = this.#up(request.extension, nowMs);
		const table = this.#byExtension.get(request.extension) ?? new Map<string, Binding>();
		const result = this.#apply(table, request, nowMs);
		if (result.status !== 200) return result;
		if (table.size > 0) this.#byExtension.set(request.extension, table);
		else this.#byExtension.delete(request.extension);
		result.bindings = [...table.values()].map(b => ({contact: b.contact, expiresS: Math.ceil((b.expiresAtMs - nowMs) / 1000)}));
		result.changes = this.#change(request.extension, wasUp, 'unregistered', nowMs);
		return result;
	}

	#apply(table: Map<string, Binding>, request: Registration, nowMs: number): RegistrationResult {
		const accepted: RegistrationResult = {status: 200, bindings: [], changes: []};
		if (request.contactHeader === undefined) return accepted; // a query
		if (request.expiresHeader !== undefined && !/^\d{1,9}$/.test(request.expiresHeader.trim())) return refused(400);
		if (request.contactHeader.trim() === '*') {
			if (Number(request.expiresHeader) !== 0 || request.expiresHeader === undefined) return refused(400);
			for (const binding of table.values()) if (outOfOrder(binding, request)) return refused(500);
			for (const contact of [...table.keys()]) this.#drop(table, contact);
			return accepted;
		}
		const contacts = parseAddresses(request.contactHeader);
		if (!contacts || contacts.length > this.#settings.contactsMax) return refused(400);
		const wanted: {contact: string; expiresS: number; instance: string}[] = [];
		for (const contact of contacts) {
			const expiresS = this.#expiry(contact, request.expiresHeader);
			if (expiresS === undefined || !parseUri(contact.uri)) return refused(400);
			if (expiresS > 0 && expiresS < this.#settings.expiresSMin) return refused(423);
			const old = table.get(contact.uri);
			if (old && outOfOrder(old, request)) return refused(500);
			wanted.push({contact: contact.uri, expiresS: Math.min(expiresS, this.#settings.expiresSMax), instance: instanceOf(contact)});
		}
		// All or nothing: from here on no contact can be refused (section 10.3, step 7).
		for (const {contact, expiresS, instance} of wanted) {
			this.#drop(table, contact);
			if (expiresS === 0) continue;
			// A phone that was started anew, at another port, takes the place of its former self, which nobody would answer at.
			for (const [at, old] of table) if (instance !== '' && old.instance === instance) this.#drop(table, at);
			const {extension, source, via, callId, cseq} = request;
			const expiresAtMs = nowMs + expiresS * 1000;
			this.#put(table, {
				extension,
				contact,
				instance,
				source,
				callId,
				cseq,
				expiresAtMs,
				reachable: true,
				...(via === undefined ? {} : {via}),
			});
		}
		while (table.size > this.#settings.contactsMax) this.#drop(table, table.keys().next().value!);
		return accepted;
	}

	#put(table: Map<string, Binding>, binding: Binding): void {
		const {address} = binding.source;
		table.set(binding.contact, binding);
		const there = this.#byAddress.get(address) ?? new Set();
		this.#byAddress.set(address, there.add(binding));
	}

	#drop(table: Map<string, Binding>, contact: string): void {
		const binding = table.get(contact);
		if (!binding) return;
		table.delete(contact);
		const there = this.#byAddress.get(binding.source.address);
		there?.delete(binding);
		if (there?.size === 0) this.#byAddress.delete(binding.source.address);
	}

	#expiry(contact: Address, header: string | undefined): number | undefined {
		const text = contact.parameters['expires'] ?? header?.trim();
		if (text === undefined) return this.#settings.expiresSDefault;
		return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
	}

	/** Takes what an earlier service knew. */
	restore(phones: readonly RememberedPhone[], nowMs: number): PhoneChange[] {
		for (const {expiresInMs, ...phone} of phones) {
			const table = this.#byExtension.get(phone.extension) ?? new Map<string, Binding>();
			this.#byExtension.set(phone.extension, table);
			this.#put(table, {...phone, expiresAtMs: nowMs + expiresInMs, reachable: true});
		}
		return this.extensions().flatMap(extension => this.#change(extension, false, 'expired', nowMs));
	}

	/** What a later service should know. */
	remembered(nowMs: number): RememberedPhone[] {
		return this.all().map(({expiresAtMs, reachable: _, ...phone}) => ({...phone, expiresInMs: Math.round(expiresAtMs - nowMs)}));
	}

	/** Forgets what has run out. */
	expire(nowMs: number): PhoneChange[] {
		const changes: PhoneChange[] = [];
		for (const [extension, table] of this.#byExtension) {
			const wasUp = [...table.values()].some(b => b.reachable);
			for (const [contact, binding] of table) if (binding.expiresAtMs <= nowMs) this.#drop(table, contact);
			if (table.size === 0) this.#byExtension.delete(extension);
			changes.push(...this.#change(extension, wasUp, 'expired', nowMs));
		}
		return changes;
	}

	/** Drops every phone of an extension that has no account any more. */
	forget(extension: string, nowMs: number): PhoneChange[] {
		const table = this.#byExtension.get(extension);
		if (!table) return [];
		const wasUp = this.#up(extension, nowMs);
		for (const contact of [...table.keys()]) this.#drop(table, contact);
		this.#byExtension.delete(extension);
		return this.#change(extension, wasUp, 'unregistered', nowMs);
	}

	/** Notes whether a phone answered. A binding that was replaced meanwhile is left alone. */
	answered(binding: Binding, reachable: boolean, nowMs: number): PhoneChange[] {
		const current = this.#byExtension.get(binding.extension)?.get(binding.contact);
		if (current !== binding) return [];
		const wasUp = this.#up(binding.extension, nowMs);
		binding.reachable = reachable;
		return this.#change(binding.extension, wasUp, 'unreachable', nowMs);
	}

	/** The phones of an extension that can be called, youngest registration first. */
	contactsOf(extension: string, nowMs: number): Binding[] {
		const table = this.#byExtension.get(extension);
		return table ? [...table.values()].filter(b => b.reachable && b.expiresAtMs > nowMs).reverse() : [];
	}

	extensions(): string[] {
		return [...this.#byExtension.keys()];
	}

	all(): Binding[] {
		return [...this.#byExtension.values()].flatMap(table => [...table.values()]);
	}

	/** Does a registered phone send from there? Of several it is that of `extension`, if it is among them. */
	knowsSource(address: string, port: number | undefined, nowMs: number, extension?: string): Binding | undefined {
		let first: Binding | undefined;
		for (const b of this.#byAddress.get(address) ?? []) {
			if ((port !== undefined && b.source.port !== port) || b.expiresAtMs <= nowMs) continue;
			if (extension === undefined || b.extension === extension) return b;
			first ??= b;
		}
		return first;
	}

	#up(extension: string, nowMs: number): boolean {
		return this.contactsOf(extension, nowMs).length > 0;
	}

	#change(extension: string, wasUp: boolean, reason: 'expired' | 'unregistered' | 'unreachable', nowMs: number): PhoneChange[] {
		const [first] = this.contactsOf(extension, nowMs);
		if (first && !wasUp) return [{type: 'phoneUp', extension, contact: first.contact}];
		if (!first && wasUp) return [{type: 'phoneDown', extension, reason}];
		return [];
	}
}

function instanceOf({parameters}: Address): string {
	const instance = parameters['+sip.instance'];
	return instance ? `${instance} ${parameters['reg-id'] ?? ''}` : '';
}

/** RFC 3261 section 10.3, step 7: within one Call-ID the CSeq must rise. */
function outOfOrder(old: Binding, request: Registration): boolean {
	return old.callId === request.callId && request.cseq <= old.cseq;
}
