import {randomBytes} from 'node:crypto';
import {parseUri} from '../application/address.js';
import {type Clock, systemClock} from '../application/clock.js';
import {limitDefaults} from '../application/limits.js';
import {reply, Signal, type SipRequestIn, type SipResponder} from '../application/signal.js';
import {TrunkRegistration} from '../application/trunk-registration.js';
import {createEmbeddedMedia} from '../media/embedded/server.js';
import type {MediaServer, MediaSource} from '../media/port.js';
import {startSignallingWorker} from '../signalling/port.js';
import {PhoneCall} from './call.js';

export type PhoneOptions = {
	registrar: {host: string; port: number; transport?: 'udp' | 'tcp'; domain?: string};
	extension: string;
	password: string;
	/** `auto` answers at once, as a headset in online mode does; `ring` leaves it to `onCall`. Default `ring`. */
	answer?: 'auto' | 'ring';
	/** What it says in every call from the moment it is up: a file or a tone, again and again. Default silence. */
	microphone?: MediaSource;
	/** Default 300. */
	expiresS?: number;
};

export type PhonesOptions = {
	/** Our own SIP address; port 0 takes any free one. Default 127.0.0.1:0. */
	listen?: {host: string; port: number};
	/** RTP ports, where no media server is given. */
	rtpPorts?: {min: number; max: number};
	/** A media server to share; without it the phones have one of their own. */
	media?: MediaServer;
	clock?: Clock;
};

const callsMax = 10;

/** One extension: a SIP account that is registered, with its calls. */
export class Phone {
	registered = false;
	readonly calls = new Set<PhoneCall>();
	private readonly registration: TrunkRegistration;
	private readonly callListeners: ((call: PhoneCall) => void)[] = [];
	private readonly registrationListeners: ((registered: boolean, reason: string) => void)[] = [];

	constructor(
		readonly options: PhoneOptions,
		private readonly parts: {signal: Signal; media: MediaServer; clock: Clock},
		private readonly forget: (phone: Phone) => void,
	) {
		const {registrar, extension, password, expiresS = 300} = options;
		const {host, port, transport = 'udp', domain = host} = registrar;
		const account = {host, port, transport, username: extension, password, register: {expiresS, domain}};
		const limits = {name: extension, optionsMs: 0, callsMax, callsPerSecondMax: callsMax};
		this.registration = new TrunkRegistration(parts.signal, parts.clock, limitDefaults, {...account, ...limits}, (registered, reason) => {
			this.registered = registered;
			for (const listener of this.registrationListeners) listener(registered, reason);
		});
		this.registration.start();
	}

	/** Told of each registration, and of each failure with its reason. */
	onRegistration(listener: (registered: boolean, reason: string) => void): void {
		this.registrationListeners.push(listener);
	}

	/** Resolves when the phone is registered for the first time; rejects with the first refusal. */
	ready(): Promise<void> {
		if (this.registered) return Promise.resolve();
		return new Promise((resolve, reject) => {
			this.onRegistration((registered, reason) => (registered ? resolve() : reject(new Error(`${this.options.extension}: ${reason}`))));
		});
	}

	/** Told of each call that comes in, already ringing (or, with `auto`, being answered). */
	onCall(listener: (call: PhoneCall) => void): void {
		this.callListeners.push(listener);
	}

	/** Calls a number, or a whole SIP URI. */
	call(to: string): PhoneCall {
		const {registrar, extension, password} = this.options;
		const {host, port, transport = 'udp', domain = host} = registrar;
		const uri = /^sips?:/.test(to) ? to : `sip:${to}@${domain}`;
		const proxy = `sip:${host}:${port};transport=${transport}`;
		return this.keep(
			PhoneCall.place(this.parts, uri, {from: `<sip:${extension}@${domain}>`, proxy, auth: {username: extension, password}}),
		);
	}

	/** Takes a call that has come in for this extension. */
	take(request: SipRequestIn, response: SipResponder): void {
		if (this.calls.size >= callsMax) {
			reply(response, 486);
			return;
		}
		const call = this.keep(PhoneCall.offered(this.parts, request, response));
		if (this.options.answer === 'auto') void call.answer();
		else call.ring();
		for (const listener of this.callListeners) listener(call);
	}

	/** Hangs up, unregisters and forgets the account. */
	close(): void {
		for (const call of this.calls) call.hangUp();
		this.registration.close();
		this.forget(this);
	}

	/** Signalling is back after an outage. */
	signallingUp(): void {
		this.registration.start();
	}

	private keep(call: PhoneCall): PhoneCall {
		this.calls.add(call);
		call.on('over', () => void this.calls.delete(call));
		const {microphone} = this.options;
		if (microphone) call.on('up', () => void call.say(microphone, {loop: true}).catch(() => {}));
		return call;
	}
}

/** Softphones that share one SIP address and one media server: one agent's phone, or a whole room of them. */
export interface Phones {
	/** Adds an extension and registers it. */
	add(options: PhoneOptions): Phone;
	readonly sipPort: number;
	close(): Promise<void>;
}

/** Starts the signalling and the media for any number of phones. */
export async function startPhones(options: PhonesOptions = {}): Promise<Phones> {
	const clock = options.clock ?? systemClock;
	const {host, port} = options.listen ?? {host: '127.0.0.1', port: 0};
	const secret = randomBytes(16).toString('hex');
	const signalling = await startSignallingWorker({udp: {host, port}, tcp: {host, port}, control: {port: 0, secret}});
	const media = options.media ?? (await createEmbeddedMedia({address: host, rtpPorts: options.rtpPorts ?? {min: 40_000, max: 49_998}}));
	const phones = new Map<string, Phone>();
	let up!: () => void;
	const ready = new Promise<void>(resolve => {
		up = resolve;
	});
	const signal = new Signal(
		{host: '127.0.0.1', port: signalling.controlPort, secret},
		clock,
		{
			up: () => {
				up();
				for (const phone of phones.values()) phone.signallingUp();
			},
			down: () => {},
		},
		limitDefaults.pingMs,
	);
	signal.handle('invite', (request, response) => {
		const phone = phones.get(parseUri(request.uri)?.user ?? '');
		if (phone) phone.take(request, response);
		else reply(response, 404);
	});
	signal.handle('options', (_request, response) => reply(response, 200));
	await ready;
	return {
		sipPort: signalling.udpPort,
		add(account) {
			phones.get(account.extension)?.close();
			const phone = new Phone(account, {signal, media, clock}, gone => {
				if (phones.get(account.extension) === gone) phones.delete(account.extension);
			});
			phones.set(account.extension, phone);
			return phone;
		},
		async close() {
			for (const phone of phones.values()) phone.close();
			await signal.close(2000);
			if (!options.media) await media.close();
			await signalling.close();
		},
	};
}
