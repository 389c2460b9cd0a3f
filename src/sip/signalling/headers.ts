import type {Refusal, SipMessage} from './message.js';

/** Typed views of the headers a SIP core needs; each is cut out of its value on demand. */

/** A SIP URI taken apart. `host` keeps the brackets of an IPv6 literal; `port` is 0 when none was written. */
export interface SipUri {
	scheme: string;
	user: string;
	host: string;
	port: number;
	/** Everything after the host and port, from the first `;` or `?`. */
	tail: string;
}

const uriForm = /^(sips?|tel):(?:([^@<>\s"]*)@)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._+*#()-]+)(?::(\d{1,5}))?((?:[;?].*)?)$/is;

/** Takes a sip, sips or tel URI apart; undefined when it is not one. */
export function parseUri(text: string): SipUri | undefined {
	const found = uriForm.exec(text);
	if (!found || /[\s<>]/.test(text)) return undefined;
	const port = found[4] === undefined ? 0 : Number(found[4]);
	if (port > 65535) return undefined;
	return {scheme: found[1]!.toLowerCase(), user: found[2] ?? '', host: found[3]!.toLowerCase(), port, tail: found[5] ?? ''};
}

/** A parameter's value in a `;a=b;c` tail, lower-case name; '' for one without value, undefined when absent. */
export function parameter(tail: string, name: string): string | undefined {
	let at = tail.indexOf(';');
	while (at >= 0) {
		let start = at + 1;
		while (tail.charCodeAt(start) === 32 || tail.charCodeAt(start) === 9) start++;
		let next = tail.indexOf(';', start);
		if (next < 0) next = tail.length;
		if (tail.slice(start, start + name.length).toLowerCase() === name) {
			const rest = tail.slice(start + name.length, next).trim();
			if (rest === '') return '';
			if (rest.charCodeAt(0) === 61) {
				const value = rest.slice(1).trim();
				const cut = value.search(/[?>,\s]/);
				return value.startsWith('"') || cut < 0 ? value : value.slice(0, cut);
			}
		}
		at = next < tail.length ? next : -1;
	}
	return undefined;
}

/** The URI of a name-addr or addr-spec value (RFC 3261 20.10), or undefined when its brackets or quotes do not close. */
export function uriOf(value: string): string | undefined {
	const open = openingBracket(value);
	if (open === -2) return undefined;
	if (open < 0) {
		const semicolon = value.indexOf(';');
		const uri = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
		return uri === '' || /[\s<>",?]/.test(uri) ? undefined : uri;
	}
	const close = value.indexOf('>', open);
	return close < 0 ? undefined : value.slice(open + 1, close);
}

/** Where the address opens, past a quoted display name; -1 when there is no bracket, -2 when a quote never closes. */
function openingBracket(value: string): number {
	if (!value.includes('"')) return value.indexOf('<');
	for (let at = 0, quoted = false; at <= value.length; at++) {
		const char = value.charCodeAt(at);
		if (at === value.length) return quoted ? -2 : -1;
		if (quoted && char === 92) at++;
		else if (char === 34) quoted = !quoted;
		else if (!quoted && char === 60) return at;
		else if (!quoted && char === 59) return value.indexOf('<', at) < 0 ? -1 : value.indexOf('<', at);
	}
	return -1;
}

/** The parameters that follow the address of a From, To, Contact or Route value, from the first `;` on. */
export function tailOf(value: string): string {
	const open = openingBracket(value);
	const from = open >= 0 ? value.indexOf('>', open) : 0;
	const semicolon = from < 0 ? -1 : value.indexOf(';', from);
	return semicolon < 0 ? '' : value.slice(semicolon);
}

/** The tag of a From or To value; '' when there is none. */
export function tagOf(value: string | undefined): string {
	if (value === undefined) return '';
	// The common form ends in `>;tag=...`, so most values need no scan of the display name.
	const simple = value.lastIndexOf('>;tag=');
	if (simple >= 0) {
		const end = value.indexOf(';', simple + 6);
		return end < 0 ? value.slice(simple + 6) : value.slice(simple + 6, end);
	}
	return value.includes('tag') || value.includes('TAG') || value.includes('Tag') ? (parameter(tailOf(value), 'tag') ?? '') : '';
}

/** The top Via taken apart. */
export interface Via {
	protocol: string;
	host: string;
	/** 0 when none was written. */
	port: number;
	branch: string;
	/** The tail from the first `;`, for parameters asked for rarely. */
	tail: string;
}

// No two neighbouring parts may both match white space: that would cost a square of its length.
const viaForm = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9_.-]+)\s+(\[[^\]]+\]|[^\s;:,]+)\s*(?::\s*(\d{1,5})\s*)?(;.*)?$/is;

/** Reads one Via value. */
export function parseVia(value: string): Via | undefined {
	// A Via may hold a comma-joined list; the first is ours to answer.
	const comma = value.indexOf(',');
	const found = viaForm.exec(comma < 0 ? value : value.slice(0, comma).trimEnd());
	if (!found) return undefined;
	const tail = found[4] ?? '';
	return {
		protocol: found[1]!.toLowerCase(),
		host: found[2]!,
		port: found[3] ? Number(found[3]) : 0,
		branch: parameter(tail, 'branch') ?? '',
		tail,
	};
}

/** CSeq: number and method; undefined when the number is no 31-bit number (RFC 3261 8.1.1.5). */
export function parseCSeq(value: string | undefined): {number: number; method: string} | undefined {
	if (value === undefined) return undefined;
	const found = /^(\d{1,10})\s+(\S+)$/.exec(value);
	if (!found) return undefined;
	const number = Number(found[1]);
	return number < 2 ** 31 ? {number, method: found[2]!} : undefined;
}

/** The URI of a message's first Contact; undefined when there is none that a request could be sent to. */
export function usableContact(message: SipMessage): string | undefined {
	const [contact] = message.all('contact');
	const uri = contact === undefined ? undefined : uriOf(contact);
	return uri !== undefined && parseUri(uri) ? uri : undefined;
}

/** The text of a message with this Contact in place of those it has. */
export function withContact(message: SipMessage, uri: string): string {
	let text = `${message.raw.slice(0, message.raw.indexOf('\r\n', startOf(message.raw)) + 2)}Contact: <${uri}>\r\n`;
	for (const [index, name] of message.names.entries()) if (name !== 'contact') text += `${message.line(index)}\r\n`;
	return `${text}\r\n${message.body}`;
}

/** Where the start line begins: empty lines before it are passed over (RFC 3261 7.5). */
function startOf(raw: string): number {
	let at = 0;
	while (raw.startsWith('\r\n', at)) at += 2;
	return at;
}

const bad = (reason: string): Refusal => ({status: 400, reason});
const single = ['from', 'to', 'call-id', 'cseq', 'max-forwards', 'content-length'];

/**
 * Checks what a request must have before any logic may see it (RFC 3261 8.1.1, 16.3) and cuts the body at Content-Length.
 * `stream`: over TCP a Content-Length is mandatory, and the transport has already cut the body.
 */
export function refusalOf(message: SipMessage, stream: boolean): Refusal | undefined {
	if (message.isRequest && message.version !== 'SIP/2.0') return {status: 505, reason: 'Version Not Supported'};
	for (const name of single) {
		const first = message.find(name);
		if (first >= 0 && message.find(name, first + 1) >= 0) return bad(`Repeated ${name}`);
	}
	if (!parseVia(message.get('via') ?? '')) return bad('Missing or malformed Via');
	const cseq = parseCSeq(message.get('cseq'));
	if (!cseq) return bad('Missing or malformed CSeq');
	if (message.isRequest && cseq.method !== message.method) return bad('CSeq method does not match');
	const callId = message.get('call-id');
	if (!callId) return bad('Missing Call-ID');
	// Neither may hold a bar (RFC 3261 25.1), and both become tokens of the control protocol, which separates by bars.
	if (callId.includes('|') || tagOf(message.get('from')).includes('|')) return bad('Malformed Call-ID or tag');
	for (const name of ['from', 'to'] as const) {
		const value = message.get(name);
		const uri = value === undefined ? undefined : uriOf(value);
		if (uri === undefined || !/^[a-z][a-z0-9+.-]*:./i.test(uri)) return bad(`Missing or malformed ${name === 'to' ? 'To' : 'From'}`);
		if (/^sips?:/i.test(uri) && /[\s<>]/.test(uri)) return bad(`Malformed URI in ${name}`);
	}
	const maxForwards = message.get('max-forwards');
	if (maxForwards !== undefined && !(/^\d+$/.test(maxForwards) && Number(maxForwards) <= 255)) return bad('Malformed Max-Forwards');
	return lengthRefusal(message, stream) ?? (message.isRequest ? addressRefusal(message) : undefined);
}

function lengthRefusal(message: SipMessage, stream: boolean): Refusal | undefined {
	const written = message.get('content-length');
	if (written === undefined) return stream && message.bodyAt < message.raw.length ? bad('Missing Content-Length') : undefined;
	if (!/^\d{1,9}$/.test(written)) return bad('Malformed Content-Length');
	const length = Number(written);
	if (message.bodyAt + length > message.raw.length) return bad('Content-Length exceeds the message');
	message.endAt = message.bodyAt + length;
	return undefined;
}

/** Request-URI and Contact. A contact in plain form must not carry a `?` part (RFC 3261 20). */
function addressRefusal(message: SipMessage): Refusal | undefined {
	const {uri} = message;
	if (/[<>\s]/.test(uri) || !/^[a-z][a-z0-9+.-]*:./i.test(uri)) return bad('Malformed Request-URI');
	if (/^sips?:/i.test(uri)) {
		// RFC 3261 19.1.1: header parameters have no place in a Request-URI.
		if (!parseUri(uri) || parseUri(uri)?.tail.includes('?')) return bad('Malformed Request-URI');
	} else if (!/^tel:/i.test(uri)) return {status: 416, reason: 'Unsupported URI Scheme'};
	for (const contact of message.all('contact')) {
		if (contact === '*') continue;
		if (uriOf(contact) === undefined) return bad('Malformed Contact');
	}
	return undefined;
}
