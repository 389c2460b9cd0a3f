/** The flows in and around a call with others' programs: sipp calls and is called, baresip is the telephone of every operator. */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {hasProgram, type SippCarrier, startSipp} from '../support/sip-peers.js';
import {openStage, type Stage} from './stage.js';
import type {Agent} from './stage-agent.js';
import {orderOf, soundHz} from './stage-hearing.js';
import {sippCalls} from './stage-sipp.js';
import {dialsOnPhone, mainNumber, phasesOf, targetAnswers} from './talk-stage.js';

const callerHz = 400;
const carrierHz = 500;
const music = soundHz['hold-music'];
const missing = ['sipp', 'baresip'].filter(name => !hasProgram(name));

let house: Stage;
let carrier: SippCarrier;
test.before(async () => {
	if (missing.length > 0) return;
	const folder = await mkdtemp(join(tmpdir(), 'kaden-sipp-'));
	// What becomes of a call is in the last digits of the number: test/interop/sipp/carrier.xml.
	carrier = await startSipp({folder, scenario: 'carrier.xml', calls: 100, toneHz: carrierHz});
	const baresip = {phone: 'baresip'} as const;
	house = await openStage({
		trunks: [{name: 'sipp', port: carrier.port}],
		directTrunk: 'sipp',
		operators: {aoki: baresip, baba: baresip, chiba: {...baresip, workMode: 'ringing'}, boss: {...baresip, role: 'supervisor'}},
		groups: {main: {answer: 'auto'}},
		numbers: [{number: mainNumber, name: '窓口', target: {kind: 'group', groupId: 'main'}}],
	});
	house.closes(() => rm(folder, {recursive: true, force: true}));
	house.closes(() => carrier.stop());
});
test.after.always(() => house?.close());
test.afterEach.always(() => house?.everybodyAway());
test.afterEach(t => t.deepEqual(house?.problems ?? [], []));

/** Is everything there? Says what is left out when not. */
function installed(t: ExecutionContext): boolean {
	if (missing.length === 0) return true;
	t.log(`left out: ${missing.join(' and ')} not installed (Debian: sip-tester, baresip-core)`);
	t.pass();
	return false;
}

let calls = 0;

/** A caller by sipp, joined to the operator. */
async function calledBy(agent: Agent, from: string) {
	await agent.ready();
	const folder = join(house.folder, `sipp-${++calls}`);
	const caller = await sippCalls({folder, housePort: house.service.udpPort, from, to: mainNumber, hz: callerHz});
	house.closes(() => caller.stop());
	const {callId} = await agent.talks();
	await agent.hears(callerHz);
	return {caller, callId};
}

/** What a caller of sipp has heard and said, by the recording. */
async function recordingOf(callId: string): Promise<{left: number[]; phases: number[]; right: number[][]}> {
	const {left, right} = await house.recording((await house.ended(callId)).recordingPath!);
	return {left: orderOf(left), phases: phasesOf(right), right};
}

/** Pitches heard together. */
const together = (windows: number[][], ...pitches: number[]): boolean => windows.some(heard => pitches.every(hz => heard.includes(hz)));

test.serial('hold, targets that are busy and refuse, a talk with the target, all three, and on to the target', async t => {
	if (!installed(t)) return;
	const [aoki] = await house.atWork('main', 'aoki');
	const {caller, callId} = await calledBy(aoki!, '0355501001');
	await aoki!.ask({type: 'hold'});
	await aoki!.hears();
	await aoki!.ask({type: 'hold'});
	await aoki!.hears(callerHz);
	for (const [number, reason] of [
		['0355509010', 'busy'],
		['0355509014', 'declined'],
	] as const) {
		await aoki!.ask({type: 'transfer', mode: 'blind', to: {number}});
		const {notices} = await aoki!.until(reason, view => view.status.status === 'held' && view.notices.at(-1)?.args['reason'] === reason);
		t.is(notices.at(-1)?.args['number'], number);
	}
	await aoki!.ask({type: 'transfer', mode: 'consult', to: {number: '0355509030'}});
	await targetAnswers(aoki!);
	await aoki!.hears(carrierHz);
	await aoki!.ask({type: 'conference'});
	await aoki!.hears(callerHz, carrierHz);
	await aoki!.ask({type: 'transferBack'});
	await aoki!.hears(callerHz);
	// This one picks up, and leaves after two seconds.
	await aoki!.ask({type: 'transfer', mode: 'blind', to: {number: '0355509020'}});
	await aoki!.is('wrapUp', 'transferred');
	t.true(await caller.finished, await caller.errors());
	const {left, phases, right} = await recordingOf(callId);
	t.deepEqual(left, [callerHz]);
	t.deepEqual(phases.slice(0, 4), [aoki!.hz, music, aoki!.hz, music]);
	t.true(together(right, aoki!.hz, carrierHz), 'all three');
	t.is(phases.at(-1), carrierHz);
});

test.serial('on to a colleague, whose supervisor listens, whispers, joins in and takes over', async t => {
	if (!installed(t)) return;
	const [aoki, baba, boss] = await house.atWork('main', 'aoki', 'baba', 'boss');
	const {caller, callId} = await calledBy(aoki!, '0355501002');
	await aoki!.ask({type: 'transfer', mode: 'consult', to: {operatorId: 'baba'}});
	await baba!.answers();
	await Promise.all([aoki!.hears(baba!.hz), baba!.hears(aoki!.hz)]);
	await aoki!.ask({type: 'transferComplete'});
	await aoki!.is('wrapUp', 'transferred');
	await baba!.hears(callerHz);
	await boss!.ask({type: 'supervise', of: 'baba', mode: 'listen'});
	await boss!.hears(callerHz, baba!.hz);
	await baba!.hears(callerHz);
	await boss!.ask({type: 'supervise', of: 'baba', mode: 'whisper'});
	await baba!.hears(callerHz, boss!.hz);
	const whisperedMs = Date.now();
	await boss!.ask({type: 'supervise', of: 'baba', mode: 'barge'});
	const {joinedMs} = house.look(reader => reader.call(callId))!;
	await house.recorded(callId, Date.now() - joinedMs! + 500);
	await boss!.ask({type: 'supervise', of: 'baba', mode: 'takeOver'});
	await baba!.is('wrapUp', 'takenOver');
	await boss!.talks();
	await boss!.hears(callerHz);
	await boss!.hangsUp();
	t.true(await caller.finished, await caller.errors());
	const {left, phases, right} = await recordingOf(callId);
	t.deepEqual(left, [callerHz]);
	t.deepEqual([...new Set(phases)], [aoki!.hz, music, baba!.hz, boss!.hz]);
	const until = Math.floor((whisperedMs - joinedMs! - 200) / 100);
	t.false(right.slice(0, until).flat().includes(boss!.hz), 'neither listening nor whispering is in the customer’s ear');
	t.true(together(right, baba!.hz, boss!.hz));
});

test.serial(
	'calls placed: by the button, with the telephone’s own keys, with the own telephone rung first, and to a colleague',
	async t => {
		if (!installed(t)) return;
		const [aoki, baba] = await house.atWork('main', 'aoki', 'baba');
		const [chiba] = await house.atWork('main', 'chiba');
		const talk = async (agent: Agent): Promise<void> => {
			const {callId} = await agent.talks();
			await agent.hears(carrierHz);
			await house.recorded(callId, 1000);
			await agent.hangsUp();
			const {left, phases} = await recordingOf(callId);
			t.deepEqual([left, phases], [[carrierHz], [agent.hz]]);
		};
		await aoki!.ask({type: 'dial', number: '03-5550-9030'});
		await talk(aoki!);
		dialsOnPhone(house, aoki!, '0355509031');
		await talk(aoki!);
		await chiba!.ask({type: 'dial', number: '0355509032'});
		await talk(chiba!);
		await aoki!.ask({type: 'dial', number: '0355509010'});
		await aoki!.is('wrapUp', 'busy');
		await aoki!.ask({type: 'dial', number: baba!.extension});
		await baba!.answers();
		await Promise.all([aoki!.hears(baba!.hz), baba!.hears(aoki!.hz)]);
		await aoki!.hangsUp();
		await baba!.is('wrapUp');
	},
);
