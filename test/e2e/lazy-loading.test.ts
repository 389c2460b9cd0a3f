import test from 'ava';
import {execa} from 'execa';
import {shipped} from '../../src/paths.js';

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
