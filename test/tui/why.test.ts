import test from 'ava';
import type {CallView} from '../../src/server/api/views.js';
import {placeOf} from '../../src/tui/agent/keys.js';
import {ja} from '../../src/tui/i18n/ja.js';
import {Desk, keys} from './support/console.js';

const sent = (desk: Desk, type: string) => desk.service.requests.filter(request => request.type === type);
const alt = (letter: string) => `\x1b${letter}`;
/** Shift+F8, Shift+F9, Shift+F12. */
const shiftF8 = '\x1b[19;2~';
const shiftF9 = '\x1b[20;2~';
const shiftF12 = '\x1b[24;2~';

/** To the field with this key. */
async function focus(desk: Desk, key: string): Promise<void> {
	for (let n = 0; n < 40 && desk.focused().key !== key; n++) await desk.press(keys.tab);
}

/** In a talk that is recorded. */
async function recorded(options: Parameters<typeof Desk.inCall>[0] = {}): Promise<Desk> {
	const desk = await Desk.inCall(options);
	desk.service.push({call: {...desk.service.view!.call!, recording: 'on'}});
	return desk;
}

test('one key says why no call comes: the rules that hold, with who set them and since when', async t => {
	const desk = await Desk.working();
	await desk.press(keys.f2, shiftF12);
	t.deepEqual(sent(desk, 'why'), [{type: 'why', about: 'agent', of: 'op1'}]);
	const text = (await desk.text()).replace(/\s+/g, '');
	t.true(text.includes('!一次架電：待っている人はいません'), text);
	t.true(text.includes('自動発信が停止中です(佐藤次郎、09:18から)'), text);
	desk.advance(2_000);
	t.is(sent(desk, 'why').length, 1);
	desk.advance(1_500);
	await desk.idle();
	t.is(sent(desk, 'why').length, 2, 'asked again while it is open');
	await desk.press(shiftF12);
	t.is(placeOf(desk.console.state), 'work', 'the same key closes it');
});

test('during a call it is about the call; the arrows lead to the customer and to oneself', async t => {
	const desk = await Desk.inCall();
	await desk.press(alt('w'));
	t.like(sent(desk, 'why').at(-1), {about: 'call', of: 'call1'});
	await desk.press(keys.right);
	t.like(sent(desk, 'why').at(-1), {about: 'customer', of: 'cust1'});
	t.true((await desk.text()).includes(ja['whyPanel.customer']));
	await desk.press(keys.right);
	t.like(sent(desk, 'why').at(-1), {about: 'agent', of: 'op1'});
	await desk.press(keys.left, keys.left, keys.escape);
	t.is(placeOf(desk.console.state), 'work');
	desk.service.push({call: null, customer: null, history: [], draft: null});
	await desk.press(keys.f10, 'w');
	t.like(sent(desk, 'why').at(-1), {about: 'agent'});
});

test('the recording is begun, stopped, masked and unmasked by key and by menu', async t => {
	const desk = await Desk.inCall();
	await desk.press(shiftF9);
	t.is(desk.console.state.message?.why.key, 'why.notRecorded');
	await desk.press(shiftF8);
	t.is(sent(desk, 'recordingStart').length, 1);
	t.true((await desk.text()).includes('録音中'));
	await desk.press(shiftF9);
	t.deepEqual(sent(desk, 'maskRecording'), [{type: 'maskRecording', masked: true}]);
	t.true((await desk.text()).includes('録音マスク中'));
	await desk.press(keys.f10);
	t.true((await desk.text()).includes('録音再開'));
	await desk.press('m', alt('r'));
	t.deepEqual(sent(desk, 'maskRecording').at(-1), {type: 'maskRecording', masked: false});
	t.is(sent(desk, 'recordingStop').length, 1);
	t.true((await desk.text()).includes('録音停止中'));
});

test('while the cursor is in a secret field nothing is recorded, and it goes on after', async t => {
	const desk = await recorded();
	await focus(desk, 'customer.pin');
	t.deepEqual(sent(desk, 'maskRecording'), [{type: 'maskRecording', masked: true}]);
	await desk.press('99', keys.backspace);
	t.is(sent(desk, 'maskRecording').length, 1);
	await desk.press(keys.tab);
	t.deepEqual(sent(desk, 'maskRecording').at(-1), {type: 'maskRecording', masked: false});
	await desk.press(keys.shiftTab);
	desk.service.push({call: {...desk.service.view!.call!, phase: 'ended', endedMs: desk.service.nowMs}});
	await desk.press(keys.tab);
	t.is(sent(desk, 'maskRecording').length, 3, 'the call is over: nothing to unmask');
});

test('a mask set by hand stays when a secret field is left; without a recording nothing is sent', async t => {
	const desk = await recorded();
	await desk.press(shiftF9);
	await focus(desk, 'customer.pin');
	await desk.press(keys.tab);
	t.deepEqual(sent(desk, 'maskRecording'), [{type: 'maskRecording', masked: true}]);
	const plain = await Desk.inCall();
	await focus(plain, 'customer.pin');
	await plain.press(keys.tab);
	t.deepEqual(sent(plain, 'maskRecording'), []);
});

test('a line that breaks in a secret field unmasks when it is back and the field was left', async t => {
	const desk = await recorded();
	await focus(desk, 'customer.pin');
	desk.service.setLine('offline');
	await desk.press(keys.tab);
	t.is(sent(desk, 'maskRecording').length, 1);
	desk.service.setLine('online');
	await desk.idle();
	t.deepEqual(sent(desk, 'maskRecording').at(-1), {type: 'maskRecording', masked: false});
});

test('who listens stands beside the status where the service tells it', async t => {
	const desk = await recorded();
	t.false((await desk.text()).includes('◉'));
	desk.service.push({call: {...desk.service.view!.call!, watchedBy: ['佐藤 次郎']}});
	t.true((await desk.text()).includes('◉ 佐藤'));
});

test('what is wrong with the sound stands beside the status, in the place of the name on a narrow screen, the worst alone; nothing else moves', async t => {
	const sound: NonNullable<CallView['sound']> = [
		{of: 'far', kind: 'silent', value: 10_000},
		{of: 'own', kind: 'jitter', value: 55},
	];
	for (const [columns, rows] of [
		[80, 24],
		[120, 40],
	] as const) {
		const desk = await recorded({columns, rows});
		const before = await desk.screen();
		const {call} = desk.service.view!;
		desk.service.push({call: {...call!, sound}});
		const after = await desk.screen();
		const changed = after.flatMap((line, at) => (line === before[at] ? [] : [line]));
		t.is(changed.length, 1);
		t.is(after.indexOf(changed[0]!), 0, 'in the toolbar');
		t.true(changed[0]!.includes('▲ 相手の音声なし'), changed[0]);
		desk.service.push({call: call!});
		t.deepEqual(await desk.screen(), before);
	}
});

test('a customer of 次の発信 is marked, and only such a one can be given back', async t => {
	const desk = await Desk.working();
	await desk.press(keys.f10, '6');
	t.true((await desk.screen())[2]!.includes('プレビュー'));
	desk.service.push({customer: {...desk.service.view!.customer!, customerId: 'cust4'}});
	const {claimed: _, ...own} = desk.service.view!.customer!;
	desk.service.push({customer: own});
	await desk.press(keys.f10, '7');
	t.deepEqual(sent(desk, 'skipCustomer'), []);
	t.is(desk.console.state.message?.why.key, 'why.notClaimed');
});

test('a save is said once', async t => {
	const desk = await Desk.inCall();
	await desk.press(keys.f4, keys.f12);
	t.is((await desk.text()).split(ja['message.saved']).length - 1, 1);
});

test('a caller who appears in the very moment a number is dialled is not answered by that key', async t => {
	const desk = await Desk.working();
	await desk.press(keys.f2);
	desk.service.pushCaller();
	desk.tty.type(keys.f5);
	await desk.idle();
	t.deepEqual(sent(desk, 'answer'), []);
	t.is(desk.console.state.message?.why.key, 'why.late');
	await desk.press(keys.f4);
	t.deepEqual(sent(desk, 'decline'), [], 'nor declined by the key that hangs up');
	desk.advance(400);
	await desk.press(keys.f5);
	t.deepEqual(sent(desk, 'answer'), [{type: 'answer', callId: 'in1'}]);
});
