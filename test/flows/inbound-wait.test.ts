/** What a waiting caller hears, and how the queue is left without an operator. */
import {join} from 'node:path';
import test from 'ava';
import {openStage, type Stage} from './stage.js';
import {listenTo, orderOf, sequenceOf, soundHz} from './stage-hearing.js';

const numbers = {
	told: '0312340001',
	full: '0312340002',
	slow: '0312340003',
	other: '0312340004',
	out: '0312340005',
	box: '0312340006',
	sorry: '0312340007',
	back: '0312340008',
};
const outsideNumber = '0399990001';

let house: Stage;
test.before(async () => {
	house = await openStage({
		operators: {aoki: {}, baba: {}},
		groups: {
			told: {entryFile: 'entry', announcements: {everyMs: 2_400, files: ['announcement'], placeFiles: ['closed', 'wrong']}},
			full: {waitingMax: 1, overflow: {kind: 'message', file: 'closed'}},
			slow: {waitMsMax: 700, overflow: {kind: 'group', groupId: 'other'}},
			other: {},
			out: {waitMsMax: 300, overflow: {kind: 'number', number: outsideNumber, otherwise: {kind: 'message', file: 'closed'}}},
			box: {waitMsMax: 300, overflow: {kind: 'voicemail', mailbox: {kind: 'group', groupId: 'box'}}},
			sorry: {waitMsMax: 1_200, musicFile: 'menu'},
			back: {callBackKey: '1', callBackFile: 'call-back'},
		},
		numbers: Object.entries(numbers).map(([groupId, number]) => ({number, name: groupId, target: {kind: 'group', groupId}})),
		customers: {'0355504008': '田中 一郎'},
		sounds: {entry: 400, announcement: 400, closed: 500, wrong: 500, menu: 5_000},
	});
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());
test.afterEach(t => t.deepEqual(house.problems, []));

test.serial('the entry message once, then music, and announcements with the place, between music', async t => {
	const [first, second] = [house.caller('0355504001', 400), house.caller('0355504002', 500)];
	await first.dials(numbers.told);
	await second.dials(numbers.told);
	await second.hears(soundHz.wrong);
	await Promise.all([first.hears(soundHz['hold-music']), second.hears(soundHz['hold-music'])]);
	// The first one leaves: the second one's next announcement is that of place 1.
	first.hangsUp();
	await second.hears(soundHz.closed);
	await second.hears(soundHz['hold-music']);
	second.hangsUp();
	const {entry, announcement, closed, wrong, 'hold-music': music} = soundHz;
	t.deepEqual(sequenceOf(first.hearing.windows).slice(0, 5), [entry, music, announcement, closed, music]);
	const heard = sequenceOf(second.hearing.windows);
	t.deepEqual(heard.slice(0, 5), [entry, music, announcement, wrong, music]);
	t.regex(heard.join(' '), new RegExp(` ${announcement} ${closed} ${music}`));
	await house.quiet();
	await house.checkFigures(t, 'told', {offered: 2, abandonedWaiting: 2});
});

test.serial('more callers than may wait: the one too many hears the message and is let go', async t => {
	const [first, second] = [house.caller('0355504003', 400), house.caller('0355504004', 500)];
	await first.dials(numbers.full);
	await first.hears(soundHz['hold-music']);
	await second.dials(numbers.full);
	await second.hears(soundHz.closed);
	t.is(await second.isLetGo(), 'far');
	t.deepEqual(second.heardSoFar(), [soundHz.closed]);
	t.like(await house.ended(await house.callFrom(second.number)), {outcome: 'overflowed', endedBy: 'system', groupId: 'full'});
	first.hangsUp();
	await house.quiet();
	await house.checkFigures(t, 'full', {offered: 2, overflowed: 1, abandonedWaiting: 1});
});

test.serial('waited for too long: over to another group, whose operator takes the call', async t => {
	const [aoki] = await house.atWork('other', 'aoki');
	const caller = house.caller('0355504005', 400);
	await caller.dials(numbers.slow);
	await caller.hears(soundHz['hold-music']);
	await aoki!.ready();
	const popup = await aoki!.rings();
	t.like(popup, {groupName: '窓口 other', calledName: 'slow'});
	await aoki!.answers();
	await Promise.all([caller.hears(aoki!.hz), aoki!.hears(caller.hz)]);
	await aoki!.hangsUp();
	const row = await house.ended(popup.callId);
	t.like(row, {outcome: 'talked', groupId: 'other'});
	t.is(popup.queuedMs, house.eventsOf(row.id).find(({kind}) => kind === 'call.queued')!.atMs, 'the time of the first queue is kept');
	await house.checkFigures(t, 'slow', {offered: 1, overflowed: 1});
	await house.checkFigures(t, 'other', {offered: 1, answered: 1});
});

test.serial('overflow to an outside number: both talk; and when that refuses, the message', async t => {
	const outside = house.caller(outsideNumber, 900);
	const caller = house.caller('0355504006', 400);
	await caller.dials(numbers.out);
	await outside.talks();
	await Promise.all([caller.hears(outside.hz), outside.hears(caller.hz)]);
	outside.hangsUp();
	t.is(await caller.isLetGo(), 'far');
	const first = await house.ended(await house.callFrom(caller.number));
	t.like(first, {outcome: 'talked', endedBy: 'network'});

	outside.refusesWith = 486;
	const other = house.caller('0355504007', 500);
	await other.dials(numbers.out);
	await other.hears(soundHz.closed);
	t.is(await other.isLetGo(), 'far');
	t.like(await house.ended(await house.callFrom(other.number)), {outcome: 'overflowed', endedBy: 'system'});
	await house.checkFigures(t, 'out', {offered: 2, overflowed: 2});
});

test.serial('overflow to voicemail: greeting, tone, and what the caller says is kept', async t => {
	const caller = house.caller('0355504008', 400);
	await caller.dials(numbers.box);
	await caller.hears(soundHz.voicemail);
	await caller.hears(soundHz.beep);
	await caller.hears();
	await caller.hearsFor(1_500);
	caller.hangsUp();
	const row = await house.ended(await house.callFrom(caller.number));
	t.like(row, {outcome: 'voicemail', endedBy: 'customer'});
	const [message] = await eventuallyKept('group:box');
	t.like(message, {callId: row.id, fromNumber: caller.number, mailbox: 'group:box'});
	t.true(message!.durationMs! >= 1_000);
	const {left, right} = await listenTo(join(house.folder, 'recordings', message!.path));
	t.deepEqual([orderOf(left), orderOf(right)], [[caller.hz], []]);
	t.deepEqual(orderOf(caller.hearing.windows).slice(-2), [soundHz.voicemail, soundHz.beep]);

	// Whoever hangs up at the tone has left nothing.
	const shy = house.caller('0355504009', 500);
	await shy.dials(numbers.box);
	await shy.hears(soundHz.voicemail);
	shy.hangsUp();
	t.like(await house.ended(await house.callFrom(shy.number)), {outcome: 'overflowed'});
	t.is(house.look(reader => reader.voicemails('group:box', 10)).length, 1);
	await house.checkFigures(t, 'box', {offered: 2, overflowed: 2});
});

const eventuallyKept = (mailbox: string) =>
	house.until('the message to be kept', () => {
		const rows = house.look(reader => reader.voicemails(mailbox, 10));
		return rows.length > 0 ? rows : undefined;
	});

test.serial('nothing set: the apology, then the end', async t => {
	const caller = house.caller('0355504010', 400);
	await caller.dials(numbers.sorry);
	t.is(await caller.isLetGo(), 'far');
	t.deepEqual(caller.heardSoFar(), [soundHz.menu, soundHz['abandon-apology']], 'music of its own, then the apology');
	t.like(await house.ended(await house.callFrom(caller.number)), {outcome: 'overflowed', endedBy: 'system'});
	await house.checkFigures(t, 'sorry', {offered: 1, overflowed: 1});
});

test.serial('leaving by key: the place is kept, and the caller is dialled when the turn comes', async t => {
	const [aoki] = await house.atWork('back', 'aoki');
	const [leaves, stays] = [house.caller('0355504011', 400), house.caller('0355504012', 500)];
	await leaves.dials(numbers.back);
	await leaves.hears(soundHz['hold-music']);
	await stays.dials(numbers.back);
	leaves.presses('7');
	leaves.presses('1');
	await leaves.hears(soundHz['call-back']);
	t.is(await leaves.isLetGo(), 'far');
	const left = await house.ended(await house.callFrom(leaves.number));
	t.like(left, {outcome: 'callBack', endedBy: 'system'});
	t.deepEqual(
		(await aoki!.ask({type: 'listWaiting'})).map(({kind, number}) => `${kind} ${number}`),
		['callBack 0355504011', 'call 0355504012'],
	);

	await aoki!.ready();
	const popup = await aoki!.rings();
	t.like(popup, {kind: 'callBack', number: leaves.number});
	await aoki!.ask({type: 'answer', callId: popup.callId});
	const call = await aoki!.talks();
	await Promise.all([leaves.hears(aoki!.hz), aoki!.hears(leaves.hz), stays.hears(soundHz['hold-music'])]);
	t.is(leaves.calledBy, '0300000000');
	leaves.hangsUp();
	await aoki!.is('wrapUp');
	const row = await house.ended(call.callId);
	t.like(row, {kind: 'direct', direction: 'out', outcome: 'talked', toNumber: leaves.number});
	const {left: said, right: heard} = await house.recording(row.recordingPath!);
	t.deepEqual([orderOf(said), orderOf(heard)], [[leaves.hz], [aoki!.hz]]);
	await house.until('the promise to be kept', () => house.look(reader => reader.openCallBacks()).length === 0);

	await aoki!.ready();
	t.is((await aoki!.rings()).number, stays.number);
	await aoki!.answers();
	await stays.hears(aoki!.hz);
	await aoki!.hangsUp();
	await house.quiet();
	await house.checkFigures(t, 'back', {offered: 2, answered: 1, leftToBeCalled: 1});
});
