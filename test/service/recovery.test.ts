import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {tableDialer} from '../../src/dialer/dialer.js';
import type {CallRow, Draft} from '../../src/server/domain/model.js';
import {createWorld} from '../../src/server/domain/world.js';
import {recoveryFrom, utcOffsetMs, workOf} from '../../src/server/recovery.js';
import {databasePath, openStoreOffline} from '../../src/server/store/store.js';
import {campaign, listIdOf, seedFolder} from '../support/service-process.js';

const draft = (callId: string, customerId: string): Draft => ({
	callId,
	customerId,
	values: {},
	baseVersion: 1,
	record: {reachedId: '', reactionId: '', nextActionId: '', nextOperatorId: '', nextAt: '', text: 'みか'},
});

test('what an earlier run has left: numbers dialled inside the gap, oldest first; a draft with its call and list entry', async t => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-recovery-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	await seedFolder(folder, {numbers: ['0355501010', '0355501011', '0355501012']});
	const store = openStoreOffline(databasePath(folder));
	t.teardown(() => store.close());
	const {reader, writer} = store;
	const listId = listIdOf(reader);
	const customerOf = (number: string) => reader.customersByNumber(campaign.id, number)[0]!.id;
	const call = (id: string, toNumber: string, startedMs: number, more: Partial<CallRow> = {}): CallRow => ({
		id,
		kind: 'predictive',
		direction: 'out',
		campaignId: campaign.id,
		listId,
		customerId: customerOf(toNumber),
		fromNumber: '0312345678',
		toNumber,
		startedMs,
		endedMs: startedMs + 1_000,
		...more,
	});
	const rows = [
		call('a', '0355501010', 1_000),
		call('b', '0355501011', 700_000),
		call('c', '0355501010', 800_000),
		call('d', '0355501011', 900_000),
		call('e', '0355501012', 950_000, {kind: 'direct'}),
	];
	await writer.commit(rows.map(row => ({op: 'putCall', row})));
	const {settings} = createWorld({idPrefix: 'x', dialer: tableDialer, settings: {numberGapMs: 300_000}});
	const {dialled} = recoveryFrom(reader, settings, 1_000_000);
	t.deepEqual(
		[...dialled!],
		[
			['0355501010', {lastMs: 800_000, day: 0, count: 2}],
			['0355501011', {lastMs: 900_000, day: 0, count: 2}],
			['0355501012', {lastMs: 950_000, day: 0, count: 1}],
		],
		'of the whole day, by hand as well',
	);
	const customerId = customerOf('0355501010');
	const work = workOf(reader, draft('c', customerId));
	t.is(work?.row.id, 'c');
	t.is(work?.entry?.customerId, customerId);
	t.is(work?.entry?.listId, listId);
	t.is(workOf(reader, draft('gone', customerId)), undefined);
	t.is(workOf(reader, undefined), undefined);
});

test('the local day of a time zone, in summer too', t => {
	t.is(utcOffsetMs('Asia/Tokyo', Date.UTC(2026, 0, 1)), 9 * 3_600_000);
	t.is(utcOffsetMs('Europe/Berlin', Date.UTC(2026, 6, 1)), 2 * 3_600_000);
	t.is(utcOffsetMs('Asia/Kathmandu', Date.UTC(2026, 6, 1)), 5.75 * 3_600_000);
});
