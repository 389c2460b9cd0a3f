/** The answer to `why`: findings of the domain, with who set it and since when from the event log, and with names for ids. */

import {Refused} from './api/messages.js';
import type {Request} from './api/requests.js';
import type {WhyFinding, WhyView} from './api/views.js';
import {numbersOf, scopesOf} from './domain/dial/forbidden.js';
import type {CallList, CallRow, Customer, EventRow, Operator, ResponseRecord} from './domain/model.js';
import {whyAgent} from './domain/why/agent.js';
import {callOver, wasUnsound, whyCall} from './domain/why/call.js';
import {whyCustomer} from './domain/why/customer.js';
import {autosOf, whyList} from './domain/why/list.js';
import {pastDecision} from './domain/why/past.js';
import {type Facts, type Finding, holding, noted} from './domain/why/rules.js';
import type {World} from './domain/world.js';
import type {StoreReader} from './store/port.js';
import type {ToolContext} from './tools.js';

type WhyRequest = Extract<Request, {type: 'why'}>;
type Asked = Pick<WhyRequest, 'about' | 'of' | 'atMs'>;
type Answer = {id: string; name: string; findings: Finding[]};

export type WhyParts = {world: World; reader: StoreReader; nowMs: () => number};

const notFound = ({about, of}: Asked, known: string): Refused =>
	new Refused({code: 'notFound', message: `there is no ${about} ${of}; give ${known}`});
const notAllowed = (message: string): Refused => new Refused({code: 'notAllowed', message});

/** Makes the function that answers `why` requests. It rejects with `Refused`. */
export function createWhy(parts: WhyParts) {
	const ask = {agent: ofAgent, call: ofCall, list: ofList, customer: ofCustomer};
	return ({about, of, atMs}: WhyRequest, {asker}: Pick<ToolContext, 'asker'>): WhyView => {
		const nowMs = parts.nowMs();
		if (atMs !== undefined && about !== 'list')
			throw new Refused({code: 'badRequest', message: 'atMs: only a list can be asked about the past'});
		const {id, name, findings} = ask[about](parts, {about, of, ...(atMs !== undefined && {atMs})}, selfOf(parts.world, asker));
		return {about, id, name, nowMs, findings: findings.map(finding => shown(parts, finding))};
	};
}

/** The operator who may ask only about himself; undefined for supervisors and the owner. */
function selfOf({config}: World, asker: ToolContext['asker']): Operator | undefined {
	if (asker === 'owner') return undefined;
	const operator = config.operators.find(({id}) => id === asker.operatorId);
	if (!operator) throw notAllowed('you are no operator any more');
	return operator.role === 'agent' ? operator : undefined;
}

function ofAgent({world, nowMs}: WhyParts, asked: Asked, self: Operator | undefined): Answer {
	const {operators} = world.config;
	const at = [...world.agents.values()].find(({extension}) => extension === asked.of);
	const operator =
		operators.find(({id}) => id === asked.of) ??
		operators.find(({loginId}) => loginId === asked.of) ??
		operators.find(({id}) => id === at?.operatorId);
	if (self && operator?.id !== self.id) throw notAllowed('you may ask about yourself; supervisors may ask about everybody');
	if (!operator) throw notFound(asked, 'an operator id, a login ID, or the extension of somebody who is logged in');
	return {id: operator.id, name: operator.name, findings: whyAgent(world, operator.id, nowMs())};
}

function ofCall({world, reader, nowMs}: WhyParts, asked: Asked, self: Operator | undefined): Answer {
	const own = self && world.agents.get(self.id);
	const running = [...world.calls.values()].filter(({row}) => row.endedMs === undefined);
	const id = running.find(({row}) => row.fromNumber === asked.of || row.toNumber === asked.of)?.row.id ?? asked.of;
	if (self && id !== own?.callId && id !== own?.offer?.itemId && id !== own?.lastCall?.id)
		throw notAllowed('you may ask about your own call');
	const row = world.calls.get(id)?.row ?? reader.call(id);
	const findings = whyCall(world, id, nowMs()) ?? (row && [callOver(row)]);
	if (row?.endedMs !== undefined) findings?.push(...wasUnsound(soundOf(reader, row)));
	if (!findings) throw notFound(asked, 'a call id, the id of a promised call-back, or the number of somebody in a call');
	const number = row ? (row.direction === 'in' ? row.fromNumber : row.toNumber) : (world.callBacks.get(id)?.number ?? '');
	return {id, name: number, findings};
}

const soundEventsMax = 20;
const soundOf = (reader: StoreReader, {id, startedMs, endedMs = startedMs}: CallRow): EventRow[] =>
	reader.events({sinceMs: startedMs, untilMs: endedMs + 1, callId: id, kind: 'call.sound', limit: soundEventsMax});

function ofList({world, reader, nowMs}: WhyParts, asked: Asked, self: Operator | undefined): Answer {
	if (self) throw notAllowed('lists are for supervisors');
	const list = listNamed(world, asked.of);
	if (!list) throw notFound(asked, `a list id or name: ${world.config.lists.map(({name}) => name).join(', ')}`);
	if (asked.atMs !== undefined) return {id: list.id, name: list.name, findings: decidedBy({world, reader}, list, asked.atMs)};
	const nextMs = reader.nextDueMs(list.id, nowMs());
	const findings = whyList(world, list, {counts: reader.listCounts(list.id), ...(nextMs !== undefined && {nextMs})}, nowMs());
	return {id: list.id, name: list.name, findings};
}

/** What was decided last for each group that dials the list, and whether the list was stopped then. */
function decidedBy({world, reader}: Pick<WhyParts, 'world' | 'reader'>, list: CallList, untilMs: number): Finding[] {
	const {campaignId} = list;
	const state = reader.newestEvent({kinds: ['list.started', 'list.stopped'], listId: list.id, untilMs});
	const stopped = state?.kind === 'list.stopped' && {by: state.actor ?? 'system', sinceMs: state.atMs};
	const findings = autosOf(world, list).map(({groupId}) => {
		const row = reader.newestEvent({kinds: ['dial.decided'], campaignId, groupId, untilMs});
		return row ? pastDecision(row) : noted({rule: 'noDecision', value: untilMs}, {campaign: campaignId, group: groupId});
	});
	if (stopped) findings.unshift(holding({rule: 'listStopped', value: list.name, ...stopped}));
	if (findings.length > 0) return findings;
	return [holding({rule: 'noAutoDial', value: list.groupId ?? ''}, list.groupId === undefined ? {} : {group: list.groupId})];
}

const listNamed = ({config}: World, of: string): CallList | undefined =>
	config.lists.find(({id}) => id === of) ?? config.lists.find(({name}) => name === of);

function ofCustomer({world, reader, nowMs}: WhyParts, asked: Asked, self: Operator | undefined): Answer {
	const stored = customersNamed({world, reader}, asked.of);
	const mine = self && world.agents.get(self.id)?.groupIds;
	const seen = stored.filter(({campaignId}) => {
		const groups = world.config.campaigns.find(({id}) => id === campaignId)?.groupIds ?? [];
		return mine === undefined || groups.some(groupId => mine.includes(groupId));
	});
	const [customer, ...others] = seen;
	if (!customer) throw notFound(asked, 'a customer id, a customer code, or a telephone number');
	if (others.length > 0) {
		const ids = seen.map(({id}) => id).join(', ');
		throw new Refused({code: 'badRequest', message: `of: ${asked.of} is several customers; give one of the ids ${ids}`});
	}
	const entries = world.config.lists.flatMap(list => {
		const entry = reader.entryOfCustomer(list.id, customer.id);
		return entry ? [{entry, list}] : [];
	});
	const recall = promiseOf(world, customer, reader.recordsOf(customer.id, 1)[0]);
	const campaign = world.config.campaigns.find(({id: campaignId}) => campaignId === customer.campaignId);
	const numbers = [...new Set([...numbersOf(campaign, customer), ...entries.map(({entry}) => entry.number)])];
	const doNotCall = reader.doNotCall(scopesOf(world, customer.campaignId), numbers);
	const facts = {customer, entries, doNotCall, ...(recall && {recall})};
	return {id: customer.id, name: nameOf(world, customer), findings: whyCustomer(world, facts, nowMs())};
}

function customersNamed({world, reader}: Pick<WhyParts, 'world' | 'reader'>, of: string): Customer[] {
	const byId = reader.customer(of);
	if (byId) return [byId];
	const codes = world.config.campaigns.flatMap(({id}) => reader.customerIdsByCode(id, [of]).get(of) ?? []);
	if (codes.length > 0) return codes.flatMap(id => reader.customer(id) ?? []);
	return reader.customersByNumber(undefined, of);
}

/** A newest record that promises a recall. */
function promiseOf({config}: World, {campaignId}: Customer, record: ResponseRecord | undefined): ResponseRecord | undefined {
	if (record?.nextAtMs === undefined || record.nextOperatorId === undefined) return undefined;
	const actions = config.campaigns.find(({id}) => id === campaignId)?.masters.nextActions ?? [];
	return actions.find(({id}) => id === record.nextActionId)?.kind === 'recall' ? record : undefined;
}

function nameOf({config}: World, {id, campaignId, values}: Customer): string {
	const field = config.campaigns.find(campaign => campaign.id === campaignId)?.card.find(({role}) => role === 'name');
	return (field && values[field.id]) || id;
}

/** With who and since when, and names for ids. */
function shown(parts: WhyParts, {rule, holds, value, facts = {}, by, sinceMs, source}: Finding): WhyFinding {
	const event = source && parts.reader.newestEvent(source);
	const actor = by ?? event?.actor;
	const since = sinceMs ?? event?.atMs;
	const more = named(parts.world, {...facts, ...(event?.reason !== undefined && facts['reason'] === undefined && {reason: event.reason})});
	return {
		rule,
		holds,
		value,
		...(actor !== undefined && {setBy: operatorName(parts.world, actor)}),
		...(since !== undefined && {sinceMs: since}),
		more,
	};
}

const operatorName = ({config}: World, id: string): string => config.operators.find(operator => operator.id === id)?.name ?? id;

/** Facts whose values are ids, and how people call what they mean. */
function named(world: World, facts: Facts): Facts {
	const {groups, campaigns} = world.config;
	const names: Record<string, (id: string) => string | undefined> = {
		operator: id => operatorName(world, id),
		before: id => operatorName(world, id),
		group: id => groups.find(group => group.id === id)?.name,
		otherGroup: id => groups.find(group => group.id === id)?.name,
		campaign: id => campaigns.find(campaign => campaign.id === id)?.name,
		call: id => world.calls.get(id)?.row.fromNumber,
		first: id => world.calls.get(id)?.row.fromNumber,
	};
	return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, names[name]?.(String(value)) || value]));
}
