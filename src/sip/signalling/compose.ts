import {bracketed, type Hop} from './hop.js';
import {type SipMessage, writtenName} from './message.js';

/** What the server makes of the headers an application writes. */

/** Headers the server alone decides. */
const ours = new Set([
	'via',
	'route',
	'rseq',
	'record-route',
	'content-length',
	'from',
	'to',
	'call-id',
	'cseq',
	'max-forwards',
	'contact',
]);

/** Our own address on the transport chosen for a message. */
export interface Local {
	host: string;
	port: number;
	protocol: Hop['protocol'];
}

/** `host:port` as written into URIs and Via. */
export const hostPort = (local: {host: string; port: number}): string => `${bracketed(local.host)}:${local.port}`;

/** Requests that say where we are reached, whose answers with 2xx do so as well (RFC 3261 20, RFC 3515 2.2, RFC 6665 3.1.3, 4.2.2). */
export const namesContact: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'UPDATE', 'NOTIFY']);

/** The Contact given to peers when the application names none; to a request for a sips URI another one (RFC 3261 8.1.1.8, 12.1.1). */
export function defaultContact(local: Local, requestUri = ''): string {
	if (/^sips:/i.test(requestUri)) return `<sips:${hostPort(local)}>`;
	return `<sip:${hostPort(local)}${local.protocol === 'udp' ? '' : `;transport=${local.protocol}`}>`;
}

/** Puts our address in place of `localhost` in an address header and makes sure the URI stands in angle brackets. */
export function withoutLocalhost(name: string, value: string, local: Local): string {
	const named = name === 'from' ? value.includes('localhost') : value.includes('@localhost');
	if (!named) return value;
	const replaced = value.replace(/(@|sips?:)localhost(?::\d+)?(?![\w.-])/i, `$1${hostPort(local)}`);
	if (replaced === value) return value;
	if (replaced.includes('<')) return replaced;
	const semicolon = replaced.indexOf(';');
	return semicolon < 0 ? `<${replaced}>` : `<${replaced.slice(0, semicolon)}>${replaced.slice(semicolon)}`;
}

/** The application's own headers, in its order and in canonical spelling; each line ends with CRLF. */
export function appHeaders(app: SipMessage, local: Local): string {
	let text = '';
	for (let index = 0; index < app.names.length; index++) {
		const name = app.names[index]!;
		if (ours.has(name)) continue;
		const value = app.value(index);
		text += `${writtenName(app.spelling(index))}: ${name === 'p-asserted-identity' ? withoutLocalhost(name, value, local) : value}\r\n`;
	}
	return text;
}

/** Contact lines as the application gave them; '' when it gave none. */
export function appContact(app: SipMessage, local: Local): string {
	let text = '';
	for (let index = app.find('contact'); index >= 0; index = app.find('contact', index + 1)) {
		text += `Contact: ${withoutLocalhost('contact', app.value(index), local)}\r\n`;
	}
	return text;
}

/**
 * The end of a message: Content-Type where it must be guessed, Content-Length, blank line, body.
 * Undefined when there is a body whose type is neither given nor obviously SDP.
 */
export function bodyPart(app: SipMessage): string | undefined {
	const body = app.body;
	if (body === '') return 'Content-Length: 0\r\n\r\n';
	let type = '';
	if (app.find('content-type') < 0) {
		if (!body.startsWith('v=0')) return undefined;
		type = 'Content-Type: application/sdp\r\n';
	}
	return `${type}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** Reason phrases for responses the server sends by itself. */
export const phrases: Record<number, string> = {
	100: 'Trying',
	200: 'OK',
	400: 'Bad Request',
	405: 'Method Not Allowed',
	408: 'Request Timeout',
	413: 'Request Entity Too Large',
	416: 'Unsupported URI Scheme',
	422: 'Session Interval Too Small',
	481: 'Call/Transaction Does Not Exist',
	482: 'Loop Detected',
	487: 'Request Terminated',
	491: 'Request Pending',
	500: 'Server Internal Error',
	501: 'Not Implemented',
	503: 'Service Unavailable',
	504: 'Server Time-out',
	505: 'Version Not Supported',
};

/** Header lines that every response to a request repeats. `tag` is added to a To without one; '' adds none (100). */
export function responseHead(request: SipMessage, vias: string, tag: string, recordRoute: boolean): string {
	const to = request.get('to') ?? '';
	const toLine = tag === '' || /;\s*tag=/i.test(to) ? to : `${to};tag=${tag}`;
	return `${vias}${recordRoute ? request.lines('record-route') : ''}From: ${request.get('from') ?? ''}\r\nTo: ${toLine}\r\nCall-ID: ${request.get('call-id') ?? ''}\r\nCSeq: ${request.get('cseq') ?? ''}\r\n`;
}

/** A response of the server's own making, without body. */
export function plainResponse(status: number, reason: string, head: string, extra = ''): string {
	return `SIP/2.0 ${status} ${reason}\r\n${head}${extra}Content-Length: 0\r\n\r\n`;
}
