import {execFile} from 'node:child_process';
import {createSocket} from 'node:dgram';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import test from 'ava';
import {exitCodes, languageOf} from '../../src/cli/command.js';
import {announce, ensureKey} from '../../src/data-folder.js';
import {programVersion, shipped} from '../../src/paths.js';
import {startApi} from '../../src/server/api/server.js';
import {command} from '../support/command.js';
import {SmallGate} from '../support/small-gate.js';

const folderOf = (t: ExecutionContext): string => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-cli-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	return folder;
};

/** Runs the program as a user does, in English unless said otherwise. */
function kaden(args: string[], environment: Record<string, string> = {}): Promise<{code: number; out: string; err: string}> {
	return new Promise(resolve => {
		const env = {PATH: process.env['PATH'], HOME: '/nonexistent', LANG: 'C', ...environment};
		execFile(process.execPath, [shipped('build/src/main.js'), ...args], {env}, (error, out, err) => {
			resolve({code: error ? Number(error.code) : 0, out, err});
		});
	});
}

/** The same without a process, for what is no business of the process: help, completion and serving are. */
const said = (args: string[]) => command(args);

async function serviceIn(t: ExecutionContext, folder: string) {
	const gate = await SmallGate.with();
	gate.toolKey = ensureKey(folder);
	const api = await startApi({host: '127.0.0.1', port: 0, gate, nowMs: Date.now});
	t.teardown(() => api.close());
	announce(folder, {
		url: `ws://127.0.0.1:${api.port}`,
		udpPort: 0,
		tcpPort: 0,
		pid: process.pid,
		version: gate.serverVersion,
		startedMs: 0,
	});
	return gate;
}

test('help comes in the language of the locale, or of --lang, with the exit codes', async t => {
	const english = await kaden(['--help']);
	const japanese = await kaden(['--help'], {LANG: 'ja_JP.UTF-8'});
	const chosen = await kaden(['--help', '--lang', 'ja']);
	t.deepEqual([english.code, japanese.code], [0, 0]);
	t.regex(english.out, /show what the running service is doing[\s\S]*Exit codes/);
	t.regex(japanese.out, /動いているサービスの様子[\s\S]*終了コード/);
	t.is(chosen.out, japanese.out);
	t.regex((await kaden(['status', '--help'])).out, /--json/);
	// What yargs says by itself is Japanese too, also in the bundle, where its own translations are not at hand.
	const importing = await kaden(['import', '--help', '--lang', 'ja']);
	t.notRegex(importing.out, /\[(?:boolean|string|number)|default:|choices:|Positionals/);
});

test('the locale is read as POSIX says', t => {
	t.is(languageOf({LC_ALL: 'ja_JP.UTF-8', LANG: 'en_US'}), 'ja');
	t.is(languageOf({LC_MESSAGES: 'C', LANG: 'ja_JP'}), 'en');
	t.is(languageOf({LANG: 'ja'}), 'ja');
	t.is(languageOf({}), 'en');
});

test('a wrong command line is told what is allowed, with exit code 64', async t => {
	const none = await kaden([]);
	t.is(none.code, exitCodes.usage);
	t.regex(none.err, /Name a command: .*status/);
	const unknown = await said(['dance']);
	t.is(unknown.code, exitCodes.usage);
	t.regex(unknown.err, /no command dance\. There are: .*status/);
	const option = await said(['status', '--fast']);
	t.is(option.code, exitCodes.usage);
	t.regex(option.err, /no option --fast\. There are: --server, --data, --json/);
	const noValue = await said(['lab', '--port']);
	t.is(noValue.code, exitCodes.usage);
	t.regex(noValue.err, /^Not enough arguments following: port\nSee kaden --help/);
	const choice = await kaden(['status', '--lang', 'fr']);
	t.is(choice.code, exitCodes.usage);
	t.regex(choice.err, /ja.*en/);
	t.deepEqual([none.out, unknown.out, option.out], ['', '', '']);
});

test('completion prints a script and knows the commands', async t => {
	t.regex((await kaden(['completion'])).out, /kaden/);
	t.regex((await kaden(['--get-yargs-completions', 'kaden', 'sta'])).out, /status/);
});

test('without a service, status says so with exit code 69 and version still answers', async t => {
	const folder = folderOf(t);
	const status = await said(['status', '--data', folder]);
	t.is(status.code, exitCodes.unavailable);
	t.regex(status.err, /No service is running/);
	announce(folder, {url: 'ws://127.0.0.1:1', udpPort: 0, tcpPort: 0, pid: process.pid, version: '', startedMs: 0});
	t.is((await said(['status', '--data', folder])).code, exitCodes.unavailable);
	const version = await kaden(['version', '--json']);
	t.is(version.code, 0);
	t.deepEqual(JSON.parse(version.out), {program: programVersion(), service: null});
});

test('version tells both versions, status what the service does; only who can read the key may ask', async t => {
	const folder = folderOf(t);
	const gate = await serviceIn(t, folder);
	gate.overview = () => ({
		nowMs: 60_000,
		agents: [{operatorId: 'op1', name: '山田', extension: '2001', status: 'ready', sinceMs: 30_000}],
		calls: [],
		lists: [{listId: 'l1', campaignId: 'c1', name: '春の案内', started: true, total: 3, byState: {waiting: 2, saved: 1}}],
	});
	const version = await kaden(['version', '--data', folder]);
	t.regex(version.out, new RegExp(`this program: kaden ${programVersion()}\\nservice: kaden 0.0.0-test`));
	const status = await said(['status', '--data', folder]);
	t.is(status.code, 0, status.err);
	t.regex(status.out, /山田 \(2001\) {2}ready {2}30s/);
	t.regex(status.out, /春の案内 {2}started {2}3: waiting 2, saved 1/);
	t.deepEqual(JSON.parse((await said(['status', '--data', folder, '--json'])).out), gate.overview());
	gate.toolKey = 'another';
	const refused = await said(['status', '--data', folder]);
	t.is(refused.code, exitCodes.permission);
	t.regex(refused.err, /data folder/);
});

test('an address that is taken and a damaged database are said so that they can be mended, with exit code 78', async t => {
	const folder = folderOf(t);
	const other = createServer();
	await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
	t.teardown(() => void other.close());
	const {port} = other.address() as AddressInfo;
	const signalling = (sip: number) => `signalling: {kind: embedded, udp: {host: 127.0.0.1, port: ${sip}}, tcp: null}\n`;
	writeFileSync(join(folder, 'kaden.yaml'), signalling(0));
	const taken = await kaden(['serve', '--data', folder, '--port', String(port)]);
	t.is(taken.code, 78, taken.err);
	t.regex(taken.err, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port} \\(EADDRINUSE\\)`));
	t.notRegex(taken.err, /\n\s+at /, 'no stack');

	const sip = createSocket('udp4');
	await new Promise<void>(resolve => sip.bind(0, '127.0.0.1', resolve));
	t.teardown(() => void sip.close());
	writeFileSync(join(folder, 'kaden.yaml'), signalling(sip.address().port));
	const sipTaken = await kaden(['serve', '--data', folder, '--port', '0']);
	t.is(sipTaken.code, 78, sipTaken.err);
	t.regex(sipTaken.err, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${sip.address().port} \\(EADDRINUSE\\)`));
	t.notRegex(sipTaken.err, /\n\s+at /, 'no stack');

	writeFileSync(join(folder, 'kaden.yaml'), signalling(0));
	const database = join(folder, 'kaden.sqlite');
	for (const name of ['kaden.sqlite-wal', 'kaden.sqlite-shm']) rmSync(join(folder, name), {force: true});
	const bytes = readFileSync(database);
	bytes.fill(0xa5, 100, bytes.length);
	writeFileSync(database, bytes);
	const damaged = await kaden(['serve', '--data', folder, '--port', '0']);
	t.is(damaged.code, 78, damaged.err);
	t.regex(damaged.err, /database is damaged/);
	t.notRegex(damaged.err, /\n\s+at /, 'no stack');
});
