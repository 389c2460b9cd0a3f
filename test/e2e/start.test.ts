import {readdirSync} from 'node:fs';
import test from 'ava';
import {execa} from 'execa';
import {shipped} from '../../src/paths.js';
import {look, testFolder} from '../support/service-process.js';

test('kaden start without a terminal works the sample campaign from the one-file bundle and exits 0', async t => {
	t.timeout(120_000);
	const folder = await testFolder(t);
	const {stdout} = await execa(process.execPath, [shipped('dist/kaden.mjs'), 'start', '--data', folder, '--seconds', '10', '--json'], {
		stdin: 'ignore',
		timeout: 100_000,
	});
	const lines = stdout
		.split('\n')
		.map(line => JSON.parse(line) as {summary?: {saved: number; calls: number}; number?: string; outcome?: string});
	const summary = lines.at(-1)!.summary!;
	const calls = lines.slice(0, -1);
	t.true(summary.saved >= 1, stdout);
	t.is(calls.length, summary.calls);
	for (const call of calls) t.regex(call.number!, /^\d{3}\*+\d{2}$/, 'no whole number is printed');
	look(folder, reader => {
		const events = reader.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, limit: 10_000});
		const saved = events.filter(({kind}) => kind === 'record.saved');
		t.is(saved.length, summary.saved);
		for (const {callId} of saved) {
			const trail = events.filter(event => event.callId === callId).map(({kind}) => kind);
			for (const kind of ['call.dialled', 'call.ringing', 'call.answered', 'call.joined', 'call.ended']) t.true(trail.includes(kind), kind);
			t.is(reader.call(callId!)?.outcome, 'talked');
		}
		t.deepEqual(reader.openCalls(), []);
		t.is(reader.sessions().length, 1, 'a session outlives the service');
	});
	t.false(readdirSync(folder).includes('service.json'), 'a service that has stopped is nowhere');
});

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
