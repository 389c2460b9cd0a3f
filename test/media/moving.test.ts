import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {systemClock} from '../../src/sip/application/clock.js';
import {createEmbeddedMedia, type EmbeddedMedia} from '../../src/sip/media/embedded/server.js';
import {wavHeader} from '../../src/sip/media/embedded/wav.js';
import {KeptDescription} from '../../src/sip/media/moving/own-description.js';
import {joinParts, partPath} from '../../src/sip/media/moving/parts.js';
import {MovingMedia} from '../../src/sip/media/moving/server.js';
import {type MediaEndpoint, type MediaServer, PeerRefused} from '../../src/sip/media/port.js';
import {calmly} from '../support/calm.js';
import {FakeClock} from '../support/fake-clock.js';
import {eventually, within} from '../support/limit.js';
import {RtpPeer} from '../support/rtp-peer.js';
import {strength, wavChannels} from '../support/tones.js';

/** Parties that go on on another server: their own one is lost, or is to be left. */

/** What is measured in recordings. */
const measured = calmly(test.serial);

const [customerHz, agentHz, bossHz] = [400, 700, 1100];

function folderOf(t: ExecutionContext): string {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-moving-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	return folder;
}

test('what the peer is told of us stays one description: same session, counted versions, as many media lines', t => {
	const own = (id: number, port: number, more = ''): string =>
		`v=0\r\no=- ${id} 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n${more}m=audio ${port} RTP/AVP 0\r\na=sendrecv\r\n`;
	const kept = new KeptDescription(own(77, 4000, 'm=video 0 RTP/AVP 31\r\n'));
	t.is(kept.text, own(77, 4000, 'm=video 0 RTP/AVP 31\r\n'));
	t.is(kept.update(own(77, 4000, 'm=video 0 RTP/AVP 31\r\n')), kept.text);
	const offer = kept.offer(own(99, 6000));
	t.is(offer, own(77, 6000, 'm=video 0 RTP/AVP 31\r\n').replace('o=- 77 1', 'o=- 77 2'));
	t.regex(kept.update(own(99, 6000).replace('sendrecv', 'sendonly')), /^o=- 77 3 IN/m);
	t.is(kept.text.match(/^m=/gm)!.length, 1);
});

test('the parts of a recording become one file: in order, with silence for the time between, none left over', async t => {
	const folder = folderOf(t);
	const path = join(folder, 'call.wav');
	const write = (name: string, ms: number, value: number): void => {
		const data = Buffer.alloc(ms * 32);
		for (let at = 0; at < data.length; at += 2) data.writeInt16LE(value, at);
		// Cut off: the header says nothing of the length.
		writeFileSync(name, Buffer.concat([wavHeader(0, 2, 8000), data]));
	};
	write(path, 100, 1000);
	write(partPath(path, 1), 50, 2000);
	t.is(partPath(path, 1), join(folder, 'call.part2.wav'));
	const facts = await joinParts([
		{path, startedMs: 0},
		{path: partPath(path, 1), startedMs: 300},
		{path: partPath(path, 2), startedMs: 400},
	]);
	t.deepEqual(facts, {path, durationMs: 350, bytes: 44 + 350 * 32});
	const [left] = wavChannels(readFileSync(path));
	t.deepEqual([left![0], left![799], left![800], left![2399], left![2400], left![2799]], [1000, 1000, 0, 0, 2000, 2000]);
	t.is(await joinParts([{path: join(folder, 'none.wav'), startedMs: 0}]), undefined);
});

type Party = {peer: RtpPeer; end: MediaEndpoint; offers: string[]};

async function party(media: MediaServer, hz: number): Promise<Party> {
	const peer = await RtpPeer.open(hz);
	const end = await media.createEndpoint({offer: peer.sdp()});
	const offers: string[] = [];
	end.outlives!(async offer => {
		offers.push(offer);
		peer.talkTo(offer);
		return peer.sdp();
	});
	peer.talkTo(end.localSdp);
	return {peer, end, offers};
}

measured('an engine dies under a bridge, a recording, a room and hold music: all go on, and the recording is one file', async (t, calm) => {
	const embedded: EmbeddedMedia = await createEmbeddedMedia({address: '127.0.0.1', rtpPorts: {min: 34_000, max: 34_999}, portRestMs: 0});
	const media = new MovingMedia(embedded, {clock: systemClock});
	const parties = await Promise.all([customerHz, agentHz, bossHz].map(hz => party(media, hz)));
	const [customer, agent, boss] = parties as [Party, Party, Party];
	const hears = (who: Party, ...pitches: number[]): Promise<unknown> =>
		within(`${pitches} to be heard`, Promise.all([customerHz, agentHz, bossHz].map(hz => who.peer.hears(hz, pitches.includes(hz)))));
	try {
		const deaths: string[] = [];
		for (const {end} of parties) end.on('died', reason => deaths.push(reason));
		const path = join(folderOf(t), 'talk.wav');
		await customer.end.bridge(agent.end);
		await customer.end.startRecording(path);
		const music = boss.end.play({kind: 'tone', frequencyHz: 1500, durationMs: 400}, {loop: true});
		await Promise.all([hears(customer, agentHz), hears(agent, customerHz), within('music', boss.peer.hears(1500))]);
		// What a dead engine has not written is lost.
		const written = await eventually('half a second on the disk', () => {
			const {size} = statSync(path);
			return size > 44 + 500 * 32 ? size : undefined;
		});
		const described = parties.map(({end}) => end.localSdp);
		await embedded.terminateEngine();
		await eventually('all to be offered another place', () => parties.every(({offers}) => offers.length === 1));
		for (const [index, {offers}] of parties.entries()) {
			const [, session, version] = /^o=kaden (\d+) (\d+)/m.exec(described[index]!)!;
			t.true(offers[0]!.includes(`o=kaden ${session} ${Number(version) + 1} `));
		}
		await within('sound from there', Promise.all(parties.map(({peer}) => peer.hearsMore(10))));
		await Promise.all([hears(customer, agentHz), hears(agent, customerHz), within('music', boss.peer.hears(1500))]);
		await customer.peer.hearsMore(25);
		boss.end.stopPlaying();
		t.is(await music, 'stopped');
		const facts = (await customer.end.stopRecording())!;
		const [left] = wavChannels(readFileSync(path));
		t.is(facts.path, path);
		t.is(Math.round(left!.length / 8), facts.durationMs);
		const loud = Array.from(
			{length: Math.floor(left!.length / 800)},
			(_, i) => strength(left!.subarray(i * 800, i * 800 + 800), customerHz) > 0.1,
		);
		t.true(loud.slice(0, 5).some(Boolean) && loud.slice(-8).some(Boolean), 'the customer is in both parts');
		t.true(facts.bytes > written + 300 * 32);

		const room = await media.createRoom();
		await room.join(customer.end, {speaksTo: 'all'});
		await room.join(agent.end, {speaksTo: 'all'});
		await room.join(boss.end, {speaksTo: [agent.end]});
		await Promise.all([hears(customer, agentHz), hears(agent, customerHz, bossHz), hears(boss, customerHz, agentHz)]);
		boss.end.mute(true);
		await embedded.terminateEngine();
		await eventually('all to be offered a third place', () => parties.every(({offers}) => offers.length === 2));
		await within('sound from there', Promise.all(parties.map(({peer}) => peer.hearsMore(10))));
		await Promise.all([hears(customer, agentHz), hears(agent, customerHz), hears(boss, customerHz, agentHz)]);
		boss.end.mute(false);
		await Promise.all([hears(agent, customerHz, bossHz), hears(customer, agentHz)]);
		await room.leave(agent.end);
		await room.close();
		t.deepEqual(deaths, []);
		for (const {end} of parties) await end.destroy();
		t.is(
			embedded.loads.reduce((sum, load) => sum + load, 0),
			0,
			'nothing is left over',
		);
	} finally {
		calm.saw(await embedded.heldUpMs().catch(() => 0));
		for (const {peer} of parties) peer.close();
		await media.close();
	}
});

/** Servers of which only what is said to them is of interest. */
class ScriptedMedia implements MediaServer {
	readonly ends: ScriptedEnd[] = [];
	full = false;
	/** Does something with the second one. */
	second = (_end: ScriptedEnd): void => {};
	draining = new Set<string>();
	readonly pool = {
		servers: () => [],
		drain: (name: string, draining: boolean) => void (draining ? this.draining.add(name) : this.draining.delete(name)),
	};
	async createEndpoint(): Promise<MediaEndpoint> {
		const server = ['one', 'two'].find(name => !this.draining.has(name));
		if (this.full || !server) throw new Error('no server takes calls');
		const end = new ScriptedEnd(server, this.ends.length);
		this.ends.push(end);
		if (this.ends.length === 2) this.second(end);
		return end as unknown as MediaEndpoint;
	}
	createRoom = () => Promise.reject(new Error('of no interest'));
	onEngineDown(): void {}
	close = async () => {};
}

class ScriptedEnd {
	readonly said: string[] = [];
	readonly #died: ((reason: string, unmeant?: boolean) => void)[] = [];
	readonly localSdp: string;
	constructor(
		readonly server: string,
		index: number,
	) {
		this.localSdp = `v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\nm=audio ${4000 + index} RTP/AVP 0\r\n`;
	}
	get id(): string {
		return this.server;
	}
	on(event: string, listener: (reason: string, unmeant?: boolean) => void): void {
		if (event === 'died') this.#died.push(listener);
	}
	dies(unmeant = true): void {
		for (const listener of this.#died) listener('it is gone', unmeant);
	}
	setRemote = async (sdp: string) => {
		this.said.push(`remote ${sdp}`);
		return this.localSdp;
	};
	mute = (muted: boolean) => this.said.push(`mute ${muted}`);
	maskRecording = (masked: boolean) => this.said.push(`mask ${masked}`);
	startRecording = async (path: string): Promise<void> => void this.said.push(`record ${path}`);
	stopRecording = async () => void this.said.push('stop');
	play = () => new Promise<'stopped'>(() => {});
	bridge = async (other: ScriptedEnd) => void this.said.push(`bridge ${other.server}`);
	unbridge = () => this.said.push('unbridge');
	destroy = async () => void this.said.push('destroy');
}

async function scripted(ask: (offer: string) => Promise<string>) {
	const clock = new FakeClock();
	const media = new ScriptedMedia();
	const moving = new MovingMedia(media, {clock, limits: {moveMs: 1000, pauseMs: 100}});
	const end = await moving.createEndpoint();
	const deaths: string[] = [];
	end.on('died', reason => deaths.push(reason));
	end.outlives(ask);
	return {clock, media, moving, end, deaths};
}

/** Lets everything happen that waits for no timer. */
const turns = async (): Promise<void> => {
	for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve));
};

test('a server is drained: parties go elsewhere, with all that was asked of them; who does not want to stays', async t => {
	let refuses = true;
	const {media, moving, end, deaths} = await scripted(async offer => {
		if (refuses) throw new PeerRefused('no');
		return `answer to ${/audio (\d+)/.exec(offer)![1]}`;
	});
	end.mute(true);
	end.maskRecording(true);
	await end.startRecording('/r/a.wav');
	moving.pool!.drain('one', true);
	t.deepEqual(await moving.pool!.move('one'), {moved: 0, stayed: 1});
	t.deepEqual(media.ends[1]!.said, ['destroy']);
	t.is(end.server, 'one');
	refuses = false;
	t.deepEqual(await moving.pool!.move('one'), {moved: 1, stayed: 0});
	t.deepEqual(await moving.pool!.move('one'), {moved: 0, stayed: 0});
	t.is(end.server, 'two');
	t.deepEqual(media.ends[2]!.said, ['remote answer to 4002', 'mute true', 'mask true', 'record /r/a.part2.wav']);
	t.deepEqual(media.ends[0]!.said, ['mute true', 'mask true', 'record /r/a.wav', 'stop', 'destroy']);
	t.deepEqual(deaths, []);
	// A channel that ends alone is no lost server: the party is over.
	media.ends[2]!.dies(false);
	t.deepEqual(deaths, ['it is gone']);
	t.true(end.gone);
});

test('a lost server: tried again while the peer or the servers are busy, given up in the end; hung up meanwhile, nothing stays', async t => {
	let asked = 0;
	const first = await scripted(async () => {
		if (++asked < 3) throw new Error('491');
		return 'answer';
	});
	first.media.full = true;
	first.media.ends[0]!.dies();
	first.end.mute(true);
	await turns();
	t.is(first.media.ends.length, 1);
	first.media.full = false;
	for (let time = 0; time < 3; time++) {
		first.clock.advance(100);
		await turns();
	}
	t.is(first.end.server, 'one');
	t.deepEqual(
		first.media.ends.map(({said}) => said),
		[[], ['destroy'], ['destroy'], ['remote answer', 'mute true']],
	);
	t.deepEqual(first.deaths, []);

	const second = await scripted(() => Promise.reject(new Error('491')));
	second.media.ends[0]!.dies();
	for (let time = 0; time < 12; time++) {
		second.clock.advance(100);
		await turns();
	}
	t.deepEqual(second.deaths, ['it is gone; 491']);
	t.true(second.media.ends.slice(1).every(({said}) => said.join() === 'destroy'));

	let answer = (_sdp: string): void => {};
	const third = await scripted(() => new Promise(resolve => (answer = resolve)));
	third.media.ends[0]!.dies();
	await turns();
	await third.end.destroy();
	answer('answer');
	await turns();
	t.deepEqual(
		third.media.ends.map(({said}) => said.join()),
		['', 'remote answer,destroy'],
	);
	t.deepEqual(third.deaths, []);

	const fourth = await scripted(async () => 'answer');
	await fourth.end.startRecording('/r/b.wav');
	fourth.media.second = end => {
		end.startRecording = async () => end.dies();
	};
	fourth.media.ends[0]!.dies();
	await turns();
	t.deepEqual(fourth.media.ends[2]!.said, ['remote answer', 'record /r/b.part3.wav'], 'the next one dies in the moment it comes');
	t.deepEqual(fourth.deaths, []);
});
