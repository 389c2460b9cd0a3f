import {randomUUID} from 'node:crypto';
import type {TrunkSettings} from '../port.js';
import {parseAddresses, parseUri} from './address.js';
import type {Cancel, Clock} from './clock.js';
import type {Limits} from './limits.js';
import type {SipResponseIn} from './signal.js';
import type {Asking} from './signals.js';

/** The seconds a 200 to our REGISTER grants: our contact's `expires`, else the Expires header, else what we asked for. */
export function grantedS(response: SipResponseIn, username: string, askedS: number): number {
	const contacts = parseAddresses(response.get('contact') ?? '') ?? [];
	const own = contacts.find(contact => parseUri(contact.uri)?.user === username) ?? contacts[0];
	const text = own?.parameters['expires'] ?? response.get('expires');
	const granted = Number.parseInt(text ?? '', 10);
	return Number.isFinite(granted) && granted > 0 ? granted : askedS;
}

const sipPort = 5060;

/** A carrier that says no, rather than not now (RFC 3261 section 21.4; 408 and our own 503 are silence). */
const isRefusal = (response: SipResponseIn | undefined): boolean =>
	response !== undefined && response.status !== 408 && (response.status < 500 || response.status >= 600);

/** The pause that a 503, 500 or 404 asks for (RFC 3261 section 20.33). */
function retryAfterMs(response: SipResponseIn | undefined): number {
	const seconds = Number.parseInt(response?.get('retry-after') ?? '', 10);
	return seconds > 0 ? seconds * 1000 : 0;
}

/** Keeps one registration at a carrier alive: refresh in time, doubling pauses after failures. */
export class TrunkRegistration {
	readonly #signal: Asking;
	readonly #clock: Clock;
	readonly #limits: Limits;
	readonly #settings: TrunkSettings;
	readonly #told: (registered: boolean, reason: string) => void;
	readonly #callId = randomUUID();
	#cseq = 1;
	#expiresS: number;
	#failures = 0;
	#attempt = 0;
	#registered = false;
	/** Until when the carrier knows us, by its last 200. */
	#untilMs = Number.NEGATIVE_INFINITY;
	#cancelTimer: Cancel = () => {};

	constructor(signal: Asking, clock: Clock, limits: Limits, settings: TrunkSettings, told: (registered: boolean, reason: string) => void) {
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
		const attempt = ++this.#attempt;
		const end = (response: SipResponseIn | undefined, detail: string): void => {
			// Neither twice, nor from before signalling went down and came up.
			if (attempt !== this.#attempt) return;
			this.#attempt++;
			this.#cancelTimer();
			this.#answered(response, detail);
		};
		this.#cancelTimer = this.#clock.after(this.#limits.registerWaitMs, () => end(undefined, 'no answer to REGISTER'));
		this.#send(this.#expiresS, end);
	}

	#send(expiresS: number, told: (response: SipResponseIn | undefined, detail: string) => void): void {
		const {host, port, transport, username = '', password = '', register} = this.#settings;
		const domain = register?.domain ?? host;
		const suffix = transport === 'udp' ? '' : `;transport=${transport}`;
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
		// With its port: a carrier (or PBX) on the machine of a drachtio-server would be taken for that server itself, which refuses.
		const registrar = register?.domain === undefined && port !== sipPort ? `${host}:${port}` : domain;
		this.#signal.request(`sip:${registrar}`, 'REGISTER', {headers, proxy, auth: {username, password}}, told);
	}

	#answered(response: SipResponseIn | undefined, detail: string): void {
		if (response?.status === 200) {
			this.#failures = 0;
			this.#registered = true;
			const seconds = grantedS(response, this.#settings.username ?? '', this.#expiresS);
			this.#untilMs = this.#clock.nowMs() + seconds * 1000;
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
		const {registerRetryMs, registerRetryMsMax} = this.#limits;
		const pauseMs = Math.min(registerRetryMsMax, Math.max(registerRetryMs * 2 ** Math.min(20, this.#failures++), retryAfterMs(response)));
		const leftMs = this.#untilMs - this.#clock.nowMs();
		if (this.#registered && leftMs > 0 && !isRefusal(response)) {
			// One lost packet, or a carrier that restarts: what it granted last still holds, and calls go on.
			this.#again(Math.min(pauseMs, leftMs));
			return;
		}
		this.#registered = false;
		this.#told(false, response ? `REGISTER answered ${response.status} ${response.reason}` : detail);
		this.#again(pauseMs);
	}

	#again(pauseMs: number): void {
		this.#cancelTimer = this.#clock.after(pauseMs, () => this.start());
	}

	/** Stops, and tells the carrier so where it thinks we are there. */
	close(): void {
		this.#attempt++;
		this.#cancelTimer();
		if (this.#registered && this.#signal.isUp) this.#send(0, () => {});
	}
}
