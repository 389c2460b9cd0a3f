import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {databasePath, openStoreOffline} from '../../src/server/store/store.js';

test('the newest event of some kinds with some fields is found, and none where there is none', async t => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-newest-'));
	const store = openStoreOffline(databasePath(folder));
	t.teardown(async () => {
		await store.close();
		rmSync(folder, {recursive: true});
	});
	const rows = [
		{atMs: 1, kind: 'list.stopped', actor: 'boss', listId: 'la', campaignId: 'ca'},
		{atMs: 2, kind: 'list.started', actor: 'boss', listId: 'la', campaignId: 'ca'},
		{atMs: 3, kind: 'list.stopped', actor: 'op1', listId: 'lb', campaignId: 'ca'},
		{atMs: 4, kind: 'trunk.down', actor: 'system', reason: 'no answer', data: {trunk: 't1'}},
		{atMs: 5, kind: 'trunk.down', actor: 'system', data: {trunk: 't2'}},
		{atMs: 5, kind: 'phone.down', actor: 'system', agentId: 'op1', callId: 'c1', groupId: 'g1', customerId: 'k1'},
	];
	await store.writer.commit(rows.map(row => ({op: 'appendEvent', row})));
	const newest = store.reader.newestEvent;
	t.like(newest({kinds: ['list.stopped']}), {actor: 'op1', atMs: 3});
	t.like(newest({kinds: ['list.stopped'], listId: 'la'}), {actor: 'boss', atMs: 1});
	t.like(newest({kinds: ['list.stopped', 'list.started'], listId: 'la'}), {kind: 'list.started'});
	t.like(newest({kinds: ['list.stopped', 'list.started'], listId: 'la', untilMs: 1}), {kind: 'list.stopped'});
	t.is(newest({kinds: ['list.stopped'], listId: 'lb', untilMs: 2}), undefined);
	t.like(newest({kinds: ['trunk.down'], data: {name: 'trunk', value: 't1'}}), {atMs: 4, reason: 'no answer'});
	t.like(newest({kinds: ['phone.down'], agentId: 'op1', callId: 'c1', groupId: 'g1', customerId: 'k1'}), {atMs: 5});
	for (const other of [{agentId: 'op2'}, {callId: 'c2'}, {groupId: 'g2'}, {customerId: 'k2'}, {campaignId: 'ca'}]) {
		t.is(newest({kinds: ['phone.down'], ...other}), undefined);
	}
});
