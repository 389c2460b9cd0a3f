import type {Core} from './core.js';
import type {Dialog} from './dialog.js';
import {parameter} from './headers.js';
import {parseMessage, type SipMessage} from './message.js';

/** Shortest interval a peer may ask for (RFC 4028 5). */
export const sessionMinS = 90;
/** How long to wait after a 491; as the one who made the Call-ID between 2.1 and 4 s (RFC 3261 14.1). */
const glareWaitMs = 3000;
const expiredReason = 'SIP;cause=200;text="Session timer expired"';

/** What session timers need of the UAC side. */
export interface Refresher {
	/** Sends a re-INVITE of the server's own and reports its final status. */
	refresh(dialog: Dialog, request: SipMessage, outcome: (status: number, response: SipMessage | undefined) => void): void;
	byeUnsolicited(dialog: Dialog, reason: string): void;
}

interface Interval {
	seconds: number;
	refresher: string;
}

/** Session-Expires of a message (RFC 4028 4). */
export function sessionExpires(message: SipMessage): Interval | undefined {
	const value = message.get('session-expires');
	const seconds = Number.parseInt(value ?? '', 10);
	if (value === undefined || !(seconds > 0)) return undefined;
	return {seconds, refresher: parameter(value, 'refresher')?.toLowerCase() ?? ''};
}

/** Keeps sessions alive by refreshing them, or ends those that nobody refreshes. Nothing is offered that nobody asked for. */
export class SessionTimers {
	constructor(
		private readonly core: Core,
		private readonly refresher: Refresher,
	) {}

	/** A session of ours as caller was agreed or refreshed by that 2xx. */
	armAsCaller(dialog: Dialog, response: SipMessage): void {
		const agreed = sessionExpires(response);
		// RFC 4028 4: never below 90 seconds, so that no peer makes us refresh without end.
		if (agreed) this.arm(dialog, Math.max(sessionMinS, agreed.seconds), agreed.refresher !== 'uas');
	}

	/** A session of the peer was agreed or refreshed by our 2xx. */
	armAsCallee(dialog: Dialog, response: SipMessage): void {
		const agreed = sessionExpires(response);
		if (agreed) this.arm(dialog, Math.max(sessionMinS, agreed.seconds), agreed.refresher === 'uas');
	}

	/** Header lines our 2xx needs when the caller asked for a timer, named the refresher, and the application says nothing. */
	echo(request: SipMessage, response: SipMessage): string {
		const asked = sessionExpires(request);
		if (!asked || asked.refresher === '' || response.find('session-expires') >= 0) return '';
		const require = asked.refresher === 'uac' && response.find('require') < 0 ? 'Require: timer\r\n' : '';
		return `Session-Expires: ${Math.max(sessionMinS, asked.seconds)};refresher=${asked.refresher}\r\n${require}`;
	}

	private arm(dialog: Dialog, seconds: number, weRefresh: boolean, waitMs = seconds * (weRefresh ? 500 : 1000)): void {
		dialog.stopTimers();
		const timer = this.core.wheel.start(waitMs, () => {
			if (weRefresh) this.refreshNow(dialog, seconds);
			else this.refresher.byeUnsolicited(dialog, expiredReason);
		});
		dialog.stopTimers = () => timer.cancel();
	}

	private refreshNow(dialog: Dialog, seconds: number) {
		if (dialog.closing) return;
		// Another INVITE is open: it refreshes the session just as well, or the next round does.
		if (dialog.invite) return this.arm(dialog, seconds, true, glareWaitMs);
		const body = dialog.localSdp;
		const type = body === '' ? '' : 'Content-Type: application/sdp\r\n';
		const {message} = parseMessage(
			`INVITE sip:placeholder SIP/2.0\r\nSupported: timer\r\nSession-Expires: ${seconds};refresher=uac\r\n${type}\r\n${body}`,
		);
		this.refresher.refresh(dialog, message, (status, response) => {
			if (dialog.closing) return;
			if (status < 300 && response) {
				if (sessionExpires(response)) this.armAsCaller(dialog, response);
				else this.arm(dialog, seconds, true);
			} else if (status === 491) this.arm(dialog, seconds, true, glareWaitMs);
			else this.refresher.byeUnsolicited(dialog, expiredReason);
		});
	}
}
