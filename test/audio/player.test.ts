import {chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {Player, type Source} from '../../src/audio/player.js';
import {findProgram} from '../../src/audio/programs.js';
import {readWav} from '../../src/audio/wav.js';
import {wav} from '../recordings/fixture.js';
import {eventually, within} from '../support/limit.js';

/** A folder for the search path with one program of ours in it that stands where `aplay` would be. */
function machine(t: ExecutionContext, script: string): {path: string; heard: string} {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-player-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	const heard = join(folder, 'heard');
	writeFileSync(join(folder, 'aplay'), `#!/bin/sh\n${script.replaceAll('HEARD', heard)}\n`);
	chmodSync(join(folder, 'aplay'), 0o755);
	return {path: folder, heard};
}

const sourceOf = (file: Buffer, asked: number[] = []): Source => ({
	bytes: file.length,
	read: async offset => {
		asked.push(offset);
		return file.subarray(offset, offset + 50_000);
	},
});

test('the whole sound goes to the program, without its header, piece by piece', async t => {
	const {path, heard} = machine(t, 'cat > HEARD');
	const file = wav(10_000);
	const asked: number[] = [];
	const player = new Player(sourceOf(file, asked), findProgram(path)!);
	await within('the end', player.done);
	t.is(player.view.state, 'ended');
	t.is(player.view.durationMs, 10_000);
	t.deepEqual(readFileSync(heard), file.subarray(44));
	t.deepEqual(asked, [0, 50_000, 100_000, 150_000, 200_000, 250_000, 300_000]);
});

test('a pause ends the program, going on begins where it was, and a jump goes to its place', async t => {
	const {path, heard} = machine(t, 'echo begun >> HEARD.runs; dd bs=400 count=1 of=HEARD 2>/dev/null; while :; do sleep 1; done');
	const file = wav(60_000);
	let ms = 0;
	const player = new Player(sourceOf(file), findProgram(path)!, undefined, () => ms);
	const runs = (count: number) =>
		eventually(`${count} programs`, () => readFileSync(`${heard}.runs`, {encoding: 'utf8', flag: 'a+'}).split('\n').length - 1 >= count);
	const first = (fromMs: number) =>
		eventually('the first sound', () => readFileSync(heard, {flag: 'a+'}).equals(file.subarray(44 + fromMs * 32, 44 + fromMs * 32 + 400)));
	await runs(1);
	await first(0);
	ms = 5_000;
	t.is(player.view.positionMs, 5_000);
	player.toggle();
	ms = 9_000;
	t.like(player.view, {state: 'paused', positionMs: 5_000});
	player.jump(10_000);
	t.like(player.view, {state: 'paused', positionMs: 15_000});
	player.toggle();
	await runs(2);
	await first(15_000);
	ms = 10_000;
	t.is(player.view.positionMs, 16_000);
	player.jump(-10_000);
	await runs(3);
	await first(6_000);
	player.jump(-10_000);
	t.is(player.view.positionMs, 0);
	player.jump(100_000);
	t.is(player.view.positionMs, 60_000);
	player.stop();
	await within('the end', player.done);
	t.is(player.view.state, 'ended');
});

test('a program that cannot play says so, and so does a sound that is none', async t => {
	const {path} = machine(t, 'echo "no device" >&2; exit 1');
	const player = new Player(sourceOf(wav(2_000)), findProgram(path)!);
	await within('the end', player.done);
	t.like(player.view, {state: 'failed', reason: 'no device'});
	const none = new Player(sourceOf(Buffer.from('this is no sound at all')), findProgram(path)!);
	await within('the end', none.done);
	t.like(none.view, {state: 'failed', reason: 'not a WAV file'});
	const gone = new Player({bytes: 1, read: () => Promise.reject(new Error('the line is offline'))}, findProgram(path)!);
	await within('the end', gone.done);
	t.like(gone.view, {state: 'failed', reason: 'the line is offline'});
});

test('without a program there is none', t => {
	t.is(findProgram(''), undefined);
	t.is(findProgram('/nowhere'), undefined);
});

test('a file whose writer was cut off is played to its end', t => {
	const file = wav(1_000);
	file.writeUInt32LE(0, 40);
	t.deepEqual(readWav(file, file.length), {rateHz: 8000, channels: 2, block: 4, dataFrom: 44, dataBytes: 32_000});
});
