import {existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync} from 'node:fs';
import {unlink} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import type {RecordingRow} from '../../src/server/api/views.js';
import type {RetentionRow} from '../../src/server/api/views-customers.js';
import {CardDesk} from '../../src/server/customers/card.js';
import type {StoreOp} from '../../src/server/domain/stored.js';
import type {Loop} from '../../src/server/loop.js';
import {type Disk, FolderKeeper, type KeeperParts} from '../../src/server/recordings/keeper.js';
import {Retention} from '../../src/server/retention/retention.js';
import {FakeClock} from '../support/fake-clock.js';
import {eventually} from '../support/limit.js';
import {type Desk, dayMs, nowMs, openDesk, wav} from './fixture.js';

/** A keeper on a clock of the test's own, which stands at noon. */
function keeperOf(desk: Desk, retention: Partial<KeeperParts['retention']> = {}, more: Partial<KeeperParts> = {}) {
	const clock = new FakeClock();
	clock.advance(desk.clock.nowMs);
	const lines: unknown[] = [];
	const disks: Disk[] = [];
	const {folder, world, store} = desk;
	const keeper = new FolderKeeper({
		folder,
		world,
		reader: store.reader,
		writer: store.writer,
		nowMs: () => clock.nowMs(),
		clock: {nowMs: () => clock.nowMs(), at: (atMs, run) => clock.after(atMs - clock.nowMs(), run)},
		retention: {recordingDays: 30, voicemailDays: 10, freeBytesMin: 0, ...retention},
		log: Object.assign((...line: unknown[]) => void lines.push(line), {flush: async () => {}, flushNow() {}}),
		onRemoved: () => lines.push('removed'),
		onDisk: disk => disks.push(disk),
		...more,
	});
	return {keeper, clock, lines, disks};
}

/** A recording that began so many days ago. */
async function aged(desk: Desk, id: string, days: number, more: object = {}): Promise<string> {
	const startedMs = nowMs - days * dayMs;
	const date = new Date(startedMs + 9 * 3_600_000).toISOString().slice(0, 10);
	const {recordingPath} = await desk.record({id, startedMs, endedMs: startedMs + 60_000, recordingPath: `${date}/${id}.wav`, ...more});
	return recordingPath!;
}
const isThere = (desk: Desk, path: string) => existsSync(join(desk.folder, path));
const kindsOf = (desk: Desk, callId: string) =>
	desk.store.reader.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, callId, limit: 50}).map(({kind}) => kind);

test('what is older than it may be goes: by campaign, else as everywhere; each is in the log', async t => {
	const desk = await openDesk(t, [{keepDays: 5}, {keepDays: 0}]);
	const old = await aged(desk, 'old', 6);
	const young = await aged(desk, 'young', 4);
	const forEver = await aged(desk, 'forever', 1_000, {campaignId: 'cb'});
	const internal = await aged(desk, 'internal', 31, {campaignId: undefined});
	const recent = await aged(desk, 'recent', 29, {campaignId: undefined});
	const {keeper, lines} = keeperOf(desk);
	await keeper.sweep();
	t.deepEqual(
		[old, young, forEver, internal, recent].map(path => isThere(desk, path)),
		[false, true, true, false, true],
	);
	t.deepEqual(kindsOf(desk, 'old'), ['recording.expired', 'recording.removed']);
	t.is(desk.store.reader.call('old')?.recordingPath, undefined);
	t.is(desk.store.reader.call('old')?.recordingMs, undefined);
	t.is(desk.store.reader.call('young')?.recordingMs, 2_000);
	t.false(existsSync(join(desk.folder, old.slice(0, 10))), 'an empty day goes too');
	t.true(lines.includes('removed'));
});

test('0 days is for ever', async t => {
	const desk = await openDesk(t);
	const path = await aged(desk, 'old', 5_000);
	await keeperOf(desk, {recordingDays: 0, voicemailDays: 0}).keeper.sweep();
	t.true(isThere(desk, path));
});

test('messages have an age of their own', async t => {
	const desk = await openDesk(t);
	for (const [id, days] of [
		['v1', 11],
		['v2', 9],
	] as const) {
		const path = `2026-04-01/${id}-message.wav`;
		desk.file(path, wav(1_000));
		const row = {id, callId: id, mailbox: 'group:g1', fromNumber: '1', atMs: nowMs - days * dayMs, path, durationMs: 1_000};
		await desk.commit({op: 'putVoicemail', row});
	}
	await keeperOf(desk).keeper.sweep();
	t.is(desk.store.reader.voicemail('v1'), undefined);
	t.truthy(desk.store.reader.voicemail('v2'));
	t.deepEqual(kindsOf(desk, 'v1'), ['voicemail.expired', 'voicemail.removed']);
});

test('every night at half past two', async t => {
	const desk = await openDesk(t);
	const path = await aged(desk, 'c1', 29);
	const {keeper, clock} = keeperOf(desk, {}, {freeBytes: async () => 1e12});
	const old = await aged(desk, 'c2', 31);
	keeper.start();
	await eventually('the sweep at the start', () => !isThere(desk, old));
	// Noon in Tokyo: the first night is fourteen and a half hours away, and the recording is not old enough then.
	clock.advance(14.5 * 3_600_000);
	await keeper.sweep();
	t.true(isThere(desk, path));
	clock.advance(dayMs - 1);
	t.true(isThere(desk, path));
	clock.advance(1);
	await eventually('the second night', () => !isThere(desk, path));
	await keeper.stop();
	t.is(clock.pending, 0);
});

/** The service is killed at one point of the removal: what is there then, and that the next start ends it. */
const crashes: Array<[string, (ops: StoreOp[]) => boolean, 'before' | 'after' | undefined]> = [
	['before anything is written', ops => ops.some(({op}) => op === 'putRemoval'), undefined],
	['between the row and the file', () => false, 'before'],
	['after the file, before the rows that name it', ops => ops.some(({op}) => op === 'finishRemoval'), undefined],
];
for (const [what, dies, atFile] of crashes) {
	test(`killed ${what}: row and file agree, and the next start goes on`, async t => {
		const desk = await openDesk(t);
		const path = await aged(desk, 'c1', 40);
		const {writer} = desk.store;
		const killed = keeperOf(
			desk,
			{},
			{
				writer: {commit: ops => (dies(ops) ? Promise.reject(new Error('killed')) : writer.commit(ops))},
				unlinkFile: file => (atFile === 'before' ? Promise.reject(Object.assign(new Error('killed'), {code: 'EIO'})) : unlink(file)),
			},
		);
		await killed.keeper.sweep();
		const rows = await desk.ask<RecordingRow[]>('owner', {type: 'listRecordings'});
		t.is(rows.length, isThere(desk, path) && !desk.store.reader.isRemoved(path) ? 1 : 0, 'what is shown can be heard');
		if (rows.length === 0) t.is(await desk.refusal('owner', {type: 'openAudio', of: {callId: 'c1'}, how: 'play'}), 'notFound');
		await keeperOf(desk).keeper.sweep();
		t.false(isThere(desk, path));
		t.is(desk.store.reader.call('c1')?.recordingPath, undefined);
		t.deepEqual(desk.store.reader.removals(10), []);
		t.is(kindsOf(desk, 'c1').filter(kind => kind === 'recording.removed').length, 1);
	});
}

test('nothing is touched that is not ours, whatever a row says', async t => {
	const desk = await openDesk(t);
	const outside = join(desk.folder, '..', 'precious.wav');
	writeFileSync(outside, 'precious');
	await desk.commit({op: 'putCall', row: {...(await desk.record({id: 'c1', startedMs: 1, endedMs: 2})), recordingPath: '../precious.wav'}});
	await desk.commit({op: 'putRemoval', path: '../precious.wav', atMs: 1});
	const stranger = join(desk.folder, 'notes.txt');
	writeFileSync(stranger, 'mine');
	const {keeper, lines} = keeperOf(desk);
	await keeper.sweep();
	t.is(readFileSync(outside, 'utf8'), 'precious');
	t.is(readFileSync(stranger, 'utf8'), 'mine');
	t.regex(JSON.stringify(lines), /recordings\.notRemoved/);
});

test('a crash in a call: the recording is measured, the message kept, what nothing names goes, strangers stay', async t => {
	const desk = await openDesk(t);
	const cut = wav(3_000);
	cut.writeUInt32LE(0, 40);
	await desk.record({id: 'c1', recordingMs: undefined as never});
	desk.file('2026-04-20/c1.wav', cut);
	await desk.record({
		id: 'c2',
		recordingPath: undefined as never,
		recordingMs: undefined as never,
		fromNumber: '09011112222',
		customerId: 'k1',
	});
	desk.file('2026-04-20/c2-message.wav', cut);
	await desk.commit({
		op: 'appendEvent',
		row: {atMs: nowMs - 1, kind: 'voicemail.begun', actor: 'system', callId: 'c2', data: {mailbox: 'group:g1'}},
	});
	await desk.record({id: 'c3', recordingPath: undefined as never, recordingMs: undefined as never});
	desk.file('2026-04-20/c3.wav', wav(100));
	desk.file('2026-04-20/c3-message.wav', wav(100));
	desk.file('2026-04-20/not-of-ours.wav', wav(100));
	mkdirSync(join(desk.folder, '2026-04-20'), {recursive: true});
	desk.file('2026-04-20/c1-running.wav', wav(100));
	const old = new Date(nowMs - 60_000);
	for (const name of ['c1', 'c2-message', 'c3', 'c3-message', 'not-of-ours'])
		utimesSync(join(desk.folder, `2026-04-20/${name}.wav`), old, old);
	const {keeper} = keeperOf(desk, {}, {freeBytes: async () => 1e12});
	keeper.start();
	await keeper.sweep();
	await keeper.stop();
	t.is(desk.store.reader.call('c1')?.recordingMs, 3_000);
	t.is(statSync(join(desk.folder, '2026-04-20/c1.wav')).size, cut.length);
	t.is(readFileSync(join(desk.folder, '2026-04-20/c1.wav')).readUInt32LE(40), cut.length - 44, 'it can be played');
	t.like(desk.store.reader.voicemailOfCall('c2'), {mailbox: 'group:g1', fromNumber: '09011112222', customerId: 'k1', durationMs: 3_000});
	t.deepEqual(
		['c3', 'c3-message', 'not-of-ours', 'c1-running'].map(name => isThere(desk, `2026-04-20/${name}.wav`)),
		[false, false, true, true],
	);
	t.deepEqual(kindsOf(desk, 'c3').sort(), ['recording.expired', 'recording.removed', 'voicemail.expired', 'voicemail.removed']);
});

test('old recordings go when somebody asks, or are counted', async t => {
	const desk = await openDesk(t);
	const path = await aged(desk, 'c1', 3);
	await aged(desk, 'c2', 3, {campaignId: 'cb'});
	await aged(desk, 'c3', 1);
	const purge = (more: object) => desk.ask<{count: number}>('owner', {type: 'purgeRecordings', olderThanDays: 2, dryRun: false, ...more});
	t.deepEqual(await purge({dryRun: true}), {count: 2});
	t.true(isThere(desk, path));
	t.deepEqual(await purge({campaign: 'CP0001'}), {count: 1});
	t.false(isThere(desk, path));
	t.deepEqual(await purge({dryRun: true}), {count: 1});
	t.is(await desk.refusal('owner', {type: 'purgeRecordings', olderThanDays: 2, dryRun: true, campaign: 'nowhere'}), 'notFound');
});

test('little room on the disk is told once, and again when it has been enough between', async t => {
	const desk = await openDesk(t);
	let free = 500;
	const {keeper, clock, disks} = keeperOf(desk, {freeBytesMin: 1_000}, {freeBytes: async () => free});
	keeper.start();
	const seen = async (bytes: number) => {
		free = bytes;
		clock.advance(600_000);
		await eventually('a look', () => keeper.disk?.freeBytes === bytes);
	};
	await eventually('a look', () => keeper.disk);
	await seen(400);
	await seen(1_050);
	t.deepEqual(disks, [{freeBytes: 500, isLow: true}], 'no flicker');
	await seen(2_000);
	await seen(300);
	t.deepEqual(
		disks.map(({isLow}) => isLow),
		[true, false, true],
	);
	await keeper.stop();
});

test('every night what is older than the rules allow goes: files, customers, numbers of calls; the audit says how much and by which rule', async t => {
	const desk = await openDesk(t, [{keepDays: 5, eraseDays: 100}, {}]);
	desk.world.config = {...desk.world.config, privacy: {recordingDays: 40, customerDays: 0, callDays: 20}};
	await aged(desk, 'mine', 6);
	await aged(desk, 'other', 41, {campaignId: 'cb', customerId: 'k2', toNumber: '09011112222'});
	await aged(desk, 'young', 4, {toNumber: '09033334444'});
	const customer = (id: string, campaignId: string): StoreOp => ({
		op: 'putCustomer',
		customer: {id, campaignId, values: {code: id, name: `名前${id}`}, stopCalling: false, version: 1},
	});
	const record = (id: string, customerId: string, campaignId: string, days: number): StoreOp => {
		const atMs = nowMs - days * dayMs;
		const row = {id, customerId, campaignId, operatorId: 'op1', contact: 'in', text: '秘密', savedMs: atMs, editedMs: atMs} as const;
		return {op: 'putRecord', row};
	};
	await desk.commit(
		...[customer('k1', 'ca'), customer('k2', 'cb'), customer('k3', 'ca')],
		...[record('r1', 'k1', 'ca', 101), record('r2', 'k2', 'cb', 900), record('r3', 'k3', 'ca', 99)],
		{
			op: 'appendEvent',
			row: {atMs: nowMs - 41 * dayMs, kind: 'call.dialled', actor: 'op1', callId: 'other', data: {number: '09011112222'}},
		},
	);
	const {keeper, clock} = keeperOf(desk, {recordingDays: 0, voicemailDays: 0});
	const parts = {world: desk.world, reader: desk.store.reader, writer: desk.store.writer, nowMs: () => clock.nowMs()};
	const loop = {post: () => {}} as unknown as Loop;
	const around = {
		...parts,
		...{
			clock: {nowMs: () => clock.nowMs(), at: (atMs: number, run: () => void) => clock.after(atMs - clock.nowMs(), run)},
			log: (() => {}) as never,
		},
		...{retention: {recordingDays: 0, voicemailDays: 0, freeBytesMin: 0}, customers: new CardDesk(parts), sweep: () => keeper.sweep()},
	};
	const retention = new Retention(around);
	const told = (rows: RetentionRow[]) =>
		rows.map(({kind, campaign, days, setBy, due}) => `${kind} ${campaign ?? '*'} ${days} ${setBy}: ${due}`);
	const expected = [
		'recordings CP-A 5 campaign: 1',
		'recordings * 40 privacy: 1',
		'voicemails * 0 file: 0',
		'customers CP-A 100 campaign: 1',
		'customers * 0 privacy: 0',
		'calls * 20 privacy: 1',
	].map(line => line.replace('CP-A', desk.world.config.campaigns[0]!.code));
	t.deepEqual(told(await retention.due()), expected);
	const {reader} = desk.store;
	t.is(reader.call('other')!.toNumber, '09011112222', 'nothing has gone by looking');
	retention.start(loop);
	clock.advance(15 * 3_600_000);
	await eventually(
		'the night to be over',
		() => reader.call('other')?.toNumber === '' && reader.call('other')?.recordingPath === undefined,
	);
	t.is(reader.call('mine')?.recordingPath, undefined);
	t.is(reader.call('young')!.toNumber, '09033334444');
	t.deepEqual([reader.customer('k1')!.values, reader.recordsOf('k1', 1)[0]!.text], [{}, '']);
	t.deepEqual(
		['k2', 'k3'].map(id => reader.customer(id)!.values['name']),
		['名前k2', '名前k3'],
	);
	t.false(JSON.stringify(reader.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, limit: 99})).includes('09011112222'));
	await retention.stop();
	// What cannot be done keeps the rest from nothing, and is no success.
	let sweeps = 0;
	const failing = new Retention({
		...around,
		customers: {eraseOlder: () => Promise.reject(new Error('locked'))},
		sweep: async () => void sweeps++,
	});
	await t.throwsAsync(failing.run('op1', loop), {message: 'locked'});
	t.is(sweeps, 1);
	const audit = reader.audit({fromMs: 0, untilMs: Number.MAX_SAFE_INTEGER, kind: 'retention', limit: 9});
	t.deepEqual(audit.map(({about}) => (about['data'] as {of: string; count: number}).of).sort(), [
		'calls',
		'customers',
		'recordings',
		'recordings',
	]);
	t.deepEqual(
		told(await retention.due()).map(line => line.slice(-1)),
		['0', '0', '0', '0', '0', '0'],
	);
	await keeper.stop();
});
