/** The plain flows once more with others' programs: sipp calls and is called, baresip is the operator's telephone. */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {hasProgram, type SippCarrier, startSipp} from '../support/sip-peers.js';
import {openStage, type Stage} from './stage.js';
import {listenTo, orderOf, soundHz} from './stage-hearing.js';
import {type SippCall, sippCalls} from './stage-sipp.js';

const callerHz = 400;
const carrierHz = 500;
const missing = ['sipp', 'baresip'].filter(name => !hasProgram(name));

let house: Stage;
let carrier: SippCarrier;
test.before(async () => {
	if (missing.length > 0) return;
	const folder = await mkdtemp(join(tmpdir(), 'kaden-sipp-'));
	carrier = await startSipp({folder, scenario: 'carrier.xml', calls: 1, toneHz: carrierHz});
	house = await openStage({
		trunks: [{name: 'sipp', port: carrier.port}],
		directTrunk: 'sipp',
		operators: {aoki: {phone: 'baresip'}, baba: {}},
		menus: [
			{
				id: 'main',
				name: '代表',
				file: 'menu',
				choices: {'1': {kind: 'voicemail', mailbox: {kind: 'group', groupId: 'ring'}}},
				timeoutMs: 10_000,
				retriesMax: 0,
				otherwise: {kind: 'hangUp'},
			},
		],
		groups: {all: {pattern: 'all'}, ring: {}, short: {waitMsMax: 1_500, overflow: {kind: 'number', number: '0355509030'}}},
		numbers: [
			{number: '0312340003', name: '代表', target: {kind: 'menu', menuId: 'main'}},
			{number: '0312340004', name: '一斉', target: {kind: 'group', groupId: 'all'}},
			{number: '0312340001', name: '窓口', target: {kind: 'group', groupId: 'ring'}},
			{number: '0312340002', name: '短', target: {kind: 'group', groupId: 'short'}},
		],
	});
	house.closes(() => rm(folder, {recursive: true, force: true}));
	house.closes(() => carrier.stop());
});
test.after.always(async () => {
	await house?.close();
	await carrier?.stop();
});
test.afterEach.always(() => house?.everybodyAway());

/** Is everything there? Says what is left out when not. */
function installed(t: ExecutionContext): boolean {
	if (missing.length === 0) return true;
	t.log(`left out: ${missing.join(' and ')} not installed (Debian: sip-tester, baresip-core)`);
	t.pass();
	return false;
}

let calls = 0;
const calling = (call: Pick<SippCall, 'from' | 'to' | 'presses' | 'leavesAfterMs'>) =>
	sippCalls({folder: join(house.folder, `sipp-${++calls}`), housePort: house.sipPort, hz: callerHz, ...call});

test.serial('sipp calls, baresip is the telephone: 通話, both heard in the recording, 切断 by the operator', async t => {
	if (!installed(t)) return;
	const [aoki] = await house.atWork('ring', 'aoki');
	await aoki!.ready();
	const caller = await calling({from: '0355501001', to: '0312340001'});
	const {callId} = await aoki!.answers();
	await house.recorded(callId, 1000);
	await aoki!.hangsUp();
	t.true(await caller.finished, await caller.errors());
	const row = await house.ended(callId);
	t.like(row, {outcome: 'talked', endedBy: 'agent', fromNumber: '0355501001', agentId: 'aoki'});
	const {left, right} = await house.recording(row.recordingPath!);
	t.deepEqual([orderOf(left), orderOf(right)], [[callerHz], [aoki!.hz]]);
	t.deepEqual(house.problems, []);
});

test.serial('a caller by sipp who waits, and leaves: abandoned while waiting', async t => {
	if (!installed(t)) return;
	const before = house.figures('ring').live;
	const caller = await calling({from: '0355501002', to: '0312340001', leavesAfterMs: 300});
	const callId = await house.callFrom('0355501002');
	t.like(await house.ended(callId), {outcome: 'abandoned', endedBy: 'customer'});
	t.true(await caller.finished, await caller.errors());
	const {live, recounted} = house.figures('ring');
	t.like(live, {offered: before.offered + 1, abandonedWaiting: before.abandonedWaiting + 1, abandonedRinging: 0});
	t.deepEqual(recounted, live);
	t.deepEqual(house.problems, []);
});

test.serial('nobody is there: after the longest wait the caller is sent to an outside number, which is sipp', async t => {
	if (!installed(t)) return;
	const caller = house.caller('0355501003', callerHz);
	await caller.dials('0312340002');
	await caller.hears(soundHz['hold-music']);
	await caller.hears(carrierHz);
	caller.hangsUp();
	t.true(await carrier.finished, await carrier.errors());
	const callId = await house.callFrom('0355501003');
	t.like(await house.ended(callId), {outcome: 'talked', endedBy: 'customer'});
	const {live, recounted} = house.figures('short');
	t.like(live, {offered: 1, answered: 0, overflowed: 1, abandonedWaiting: 0});
	t.deepEqual(recounted, live);
	t.deepEqual(house.problems, []);
});

test.serial('sipp is led by a key to the mailbox: what it says is in the message', async t => {
	if (!installed(t)) return;
	const caller = await calling({from: '0355501004', to: '0312340003', presses: {digit: '1', afterMs: 300}, leavesAfterMs: 3_500});
	const callId = await house.callFrom('0355501004');
	t.like(await house.ended(callId), {outcome: 'voicemail', endedBy: 'customer'});
	t.true(await caller.finished, await caller.errors());
	const message = await house.until('the message to be kept', () => house.look(reader => reader.voicemails('group:ring', 10))[0]);
	t.like(message, {callId, fromNumber: '0355501004'});
	const {left} = await listenTo(join(house.folder, 'recordings', message.path));
	t.deepEqual(orderOf(left), [callerHz]);
	t.deepEqual(house.problems, []);
});

test.serial('sipp calls and all ring, baresip among them: who takes the call has it', async t => {
	if (!installed(t)) return;
	const [aoki, baba] = await house.atWork('all', 'aoki', 'baba');
	await Promise.all([aoki!.ready(), baba!.ready()]);
	const caller = await calling({from: '0355501005', to: '0312340004'});
	await Promise.all([aoki!.rings(), baba!.rings()]);
	const {callId} = await aoki!.answers();
	await baba!.until('the popup to vanish', ({incoming, status}) => incoming === null && status.status === 'ready');
	await house.recorded(callId, 1000);
	await baba!.hears();
	await aoki!.hangsUp();
	t.true(await caller.finished, await caller.errors());
	const {left, right} = await house.recording((await house.ended(callId)).recordingPath!);
	t.deepEqual([orderOf(left), orderOf(right)], [[callerHz], [aoki!.hz]]);
	await house.checkFigures(t, 'all', {offered: 1, answered: 1});
	t.deepEqual(house.problems, []);
});
