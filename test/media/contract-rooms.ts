import {join} from 'node:path';
import type {TestFn} from 'ava';
import {type MediaEndpoint, type MediaRoom, roomMembersMax, type SpeaksTo} from '../../src/sip/media/port.js';
import {eventually} from '../support/limit.js';
import {channels, type Factory, type Party, pressed, quietRun, scenes, unbroken, untilQuiet} from './contract.js';
import {loudness, type RtpPeer, toneShare, usualLoudness} from './peer.js';

/** What rooms of a media server must do, with a tone of its own for each party: who hears whom is plain to see. */

const tones = {customer: 500, agent: 1200, supervisor: 2100, fourth: 2900};

/** Waits until a party hears these tones and, of all that are spoken, no others. */
async function hearsOnly(peer: RtpPeer, ...wanted: number[]): Promise<void> {
	let shares: number[] = [];
	for (let tries = 0; tries < 60; tries++) {
		const sound = await peer.listen(10);
		shares = Object.values(tones).map(tone => toneShare(sound, tone));
		const enough = 0.6 / wanted.length;
		const right = Object.values(tones).every((tone, index) => (wanted.includes(tone) ? shares[index]! > enough : shares[index]! < 0.002));
		if (right) return;
	}
	throw new Error(`never heard just ${wanted.join(' + ')} Hz, but ${shares.map(share => share.toFixed(3)).join(' ')}`);
}

const share = (samples: Int16Array, tone: number): number => toneShare(samples.subarray(800, samples.length - 800), tone);

/** True when the tone alone is in four of five pieces of 50 ms. Its phase may jump where the room was entered, so the whole says little. */
function mostly(samples: Int16Array, tone: number): boolean {
	const pieces = Array.from({length: Math.floor(samples.length / 400)}, (_, index) => samples.subarray(index * 400, index * 400 + 400));
	return pieces.filter(piece => toneShare(piece, tone) > 0.9).length > 0.8 * pieces.length;
}

export function roomContract(test: TestFn, factory: Factory): void {
	const scene = scenes(test, factory);
	const talk = ({peer, endpoint}: Party, tone: number): void => peer.talk(endpoint.localSdp, tone);

	scene('in a conference each hears all the others and never itself', async ({t, server, party}) => {
		const [one, two, three] = [await party(), await party('PCMA'), await party()];
		talk(one, tones.customer);
		talk(two, tones.agent);
		talk(three, tones.supervisor);
		const room = await server.createRoom();
		await Promise.all([one, two, three].map(({endpoint}) => room.join(endpoint, {speaksTo: 'all'})));
		await Promise.all([
			hearsOnly(one.peer, tones.agent, tones.supervisor),
			hearsOnly(two.peer, tones.customer, tones.supervisor),
			hearsOnly(three.peer, tones.customer, tones.agent),
		]);
		await room.leave(three.endpoint);
		await Promise.all([hearsOnly(one.peer, tones.agent), hearsOnly(two.peer, tones.customer), untilQuiet(three.peer)]);
		one.endpoint.mute(true);
		await untilQuiet(two.peer);
		await hearsOnly(one.peer, tones.agent);
		await room.close();
		await Promise.all([one, two, three].map(({peer}) => untilQuiet(peer)));
		await t.throwsAsync(room.join(one.endpoint, {speaksTo: 'all'}));
		await t.throwsAsync(room.change(one.endpoint, {speaksTo: 'all'}));
		for (const {peer} of [one, two, three]) unbroken(t, peer);
	});

	scene('listen, whisper, barge: the customer hears the supervisor only in the last', async ({t, server, party, folder}) => {
		const [customer, agent, supervisor] = [await party(), await party(), await party()];
		talk(customer, tones.customer);
		talk(agent, tones.agent);
		talk(supervisor, tones.supervisor);
		await customer.endpoint.bridge(agent.endpoint);
		await Promise.all([hearsOnly(customer.peer, tones.agent), hearsOnly(agent.peer, tones.customer)]);
		await customer.endpoint.startRecording(join(folder, 'private.wav'));
		await agent.endpoint.startRecording(join(folder, 'agent.wav'));
		const before = usualLoudness(await customer.peer.listen(25));
		const room = await server.createRoom();
		await joinAll(room, [customer.endpoint, agent.endpoint]);
		await room.join(supervisor.endpoint, {speaksTo: 'none'});
		await Promise.all([
			hearsOnly(customer.peer, tones.agent),
			hearsOnly(agent.peer, tones.customer),
			hearsOnly(supervisor.peer, tones.customer, tones.agent),
		]);
		await room.change(supervisor.endpoint, {speaksTo: [agent.endpoint]});
		await Promise.all([hearsOnly(customer.peer, tones.agent), hearsOnly(agent.peer, tones.customer, tones.supervisor)]);
		const level = usualLoudness(await customer.peer.listen(25));
		t.true(Math.abs(level / before - 1) < 0.02, `the agent's level at the customer: ${before} before, ${level} under a whisper`);
		const privately = await customer.endpoint.stopRecording();
		await customer.endpoint.startRecording(join(folder, 'barged.wav'));
		await room.change(supervisor.endpoint, {speaksTo: 'all'});
		await Promise.all([
			hearsOnly(customer.peer, tones.agent, tones.supervisor),
			hearsOnly(agent.peer, tones.customer, tones.supervisor),
			hearsOnly(supervisor.peer, tones.customer, tones.agent),
		]);
		await customer.peer.listen(50);
		await customer.endpoint.stopRecording();
		await agent.endpoint.stopRecording();
		const {right: heard, left: said} = channels(privately!.path);
		t.true(share(heard, tones.supervisor) < 1e-5, `whisper in the customer's recording: ${share(heard, tones.supervisor)}`);
		t.true(mostly(heard, tones.agent), 'the agent is heard all the time');
		t.true(mostly(said, tones.customer), 'the customer is recorded all the time');
		t.true(share(channels(join(folder, 'barged.wav')).right, tones.supervisor) > 0.2, 'barging is in the recording');
		t.true(share(channels(join(folder, 'agent.wav')).right, tones.supervisor) > 0.1, 'the agent was whispered to');
		await room.change(supervisor.endpoint, {speaksTo: 'none'});
		await hearsOnly(customer.peer, tones.agent);
		for (const {peer} of [customer, agent, supervisor]) unbroken(t, peer);
	});

	scene('take over: the agent leaves, the supervisor stays with the customer', async ({t, server, party}) => {
		const [customer, agent, supervisor] = [await party(), await party(), await party()];
		talk(customer, tones.customer);
		talk(agent, tones.agent);
		talk(supervisor, tones.supervisor);
		const room = await server.createRoom();
		await joinAll(room, [customer.endpoint, agent.endpoint]);
		await room.join(supervisor.endpoint, {speaksTo: [agent.endpoint]});
		await hearsOnly(agent.peer, tones.customer, tones.supervisor);
		await supervisor.endpoint.bridge(customer.endpoint);
		await Promise.all([hearsOnly(customer.peer, tones.supervisor), hearsOnly(supervisor.peer, tones.customer), untilQuiet(agent.peer)]);
		await t.throwsAsync(room.change(customer.endpoint, {speaksTo: 'none'}), undefined, 'it left the room when it was bridged');
		unbroken(t, customer.peer);
	});

	scene('from a bridge into a room and back the recording goes on', async ({t, server, party, folder}) => {
		const [one, two] = [await party(), await party()];
		talk(one, tones.customer);
		talk(two, tones.agent);
		await one.endpoint.bridge(two.endpoint);
		await Promise.all([hearsOnly(one.peer, tones.agent), hearsOnly(two.peer, tones.customer)]);
		const path = join(folder, 'through.wav');
		await one.endpoint.startRecording(path);
		await one.peer.listen(25);
		const room = await server.createRoom();
		for (let round = 0; round < 3; round++) {
			await joinAll(room, [one.endpoint, two.endpoint]);
			await Promise.all([hearsOnly(one.peer, tones.agent), hearsOnly(two.peer, tones.customer)]);
			await one.endpoint.bridge(two.endpoint);
			await Promise.all([hearsOnly(one.peer, tones.agent), hearsOnly(two.peer, tones.customer)]);
		}
		const facts = await one.endpoint.stopRecording();
		const {left, right} = channels(path);
		t.is(Math.round(left.length / 8), facts!.durationMs);
		t.true(share(left, tones.customer) > 0.99, `what the peer said is recorded without a seam: ${share(left, tones.customer)}`);
		t.true(quietRun(right) < 1600, `what it heard has no hole: ${quietRun(right) / 8} ms`);
		unbroken(t, one.peer);
		unbroken(t, two.peer);
	});

	scene('in a room: a beep over the talk, music instead of it, a mask, and an endpoint destroyed', async ({t, server, party, folder}) => {
		const [one, two, three] = [await party(), await party(), await party()];
		talk(one, tones.customer);
		talk(two, tones.agent);
		talk(three, undefined!);
		const room = await server.createRoom();
		await joinAll(room, [one.endpoint, two.endpoint, three.endpoint]);
		await hearsOnly(one.peer, tones.agent);
		const beep = one.endpoint.play({kind: 'tone', frequencyHz: tones.fourth, durationMs: 60_000, levelDbm0: -9}, {mode: 'mix'});
		await hearsOnly(one.peer, tones.agent, tones.fourth);
		await hearsOnly(two.peer, tones.customer);
		one.endpoint.stopPlaying();
		t.is(await beep, 'stopped');
		const music = one.endpoint.play({kind: 'tone', frequencyHz: tones.fourth, durationMs: 60_000});
		await hearsOnly(one.peer, tones.fourth);
		one.endpoint.stopPlaying();
		await music;
		await hearsOnly(one.peer, tones.agent);
		two.endpoint.maskRecording(true);
		await two.endpoint.startRecording(join(folder, 'masked.wav'));
		await two.peer.listen(50);
		two.endpoint.maskRecording(false);
		await two.peer.listen(50);
		const facts = await two.endpoint.stopRecording();
		const {left, right} = channels(facts!.path);
		for (const [side, tone] of [
			[left, tones.agent],
			[right, tones.customer],
		] as const) {
			t.true(quietRun(side) > 0.9 * 8000, 'masked from its start');
			t.true(toneShare(side.subarray(-4000, -800), tone) > 0.9);
		}
		await one.endpoint.destroy();
		await Promise.all([untilQuiet(two.peer), hearsOnly(three.peer, tones.agent)]);
		await t.throwsAsync(room.join(one.endpoint, {speaksTo: 'all'}));
	});

	scene('DTMF passes through a room to those it is meant for, as events and not as sound', async ({t, server, party}) => {
		const [one, two, three, four] = [await party(), await party(), await party(), await party()];
		for (const [who, tone] of [
			[one, tones.customer],
			[two, tones.agent],
			[three, tones.supervisor],
			[four, tones.fourth],
		] as const)
			talk(who, tone);
		const room = await server.createRoom();
		await joinAll(room, [one.endpoint, two.endpoint, four.endpoint]);
		await room.join(three.endpoint, {speaksTo: [two.endpoint]});
		await hearsOnly(two.peer, tones.customer, tones.supervisor, tones.fourth);
		const told: string[] = [];
		one.endpoint.on('dtmf', digit => told.push(digit));
		one.peer.press(one.endpoint.localSdp, 7);
		one.peer.press(one.endpoint.localSdp, 10);
		await Promise.all([two, three, four].map(({peer}) => peer.until(() => pressed(peer) === '7*', 'digits 7 and *')));
		three.peer.press(three.endpoint.localSdp, 3);
		await two.peer.until(() => pressed(two.peer) === '7*3', 'digit 3');
		two.endpoint.sendDtmf('9');
		await two.peer.until(() => pressed(two.peer) === '7*39', 'digit 9 from us');
		await hearsOnly(two.peer, tones.customer, tones.supervisor, tones.fourth);
		t.deepEqual(told, ['7', '*']);
		t.is(pressed(one.peer), '');
		t.is(pressed(four.peer), '7*');
		for (const {peer} of [one, two, three, four]) unbroken(t, peer);
	});

	scene('lost media is told in a bridge and in a room, and never of a party that holds', async ({t, server, party}) => {
		const [one, two] = [await party('PCMU', true, 400), await party()];
		talk(one, tones.customer);
		talk(two, tones.agent);
		const lost: number[] = [];
		one.endpoint.on('mediaLost', silentMs => lost.push(silentMs));
		await one.endpoint.bridge(two.endpoint);
		await hearsOnly(two.peer, tones.customer);
		for (const direction of ['sendonly', 'inactive', 'recvonly']) {
			await one.endpoint.setRemote(one.peer.sdp({direction}));
			one.peer.quiet();
			await two.peer.listen(50);
			t.deepEqual(lost, [], direction);
			await one.endpoint.setRemote(one.peer.sdp());
			talk(one, tones.customer);
			await hearsOnly(two.peer, tones.customer);
		}
		one.peer.quiet();
		await two.peer.until(() => lost.length === 1, 'mediaLost in the bridge');
		talk(one, tones.customer);
		await hearsOnly(two.peer, tones.customer);
		const room = await server.createRoom();
		await joinAll(room, [one.endpoint, two.endpoint]);
		await hearsOnly(two.peer, tones.customer);
		one.peer.quiet();
		await two.peer.until(() => lost.length === 2, 'mediaLost in the room');
		await two.peer.listen(50);
		t.is(lost.length, 2);
		t.true(lost.every(silentMs => silentMs >= 400));
	});

	scene('voicemail: what a lone caller says after the beep is recorded, piece after piece', async ({t, party, folder}) => {
		const {peer, endpoint} = await party();
		peer.talk(endpoint.localSdp, tones.customer);
		await endpoint.play({kind: 'tone', frequencyHz: tones.fourth, durationMs: 200});
		for (const name of ['one.wav', 'two.wav']) {
			await endpoint.startRecording(join(folder, name));
			await peer.listen(50);
			const facts = await endpoint.stopRecording();
			const {left, right} = channels(facts!.path);
			t.true(share(left, tones.customer) > 0.99 && left.length > 7000);
			t.true(loudness(right) < 10, 'it heard nothing');
		}
	});

	scene('a room is bounded, and says so', async ({t, server}) => {
		const [room, other] = [await server.createRoom(), await server.createRoom()];
		const endpoints: MediaEndpoint[] = [];
		for (let index = 0; index <= roomMembersMax; index++) endpoints.push(await server.createEndpoint());
		await joinAll(room, endpoints.slice(1));
		await t.throwsAsync(room.join(endpoints[0]!, {speaksTo: 'all'}), {message: /full/});
		await room.leave(endpoints[1]!);
		await room.join(endpoints[0]!, {speaksTo: 'all'});
		await other.join(endpoints[2]!, {speaksTo: 'all'});
		await t.throwsAsync(room.change(endpoints[2]!, {speaksTo: 'none'}), {message: /not in this room/});
		await room.join(endpoints[1]!, {speaksTo: 'all'});
		await Promise.all([room.close(), room.close(), other.close()]);
	});

	scene('a room outlives a dead engine, and takes new members', async ({t, server, party}) => {
		const [one, two] = [await party(), await party()];
		const room = await server.createRoom();
		await joinAll(room, [one.endpoint, two.endpoint]);
		const died = Promise.all([one, two].map(({endpoint}) => new Promise(resolve => endpoint.on('died', resolve))));
		const down = new Promise(resolve => server.onEngineDown(resolve));
		await factory.kill(server);
		await down;
		if (factory.name.includes('1 worker')) await died;
		const fresh = await eventually('a new engine', () => server.createEndpoint().catch(() => undefined));
		await room.join(fresh, {speaksTo: 'all'});
		t.pass();
	});
}

function joinAll(room: MediaRoom, endpoints: MediaEndpoint[], speaksTo: SpeaksTo = 'all'): Promise<unknown> {
	return Promise.all(endpoints.map(endpoint => room.join(endpoint, {speaksTo})));
}
