import test from 'ava';
import type {World} from '../../src/server/domain/world.js';
import {Stage, smallCentre, talk, working} from '../domain/stage.js';
import {Sim} from '../sim/sim.js';
import {differences, emptyReader, fresh, newFloor, Watch} from './support.js';

for (const seed of [3, 14, 27]) {
	test(`what was sent in pieces is at any moment what a fresh floor shows, seed ${seed}`, t => {
		let watched: {world: World; floor: ReturnType<typeof newFloor>['floor']; watch: Watch} | undefined;
		let compared = 0;
		let messages = 0;
		let steps = 0;
		let nowMs = 0;
		const onStep = (world: World, changed: readonly string[], atMs: number) => {
			nowMs = atMs;
			if (watched?.world !== world) {
				messages += watched?.watch.messages.length ?? 0;
				watched?.watch.stop();
				// The administrator of the sim's centre may not be there; any manager sees everything.
				const boss = world.config.operators[0];
				if (!boss) return;
				boss.role = 'manager';
				const {floor} = newFloor(world, () => nowMs);
				watched = {world, floor, watch: new Watch(floor, boss.id)};
			}
			const {floor, watch} = watched;
			for (const operatorId of changed) floor.touch(operatorId);
			floor.touch();
			steps++;
			if (steps % 7 !== 0) return;
			floor.flush();
			t.deepEqual(differences(watch.plain, fresh(world, nowMs, world.config.operators[0]!.id)), [], `after step ${steps}`);
			compared++;
		};
		new Sim({seed, minutes: 6, agents: 8, entriesPerList: 40, restarts: 1, unchecked: true, callsPerMinute: 6, onStep}).run();
		t.true(compared > 50, `${compared} comparisons`);
		messages += watched!.watch.messages.length;
		t.true(messages > 20, `${messages} messages`);
	});
}

test('a change goes out after a moment, alone; a second without one is told too; nobody watching costs nothing', t => {
	const stage = working();
	stage.bring('op2', '102');
	stage.bring('boss', '104', []);
	const {floor, clock} = newFloor(stage.world, () => stage.agenda.nowMs);
	floor.touch('op1');
	t.is(clock.pending, 0, 'nothing is planned while nobody watches');
	const watch = new Watch(floor, 'boss');
	t.like(watch.messages[0], {type: 'floor', whole: true});
	t.deepEqual([...watch.floor.seats.keys()].sort(), ['op1', 'op2']);
	stage.ask('op1', {type: 'setStatus', status: 'away'});
	floor.touch('op1');
	floor.touch('op1');
	clock.advance(4);
	t.is(watch.messages.length, 1);
	clock.advance(1);
	t.deepEqual(Object.keys(watch.messages[1]!.set!.seats!), ['op1']);
	t.deepEqual(Object.keys(watch.messages[1]!.set!), ['seats']);
	t.is(watch.floor.seats.get('op1')!.status, 'away');
	stage.ask('op1', {type: 'setStatus', status: 'break'});
	floor.touch('op1');
	clock.advance(99);
	t.is(watch.messages.length, 2, 'a tenth of a second lies between two frames');
	clock.advance(1);
	t.is(watch.floor.seats.get('op1')!.status, 'break');
	clock.advance(2_000);
	t.deepEqual(
		watch.messages.slice(3).map(({set, gone}) => ({set, gone})),
		[
			{set: undefined, gone: undefined},
			{set: undefined, gone: undefined},
		],
	);
	watch.stop();
	t.is(clock.pending, 0, 'the beat ends with the last watcher');
	const late = new Watch(floor, 'boss');
	stage.agenda.nowMs += 1_000;
	clock.advance(1_000);
	floor.beat();
	stage.ask('op1', {type: 'setStatus', status: 'away'});
	floor.touch('op1');
	clock.advance(5);
	t.is(late.floor.seats.get('op1')!.status, 'away', 'the frame of the second holds nobody up');
	late.stop();
});

test('what nobody reported is seen within a second, and who logs off is gone', t => {
	const stage = working();
	stage.bring('boss', '104', []);
	const {floor, clock} = newFloor(stage.world, () => stage.agenda.nowMs);
	const watch = new Watch(floor, 'boss');
	stage.send({type: 'trunkDown', trunk: 't1', reason: 'timeout'});
	stage.ask('op1', {type: 'logOff'});
	clock.advance(1_000);
	t.deepEqual([...watch.floor.faults.values()], [{name: 't1', kind: 'trunk', reason: 'timeout'}]);
	t.deepEqual([...watch.floor.seats.keys()], []);
	t.deepEqual(watch.messages.at(-1)!.gone, {seats: ['op1']});
});

test('a supervisor sees the own groups, a manager all, a demoted one nothing', t => {
	const stage = new Stage();
	const config = smallCentre();
	const people = config.operators.map(each => (each.id === 'op3' ? {...each, role: 'manager' as const} : each));
	stage.configure({...config, operators: people, memberships: {...config.memberships, boss: ['g2']}});
	stage.bring('op1', '101', ['g1']);
	stage.bring('op2', '102', ['g1']);
	const {floor, clock} = newFloor(stage.world, () => stage.agenda.nowMs);
	const boss = new Watch(floor, 'boss');
	const manager = new Watch(floor, 'op3');
	t.deepEqual([...boss.floor.seats.keys()], []);
	t.deepEqual([...boss.floor.groups.keys()], ['g2']);
	t.deepEqual([...manager.floor.seats.keys()], ['op1', 'op2']);
	stage.call('in1', '0312345678');
	clock.advance(1_000);
	t.is(boss.floor.waiting.size, 0);
	t.is(manager.floor.waiting.size, 1);
	t.like(manager.floor.groups.get('g1'), {waiting: 1});
	// Who has hung up and is to be called back is in the list, and counted nowhere as a caller on the line.
	const queuedMs = stage.agenda.nowMs - 60_000;
	const left = {id: 'cb1', groupId: 'g1', callId: 'in0', number: '0312340001', queuedMs, leftMs: queuedMs};
	stage.world.callBacks.set('cb1', {...left, state: 'waiting', attempts: 0});
	clock.advance(1_000);
	t.deepEqual([...manager.floor.waiting.values()].map(({kind}) => kind).sort(), ['call', 'callBack']);
	t.is(manager.floor.groups.get('g1')!.waiting, 1);
	t.true(manager.floor.groups.get('g1')!.longestWaitSinceMs! > queuedMs);
	stage.ask('op1', {type: 'startWork', groupIds: ['g2']});
	floor.touch('op1');
	clock.advance(100);
	t.deepEqual([...boss.floor.seats.keys()], ['op1']);
	stage.configure({...config, operators: people.map(each => (each.id === 'op3' ? {...each, role: 'agent' as const} : each))});
	clock.advance(1_000);
	t.deepEqual([...manager.floor.seats.keys()], []);
	t.deepEqual([...boss.floor.groups.keys()], ['g1', 'g2'], 'a new membership counts at once');
});

test('a seat tells call, help and who listens', t => {
	const stage = working({la: 3});
	stage.bring('boss', '104', []);
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	stage.ask('op1', {type: 'requestHelp', comment: 'angry'});
	const {floor} = newFloor(stage.world, () => stage.agenda.nowMs);
	const watch = new Watch(floor, 'boss');
	t.like(watch.floor.seats.get('op1'), {status: 'talkingOut', help: {comment: 'angry'}, call: {phase: 'talking', customerName: 'name 1'}});
	stage.ask('boss', {type: 'takeHelp', of: 'op1'});
	stage.ask('boss', {type: 'watchScreen', of: 'op1'});
	stage.ask('boss', {type: 'supervise', of: 'op1', mode: 'listen'});
	floor.touch('op1');
	floor.flush();
	const seat = watch.floor.seats.get('op1')!;
	t.deepEqual(seat.help?.takenBy, {operatorId: 'boss', name: 'boss'});
	t.deepEqual(
		seat.watchers?.map(({mode}) => mode),
		['listen', 'screen'],
	);
	stage.ask('boss', {type: 'logOff'});
	floor.touch('op1');
	floor.flush();
	t.is(watch.floor.seats.get('op1')!.help?.takenBy, undefined, 'who has gone home does not have it');
});

test('promises whose owner is absent are on the floor before they are due', t => {
	const stage = working({la: 1});
	const record = {
		id: 'r1',
		customerId: 'k1',
		campaignId: 'ca',
		operatorId: 'op1',
		contact: 'out' as const,
		nextActionId: 'recall',
		nextOperatorId: 'op2',
		nextAtMs: stage.agenda.nowMs + 600_000,
		text: '',
		savedMs: 0,
		editedMs: 0,
	};
	let untilMs = 0;
	const reader = {
		...emptyReader,
		recallsDue: (limitMs: number) => {
			untilMs = limitMs;
			return [record];
		},
		customer: (id: string) => stage.store.customers.get(id),
	};
	const {floor, clock} = newFloor(stage.world, () => stage.agenda.nowMs, reader);
	const watch = new Watch(floor, 'boss');
	t.is(untilMs, stage.agenda.nowMs + 30 * 60_000);
	t.like(watch.floor.recalls.get('r1'), {operatorName: 'op2', customerName: 'name 1', absent: true});
	t.like(watch.floor.lists.get('la'), {name: 'list a', started: true, open: 4, total: 6});
	stage.bring('op2', '102');
	clock.advance(10_000);
	t.like(watch.floor.recalls.get('r1'), {absent: false});
});
