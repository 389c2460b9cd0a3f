import {type AppLink, headFields} from './app-link.js';
import {appContact, appHeaders, bodyPart, defaultContact, hostPort, type Local, namesContact, withoutLocalhost} from './compose.js';
import type {Core} from './core.js';
import {Dialog, dialogName} from './dialog.js';
import {parseCSeq, tagOf} from './headers.js';
import {type Hop, usualProtocol} from './hop.js';
import {parseMessage, type SipMessage} from './message.js';
import {cancelOf, type OutRequest} from './out-request.js';
import {SessionTimers} from './session-timer.js';
import {type CallHouse, OutCall} from './uac-call.js';

/** Seconds from 1900 to 1970. */
const ntpEpochS = 2_208_988_800;
const bareAck = parseMessage('ACK sip:placeholder SIP/2.0\r\n\r\n').message;

/** Requests of the applications: composing, sending, and what comes back (drachtio protocol, requests outside and inside dialogs, CANCEL, ACK). */
export class Uac implements CallHouse {
	private readonly calls = new Map<string, OutCall>();
	readonly sessions: SessionTimers;
	constructor(readonly core: Core) {
		this.sessions = new SessionTimers(core, this);
	}

	/** A response from the network. */
	receive(response: SipMessage) {
		const via = response.get('via') ?? '';
		const branch = /;\s*branch\s*=\s*([^;,\s]+)/i.exec(via)?.[1] ?? '';
		const cseq = parseCSeq(response.get('cseq'));
		const transaction = this.core.clients.get(`${branch}|${cseq?.method}`);
		if (transaction) transaction.receive(response);
		else this.core.figures.absorbed++;
	}

	/** `sip||` and `sip|||routeUri`: a request outside any dialog. */
	request(app: AppLink, commandId: string, message: SipMessage, routeUri: string) {
		const line = message.raw.slice(0, message.raw.indexOf('\r\n'));
		if (message.method === '' || !/^[a-z][a-z0-9+.-]*:/i.test(message.uri))
			return app.answer(commandId, `NOK|invalid request-uri: ${line}`);
		if (message.method === 'ACK' || message.method === 'CANCEL')
			return app.answer(commandId, `NOK|Server error: ${message.method} needs its dialog or transaction`);
		if (bodyPart(message) === undefined) return app.answer(commandId, 'NOK|missing content-type');
		const send = (hop: Hop | undefined) => {
			if (!app.open) return;
			const usual = usualProtocol(this.core.wire, '');
			const usable: Hop = hop ?? {protocol: usual, address: '', port: 0, flow: 0};
			const local = this.core.wire.local(usable.protocol, usable.address);
			if (!local) return app.answer(commandId, 'NOK|requested protocol/transport not available');
			const request = this.compose(message, usable, {...local, protocol: usable.protocol});
			this.launch(app, commandId, request, undefined, hop === undefined, message.body);
		};
		const refusal = this.core.nextHop(routeUri || message.uri, send, routeUri === '');
		if (refusal !== undefined) app.answer(commandId, `NOK|${refusal.startsWith('invalid') ? `invalid request-uri: ${line}` : refusal}`);
	}

	private launch(app: AppLink, commandId: string, request: OutRequest, dialog: Dialog | undefined, unreachable: boolean, sdp: string) {
		const transactionId = this.core.ids.uuid();
		const dialogId = dialog?.id ?? (request.method === 'INVITE' ? dialogName(request.callId, tagOf(request.from)) : '');
		const call = new OutCall(this, app, transactionId, dialogId, request);
		call.dialog = dialog;
		if (dialog && call.isInvite) dialog.invite = call;
		if (dialog && sdp !== '') dialog.localSdp = sdp;
		call.offer = sdp;
		this.calls.set(transactionId, call);
		this.confirm(app, commandId, request, transactionId);
		if (unreachable) {
			call.failed(503);
			call.ended();
		} else call.start();
	}

	/** Success answer, form A. */
	private confirm(app: AppLink, commandId: string, request: OutRequest, transactionId: string) {
		const local = this.core.wire.local(request.hop.protocol, request.hop.address)!;
		const place = {protocol: request.hop.protocol, address: local.host, port: local.port};
		app.answer(
			commandId,
			`OK|${headFields('application', request.text, place, this.core.clock.wallMs(), transactionId)}|Msg sent:|`,
			request.text,
		);
	}

	/** A request outside any dialog, from the headers of the application and our defaults. */
	private compose(app: SipMessage, hop: Hop, local: Local): OutRequest {
		const {core} = this;
		const {method, uri} = app;
		const branch = core.ids.branch();
		const via = viaLine(local, branch);
		let from = withoutLocalhost('from', app.get('from') ?? defaultContact(local), local);
		if (tagOf(from) === '') from = `${from.includes('<') ? from : `<${from}>`};tag=${core.ids.tag()}`;
		const to = withoutLocalhost('to', app.get('to') ?? `<${uri}>`, local);
		const callId = app.get('call-id') ?? core.ids.uuid();
		const given = /^\d+/.exec(app.get('cseq') ?? '');
		const cseq = given ? Number(given[0]) : Math.floor((core.clock.wallMs() / 1000 + ntpEpochS) / 2) & 0x7ffffff;
		const contact =
			appContact(app, local) || (method === 'INVITE' || method === 'SUBSCRIBE' ? `Contact: ${defaultContact(local, uri)}\r\n` : '');
		const text =
			`${method} ${uri} SIP/2.0\r\n${via}Max-Forwards: ${app.get('max-forwards') ?? 70}\r\nFrom: ${from}\r\nTo: ${to}\r\n` +
			`Call-ID: ${callId}\r\nCSeq: ${cseq} ${method}\r\n${contact}${appHeaders(app, local)}${bodyPart(app)}`;
		return {method, uri, text, hop, branch, via, routes: '', from, to, callId, cseq};
	}

	/** `sip||dialogId`: a request inside a dialog, ACK and BYE among them. */
	inDialog(app: AppLink, commandId: string, message: SipMessage, dialogId: string) {
		const dialog = this.core.dialogs.named(dialogId);
		if (message.method === 'ACK') return this.acknowledge(app, commandId, message, dialog);
		if (!dialog || dialog.owner !== app || dialog.closing)
			return app.answer(commandId, 'NOK|Server error: unable to find dialog for dialog id provided');
		if (bodyPart(message) === undefined) return app.answer(commandId, 'NOK|missing content-type');
		if (message.method === 'BYE') this.beforeBye(dialog);
		const refusal = this.composeInDialog(dialog, message, ++dialog.localSeq, (request, reachable) => {
			if (app.open)
				this.launch(
					app,
					commandId,
					request,
					dialog,
					!reachable,
					message.method === 'INVITE' || message.method === 'UPDATE' ? message.body : '',
				);
		});
		if (refusal === undefined) return;
		// A peer that cannot even be addressed cannot be told of the end: the call ends here all the same.
		if (message.method === 'BYE') this.core.dialogs.remove(dialog);
		app.answer(commandId, `NOK|${refusal}`);
	}

	/** Our INVITE must not outlive the dialog: it is cancelled, and its outcome is nobody's business any more. */
	beforeBye(dialog: Dialog) {
		dialog.closing = true;
		const {invite} = dialog;
		if (!invite || !dialog.confirmed || invite.final) return;
		invite.cancel('');
		invite.muted = true;
	}

	private composeInDialog(
		dialog: Dialog,
		app: SipMessage,
		cseq: number,
		done: (request: OutRequest, reachable: boolean) => void,
	): string | undefined {
		const {core} = this;
		const {method} = app;
		const route = dialog.route();
		const uri = method === 'ACK' || /^sip:placeholder/i.test(app.uri) ? route.uri : app.uri;
		const build = (hop: Hop | undefined) => {
			const used: Hop = hop ?? {protocol: dialog.protocol, address: '', port: 0, flow: 0};
			const own = core.wire.local(used.protocol, used.address) ?? {host: '127.0.0.1', port: 5060};
			const local: Local = {...own, protocol: used.protocol};
			const branch = core.ids.branch();
			const via = viaLine(local, branch);
			const routes = dialog.pinned && dialog.pinned.protocol === 'udp' ? '' : route.lines;
			const wanted = namesContact.has(method);
			const contact = appContact(app, local) || (wanted ? `Contact: ${defaultContact(local, uri)}\r\n` : '');
			const text =
				`${method} ${uri} SIP/2.0\r\n${via}Max-Forwards: ${app.get('max-forwards') ?? 70}\r\n${routes}From: ${dialog.localAddress}\r\nTo: ${dialog.remoteAddress}\r\n` +
				`Call-ID: ${dialog.callId}\r\nCSeq: ${cseq} ${method}\r\n${contact}${appHeaders(app, local)}${bodyPart(app) ?? 'Content-Length: 0\r\n\r\n'}`;
			done(
				{
					method,
					uri,
					text,
					hop: used,
					branch,
					via,
					routes,
					from: dialog.localAddress,
					to: dialog.remoteAddress,
					callId: dialog.callId,
					cseq,
				},
				hop !== undefined,
			);
		};
		// A peer that has proved who it is can be connected to again and prove it again; what its Contact names may not be able to.
		const {pinned} = dialog;
		if (pinned && (pinned.protocol === 'udp' || pinned.name !== undefined || core.wire.alive(pinned.flow))) {
			build(pinned);
			return undefined;
		}
		return core.nextHop(route.next, build);
	}

	/**
	 * The application's ACK to a 2xx; the ACK of failures was sent long ago by the transaction. One that crossed our CANCEL makes a
	 * call as any other (RFC 3261 section 9.1): somebody has picked up, and what they hear before it ends is the application's word.
	 */
	private acknowledge(app: AppLink, commandId: string, message: SipMessage, dialog: Dialog | undefined) {
		const call = dialog?.invite;
		if (!dialog || dialog.owner !== app || !call || call.final < 200 || call.final >= 300) {
			return app.answer(commandId, 'NOK|Server error: ACK for non-success final response is automatically generated by server');
		}
		if (bodyPart(message) === undefined) return app.answer(commandId, 'NOK|missing content-type');
		const refusal = this.composeInDialog(dialog, message, call.request.cseq, request => {
			call.ack = {text: request.text, hop: request.hop};
			if (message.body !== '') dialog.localSdp = message.body;
			dialog.invite = undefined;
			this.confirm(app, commandId, request, this.core.ids.uuid());
			this.core.wire.send(request.hop, request.text);
		});
		if (refusal !== undefined) app.answer(commandId, `NOK|${refusal}`);
	}

	/** `sip|txn|` with CANCEL: ends an INVITE of ours that has no final response. */
	cancel(app: AppLink, commandId: string, message: SipMessage, transactionId: string) {
		const call = this.calls.get(transactionId);
		const local = call && this.core.wire.local(call.request.hop.protocol, call.request.hop.address);
		if (!call || !local || call.app !== app) return app.answer(commandId, `NOK|unable to cancel unknown transaction id: ${transactionId}`);
		const skipped = new Set(['p-asserted-identity', 'content-type', 'content-length']);
		let extra = '';
		for (const line of appHeaders(message, {...local, protocol: call.request.hop.protocol}).split('\r\n')) {
			if (line !== '' && !skipped.has(line.slice(0, line.indexOf(':')).toLowerCase())) extra += `${line}\r\n`;
		}
		if (!call.cancel(extra)) return app.answer(commandId, `NOK|unable to cancel unknown transaction id: ${transactionId}`);
		const {text} = cancelOf(call.request, extra);
		this.confirm(app, commandId, {...call.request, method: 'CANCEL', text}, this.core.ids.uuid());
	}

	/** Ends a dialog by the server's own decision and tells its owner. */
	byeUnsolicited(dialog: Dialog, reason: string) {
		const {core} = this;
		const {message} = parseMessage(`BYE sip:placeholder SIP/2.0\r\nReason: ${reason}\r\n\r\n`);
		this.beforeBye(dialog);
		core.dialogs.remove(dialog);
		this.composeInDialog(dialog, message, ++dialog.localSeq, request => {
			const local = core.wire.local(request.hop.protocol, request.hop.address) ?? {host: '', port: 0};
			const head = headFields(
				'application',
				request.text,
				{protocol: request.hop.protocol, address: local.host, port: local.port},
				core.clock.wallMs(),
				'unsolicited',
			);
			if (dialog.owner.open) dialog.owner.deliver(`${head}|${dialog.id}|`, request.text);
			if (request.hop.address !== '') new OutCall(this, undefined, '', '', request).start();
		});
	}

	/** Acknowledges a 2xx on the server's own account; returns the dialog it belongs to, which for a stray fork is a passing one. */
	ackQuietly(call: OutCall, response: SipMessage): Dialog {
		const {request} = call;
		const from = response.source ?? request.hop;
		const tag = tagOf(response.get('to'));
		let {dialog} = call;
		if (!dialog || dialog.remoteTag !== tag) {
			const nobody = {open: false} as AppLink;
			const to = response.get('to') ?? request.to;
			dialog = new Dialog('', nobody, request.callId, tagOf(request.from), tag, request.from, to, from.protocol, true);
			dialog.routes = response.all('record-route').reverse();
			dialog.remoteTarget = request.uri;
			dialog.refreshTarget(response);
			dialog.pin(response, from);
			dialog.localSeq = request.cseq;
		}
		this.composeInDialog(dialog, bareAck, request.cseq, built => {
			this.core.wire.send(built.hop, built.text);
			if (tag === tagOf(call.success?.get('to'))) call.ack = {text: built.text, hop: built.hop};
		});
		return dialog;
	}

	ackAndBye(call: OutCall, response: SipMessage) {
		const dialog = this.ackQuietly(call, response);
		if (!call.muted) this.byeUnsolicited(dialog, 'SIP;cause=200;text="Nobody is left to take the call"');
	}

	/** A re-INVITE of the server's own that keeps the session alive (RFC 4028 7.2). */
	refresh(dialog: Dialog, message: SipMessage, outcome: (status: number, response: SipMessage | undefined) => void) {
		this.composeInDialog(dialog, message, ++dialog.localSeq, request => {
			const call = new OutCall(this, undefined, '', dialog.id, request);
			call.dialog = dialog;
			call.outcome = outcome;
			dialog.invite = call;
			call.start();
		});
	}

	/** The application has gone: its open INVITEs are cancelled, nothing of it is reported any more. */
	appGone(app: AppLink) {
		for (const call of this.calls.values()) if (call.app === app && call.isInvite && !call.final) call.cancel('');
	}

	forget(call: OutCall) {
		this.core.clients.delete(`${call.request.branch}|${call.request.method}`);
		if (call.transactionId !== '') this.calls.delete(call.transactionId);
	}
}

function viaLine(local: Local, branch: string): string {
	return `Via: SIP/2.0/${local.protocol.toUpperCase()} ${hostPort(local)};rport;branch=${branch}\r\n`;
}
