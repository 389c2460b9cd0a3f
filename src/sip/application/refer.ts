/** What a REFER asks for: whom to call in the place of its sender (RFC 3515), and which call with that one there is already (RFC 3891). */
import {parseAddresses, parseUri} from './address.js';

/** The dialog that a `Replaces` names: its Call-ID, and the tags of both sides. */
export type Replaces = {callId: string; tags: readonly [string, string]};

/** `to`: a number, as it was given. `quiet`: the sender wants to hear nothing more of it (RFC 4488). */
export type Asked = {to: string; replaces?: Replaces; quiet: boolean};

/** Why a REFER cannot be carried out. */
export type Unaskable = {status: 400 | 488; why: string};

/** A search in what is longer could take long. */
const referToBytesMax = 2000;

const unescaped = (text: string): string | undefined => {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
};

/** `call-id;to-tag=…;from-tag=…`, in either order; undefined when a part is missing. */
export function readReplaces(text: string): Replaces | undefined {
	const [callId, ...rest] = text.split(';').map(part => part.trim());
	const tag = (name: string) => rest.find(part => part.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
	const [to, from] = [tag('to-tag'), tag('from-tag')];
	return callId && to && from ? {callId, tags: [to, from]} : undefined;
}

/**
 * Reads a REFER. Only 400, 403, 488, 491, 500 and 603 may refuse one: a 404, 416, 480 or 481 would end the call that it came in
 * (RFC 5057 section 5.1).
 */
export function readRefer(request: {get(name: string): string | undefined}): Asked | Unaskable {
	const header = request.get('refer-to') ?? '';
	const [address, ...more] = (header.length <= referToBytesMax && parseAddresses(header)) || [];
	// RFC 3515 section 2.4.1.
	if (!address || more.length > 0) return {status: 400, why: 'one Refer-To is needed'};
	const [uri = '', asked = ''] = address.uri.split('?', 2);
	const number = /^tel:/i.test(uri) ? uri.slice(4).split(';', 1)[0] : parseUri(uri)?.user;
	if (!number) return {status: 488, why: 'Refer-To names no number'};
	const method = /;method=([^;]+)/i.exec(uri)?.[1];
	if (method !== undefined && !/^invite$/i.test(method)) return {status: 488, why: `cannot send a ${method.slice(0, 20)}`};
	const quiet = /^\s*false\b/i.test(request.get('refer-sub') ?? '');
	const given = asked.split('&').find(each => /^replaces=/i.test(each));
	if (given === undefined) return {to: number, quiet};
	const replaces = readReplaces(unescaped(given.slice('replaces='.length)) ?? '');
	return replaces ? {to: number, replaces, quiet} : {status: 400, why: 'Replaces cannot be read'};
}
