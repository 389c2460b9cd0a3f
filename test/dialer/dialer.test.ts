import test from 'ava';
import {tableDialer} from '../../src/dialer/dialer.js';
import {policyFor} from '../../src/dialer/pacing/policies.js';
import {ratioFor, type TableDecision, timesRatio} from '../../src/dialer/pacing/table.js';
import {learnWrapUp, noWrapUpKnown, predictedFree} from '../../src/dialer/pacing/wrap-up.js';
import {afterCall} from '../../src/dialer/retries.js';
import type {AutoDialSettings, CallList, CallOutcome, ListEntry} from '../../src/server/domain/model.js';
import {callOutcomes} from '../../src/server/domain/model.js';
import {seededRng} from '../../src/server/rng.js';

/** The table of the manual. */
const settings: AutoDialSettings = {
	campaignId: 'c',
	groupId: 'g',
	mode: 'idleOnly',
	started: true,
	trunk: 't',
	callerNumber: '050',
	callsMax: 0,
	ringMs: 30_000,
	ratioTable: [
		{agentsMax: 5, ratio: 1},
		{agentsMax: 10, ratio: 1.5},
		{agentsMax: 20, ratio: 2},
		{agentsMax: 50, ratio: 2.5},
	],
	ratioAbove: 3,
	retries: {},
};
type Input = {settings: AutoDialSettings; readyAgents: number; wrapUpForMs: number[]; runningCalls: number; state: typeof noWrapUpKnown};
const input = (more: Partial<Input> = {}): Input => ({
	settings,
	readyAgents: 0,
	wrapUpForMs: [],
	runningCalls: 0,
	state: noWrapUpKnown,
	...more,
});
/** What the policy of these settings decides, asked as everybody asks it. */
function decide({settings: own, readyAgents, wrapUpForMs, runningCalls, state}: Input): TableDecision {
	const {calls, inputs} = policyFor(own).decide(
		{known: state},
		{
			nowMs: 0,
			agents: {idle: readyAgents, talkForMs: [], wrapUpForMs},
			calls: {setUpForMs: Array.from({length: runningCalls}, () => 0), ringForMs: [], detectForMs: [], waitForMs: []},
			roomMax: Number.POSITIVE_INFINITY,
			periods: [],
		},
	);
	return {calls, ...(inputs as Omit<TableDecision, 'calls'>)};
}

test('the rows of the ratio table, at their bounds', t => {
	const cases: Array<[agents: number, calls: number]> = [
		[0, 0],
		[1, 1],
		[4, 4],
		[5, 5],
		[6, 9],
		[8, 12],
		[10, 15],
		[11, 22],
		[15, 30],
		[20, 40],
		[21, 53], // 52.5, half up
		[40, 100],
		[50, 125],
		[51, 153],
		[60, 180],
	];
	for (const [readyAgents, calls] of cases) t.is(decide(input({readyAgents})).calls, calls, `${readyAgents} agents`);
	t.is(ratioFor(settings, 50), 2.5);
});

test('agents times ratio is rounded half up, exactly', t => {
	for (const [agents, ratio, calls] of [
		[1, 1.5, 2],
		[3, 1.5, 5],
		[5, 1.5, 8],
		[1, 1.4, 1],
		[7, 1.1, 8],
		[35, 1.1, 39], // 38.5; in binary fractions 38.50000000000001
		[15, 1.1, 17], // 16.5
		[45, 0.1, 5],
	] as const) {
		t.is(timesRatio(agents, ratio), calls, `${agents} × ${ratio}`);
	}
});

test('running calls are subtracted, and the maximum holds', t => {
	t.is(decide(input({readyAgents: 8, runningCalls: 5})).calls, 7);
	t.is(decide(input({readyAgents: 8, runningCalls: 50})).calls, 0);
	t.is(decide(input({readyAgents: 10, settings: {...settings, callsMax: 3}})).calls, 3);
	t.is(decide(input({readyAgents: 10, runningCalls: 2, settings: {...settings, callsMax: 3}})).calls, 1);
	t.is(decide(input({readyAgents: 60, settings: {...settings, callsMax: 0}})).calls, 180);
});

test('whatever comes in, the calls never go beyond maximum, target or below nought', t => {
	const rng = seededRng(5);
	for (let n = 0; n < 2_000; n++) {
		const callsMax = rng.between(0, 30);
		const mode = rng.pick(['idleOnly', 'predicted', 'progressive'] as const);
		const runningCalls = rng.between(0, 80);
		const made = input({
			settings: {...settings, callsMax, mode},
			readyAgents: rng.between(0, 90),
			runningCalls,
			wrapUpForMs: Array.from({length: rng.between(0, 20)}, () => rng.between(0, 60_000)),
			state: {wrapUpMs: rng.between(0, 40_000), weight: rng.between(0, 20)},
		});
		const decision = decide(made);
		const total = runningCalls + decision.calls;
		if (decision.calls < 0 || (callsMax > 0 && decision.target > callsMax) || (decision.calls > 0 && total !== decision.target)) {
			t.fail(JSON.stringify({made, decision}));
			return;
		}
	}
	t.pass();
});

test('progressive places one call for each ready agent, whatever the table', t => {
	t.is(decide(input({readyAgents: 8, settings: {...settings, mode: 'progressive'}})).calls, 8);
});

test('predicted counts agents whose usual wrap-up is nearly over; idleOnly does not', t => {
	const state = {wrapUpMs: 20_000, weight: 10};
	const wrapUpForMs = [1_000, 11_999, 12_000, 25_000, 40_000, 40_001];
	t.is(predictedFree(state, wrapUpForMs), 3);
	const predicted = decide(input({settings: {...settings, mode: 'predicted'}, readyAgents: 2, wrapUpForMs, state}));
	t.like(predicted, {agents: 5, predicted: 3, calls: 5});
	t.like(decide(input({readyAgents: 2, wrapUpForMs, state})), {agents: 2, predicted: 0, calls: 2});
	t.is(predictedFree({wrapUpMs: 20_000, weight: 2}, [19_000]), 0, 'too little is known');
});

test('the mean wrap-up learns, and forgets', t => {
	let state = noWrapUpKnown;
	for (let n = 0; n < 50; n++) state = learnWrapUp(state, 30_000);
	t.is(Math.round(state.wrapUpMs), 30_000);
	for (let n = 0; n < 60; n++) state = learnWrapUp(state, 10_000);
	t.true(state.wrapUpMs < 12_000, String(state.wrapUpMs));
	t.true(state.weight <= 20.1);
});

const list = (id: string, more: Partial<CallList> = {}): CallList => ({id, campaignId: 'c', name: id, started: true, priority: 1, ...more});

test('one list per group, several with start and stop, and both together', t => {
	const ids = (lists: CallList[], groupId: string) => tableDialer.workableLists(lists, 'c', groupId).map(({id}) => id);
	const bound = [list('a', {groupId: 'g1'}), list('b', {groupId: 'g2'})];
	t.deepEqual(ids(bound, 'g1'), ['a']);
	t.deepEqual(ids([list('a'), list('b', {started: false})], 'g1'), ['a']);
	const both = [list('a', {groupId: 'g1'}), list('b', {groupId: 'g1', started: false}), list('c', {groupId: 'g2'}), list('d')];
	t.deepEqual(ids(both, 'g1'), ['a', 'd']);
	t.deepEqual(ids([list('a', {priority: 2}), list('b', {priority: 1}), list('x', {campaignId: 'other'})], 'g1'), ['b', 'a']);
});

const entry: ListEntry = {id: 'e', listId: 'l', customerId: 'k', number: '03', state: 'waiting', position: 1, attempts: 0};

test('after a call: by the rule of the settings, else by what is owed, else given up', t => {
	const rules = {busy: {attemptsMax: 3, gapMs: 1_000}};
	const after = (outcome: CallOutcome, attempts: number) =>
		afterCall({entry, outcome, attempts, retries: rules, nowMs: 5_000, utcOffsetMs: 0});
	t.deepEqual(after('busy', 2), {state: 'autoRecall', nextAtMs: 6_000});
	t.deepEqual(after('busy', 3), {state: 'failed'});
	t.deepEqual(after('noAnswer', 1), {state: 'failed'});
	t.deepEqual(after('invalidNumber', 1), {state: 'failed'});
	t.is(after('abandoned', 1).state, 'autoRecall');
	t.is(after('interrupted', 1).state, 'autoRecall');
	for (const outcome of ['cancelled', 'trunkDown'] as const) {
		t.deepEqual(after(outcome, 99), {state: 'waiting'});
		t.false(tableDialer.isCounted(outcome));
	}
	const recall = {...entry, state: 'autoRecall', nextAtMs: 4_000} as const;
	const kept = afterCall({entry: recall, outcome: 'cancelled', attempts: 1, retries: rules, nowMs: 5_000, utcOffsetMs: 0});
	t.deepEqual(kept, {state: 'autoRecall', nextAtMs: 4_000}, 'a recall stays one');
	for (const outcome of callOutcomes) t.true(['waiting', 'autoRecall', 'failed'].includes(after(outcome, 1).state), outcome);
});

test('a retry waits for its time of day, and tries the other numbers of the customer first', t => {
	const hour = 3_600_000;
	const offset = 9 * hour;
	const retries = {noAnswer: {attemptsMax: 9, gapMs: hour, from: '18:00', to: '21:00', nextNumber: true}};
	const at = (localHour: number) => localHour * hour - offset;
	const after = (number: string, localHour: number, numbers: string[]) =>
		afterCall({
			entry: {...entry, number},
			outcome: 'noAnswer',
			attempts: 1,
			retries,
			nowMs: at(localHour),
			utcOffsetMs: offset,
			numbers,
		});
	t.deepEqual(after('1', 10, ['1']), {state: 'autoRecall', nextAtMs: at(18)});
	t.deepEqual(after('1', 18.5, ['1']), {state: 'autoRecall', nextAtMs: at(19.5)});
	t.deepEqual(after('1', 20.5, ['1']), {state: 'autoRecall', nextAtMs: at(24 + 18)}, 'tomorrow');
	t.deepEqual(after('1', 18, ['1', '2', '3']), {state: 'autoRecall', nextAtMs: at(18), number: '2'}, 'the next one at once');
	t.deepEqual(after('3', 18, ['1', '2', '3']), {state: 'autoRecall', nextAtMs: at(19), number: '1'}, 'round once: after the pause');
	t.deepEqual(after('gone', 18, ['1', '2']), {state: 'autoRecall', nextAtMs: at(19), number: '1'});
	const night = {from: '22:00', to: '02:00'};
	t.is(tableDialer.withinWindow(night, at(1), offset), at(1), 'over midnight');
	t.is(tableDialer.withinWindow(night, at(3), offset), at(22));
});
