/** Hold, mute, keys, and the mask over the recording. */
import test from 'ava';
import type {Stage} from './stage.js';
import {orderOf, soundHz} from './stage-hearing.js';
import {hearsKeys, longestBreakMs, openTalkStage, phasesOf, statusesOf, storyOf, talking} from './talk-stage.js';

const music = soundHz['hold-music'];

let house: Stage;
test.before(async () => {
	house = await openTalkStage();
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());
test.afterEach(t => t.deepEqual(house.problems, []));

test.serial('保留 and 保留 again: music for the customer, silence for the operator, and one recording of it all', async t => {
	const [aoki] = await house.atWork('main', 'aoki');
	const customer = house.caller('0355501001', 400);
	const callId = await talking(aoki!, customer);
	await aoki!.ask({type: 'hold'});
	await aoki!.is('held', 'holdButton');
	t.like(aoki!.view.call, {callId, held: true, phase: 'talking'});
	await Promise.all([customer.hears(music), aoki!.hears()]);
	await aoki!.ask({type: 'hold'});
	await aoki!.is('talkingIn', 'holdButton');
	t.falsy(aoki!.view.call?.held);
	await Promise.all([customer.hears(aoki!.hz), aoki!.hears(customer.hz)]);
	// Held once more, and hung up on by the customer.
	await aoki!.ask({type: 'hold'});
	await customer.hears(music);
	customer.hangsUp();
	await aoki!.is('wrapUp', 'customerHungUp');
	const row = await house.ended(callId);
	t.like(row, {outcome: 'talked', endedBy: 'customer', agentId: 'aoki'});
	t.deepEqual(storyOf(house, callId), [
		'call.answered',
		'call.assigned',
		'call.joined',
		'call.held',
		'call.resumed (holdButton)',
		'call.held',
		'call.ended (customerHungUp)',
	]);
	const {left, right} = await house.recording(row.recordingPath!);
	t.deepEqual(orderOf(left), [customer.hz]);
	t.deepEqual(phasesOf(right), [aoki!.hz, music, aoki!.hz, music], 'the customer’s ear in the recording');
	t.true(
		(await aoki!.windows()).every(heard => !heard.includes(music)),
		'the operator never hears the music',
	);
});

test.serial('mute: the customer hears nothing, the operator goes on hearing; over with the call', async t => {
	const [aoki] = await house.atWork('main', 'aoki');
	const customer = house.caller('0355501001', 400);
	const callId = await talking(aoki!, customer);
	await aoki!.ask({type: 'mute', muted: true});
	t.true((await aoki!.until('muted', ({call}) => call?.muted === true)).call!.muted);
	await Promise.all([customer.hears(), aoki!.hears(customer.hz)]);
	await aoki!.ask({type: 'mute', muted: false});
	await customer.hears(aoki!.hz);
	await aoki!.ask({type: 'mute', muted: true});
	await customer.hears();
	await aoki!.hangsUp();
	t.is(await customer.isLetGo(), 'far');
	const {right} = await house.recording((await house.ended(callId)).recordingPath!);
	t.deepEqual(phasesOf(right), [aoki!.hz]);
	t.true(longestBreakMs(right, aoki!.hz) >= 300, 'the mute is in the recording');

	const next = house.caller('0355501002', 500);
	await talking(aoki!, next);
	t.falsy(aoki!.view.call?.muted);
	await aoki!.hangsUp();
});

test.serial('keys pressed at the console reach the customer’s side as RFC 4733 events, once each and in order', async t => {
	const [aoki] = await house.atWork('main', 'aoki');
	const customer = house.caller('0355501001', 400);
	await talking(aoki!, customer);
	await aoki!.ask({type: 'sendDtmf', digits: '1590*#'});
	await hearsKeys(customer, '1590*#');
	t.is(await aoki!.refusal({type: 'sendDtmf', digits: '12x'}), 'badRequest');
	await aoki!.ask({type: 'hold'});
	await customer.hears(music);
	t.is(await aoki!.refusal({type: 'sendDtmf', digits: '7'}), 'notNow');
	await aoki!.ask({type: 'resume'});
	await Promise.all([customer.hears(aoki!.hz), aoki!.hears(customer.hz)]);
	await aoki!.ask({type: 'sendDtmf', digits: '2'});
	await hearsKeys(customer, '1590*#2');
	await aoki!.hangsUp();
	t.is(await aoki!.refusal({type: 'sendDtmf', digits: '1'}), 'notNow');
});

test.serial('a masked part is silence on both sides, and nothing of the length is lost', async t => {
	const [aoki] = await house.atWork('main', 'aoki');
	const customer = house.caller('0355501001', 400);
	const callId = await talking(aoki!, customer);
	await house.recorded(callId, 1000);
	await aoki!.ask({type: 'maskRecording', masked: true});
	await aoki!.until('the mask', ({call}) => call?.recording === 'masked');
	await customer.hearsFor(1500);
	// They hear each other all the while.
	await Promise.all([customer.hears(aoki!.hz), aoki!.hears(customer.hz)]);
	await aoki!.ask({type: 'maskRecording', masked: false});
	await customer.hearsFor(1000);
	await aoki!.hangsUp();
	const row = await house.ended(callId);
	t.deepEqual(
		storyOf(house, callId).filter(kind => kind.startsWith('recording')),
		['recording.masked', 'recording.unmasked'],
	);
	const {left, right, durationMs} = await house.recording(row.recordingPath!);
	const lastedMs = row.endedMs! - row.joinedMs!;
	t.true(Math.abs(durationMs - lastedMs) < 300, `${durationMs} ms recorded of ${lastedMs} ms`);
	for (const [windows, hz] of [
		[left, customer.hz],
		[right, aoki!.hz],
	] as const) {
		t.deepEqual(phasesOf(windows), [hz]);
		t.true(longestBreakMs(windows, hz) >= 1000, `silence of ${longestBreakMs(windows, hz)} ms`);
	}
	t.deepEqual(statusesOf(house, aoki!).slice(-2), ['talkingIn (callAnswered)', 'wrapUp (hangUpButton)']);
});
