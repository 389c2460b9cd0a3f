import {parseAddress, parseAddresses, parseUri} from './address.js';
import type {SipRequestIn} from './signal.js';

/** Who calls whom, as far as the INVITE and whoever brought it can be believed. */
export type CallerId = {
	/** Digits as given: a leading plus is kept, what people write between digits is not. */
	to: string;
	/** '' when it is withheld or there is none. */
	from: string;
	fromName?: string;
	withheld: boolean;
};

const userMax = 64;
const nameMax = 80;

/** The number in a user part: no parameters, no visual separators (RFC 3966 section 5.1.1). Other users stay as they are. */
function digits(user: string): string {
	const plain = user.split(';')[0]!.slice(0, userMax);
	const number = plain.replace(/[\s().-]/g, '');
	return /^\+?[0-9*#]+$/.test(number) ? number : plain;
}

/** The user of a sip, sips or tel URI. */
function userOf(uri: string): string {
	const tel = /^tel:([^;?]+)/i.exec(uri);
	return digits(tel ? tel[1]! : (parseUri(uri)?.user ?? ''));
}

const userOfHeader = (text: string | undefined): string => userOf(parseAddress(text ?? '')?.uri ?? '');

/** The display name of a name-addr (RFC 3261 section 25.1). */
export function displayName(text: string): string {
	const quoted = /^\s*"((?:[^"\\]|\\.)*)"/.exec(text);
	const name = quoted ? quoted[1]!.replace(/\\(.)/g, '$1') : (/^([^<"]*)</.exec(text)?.[1] ?? '');
	return name
		.replace(/[\u0000-\u001f\u007f]/g, '')
		.trim()
		.slice(0, nameMax);
}

/** Does the caller ask not to be shown? (RFC 3323 section 4.2, RFC 3325 section 9.3, and how older carriers say it) */
function isWithheld(request: SipRequestIn): boolean {
	const privacy = (request.get('privacy') ?? '').toLowerCase().split(/[\s;,]+/);
	if (privacy.some(value => value === 'id' || value === 'user' || value === 'header')) return true;
	const from = parseUri(parseAddress(request.get('from') ?? '')?.uri ?? '');
	return !!from && (/^(anonymous|withheld|restricted|private)$/i.test(from.user) || from.host === 'anonymous.invalid');
}

/** Of a call that a carrier brings. It may assert who the caller is; `account` is our own name at it, where we register. */
export function callFromTrunk(request: SipRequestIn, account: string | undefined): CallerId {
	const asked = userOf(request.uri);
	// Registered lines are called by their account; the number that was dialled stands beside it.
	const to =
		userOfHeader(request.get('p-called-party-id')) || (asked && asked !== account ? asked : userOfHeader(request.get('to'))) || asked;
	if (isWithheld(request)) return {to, from: '', withheld: true};
	const asserted = request.get('p-asserted-identity');
	const identities = asserted === undefined ? [] : (parseAddresses(asserted) ?? []);
	const from = identities.map(({uri}) => userOf(uri)).find(user => user !== '') || userOfHeader(request.get('from'));
	const name = displayName(asserted ?? '') || displayName(request.get('from') ?? '');
	return {to, from, withheld: false, ...(name && name !== from ? {fromName: name} : {})};
}

/** Of a call from one of our own phones: it is who it has logged in as, whatever it writes. */
export function callFromPhone(request: SipRequestIn, extension: string): CallerId {
	return {to: userOf(request.uri), from: extension, withheld: false};
}
