import {type AppLink, headFields, nowhere} from './app-link.js';
import type {WheelTimer} from './clock.js';
import type {Core} from './core.js';
import {Dialog} from './dialog.js';
import {tagOf, usableContact, withContact} from './headers.js';
import type {Hop} from './hop.js';
import {parseMessage, type SipMessage} from './message.js';
import {cancelOf, inventedResponse, type OutRequest} from './out-request.js';
import type {SessionTimers} from './session-timer.js';
import {ClientInvite, type ClientUser} from './transaction-client-invite.js';
import {ClientOther} from './transaction-client-other.js';

/** RFC 3261 16.6 step 11: how long a call may ring without news before the server cancels it. */
export const timerCMs = 185_000;

/** Branches of one call whose reliable responses are told apart. */
const forksMax = 100;

/** What a call needs from the UAC side as a whole. */
export interface CallHouse {
	readonly core: Core;
	readonly sessions: SessionTimers;
	forget(call: OutCall): void;
	/** Sends a BYE of the server's own and tells the owner. */
	byeUnsolicited(dialog: Dialog, reason: string): void;
	/** Acknowledges a 2xx on the server's own account. */
	ackQuietly(call: OutCall, response: SipMessage): Dialog;
	/** A 2xx that nobody will acknowledge: ACK it and end its dialog at once. */
	ackAndBye(call: OutCall, response: SipMessage): void;
}

/** One request of ours and what became of it: the user of a client transaction. */
export class OutCall implements ClientUser {
	transaction: ClientInvite | ClientOther | undefined;
	dialog: Dialog | undefined;
	provisional = false;
	/** Status of the final response; 0 while there is none. */
	final = 0;
	/** CANCEL was asked for. */
	cancelled = false;
	/** The outcome interests nobody any more: the dialog is ending. */
	muted = false;
	/** Our ACK to the 2xx, to be sent again for each copy of the 2xx. */
	ack: {text: string; hop: Hop} | undefined;
	/** The 2xx, for whoever acknowledges it. */
	success: SipMessage | undefined;
	/** The session description the request carried. */
	offer = '';
	/** RSeq of the last reliable provisional response delivered, by To tag: each branch of a fork counts for itself (RFC 3262 4). */
	private readonly lastRSeq = new Map<string, number>();
	/** For requests of the server's own: told the final status. */
	outcome: ((status: number, response: SipMessage | undefined) => void) | undefined;
	private heldCancel: string | undefined;
	private timerC: WheelTimer | undefined;
	private cancelTimer: WheelTimer | undefined;

	constructor(
		readonly house: CallHouse,
		readonly app: AppLink | undefined,
		readonly transactionId: string,
		/** '' for requests other than INVITE outside dialogs. */
		readonly dialogId: string,
		readonly request: OutRequest,
	) {}

	get isInvite(): boolean {
		return this.request.method === 'INVITE';
	}

	/** Sends the request. */
	start(): void {
		const {core} = this.house;
		const key = `${this.request.branch}|${this.request.method}`;
		this.transaction = this.isInvite ? new ClientInvite(core, key, this.request, this) : new ClientOther(core, key, this.request, this);
		core.clients.set(key, this.transaction);
		this.transaction.step('start', undefined);
	}

	response(message: SipMessage): void {
		if (message.status < 200) this.onProvisional(message);
		else if (this.isInvite && message.status < 300) this.onSuccess(message);
		else this.onFinal(message);
	}

	private onProvisional(message: SipMessage): void {
		this.provisional = true;
		if (this.isInvite) {
			this.timerC?.cancel();
			this.timerC = this.house.core.wheel.start(timerCMs, () => this.cancel(''));
		}
		if (this.heldCancel !== undefined) this.sendCancel(this.heldCancel);
		if (message.status === 100) return;
		// RFC 3262 4: a reliable response that was seen already, or that came too early, is not for the user.
		const tag = tagOf(message.get('to'));
		const rseq = Number(message.get('rseq') ?? 0);
		if (rseq > 0) {
			const last = this.lastRSeq.get(tag);
			if (last !== undefined ? rseq !== last + 1 : this.lastRSeq.size >= forksMax) return;
			this.lastRSeq.set(tag, rseq);
		}
		if (this.isInvite && tag !== '') this.learnDialog(message, tag, false);
		this.deliver(message);
	}

	private onSuccess(message: SipMessage): void {
		const tag = tagOf(message.get('to'));
		if (this.final) {
			// A copy of the 2xx: ours to answer (RFC 3261 13.2.2.4); another branch of a fork: not wanted.
			if (tag !== tagOf(this.success?.get('to'))) this.house.ackAndBye(this, message);
			else if (this.ack) this.house.core.wire.send(this.ack.hop, this.ack.text);
			return;
		}
		this.final = message.status;
		this.success = message;
		this.stopTimers();
		this.learnDialog(message, tag, true);
		if (this.dialog && !this.muted) this.house.sessions.armAsCaller(this.dialog, message);
		if (this.outcome) {
			this.house.ackQuietly(this, message);
			if (this.dialog) this.dialog.invite = undefined;
			this.outcome(message.status, message);
		} else if (!this.app?.open || this.muted) {
			this.house.ackAndBye(this, message);
			if (this.dialog && !this.muted) this.house.core.dialogs.remove(this.dialog);
		} else this.deliver(message);
	}

	private onFinal(message: SipMessage): void {
		this.final = message.status;
		this.stopTimers();
		const {dialog} = this;
		if (dialog) {
			if (this.isInvite && dialog.invite === this) dialog.invite = undefined;
			if ((this.isInvite && !dialog.confirmed) || (this.request.method === 'BYE' && dialog.closing)) this.house.core.dialogs.remove(dialog);
			else if (message.status < 300 && this.request.method === 'UPDATE') dialog.refreshTarget(message);
		}
		this.deliver(message);
		if (!this.muted) this.outcome?.(message.status, message);
	}

	/** Creates the dialog from the first response that names it, and follows it (RFC 3261 12.1.2, 13.2.2.4). */
	private learnDialog(message: SipMessage, tag: string, confirmed: boolean): void {
		const {core} = this.house;
		const from = message.source ?? this.request.hop;
		if (!this.dialog) {
			if (!this.app) return;
			const {request} = this;
			this.dialog = new Dialog(
				this.dialogId,
				this.app,
				request.callId,
				tagOf(request.from),
				tag,
				request.from,
				message.get('to') ?? request.to,
				from.protocol,
				true,
			);
			this.dialog.localSeq = request.cseq;
			this.dialog.invite = this;
			this.dialog.localSdp = this.offer;
			core.dialogs.add(this.dialog);
		}
		const {dialog} = this;
		if (tag !== dialog.remoteTag && !dialog.confirmed) core.dialogs.renameRemote(dialog, tag, message.get('to') ?? dialog.remoteAddress);
		const initial = !dialog.confirmed;
		if (initial) dialog.routes = message.all('record-route').reverse();
		dialog.refreshTarget(message);
		if (dialog.remoteTarget === '') dialog.remoteTarget = this.request.uri;
		if (initial && confirmed) dialog.pin(message, from);
		if (confirmed) dialog.confirmed = true;
	}

	/** Asks for the end of an INVITE; held back until the peer has shown signs of life (RFC 3261 9.1). False when it is too late. */
	cancel(extra: string): boolean {
		if (this.final || !this.isInvite || this.cancelled) return false;
		this.cancelled = true;
		if (this.provisional) this.sendCancel(extra);
		else this.heldCancel = extra;
		return true;
	}

	private sendCancel(extra: string): void {
		this.heldCancel = undefined;
		const {core} = this.house;
		const request = cancelOf(this.request, extra);
		new OutCall(this.house, undefined, '', '', request).start();
		// RFC 3261 9.1: a peer that answers the CANCEL but never the INVITE is given up after 64*T1.
		this.cancelTimer = core.wheel.start(64 * core.timers.t1Ms, () => {
			this.transaction?.step('abandon' as never, undefined);
			this.invent(487, 'Request Terminated');
		});
	}

	failed(status: 408 | 503): void {
		this.house.core.wire.blame?.(this.request.hop);
		this.invent(status, status === 408 ? 'Request Timeout' : 'Service Unavailable');
	}

	private invent(status: number, reason: string): void {
		if (this.final) return;
		const {message} = parseMessage(inventedResponse(this.request, status, reason, this.house.core.ids.tag()));
		message.source = {...nowhere, protocol: this.request.hop.protocol};
		this.onFinal(message);
	}

	private deliver(message: SipMessage): void {
		if (!this.app?.open || this.muted || this.transactionId === '') return;
		// Without a Contact drachtio-srf gives an answered call up with no BYE, and whoever answered would sit in silence.
		const lost = this.isInvite && message.status >= 200 && message.status < 300 && usableContact(message) === undefined;
		const text = lost ? withContact(message, this.request.uri) : message.text;
		const head = headFields('network', text, message.source ?? nowhere, this.house.core.clock.wallMs(), this.transactionId);
		this.app.deliver(`${head}|${this.dialogId}|`, text);
	}

	private stopTimers(): void {
		this.timerC?.cancel();
		this.cancelTimer?.cancel();
	}

	ended(): void {
		this.stopTimers();
		this.house.forget(this);
	}
}
