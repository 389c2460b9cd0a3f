/**
 * The telephony of the loop's port, on drachtio-srf: registrar, trunks, legs and bridges. It runs unchanged on the embedded
 * signalling server and on drachtio-server, on any media server behind the media port.
 */
import {randomUUID} from 'node:crypto';
import type {MediaPool, MediaServer} from '../media/port.js';
import {
	type ExtensionAccount,
	type LegFailure,
	type PromptName,
	SignallingUnusable,
	type Telephony,
	type TelephonyCommand,
	type TelephonyEvent,
	type TrunkSettings,
} from '../port.js';
import {phoneTargets, type Shown} from './agent-leg.js';
import type {PhoneChange} from './bindings.js';
import {Bridges} from './bridge.js';
import {callFromPhone, callFromTrunk} from './caller-id.js';
import {type Clock, systemClock} from './clock.js';
import {type Caller, callerOf, Edge, guardEdge, type ShutOutTeller} from './edge.js';
import type {EdgeSource} from './edge-book.js';
import {type Route, routesTo, type Target} from './fork.js';
import {watchMedia} from './health.js';
import {InboundCall, type Incoming} from './inbound-call.js';
import {newInbound, stepInbound} from './inbound-machine.js';
import {type Call, type CallHost, Leg, type LegParts, type LegPlan} from './leg.js';
import {obey} from './leg-commands.js';
import {type LegInput, newLeg, stepLeg} from './leg-machine.js';
import {type Limits, type Log, limitDefaults} from './limits.js';
import {Memory, type MemoryPlace} from './memory.js';
import {Orphans} from './orphans.js';
import {OutboundCall} from './outbound-call.js';
import type {Replaces} from './refer.js';
import {Referrals} from './referrals.js';
import {Registrar} from './registrar.js';
import {Rooms} from './room.js';
import {reply, type Signal} from './signal.js';
import {type SignallingServer, Signals} from './signals.js';
import {type SeenMessage, TraceBook, type TracedDialog} from './trace-book.js';
import {type Ends, TraceEnds} from './trace-ends.js';
import {Trunk} from './trunk.js';

export type TelephonyOptions = {
	/** Where the signalling servers take control connections: one or more. */
	control: readonly SignallingServer[];
	media: MediaServer;
	/** The digest realm of our registrar; the accounts' `ha1` are made with it. */
	realm: string;
	trunks: readonly TrunkSettings[];
	accounts: (extension: string) => ExtensionAccount | undefined;
	/** The file of a prompt. */
	prompts: (name: PromptName) => string;
	/** Where it is kept what a service after a crash should know. Default: nowhere. */
	memory?: MemoryPlace;
	limits?: Partial<Limits>;
	clock?: Clock;
	log?: Log;
	/** Each SIP message as it goes by, secrets blotted out: for collectors. */
	onMessage?: (message: SeenMessage, ends: Ends) => void;
	/** Tells the signalling server to drop what comes from an address, for so long; 0 lets it in again. */
	shutOut?: ShutOutTeller;
};

/** A telephony that runs; `addresses` are those of the signalling server, like `udp/192.0.2.1:5060`. */
export interface RunningTelephony extends Telephony {
	readonly addresses: readonly string[];
	/** Legs that are not over yet. */
	readonly legCount: number;
	readonly signals: Signals;
	/** SIP messages about these numbers and extensions; times are counted from now, both ways. */
	traces(about: {numbers: readonly string[]; fromMs: number; untilMs: number}): TracedDialog[];
	/** Strangers at the door, those shut out first; times are counted from now, in the past negative. */
	/** The signalling servers, to be looked at and drained: one that drains gets no calls out and no carrier's calls, while another is there. */
	readonly pool: MediaPool;
	edgeSources(): EdgeSource[];
	/** Forgets one of them, or all. Returns how many there were. */
	clearEdge(address?: string): number;
}

/**
 * Connects to the signalling servers and starts when the first is there.
 * @throws when there is no connection within `limits.connectMs`, or as soon as all have refused us (another secret, too old).
 */
export function createTelephony(options: TelephonyOptions): Promise<RunningTelephony> {
	return new Promise((resolve, reject) => {
		const giveUp = (): void => {
			cancel();
			void telephony.close();
			const places = options.control.map(({host, port}) => `${host}:${port}`).join(', ');
			reject(new SignallingUnusable(`no connection to the signalling server at ${places}: ${telephony.signals.trouble}`));
		};
		const started = (): void => {
			cancel();
			resolve(telephony);
		};
		const telephony = new SrfTelephony(options, started, giveUp);
		const clock = options.clock ?? systemClock;
		const cancel = clock.after(options.limits?.connectMs ?? limitDefaults.connectMs, giveUp);
	});
}

type KnownCaller = Exclude<Caller, {kind: 'stranger'}>;

class SrfTelephony implements RunningTelephony {
	readonly #options: TelephonyOptions;
	readonly #clock: Clock;
	readonly #limits: Limits;
	readonly #log: Log;
	readonly signals: Signals;
	readonly #edge: Edge;
	readonly #traces = new TraceBook();
	readonly #ends = new TraceEnds();
	readonly #registrar: Registrar;
	readonly #trunks: ReadonlyMap<string, Trunk>;
	readonly #bridges: Bridges;
	readonly #rooms: Rooms;
	readonly #orphans: Orphans;
	readonly #referrals: Referrals;
	readonly #memory: Memory;
	readonly #legs = new Map<string, {leg: Leg; extension?: string}>();
	readonly #stopWatchingMedia: () => void;
	#listener: ((event: TelephonyEvent) => void) | undefined;
	/** What is still to be told: there is no listener yet, or a command is being carried out. */
	#untold: TelephonyEvent[] = [];
	#obeying = false;
	#closing = false;
	#started = false;

	constructor(options: TelephonyOptions, started: () => void, refused: () => void) {
		this.#options = options;
		const clock = options.clock ?? systemClock;
		const limits = {...limitDefaults, ...options.limits};
		const log: Log = options.log ?? (() => {});
		this.#clock = clock;
		this.#limits = limits;
		this.#log = log;
		const report = (event: TelephonyEvent): void => this.#report(event);
		const upAndDown = {
			up: (_signal: Signal, first: boolean) => this.#signallingUp(first, started),
			down: (signal: Signal, reason: string, last: boolean) => this.#signallingDown(signal, reason, last),
			refused: () => {
				if (!this.#started) refused();
			},
			frame: (frame: string) => this.#seen(this.#traces.take(frame, clock.nowMs())),
		};
		const signals = new Signals(options.control, clock, upAndDown, limits.pingMs, log);
		this.signals = signals;
		this.#orphans = new Orphans(signals, clock);
		const carriers = (): Set<string> =>
			new Set([...this.#trunks.values()].flatMap(({settings, addresses}) => [settings.host.toLowerCase(), ...addresses]));
		const stored = (): void => this.#memory.touch();
		const changed = (change: PhoneChange): void => this.#phoneChanged(change);
		const {shutOut} = options;
		this.#edge = new Edge({nowMs: () => clock.nowMs(), log, settings: limits.edge, ...(shutOut && {shutOut})});
		this.#registrar = new Registrar({
			edge: this.#edge,
			signals,
			clock,
			limits,
			log,
			realm: options.realm,
			accounts: options.accounts,
			changed,
			stored,
			carriers,
		});
		const trunkChanged = (trunk: string, up: boolean, reason: string): void =>
			report(up ? {type: 'trunkUp', trunk} : {type: 'trunkDown', trunk, reason});
		this.#trunks = new Map(
			options.trunks.map(settings => [settings.name, new Trunk(settings, {signals, clock, limits, changed: trunkChanged})]),
		);
		this.#bridges = new Bridges(clock, limits.mediaWaitMs, report, leg => this.#rooms.forget(leg));
		this.#rooms = new Rooms({
			media: options.media,
			clock,
			waitMs: limits.mediaWaitMs,
			report,
			legOf: legId => this.#legs.get(legId)?.leg,
			bridgedWith: leg => this.#bridges.partnerOf(leg),
			leaveBridge: leg => this.#bridges.forget(leg),
		});
		this.#referrals = this.#newReferrals();
		this.#memory = new Memory(options.memory, clock, () => ({
			phones: this.#registrar.bindings.remembered(clock.nowMs()),
			calls: [...this.#orphans.waiting, ...[...this.#legs.values()].flatMap(({leg}) => leg.orphan ?? [])],
		}));
		const {phones = [], calls = []} = options.memory?.load() ?? {};
		this.#registrar.restore(phones);
		for (const call of calls) this.#orphans.add(call);
		this.#stopWatchingMedia = watchMedia(options.media, clock, report);
		guardEdge(
			signals,
			request => callerOf(request, this.#registrar, this.#trunks.values(), clock.nowMs()),
			(caller, request, response, signal) => this.#takeCall(caller, {request, response, signal}),
			this.#edge,
		);
	}

	#newReferrals(): Referrals {
		const isTheirs = ({leg, extension}: {leg: Leg; extension?: string}, {callId, tags}: Replaces) =>
			extension !== undefined && leg.isIn(callId, tags);
		return new Referrals({
			clock: this.#clock,
			log: this.#log,
			undecidedMs: this.#limits.mediaWaitMs,
			report: event => this.#report(event),
			legIn: dialog => [...this.#legs.values()].find(each => isTheirs(each, dialog))?.leg.id,
		});
	}

	edgeSources(): EdgeSource[] {
		const nowMs = this.#clock.nowMs();
		const ago = ({firstMs, lastMs, untilMs, ...source}: EdgeSource): EdgeSource => ({
			...source,
			firstMs: firstMs - nowMs,
			lastMs: lastMs - nowMs,
			...(untilMs !== undefined && {untilMs: untilMs - nowMs}),
		});
		return this.#edge.book.sources(nowMs).map(ago);
	}

	traces({numbers, fromMs, untilMs}: {numbers: readonly string[]; fromMs: number; untilMs: number}): TracedDialog[] {
		const nowMs = this.#clock.nowMs();
		const found = this.#traces.dialogs({numbers, fromMs: nowMs + fromMs, untilMs: nowMs + untilMs});
		return found.map(({callId, messages}) => ({callId, messages: messages.map(each => ({...each, atMs: each.atMs - nowMs}))}));
	}

	#seen(message: SeenMessage | undefined): void {
		if (message && this.#options.onMessage) this.#options.onMessage(message, this.#ends.of(message, this.addresses));
	}

	clearEdge(address?: string): number {
		return this.#edge.book.clear(address);
	}

	get legCount(): number {
		return this.#legs.size;
	}

	get addresses(): readonly string[] {
		return this.signals.all.flatMap(({isUp, addresses}) => (isUp ? addresses : []));
	}

	readonly pool: MediaPool = {
		servers: () =>
			this.signals.all.map(({name, isUp, draining, weight, load, version}) => ({name, up: isUp, draining, weight, load, version})),
		drain: (name, draining) => {
			const signal = this.signals.all.find(each => each.name === name);
			if (!signal || signal.draining === draining) return;
			signal.draining = draining;
			// Whom we are registered at is to send its calls elsewhere.
			if (draining) for (const trunk of this.#trunks.values()) trunk.signallingLess(signal);
		},
	};

	onEvent(listener: (event: TelephonyEvent) => void): void {
		this.#listener = listener;
		this.#tell();
	}

	#report(event: TelephonyEvent): void {
		this.#untold.push(event);
		if (!this.#obeying) this.#tell();
	}

	#tell(): void {
		while (this.#listener && this.#untold.length > 0) this.#listener(this.#untold.shift()!);
	}

	#signallingUp(first: boolean, started: () => void): void {
		this.#orphans.endAll();
		if (!first) return;
		for (const trunk of this.#trunks.values()) trunk.signallingUp();
		if (this.#started) this.#report({type: 'partUp', part: 'signalling'});
		this.#started = true;
		started();
	}

	/** No server hands its dialogs over to a new connection, or to another server: every leg on it is lost. */
	#signallingDown(signal: Signal, reason: string, last: boolean): void {
		if (last) this.#report({type: 'partDown', part: 'signalling', reason});
		for (const {leg} of [...this.#legs.values()]) if (leg.hangsOn(signal)) leg.input({type: 'lost', detail: 'signalling lost'});
		if (!last) for (const trunk of this.#trunks.values()) trunk.signallingLess(signal);
	}

	#phoneChanged(change: PhoneChange): void {
		this.#report(change);
		if (change.type !== 'phoneDown') return;
		for (const {leg, extension} of this.#legs.values()) if (extension === change.extension) leg.probe();
	}

	/** Carries out a command. What comes of it is never told from within: the loop is in the middle of its step. */
	send(command: TelephonyCommand): void {
		this.#obeying = true;
		try {
			this.#obey(command);
		} finally {
			this.#obeying = false;
			if (this.#untold.length > 0) queueMicrotask(() => this.#tell());
		}
	}

	#obey(command: TelephonyCommand): void {
		switch (command.type) {
			case 'connectAgent':
				this.#connectAgent(command);
				return;
			case 'ringPhone':
				this.#ringPhone(command);
				return;
			case 'dial':
				this.#dial(command);
				return;
			case 'join':
				this.#bridges.join(command, this.#legs.get(command.customerLegId)?.leg, this.#legs.get(command.agentLegId)?.leg);
				return;
			case 'part':
				this.#bridges.part(command.bridgeId);
				return;
			case 'setRoom':
				this.#rooms.set(command.roomId, command.members);
				return;
			case 'tellTransfer':
				this.#referrals.tell(command.transferId, command.say);
				return;
			default: {
				const known = this.#legs.get(command.legId);
				if (known) obey(known.leg, command);
			}
		}
	}

	#connectAgent({legId, extension, ringMs}: Extract<TelephonyCommand, {type: 'connectAgent'}>): void {
		this.#callPhone(legId, extension, ringMs, {from: 'kaden', fromName: 'Kaden'}, true);
	}

	#ringPhone({legId, extension, from, fromName, ringMs, autoAnswer}: Extract<TelephonyCommand, {type: 'ringPhone'}>): void {
		this.#callPhone(legId, extension, ringMs, {from, ...(fromName === undefined ? {} : {fromName})}, autoAnswer);
	}

	#callPhone(legId: string, extension: string, ringMs: number, shown: Shown, autoAnswer: boolean): void {
		const targets = phoneTargets(this.#registrar.contactsOf(extension), shown, autoAnswer);
		if (targets.length === 0) {
			this.#fail(legId, 'phoneDown');
			return;
		}
		const refusal = this.#room();
		if (refusal) {
			this.#fail(legId, refusal.failure, refusal.detail);
			return;
		}
		this.#place(legId, routesTo(this.signals, targets), ringMs, this.#limits.probeMs, () => {}, extension);
	}

	#dial({legId, trunk: name, to, from, ringMs}: Extract<TelephonyCommand, {type: 'dial'}>): void {
		const trunk = this.#trunks.get(name);
		if (!trunk) {
			this.#fail(legId, 'trunkDown', `there is no trunk ${name}`);
			return;
		}
		const refusal = this.#room() ?? this.#way() ?? trunk.admit();
		if (refusal) {
			this.#fail(legId, refusal.failure, refusal.detail);
			return;
		}
		this.#place(legId, routesTo(this.signals, [trunk.target(to, from)]), ringMs, 0, () => trunk.release());
	}

	/** A call has come in from somebody we know. The server has said 100 already. */
	#takeCall(caller: KnownCaller, incoming: Incoming): void {
		const {request, response, signal} = incoming;
		// A phone is known by its address only so far, and an address can be forged.
		if (caller.kind === 'phone' && !this.#registrar.prove(request, response, caller.extension)) return;
		if (!request.has('contact')) {
			reply(response, 400);
			return;
		}
		const refusal = this.#closing ? {detail: 'the service is closing'} : (this.#room() ?? this.#drained(caller, signal));
		if (refusal) {
			this.#log('warn', 'a call that came in was refused', {...caller, why: refusal.detail});
			reply(response, 503);
			return;
		}
		const trunk = caller.kind === 'trunk' ? this.#trunks.get(caller.trunk) : undefined;
		trunk?.take();
		const legId = `in-${randomUUID()}`;
		const model = newInbound(!request.body);
		const machine = {phase: () => model.phase, step: (input: LegInput) => stepInbound(model, input)};
		const call = (host: CallHost): Call => new InboundCall(this.#legParts(), incoming, host);
		const [probeMs, extension] = caller.kind === 'phone' ? [this.#limits.probeMs, caller.extension] : [0, undefined];
		this.#open({id: legId, signals: [signal], machine, call, probeMs}, () => trunk?.release(), extension);
		const said = caller.kind === 'phone' ? callFromPhone(request, caller.extension) : callFromTrunk(request, trunk?.settings.username);
		this.#report({type: 'inbound', legId, source: caller, ...said});
	}

	/** A call of a carrier goes elsewhere by itself when we say that this server takes none. */
	#drained(caller: KnownCaller, signal: Signal): {detail: string} | undefined {
		const elsewhere = this.signals.all.some(each => each !== signal && each.isUp && !each.draining);
		return signal.draining && caller.kind === 'trunk' && elsewhere ? {detail: `${signal.name} is being drained`} : undefined;
	}

	#way(): {failure: LegFailure; detail: string} | undefined {
		return this.signals.pick() ? undefined : {failure: 'error', detail: 'no signalling server takes new calls'};
	}

	#room(): {failure: LegFailure; detail: string} | undefined {
		if (!this.signals.isUp) return {failure: 'error', detail: 'signalling is down'};
		return this.#legs.size >= this.#limits.legsMax
			? {failure: 'congestion', detail: `${this.#limits.legsMax} legs, the maximum`}
			: undefined;
	}

	#fail(legId: string, failure: LegFailure, detail?: string): void {
		this.#report({type: 'legFailed', legId, failure, ...(detail === undefined ? {} : {detail})});
	}

	#place(legId: string, to: readonly Route[], ringMs: number, probeMs: number, free: () => void, extension?: string): void {
		const model = newLeg();
		const machine = {phase: () => model.phase, step: (input: LegInput) => stepLeg(model, input)};
		const headed = (target: Target): Target => ({...target, headers: {'User-Agent': 'Kaden', ...target.headers}});
		const routes = to.map(({signal, target}) => ({signal, target: headed(target)}));
		const signals = routes.map(({signal}) => signal);
		const call = (host: CallHost): Call => new OutboundCall(this.#legParts(), {routes, ringMs}, host);
		this.#open({id: legId, signals, machine, call, probeMs}, free, extension);
	}

	#open(plan: Omit<LegPlan, 'onOver'>, free: () => void, extension: string | undefined): void {
		const {id, signals} = plan;
		if (this.#legs.has(id)) throw new Error(`leg ${id} exists already`);
		const onOver = (): void => {
			this.#legs.delete(id);
			this.#memory.touch();
			for (const signal of signals) signal.load--;
			this.#bridges.forget(leg);
			this.#rooms.forget(leg);
			this.#referrals.forget(id);
			free();
		};
		for (const signal of signals) signal.load++;
		const referred: LegPlan['referred'] = (dialog, request, response) => this.#referrals.take({legId: id, dialog, request, response});
		const leg = new Leg(this.#legParts(), {...plan, ...(extension !== undefined && {referred}), onOver});
		this.#legs.set(id, {leg, ...(extension === undefined ? {} : {extension})});
	}

	#legParts(): LegParts {
		const {media, prompts} = this.#options;
		return {
			media,
			clock: this.#clock,
			limits: this.#limits,
			log: this.#log,
			prompts,
			report: event => this.#report(event),
			orphaned: call => this.#orphans.add(call),
			answered: () => this.#memory.touch(),
		};
	}

	/** Hangs up what is still there, says goodbye to the carriers and closes the connection. */
	async close(): Promise<void> {
		this.#closing = true;
		this.#stopWatchingMedia();
		this.#registrar.close();
		for (const trunk of this.#trunks.values()) trunk.close();
		for (const {leg} of [...this.#legs.values()]) leg.input({type: 'hangUp'});
		await this.signals.close(this.#limits.closeMs);
		// Who has not even answered a CANCEL by now is told of no more: no leg, port or timer outlives us.
		for (const {leg} of [...this.#legs.values()]) leg.input({type: 'lost', detail: 'the service stops'});
		this.#memory.flush();
	}
}
