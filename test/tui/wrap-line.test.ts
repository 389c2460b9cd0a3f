/** 一行入力: what one line is taken for, and what it does to the record on the screen. */
import test from 'ava';
import {translator} from '../../src/tui/i18n/index.js';
import {fieldsOf} from '../../src/tui/model/fields.js';
import {completeTime} from '../../src/tui/model/when-words.js';
import {readWrapLine, type WrapPart} from '../../src/tui/model/wrap-line.js';

import {Desk, keys} from './support/console.js';
import {campaign, customer, freshView, startMs} from './support/service.js';

const zone = 'Asia/Tokyo';
const many = Array.from({length: 12}, (_, at) => ({id: `p${at + 1}`, label: at === 11 ? '支配人' : `窓口${at + 1}`}));

function read(line: string, reached = campaign.masters.reached) {
	const own = {...campaign, masters: {...campaign.masters, reached}};
	const view = {...freshView(), campaigns: [own], customer, call: null};
	const fields = fieldsOf(view, '', translator('ja')).filter(({pane}) => pane === 'record');
	const hasTime = (id: string): boolean => ['recall', 'visit', 'brochure'].includes(id);
	return readWrapLine(line, {fields, hasTime, nowMs: startMs, zone});
}
const problems = (line: string) =>
	read(line).parts.flatMap((part: WrapPart) => ('problem' in part ? [`${part.name} ${part.typed} ${part.problem.code}`] : []));

test('one line is person, reaction, next action, time and text, in many spellings', t => {
	t.deepEqual(read('12 3 再 1630 折返し', many).values, {
		reachedId: 'p12',
		reactionId: 'think',
		nextActionId: 'recall',
		nextAt: '2026/07/14 16:30',
		text: '折返し',
	});
	const full = {reachedId: 'self', reactionId: 'think', nextActionId: 'recall', nextAt: '2026/07/14 16:30', text: '夜に 折返し'};
	for (const line of [
		'1 3 1 1630 夜に 折返し',
		'1　３　１　１６：３０　夜に 折返し',
		'本 検 再 16:30 夜に 折返し',
		'本人 検討中 再架電 16時30分 夜に 折返し',
		'ほん けんとう さい 16時半 夜に 折返し',
		'honnin kentou saikaden 午後4時半 夜に 折返し',
		'honn KEN sai 4:30pm 夜に 折返し',
		'1 3 再 今日16:30 夜に 折返し',
		'1 3 再 7/14 16:30 夜に 折返し',
		'1 3 再 2026/7/14 1630 夜に 折返し',
		'1 3 再 +390 夜に 折返し',
		'1 3 再 1630 / 夜に 折返し ',
		'１　ケントウ　ｻｲ　1630　／夜に 折返し',
	])
		t.deepEqual(read(line).values, full, line);
});

test('what is left out, who is next, and where the text begins', t => {
	t.deepEqual(read('').values, {});
	t.deepEqual(read('1').values, {reachedId: 'self'});
	t.deepEqual(read('再 明日10時').values, {nextActionId: 'recall', nextAt: '2026/07/15 10:00'}, 'a word goes to the choice it fits');
	t.deepEqual(read('- - 3 不要とのこと').values, {nextActionId: 'done', text: '不要とのこと'});
	t.deepEqual(read('- 2 完 不要とのこと').values, {reactionId: 'no', nextActionId: 'done', text: '不要とのこと'});
	t.is(read('留 不在 自 3回目').values.nextActionId, undefined, '自動再架電 is offered in predictive work only');
	t.deepEqual(read('1 3 再 @佐 1630 佐藤さんから').values, {
		reachedId: 'self',
		reactionId: 'think',
		nextActionId: 'recall',
		nextOperatorId: 'op3',
		nextAt: '2026/07/14 16:30',
		text: '佐藤さんから',
	});
	t.is(read('1 3 再 @-').values.nextOperatorId, '');
	t.is(read('1 3 再 @自').values.nextOperatorId, 'self');
	t.deepEqual(read('1 /3 本').values, {reachedId: 'self', text: '3 本'}, 'what would be taken for a choice');
	t.deepEqual(read('1 3 再 折返しは夜').values, {reachedId: 'self', reactionId: 'think', nextActionId: 'recall', text: '折返しは夜'});
	t.deepEqual(read('資料 月曜 9:00 パンフ').values, {nextActionId: 'brochure', nextAt: '2026/07/20 09:00', text: 'パンフ'});
	t.deepEqual(
		['', '1', '1 2', '1 2 再', '1 2 完', '1 2 再 1630', '1 2 再 1630 x'].map(line => read(line).next),
		['reachedId', 'reactionId', 'nextActionId', 'nextAt', 'text', 'text', 'text'],
	);
});

test('what is wrong or could be two things is named', t => {
	t.deepEqual(problems('9'), ['reachedId 9 noNumber']);
	t.deepEqual(problems('1 99 再 1630'), ['reactionId 99 noNumber']);
	t.deepEqual(problems('1 不'), ['reactionId 不 ambiguous']);
	t.deepEqual(problems('1 fu'), ['reactionId fu ambiguous']);
	t.deepEqual(problems('1 3 再 2561'), ['nextAt 2561 badTime']);
	t.deepEqual(problems('1 3 再 7/13 10:00'), ['nextAt 7/13 10:00 pastTime']);
	t.deepEqual(problems('1 3 1630'), ['nextAt 1630 noTimeHere']);
	t.deepEqual(problems('1 3 完 1630'), ['nextAt 1630 noTimeHere']);
	t.deepEqual(problems('1 3 再 @鈴'), ['nextOperatorId @鈴 unknown']);
	t.deepEqual(problems('1 3 再 1630 1700 に電話'), [], 'the second number is text');
	t.is(read('1 3 再 1630 1700 に電話').values.text, '1700 に電話');
});

test('times in words', t => {
	const at = (typed: string) => completeTime(typed, startMs, zone);
	const table: ReadonlyArray<readonly [string, string | null]> = [
		['明日 10:30', '2026/07/15 10:30'],
		['あしたの9時', '2026/07/15 09:00'],
		['明後日1500', '2026/07/16 15:00'],
		['水曜 午後3時', '2026/07/15 15:00'],
		['火曜10時', '2026/07/21 10:00'],
		['来週の金曜 9時半', '2026/07/24 09:30'],
		['来週月 9', '2026/07/20 09:00'],
		['fri 9:00', '2026/07/17 09:00'],
		['tomorrow 3pm', '2026/07/15 15:00'],
		['30分後', '2026/07/14 10:30'],
		['２時間後', '2026/07/14 12:00'],
		['+90', '2026/07/14 11:30'],
		['+2h', '2026/07/14 12:00'],
		['3日後', '2026/07/17 10:00'],
		['午後0時15分', '2026/07/14 12:15'],
		['16時30分', '2026/07/14 16:30'],
		['1630', '2026/07/14 16:30'],
		['明日', null],
		['午後13時', null],
		['明日25時', null],
		['折返し', null],
	];
	for (const [typed, full] of table) t.is(at(typed), full, typed);
});

const altL = '\x1bl';
const sent = (desk: Desk, type: string) => desk.service.requests.filter(request => request.type === type);

test('the line fills the record as it is typed, and Esc takes it back', async t => {
	const desk = await Desk.inCall();
	await desk.press('2', keys.tab, keys.tab, keys.tab, keys.tab, '前から', altL);
	await desk.press('1 3 再 1630 折返し');
	t.deepEqual(
		['reachedId', 'reactionId', 'nextActionId', 'nextAt', 'text'].map(name => desk.value(`record.${name}`)),
		['self', 'think', 'recall', '2026/07/14 16:30', '前から\n折返し'],
	);
	desk.advance(1000);
	await desk.idle();
	t.is(desk.service.draft?.record.nextAt, '2026/07/14 16:30', 'the draft has it before it is taken');
	await desk.press(keys.escape);
	t.deepEqual([desk.value('record.reachedId'), desk.value('record.reactionId'), desk.value('record.text')], ['family', '', '前から']);
	await desk.press(altL, '1 不', keys.enter);
	t.true((await desk.text()).includes('不要 / 不在'), 'what it could be is said');
	t.is(desk.console.state.panel?.kind, 'wrapLine');
	await desk.press('要', ' 完 ', '1630', keys.f12);
	t.deepEqual(sent(desk, 'save'), [], 'nothing is saved that was not understood');
	await desk.press(keys.backspace.repeat(4), 'いらない', keys.enter);
	t.is(desk.console.state.panel, null);
	t.deepEqual(desk.focused(), {key: 'record.text', text: '前から\nいらない', cursor: 8});
	t.is(desk.value('record.nextAt'), '');
	await desk.press(keys.f10, 'i', '自 3回目', keys.f12);
	const [save] = sent(desk, 'save');
	t.like(save?.type === 'save' ? save.draft.record : {}, {
		reachedId: 'self',
		reactionId: 'no',
		nextActionId: 'auto',
		text: '前から\nいらない\n3回目',
	});
	t.is(desk.console.state.panel, null);
});

test('a past time is refused at its field, and words for times are understood there too', async t => {
	const desk = await Desk.inCall();
	await desk.press(keys.tab, keys.tab, '1', keys.tab, keys.tab, '明日10時半', keys.tab);
	t.is(desk.value('record.nextAt'), '2026/07/15 10:30');
	await desk.press(keys.shiftTab, keys.backspace.repeat(16), '7/13 10:00', keys.tab, keys.shiftTab);
	t.is(desk.console.state.form!.errors['record.nextAt'], 'pastTime');
	t.true((await desk.text()).includes('過去の日時です'));
	await desk.press(keys.f12);
	t.deepEqual(sent(desk, 'save'), [], 'it does not go to the service first');
});
