import {createHash} from 'node:crypto';
import type {ExecutionContext} from 'ava';
import {shipped} from '../../src/paths.js';
import {ha1Of} from '../../src/sip/application/digest.js';
import {type Limits, type Log, limitDefaults} from '../../src/sip/application/limits.js';
import type {MemoryPlace} from '../../src/sip/application/memory.js';
import type {SignallingServer} from '../../src/sip/application/signals.js';
import {createTelephony, type RunningTelephony, type TelephonyOptions} from '../../src/sip/application/telephony.js';
import {createEmbeddedMedia, EmbeddedMedia} from '../../src/sip/media/embedded/server.js';
import type {MediaServer} from '../../src/sip/media/port.js';
import type {TelephonyEvent, TrunkSettings} from '../../src/sip/port.js';
import type {SipMessage} from '../../src/sip/signalling/message.js';
import {freshId, localhostPem, RawPeer, type RawRequest, type Subject, startSubject} from '../signalling/support.js';
import type {Calm} from '../support/calm.js';
import {within} from '../support/limit.js';
import {mediaOn, realFreeswitches} from '../support/real-stack.js';
import {Relay} from '../support/relay.js';
import {RtpPeer} from '../support/rtp-peer.js';

export const realm = 'kaden.test';
export const passwordOf = (extension: string): string => `pw-${extension}`;

/** What telephony reports, in order, with waiting. */
export class Events {
	readonly all: TelephonyEvent[] = [];
	#waiting: {match: (event: TelephonyEvent) => boolean; take: (event: TelephonyEvent) => void}[] = [];
	#taken = new Set<TelephonyEvent>();

	readonly push = (event: TelephonyEvent): void => {
		this.all.push(event);
		const waiter = this.#waiting.find(({match}) => match(event));
		if (!waiter) return;
		this.#waiting = this.#waiting.filter(other => other !== waiter);
		this.#taken.add(event);
		waiter.take(event);
	};

	/** The next event of that type with those facts that nobody has waited for yet. */
	next<T extends TelephonyEvent['type']>(
		type: T,
		facts: Partial<Extract<TelephonyEvent, {type: T}>> = {},
	): Promise<Extract<TelephonyEvent, {type: T}>> {
		type Wanted = Extract<TelephonyEvent, {type: T}>;
		const match = (event: TelephonyEvent): boolean =>
			event.type === type && Object.entries(facts).every(([name, value]) => (event as Record<string, unknown>)[name] === value);
		const found = this.all.find(event => !this.#taken.has(event) && match(event));
		if (found) {
			this.#taken.add(found);
			return Promise.resolve(found as Wanted);
		}
		return within(
			`${type} ${JSON.stringify(facts)}`,
			new Promise<Wanted>(resolve => this.#waiting.push({match, take: event => resolve(event as Wanted)})),
		);
	}

	count(type: TelephonyEvent['type']): number {
		return this.all.filter(event => event.type === type).length;
	}
}

/** A media server that knows how many of its endpoints are open. */
export function counted(media: MediaServer): MediaServer & {open: number} {
	const counting = {
		open: 0,
		async createEndpoint(options?: Parameters<MediaServer['createEndpoint']>[0]) {
			const endpoint = await media.createEndpoint(options);
			counting.open++;
			let destroyed = false;
			const destroy = endpoint.destroy.bind(endpoint);
			endpoint.destroy = async () => {
				const facts = await destroy();
				if (!destroyed) counting.open--;
				destroyed = true;
				return facts;
			};
			return endpoint;
		},
		createRoom: () => media.createRoom(),
		onEngineDown: (listener: (reason: string) => void) => media.onEngineDown(listener),
		close: () => media.close(),
	};
	return counting;
}

/** The embedded media server, or the real FreeSWITCH of KADEN_FREESWITCH where there is a signalling server to call it through. */
export const mediaForTests = (subject?: Pick<Subject, 'controlHost' | 'controlPort' | 'secret'>): Promise<MediaServer> => {
	const real = realFreeswitches();
	if (real.length > 0 && subject) return mediaOn(real, {host: subject.controlHost, port: subject.controlPort, secret: subject.secret});
	const min = 20_000 + 2 * Math.floor(Math.random() * 15_000);
	return createEmbeddedMedia({address: '127.0.0.1', rtpPorts: {min, max: min + 999}, portRestMs: 0});
};

export type World = {
	subject: Subject;
	media: MediaServer & {open: number};
	telephony: RunningTelephony;
	events: Events;
	/** Our signalling server's UDP port. */
	sipPort: number;
	/** A carrier on one socket, configured as trunk `carrier`. */
	carrier: RawPeer;
	/** Closed at the end, after telephony: what it says last still wants its answer. */
	peers: {close(): void}[];
	/** The media server itself, behind the counting. */
	engine: MediaServer;
	/** Between telephony and the signalling server, where it was asked for. */
	relay: Relay | undefined;
};

export type WorldOptions = {
	/** Told at the end how long media stood still. */
	calm?: Calm;
	relayed?: boolean;
	/** Signalling servers besides the first. */
	others?: readonly SignallingServer[];
	log?: Log;
	memory?: MemoryPlace;
	/** Share of the first. */
	weight?: number;
	limits?: Partial<Limits>;
	trunk?: Partial<TrunkSettings>;
	onMessage?: NonNullable<TelephonyOptions['onMessage']>;
	extensions?: readonly string[];
};

/** Limits that make a test brief where the product is patient. */
export const briefLimits: Partial<Limits> = {
	qualifyMs: 0,
	probeMs: 0,
	optionsWaitMs: 300,
	closeMs: 500,
	bindings: {...limitDefaults.bindings, expiresSMin: 1},
};

export async function startWorld(options: WorldOptions = {}): Promise<World & {close(): Promise<void>}> {
	const subject = await startSubject({tls: {host: '127.0.0.1', port: 0, cert: localhostPem, key: localhostPem}});
	const engine = await mediaForTests(subject);
	const media = counted(engine);
	const relay = options.relayed ? await Relay.open(subject.controlHost, subject.controlPort) : undefined;
	const [host, port] = relay ? ['127.0.0.1', relay.port] : [subject.controlHost, subject.controlPort];
	const carrier = await RawPeer.open();
	const events = new Events();
	const extensions = options.extensions ?? ['1001', '1002'];
	const trunk: TrunkSettings = {
		name: 'carrier',
		host: '127.0.0.1',
		port: carrier.port,
		transport: 'udp',
		optionsMs: 0,
		callsMax: 100,
		callsPerSecondMax: 100,
		...options.trunk,
	};
	const telephony = await createTelephony({
		control: [
			{host, port, secret: subject.secret, ...(options.weight === undefined ? {} : {weight: options.weight})},
			...(options.others ?? []),
		],
		...(options.log ? {log: options.log} : {}),
		...(options.memory ? {memory: options.memory} : {}),
		...(options.onMessage ? {onMessage: options.onMessage} : {}),
		...(subject.shutOut && {shutOut: subject.shutOut}),
		media,
		realm,
		trunks: [trunk],
		accounts: extension => (extensions.includes(extension) ? {extension, ha1: ha1Of(extension, realm, passwordOf(extension))} : undefined),
		prompts: () => shipped('assets', 'prompts', 'beep.wav'),
		limits: {...briefLimits, ...options.limits},
	});
	telephony.onEvent(events.push);
	const udp = telephony.addresses.find(address => address.startsWith('udp/'))!;
	const peers: {close(): void}[] = [];
	return {
		subject,
		media,
		telephony,
		events,
		carrier,
		peers,
		engine,
		relay,
		sipPort: Number(udp.split(':').pop()),
		async close() {
			await telephony.close();
			carrier.close();
			for (const peer of peers) peer.close();
			await media.close();
			relay?.close();
			await subject.close();
		},
	};
}

/** Runs a scenario in a world of its own, and sees that it leaves no leg and no endpoint behind. */
export async function scene(t: ExecutionContext, options: WorldOptions, run: (world: World) => Promise<void>): Promise<void> {
	const world = await startWorld(options);
	try {
		await run(world);
		t.is(world.telephony.legCount, 0, 'legs left over');
		await within('all endpoints to be freed', untilFreed(world.media));
	} finally {
		if (options.calm && world.engine instanceof EmbeddedMedia) options.calm.saw(await world.engine.heldUpMs());
		await world.close();
	}
}

async function untilFreed(media: {open: number}): Promise<void> {
	while (media.open > 0) await new Promise(resolve => setImmediate(resolve));
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** The Authorization line that answers a 401 or 407. */
export function authorizationLine(
	challenge: SipMessage,
	method: string,
	uri: string,
	user: string,
	password: string,
	nc = '00000001',
): string {
	const header = challenge.get('www-authenticate') ?? challenge.get('proxy-authenticate') ?? '';
	const part = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1] ?? '';
	const ha1 = md5(`${user}:${part('realm')}:${password}`);
	const response = md5(`${ha1}:${part('nonce')}:${nc}:c1:auth:${md5(`${method}:${uri}`)}`);
	const name = challenge.status === 407 ? 'Proxy-Authorization' : 'Authorization';
	return `${name}: Digest username="${user}", realm="${part('realm')}", nonce="${part('nonce')}", uri="${uri}", response="${response}", algorithm=MD5, cnonce="c1", qop=auth, nc=${nc}\r\n`;
}

/** A desk phone: registers, answers calls by itself, talks a tone. */
export class Phone {
	readonly sip: RawPeer;
	readonly rtp: RtpPeer;
	readonly extension: string;
	#callId = freshId('reg');
	#cseq = 0;
	#closed = false;

	private constructor(sip: RawPeer, rtp: RtpPeer, extension: string) {
		this.sip = sip;
		this.rtp = rtp;
		this.extension = extension;
	}

	static async open(world: Pick<World, 'peers'>, extension: string, frequencyHz: number): Promise<Phone> {
		const phone = new Phone(await RawPeer.open(), await RtpPeer.open(frequencyHz), extension);
		world.peers.push(phone);
		return phone;
	}

	/** Registers once; returns the final answer to the credentials. */
	async register(
		world: Pick<World, 'sipPort'>,
		options: {password?: string; expiresS?: number; contact?: string; user?: string; nc?: string} = {},
	): Promise<SipMessage> {
		const user = options.user ?? this.extension;
		const uri = 'sip:kaden.test';
		const common = {
			callId: this.#callId,
			uri,
			from: `<sip:${this.extension}@kaden.test>`,
			to: `<sip:${this.extension}@kaden.test>`,
			contact: options.contact ?? `<sip:${this.extension}@127.0.0.1:${this.sip.port}>`,
		};
		const expires = `Expires: ${options.expiresS ?? 120}\r\n`;
		this.sip.request('REGISTER', world.sipPort, {...common, cseq: ++this.#cseq, extra: expires});
		const challenge = await this.sip.expect(message => message.status > 0 && message.get('cseq') === `${this.#cseq} REGISTER`);
		if (challenge.status !== 401) return challenge;
		const line = authorizationLine(challenge, 'REGISTER', uri, user, options.password ?? passwordOf(user), options.nc);
		this.sip.request('REGISTER', world.sipPort, {...common, cseq: ++this.#cseq, extra: expires + line});
		return this.sip.expect(message => message.status > 0 && message.get('cseq') === `${this.#cseq} REGISTER`);
	}

	/** Answers the next call and starts to talk. */
	async answer(): Promise<SipMessage> {
		const invite = await this.sip.expect('INVITE');
		this.sip.reply(invite, 180);
		this.sip.reply(invite, 200, {body: this.rtp.sdp()});
		await this.sip.expect('ACK');
		this.rtp.talkTo(invite.body);
		return invite;
	}

	/** Gone as by a pulled plug. Safe to call twice. */
	close(): void {
		if (!this.#closed) this.sip.close();
		this.#closed = true;
		this.rtp.close();
	}
}

/** A BYE (or other request) of the called side within the dialog of `invite`, which it answered with `peertag`. */
export function calleeRequest(
	peer: RawPeer,
	invite: SipMessage,
	method: string,
	world: World,
	cseq: number,
	body = '',
	extra = '',
): RawRequest {
	const from = invite.get('to')!.replace(/;tag=.*/, '');
	const [, to, toTag] = /^(.*);tag=([^;]+)/.exec(invite.get('from')!)!;
	const contact = /<([^>]+)>/.exec(invite.get('contact')!)![1]!;
	return peer.request(method, world.sipPort, {
		callId: invite.get('call-id')!,
		uri: contact,
		from,
		fromTag: 'peertag',
		to: to!,
		toTag: toTag!,
		cseq,
		body,
		extra,
	});
}

/** An agent on the line: registered, called, up. */
export async function agentUp(
	world: World,
	legId = 'a1',
	extension = '1001',
	frequencyHz = 700,
): Promise<{phone: Phone; invite: SipMessage}> {
	const phone = await Phone.open(world, extension, frequencyHz);
	await phone.register(world);
	await world.events.next('phoneUp', {extension});
	world.telephony.send({type: 'connectAgent', legId, extension, ringMs: 20_000});
	const invite = await within('the phone to be called', phone.answer());
	await world.events.next('legAnswered', {legId});
	return {phone, invite};
}
