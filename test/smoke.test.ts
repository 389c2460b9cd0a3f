import test from 'ava';
import {execa} from 'execa';
import {shipped} from '../src/paths.js';

test('the bundle answers --help', async t => {
	const {stdout} = await execa(process.execPath, [shipped('dist/kaden.mjs'), '--help']);
	t.regex(stdout, /--help/);
});
