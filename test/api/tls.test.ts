import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {whereabouts} from '../../src/data-folder.js';
import {Client} from '../../src/server/api/client.js';
import {pinned, unpinned} from '../../src/server/api/pin.js';
import {startApi} from '../../src/server/api/server.js';
import {readCertificate} from '../../src/server/certificate.js';
import {readConfig} from '../../src/server/config.js';
import {eventually} from '../support/limit.js';
import {openOffice} from '../support/office.js';
import {testFolder} from '../support/service-process.js';
import {hasProgram} from '../support/sip-peers.js';
import {SmallGate} from '../support/small-gate.js';

/** A certificate that signs itself, in `folder`. */
async function certify(folder: string, name: string) {
	const files = {certFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}-key.pem`)};
	const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30', '-subj', `/CN=${name}`];
	await execa('openssl', ['req', ...made, '-keyout', files.keyFile, '-out', files.certFile]);
	return files;
}

function without(t: ExecutionContext): boolean {
	if (hasProgram('openssl')) return false;
	t.log('skipped: openssl is not installed');
	return true;
}

test('the service speaks over TLS: its own commands trust its certificate by fingerprint, strangers must not', async t => {
	if (without(t)) return;
	t.timeout(180_000);
	const folder = await testFolder(t);
	const {certFile, keyFile} = await certify(folder, 'one');
	const tls = `  tls: {certFile: ${JSON.stringify(certFile)}, keyFile: ${JSON.stringify(keyFile)}}`;
	const office = await openOffice(t, {}, ['api:', '  host: 127.0.0.1', '  port: 0', tls].join('\n'));
	const {address, fingerprint} = unpinned(whereabouts(office.folder)!.url);
	t.regex(address, /^wss:\/\/127\.0\.0\.1:\d+$/);
	t.is(fingerprint, readCertificate({certFile, keyFile}).fingerprint);
	t.is(office.client.line, 'online');
	const stranger = new Client({url: address, retryMs: 20});
	t.teardown(() => stranger.close());
	stranger.connect();
	await t.throwsAsync(stranger.online(1_500), {name: 'Unanswered'}, 'no authority has signed it');
});

test('another certificate than the one named is refused before anything is said; a renewed one is taken without a restart', async t => {
	if (without(t)) return;
	t.timeout(180_000);
	const folder = await testFolder(t);
	const one = await certify(folder, 'one');
	const two = await certify(folder, 'two');
	const used: string[] = [];
	const logged: string[] = [];
	const api = await startApi({
		host: '127.0.0.1',
		port: 0,
		tls: one,
		onCertificate: fingerprint => used.push(fingerprint),
		gate: await SmallGate.with(),
		nowMs: () => 0,
		limits: {pingMs: 400},
		log: (_level, event) => void logged.push(event),
	});
	t.teardown(() => api.close());
	const address = `wss://127.0.0.1:${api.port}`;
	const connect = (fingerprint: string) => {
		const client = new Client({url: pinned(address, fingerprint), retryMs: 20, retryMsMax: 50});
		t.teardown(() => client.close());
		client.connect();
		return client;
	};
	const prints = [readCertificate(one).fingerprint, readCertificate(two).fingerprint];
	await connect(prints[0]!).online();
	const other = connect(prints[1]!);
	await t.throwsAsync(other.online(500), {name: 'Unanswered'});
	t.is(other.welcome, undefined);
	// A key that does not fit is not taken; the old certificate stays.
	await writeFile(one.certFile, await readFile(two.certFile));
	await eventually('the half-written certificate to be noticed', () => logged.includes('api.certificateNotTaken'));
	await connect(prints[0]!).online();
	await writeFile(one.keyFile, await readFile(two.keyFile));
	await other.online();
	t.deepEqual(used, prints);
});

test('a certificate that cannot be used is said at the start, with the key of the configuration', async t => {
	if (without(t)) return;
	const folder = await testFolder(t);
	const one = await certify(folder, 'one');
	const two = await certify(folder, 'two');
	const read = (certFile: string, keyFile: string) => () => readConfig({dataDir: folder, over: {api: {tls: {certFile, keyFile}}}, env: {}});
	t.is(read(one.certFile, one.keyFile)().api.tls?.certFile, one.certFile);
	t.throws(read(one.certFile, two.keyFile), {name: 'ConfigError', message: /api\.tls.*one\.pem with .*two-key\.pem/});
	t.throws(read(join(folder, 'none.pem'), one.keyFile), {name: 'ConfigError', message: /api\.tls.*none\.pem: ENOENT/});
});
