/** Callers who go at any moment, telephones that vanish, promises that are kept another way, crowds. */
import test from 'ava';
import {actAfter} from '../support/limit.js';
import {openStage, type Stage} from './stage.js';
import {soundHz} from './stage-hearing.js';

const numbers = {
	gone: '0312340001',
	phone: '0312340002',
	back: '0312340003',
	crowd: '0312340004',
	early: '0312340005',
	twice: '0312340006',
};

let house: Stage;
test.before(async () => {
	house = await openStage({
		operators: {aoki: {}, baba: {}, chiba: {workMode: 'ringing'}, doi: {role: 'supervisor'}},
		groups: {
			gone: {},
			phone: {pattern: 'all'},
			back: {callBackKey: '1', ringMs: 60_000, backOffMs: 300},
			crowd: {answer: 'auto'},
			early: {},
			twice: {callBackKey: '1'},
		},
		numbers: Object.entries(numbers).map(([groupId, number]) => ({number, name: groupId, target: {kind: 'group', groupId}})),
	});
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());
test.afterEach(t => t.deepEqual(house.problems, []));

test.serial('callers who hang up at every moment of the set-up leave nothing behind, and each is counted once or never', async t => {
	const [aoki] = await house.atWork('early', 'aoki');
	await aoki!.ready();
	const calls = Array.from({length: 16}, (_, index) => house.caller(`03555060${10 + index}`, 400));
	const over = calls.map((caller, index) => {
		const call = caller.rings(numbers.early);
		// From at once to well after the answer; where the moments fall depends on the machine.
		actAfter(index * 4, () => caller.hangsUp());
		return new Promise<void>(resolve => call.on('over', () => resolve()));
	});
	await Promise.all(over);
	await house.quiet();
	await aoki!.until('to be free', ({status, incoming}) => status.status === 'ready' && incoming === null);
	const {live, recounted} = house.figures('early');
	t.deepEqual(recounted, live);
	t.is(live.offered, live.abandonedRinging + live.abandonedWaiting);
	const rows = house.eventsOf().filter(({kind, data}) => kind === 'call.ended' && data?.['by'] === 'customer');
	const outcomes = rows.map(({data}) => String(data?.['outcome']));
	t.log(outcomes.join(' '));
	t.is(rows.length, house.eventsOf().filter(({kind}) => kind === 'call.arrived').length);
	t.deepEqual(
		outcomes.filter(outcome => outcome !== 'abandoned' && outcome !== 'cancelled'),
		[],
	);
	t.is(outcomes.filter(outcome => outcome === 'abandoned').length, live.offered);
	await aoki!.hears();
});

test.serial('a telephone vanishes while it rings: the next operator, and 電話機未接続', async t => {
	const [aoki, baba] = await house.atWork('gone', 'aoki', 'baba');
	await aoki!.ready();
	const caller = house.caller('0355507001', 400);
	await caller.dials(numbers.gone);
	const {callId} = await aoki!.rings();
	await baba!.ready();
	aoki!.phoneCall!.hangUp();
	await aoki!.until('to be without a phone', ({status, incoming}) => status.status !== 'ringing' && incoming === null);
	t.is((await baba!.rings()).callId, callId);
	await baba!.answers();
	await Promise.all([caller.hears(baba!.hz), baba!.hears(caller.hz)]);
	await aoki!.until('the telephone to be back', ({status, phone}) => status.status === 'wrapUp' && phone.legUp);
	await baba!.hangsUp();
	await house.checkFigures(t, 'gone', {offered: 1, answered: 1});
});

test.serial('一斉 with a telephone that rings and one that stands connected: who takes it off has the call', async t => {
	const [aoki, chiba] = await house.atWork('phone', 'aoki', 'chiba');
	await Promise.all([aoki!.ready(), chiba!.ready()]);
	const caller = house.caller('0355507002', 400);
	await caller.dials(numbers.phone);
	await Promise.all([aoki!.rings(), chiba!.rings()]);
	await chiba!.takesPhoneOff();
	await chiba!.talks();
	await aoki!.until('the popup to vanish', ({incoming, status}) => incoming === null && status.status === 'ready');
	await Promise.all([caller.hears(chiba!.hz), chiba!.hears(caller.hz), aoki!.hears()]);
	caller.hangsUp();
	await chiba!.is('wrapUp');
	// The other way round: the telephone that rang in vain is silent again.
	await chiba!.ready();
	await caller.dials(numbers.phone);
	await Promise.all([aoki!.rings(), chiba!.rings()]);
	await house.until('the telephone to ring', () => chiba!.phoneCall?.state === 'offered');
	await aoki!.answers();
	await house.until('the telephone to be silent', () => chiba!.phoneCall?.state === 'over');
	await chiba!.is('ready');
	await Promise.all([caller.hears(aoki!.hz), aoki!.hears(caller.hz)]);
	caller.hangsUp();
	await aoki!.is('wrapUp');
	await house.checkFigures(t, 'phone', {offered: 2, answered: 2});
});

test.serial(
	'a promised call: refused by one operator, taken by the next, busy at the caller’s, and kept when the caller calls again',
	async t => {
		const [aoki, baba] = await house.atWork('back', 'aoki', 'baba');
		const caller = house.caller('0355507003', 400);
		await caller.dials(numbers.back);
		await caller.hears(soundHz['hold-music']);
		caller.presses('1');
		t.is(await caller.isLetGo(), 'far');
		await aoki!.ready();
		t.is((await aoki!.rings()).kind, 'callBack');
		await aoki!.declines();
		await baba!.ready();
		caller.refusesWith = 486;
		const {callId} = await baba!.rings();
		await baba!.ask({type: 'answer', callId});
		await baba!.is('wrapUp', 'busy');
		const row = await house.until('the try to be on the disk', () =>
			house.look(reader => reader.openCallBacks()).find(({state, attempts}) => state === 'waiting' && attempts === 1),
		);
		t.is(row.number, caller.number);
		t.true(row.nextMs! > Date.now(), 'later again');

		await aoki!.until('to be ready', ({status}) => status.status === 'ready' || status.status === 'ringing');
		await caller.dials(numbers.back);
		t.is((await aoki!.rings()).kind, 'call');
		await aoki!.answers();
		await Promise.all([caller.hears(aoki!.hz), aoki!.hears(caller.hz)]);
		await aoki!.hangsUp();
		// They have talked: nobody needs to be called.
		await house.until('the promise to be kept', () => house.look(reader => reader.openCallBacks()).length === 0);
		await house.quiet();
		await house.checkFigures(t, 'back', {offered: 2, answered: 1, leftToBeCalled: 1});
	},
);

test.serial('whoever asks twice has one place, the number withheld has none, and a supervisor takes a promise out', async t => {
	const [doi] = await house.atWork('twice', 'doi');
	const [caller, unknown] = [house.caller('0355507004', 400), house.caller('', 500)];
	for (const round of [1, 2]) {
		await caller.dials(numbers.twice);
		caller.presses('1');
		t.is(await caller.isLetGo(), 'far', `round ${round}`);
	}
	await house.quiet();
	const waiting = await doi!.ask({type: 'listWaiting'});
	t.deepEqual(
		waiting.map(({kind, number}) => `${kind} ${number}`),
		['callBack 0355507004'],
	);
	await unknown.dials(numbers.twice);
	unknown.presses('1');
	await unknown.hearsFor(500);
	t.is(unknown.call?.state, 'up', 'nobody could call this one back');
	unknown.hangsUp();
	await house.quiet();
	await doi!.ask({type: 'cancelCallBack', callBackId: waiting[0]!.callId});
	t.deepEqual(await doi!.ask({type: 'listWaiting'}), []);
	await house.quiet();
	await house.checkFigures(t, 'twice', {offered: 3, leftToBeCalled: 2, abandonedWaiting: 1});
});

test.serial('ten callers at once and two operators: everybody is heard by one of them, in the order they came', async t => {
	const agents = await house.atWork('crowd', 'aoki', 'baba');
	const callers = Array.from({length: 10}, (_, index) => house.caller(`03555080${10 + index}`, 400));
	await Promise.all(callers.map(caller => caller.dials(numbers.crowd)));
	await Promise.all(
		agents.map(async agent => {
			for (;;) {
				await agent.ready();
				await agent.until('a caller, or none', ({status, counters, incoming}) => {
					return status.status === 'talkingIn' || (counters.waiting === 0 && incoming === null);
				});
				if (agent.view.status.status !== 'talkingIn') return;
				const {number} = await agent.talks();
				const caller = callers.find(each => each.number === number)!;
				await Promise.all([agent.hears(caller.hz), caller.hears(agent.hz)]);
				await agent.hangsUp();
			}
		}),
	);
	await house.quiet();
	await house.checkFigures(t, 'crowd', {offered: 10, answered: 10});
	const order = house.eventsOf().filter(({groupId}) => groupId === 'crowd');
	const queued = order.filter(({kind}) => kind === 'call.queued').map(({callId}) => callId);
	const assigned = order.filter(({kind}) => kind === 'call.assigned').map(({callId}) => callId);
	t.deepEqual(assigned, queued);
	for (const caller of callers) {
		const spoken = caller.heardSoFar().filter(hz => hz < 1500);
		t.is(spoken.length, 1, `${caller.number} heard ${spoken.join(' ')}`);
	}
});
