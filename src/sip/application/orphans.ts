import {hopUri} from './address.js';
import type {Clock} from './clock.js';
import type {SipDialog, SipMessage} from './signal.js';
import type {Asking} from './signals.js';

/** What it takes to end an answered call from outside of its dialog: a BYE made by hand. */
export type Orphan = {uri: string; proxy: string | undefined; headers: Record<string, string>};

const orphansMax = 5000;
/** After this the peers have given up by themselves. */
const keptMs = 600_000;

/** The hop nearest to us among the Record-Routes: a callee's last one, a caller's first (RFC 3261 sections 12.1.1 and 12.1.2). */
function firstHop(message: SipMessage, at: 0 | -1): string | undefined {
	return message
		.get('record-route')
		?.match(/<[^>]+>/g)
		?.at(at)
		?.slice(1, -1);
}

const untagged = (header: string): string => header.replace(/;\s{0,9}tag=[^;>]*$/i, '');

/** How to end this call when its dialog is lost: with the same Call-ID and tags, from our side of it. */
export function orphanOf({type, sip, req, res, remote}: SipDialog): Orphan | undefined {
	const [from, to] =
		type === 'uas' ? [`${untagged(req.get('to') ?? '')};tag=${sip.localTag}`, req.get('from')] : [req.get('from'), res.get('to')];
	const callId = req.get('call-id');
	const cseq = type === 'uas' ? 0 : Number.parseInt(req.get('cseq') ?? '', 10);
	if (!from || !to || !callId || !Number.isFinite(cseq)) return undefined;
	// Requests within the dialog have counted on from the INVITE's number; this one must be above them all.
	const headers = {From: from, To: to, 'Call-ID': callId, CSeq: `${cseq + 10_000} BYE`, Reason: 'SIP;cause=500;text="signalling lost"'};
	const theirs = type === 'uas' ? req : res;
	const {source_address: address, source_port: port, protocol} = theirs;
	// Where their message came from: the Contact of a phone behind a NAT leads nowhere.
	const proxy = firstHop(theirs, type === 'uas' ? 0 : -1) ?? (address ? hopUri({protocol, address, port}) : undefined);
	return {uri: remote.uri, proxy, headers};
}

/**
 * Answered calls whose signalling was lost. No server hands its dialogs to a new connection, so that no BYE can be sent
 * in them; the people on those calls would sit in silence. A BYE made by hand ends them.
 */
export class Orphans {
	readonly #signal: Asking;
	readonly #clock: Clock;
	#orphans: (Orphan & {sinceMs: number})[] = [];

	constructor(signal: Asking, clock: Clock) {
		this.#signal = signal;
		this.#clock = clock;
	}

	add(orphan: Orphan): void {
		if (this.#orphans.length >= orphansMax) return;
		this.#orphans.push({...orphan, sinceMs: this.#clock.nowMs()});
		if (this.#signal.isUp) this.endAll(); // another signalling server will do
	}

	/** Those that still wait for signalling. */
	get waiting(): readonly Orphan[] {
		return this.#orphans;
	}

	/** To be called when signalling is back. */
	endAll(): void {
		for (const {uri, proxy, headers, sinceMs} of this.#orphans.splice(0)) {
			if (this.#clock.nowMs() - sinceMs > keptMs) continue;
			this.#signal.request(uri, 'BYE', {headers, ...(proxy === undefined ? {} : {proxy})}, () => {});
		}
	}
}
