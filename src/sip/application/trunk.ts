import {lookup} from 'node:dns/promises';
import type {LegFailure, TrunkSettings} from '../port.js';
import {hopUri} from './address.js';
import {type Cancel, type Clock, every} from './clock.js';
import type {Target} from './fork.js';
import type {Limits} from './limits.js';
import {isAlive, optionsTo} from './options.js';
import type {Signal, SipResponseIn} from './signal.js';
import type {Asking, Signals} from './signals.js';
import {TrunkRegistration} from './trunk-registration.js';

export type TrunkParts = {
	signals: Signals;
	clock: Clock;
	limits: Limits;
	changed: (trunk: string, up: boolean, reason: string) => void;
};

/** Does this answer to OPTIONS speak for a carrier that takes calls? 503 and 408 of its own do not. */
const takesCalls = (response: SipResponseIn | undefined): boolean =>
	isAlive(response) && response?.status !== 503 && response?.status !== 408;

/** The user part of a URI: a number keeps its plus, anything that could end the part is escaped (RFC 3261 section 25.1). */
export const escapeUser = (user: string): string => encodeURIComponent(user).replaceAll('%2B', '+');

/** One line to a carrier: its health, its registration, and how many calls it is given. */
export class Trunk {
	readonly settings: TrunkSettings;
	/** What the carrier's host resolves to: who may call us as this trunk. */
	addresses: ReadonlySet<string> = new Set();
	readonly #parts: TrunkParts;
	readonly #registration: TrunkRegistration | undefined;
	readonly #timers: Cancel[] = [];
	#home: Signal | undefined;
	#health: 'unknown' | 'good' | 'bad';
	#registered: 'unknown' | 'yes' | 'no';
	#misses = 0;
	#reason = '';
	#reported: boolean | undefined;
	#calls = 0;
	#startedMs: number[] = [];

	constructor(settings: TrunkSettings, parts: TrunkParts) {
		this.settings = settings;
		this.#parts = parts;
		this.#health = settings.optionsMs > 0 ? 'unknown' : 'good';
		this.#registered = settings.register ? 'unknown' : 'yes';
		const {signals, clock, limits} = parts;
		const trunk = this;
		// The carrier calls us where we have registered, so it is always the same signalling server while that is there.
		const home: Asking = {
			get isUp() {
				return signals.isUp;
			},
			request(...asked) {
				trunk.#home = signals.near(trunk.#home?.name);
				trunk.#home?.request(...asked);
			},
		};
		if (settings.register)
			this.#registration = new TrunkRegistration(home, clock, limits, settings, (registered, reason) => {
				this.#registered = registered ? 'yes' : 'no';
				this.#report(reason);
			});
	}

	/** To be called when one signalling server of several is lost: the carrier is to call us at another one. */
	signallingLess(signal: Signal): void {
		if (this.#home === signal) this.#registration?.start();
	}

	/** To be called when signalling has come up and was down altogether. */
	signallingUp(): void {
		for (const cancel of this.#timers.splice(0)) cancel();
		this.#resolve();
		this.#timers.push(every(this.#parts.clock, 60_000, () => this.#resolve()));
		this.#registration?.start();
		if (this.settings.optionsMs > 0) {
			this.#timers.push(every(this.#parts.clock, this.settings.optionsMs, () => this.#ask()));
			this.#ask();
		}
		this.#report('');
	}

	#resolve(): void {
		lookup(this.settings.host, {all: true}).then(
			found => {
				this.addresses = new Set(found.map(({address}) => address));
			},
			() => {}, // the old addresses stand; OPTIONS tells whether it matters
		);
	}

	#ask(): void {
		const {signals, clock, limits} = this.#parts;
		const signal = signals.near(this.#home?.name);
		if (!signal) return;
		optionsTo(signal, clock, {uri: this.#uri(''), headers: {}, proxy: this.#proxy}, limits.optionsWaitMs, (response, detail) => {
			if (!signal.isUp) return;
			this.#misses = takesCalls(response) ? 0 : this.#misses + 1;
			if (this.#misses === 0) this.#health = 'good';
			else if (this.#misses > 1 || this.#health === 'unknown') this.#health = 'bad';
			this.#report(response ? `OPTIONS answered ${response.status} ${response.reason}` : detail);
		});
	}

	#report(reason: string): void {
		const bad = this.#health === 'bad' || this.#registered === 'no';
		const good = this.#health === 'good' && this.#registered === 'yes';
		if (!bad && !good) return; // not all is known yet
		this.#reason = bad ? reason || this.#reason : '';
		if (this.#reported === good) return;
		this.#reported = good;
		this.#parts.changed(this.settings.name, good, reason);
	}

	#uri(user: string): string {
		const {host, port, transport} = this.settings;
		return `sip:${user ? `${escapeUser(user)}@` : ''}${host}:${port}${transport === 'udp' ? '' : `;transport=${transport}`}`;
	}

	get #proxy(): string {
		const {host, port, transport} = this.settings;
		return hopUri({address: host, port, protocol: transport});
	}

	/** May one more call go out? Undefined: yes, and it is counted until `release()`. */
	admit(): {failure: LegFailure; detail: string} | undefined {
		const nowMs = this.#parts.clock.nowMs();
		const {callsMax, callsPerSecondMax} = this.settings;
		if (this.#reported === false) return {failure: 'trunkDown', detail: this.#reason};
		if (this.#registered !== 'yes') return {failure: 'trunkDown', detail: 'not registered yet'};
		if (this.#calls >= callsMax) return {failure: 'congestion', detail: `the trunk has ${callsMax} calls, its maximum`};
		this.#startedMs = this.#startedMs.filter(startMs => nowMs - startMs < 1000);
		if (this.#startedMs.length >= callsPerSecondMax)
			return {failure: 'congestion', detail: `${callsPerSecondMax} calls per second, the trunk's maximum`};
		this.#startedMs.push(nowMs);
		this.#calls++;
		return undefined;
	}

	/** Counts a call that the carrier has brought, until `release()`. It has decided by itself whether there is room. */
	take(): void {
		this.#calls++;
	}

	release(): void {
		this.#calls--;
	}

	/** How a call through this trunk is addressed. `to` and `from` as the carrier wants them. */
	target(to: string, from: string): Target {
		const {username, password, register} = this.settings;
		const caller = `sip:${escapeUser(from)}@${register?.domain ?? 'localhost'}`;
		return {
			uri: this.#uri(to),
			headers: {From: `<${caller}>`},
			// Named outright, or a phone that registers the carrier's address as its own would be sent our calls.
			proxy: this.#proxy,
			...(username !== undefined ? {auth: {username, password: password ?? ''}} : {}),
		};
	}

	close(): void {
		for (const cancel of this.#timers.splice(0)) cancel();
		this.#registration?.close();
	}
}
