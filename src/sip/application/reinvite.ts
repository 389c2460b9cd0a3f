import {PeerRefused} from '../media/port.js';
import type {Clock} from './clock.js';
import type {SipDialog, SipResponseIn} from './signal.js';

/** Answers after which another offer may yet be taken: a request of theirs has crossed ours, or they are busy with themselves. */
const passing = new Set([491, 500, 503]);

/**
 * Makes a new offer within a dialog (a re-INVITE). Resolves with the answer; rejects with `PeerRefused`, and with another error when
 * it may be tried again. Not by srf's `modify`, which never comes back after a refusal.
 */
export function reinvite(dialog: SipDialog, sdp: string, clock: Clock, limitMs: number, who = 'the peer'): Promise<string> {
	return new Promise((resolve, reject) => {
		const stop = clock.after(limitMs, () => reject(new Error(`${who} does not answer the re-INVITE`)));
		const answered = (error: unknown, response?: SipResponseIn): void => {
			if (response && response.status < 200) return;
			stop();
			if (!response) reject(error instanceof Error ? error : new Error(String(error)));
			else if (response.status === 200 && response.body) resolve(response.body);
			else {
				const text = `${who} answers the re-INVITE with ${response.status} ${response.reason}`;
				reject(passing.has(response.status) ? new Error(text) : new PeerRefused(text));
			}
		};
		try {
			dialog.request({method: 'INVITE', headers: {'Content-Type': 'application/sdp'}, body: sdp}, answered);
		} catch (error) {
			answered(error);
		}
	});
}
