/** Everything that forbids to dial a customer's number from a list now, in the order in which it is told. */
import {dayMs, dayNumber} from '../../server/domain/calendar.js';
import type {Customer, DialRules, FieldValues} from '../../server/domain/model.js';
import type {Held} from '../../server/domain/why/rules.js';
import {closedUntil, type HoursRules, regionsOf} from './hours.js';

/** What was dialled of a number: when last, and how often on that local day. */
export type Dialled = {lastMs: number; day: number; count: number};

export type DialCheck = {
	customer: Customer;
	number: string;
	prefecture?: string;
	rules?: DialRules;
	hours: HoursRules;
	dialled?: Dialled;
	/** The service's own gap between two dials of a number. */
	gapMs: number;
	/** Scope of the do-not-call file the number is in, where that is known in memory. */
	doNotCall?: string;
	nowMs: number;
};

/** The first rule that says no. With `untilAtMs` among its facts it says so until then; without, for good. */
export function forbids(check: DialCheck): Held | undefined {
	const {customer, number, doNotCall} = check;
	if (customer.stopCalling)
		return {rule: 'stopCalling', value: customer.id, source: {kinds: ['customer.stopped'], customerId: customer.id}};
	if (doNotCall !== undefined) return {rule: 'doNotCall', value: doNotCall || 'system', facts: {number}};
	return noConsent(check) ?? closed(check) ?? tooOften(check) ?? tooSoon(check);
}

/** What the customer's card says about consent. */
export function consentOf(values: FieldValues, rules: DialRules | undefined): string | undefined {
	return rules?.consent && (values[rules.consent.fieldId] ?? '');
}

function noConsent({customer, rules}: DialCheck): Held | undefined {
	const said = consentOf(customer.values, rules);
	if (said === undefined) return undefined;
	const {fieldId, values} = rules!.consent!;
	const parts = said.split('\n');
	if (values.length > 0 ? parts.some(part => values.includes(part)) : said !== '') return undefined;
	return {rule: 'noConsent', value: fieldId, facts: {field: fieldId, said: said || '-'}, source: ruleSource(rules!)};
}

function closed({hours, number, prefecture, rules, nowMs}: DialCheck): Held | undefined {
	const regions = regionsOf(hours.regions, number, prefecture);
	const untilAtMs = closedUntil(hours, regions, nowMs);
	if (untilAtMs === undefined) return undefined;
	const where = regions.map(({name}) => name).join(', ');
	return {rule: 'callingHours', value: where || '-', facts: {untilAtMs}, ...(rules && {source: ruleSource(rules)})};
}

function tooOften({rules, dialled, hours, nowMs}: DialCheck): Held | undefined {
	const most = rules?.callsPerDayMax ?? 0;
	const today = dayNumber(nowMs, hours.utcOffsetMs);
	// A day that is still to come: the clock was set back over midnight.
	if (most === 0 || !dialled || dialled.day < today || dialled.count < most) return undefined;
	return {
		rule: 'callsPerDay',
		value: most,
		facts: {count: dialled.count, lastAtMs: dialled.lastMs, untilAtMs: (dialled.day + 1) * dayMs - hours.utcOffsetMs},
		source: ruleSource(rules!),
	};
}

/** A number is left alone for a while, whatever list it is in. */
function tooSoon({rules, dialled, gapMs, nowMs}: DialCheck): Held | undefined {
	const forMs = rules?.gapMs ?? gapMs;
	if (!dialled || dialled.lastMs + forMs <= nowMs) return undefined;
	const untilAtMs = dialled.lastMs + forMs;
	return {rule: 'numberGap', value: untilAtMs, facts: {untilAtMs, lastAtMs: dialled.lastMs, gapForMs: forMs}};
}

const ruleSource = ({campaignId}: DialRules) => ({kinds: ['dialRules.changed'], campaignId});
