import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {stripVTControlCharacters} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {appearanceOf} from '../../src/cli/console-options.js';
import {shipped} from '../../src/paths.js';
import {bindings, keyLabel} from '../../src/tui/agent/keys.js';
import {typing} from '../../src/tui/agent/plain/typing.js';
import {frameOf} from '../../src/tui/agent/view/frame.js';
import {statusLook} from '../../src/tui/agent/view/toolbar.js';
import type {Lang} from '../../src/tui/i18n/index.js';
import {renderFrame, renderLine, span} from '../../src/tui/line.js';
import {colourTheme, contrastTheme, lightTheme, ownTheme, plainTheme} from '../../src/tui/theme.js';
import {Desk, keys} from './support/console.js';
import {PlainDesk} from './support/plain.js';
import {credentials, startMs} from './support/service.js';
import {FakeTty} from './support/terminal.js';

const sayStatus = '\x1b[1;2P';
const sayCall = '\x1bt';
const sayField = '\x1bf';
const sayAll = '\x1ba';

/** What a terminal that only ever adds lines holds at the end: backspaces are taken back, nothing else may move. */
function transcript(t: ExecutionContext, said: string): string {
	const text = said.replaceAll('\x1b[?2004h', '').replaceAll('\x1b[?2004l', '').replaceAll('\x07', '');
	t.notRegex(text, /[\x00-\x07\x0b-\x1f\x7f]/, 'no sequence moves the cursor, clears or colours');
	t.notRegex(text, /\{\w+\}/, 'no text has a place that is not filled in');
	return text;
}

function golden(t: ExecutionContext, text: string, name: string): void {
	const file = shipped('test/screens', `${name}.txt`);
	if (process.env['UPDATE']) writeFileSync(file, text);
	t.true(existsSync(file), `${file} is missing; UPDATE=1 writes it`);
	t.is(text, readFileSync(file, 'utf8'), name);
}

/** A shift by ear: predictive call, record, recall list, a caller, transfer, help, breaks, log-off. */
async function shift(t: ExecutionContext, lang: Lang): Promise<void> {
	const desk = new PlainDesk({lang});
	const {service} = desk;
	service.welcome = {demo: credentials} as typeof service.welcome;
	desk.console.start();
	await desk.press('op001', keys.enter, 'wrong', keys.enter, '201', keys.enter, 'Kaden-2026', keys.enter, keys.enter);
	await desk.press('1', keys.down, keys.f2, keys.f12, keys.f2, sayStatus);
	desk.advance(5000);
	service.pushCall();
	await desk.press(sayCall, '1', keys.tab, '3', keys.tab, '1', keys.tab, keys.tab, '1630', keys.tab);
	await desk.press('資料を送る', keys.backspace, '', '。', sayField, sayAll);
	// A notice, a broken line and its return while somebody types.
	desk.tty.type('家族と');
	service.push({notices: [{noticeId: 'n1', level: 'warning', key: 'recallsOverdue', args: {count: '2'}, atMs: startMs}]});
	service.setLine('offline');
	await desk.press('相談');
	desk.advance(12_000);
	await desk.press(sayStatus);
	service.setLine('online');
	await desk.press('する', keys.f4, keys.f12, keys.f2);
	await desk.press(keys.f9, keys.down, keys.enter, keys.f5, keys.escape);
	await desk.press(keys.f8, keys.f8, keys.f2);
	service.push({customer: null, history: [], call: null});
	service.pushCaller();
	desk.advance(1000);
	await desk.press(keys.f5);
	desk.advance(1000);
	await desk.press(keys.f5, keys.tab, '備考です');
	await desk.press('\x1b[1;2Q', sayCall, '\x1b[1;2Q');
	await desk.press('\x1b[1;2R', '203', keys.enter, '1');
	service.pushTransfer({mode: 'consult', number: '203', name: '佐藤 次郎', answered: true});
	desk.advance(1000);
	await desk.press(keys.f5, keys.f10, 'h', '相談です', keys.enter);
	await desk.press(keys.f12, keys.f11, keys.f11);
	golden(t, transcript(t, desk.said()), `plain-shift.${lang}`);
	const {requests} = service;
	for (const type of [
		'hangUp',
		'save',
		'loadCustomer',
		'answer',
		'hold',
		'resume',
		'transfer',
		'transferComplete',
		'requestHelp',
		'logOff',
	])
		t.true(
			requests.some(request => request.type === type),
			`${type} was asked for`,
		);
	const saved = requests.find(request => request.type === 'save');
	t.is(saved?.type === 'save' ? saved.draft.record.text : '', '資料を送。家族と相談する');
}

test('a whole shift in lines: calls out and in, record, recall, transfer, help, log-off (ja)', t => shift(t, 'ja'));
test('a whole shift in lines: calls out and in, record, recall, transfer, help, log-off (en)', t => shift(t, 'en'));

test('the help says every key of the place, with its other ways', async t => {
	const desk = await PlainDesk.working();
	desk.said();
	await desk.press(keys.f1);
	const said = desk.said();
	for (const {keys: names, places} of bindings.filter(({places}) => places.includes('work')))
		t.true(said.includes(names.map(keyLabel).join(', ')), `${names.join(' ')} of ${places.join(' ')}`);
});

test('nothing is said because time goes by; counters and clocks wait until they are asked for', async t => {
	const desk = await PlainDesk.working();
	await desk.press(keys.f2);
	desk.service.pushCall();
	await desk.press(keys.f10, '0');
	desk.said();
	for (let second = 0; second < 60; second++) {
		desk.advance(1000);
		desk.service.push({counters: {waiting: second % 9, longestWaitSinceMs: startMs, abandonedToday: second, recallsDue: 0}});
	}
	await desk.console.idle();
	t.is(desk.said(), '');
	await desk.press(sayStatus);
	t.regex(desk.said(), /待ち呼 \d、放棄呼 59/);
});

test('secrets are neither echoed nor read', async t => {
	const desk = await PlainDesk.working();
	desk.service.pushCall();
	await desk.console.idle();
	while (desk.console.state.form?.focus !== 'customer.pin') await desk.press(keys.tab);
	desk.said();
	await desk.press('99', sayField, sayAll);
	const said = desk.said();
	t.regex(said, /\*\*/);
	t.notRegex(said, /99/);
	t.regex(said, /6 文字/);
});

test('the line that is typed in: added to, taken back, and begun again where it cannot be', t => {
	const prompt = (text: string, cursor = text.length) => ({id: 'a', head: '名前', edit: {text, cursor}, isSecret: false});
	const first = typing(null, prompt('山'), 20, '行末');
	t.is(first.text, '名前: 山');
	const second = typing(first.typed, prompt('山田'), 20, '行末');
	t.is(second.text, '田');
	const third = typing(second.typed, prompt('山'), 20, '行末');
	t.is(third.text, '\b \b\b \b');
	const fourth = typing(second.typed, prompt('山田', 1), 20, '行末');
	t.is(fourth.text, '\r\n[田]');
	t.is(typing(fourth.typed, prompt('山本田', 2), 20, '行末').text, '\r\n名前: 山本田 [田]');
	const long = typing(second.typed, prompt(`山田${'あ'.repeat(30)}`), 20, '行末');
	t.is(typing(long.typed, prompt(`山田${'あ'.repeat(29)}`), 20, '行末').text, `\r\n名前: .. ${'あ'.repeat(24)}`, 'no step back over a row');
	const away = typing({...second.typed!, isHere: false}, prompt('山田太'), 20, '行末');
	t.is(away.text, '名前: 山田太', 'what came in between is not written over');
	t.is(typing(second.typed, null, 20, '行末').text, '\r\n');
});

test('the terminal is given back when it is closed, and a draft is with the service by then', async t => {
	const desk = await PlainDesk.working();
	desk.service.pushCall();
	await desk.press('1', '\x1b[F');
	const {tty} = desk;
	t.true(tty instanceof FakeTty);
	tty.stdin.emit('end');
	t.is(await desk.console.done, 0);
	t.deepEqual(tty.rawModes, [true, false]);
	t.is(desk.service.draft?.record.reachedId, 'self');
	t.true(tty.written.join('').endsWith('\x1b[?2004l'));
});

test('looks and sounds: by option, by environment, by a file; what is wrong is named with what is allowed', async t => {
	const io = {language: 'en' as const, say: () => {}, warn: () => {}};
	const plainly = await appearanceOf({}, io, {NO_COLOR: '1'});
	t.deepEqual(plainly, {plain: false, theme: plainTheme, ambiguous: 'measure', sound: 'auto'});
	const chosen = await appearanceOf({theme: 'contrast', width: 'wide'}, io, {KADEN_MARKS: 'ascii', KADEN_PLAIN: '1', KADEN_SOUND: 'off'});
	t.deepEqual(chosen, {plain: true, theme: {...contrastTheme, ascii: true}, ambiguous: 2, sound: 'off'});
	await t.throwsAsync(appearanceOf({theme: '/no/such/file'}, io, {}), {message: /theme: .*colour, contrast, light, plain/});
	await t.throwsAsync(appearanceOf({}, io, {KADEN_SOUND: 'loud'}), {message: /sound: loud \(auto, bell, sound, off\)/});
	t.is(ownTheme('{"base":"light","tones":{"good":"1;34"}}').good, '1;34');
	t.throws(() => ownTheme('{"tones":{"good":"38;5;1"}}'), {message: /good: 38;5;1/});
	t.throws(() => ownTheme('{"tones":{"nice":"1"}}'), {message: /nice \(plain, strong/});
	for (const theme of [contrastTheme, lightTheme]) t.deepEqual(Object.keys(theme).sort(), Object.keys(plainTheme).sort());
	for (const codes of Object.values(contrastTheme)) t.notRegex(String(codes), /(^|;)2(;|$)/, 'nothing is dim');
});

test('marks in ASCII: every shape of ours is one ASCII sign, what people wrote stays', async t => {
	const ascii = {...colourTheme, ascii: true} as const;
	const line = renderLine([span('● ▲ »', 'good'), span('メモ ●', 'field'), span('女性 ▼', 'field'), span('↑↓ ×', 'dim')], ascii);
	t.is(stripVTControlCharacters(line), '* ! }メモ ●女性 v^v x');
	const shapes = Object.values(statusLook).map(({shape}) => stripVTControlCharacters(renderLine([span(shape)], ascii)));
	t.true(shapes.every(shape => /^[\x21-\x7e]$/.test(shape)));
	t.is(new Set(shapes).size, new Set(Object.values(statusLook).map(({shape}) => shape)).size, 'told apart as before');
	const desk = await Desk.inCall();
	const rows = renderFrame(frameOf(desk.console.state), ascii);
	t.notRegex(stripVTControlCharacters(rows).replaceAll('●', ''), /[\u2190-\u25ff]/);
});
