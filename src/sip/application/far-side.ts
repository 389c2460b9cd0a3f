import {type MediaEndpoint, NoCommonCodec} from '../media/port.js';
import {parseSdp} from '../media/sdp.js';
import {type Clock, within} from './clock.js';
import type {Limits} from './limits.js';
import {reply, type SipDialog, type SipRequestIn, type SipResponder} from './signal.js';

export type FarSideEvents = {
	/** A BYE. `network`: our own server gave the dialog up. */
	bye(network: boolean, detail: string): void;
	dtmf(digit: string): void;
	/** The peer has said anew whether it sends us audio (false: hold). */
	sends(sending: boolean): void;
	/** The peer has said anew whether it wants to hear us. */
	held(held: boolean): void;
	/** We have made an offer with our 200, which the ACK is to answer. */
	offered?: boolean;
	/** The answer in the ACK to that 200 has been taken, or not. */
	agreed?(failure: {failure: 'incompatible' | 'error'; detail: string} | undefined): void;
	/** A REFER came, and is to be answered. Without this it is refused. */
	referred?(request: SipRequestIn, response: SipResponder): void;
};

/** Does the party that wrote this SDP send audio? (RFC 3264 section 5.1) */
export function sendsAudio(sdp: string): boolean {
	const audio = parseSdp(sdp);
	// The direction of a video stream beside it says nothing; port 0 or address 0.0.0.0 is how older phones hold.
	return !audio || (!audio.held && (audio.direction === 'sendrecv' || audio.direction === 'sendonly'));
}

/** Does the party that wrote this SDP want to hear nothing? (RFC 3264 section 8.4) */
export function holds(sdp: string): boolean {
	const audio = parseSdp(sdp);
	return audio !== undefined && (audio.held || audio.direction === 'sendonly' || audio.direction === 'inactive');
}

/** One digit takes less; searching a long body could take very long. */
const infoBytesMax = 200;

/** The digit of an INFO: `application/dtmf-relay` (`Signal=5`) or `application/dtmf` (`5`). */
export function infoDigit(contentType: string, body: string): string | undefined {
	if (body.length > infoBytesMax) return undefined;
	if (/^application\/dtmf-relay/i.test(contentType))
		return /^[ \t]*Signal[ \t]*=[ \t]*([0-9A-D*#])[ \t]*\r?$/im.exec(body)?.[1]?.toUpperCase();
	if (/^application\/dtmf\b/i.test(contentType)) return /^\s*([0-9A-D*#])\s*$/i.exec(body)?.[1]?.toUpperCase();
	return undefined;
}

/** Answers what the far side does within an answered call: hang-up, re-INVITE, UPDATE, INFO, REFER. */
export function serveFarSide(
	dialog: SipDialog,
	endpoint: Pick<MediaEndpoint, 'setRemote'>,
	clock: Clock,
	limits: Limits,
	events: FarSideEvents,
): void {
	let negotiating = false;
	let offered = events.offered === true;
	let first = offered;

	function said(sdp: string): void {
		events.sends(sendsAudio(sdp));
		events.held(holds(sdp));
	}

	dialog.on('destroy', (request, reason) => {
		const detail = request.get('reason') ?? reason;
		events.bye(request.source === 'application', detail === 'normal release' ? '' : detail);
	});

	async function renegotiate(request: SipRequestIn, response: SipResponder): Promise<void> {
		// A second offer while the first is open: RFC 3261 section 14.2.
		if (negotiating) return reply(response, 491);
		negotiating = true;
		try {
			const offer = request.body ?? '';
			// Without an offer we make one; the answer comes with the ACK (RFC 3261 section 14.2).
			const answer = offer ? await within(clock, limits.mediaWaitMs, endpoint.setRemote(offer)) : dialog.local.sdp;
			if (answer === undefined) return reply(response, 500, {headers: {'Retry-After': '2'}});
			dialog.local.sdp = answer;
			reply(response, 200, {body: answer, headers: {'Content-Type': 'application/sdp'}});
			if (!offer) offered = true;
			else said(offer);
		} catch (error) {
			reply(response, error instanceof NoCommonCodec ? 488 : 500);
		} finally {
			negotiating = false;
		}
	}
	dialog.on('modify', (request, response) => void renegotiate(request, response));
	dialog.on('update', (request, response) => {
		if (request.body) void renegotiate(request, response);
		else reply(response, 200);
	});
	dialog.on('ack', request => {
		if (!offered) return;
		offered = false;
		const opening = first;
		first = false;
		const told = (failure?: {failure: 'incompatible' | 'error'; detail: string}): void => {
			if (opening) events.agreed?.(failure);
		};
		const answer = request.body;
		if (!answer) return told({failure: 'incompatible', detail: 'the ACK has no answer to our offer'});
		within(clock, limits.mediaWaitMs, endpoint.setRemote(answer)).then(
			ours => {
				if (ours === undefined) return told({failure: 'error', detail: 'the media server does not answer'});
				said(answer);
				told();
			},
			// Of a re-INVITE: the old agreement stands.
			error => told({failure: error instanceof NoCommonCodec ? 'incompatible' : 'error', detail: (error as Error).message}),
		);
	});
	dialog.on('info', (request, response) => {
		reply(response, 200);
		const digit = infoDigit(request.get('content-type') ?? '', request.body ?? '');
		if (digit !== undefined) events.dtmf(digit);
	});
	dialog.on('refer', (request, response) => {
		if (events.referred) events.referred(request, response);
		else reply(response, 603);
	});
}

/**
 * Asks the peer of a dialog whether it still knows it. 481 and 408 end a dialog (RFC 3261 section 12.2.1.2); any other
 * answer of its own shows that it lives.
 */
export function probeDialog(dialog: SipDialog, clock: Clock, waitMs: number, told: (verdict: 'alive' | 'gone' | 'silent') => void): void {
	let over = false;
	const end = (verdict: 'alive' | 'gone' | 'silent'): void => {
		if (over) return;
		over = true;
		cancel();
		told(verdict);
	};
	const cancel = clock.after(waitMs, () => end('silent'));
	try {
		dialog.request({method: 'OPTIONS'}, (error, response) => {
			if (error) end((error as {code?: string}).code === 'ENODIALOG' ? 'gone' : 'silent');
			else if (!response || response.source_address === '') end('silent');
			else end(response.status === 481 || response.status === 408 ? 'gone' : 'alive');
		});
	} catch {
		end('silent');
	}
}
