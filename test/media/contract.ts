import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext, TestFn} from 'ava';
import {type MediaEndpoint, type MediaServer, NoCommonCodec} from '../../src/sip/media/port.js';
import {inCalm} from '../support/calm.js';
import {eventually} from '../support/limit.js';
import {type Law, loudness, portOf, RtpPeer, toneShare, wav} from './peer.js';

/** What a media server must do, whichever it is, shown with real RTP parties on loopback. */

export type Factory = {
	name: string;
	create(): Promise<MediaServer>;
	/** Ends the engine that carries the endpoints, as a crash would. */
	kill(server: MediaServer): Promise<void>;
	/** How long its engine stood still at most, where it can tell. */
	heldUpMs?(server: MediaServer): Promise<number>;
	/** Plays only the scenes with such titles. */
	only?: RegExp;
	/** Scenes that it is known not to pass, each with what it does instead (see docs/adr/0013-freeswitch-media.md). */
	differs?: {scene: RegExp; instead: string}[];
};

export type Party = {peer: RtpPeer; endpoint: MediaEndpoint};
export type Stage = {
	t: ExecutionContext;
	server: MediaServer;
	folder: string;
	party(law?: Law, events?: boolean, silentMs?: number): Promise<Party>;
};

/** Left and right channel of a recording. */
export function channels(path: string): {left: Int16Array; right: Int16Array} {
	const file = readFileSync(path);
	const samples = new Int16Array(file.buffer.slice(file.byteOffset + 44, file.byteOffset + file.length - (file.length % 4)));
	return {left: samples.filter((_, index) => index % 2 === 0), right: samples.filter((_, index) => index % 2 === 1)};
}

/** The way scenes are played on a server of their own, each with its parties closed at the end. */
export const scenes =
	(test: TestFn, factory: Factory) =>
	(title: string, play: (stage: Stage) => Promise<void>): void => {
		if (factory.only && !factory.only.test(title)) return;
		const differs = factory.differs?.find(({scene}) => scene.test(title));
		const scene = inCalm(async (t, calm) => {
			const server = await factory.create();
			const folder = mkdtempSync(join(tmpdir(), 'kaden-media-'));
			const peers: RtpPeer[] = [];
			try {
				await play({
					t,
					server,
					folder,
					async party(law = 'PCMU', events = true, silentMs = 30_000) {
						const peer = await RtpPeer.open(law);
						peers.push(peer);
						const endpoint = await server.createEndpoint({offer: peer.sdp({events}), silentMs});
						return {peer, endpoint};
					},
				});
			} finally {
				calm.saw((await factory.heldUpMs?.(server)) ?? 0);
				for (const peer of peers) peer.close();
				await server.close();
				rmSync(folder, {recursive: true});
			}
		});
		test.serial(`${factory.name}: ${title}`, async t => {
			if (!differs) return scene(t);
			t.log(`left out: ${differs.instead}`);
			t.pass();
		});
	};

export function contract(test: TestFn, factory: Factory): void {
	const scene = scenes(test, factory);

	scene('a lone phone hears a live stream of silence, in one unbroken sequence', async ({t, party}) => {
		const {peer, endpoint} = await party();
		const started = new Promise<void>(resolve => endpoint.on('mediaStarted', resolve));
		peer.talk(endpoint.localSdp, 440);
		await started;
		const sound = await peer.listen(25);
		t.true(loudness(sound) < 10);
		unbroken(t, peer);
		t.is(peer.heard[0]!.fromPort, portOf(endpoint.localSdp));
	});

	scene('a bridge carries sound both ways, and unbridged both hear silence again', async ({t, party}) => {
		const [one, two] = [await party(), await party()];
		one.peer.talk(one.endpoint.localSdp, 500);
		two.peer.talk(two.endpoint.localSdp, 1200);
		await one.endpoint.bridge(two.endpoint);
		await Promise.all([one.peer.hears(1200), two.peer.hears(500)]);
		one.endpoint.unbridge();
		await untilQuiet(one.peer);
		await untilQuiet(two.peer);
		unbroken(t, one.peer);
		unbroken(t, two.peer);
	});

	scene('a party joined to a third leaves its first bridge', async ({t, party}) => {
		const [one, two, three] = [await party(), await party(), await party()];
		one.peer.talk(one.endpoint.localSdp, 500);
		two.peer.talk(two.endpoint.localSdp, 1200);
		three.peer.talk(three.endpoint.localSdp, 1900);
		await one.endpoint.bridge(two.endpoint);
		await two.peer.hears(500);
		await one.endpoint.bridge(three.endpoint);
		await Promise.all([one.peer.hears(1900), three.peer.hears(500), untilQuiet(two.peer)]);
		t.pass();
	});

	scene('different laws are turned into each other', async ({t, party}) => {
		const [one, two] = [await party('PCMU'), await party('PCMA')];
		one.peer.talk(one.endpoint.localSdp, 700);
		two.peer.talk(two.endpoint.localSdp, 1500);
		await one.endpoint.bridge(two.endpoint);
		await Promise.all([one.peer.hears(1500), two.peer.hears(700)]);
		t.true(one.peer.audio().every(({payloadType}) => payloadType === 0));
		t.true(two.peer.audio().every(({payloadType}) => payloadType === 8));
	});

	scene('an endpoint that offers takes the answer', async ({t, server}) => {
		const peer = await RtpPeer.open('PCMA');
		const endpoint = await server.createEndpoint();
		t.regex(endpoint.localSdp, /m=audio \d+ RTP\/AVP .*\b0\b/);
		await endpoint.setRemote(peer.sdp());
		peer.talk(endpoint.localSdp, 300);
		const played = endpoint.play({kind: 'tone', frequencyHz: 880, durationMs: 400});
		await peer.hears(880);
		t.is(await played, 'finished');
		peer.close();
	});

	scene('no common codec is refused', async ({t, server, party}) => {
		const opus =
			'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\n';
		await t.throwsAsync(server.createEndpoint({offer: opus}), {instanceOf: NoCommonCodec});
		const {endpoint} = await party();
		await t.throwsAsync(endpoint.setRemote(opus), {instanceOf: NoCommonCodec});
	});

	scene('a recording has each side in its channel, the right length, and silence where masked or muted', async ({t, party, folder}) => {
		const [one, two] = [await party(), await party()];
		one.peer.talk(one.endpoint.localSdp, 500);
		two.peer.talk(two.endpoint.localSdp, 1200);
		await one.endpoint.bridge(two.endpoint);
		await Promise.all([one.peer.hears(1200), two.peer.hears(500)]);
		const path = join(folder, 'call.wav');
		const from = performance.now();
		await one.endpoint.startRecording(path);
		const begun = performance.now();
		await one.peer.listen(75);
		one.endpoint.maskRecording(true);
		await one.peer.listen(50);
		one.endpoint.maskRecording(false);
		one.endpoint.mute(true);
		await one.peer.listen(50);
		await untilQuiet(two.peer);
		const to = performance.now();
		const facts = await one.endpoint.stopRecording();
		// It begins and ends somewhere between the order and its answer, however long the disk takes; an engine may cut it at its own frames.
		const [leastMs, mostMs] = [to - begun - 100, performance.now() - from + 100];
		t.is(facts?.path, path);
		const file = readFileSync(path);
		t.is(file.length, facts!.bytes);
		t.is(file.readUInt32LE(40), file.length - 44);
		t.true(facts!.durationMs >= leastMs && facts!.durationMs <= mostMs, `${facts!.durationMs} of ${leastMs} to ${mostMs} ms`);
		const {left, right} = channels(path);
		t.true(toneShare(left.subarray(4000, 10_000), 500) > 0.9);
		t.true(toneShare(right.subarray(4000, 10_000), 1200) > 0.9);
		t.true(quietRun(left) > 0.9 * 8000, 'left is silent while masked, and muted after it');
		const masked = quietRun(right);
		t.true(masked > 0.9 * 8000 && masked < 1.3 * 8000, `right is silent only while masked: ${masked}`);
		t.true(toneShare(right.subarray(-4000), 1200) > 0.9);
		t.is(await one.endpoint.stopRecording(), undefined);
	});

	scene('destroying ends the recording and the playback, and a bridged party lives on', async ({t, party, folder}) => {
		const [one, two] = [await party(), await party()];
		one.peer.talk(one.endpoint.localSdp, 500);
		two.peer.talk(two.endpoint.localSdp, 1200);
		await one.endpoint.bridge(two.endpoint);
		await one.endpoint.startRecording(join(folder, 'x.wav'));
		const playing = one.endpoint.play({kind: 'tone', frequencyHz: 2000, durationMs: 60_000});
		await one.peer.hears(2000);
		const facts = await one.endpoint.destroy();
		t.is(await playing, 'gone');
		t.true(facts!.durationMs > 60, `${facts!.durationMs} ms`);
		t.deepEqual(await one.endpoint.destroy(), facts);
		await untilQuiet(two.peer);
		await t.throwsAsync(one.endpoint.startRecording(join(folder, 'y.wav')));
	});

	scene('a beep is mixed over the bridge, or played instead of it', async ({t, party}) => {
		const [one, two] = [await party(), await party()];
		one.peer.talk(one.endpoint.localSdp, 500);
		two.peer.talk(two.endpoint.localSdp, 1200);
		await one.endpoint.bridge(two.endpoint);
		await one.peer.hears(1200);
		const from = one.peer.heard.length;
		t.is(await one.endpoint.play({kind: 'tone', frequencyHz: 2300, durationMs: 600, levelDbm0: -9}, {mode: 'mix'}), 'finished');
		const mixed = one.peer.sound(from).subarray(1600, 4000);
		t.true(toneShare(mixed, 2300) > 0.1 && toneShare(mixed, 1200) > 0.1, 'both are heard');
		t.true(toneShare(await two.peer.listen(10), 500) > 0.9, 'the other party hears none of it');
		const instead = one.endpoint.play({kind: 'tone', frequencyHz: 3000, durationMs: 60_000});
		await one.peer.hears(3000);
		one.endpoint.stopPlaying();
		t.is(await instead, 'stopped');
		await one.peer.hears(1200);
		unbroken(t, one.peer);
	});

	scene('hold music goes round without a seam, at any sampling rate', async ({t, party, folder}) => {
		const {peer, endpoint} = await party();
		peer.talk(endpoint.localSdp);
		// 101 and 505 whole periods: the end of the file fits its beginning, and neither falls on the edge of a frame.
		for (const [name, rateHz, length] of [
			['eight.wav', 8000, 2020],
			['fortyfour.wav', 44_100, 44_541],
		] as const) {
			const path = join(folder, name);
			const sound = Int16Array.from(
				{length},
				(_, index) => 8000 * Math.sin((2 * Math.PI * (rateHz / (rateHz === 8000 ? 20 : 88.2)) * index) / rateHz),
			);
			writeFileSync(path, wav(sound, rateHz));
			const music = endpoint.play({kind: 'file', path}, {loop: true});
			const hz = rateHz === 8000 ? 400 : 500;
			await peer.hears(hz);
			const heard = await peer.listen(100);
			t.true(toneShare(heard, hz) > 0.995, `${name}: ${toneShare(heard, hz)}`);
			endpoint.stopPlaying();
			t.is(await music, 'stopped');
		}
		unbroken(t, peer);
	});

	scene('a new playback ends the one before it; a missing file is refused', async ({t, party, folder}) => {
		const {peer, endpoint} = await party();
		peer.talk(endpoint.localSdp);
		const first = endpoint.play({kind: 'tone', frequencyHz: 800, durationMs: 100}, {loop: true});
		await peer.hears(800);
		const second = endpoint.play({kind: 'tone', frequencyHz: 1700, durationMs: 300});
		t.is(await first, 'stopped');
		t.is(await second, 'finished');
		await t.throwsAsync(endpoint.play({kind: 'file', path: join(folder, 'none.wav')}));
	});

	scene('DTMF: each digit once, through a bridge, and sent by us', async ({t, party}) => {
		const [one, two] = [await party(), await party()];
		const digits: [string, string, number][] = [];
		one.endpoint.on('dtmf', (digit, durationMs) => digits.push(['one', digit, durationMs]));
		two.endpoint.on('dtmf', (digit, durationMs) => digits.push(['two', digit, durationMs]));
		one.peer.talk(one.endpoint.localSdp, 500);
		two.peer.talk(two.endpoint.localSdp, 1200);
		await one.endpoint.bridge(two.endpoint);
		await two.peer.hears(500);
		one.peer.press(one.endpoint.localSdp, 5);
		one.peer.press(one.endpoint.localSdp, 11);
		await two.peer.until(() => pressed(two.peer) === '5#', 'digits 5 and # through the bridge');
		two.endpoint.sendDtmf('19');
		await two.peer.until(() => pressed(two.peer) === '5#19', 'digits 1 and 9 from us');
		await one.peer.until(() => digits.length >= 2, 'digits reported');
		t.deepEqual(digits, [
			['one', '5', 100],
			['one', '#', 100],
		]);
		await two.peer.hears(500);
		unbroken(t, two.peer);
	});

	scene('a new offer moves the media, and hold stops it', async ({t, party}) => {
		const [one, two] = [await party(), await party()];
		one.peer.talk(one.endpoint.localSdp, 500);
		two.peer.talk(two.endpoint.localSdp, 1200);
		await one.endpoint.bridge(two.endpoint);
		await one.peer.hears(1200);
		const moved = await RtpPeer.open('PCMA');
		try {
			one.peer.quiet();
			const answer = await one.endpoint.setRemote(moved.sdp());
			t.is(portOf(answer), portOf(one.endpoint.localSdp));
			moved.talk(answer, 2100);
			await Promise.all([moved.hears(1200), two.peer.hears(2100)]);
			t.true(moved.audio().every(({payloadType}) => payloadType === 8));
			const held = await one.endpoint.setRemote(moved.sdp({direction: 'inactive'}));
			t.regex(held, /a=inactive/);
			const before = moved.heard.length;
			await two.peer.listen(25);
			t.true(moved.heard.length - before < 5, 'nothing is sent to a party on hold');
			await one.endpoint.setRemote(moved.sdp());
			await moved.hears(1200);
		} finally {
			moved.close();
		}
	});

	scene('packets of strangers are neither heard nor answered', async ({t, party}) => {
		const [one, two] = [await party(), await party()];
		const stranger = await RtpPeer.open();
		try {
			one.peer.talk(one.endpoint.localSdp, 500);
			two.peer.talk(two.endpoint.localSdp, 1200);
			await one.endpoint.bridge(two.endpoint);
			await two.peer.hears(500);
			stranger.talk(one.endpoint.localSdp, 2900);
			const from = two.peer.heard.length;
			await two.peer.listen(50);
			t.true(toneShare(two.peer.sound(from), 500) > 0.9);
			t.is(stranger.heard.length, 0);
			await one.peer.hears(1200);
		} finally {
			stranger.close();
		}
	});

	scene('statistics count, and lost media is told once', async ({t, server}) => {
		const peer = await RtpPeer.open();
		try {
			const endpoint = await server.createEndpoint({offer: peer.sdp(), silentMs: 500});
			const lost: number[] = [];
			endpoint.on('mediaLost', silentMs => lost.push(silentMs));
			peer.talk(endpoint.localSdp, 500);
			await peer.listen(25);
			peer.quiet();
			const {packetsReceived, packetsSent, packetsLost} = await endpoint.statistics();
			t.true(packetsReceived >= 20 && packetsReceived <= peer.sent);
			t.true(packetsSent >= 25);
			t.is(packetsLost, 0);
			await peer.until(() => lost.length > 0, 'mediaLost');
			await peer.listen(50);
			t.is(lost.length, 1);
			t.true(lost[0]! >= 500);
		} finally {
			peer.close();
		}
	});

	scene('a dead engine is told, its endpoints die, and the server goes on', async ({t, server, party}) => {
		const {peer, endpoint} = await party();
		peer.talk(endpoint.localSdp, 500);
		await peer.listen(5);
		const playing = endpoint.play({kind: 'tone', frequencyHz: 2000, durationMs: 60_000});
		await peer.hears(2000);
		const died = new Promise<string>(resolve => endpoint.on('died', resolve));
		const down = new Promise<string>(resolve => server.onEngineDown(resolve));
		await factory.kill(server);
		t.truthy(await died);
		t.truthy(await down);
		t.is(await playing, 'gone');
		await endpoint.destroy();
		// A new engine is up at once or after a short pause; until then there is no room.
		const next = await eventually('a new engine', () => server.createEndpoint({offer: peer.sdp()}).catch(() => undefined));
		peer.talk(next.localSdp, 500);
		await peer.listen(5);
	});
}

/** No sequence number is missing or doubled, there is one SSRC, and the timestamp never goes back. */
export function unbroken(t: ExecutionContext, peer: RtpPeer): void {
	const packets = peer.heard;
	t.is(new Set(packets.map(({ssrc}) => ssrc)).size, 1);
	t.deepEqual(
		packets
			.slice(1)
			.flatMap(({sequence}, index) =>
				((sequence - packets[index]!.sequence) & 0xffff) === 1 ? [] : [`${packets[index]!.sequence}>${sequence}`],
			),
		[],
	);
	const audio = peer.audio();
	const steps = audio.slice(1).map(({timestamp}, index) => (timestamp - audio[index]!.timestamp) | 0);
	t.true(
		steps.every(step => step >= 160),
		`timestamps step by ${Math.min(...steps)}`,
	);
}

export async function untilQuiet(peer: RtpPeer): Promise<void> {
	for (let tries = 0; tries < 60; tries++) if (loudness(await peer.listen(5)) < 10) return;
	throw new Error('never fell silent');
}

/** The digits that a party was sent, each once. */
export function pressed(peer: RtpPeer): string {
	const ends = peer.heard.filter(({payloadType, payload}) => payloadType === 96 && (payload[1]! & 128) !== 0);
	const events = new Map(ends.map(({timestamp, payload}) => [timestamp, payload[0]!]));
	return [...events.values()].map(event => '0123456789*#ABCD'[event]).join('');
}

/** Length of the longest run of silence, in samples. */
export function quietRun(samples: Int16Array): number {
	let [longest, run] = [0, 0];
	for (const sample of samples) {
		run = Math.abs(sample) < 16 ? run + 1 : 0;
		longest = Math.max(longest, run);
	}
	return longest;
}
