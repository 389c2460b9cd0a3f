/** What trunks, operators and telephones may have at a time and in a day: counted exactly, refused everywhere, over restarts and midnights. */
import test from 'ava';
import {callsToday} from '../../src/server/domain/dial/day.js';
import {operatorLines, trunkLines} from '../../src/server/domain/dial/limits.js';
import type {Config, TrunkLimits} from '../../src/server/domain/events.js';
import {whyAgent} from '../../src/server/domain/why/agent.js';
import type {CoreSettings} from '../../src/server/domain/world.js';
import {endOfDayMs, localDay} from '../../src/server/domain/zone.js';
import {offsetChanges, utcOffsetMs} from '../../src/server/recovery.js';
import {nineMs, predictive, Stage, smallCentre, talk} from './stage.js';

const hour = 3_600_000;
const retries = {noAnswer: {attemptsMax: 1, gapMs: hour}};

function centre(trunk: Partial<TrunkLimits>, more: Partial<Config> = {}): Config {
	return {
		...smallCentre({ratioTable: [{agentsMax: 5, ratio: 5}], retries}),
		trunks: [{name: 't1', callsMax: 0, callsPerSecondMax: 0, ...trunk}],
		...more,
	};
}

function staged(config: Config, settings: Partial<CoreSettings> = {}, nowMs = nineMs, people = 0): Stage {
	const stage = new Stage({numberGapMs: 0, ...settings});
	stage.agenda.nowMs = nowMs;
	stage.configure(config);
	stage.fill('la', people);
	stage.bring('op1', '101');
	return stage;
}

const today = (stage: Stage, kind: 'trunk' | 'operator' | 'phone', id: string) => callsToday(stage.world, {kind, id}, stage.agenda.nowMs);
const events = (stage: Stage, kind: string) => stage.store.events.filter(event => event.kind === kind);

let phones = 0;
/** Dials by hand; a call that goes out fails at once and the operator is free again. Returns `ok`, or the code of the refusal. */
function byHand(stage: Stage, operatorId = 'op1'): string {
	const reply = stage.ask(operatorId, {type: 'dial', number: `0312345${String(phones++).padStart(3, '0')}`});
	if (reply?.ok) stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'busy'});
	return reply?.ok ? 'ok' : (reply?.error.code ?? 'none');
}

const fromPhone = (stage: Stage, legId: string, to = '0399990000') =>
	stage.send({type: 'inbound', legId, source: {kind: 'phone', extension: '101'}, to, from: '101', withheld: false});
const rejected = (stage: Stage, legId: string) => {
	const effect = stage.effects.find(each => each.type === 'reject' && each.legId === legId);
	return effect?.type === 'reject' ? `${effect.with}: ${effect.text ?? ''}` : undefined;
};

test('a trunk has its calls of the day, by hand and by the dialler, and not one more; the dialler holds back rather than fail', t => {
	const stage = staged(centre({callsPerDayMax: 6}), {}, nineMs, 30);
	t.deepEqual([byHand(stage), byHand(stage)], ['ok', 'ok']);
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.is(predictive(stage).length, 4, 'five are wanted, four are left');
	t.is(today(stage, 'trunk', 't1'), 6);
	t.is(events(stage, 'limit.reached').length, 1);
	t.like(events(stage, 'limit.reached')[0], {reason: 'trunkDay', data: {kind: 'trunk', id: 't1', calls: 6}});
	for (const {legId} of predictive(stage)) stage.send({type: 'legFailed', legId, failure: 'noAnswer', sipStatus: 487});
	stage.advance(hour);
	t.is(predictive(stage).length, 0);
	t.is(stage.store.entries.get('e5')?.state, 'waiting', 'nothing is used up for it');
	t.like(
		whyAgent(stage.world, 'op1', stage.agenda.nowMs).find(({rule}) => rule === 'trunkDay'),
		{holds: true, value: 6, facts: {trunk: 't1', untilAtMs: nineMs + 15 * hour}},
	);
	stage.ask('op1', {type: 'setStatus', status: 'wrapUp'});
	t.is(byHand(stage), 'trunkDayLimit');

	// Over a restart, and until midnight to the millisecond.
	stage.restart();
	stage.send({type: 'phoneUp', extension: '101'});
	const {leg} = stage.agent('op1');
	if (leg.state !== 'none') stage.send({type: 'legAnswered', legId: leg.legId});
	t.is(byHand(stage), 'trunkDayLimit');
	stage.advance(nineMs + 15 * hour - 1000 - stage.agenda.nowMs);
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	stage.advance(999);
	t.is(predictive(stage).length, 0);
	stage.advance(1);
	t.is(predictive(stage).length, 5, 'begins by itself');
	t.is(today(stage, 'trunk', 't1'), 5);

	// The clock is set back: the later day goes on, no limit is given twice.
	stage.agenda.nowMs -= hour;
	t.is(today(stage, 'trunk', 't1'), 5);
});

test('lines for calls out and in are limited apart, whoever asks', t => {
	const stage = staged(centre({callsOutMax: 2, callsInMax: 1, callsMax: 4}), {}, nineMs, 30);
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.is(predictive(stage).length, 2);
	stage.bring('op2', '102');
	t.is(byHand(stage, 'op2'), 'linesBusy');
	t.true(whyAgent(stage.world, 'op1', nineMs).some(({rule, holds}) => rule === 'trunkOut' && holds));
	stage.call('in-1', '0311110000');
	t.deepEqual(trunkLines(stage.world, 't1'), {in: 1, out: 2});
	stage.send({type: 'inbound', legId: 'in-2', source: {kind: 'trunk', trunk: 't1'}, to: '0312340000', from: '0311110001', withheld: false});
	t.is(rejected(stage, 'in-2'), 'busy: all lines in use');
	t.like(events(stage, 'call.refused').at(-1), {reason: 'trunkIn', data: {from: '0311110001'}});
	t.true(whyAgent(stage.world, 'op2', nineMs).some(({rule, value}) => rule === 'trunkIn' && value === 1));
	stage.send({type: 'legEnded', legId: 'in-1', by: 'far'});
	stage.call('in-3', '0311110002');
	t.is(trunkLines(stage.world, 't1').in, 1);
});

test('a caller who is to be sent outside goes the other way when the trunk has no line left', t => {
	const config = centre({callsPerDayMax: 1});
	config.numbers = [
		...config.numbers!,
		{number: '0312340009', name: 'out', target: {kind: 'number', number: '0300001111', otherwise: {kind: 'group', groupId: 'g1'}}},
	];
	const stage = staged(config);
	stage.call('in-1', '0311110000', '0312340009');
	t.is([...stage.world.calls.values()].at(-1)?.phase, 'forwarding');
	t.deepEqual(trunkLines(stage.world, 't1'), {in: 1, out: 1});
	stage.call('in-2', '0311110001', '0312340009');
	t.is([...stage.world.calls.values()].at(-1)?.phase, 'queued');
	t.like(events(stage, 'call.forwardFailed').at(-1), {reason: 'trunkDay', data: {to: '0300001111', trunk: 't1'}});
});

test('an operator may have so many calls outside at a time, those passed on included, and so many a day', t => {
	const stage = staged(centre({}), {operatorCallsMax: 3, operatorCallsPerDayMax: 5});
	const talkOut = (number: string) => {
		stage.ask('op1', {type: 'dial', number});
		talk(stage);
	};
	const passOn = (number: string): string => {
		const reply = stage.ask('op1', {type: 'transfer', mode: 'blind', to: {number}});
		if (!reply?.ok) return reply?.error.code ?? 'none';
		const target = [...stage.world.calls.values()].at(-1)!.target!.legId!;
		stage.send({type: 'legAnswered', legId: target});
		return 'ok';
	};
	talkOut('0310000001');
	t.is(passOn('0320000001'), 'ok');
	t.is(operatorLines(stage.world, 'op1'), 2, 'both sides of the call that was passed on');
	talkOut('0310000002');
	t.is(passOn('0320000002'), 'tooManyCalls');
	t.true(whyAgent(stage.world, 'op1', nineMs).some(({rule, holds}) => rule === 'operatorCalls' && !holds));
	const first = [...stage.world.lines.keys()].slice(0, 2);
	for (const legId of first) stage.send({type: 'legEnded', legId, by: 'far'});
	t.is(operatorLines(stage.world, 'op1'), 1);
	t.is(passOn('0320000002'), 'ok');
	for (const legId of [...stage.world.lines.keys()]) stage.send({type: 'legEnded', legId, by: 'far'});
	t.is(today(stage, 'operator', 'op1'), 4);
	t.deepEqual([byHand(stage), byHand(stage)], ['ok', 'dayLimit']);
	stage.bring('op2', '102');
	t.is(byHand(stage, 'op2'), 'ok', 'each has the own');
	t.is(today(stage, 'trunk', 't1'), 6, 'no limit there, and counted all the same');

	stage.send({type: 'countCleared', counted: {kind: 'operator', id: 'op1'}, actor: 'boss'});
	t.is(byHand(stage), 'ok');
	t.like(events(stage, 'limit.cleared')[0], {actor: 'boss', data: {kind: 'operator', id: 'op1', calls: 5}});
	stage.restart();
	t.is(today(stage, 'operator', 'op1'), 1);
});

test('a telephone dials so many itself at a time and a day; the refusal says why', t => {
	const stage = staged(centre({callsPerDayMax: 5}), {phoneCallsMax: 2, phoneCallsPerDayMax: 4});
	const number = '0312340000';
	for (const legId of ['in-1', 'in-2']) fromPhone(stage, legId, number);
	fromPhone(stage, 'in-3', number);
	t.is(rejected(stage, 'in-3'), 'busy: too many calls at a time');
	for (const legId of ['in-1', 'in-2']) stage.send({type: 'legFailed', legId, failure: 'cancelled'});
	fromPhone(stage, 'in-4');
	stage.send({type: 'legAnswered', legId: 'in-4'});
	t.is(today(stage, 'trunk', 't1'), 1);
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'busy'});
	fromPhone(stage, 'in-5', '0990111111');
	t.is(today(stage, 'phone', '101'), 4);
	fromPhone(stage, 'in-6', number);
	t.is(rejected(stage, 'in-6'), 'forbidden: calls of the day used up');
	t.is(stage.store.events.filter(({kind, reason}) => kind === 'call.refused' && reason === 'phoneDay').length, 1);
	t.true(whyAgent(stage.world, 'op1', nineMs).some(({rule}) => rule === 'phoneDay'));
	stage.restart();
	fromPhone(stage, 'in-7', number);
	t.is(rejected(stage, 'in-7'), 'forbidden: calls of the day used up');
});

test('a telephone is told that the trunk has no line, or the day no call left', t => {
	const stage = staged(centre({callsPerDayMax: 1, callsOutMax: 1}));
	stage.bring('op2', '102');
	stage.ask('op2', {type: 'dial', number: '0310000001'});
	fromPhone(stage, 'in-1');
	t.is(rejected(stage, 'in-1'), 'forbidden: the line has had its calls of today (trunkDay 1)');
	stage.configure(centre({callsOutMax: 1}));
	fromPhone(stage, 'in-2');
	t.is(rejected(stage, 'in-2'), 'congestion: all lines for calls out are in use (trunkOut 1)');
});

test('in ringing mode the line is promised while the own telephone rings: two who ask for the last one do not both get it', t => {
	const stage = staged(centre({callsOutMax: 1, callsPerDayMax: 1}));
	stage.bring('op4', '104');
	t.true(stage.ask('op4', {type: 'dial', number: '0310000001'})?.ok);
	t.is(today(stage, 'trunk', 't1'), 0, 'nothing has been dialled');
	t.is(byHand(stage), 'trunkDayLimit');
	const {leg} = stage.agent('op4');
	stage.send({type: 'legAnswered', legId: leg.state === 'none' ? '' : leg.legId});
	t.is(today(stage, 'trunk', 't1'), 1);
	t.deepEqual(trunkLines(stage.world, 't1'), {in: 0, out: 1});
});

test('a dial waits for the disk where it counts for a limit, and only there; with the store out of order people still call', t => {
	const claims = (stage: Stage) =>
		stage.effects.filter(effect => effect.type === 'dial').map(effect => effect.type === 'dial' && effect.claim);
	const free = staged(centre({}));
	byHand(free);
	t.deepEqual(claims(free), [undefined]);
	for (const stage of [staged(centre({callsPerDayMax: 9})), staged(centre({}), {operatorCallsPerDayMax: 9})]) {
		byHand(stage);
		t.deepEqual(claims(stage), [true]);
		stage.send({type: 'partDown', part: 'store', reason: 'disk full'});
		byHand(stage);
		t.deepEqual(claims(stage), [undefined]);
		t.is(today(stage, 'trunk', 't1'), 2);
	}
});

test('the day of a centre ends at its midnight, after 23, 24 and 25 hours', t => {
	const zone = (timeZone: string, nowMs: number) => ({
		utcOffsetMs: utcOffsetMs(timeZone, nowMs),
		offsetChanges: offsetChanges(timeZone, nowMs),
	});
	t.deepEqual(zone('Asia/Tokyo', nineMs), {utcOffsetMs: 9 * hour, offsetChanges: []});
	const summer = zone('Europe/Berlin', Date.UTC(2026, 2, 1));
	t.deepEqual(summer.offsetChanges.slice(0, 2), [
		{atMs: Date.UTC(2026, 2, 29, 1), utcOffsetMs: 2 * hour},
		{atMs: Date.UTC(2026, 9, 25, 1), utcOffsetMs: hour},
	]);
	t.true(summer.offsetChanges.length >= 19, 'ten years ahead');

	const limit = centre({}, {});
	// The evening before the clock goes forward: until midnight as ever; the day after is an hour short, one in October an hour long.
	for (const [from, lengthHours] of [
		[Date.UTC(2026, 2, 27, 23), 24],
		[Date.UTC(2026, 2, 28, 23), 23],
		[Date.UTC(2026, 9, 24, 22), 25],
	] as const) {
		const stage = staged(limit, {...zone('Europe/Berlin', from), operatorCallsPerDayMax: 1}, from);
		t.is(endOfDayMs(stage.world, localDay(stage.world, from)), from + lengthHours * hour);
		t.deepEqual([byHand(stage), byHand(stage)], ['ok', 'dayLimit']);
		stage.advance(lengthHours * hour - 1);
		t.is(byHand(stage), 'dayLimit', `${lengthHours} hours`);
		stage.advance(1);
		t.is(byHand(stage), 'ok', `${lengthHours} hours`);
	}
	// Where the clock goes forward at midnight itself, the day ends there.
	const cairo = zone('Africa/Cairo', Date.UTC(2026, 3, 20));
	t.is(cairo.offsetChanges[0]?.atMs, Date.UTC(2026, 3, 23, 22));
	const evening = Date.UTC(2026, 3, 23, 20);
	const stage = staged(limit, {...cairo, operatorCallsPerDayMax: 1}, evening);
	byHand(stage);
	stage.advance(2 * hour - 1);
	t.is(byHand(stage), 'dayLimit');
	stage.advance(1);
	t.is(byHand(stage), 'ok');
});
