/** Who waits, who is next, and who gives up. */
import test from 'ava';
import {openStage, type Stage} from './stage.js';
import {soundHz} from './stage-hearing.js';

const numbers = {
	line: '0312340001',
	gone: '0312340002',
	sticky: '0312340003',
	skill: '0312340004',
	late: '0312340005',
	soon: '0312340006',
	many: '0312340007',
	tick: '0312340008',
};

let house: Stage;
test.before(async () => {
	house = await openStage({
		operators: {
			aoki: {skills: {skill: {skill: 7, priority: 5}, late: {skill: 0, priority: 3}, soon: {skill: 0, priority: 2}}},
			baba: {skills: {skill: {skill: 2, priority: 5}}},
		},
		groups: {
			line: {},
			gone: {},
			sticky: {stickyMs: 60_000},
			skill: {},
			late: {ageingMs: 400},
			soon: {ageingMs: 60_000},
			many: {answer: 'auto'},
			tick: {},
		},
		numbers: Object.entries(numbers).map(([groupId, number]) => ({number, name: groupId, target: {kind: 'group', groupId}})),
		customers: {'0355502001': '田中 一郎'},
	});
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());
test.afterEach(t => t.deepEqual(house.problems, []));

test.serial('nobody ready: two callers wait and are seen to; who came first is first, and a busy operator does not ring', async t => {
	const [aoki] = await house.atWork('line', 'aoki');
	const [first, second] = [house.caller('0355502001', 400), house.caller('0355502002', 500)];
	await first.dials(numbers.line);
	await aoki!.until('one to wait', ({counters}) => counters.waiting === 1);
	await second.dials(numbers.line);
	const {counters} = await aoki!.until('two to wait', ({counters: {waiting}}) => waiting === 2);
	const waiting = await house.until('the first one to be known by name', async () => {
		const rows = await aoki!.ask({type: 'listWaiting'});
		return rows[0]?.customerName === undefined ? undefined : rows;
	});
	t.deepEqual(
		waiting.map(({number, kind, customerName, ringing}) => ({number, kind, customerName, ringing})),
		[
			{number: '0355502001', kind: 'call', customerName: '田中 一郎', ringing: []},
			{number: '0355502002', kind: 'call', customerName: undefined, ringing: []},
		],
	);
	t.is(counters.longestWaitSinceMs, waiting[0]!.sinceMs);
	await Promise.all([first.hears(soundHz['hold-music']), second.hears(soundHz['hold-music'])]);

	await aoki!.ready();
	t.is((await aoki!.rings()).number, '0355502001');
	await aoki!.answers();
	await Promise.all([first.hears(aoki!.hz), aoki!.hears(first.hz), second.hears(soundHz['hold-music'])]);
	t.is(aoki!.view.incoming?.number, '0355502001');
	t.is(aoki!.view.counters.waiting, 1);
	first.hangsUp();
	await aoki!.is('wrapUp');
	t.is(aoki!.view.counters.waiting, 1, '後処理 is not 受付中: the second one waits on');
	await aoki!.ready();
	const {callId} = await aoki!.answers();
	await Promise.all([second.hears(aoki!.hz), aoki!.hears(second.hz)]);
	second.hangsUp();
	t.like(await house.ended(callId), {fromNumber: '0355502002', outcome: 'talked'});
	await house.checkFigures(t, 'line', {offered: 2, answered: 2});
	t.is((await aoki!.is('wrapUp')).counters.waiting, 0);
});

test.serial('a caller hangs up while waiting, another while it rings; both are 放棄呼, and one is called back from there', async t => {
	const [aoki] = await house.atWork('gone', 'aoki');
	const [waits, rung] = [house.caller('0355502003', 400), house.caller('0355502004', 500)];
	await waits.dials(numbers.gone);
	await waits.hears(soundHz['hold-music']);
	waits.hangsUp();
	t.like(await house.ended(await house.callFrom('0355502003')), {outcome: 'abandoned', endedBy: 'customer', groupId: 'gone'});

	await aoki!.ready();
	await rung.dials(numbers.gone);
	const {callId} = await aoki!.rings();
	await aoki!.hears(soundHz['ring-tone']);
	rung.hangsUp();
	await aoki!.until('the popup to vanish', ({status, incoming}) => incoming === null && status.status === 'ready');
	await aoki!.hears();
	t.is(await aoki!.refusal({type: 'answer', callId}), 'callGone');
	await house.ended(callId);
	await house.checkFigures(t, 'gone', {offered: 2, abandonedWaiting: 1, abandonedRinging: 1});
	const lost = await aoki!.ask({type: 'listAbandoned'});
	t.deepEqual(
		lost.map(({number, whileRinging, kind}) => ({number, whileRinging, kind})),
		[
			{number: '0355502004', whileRinging: true, kind: 'inbound'},
			{number: '0355502003', whileRinging: false, kind: 'inbound'},
		],
	);

	await aoki!.ask({type: 'callBack', callId});
	const call = await aoki!.talks();
	t.is(rung.calledBy, '0300000000');
	await Promise.all([rung.hears(aoki!.hz), aoki!.hears(rung.hz)]);
	await aoki!.hangsUp();
	t.like(await house.ended(call.callId), {kind: 'direct', direction: 'out', toNumber: '0355502004', outcome: 'talked'});
	t.deepEqual(
		(await aoki!.ask({type: 'listAbandoned'})).map(({number}) => number),
		['0355502003'],
	);
	await house.checkFigures(t, 'gone', {offered: 2, abandonedWaiting: 1, abandonedRinging: 1});
});

test.serial('the same caller goes to the operator of the last talk, though another has waited for longer', async t => {
	const [aoki, baba] = await house.atWork('sticky', 'aoki', 'baba');
	const caller = house.caller('0355502005', 400);
	await aoki!.ready();
	await caller.dials(numbers.sticky);
	await aoki!.answers();
	await aoki!.hears(caller.hz);
	caller.hangsUp();
	await aoki!.is('wrapUp');
	await baba!.ready();
	await aoki!.ready();
	await caller.dials(numbers.sticky);
	t.is((await aoki!.rings()).number, caller.number);
	t.is(baba!.view.status.status, 'ready');
	await aoki!.answers();
	// Another caller has talked with nobody: Baba, who has waited for longer.
	const other = house.caller('0355502006', 500);
	await other.dials(numbers.sticky);
	await baba!.answers();
	await Promise.all([caller.hears(aoki!.hz), aoki!.hears(caller.hz), other.hears(baba!.hz), baba!.hears(other.hz)]);
	house.outside.hangUpAll();
	await Promise.all([aoki!.is('wrapUp'), baba!.is('wrapUp')]);
	await house.checkFigures(t, 'sticky', {offered: 3, answered: 3});
});

test.serial('the highest skill first; the next one only while those are busy', async t => {
	const [aoki, baba] = await house.atWork('skill', 'aoki', 'baba');
	await baba!.ready();
	await aoki!.ready();
	const [first, second] = [house.caller('0355502007', 400), house.caller('0355502008', 500)];
	await first.dials(numbers.skill);
	t.is((await aoki!.rings()).number, first.number);
	t.is(baba!.view.status.status, 'ready');
	await second.dials(numbers.skill);
	t.is((await baba!.rings()).number, second.number);
	await Promise.all([aoki!.answers(), baba!.answers()]);
	await Promise.all([first.hears(aoki!.hz), second.hears(baba!.hz)]);
	house.outside.hangUpAll();
	await Promise.all([aoki!.is('wrapUp'), baba!.is('wrapUp')]);
	await house.checkFigures(t, 'skill', {offered: 2, answered: 2});
});

test.serial('several groups: the priority decides, until an old call has aged past it', async t => {
	const [aoki] = await house.atWork(['late', 'soon'], 'aoki');
	const [early, urgent] = [house.caller('0355502009', 400), house.caller('0355502010', 500)];
	await early.dials(numbers.late);
	await urgent.dials(numbers.soon);
	await aoki!.ready();
	t.is((await aoki!.rings()).number, urgent.number, 'priority 2 before priority 3, though it came later');
	await aoki!.answers();
	await aoki!.hears(urgent.hz);
	const again = house.caller('0355502011', 600);
	await again.dials(numbers.soon);
	// Two steps of 400 ms have passed when the music has been heard for so long.
	await early.hearsFor(900);
	await aoki!.hangsUp();
	await aoki!.ready();
	t.is((await aoki!.rings()).number, early.number, 'waited for long enough to be before priority 2');
	await aoki!.answers();
	await Promise.all([early.hears(aoki!.hz), again.hears(soundHz['hold-music'])]);
	early.hangsUp();
	await aoki!.is('wrapUp');
	await aoki!.ready();
	await aoki!.answers();
	await again.hears(aoki!.hz);
	await aoki!.hangsUp();
	t.is(await again.isLetGo(), 'far');
	for (const [groupId, count] of [
		['late', 1],
		['soon', 2],
	] as const) {
		const {live, recounted} = house.figures(groupId);
		t.like(live, {offered: count, answered: count});
		t.deepEqual(recounted, live);
	}
});

test.serial('two callers and two operators in the same moment: two talks, and nobody hears the wrong one', async t => {
	const [aoki, baba] = await house.atWork('many', 'aoki', 'baba');
	const [first, second] = [house.caller('0355502012', 400), house.caller('0355502013', 500)];
	await Promise.all([aoki!.ready(), baba!.ready(), first.dials(numbers.many), second.dials(numbers.many)]);
	const [mine] = await Promise.all([aoki!.talks(), baba!.talks()]);
	const [withAoki, withBaba] = mine!.number === first.number ? [first, second] : [second, first];
	await Promise.all([aoki!.hears(withAoki.hz), withAoki.hears(aoki!.hz), baba!.hears(withBaba.hz), withBaba.hears(baba!.hz)]);
	t.false(withAoki.heardSoFar().includes(baba!.hz));
	t.false(withBaba.heardSoFar().includes(aoki!.hz));
	await Promise.all([aoki!.hangsUp(), baba!.hangsUp()]);
	await house.quiet();
	await house.checkFigures(t, 'many', {offered: 2, answered: 2});
});

test.serial(
	'通話 and the caller’s hanging up in the same moment: a talk or an abandoned call, counted once, and the operator is free',
	async t => {
		const [aoki] = await house.atWork('tick', 'aoki');
		const caller = house.caller('0355502014', 400);
		const outcomes: string[] = [];
		for (let round = 0; round < 6; round++) {
			await aoki!.ready();
			await caller.dials(numbers.tick);
			const {callId} = await aoki!.rings();
			const pressed = aoki!.refusal({type: 'answer', callId});
			if (round % 2 === 0) caller.hangsUp();
			else setImmediate(() => caller.hangsUp());
			const refused = await pressed;
			const {outcome} = await house.ended(callId);
			await aoki!.until('to be free', ({status: {status}, incoming}) => (status === 'ready' || status === 'wrapUp') && !incoming?.ringing);
			t.true(refused === undefined || refused === 'callGone', `refused as ${refused}`);
			outcomes.push(outcome!);
			await aoki!.ask({type: 'setStatus', status: 'wrapUp'});
		}
		await house.quiet();
		const {live, recounted} = house.figures('tick');
		t.deepEqual(recounted, live);
		const talked = outcomes.filter(outcome => outcome === 'talked').length;
		t.log(outcomes.join(' '), JSON.stringify(live));
		t.is(live.offered, 6);
		t.is(live.answered, talked);
		t.is(live.abandonedWaiting + live.abandonedRinging, 6 - talked);
	},
);
