import type {Binding} from './bindings.js';
import type {Target} from './fork.js';
import {phoneTarget} from './registrar.js';
import {escapeUser} from './trunk.js';

/**
 * What makes desk phones pick up by themselves. There is no one standard: RFC 5373 is little used, so the two headers
 * that most makers read are sent along.
 */
const answerAtOnce: Readonly<Record<string, string>> = {
	'Call-Info': '<sip:localhost>;answer-after=0',
	'Alert-Info': '<http://localhost>;info=alert-autoanswer;delay=0',
	'Answer-Mode': 'Auto',
};

/** What a phone shows while it rings. */
export type Shown = {from: string; fromName?: string};

/** A From header; the name goes in quotes, where anything but quotes and backslashes may stand (RFC 3261 section 25.1). */
function fromHeader({from, fromName}: Shown): string {
	const uri = from === '' ? '<sip:anonymous@anonymous.invalid>' : `<sip:${escapeUser(from)}@localhost>`;
	const name = fromName
		?.replace(/[\u0000-\u001f\u007f]/g, '')
		.slice(0, 80)
		.replace(/["\\]/g, '\\$&');
	return name ? `"${name}" ${uri}` : uri;
}

/** Calls to all the phones of an extension; with `autoAnswer` they are asked to answer by themselves. */
export const phoneTargets = (phones: readonly Binding[], shown: Shown, autoAnswer: boolean): Target[] =>
	phones.map(phone => phoneTarget(phone, {...(autoAnswer ? answerAtOnce : {}), From: fromHeader(shown)}));
