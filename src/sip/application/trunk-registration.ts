import {randomUUID} from 'node:crypto';
import type {TrunkSettings} from '../port.js';
import {parseAddresses, parseUri} from './address.js';
import type {Cancel, Clock} from './clock.js';
import type {Limits} from './limits.js';
import type {Signal, SipResponseIn} from './signal.js';

/** The seconds a 200 to our REGISTER grants: our contact's `expires`, else the Expires header, else what we asked for. */
export function grantedS(response: SipResponseIn, username: string, askedS: number): number {
	const contacts = parseAddresses(response.get('contact') ?? '') ?? [];
	const own = contacts.find(contact => parseUri(contact.uri)?.user === username) ?? contacts[0];
	const text = own?.parameters['expires'] ?? response.get('expires');
	const granted = Number.parseInt(text ?? '', 10);
	return Number.isFinite(granted) && granted > 0 ? granted : askedS;
}

/** Keeps one registration at a carrier alive: refresh in time, doubling pauses after failures. */
export class TrunkRegistration {
	readonly #signal: Signal;
	readonly #clock: Clock;
	readonly #limits: Limits;
	readonly #settings: TrunkSettings;
	readonly #told: (registered: boolean, reason: string) => void;
	readonly #callId = randomUUID();
	#cseq = 1;
	#expiresS: number;
	#failures = 0;
	#registered = false;
	#cancelTimer: Cancel = () => {};

	constructor(signal: Signal, clock: Clock, limits: Limits, settings: TrunkSettings, told: (registered: boolean, reason: string) => void) {
		this.#signal = signal;
		this.#clock = clock;
		this.#limits = limits;
		this.#settings = settings;
		this.#told = told;
		this.#expiresS = settings.register!.expiresS;
	}

	/** Registers now; also to be called when signalling is back. */
	start(): void {
		this.#cancelTimer();
		let over = false;
		const end = (response: SipResponseIn | undefined, detail: string): void => {
			if (over) return;
			over = true;
			this.#cancelTimer();
			this.#answered(response, detail);
		};
		this.#cancelTimer = this.#clock.after(this.#limits.registerWaitMs, () => end(undefined, 'no answer to REGISTER'));
		this.#send(this.#expiresS, end);
	}

	#send(expiresS: number, told: (response: SipResponseIn | undefined, detail: string) => void): void {
		const {host, port, transport, username = '', password = '', register} = this.#settings;
		const domain = register?.domain ?? host;
		const suffix = transport === 'tcp' ? ';transport=tcp' : '';
		this.#cseq += 2; // the answer to a challenge takes the number between
		const headers = {
			From: `<sip:${username}@${domain}>`,
			To: `<sip:${username}@${domain}>`,
			// The server puts its own address in the place of localhost.
			Contact: `<sip:${username}@localhost${suffix}>;expires=${expiresS}`,
			Expires: String(expiresS),
			'Call-ID': this.#callId,
			CSeq: `${this.#cseq} REGISTER`,
		};
		const proxy = `sip:${host}:${port};transport=${transport}`;
		this.#signal.request(`sip:${domain}`, 'REGISTER', {headers, proxy, auth: {username, password}}, told);
	}

	#answered(response: SipResponseIn | undefined, detail: string): void {
		if (response?.status === 200) {
			this.#failures = 0;
			this.#registered = true;
			const seconds = grantedS(response, this.#settings.username ?? '', this.#expiresS);
			this.#told(true, '');
			// Well before the end, and with room for one failed try.
			this.#again(seconds * 1000 * 0.6);
			return;
		}
		const shortest = response?.status === 423 ? Number.parseInt(response.get('min-expires') ?? '', 10) : Number.NaN;
		if (shortest > this.#expiresS && shortest <= 86_400) {
			this.#expiresS = shortest;
			this.start();
			return;
		}
		this.#registered = false;
		const {registerRetryMs, registerRetryMsMax} = this.#limits;
		this.#told(false, response ? `REGISTER answered ${response.status} ${response.reason}` : detail);
		this.#again(Math.min(registerRetryMsMax, registerRetryMs * 2 ** Math.min(20, this.#failures++)));
	}

	#again(pauseMs: number): void {
		this.#cancelTimer = this.#clock.after(pauseMs, () => this.start());
	}

	/** Stops, and tells the carrier so where it thinks we are there. */
	close(): void {
		this.#cancelTimer();
		if (this.#registered && this.#signal.isUp) this.#send(0, () => {});
	}
}
