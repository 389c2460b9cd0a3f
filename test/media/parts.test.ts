import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {DtmfReceiver, DtmfSender} from '../../src/sip/media/embedded/dtmf.js';
import {decodeTable, encodeTable, transcodeTable} from '../../src/sip/media/embedded/g711.js';
import {Latch} from '../../src/sip/media/embedded/latch.js';
import {agree} from '../../src/sip/media/embedded/negotiate.js';
import {OutgoingStream} from '../../src/sip/media/embedded/outgoing.js';
import {Reception} from '../../src/sip/media/embedded/reception.js';
import {Recorder} from '../../src/sip/media/embedded/recorder.js';
import {looksLikeRtp, payloadRange} from '../../src/sip/media/embedded/rtp.js';
import {loadWav, SoundCache} from '../../src/sip/media/embedded/sounds.js';
import {dtmfSamples, toneSamples} from '../../src/sip/media/embedded/tone.js';
import {parseWav, repairWav} from '../../src/sip/media/embedded/wav.js';
import {NoCommonCodec} from '../../src/sip/media/port.js';
import {lookAt, newQuality, type Quality, saysOther} from '../../src/sip/media/quality.js';
import {mirrored, parseSdp} from '../../src/sip/media/sdp.js';
import {channels} from './contract.js';
import {expand, firstDifference, type Law, loudness, toneShare, wav} from './peer.js';

const folder = mkdtempSync(join(tmpdir(), 'kaden-parts-'));
test.after.always(() => rmSync(folder, {recursive: true}));
const laws: Law[] = ['PCMU', 'PCMA'];

test('G.711: every code word has the value of the standard', t => {
	for (const law of laws)
		t.deepEqual(
			[...decodeTable[law]],
			Array.from({length: 256}, (_, code) => expand(law, code)),
		);
});

test('G.711: every sample lies in the step of its code word, and every code word comes back', t => {
	for (const law of laws) {
		const wrong: number[] = [];
		for (let sample = -32_635; sample <= 32_635; sample++) {
			const code = encodeTable[law][sample & 0xffff]!;
			const segment = ((law === 'PCMU' ? code ^ 0xff : code ^ 0x55) >> 4) & 7;
			// A code word stands for the middle of its step (G.711 tables 1 and 2); 16 bits are cut to 14 or 13 before coding.
			const half = law === 'PCMU' ? 4 * 2 ** segment : 8 * 2 ** Math.max(0, segment - 1);
			if (Math.abs(expand(law, code) - sample) > half + (law === 'PCMU' ? 4 : 0)) wrong.push(sample);
		}
		t.deepEqual(wrong.slice(0, 5), []);
		for (let code = 0; code < 256; code++) t.is(expand(law, encodeTable[law][expand(law, code) & 0xffff]!), expand(law, code));
		const [loud, quiet] = [encodeTable[law][0x7fff]!, encodeTable[law][0x8000]!];
		t.deepEqual([expand(law, loud), expand(law, quiet)], law === 'PCMU' ? [32_124, -32_124] : [32_256, -32_256]);
	}
});

test('G.711: one law into the other stays within one step', t => {
	for (const law of laws) {
		const other = law === 'PCMU' ? 'PCMA' : 'PCMU';
		for (let code = 0; code < 256; code++) {
			const value = expand(law, code);
			t.true(Math.abs(expand(other, transcodeTable(law)[code]!) - value) <= Math.max(16, Math.abs(value) / 16));
		}
	}
});

const lines = (...text: string[]) => `${text.join('\r\n')}\r\n`;
const session = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0'];

test('SDP: address, codecs, events and direction are read', t => {
	const sdp = lines(
		...session,
		'm=audio 4000 RTP/AVP 9 8 0 97',
		'c=IN IP4 192.0.2.9',
		'a=rtpmap:8 pcma/8000',
		'a=rtpmap:97 Telephone-Event/8000',
		'a=fmtp:97 0-16',
		'a=ptime:30',
		'a=sendonly',
		'a=rtcp-mux',
	);
	const audio = parseSdp(sdp)!;
	t.is(audio.address, '192.0.2.9');
	t.is(audio.port, 4000);
	t.is(audio.ptimeMs, 30);
	t.is(audio.direction, 'sendonly');
	t.true(audio.rtcpMux);
	t.deepEqual(
		audio.codecs.map(({payloadType, name, format}) => `${payloadType} ${name} ${format ?? ''}`.trim()),
		['9 G722', '8 PCMA', '0 PCMU', '97 telephone-event 0-16'],
	);
	const {remote, direction, codecs} = agree(sdp);
	t.deepEqual(
		[remote.codec, remote.payloadType, remote.eventsOut, remote.send, remote.receive, direction],
		['PCMA', 8, 97, false, false, 'recvonly'],
	);
	t.deepEqual(
		codecs.map(({payloadType}) => payloadType),
		[8, 97],
	);
});

test('SDP: the three ways to hold', t => {
	const at = (...audio: string[]) => agree(lines(...session, ...audio));
	t.like(at('m=audio 4000 RTP/AVP 0', 'c=IN IP4 0.0.0.0').remote, {send: false, receive: false, port: 0});
	t.like(at('m=audio 0 RTP/AVP 0'), {direction: 'inactive'});
	t.like(at('m=audio 4000 RTP/AVP 0', 'a=inactive'), {direction: 'inactive'});
	t.like(agree(lines(...session, 'a=recvonly', 'm=audio 4000 RTP/AVP 0')).remote, {send: true, receive: false});
	t.deepEqual((['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const).map(mirrored), ['sendrecv', 'recvonly', 'sendonly', 'inactive']);
});

test('SDP: streams that we do not take are refused in their place, and nonsense is refused as a whole', t => {
	const agreement = agree(
		lines(...session, 'm=video 5000 RTP/AVP 96', 'm=audio 4002 RTP/SAVP 0', 'm=audio 4000 RTP/AVP 0', 'm=audio 4004 RTP/AVP 0'),
	);
	t.is(agreement.remote.port, 4000);
	t.deepEqual(
		agreement.mediaLines.map(({audio}) => audio),
		[false, false, true, false],
	);
	for (const sdp of [
		'',
		'v=0',
		lines(...session, 'm=audio x RTP/AVP 0'),
		lines(...session, 'm=audio 70000 RTP/AVP 0'),
		lines(...session, 'm=audio 4000 RTP/AVP 18'),
	]) {
		t.throws(() => agree(sdp), {instanceOf: NoCommonCodec});
	}
	t.is(parseSdp(`${lines(...session)}${'a=x\r\n'.repeat(10_000)}m=audio 4000 RTP/AVP 0\r\n`), undefined);
});

test('RTP: malformed packets, RTCP, extensions and padding', t => {
	t.false(looksLikeRtp(Buffer.alloc(11, 0x80)));
	t.false(looksLikeRtp(Buffer.from([0x80, 200, ...Buffer.alloc(20)])));
	t.false(looksLikeRtp(Buffer.alloc(20)));
	const packet = Buffer.from([0xb1, 0, ...Buffer.alloc(10), ...Buffer.alloc(4), 0xbe, 0xde, 0, 1, 1, 2, 3, 4, 9, 9, 9, 0, 2]);
	t.deepEqual(payloadRange(packet), {from: 24, to: 27});
	t.is(payloadRange(Buffer.from([0xa0, 0, ...Buffer.alloc(10), 200])), undefined);
	t.is(payloadRange(Buffer.from([0x90, 0, ...Buffer.alloc(10), 0, 0, 255, 255])), undefined);
});

test('DTMF: one digit for many packets, lost ends, a long press in segments', t => {
	const receiver = new DtmfReceiver();
	const send = (event: number, samples: number, end: boolean, timestamp: number, nowMs: number) =>
		receiver.receive(Buffer.from([event, end ? 0x8a : 10, samples >> 8, samples & 255]), 0, 4, timestamp, nowMs);
	t.deepEqual(send(7, 160, false, 1000, 0), []);
	t.deepEqual(send(7, 800, true, 1000, 80), [{digit: '7', durationMs: 100}]);
	t.deepEqual(send(7, 800, true, 1000, 81), []);
	// The same key again; all its end packets are lost, and the next key ends it.
	send(7, 320, false, 3000, 300);
	t.deepEqual(send(10, 160, false, 5000, 500), [{digit: '7', durationMs: 40}]);
	t.is(receiver.tick(600), undefined);
	t.deepEqual(receiver.tick(701), {digit: '*', durationMs: 20});
	send(1, 65_535, false, 0xffff_ff00, 1000);
	send(1, 160, false, (0xffff_ff00 + 65_535) >>> 0, 9200);
	t.deepEqual(send(1, 800, true, (0xffff_ff00 + 65_535) >>> 0, 9300), [{digit: '1', durationMs: 8292}]);
	t.deepEqual(receiver.receive(Buffer.from([16, 0x80, 0, 1]), 0, 4, 1, 1), []);
	t.deepEqual(receiver.receive(Buffer.from([1, 0x80]), 0, 2, 1, 1), []);
});

test('DTMF: what we send is what we understand', t => {
	const sender = new DtmfSender();
	sender.add('1x#d');
	const receiver = new DtmfReceiver();
	const digits: string[] = [];
	let timestamp = 0;
	for (let frame = 0; sender.busy; frame++) {
		for (const {payload, begins} of sender.step()) {
			if (begins) timestamp = frame * 160;
			digits.push(
				...receiver.receive(Buffer.from(payload), 0, 4, timestamp, frame * 20).map(({digit, durationMs}) => `${digit}${durationMs}`),
			);
		}
	}
	t.deepEqual(digits, ['1100', '#100', 'D100']);
	const tones = dtmfSamples('5');
	t.true(toneShare(tones.subarray(100, 700), 770) > 0.4 && toneShare(tones.subarray(100, 700), 1336) > 0.4);
});

test('latch: the named source at once, another after a run of packets, a stranger never', t => {
	const latch = new Latch();
	latch.signal('192.0.2.1', 4000);
	t.deepEqual(latch.target, {address: '192.0.2.1', port: 4000});
	t.false(latch.accept('203.0.113.5', 9, 1, 100, 0));
	t.true(latch.accept('192.0.2.1', 4000, 2, 7, 10));
	for (let index = 0; index < 50; index++) t.false(latch.accept('203.0.113.5', 9, 1, 100 + index, 20));
	t.deepEqual(latch.target, {address: '192.0.2.1', port: 4000});
	// The peer has gone silent, and its packets come from another port now: the phone's NAT has lost its entry.
	const accepted = [0, 1, 2].map(index => latch.accept('192.0.2.1', 5000, 2, 60 + index, 2100 + index * 20));
	t.deepEqual(accepted, [false, true, true]);
	// Its old place always wins.
	t.true(latch.accept('192.0.2.1', 4000, 2, 70, 2200));
});

test('latch: behind NAT it learns after five packets in sequence, not from scattered ones', t => {
	const latch = new Latch();
	latch.signal('10.0.0.1', 4000);
	t.true([1, 2, 3, 4].every(sequence => !latch.accept('203.0.113.5', 9, 1, sequence, sequence * 20)));
	t.true(latch.accept('203.0.113.5', 9, 1, 5, 100));
	t.deepEqual(latch.target, {address: '203.0.113.5', port: 9});
	latch.signal('10.0.0.1', 4000);
	t.deepEqual(latch.target, {address: '203.0.113.5', port: 9}, 'the same place named again keeps what was learnt');
	latch.signal('10.0.0.2', 4000);
	t.deepEqual(latch.target, {address: '10.0.0.2', port: 4000});
	t.true([10, 20, 30, 40, 50, 60].every(sequence => !latch.accept('203.0.113.5', 9, 1, sequence, 200)));
	t.false(latch.stable);
});

test('outgoing stream: feeds join without a gap, late packets of an old feed are dropped', t => {
	const stream = new OutgoingStream(1, 65_533, 2 ** 32 - 300);
	const first = stream.generated(0);
	const second = stream.generated(23);
	t.deepEqual([first.sequence, second.sequence, (second.timestamp - first.timestamp) | 0], [65_534, 65_535, 160]);
	const relayed = stream.relayed(77, 500, 9000, 160, false, 43)!;
	t.deepEqual([relayed.sequence, relayed.marker, (relayed.timestamp - second.timestamp) >>> 0], [0, true, 160]);
	t.is(stream.relayed(77, 499, 8840, 160, false, 44), undefined, 'sent before the join');
	t.is(stream.relayed(77, 502, 9320, 160, false, 83)!.sequence, 2);
	t.is(stream.relayed(77, 501, 9160, 160, false, 84)!.sequence, 1, 'reordered stays reordered');
	t.is(stream.relayed(77, 502, 9320, 160, false, 85), undefined, 'a duplicate');
	const jump = stream.relayed(77, 503, 900_000, 160, false, 103)!;
	t.deepEqual([jump.sequence, jump.marker], [3, true], 'a jump of the timestamp is joined on');
	const own = stream.generated(200);
	t.deepEqual([own.sequence, own.marker, (own.timestamp - jump.timestamp) | 0], [4, true, 97 * 8]);
	const other = stream.relayed(78, 9, 5, 160, false, 220)!;
	t.deepEqual([other.sequence, (other.timestamp - own.timestamp) | 0], [5, 160]);
});

test('reception: loss, reordering, duplicates, a wrap, a new stream', t => {
	const reception = new Reception();
	let nowMs = 0;
	for (const sequence of [65_533, 65_534, 0, 65_535, 1, 4]) reception.receive(1, sequence, (nowMs += 20) * 8, nowMs);
	t.is(reception.lost, 2);
	t.is(reception.jitterMs, 0);
	reception.receive(2, 100, 5, (nowMs += 20));
	reception.receive(2, 102, 325, (nowMs += 40));
	t.is(reception.lost, 3);
	reception.receive(2, 103, 485, (nowMs += 36));
	t.is(reception.jitterMs, 1, 'sixteen milliseconds late, a sixteenth of it counts');
});

const coded = (samples: Int16Array): Uint8Array => Uint8Array.from(samples, sample => encodeTable.PCMU[sample & 0xffff]!);

test('recorder: jitter and disorder vanish, gaps are silence, the length is the time', async t => {
	const path = join(folder, 'jitter.wav');
	let recorder = Recorder.begin(path, 1000);
	const words = coded(toneSamples([500], 6000));
	const tone = Int16Array.from(words, code => expand('PCMU', code));
	const order = Array.from({length: 250}, (_, index) => (index % 10 === 3 ? index + 1 : index % 10 === 4 ? index - 1 : index));
	for (const [arrival, index] of order.entries()) {
		if (index === 99) recorder.place(1, 'PCMU', 6, 99, words, 1600, 1760, 3000);
		if (index >= 100 && index < 120) continue;
		const nowMs = 1000 + arrival * 20 + ((arrival * 7919) % 37);
		recorder.place(0, 'PCMU', 5, index * 160 + 4_294_960_000, words, index * 160, index * 160 + 160, nowMs);
		if (index === 200) recorder = Recorder.resume(structuredClone(recorder.release()));
	}
	const facts = await recorder.stop(6500);
	t.deepEqual(facts, {path, durationMs: 5500, bytes: 44 + 5500 * 32});
	const {left, right} = channels(path);
	t.is(left.length, 44_000);
	t.is(firstDifference(left.subarray(0, 16_000), tone.subarray(0, 16_000)), -1);
	t.true(left.subarray(16_000, 19_200).every(sample => sample === 0));
	t.is(firstDifference(left.subarray(19_200, 40_000), tone.subarray(19_200, 40_000)), -1);
	t.true(left.subarray(40_000).every(sample => sample === 0));
	t.is(firstDifference(right.subarray(16_000, 16_160), tone.subarray(1600, 1760)), -1);
	t.is(loudness(right.subarray(16_160)), 0);
});

test('recorder: a stream that pauses without its timestamp is placed anew; a folder that is missing is told', async t => {
	const path = join(folder, 'pause.wav');
	const recorder = Recorder.begin(path, 0);
	const words = coded(toneSamples([500], 20));
	recorder.place(0, 'PCMU', 5, 0, words, 0, 160, 0);
	recorder.place(
		0,
		'PCMA',
		5,
		160,
		words.map(code => transcodeTable('PCMU')[code]!),
		0,
		160,
		1000,
	);
	await recorder.stop(2000);
	const {left} = channels(path);
	t.true(loudness(left.subarray(160, 8000)) < 10);
	t.true(loudness(left.subarray(0, 160)) > 1000);
	t.true(loudness(left.subarray(8000, 8160)) > 1000);
	await t.throwsAsync(Recorder.begin(join(folder, 'none', 'x.wav'), 0).opened(), {code: 'ENOENT'});
});

test('recorder: what is said while the disk still makes the file is in it, also when the call ends before', async t => {
	const words = coded(toneSamples([500], 3000));
	const tone = Int16Array.from(words, code => expand('PCMU', code));
	for (const early of [false, true]) {
		const path = join(folder, `slow-${early}.wav`);
		let made!: () => void;
		const disk = new Promise<void>(resolve => {
			made = resolve;
		});
		const recorder = Recorder.begin(path, 0, async () => {
			await disk;
			return open(path, 'w');
		});
		for (let index = 0; index < 150; index++) recorder.place(0, 'PCMU', 5, index * 160, words, index * 160, index * 160 + 160, index * 20);
		if (!early) made();
		const stopped = recorder.stop(3000);
		made();
		t.is((await stopped).durationMs, 3000);
		await recorder.opened();
		t.is(firstDifference(channels(path).left, tone), -1);
	}
});

test('a recording without its end is repaired, other files are left alone', async t => {
	const path = join(folder, 'cut.wav');
	const whole = wav(new Int16Array(16_000).fill(5), 8000, 2);
	whole.writeUInt32LE(0, 40);
	writeFileSync(path, Buffer.concat([whole, Buffer.from([1, 2, 3])]));
	t.is(await repairWav(path), 1000);
	t.is(parseWav(readFileSync(path)).dataBytes, 32_000);
	const text = join(folder, 'text.txt');
	writeFileSync(text, 'not a recording, but long enough to be read as a header of one');
	t.is(await repairWav(text), undefined);
	t.is(readFileSync(text, 'latin1').slice(0, 5), 'not a');
	await t.throwsAsync(repairWav(join(folder, 'none.wav')), {code: 'ENOENT'});
});

test('sounds: every rate and format gives the same tone, and what lies above 4 kHz is gone', async t => {
	const sine = (hz: number, rateHz: number, channels = 1) =>
		Int16Array.from(
			{length: rateHz * channels},
			(_, index) => 10_000 * Math.sin((2 * Math.PI * hz * Math.floor(index / channels)) / rateHz),
		);
	for (const rateHz of [8000, 16_000, 22_050, 44_100, 48_000]) {
		for (const channels of [1, 2]) {
			const path = join(folder, `${rateHz}-${channels}.wav`);
			writeFileSync(path, wav(sine(1000, rateHz, channels), rateHz, channels));
			const samples = await loadWav(path);
			t.is(samples.length, 8000);
			const middle = samples.subarray(500, 7500);
			t.true(toneShare(middle, 1000) > 0.999);
			t.true(Math.abs(loudness(middle) - 7071) < 80, `${rateHz}: ${loudness(middle)}`);
		}
		if (rateHz === 8000) continue;
		const high = join(folder, 'high.wav');
		writeFileSync(high, wav(sine(rateHz === 16_000 ? 5000 : 7000, rateHz), rateHz));
		t.true(loudness((await loadWav(high)).subarray(500, 7500)) < 10, `${rateHz}: no alias`);
	}
	const law = wav(new Int16Array(400), 8000);
	law.writeUInt16LE(7, 20);
	law.writeUInt16LE(8, 34);
	law.fill(0x80, 44);
	writeFileSync(join(folder, 'ulaw.wav'), law);
	t.is((await loadWav(join(folder, 'ulaw.wav')))[0], 32_124);
});

test('sounds: the cache keeps to its limit and sees a changed file', async t => {
	const path = (name: string) => join(folder, `cache-${name}.wav`);
	for (const name of ['a', 'b']) writeFileSync(path(name), wav(new Int16Array(1000).fill(name === 'a' ? 1 : 2), 8000));
	const cache = new SoundCache(3000);
	const get = (name: string) => cache.get({kind: 'file', path: path(name)});
	const a = await get('a');
	t.is(await get('a'), a);
	await get('b');
	t.not(await get('a'), a, 'thrown out by b and read again');
	for (const bad of ['', 'RIFF....WAVE', wav(new Int16Array(9), 4000), wav(new Int16Array(9), 8000, 3)]) {
		writeFileSync(path('bad'), bad);
		await t.throwsAsync(get('bad'));
	}
	await t.throwsAsync(get('none'), {code: 'ENOENT'});
});

test('tones begin and end softly, at their level', t => {
	const tone = toneSamples([1000], 100, 0);
	t.is(tone.length, 800);
	t.true(Math.abs(tone[1]!) < 200 && Math.abs(tone[798]!) < 200);
	// 0 dBm0 lies 3.17 dB below the loudest sine of µ-law.
	t.true(Math.abs(20 * Math.log10((loudness(tone.subarray(80, 720)) * Math.SQRT2) / 32_124) + 3.17) < 0.1);
});

test('what is wrong with the sound is said when it is sure, and until it is clearly over', t => {
	const rules = {lossPercent: 3, jitterMs: 40, silentMs: 10_000};
	let [nowMs, received, lost] = [0, 0, 0];
	let quality: Quality = newQuality(nowMs);
	/** Five seconds of sound: packets that came, that were lost, and the jitter. */
	const look = (came: number, missed: number, jitterMs: number, more: {held?: boolean; isPeak?: boolean} = {}): string => {
		[nowMs, received, lost] = [nowMs + 5_000, received + came, lost + missed];
		const peak = more.isPeak ? {jitterIsPeak: true as const} : {};
		const seen = {packetsReceived: received, packetsSent: 0, packetsLost: lost, jitterMs, ...peak};
		quality = lookAt(quality, seen, more.held ?? false, rules, nowMs);
		return quality.troubles.map(({kind, value}) => `${kind} ${value}`).join();
	};
	t.is(look(250, 0, 5), '');
	t.is(look(240, 10, 5), 'loss 4', 'since the look before: 10 of 250');
	t.is(look(250, 0, 5), 'loss 2', 'not said again at once, not taken back at once');
	t.is(look(250, 0, 5), '', '10 of 750 over three looks: below half of 3');
	t.is(look(250, 0, 5), '');
	t.is(look(250, 5, 5), '', '5 of 755 is little');
	t.is(look(250, 0, 80), '', 'one stutter');
	t.is(look(250, 0, 50), 'jitter 50');
	t.is(look(250, 0, 21), 'jitter 21');
	t.is(look(250, 0, 19), '');
	t.is(look(0, 0, 0), '', '5 s without a packet');
	t.is(look(0, 0, 0), 'silent 10000');
	t.is(look(0, 0, 0), 'silent 15000');
	t.is(look(1, 0, 0), '', 'heard again');
	for (let n = 0; n < 4; n++) t.is(look(0, 0, 0, {held: true}), '', 'who holds may send nothing');
	t.is(look(0, 0, 0), '', 'and has the whole time after that');
	t.is(look(250, 0, 90, {isPeak: true}), '');
	t.is(look(250, 0, 90, {isPeak: true}), '', 'the worst there ever was is nothing of now');
	[received, lost] = [0, 0];
	t.is(look(100, 90, 0), '', 'another server counts from nothing');
	t.is(
		lookAt(newQuality(0), {packetsReceived: 0, packetsSent: 0, packetsLost: 0, jitterMs: 0}, false, {...rules, silentMs: 0}, 99_000)
			.troubles.length,
		0,
	);
	const bad = (kinds: Array<'silent' | 'loss' | 'jitter'>, value: number): Quality => ({
		...newQuality(0),
		troubles: kinds.map(kind => ({kind, value})),
	});
	t.false(saysOther(bad(['loss'], 4), bad(['loss'], 9)));
	t.true(saysOther(bad(['loss'], 4), bad(['loss', 'jitter'], 4)));
});
