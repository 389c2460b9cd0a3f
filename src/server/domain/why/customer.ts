/** Why is this customer not called? */
import {numberHeld} from '../dial/forbidden.js';
import type {CallList, Customer, ListEntry, ResponseRecord} from '../model.js';
import type {World} from '../world.js';
import {whyNotWorked} from './list.js';
import {type Finding, type Held, holding, noted} from './rules.js';

/** What the store knows of a customer. `recall`: the newest record, when it promises a recall. */
export type CustomerFacts = {
	customer: Customer;
	entries: Array<{entry: ListEntry; list: CallList}>;
	recall?: ResponseRecord;
	/** Those of the customer's numbers that are in a do-not-call file of the campaign. */
	doNotCall?: Array<{scope: string; number: string; addedMs: number; source: string}>;
};

/** Never empty. */
export function whyCustomer(world: World, {customer: stored, entries, recall, doNotCall = []}: CustomerFacts, nowMs: number): Finding[] {
	const {id} = stored;
	const customer = world.customers.get(id) ?? stored;
	const findings = inUse(world, id).map(held => holding(held));
	if (customer.stopCalling) findings.push(holding({rule: 'stopCalling', value: id, source: {kinds: ['customer.stopped'], customerId: id}}));
	for (const {scope, number, addedMs, source} of doNotCall)
		findings.push(holding({rule: 'doNotCall', value: scope || 'system', facts: {number, file: source}, sinceMs: addedMs}));
	if (recall?.nextAtMs !== undefined) {
		const {operatorId, nextOperatorId = '', nextAtMs, savedMs} = recall;
		findings.push(
			holding({rule: 'recallPromised', value: nextAtMs, facts: {nextAtMs, operator: nextOperatorId}, by: operatorId, sinceMs: savedMs}),
		);
	}
	if (entries.length === 0) findings.push(holding({rule: 'noList', value: 0}));
	for (const {entry, list} of entries) findings.push(...whyEntry(world, customer, entry, list, nowMs));
	findings.push(noted({rule: 'lastDialled', value: 0, source: {kinds: ['call.dialled'], customerId: id}}));
	return findings;
}

/** Calls and screens that have the customer now. */
function inUse(world: World, customerId: string): Held[] {
	const held: Held[] = [];
	for (const {row, operatorId} of world.calls.values()) {
		if (row.customerId !== customerId || row.endedMs !== undefined) continue;
		const facts = {...(operatorId !== undefined && {operator: operatorId})};
		held.push({rule: 'inCall', value: row.id, facts: {...facts, number: row.toNumber}, sinceMs: row.startedMs});
	}
	for (const {operatorId, preview} of world.agents.values()) {
		if (preview?.customerId !== customerId) continue;
		held.push({rule: 'entryClaimed', value: operatorId, facts: {operator: operatorId}, source: {kinds: ['entry.claimed'], customerId}});
	}
	return held;
}

/** One list the customer is in. */
function whyEntry(world: World, customer: Customer, entry: ListEntry, list: CallList, nowMs: number): Finding[] {
	const {state, attempts, lastOutcome, nextAtMs, customerId} = entry;
	const facts = {list: list.name, attempts, ...(lastOutcome && {lastOutcome})};
	const source = {kinds: ['entry.changed'], customerId, listId: list.id};
	if (state !== 'waiting' && state !== 'autoRecall') return [holding({rule: 'entryState', value: state, facts, source})];
	if (nextAtMs !== undefined && nextAtMs > nowMs)
		return [holding({rule: 'entryLater', value: nextAtMs, facts: {...facts, nextAtMs}, source})];
	const findings = [noted({rule: 'entryState', value: state, facts, source})];
	const held = numberHeld(world, customer, entry.number, nowMs);
	// Those two are told already.
	if (held && held.rule !== 'stopCalling' && held.rule !== 'doNotCall') findings.push(holding(held, facts));
	const at = world.hoppers.get(list.id)?.entries.findIndex(({id}) => id === entry.id) ?? -1;
	if (at >= 0) findings.push(noted({rule: 'entryReadAhead', value: at + 1, facts}));
	findings.push(...whyNotWorked(world, list, nowMs).map(finding => ({...finding, facts: {...finding.facts, list: list.name}})));
	return findings;
}
