import {spawn} from 'node:child_process';
import {EventEmitter, once} from 'node:events';
import {createInterface} from 'node:readline';
import type {Worker} from 'node:worker_threads';
import test from 'ava';
import Sqlite from 'better-sqlite3';
import {shipped} from '../../src/paths.js';
import {openDatabase} from '../../src/server/store/db.js';
import {prepareGroups} from '../../src/server/store/group.js';
import type {StoreOp} from '../../src/server/store/port.js';
import {openStore, openStoreOffline} from '../../src/server/store/store.js';
import type {ToWriter} from '../../src/server/store/writer.js';
import {spawnWorker} from '../../src/spawn.js';
import {basics, customer, freshPath} from './fixture.js';

const event = (atMs: number): StoreOp => ({op: 'appendEvent', row: {atMs, kind: 'test', actor: 'system'}});
const eventTimes = (store: {reader: {events(q: {sinceMs: number; untilMs: number; limit: number}): Array<{atMs: number}>}}) =>
	store.reader.events({sinceMs: 0, untilMs: 1e9, limit: 1e6}).map(({atMs}) => atMs);
const range = (from: number, to: number) => Array.from({length: to - from + 1}, (_, index) => from + index);

test('batches sent together are kept in order, and one that cannot be written is refused alone', async t => {
	const store = openStore(freshPath(t));
	t.teardown(() => store.close());
	const results = await Promise.allSettled([
		store.writer.commit(basics),
		store.writer.commit([event(1)]),
		store.writer.commit([event(2), {op: 'changeCustomer', customerId: 'c9', values: {}}]),
		store.writer.commit([event(3)]),
		store.writer.commit([]),
		store.writer.commit([event(4), {op: 'putCustomer', customer: customer(1)}]),
	]);
	t.deepEqual(
		results.map(result => (result.status === 'rejected' ? result.reason.message : 'saved')),
		['saved', 'saved', 'no such customer: c9', 'saved', 'saved', 'saved'],
	);
	t.deepEqual(eventTimes(store), [1, 3, 4]);
	t.is(store.reader.customer('c1')?.version, 1);
});

test('what waits while a commit runs goes to the disk in one transaction', async t => {
	const path = freshPath(t);
	await openStoreOffline(path).close();
	const said: string[] = [];
	const db = new Sqlite(path, {verbose: sql => said.push(String(sql))});
	t.teardown(() => db.close());
	const groups = prepareGroups(db, 'run');
	const batches = range(1, 50).map(seq => ({seq, ops: [event(seq)]}));
	t.deepEqual(groups.commitGroup(batches, 0), []);
	t.is(said.filter(sql => sql === 'COMMIT').length, 1);
	t.is(db.prepare('SELECT count(*) FROM events').pluck().get(), 50);
});

test('a full disk refuses what does not fit, and only that', async t => {
	const path = freshPath(t);
	await openStoreOffline(path).close();
	const db = openDatabase(path);
	t.teardown(() => db.close());
	const groups = prepareGroups(db, 'run');
	t.deepEqual(groups.commitGroup([{seq: 1, ops: basics}], 0), []);
	const pages = db.pragma('page_count', {simple: true}) as number;
	db.pragma(`max_page_count = ${pages + 20}`);
	const large = customer(2, {values: {name: 'x'.repeat(1_000_000)}});
	const failed = groups.commitGroup(
		[
			{seq: 2, ops: [event(2), {op: 'putCustomer', customer: customer(1)}]},
			{seq: 3, ops: [event(3), {op: 'putCustomer', customer: large}]},
			{seq: 4, ops: [event(4)]},
		],
		1,
	);
	t.deepEqual(failed, [{seq: 3, message: 'database or disk is full', code: 'SQLITE_FULL'}]);
	const store = openStoreOffline(path);
	t.deepEqual(eventTimes(store), [2, 4]);
	t.is(store.reader.customer('c1')?.version, 1);
	t.is(store.reader.customer('c2'), undefined);
	await store.close();
	t.deepEqual(groups.progress(), {seq: 4, failed});
});

test('a group remembers what it decided until the sender knows', async t => {
	const path = freshPath(t);
	await openStoreOffline(path).close();
	const db = openDatabase(path);
	t.teardown(() => db.close());
	const bad: StoreOp = {op: 'setListStarted', listId: 'l9', started: true, atMs: 0};
	const failure = {seq: 2, message: 'no such list: l9'};
	const groups = prepareGroups(db, 'run');
	t.deepEqual(
		groups.commitGroup(
			[
				{seq: 1, ops: [event(1)]},
				{seq: 2, ops: [bad]},
				{seq: 3, ops: [event(3)]},
			],
			0,
		),
		[failure],
	);
	t.deepEqual(prepareGroups(db, 'run').progress(), {seq: 3, failed: [failure]});
	t.deepEqual(groups.commitGroup([{seq: 4, ops: [event(4)]}], 3), []);
	t.deepEqual(prepareGroups(db, 'run').progress(), {seq: 4, failed: []});
	t.deepEqual(prepareGroups(db, 'another run').progress(), {seq: 0, failed: []});
});

for (const acknowledgements of [1, 3, 10, 25, 29]) {
	test(`the thread is killed after ${acknowledgements} acknowledgements: everything is written once`, async t => {
		const workers: Worker[] = [];
		const store = openStore(freshPath(t), data => {
			const worker = spawnWorker('writer', data);
			workers.push(worker);
			return worker;
		});
		t.teardown(() => store.close());
		const down: Array<[string, boolean]> = [];
		store.writer.onDown((reason, final) => down.push([reason, final]));
		let acknowledged = 0;
		const lane = async (first: number) => {
			for (const number of range(first, first + 9)) {
				await store.writer.commit([event(number)]);
				if (++acknowledged === acknowledgements) void workers[0]!.terminate();
			}
		};
		await Promise.all([lane(1), lane(11), lane(21)]);
		await store.writer.commit([event(31)]);
		t.deepEqual(eventTimes(store), range(1, 31));
		t.is(workers.length, 2);
		t.deepEqual(down, [['the writer thread ended with code 1', false]]);
	});
}

/** Stands in for a thread: does what `onBatch` says, and can die. */
class FakeThread extends EventEmitter {
	constructor(readonly onMessage: (message: ToWriter, thread: FakeThread) => void) {
		super();
		queueMicrotask(() => this.emit('message', {type: 'ready', progress: {seq: 0, failed: []}}));
	}
	postMessage(message: ToWriter): void {
		this.onMessage(message, this);
	}
	die(): void {
		setImmediate(() => this.emit('exit', 1));
	}
}

test('a thread that commits and dies before it says so: nothing is written twice, refusals stay refusals', async t => {
	const path = freshPath(t);
	let threads = 0;
	const store = openStore(path, data => {
		if (++threads > 1) return spawnWorker('writer', data);
		return new FakeThread((message, thread) => {
			if (message.type !== 'batch') return;
			// Batches 1 to 3 reach the disk; the fourth is lost with the thread.
			if (message.batch.seq <= 3) {
				const db = openDatabase(path);
				prepareGroups(db, data.run).commitGroup([message.batch], 0);
				db.close();
			}
			if (message.batch.seq === 4) thread.die();
		}) as unknown as Worker;
	});
	t.teardown(() => store.close());
	const results = await Promise.allSettled([
		store.writer.commit([event(1)]),
		store.writer.commit([{op: 'setListStarted', listId: 'l9', started: true, atMs: 0}]),
		store.writer.commit([event(3)]),
		store.writer.commit([event(4)]),
	]);
	t.deepEqual(
		results.map(result => (result.status === 'rejected' ? result.reason.message : 'saved')),
		['saved', 'no such list: l9', 'saved', 'saved'],
	);
	t.deepEqual(eventTimes(store), [1, 3, 4]);
	t.is(threads, 2);
});

test('a thread that dies again and again is given up, and everybody is told', async t => {
	const path = freshPath(t);
	await openStoreOffline(path).close();
	let threads = 0;
	const store = openStore(path, () => {
		threads++;
		return new FakeThread((_message, thread) => thread.die()) as unknown as Worker;
	});
	const down: boolean[] = [];
	store.writer.onDown((_reason, final) => down.push(final));
	await t.throwsAsync(store.writer.commit([event(1)]), {message: /^not saved: the writer thread ended/});
	await t.throwsAsync(store.writer.commit([event(2)]), {message: /^not saved/});
	t.deepEqual(down, [false, false, true]);
	t.is(threads, 3);
	await store.close();
	const after = openStoreOffline(path);
	t.deepEqual(eventTimes(after), []);
	await after.close();
});

for (const acknowledgements of [1, 2, 5, 17, 60, 200]) {
	test(`the process is killed after ${acknowledgements} acknowledgements: all of them are on the disk`, async t => {
		const path = freshPath(t);
		const child = spawn(process.execPath, [shipped('build/test/store/crash-child.js'), path], {stdio: ['ignore', 'pipe', 'inherit']});
		const acknowledged: number[] = [];
		for await (const line of createInterface({input: child.stdout})) {
			acknowledged.push(Number(line));
			if (acknowledged.length === acknowledgements) child.kill('SIGKILL');
		}
		if (child.signalCode === null) await once(child, 'exit');
		t.is(child.signalCode, 'SIGKILL');
		const store = openStoreOffline(path);
		t.teardown(() => store.close());
		const times = eventTimes(store);
		for (const number of acknowledged) {
			t.true(times.includes(number), `event ${number}`);
			t.is(store.reader.customer(`c${number}`)?.version, 1);
		}
		// Batches are whole: no event without its customer, and none twice.
		t.is(new Set(times).size, times.length);
		t.true(times.every(number => store.reader.customer(`c${number}`) !== undefined));
	});
}
