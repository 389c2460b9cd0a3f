/**
 * The telephone of one person: an account at Kaden or at any SIP registrar, its calls, and their sound on this machine. It decides
 * nothing that a person decides; `src/tui/phone` does, with the person.
 */
import {randomBytes} from 'node:crypto';
import {createSocket} from 'node:dgram';
import {lookup} from 'node:dns/promises';
import {type Clock, systemClock} from '../application/clock.js';
import {limitDefaults} from '../application/limits.js';
import {reply, Signal} from '../application/signal.js';
import {TrunkRegistration} from '../application/trunk-registration.js';
import {type SignallingWorker, startSignallingWorker} from '../signalling/port.js';
import {answerAfterS, callerOf} from './asked.js';
import {type CallEnd, PhoneCall, type TransferEnd} from './call.js';
import {DeskEndpoint} from './media/desk-endpoint.js';

export type SoftphoneAccount = {
	host: string;
	port: number;
	transport: 'udp' | 'tcp';
	/** The domain of the address of record; the host without. */
	domain?: string;
	user: string;
	/** The name to log in with, where it is not the user. */
	login?: string;
	password: string;
	expiresS: number;
};

export type DeskCall = PhoneCall<DeskEndpoint>;
/** A call that has come in. `answerAfterS`: it asks to be answered by itself. */
export type Arrival = {id: number; number: string; name?: string; answerAfterS?: number};

export type SoftphoneEvents = {
	registered(registered: boolean, reason: string): void;
	arrived(call: Arrival): void;
	/** The far side rings. */
	ringing(id: number): void;
	up(id: number): void;
	/** The far side has put us on hold, or taken us back. */
	farHold(id: number, held: boolean): void;
	dtmf(id: number, digit: string): void;
	over(id: number, end: CallEnd): void;
};

const callsMax = 6;

export class Softphone {
	readonly calls = new Map<number, DeskCall>();
	private lastId = 0;
	private readonly registration: TrunkRegistration;

	private constructor(
		readonly account: SoftphoneAccount,
		private readonly parts: {signal: Signal; clock: Clock; address: string; signalling: SignallingWorker; registrars: ReadonlySet<string>},
		private readonly events: SoftphoneEvents,
	) {
		const {host, port, transport, user, login = user, password, domain = host, expiresS} = account;
		const settings = {host, port, transport, username: user, password, register: {expiresS, domain}};
		const limits = {name: user, optionsMs: 0, callsMax, callsPerSecondMax: callsMax};
		// The address of record and the name that proves it may differ.
		const {signal} = parts;
		const asking: ConstructorParameters<typeof TrunkRegistration>[0] = {
			get isUp() {
				return signal.isUp;
			},
			request: (uri, method, options, told) => signal.request(uri, method, {...options, auth: {username: login, password}}, told),
		};
		this.registration = new TrunkRegistration(asking, parts.clock, limitDefaults, {...settings, ...limits}, (registered, reason) =>
			events.registered(registered, reason),
		);
	}

	/** Starts signalling and registers. Nothing is awaited of the registrar: it may come later. @throws when no port can be had */
	static async start(account: SoftphoneAccount, events: SoftphoneEvents, clock: Clock = systemClock): Promise<Softphone> {
		const address = await ownAddress(account.host, account.port);
		const secret = randomBytes(16).toString('hex');
		const listen = {host: address, port: 0};
		const signalling = await startSignallingWorker({udp: listen, tcp: listen, control: {port: 0, secret}});
		const registrars = await addressesOf(account.host);
		let phone: Softphone | undefined;
		let isUp = false;
		const register = (): void => {
			isUp = true;
			phone?.registration.start();
		};
		const signal = new Signal(
			{host: '127.0.0.1', port: signalling.controlPort, secret},
			clock,
			{up: register, down: () => {}},
			limitDefaults.pingMs,
		);
		signal.handle('invite', (request, response) => {
			// Whoever scans the network for telephones does not make this one ring.
			if (!registrars.has(request.source_address)) reply(response, 403);
			else phone?.arrive(request, response);
		});
		signal.handle('options', (_request, response) => reply(response, 200));
		phone = new Softphone(account, {signal, clock, address, signalling, registrars}, events);
		if (isUp) phone.registration.start();
		return phone;
	}

	private media = {
		createEndpoint: ({offer}: {offer?: string} = {}) =>
			DeskEndpoint.open({address: this.parts.address, clock: this.parts.clock, forget: () => {}}, offer),
	};

	private get callParts() {
		return {signal: this.parts.signal, media: this.media, clock: this.parts.clock};
	}

	private arrive(request: Parameters<typeof PhoneCall.offered>[1], response: Parameters<typeof PhoneCall.offered>[2]): void {
		if (this.calls.size >= callsMax) {
			reply(response, 486);
			return;
		}
		const call = PhoneCall.offered(this.callParts, request, response);
		const id = this.keep(call);
		call.ring();
		const afterS = answerAfterS(request);
		this.events.arrived({id, ...callerOf(request.get('from') ?? ''), ...(afterS !== undefined && {answerAfterS: afterS})});
	}

	/** Where it takes calls. */
	get sipPort(): number {
		return this.parts.signalling.udpPort;
	}

	/** The URI of a number at our registrar; a whole SIP URI stays what it is. */
	uriOf(to: string): string {
		const {host, domain = host} = this.account;
		if (/^sips?:/i.test(to)) return to;
		const user = encodeURIComponent(to).replace(/%2B/gi, '+');
		return `sip:${user}@${domain}`;
	}

	private get aor(): string {
		const {host, domain = host, user} = this.account;
		return `<sip:${user}@${domain}>`;
	}

	/** Calls a number or a SIP URI. @returns the id of the call */
	call(to: string): number {
		const {host, port, transport, user, login = user, password} = this.account;
		const proxy = `sip:${host}:${port};transport=${transport}`;
		return this.keep(PhoneCall.place(this.callParts, this.uriOf(to), {from: this.aor, proxy, auth: {username: login, password}}));
	}

	private keep(call: DeskCall): number {
		const id = ++this.lastId;
		this.calls.set(id, call);
		const {events} = this;
		call.on('ringing', () => events.ringing(id));
		call.on('up', () => events.up(id));
		call.on('held', held => events.farHold(id, held));
		call.on('dtmf', digit => events.dtmf(id, digit));
		call.on('over', end => {
			this.calls.delete(id);
			events.over(id, end);
		});
		return id;
	}

	answer(id: number): void {
		void this.calls.get(id)?.answer();
	}

	hangUp(id: number): void {
		this.calls.get(id)?.hangUp();
	}

	decline(id: number): void {
		this.calls.get(id)?.decline();
	}

	/** Rejects when the far side does not agree. */
	async hold(id: number, held: boolean): Promise<void> {
		const call = this.calls.get(id);
		if (!call) throw new Error('the call is over');
		// The microphone is off from the key on, not from the answer on; it is on again only when the far side knows.
		if (held && call.endpoint) call.endpoint.held = true;
		try {
			await call.hold(held);
			if (call.endpoint) call.endpoint.held = held;
		} catch (error) {
			if (call.endpoint) call.endpoint.held = !held;
			throw error;
		}
	}

	sendDtmf(id: number, digits: string): void {
		this.calls.get(id)?.endpoint?.sendDtmf(digits);
	}

	transfer(id: number, to: string): Promise<TransferEnd> {
		const call = this.calls.get(id);
		if (!call) return Promise.resolve({ok: false, status: 0, reason: 'the call is over'});
		// The other party has no way to our registrar but this URI: it names the port, where that is not the usual one.
		const {host, port, domain} = this.account;
		const isPlain = domain !== undefined || port === 5060 || /^sips?:/i.test(to);
		return call.transfer(isPlain ? this.uriOf(to) : this.uriOf(to).replace(`@${host}`, `@${host}:${port}`), this.aor);
	}

	/** Hangs up, un-registers and ends. */
	async close(): Promise<void> {
		for (const call of this.calls.values()) call.hangUp();
		this.registration.close();
		await this.parts.signal.close(2000);
		await this.parts.signalling.close();
	}
}

async function addressesOf(host: string): Promise<Set<string>> {
	const found = await lookup(host.replace(/^\[|\]$/g, ''), {all: true}).catch(() => []);
	return new Set(found.map(({address}) => address));
}

/** Our own address towards a host: the one from which the system would send to it. */
async function ownAddress(host: string, port: number): Promise<string> {
	const bare = host.replace(/^\[|\]$/g, '');
	const {address, family} = await lookup(bare).catch(() => ({address: '127.0.0.1', family: 4}));
	const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
	try {
		await new Promise<void>((resolve, reject) => {
			socket.once('error', reject);
			socket.connect(port, address, () => resolve());
		});
		return socket.address().address;
	} finally {
		socket.close();
	}
}
