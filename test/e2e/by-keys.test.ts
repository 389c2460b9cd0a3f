/**
 * Whole flows by keys, on pseudo-terminals against a real service with telephones: predictive, preview, inbound to all, two
 * consoles on one customer, transfers and recalls. One house and two consoles, which stay open over all of it as over a shift.
 */
import test from 'ava';
import type {AutoDialSettings, CallList, Campaign, ListEntry, ResponseRecord} from '../../src/server/domain/model.js';
import {openStage, type Stage} from '../flows/stage.js';
import {consolePassword} from '../flows/stage-seed.js';
import {type ConsolePty, openConsolePty} from '../support/console-pty.js';
import {campaign} from '../support/service-process.js';
import {callsBack, handsOver, keys} from './keys-of-calls.js';

const dialled = '0355507001';
const [skipped, called] = ['0355507002', '0355507003'];
const caller = '0355507004';
const [handed, handedToo, outside, promised] = ['0355507005', '0355507006', '0355507007', '0355507008'];
const ofCustomer = (number: string): string => `k${number}-0`;

const lists: CallList[] = [
	{id: 'predicted', campaignId: campaign.id, name: '予測', groupId: 'out', started: true, priority: 1},
	{id: 'previewed', campaignId: campaign.id, name: '次の発信', groupId: 'look', started: true, priority: 1},
];
const entry = (listId: string, number: string, position: number): ListEntry => ({
	id: `e${number}`,
	listId,
	customerId: ofCustomer(number),
	number,
	state: 'waiting',
	position,
	attempts: 0,
});
const auto: AutoDialSettings = {
	campaignId: campaign.id,
	groupId: 'out',
	mode: 'idleOnly',
	started: true,
	trunk: 'outside',
	callerNumber: '0312345678',
	callsMax: 0,
	ringMs: 20_000,
	ratioTable: [{agentsMax: 1, ratio: 1}],
	ratioAbove: 1,
	retries: {},
};

const card: Campaign = {
	...campaign,
	groupIds: ['all', 'out', 'look'],
	masters: {...campaign.masters, nextActions: [...campaign.masters.nextActions, {id: 'again', label: '再架電', kind: 'recall'}]},
};
/** Let fall due ten minutes ago. */
const promise: ResponseRecord = {
	id: 'promise',
	customerId: ofCustomer(promised),
	campaignId: campaign.id,
	operatorId: 'aoki',
	contact: 'none',
	nextActionId: 'again',
	nextOperatorId: 'aoki',
	nextAtMs: Date.now() - 600_000,
	text: '',
	savedMs: Date.now() - 3_600_000,
	editedMs: Date.now() - 3_600_000,
};

let house: Stage;
test.before(async () => {
	house = await openStage({
		operators: {aoki: {}, baba: {}, desk: {}},
		groups: {all: {pattern: 'all', answer: 'ring', ringMs: 120_000}, out: {}, look: {}},
		numbers: [{number: '0312345678', name: '窓口', target: {kind: 'group', groupId: 'all'}}],
		customers: {
			[dialled]: '予測 一郎',
			[skipped]: '見送 二郎',
			[called]: '下見 三郎',
			[caller]: '着信 四郎',
			[handed]: '転送 五郎',
			[handedToo]: '転送 七郎',
			[promised]: '待人 六子',
		},
		ops: [
			...lists.map(row => ({op: 'putList' as const, row})),
			{op: 'putEntries', rows: [entry('predicted', dialled, 0), entry('previewed', skipped, 0), entry('previewed', called, 1)]},
			{op: 'putAutoDial', row: auto},
			{op: 'putCampaign', row: card},
			{op: 'putRecord', row: promise},
		],
		limits: {numberGapMs: 0},
	});
});
test.after.always(() => house?.close());

/** An operator who sits down at a console: logged in, all groups ticked, in 後処理. */
async function sitsDown(screen: ConsolePty, loginId: string, extension: string, hz: number): Promise<void> {
	await house.earPhone(extension, hz, 'auto');
	await screen.shows('ログインID');
	screen.type(`${loginId}\t${consolePassword}\t${extension}\r`);
	await screen.shows('作業グループの選択');
	screen.type(keys.f2 + keys.f12);
	await screen.shows('■ 後処理');
}

/** The record of the customer on the screen, saved; then the answer to the question after it. */
async function writesAndSaves(screen: ConsolePty, text: string, answer: string): Promise<void> {
	screen.type(`1\t1\t1\t\t${text}`);
	await screen.shows(text);
	screen.type(keys.f12);
	await screen.shows('保存しました');
	screen.type(answer);
	await screen.hides('保存しました');
}

const savedOf = (number: string) => house.look(reader => reader.recordsOf(ofCustomer(number), 10));
const stateOf = (number: string) =>
	house.look(reader => reader.entryOfCustomer(number === dialled ? 'predicted' : 'previewed', ofCustomer(number)))?.state;

test('predictive, preview, inbound to all and one customer on two consoles, each by its keys', async t => {
	t.timeout(300_000);
	const open = () => openConsolePty(t, ['agent', '--server', house.service.url, '--data', house.folder, '--lang', 'ja']);
	const aoki = open();
	if (!aoki) {
		t.log('left out: node-pty is not installed');
		t.pass();
		return;
	}
	const baba = open()!;
	await sitsDown(aoki, 'aoki', '1001', 700);

	await t.notThrowsAsync(predictive(aoki), 'predictive');
	t.like(savedOf(dialled), [{operatorId: 'aoki', contact: 'out', text: '資料を送る'}]);
	await house.until('the entry to be worked', () => stateOf(dialled) === 'saved');

	await t.notThrowsAsync(preview(aoki), 'preview');
	t.like(savedOf(called), [{operatorId: 'aoki', contact: 'out', text: '下見してかけた'}]);
	t.is(stateOf(skipped), 'autoRecall', 'given back to the list, for later');

	await sitsDown(baba, 'baba', '1002', 800);
	await t.notThrowsAsync(toAll(aoki, baba), 'inbound to all');
	await t.notThrowsAsync(together(aoki, baba), 'two consoles');
	const both = savedOf(caller);
	t.deepEqual(both.map(({operatorId}) => operatorId).sort(), ['aoki', 'baba']);
	t.like(house.look(reader => reader.customer(ofCustomer(caller)))?.values, {name: '着信 史郎', memo: '午後に電話'});

	const parties = {stage: house, aoki, baba};
	await t.notThrowsAsync(handsOver(parties, {first: handed, second: handedToo, outside}), 'transfers');
	await t.notThrowsAsync(callsBack(parties, Date.now()), 'recalls');

	for (const screen of [aoki, baba]) screen.type(keys.f11);
	await Promise.all([aoki, baba].map(screen => screen.shows('ログオフしました')));
	t.deepEqual(house.problems, []);
});

async function predictive(screen: ConsolePty): Promise<void> {
	const person = house.caller(dialled, 400);
	screen.type(keys.f2);
	await screen.shows('通話中（発信）');
	await screen.shows(/名前 +予測 一郎/);
	await person.hears(700);
	person.hangsUp();
	await screen.shows('■ 後処理');
	await writesAndSaves(screen, '資料を送る', keys.f2);
	await screen.shows('● 受付中');
	await screen.hides('予測 一郎');
}

async function preview(screen: ConsolePty): Promise<void> {
	const person = house.caller(called, 500);
	screen.type(keys.f3);
	await screen.shows('■ 後処理');
	screen.type(`${keys.f10}6`);
	await screen.shows(/名前 +見送 二郎/);
	screen.type(`${keys.f10}7`);
	await screen.hides('見送 二郎');
	screen.type(`${keys.f10}6`);
	await screen.shows(/名前 +下見 三郎/);
	screen.type(keys.f6 + keys.tab.repeat(2));
	await screen.shows(/^ F5 発信/m);
	screen.type(keys.f5);
	await screen.shows('通話中（発信）');
	await person.hears(700);
	screen.type(keys.f4);
	await screen.shows('■ 後処理');
	screen.type(keys.f6);
	await writesAndSaves(screen, '下見してかけた', keys.f2);
	await screen.shows('● 受付中');
}

async function toAll(aoki: ConsolePty, baba: ConsolePty): Promise<void> {
	const person = house.caller(caller, 600);
	baba.type(keys.f2);
	await baba.shows('● 受付中');
	await person.dials('0312345678');
	await Promise.all([aoki, baba].map(screen => screen.shows(/着信 \d:\d\d .*着信 四郎.*F5 +通話/)));
	// A key counts once the question has been there for long enough to be read.
	await baba.shows(/着信中 +\d:(?!00)\d\d/);
	baba.type(keys.f5);
	await baba.shows('通話中（着信）');
	await aoki.shows('● 受付中');
	await person.hears(800);
	await baba.shows(/通話中（着信） +\d:(?!00)\d\d/);
	baba.type(keys.f5);
	await baba.shows(/名前 +着信 四郎/);

	// The window is drawn smaller while somebody types, and larger again.
	baba.type('1\t1\t1\t\t窓口の');
	await baba.shows('窓口の');
	baba.resize(80, 24);
	baba.type('件');
	await baba.shows(/^1ヘルプ2受付可/m);
	await baba.shows('窓口の件');
	baba.resize(60, 20);
	await baba.shows('80×24');
	baba.type('で');
	baba.resize(120, 40);
	await baba.shows('窓口の件で');
	await baba.shows(/待ち \d:\d\d/);
	person.hangsUp();
	await baba.shows('■ 後処理');
}

/** The customer whom one has on the screen calls again, and somebody else opens the card as well. */
async function together(aoki: ConsolePty, baba: ConsolePty): Promise<void> {
	const person = house.caller(caller, 600);
	await person.dials('0312345678');
	await aoki.shows(/着信中 +\d:(?!00)\d\d/);
	aoki.type(keys.f5);
	await aoki.shows(/通話中（着信） +\d:(?!00)\d\d/);
	aoki.type(keys.f5);
	await aoki.shows(/名前 +着信 四郎/);
	aoki.type(`${keys.f6}${keys.tab.repeat(3)}午後に電話`);
	await aoki.shows(/備考 +午後に電話/);

	// One field that both change, and one that only the other does.
	baba.type(`${keys.f6}${keys.tab}\x15着信 史郎${keys.tab.repeat(2)}午前に電話`);
	await baba.shows(/備考 +午前に電話/);
	baba.type(keys.f12);
	await baba.shows('保存しました');

	await aoki.shows(/名前 +着信 史郎/);
	await aoki.shows(/^!備考/m);
	aoki.type(`${keys.f6}1\t1\t1\t\t午後が良い`);
	await aoki.shows('午後が良い');
	aoki.type(keys.compare);
	await aoki.shows(/2 別の人 午前に電話/);
	aoki.type('3');
	await aoki.shows('すべて選びました');
	// So soon after a band has gone its keys would be taken for a slip.
	await person.hearsFor(1_000);
	aoki.type(keys.f4);
	await aoki.shows('■ 後処理');
	aoki.type(keys.f12);
	await aoki.shows('保存しました');
	aoki.type(keys.f12);
	baba.type(keys.f12);
	await Promise.all([aoki, baba].map(screen => screen.hides('保存しました')));
}
