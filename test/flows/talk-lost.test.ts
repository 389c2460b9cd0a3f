/** Telephones and parts that vanish in a call, without a word. */
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {runningWorkers} from '../../src/spawn.js';
import {realFreeswitch} from '../support/real-stack.js';
import {hasProgram, startBaresip} from '../support/sip-peers.js';
import type {Stage} from './stage.js';
import type {Agent} from './stage-agent.js';
import {soundHz} from './stage-hearing.js';
import {phonePassword} from './stage-seed.js';
import {openTalkStage, statusesOf, storyOf, talking, targetAnswers} from './talk-stage.js';

const music = soundHz['hold-music'];

let house: Stage;
test.before(async () => {
	// A vanished telephone is noticed in a call within 2 × 1,000 + 500 ms, by silence within 2,000 ms.
	house = await openTalkStage({
		limits: {phoneCheckMs: 1_000, phoneInCallCheckMs: 1_000, checkAnswerMs: 500, silentMs: 2_000, agentRetryMs: 300},
	});
});
test.after.always(() => house?.close());
test.afterEach.always(() => house.everybodyAway());

/** Is the telephone one that can be killed? */
function killable(t: ExecutionContext): boolean {
	if (hasProgram('baresip')) return true;
	t.log('left out: baresip is needed (Debian: baresip-core)');
	t.pass();
	return false;
}

let starts = 0;

/** Somebody plugs the telephone in again. */
async function phoneIsBack(agent: Agent): Promise<void> {
	const {extension, hz: toneHz} = agent;
	const folder = join(house.folder, `phone-${extension}-${++starts}`);
	const phone = await startBaresip({folder, registrarPort: house.service.udpPort, extension, password: phonePassword, toneHz, dumps: true});
	house.closes(() => phone.stop());
	Object.assign(agent.telephone, {phone, folder});
	await agent.is('wrapUp', 'phoneConnected');
}

const kill = ({telephone}: Agent): void => void (telephone.kind === 'baresip' && telephone.phone.kill());

test.serial('killed in a talk: the customer is let go, 電話機未接続, the reason in the log; and back when it is', async t => {
	if (!killable(t)) return;
	const [aoki] = await house.atWork('main', 'aoki');
	const customer = house.caller('0355501001', 400);
	const callId = await talking(aoki!, customer);
	kill(aoki!);
	await aoki!.is('phoneDown');
	t.is(await customer.isLetGo(), 'far');
	t.like(await house.ended(callId), {outcome: 'talked', endedBy: 'network'});
	t.true(storyOf(house, callId).includes('call.ended (agentLegLost)'));
	const downs = () =>
		house.eventsOf().filter(({kind, agentId}) => (kind === 'agent.legDown' || kind === 'phone.down') && agentId === 'aoki');
	// Which of the two is noticed first is chance: both are looked for on their own clocks.
	await house.until('both losses in the log', () =>
		['agent.legDown', 'phone.down'].every(kind => downs().some(down => down.kind === kind)),
	);
	t.is(downs().find(({kind}) => kind === 'agent.legDown')?.reason, 'legLost');
	t.is(downs().find(({kind}) => kind === 'phone.down')?.reason, 'unreachable');
	await aoki!.until('the telephone to be gone', ({phone}) => !phone.registered);
	t.is(await aoki!.refusal({type: 'setStatus', status: 'ready'}), 'notNow');
	await phoneIsBack(aoki!);
	const next = house.caller('0355501002', 400);
	await talking(aoki!, next);
	await aoki!.hangsUp();
});

test.serial('killed on hold: the caller is in the queue again, at the old place, and somebody else’s', async t => {
	if (!killable(t)) return;
	const [aoki, baba] = await house.atWork('main', 'aoki', 'baba');
	const customer = house.caller('0355501003', 400);
	const callId = await talking(aoki!, customer);
	await aoki!.ask({type: 'hold'});
	await customer.hears(music);
	kill(aoki!);
	await aoki!.is('phoneDown');
	await customer.hears(music);
	await baba!.ready();
	t.is((await baba!.talks()).callId, callId);
	await Promise.all([customer.hears(baba!.hz), baba!.hears(customer.hz)]);
	await baba!.hangsUp();
	t.like(await house.ended(callId), {agentId: 'baba', outcome: 'talked'});
	const story = storyOf(house, callId);
	for (const kind of ['call.operatorLost (agentLegLost)', 'call.handedBack (agentLegLost)', 'call.joinedAgain'])
		t.true(story.includes(kind), kind);
	t.like(house.figures('main').live, house.figures('main').recounted);
	await phoneIsBack(aoki!);
});

test.serial('killed in a consultation: whoever was talked with has the customer', async t => {
	if (!killable(t)) return;
	const [aoki] = await house.atWork('main', 'aoki');
	const customer = house.caller('0355501004', 400);
	const other = house.caller('0355509001', 500);
	const callId = await talking(aoki!, customer);
	await aoki!.ask({type: 'transfer', mode: 'consult', to: {number: other.number}});
	await targetAnswers(aoki!);
	await aoki!.hears(other.hz);
	kill(aoki!);
	await aoki!.is('phoneDown');
	await Promise.all([customer.hears(other.hz), other.hears(customer.hz)]);
	customer.hangsUp();
	t.is(await other.isLetGo(), 'far');
	await house.until('word of it in the log', () => storyOf(house, callId).includes('call.transferred (agentLegLost)'));
	await phoneIsBack(aoki!);
});

test.serial('silence: an operator’s telephone, and a customer’s, that send nothing any more', async t => {
	const [baba] = await house.atWork('main', 'baba');
	const customer = house.caller('0355501005', 400);
	const first = await talking(baba!, customer);
	await baba!.ear!.destroy();
	t.is(await customer.isLetGo(), 'far');
	t.like(await house.ended(first), {outcome: 'talked', endedBy: 'network'});
	// The telephone is there still, and is called again.
	await baba!.is('wrapUp', 'phoneConnected');
	await house.until('the loss in the log', () => statusesOf(house, baba!).includes('phoneDown (legLost)'));

	const second = house.caller('0355501006', 400);
	const secondId = await talking(baba!, second);
	await second.ear!.destroy();
	await baba!.is('wrapUp', 'connectionLost');
	t.like(await house.ended(secondId), {outcome: 'talked', endedBy: 'network'});
});

test.serial('the media worker dies while a call is held: over, everybody free, and the next call has sound', async t => {
	if (realFreeswitch()) {
		t.log('left out: FreeSWITCH is no worker of ours; its death is drilled in test/bench/drill.ts');
		t.pass();
		return;
	}
	const [baba] = await house.atWork('main', 'baba');
	const customer = house.caller('0355501007', 400);
	const callId = await talking(baba!, customer);
	await baba!.ask({type: 'hold'});
	await customer.hears(music);
	const workers = runningWorkers('media');
	t.is(workers.length, 1);
	await workers[0]!.terminate();
	t.is(await customer.isLetGo(), 'far');
	await baba!.is('wrapUp', 'phoneConnected');
	const row = await house.until('the end of the call', () => {
		const last = house.look(reader => reader.call(callId));
		return last?.endedMs === undefined ? undefined : last;
	});
	t.like(row, {outcome: 'talked', endedBy: 'network'});
	await house.until('the death in the log', () =>
		house.eventsOf().some(({kind, data}) => kind === 'part.down' && data?.['part'] === 'media'),
	);
	const next = house.caller('0355501008', 500);
	await talking(baba!, next);
	await baba!.hangsUp();
});
