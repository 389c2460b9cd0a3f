import type {Binding} from './bindings.js';
import type {Target} from './fork.js';
import {phoneTarget} from './registrar.js';

/**
 * What makes desk phones pick up by themselves. There is no one standard: RFC 5373 is little used, so the two headers
 * that most makers read are sent along.
 */
const answerAtOnce: Readonly<Record<string, string>> = {
	'Call-Info': '<sip:localhost>;answer-after=0',
	'Alert-Info': '<http://localhost>;info=alert-autoanswer;delay=0',
	'Answer-Mode': 'Auto',
};

/** Calls to all the phones of an extension, asking them to answer by themselves. */
export const agentTargets = (phones: readonly Binding[]): Target[] =>
	phones.map(phone => phoneTarget(phone, {...answerAtOnce, From: '"Kaden" <sip:kaden@localhost>'}));
