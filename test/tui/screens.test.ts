import test from 'ava';
import type {Lang} from '../../src/tui/i18n/index.js';
import {Desk, golden, keys} from './support/console.js';
import {customer, FakeService, history, startMs} from './support/service.js';

const altC = '\x1bc';
const altL = '\x1bl';

const sizes = [
	{columns: 80, rows: 24},
	{columns: 120, rows: 40},
];

for (const lang of ['ja', 'en'] satisfies Lang[]) {
	for (const size of sizes) {
		const options = {...size, lang};
		const where = `${lang} ${size.columns}x${size.rows}`;

		test(`screens before work, ${where}`, async t => {
			const desk = new Desk({...options, demo: true});
			await desk.start();
			await golden(t, desk, 'login');
			await desk.press('op001', keys.tab, 'wrong', keys.tab, '201', keys.enter);
			await golden(t, desk, 'login-refused');
			await desk.press(keys.f2);
			await golden(t, desk, 'login-demo');
			await desk.press(keys.enter);
			await golden(t, desk, 'groups');
			await desk.press(keys.f12);
			await golden(t, desk, 'groups-none');
			await desk.press(' ', keys.down);
			await golden(t, desk, 'groups-ticked');
			await desk.press(keys.f12);
			await golden(t, desk, 'work-wrapup');
		});

		test(`screens of a call, ${where}`, async t => {
			const desk = await Desk.inCall(options);
			desk.advance(83_000);
			await golden(t, desk, 'call');
			await desk.press(
				'1',
				keys.tab,
				'3',
				keys.tab,
				'1',
				keys.tab,
				keys.tab,
				'1630',
				keys.tab,
				'𠮷田さん、夜に折返し希望。',
				keys.enter,
				'資料は郵送済み。',
			);
			await golden(t, desk, 'call-record');
			await desk.press(keys.f7);
			await golden(t, desk, 'call-refused-key');
			await desk.press(keys.f6, keys.down, keys.down);
			await golden(t, desk, 'call-customer');
			await desk.press(keys.f4);
			await golden(t, desk, 'call-ended');
			await desk.press(keys.f12);
			await golden(t, desk, 'after-save');
			await desk.press(keys.f1);
			await golden(t, desk, 'help');
		});

		test(`screens of trouble, ${where}`, async t => {
			const desk = await Desk.inCall(options);
			desk.service.push({
				counters: {waiting: 3, longestWaitSinceMs: startMs - 60_000, abandonedToday: 2, recallsDue: 1},
				notices: [
					{
						noticeId: 'n1',
						level: 'warning',
						key: 'recallDue',
						args: {name: '高橋 一郎', number: '0459876543', atMs: String(startMs + 120_000)},
						atMs: startMs,
					},
				],
			});
			await golden(t, desk, 'notice');
			desk.service.refusals.set('save', {
				code: 'invalid',
				message: 'name is required',
				fields: [{field: 'name', code: 'required'}],
			});
			await desk.press(keys.f12);
			await golden(t, desk, 'save-invalid');
			await desk.press('山', keys.tab, 'や');
			desk.service.push({customer: {...customer, version: 9, values: {...customer.values, kana: 'ヨシダ ミサ', memo: '平日は19時以降'}}});
			await golden(t, desk, 'conflict');
			await desk.press(altC);
			await golden(t, desk, 'conflict-choose');
			await desk.press('2');
			await golden(t, desk, 'conflict-decided');
			await desk.press(altC);
			desk.service.setLine('offline');
			desk.advance(12_000);
			await golden(t, desk, 'offline');
		});

		test(`screens of one line, ${where}`, async t => {
			const desk = await Desk.inCall(options);
			await desk.press(altL);
			await golden(t, desk, 'wrap-line');
			await desk.press('1 検 ');
			await golden(t, desk, 'wrap-line-half');
			await desk.press('再 @佐 1630 折返し希望');
			await golden(t, desk, 'wrap-line-full');
			await desk.press(keys.backspace.repeat(40), '9 不 完 1630', keys.enter);
			await golden(t, desk, 'wrap-line-wrong');
		});

		test(`screens of the statuses, ${where}`, async t => {
			const desk = await Desk.working(options);
			await desk.press(keys.f2);
			await golden(t, desk, 'ready');
			await desk.press(keys.f7);
			desk.advance(61_000);
			await golden(t, desk, 'away');
			await desk.press(keys.f8);
			await golden(t, desk, 'break');
			desk.service.push({
				status: {status: 'phoneDown', sinceMs: startMs, actor: 'system', reason: 'phone'},
				phone: {registered: false, legUp: false},
			});
			await golden(t, desk, 'phone-down');
			desk.service.push({status: {status: 'offline', sinceMs: startMs, actor: 'system', reason: 'login'}});
			await golden(t, desk, 'status-offline');
			await desk.press(keys.f11);
			await golden(t, desk, 'logged-off');
		});

		test(`screens of preview, ${where}`, async t => {
			const desk = await Desk.working(options);
			await desk.press(keys.f10, '6');
			desk.service.push({history});
			await golden(t, desk, 'preview-next');
			await desk.press(keys.f10, '7');
			await golden(t, desk, 'preview-skipped');
			await desk.press(keys.f10, '6', keys.f6);
			const [tel] = ['03-1234-5678'];
			desk.service.pushOut('dialling', tel);
			await golden(t, desk, 'preview-dialling');
			desk.service.pushOut('talking', tel);
			await golden(t, desk, 'preview-talking');
			await desk.press(keys.f6, '1', keys.f12);
			await golden(t, desk, 'saved-in-call');
			await desk.press(keys.f12, keys.f4);
			await golden(t, desk, 'preview-ended');
			await desk.press('2', keys.f12, keys.f12);
			await golden(t, desk, 'after-save-kept');
			desk.service.nextIsEmpty = true;
			await desk.press(keys.f10, '6');
			await golden(t, desk, 'preview-exhausted');
		});

		test(`screens of inbound work, ${where}`, async t => {
			const desk = await Desk.working(options);
			await desk.press(keys.f2);
			desk.service.pushCaller({candidates: [], searching: true});
			await golden(t, desk, 'incoming-searching');
			desk.service.pushCaller({candidates: [], number: '', withheld: true});
			await golden(t, desk, 'incoming-withheld');
			desk.advance(500);
			desk.service.refusals.set('answer', {code: 'callTaken', message: ''});
			await desk.press(keys.f5);
			desk.service.push({status: {status: 'ready', sinceMs: startMs, actor: 'system', reason: 'taken'}, incoming: null});
			await golden(t, desk, 'answered-elsewhere');
			desk.service.pushCaller({candidates: []});
			desk.advance(500);
			await desk.press(keys.f5);
			await golden(t, desk, 'caller-unknown');
			desk.advance(500);
			await desk.press(keys.shiftF5);
			await golden(t, desk, 'customer-created');
			await desk.press(keys.f6, '髙橋 洋子', keys.f4);
			await golden(t, desk, 'inbound-ended');
			await desk.press(keys.f12, keys.f2);
			await golden(t, desk, 'resumed');
		});

		test(`screens of recalls, ${where}`, async t => {
			const desk = await Desk.working(options);
			await desk.press(keys.f9, keys.down);
			await golden(t, desk, 'recalls');
			await desk.press(keys.enter);
			await golden(t, desk, 'recall-loaded');
			await desk.press(keys.f6, keys.f6, keys.f5, '03-9');
			await golden(t, desk, 'dial-number');
			await desk.press(keys.escape, keys.f10, 'p', 'secret', keys.enter);
			await golden(t, desk, 'password');
		});

		test(`screens of callers, ${where}`, async t => {
			const desk = await Desk.working(options);
			await desk.press(keys.f2);
			desk.service.pushCaller();
			await golden(t, desk, 'incoming');
			desk.service.pushCaller({kind: 'internal', number: '203', calledName: '佐藤 次郎', groupName: '', candidates: []});
			await golden(t, desk, 'incoming-internal');
			desk.service.pushCaller();
			const [first] = desk.service.view!.incoming!.candidates;
			desk.service.pushCaller({
				candidates: [first!, {...first!, customerId: 'cust3', fields: [{label: '名前', value: '髙橋 洋子'}]}],
				campaigns: [
					{id: 'camp1', name: '生命保険のご案内'},
					{id: 'camp2', name: '資料請求'},
				],
			});
			desk.advance(500);
			await desk.press(keys.f5);
			await golden(t, desk, 'caller-known');
			desk.advance(500);
			await desk.press(keys.f5, keys.down);
			await golden(t, desk, 'caller-choice');
		});

		test(`screens of what is done in a call, ${where}`, async t => {
			const desk = await Desk.inCall(options);
			await desk.press(keys.f10);
			await golden(t, desk, 'menu');
			await desk.press('1');
			desk.advance(65_000);
			await golden(t, desk, 'held');
			await desk.press(keys.f10, '2', keys.down);
			await golden(t, desk, 'transfer-list');
			await desk.press(keys.enter);
			await golden(t, desk, 'transfer-how');
			await desk.press('1');
			desk.service.pushTransfer({mode: 'consult', number: '203', name: '佐藤 次郎', answered: true});
			await golden(t, desk, 'transfer-consult');
			desk.advance(500);
			await desk.press(keys.f5);
			await golden(t, desk, 'transfer-done');
			await desk.press(keys.f10, 'h', '質問');
			await golden(t, desk, 'ask-help');
			await desk.press(keys.enter, keys.f10, 'h');
			await golden(t, desk, 'help-asked');
		});

		test(`screens of why, ${where}`, async t => {
			const desk = await Desk.working(options);
			await desk.press(keys.f2, keys.f10, 'w');
			await golden(t, desk, 'why-agent');
			await desk.press(keys.escape);
			desk.service.pushCall();
			desk.service.push({call: {...desk.service.view!.call!, recording: 'on', watchedBy: ['佐藤 次郎']}});
			await desk.press('\x1bw', keys.right);
			await golden(t, desk, 'why-customer');
		});

		test(`screens where another system shows the customer, ${where}`, async t => {
			const desk = await Desk.working({...options, service: new FakeService({use: 'toolbar'})});
			await golden(t, desk, 'only-toolbar');
			await desk.press(keys.f2, keys.f12);
			await golden(t, desk, 'only-refused-key');
			desk.service.pushCaller();
			await golden(t, desk, 'only-incoming');
			desk.advance(500);
			await desk.press(keys.f5);
			desk.service.push({call: {...desk.service.view!.call!, recording: 'on', watchedBy: ['佐藤 次郎']}, customer, history});
			desk.advance(71_000);
			await golden(t, desk, 'only-call');
			await desk.press('余計な文字', keys.f10);
			await golden(t, desk, 'only-menu');
			await desk.press('2', keys.down);
			await golden(t, desk, 'only-transfer');
			await desk.press(keys.enter, '1');
			desk.service.pushTransfer({mode: 'consult', number: '203', name: '佐藤 次郎', answered: true});
			await golden(t, desk, 'only-consult');
			desk.advance(500);
			await desk.press(keys.f4);
			desk.advance(1_000);
			await desk.press(keys.f4);
			await golden(t, desk, 'only-ended');
			await desk.press(keys.f1);
			await golden(t, desk, 'only-help');
			await desk.press(keys.escape);
			// The next caller is not mixed up with the last, and who is ready sees nothing of the past.
			desk.service.pushCaller({callId: 'in2', number: '0312340000', candidates: []});
			const next = (await desk.text()).split('\n').slice(3, 12).join('\n');
			t.true(next.includes('0312340000') && !next.includes('0459876543'), next);
			desk.service.push({incoming: null, status: {status: 'ready', sinceMs: startMs, actor: 'self', reason: 'key'}});
			t.false((await desk.text()).includes('0459876543'));
			t.is(desk.console.state.form, null);
			t.deepEqual(
				desk.service.requests.filter(({type}) => type === 'putDraft' || type === 'save' || type === 'listRecalls'),
				[],
			);
		});

		test(`screens of lists, ${where}`, async t => {
			const desk = await Desk.working(options);
			desk.service.push({counters: {waiting: 3, longestWaitSinceMs: startMs - 83_000, abandonedToday: 2, recallsDue: 0}});
			await desk.press(keys.f10, '8');
			await golden(t, desk, 'waiting');
			await desk.press(keys.f10, '9');
			await golden(t, desk, 'abandoned');
			await desk.press(keys.f10, '0');
			await golden(t, desk, 'seats');
			await desk.press(keys.f6, keys.right);
			await golden(t, desk, 'seats-office');
			await desk.press(keys.f6);
			await desk.press('099');
			await golden(t, desk, 'seats-number');
			await desk.press(keys.f10, 't', keys.down);
			await golden(t, desk, 'my-customers');
			await desk.press(keys.f10, 'l');
			await golden(t, desk, 'call-lists');
		});
	}
}

test('a terminal too small says so in both languages', async t => {
	for (const lang of ['ja', 'en'] satisfies Lang[]) {
		const desk = new Desk({lang, service: new FakeService()});
		await desk.start();
		desk.tty.resize(60, 20);
		t.true((await desk.text()).includes('80×24'));
		desk.tty.resize(100, 30);
		t.true((await desk.text()).includes('Kaden'));
	}
});
