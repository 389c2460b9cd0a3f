/**
 * SIP messages as text. Bytes are read as latin1, one character per byte, so that UTF-8 names and binary bodies
 * pass through unharmed and a string's length is its length on the wire.
 * The scanner notes where each header line lies; values are cut out only when somebody asks.
 */

import type {Hop} from './hop.js';

/** Why a message could not be used; `status` is what a request deserves in answer (0: drop silently). */
export interface Refusal {
	status: number;
	reason: string;
}

/** Compact header forms (RFC 3261 7.3.3 and the IANA registry). */
const compactForms: Record<string, string | undefined> = {
	__proto__: null as never,
	a: 'accept-contact',
	b: 'referred-by',
	c: 'content-type',
	d: 'request-disposition',
	e: 'content-encoding',
	f: 'from',
	i: 'call-id',
	j: 'reject-contact',
	k: 'supported',
	l: 'content-length',
	m: 'contact',
	o: 'event',
	r: 'refer-to',
	s: 'subject',
	t: 'to',
	u: 'allow-events',
	v: 'via',
	x: 'session-expires',
	y: 'identity',
};

/** Header names written other than "capital after each dash". */
const unusualNames: Record<string, string | undefined> = {
	__proto__: null as never,
	'call-id': 'Call-ID',
	cseq: 'CSeq',
	'www-authenticate': 'WWW-Authenticate',
	'mime-version': 'MIME-Version',
	rack: 'RAck',
	rseq: 'RSeq',
	'min-se': 'Min-SE',
	'sip-etag': 'SIP-ETag',
	'sip-if-match': 'SIP-If-Match',
	'p-asserted-identity': 'P-Asserted-Identity',
};

const spellingsMax = 2000;
/** Every spelling of a header name seen so far, to its canonical lower-case name; bounded, because peers choose spellings. */
const spellings = new Map<string, string>();
const written = new Map<string, string>();
const isToken = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
const alwaysKnown =
	'via from to call-id cseq contact max-forwards content-type content-length route record-route require supported expires allow authorization user-agent';
for (const name of alwaysKnown.split(' ')) {
	spellings.set(name, name);
	spellings.set(writtenName(name), name);
}

/** The canonical lower-case name of a header as spelt on the wire; undefined when it is not a token. */
function canonicalName(spelt: string): string | undefined {
	const known = spellings.get(spelt);
	if (known !== undefined) return known;
	if (!isToken.test(spelt)) return undefined;
	const lower = spelt.toLowerCase();
	const name = compactForms[lower] ?? spellings.get(lower) ?? lower;
	if (spellings.size < spellingsMax && spelt.length <= 40) spellings.set(spelt, name);
	return name;
}

/** A header name as this server writes it: known forms, else a capital at the start and after each dash; `X-` names as given. */
export function writtenName(given: string): string {
	const cached = written.get(given);
	if (cached !== undefined) return cached;
	const lower = given.toLowerCase();
	let result = given;
	if (!lower.startsWith('x-')) {
		const full = compactForms[lower] ?? lower;
		result = unusualNames[full] ?? full.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
	}
	if (written.size < spellingsMax && given.length <= 40) written.set(given, result);
	return result;
}

/** A received message: where its lines lie in `raw`, and the start line. Requests have a method, responses a status. */
export class SipMessage {
	method = '';
	uri = '';
	status = 0;
	reason = '';
	version = 'SIP/2.0';
	/** Canonical lower-case names, in the order of the lines. */
	readonly names: string[] = [];
	/** Three numbers per header: start of the line, start of the value, end of the line (without its CRLF). */
	readonly marks: number[] = [];
	bodyAt = 0;
	/** End of the body: less than raw.length when Content-Length says so. */
	endAt = 0;
	/** Where it came from; undefined for messages of applications. */
	source: Hop | undefined;
	constructor(readonly raw: string) {}

	/** True for requests. */
	get isRequest(): boolean {
		return this.status === 0;
	}
	/** The body, one character per byte. */
	get body(): string {
		return this.raw.slice(this.bodyAt, this.endAt);
	}
	/** Position of the first header of that name, from a position on; -1 when there is none. */
	find(name: string, from = 0): number {
		return this.names.indexOf(name, from);
	}
	/** The value at a position, unfolded. */
	value(index: number): string {
		const value = this.raw.slice(this.marks[index * 3 + 1], this.marks[index * 3 + 2]);
		if (!value.includes('\r\n')) return value;
		return value
			.split('\r\n')
			.map(each => each.trim())
			.join(' ')
			.trim();
	}
	/** The header line at a position as it stands on the wire, folds included, without its CRLF. */
	line(index: number): string {
		return this.raw.slice(this.marks[index * 3], this.marks[index * 3 + 2]);
	}
	/** The header's name as it was spelt. */
	spelling(index: number): string {
		const line = this.line(index);
		return line.slice(0, line.indexOf(':')).trimEnd();
	}
	/** The first value of that name. */
	get(name: string): string | undefined {
		const index = this.names.indexOf(name);
		return index < 0 ? undefined : this.value(index);
	}
	/** How many lines carry that name. */
	count(name: string): number {
		let count = 0;
		for (const each of this.names) if (each === name) count++;
		return count;
	}
	/** All values of that name, comma-joined values split. */
	all(name: string): string[] {
		const values: string[] = [];
		for (let index = this.find(name); index >= 0; index = this.find(name, index + 1)) values.push(...splitList(this.value(index)));
		return values;
	}
	/** All lines of that name, each ended by CRLF, ready to be copied into another message. */
	lines(name: string): string {
		let text = '';
		for (let index = this.find(name); index >= 0; index = this.find(name, index + 1)) {
			text += `${writtenName(name)}: ${this.raw.slice(this.marks[index * 3 + 1], this.marks[index * 3 + 2])}\r\n`;
		}
		return text;
	}
	/** The same message after the text of one header grew by `shift` characters; the offsets move along. */
	respliced(raw: string, index: number, shift: number): SipMessage {
		const copy = new SipMessage(raw);
		copy.method = this.method;
		copy.uri = this.uri;
		copy.status = this.status;
		copy.reason = this.reason;
		copy.version = this.version;
		for (const name of this.names) copy.names.push(name);
		for (let at = 0; at < this.marks.length; at++) copy.marks.push(this.marks[at]! + (at > index * 3 + 1 ? shift : 0));
		copy.bodyAt = this.bodyAt + shift;
		copy.endAt = this.endAt + shift;
		return copy;
	}
	/** The message up to the end of its body. */
	get text(): string {
		return this.endAt === this.raw.length ? this.raw : this.raw.slice(0, this.endAt);
	}
}

/** Splits a comma-joined header value, minding quotes and angle brackets (RFC 3261 7.3.1). */
export function splitList(value: string): string[] {
	if (!value.includes(',')) return value === '' ? [] : [value];
	const parts: string[] = [];
	let depth = 0;
	let quoted = false;
	let start = 0;
	for (let at = 0; at < value.length; at++) {
		const char = value.charCodeAt(at);
		if (quoted) {
			if (char === 92) at++;
			else if (char === 34) quoted = false;
		} else if (char === 34) quoted = true;
		else if (char === 60) depth++;
		else if (char === 62) depth--;
		else if (char === 44 && depth <= 0) {
			parts.push(value.slice(start, at).trim());
			start = at + 1;
		}
	}
	parts.push(value.slice(start).trim());
	return parts.filter(part => part !== '');
}

const isMethod = /^[A-Za-z0-9\-.!%*_+`'~]{1,64}$/;

function readStartLine(message: SipMessage, line: string): Refusal | undefined {
	if (/^SIP\/\d/i.test(line)) {
		const found = /^SIP\/(\d+\.\d+) (\d{3}) ?(.*)$/is.exec(line);
		if (!found) return {status: 0, reason: 'Malformed status line'};
		message.version = `SIP/${found[1]}`;
		message.status = Number(found[2]);
		message.reason = found[3] ?? '';
		if (message.status < 100 || message.status > 699) return {status: 0, reason: 'Status code out of range'};
		return message.version === 'SIP/2.0' ? undefined : {status: 0, reason: 'Version not supported'};
	}
	const first = line.indexOf(' ');
	const last = line.lastIndexOf(' ');
	message.method = first > 0 ? line.slice(0, first) : line;
	if (first <= 0 || last <= first || !isMethod.test(message.method)) return {status: 400, reason: 'Bad Request Line'};
	message.uri = line.slice(first + 1, last);
	message.version = line.slice(last + 1).toUpperCase();
	if (!/^SIP\/\d+\.\d+$/.test(message.version)) return {status: 400, reason: 'Bad Request Line'};
	return undefined;
}

/** No honest header is longer, and none holds more white space at a stretch: applications' parsers take the square of it in time. */
const headerCharsMax = 8192;
const blanksMax = 256;
const tooManyBlanks = new RegExp(`\\s{${blanksMax + 1}}`);

const isTooMuch = (header: string): boolean => header.length > headerCharsMax || tooManyBlanks.test(header);

/**
 * Reads a message as far as it can be read. The refusal, when there is one, says what is wrong with its outer form; the
 * message is returned all the same, because an error response needs its Via, From, To, Call-ID and CSeq.
 */
export function parseMessage(raw: string): {message: SipMessage; refusal: Refusal | undefined} {
	const message = new SipMessage(raw);
	let refusal: Refusal | undefined;
	let at = 0;
	while (raw.charCodeAt(at) === 13 && raw.charCodeAt(at + 1) === 10) at += 2;
	let end = raw.indexOf('\r\n', at);
	if (end < 0) return {message, refusal: {status: 0, reason: 'No line ends'}};
	refusal = readStartLine(message, raw.slice(at, end));
	at = end + 2;
	const {names, marks} = message;
	for (;;) {
		end = raw.indexOf('\r\n', at);
		if (end === at) break;
		if (end < 0) {
			message.bodyAt = message.endAt = raw.length;
			return {message, refusal: refusal ?? {status: 400, reason: 'Header section not ended'}};
		}
		let next = raw.charCodeAt(end + 2);
		while (next === 32 || next === 9) {
			const folded = raw.indexOf('\r\n', end + 2);
			if (folded < 0) break;
			end = folded;
			next = raw.charCodeAt(end + 2);
		}
		if (end - at > blanksMax && isTooMuch(raw.slice(at, end))) refusal ??= {status: 400, reason: 'Header too long'};
		let colon = raw.indexOf(':', at);
		if (colon < 0 || colon > end) refusal ??= {status: 400, reason: 'Header without colon'};
		else {
			let valueAt = colon + 1;
			while (raw.charCodeAt(colon - 1) === 32 || raw.charCodeAt(colon - 1) === 9) colon--;
			const name = canonicalName(raw.slice(at, colon));
			if (name === undefined) refusal ??= {status: 400, reason: 'Bad header name'};
			else {
				let char = raw.charCodeAt(valueAt);
				while (valueAt < end && (char === 32 || char === 9)) char = raw.charCodeAt(++valueAt);
				let valueEnd = end;
				char = raw.charCodeAt(valueEnd - 1);
				while (valueEnd > valueAt && (char === 32 || char === 9 || char === 13 || char === 10)) char = raw.charCodeAt(--valueEnd - 1);
				names.push(name);
				marks.push(at, valueAt, valueEnd);
			}
		}
		at = end + 2;
	}
	message.bodyAt = end + 2;
	message.endAt = raw.length;
	return {message, refusal};
}
