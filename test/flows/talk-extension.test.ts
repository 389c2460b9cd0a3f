/** A number of ours that leads to an extension: to a telephone, or to the operator who works there. */
import test from 'ava';
import type {Stage} from './stage.js';
import {orderOf, soundHz} from './stage-hearing.js';
import {Desk, deskExtension, openTalkStage, statusesOf, storyOf} from './talk-stage.js';

const music = soundHz['hold-music'];
const [toDesk, toBaba] = ['0312340002', '0312340003'];

let house: Stage;
let desk: Desk;
test.before(async () => {
	const numbers = [
		{number: toDesk, name: '代表', target: {kind: 'extension', extension: deskExtension}},
		{number: toBaba, name: '直通', target: {kind: 'extension', extension: '1002'}, campaignId: 'camp1'},
	] as const;
	house = await openTalkStage({numbers: [...numbers], customers: {'0355501001': '田中 一郎'}});
	desk = await Desk.open(house);
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());
test.afterEach(t => t.deepEqual(house.problems, []));

test.serial('nobody is logged in there: the telephone rings and has the caller', async t => {
	const caller = house.caller('0355501002', 400);
	await caller.dials(toDesk);
	await caller.hears(music);
	await desk.takesOff();
	await Promise.all([caller.hears(desk.hz), desk.hears(caller.hz)]);
	desk.hangsUp();
	t.is(await caller.isLetGo(), 'far');
	t.like(await house.ended(await house.callFrom('0355501002')), {outcome: 'talked'});
});

test.serial('an operator works there: popup, 通話, status, customer, record and recording are that operator’s', async t => {
	const [baba] = await house.atWork('main', 'baba');
	const caller = house.caller('0355501001', 400);
	await caller.dials(toBaba);
	const popup = await baba!.rings();
	t.like(popup, {kind: 'call', number: '0355501001', calledName: '直通'});
	t.is(popup.candidates.length, 1);
	await Promise.all([caller.hears(music), baba!.hears(soundHz['ring-tone'])]);
	const call = await baba!.answers();
	t.is(baba!.view.status.status, 'talkingIn');
	await Promise.all([caller.hears(baba!.hz), baba!.hears(caller.hz)]);
	await baba!.ask({type: 'loadCustomer', customerId: popup.candidates[0]!.customerId});
	await baba!.ask({type: 'hold'});
	await caller.hears(music);
	await baba!.ask({type: 'hold'});
	await caller.hears(baba!.hz);
	await baba!.hangsUp();
	t.is(await caller.isLetGo(), 'far');
	await baba!.saves('直通のお客様');
	const row = await house.ended(call.callId);
	t.like(row, {agentId: 'baba', outcome: 'talked', endedBy: 'agent', customerId: popup.candidates[0]!.customerId});
	const {left, right} = await house.recording(row.recordingPath!);
	t.deepEqual([orderOf(left), orderOf(right)], [[caller.hz], [baba!.hz, music]]);
	t.true(storyOf(house, call.callId).includes('call.joined (forwarded)'));
});

test.serial('the operator there declines, or is away: the caller is told, and the operator is as before', async t => {
	const [baba] = await house.atWork('main', 'baba');
	const caller = house.caller('0355501003', 400);
	await caller.dials(toBaba);
	await baba!.declines();
	await baba!.is('wrapUp', 'declined');
	await caller.hears(soundHz['abandon-apology']);
	t.is(await caller.isLetGo(), 'far');
	t.like(await house.ended(await house.callFrom('0355501003')), {outcome: 'closed'});
	await baba!.away();
	const second = house.caller('0355501004', 400);
	await second.dials(toBaba);
	await second.hears(soundHz['abandon-apology']);
	t.is(await second.isLetGo(), 'far');
	t.is(statusesOf(house, baba!).at(-1), 'away (button)');
});
