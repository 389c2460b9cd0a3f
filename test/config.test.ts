import {X509Certificate} from 'node:crypto';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {parseDocument, visit} from 'yaml';
import {shipped} from '../src/paths.js';
import {nearest} from '../src/server/config/problems.js';
import {ConfigError, type ConfigSource, readConfig, redacted} from '../src/server/config.js';

const empty = {XDG_DATA_HOME: '/data'};

/** Writes a configuration file (and others beside it) and gives its path. */
function write(t: ExecutionContext, text: string, others: Record<string, string> = {}): string {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-config-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	for (const [name, content] of Object.entries({...others, 'kaden.yaml': text})) writeFileSync(join(folder, name), content);
	return join(folder, 'kaden.yaml');
}

/** Lines of the refusal, with the file's name shortened. */
function refused(t: ExecutionContext, text: string, source: ConfigSource = {}, others: Record<string, string> = {}): string[] {
	const file = write(t, text, others);
	const error = t.throws(() => readConfig({file, env: empty, ...source}), {instanceOf: ConfigError});
	return (error?.message ?? '').replaceAll(file, 'kaden.yaml').split('\n');
}

test('the shipped configurations are good, on this machine only, and every key of the first is explained', t => {
	const config = readConfig({env: empty});
	t.is(config.service.dataDir, '/data/kaden/main');
	t.is(config.recordings, '/data/kaden/main/recordings');
	t.is(config.prompts, '/data/kaden/main/prompts');
	t.is(config.lab, null);
	const demo = readConfig({kind: 'demo', env: empty});
	t.is(demo.service.dataDir, '/data/kaden/demo');
	t.is(demo.api.port, 0);
	t.is(demo.lab?.host, '127.0.0.1');
	for (const {api, media, signalling} of [config, demo]) {
		const hosts = [
			api.host,
			media.kind === 'embedded' && media.address,
			...(signalling.kind === 'embedded' ? [signalling.udp?.host, signalling.tcp?.host] : []),
		];
		t.deepEqual([...new Set(hosts)], ['127.0.0.1']);
	}

	const uncommented: string[] = [];
	let depth = 0;
	visit(parseDocument(readFileSync(shipped('config/default.yaml'), 'utf8')), {
		Pair(_, pair, path) {
			depth = path.length;
			const key = pair.key as {value: string; commentBefore?: string};
			const map = path.at(-1) as {commentBefore?: string; items: unknown[]; flow?: boolean};
			const first = map.items[0] === pair ? map.commentBefore : undefined;
			const group = typeof (pair.value as {items?: unknown} | null)?.items === 'object';
			if (!map.flow && !key.commentBefore && !first && !group && depth <= 4) uncommented.push(key.value);
		},
	});
	// These are explained together with the key before them.
	t.deepEqual(uncommented.sort(), [
		'advertisedAddress',
		'agentRetryMs',
		'agentRetryMsMax',
		'apologyMs',
		'checkAnswerMs',
		'filesMax',
		'host',
		'kind',
		'kind',
		'phoneInCallCheckMs',
		'port',
	]);
});

test('a file of one’s own changes only its keys; environment and options win over it', t => {
	const file = write(t, 'api: {port: 8000}\nservice: {dataDir: data, lang: en}\nrecordings: /rec\n');
	const config = readConfig({file, env: empty});
	t.like(config.api, {host: '127.0.0.1', port: 8000});
	t.is(config.service.dataDir, join(file, '../data'));
	t.is(config.recordings, '/rec');
	t.is(config.service.timeZone, 'Asia/Tokyo');
	t.is(readConfig({file, env: {...empty, KADEN_PORT: '8001', KADEN_DATA: '/elsewhere'}}).api.port, 8001);
	const given = readConfig({file, env: {...empty, KADEN_PORT: '8001', KADEN_DATA: '/elsewhere'}, port: 8002, dataDir: '/given'});
	t.is(given.api.port, 8002);
	t.is(given.service.dataDir, '/given');
	t.is(readConfig({env: {...empty, KADEN_CONFIG: file}}).api.port, 8000);
	t.is(readConfig({dataDir: join(file, '..'), env: empty}).api.port, 8000);
	t.is(readConfig({file, over: {api: {port: 9}}, env: empty}).api.port, 9);
});

test('a wrong value is named with its line, and with what is allowed; all of them at once', t => {
	t.deepEqual(
		refused(
			t,
			`api:
  port: 70000
service: {lang: fr, timeZone: Tokyo}
media:
  rtpPorts: {min: 20000, max: 20002}
trunks:
  - name: a b
    host: x
  - {host: 3}
signalling: {kind: drachtioo}
limits:
  abandonAfterMs: 2s
lab: 3
`,
		).sort(),
		[
			'kaden.yaml:10: signalling.kind is "drachtioo": must be one of embedded, drachtio',
			'kaden.yaml:12: limits.abandonAfterMs is "2s": must be a whole number from 0 to 60000',
			'kaden.yaml:13: lab is 3: must be null, or host, port, seed, trunk, callsInEveryS and firstCallInS',
			'kaden.yaml:2: api.port is 70000: must be a whole number from 0 to 65535',
			'kaden.yaml:3: service.lang is "fr": must be one of ja, en',
			'kaden.yaml:3: service.timeZone is "Tokyo": must be the name of a time zone, such as Asia/Tokyo',
			'kaden.yaml:5: media.rtpPorts is {"min":20000,"max":20002}: must be a range: max at least 19 above min (ten call legs)',
			'kaden.yaml:7: trunks[0].name is "a b": must be at most 40 letters, digits, - and _',
			'kaden.yaml:9: trunks[1].host is 3: must be text',
			'kaden.yaml:9: trunks[1].name is missing',
		],
	);
});

test('a key that does not exist is named, with the one that was probably meant', t => {
	t.deepEqual(
		refused(t, 'aip: {port: 1}\napi:\n  prot: 3\ntrunks:\n  - {name: a, host: b, user: c}\nzzz: 1\nlimits: {constructor: 1}\n').map(line =>
			line.replace(/Known.*/, '…'),
		),
		[
			'kaden.yaml:1: aip: no such key; did you mean api? …',
			'kaden.yaml:3: api.prot: no such key; did you mean port? …',
			'kaden.yaml:5: trunks[0].user: no such key. …',
			'kaden.yaml:6: zzz: no such key. …',
			'kaden.yaml:7: limits.constructor: no such key. …',
		],
	);
	t.regex(refused(t, 'api: {prot: 3}')[0] ?? '', /Known here: host, port, tls$/);
	t.is(nearest('tranks', ['trunks', 'realm']), 'trunks');
	t.is(nearest('raelm', ['trunks', 'realm']), 'realm');
	t.is(nearest('quite else', ['trunks', 'realm']), undefined);
});

test('a file that is no YAML, no keys, or not there', t => {
	t.regex(refused(t, 'api:\n  port: [1\nrealm: x\n')[0] ?? '', /^kaden\.yaml:\d+: /);
	t.regex(refused(t, 'api: {port: 1}\napi: {port: 2}\n')[0] ?? '', /^kaden\.yaml:2: .*unique/);
	t.deepEqual(refused(t, '- a\n- b\n'), ['kaden.yaml: must be keys with values']);
	t.deepEqual(t.throws(() => readConfig({file: '/nowhere/kaden.yaml', env: empty}))?.message, '/nowhere/kaden.yaml: there is no such file');
	t.deepEqual(refused(t, '', {env: {...empty, KADEN_PORT: 'many'}}), [
		'KADEN_PORT: api.port is "many": must be a whole number from 0 to 65535',
	]);
});

test('another kind replaces the whole group', t => {
	const file = write(t, 'signalling: {kind: drachtio, servers: [{host: 10.0.0.1, secretFile: secret}]}\n', {secret: 'cymru\n'});
	t.deepEqual(readConfig({file, env: empty}).signalling, {
		kind: 'drachtio',
		servers: [{host: '10.0.0.1', port: 9022, secret: 'cymru', weight: 1}],
	});
	const half = write(t, 'signalling: {udp: null}\n');
	const {signalling} = readConfig({file: half, env: empty});
	t.true(signalling.kind === 'embedded' && signalling.udp === null && signalling.tcp?.port === 5060);
	t.deepEqual(refused(t, 'signalling: {udp: null, tcp: null}\n'), ['kaden.yaml:1: signalling needs udp, tcp or tls, or several of them']);
});

test('carriers over TLS: an authority, a fingerprint or both; two trunks to one host must prove the same', t => {
	const pem = readFileSync(shipped('test/support/localhost.pem'), 'utf8');
	const own = {'own.pem': pem, 'ca.pem': pem};
	const trunk = (name: string, host: string, tls: string) =>
		`  - {name: ${name}, host: ${host}, transport: tls${tls && `, tls: ${tls}`}}\n`;
	const settings = (...trunks: string[]) =>
		`signalling: {tls: {host: 127.0.0.1, port: 0, certFile: own.pem, keyFile: own.pem}}\ntrunks:\n${trunks.join('')}`;
	const print = `fingerprint: "${new X509Certificate(pem).fingerprint256}"`;
	const good = settings(
		trunk('a', 'sip.test', `{caFile: ca.pem, ${print}}`),
		trunk('b', 'SIP.test', `{caFile: ca.pem, ${print}}`),
		trunk('c', 'c.test', ''),
	);
	const {signalling} = readConfig({file: write(t, good, own), env: empty});
	t.deepEqual(signalling.kind === 'embedded' && signalling.peers.map(({host, ca, fingerprint}) => [host, !!ca, !!fingerprint]), [
		['sip.test', true, true],
		['sip.test', true, true],
		['c.test', false, false],
	]);
	const two = settings(trunk('a', 'sip.test', '{caFile: ca.pem}'), trunk('b', 'SIP.test', ''));
	t.regex(refused(t, two, {}, own)[0] ?? '', /trunks\[1\]\.tls.*another proof.*sip\.test/);
});

test('FreeSWITCHes: a list, each with its secret', t => {
	const servers =
		'media:\n  kind: freeswitch\n  servers:\n    - {host: 10.0.0.1, secretFile: fs}\n    - {host: 10.0.0.2, port: 8022, secretEnv: FS2, weight: 3}\n';
	const config = readConfig({file: write(t, servers, {fs: 'one\n'}), env: {...empty, FS2: 'two'}});
	t.deepEqual(config.media, {
		kind: 'freeswitch',
		servers: [
			{host: '10.0.0.1', port: 8021, weight: 1, secret: 'one'},
			{host: '10.0.0.2', port: 8022, weight: 3, secret: 'two'},
		],
	});
	t.false(JSON.stringify(redacted(config)).includes('two'));
	t.deepEqual(refused(t, 'media: {kind: freeswitch, servers: []}\n'), [
		'kaden.yaml:1: media.servers is []: must be a list of at least one server',
	]);
	t.deepEqual(refused(t, 'media:\n  kind: freeswitch\n  servers:\n    - {host: a, secret: s}\n    - {host: a, sip: nowhere}\n').length, 1);
	t.deepEqual(refused(t, 'media:\n  kind: freeswitch\n  servers:\n    - {host: a, secret: s}\n    - {host: a}\n'), [
		'kaden.yaml:5: media.servers[1] needs one of secret, secretFile, secretEnv',
		'kaden.yaml:5: media.servers[1] is a:8021: it is in the list twice',
	]);
	// It would say so only when the first call is to be recorded.
	t.deepEqual(refused(t, 'recordings: "/srv/a,b"\nmedia: {kind: freeswitch, servers: [{host: a, secret: s}]}\n'), [
		'kaden.yaml:1: recordings is /srv/a,b: FreeSWITCH cannot take a path with quotes, braces, brackets, commas, semicolons or $',
	]);
	t.is(readConfig({file: write(t, 'recordings: "/srv/a,b"\n'), env: empty}).recordings, '/srv/a,b');
});

test('secrets come from a file, a variable or the text, and are never shown', t => {
	const trunks = `trunks:
  - {name: a, host: h, username: u, passwordFile: a.secret, register: {}}
  - {name: b, host: h, username: u, passwordEnv: B_SECRET}
  - {name: c, host: h, username: u, password: in-text}
directDial: {trunk: b, callerNumber: "0312345678", ringMs: 30000}
`;
	const file = write(t, trunks, {'a.secret': 'from-file\n'});
	const config = readConfig({file, env: {...empty, B_SECRET: 'from-env'}});
	t.deepEqual(
		config.trunks.map(({password}) => password),
		['from-file', 'from-env', 'in-text'],
	);
	t.deepEqual(config.trunks[0], {
		name: 'a',
		host: 'h',
		port: 5060,
		transport: 'udp',
		username: 'u',
		register: {expiresS: 3600},
		optionsMs: 30_000,
		callsMax: 30,
		callsPerSecondMax: 10,
		callsOutMax: null,
		callsInMax: null,
		callsPerDayMax: null,
		password: 'from-file',
	});
	const shown = JSON.stringify(redacted(config));
	for (const secret of ['from-file', 'from-env', 'in-text']) t.false(shown.includes(secret));
	t.is(config.trunks[2]?.password, 'in-text');

	t.deepEqual(refused(t, trunks).length, 2);
	t.true(refused(t, trunks)[0]?.startsWith('kaden.yaml:2: trunks[0].passwordFile is /'));
	t.is(refused(t, trunks)[1], 'kaden.yaml:3: trunks[1].passwordEnv is B_SECRET: this environment variable is not set');
	const hidden = refused(t, 'trunks:\n  - {name: a, host: h, password: [very-secret]}\n');
	t.deepEqual(hidden, ['kaden.yaml:2: trunks[0].password is (hidden): must be text']);
	t.false(refused(t, 'trunks: {password: very-secret}\n').join().includes('very-secret'));
	t.deepEqual(refused(t, 'trunks:\n  - {name: a, host: h, password: x, passwordEnv: y}\n'), [
		'kaden.yaml:2: trunks[0] has more than one of password, passwordFile, passwordEnv',
	]);
	t.deepEqual(refused(t, 'trunks:\n  - {name: a, host: h, register: {}}\n'), [
		'kaden.yaml:2: trunks[0] has register: needs username and a password',
	]);
	t.deepEqual(refused(t, 'signalling: {kind: drachtio, servers: [{host: h, port: 1}, {host: h, port: 1, secret: s, weight: 0}]}\n'), [
		'kaden.yaml:1: signalling.servers[0] needs one of secret, secretFile, secretEnv',
		'kaden.yaml:1: signalling.servers[1] is h:1: it is in the list twice',
	]);
	t.deepEqual(refused(t, 'signalling: {kind: drachtio, servers: [{host: h, secret: s, weight: 0}]}\n'), [
		'kaden.yaml:1: signalling.servers has weight 0 everywhere: no call could go out',
	]);
});

test('names that must be different, and names that must exist', t => {
	t.deepEqual(refused(t, 'trunks:\n  - {name: a, host: h}\n  - {name: a, host: i}\n'), [
		'kaden.yaml:3: trunks[1].name is "a": another trunk has this name',
	]);
	t.deepEqual(refused(t, 'trunks: [{name: a, host: h}]\ndirectDial: {trunk: b, callerNumber: "1", ringMs: 1000}\n'), [
		'kaden.yaml:2: directDial.trunk is "b": must be one of the trunks (a)',
	]);
	t.deepEqual(refused(t, 'directDial: {trunk: b, callerNumber: 0312345678, ringMs: 1000}\n'), [
		'kaden.yaml:1: directDial.callerNumber is 312345678: must be digits (in quotes, or YAML takes a leading 0 away)',
	]);
});

test('mail: a server, addresses, a password that only goes out encrypted', t => {
	const to = 'voicemailTo: [{mailbox: "8001", to: [desk@example.jp]}]';
	const good = `mail: {host: smtp.example.jp, user: kaden, passwordFile: p, from: kaden@example.jp, ${to}}\n`;
	const config = readConfig({file: write(t, good, {p: 'very-secret\n'}), env: empty});
	t.like(config.mail, {host: 'smtp.example.jp', port: 587, tls: 'starttls', password: 'very-secret'});
	t.false(JSON.stringify(redacted(config)).includes('very-secret'));
	const bad = (keys: string) => refused(t, `mail: {host: h, ${keys}, ${to}}\n`).join('\n');
	t.regex(bad('from: nobody'), /mail\.from is "nobody": must be a mail address/);
	t.regex(bad('from: a@b, user: u'), /mail needs user and a password together/);
	t.regex(bad('from: a@b, user: u, password: very-secret, tls: none'), /mail\.tls is none: with a password/);
	t.regex(bad('from: a@b, caFile: nowhere.pem'), /mail\.caFile is .*nowhere\.pem: it cannot be read \(ENOENT\)/);
	t.regex(refused(t, 'mail: {host: h, from: a@b, voicemailTo: [{mailbox: "8001", to: []}]}\n').join(), /voicemailTo\[0\]\.to/);
});
