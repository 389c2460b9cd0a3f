import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync, statSync} from 'node:fs';
import {dirname} from 'node:path';
import test from 'ava';
import {shipped} from '../../src/paths.js';
import {DataDirBusy, lockDataDir} from '../../src/server/store/lock.js';
import {freshPath} from './fixture.js';

test('a data folder belongs to one at a time', t => {
	const folder = dirname(freshPath(t));
	const lock = lockDataDir(folder);
	t.is(statSync(folder).mode & 0o777, 0o700);
	const error = t.throws(() => lockDataDir(folder), {instanceOf: DataDirBusy});
	t.is(error?.pid, process.pid);
	t.true(error?.message.includes(folder));
	lock.release();
	lock.release();
	t.deepEqual(readdirSync(folder), ['kaden.lock']);
	lockDataDir(folder).release();
});

test('the lock of a killed process is gone with it', async t => {
	const folder = dirname(freshPath(t));
	const child = spawn(process.execPath, [shipped('build/test/store/lock-child.js'), folder], {stdio: ['ignore', 'pipe', 'inherit']});
	t.teardown(() => child.kill('SIGKILL'));
	await once(child.stdout, 'data');
	t.is(t.throws(() => lockDataDir(folder), {instanceOf: DataDirBusy})?.pid, child.pid);
	child.kill('SIGKILL');
	await once(child, 'exit');
	const lock = lockDataDir(folder);
	t.pass();
	lock.release();
});
