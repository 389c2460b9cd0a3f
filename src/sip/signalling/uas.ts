import {type AppLink, headFields} from './app-link.js';
import {appContact, appHeaders, bodyPart, defaultContact, hostPort, namesContact, phrases, plainResponse, responseHead} from './compose.js';
import type {Core} from './core.js';
import {Dialog, dialogName} from './dialog.js';
import {parameter, parseCSeq, parseVia, refusalOf, tagOf, tailOf, uriOf, usableContact, type Via, withContact} from './headers.js';
import {type Hop, isStream} from './hop.js';
import {parseMessage, type Refusal, type SipMessage} from './message.js';
import {sessionExpires, sessionMinS} from './session-timer.js';
import {ServerInvite} from './transaction-server-invite.js';
import {ServerOther} from './transaction-server-other.js';
import type {Uac} from './uac.js';
import {InCall} from './uas-call.js';
import {allowsReliable, repeatReliably, wantsReliable} from './uas-reliable.js';

const routable = new Set(['INVITE', 'REGISTER', 'MESSAGE', 'OPTIONS', 'INFO', 'NOTIFY', 'SUBSCRIBE', 'PUBLISH']);
/** Methods that mean nothing without their dialog. */
const dialogOnly = new Set(['BYE', 'UPDATE', 'REFER', 'PRACK', 'INVITE']);
const known = 'INVITE, ACK, CANCEL, BYE, REGISTER, OPTIONS, INFO, MESSAGE, NOTIFY, SUBSCRIBE, PUBLISH, REFER, UPDATE, PRACK';
/** How long an application may leave a request without a final answer. */
const patienceMs = {invite: 64_000, other: 64_000, inDialog: 32_000};

/** Requests of peers: matching, automatic answers, handing to applications, and the applications' responses. */
export class Uas {
	private readonly calls = new Map<string, InCall>();
	/** INVITEs by transaction key, for their CANCEL. */
	private readonly invites = new Map<string, InCall>();
	/** Call-ID, From tag and CSeq of the INVITEs outside dialogs: one that comes again by another way is no new call. */
	private readonly origins = new Set<string>();
	constructor(
		readonly core: Core,
		private readonly uac: Uac,
	) {}

	/** A request from the network. `scanned`: what the scanner already found wrong with it. False when it was malformed. */
	receive(received: SipMessage, scanned: Refusal | undefined, from: Hop): boolean {
		const via = parseVia(received.get('via') ?? '');
		const message = via ? amendVia(received, via, from) : received;
		const vias = message.lines('via');
		const refusal = scanned ?? refusalOf(message, isStream(from.protocol));
		if (refusal) {
			this.core.figures.refused++;
			if (vias !== '' && message.method !== 'ACK' && refusal.status) this.stateless(message, vias, from, refusal.status, refusal.reason);
			return false;
		}
		const placed = reachable(message, from);
		placed.source = from;
		this.sort(placed, vias, via!, from);
		return true;
	}

	/** Finds what a well-formed request belongs to: its transaction, its dialog, or an application. */
	private sort(message: SipMessage, vias: string, via: Via, from: Hop) {
		const key = transactionKey(message, via);
		if (message.method === 'ACK') return this.receiveAck(message, key, from);
		const existing = this.core.servers.get(key);
		if (existing) {
			this.core.figures.absorbed++;
			return existing.step('request', undefined);
		}
		if (message.method === 'CANCEL') return this.receiveCancel(message, vias, key, from);
		const toTag = tagOf(message.get('to'));
		if (toTag !== '') {
			const dialog = this.core.dialogs.find(message.get('call-id')!, toTag, tagOf(message.get('from')));
			if (dialog) return this.receiveInDialog(message, vias, key, from, dialog);
			if (dialogOnly.has(message.method)) return this.stateless(message, vias, from, 481);
		}
		this.receiveFresh(message, vias, key, from);
	}

	private receiveFresh(message: SipMessage, vias: string, key: string, from: Hop) {
		const {core} = this;
		const {method} = message;
		if (!routable.has(method)) {
			if (dialogOnly.has(method)) return this.stateless(message, vias, from, 481);
			return this.stateless(message, vias, from, 501, phrases[501], `Allow: ${known}\r\n`);
		}
		const app = core.router.pick(method);
		const retry = `Retry-After: ${core.limits.retryAfterS}\r\n`;
		if (!app) return this.stateless(message, vias, from, 503, phrases[503], retry);
		if (
			core.servers.size >= core.limits.transactionsMax ||
			core.load.isTooMuch(from.address, core.limits) ||
			core.dialogs.size >= core.limits.dialogsMax ||
			app.backlogBytes() > core.limits.appBacklogBytesMax
		) {
			core.figures.overloaded++;
			return this.stateless(message, vias, from, 503, phrases[503], retry);
		}
		// RFC 3261 8.2.2.2, merged requests. A dialog of that name would be lost from sight besides.
		if (method === 'INVITE' && (this.origins.has(originOf(message)) || core.dialogs.named(nameOf(message))))
			return this.stateless(message, vias, from, 482);
		const call = this.open(message, vias, key, from, app, undefined);
		const local = core.wire.local(from.protocol, from.address) ?? {host: '', port: 0};
		app.deliver(
			`${headFields('network', message.text, from, core.clock.wallMs(), call.transactionId)}||${local.host}|${local.port}|`,
			message.text,
		);
	}

	private receiveInDialog(message: SipMessage, vias: string, key: string, from: Hop, dialog: Dialog) {
		const {core} = this;
		if (!dialog.owner.open) return this.stateless(message, vias, from, 481);
		if (dialog.closing) return this.stateless(message, vias, from, message.method === 'BYE' ? 200 : 481);
		// RFC 3261 12.2.2: what was overtaken by a later request comes too late.
		const {number} = parseCSeq(message.get('cseq'))!;
		if (number < dialog.remoteSeq) return this.stateless(message, vias, from, 500, phrases[500], 'Retry-After: 1\r\n');
		dialog.remoteSeq = number;
		// Both sides have sent a re-INVITE (RFC 3261 14.2); a 2xx that only waits for its ACK is no longer in the way.
		if (message.method === 'INVITE' && dialog.confirmed && dialog.invite && !dialog.invite.final)
			return this.stateless(message, vias, from, 491, phrases[491]);
		// A phone that reconnects, or whose NAT has changed its port, is reached where it speaks from now. One that has proved who it is
		// stays where it proved it: whoever connects to us has not.
		if ((isStream(from.protocol) || dialog.pinned) && dialog.pinned?.name === undefined) dialog.pinned = {...from};
		const asked = message.method === 'INVITE' || message.method === 'UPDATE' ? sessionExpires(message) : undefined;
		if (asked && asked.seconds < sessionMinS) return this.stateless(message, vias, from, 422, phrases[422], `Min-SE: ${sessionMinS}\r\n`);
		const call = this.open(message, vias, key, from, dialog.owner, dialog);
		dialog.unanswered.add(call.transactionId);
		if (message.method === 'PRACK') this.stopReliable(message, dialog);
		const head = headFields('network', message.text, from, core.clock.wallMs(), call.transactionId);
		dialog.owner.deliver(`${head}|${dialog.id}|`, message.text);
		if (message.method !== 'BYE') return;
		this.uac.beforeBye(dialog);
		core.dialogs.remove(dialog);
		dialog.unanswered.delete(call.transactionId);
		for (const id of dialog.unanswered) {
			const open = this.calls.get(id);
			if (open && !open.final) this.finish(open, open.isInvite && !dialog.confirmed ? 487 : 500);
		}
	}

	/** Starts a server transaction and the application's time to answer; an INVITE gets its 100 at once. */
	private open(message: SipMessage, vias: string, key: string, from: Hop, app: AppLink | undefined, dialog: Dialog | undefined): InCall {
		const {core} = this;
		const transactionId = core.ids.uuid();
		const invite = message.method === 'INVITE';
		const ended = this.hold(key, message, from, invite && !dialog);
		const transaction = invite ? new ServerInvite(core, key, from, ended) : new ServerOther(core, key, from, ended);
		core.servers.set(key, transaction);
		const call = new InCall(message, from, vias, transactionId, app, transaction, core.ids.tag());
		call.dialog = dialog;
		this.calls.set(transactionId, call);
		if (invite) this.invites.set(key, call);
		if (invite) transaction.respond(100, plainResponse(100, 'Trying', responseHead(message, vias, '', false)));
		const waitMs = dialog ? patienceMs.inDialog : invite ? patienceMs.invite : patienceMs.other;
		call.patience = core.wheel.start(waitMs, () => {
			// An application that rings has answered; how long it rings is its own affair.
			if (!call.final && !call.answered) this.finish(call, invite ? 408 : 500);
		});
		return call;
	}

	/**
	 * Counts a transaction in and returns what counts it out. Made here, where nothing else is in sight: for its last 32 seconds a
	 * transaction needs its response only, and must not keep the request in memory.
	 */
	private hold(key: string, message: SipMessage, from: Hop, fresh: boolean): () => void {
		const {servers, load} = this.core;
		const origin = fresh ? originOf(message) : '';
		const {address} = from;
		const bytes = message.raw.length;
		if (origin !== '') this.origins.add(origin);
		load.add(address, bytes);
		return () => {
			servers.delete(key);
			if (origin !== '') this.origins.delete(origin);
			load.remove(address, bytes);
		};
	}

	/** A final response of the server's own. */
	private finish(call: InCall, status: number, extra = '') {
		call.final = status;
		this.forget(call);
		call.dialog?.unanswered.delete(call.transactionId);
		call.transaction.respond(status, plainResponse(status, phrases[status] ?? '', this.headOf(call, false), extra));
		if (call.dialog && !call.dialog.confirmed) this.core.dialogs.remove(call.dialog);
	}

	/** Nothing more is expected of the application; the transaction alone lives on, to answer copies of the request. */
	private forget(call: InCall) {
		call.patience?.cancel();
		call.reliable?.stop();
		this.calls.delete(call.transactionId);
		if (call.isInvite) this.invites.delete(call.transaction.key);
	}

	private headOf(call: InCall, recordRoute: boolean): string {
		return call.head(recordRoute, withRoute => responseHead(call.request, call.vias, call.tag, withRoute));
	}

	/** Answers without keeping a transaction: the same answer can be given again to a retransmission. */
	private stateless(message: SipMessage, vias: string, from: Hop, status: number, reason = phrases[status] ?? '', extra = '') {
		const text = plainResponse(status, reason, responseHead(message, vias, this.core.ids.tag(), false), extra);
		this.core.wire.send(from, text);
	}

	/** An ACK either ends the INVITE's transaction or belongs to a 2xx and is for the application. */
	private receiveAck(message: SipMessage, key: string, from: Hop) {
		const transaction = this.core.servers.get(key);
		if (transaction instanceof ServerInvite && transaction.state !== 'accepted') return transaction.step('ack', undefined);
		const dialog = this.core.dialogs.find(message.get('call-id')!, tagOf(message.get('to')), tagOf(message.get('from')));
		const waiting = dialog?.unacknowledged;
		if (!dialog || !waiting || waiting.cseq !== parseCSeq(message.get('cseq'))!.number) return;
		waiting.stop();
		dialog.unacknowledged = undefined;
		const head = headFields('network', message.text, from, this.core.clock.wallMs(), waiting.transactionId);
		if (dialog.owner.open) dialog.owner.deliver(`${head}|${dialog.id}|`, message.text);
	}

	private receiveCancel(message: SipMessage, vias: string, key: string, from: Hop) {
		const inviteKey = key.replace(/CANCEL$/, 'INVITE');
		const invite = this.core.servers.get(inviteKey);
		if (!invite || invite.state === 'accepted') return this.stateless(message, vias, from, 481);
		const call = this.invites.get(inviteKey);
		const ended = () => this.core.servers.delete(key);
		const transaction = new ServerOther(this.core, key, from, ended);
		this.core.servers.set(key, transaction);
		transaction.respond(200, plainResponse(200, 'OK', responseHead(message, vias, call?.tag ?? this.core.ids.tag(), false)));
		if (!call) return;
		const dialogId = call.dialog?.id ?? '';
		this.finish(call, 487);
		const head = headFields('network', message.text, from, this.core.clock.wallMs(), call.transactionId);
		if (call.app?.open) call.app.deliver(`${head}|${dialogId}|`, message.text);
	}

	/** `sip|txn|` with a response: what an application answers to a request. */
	respond(app: AppLink, commandId: string, transactionId: string, message: SipMessage) {
		const {core} = this;
		const call = this.calls.get(transactionId);
		if (!call || call.final || call.app !== app) return app.answer(commandId, 'NOK|Response not sent due to unknown transaction');
		const {status} = message;
		if (status < 100 || status > 699) return app.answer(commandId, 'NOK|invalid status line');
		const end = bodyPart(message);
		if (end === undefined) return app.answer(commandId, 'NOK|missing content-type');
		const local = {...(core.wire.local(call.from.protocol, call.from.address) ?? {host: '', port: 0}), protocol: call.from.protocol};
		const {method} = call.request;
		if (!call.answered) {
			const chosen = tagOf(message.get('to'));
			if (chosen !== '' && tagOf(call.request.get('to')) === '') call.tag = chosen;
		}
		const reliable = wantsReliable(call, message);
		if (reliable && !allowsReliable(call)) return app.answer(commandId, 'NOK|Remote endpoint does not support 100rel');
		const success = status >= 200 && status < 300;
		const wantsContact =
			(success && namesContact.has(method)) || (method === 'INVITE' && status > 100 && (call.dialog?.confirmed || status < 200));
		const contact = appContact(message, local) || (wantsContact ? `Contact: ${defaultContact(local, call.request.uri)}\r\n` : '');
		const head = this.headOf(call, status > 100 && status < 300);
		const session = success && (method === 'INVITE' || method === 'UPDATE');
		const extra = reliable ? `RSeq: ${++call.rseq}\r\n` : session ? this.uac.sessions.echo(call.request, message) : '';
		const text = `SIP/2.0 ${status} ${message.reason || phrases[status] || ''}\r\n${head}${contact}${extra}${appHeaders(message, local)}${end}`;
		if (status > 100) call.answered = true;
		if (status >= 200) this.settle(call, status);
		if (call.isInvite && status > 100 && status < 300) this.learnDialog(call, app, success, local.protocol);
		call.transaction.respond(status, text);
		if (reliable) repeatReliably(core, call, call.rseq, text, () => this.finish(call, 504));
		const timed = extra !== '' || message.find('session-expires') >= 0;
		if (session && timed && call.dialog) this.uac.sessions.armAsCallee(call.dialog, parseMessage(text).message);
		if (session && call.dialog && message.body !== '') call.dialog.localSdp = message.body;
		if (call.isInvite && success) this.awaitAck(call, text);
		if (method === 'REGISTER' && success) this.rememberFlow(call, message);
		const dialogId = method === 'BYE' ? '' : (call.dialog?.id ?? '');
		app.answer(
			commandId,
			`OK|${headFields('application', text, call.from, core.clock.wallMs(), transactionId)}|${dialogId}||Msg sent:|`,
			text,
		);
	}

	private settle(call: InCall, status: number) {
		call.final = status;
		this.forget(call);
		const {dialog} = call;
		if (!dialog) return;
		dialog.unanswered.delete(call.transactionId);
		if (status < 300 && (call.request.method === 'INVITE' || call.request.method === 'UPDATE')) dialog.refreshTarget(call.request);
		if (status >= 300 && call.isInvite && !dialog.confirmed) this.core.dialogs.remove(dialog);
	}

	/** The dialog comes into being with the first response that carries our tag (RFC 3261 12.1.1). */
	private learnDialog(call: InCall, app: AppLink, confirmed: boolean, protocol: Hop['protocol']) {
		const {core} = this;
		if (!call.dialog) {
			const {request} = call;
			const callId = request.get('call-id')!;
			const from = request.get('from')!;
			const remoteTag = tagOf(from);
			const to = request.get('to')!;
			const localAddress = tagOf(to) === '' ? `${to};tag=${call.tag}` : to;
			const dialog = new Dialog(
				dialogName(callId, remoteTag),
				app,
				callId,
				tagOf(localAddress),
				remoteTag,
				localAddress,
				from,
				protocol,
				false,
			);
			dialog.remoteSeq = parseCSeq(request.get('cseq'))!.number;
			dialog.routes = request.all('record-route');
			dialog.refreshTarget(request);
			dialog.pin(request, call.from);
			call.dialog = dialog;
			dialog.unanswered.add(call.transactionId);
			core.dialogs.add(dialog);
		}
		if (confirmed) call.dialog.confirmed = true;
	}

	/** Sends the 2xx again until its ACK comes; without one in 64*T1 the call ends (RFC 3261 13.3.1.4). */
	private awaitAck(call: InCall, text: string) {
		const {core} = this;
		const dialog = call.dialog!;
		dialog.unacknowledged?.stop();
		let intervalMs = core.timers.t1Ms;
		let timer = core.wheel.start(intervalMs, again);
		const deadline = core.wheel.start(64 * core.timers.t1Ms, () => {
			timer.cancel();
			dialog.unacknowledged = undefined;
			this.uac.byeUnsolicited(dialog, 'SIP;cause=200;text="ACK timeout"');
		});
		function again(): void {
			intervalMs = Math.min(intervalMs * 2, core.timers.t2Ms);
			timer = core.wheel.start(intervalMs, again);
			core.figures.retransmitted++;
			core.wire.send(call.from, text);
		}
		dialog.unacknowledged = {
			cseq: parseCSeq(call.request.get('cseq'))!.number,
			transactionId: call.transactionId,
			stop: () => {
				timer.cancel();
				deadline.cancel();
			},
		};
	}

	private stopReliable(prack: SipMessage, dialog: Dialog) {
		const rseq = Number(/^\d+/.exec(prack.get('rack') ?? '')?.[0]);
		for (const call of this.calls.values()) if (call.dialog === dialog && call.reliable?.rseq === rseq) call.reliable.stop();
	}

	/** After an accepted REGISTER over TCP or TLS the phone's connection is the way to it. */
	private rememberFlow(call: InCall, response: SipMessage) {
		if (!isStream(call.from.protocol)) return;
		const granted = response.all('contact');
		const header = response.get('expires') ?? call.request.get('expires') ?? '3600';
		// The response lists all bindings of the address; only those of this request live on this connection.
		for (const contact of call.request.all('contact')) {
			const answer = granted.find(each => uriOf(each) === uriOf(contact)) ?? contact;
			const seconds = Number(parameter(tailOf(answer), 'expires') ?? header);
			if (!(seconds > 0)) this.core.flows.forget(contact);
			else this.core.flows.remember(contact, call.from, this.core.clock.nowMs() + seconds * 1000);
		}
	}

	/** The application has gone: its open requests are answered, its dialogs forgotten. */
	appGone(app: AppLink) {
		for (const call of this.calls.values()) {
			if (call.app === app && !call.final)
				this.finish(call, call.dialog?.confirmed ? 481 : 503, call.dialog ? '' : `Retry-After: ${this.core.limits.retryAfterS}\r\n`);
		}
		for (const dialog of this.core.dialogs.ownedBy(app)) this.core.dialogs.remove(dialog);
	}
}

/**
 * A new INVITE whose Contact is missing (RFC 2543 did not ask for one) or of no use gets the address it came from: without one the call
 * could be answered and never be ended.
 */
function reachable(message: SipMessage, from: Hop): SipMessage {
	if (message.method !== 'INVITE' || tagOf(message.get('to')) !== '' || usableContact(message) !== undefined) return message;
	return parseMessage(withContact(message, `sip:${hostPort({host: from.address, port: from.port})};transport=${from.protocol}`)).message;
}

const originOf = (invite: SipMessage): string =>
	`${invite.get('call-id')}\n${tagOf(invite.get('from'))}\n${parseCSeq(invite.get('cseq'))!.number}`;
const nameOf = (invite: SipMessage): string => dialogName(invite.get('call-id')!, tagOf(invite.get('from')));

/** Adds `received` and the `rport` value to the top Via (RFC 3261 18.2.1, RFC 3581 4). */
export function amendVia(message: SipMessage, via: Via, from: Hop): SipMessage {
	const index = message.find('via');
	const [start, end] = [message.marks[index * 3 + 1]!, message.marks[index * 3 + 2]!];
	const value = message.raw.slice(start, end);
	const comma = value.indexOf(',');
	let top = comma < 0 ? value : value.slice(0, comma);
	const wantsPort = parameter(via.tail, 'rport') === '';
	if (via.host === from.address && !wantsPort) return message;
	if (wantsPort) top = top.replace(/;\s*rport(?:\s*=)?(?=\s*(;|$))/i, `;rport=${from.port}`);
	if (via.host !== from.address || wantsPort) top = `${top.replace(/;\s*received=[^;]*/i, '')};received=${from.address}`;
	const shift = top.length - (comma < 0 ? value.length : comma);
	const raw = message.raw.slice(0, start) + top + (comma < 0 ? '' : value.slice(comma)) + message.raw.slice(end);
	return message.respliced(raw, index, shift);
}

/** What makes two requests one transaction (RFC 3261 17.2.3); an ACK has the key of its INVITE. */
export function transactionKey(message: SipMessage, via: Via): string {
	const method = message.method === 'ACK' ? 'INVITE' : message.method;
	if (via.branch.startsWith('z9hG4bK') && via.branch.length > 7) return `${via.branch}|${via.host}:${via.port}|${method}`;
	// RFC 2543 peers: the Request-URI, From tag, Call-ID and CSeq number stand in for the branch.
	const cseq = parseCSeq(message.get('cseq'))?.number;
	return `${message.get('call-id')}|${cseq}|${tagOf(message.get('from'))}|${message.uri}|${via.branch}|${via.host}:${via.port}|${method}`;
}
