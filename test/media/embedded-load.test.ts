import {randomInt} from 'node:crypto';
import {createSocket, type Socket} from 'node:dgram';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {Pace} from '../../src/sip/media/embedded/pace.js';
import {Recorder} from '../../src/sip/media/embedded/recorder.js';
import {createEmbeddedMedia} from '../../src/sip/media/embedded/server.js';
import {eventually, within} from '../support/limit.js';
import {channels} from './contract.js';
import {expand} from './peer.js';

const calls = 20;
/** One burst for each party, 160 ms of sound: shorter than the 200 ms that a recorder allows between a timestamp and its arrival. */
const packets = 8;
const silentPackets = 15;
const samples = 160;

/** The code word that fills packet `index`: no two of a call are alike, and calls after one another differ. */
const codeOf = (call: number, side: number, index: number): number => (call * 16 + side * packets + index) % 127;

class Party {
	/** What was heard besides silence: the first byte of each payload that is all of it, or -1. */
	readonly heard: number[] = [];
	private silent = 0;
	private check: () => void = () => {};

	private constructor(private readonly socket: Socket) {
		socket.on('message', packet => {
			const [first] = packet.subarray(12);
			if (first === 0xff) this.silent++;
			else this.heard.push(packet.length === 172 && packet.subarray(12).every(byte => byte === first) ? first! : -1);
			this.check();
		});
	}

	static async open(): Promise<Party> {
		const socket = createSocket('udp4');
		socket.bind(0, '127.0.0.1');
		await once(socket, 'listening');
		return new Party(socket);
	}

	get sdp(): string {
		const {port} = this.socket.address();
		return `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\n`;
	}

	say(port: number, codes: number[]): void {
		for (const [index, code] of codes.entries()) {
			const packet = Buffer.alloc(12 + samples, code);
			packet.writeUInt16BE(0x8000, 0);
			packet.writeUInt16BE(index + 1, 2);
			packet.writeUInt32BE(index * samples, 4);
			packet.writeUInt32BE(77, 8);
			this.socket.send(packet, port, '127.0.0.1');
		}
	}

	/** Resolves when everything was heard, and after it 300 ms of the silence with which the engine fills a pause. */
	async everything(): Promise<void> {
		await new Promise<void>(resolve => {
			this.check = () => {
				if (this.heard.length < packets) this.silent = 0;
				else if (this.silent >= silentPackets) resolve();
			};
		});
	}

	close(): void {
		this.socket.close();
	}
}

const countOf = (track: Int16Array, value: number): number => track.reduce((count, sample) => count + Number(sample === value), 0);

test('twenty recorded calls at once: every packet that is sent is heard by the other party and stands in the recording', async t => {
	const min = randomInt(30_000, 40_000) & ~1;
	const folder = mkdtempSync(join(tmpdir(), 'kaden-load-'));
	const server = await createEmbeddedMedia({address: '127.0.0.1', rtpPorts: {min, max: min + calls * 8}});
	const all: Party[] = [];
	try {
		const bridged = [];
		for (let call = 0; call < calls; call++) {
			const parties = [await Party.open(), await Party.open()] as const;
			all.push(...parties);
			const ends = [await server.createEndpoint({offer: parties[0].sdp}), await server.createEndpoint({offer: parties[1].sdp})] as const;
			await ends[0].bridge(ends[1]);
			const path = join(folder, `${call}.wav`);
			await ends[0].startRecording(path);
			const said = [0, 1].map(side => Array.from({length: packets}, (_, index) => codeOf(call, side, index))) as [number[], number[]];
			bridged.push({parties, ends, path, said});
		}
		const heard = all.map((party, index) => within(`the sound for party ${index}`, party.everything()));
		for (const {parties, ends, said} of bridged) for (const side of [0, 1] as const) parties[side].say(ends[side].make.port, said[side]);
		await Promise.all(heard);
		for (const {parties, ends, path, said} of bridged) {
			t.deepEqual([parties[1].heard, parties[0].heard], said);
			for (const end of ends) t.like(await end.statistics(), {packetsReceived: packets, packetsLost: 0});
			await ends[0].stopRecording();
			const {left, right} = channels(path);
			const recorded = [left, right].map((track, side) => said[side]!.map(code => countOf(track, expand('PCMU', code))));
			const whole = new Array<number>(packets).fill(samples);
			t.deepEqual(recorded, [whole, whole], path);
		}
	} finally {
		for (const party of all) party.close();
		await server.close();
		rmSync(folder, {recursive: true});
	}
});

test('recordings that begin together do not go to the disk together', async t => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-load-'));
	const recorders = Array.from({length: 16}, (_, index) => Recorder.begin(join(folder, `${index}.wav`), 0));
	await Promise.all(recorders.map(recorder => recorder.opened()));
	// Two seconds have settled: each writes its first chunk, all of different lengths, and one of them all of it.
	for (const recorder of recorders) recorder.advance(2400);
	const onDisk = recorders.map(recorder => recorder.release().flushed).toSorted((a, b) => a - b);
	t.deepEqual(
		onDisk,
		Array.from({length: 16}, (_, index) => (index + 1) * 1000),
	);
	rmSync(folder, {recursive: true});
});

test('a disk that becomes full: what was written stays as a whole file that plays, and it is said at once', async t => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-full-'));
	const path = join(folder, 'a.wav');
	const real = await open(path, 'w');
	const full = await open('/dev/full', 'w');
	let isFull = false;
	// As the file itself, until nothing fits any more.
	const file = {
		get fd() {
			return isFull ? full.fd : real.fd;
		},
		write: real.write.bind(real),
		truncate: real.truncate.bind(real),
		close: () => real.close(),
	} as unknown as FileHandle;
	const recorder = Recorder.begin(path, 0, async () => file);
	const failures: string[] = [];
	const told = new Promise<void>(resolve => {
		recorder.onFailure = reason => {
			failures.push(reason);
			resolve();
		};
	});
	await recorder.opened();
	recorder.advance(2_400);
	await eventually('the first chunk', () => statSync(path).size > 44);
	const written = statSync(path).size;
	isFull = true;
	recorder.advance(6_000);
	await within('word of it', told);
	recorder.advance(60_000);
	const facts = await recorder.stop(61_000);
	t.deepEqual(failures, ['ENOSPC']);
	const bytes = readFileSync(path);
	t.is(bytes.length, written);
	t.is(bytes.readUInt32LE(40), written - 44, 'its header says what there is');
	t.like(facts, {bytes: written, durationMs: Math.round((written - 44) / 32)});
	await full.close();
	rmSync(folder, {recursive: true});
});

/** A thread on a clock of its own: naps move it on, and so does `work`. */
function thread() {
	let nowMs = 0;
	const ends: (() => void)[] = [];
	const naps: number[] = [];
	const pace = new Pace(
		() => nowMs,
		ms => {
			naps.push(ms);
			nowMs += ms;
		},
		end => ends.push(end),
	);
	/** So many packets come in, each taking so long to relay; returns the times they were given. */
	const bundle = (packets: number, workMs: number): number[] => {
		const times = Array.from({length: packets}, () => {
			const time = pace.packet();
			nowMs += workMs;
			return time;
		});
		for (const end of ends.splice(0)) end();
		return times;
	};
	return {pace, naps, bundle, now: () => nowMs};
}

test('pace: a quiet thread never naps, a busy one for what is left of a millisecond, an overloaded one not at all', t => {
	const {pace, naps, bundle, now} = thread();
	for (let turn = 0; turn < 5; turn++) {
		for (let packet = 0; packet < 9; packet++) bundle(1, 0.01);
		pace.turn();
	}
	t.deepEqual(naps, []);
	bundle(12, 0.01);
	pace.turn();
	const before = now();
	t.deepEqual(bundle(25, 0.016), new Array(25).fill(before), 'one look at the clock for all');
	t.is(naps.length, 1);
	t.true(Math.abs(naps[0]! - 0.6) < 1e-9);
	bundle(60, 0.0166);
	bundle(57, 0.0166);
	t.is(naps.length, 1, 'too little is left');
	pace.turn();
	pace.turn();
	bundle(1, 0.01);
	t.is(naps.length, 1, 'quiet again');
});
