/** Why is this customer not called? */
import {numberHeld} from '../dialling.js';
import {customerHeld} from '../entries.js';
import type {CallList, Customer, ListEntry, ResponseRecord} from '../model.js';
import type {World} from '../world.js';
import {whyNotWorked} from './list.js';
import {type Finding, type Held, holding, noted} from './rules.js';

/** What the store knows of a customer. `recall`: the newest record, when it promises a recall. */
export type CustomerFacts = {customer: Customer; entries: Array<{entry: ListEntry; list: CallList}>; recall?: ResponseRecord};

/** Never empty. */
export function whyCustomer(world: World, {customer, entries, recall}: CustomerFacts, nowMs: number): Finding[] {
	const {id} = customer;
	const findings = inUse(world, id).map(held => holding(held));
	const stopped = customerHeld(world.customers.get(id) ?? customer, id);
	if (stopped) findings.push(holding(stopped));
	if (recall?.nextAtMs !== undefined) {
		const {operatorId, nextOperatorId = '', nextAtMs, savedMs} = recall;
		findings.push(
			holding({rule: 'recallPromised', value: nextAtMs, facts: {nextAtMs, operator: nextOperatorId}, by: operatorId, sinceMs: savedMs}),
		);
	}
	if (entries.length === 0) findings.push(holding({rule: 'noList', value: 0}));
	for (const {entry, list} of entries) findings.push(...whyEntry(world, entry, list, nowMs));
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
function whyEntry(world: World, entry: ListEntry, list: CallList, nowMs: number): Finding[] {
	const {state, attempts, lastOutcome, nextAtMs, customerId} = entry;
	const facts = {list: list.name, attempts, ...(lastOutcome && {lastOutcome})};
	const source = {kinds: ['entry.changed'], customerId, listId: list.id};
	if (state !== 'waiting' && state !== 'autoRecall') return [holding({rule: 'entryState', value: state, facts, source})];
	if (nextAtMs !== undefined && nextAtMs > nowMs)
		return [holding({rule: 'entryLater', value: nextAtMs, facts: {...facts, nextAtMs}, source})];
	const findings = [noted({rule: 'entryState', value: state, facts, source})];
	const gap = numberHeld(world, entry.number, nowMs);
	if (gap) findings.push(holding(gap, facts));
	const at = world.hoppers.get(list.id)?.entries.findIndex(({id}) => id === entry.id) ?? -1;
	if (at >= 0) findings.push(noted({rule: 'entryReadAhead', value: at + 1, facts}));
	findings.push(...whyNotWorked(world, list, nowMs).map(finding => ({...finding, facts: {...finding.facts, list: list.name}})));
	return findings;
}
