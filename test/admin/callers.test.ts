import test from 'ava';
import {type CallersProfile, callerFate, defaultCallers} from '../../src/sip/lab/callers.js';
import type {CallInLine} from '../../src/sip/lab/calls-in.js';
import {startLab} from '../../src/sip/lab/lab.js';
import {defaultProfile} from '../../src/sip/lab/people.js';
import {openStage, type Stage} from '../flows/stage.js';
import {soundHz} from '../flows/stage-hearing.js';
import {within} from '../support/limit.js';

const profile: CallersProfile = {
	...defaultCallers,
	everyMs: 40_000,
	numbers: ['0312340001', '0312340002'],
	known: ['05000000001', '05000000002'],
	keys: ['1', '2'],
	leaveKey: '0',
};
const fates = (seed: number) => Array.from({length: 5_000}, (_, turn) => callerFate(seed, turn, profile, defaultProfile));

test('callers: the same seed brings the same people, in the shares that were asked for', t => {
	t.deepEqual(fates(3), fates(3));
	t.notDeepEqual(fates(3).slice(0, 5), fates(4).slice(0, 5));
	const all = fates(1);
	const percent = (is: (fate: (typeof all)[number]) => boolean) => (all.filter(is).length / all.length) * 100;
	const near = (share: number, wanted: number) => Math.abs(share - wanted) < 2.5;
	t.true(
		near(
			percent(({from}) => profile.known.includes(from ?? '')),
			70,
		),
	);
	t.true(
		near(
			percent(({from}) => from === undefined),
			8,
		),
	);
	t.true(
		near(
			percent(({keys}) => keys.every(key => key === '')),
			5,
		),
	);
	t.true(
		near(
			percent(({keys}) => keys[0] === '7'),
			9.5,
		),
	);
	t.true(
		near(
			percent(({leave}) => leave !== undefined),
			10,
		),
	);
	t.true(all.every(({to}) => profile.numbers.includes(to)));
	const meanMs = all.reduce((sum, {nextMs}) => sum + nextMs, 0) / all.length;
	t.true(Math.abs(meanMs / 40_000 - 1) < 0.1, `${meanMs}`);
	t.true(all.every(({nextMs}) => nextMs >= 4_000 && nextMs <= 200_000));
});

let house: Stage;
test.before(async () => {
	house = await openStage({
		operators: {aoki: {}},
		groups: {help: {answer: 'ring', callBackKey: '0'}},
		menus: [
			{
				id: 'main',
				name: '総合',
				file: 'menu',
				choices: {'1': {kind: 'group', groupId: 'help'}},
				timeoutMs: 20_000,
				retriesMax: 1,
				otherwise: {kind: 'hangUp'},
			},
		],
		numbers: [{number: '0312340001', name: '受付', target: {kind: 'menu', menuId: 'main'}}],
		customers: {'03-5550-1001': '田中 一郎'},
	});
});
test.after.always(() => house?.close());

test.serial('a simulated customer calls, presses the key when the voice has asked, waits, and talks with whoever answers', async t => {
	const talk = {talkMs: {median: 1_500, sigma: 0}, earlyHangUpPercent: 0};
	const lab = await startLab({port: 0, seed: 1, profile: talk, rtpPorts: {min: 41_000, max: 41_998}});
	house.closes(() => lab.close());
	const [aoki] = await house.atWork('help', 'aoki');
	await aoki!.ready();
	let stop = () => {};
	const over = new Promise<CallInLine>(resolve => {
		stop = lab.callsIn({
			...defaultCallers,
			...{numbers: ['0312340001'], known: ['0355501001'], knownPercent: 100, keys: ['1'], noKeyPercent: 0, wrongKeyPercent: 0},
			everyMs: 600_000,
			house: {host: '127.0.0.1', port: house.service.udpPort},
			onCall: resolve,
		});
	});
	const popup = await aoki!.rings();
	t.like(popup, {number: '0355501001', calledName: '受付'});
	t.is(popup.candidates[0]?.fields[0]?.value, '田中 一郎');
	await aoki!.answers();
	// An operator who listens: the caller takes silence for the turn to speak, and this telephone's tone never pauses.
	await aoki!.ask({type: 'mute', muted: true});
	const line = await within('the caller to say goodbye', over);
	stop();
	t.like(line, {from: '0355501001', to: '0312340001', outcome: 'talked'});
	t.true(line.waitedMs! > 0);
	const row = await house.ended(popup.callId);
	t.like(row, {outcome: 'talked', endedBy: 'customer', agentId: 'aoki'});
	t.true(house.storyOf(popup.callId).includes('call.menuKey'));
	t.deepEqual(house.problems, []);
});

test.serial('somebody who left by key to be called back is shown by name when the turn comes', async t => {
	const [aoki] = await house.atWork('help', 'aoki');
	const caller = house.caller('0355501001', 400);
	await caller.dials('0312340001');
	await caller.hears(soundHz.menu);
	caller.presses('1');
	await caller.hears(soundHz['hold-music']);
	caller.presses('0');
	await caller.isLetGo();
	await aoki!.ready();
	const popup = await aoki!.rings();
	t.like(popup, {kind: 'callBack', number: '0355501001'});
	t.is(popup.candidates[0]?.fields[0]?.value, '田中 一郎');
	t.deepEqual(house.problems, []);
});
