/** 転送 that comes about: at once and after a talk, to a seat, an extension, an outside number and a group; and three-way talks. */
import test from 'ava';
import type {Stage} from './stage.js';
import {orderOf, soundHz} from './stage-hearing.js';
import {Desk, deskExtension, openTalkStage, phasesOf, statusesOf, storyOf, talking, targetAnswers, transferOf} from './talk-stage.js';

const music = soundHz['hold-music'];
const ringTone = soundHz['ring-tone'];

let house: Stage;
let desk: Desk;
test.before(async () => {
	house = await openTalkStage({customers: {'0355501001': '田中 一郎'}});
	desk = await Desk.open(house);
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());
test.afterEach(t => t.deepEqual(house.problems, []));

test.serial('すぐに転送 to a seat: music, then the colleague with customer and record; one recording', async t => {
	const [aoki, baba] = await house.atWork('main', 'aoki', 'baba');
	const customer = house.caller('0355501001', 400);
	const callId = await talking(aoki!, customer);
	await aoki!.ask({type: 'loadCustomer', customerId: aoki!.view.incoming!.candidates[0]!.customerId});
	await aoki!.ask({type: 'transfer', mode: 'blind', to: {operatorId: 'baba'}});
	t.like((await aoki!.is('transferring')).call?.transfer, {mode: 'blind', number: baba!.extension, name: 'baba', answered: false});
	await Promise.all([customer.hears(music), aoki!.hears(ringTone), baba!.hears(ringTone)]);
	const popup = await baba!.rings();
	t.like(popup, {kind: 'internal', number: aoki!.extension, calledName: 'aoki'});
	await baba!.answers();
	await aoki!.is('wrapUp', 'transferred');
	await Promise.all([customer.hears(baba!.hz), baba!.hears(customer.hz), aoki!.hears()]);
	t.is(baba!.view.status.status, 'talkingIn');
	t.like(baba!.view.call, {callId: popup.callId, number: '0355501001'});
	t.is(baba!.view.customer?.values['name'], '田中 一郎');
	t.is(baba!.view.draft?.callId, popup.callId);
	t.is(aoki!.view.draft?.callId, callId, 'each writes the record of the own part');
	await aoki!.saves('自分の分');
	await baba!.hangsUp();
	t.is(await customer.isLetGo(), 'far');
	await baba!.saves('続きの分');
	const [first, second] = [await house.ended(callId), await house.ended(popup.callId)];
	t.like(first, {agentId: 'aoki', outcome: 'talked', endedBy: 'agent'});
	t.like(second, {agentId: 'baba', outcome: 'talked', endedBy: 'agent', transferOf: callId, customerId: first.customerId});
	t.is(second.recordingPath, first.recordingPath);
	t.is(second.recordingMs, first.recordingMs);
	const {left, right} = await house.recording(first.recordingPath!);
	t.deepEqual([orderOf(left), orderOf(right)], [[customer.hz], [aoki!.hz, music, baba!.hz]]);
	t.deepEqual(
		house.look(reader => reader.recordsOf(first.customerId!, 5)).map(record => record.callId),
		[popup.callId, callId],
	);
	t.true(storyOf(house, callId).includes('call.transferred (transferred)'));
});

test.serial('すぐに転送 to an extension where nobody is logged in: the telephone there has the customer', async t => {
	const [aoki] = await house.atWork('main', 'aoki');
	const customer = house.caller('0355501002', 400);
	const callId = await talking(aoki!, customer);
	await aoki!.ask({type: 'transfer', mode: 'blind', to: {number: deskExtension}});
	await customer.hears(music);
	await desk.takesOff();
	await aoki!.is('wrapUp', 'transferred');
	await Promise.all([customer.hears(desk.hz), desk.hears(customer.hz), aoki!.hears()]);
	desk.hangsUp();
	t.is(await customer.isLetGo(), 'far');
	const first = await house.ended(callId);
	const second = await house.ended(await transferOf(house, callId));
	t.like(second, {outcome: 'talked', toNumber: deskExtension, transferOf: callId, recordingPath: first.recordingPath!});
	t.is(second.agentId, undefined);
	const {left, right} = await house.recording(first.recordingPath!);
	t.deepEqual([orderOf(left), orderOf(right)], [[customer.hz], [aoki!.hz, music, desk.hz]]);
});

test.serial('すぐに転送 to an outside number: it sees our number, and talks with the customer without us', async t => {
	const [aoki] = await house.atWork('main', 'aoki');
	const customer = house.caller('0355501003', 400);
	const other = house.caller('0355509001', 500);
	const callId = await talking(aoki!, customer);
	await aoki!.ask({type: 'transfer', mode: 'blind', to: {number: '03-5550-9001'}});
	await aoki!.is('wrapUp', 'transferred');
	await Promise.all([customer.hears(other.hz), other.hears(customer.hz), aoki!.hears()]);
	t.is(other.calledBy, '0300000000');
	customer.hangsUp();
	t.is(await other.isLetGo(), 'far');
	const second = await house.ended(await transferOf(house, callId));
	t.like(second, {kind: 'direct', outcome: 'talked', toNumber: '0355509001', endedBy: 'customer'});
	const {right} = await house.recording(second.recordingPath!);
	t.is(orderOf(right).at(-1), other.hz);
});

test.serial('通話後に転送 to a seat: the two talk, the customer hears music, then the customer is the colleague’s', async t => {
	const [aoki, baba] = await house.atWork('main', 'aoki', 'baba');
	const customer = house.caller('0355501004', 400);
	const callId = await talking(aoki!, customer);
	await aoki!.ask({type: 'hold'});
	await customer.hears(music);
	await aoki!.ask({type: 'transfer', mode: 'consult', to: {operatorId: 'baba'}});
	await baba!.answers();
	await targetAnswers(aoki!);
	t.is(aoki!.view.status.status, 'transferring');
	await Promise.all([customer.hears(music), aoki!.hears(baba!.hz), baba!.hears(aoki!.hz)]);
	await aoki!.ask({type: 'transferComplete'});
	await aoki!.is('wrapUp', 'transferred');
	await Promise.all([customer.hears(baba!.hz), baba!.hears(customer.hz), aoki!.hears()]);
	await baba!.hangsUp();
	const {left, right} = await house.recording((await house.ended(callId)).recordingPath!);
	t.deepEqual(orderOf(left), [customer.hz]);
	t.deepEqual(phasesOf(right), [aoki!.hz, music, baba!.hz], 'of the talk about the customer nothing is recorded');
});

test.serial('通話後に転送 to an extension, and 切断 on it: back to the customer; 転送 while it rings makes it すぐに転送', async t => {
	const [aoki] = await house.atWork('main', 'aoki');
	const customer = house.caller('0355501005', 400);
	const callId = await talking(aoki!, customer);
	await aoki!.ask({type: 'transfer', mode: 'consult', to: {number: deskExtension}});
	await desk.takesOff();
	await Promise.all([customer.hears(music), aoki!.hears(desk.hz), desk.hears(aoki!.hz)]);
	await aoki!.ask({type: 'hangUp'});
	await aoki!.is('talkingIn', 'transferBack');
	t.is(await desk.isLetGo(), 'far');
	await Promise.all([customer.hears(aoki!.hz), aoki!.hears(customer.hz)]);
	t.like(await house.ended(await transferOf(house, callId)), {outcome: 'talked', endedBy: 'agent'});

	await aoki!.ask({type: 'transfer', mode: 'consult', to: {number: deskExtension}});
	await desk.rings();
	await aoki!.ask({type: 'transferComplete'});
	t.is(aoki!.view.status.status, 'transferring');
	await desk.takesOff();
	await aoki!.is('wrapUp', 'transferred');
	await Promise.all([customer.hears(desk.hz), desk.hears(customer.hz)]);
	customer.hangsUp();
	t.is(await desk.isLetGo(), 'far');
});

test.serial('通話後に転送 to an outside number, and three talk: whoever leaves, the others go on as they should', async t => {
	const [aoki] = await house.atWork('main', 'aoki');
	const customer = house.caller('0355501006', 400);
	const other = house.caller('0355509002', 500);
	const all = () =>
		Promise.all([customer.hears(other.hz, aoki!.hz), other.hears(customer.hz, aoki!.hz), aoki!.hears(customer.hz, other.hz)]);
	const callId = await talking(aoki!, customer);
	await aoki!.ask({type: 'transfer', mode: 'consult', to: {number: other.number}});
	await targetAnswers(aoki!);
	await Promise.all([customer.hears(music), aoki!.hears(other.hz), other.hears(aoki!.hz)]);
	await aoki!.ask({type: 'conference'});
	await aoki!.until('a conference', ({call}) => call?.transfer?.mode === 'conference');
	await all();
	// The third leaves: the talk with the customer has never stopped.
	other.hangsUp();
	await aoki!.is('talkingIn', 'transferFailed');
	await Promise.all([customer.hears(aoki!.hz), aoki!.hears(customer.hz)]);

	await aoki!.ask({type: 'transfer', mode: 'consult', to: {number: other.number}});
	await aoki!.hears(other.hz);
	await aoki!.ask({type: 'conference'});
	await all();
	// The operator leaves by 転送: customer and third go on, and the recording with them.
	await aoki!.ask({type: 'transferComplete'});
	await aoki!.is('wrapUp', 'transferred');
	await Promise.all([customer.hears(other.hz), other.hears(customer.hz), aoki!.hears()]);
	await customer.hearsFor(300);
	other.hangsUp();
	t.is(await customer.isLetGo(), 'far');
	const {left, right} = await house.recording((await house.ended(callId)).recordingPath!);
	t.deepEqual(orderOf(left), [customer.hz]);
	t.deepEqual(
		right.findLast(heard => heard.length > 0),
		[other.hz],
	);
	t.true(right.some(heard => heard.includes(aoki!.hz) && heard.includes(other.hz)));
	t.is(storyOf(house, callId).filter(kind => kind === 'call.conference').length, 2);
});

test.serial('three talk, and the customer leaves: over for everybody', async t => {
	const [aoki, baba] = await house.atWork('main', 'aoki', 'baba');
	const customer = house.caller('0355501007', 400);
	const callId = await talking(aoki!, customer);
	await aoki!.ask({type: 'transfer', mode: 'consult', to: {operatorId: 'baba'}});
	await baba!.answers();
	await aoki!.hears(baba!.hz);
	await aoki!.ask({type: 'conference'});
	await Promise.all([customer.hears(aoki!.hz, baba!.hz), aoki!.hears(customer.hz, baba!.hz), baba!.hears(customer.hz, aoki!.hz)]);
	customer.hangsUp();
	await Promise.all([aoki!.is('wrapUp', 'customerHungUp'), baba!.is('wrapUp', 'customerGone')]);
	await Promise.all([aoki!.hears(), baba!.hears()]);
	t.like(await house.ended(callId), {outcome: 'talked', endedBy: 'customer'});
	t.is(baba!.view.notices.at(-1)?.key, 'transferEnded');
});

test.serial('to a group: the customer is in its queue, with music, and whoever takes the call has a recording of the own part', async t => {
	const [aoki] = await house.atWork('main', 'aoki');
	const [baba] = await house.atWork('second', 'baba');
	const customer = house.caller('0355501001', 400);
	const callId = await talking(aoki!, customer);
	await aoki!.ask({type: 'transfer', mode: 'blind', to: {number: '8002'}});
	await aoki!.is('wrapUp', 'transferred');
	await Promise.all([customer.hears(music), aoki!.hears()]);
	await baba!.ready();
	const popup = await baba!.rings();
	t.like(popup, {kind: 'call', number: '0355501001', groupName: '窓口 second'});
	t.is(popup.candidates.length, 1);
	await baba!.answers();
	await Promise.all([customer.hears(baba!.hz), baba!.hears(customer.hz)]);
	await baba!.hangsUp();
	const [first, second] = [await house.ended(callId), await house.ended(popup.callId)];
	t.like(second, {kind: 'inbound', groupId: 'second', agentId: 'baba', transferOf: callId});
	t.not(second.recordingPath, first.recordingPath);
	const [before, after] = [await house.recording(first.recordingPath!), await house.recording(second.recordingPath!)];
	t.deepEqual([orderOf(before.left), orderOf(before.right)], [[customer.hz], [aoki!.hz]]);
	t.deepEqual([orderOf(after.left), orderOf(after.right)], [[customer.hz], [baba!.hz]]);
	t.like(house.figures('second').live, {offered: 1, answered: 1});
	t.deepEqual(house.figures('second').recounted, house.figures('second').live);
	t.deepEqual(statusesOf(house, baba!).slice(-2), ['talkingIn (callAnswered)', 'wrapUp (hangUpButton)']);
});
