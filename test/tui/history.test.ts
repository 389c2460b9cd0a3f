import test from 'ava';
import type {HistoryRow} from '../../src/server/api/views.js';
import {placeOf} from '../../src/tui/agent/keys.js';
import type {Lang} from '../../src/tui/i18n/index.js';
import {ja} from '../../src/tui/i18n/ja.js';
import {Desk, golden, keys} from './support/console.js';
import {customer, history, startMs} from './support/service.js';

/** A record of today by this operator, and two older ones. */
const today: HistoryRow = {
	recordId: 'r3',
	operatorId: 'op1',
	operatorName: '山田 花子',
	contact: 'in',
	reached: '本人',
	reaction: '興味あり',
	nextAction: '再架電',
	nextAtMs: startMs + 90_000_000,
	text: '資料は届いている。\n家族と相談して決めたいので、明日の昼にもう一度電話する。',
	savedMs: startMs - 3_600_000,
	editedMs: startMs - 3_600_000,
	fromNumber: '0312345678',
	toNumber: '05012345678',
	callStartedMs: startMs - 3_720_000,
	ringMs: 10_000,
	talkMs: 60_000,
	writingMs: 20_000,
	hasRecording: true,
	edit: {reachedId: '', reactionId: '', nextActionId: '', nextOperatorId: 'self', nextAt: '', text: '資料は届いている。'},
};

async function looking(options: {lang?: Lang; columns?: number; rows?: number} = {}): Promise<Desk> {
	const desk = await Desk.inCall(options);
	desk.service.push({history: [today, ...history]});
	await desk.press('\u000b');
	return desk;
}

const sent = (desk: Desk) => desk.service.requests.filter(({type}) => type === 'editRecord');

for (const lang of ['ja', 'en'] satisfies Lang[]) {
	for (const size of [
		{columns: 80, rows: 24},
		{columns: 120, rows: 40},
	]) {
		test(`screens of the history, ${lang} ${size.columns}x${size.rows}`, async t => {
			const desk = await looking({...size, lang});
			await golden(t, desk, 'history');
			await desk.press('1');
			await golden(t, desk, 'history-filtered');
			await desk.press(keys.enter);
			await golden(t, desk, 'history-detail');
			await desk.press('e', '夜');
			await golden(t, desk, 'history-edit');
		});
	}
}

test('filters go through the values the records have, combine, and are taken back', async t => {
	const desk = await looking();
	const shown = async () => (await desk.text()).includes('資料を読んでから');
	t.true(await shown());
	await desk.press('2');
	t.false(await shown(), '興味あり is the first reaction');
	await desk.press('2');
	t.true(await shown(), '検討中');
	await desk.press('1', '1');
	t.false(await shown(), '検討中 and 留守電: none fits both');
	await desk.press('0');
	t.true(await shown());
	await desk.press(keys.escape);
	t.is(placeOf(desk.console.state), 'work');
});

test('a record of today is edited beside what is being typed, which is left alone', async t => {
	const desk = await Desk.inCall();
	desk.service.push({history: [today, ...history]});
	await desk.press(keys.tab, '書きかけ');
	const before = desk.console.state.form;
	await desk.press('\u000b', 'e', '、夜に');
	t.is(placeOf(desk.console.state), 'recordEdit');
	await desk.press(keys.f12);
	const [request] = sent(desk);
	t.like(request, {recordId: 'r3'});
	t.is(request?.type === 'editRecord' ? request.record.text : '', '資料は届いている。、夜に');
	t.is(placeOf(desk.console.state), 'recordDetail');
	t.deepEqual(desk.console.state.form, before);
});

test('what cannot be edited says why; changes are not thrown away by one Esc; a refused field has the cursor', async t => {
	const desk = await looking();
	await desk.press(keys.down, 'e');
	t.is(desk.console.state.message?.why.key, 'why.notYourRecord');
	await desk.press(keys.up, 'e', 'x', keys.escape);
	t.is(placeOf(desk.console.state), 'recordEdit');
	t.is(desk.console.state.message?.why.key, 'message.leaveEdit');
	desk.service.refusals.set('editRecord', {code: 'invalid', message: 'no', fields: [{field: 'record.nextAt', code: 'pastTime'}]});
	await desk.press('y', keys.f12);
	const {panel} = desk.console.state;
	t.is(panel?.kind === 'history' ? panel.form?.focus : '', 'record.nextAt');
	await desk.press(keys.escape, keys.escape);
	t.is(placeOf(desk.console.state), 'recordDetail');
	desk.service.push({customer: null, history: []});
	await desk.idle();
	t.is(desk.console.state.panel, null, 'another customer: the history was that of the one before');
});

test('the recording of a contact is heard from its row and from its detail', async t => {
	const desk = await Desk.working();
	desk.service.push({customer, history});
	await desk.press('\x0b', keys.down, 's');
	t.true((await desk.text()).includes(ja['why.noRecording']), 'a row without one says so');
	await desk.press(keys.up, 's');
	t.deepEqual(desk.console.state.sound?.of, {callId: 'call0'});
	t.is(desk.players.length, 1);
	await desk.press(keys.enter);
	t.regex(await desk.text(), /再生中.*Space/);
	await desk.press('　');
	t.is(desk.console.state.sound?.state, 'paused');
	await desk.press('p');
	t.deepEqual(
		desk.service.requests.filter(({type}) => type === 'playRecording'),
		[{type: 'playRecording', of: {callId: 'call0'}}],
	);
	await desk.press(keys.escape, 's', keys.escape);
	t.is(desk.console.state.panel, null);
	t.is(desk.console.state.sound, null, 'closing the history ends it');
});
