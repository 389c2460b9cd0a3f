/**
 * The telephony of the loop's port, on drachtio-srf: registrar, trunks, legs and bridges. It runs unchanged on the embedded
 * signalling server and on drachtio-server, on any media server behind the media port.
 */
import type {MediaServer} from '../media/port.js';
import type {ExtensionAccount, LegFailure, PromptName, Telephony, TelephonyCommand, TelephonyEvent, TrunkSettings} from '../port.js';
import {agentTargets} from './agent-leg.js';
import type {PhoneChange} from './bindings.js';
import {Bridges} from './bridge.js';
import {type Clock, systemClock} from './clock.js';
import {callerOf, guardEdge} from './edge.js';
import type {Target} from './fork.js';
import {watchMedia} from './health.js';
import {Leg} from './leg.js';
import {type Limits, type Log, limitDefaults} from './limits.js';
import {Orphans} from './orphans.js';
import {Registrar} from './registrar.js';
import {type ControlAddress, reply, Signal, type SipDialog} from './signal.js';
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
	readonly #orphans: Orphans;
	readonly #legs = new Map<string, {leg: Leg; extension?: string}>();
	readonly #stopWatchingMedia: () => void;
	#listener: ((event: TelephonyEvent) => void) | undefined;
	/** What happened before there was a listener. */
	#early: TelephonyEvent[] = [];
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
		this.#bridges = new Bridges(clock, limits.mediaWaitMs, report);
		this.#stopWatchingMedia = watchMedia(options.media, clock, report);
		guardEdge(
			signal,
			request => callerOf(request, this.#registrar, this.#trunks.values(), clock.nowMs()),
			(caller, request, response) => {
				// Calls in are not taken yet; the caller hears busy lines rather than nothing.
				log('warn', 'a call came in and was refused: inbound calls are not served', {...caller, uri: request.uri.slice(0, 100)});
				reply(response, 503);
			},
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
		for (const event of this.#early.splice(0)) listener(event);
	}

	#report(event: TelephonyEvent): void {
		if (this.#listener) this.#listener(event);
		else this.#early.push(event);
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

	send(command: TelephonyCommand): void {
		switch (command.type) {
			case 'connectAgent':
				this.#connectAgent(command);
				return;
			case 'dial':
				this.#dial(command);
				return;
			case 'hangUp':
				this.#legs.get(command.legId)?.leg.input({type: 'hangUp'});
				return;
			case 'play':
				this.#legs.get(command.legId)?.leg.play(command.prompt, command.loop ?? false);
				return;
			case 'stopPlaying':
				this.#legs.get(command.legId)?.leg.stopPlaying();
				return;
			case 'join':
				this.#bridges.join(command, this.#legs.get(command.customerLegId)?.leg, this.#legs.get(command.agentLegId)?.leg);
				return;
			case 'part':
				this.#bridges.part(command.bridgeId);
				return;
		}
	}

	#connectAgent({legId, extension, ringMs}: Extract<TelephonyCommand, {type: 'connectAgent'}>): void {
		const targets = agentTargets(this.#registrar.contactsOf(extension));
		if (targets.length === 0) {
			this.#fail(legId, 'phoneDown');
			return;
		}
		const refusal = this.#room();
		if (refusal) {
			this.#fail(legId, refusal.failure, refusal.detail);
			return;
		}
		this.#open(legId, targets, ringMs, this.#limits.probeMs, () => {}, extension);
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
		this.#open(legId, [trunk.target(to, from)], ringMs, 0, () => trunk.release());
	}

	#room(): {failure: LegFailure; detail: string} | undefined {
		if (!this.#signal.isUp) return {failure: 'error', detail: 'signalling is down'};
		return this.#legs.size >= this.#limits.legsMax
			? {failure: 'congestion', detail: `${this.#limits.legsMax} legs, the maximum`}
			: undefined;
	}

	#fail(legId: string, failure: LegFailure, detail?: string): void {
		// Never from within the command itself: the loop is in the middle of its step.
		queueMicrotask(() => this.#report({type: 'legFailed', legId, failure, ...(detail === undefined ? {} : {detail})}));
	}

	#open(legId: string, targets: readonly Target[], ringMs: number, probeMs: number, free: () => void, extension?: string): void {
		if (this.#legs.has(legId)) throw new Error(`leg ${legId} exists already`);
		const {media, prompts} = this.#options;
		const parts = {
			signal: this.#signal,
			media,
			clock: this.#clock,
			limits: this.#limits,
			log: this.#log,
			prompts,
			report: (event: TelephonyEvent) => this.#report(event),
			orphaned: (dialog: SipDialog) => this.#orphans.add(dialog),
		};
		const headers = {'User-Agent': 'Kaden'};
		const leg = new Leg(parts, {
			id: legId,
			targets: targets.map(target => ({...target, headers: {...headers, ...target.headers}})),
			ringMs,
			probeMs,
			onOver: () => {
				this.#legs.delete(legId);
				this.#bridges.forget(leg);
				free();
			},
		});
		this.#legs.set(legId, {leg, ...(extension === undefined ? {} : {extension})});
	}

	/** Hangs up what is still there, says goodbye to the carriers and closes the connection. */
	async close(): Promise<void> {
		this.#stopWatchingMedia();
		this.#registrar.close();
		for (const trunk of this.#trunks.values()) trunk.close();
		for (const {leg} of [...this.#legs.values()]) leg.input({type: 'hangUp'});
		await this.#signal.close(this.#limits.closeMs);
		// Who has not even answered a CANCEL by now is told of no more: no leg, port or timer outlives us.
		for (const {leg} of [...this.#legs.values()]) leg.input({type: 'lost', detail: 'the service stops'});
	}
}
