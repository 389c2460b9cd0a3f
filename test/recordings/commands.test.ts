import {readFileSync} from 'node:fs';
import {chmod, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {shipped} from '../../src/paths.js';
import type {RecordingDetail, RecordingRow} from '../../src/server/api/views.js';
import {eventually} from '../support/limit.js';
import {hangUp, nextCall, openOffice} from '../support/office.js';
import {look} from '../support/service-process.js';

const kaden = (args: string[], cwd: string, path = '/nowhere') =>
	execa(process.execPath, [shipped('build/src/main.js'), ...args], {
		cwd,
		env: {LANG: 'C', LC_ALL: 'C', KADEN_DATA: '', PATH: path},
		extendEnv: false,
		reject: false,
		stdin: 'ignore',
		timeout: 90_000,
	});

test('a call that was talked is found, shown, exported and played by kaden recording', async t => {
	t.timeout(180_000);
	const {folder, client} = await openOffice(t);
	const view = await nextCall(client, folder);
	const {callId} = view.call!;
	await hangUp(client);
	const row = await eventually('the length of the recording', () =>
		look(folder, reader => (reader.call(callId)?.recordingMs === undefined ? undefined : reader.call(callId))),
	);
	const file = readFileSync(join(folder, 'recordings', row.recordingPath!));

	const listed = await kaden(['recording', 'list', '--data', folder, '--json'], folder);
	t.is(listed.exitCode, 0, listed.stderr);
	const [found] = JSON.parse(listed.stdout) as RecordingRow[];
	t.like(found, {callId, agentId: 'op1', campaignId: 'camp1', durationMs: row.recordingMs!});
	const plain = await kaden(['recording', 'list', '--agent', 'op001', '--since', '1h', '--data', folder], folder);
	t.true(plain.stdout.includes(callId) && plain.stdout.includes('顧客 1'), plain.stdout);

	const exported = await kaden(['recording', 'export', callId, '--output', 'call.wav', '--data', folder], folder);
	t.is(exported.exitCode, 0, exported.stderr);
	t.deepEqual(await readFile(join(folder, 'call.wav')), file);
	const again = await kaden(['recording', 'export', callId, '--output', 'call.wav', '--data', folder], folder);
	t.is(again.exitCode, 1);
	t.regex(again.stderr, /exists already.*--output/);

	const programs = join(folder, 'programs');
	await mkdir(programs);
	await writeFile(join(programs, 'aplay'), `#!/bin/sh\n/bin/cat > ${join(folder, 'heard')}\n`);
	await chmod(join(programs, 'aplay'), 0o755);
	const played = await kaden(['recording', 'play', callId, '--data', folder], folder, programs);
	t.is(played.exitCode, 0, played.stderr);
	t.deepEqual(await readFile(join(folder, 'heard')), file.subarray(44));
	const saved = await kaden(['recording', 'play', callId, '--data', folder], folder);
	t.is(saved.exitCode, 0, saved.stderr);
	t.regex(saved.stderr, /no program to play it with/);
	t.deepEqual(await readFile(join(folder, row.recordingPath!.replace('/', '_'))), file);

	const shown = await kaden(['recording', 'show', callId, '--data', folder, '--json'], folder);
	const heard = (JSON.parse(shown.stdout) as RecordingDetail).heard.map(({how}) => how);
	t.deepEqual(
		heard.sort(),
		['export', 'export', 'play', 'play'],
		'each is written down, the refused file as well: the sound was asked for',
	);
});

test('what is wrong on the command line is said with what is allowed', async t => {
	const {folder} = await openOffice(t);
	const none = await kaden(['recording', 'play', 'c-none', '--data', folder], folder);
	t.is(none.exitCode, 1);
	t.regex(none.stderr, /not found/);
	const verb = await kaden(['recording', 'sing', '--data', folder], folder);
	t.is(verb.exitCode, 64);
	t.regex(verb.stderr, /sing.*list, show, play, export/);
	const time = await kaden(['recording', 'list', '--since', 'yesterday', '--data', folder], folder);
	t.is(time.exitCode, 64);
	t.regex(time.stderr, /2026-04-01.*yesterday/);
	const empty = await kaden(['voicemail', 'list', '--data', folder], folder);
	t.is(empty.exitCode, 0, empty.stderr);
	t.is(empty.stdout, 'no messages');
	const message = await kaden(['voicemail', 'play', '--data', folder], folder);
	t.is(message.exitCode, 64);
});
