import type {AppLink} from './app-link.js';
import {parameter, parseUri, uriOf, usableContact} from './headers.js';
import {type Hop, isStream} from './hop.js';
import type {SipMessage} from './message.js';
import type {OutCall} from './uac-call.js';

/** A 2xx of ours that waits for its ACK. */
export interface Unacknowledged {
	cseq: number;
	transactionId: string;
	stop: () => void;
}

/** One dialog (RFC 3261 12) and who owns it. */
export class Dialog {
	localSeq = 0;
	/** CSeq number of the peer's latest request; -1 before the first (RFC 3261 12.1.2). */
	remoteSeq = -1;
	/** Where later requests of ours go in spite of Contact: the peer sits behind a NAT, or its TCP connection is to be reused. */
	pinned: Hop | undefined;
	/** Contact of the peer. */
	remoteTarget = '';
	/** Route set in sending order: values, each a name-addr. */
	routes: string[] = [];
	confirmed = false;
	/** Our BYE is on the way. */
	closing = false;
	/** Our 2xx to the latest INVITE of the peer, until and after its ACK. */
	unacknowledged: Unacknowledged | undefined;
	/** Our own INVITE in this dialog that has no final response yet, or whose 2xx waits for the application's ACK. */
	invite: OutCall | undefined;
	/** Transactions of the peer that the application has not answered yet, by id. */
	readonly unanswered = new Set<string>();
	/** The session description we sent last, for refreshing the session. */
	localSdp = '';
	/** Drops the dialog's own timers (session timer). */
	stopTimers: () => void = () => {};

	constructor(
		readonly id: string,
		readonly owner: AppLink,
		readonly callId: string,
		readonly localTag: string,
		public remoteTag: string,
		/** From value of our requests, tag included. */
		readonly localAddress: string,
		/** To value of our requests, tag included. */
		public remoteAddress: string,
		public protocol: Hop['protocol'],
		readonly weCalled: boolean,
	) {}

	get key(): string {
		return dialogKey(this.callId, this.localTag, this.remoteTag);
	}

	/** Takes the peer's Contact as the target of later requests. */
	refreshTarget(message: SipMessage): void {
		const uri = usableContact(message);
		if (uri !== undefined) this.remoteTarget = uri;
	}

	/**
	 * Sends later requests to where the peer's message came from when its Contact cannot be right: UDP, no proxy recorded
	 * itself, and the Contact names another place. Over TCP and TLS the connection of the call is reused.
	 */
	pin(message: SipMessage, from: Hop): void {
		if (isStream(from.protocol)) {
			this.pinned = {...from};
			return;
		}
		const first = this.routes[0];
		const route = first === undefined ? undefined : parseUri(uriOf(first) ?? '');
		if (route && !isPrivate(route.host)) return;
		if (route && isPrivate(route.host) && !isPrivate(from.address)) {
			this.pinned = {...from};
			return;
		}
		if (route || message.find('contact') < 0) return;
		const target = parseUri(this.remoteTarget);
		if (!target || target.host !== from.address || (target.port || 5060) !== from.port) {
			if (!target || !/^t(cp|ls)$/i.test(parameter(target.tail, 'transport') ?? '')) this.pinned = {...from};
		}
	}

	/** Request-URI and Route lines for a request of ours: loose routing, or strict when the first proxy wants it (RFC 3261 12.2.1.1). */
	route(): {uri: string; lines: string; next: string} {
		const [first, ...rest] = this.routes;
		if (first === undefined) return {uri: this.remoteTarget, lines: '', next: this.remoteTarget};
		const firstUri = uriOf(first) ?? first;
		if (parameter(firstUri, 'lr') !== undefined) {
			return {uri: this.remoteTarget, lines: this.routes.map(each => `Route: ${each}\r\n`).join(''), next: firstUri};
		}
		return {uri: firstUri, lines: [...rest, `<${this.remoteTarget}>`].map(each => `Route: ${each}\r\n`).join(''), next: firstUri};
	}
}

/** RFC 1918 addresses. */
function isPrivate(host: string): boolean {
	return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host);
}

export const dialogKey = (callId: string, localTag: string, remoteTag: string): string => `${callId}\n${localTag}\n${remoteTag}`;
/** The name of a dialog in the control protocol: the caller's tag, whichever side we are. */
export const dialogName = (callId: string, callerTag: string): string => `${callId};from-tag=${callerTag}`;

/** All dialogs, by their control-protocol name and by Call-ID and tags. */
export class DialogTable {
	private readonly byName = new Map<string, Dialog>();
	private readonly byKey = new Map<string, Dialog>();

	get size(): number {
		return this.byName.size;
	}
	named(id: string): Dialog | undefined {
		return this.byName.get(id);
	}
	/** The dialog a request of the peer belongs to. */
	find(callId: string, localTag: string, remoteTag: string): Dialog | undefined {
		return this.byKey.get(dialogKey(callId, localTag, remoteTag));
	}
	add(dialog: Dialog): void {
		this.byName.set(dialog.id, dialog);
		this.byKey.set(dialog.key, dialog);
	}
	/** Another branch of a forked call answered: the dialog goes on under its tag. */
	renameRemote(dialog: Dialog, remoteTag: string, remoteAddress: string): void {
		if (this.byKey.get(dialog.key) === dialog) this.byKey.delete(dialog.key);
		dialog.remoteTag = remoteTag;
		dialog.remoteAddress = remoteAddress;
		this.byKey.set(dialog.key, dialog);
	}
	remove(dialog: Dialog): void {
		dialog.unacknowledged?.stop();
		dialog.stopTimers();
		if (this.byName.get(dialog.id) === dialog) this.byName.delete(dialog.id);
		if (this.byKey.get(dialog.key) === dialog) this.byKey.delete(dialog.key);
	}
	/** The dialogs of an application that has gone. */
	ownedBy(app: AppLink): Dialog[] {
		return [...this.byName.values()].filter(dialog => dialog.owner === app);
	}
}
