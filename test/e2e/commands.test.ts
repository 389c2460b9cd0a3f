import {readdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {readKey} from '../../src/data-folder.js';
import {packageRoot, shipped} from '../../src/paths.js';
import type {EndedCall} from '../../src/server/api/views.js';
import {demoAccess} from '../../src/server/seed-demo.js';
import {hangUp, nextCall, openOffice, written} from '../support/office.js';
import {agentLogin, campaign, look, phonePassword, testFolder} from '../support/service-process.js';

const environment = {LANG: 'C', LC_ALL: 'C', KADEN_DATA: '', KADEN_CONFIG: '', CI: ''};
/** The program as a user has it: the bundle. */
const kaden = (args: string[], cwd = packageRoot, env: Record<string, string> = environment) =>
	execa(process.execPath, [shipped('dist/kaden.mjs'), ...args], {cwd, env, reject: false, stdin: 'ignore', timeout: 90_000});

test('kaden start without a terminal works the sample campaign, says each call and a summary, and exits 0', async t => {
	t.timeout(180_000);
	const folder = await testFolder(t);
	const run = await kaden(['start', '--seconds', '12', '--data', join(folder, 'demo'), '--json']);
	t.is(run.exitCode, 0, run.stderr);
	t.is(run.stderr, '');
	const lines = run.stdout.split('\n').map(line => JSON.parse(line) as EndedCall & {summary?: {calls: number; saved: number}});
	const {summary} = lines.pop()!;
	t.true(summary!.saved >= 1);
	t.is(summary!.calls, lines.length);
	for (const {number} of lines) t.regex(number, /^\d{3}\*+\d{2}$/, 'no whole number is printed');
	const data = join(folder, 'demo');
	const {records, trails} = look(data, reader => {
		const events = reader.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, limit: 100_000});
		const rows = lines.map(({callId}) => reader.call(callId)!);
		t.deepEqual(reader.openCalls(), []);
		return {
			records: rows.flatMap(row => reader.recordsOf(row.customerId!, 10).filter(({callId}) => callId === row.id)),
			trails: rows.map(row => ({outcome: row.outcome, kinds: events.filter(({callId}) => callId === row.id).map(({kind}) => kind)})),
		};
	});
	t.is(records.length, summary!.saved);
	t.true(records.every(({text, reachedId, nextActionId}) => text !== '' && reachedId !== undefined && nextActionId !== undefined));
	for (const {outcome, kinds} of trails) {
		for (const kind of ['call.dialled', 'call.ended']) t.is(kinds.filter(each => each === kind).length, 1, `${outcome}: ${kinds.join()}`);
		if (outcome === 'talked') for (const kind of ['call.answered', 'call.joined', 'record.saved']) t.true(kinds.includes(kind), kind);
	}
	await secretsKept(
		t,
		data,
		Object.values(demoAccess()).filter(value => value.length > 6),
	);
});

test('the same in words, in Japanese, without leaving anything behind', async t => {
	t.timeout(180_000);
	const folder = await testFolder(t);
	const run = await kaden(['start', '--seconds', '6'], folder, {...environment, LANG: 'ja_JP.UTF-8', LC_ALL: '', TMPDIR: folder});
	t.is(run.exitCode, 0, `${run.stderr}${run.stdout}`);
	const lines = run.stdout.split('\n');
	t.regex(lines[0]!, /自動オペレーター .* 6 秒間/);
	t.regex(lines.at(-3)!, /^発信 \d+、応答 \d+、放棄 \d+、保存 \d+$/);
	t.true(
		lines.slice(1, -3).every(line => /^\d\d:\d\d:\d\d {2}\S*\*+\d\d .*呼出/.test(line)),
		run.stdout,
	);
	t.deepEqual(await readdir(folder), []);
});

/** Nothing secret is in the log, and nobody but the owner can read what is there. */
async function secretsKept(
	t: {is(a: unknown, b: unknown, m?: string): unknown; false(a: unknown, m?: string): unknown},
	folder: string,
	secrets: string[],
) {
	const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
	t.is(await mode(folder), '700', folder);
	for (const name of await readdir(folder, {recursive: true})) {
		const path = join(folder, name);
		const isFolder = (await stat(path)).isDirectory();
		t.is(await mode(path), isFolder ? '700' : '600', path);
	}
	const log = await readFile(join(folder, 'log', 'service.log'), 'utf8');
	for (const secret of [...secrets, readKey(folder)]) t.false(log.includes(secret), `${secret} in the log`);
	for (const key of ['password', 'token', 'ha1', 'secret', 'authorization'])
		t.false(new RegExp(`"[^"]*${key}[^"]*":"(?!\\[hidden\\])`, 'i').test(log), `${key} in the log`);
}

test('customers are imported while the service runs, and dialled at once', async t => {
	t.timeout(180_000);
	const {folder, client, service, token} = await openOffice(t, {numbers: ['0355509001']});
	await writeFile(join(folder, 'new.csv'), '管理ID,名前,電話番号\r\nN1,新しい 客,03-5550-9002\r\nN2,,03-5550-9003\r\n');
	const run = (...args: string[]) => kaden(['import', ...args, '--data', folder, '--campaign', campaign.code], folder);
	const dry = await run('new.csv', '--list', 'more', '--dry-run');
	t.is(dry.exitCode, 2, dry.stderr);
	t.regex(dry.stdout, /2 rows: 1 could be imported, 1 refused/);
	t.is(
		look(folder, reader => reader.lists().length),
		1,
	);
	const missing = await run('nothing.csv');
	t.deepEqual([missing.exitCode, missing.stderr], [1, 'nothing.csv: there is no such file']);
	// The servers of this office are its own.
	const servers = await kaden(['server', '--data', folder]);
	t.regex(servers.stdout, /^Kind .*\nembedded SIP server +takes calls\s*\nembedded media engine +takes calls\s*$/);
	const drained = await kaden(['server', 'drain', 'embedded', '--data', folder]);
	t.deepEqual([drained.exitCode, drained.stderr], [1, 'the embedded engine cannot be drained: it is part of the service']);
	const done = await run('new.csv', '--list', 'more', '--start', '--json');
	t.is(done.exitCode, 2, done.stderr);
	t.like(JSON.parse(done.stdout), {imported: 1, rejected: 1, rejections: [{line: 3, code: 'required'}]});
	t.true((await readFile(join(folder, 'new-rejects.csv'), 'utf8')).includes('N2'));

	const first = await nextCall(client, folder);
	t.is(first.call!.number, '0355509001');
	await hangUp(client);
	await client.request({type: 'save', draft: written(first, 'one')});
	await client.request({type: 'afterSave', choice: 'resume'});
	const second = await nextCall(client, folder);
	t.is(second.call!.number, '0355509002');
	t.is(second.customer!.values['name'], '新しい 客');
	await hangUp(client);

	const status = JSON.parse((await kaden(['status', '--data', folder, '--json'])).stdout) as {lists: Array<{name: string; total: number}>};
	t.deepEqual(
		status.lists.map(({name, total}) => [name, total]),
		[
			['リスト1', 1],
			['more', 1],
		],
	);
	t.is(await service.end('SIGTERM'), 0);
	const log = await service.log();
	for (const secret of [agentLogin.password, phonePassword, token, readKey(folder)]) t.false(log.includes(secret), `${secret} in the log`);
});
