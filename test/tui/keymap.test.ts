/** Keys an operator has changed in a file: what it may say, what is told about it, and that the screen follows. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {keyFrom, keymapFile, keymapFrom} from '../../src/tui/agent/keymap.js';
import {bindings} from '../../src/tui/agent/keys.js';
import {BadKeys, readKeys} from '../../src/tui/agent/keys-file.js';
import {translator} from '../../src/tui/i18n/index.js';
import {Desk, keys} from './support/console.js';

const told = (text: string): string[] =>
	keymapFrom(text).problems.map(({line, key, args}) => `${line} ${key} ${Object.values(args).join(' ')}`);

test('keys as people write them', t => {
	const table: ReadonlyArray<readonly [string, string | null]> = [
		['F2', 'f2'],
		['Shift+F2', 'S-f2'],
		['ctrl-alt-F12', 'C-A-f12'],
		['Ctrl+R', 'C-r'],
		['^R', 'C-r'],
		['C-]', 'C-]'],
		['Ｃｔｒｌ＋Ｒ', 'C-r'],
		['Alt+h', 'A-h'],
		['Meta+1', 'A-1'],
		['Insert', 'insert'],
		['F13', null],
		['r', null],
		['Shift+R', null],
		['Enter', null],
		['Hyper+R', null],
		['Ctrl+', null],
	];
	for (const [typed, key] of table) t.is(keyFrom(typed), key, typed);
});

test('a file changes keys; what is wrong in it is named with its line, and then nothing of it counts', t => {
	const {bindings: table, problems} = keymapFrom('# mine\nready: F3, Ctrl+R   # first\nwrapUp  F2 C-p\n\nhold = Alt+J\n');
	t.deepEqual(problems, []);
	t.deepEqual(
		table.filter(({action}) => action === 'ready').map(each => each.keys),
		[
			['f3', 'C-r'],
			['f3', 'C-r'],
		],
	);
	t.deepEqual(
		table.find(({action, places}) => action === 'hold' && places.includes('menu') && places.length === 1)?.keys,
		['1'],
		'the menu stays',
	);
	t.is(keymapFrom('').bindings, bindings);
	t.regex(told('holdd: F2')[0]!, /^1 keymap.unknown holdd hold\b/);
	t.regex(told('xyzzy: F2')[0]!, /^1 keymap.unknown xyzzy help, /);
	t.deepEqual(told('\nhold: Hyper+X, Alt+K'), ['2 keymap.noKey hold Hyper+X']);
	t.deepEqual(told('hold: Ctrl+A'), ['1 keymap.taken hold Ctrl+A']);
	t.deepEqual(told('hold:'), ['1 keymap.empty hold']);
	t.deepEqual(told('hold: A-j\nhold: A-k'), ['2 keymap.twice hold 1']);
	t.regex(told('close: F2')[0]!, /keymap.fixed close/);
	t.deepEqual(told('hold: F2'), ['1 keymap.clash F2 ready hold']);
	t.is(keymapFrom('hold: F2').bindings, bindings);
	t.deepEqual(keymapFrom(keymapFile(bindings, 'ja')).problems, [], 'the table as it is written out can be read again');
});

test('the file is found, and an error in it is told in words before anything opens', t => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-keys-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	t.is(readKeys(undefined, 'ja', {XDG_CONFIG_HOME: folder}), undefined);
	const file = join(folder, 'keys');
	writeFileSync(file, 'hold: F2\nnonsense: F3\n');
	const error = t.throws(() => readKeys(undefined, 'ja', {KADEN_KEYS: file}), {instanceOf: BadKeys});
	t.is(error?.message.split('\n').length, 3);
	t.regex(error?.message ?? '', /1 行目: F2 が ready と hold の両方/);
	t.throws(() => readKeys(join(folder, 'none'), 'en', {}), {instanceOf: BadKeys});
	writeFileSync(file, 'hold: Alt+J\n');
	t.not(readKeys(file, 'en', {}), undefined);
});

test('the screen does, shows and explains the keys of the file', async t => {
	const {bindings: table} = keymapFrom('ready: F3\nwrapUp: F2\nsave: Ctrl+R, F12\ndial: Alt+D\nhold: Alt+J');
	const desk = await Desk.working({columns: 120, rows: 40, bindings: table});
	t.regex((await desk.screen())[4]! + (await desk.screen())[5]!, /F3 受付可 を押すと/);
	await desk.press(keys.f3);
	t.true((await desk.text()).includes('受付中'));
	const bar = (await desk.screen()).at(-1)!;
	t.regex(bar, /2 ?後処理 *3 ?受付可/);
	t.regex(bar, /\^R ?保存|Ctrl\+R 保存/);
	desk.service.pushCall();
	await desk.press('\x1bj');
	t.true((await desk.text()).includes('保留中'));
	await desk.press('\x1bj', '1', keys.f1);
	const help = await desk.text();
	t.regex(help, /Alt\+J +保留/);
	t.regex(help, /F3 +受付可/);
	await desk.press(keys.f1, keys.f4, '\x12');
	t.is(desk.service.requests.filter(({type}) => type === 'save').length, 1);
	const band = (await desk.screen()).at(-3)!;
	t.regex(band, /Ctrl\+R +OK.*F3 +タブを閉じる/);
	t.is(translator('ja')('pane.waitIdle').includes('F2'), true, 'nobody else’s texts are changed');
});

test('the hint at the login of a demonstration names the key that fills it in now', async t => {
	const desk = new Desk({demo: true, bindings: keymapFrom('demo: F5').bindings});
	await desk.start();
	t.regex(await desk.text(), /F5 を押すとデモ用の値/);
	await desk.press(keys.f5);
	t.regex(await desk.text(), /op001/);
});
