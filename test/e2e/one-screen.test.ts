/** One call that comes in, one that goes out and one change to a customer, by one person at one screen who never leaves it. */
import test from 'ava';
import {openStage} from '../flows/stage.js';
import {consolePassword} from '../flows/stage-seed.js';
import {openConsolePty} from '../support/console-pty.js';

const keys = {f2: '\x1bOQ', f4: '\x1bOS', f5: '\x1b[15~', f6: '\x1b[17~', f12: '\x1b[24~', tab: '\t'};
/** The program as people have it, in parts that are read when they are needed. */
const bundle = {program: 'dist/kaden.mjs'};
const number = '0355501009';
const customerId = `k${number}-0`;
const agentHz = 700;

test('a call is answered, the customer changed and saved, and called back, all on the same screen', async t => {
	t.timeout(180_000);
	const house = await openStage({
		operators: {aoki: {}},
		groups: {main: {answer: 'ring', ringMs: 60_000}},
		numbers: [{number: '0312345678', name: '窓口', target: {kind: 'group', groupId: 'main'}}],
		customers: {[number]: '吉田 美咲'},
	});
	t.teardown(() => house.close());
	const screen = openConsolePty(t, ['agent', '--server', house.service.url, '--data', house.folder, '--lang', 'ja'], undefined, bundle);
	if (!screen) {
		t.log('left out: node-pty is not installed');
		t.pass();
		return;
	}
	const phone = await house.earPhone('1001', agentHz, 'auto');
	t.truthy(phone);
	await screen.shows('ログインID');
	screen.type(`aoki\t${consolePassword}\t1001\r`);
	await screen.shows('作業グループの選択');
	screen.type(keys.f2 + keys.f12);
	await screen.shows('■ 後処理');
	screen.type(keys.f2);
	await screen.shows('● 受付中');

	const customer = house.caller(number, 400);
	await customer.dials('0312345678');
	await screen.shows(/着信 \d:\d\d .*吉田 美咲.*F5 +通話/);
	// A key counts once the question has been there for long enough to be read.
	await screen.shows(/着信中 +\d:(?!00)\d\d/);
	screen.type(keys.f5);
	await screen.shows('通話中（着信）');
	await customer.hears(agentHz);
	await screen.shows(/通話中（着信） +\d:(?!00)\d\d/);
	screen.type(keys.f5);
	await screen.shows(/名前 +吉田 美咲/);
	// To the customer's card (code, name, number), on to 備考, and back to the record.
	screen.type(keys.f6 + keys.tab.repeat(3));
	await screen.shows(/^ Enter 改行/m);
	screen.type('夜に電話してほしい');
	await screen.shows(/備考 +夜に電話してほしい/);
	screen.type(`${keys.f6}1\t1\t1\t\t資料のことで電話があった`);
	await screen.shows('資料のことで電話があった');
	// A key pressed in the moment in which the band has gone would be taken for a slip.
	await customer.hearsFor(1_000);
	screen.type(keys.f4);
	await screen.shows('■ 後処理');
	screen.type(keys.f12);
	await screen.shows('保存しました');
	screen.type(keys.f12);
	await screen.hides('保存しました');
	t.is(await customer.isLetGo(), 'far');

	// The number on the card, by its key.
	screen.type(keys.f6 + keys.tab.repeat(2));
	await screen.shows(/^ F5 発信/m);
	screen.type(keys.f5);
	await screen.shows('通話中（発信）');
	await customer.talks();
	await customer.hears(agentHz);
	screen.type(`${keys.f6}1\t1\t1\t\t折り返した`);
	await screen.shows('折り返した');
	screen.type(keys.f4);
	await screen.shows('■ 後処理');
	screen.type(keys.f12);
	await screen.shows('保存しました');

	const [out, come] = await house.until('both records to be on the disk', () => {
		const records = house.look(reader => reader.recordsOf(customerId, 10));
		return records.length === 2 ? records : undefined;
	});
	t.like(come, {operatorId: 'aoki', contact: 'in', text: '資料のことで電話があった', reachedId: 'self', nextActionId: 'done'});
	t.like(out, {operatorId: 'aoki', contact: 'out', text: '折り返した'});
	const inbound = await house.ended(come!.callId!);
	const outbound = await house.ended(out!.callId!);
	t.like(inbound, {kind: 'inbound', fromNumber: number, agentId: 'aoki', customerId, outcome: 'talked', endedBy: 'agent'});
	t.like(outbound, {kind: 'direct', toNumber: number, agentId: 'aoki', customerId, outcome: 'talked', endedBy: 'agent'});
	t.true(outbound.startedMs >= inbound.endedMs!);
	const saved = house.look(reader => reader.customer(customerId));
	t.is(saved?.values['memo'], '夜に電話してほしい');
	t.is(saved?.values['name'], '吉田 美咲');
	t.deepEqual(house.problems, []);
});
