/** Reports: a made-up shift agrees with every other count of it, and a shift written by hand gives the figures worked out by hand. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {tableDialer} from '../../src/dialer/dialer.js';
import {inboundReport} from '../../src/server/domain/acd/report.js';
import type {EventRow} from '../../src/server/domain/model.js';
import {createWorld} from '../../src/server/domain/world.js';
import {everybody, Tally} from '../../src/server/figures/tally.js';
import {Follower} from '../../src/server/reports/follow.js';
import type {Item} from '../../src/server/reports/items.js';
import {kpis} from '../../src/server/reports/kpis.js';
import {createReports} from '../../src/server/reports/report.js';
import {wholeSeconds} from '../../src/server/reports/shifts.js';
import {KpiTally} from '../../src/server/reports/tally.js';
import type {KpiView, RecordsView, TimeView} from '../../src/server/reports/views.js';
import {databasePath, openStoreOffline} from '../../src/server/store/store.js';
import type {Tools} from '../../src/server/tools.js';
import {config} from '../admin/scene.js';
import {nineMs} from '../domain/stage.js';
import {Sim} from '../sim/sim.js';
import {campaign} from '../support/service-process.js';

const utcOffsetMs = 9 * 3_600_000;
const minute = 60_000;
const targets = {answerWithinMs: 20_000, shortAbandonMs: 5_000};
const all = {...targets, recallWithinMs: 15 * minute, success: new Set<string>()};

function followed(
	events: readonly EventRow[],
	fromMs: number,
	untilMs: number,
	standing: ConstructorParameters<typeof Follower>[1] = [],
): Item[] {
	const items: Item[] = [];
	const follower = new Follower({fromMs, untilMs, utcOffsetMs}, standing, item => items.push(item));
	for (const event of events) if (event.atMs >= fromMs) follower.add(event);
	follower.close(Math.max(untilMs, events.at(-1)!.atMs));
	return items;
}
const valueOfAll = (items: readonly Item[], id: string, period: {fromMs: number; untilMs: number}) => {
	const tally = new KpiTally({...period, utcOffsetMs}, 'total', all);
	for (const item of items) tally.add(item);
	return tally.value('all', kpis.find(kpi => kpi.id === id)!);
};

for (const seed of [9])
	test(`a made-up shift: figures equal the live ones, time adds up to what was logged in, and pieces to the whole, seed ${seed}`, t => {
		const sim = new Sim({seed, minutes: 15, agents: 8, entriesPerList: 80, restarts: 1, unchecked: true, callsPerMinute: 8});
		sim.run();
		const {events} = sim.live;
		const fromMs = nineMs;
		const untilMs = sim.agenda.nowMs + 1;
		const items = followed(events, fromMs, untilMs);
		const figure = (id: string) => valueOfAll(items, id, {fromMs, untilMs}).value;
		const live = new Tally({utcOffsetMs, ...targets});
		for (const event of events) live.add(event);
		const today = live.today(everybody, sim.agenda.nowMs, []);
		t.true(today.offered > 20 && today.dialAnswered > 5);
		t.is(figure('offered'), today.offered);
		t.is(figure('answered'), today.answered);
		t.is(figure('abandoned'), today.abandoned);
		t.is(figure('abandonedShort'), today.abandonedShort);
		t.is(figure('flowOut'), today.overflowed + today.leftToBeCalled);
		t.is(figure('dials'), today.dialled);
		t.is(items.filter(item => item.about === 'dial' && item.dropped > 0).length, today.dialAbandoned, 'people nobody was there for');
		const inbound = [...inboundReport(events).groups.values()];
		t.is(
			valueOfAll(items, 'answered', {fromMs, untilMs}).value,
			inbound.reduce((sum, {answered}) => sum + answered, 0),
		);
		// Operators: every moment from login to logoff is in exactly one status.
		const closed = events.filter(({kind}) => kind === 'session.closed');
		t.true(closed.length > 0);
		for (const {agentId, atMs, data} of closed) {
			const sinceMs = atMs - Number(data!['forMs']);
			const own = items.filter(item => item.about === 'time' && item.agentId === agentId && item.atMs >= sinceMs && item.atMs < atMs);
			t.is(
				own.reduce((sum, item) => sum + (item.about === 'time' ? item.forMs : 0), 0),
				Number(data!['forMs']),
			);
		}
		// Cut anywhere, the parts are the whole: what began in one is counted in that one alone.
		const cutMs = fromMs + 11 * minute + 7;
		const time = (parts: readonly Item[]) => parts.reduce((sum, item) => sum + (item.about === 'time' ? item.forMs : 0), 0);
		const first = followed(events, fromMs, cutMs);
		const path = folder(t);
		const store = openStoreOffline(databasePath(path));
		t.teardown(() => store.close());
		return store.writer.commit(events.map(row => ({op: 'appendEvent' as const, row}))).then(() => {
			const standing = store.reader.statusesAt([...new Set(events.flatMap(({agentId}) => agentId ?? []))], cutMs);
			const second = followed(events, cutMs, untilMs, standing);
			t.is(time(first) + time(second), time(items));
			for (const about of ['offer', 'dial', 'missed', 'record'] as const) {
				const count = (parts: readonly Item[]) => parts.filter(item => item.about === about).length;
				t.is(count(first) + count(second), count(items), about);
			}
		});
	});

function folder(t: ExecutionContext): string {
	const path = mkdtempSync(join(tmpdir(), 'kaden-report-'));
	t.teardown(() => rmSync(path, {recursive: true, force: true}));
	return path;
}

let rowAt = nineMs;
const row = (kind: string, more: Partial<EventRow> & {afterMs?: number} = {}): EventRow => {
	const {afterMs = 0, ...rest} = more;
	rowAt += afterMs;
	return {kind, atMs: rowAt, actor: 'system', ...rest};
};
const status = (to: string, afterMs = 0, callId?: string): EventRow =>
	row('agent.status', {afterMs, agentId: 'op1', ...(callId !== undefined && {callId}), data: {to}});
const call = (
	callId: string,
	kind: string,
	data: Record<string, unknown> = {},
	more: Partial<EventRow> & {afterMs?: number} = {},
): EventRow => row(kind, {callId, groupId: 'g1', data, ...more});
const inbound = {inbound: true};

/** One operator, nine to eleven: two calls answered, one lost, one short, one that overflows, three dialled; held, transferred, away, off. */
function shift(): EventRow[] {
	rowAt = nineMs;
	const out = {campaignId: campaign.id, listId: 'l1'};
	return [
		status('offline'),
		row('session.working', {agentId: 'op1', data: {groupIds: ['g1']}}),
		status('ready', 1_500),
		call('a', 'call.arrived', {source: 'trunk', to: '0311112222'}),
		call('a', 'call.queued', inbound, {afterMs: 10_000}),
		status('ringing', 2_000, 'a'),
		status('talkingIn', 4_000, 'a'),
		call('a', 'call.joined', {...inbound, waitedMs: 6_000}, {agentId: 'op1'}),
		call('b', 'call.queued', inbound, {afterMs: 1_000}),
		call('b', 'call.abandoned', {...inbound, waitedMs: 3_000, ringing: false}, {afterMs: 3_000}),
		call('b', 'call.ended', {outcome: 'abandoned'}),
		call('c', 'call.queued', inbound),
		call('c', 'call.abandoned', {...inbound, waitedMs: 30_000, ringing: true}, {afterMs: 30_000}),
		call('c', 'call.ended', {outcome: 'abandoned'}),
		status('held', 26_000, 'a'),
		status('talkingIn', 10_000, 'a'),
		call('a', 'call.ended', {outcome: 'talked'}, {afterMs: 20_000, agentId: 'op1'}),
		status('wrapUp'),
		row('record.saved', {
			afterMs: 15_250,
			agentId: 'op1',
			callId: 'a',
			groupId: 'g1',
			campaignId: campaign.id,
			data: {reachedId: 'self', reactionId: 'think'},
		}),
		status('ready'),
		call('d', 'call.queued', inbound),
		call('d', 'call.overflowed', inbound, {afterMs: 40_000}),
		call('e', 'call.dialled', {}, out),
		call('f', 'call.dialled', {}, out),
		call('h', 'call.dialled', {}, out),
		call('e', 'call.answered', {}, {afterMs: 5_000, ...out}),
		status('talkingOut', 0, 'e'),
		call('e', 'call.joined', {}, {agentId: 'op1', ...out}),
		call('f', 'call.answered', {}, out),
		call('f', 'call.abandoned', {waitedMs: 2_000}, {afterMs: 2_000, ...out}),
		call('f', 'call.ended', {outcome: 'abandoned'}, out),
		call('h', 'call.ended', {outcome: 'busy'}, out),
		status('transferring', 58_000, 'e'),
		call('e', 'call.transferStarted', {}, {reason: 'consult', agentId: 'op1', ...out}),
		call('e', 'call.transferred', {}, {afterMs: 8_000, agentId: 'op1', ...out}),
		call('e', 'call.ended', {outcome: 'talked'}, {agentId: 'op1', ...out}),
		status('wrapUp'),
		status('away', 5_000),
		call('i', 'call.queued', inbound, {afterMs: 1_000}),
		row('call.missed', {agentId: 'op1', groupId: 'g1', callId: 'i'}),
		// The call that is still waiting when the time of the report ends.
		status('loggedOff', 7_200_000),
	];
}

test('a shift written by hand gives the figures worked out by hand, each with what was counted and what was left out', async t => {
	const events = shift();
	const untilMs = rowAt;
	const store = openStoreOffline(databasePath(folder(t)));
	t.teardown(() => store.close());
	const customer = {id: 'k1', campaignId: campaign.id, values: {code: 'K1', name: '山田'}, stopCalling: false, version: 1};
	const record = {customerId: 'k1', campaignId: campaign.id, operatorId: 'op1', contact: 'out' as const, text: '', editedMs: 0};
	const recall = 'again';
	const {masters} = campaign;
	const own = {
		...campaign,
		groupIds: ['g1'],
		masters: {...masters, nextActions: [...masters.nextActions, {id: recall, label: '再架電', kind: 'recall' as const}]},
	};
	const promise = (id: string, savedMs: number, dueMs: number) => ({
		op: 'putRecord' as const,
		row: {...record, id, savedMs, nextActionId: recall, nextOperatorId: 'op1', nextAtMs: dueMs, reactionId: 'think'},
	});
	await store.writer.commit([
		{op: 'putCampaign', row: own},
		{op: 'putCustomer', customer},
		promise('r0', nineMs - 9 * minute, nineMs + 20 * minute),
		promise('r1', nineMs - 8 * minute, nineMs + 30 * minute),
		promise('r2', nineMs + 31 * minute, nineMs + 90 * minute),
		{
			op: 'putCall',
			row: {id: 'q', kind: 'direct', direction: 'out', customerId: 'k1', fromNumber: '1', toNumber: '2', startedMs: nineMs + 40 * minute},
		},
		...events.map(event => ({op: 'appendEvent' as const, row: event})),
	]);
	const world = createWorld({dialer: tableDialer, idPrefix: 't', settings: {utcOffsetMs}});
	world.config = {...config, campaigns: [own]};
	const tools = createReports({world, reader: store.reader, nowMs: () => untilMs + 60 * minute, targets});
	const ask = (more: object) =>
		(tools.report as Tools['report'])(
			{id: 1, type: 'report', kind: 'kpi', fromMs: nineMs, untilMs, ...more} as never,
			{} as never,
		) as Promise<unknown>;
	const {rows} = (await ask({success: ['検討中']})) as KpiView;
	const values = Object.fromEntries(Object.entries(rows[0]!.values).map(([id, {value}]) => [id, value]));
	t.like(values, {
		offered: 5,
		answered: 1,
		abandoned: 2,
		abandonedWaiting: 1,
		abandonedRinging: 1,
		abandonedShort: 1,
		flowOut: 1,
		answerRate: 1 / 4,
		abandonRate: 1 / 3,
		serviceLevel: 1 / 2,
		asa: 6_000,
		abandonTime: 16_500,
		abandonTimeLongest: 30_000,
		handled: 2,
		att: (60_000 + 20_000 + 60_000) / 2,
		holdTime: (10_000 + 8_000) / 2,
		acw: (15_250 + 5_000) / 2,
		aht: (80_000 + 60_000 + 18_000 + 20_250) / 2,
		transferRate: 1 / 2,
		transfersConsult: 1,
		transfersIn: 0,
		ringNoAnswer: 1,
		dials: 3,
		connects: 2,
		contactRate: 2 / 3,
		dropRate: 1 / 2,
		machines: 0,
		records: 1,
		rightParty: 1,
		conversions: 1,
		conversionRate: 1,
		recallKept: 1 / 2,
		loggedIn: untilMs - nineMs,
	});
	// Opened: the formula, those counted, those passed over and why.
	const {opened, figures} = (await ask({open: 'serviceLevel'})) as KpiView;
	t.deepEqual(
		opened!.parts.map(({callId, adds, of}) => [callId, adds, of]),
		[
			['a', 1, 1],
			['c', 0, 1],
		],
	);
	t.deepEqual(
		opened!.passedOver.map(({callId, why}) => [callId, why.en]),
		[
			['b', 'hung up at once (short)'],
			['d', 'overflowed, or to be called back'],
			['i', 'not over yet'],
		],
	);
	t.is(opened!.value, 1 / 2);
	t.regex(figures.find(({id}) => id === 'serviceLevel')!.formula.ja, /20秒/);
	// By whatever there is to group by; a call belongs to the hour in which it came.
	const of = async (by: string, id: string) => {
		const view = (await ask({by})) as KpiView;
		return Object.fromEntries(view.rows.filter(({values}) => values[id]!.counted > 0).map(({name, values}) => [name, values[id]!.value]));
	};
	t.deepEqual(await of('group', 'offered'), {'8001 発信': 5});
	t.deepEqual(await of('campaign', 'dials'), {[`${campaign.code} - ${campaign.name}`]: 3});
	t.deepEqual(await of('list', 'dials'), {春: 3});
	t.deepEqual(await of('agent', 'handled'), {'op001 山田': 2});
	t.deepEqual(await of('hour', 'offered'), {'2026-04-01 09:00': 5});
	const hours = await of('hour', 'loggedIn');
	t.deepEqual(Object.values(hours).slice(0, 2), [3_600_000, 3_600_000]);
	t.is(
		Object.values(hours).reduce((sum, value) => sum! + value!, 0),
		untilMs - nineMs,
	);
	// Time by status: seconds that add up.
	const time = (await ask({kind: 'time'})) as TimeView;
	t.deepEqual(time.rows[0]!.seconds, {
		offline: 2,
		ready: 57,
		ringing: 4,
		talkingIn: 80,
		held: 10,
		wrapUp: 20,
		talkingOut: 60,
		transferring: 8,
		away: 7_201,
	});
	t.is(time.rows[0]!.total, Math.round((untilMs - nineMs) / 1_000));
	t.is(
		Object.values(time.rows[0]!.seconds).reduce((sum, seconds) => sum + seconds, 0),
		time.rows[0]!.total,
	);
	// What records say.
	const said = (await ask({kind: 'records', by: 'agent', fromMs: nineMs - 10 * minute})) as RecordsView;
	t.deepEqual(
		said.rows.filter(({master}) => master !== 'reached').map(({name, label, count}) => [name, label, count]),
		[
			['op001 山田', '検討中', 3],
			['op001 山田', '再架電', 3],
		],
	);
	// What cannot be asked is refused with what can.
	await t.throwsAsync(ask({open: 'luck'}), {message: /offered/});
	await t.throwsAsync(ask({by: 'agent', open: 'handled'}), {message: /only/});
	await t.throwsAsync(ask({by: 'agent', only: 'nobody'}), {message: /op001/});
	await t.throwsAsync(ask({fromMs: untilMs, untilMs: nineMs}), {message: /period/});
});

test('a verdict that crosses the apology takes nothing from the abandoned; one that says for how many it counts does', t => {
	rowAt = nineMs;
	const out = {campaignId: campaign.id, listId: 'l1'};
	const dropped = (...heard: Array<Record<string, unknown>>) => {
		const rows = [
			call('x', 'call.dialled', {}, out),
			call('x', 'call.answered', {}, {afterMs: 5_000, ...out}),
			call('x', 'call.abandoned', {waitedMs: 2_000, counted: 1}, {afterMs: 2_000, ...out}),
			...heard.map(data => call('x', 'call.answeredBy', data, {afterMs: 300, ...out})),
			call('x', 'call.ended', {outcome: 'abandoned'}, {afterMs: 4_000, ...out}),
		];
		const items = followed(rows, nineMs, rowAt + 1);
		return valueOfAll(items, 'dropRate', {fromMs: nineMs, untilMs: rowAt + 1}).value;
	};
	t.is(dropped(), 1);
	t.is(dropped({by: 'machine', afterMs: 2_300}), 1);
	t.is(dropped({by: 'machine', afterMs: 2_300, counted: 0}), 0);
});

test('seconds add up whatever the fractions are', t => {
	t.deepEqual(wholeSeconds([400, 400, 400]), {parts: [1, 0, 0], total: 1});
	t.deepEqual(wholeSeconds([1_499, 1_499, 2]), {parts: [2, 1, 0], total: 3});
	t.deepEqual(wholeSeconds([]), {parts: [], total: 0});
});

test('a restart in a shift: until the last sign of life the status lasted, then the service was away, and whoever did not come back was gone', t => {
	const at = (afterMs: number, kind: string, agentId: string | undefined, more: Partial<EventRow> = {}): EventRow => ({
		kind,
		atMs: nineMs + afterMs,
		actor: 'system',
		...(agentId !== undefined && {agentId}),
		...more,
	});
	const items = followed(
		[
			at(0, 'agent.status', 'op1', {data: {to: 'ready'}}),
			at(0, 'agent.status', 'op2', {data: {to: 'away'}}),
			at(10_000, 'call.queued', undefined, {callId: 'a', groupId: 'g1', data: inbound}),
			at(60_000, 'call.ended', undefined, {callId: 'a', reason: 'serviceStopped', data: {outcome: 'interrupted'}}),
			at(60_000, 'session.restored', 'op1'),
			at(60_000, 'agent.status', 'op1', {data: {to: 'offline'}, reason: 'restarted'}),
			at(60_000, 'service.recovered', undefined),
			at(61_000, 'agent.status', 'op1', {data: {to: 'loggedOff'}}),
		],
		nineMs,
		nineMs + 2 * minute,
	);
	t.deepEqual(
		items.flatMap(item => (item.about === 'time' ? [[item.agentId, item.status, item.forMs]] : [])),
		[
			['op1', 'ready', 10_000],
			['op1', 'interrupted', 50_000],
			['op2', 'away', 10_000],
			['op1', 'offline', 1_000],
		],
	);
	t.deepEqual(
		items.flatMap(item => (item.about === 'offer' ? [item.end] : [])),
		['interrupted'],
	);
});
