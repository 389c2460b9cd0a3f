import test from 'ava';
import {commands} from '../../src/tui/model/supervisor/commands.js';
import {ageMs, heard, isStale, nothingHeard} from '../../src/tui/model/supervisor/freshness.js';
import {bindings} from '../../src/tui/model/supervisor/keys.js';
import {type Grid, makeGrid, placeOfSeat} from '../../src/tui/model/supervisor/seats.js';
import {Desk, keys} from './support/console.js';
import {startMs} from './support/service.js';
import {operatorScreen, SupervisorDesk, seatOf} from './support/supervisor.js';

const types = (desk: SupervisorDesk): string[] => desk.sent.map(({type}) => type);
const talking = (n: number, more = {}) =>
	seatOf(n, {
		status: 'talkingOut',
		call: {callId: `c${n}`, kind: 'predictive', direction: 'out', phase: 'talking', number: '09055510000', sinceMs: startMs},
		...more,
	});

test('login with a phone: the floor is watched, and a phone asked for without a group; without one only watched', async t => {
	const desk = await SupervisorDesk.watching();
	t.deepEqual(desk.sent, [{type: 'watchFloor'}, {type: 'startWork', groupIds: []}]);
	const blind = await SupervisorDesk.watching({extension: ''});
	t.deepEqual(types(blind), ['watchFloor']);
	t.regex(await blind.text(), /電話なし/);
});

test('an operator is shown out, with the reason after the terminal is given back', async t => {
	const desk = new SupervisorDesk();
	desk.service.role = 'agent';
	desk.console.start();
	await desk.idle();
	await desk.press('op001', keys.enter, 'Kaden-2026', keys.enter, '201', keys.enter);
	t.is(await desk.console.done, 77);
	t.deepEqual(types(desk), ['logOff']);
	t.regex(desk.said.join(), /kaden agent/);
});

test('a wrong password says so and leaves the rest; the login ID is asked for', async t => {
	const desk = new SupervisorDesk();
	desk.console.start();
	await desk.press(keys.f12);
	t.regex(await desk.text(), /ログインIDを入力してください/);
	await desk.press('sv001', keys.enter, 'wrong', keys.enter, keys.enter);
	t.is(desk.console.state.stage, 'login');
	t.is(desk.console.state.login.edits.loginId.text, 'sv001');
});

test('help: bell, red, one key takes the oldest and shows its screen; another supervisor is faster', async t => {
	const desk = await SupervisorDesk.watching();
	const bells = () => desk.tty.written.join('').split('\x07').length - 1;
	t.is(bells(), 0);
	desk.service.change(talking(3, {help: {sinceMs: startMs - 1_000}}), talking(0, {help: {sinceMs: startMs - 9_000}}));
	await desk.idle();
	t.is(bells(), 1);
	desk.advance(11_000);
	t.is(bells(), 2, 'again while nobody takes it');
	desk.service.refusals.set('takeHelp', {code: 'callTaken', message: 'x'});
	await desk.press(keys.f2);
	t.deepEqual(desk.sent.slice(2), [
		{type: 'takeHelp', of: 'op0'},
		{type: 'watchScreen', of: 'op0'},
	]);
	t.regex(await desk.text(), /別の管理者が対応しています/);
	desk.service.change(talking(0, {help: {sinceMs: startMs - 9_000, takenBy: {operatorId: 'sv2', name: '木村'}}}));
	await desk.press('h');
	t.deepEqual(desk.sent.at(-1), {type: 'watchScreen', of: 'op3'});
	t.is(desk.console.state.opened, 'op3');
});

/** Grounds of the band and of the seat's own row through three seconds, half a second each: red or not. */
async function reds(desk: SupervisorDesk): Promise<string[]> {
	const rows = await desk.screen();
	const ys = rows.flatMap((row, y) => (row.includes('! ヘルプ') ? [y] : []));
	const seen: string[] = [];
	for (let at = 0; at < 6; at++) {
		desk.advance(500);
		await desk.screen();
		seen.push(ys.map(y => (desk.tty.xterm.buffer.active.getLine(y)!.getCell(1)!.getBgColor() === 1 ? 'red' : '-')).join(' '));
	}
	return seen;
}

test('a request for help blinks, in the band and in the grid, once a second', async t => {
	const desk = await SupervisorDesk.watching();
	desk.service.change(talking(0, {help: {sinceMs: startMs}}));
	desk.advance(2_000);
	t.deepEqual(await reds(desk), ['- -', 'red red', '- -', 'red red', '- -', 'red red']);
});

test('no bell and no blinking when they are switched off', async t => {
	const desk = await SupervisorDesk.watching();
	await desk.press('n');
	desk.service.change(talking(0, {help: {sinceMs: startMs}}));
	desk.advance(30_000);
	await desk.idle();
	t.false(desk.tty.written.join('').includes('\x07'));
	t.deepEqual([...new Set(await reds(desk))], ['red red']);
});

test('bad sound of a call is said on its row and beside the open seat', async t => {
	const desk = await SupervisorDesk.watching();
	const {call} = talking(0);
	desk.service.change(talking(0, {call: {...call!, sound: [{of: 'own', kind: 'silent', value: 10_000}]}}));
	t.regex(await desk.text(), /▲ 電話の音声なし/);
	await desk.press(keys.down, keys.enter);
	const [, , , , head, second] = await desk.screen();
	t.regex(head!, /201 山田 花子.*Esc/);
	t.regex(second!, /▲ 電話の音声なし/, 'in the seat’s own lines');
	desk.service.change(talking(0));
	t.notRegex(await desk.text(), /音声なし/);
});

test('listen, whisper, join and leave; what cannot be done says why', async t => {
	const desk = await SupervisorDesk.watching();
	await desk.press(keys.f3);
	t.regex(await desk.text(), /座席を選んでください/);
	desk.service.change(talking(0));
	await desk.press(keys.down, 'l');
	t.deepEqual(desk.sent.at(-1), {type: 'supervise', of: 'op0', mode: 'listen'});
	desk.service.change(talking(0, {watchers: [{operatorId: 'sv1', name: '管理 太郎', mode: 'listen'}]}));
	await desk.press('w');
	t.deepEqual(desk.sent.at(-1), {type: 'supervise', of: 'op0', mode: 'whisper'});
	t.regex(await desk.text(), /聴取中：山田 花子/);
	await desk.press(keys.f3);
	t.deepEqual(desk.sent.at(-1), {type: 'supervise', of: 'op0', mode: 'stop'}, 'the same key again leaves');
	await desk.press('t');
	t.deepEqual(desk.sent.at(-1), {type: 'supervise', of: 'op0', mode: 'stop'}, 'taking over is asked twice');
	await desk.press(keys.right, 't');
	const before = desk.sent.length;
	await desk.press(keys.left, 't');
	t.is(desk.sent.length, before, 'for the same seat twice');
	await desk.press('t');
	t.deepEqual(desk.sent.at(-1), {type: 'supervise', of: 'op0', mode: 'takeOver'});
	const {operator} = desk.service.view!;
	desk.service.push({operator: {...operator, superviseUpTo: 'whisper'}});
	await desk.press(keys.f5);
	t.regex(await desk.text(), /このアカウントにはその権限がありません/);
	await desk.press(keys.f4);
	t.deepEqual(desk.sent.at(-1), {type: 'supervise', of: 'op0', mode: 'whisper'});
	const blind = await SupervisorDesk.watching({extension: ''});
	blind.service.change(talking(0));
	await blind.press(keys.down, keys.f4);
	t.regex(await blind.text(), /内線番号なしでログインしているので聴けません/);
});

test('a line of text, letters that are keys elsewhere included; Esc takes it back', async t => {
	const desk = await SupervisorDesk.watching();
	await desk.press(keys.down, 'm', 'hlwbtxs / 1', keys.enter);
	t.deepEqual(desk.sent.at(-1), {type: 'messageAgent', of: 'op0', text: 'hlwbtxs / 1'});
	t.regex(await desk.text(), /山田 花子 に送りました/);
	const count = desk.sent.length;
	await desk.press(keys.f8, 'やめる', keys.escape, keys.f8, keys.enter);
	t.is(desk.sent.length, count);
});

test('a status is set from the menu by number or Enter, never during a call', async t => {
	const desk = await SupervisorDesk.watching();
	desk.service.change(seatOf(0, {status: 'wrapUp'}));
	await desk.press(keys.down, 's', '1');
	t.deepEqual(desk.sent.at(-1), {type: 'setAgentStatus', of: 'op0', status: 'ready'});
	await desk.press(keys.f9, keys.down, keys.down, keys.down, keys.enter);
	t.deepEqual(desk.sent.at(-1), {type: 'setAgentStatus', of: 'op0', status: 'loggedOff'});
	// The seat has left the floor before the answer comes.
	await desk.press(keys.f9);
	desk.tty.type('4');
	desk.service.send({type: 'floor', nowMs: startMs, gone: {seats: ['op0']}});
	t.regex(await desk.text(), /山田 花子 をログオフさせました/);
	desk.service.change(talking(0));
	await desk.press(keys.f9);
	t.is(desk.console.state.choosing, null);
	t.regex(await desk.text(), /通話中の状態は変えられません/);
});

test('lists: call back, start and stop, who promised', async t => {
	const desk = await SupervisorDesk.watching();
	await desk.press('3', keys.enter);
	t.regex(await desk.text(), /非通知のため折り返せません/);
	await desk.press(keys.down, keys.enter);
	t.deepEqual(desk.sent.at(-1), {type: 'callBack', callId: 'a1'});
	await desk.press('5', keys.enter);
	t.deepEqual(desk.sent.at(-1), {type: 'setAutoDialStarted', campaignId: 'camp1', groupId: 'g1', started: false});
	await desk.press(keys.down, keys.down, keys.enter);
	t.deepEqual(desk.sent.at(-1), {type: 'setListStarted', listId: 'l2', started: true});
	await desk.press('4', keys.down, keys.enter);
	t.is(desk.console.state.selected, 'op1');
	t.is(desk.console.state.tab, 'seats');
});

test('the budget of abandoned calls: a gauge beside its campaign, and a word to everybody when little or none is left', async t => {
	const desk = await SupervisorDesk.watching({columns: 120});
	t.regex(await desk.text(), /放棄呼の枠 38%/);
	const dial = [...desk.console.state.floor.dials.values()][0]!;
	const change = (fuel: number, more = {}) => {
		const row = {...dial, fuel, budget: {...dial.budget, ...more}};
		desk.service.send({type: 'floor', nowMs: startMs, set: {dials: {'camp1/g1': row}}});
	};
	change(0.08, {left: 2, share: 0.0276});
	t.regex(await desk.text(), /放棄呼の枠が残りわずかです（2.8% \/ 3.0%、あと 2 件）/);
	change(0, {left: -1, share: 0.031, spent: true});
	t.regex(await desk.text(), /放棄呼の枠を使い切りました（3.1% \/ 3.0%）/);
	await desk.press('5');
	t.regex(await desk.text(), /\[\.{10}\] 3.1% \/ 3.0% あと 0 件/);
	desk.service.send({type: 'floor', nowMs: startMs, set: {dials: {'camp1/g1': {...dial, fuel: 0, started: false}}}});
	t.notRegex(await desk.text(), /使い切りました/, 'what is not dialled needs no budget');
});

test('the : line: whatever a key does there is a command for, in both languages, shortened where only one fits', async t => {
	const done = new Set(Object.values(commands).map(({does}) => does));
	const others = new Set(['back', 'command', 'nextTab']);
	t.deepEqual(
		bindings.filter(({at, action}) => at !== 'login' && !done.has(action) && !others.has(action)),
		[],
	);
	const desk = await SupervisorDesk.watching();
	const run = async (line: string) => {
		const before = desk.sent.length;
		await desk.press(':', line, keys.enter);
		const [sent] = desk.sent.slice(before);
		if (desk.console.state.input) await desk.press(keys.escape);
		return sent;
	};
	desk.service.change(talking(3), seatOf(4, {status: 'wrapUp'}), talking(5, {help: {sinceMs: startMs}}));
	t.deepEqual(await run('listen 204'), {type: 'supervise', of: 'op3', mode: 'listen'});
	t.is(desk.console.state.selected, 'op3', 'the seat that is meant is shown');
	t.deepEqual(await run('囁く　鈴木'), {type: 'supervise', of: 'op3', mode: 'whisper'});
	t.deepEqual(await run('j'), {type: 'supervise', of: 'op3', mode: 'barge'}, 'of the chosen seat');
	t.deepEqual(await run('takeover 204'), {type: 'supervise', of: 'op3', mode: 'takeOver'});
	t.is(await run('takeo 204'), undefined, 'what cannot be undone is written out');
	t.deepEqual(await run('text 205 すぐ行きます 待って'), {type: 'messageAgent', of: 'op4', text: 'すぐ行きます 待って'});
	t.deepEqual(await run('文 10 分待って'), {type: 'messageAgent', of: 'op3', text: '10 分待って'}, 'a number that is no seat is text');
	t.deepEqual(await run('状態 受付中 205'), {type: 'setAgentStatus', of: 'op4', status: 'ready'});
	t.deepEqual(await run('logoff 205'), {type: 'setAgentStatus', of: 'op4', status: 'loggedOff'});
	t.is(await run('logoff 204'), undefined);
	t.deepEqual(await run('take'), {type: 'takeHelp', of: 'op5'});
	await desk.press(keys.escape);
	t.deepEqual(await run('start 休眠'), {type: 'setListStarted', listId: 'l2', started: true});
	t.deepEqual(await run('発信停止 生命'), {type: 'setAutoDialStarted', campaignId: 'camp1', groupId: 'g1', started: false});
	t.deepEqual(await run('callback 6543'), {type: 'callBack', callId: 'a1'});
	await run('sort time');
	await run('filter 鈴木');
	t.like(desk.console.state, {order: 'time', filter: '鈴木'});
	await run('202');
	t.like(desk.console.state, {selected: 'op1', filter: ''}, 'a filter does not hide what was asked for');
	await run('show 放棄呼');
	t.is(desk.console.state.tab, 'abandoned');
	t.deepEqual(await run('quit'), {type: 'logOff'});
});

test('the : line says what it misses and stays; Tab completes, the arrows bring back what was carried out', async t => {
	const desk = await SupervisorDesk.watching({columns: 120});
	const line = () => (desk.console.state.input?.kind === 'command' ? desk.console.state.input.edit.text : null);
	await desk.press(':', 'nonsense', keys.enter);
	t.regex(await desk.text(), /「nonsense」というコマンドも座席もありません/);
	t.is(line(), 'nonsense');
	await desk.press(keys.escape, ':', 'status away 20', keys.enter);
	t.regex(await desk.text(), /「20」に合う座席が複数あります：201 山田 花子, 202/);
	await desk.press(keys.escape, ':', '田中', keys.enter);
	t.is(desk.console.state.floor.seats.get(desk.console.state.selected!)?.name, '田中 美咲');
	await desk.press(':', '大', keys.tab);
	t.is(line(), '大きさ ');
	t.regex(await desk.text(), /自動 +一行 +状態名まで +名前まで +内線だけ/);
	await desk.press(keys.tab, keys.tab, keys.tab, keys.shiftTab);
	t.is(line(), '大きさ 一行');
	await desk.press(keys.enter);
	t.is(desk.console.state.density, 'rows');
	await desk.press(':', '途中', keys.up);
	t.is(line(), '大きさ 一行');
	await desk.press(keys.up, keys.up, keys.down, keys.down);
	t.is(line(), '途中');
	await desk.press(keys.escape, ':', keys.backspace);
	t.is(line(), null, 'an empty line is left by Backspace');
	await desk.press(':', 'li');
	t.regex(await desk.text(), / listen/);
	await desk.press(keys.tab, '205');
	t.regex(await desk.text(), /この座席は通話していません/, 'what Enter would say');
});

test('filter by name, status, group and extension, live; Esc brings back what was', async t => {
	const desk = await SupervisorDesk.watching({seats: 50, columns: 120, rows: 40});
	await desk.press('/', '鈴木');
	t.false((await desk.text()).includes('田中'));
	await desk.press(keys.enter, '/', ' 離席');
	t.is(desk.console.state.filter, '鈴木 離席');
	await desk.press(keys.escape);
	t.is(desk.console.state.filter, '鈴木');
	await desk.press(keys.escape);
	t.is(desk.console.state.filter, '');
	await desk.press('/', '８００２');
	t.false((await desk.text()).includes('8001 一次架電'));
});

test('the open screen shows what is typed, goes with its session, and is asked for again on a new line', async t => {
	const desk = await SupervisorDesk.watching();
	await desk.press(keys.down, keys.enter);
	t.deepEqual(desk.sent.at(-1), {type: 'watchScreen', of: 'op0'});
	desk.service.screen('op0', operatorScreen('op0', '検討'));
	t.regex(await desk.text(), /対応記録内容 検討$/m);
	desk.service.screen('op0', operatorScreen('op0', '検討中とのこと'));
	t.regex(await desk.text(), /検討中とのこと/);
	t.false((await desk.text()).includes('1234 '), 'what is secret is not shown');
	desk.service.setLine('offline');
	desk.service.setLine('online');
	await desk.idle();
	t.deepEqual(desk.sent.slice(-2), [{type: 'watchFloor'}, {type: 'watchScreen', of: 'op0'}]);
	desk.service.send({type: 'floor', nowMs: startMs, gone: {seats: ['op0']}});
	t.regex(await desk.text(), /山田 花子 はログオフしました/);
	t.is(desk.console.state.opened, null);
});

test('typing for an operator: letters go field by field, one request at a time; it ends by Esc, and when it is taken back', async t => {
	const desk = await SupervisorDesk.watching();
	await desk.press('i');
	t.regex(await desk.text(), /座席を開いてから使います/);
	await desk.press(keys.down, keys.enter);
	const screen = operatorScreen('op0', '検討');
	desk.service.screen('op0', screen);
	await desk.press('i', '中', 'です');
	const typed = desk.sent.slice(-2);
	t.deepEqual(typed, [
		{type: 'typeFor', of: 'op0', field: 'record.text', was: '検討', text: '検討中', cursor: 3},
		{type: 'typeFor', of: 'op0', field: 'record.text', was: '検討中', text: '検討中です', cursor: 5},
	]);
	t.regex(await desk.text(), /山田 花子 の画面に入力しています/);
	// The screen as it was before the last letters says nothing new about them; the operator's other fields are taken over.
	const typing = {by: '管理 太郎', byId: 'sv1', field: 'record.text'};
	const fields = (text: string, seq: number) => ({'record.text': {id: 1, from: '検討', text, cursor: 0, seq}});
	desk.service.screen('op0', {...operatorScreen('op0', '検討中'), typing: {...typing, fields: fields('検討中', 1)}});
	t.regex(await desk.text(), /検討中です/);
	const draft = operatorScreen('op0', '検討中です').draft!;
	const moved = {...draft, values: {...draft.values, memo: '本人の字'}};
	desk.service.screen('op0', {...screen, draft: moved, typing: {...typing, fields: fields('検討中です', 2)}});
	t.regex(await desk.text(), /本人の字/);
	await desk.press(keys.shiftTab, keys.f3);
	t.regex(await desk.text(), /この座席は通話していません/, 'function keys do what they always do');
	await desk.press(keys.escape);
	t.deepEqual(desk.sent.at(-1), {type: 'stopTyping', of: 'op0'});
	t.is(desk.console.state.opened, 'op0', 'the screen stays open');
	await desk.press('i', keys.tab, 'あ');
	desk.service.screen('op0', {...screen, typing: {...typing, over: 'takenBack', fields: {}}});
	t.regex(await desk.text(), /本人がその欄を取り戻しました/);
	t.is(desk.console.state.typing, null);
	desk.service.refusals.set('typeFor', {code: 'callTaken', message: 'x'});
	desk.service.screen('op0', screen);
	await desk.press('i', 'い');
	t.regex(await desk.text(), /別の管理者が入力しています/);
	t.is(desk.console.state.typing, null);
});

test('an operator sees what is typed for him, whose letters, and takes the field back with one of his own', async t => {
	const desk = await Desk.inCall();
	const text = () => desk.console.state.form!.edits['record.text']!.text;
	const sent = (type: string) => desk.service.requests.filter(request => request.type === type);
	const typing = (text: string, seq: number, more = {}) => ({
		typing: {
			by: '管理 太郎',
			byId: 'sv1',
			field: 'record.text',
			fields: {'record.text': {id: 1, from: '', text, cursor: text.length, seq}},
			...more,
		},
	});
	desk.service.push(typing('解', 1));
	desk.service.push(typing('解約の件', 4));
	t.is(text(), '解約の件');
	t.regex(await desk.text(), /管理 太郎 さんが「対応記録内容」に入力中/);
	t.is(desk.console.state.form!.focus === 'record.text', false, 'the cursor stays where the operator has it');
	t.deepEqual(sent('takeBack'), []);
	while (desk.console.state.form!.focus !== 'record.text') await desk.press(keys.tab);
	await desk.press('。');
	desk.advance(1_000);
	await desk.idle();
	t.deepEqual(sent('takeBack'), [{type: 'takeBack', field: 'record.text'}]);
	const form = sent('putDraft').at(-1) as {typed?: number; draft: {record: {text: string}}};
	t.deepEqual([form.typed, form.draft.record.text.includes('。')], [4, true], 'a form says up to which letter it knows');
	desk.service.push(typing('解約の件で', 5));
	t.regex(text(), /。/, 'letters that were on their way do not undo the own');
	t.is(sent('takeBack').length, 1);
	// A new stretch that began on what stood there before the own letter.
	const own = text();
	desk.service.push(
		typing('解約の件です', 9, {fields: {'record.text': {id: 9, from: '解約の件', text: '解約の件です', cursor: 0, seq: 9}}}),
	);
	t.is(text(), own);
	t.is(sent('takeBack').length, 2);
	desk.service.push({typing: {...typing('', 0).typing, over: 'takenBack', fields: {}}});
	t.notRegex(await desk.text(), /入力中/);
});

test('figures older than three seconds are grey, do not run on, and say their age; a frame brings them back', async t => {
	const desk = await SupervisorDesk.watching();
	const colour = () => desk.tty.xterm.buffer.active.getLine(5)!.getCell(1)!;
	desk.advance(2_000);
	desk.advance(2_500, false);
	t.false((await desk.text()).includes('今の状態ではありません'));
	t.regex(await desk.text(), /0:0[5-9]/);
	desk.advance(1_000, false);
	const stale = await desk.text();
	t.regex(stale, /3 秒前の表示です。今の状態ではありません/);
	t.not(colour().isDim(), 0);
	desk.advance(5_000, false);
	const row = (text: string) => text.split('\n')[5];
	t.is(row(await desk.text()), row(stale), 'a time that nobody knows does not run');
	for (let at = 0; at < 12; at++) {
		desk.advance(130, false);
		await desk.press(at % 2 === 0 ? keys.down : keys.up);
		t.is(row(await desk.text()), row(stale), 'nor does it jump when something else is painted between two ticks');
	}
	desk.service.beat();
	t.false((await desk.text()).includes('今の状態ではありません'));
});

test('age: frames from a buffer are old, a clock set back is not', t => {
	let fresh = heard(nothingHeard, 1_000_000, 0);
	t.false(isStale(fresh, 3_000));
	t.true(isStale(fresh, 3_001));
	fresh = heard(fresh, 1_001_000, 1_000);
	// Stopped for a minute: then its frames arrive at once.
	for (let s = 2; s <= 61; s++) {
		fresh = heard(fresh, 1_000_000 + s * 1_000, 61_000);
		t.is(isStale(fresh, 61_000), s < 58, `second ${s}`);
	}
	t.is(ageMs(fresh, 61_000), 0);
	// The service's clock is set back by an hour: stale for a moment at most, then as before.
	for (let s = 62; s < 70; s++) fresh = heard(fresh, 1_000_000 + s * 1_000 - 3_600_000, s * 1_000);
	t.false(isStale(fresh, 69_500));
	// And forward.
	fresh = heard(fresh, 9_000_000, 70_000);
	t.is(ageMs(fresh, 70_500), 500);
	t.true(isStale(nothingHeard, 0));
});

test('a thousand seats stand where they are expected, and moving keeps the chosen one in sight', async t => {
	const desk = await SupervisorDesk.watching({seats: 1000, columns: 120, rows: 40});
	const {state} = desk.console;
	const grid: Grid = makeGrid(state, 30);
	const all = grid.lines.flatMap(line => (line.kind === 'seats' ? line.seats : []));
	t.is(all.length, 1000);
	t.is(new Set(all.map(seat => seat.operatorId)).size, 1000);
	for (const key of [keys.pageDown, keys.pageDown, keys.right, keys.right, keys.down, keys.up, keys.left]) await desk.press(key);
	for (let at = 0; at < 40; at++) await desk.press(keys.pageDown);
	const {selected, top} = desk.console.state;
	const place = placeOfSeat(grid, selected)!;
	t.true(place.line >= grid.lines.length - 2, 'at the end');
	t.true(place.line >= top && place.line < top + 34);
	t.true((await desk.text()).includes(state.floor.seats.get(selected!)!.extension));
});

test('F11 twice logs off; Ctrl+C twice closes the screen and leaves the session', async t => {
	const desk = await SupervisorDesk.watching();
	await desk.press('\x1b[23~', keys.down, '\x1b[23~');
	t.false(types(desk).includes('logOff'));
	await desk.press('\x1b[23~');
	t.true(types(desk).includes('logOff'));
	await desk.press(keys.ctrlC, keys.ctrlC);
	t.is(await desk.console.done, 0);
});

test('an operator whose band asks something sees a supervisor’s line all the same, until Esc', async t => {
	const desk = await Desk.inCall();
	desk.service.pushCaller({ringing: false});
	const notice = {
		noticeId: 'n9',
		level: 'warning' as const,
		key: 'supervisorSays',
		args: {by: '管理 太郎', text: '上席に代わります'},
		atMs: startMs,
	};
	desk.service.push({notices: [notice]});
	t.regex(await desk.text(), /管理 太郎: 上席に代わります/);
	t.regex(await desk.text(), /読込/);
	await desk.press(keys.escape);
	t.notRegex(await desk.text(), /上席に代わります/);
});

test('by the office: keys go from desk to desk, a filter leaves gaps, whoever has no place stands below; without a layout it says so', async t => {
	const desk = await SupervisorDesk.watching();
	await desk.press('g');
	t.regex(await desk.text(), /オフィスレイアウトがありません/);
	const rows = ['201 202 . 203 窓側', '.', '. 204 . 205'];
	desk.service.send({type: 'floor', nowMs: startMs, set: {offices: {main: {id: 'main', name: '3階', rows}}}});
	await desk.press('g', keys.down, keys.right, keys.right);
	const chosen = () => desk.console.state.floor.seats.get(desk.console.state.selected ?? '')?.extension;
	t.is(chosen(), '203');
	await desk.press(keys.down);
	t.is(chosen(), '205');
	await desk.press(keys.left, keys.up);
	t.is(chosen(), '202');
	await desk.press('/', '205', keys.enter);
	t.regex(await desk.text(), /^ {14} *204 .*◇ 205/m, 'who is filtered out leaves an empty desk');
	await desk.press(keys.escape, 'g');
	t.regex(await desk.text(), /-- 8001/);
});
