/** What an INVITE says of who calls and how: for phones that show it, and that answer by themselves when they are asked to. */
import {parseAddress, parseUri} from '../application/address.js';

type Headers = {get(name: string): string | undefined};

/** Who calls, by a From header: the number, and the name where one is given. */
export function callerOf(from: string): {number: string; name?: string} {
	const uri = parseAddress(from)?.uri ?? '';
	const number = parseUri(uri)?.user || uri;
	const quoted = /^\s*"((?:[^"\\]|\\.)*)"/.exec(from)?.[1]?.replace(/\\(.)/g, '$1');
	const name = (quoted ?? /^\s*([^"<]+?)\s*</.exec(from)?.[1] ?? '').trim();
	return {number: number === 'anonymous' ? '' : number, ...(name !== '' && name !== number && {name})};
}

/**
 * After how many seconds the call is to be answered by itself; undefined when it is not to be. There is no one standard:
 * `Call-Info: …;answer-after=0`, `Alert-Info: …;info=alert-autoanswer;delay=0` and `Answer-Mode: Auto` (RFC 5373) all mean it.
 */
export function answerAfterS(request: Headers): number | undefined {
	const after = /;\s*answer-after\s*=\s*(\d{1,3})/i.exec(`${request.get('call-info') ?? ''} ${request.get('alert-info') ?? ''}`);
	if (after) return Number(after[1]);
	const alert = request.get('alert-info') ?? '';
	if (/alert-autoanswer/i.test(alert)) return Number(/;\s*delay\s*=\s*(\d{1,3})/i.exec(alert)?.[1] ?? 0);
	return /^\s*auto\b/i.test(request.get('answer-mode') ?? '') ? 0 : undefined;
}
