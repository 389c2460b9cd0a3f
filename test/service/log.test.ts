import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import test from 'ava';
import {type LogOptions, openLog} from '../../src/server/log.js';

function logIn(t: ExecutionContext, more: Partial<LogOptions> = {}) {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-log-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	const path = join(folder, 'logs', 'service.log');
	const log = openLog({path, level: 'info', bytesMax: 1_000_000, filesMax: 3, nowMs: () => 0, ...more});
	const lines = () =>
		readFileSync(path, 'utf8')
			.trimEnd()
			.split('\n')
			.map(line => JSON.parse(line) as Record<string, unknown>);
	return {log, path, lines, folder: join(folder, 'logs')};
}

test('one JSON line for each event from the level up, readable by the owner only', async t => {
	const {log, lines, path} = logIn(t);
	log('debug', 'not.this');
	log('info', 'service.started', {port: 7080});
	log('error', 'call.failed', {error: new Error('no route')});
	await log.flush();
	t.deepEqual(lines()[0], {at: '1970-01-01T00:00:00.000Z', level: 'info', event: 'service.started', port: 7080});
	t.like(lines()[1], {event: 'call.failed', error: {error: 'Error', message: 'no route'}});
	t.is(lines().length, 2);
	t.is(statSync(path).mode & 0o777, 0o600);
});

test('secrets are never written, at whatever depth; long and endless facts are cut', async t => {
	const human: string[] = [];
	const {log, lines, path} = logIn(t, {human: line => human.push(line)});
	const endless: Record<string, unknown> = {};
	endless['again'] = endless;
	log('info', 'login', {
		password: 'opensesame',
		trunk: {username: 'u', password: 'opensesame', list: [{secret: 'opensesame'}]},
		authToken: 'opensesame',
		text: 'x'.repeat(10_000),
		endless,
	});
	await log.flush();
	t.false(readFileSync(path, 'utf8').includes('opensesame'));
	t.false(human.join().includes('opensesame'));
	t.is((lines()[0]!['trunk'] as {username: string}).username, 'u');
	t.is((lines()[0]!['text'] as string).length, 4_001);
});

test('a full file is put aside, and only so many are kept', async t => {
	const {log, folder} = logIn(t, {bytesMax: 200, filesMax: 2});
	for (let round = 0; round < 8; round++) {
		log('info', `event.${round}`, {text: 'x'.repeat(150)});
		await log.flush();
	}
	t.deepEqual(readdirSync(folder).sort(), ['service.log', 'service.log.1', 'service.log.2']);
	t.regex(readFileSync(join(folder, 'service.log'), 'utf8'), /event\.7/);
	t.regex(readFileSync(join(folder, 'service.log.1'), 'utf8'), /event\.6/);
});

test('the last words of a dying process are written at once', t => {
	const {log, lines} = logIn(t);
	log('error', 'the.end');
	log('error', 'the.very.end');
	log.flushNow();
	t.true(lines().some(line => line['event'] === 'the.very.end'));
});
