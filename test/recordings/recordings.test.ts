import {readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {AudioChunk, AudioOpened, RecordingDetail, RecordingRow, VoicemailItem} from '../../src/server/api/views.js';
import type {VoicemailRow} from '../../src/server/domain/model.js';
import {type Desk, nowMs, openDesk, wav} from './fixture.js';

const ids = (rows: RecordingRow[]) => rows.map(({callId}) => callId);

test('a recording is found by time, operator, number, customer, campaign and call', async t => {
	const desk = await openDesk(t);
	await desk.record({id: 'c1', customerId: 'k1', startedMs: nowMs - 3_600_000});
	await desk.record({id: 'c2', agentId: 'op2', toNumber: '0398765432'});
	await desk.record({id: 'c3', campaignId: 'cb', groupId: 'g2', agentId: 'op3', direction: 'in', fromNumber: '+81355501234'});
	await desk.record({id: 'c4', recordingPath: undefined as never, recordingMs: undefined as never});
	const list = (more: object) => desk.ask<RecordingRow[]>('owner', {type: 'listRecordings', ...more});
	t.deepEqual(ids(await list({})).sort(), ['c1', 'c2', 'c3']);
	t.deepEqual(ids(await list({untilMs: nowMs - 1_000_000})), ['c1']);
	t.deepEqual(ids(await list({sinceMs: nowMs - 1_000_000, agent: 'login-op2'})), ['c2']);
	t.deepEqual(ids(await list({number: '098-765-432'.slice(-6)})), ['c2']);
	t.deepEqual(ids(await list({number: '03-5550-1234'})), ['c3'], 'numbers are compared normalised');
	t.deepEqual(ids(await list({customer: 'A1'})), ['c1']);
	t.deepEqual(ids(await list({campaign: 'CP0002'})), ['c3']);
	t.deepEqual(ids(await list({callId: 'c2'})), ['c2']);
	t.is((await list({limit: 2})).length, 2);
	t.like((await list({callId: 'c1'}))[0], {customerName: '山田', agentName: 'op1さん', campaignName: '業務CP0001', durationMs: 2_000});
	t.is(await desk.refusal('owner', {type: 'listRecordings', agent: 'nobody'}), 'notFound');
});

test('only what is there is shown: a recording whose file has gone is not', async t => {
	const desk = await openDesk(t);
	const {recordingPath} = await desk.record({id: 'c1'});
	rmSync(join(desk.folder, recordingPath!));
	t.deepEqual(await desk.ask('owner', {type: 'listRecordings'}), []);
	t.is(await desk.refusal('owner', {type: 'openAudio', of: {callId: 'c1'}, how: 'play'}), 'notFound');
});

/** Reads as a client does, one piece after the other. */
async function download(desk: Desk, who: string, opened: AudioOpened): Promise<Buffer> {
	const pieces: Buffer[] = [];
	for (let offset = 0; ; ) {
		const chunk = await desk.ask<AudioChunk>(who, {type: 'readAudio', audioId: opened.audioId, offset});
		if (chunk.data === '') return Buffer.concat(pieces);
		t256(chunk);
		pieces.push(Buffer.from(chunk.data, 'base64'));
		offset += pieces.at(-1)!.length;
	}
}
const t256 = (chunk: AudioChunk) => {
	if (JSON.stringify(chunk).length > 256 * 1024) throw new Error('a piece is longer than a message may be');
};

test('what is read piece by piece is the file, and the log has it before the first byte', async t => {
	const desk = await openDesk(t);
	await desk.record({id: 'c1', customerId: 'k1'}, 20_000);
	const opened = await desk.ask<AudioOpened>('op1', {type: 'openAudio', of: {callId: 'c1'}, how: 'play'});
	const events = desk.store.reader.events({sinceMs: 0, untilMs: nowMs + 1, kind: 'recording.heard', limit: 10});
	t.is(events.length, 1);
	t.like(events[0], {actor: 'op1', callId: 'c1', customerId: 'k1', campaignId: 'ca', data: {how: 'play', path: '2026-04-20/c1.wav'}});
	const file = readFileSync(join(desk.folder, '2026-04-20/c1.wav'));
	t.is(opened.bytes, file.length);
	t.true(file.length > 500_000);
	t.deepEqual(await download(desk, 'op1', opened), file);
	t.is(await desk.refusal('op2', {type: 'readAudio', audioId: opened.audioId, offset: 0}), 'notFound', 'for whoever opened it alone');
	desk.clock.nowMs += 3_600_000;
	t.is(await desk.refusal('op1', {type: 'readAudio', audioId: opened.audioId, offset: 0}), 'notFound', 'not for ever');
});

test('nothing is read when the log cannot be written', async t => {
	const desk = await openDesk(t);
	await desk.record({id: 'c1'});
	desk.store.writer.commit = () => Promise.reject(new Error('the disk is full'));
	await t.throwsAsync(desk.ask('op1', {type: 'openAudio', of: {callId: 'c1'}, how: 'export'}), {message: 'the disk is full'});
});

/** Who may hear the call of op1 in campaign ca, by what the campaign says. */
const cells: Array<['customers' | 'own' | 'supervisors' | undefined, Record<string, boolean>]> = [
	[undefined, {op1: true, op2: true, op3: false, boss: true, chief: true, owner: true}],
	['customers', {op1: true, op2: true, op3: false, boss: true, chief: true, owner: true}],
	['own', {op1: true, op2: false, op3: false, boss: true, chief: true, owner: true}],
	['supervisors', {op1: false, op2: false, op3: false, boss: true, chief: true, owner: true}],
];
for (const [playback, allowed] of cells) {
	test(`who may hear a call: ${playback ?? 'by default'}`, async t => {
		const desk = await openDesk(t, [playback ? {playback} : {}]);
		await desk.record({id: 'c1'});
		await desk.record({id: 'other', campaignId: 'cb', groupId: 'g2', agentId: 'op3'});
		for (const [who, may] of Object.entries(allowed)) {
			for (const how of ['play', 'export'] as const)
				t.is(await desk.refusal(who, {type: 'openAudio', of: {callId: 'c1'}, how}), may ? 'granted' : 'notAllowed', who);
			t.is(ids(await desk.ask(who, {type: 'listRecordings'})).includes('c1'), may, who);
			t.is(await desk.refusal(who, {type: 'showRecording', callId: 'c1'}), may ? 'granted' : 'notAllowed', who);
		}
		t.is(await desk.refusal('boss', {type: 'openAudio', of: {callId: 'other'}, how: 'play'}), 'notAllowed', 'another group');
	});
}

test('a transferred call is one recording: each of its rows finds it, and it says its parts and who has heard it', async t => {
	const desk = await openDesk(t);
	const path = '2026-04-20/c1.wav';
	await desk.record({id: 'c1', startedMs: nowMs - 60_000, joinedMs: nowMs - 50_000, endedMs: nowMs - 30_000}, 40_000);
	const second = {startedMs: nowMs - 35_000, joinedMs: nowMs - 30_000, endedMs: nowMs - 10_000, recordingPath: path};
	await desk.record({id: 'c2', agentId: 'op3', transferOf: 'c1', ...second}, 40_000);
	await desk.ask('op3', {type: 'openAudio', of: {callId: 'c2'}, how: 'play'});
	desk.clock.nowMs += 1_000;
	await desk.ask('boss', {type: 'openAudio', of: {callId: 'c1'}, how: 'export'});
	for (const callId of ['c1', 'c2']) {
		const shown = await desk.ask<RecordingDetail>('boss', {type: 'showRecording', callId});
		t.is(shown.path, path);
		t.is(shown.calls, 2);
		t.deepEqual(
			shown.parts.map(part => [part.callId, part.agentId, part.fromMs]),
			[
				['c1', 'op1', 0],
				['c2', 'op3', 20_000],
			],
		);
		t.deepEqual(
			shown.heard.map(({by, how}) => [by, how]),
			[
				['bossさん', 'export'],
				['op3さん', 'play'],
			],
		);
	}
});

const message = (id: string, more: Partial<VoicemailRow> = {}): VoicemailRow => ({
	id,
	callId: `call-${id}`,
	mailbox: 'group:g1',
	fromNumber: '09011112222',
	atMs: nowMs - 1_000,
	path: `2026-04-20/call-${id}-message.wav`,
	durationMs: 3_000,
	...more,
});

test('messages: of the own mailboxes, heard by whom and when, taken back, deleted', async t => {
	const desk = await openDesk(t);
	const rows = [message('v1', {customerId: 'k1'}), message('v2', {mailbox: 'group:g2'}), message('v3', {mailbox: 'extension:101'})];
	for (const row of rows) {
		await desk.commit({op: 'putVoicemail', row});
		desk.file(row.path, wav(3_000));
	}
	desk.world.agents.set('op1', {extension: '101'} as never);
	const seen = async (who: string) => (await desk.ask<VoicemailItem[]>(who, {type: 'listVoicemails'})).map(item => item.voicemailId).sort();
	t.deepEqual(await seen('op1'), ['v1', 'v3'], 'the own group, the extension one sits at');
	t.deepEqual(await seen('op2'), ['v1']);
	t.deepEqual(await seen('op3'), ['v2']);
	t.deepEqual(await seen('boss'), ['v1', 'v3']);
	t.deepEqual(await seen('owner'), ['v1', 'v2', 'v3']);
	t.is(await desk.refusal('op3', {type: 'openAudio', of: {voicemailId: 'v1'}, how: 'play'}), 'notAllowed');
	t.deepEqual(desk.store.reader.unheardVoicemails(), new Map(Object.entries({'extension:101': 1, 'group:g1': 1, 'group:g2': 1})));
	await desk.ask('op2', {type: 'openAudio', of: {voicemailId: 'v1'}, how: 'play'});
	const item = async () => (await desk.ask<VoicemailItem[]>('op1', {type: 'listVoicemails', mailbox: '8001'}))[0]!;
	t.like(await item(), {heardBy: 'op2さん', heardMs: nowMs, customerName: '山田', mailboxName: '8001 受付'});
	t.deepEqual(desk.posted, [{type: 'voicemailsChanged', mailbox: 'group:g1'}]);
	desk.clock.nowMs += 1_000;
	await desk.ask('op1', {type: 'openAudio', of: {voicemailId: 'v1'}, how: 'play'});
	t.is((await item()).heardBy, 'op2さん', 'the first stays');
	t.deepEqual(await desk.ask('op1', {type: 'listVoicemails', mailbox: '8001', unheard: true}), []);
	await desk.ask('op1', {type: 'markVoicemail', voicemailId: 'v1', heard: false});
	t.is((await item()).heardMs, undefined);
	await desk.ask('boss', {type: 'deleteVoicemail', voicemailId: 'v1'});
	t.deepEqual(await seen('op2'), []);
	t.throws(() => readFileSync(join(desk.folder, rows[0]!.path)), {code: 'ENOENT'});
	const kinds = desk.store.reader
		.events({sinceMs: 0, untilMs: nowMs + 10_000, callId: 'call-v1', limit: 20})
		.map(({kind, actor}) => [kind, actor]);
	t.deepEqual(kinds, [
		['voicemail.heard', 'op2'],
		['voicemail.markedHeard', 'op2'],
		['voicemail.heard', 'op1'],
		['voicemail.markedUnheard', 'op1'],
		['voicemail.deleted', 'boss'],
	]);
	t.is(await desk.refusal('boss', {type: 'markVoicemail', voicemailId: 'v1', heard: true}), 'notFound');
});
