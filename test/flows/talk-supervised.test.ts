/** A supervisor in somebody else's call: heard by nobody, by the operator alone, by all; and in the operator's place. */
import test from 'ava';
import type {Stage} from './stage.js';
import type {Agent} from './stage-agent.js';
import {orderOf, soundHz} from './stage-hearing.js';
import {openTalkStage, statusesOf, storyOf, talking, targetAnswers} from './talk-stage.js';

const music = soundHz['hold-music'];

let house: Stage;
test.before(async () => {
	house = await openTalkStage({over: {tellWatched: true}});
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());
test.afterEach(t => t.deepEqual(house.problems, []));

const watched = (agent: Agent) => agent.until('to be told', ({call}) => call?.watchedBy?.includes('boss') === true);

test.serial('モニタ, ささやき, 三者, 交代: the customer never hears a whisper, in the ear or in the recording', async t => {
	const [aoki, boss] = await house.atWork('main', 'aoki', 'boss');
	const customer = house.caller('0355501001', 400);
	const callId = await talking(aoki!, customer);
	await house.recorded(callId, 1000);

	await boss!.ask({type: 'supervise', of: 'aoki', mode: 'listen'});
	await boss!.hears(customer.hz, aoki!.hz);
	await Promise.all([customer.hears(aoki!.hz), aoki!.hears(customer.hz)]);
	t.deepEqual((await watched(aoki!)).notices.at(-1)?.args, {mode: 'listen', by: 'boss'});

	await boss!.ask({type: 'supervise', of: 'aoki', mode: 'whisper'});
	await aoki!.hears(customer.hz, boss!.hz);
	await Promise.all([customer.hears(aoki!.hz), boss!.hears(customer.hz, aoki!.hz)]);
	await customer.hearsFor(500);
	t.false(customer.hearing.since().has(boss!.hz), 'nothing of the supervisor has reached the customer');

	await boss!.ask({type: 'supervise', of: 'aoki', mode: 'barge'});
	await Promise.all([customer.hears(aoki!.hz, boss!.hz), aoki!.hears(customer.hz, boss!.hz), boss!.hears(customer.hz, aoki!.hz)]);

	await boss!.ask({type: 'supervise', of: 'aoki', mode: 'stop'});
	await Promise.all([customer.hears(aoki!.hz), aoki!.hears(customer.hz), boss!.hears()]);
	t.falsy(aoki!.view.call?.watchedBy?.length);

	await boss!.ask({type: 'supervise', of: 'aoki', mode: 'takeOver'});
	await aoki!.is('wrapUp', 'takenOver');
	t.is(aoki!.view.notices.at(-1)?.key, 'takenOver');
	t.like(await boss!.talks(), {number: '0355501001', phase: 'talking'});
	await Promise.all([customer.hears(boss!.hz), boss!.hears(customer.hz), aoki!.hears()]);
	await customer.hearsFor(300);
	const second = boss!.view.call!.callId;
	await boss!.hangsUp();
	t.is(await customer.isLetGo(), 'far');

	const [first, next] = [await house.ended(callId), await house.ended(second)];
	t.like(first, {agentId: 'aoki', outcome: 'talked', endedBy: 'agent'});
	t.like(next, {agentId: 'boss', outcome: 'talked', transferOf: callId, recordingPath: first.recordingPath!});
	const watches = house.eventsOf(callId).filter(({kind}) => kind === 'call.watched');
	t.deepEqual(
		watches.map(({actor, reason, data}) => [actor, reason, data?.['of']]),
		['listen', 'whisper', 'barge', 'takeOver'].map(mode => ['boss', mode, 'aoki']),
	);
	t.true(storyOf(house, callId).includes('call.ended (takenOver)'));
	const {left, right} = await house.recording(first.recordingPath!);
	t.deepEqual(orderOf(left), [customer.hz]);
	t.deepEqual(orderOf(right), [aoki!.hz, boss!.hz]);
	t.false(right.slice(0, 10).flat().includes(boss!.hz), 'the second before, and the whisper, are the operator’s alone');
});

test.serial('a listener in a call that is held, transferred and over: hears what the talk is, and is told of the end', async t => {
	const [aoki, baba, boss] = await house.atWork('main', 'aoki', 'baba', 'boss');
	const customer = house.caller('0355501002', 400);
	const callId = await talking(aoki!, customer);
	await boss!.ask({type: 'supervise', of: 'aoki', mode: 'listen'});
	await boss!.hears(customer.hz, aoki!.hz);
	await aoki!.ask({type: 'hold'});
	await Promise.all([customer.hears(music), boss!.hears()]);
	await aoki!.ask({type: 'resume'});
	await boss!.hears(customer.hz, aoki!.hz);
	await aoki!.ask({type: 'transfer', mode: 'consult', to: {operatorId: 'baba'}});
	await baba!.answers();
	await targetAnswers(aoki!);
	await boss!.hears(aoki!.hz, baba!.hz);
	await Promise.all([customer.hears(music), aoki!.hears(baba!.hz), baba!.hears(aoki!.hz)]);
	await aoki!.ask({type: 'transferBack'});
	await boss!.hears(customer.hz, aoki!.hz);
	customer.hangsUp();
	await aoki!.is('wrapUp', 'customerHungUp');
	await boss!.until('the end', ({notices}) => notices.at(-1)?.key === 'watchEnded');
	await boss!.hears();
	t.is(boss!.view.status.status, 'wrapUp');
	await house.until('the end in the log', () => storyOf(house, callId).includes('call.unwatched (callEnded)'));
});

test.serial('who may not: an operator; in a call; of a call that is none; and a supervisor’s 受付中 is over with listening', async t => {
	const [aoki, baba, boss] = await house.atWork('main', 'aoki', 'baba', 'boss');
	const customer = house.caller('0355501003', 400);
	t.is(await boss!.refusal({type: 'supervise', of: 'aoki', mode: 'listen'}), 'callGone');
	t.is(await boss!.refusal({type: 'supervise', of: 'chiba', mode: 'listen'}), 'notFound');
	await talking(aoki!, customer);
	t.is(await baba!.refusal({type: 'supervise', of: 'aoki', mode: 'listen'}), 'notAllowed');
	t.is(await boss!.refusal({type: 'setAgentStatus', of: 'aoki', status: 'away'}), 'notNow');
	await boss!.ready();
	await boss!.ask({type: 'supervise', of: 'aoki', mode: 'listen'});
	await boss!.is('wrapUp', 'supervising');
	await boss!.hears(customer.hz, aoki!.hz);
	// The operator's help is asked for and answered while the talk goes on.
	await aoki!.ask({type: 'requestHelp', comment: '料金の例外'});
	await boss!.until('the request', ({notices}) => notices.at(-1)?.key === 'helpRequested');
	await boss!.ask({type: 'takeHelp', of: 'aoki'});
	await aoki!.until('the answer', ({status}) => status.help?.takenBy === 'boss');
	await Promise.all([customer.hears(aoki!.hz), aoki!.hears(customer.hz), boss!.hears(customer.hz, aoki!.hz)]);
	await aoki!.ask({type: 'cancelHelp'});
	await aoki!.hangsUp();
	t.deepEqual(statusesOf(house, boss!).slice(-2), ['ready (button)', 'wrapUp (supervising)']);
});
