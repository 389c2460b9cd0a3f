import {randomBytes} from 'node:crypto';
import {shipped} from '../../paths.js';
import {parseUri} from '../application/address.js';
import {type Clock, systemClock} from '../application/clock.js';
import {limitDefaults} from '../application/limits.js';
import {reply, Signal, type SipRequestIn, type SipResponder} from '../application/signal.js';
import type {EmbeddedEndpoint} from '../media/embedded/handle.js';
import {createEmbeddedMedia} from '../media/embedded/server.js';
import {type CallParts, PhoneCall} from '../phone/call.js';
import {startSignallingWorker} from '../signalling/port.js';
import {Actor, type Outcome, type Voices} from './actor.js';
import {CallsIn, type CallsInOptions} from './calls-in.js';
import {defaultProfile, type Fate, fateOf, type LabProfile} from './people.js';

export type LabOptions = {
	/** SIP port, UDP and TCP; 0 takes a free one. */
	port: number;
	/** Default 127.0.0.1. */
	host?: string;
	seed: number;
	profile?: Partial<LabProfile>;
	/** Source addresses that may call besides this machine. */
	allow?: readonly string[];
	/** Calls at one time; more get 503. Default 2,000. */
	callsMax?: number;
	/** RTP ports. Default 30,000 to 39,998. */
	rtpPorts?: {min: number; max: number};
	/** Media workers. Default 1. */
	workers?: number;
	/** Where the people's voices are. */
	voices?: Voices;
	clock?: Clock;
	/** Told of each call when it is over. */
	onCall?: (line: LabCallLine) => void;
};

/** One call, after its end. Times in milliseconds; `ringMs` is missing where it never rang, `talkMs` where nobody answered. */
export type LabCallLine = {
	number: string;
	attempt: number;
	fate: Fate['kind'];
	outcome: Outcome;
	endedBy: 'carrier' | 'caller' | 'network';
	lastedMs: number;
	talkMs?: number;
};

export type LabStatistics = {calls: number; open: number; talking: number; refused: number; outcomes: Partial<Record<Outcome, number>>};

export interface Lab {
	readonly port: number;
	stats(): LabStatistics;
	/** Has people call the service; returns what ends it. */
	callsIn(options: CallsInOptions): () => void;
	close(): Promise<void>;
}

/** Numbers whose attempts are remembered; the ones longest not called are forgotten. */
const numbersMax = 200_000;

const isLoopback = (address: string): boolean => address === '::1' || /^(::ffff:)?127\./.test(address);

/** Starts a carrier with simulated people on real SIP and RTP. Rejects when the port is taken. */
export async function startLab(options: LabOptions): Promise<Lab> {
	const host = options.host ?? '127.0.0.1';
	const secret = randomBytes(16).toString('hex');
	const listen = {host, port: options.port};
	const signalling = await startSignallingWorker({udp: listen, tcp: listen, control: {port: 0, secret}});
	const media = await createEmbeddedMedia({
		address: host,
		rtpPorts: options.rtpPorts ?? {min: 30_000, max: 39_998},
		workers: options.workers ?? 1,
	});
	let up!: () => void;
	const ready = new Promise<void>(resolve => {
		up = resolve;
	});
	const clock = options.clock ?? systemClock;
	const signal = new Signal(
		{host: '127.0.0.1', port: signalling.controlPort, secret},
		clock,
		{up: () => up(), down: () => {}},
		limitDefaults.pingMs,
	);
	const parts: CallParts = {
		signal,
		clock,
		media: {createEndpoint: wanted => media.createEndpoint({...wanted, ears: true})},
	};
	const carrier = new Carrier(options, clock, parts);
	const callers = new Set<CallsIn>();
	const known = (take: (request: SipRequestIn, response: SipResponder) => void) => (request: SipRequestIn, response: SipResponder) => {
		const {source_address: source} = request;
		if (isLoopback(source) || options.allow?.includes(source)) take(request, response);
		else reply(response, 403);
	};
	signal.handle(
		'invite',
		known((request, response) => carrier.take(request, response)),
	);
	signal.handle(
		'options',
		known((_request, response) => reply(response, 200)),
	);
	// A trunk that registers is let in: who may call is decided by address.
	signal.handle(
		'register',
		known((request, response) =>
			reply(response, 200, {headers: {Contact: request.get('contact') ?? '', Expires: request.get('expires') ?? '3600'}}),
		),
	);
	await ready;
	return {
		port: signalling.udpPort,
		stats: () => carrier.stats(),
		callsIn(wanted) {
			const calls = new CallsIn(wanted, {
				call: parts,
				clock,
				voices: voicesOf(options),
				seed: options.seed,
				talk: {...defaultProfile, ...options.profile},
			});
			callers.add(calls);
			return () => calls.stop();
		},
		async close() {
			carrier.hangUpAll();
			for (const calls of callers) calls.hangUpAll();
			await signal.close(2000);
			await media.close();
			await signalling.close();
		},
	};
}

const voicesOf = ({voices}: LabOptions): Voices => voices ?? (name => shipped('assets', 'people', `${name}.ja.wav`));

/** The carrier's switch: gives every call its fate and counts what came of it. */
class Carrier {
	private readonly attempts = new Map<string, number>();
	private readonly open = new Map<PhoneCall, Actor>();
	private readonly outcomes: LabStatistics['outcomes'] = {};
	private readonly profile: LabProfile;
	private readonly voices: Voices;
	private calls = 0;
	private refused = 0;

	constructor(
		private readonly options: LabOptions,
		private readonly clock: Clock,
		private readonly parts: CallParts,
	) {
		this.profile = {...defaultProfile, ...options.profile};
		this.voices = voicesOf(options);
	}

	take(request: SipRequestIn, response: SipResponder): void {
		this.calls++;
		if (this.open.size >= (this.options.callsMax ?? 2000)) {
			this.refused++;
			reply(response, 503);
			return;
		}
		const number = parseUri(request.uri)?.user ?? '';
		const attempt = this.nextAttempt(number);
		const fate = fateOf(this.options.seed, number, attempt, this.profile);
		const call = PhoneCall.offered(this.parts, request, response);
		const actor = new Actor(call, fate, this.clock, this.voices);
		const fromMs = this.clock.nowMs();
		this.open.set(call, actor);
		call.on('up', () => (call.endpoint as EmbeddedEndpoint).onSound(() => actor.heard()));
		call.on('over', end => {
			this.open.delete(call);
			const nowMs = this.clock.nowMs();
			const outcome = actor.answeredMs !== undefined || end.by === 'us' ? fate.kind : end.by === 'far' ? 'abandoned' : 'failed';
			this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
			this.options.onCall?.({
				number,
				attempt,
				fate: fate.kind,
				outcome,
				endedBy: end.by === 'us' ? 'carrier' : end.by === 'far' ? 'caller' : 'network',
				lastedMs: Math.round(nowMs - fromMs),
				...(actor.answeredMs !== undefined && {talkMs: Math.round(nowMs - actor.answeredMs)}),
			});
		});
	}

	stats(): LabStatistics {
		const talking = [...this.open.values()].filter(actor => actor.answeredMs !== undefined).length;
		return {calls: this.calls, open: this.open.size, talking, refused: this.refused, outcomes: {...this.outcomes}};
	}

	hangUpAll(): void {
		for (const call of this.open.keys()) call.hangUp();
	}

	private nextAttempt(number: string): number {
		const attempt = (this.attempts.get(number) ?? 0) + 1;
		this.attempts.delete(number);
		this.attempts.set(number, attempt);
		if (this.attempts.size > numbersMax) this.attempts.delete(this.attempts.keys().next().value!);
		return attempt;
	}
}
