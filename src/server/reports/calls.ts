/** コール履歴 of the whole centre, and what response records say, counted. */
import {SetupProblem} from '../admin/problem.js';
import {refusing} from '../admin/setup.js';
import type {Request} from '../api/requests.js';
import {type CallRow, callOutcomes} from '../domain/model.js';
import {normaliseNumber} from '../domain/numbers.js';
import type {World} from '../domain/world.js';
import type {StoreReader} from '../store/port.js';
import type {Tools} from '../tools.js';
import {keyMeant, nameOf} from './names.js';
import type {CallLine, CallsView, CallView, RecordsRow} from './views.js';

type Asked = Extract<Request, {type: 'listCalls'}>;
const eventsMax = 1_000;
type Parts = {world: World; reader: StoreReader; nowMs: () => number};

export function createCalls(parts: Parts): Pick<Tools, 'listCalls' | 'showCall'> {
	return {
		listCalls: request => refusing(async () => calls(request, parts)),
		showCall: ({callId}) => refusing(async () => call(callId, parts)),
	};
}

function calls(
	{fromMs, untilMs, before, agent, group, campaign, list, outcome, direction, number, limit}: Asked,
	{world, reader, nowMs}: Parts,
): CallsView {
	const {config} = world;
	const id = (by: 'agent' | 'group' | 'campaign' | 'list', given: string | undefined, all: ReadonlyArray<{id: string}>) => {
		if (given === undefined) return undefined;
		const keys = all.map(each => each.id);
		const found = keyMeant(given, by, keys, config, 0);
		if (found !== undefined) return found;
		const known = keys.map(key => nameOf(key, by, config, 0)).join(', ');
		throw new SetupProblem('unknown', {field: by, what: {ja: '', en: ''}, given, known});
	};
	if (outcome !== undefined && !(callOutcomes as readonly string[]).includes(outcome))
		throw new SetupProblem('bad', {field: 'outcome', given: outcome, allowed: callOutcomes.join(' | ')});
	const digits = number === undefined ? undefined : (normaliseNumber(number) ?? number.replace(/\D/g, ''));
	const wanted = {
		agentId: id('agent', agent, config.operators),
		groupId: id('group', group, config.groups),
		campaignId: id('campaign', campaign, config.campaigns),
		listId: id('list', list, config.lists),
		outcome,
		direction,
		number: digits,
		before,
	};
	const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
	const rows = reader.calls({fromMs, untilMs: untilMs ?? nowMs() + 1, limit: limit + 1, ...given});
	return {rows: rows.slice(0, limit).map(row => line(row, world, reader)), more: rows.length > limit};
}

function call(callId: string, {world, reader, nowMs}: Parts): CallView {
	const row = reader.call(callId);
	if (!row) throw new SetupProblem('unknown', {field: 'id', what: {ja: '通話', en: 'call'}, given: callId, known: 'kaden call list'});
	const events = reader.events({sinceMs: row.startedMs, untilMs: nowMs() + 1, callId, limit: eventsMax});
	const who = (id: string): string => world.config.operators.find(operator => operator.id === id)?.loginId ?? id;
	return {
		call: line(row, world, reader),
		events: events.map(({atMs, kind, actor, reason, data}) => ({
			atMs,
			kind,
			actor: who(actor),
			...(reason !== undefined && {reason}),
			...(data && {data}),
		})),
	};
}

function line(
	{recordingPath, entryId: _entry, campaignId, groupId, listId, agentId, ...row}: CallRow,
	world: World,
	reader: StoreReader,
): CallLine {
	const {config} = world;
	const name = (by: 'agent' | 'group' | 'campaign' | 'list', key: string | undefined) =>
		key === undefined ? {} : {[by]: nameOf(key, by, config, 0)};
	const customer = row.customerId === undefined ? undefined : (world.customers.get(row.customerId) ?? reader.customer(row.customerId));
	const field = config.campaigns.find(each => each.id === customer?.campaignId)?.card.find(({role}) => role === 'name');
	const called = field && customer?.values[field.id];
	return {
		...row,
		...name('campaign', campaignId),
		...name('group', groupId),
		...name('list', listId),
		...name('agent', agentId),
		...(called && {customer: called}),
		recorded: recordingPath !== undefined,
	};
}

const masters = [
	['reached', 'reachedId'],
	['reactions', 'reactionId'],
	['nextActions', 'nextActionId'],
] as const;

/** One row for each choice that a record of the period holds, by what `by` names. */
export function recordRows(
	by: 'total' | 'group' | 'campaign' | 'list' | 'agent',
	fromMs: number,
	untilMs: number,
	{world, reader}: Parts,
): RecordsRow[] {
	const {config} = world;
	const rows = new Map<string, RecordsRow>();
	for (const found of reader.recordCounts(by, fromMs, untilMs)) {
		const campaign = config.campaigns.find(({id}) => id === found.campaignId);
		for (const [master, column] of masters) {
			const choice = found[column];
			const label = choice === '' ? '' : (campaign?.masters[master].find(({id}) => id === choice)?.label ?? choice);
			const id = JSON.stringify([found.key, found.campaignId, master, choice]);
			const row = rows.get(id);
			const called = {campaign: nameOf(found.campaignId, 'campaign', config, 0), name: nameOf(found.key, by, config, 0)};
			rows.set(id, {key: found.key, ...called, master, label, count: (row?.count ?? 0) + found.count});
		}
	}
	return [...rows.values()].sort((a, b) => a.name.localeCompare(b.name, 'ja') || a.campaign.localeCompare(b.campaign) || b.count - a.count);
}
