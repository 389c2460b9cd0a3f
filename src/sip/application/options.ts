import type {Clock} from './clock.js';
import type {Target} from './fork.js';
import type {SipResponseIn} from './signal.js';
import type {Asking} from './signals.js';

/** Did this answer come from the peer itself? Responses of our own server's making have no address. */
export const isAlive = (response: SipResponseIn | undefined): boolean => response !== undefined && response.source_address !== '';

/** Sends OPTIONS (RFC 3261 section 11) and tells the answer, or undefined when the time is up. Calls back once. */
export function optionsTo(
	signal: Pick<Asking, 'request'>,
	clock: Clock,
	target: Target,
	waitMs: number,
	told: (response: SipResponseIn | undefined, detail: string) => void,
): void {
	let over = false;
	const end = (response: SipResponseIn | undefined, detail: string): void => {
		if (over) return;
		over = true;
		cancel();
		told(response, detail);
	};
	const cancel = clock.after(waitMs, () => end(undefined, 'no answer to OPTIONS'));
	const {uri, proxy, headers} = target;
	signal.request(uri, 'OPTIONS', {headers: {Accept: 'application/sdp', ...headers}, ...(proxy ? {proxy} : {})}, end);
}
