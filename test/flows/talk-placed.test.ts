/** Calls that operators place: to colleagues, from a preview, in ringing mode, and with the telephone's own keys. */
import test from 'ava';
import type {CallList, ListEntry} from '../../src/server/domain/model.js';
import {campaign} from '../support/service-process.js';
import type {Stage} from './stage.js';
import type {Agent} from './stage-agent.js';
import {orderOf, soundHz} from './stage-hearing.js';
import {Desk, deskExtension, dialsOnPhone, openTalkStage, statusesOf, storyOf} from './talk-stage.js';

const music = soundHz['hold-music'];
const ringTone = soundHz['ring-tone'];

const people = {'0355502001': '一人目', '0355502002': '二人目', '0355502003': '三人目'};
const list: CallList = {id: 'l1', campaignId: campaign.id, name: 'プレビュー', groupId: 'main', started: true, priority: 1};
const entries: ListEntry[] = Object.keys(people).map((number, position) => {
	return {id: `e${position}`, listId: list.id, customerId: `k${number}-0`, number, state: 'waiting', position, attempts: 0};
});

let house: Stage;
let desk: Desk;
test.before(async () => {
	house = await openTalkStage({
		customers: people,
		ops: [
			{op: 'putList', row: list},
			{op: 'putEntries', rows: entries},
		],
		// Nobody is left alone after a call: the same two people are called again and again.
		limits: {targetRingMs: 2_500, numberGapMs: 0},
	});
	desk = await Desk.open(house);
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());
test.afterEach(t => t.deepEqual(house.problems, []));

const stateOf = (id: string) =>
	house.look(reader => reader.entryOfCustomer(list.id, entries.find(entry => entry.id === id)!.customerId))?.state;

/** 切断, and the row of the call that was on the screen. */
async function over(agent: Agent) {
	const {callId} = agent.view.call!;
	await agent.hangsUp();
	return house.ended(callId);
}

test.serial('内線: a colleague is called, answers, holds, and hangs up', async t => {
	const [aoki, baba] = await house.atWork('main', 'aoki', 'baba');
	/** The seat list, as a console opens it. */
	const seatOfBaba = async () => (await aoki!.ask({type: 'listSeats'})).find(({extension}) => extension === baba!.extension);
	t.like(await seatOfBaba(), {name: 'baba', status: 'wrapUp'});
	await aoki!.ask({type: 'dial', number: (await seatOfBaba())!.extension});
	await aoki!.is('dialling');
	t.like(await baba!.rings(), {kind: 'internal', number: aoki!.extension, calledName: 'aoki'});
	await Promise.all([aoki!.hears(ringTone), baba!.hears(ringTone)]);
	await baba!.answers();
	const {call} = await aoki!.is('talkingOut');
	t.is(baba!.view.status.status, 'talkingIn');
	t.is((await seatOfBaba())?.status, 'talkingIn');
	await Promise.all([aoki!.hears(baba!.hz), baba!.hears(aoki!.hz)]);
	await baba!.ask({type: 'hold'});
	await Promise.all([aoki!.hears(music), baba!.hears()]);
	await baba!.ask({type: 'hold'});
	await Promise.all([aoki!.hears(baba!.hz), baba!.hears(aoki!.hz)]);
	await baba!.hangsUp();
	await aoki!.is('wrapUp', 'hangUpButton');
	t.like(await house.ended(call!.callId), {kind: 'internal', outcome: 'talked', agentId: 'aoki', toNumber: baba!.extension});
});

test.serial(
	'内線 that does not come about: declined, not answered, 離席, no telephone; and to a telephone without an operator',
	async t => {
		const [aoki, baba] = await house.atWork('main', 'aoki', 'baba');
		const calls = async (number: string, reason: string, act?: () => Promise<unknown>) => {
			await aoki!.ask({type: 'dial', number});
			await act?.();
			const {notices} = await aoki!.is('wrapUp', reason);
			t.like(notices.at(-1), {key: 'callFailed', args: {number, reason}});
			await aoki!.hears();
		};
		await calls(baba!.extension, 'declined', () => baba!.declines());
		await calls(baba!.extension, 'noAnswer', () => baba!.rings());
		await baba!.is('wrapUp', 'noAnswer');
		await baba!.away();
		await calls(baba!.extension, 'declined');
		await calls('1003', 'phoneDown');
		t.is(await aoki!.refusal({type: 'dial', number: aoki!.extension}), 'notAllowed');

		await aoki!.ask({type: 'dial', number: deskExtension});
		await desk.takesOff();
		await aoki!.is('talkingOut');
		await Promise.all([aoki!.hears(desk.hz), desk.hears(aoki!.hz)]);
		t.like(await over(aoki!), {kind: 'internal', outcome: 'talked', endedBy: 'agent'});
		t.is(await desk.isLetGo(), 'far');
	},
);

test.serial('次の発信: each operator has a customer of the own, looks, dials, talks, saves; a skipped one is not lost', async t => {
	const [aoki, baba] = await house.atWork('main', 'aoki', 'baba');
	const [first, second] = [house.caller('0355502001', 400), house.caller('0355502002', 500)];
	t.is((await aoki!.ask({type: 'nextCustomer'})).customerId, entries[0]!.customerId);
	t.is((await baba!.ask({type: 'nextCustomer'})).customerId, entries[1]!.customerId);
	await aoki!.until('the customer', ({customer}) => customer?.values['name'] === '一人目');
	t.is(aoki!.view.status.status, 'wrapUp');
	t.is(stateOf('e0'), 'waiting');

	await aoki!.ask({type: 'dial', number: first.number, customerId: entries[0]!.customerId, fieldId: 'phone'});
	t.like((await aoki!.talks()) && aoki!.view, {status: {status: 'talkingOut'}});
	await Promise.all([aoki!.hears(first.hz), first.hears(aoki!.hz)]);
	t.is(first.calledBy, '0300000000');
	const row = await over(aoki!);
	t.like(row, {kind: 'preview', outcome: 'talked', customerId: entries[0]!.customerId, listId: list.id, entryId: 'e0'});
	t.is(stateOf('e0'), 'unsaved');
	await aoki!.saves('話した');
	await house.until('the entry to be saved', () => stateOf('e0') === 'saved');
	await aoki!.until('the record in the history', ({history}) => history[0]?.text === '話した');
	const {left, right} = await house.recording(row.recordingPath!);
	t.deepEqual([orderOf(left), orderOf(right)], [[first.hz], [aoki!.hz]]);

	// The second is dialled and given up while it rings: back in the list, and the next one for whoever asks.
	second.picksUp = false;
	await baba!.ask({type: 'dial', number: second.number, customerId: entries[1]!.customerId, fieldId: 'phone'});
	await second.isCalled();
	await baba!.is('dialling');
	t.like(await over(baba!), {kind: 'preview', outcome: 'cancelled', endedBy: 'agent'});
	t.is(await second.isLetGo(), 'far');

	for (const id of ['e2', 'e1']) {
		t.is((await aoki!.ask({type: 'nextCustomer'})).customerId, entries.find(entry => entry.id === id)!.customerId);
		await aoki!.ask({type: 'skipCustomer'});
		await aoki!.until('an empty screen', ({customer}) => customer === null);
		await house.until('the skipped entry', () => stateOf(id) === 'autoRecall');
	}
	t.is((await aoki!.ask({type: 'nextCustomer'})).customerId, null);
	t.is(aoki!.view.notices.at(-1)?.key, 'listsExhausted');
});

test.serial('ringing mode: the own telephone rings first, then the customer is dialled; it is let go with the call', async t => {
	const [chiba] = await house.atWork('main', 'chiba');
	const customer = house.caller('0355502009', 400);
	customer.picksUp = false;
	await chiba!.ask({type: 'dial', number: customer.number});
	await chiba!.is('dialling');
	await house.until('the telephone of chiba to ring', () => chiba!.phoneCall?.state === 'offered');
	t.is(customer.calledBy, undefined, 'the customer is not called yet');
	await chiba!.takesPhoneOff();
	await customer.isCalled();
	await chiba!.hears(ringTone);
	await customer.call!.answer();
	await chiba!.talks();
	await Promise.all([chiba!.hears(customer.hz), customer.hears(chiba!.hz)]);
	const {callId} = chiba!.view.call!;
	customer.hangsUp();
	await chiba!.is('wrapUp', 'customerHungUp');
	await house.until('the telephone to be let go', () => chiba!.phoneCall?.state === 'over');
	t.like(await house.ended(callId), {kind: 'direct', outcome: 'talked', endedBy: 'customer'});

	const never = house.caller('0355502010', 400);
	await chiba!.ask({type: 'dial', number: never.number});
	await house.until('the telephone of chiba to ring', () => chiba!.phoneCall?.state === 'offered');
	const second = chiba!.view.call!.callId;
	chiba!.phoneCall!.decline();
	const {notices} = await chiba!.is('wrapUp', 'ownPhoneNotAnswered');
	t.is(notices.at(-1)?.key, 'ownPhoneFailed');
	t.is(never.calledBy, undefined);
	t.like(await house.ended(second), {outcome: 'cancelled'});
});

test.serial('dialled with the telephone’s own keys: the same call as by the button, customer found by the number', async t => {
	const [aoki] = await house.atWork('main', 'aoki');
	const [chiba] = await house.atWork('main', 'chiba');
	for (const agent of [aoki!, chiba!]) {
		const customer = house.caller('0355502003', 400);
		dialsOnPhone(house, agent, customer.number);
		const {callId} = await agent.talks();
		await Promise.all([agent.hears(customer.hz), customer.hears(agent.hz)]);
		const {status} = await agent.until('the customer', view => view.customer?.values['name'] === '三人目');
		t.is(status.status, 'talkingOut');
		t.is(agent.view.draft?.callId, callId);
		customer.hangsUp();
		await agent.is('wrapUp', 'customerHungUp');
		const row = await house.ended(callId);
		t.like(row, {kind: 'direct', outcome: 'talked', customerId: entries[2]!.customerId, agentId: agent.id});
		t.deepEqual(statusesOf(house, agent).slice(-3), ['dialling (phone)', 'talkingOut (callAnswered)', 'wrapUp (customerHungUp)']);
		t.true(storyOf(house, callId).includes('call.dialled'));
		const {left, right} = await house.recording(row.recordingPath!);
		t.deepEqual([orderOf(left), orderOf(right)], [[customer.hz], [agent.hz]]);
	}
});

test.serial('dialled with the telephone’s own keys where that is not allowed: refused, and nobody is called', async t => {
	const [baba] = await house.atWork('main', 'baba');
	await baba!.away();
	const customer = house.caller('0355502011', 400);
	if (baba!.telephone.kind === 'ear') {
		const call = baba!.telephone.phone.call(customer.number);
		await house.until('the refusal', () => call.end);
		t.is(call.end?.status, 603);
	}
	const call = desk.calls(customer.number);
	await house.until('the refusal', () => call.end);
	t.is(call.end?.status, 403);
	t.is(customer.calledBy, undefined);
	const refusals = () => house.eventsOf().filter(({kind}) => kind === 'call.refused');
	await house.until('both refusals in the log', () => refusals().length >= 2);
	t.deepEqual(
		refusals().map(({reason}) => reason),
		['status away', 'notLoggedIn'],
	);
});
