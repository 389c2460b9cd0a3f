import {hopUri} from './address.js';
import type {Clock} from './clock.js';
import type {SipDialog} from './signal.js';
import type {Asking} from './signals.js';

type Orphan = {uri: string; proxy: string | undefined; headers: Record<string, string>; sinceMs: number};

const orphansMax = 5000;
/** After this the peers have given up by themselves. */
const keptMs = 600_000;

/** The hop nearest to us among the Record-Routes that a callee sent back: the last one (RFC 3261 section 12.1.2). */
function firstHop(recordRoute: string | undefined): string | undefined {
	return recordRoute
		?.match(/<[^>]+>/g)
		?.at(-1)
		?.slice(1, -1);
}

/**
 * Answered calls whose signalling was lost. No server hands its dialogs to a new connection, so that no BYE can be sent
 * in them; the people on those calls would sit in silence. A BYE made by hand, with the same Call-ID and tags, ends them.
 */
export class Orphans {
	readonly #signal: Asking;
	readonly #clock: Clock;
	#orphans: Orphan[] = [];

	constructor(signal: Asking, clock: Clock) {
		this.#signal = signal;
		this.#clock = clock;
	}

	add(dialog: SipDialog): void {
		const from = dialog.req.get('from');
		const to = dialog.res.get('to');
		const callId = dialog.req.get('call-id');
		const cseq = Number.parseInt(dialog.req.get('cseq') ?? '', 10);
		if (!from || !to || !callId || !Number.isFinite(cseq) || this.#orphans.length >= orphansMax) return;
		// Requests within the dialog have counted on from the INVITE's number; this one must be above them all.
		const headers = {From: from, To: to, 'Call-ID': callId, CSeq: `${cseq + 10_000} BYE`, Reason: 'SIP;cause=500;text="signalling lost"'};
		const {source_address: address, source_port: port, protocol} = dialog.res;
		// Where the answer came from: the Contact of a phone behind a NAT leads nowhere.
		const proxy = firstHop(dialog.res.get('record-route')) ?? (address ? hopUri({protocol, address, port}) : undefined);
		this.#orphans.push({uri: dialog.remote.uri, proxy, headers, sinceMs: this.#clock.nowMs()});
		if (this.#signal.isUp) this.endAll(); // another signalling server will do
	}

	/** To be called when signalling is back. */
	endAll(): void {
		for (const {uri, proxy, headers, sinceMs} of this.#orphans.splice(0)) {
			if (this.#clock.nowMs() - sinceMs > keptMs) continue;
			this.#signal.request(uri, 'BYE', {headers, ...(proxy === undefined ? {} : {proxy})}, () => {});
		}
	}
}
