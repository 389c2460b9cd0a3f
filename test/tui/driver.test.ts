import {createRequire} from 'node:module';
import test, {type ExecutionContext} from 'ava';
import {shipped} from '../../src/paths.js';
import {Driver} from '../../src/tui/tty/driver.js';
import type {KeyEvent} from '../../src/tui/tty/keys.js';
import {eventually, within} from '../support/limit.js';
import {FakeTimers, FakeTty, feed, makeXterm, rowCells, screenText} from './support/terminal.js';

function started(tty: FakeTty, more: Partial<ConstructorParameters<typeof Driver>[0]> = {}) {
	const timers = new FakeTimers();
	const driver = new Driver({stdin: tty.stdin, stdout: tty.stdout, timers, ownsProcess: false, ...more});
	driver.start();
	return {driver, timers};
}

test('takes the terminal and gives it back', t => {
	const tty = new FakeTty();
	const {driver} = started(tty);
	const taken = tty.written.join('');
	for (const mode of ['\x1b[?1049h', '\x1b[?2004h', '\x1b[?25l']) t.true(taken.includes(mode));
	tty.type('\x1b[?0u\x1b[?62c');
	t.true(tty.written.join('').includes('\x1b[>1u'), 'a terminal that knows the kitty protocol is asked to use it');
	driver.stop();
	driver.stop();
	const all = tty.written.join('');
	for (const mode of ['\x1b[?1049l', '\x1b[?2004l', '\x1b[?25h', '\x1b[<u']) t.is(all.split(mode).length, 2, JSON.stringify(mode));
	t.deepEqual(tty.rawModes, [true, false]);
	tty.type('x');
	t.is(tty.stdin.listenerCount('data'), 0);
});

test('keys typed before anybody reads them are kept, in order', t => {
	const tty = new FakeTty();
	const {driver} = started(tty);
	tty.type('sato');
	tty.type('\t');
	const seen: KeyEvent[] = [];
	driver.onKeys(events => seen.push(...events));
	tty.type('pw\r');
	t.deepEqual(
		seen.map(event => (event.type === 'text' ? event.text : event.type === 'key' ? event.name : event.type)),
		['sato', 'tab', 'pw', 'enter'],
	);
});

test('a frame and a clock reach the terminal', async t => {
	const tty = new FakeTty();
	const {driver} = started(tty);
	let clock = '0:01';
	driver.paint(screen => screen.paint(70, 0, clock, 6));
	driver.show('架電  受付中\n山田 花子');
	t.deepEqual((await tty.shown()).slice(0, 2), [`架電  受付中${' '.repeat(58)}0:01`, '山田 花子']);
	const before = tty.written.length;
	clock = '0:02';
	driver.repaint();
	t.is(tty.written.length, before + 1);
	t.true(tty.written.at(-1)!.length < 60);
	await driver.idle();
});

test('a slow line gets the latest state, not every state', async t => {
	const tty = new FakeTty();
	const {driver} = started(tty);
	tty.accepts = false;
	driver.show('one');
	const written = tty.written.length;
	driver.show('two');
	driver.show('three');
	t.is(tty.written.length, written);
	tty.accepts = true;
	tty.stdout.emit('drain');
	t.is(tty.written.length, written + 1);
	t.is((await tty.shown())[0], 'three');
});

test('a terminal too small says so, and comes back', async t => {
	const tty = new FakeTty(80, 24);
	const {driver} = started(tty, {sizeMin: {columns: 80, rows: 24}, tooSmall: size => [`too small: ${size.columns}x${size.rows}`]});
	driver.onResize(size => driver.show(`frame for ${size.columns}`));
	driver.show('frame for 80');
	tty.resize(60, 20);
	t.is((await tty.shown())[0], 'too small: 60x20');
	tty.resize(100, 30);
	t.is((await tty.shown())[0], 'frame for 100');
});

test('a terminal that draws ambiguous characters wide is found out', async t => {
	const tty = new FakeTty();
	const {driver} = started(tty, {ambiguous: 'measure'});
	driver.show('●  ready');
	t.is(driver.screen.cell(3, 0).grapheme, 'r');
	tty.type('\x1b[1;3R');
	t.is(driver.screen.cell(1, 0).grapheme, '');
	t.is(driver.screen.cell(3, 0).grapheme, 'r');
	t.is(driver.screen.rowText(0).trimEnd(), '● ready');
});

test('a terminal that does not draw full-width characters is told of; one that never answers is not waited for', t => {
	const tty = new FakeTty();
	let odd = 0;
	const seen: KeyEvent[] = [];
	const {driver, timers} = started(tty, {ambiguous: 'measure', onOddWidth: () => odd++});
	driver.onKeys(events => seen.push(...events));
	tty.type('\x1b[1;2R\x1b[1;2R');
	t.is(odd, 1);
	tty.type('\x1b[1;2R');
	t.deepEqual(
		seen.map(event => event.type === 'key' && [event.name, event.shift]),
		[['f3', true]],
		'later it is Shift+F3',
	);
	const silent = new FakeTty();
	const late: KeyEvent[] = [];
	const other = started(silent, {ambiguous: 'measure', onOddWidth: () => odd++});
	other.driver.onKeys(events => late.push(...events));
	other.timers.advance(1000);
	silent.type('\x1b[1;2R');
	t.is(late.length, 1, 'nobody answered: it is the key');
	t.is(odd, 1);
	t.is(timers.pending, 1);
});

test('a closed terminal ends the session', t => {
	const tty = new FakeTty();
	const reasons: string[] = [];
	started(tty, {onEnd: reason => reasons.push(reason.kind)});
	tty.stdin.emit('end');
	t.deepEqual(reasons, ['hangup']);
});

/** node-pty, or a passed test that says it is missing. */
function nodePty(t: ExecutionContext): typeof import('node-pty') | undefined {
	try {
		return createRequire(import.meta.url)('node-pty') as typeof import('node-pty');
	} catch {
		t.log('node-pty is not installed: the pseudo-terminal half is skipped');
		t.pass();
		return undefined;
	}
}

const ways: Array<[way: string, code: number]> = [
	['exit', 0],
	['throw', 1],
	['reject', 1],
	['SIGTERM', 129],
	['SIGHUP', 129],
];

test('a real terminal is restored on every way out', async t => {
	const pty = nodePty(t);
	if (!pty) return;
	for (const [way, code] of ways) {
		const terminal = makeXterm(80, 24);
		const child = pty.spawn(process.execPath, [shipped('build/test/tui/support/pty-child.js'), way], {
			cols: 80,
			rows: 24,
			name: 'xterm-256color',
		});
		let output = '';
		let pressed = false;
		child.onData(data => {
			output += data;
			if (pressed || !output.includes('ready')) return;
			pressed = true;
			child.write('g');
		});
		const exit = await within(
			`the end by ${way}`,
			new Promise<{exitCode: number; signal?: number | undefined}>(resolve => child.onExit(resolve)),
		);
		await feed(terminal, output);
		t.is(exit.exitCode, code, way);
		t.is(terminal.buffer.active.type, 'normal', `${way}: back from the alternate screen`);
		t.true(output.lastIndexOf('\x1b[?25h') > output.lastIndexOf('\x1b[?25l'), `${way}: cursor shown`);
		t.true(output.includes('\x1b[?2004l'), `${way}: bracketed paste off`);
		if (way === 'throw') t.true(screenText(terminal).join('\n').includes('on purpose'), 'the error is readable after the screen is gone');
	}
});

test('the agent console on a real pseudo-terminal: typed ahead, in a call, and ended by a signal', async t => {
	const pty = nodePty(t);
	if (!pty) return;
	const terminal = makeXterm(80, 24);
	const child = pty.spawn(process.execPath, [shipped('build/test/tui/support/try.js'), 'ja', '1'], {
		cols: 80,
		rows: 24,
		name: 'xterm-256color',
	});
	let check: () => void = () => {};
	child.onData(data => terminal.write(data, () => check()));
	terminal.onData(reply => child.write(reply));
	const ended = new Promise<number>(resolve => child.onExit(({exitCode}) => resolve(exitCode)));
	const until = (text: string | RegExp): Promise<void> =>
		within(
			String(text),
			new Promise(resolve => {
				check = () => screenText(terminal).some(row => (typeof text === 'string' ? row.includes(text) : text.test(row))) && resolve();
				check();
			}),
		);
	await until('ログインID');
	child.write('op001\rKaden-2026\r201\r');
	await until('一次架電');
	child.write('\x1bOQ\x1b[24~');
	await until('通話はありません');
	child.write('\x1bOQ');
	await until('通話中（発信）');
	child.write('1\t3\t1\t\t\t𠮷田さん');
	await until('𠮷田さん');
	// What is written in one go may come in pieces, the place of the cursor last.
	await eventually('the real cursor behind the last letter', () => {
		const y = screenText(terminal).findIndex(row => row.includes('𠮷田さん'));
		const x = y < 0 ? -1 : rowCells(terminal, y).lastIndexOf('ん') + 2;
		return terminal.buffer.active.cursorX === x && terminal.buffer.active.cursorY === y;
	});
	t.is(terminal.buffer.active.type, 'alternate');
	// By then Ink is loaded, which listens to signals too.
	await until(/通話 \d:(?!00)/);
	process.kill(child.pid, 'SIGTERM');
	t.is(await within('the end', ended), 143);
	await feed(terminal, '');
	t.is(terminal.buffer.active.type, 'normal');
});

test('a stopped program gives the terminal back meanwhile, and draws itself anew when it goes on', async t => {
	const pty = nodePty(t);
	if (!pty) return;
	const terminal = makeXterm(80, 24);
	const child = pty.spawn(process.execPath, [shipped('build/test/tui/support/pty-child.js'), 'SIGTERM'], {
		cols: 80,
		rows: 24,
		name: 'xterm-256color',
	});
	let check: () => void = () => {};
	child.onData(data => terminal.write(data, () => check()));
	const ended = new Promise<number>(resolve => child.onExit(({exitCode}) => resolve(exitCode)));
	const until = (what: string, holds: () => boolean): Promise<void> =>
		within(
			what,
			new Promise(resolve => {
				check = () => holds() && resolve();
				check();
			}),
		);
	const isUp = (): boolean => terminal.buffer.active.type === 'alternate' && screenText(terminal)[0] === 'ready';
	await until('the program to be up', isUp);
	process.kill(child.pid, 'SIGTSTP');
	await until('the terminal to be given back', () => terminal.buffer.active.type === 'normal');
	// Told again until it is up: what is told before the program has come to a stop is lost.
	await eventually('the program to go on', () => {
		process.kill(child.pid, 'SIGCONT');
		return isUp();
	});
	child.write('g');
	t.is(await within('the program to end', ended), 129);
	await feed(terminal, '');
	t.is(terminal.buffer.active.type, 'normal');
});
