import {randomInt} from 'node:crypto';
import {createSocket} from 'node:dgram';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {createEmbeddedMedia, type EmbeddedMedia} from '../../src/sip/media/embedded/server.js';
import {repairWav} from '../../src/sip/media/embedded/wav.js';
import {MediaExhausted} from '../../src/sip/media/port.js';
import {inCalm} from '../support/calm.js';
import {channels, contract, type Factory, unbroken} from './contract.js';
import {answeringContract} from './contract-answering.js';
import {roomContract} from './contract-rooms.js';
import {portOf, RtpPeer, toneShare} from './peer.js';

const range = () => {
	const min = randomInt(20_000, 30_000) & ~1;
	return {min, max: min + 199};
};

const embedded = (workers: number): Factory => ({
	name: `embedded, ${workers} worker${workers > 1 ? 's' : ''}`,
	create: () => createEmbeddedMedia({address: '127.0.0.1', rtpPorts: range(), workers}),
	kill: server => (server as EmbeddedMedia).terminateEngine(),
	heldUpMs: server => (server as EmbeddedMedia).heldUpMs(),
});
contract(test, embedded(1));
// With several workers, the parties of a bridge begin apart.
contract(test, {...embedded(3), only: /bridge carries|third|beep|DTMF|moves/});
for (const workers of [1, 3]) roomContract(test, embedded(workers));
answeringContract(test, embedded(3));

test.serial('ports: all in use is told, a rested one is given out again, one that others hold is passed over', async t => {
	// Where no other test has its ports: which ones are in use is this test's own doing.
	const min = randomInt(8_100, 8_900) & ~1;
	const [stranger, other] = [createSocket('udp4'), await RtpPeer.open()];
	stranger.bind(min + 2, '127.0.0.1');
	await once(stranger, 'listening');
	const server = await createEmbeddedMedia({address: '127.0.0.1', rtpPorts: {min, max: min + 5}, portRestMs: 0});
	try {
		const [one, two] = [await server.createEndpoint({offer: other.sdp()}), await server.createEndpoint()];
		t.deepEqual([portOf(one.localSdp), portOf(two.localSdp)], [min, min + 4]);
		await t.throwsAsync(server.createEndpoint(), {instanceOf: MediaExhausted});
		await one.destroy();
		t.is(portOf((await server.createEndpoint()).localSdp), min);
	} finally {
		stranger.close();
		other.close();
		await server.close();
	}
});

test.serial('ports rest before they are used again', async t => {
	const min = randomInt(8_100, 8_900) & ~1;
	const server = await createEmbeddedMedia({address: '127.0.0.1', rtpPorts: {min, max: min + 1}, portRestMs: 3_600_000});
	const one = await server.createEndpoint();
	t.is(server.portsLeft, 0);
	await one.destroy();
	t.is(server.portsLeft, 1);
	await t.throwsAsync(server.createEndpoint(), {instanceOf: MediaExhausted});
	await server.close();
});

test.serial(
	'an endpoint that changes its worker loses no packet, no sound of its recording and no note of its music',
	inCalm(async (t, calm) => {
		const server = await createEmbeddedMedia({address: '127.0.0.1', rtpPorts: range(), workers: 2});
		const folder = mkdtempSync(join(tmpdir(), 'kaden-media-'));
		const [one, two] = [await RtpPeer.open(), await RtpPeer.open()];
		try {
			const first = await server.createEndpoint({offer: one.sdp()});
			const second = await server.createEndpoint({offer: two.sdp()});
			t.deepEqual(server.loads, [1, 1]);
			one.talk(first.localSdp, 500);
			two.talk(second.localSdp, 1200);
			const path = join(folder, 'move.wav');
			const music = first.play({kind: 'tone', frequencyHz: 2000, durationMs: 30_000}, {loop: true});
			await Promise.all([one.hears(2000), two.listen(10)]);
			await first.startRecording(path);
			await one.listen(60);
			const bridged = first.bridge(second);
			first.maskRecording(false);
			await bridged;
			t.deepEqual(server.loads.toSorted(), [0, 2]);
			await one.listen(60);
			const {packetsLost} = await first.statistics();
			t.is(packetsLost, 0);
			t.true(toneShare(await one.listen(10), 2000) > 0.9);
			first.stopPlaying();
			t.is(await music, 'stopped');
			await Promise.all([one.hears(1200), two.hears(500)]);
			unbroken(t, one);
			unbroken(t, two);
			const facts = await first.stopRecording();
			const {left, right} = channels(path);
			t.is(Math.round(left.length / 8), facts!.durationMs);
			t.true(toneShare(left.subarray(800, left.length - 800), 500) > 0.99);
			t.true(toneShare(right.subarray(800, 18_000), 2000) > 0.99);
		} finally {
			calm.saw(await server.heldUpMs());
			one.close();
			two.close();
			await server.close();
			rmSync(folder, {recursive: true});
		}
	}),
);

test.serial(
	'a recording cut off by a crash is repaired',
	inCalm(async (t, calm) => {
		const server = await createEmbeddedMedia({address: '127.0.0.1', rtpPorts: range()});
		const folder = mkdtempSync(join(tmpdir(), 'kaden-media-'));
		const peer = await RtpPeer.open();
		try {
			const endpoint = await server.createEndpoint({offer: peer.sdp()});
			peer.talk(endpoint.localSdp, 500);
			await peer.listen(5);
			const path = join(folder, 'cut.wav');
			await endpoint.startRecording(path);
			await peer.until(() => statSync(path).size > 44 + 60_000, 'two seconds on the disk');
			calm.saw(await server.heldUpMs());
			await server.terminateEngine();
			const durationMs = await repairWav(path);
			t.true(durationMs! >= 2000);
			t.is(readFileSync(path).readUInt32LE(40), durationMs! * 32);
			t.true(toneShare(channels(path).left.subarray(800), 500) > 0.95);
		} finally {
			peer.close();
			await server.close();
			rmSync(folder, {recursive: true});
		}
	}),
);
