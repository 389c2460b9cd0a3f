import {mkdirSync, statSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import test from 'ava';
import Sqlite from 'better-sqlite3';
import type {EventRow, ListEntry} from '../../src/server/domain/model.js';
import {migrate, SchemaError, shippedMigrations} from '../../src/server/store/migrate.js';
import {dialQueries} from '../../src/server/store/reader.js';
import {openStore, openStoreOffline} from '../../src/server/store/store.js';
import {basics, call, campaign, customer, entry, freshPath, operator, record} from './fixture.js';

test('every noun comes back as it was put', async t => {
	const store = openStoreOffline(freshPath(t));
	t.teardown(() => store.close());
	const {reader, writer} = store;
	const autoDial = {
		campaignId: 'k1',
		groupId: 'g1',
		mode: 'adaptive',
		started: false,
		trunk: 'lab',
		callerNumber: '0501',
		callsMax: 0,
		ringMs: 30_000,
		ratioTable: [{agentsMax: 5, ratio: 1}],
		ratioAbove: 3,
		retries: {busy: {attemptsMax: 2, gapMs: 60_000}},
	} as const;
	const session = {
		tokenHash: 'th',
		operatorId: 'o1',
		extension: '100',
		workingGroupIds: ['g1'],
		createdMs: 1,
		lastSeenMs: 2,
		customerId: 'c1',
	};
	const draft = {
		customerId: 'c1',
		values: {name: 'や'},
		baseVersion: 1,
		record: {reachedId: '', reactionId: '', nextActionId: '', nextOperatorId: 'self', nextAt: '明日', text: 'a\nb'},
		focus: {field: 'name', cursor: 1},
	};
	const openCall = call('a1', {customerId: 'c1', agentId: 'o1', answeredMs: 1200});
	await writer.commit([
		...basics,
		{op: 'putCustomer', customer: customer(1, {ownerId: 'o1'})},
		{op: 'putEntries', rows: [entry(1, {lastOutcome: 'busy', nextAtMs: 5})]},
		{op: 'putAutoDial', row: {...autoDial, ratioTable: [...autoDial.ratioTable]}},
		{op: 'putSession', row: session},
		{op: 'putDraft', operatorId: 'o1', draft},
		{op: 'putCall', row: openCall},
		{op: 'putRecord', row: record('r1', {reachedId: 'r1', writingMs: 9})},
		{op: 'putExtension', extension: '100', ha1: 'abc'},
	]);
	t.deepEqual(reader.operators(), [operator]);
	t.deepEqual(reader.operator('o1'), operator);
	t.deepEqual(reader.operatorByLogin('op001'), {...operator, passwordHash: 'hash'});
	t.is(reader.operatorByLogin('OP001'), undefined);
	t.deepEqual(reader.groups(), [{id: 'g1', number: '8001', name: 'デモグループ'}]);
	t.deepEqual(reader.groupIdsOf('o1'), ['g1']);
	t.deepEqual(reader.campaigns(), [campaign]);
	t.deepEqual(reader.lists(), [{id: 'l1', campaignId: 'k1', name: 'リスト', started: true, priority: 1}]);
	t.deepEqual(reader.customer('c1'), customer(1, {ownerId: 'o1'}));
	t.deepEqual(reader.entryOfCustomer('l1', 'c1'), entry(1, {lastOutcome: 'busy', nextAtMs: 5}));
	t.deepEqual(reader.autoDials() as unknown, [autoDial]);
	t.deepEqual(reader.sessions(), [session]);
	t.deepEqual(reader.draft('o1'), draft);
	t.deepEqual(reader.call('a1'), openCall);
	t.deepEqual(reader.openCalls(), [openCall]);
	t.deepEqual(reader.recordsOf('c1', 10), [record('r1', {reachedId: 'r1', writingMs: 9})]);
	t.deepEqual(reader.extensions(), [{extension: '100', ha1: 'abc'}]);

	await writer.commit([
		{op: 'putCall', row: {...openCall, endedMs: 3000, endedBy: 'agent', outcome: 'talked'}},
		{op: 'deleteDraft', operatorId: 'o1'},
		{op: 'deleteSession', tokenHash: 'th'},
		{op: 'setPassword', operatorId: 'o1', passwordHash: 'other'},
		{op: 'putOperator', row: {...operator, enabled: false}, groupIds: []},
		{op: 'setListStarted', listId: 'l1', started: false, atMs: 0},
		{op: 'setAutoDialStarted', campaignId: 'k1', groupId: 'g1', started: true},
	]);
	t.deepEqual(reader.openCalls(), []);
	t.is(reader.call('a1')?.outcome, 'talked');
	t.is(reader.draft('o1'), undefined);
	t.deepEqual(reader.sessions(), []);
	t.deepEqual(reader.operatorByLogin('op001'), {...operator, enabled: false, passwordHash: 'other'});
	t.deepEqual(reader.groupIdsOf('o1'), []);
	t.false(reader.lists()[0]?.started);
	t.true(reader.autoDials()[0]?.started);
});

test('a customer is found by any spelling of any of its numbers, and only by the present ones', async t => {
	const store = openStoreOffline(freshPath(t));
	t.teardown(() => store.close());
	const {reader, writer} = store;
	const values = {code: 'A1', name: '山田', home: '０３－１２３４－５６７８', mobile: '+81 90-1111-2222'};
	await writer.commit([...basics, {op: 'putCustomer', customer: customer(1, {values})}]);
	const ids = (number: string, campaignId?: string) => reader.customersByNumber(campaignId, number).map(({id}) => id);
	for (const spelling of ['0312345678', '03-1234-5678', '(03) 1234 5678', '０３１２３４５６７８', '+81312345678', '09011112222'])
		t.deepEqual(ids(spelling), ['c1'], spelling);
	t.deepEqual(ids('0312345678', 'k1'), ['c1']);
	t.deepEqual(ids('0312345678', 'k2'), []);
	t.deepEqual(ids(''), []);

	await writer.commit([{op: 'changeCustomer', customerId: 'c1', values: {...values, home: '06-0000-0000'}, ownerId: 'o1'}]);
	t.deepEqual(ids('0312345678'), []);
	t.deepEqual(ids('0600000000'), ['c1']);
	t.like(reader.customer('c1'), {version: 2, ownerId: 'o1', stopCalling: false});

	// A card on which `home` is no phone field any more: the look-up follows.
	const card = campaign.card.map(field => (field.id === 'home' ? {...field, kind: 'text' as const} : field));
	await writer.commit([{op: 'putCampaign', row: {...campaign, card}}]);
	t.deepEqual(ids('0600000000'), []);
	t.deepEqual(ids('09011112222'), ['c1']);
});

test('customer codes are found however wide their letters are', async t => {
	const store = openStoreOffline(freshPath(t));
	t.teardown(() => store.close());
	await store.writer.commit([...basics, {op: 'putCustomer', customer: customer(1)}, {op: 'putCustomer', customer: customer(2)}]);
	t.deepEqual(
		store.reader.customerIdsByCode('k1', ['A1', 'Ａ２', 'A3']),
		new Map([
			['A1', 'c1'],
			['Ａ２', 'c2'],
		]),
	);
	t.is(store.reader.customerIdsByCode('k9', ['A1']).size, 0);
});

test('the dialler gets due recalls first, then the list in its order, and nobody who wants no calls', async t => {
	const store = openStoreOffline(freshPath(t));
	t.teardown(() => store.close());
	const {reader, writer} = store;
	const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9];
	await writer.commit([
		...basics,
		...numbers.map(number => ({op: 'putCustomer', customer: customer(number, {stopCalling: number === 7})}) as const),
		{
			op: 'putEntries',
			rows: [
				entry(1, {position: 90}),
				entry(2, {position: 10}),
				entry(3, {state: 'autoRecall', nextAtMs: 500}),
				entry(4, {state: 'autoRecall', nextAtMs: 400}),
				entry(5, {state: 'autoRecall', nextAtMs: 2000}),
				entry(6, {state: 'saved'}),
				entry(7),
				entry(8, {nextAtMs: 1500}),
				entry(9),
			],
		},
	]);
	const ids = (nowMs: number, limit = 100, exclude = new Set<string>()) =>
		reader.dialableEntries({listId: 'l1', nowMs, limit, exclude}).map(({id}) => id);
	t.deepEqual(ids(1000), ['e4', 'e3', 'e9', 'e2', 'e1']);
	t.deepEqual(ids(2000), ['e4', 'e3', 'e5', 'e8', 'e9', 'e2', 'e1']);
	t.deepEqual(ids(1000, 2, new Set(['e4', 'e9'])), ['e3', 'e2']);
	t.deepEqual(ids(1000, 0), []);
	t.is(reader.nextDueMs('l1', 1000), 1500, 'put off');
	t.is(reader.nextDueMs('l1', 1500), 2000, 'to be called again');
	t.is(reader.nextDueMs('l1', 2000), undefined);
	t.like(reader.listCounts('l1'), {waiting: 4, autoRecall: 3, saved: 1, stopped: 1, dialling: 0});

	await writer.commit([
		{op: 'changeCustomer', customerId: 'c9', values: {}, stopCalling: true},
		{op: 'changeCustomer', customerId: 'c7', values: {}, stopCalling: false},
		{op: 'changeEntry', change: {entryId: 'e4', state: 'dialling', attempts: 1, nextAtMs: null}},
		{op: 'changeEntry', change: {entryId: 'e3', state: 'failed', lastOutcome: 'busy'}},
	]);
	t.deepEqual(ids(1000), ['e7', 'e2', 'e1']);
	t.like(reader.listCounts('l1'), {waiting: 4, autoRecall: 1, saved: 1, stopped: 1, dialling: 1, failed: 1});
	t.deepEqual(reader.danglingEntries(), [entry(4, {state: 'dialling', attempts: 1})]);
	t.like(reader.entryOfCustomer('l1', 'c3'), {nextAtMs: 500, lastOutcome: 'busy', attempts: 0});
});

test('the likeliest first: those owed a call before all, then by their chance among due and waiting ones; what is learned of leads is kept', async t => {
	const {reader, writer} = openStoreOffline(freshPath(t));
	const tried = (n: number, more: object) => entry(n, {state: 'autoRecall', nextAtMs: 1, attempts: 1, ...more});
	await writer.commit([
		...basics,
		{op: 'putList', row: {id: 'l1', campaignId: 'k1', name: 'l', started: true, priority: 1, order: 'likely'}},
		...[1, 2, 3, 4, 5].map(n => ({op: 'putCustomer', customer: customer(n)}) as const),
		{
			op: 'putEntries',
			rows: [
				tried(1, {lastOutcome: 'noAnswer'}),
				tried(2, {lastOutcome: 'busy'}),
				entry(3),
				tried(4, {lastOutcome: 'talked'}),
				tried(5, {lastOutcome: 'busy', nextAtMs: 9}),
			],
		},
		{op: 'changeEntry', change: {entryId: 'e1', state: 'autoRecall', tried: 5}},
		{op: 'putLeadCount', campaignId: 'cp', key: 'morning 0 none first', count: {calls: 1, answers: 1, atMs: 5}},
		{op: 'putLeadCount', campaignId: 'cp', key: 'morning 0 none first', count: {calls: 1.9, answers: 0.9, atMs: 7}},
	]);
	const chanceOf = ({lastOutcome}: ListEntry) => ({busy: 3, noAnswer: 1})[lastOutcome as string] ?? 2;
	const ids = (limit: number, exclude = new Set<string>()) =>
		reader.dialableEntries({listId: 'l1', nowMs: 1, limit, exclude, order: 'likely', chanceOf}).map(({id}) => id);
	t.deepEqual(ids(9), ['e4', 'e2', 'e3', 'e1']);
	t.deepEqual(ids(2, new Set(['e4'])), ['e2', 'e3']);
	t.is(reader.entryOfCustomer('l1', 'c1')?.tried, 5);
	t.is(reader.lists()[0]!.order, 'likely');
	t.deepEqual(reader.leadCounts(), new Map([['cp', new Map([['morning 0 none first', {calls: 1.9, answers: 0.9, atMs: 7}]])]]));
});

test('a list is read in its order, from the end, or as chance has it; copied, and removed with what is in it', async t => {
	const {reader, writer} = openStoreOffline(freshPath(t));
	await writer.commit([
		...basics,
		...[1, 2, 3, 4].map(n => ({op: 'putCustomer', customer: customer(n)}) as const),
		{op: 'putEntries', rows: [entry(1), entry(2), entry(3, {state: 'failed', lastOutcome: 'busy'}), entry(4)]},
	]);
	const ids = (order?: 'newest' | 'random') =>
		reader.dialableEntries({listId: 'l1', nowMs: 1, limit: 9, exclude: new Set(), ...(order && {order})}).map(({id}) => id);
	const inOrder = ids();
	t.is(inOrder.length, 3);
	t.deepEqual(ids('newest'), [...inOrder].reverse());
	for (let n = 0; n < 20; n++) t.deepEqual(ids('random').sort(), [...inOrder].sort(), 'everybody, each once');
	const [list] = reader.lists();
	await writer.commit([
		{op: 'putList', row: {...list!, id: 'copy', name: 'copy', started: false, order: 'newest', mix: 3}},
		{op: 'copyEntries', fromId: 'l1', toId: 'copy', outcomes: ['busy']},
	]);
	t.like(reader.listCounts('copy'), {waiting: 1, failed: 0});
	t.like(
		reader.lists().find(({id}) => id === 'copy'),
		{order: 'newest', mix: 3},
	);
	await writer.commit([{op: 'setListStarted', listId: 'copy', started: true, atMs: 5}]);
	await writer.commit([{op: 'setListStarted', listId: 'copy', started: false, atMs: 7}]);
	t.like(
		reader.lists().find(({id}) => id === 'copy'),
		{started: false, startedMs: 5, stoppedMs: 7},
	);
	await writer.commit([{op: 'eraseEntries', listId: 'l1', limit: 3}]);
	t.is(ids().length, 1, 'a slice of it');
	await writer.commit([{op: 'removeList', listId: 'l1'}]);
	t.deepEqual(
		reader.lists().map(({id}) => id),
		['copy'],
	);
	t.like(reader.listCounts('l1'), {waiting: 0, failed: 0});
	t.deepEqual(ids(), []);
});

test('a refusal stops everybody of the client with the number, and the number stays in the file', async t => {
	const {reader, writer} = openStoreOffline(freshPath(t));
	const own = customer(1);
	const field = campaign.card.find(({kind}) => kind === 'phone')!.id;
	const number = '0312345678';
	const twin = {...customer(2), values: {...customer(2).values, [field]: '03-1234-5678'}};
	await writer.commit([
		...basics,
		...[own, twin, customer(3)].map(each => ({op: 'putCustomer', customer: each}) as const),
		{op: 'refuse', customerId: own.id, campaignIds: [own.campaignId], numbers: [number], scope: 'client:x', atMs: 9, source: 'op1'},
		{op: 'putDoNotCall', scope: '', numbers: ['1', '2'], atMs: 9, source: 'file'},
		{op: 'putDoNotCall', scope: '', numbers: ['2', '3'], atMs: 10, source: 'file'},
		{op: 'removeDoNotCall', scope: '', numbers: ['1']},
	]);
	t.deepEqual(
		[own.id, twin.id, customer(3).id].map(id => reader.customer(id)!.stopCalling),
		[true, true, false],
	);
	t.deepEqual(reader.doNotCall(['client:x', ''], [number, '1', '2']), [
		{scope: 'client:x', number, addedMs: 9, source: 'op1'},
		{scope: '', number: '2', addedMs: 9, source: 'file'},
	]);
	t.deepEqual(reader.doNotCallCounts(), [
		{scope: '', numbers: 2},
		{scope: 'client:x', numbers: 1},
	]);
});

test('calls of the day are there again after a restart, those of the day before are not', async t => {
	const path = freshPath(t);
	const store = openStoreOffline(path);
	t.is(store.reader.dialCounts(), undefined);
	await store.writer.commit([{op: 'putCounts', day: 20_000, counts: [['trunk a', 1]]}]);
	await store.writer.commit([
		{
			op: 'putCounts',
			day: 20_001,
			counts: [
				['trunk a', 1],
				['operator o1', 1],
			],
		},
		{op: 'putCounts', day: 20_001, counts: [['trunk a', 2]]},
	]);
	await store.close();
	const again = openStoreOffline(path);
	t.teardown(() => again.close());
	const byScope = new Map([
		['operator o1', 1],
		['trunk a', 2],
	]);
	t.deepEqual(again.reader.dialCounts(), {day: 20_001, byScope});
});

test('people who answered the dialler are counted by campaign and local day', async t => {
	const store = openStoreOffline(freshPath(t));
	t.teardown(() => store.close());
	const answered = (id: string, answeredMs: number, more: object = {}) =>
		({
			op: 'putCall',
			row: {
				id,
				kind: 'predictive',
				direction: 'out',
				campaignId: 'ca',
				fromNumber: '',
				toNumber: '',
				startedMs: answeredMs - 5,
				answeredMs,
				...more,
			},
		}) as const;
	const lost = {outcome: 'abandoned', endedBy: 'customer'};
	await store.writer.commit([
		...basics,
		answered('1', 50_000),
		answered('2', 86_399_000, {...lost, endedMs: 86_400_999}),
		answered('3', 86_399_000, {...lost, endedMs: 86_401_000}),
		answered('4', 90_000_000, {outcome: 'machine'}),
		answered('5', 90_000_000, {outcome: 'abandoned', endedBy: 'system', endedMs: 90_000_001}),
		answered('6', 90_000_000, {kind: 'preview'}),
		answered('7', 10),
	]);
	t.deepEqual(
		[...store.reader.answersSince({sinceMs: 20, utcOffsetMs: 1_000, earlyMs: 2_000})],
		[
			[
				'ca',
				[
					{day: 0, answered: 1, machines: 0, abandoned: 0, early: 0},
					{day: 1, answered: 4, machines: 1, abandoned: 2, early: 1},
				],
			],
		],
	);
});

test("the dialler's questions are answered from indexes, without sorting", async t => {
	const path = freshPath(t);
	await openStoreOffline(path).close();
	const db = new Sqlite(path, {readonly: true});
	t.teardown(() => db.close());
	const index = {
		dueRecalls: 'entries_recall',
		timelessRecalls: 'entries_recall',
		waiting: 'entries_waiting',
		newest: 'entries_waiting',
		anywhere: 'entries_waiting',
		putOff: 'entries_later',
		nextRecall: 'entries_recall',
		nextPutOff: 'entries_later',
	};
	for (const [name, sql] of Object.entries(dialQueries)) {
		const parameters = ['timelessRecalls', 'waiting', 'newest'].includes(name) ? ['l1'] : ['l1', 1];
		const plan = db.prepare<unknown[], {detail: string}>(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters);
		const details = plan.map(({detail}) => detail).join('; ');
		t.regex(details, new RegExp(`^SEARCH entries USING (COVERING )?INDEX ${index[name as keyof typeof index]} \\(list_id=\\?`), name);
		t.notRegex(details, /TEMP B-TREE|SCAN/, name);
	}
});

test('an open recall is one without a later record of its customer', async t => {
	const store = openStoreOffline(freshPath(t));
	t.teardown(() => store.close());
	const recall = {nextActionId: 'n1', nextOperatorId: 'o1'};
	await store.writer.commit([
		...basics,
		...[1, 2, 3, 4, 5].map(number => ({op: 'putCustomer', customer: customer(number)}) as const),
		{op: 'putRecord', row: record('later', {customerId: 'c1', ...recall, nextAtMs: 9000})},
		{op: 'putRecord', row: record('sooner', {customerId: 'c2', ...recall, nextAtMs: 500})},
		{op: 'putRecord', row: record('visit', {customerId: 'c3', ...recall, nextActionId: 'n2', nextAtMs: 700})},
		{op: 'putRecord', row: record('blank', {customerId: 'c4', nextActionId: 'n1', nextAtMs: 700})},
		{op: 'putRecord', row: record('kept', {customerId: 'c5', ...recall, nextAtMs: 600})},
		{op: 'putRecord', row: record('done', {customerId: 'c5', savedMs: 1000})},
	]);
	t.deepEqual(
		store.reader.recallsDue(9000, 10).map(({id}) => id),
		['sooner'],
		'of everybody, up to that time',
	);
	t.deepEqual(
		store.reader.recallsDue(9001, 10).map(({id}) => id),
		['sooner', 'later'],
	);
	const ids = (limit: number) => store.reader.recallsOf('o1', limit).map(({id}) => id);
	t.deepEqual(ids(10), ['sooner', 'later']);
	t.deepEqual(ids(1), ['sooner']);
	t.deepEqual(store.reader.recallsOf('o2', 10), []);
	t.deepEqual(
		store.reader.recordsOf('c5', 10).map(({id}) => id),
		['done', 'kept'],
	);
});

test('events are asked for by time, kind and call', async t => {
	const store = openStoreOffline(freshPath(t));
	t.teardown(() => store.close());
	const rows: EventRow[] = [
		{atMs: 10, kind: 'call.started', actor: 'system', callId: 'a1', data: {trunk: 'lab'}},
		{atMs: 20, kind: 'agent.status', actor: 'o1', reason: 'key', agentId: 'o1'},
		{atMs: 20, kind: 'call.answered', actor: 'system', callId: 'a1'},
		{atMs: 30, kind: 'call.started', actor: 'system', callId: 'a2'},
	];
	await store.writer.commit(rows.map(row => ({op: 'appendEvent', row})));
	const events = (query: {callId?: string; kind?: string; limit?: number}, untilMs = 100) =>
		store.reader.events({sinceMs: 10, untilMs, limit: 100, ...query});
	t.deepEqual(events({}), rows);
	t.deepEqual(events({}, 20), rows.slice(0, 1));
	t.deepEqual(events({limit: 2}), rows.slice(0, 2));
	t.deepEqual(events({kind: 'call.started'}), [rows[0]!, rows[3]!]);
	t.deepEqual(events({callId: 'a1'}), [rows[0]!, rows[2]!]);
	t.deepEqual(events({callId: 'a1', kind: 'call.answered', limit: 1}), [rows[2]!]);
});

test('a write that names nothing is refused, with the whole of its batch', async t => {
	const store = openStoreOffline(freshPath(t));
	t.teardown(() => store.close());
	await store.writer.commit(basics);
	const refused = async (...ops: Parameters<typeof store.writer.commit>[0]) =>
		(await t.throwsAsync(store.writer.commit([{op: 'putGroup', row: {id: 'g2', number: '8002', name: '二'}}, ...ops])))?.message;
	t.is(await refused({op: 'changeEntry', change: {entryId: 'e9', state: 'saved'}}), 'no such list entry: e9');
	t.is(await refused({op: 'changeCustomer', customerId: 'c9', values: {}}), 'no such customer: c9');
	t.is(await refused({op: 'putCustomer', customer: customer(1, {campaignId: 'k9'})}), 'no such campaign: k9');
	t.is(await refused({op: 'setPassword', operatorId: 'o9', passwordHash: ''}), 'no such operator: o9');
	t.is(await refused({op: 'setListStarted', listId: 'l9', started: true, atMs: 0}), 'no such list: l9');
	t.regex((await refused({op: 'putRecord', row: record('r1', {customerId: 'c9'})})) ?? '', /FOREIGN KEY/);
	t.deepEqual(
		store.reader.groups().map(({id}) => id),
		['g1'],
	);
});

test('files are for their owner only, and a closed store is one file', async t => {
	const path = freshPath(t);
	const store = openStore(path);
	await store.writer.commit(basics);
	const mode = (file: string) => statSync(file).mode & 0o777;
	t.is(mode(dirname(path)), 0o700);
	for (const file of [path, `${path}-wal`, `${path}-shm`]) t.is(mode(file), 0o600, file);
	await store.close();
	for (const file of [`${path}-wal`, `${path}-shm`]) t.throws(() => statSync(file), {code: 'ENOENT'});
	await t.throwsAsync(store.writer.commit(basics), {message: /closed|closing/});
	const again = openStoreOffline(path);
	t.is(again.reader.operators().length, 1);
	await again.close();
});

test('migrations go on from where the database is, and not half', t => {
	const path = freshPath(t);
	mkdirSync(dirname(path));
	const db = new Sqlite(path);
	t.teardown(() => db.close());
	const one = {version: 1, sql: 'CREATE TABLE a (x)'};
	const two = {version: 2, sql: 'CREATE TABLE b (x)'};
	t.deepEqual(migrate(db, [one]), {from: 0, to: 1});
	t.throws(() => migrate(db, [one, {version: 2, sql: 'CREATE TABLE c (x); CREATE TABLE a (x)'}]), {any: true, message: /already exists/});
	t.is(db.pragma('user_version', {simple: true}), 1);
	t.deepEqual(migrate(db, [one, two]), {from: 1, to: 2});
	t.deepEqual(migrate(db, [one, two]), {from: 2, to: 2});
	t.deepEqual(db.prepare('SELECT name FROM sqlite_schema ORDER BY name').pluck().all(), ['a', 'b']);
	t.true(shippedMigrations().length >= 1);
});

test('a newer database, another program’s, and a file that is none are refused untouched', async t => {
	const path = freshPath(t);
	await openStoreOffline(path).close();
	const db = new Sqlite(path);
	db.pragma('user_version = 99');
	db.close();
	t.throws(() => openStore(path), {instanceOf: SchemaError, message: /newer Kaden \(database version 99, this program knows \d+\)/});

	const foreign = freshPath(t);
	mkdirSync(dirname(foreign));
	const other = new Sqlite(foreign);
	other.exec('CREATE TABLE notes (x)');
	other.close();
	t.throws(() => openStore(foreign), {instanceOf: SchemaError, message: /not one of Kaden's/});
	const still = new Sqlite(foreign, {readonly: true});
	t.is(still.pragma('journal_mode', {simple: true}), 'delete');
	still.close();

	const text = freshPath(t);
	mkdirSync(dirname(text));
	writeFileSync(text, 'this is a letter, not a database. '.repeat(50));
	t.throws(() => openStoreOffline(text), {instanceOf: SchemaError, message: /not a database/});
});
