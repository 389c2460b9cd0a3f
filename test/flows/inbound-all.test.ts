/** 一斉配信: all free operators ring, and whoever takes the call has it. */
import test from 'ava';
import {openStage, type Stage} from './stage.js';
import {soundHz} from './stage-hearing.js';

const numbers = {all: '0312340001', tick: '0312340002', drop: '0312340003', missed: '0312340004', gone: '0312340005'};

let house: Stage;
test.before(async () => {
	house = await openStage({
		operators: {aoki: {}, baba: {}, chiba: {}, doi: {}},
		groups: {
			all: {pattern: 'all'},
			tick: {pattern: 'all'},
			drop: {pattern: 'all', backOffMs: 200},
			missed: {pattern: 'all', ringMs: 1_000, backOffMs: 300, missesMax: 0},
			gone: {pattern: 'all'},
		},
		numbers: Object.entries(numbers).map(([groupId, number]) => ({number, name: groupId, target: {kind: 'group', groupId}})),
		customers: {'0355503001': '田中 一郎'},
	});
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());
test.afterEach(t => t.deepEqual(house.problems, []));

test.serial('everybody who is free rings, also who becomes free meanwhile; one takes it, the others’ popups vanish', async t => {
	const [aoki, baba, chiba, doi] = await house.atWork('all', 'aoki', 'baba', 'chiba', 'doi');
	const busyWith = house.caller('0355503002', 500);
	await doi!.ready();
	await busyWith.dials(numbers.all);
	await doi!.answers();

	await Promise.all([aoki!.ready(), baba!.ready()]);
	const caller = house.caller('0355503001', 400);
	await caller.dials(numbers.all);
	const popups = await Promise.all([aoki!.rings(), baba!.rings()]);
	t.deepEqual(
		popups.map(({candidates}) => candidates.length),
		[1, 1],
	);
	await Promise.all([aoki!.hears(soundHz['ring-tone']), baba!.hears(soundHz['ring-tone'])]);
	t.is(doi!.view.status.status, 'talkingIn');
	await chiba!.ready();
	await chiba!.rings();

	const {callId} = await baba!.answers();
	await Promise.all(
		[aoki!, chiba!].map(other => other.until('the popup to vanish', ({incoming, status}) => !incoming && status.status === 'ready')),
	);
	for (const other of [aoki!, chiba!]) t.is(await other.refusal({type: 'answer', callId}), 'callTaken');
	await Promise.all([caller.hears(baba!.hz), baba!.hears(caller.hz), aoki!.hears(), chiba!.hears(), busyWith.hears(doi!.hz)]);
	await baba!.ask({type: 'loadCustomer', customerId: popups[0]!.candidates[0]!.customerId});
	caller.hangsUp();
	await baba!.is('wrapUp', 'customerHungUp');
	await baba!.saves('一斉で取った', 'resume');
	await baba!.is('ready');
	t.like(await house.ended(callId), {agentId: 'baba', outcome: 'talked'});
	busyWith.hangsUp();
	await doi!.is('wrapUp');
	await house.checkFigures(t, 'all', {offered: 2, answered: 2});
});

test.serial('two press 通話 in the same moment: one has the caller, the other is told so, three times over', async t => {
	const [aoki, baba] = await house.atWork('tick', 'aoki', 'baba');
	const caller = house.caller('0355503003', 400);
	for (let round = 0; round < 3; round++) {
		await Promise.all([aoki!.ready(), baba!.ready()]);
		await caller.dials(numbers.tick);
		const [{callId}] = await Promise.all([aoki!.rings(), baba!.rings()]);
		const refused = await Promise.all([aoki!, baba!].map(agent => agent.refusal({type: 'answer', callId})));
		t.deepEqual([...refused].sort(), ['callTaken', undefined]);
		const [winner, loser] = refused[0] === undefined ? [aoki!, baba!] : [baba!, aoki!];
		await winner.talks();
		await Promise.all([caller.hears(winner.hz), winner.hears(caller.hz), loser.hears()]);
		t.false(caller.heardSoFar().includes(loser.hz));
		await winner.hangsUp();
		t.is(await caller.isLetGo(), 'far');
		t.like(await house.ended(callId), {agentId: winner.id, outcome: 'talked'});
	}
	await house.checkFigures(t, 'tick', {offered: 3, answered: 3});
});

test.serial('the winner drops before the join: the caller waits at the old place, and the others ring again', async t => {
	const [aoki, baba] = await house.atWork('drop', 'aoki', 'baba');
	await Promise.all([aoki!.ready(), baba!.ready()]);
	const caller = house.caller('0355503004', 400);
	await caller.dials(numbers.drop);
	const [{callId, queuedMs}] = await Promise.all([aoki!.rings(), baba!.rings()]);
	// Both arrive in one tick: between them nothing can have been joined.
	await Promise.all([aoki!.ask({type: 'answer', callId}), aoki!.ask({type: 'hangUp'})]);
	await aoki!.is('wrapUp');
	t.is(aoki!.view.incoming, null);
	await house.until('Baba to be rung again', () => house.storyOf(callId).filter(kind => kind === 'call.offered').length === 3);
	t.like(await baba!.rings(), {callId, queuedMs});
	const {live} = house.figures('drop');
	t.like(live, {offered: 1, answered: 0, abandonedRinging: 0});
	await baba!.answers();
	await Promise.all([caller.hears(baba!.hz), baba!.hears(caller.hz)]);
	t.false(caller.heardSoFar().includes(aoki!.hz));
	t.is(house.storyOf(callId).filter(kind => kind === 'call.handedBack').length, 1);
	await baba!.hangsUp();
	t.like(await house.ended(callId), {agentId: 'baba', outcome: 'talked'});
	await house.checkFigures(t, 'drop', {offered: 1, answered: 1});
});

test.serial('the winner’s telephone is put down while the join is on its way: a talk that is over, or the next operator’s', async t => {
	const [aoki, baba] = await house.atWork('drop', 'aoki', 'baba');
	const {offered, answered} = house.figures('drop').live;
	await Promise.all([aoki!.ready(), baba!.ready()]);
	const caller = house.caller('0355503005', 500);
	await caller.dials(numbers.drop);
	const [{callId}] = await Promise.all([aoki!.rings(), baba!.rings()]);
	const pressed = aoki!.refusal({type: 'answer', callId});
	aoki!.phoneCall!.hangUp();
	const refused = await pressed;
	await aoki!.until('the telephone to be connected again', ({status, phone}) => status.status === 'wrapUp' && phone.legUp);
	// Whichever it was: the call is over, or Baba is asked.
	const isOver = await house.until('the end of the call, or the next operator’s turn', () => {
		if (house.look(reader => reader.call(callId))?.endedMs !== undefined) return 'over';
		const {status, incoming} = baba!.view;
		return status.status === 'ringing' && incoming?.callId === callId ? 'rings' : undefined;
	});
	if (isOver === 'rings') {
		await baba!.answers();
		await Promise.all([caller.hears(baba!.hz), baba!.hears(caller.hz)]);
		await baba!.hangsUp();
	}
	const row = await house.ended(callId);
	t.log(`${row.agentId} talked, ${refused ?? 'taken'}`);
	t.is(row.outcome, 'talked');
	await house.checkFigures(t, 'drop', {offered: offered + 1, answered: answered + 1});
});

test.serial('nobody takes it: all have missed it, and after a while all ring again', async t => {
	const [aoki, baba] = await house.atWork('missed', 'aoki', 'baba');
	await Promise.all([aoki!.ready(), baba!.ready()]);
	const caller = house.caller('0355503006', 400);
	await caller.dials(numbers.missed);
	const [{callId}] = await Promise.all([aoki!.rings(), baba!.rings()]);
	await Promise.all([aoki!.is('ready', 'notAnswered'), baba!.is('ready', 'notAnswered')]);
	await Promise.all([aoki!.rings(), baba!.rings()]);
	await aoki!.answers();
	await Promise.all([caller.hears(aoki!.hz), aoki!.hears(caller.hz), baba!.hears()]);
	await aoki!.hangsUp();
	await house.ended(callId);
	t.is(house.storyOf(callId).filter(kind => kind === 'call.missed').length, 2);
	await house.checkFigures(t, 'missed', {offered: 1, answered: 1});
});

test.serial('the caller gives up while everybody rings: all popups vanish, and it is one abandoned call', async t => {
	const [aoki, baba] = await house.atWork('gone', 'aoki', 'baba');
	await Promise.all([aoki!.ready(), baba!.ready()]);
	const caller = house.caller('0355503007', 400);
	await caller.dials(numbers.gone);
	const [{callId}] = await Promise.all([aoki!.rings(), baba!.rings()]);
	const pressed = aoki!.refusal({type: 'decline', callId});
	caller.hangsUp();
	await pressed;
	await Promise.all(
		[aoki!, baba!].map(agent => agent.until('the popup to vanish', ({incoming, status}) => !incoming && status.status === 'ready')),
	);
	t.is(await baba!.refusal({type: 'answer', callId}), 'callGone');
	await Promise.all([aoki!.hears(), baba!.hears()]);
	t.like(await house.ended(callId), {outcome: 'abandoned', endedBy: 'customer'});
	await house.checkFigures(t, 'gone', {offered: 1, abandonedRinging: 1});
});
