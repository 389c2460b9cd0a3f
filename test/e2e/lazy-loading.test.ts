import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {whereabouts} from '../../src/data-folder.js';
import {shipped} from '../../src/paths.js';
import {eventually} from '../support/limit.js';
import {testFolder} from '../support/service-process.js';

/** Prints the address of each module that is loaded. */
const telltale = (hook: string): string =>
	`data:text/javascript,import {register} from "node:module"; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});`;
const loads = telltale('export async function load(url, context, next) { process._rawDebug(url); return next(url, context); }');

test('commands that draw nothing load neither React nor the service', async t => {
	for (const args of [['--help'], ['version'], ['status'], ['completion']]) {
		const {stderr} = await execa(process.execPath, ['--import', loads, shipped('build/src/main.js'), ...args], {
			reject: false,
			env: {HOME: '/nonexistent', KADEN_DATA: '/nonexistent'},
		});
		t.true(stderr.includes('build/src/cli/cli.js'), args.join());
		for (const heavy of [
			'/node_modules/react/',
			'/node_modules/ink/',
			'/build/src/server/serve.js',
			'/node_modules/better-sqlite3/',
			'/node_modules/drachtio-srf/',
		]) {
			t.false(stderr.includes(heavy), `kaden ${args.join(' ')} loads ${heavy}`);
		}
	}
});

test('the service starts with neither drachtio-server nor FreeSWITCH there, and loads only the media that is configured', async t => {
	const folder = await testFolder(t);
	writeFileSync(
		join(folder, 'kaden.yaml'),
		'api: {host: 127.0.0.1, port: 0}\nsignalling: {kind: embedded, udp: {host: 127.0.0.1, port: 0}, tcp: null}\n',
	);
	const service = execa(process.execPath, ['--import', loads, shipped('build/src/main.js'), 'serve', '--data', folder], {reject: false});
	t.teardown(() => service.kill('SIGKILL'));
	await eventually('the service', () => whereabouts(folder));
	service.kill('SIGTERM');
	const {stderr, exitCode} = await service;
	t.is(exitCode, 0);
	t.true(stderr.includes('/build/src/sip/media/embedded/server.js'));
	t.false(stderr.includes('/build/src/sip/media/freeswitch/'));
	t.false(stderr.includes('/build/src/sip/application/media-caller.js'));
	t.false(stderr.includes('/build/src/sip/lab/'));
});
