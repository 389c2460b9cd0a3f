/** Why does this operator get no call? */
import {asFree, callBackHeld, itemOf, notFree, plannedOffers, skillTooLow, waitingItems} from '../acd/dispatch.js';
import {groupSettings} from '../acd/groups.js';
import {ringingAgents} from '../acd/offers.js';
import {notOffered, rankedBy} from '../acd/rank.js';
import {notReady} from '../agent.js';
import {operatorFull, phoneFull, trunkInFull} from '../dial/limits.js';
import {crewsOf} from '../dialling.js';
import {phoneTrouble} from '../incall/own-phone.js';
import {notForDialler} from '../joining.js';
import type {Agent, World} from '../world.js';
import {whyNotDialled} from './dialler.js';
import {type Finding, type Held, holding, noted} from './rules.js';

/** So many callers of a group are gone through: one is enough to say why. */
const callersMax = 5;

/** What keeps calls from the operator, what is nearest to the operator first. Never empty: without a reason a call is on its way. */
export function whyAgent(world: World, operatorId: string, nowMs: number): Finding[] {
	const agent = world.agents.get(operatorId);
	if (!agent) return [holding({rule: 'loggedOut', value: operatorId, source: {kinds: ['session.closed'], agentId: operatorId}})];
	const findings = ownState(world, agent).map(held => holding(held));
	const forCallers = notFree(world, agent);
	const forDialler = notForDialler(world, agent);
	for (const held of [notReady(agent), phoneTrouble(world, agent), forDialler]) {
		if (held && !findings.some(({rule}) => rule === held.rule)) findings.push(holding(held));
	}
	findings.push(...limitsOf(world, agent, nowMs));
	if (forCallers && forDialler) return findings;
	const crews = crewsOf(world, nowMs);
	for (const groupId of agent.groupIds) {
		if (!forCallers) findings.push(...whyNoCaller(world, agent, groupId, nowMs));
		if (forDialler) continue;
		const own = crews.filter(({auto}) => auto.groupId === groupId);
		for (const crew of own) findings.push(whyNotDialled(world, crews, crew, nowMs, operatorId));
		if (own.length === 0) findings.push(holding({rule: 'noAutoDial', value: groupId}, {group: groupId}));
	}
	return findings;
}

/** Limits that are reached: what the operator, or a caller, would be refused for. They keep no call from the operator that is there already. */
function limitsOf(world: World, {operatorId, extension}: Agent, nowMs: number): Finding[] {
	const callers = world.config.trunks.map(({name}) => trunkInFull(world, name));
	const held = [operatorFull(world, operatorId, nowMs), phoneFull(world, extension, nowMs), ...callers];
	return held.flatMap(each => (each ? [noted(each)] : []));
}

/** What the operator is doing. */
export function ownState(world: World, {stage, createdMs, callId, offer, watch}: Agent): Held[] {
	const held: Held[] = [];
	if (stage === 'chooseGroups') held.push({rule: 'noGroupChosen', value: 0, sinceMs: createdMs});
	const call = world.calls.get(callId ?? '');
	if (call) {
		const {id, direction, toNumber, fromNumber, startedMs} = call.row;
		held.push({rule: 'inCall', value: id, facts: {number: direction === 'out' ? toNumber : fromNumber}, sinceMs: startedMs});
	}
	if (offer) held.push({rule: 'rings', value: offer.itemId, sinceMs: offer.sinceMs});
	if (watch) held.push({rule: 'watching', value: watch.callId, facts: {operator: watch.of}, sinceMs: watch.sinceMs});
	return held;
}

/** Callers of one group, from the side of an operator who is free. */
function whyNoCaller(world: World, agent: Agent, groupId: string, nowMs: number): Finding[] {
	const facts = {group: groupId};
	const planned = plannedOffers(world, nowMs);
	const findings = [...waiting(world, agent, groupId, planned, nowMs), ...ringing(world, agent, groupId, planned, nowMs)];
	for (const row of world.callBacks.values()) {
		const held = row.groupId === groupId ? callBackHeld(world, row, nowMs) : undefined;
		if (held && findings.length < callersMax) findings.push(holding(held, {call: row.id}));
	}
	if (findings.length === 0) return [holding({rule: 'noCaller', value: 0}, facts)];
	return findings.slice(0, callersMax).map(finding => ({...finding, facts: {...finding.facts, ...facts}}));
}

type Planned = ReadonlyMap<string, string[]>;

function waiting(world: World, agent: Agent, groupId: string, planned: Planned, nowMs: number): Finding[] {
	const own = asFree(world, agent, nowMs);
	const items = waitingItems(world, nowMs).filter(item => item.groupId === groupId);
	return items.map(item => {
		const facts = {call: item.id};
		const held = notOffered(item, own);
		if (held) return holding(held, facts);
		const chosen = planned.get(item.id) ?? [];
		if (chosen.includes(agent.operatorId)) return noted({rule: 'offered', value: item.id}, facts);
		const [first] = chosen;
		const other = world.agents.get(first ?? '');
		if (!other) return holding(otherFirst(planned, agent.operatorId), facts);
		const by = rankedBy(item, asFree(world, other, nowMs), own) ?? 'id';
		return holding({rule: 'rankedLower', value: by, facts: {before: other.operatorId}}, facts);
	});
}

/** A more urgent call comes first. */
export function otherFirst(planned: Planned, operatorId: string): Held {
	const [first = ''] = [...planned].find(([, chosen]) => chosen.includes(operatorId)) ?? [];
	return {rule: 'otherCallFirst', value: first, facts: {first}};
}

/** Calls that ring at somebody. */
function ringing(world: World, agent: Agent, groupId: string, planned: Planned, nowMs: number): Finding[] {
	const own = asFree(world, agent, nowMs);
	const findings: Finding[] = [];
	for (const call of world.calls.values()) {
		if (call.phase !== 'offered' || call.row.groupId !== groupId) continue;
		const item = itemOf(world, call, nowMs);
		const facts = {call: item.id};
		const held = notOffered(item, own) ?? skillTooLow(call, own);
		if (held) findings.push(holding(held, facts));
		else if (planned.get(item.id)?.includes(agent.operatorId)) findings.push(noted({rule: 'offered', value: item.id}, facts));
		else if (call.inbound!.ringSkill !== undefined) findings.push(holding(otherFirst(planned, agent.operatorId), facts));
		else {
			for (const other of ringingAgents(world, item.id))
				findings.push(holding(ringsAt(world, other, nowMs, rankedBy(item, asFree(world, other, nowMs), own)), facts));
		}
	}
	return findings;
}

/** It rings at this operator, until the ring time is over. */
export function ringsAt(world: World, {operatorId, offer}: Agent, nowMs: number, by = 'turn'): Held {
	const {sinceMs, groupId} = offer ?? {sinceMs: nowMs, groupId: ''};
	const untilAtMs = sinceMs + groupSettings(world, groupId).ringMs;
	return {rule: 'ringsAtOther', value: operatorId, facts: {operator: operatorId, order: by, untilAtMs}, sinceMs};
}
