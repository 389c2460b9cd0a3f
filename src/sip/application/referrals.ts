import {randomUUID} from 'node:crypto';
import type {TelephonyEvent, TransferSaid} from '../port.js';
import type {Clock} from './clock.js';
import type {Log} from './limits.js';
import {type Replaces, readRefer} from './refer.js';
import {reply, type SipDialog, type SipRequestIn, type SipResponder} from './signal.js';

export type ReferralParts = {
	clock: Clock;
	log: Log;
	/** What the loop gets for its first word. */
	undecidedMs: number;
	report: (event: TelephonyEvent) => void;
	/** The leg of a telephone that is in this dialog. */
	legIn: (dialog: Replaces) => string | undefined;
};

/** A REFER that came in the dialog of a leg. */
export type ReferIn = {legId: string; dialog: SipDialog; request: SipRequestIn; response: SipResponder};

type Referral = ReferIn & {
	/** What makes the `Event` of its NOTIFYs (RFC 3515 section 2.4.6): the CSeq tells a second one of the dialog from the first. */
	event: string;
	quiet: boolean;
	accepted: boolean;
	stopWaiting: () => void;
};

/** What a telephone is told of a failure, as the target itself might have said it. */
const statusOf: Record<Extract<TransferSaid, {is: 'failed'}>['failure'], [number, string]> = {
	busy: [486, 'Busy Here'],
	noAnswer: [480, 'Temporarily Unavailable'],
	declined: [603, 'Decline'],
	invalidNumber: [404, 'Not Found'],
	congestion: [503, 'Service Unavailable'],
	unreachable: [480, 'Temporarily Unavailable'],
	phoneDown: [480, 'Temporarily Unavailable'],
	trunkDown: [503, 'Service Unavailable'],
	incompatible: [488, 'Not Acceptable Here'],
	cancelled: [487, 'Request Terminated'],
	error: [500, 'Server Internal Error'],
};

/** Longer than any target may ring; the loop always says how it ended. */
const expiresS = 300;

/**
 * Transfers that telephones ask for by their own keys (REFER). The loop decides; whoever asked is answered 202 and told by NOTIFY
 * how it goes on, or refused with a reason.
 */
export class Referrals {
	readonly #open = new Map<string, Referral>();
	/** Dialogs that have brought one. */
	readonly #known = new WeakSet<SipDialog>();

	constructor(private readonly parts: ReferralParts) {}

	/** Takes the REFER of a telephone of ours. */
	take(from: ReferIn): void {
		const {legId, dialog, request, response} = from;
		const {clock, undecidedMs, report, legIn} = this.parts;
		const asked = readRefer(request);
		const replaced = 'to' in asked && asked.replaces ? legIn(asked.replaces) : undefined;
		if ('status' in asked) this.#refuse(from, asked.status, asked.why);
		else if (asked.replaces && replaced === undefined) this.#refuse(from, 488, 'Replaces names no call of this telephone');
		else if ([...this.#open.values()].some(each => each.legId === legId && !each.accepted)) reply(response, 491);
		else {
			const transferId = `refer-${randomUUID()}`;
			const event = this.#known.has(dialog) ? `refer;id=${Number.parseInt(request.get('cseq') ?? '0', 10)}` : 'refer';
			this.#known.add(dialog);
			const stopWaiting = clock.after(undecidedMs, () => {
				if (this.#open.delete(transferId)) reply(response, 500);
			});
			this.#open.set(transferId, {...from, event, quiet: asked.quiet, accepted: false, stopWaiting});
			report({type: 'transferAsked', transferId, legId, to: asked.to, ...(replaced !== undefined && {replacesLegId: replaced})});
		}
	}

	/** What the loop says of one. */
	tell(transferId: string, say: TransferSaid): void {
		const referral = this.#open.get(transferId);
		if (!referral) return;
		const isOver = say.is === 'done' || say.is === 'failed' || say.is === 'refused';
		if (isOver) this.#open.delete(transferId);
		if (say.is === 'accepted') this.#accept(transferId, referral);
		else if (say.is === 'ringing') this.#notify(referral, 180, 'Ringing', false);
		else if (say.is === 'done') this.#notify(referral, 200, 'OK', true);
		else if (say.is === 'failed') this.#notify(referral, ...statusOf[say.failure], true);
		else {
			referral.stopWaiting();
			this.#refuse(referral, {forbidden: 403, impossible: 488, declined: 603}[say.because], say.why);
		}
	}

	#accept(transferId: string, referral: Referral): void {
		referral.stopWaiting();
		referral.accepted = true;
		reply(referral.response, 202, referral.quiet ? {headers: {'Refer-Sub': 'false'}} : {});
		if (referral.quiet) this.#open.delete(transferId);
		// RFC 3515 section 2.4.4: at once.
		else this.#notify(referral, 100, 'Trying', false);
	}

	/** The leg is over: nobody is there to be told. */
	forget(legId: string): void {
		for (const [transferId, each] of this.#open) {
			if (each.legId !== legId) continue;
			each.stopWaiting();
			this.#open.delete(transferId);
			// The one BYE may come before the answer to the other's REFER.
			if (!each.accepted) reply(each.response, 603);
		}
	}

	#notify({dialog, event}: Referral, status: number, phrase: string, isOver: boolean): void {
		const headers = {
			Event: event,
			'Subscription-State': isOver ? 'terminated;reason=noresource' : `active;expires=${expiresS}`,
			'Content-Type': 'message/sipfrag;version=2.0',
		};
		try {
			// Whether it is heard changes nothing: a telephone that has hung up by now says 481.
			dialog.request({method: 'NOTIFY', headers, body: `SIP/2.0 ${status} ${phrase}\r\n`}, () => {});
		} catch {} // the connection is gone, and the call with it
	}

	#refuse({legId, request, response}: ReferIn, status: number, why: string): void {
		this.parts.log('info', 'a transfer that a telephone asked for was refused', {
			leg: legId,
			to: (request.get('refer-to') ?? '').slice(0, 100),
			status,
			why,
		});
		// RFC 3261 section 20.43: 399 is for people to read.
		reply(response, status, {headers: {Warning: `399 kaden "${why.replace(/[^ -~]|["\\]/g, '')}"`}});
	}
}
