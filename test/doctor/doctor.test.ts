import {chmod, mkdir, writeFile} from 'node:fs/promises';
import {type AddressInfo, createServer} from 'node:net';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {shipped} from '../../src/paths.js';
import {examine} from '../../src/server/doctor/doctor.js';
import type {Finding} from '../../src/server/doctor/finding.js';
import {startSignalling} from '../../src/sip/signalling/server.js';
import {startFakeDrachtio} from '../support/fake-drachtio.js';
import {openOffice} from '../support/office.js';
import {testFolder} from '../support/service-process.js';

const nowMs = Date.UTC(2026, 10, 25);
/** Only ends a hang; where silence is what is tested it is short. */
const patienceMs = 30_000;

async function look(folder: string, yaml: string, limitMs = patienceMs): Promise<Map<string, Finding[]>> {
	await writeFile(join(folder, 'kaden.yaml'), yaml);
	const byCheck = new Map<string, Finding[]>();
	for (const finding of await examine({dataDir: folder, env: {}}, nowMs, limitMs)) {
		byCheck.set(finding.check, [...(byCheck.get(finding.check) ?? []), finding]);
	}
	return byCheck;
}

/** A TCP port where `speak` answers. */
async function peer(t: ExecutionContext, speak: (text: string) => string | undefined, greeting?: string): Promise<number> {
	const server = createServer(socket => {
		socket.on('error', () => {});
		if (greeting !== undefined) socket.write(greeting);
		socket.on('data', data => {
			const answer = speak(String(data));
			if (answer !== undefined) socket.write(answer);
		});
		t.teardown(() => socket.destroy());
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => server.close());
	return (server.address() as AddressInfo).port;
}

const quiet =
	'signalling: {kind: embedded, udp: {host: 127.0.0.1, port: 0}, tcp: null, externalHost: "", control: {host: 127.0.0.1, port: 0}}';

test('a folder that is not yet there is no fault; one that others can read, and an open API, are', async t => {
	const folder = await testFolder(t);
	await chmod(folder, 0o755);
	const found = await look(folder, `api: {host: 0.0.0.0}\n${quiet}\n`);
	t.is(found.get('dataFolder')![0]!.state, 'bad');
	t.regex(found.get('dataFolder')![0]!.todo!.en, /chmod 700/);
	t.is(found.get('encryption')![0]!.state, 'bad');
	t.regex(found.get('encryption')![0]!.todo!.ja, /api\.tls/);
	t.is(found.get('database')![0]!.state, 'skipped');
	t.is(found.get('service')![0]!.state, 'skipped');
	t.is(found.get('sipPorts')![0]!.state, 'ok');
	t.is(found.get('prompts')![0]!.state, 'ok');
	t.is(found.get('node')![0]!.state, 'ok');
});

test('every error of the configuration is one finding, and nothing else is looked at', async t => {
	const folder = await testFolder(t);
	const found = await look(folder, 'api: {prot: 1}\nlimits: {graceMs: soon}\n');
	t.deepEqual([...found.keys()], ['configuration']);
	t.is(found.get('configuration')!.length, 2);
});

test('a port that is taken, a trunk whose name nobody knows, a mail server that is not there, a prompt that is no sound', async t => {
	const folder = await testFolder(t);
	const taken = await peer(t, () => undefined);
	await mkdir(join(folder, 'prompts'));
	await writeFile(join(folder, 'prompts/beep.wav'), 'not a sound');
	const found = await look(
		folder,
		[
			`signalling: {kind: embedded, udp: null, tcp: {host: 127.0.0.1, port: ${taken}}, externalHost: "", control: {host: 127.0.0.1, port: 0}}`,
			'trunks: [{name: far, host: carrier.invalid}, {name: near, host: 192.0.2.7}]',
			'mail: {host: 127.0.0.1, port: 1, tls: none, from: kaden@example.jp, voicemailTo: []}',
			'prompts: prompts',
		].join('\n'),
	);
	t.regex(found.get('sipPorts')![0]!.text.en, /EADDRINUSE/);
	t.deepEqual(
		found.get('trunk')!.map(({state}) => state),
		['bad', 'ok'],
	);
	t.is(found.get('mail')![0]!.state, 'bad');
	t.regex(found.get('prompts')![0]!.text.en, /beep\.wav/);
});

test('drachtio: the right secret is told with the version, a wrong one, a silent and a missing server each in one line', async t => {
	const folder = await testFolder(t);
	const server = await startSignalling({udp: {host: '127.0.0.1', port: 0}, control: {host: '127.0.0.1', port: 0, secret: 'right'}});
	t.teardown(() => server.close());
	const with_ = (port: number, secret: string, limitMs?: number) =>
		look(folder, `signalling: {kind: drachtio, servers: [{host: 127.0.0.1, port: ${port}, secret: ${secret}}]}`, limitMs);
	const right = (await with_(server.controlPort, 'right')).get('drachtio')![0]!;
	t.is(right.state, 'ok', right.text.en);
	const wrong = (await with_(server.controlPort, 'wrong')).get('drachtio')![0]!;
	t.is(wrong.state, 'bad');
	t.regex(wrong.todo!.en, /must be the secret/);
	const silent = (await with_(await peer(t, () => undefined), 'x', 300)).get('drachtio')![0]!;
	t.regex(silent.text.en, /no answer within/);
	const none = (await with_(1, 'x')).get('drachtio')![0]!;
	t.is(none.state, 'bad');
	const old = await startFakeDrachtio('v0.7.5');
	t.teardown(() => old.close());
	t.regex((await with_(old.port, 'x')).get('drachtio')![0]!.todo!.en, /0\.8\.2 or later/);
});

test('FreeSWITCH: modules, profile and version are asked for; what is missing is named', async t => {
	const folder = await testFolder(t);
	const modules = new Set(['mod_commands', 'mod_dptools', 'mod_conference', 'mod_sndfile', 'mod_tone_stream', 'mod_sofia']);
	let version = '1.10.12';
	let profile = 'kaden';
	const api = (body: string) => `Content-Type: api/response\nContent-Length: ${Buffer.byteLength(body)}\n\n${body}`;
	const port = await peer(
		t,
		text => {
			if (text.startsWith('auth '))
				return `Content-Type: command/reply\nReply-Text: ${text.includes('right') ? '+OK accepted' : '-ERR invalid'}\n\n`;
			if (text.startsWith('event ')) return 'Content-Type: command/reply\nReply-Text: +OK event listener enabled json\n\n';
			if (text.startsWith('api version')) return api(version);
			if (text.startsWith('api module_exists')) return api(String(modules.has(text.trim().split(' ')[2]!)));
			if (text.startsWith('api sofia status'))
				return api(text.includes(`profile ${profile}\n`) ? 'URL              \tsip:mod_sofia@127.0.0.1:5090\n' : 'Invalid Profile!');
			return undefined;
		},
		'Content-Type: auth/request\n\n',
	);
	const ask = async (secret: string) =>
		(await look(folder, `${quiet}\nmedia: {kind: freeswitch, servers: [{host: 127.0.0.1, port: ${port}, secret: ${secret}}]}`)).get(
			'freeswitch',
		)![0]!;
	t.is((await ask('right')).text.en, `FreeSWITCH 127.0.0.1:${port} 1.10.12`);
	t.is((await ask('wrong')).state, 'bad');
	modules.delete('mod_conference');
	t.regex((await ask('right')).text.en, /without mod_conference/);
	modules.add('mod_conference');
	profile = 'internal';
	t.regex((await ask('right')).text.en, /the SIP profile kaden does not run/);
	version = '1.8.7';
	t.regex((await ask('right')).todo!.en, /1\.10/);
});

test('kaden doctor beside the running service: all is well, exit code 0; in Japanese when the locale is', async t => {
	t.timeout(180_000);
	const {folder} = await openOffice(t);
	await chmod(folder, 0o700);
	const kaden = (lang: string, ...more: string[]) =>
		execa(process.execPath, [shipped('build/src/main.js'), 'doctor', '--data', folder, ...more], {
			env: {LANG: lang, LC_ALL: '', KADEN_DATA: '', KADEN_CONFIG: ''},
			reject: false,
			timeout: 90_000,
		});
	const {exitCode, stdout, stderr} = await kaden('ja_JP.UTF-8');
	t.is(exitCode, 0, `${stdout}${stderr}`);
	t.regex(stdout, /✓ 動作中 ws:/);
	t.regex(stdout, /異常 0 件/);
	const findings = JSON.parse((await kaden('C', '--json')).stdout) as Finding[];
	t.true(findings.every(({state}) => state !== 'bad'));
	t.is(findings.find(({check}) => check === 'database')!.state, 'ok');
});
