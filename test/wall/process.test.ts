/** The wall as the process it is, from the one-file program, on a real terminal and a real line. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {shipped} from '../../src/paths.js';
import type {Figures} from '../../src/server/api/figures.js';
import {type Api, startApi} from '../../src/server/api/server.js';
import {openConsolePty} from '../support/console-pty.js';
import {breath, eventually, within} from '../support/limit.js';
import {reservedPort} from '../support/ports.js';
import {SmallGate} from '../support/small-gate.js';
import {queue, someFigures} from './support.js';

const program = 'dist/kaden.mjs';
/** A group whose calls can be read as a number in a row. */
const withWaiting = (waiting: number): Figures =>
	someFigures({groups: [{groupId: 'g1', number: '8001', name: '𠮷野家', ...queue({waiting})}]});

async function service(t: {teardown: (run: () => unknown) => void}) {
	const gate = new SmallGate();
	let figures = withWaiting(4242);
	let hold: Array<() => void> | undefined;
	let asked = 0;
	gate.tool = async () => {
		asked++;
		const answer = figures;
		if (hold) await new Promise<void>(resolve => hold!.push(resolve));
		return answer;
	};
	const port = await reservedPort();
	let api: Api = await startApi({host: '127.0.0.1', port, gate, nowMs: () => 1});
	t.teardown(() => api.close());
	const folder = mkdtempSync(join(tmpdir(), 'kaden-wall-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	const key = join(folder, 'carried-key');
	writeFileSync(key, `${gate.wallKey}\n`);
	writeFileSync(join(folder, 'wall.yaml'), 'pages: [{rows: [{tiles: [groups]}]}]\n');
	const at = (...more: string[]) => ['wall', '--server', `ws://127.0.0.1:${port}`, '--key', key, '--lang', 'en', ...more];
	return {
		at,
		folder,
		asked: () => asked,
		say: (waiting: number) => {
			figures = withWaiting(waiting);
		},
		/** Questions lie there from now on. */
		holdBack: () => {
			hold = [];
		},
		held: () => hold?.length ?? 0,
		release: () => {
			for (const go of hold ?? []) go();
			hold = undefined;
		},
		kill: () => api.close(),
		restart: async () => {
			api = await startApi({host: '127.0.0.1', port, gate, nowMs: () => 1});
		},
	};
}

test('stopped and continued, the service killed and back: no old number is ever shown as a live one', async t => {
	t.timeout(180_000);
	const house = await service(t);
	let watching = false;
	const lies: string[] = [];
	const wall = openConsolePty(
		t,
		house.at('--layout', join(house.folder, 'wall.yaml')),
		{columns: 100, rows: 18},
		{
			program,
			onFrame: text => {
				if (watching && text.includes('4242') && text.includes('updated')) lies.push(text);
			},
		},
	);
	if (!wall) {
		t.log('left out: node-pty is not installed');
		t.pass();
		return;
	}
	await wall.shows(/8001 𠮷野家 +!!4242/);
	await wall.shows(/updated 0\.\d s ago/);
	t.notRegex(wall.text(), /Deprecat|node:/, 'nothing but the wall stands on the wall');
	// A question is on its way; the wall is stopped, and the answer lies in its buffer.
	house.holdBack();
	await eventually('a question', () => house.held() > 0);
	wall.signal('SIGSTOP');
	house.say(1111);
	house.release();
	await breath(3_300);
	watching = true;
	wall.signal('SIGCONT');
	await wall.shows(/updated 0\.\d s ago/);
	await wall.shows('!!1111');
	t.deepEqual(lies, []);
	// Killed: grey by itself, without a word from the network; and live again without a hand.
	await house.kill();
	await wall.shows(/As of \d\.\ds ago: NOT as it is now/);
	await wall.shows('The service cannot be reached');
	house.say(3);
	await house.restart();
	await wall.shows(/updated 0\.\d s ago/);
	await wall.shows('!3 ');
	wall.type('q');
	t.is(await within('the end', wall.ended), 0);
});

test('once, for people and for scripts; another key is refused, and so is a pipe without either', async t => {
	const house = await service(t);
	const run = (...more: string[]) =>
		execa(process.execPath, [shipped(program), ...house.at(...more)], {reject: false, env: {COLUMNS: '200'}});
	const [once, json, pipe] = await Promise.all([run('--once'), run('--json'), run()]);
	t.regex(once.stdout, /^2026-04-01 09:00:00$/m);
	t.regex(once.stdout, /^Waiting +4 ! +4242 !!$/m);
	t.regex(once.stdout, /^Service level today +84% ! +84% !$/m);
	t.is((JSON.parse(json.stdout) as Figures).groups[0]!.waiting, 4242);
	t.is(pipe.exitCode, 64);
	t.regex(pipe.stderr, /--once and --json/);
	writeFileSync(join(house.folder, 'carried-key'), 'another');
	const refused = await run('--json');
	t.is(refused.exitCode, 77);
	t.regex(refused.stderr, /wall-key/);
	const layout = join(house.folder, 'wall.yaml');
	writeFileSync(layout, 'pages: [{rows: [{tiles: [groupes]}]}]\n');
	const bad = await run('--layout', layout);
	t.is(bad.exitCode, 78);
	t.regex(bad.stderr, /wall\.yaml:1: pages\[0\]\.rows\[0\]\.tiles\[0\] is "groupes": must be one of waiting/);
});
