import {MediaExhausted, NoCommonCodec} from '../media/port.js';
import type {RejectReason} from '../port.js';
import {type Cancel, every} from './clock.js';
import type {Call, CallHost, LegParts} from './leg.js';
import type {CallEffect, LegInput} from './leg-machine.js';
import {textOf} from './leg-media.js';
import {reply, type Signal, type SipRequestIn, type SipResponder} from './signal.js';

/** A caller's proxies forget a call that shows no life for three minutes (RFC 3261 sections 13.3.1.1 and 16.6). */
const ringAgainMs = 50_000;

/** What the server says to a response that comes too late. */
const transactionGone = /unknown transaction/i;

const rejections: Record<RejectReason, number> = {
	busy: 486,
	noAnswer: 480,
	notFound: 404,
	forbidden: 403,
	declined: 603,
	unavailable: 480,
	congestion: 503,
};
/** What the telephone network is told beside it (RFC 3326; causes of ITU-T Q.850). */
const causes: Record<number, string> = {
	486: 'Q.850;cause=17',
	480: 'Q.850;cause=19',
	404: 'Q.850;cause=1',
	403: 'Q.850;cause=21',
	603: 'Q.850;cause=21',
	503: 'Q.850;cause=34',
};

/** What must not stand in a quoted string as it is (RFC 3261 section 25.1). */
const notQuotable = /[^\x20-\x7e]|["\\]/gu;

export const rejection = (reason: RejectReason, text?: string): LegInput => ({
	type: 'reject',
	status: rejections[reason],
	...(text !== undefined && {text}),
});

/** An INVITE, and the signalling server it came by. */
export type Incoming = {signal: Signal; request: SipRequestIn; response: SipResponder};

/** The call of a leg that came in. */
export class InboundCall implements Call {
	readonly #parts: LegParts;
	readonly #signal: Signal;
	readonly #request: SipRequestIn;
	readonly #response: SipResponder;
	readonly #host: CallHost;
	#stopTimers: Cancel;

	constructor(parts: LegParts, {signal, request, response}: Incoming, host: CallHost) {
		this.#parts = parts;
		this.#signal = signal;
		this.#request = request;
		this.#response = response;
		this.#host = host;
		this.#stopTimers = parts.clock.after(parts.limits.undecidedMs, () => host.input({type: 'ringTimeUp'}));
	}

	begin(): void {
		this.#request.on('cancel', () => this.#host.input({type: 'callerGone'}));
	}

	run(effect: CallEffect): void {
		switch (effect.do) {
			case 'ring':
				this.#ring();
				return;
			case 'take':
				this.#take();
				return;
			case 'accept':
				this.#accept();
				return;
			case 'refuse': {
				const cause = causes[effect.status];
				const text = effect.text === undefined ? '' : `;text="${effect.text.replaceAll(notQuotable, '')}"`;
				reply(this.#response, effect.status, cause === undefined ? {} : {headers: {Reason: `${cause}${text}`}});
				return;
			}
			case 'stopRingTimer':
				this.#stopTimers();
				return;
		}
	}

	#ring(): void {
		const {clock, limits} = this.#parts;
		this.#stopTimers();
		const ring = (): void => reply(this.#response, 180);
		ring();
		const stopRinging = every(clock, ringAgainMs, ring);
		const stopWaiting = clock.after(limits.inboundRingMs, () => this.#host.input({type: 'ringTimeUp'}));
		this.#stopTimers = () => {
			stopRinging();
			stopWaiting();
		};
	}

	#take(): void {
		const {media, clock, limits, log} = this.#parts;
		const host = this.#host;
		const offer = this.#request.body;
		const cancel = clock.after(limits.mediaWaitMs, () =>
			host.input({type: 'mediaFailed', failure: 'error', detail: 'the media server does not answer'}),
		);
		media.createEndpoint({silentMs: limits.silentMs, via: this.#signal.name, ...(offer ? {offer} : {})}).then(
			endpoint => {
				cancel();
				if (host.adopt(endpoint)) host.input({type: 'offerReady'});
			},
			error => {
				cancel();
				const failure = error instanceof NoCommonCodec ? 'incompatible' : error instanceof MediaExhausted ? 'congestion' : 'error';
				if (failure !== 'incompatible') log('warn', 'a call that came in could not be taken', {failure, detail: textOf(error)});
				host.input({type: 'mediaFailed', failure, detail: textOf(error)});
			},
		);
	}

	#accept(): void {
		const host = this.#host;
		this.#signal.accept(this.#request, this.#response, host.endpoint!.localSdp, (dialog, detail) => {
			// A CANCEL that has overtaken our 200 has ended the transaction (RFC 3261 section 9.2), and srf does not tell us of it then.
			if (!dialog && transactionGone.test(detail)) return host.input({type: 'callerGone'});
			if (!dialog) return host.input({type: 'notSent', detail});
			const offer = this.#request.body ?? '';
			host.connected(dialog, offer, this.#signal);
			host.input({type: 'accepted', sdp: offer});
		});
	}
}
