/** 音声ガイダンス, business hours, extensions and mailboxes: where a caller is sent before anybody is free. */
import {join} from 'node:path';
import test from 'ava';
import type {BusinessHours, Target} from '../../src/server/domain/model.js';
import {openStage, type Stage} from './stage.js';
import {listenTo, orderOf, soundHz} from './stage-hearing.js';

const numbers = {
	menu: '0312340001',
	night: '0312340002',
	holiday: '0312340003',
	open: '0312340004',
	seat: '0312340005',
	circles: '0312340006',
};
const everyDay = {days: [0, 1, 2, 3, 4, 5, 6], from: '00:00', to: '24:00'};
/** Today and its neighbours in local time, so that the test may run over midnight. */
const aroundToday = [-1, 0, 1].map(days => new Date(Date.now() + (9 + 24 * days) * 3_600_000).toISOString().slice(0, 10));
const hours: BusinessHours[] = [
	{id: 'never', name: '夜間', windows: []},
	{id: 'holiday', name: '休日', windows: [everyDay], holidays: aroundToday},
	{id: 'always', name: '毎日', windows: [everyDay]},
].map(each => ({holidays: [], ...each}));
const box: Target = {kind: 'voicemail', mailbox: {kind: 'extension', extension: '1001'}, lengthMsMax: 1_500};

let house: Stage;
test.before(async () => {
	house = await openStage({
		operators: {aoki: {}, baba: {workMode: 'ringing'}},
		groups: {first: {answer: 'auto'}, second: {}, quick: {}},
		hours,
		menus: [
			{
				id: 'main',
				name: '代表',
				file: 'menu',
				choices: {
					'1': {kind: 'group', groupId: 'first'},
					'2': {kind: 'menu', menuId: 'sub'},
					'3': {kind: 'message', file: 'announcement'},
					'4': {kind: 'hangUp'},
					'5': {kind: 'menu', menuId: 'silent'},
					'*': {kind: 'repeat'},
				},
				timeoutMs: 1_500,
				retriesMax: 1,
				wrongFile: 'wrong',
				otherwise: {kind: 'group', groupId: 'second'},
			},
			{
				id: 'sub',
				name: '部署',
				file: 'entry',
				choices: {'0': {kind: 'menu', menuId: 'main'}},
				timeoutMs: 30_000,
				retriesMax: 0,
				otherwise: {kind: 'hangUp'},
			},
			// The same question to those who press nothing.
			{id: 'silent', name: '無言', file: 'entry', choices: {}, timeoutMs: 500, retriesMax: 0, otherwise: box},
			{
				id: 'loop',
				name: '堂々巡り',
				file: 'call-back',
				choices: {},
				timeoutMs: 0,
				retriesMax: 0,
				otherwise: {kind: 'menu', menuId: 'loop'},
			},
		],
		numbers: [
			{number: numbers.menu, name: '代表', target: {kind: 'menu', menuId: 'main'}},
			{
				number: numbers.night,
				name: '夜',
				target: {kind: 'group', groupId: 'quick'},
				hoursId: 'never',
				closed: {kind: 'message', file: 'closed'},
			},
			{number: numbers.holiday, name: '休', target: {kind: 'group', groupId: 'quick'}, hoursId: 'holiday', closed: box},
			{number: numbers.open, name: '昼', target: {kind: 'group', groupId: 'quick'}, hoursId: 'always'},
			{number: numbers.seat, name: '直通', target: {kind: 'extension', extension: '1001', otherwise: {kind: 'group', groupId: 'quick'}}},
			{number: numbers.circles, name: '輪', target: {kind: 'menu', menuId: 'loop'}},
		],
		sounds: {menu: 500, wrong: 400, entry: 400, voicemail: 500, 'call-back': 200},
	});
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());
test.afterEach(t => t.deepEqual(house.problems, []));

const {menu, wrong, entry, announcement, closed, voicemail, beep, 'hold-music': music, 'abandon-apology': apology} = soundHz;

/** The message that was left in the mailbox in that call. */
const kept = (callId: string) =>
	house.until('the message to be kept', () =>
		house.look(reader => reader.voicemails('extension:1001', 10)).find(message => message.callId === callId),
	);

test.serial('a key sends the caller to a group, already while the question is asked', async t => {
	const [aoki] = await house.atWork('first', 'aoki');
	const caller = house.caller('0355505001', 400);
	await aoki!.ready();
	await caller.dials(numbers.menu);
	await caller.hears(menu);
	caller.presses('1');
	const {callId} = await aoki!.talks();
	await Promise.all([caller.hears(aoki!.hz), aoki!.hears(caller.hz)]);
	await aoki!.hangsUp();
	t.like(await house.ended(callId), {outcome: 'talked', groupId: 'first'});
	t.deepEqual(
		house.eventsOf(callId).flatMap(({kind, data}) => (kind === 'call.menuKey' ? [[data?.['digit'], data?.['known']]] : [])),
		[['1', true]],
	);
	await house.checkFigures(t, 'first', {offered: 1, answered: 1});
});

test.serial('a wrong key is said to be wrong, * asks again at no cost, and whoever presses nothing goes to the other group', async t => {
	const [aoki] = await house.atWork('second', 'aoki');
	const caller = house.caller('0355505002', 400);
	await caller.dials(numbers.menu);
	await caller.hears(menu);
	caller.presses('9');
	await caller.hears(wrong);
	await caller.hears(menu);
	caller.presses('*');
	await caller.hears(menu);
	await caller.hears();
	await caller.hears(music);
	t.deepEqual(caller.heardSoFar(), [menu, wrong, music]);
	await aoki!.ready();
	const {callId} = await aoki!.answers();
	await Promise.all([caller.hears(aoki!.hz), aoki!.hears(caller.hz)]);
	caller.hangsUp();
	t.like(await house.ended(callId), {outcome: 'talked', groupId: 'second'});
	await house.checkFigures(t, 'second', {offered: 1, answered: 1});
});

test.serial('from menu to menu and back, to a message, and out', async t => {
	const caller = house.caller('0355505003', 400);
	await caller.dials(numbers.menu);
	await caller.hears(menu);
	caller.presses('2');
	await caller.hears(entry);
	caller.presses('0');
	await caller.hears(menu);
	caller.presses('3');
	await caller.hears(announcement);
	t.is(await caller.isLetGo(), 'far');
	t.like(await house.ended(await house.callFrom(caller.number)), {outcome: 'closed', endedBy: 'system'});

	const other = house.caller('0355505004', 500);
	await other.dials(numbers.menu);
	await other.hears(menu);
	other.presses('4');
	t.is(await other.isLetGo(), 'far');

	const leaver = house.caller('0355505005', 500);
	await leaver.dials(numbers.menu);
	await leaver.hears(menu);
	leaver.hangsUp();
	t.like(await house.ended(await house.callFrom(leaver.number)), {outcome: 'cancelled', endedBy: 'customer'});
});

test.serial('sent in circles: the apology, and the end', async t => {
	const caller = house.caller('0355505006', 400);
	await caller.dials(numbers.circles);
	await caller.hears(apology);
	t.is(await caller.isLetGo(), 'far');
	t.deepEqual(caller.heardSoFar(), [soundHz['call-back'], apology]);
	await house.quiet();
});

test.serial('outside business hours, on a holiday, and while it is open', async t => {
	const caller = house.caller('0355505007', 400);
	await caller.dials(numbers.night);
	t.is(await caller.isLetGo(), 'far');
	t.deepEqual(caller.heardSoFar(), [closed]);
	t.like(await house.ended(await house.callFrom(caller.number)), {outcome: 'closed', endedBy: 'system'});

	// On a holiday the mailbox of extension 1001; the message ends by a key.
	const speaker = house.caller('0355505008', 500);
	await speaker.dials(numbers.holiday);
	await speaker.hears(beep);
	await speaker.hears();
	await speaker.hearsFor(1_100);
	speaker.presses('#');
	t.is(await speaker.isLetGo(), 'far');
	t.deepEqual(speaker.heardSoFar(), [voicemail, beep]);
	const row = await house.ended(await house.callFrom(speaker.number));
	t.like(row, {outcome: 'voicemail', endedBy: 'system'});
	const message = await kept(row.id);
	const {left} = await listenTo(join(house.folder, 'recordings', message.path));
	t.deepEqual(orderOf(left), [speaker.hz]);

	const [aoki] = await house.atWork('quick', 'aoki');
	await aoki!.ready();
	const third = house.caller('0355505009', 600);
	await third.dials(numbers.open);
	const {callId} = await aoki!.answers();
	await third.hears(aoki!.hz);
	await aoki!.hangsUp();
	t.like(await house.ended(callId), {outcome: 'talked'});
	await house.checkFigures(t, 'quick', {offered: 1, answered: 1});
});

test.serial('a message as long as it may be, from a menu where nothing was pressed', async t => {
	const caller = house.caller('0355505010', 400);
	await caller.dials(numbers.menu);
	await caller.hears(menu);
	caller.presses('5');
	await caller.hears(beep);
	t.is(await caller.isLetGo(), 'far');
	const row = await house.ended(await house.callFrom(caller.number));
	t.like(row, {outcome: 'voicemail', endedBy: 'system'});
	const message = await kept(row.id);
	t.true(message.durationMs! >= 1_400, `${message.durationMs} ms`);
});

test.serial('a number of its own for a seat: the operator there takes the call; busy or away, it goes to the group', async t => {
	const [aoki, baba] = await house.atWork('quick', 'aoki', 'baba');
	const {offered, answered} = house.figures('quick').live;
	await aoki!.ready();
	const caller = house.caller('0355505011', 400);
	await caller.dials(numbers.seat);
	const popup = await aoki!.rings();
	t.is(popup.number, caller.number);
	await aoki!.ask({type: 'answer', callId: popup.callId});
	await aoki!.talks();
	await Promise.all([caller.hears(aoki!.hz), aoki!.hears(caller.hz)]);

	await baba!.ready();
	const second = house.caller('0355505012', 500);
	await second.dials(numbers.seat);
	await baba!.rings();
	await baba!.takesPhoneOff();
	const taken = await baba!.talks();
	await Promise.all([second.hears(baba!.hz), baba!.hears(second.hz), caller.hears(aoki!.hz)]);
	second.hangsUp();
	t.like(await house.ended(taken.callId), {outcome: 'talked', agentId: 'baba', groupId: 'quick'});
	await aoki!.hangsUp();
	t.is(await caller.isLetGo(), 'far');
	const {live, recounted} = house.figures('quick');
	t.like(live, {offered: offered + 1, answered: answered + 1});
	t.deepEqual(recounted, live);
});
