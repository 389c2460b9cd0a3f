/**
 * The telephony of the loop's port, on drachtio-srf: registrar, trunks, legs and bridges. It runs unchanged on the embedded
 * signalling server and on drachtio-server, on any media server behind the media port.
 */
import {randomUUID} from 'node:crypto';
import type {MediaServer} from '../media/port.js';
import type {ExtensionAccount, LegFailure, PromptName, Telephony, TelephonyCommand, TelephonyEvent, TrunkSettings} from '../port.js';
import {phoneTargets, type Shown} from './agent-leg.js';
import type {PhoneChange} from './bindings.js';
import {Bridges} from './bridge.js';
import {callFromPhone, callFromTrunk} from './caller-id.js';
import {type Clock, systemClock} from './clock.js';
import {type Caller, callerOf, guardEdge} from './edge.js';
import type {Target} from './fork.js';
import {watchMedia} from './health.js';
import {InboundCall} from './inbound-call.js';
import {newInbound, stepInbound} from './inbound-machine.js';
import {type Call, type CallHost, Leg, type LegParts, type LegPlan} from './leg.js';
import {obey} from './leg-commands.js';
import {type LegInput, newLeg, stepLeg} from './leg-machine.js';
import {type Limits, type Log, limitDefaults} from './limits.js';
import {Orphans} from './orphans.js';
import {OutboundCall} from './outbound-call.js';
import {Registrar} from './registrar.js';
import {Rooms} from './room.js';
import {type ControlAddress, reply, Signal, type SipRequestIn, type SipResponder} from './signal.js';
import {Trunk} from './trunk.js';

export type TelephonyOptions = {
	/** Where the signalling server takes control connections. */
	control: ControlAddress;
	media: MediaServer;
	/** The digest realm of our registrar; the accounts' `ha1` are made with it. */
	realm: string;
	trunks: readonly TrunkSettings[];
	accounts: (extension: string) => ExtensionAccount | undefined;
	/** The file of a prompt. */
	prompts: (name: PromptName) => string;
	limits?: Partial<Limits>;
	clock?: Clock;
	log?: Log;
};

/** A telephony that runs; `addresses` are those of the signalling server, like `udp/192.0.2.1:5060`. */
export interface RunningTelephony extends Telephony {
	readonly addresses: readonly string[];
	/** Legs that are not over yet. */
	readonly legCount: number;
}

/**
 * Connects to the signalling server and starts.
 * @throws when there is no connection within `limits.connectMs`: no server there, or another secret.
 */
export function createTelephony(options: TelephonyOptions): Promise<RunningTelephony> {
	return new Promise((resolve, reject) => {
		const telephony = new SrfTelephony(options, () => {
			cancel();
			resolve(telephony);
		});
		const clock = options.clock ?? systemClock;
		const cancel = clock.after(options.limits?.connectMs ?? limitDefaults.connectMs, () => {
			void telephony.close();
			const {host, port} = options.control;
			reject(new Error(`no connection to the signalling server at ${host}:${port}: ${telephony.trouble}`));
		});
	});
}

type KnownCaller = Exclude<Caller, {kind: 'stranger'}>;

class SrfTelephony implements RunningTelephony {
	addresses: readonly string[] = [];
	readonly #options: TelephonyOptions;
	readonly #clock: Clock;
	readonly #limits: Limits;
	readonly #log: Log;
	readonly #signal: Signal;
	readonly #registrar: Registrar;
	readonly #trunks: ReadonlyMap<string, Trunk>;
	readonly #bridges: Bridges;
	readonly #rooms: Rooms;
	readonly #orphans: Orphans;
	readonly #legs = new Map<string, {leg: Leg; extension?: string}>();
	readonly #stopWatchingMedia: () => void;
	#listener: ((event: TelephonyEvent) => void) | undefined;
	/** What is still to be told: there is no listener yet, or a command is being carried out. */
	#untold: TelephonyEvent[] = [];
	#obeying = false;
	#closing = false;
	#started = false;

	constructor(options: TelephonyOptions, started: () => void) {
		this.#options = options;
		const clock = options.clock ?? systemClock;
		const limits = {...limitDefaults, ...options.limits};
		const log: Log = options.log ?? (() => {});
		this.#clock = clock;
		this.#limits = limits;
		this.#log = log;
		const report = (event: TelephonyEvent): void => this.#report(event);
		const upAndDown = {
			up: (addresses: string[]) => this.#signallingUp(addresses, started),
			down: (reason: string) => this.#signallingDown(reason),
		};
		const signal = new Signal(options.control, clock, upAndDown, limits.pingMs);
		this.#signal = signal;
		this.#orphans = new Orphans(signal, clock);
		const changed = (change: PhoneChange): void => this.#phoneChanged(change);
		this.#registrar = new Registrar({signal, clock, limits, log, realm: options.realm, accounts: options.accounts, changed});
		const trunkChanged = (trunk: string, up: boolean, reason: string): void =>
			report(up ? {type: 'trunkUp', trunk} : {type: 'trunkDown', trunk, reason});
		this.#trunks = new Map(
			options.trunks.map(settings => [settings.name, new Trunk(settings, {signal, clock, limits, changed: trunkChanged})]),
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
		this.#stopWatchingMedia = watchMedia(options.media, clock, report);
		guardEdge(
			signal,
			request => callerOf(request, this.#registrar, this.#trunks.values(), clock.nowMs()),
			(caller, request, response) => this.#takeCall(caller, request, response),
			log,
			() => clock.nowMs(),
		);
	}

	get legCount(): number {
		return this.#legs.size;
	}

	get trouble(): string {
		return this.#signal.trouble;
	}

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

	#signallingUp(addresses: string[], started: () => void): void {
		this.addresses = addresses;
		this.#orphans.endAll();
		for (const trunk of this.#trunks.values()) trunk.signallingUp();
		if (this.#started) this.#report({type: 'partUp', part: 'signalling'});
		this.#started = true;
		started();
	}

	/** The server does not hand dialogs over to a new connection: every leg is lost with the old one. */
	#signallingDown(reason: string): void {
		this.#report({type: 'partDown', part: 'signalling', reason});
		for (const {leg} of [...this.#legs.values()]) leg.input({type: 'lost', detail: 'signalling lost'});
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
		this.#place(legId, targets, ringMs, this.#limits.probeMs, () => {}, extension);
	}

	#dial({legId, trunk: name, to, from, ringMs}: Extract<TelephonyCommand, {type: 'dial'}>): void {
		const trunk = this.#trunks.get(name);
		if (!trunk) {
			this.#fail(legId, 'trunkDown', `there is no trunk ${name}`);
			return;
		}
		const refusal = this.#room() ?? trunk.admit();
		if (refusal) {
			this.#fail(legId, refusal.failure, refusal.detail);
			return;
		}
		this.#place(legId, [trunk.target(to, from)], ringMs, 0, () => trunk.release());
	}

	/** A call has come in from somebody we know. The server has said 100 already. */
	#takeCall(caller: KnownCaller, request: SipRequestIn, response: SipResponder): void {
		// A phone is known by its address only so far, and an address can be forged.
		if (caller.kind === 'phone' && !this.#registrar.prove(request, response, caller.extension)) return;
		if (!request.has('contact')) {
			reply(response, 400);
			return;
		}
		const refusal = this.#closing ? {detail: 'the service is closing'} : this.#room();
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
		const call = (host: CallHost): Call => new InboundCall(this.#legParts(), request, response, host);
		const [probeMs, extension] = caller.kind === 'phone' ? [this.#limits.probeMs, caller.extension] : [0, undefined];
		this.#open({id: legId, machine, call, probeMs}, () => trunk?.release(), extension);
		const said = caller.kind === 'phone' ? callFromPhone(request, caller.extension) : callFromTrunk(request, trunk?.settings.username);
		this.#report({type: 'inbound', legId, source: caller, ...said});
	}

	#room(): {failure: LegFailure; detail: string} | undefined {
		if (!this.#signal.isUp) return {failure: 'error', detail: 'signalling is down'};
		return this.#legs.size >= this.#limits.legsMax
			? {failure: 'congestion', detail: `${this.#limits.legsMax} legs, the maximum`}
			: undefined;
	}

	#fail(legId: string, failure: LegFailure, detail?: string): void {
		this.#report({type: 'legFailed', legId, failure, ...(detail === undefined ? {} : {detail})});
	}

	#place(legId: string, targets: readonly Target[], ringMs: number, probeMs: number, free: () => void, extension?: string): void {
		const model = newLeg();
		const machine = {phase: () => model.phase, step: (input: LegInput) => stepLeg(model, input)};
		const headed = targets.map(target => ({...target, headers: {'User-Agent': 'Kaden', ...target.headers}}));
		const call = (host: CallHost): Call => new OutboundCall(this.#legParts(), {targets: headed, ringMs}, host);
		this.#open({id: legId, machine, call, probeMs}, free, extension);
	}

	#open(plan: Omit<LegPlan, 'onOver'>, free: () => void, extension: string | undefined): void {
		const {id} = plan;
		if (this.#legs.has(id)) throw new Error(`leg ${id} exists already`);
		const onOver = (): void => {
			this.#legs.delete(id);
			this.#bridges.forget(leg);
			this.#rooms.forget(leg);
			free();
		};
		const leg = new Leg(this.#legParts(), {...plan, onOver});
		this.#legs.set(id, {leg, ...(extension === undefined ? {} : {extension})});
	}

	#legParts(): LegParts {
		const {media, prompts} = this.#options;
		return {
			signal: this.#signal,
			media,
			clock: this.#clock,
			limits: this.#limits,
			log: this.#log,
			prompts,
			report: event => this.#report(event),
			orphaned: dialog => this.#orphans.add(dialog),
		};
	}

	/** Hangs up what is still there, says goodbye to the carriers and closes the connection. */
	async close(): Promise<void> {
		this.#closing = true;
		this.#stopWatchingMedia();
		this.#registrar.close();
		for (const trunk of this.#trunks.values()) trunk.close();
		for (const {leg} of [...this.#legs.values()]) leg.input({type: 'hangUp'});
		await this.#signal.close(this.#limits.closeMs);
		// Who has not even answered a CANCEL by now is told of no more: no leg, port or timer outlives us.
		for (const {leg} of [...this.#legs.values()]) leg.input({type: 'lost', detail: 'the service stops'});
	}
}
