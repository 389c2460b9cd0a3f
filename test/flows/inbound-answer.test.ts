import test from 'ava';
import {openStage, type Stage} from './stage.js';
import {orderOf, soundHz} from './stage-hearing.js';

let house: Stage;
test.before(async () => {
	house = await openStage({
		operators: {aoki: {}, baba: {}},
		groups: {ring: {answer: 'ring'}, auto: {answer: 'auto'}},
		numbers: [
			{number: '0312340001', name: 'サポート窓口', target: {kind: 'group', groupId: 'ring'}},
			{number: '0312340002', name: '注文窓口', target: {kind: 'group', groupId: 'auto'}},
		],
		customers: {'03-5550-1001': '田中 一郎', '03-5550-1002': '鈴木 花子/鈴木 太郎'},
	});
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());

test.serial('ringing answer: popup with the caller, 通話, and both hear each other', async t => {
	const [aoki] = await house.atWork('ring', 'aoki');
	const caller = house.caller('0355501001', 400);
	await aoki!.ready();
	await caller.dials('0312340001');
	await caller.hears(soundHz['hold-music']);
	const popup = await aoki!.rings();
	t.like(popup, {kind: 'call', number: '0355501001', withheld: false, calledName: 'サポート窓口', groupName: '窓口 ring'});
	t.deepEqual(
		popup.candidates.map(({fields}) => fields.map(({value}) => value)),
		[['田中 一郎', '03-5550-1001']],
	);
	await aoki!.hears(soundHz['ring-tone']);
	await aoki!.answers();
	t.is(aoki!.view.status.status, 'talkingIn');
	await Promise.all([caller.hears(aoki!.hz), aoki!.hears(caller.hz)]);
	caller.hangsUp();
	await aoki!.is('wrapUp', 'customerHungUp');
	const row = await house.ended(popup.callId);
	t.like(row, {kind: 'inbound', direction: 'in', outcome: 'talked', endedBy: 'customer', agentId: 'aoki', groupId: 'ring'});
	const {left, right} = await house.recording(row.recordingPath!);
	t.deepEqual([orderOf(left), orderOf(right)], [[caller.hz], [aoki!.hz]]);
	const {live, recounted} = house.figures('ring');
	t.like(live, {offered: 1, answered: 1, abandonedWaiting: 0});
	t.deepEqual(live, recounted);
	t.deepEqual(house.problems, []);
});
