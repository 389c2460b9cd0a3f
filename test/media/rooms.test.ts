import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {Endpoint} from '../../src/sip/media/embedded/endpoint.js';
import {JitterBuffer} from '../../src/sip/media/embedded/jitter.js';
import type {Audience, Remote} from '../../src/sip/media/embedded/messages.js';
import type {RtpSocket} from '../../src/sip/media/embedded/network.js';
import {Recorder} from '../../src/sip/media/embedded/recorder.js';
import {Room} from '../../src/sip/media/embedded/room.js';
import {channels} from './contract.js';
import {compress, expand} from './peer.js';

/** Rooms and bridges on a clock of the test's own: to the frame. */

const remote: Remote = {
	...{address: '127.0.0.1', port: 4000, send: true, receive: true, codec: 'PCMU', payloadType: 0, eventsOut: 101},
	...{codecsIn: [[0, 'PCMU']], eventsIn: [101]},
};

/** An endpoint whose peer says one constant level, a packet every 20 ms. */
class Seat {
	readonly heard: {payload: Buffer; timestamp: number; sequence: number}[] = [];
	readonly endpoint: Endpoint;
	private sequence = 65_530;
	private timestamp = 2 ** 32 - 1000;

	constructor(
		id: string,
		private readonly level: number,
		private readonly ssrc: number,
	) {
		const send = (packet: Buffer): void => {
			const copy = Buffer.from(packet);
			this.heard.push({payload: copy.subarray(12), sequence: copy.readUInt16BE(2), timestamp: copy.readUInt32BE(4)});
		};
		const socket = {connected: false, send, connect() {}, disconnect() {}} as unknown as RtpSocket;
		this.endpoint = new Endpoint(
			{id, address: '127.0.0.1', port: 4000, silentMs: 30_000, ears: false},
			socket,
			() => {},
			() => 0.5,
			0,
		);
		this.endpoint.setRemote(remote, 0);
	}

	says(nowMs: number, level = this.level): void {
		const packet = Buffer.alloc(172, compress('PCMU', level));
		packet[0] = 0x80;
		packet[1] = 0;
		packet.writeUInt16BE(this.sequence, 2);
		packet.writeUInt32BE(this.timestamp, 4);
		packet.writeUInt32BE(this.ssrc, 8);
		this.sequence = (this.sequence + 1) & 0xffff;
		this.timestamp = (this.timestamp + 160) >>> 0;
		this.endpoint.receive(packet, '127.0.0.1', 4000, nowMs);
	}

	/** The level of each frame heard since frame `from`. */
	levels(from = 0): number[] {
		return this.heard.slice(from).map(({payload}) => expand('PCMU', payload[80]!));
	}
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= Math.abs(b) * 0.05 + 8;

function stage(levels: number[]): {
	seats: Seat[];
	room: Room;
	run(frames: number): void;
	join(index: number, audience: Audience): void;
	nowMs(): number;
} {
	const seats = levels.map((level, index) => new Seat(`e${index}`, level, 1000 + index));
	const room = new Room('r', 0, () => {});
	let nowMs = 0;
	return {
		...{seats, room, nowMs: () => nowMs},
		join(index, audience) {
			seats[index]!.endpoint.part();
			seats[index]!.endpoint.member = room.join(seats[index]!.endpoint, audience);
		},
		run(frames) {
			for (let frame = 0; frame < frames; frame++) {
				for (let turn = 0; turn < 4; turn++, nowMs += 5) {
					if (turn === 0) room.advance();
					seats.forEach((seat, index) => {
						if (index % 4 === turn) seat.endpoint.tick(nowMs);
						if ((index + 1) % 4 === turn) seat.says(nowMs + 2);
					});
				}
			}
		},
	};
}

function bridge(one: Seat, two: Seat): void {
	one.endpoint.part();
	two.endpoint.part();
	one.endpoint.other = two.endpoint;
	two.endpoint.other = one.endpoint;
}

test('from bridge to room and back at most two frames are silent, and the recording of what is said has none', async t => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-rooms-'));
	const {seats, run, join: enter, nowMs} = stage([4000, 1000]);
	const [one, two] = seats as [Seat, Seat];
	bridge(one, two);
	run(10);
	one.endpoint.record(Recorder.begin(join(folder, 'x.wav'), nowMs()));
	run(10);
	for (let round = 0; round < 4; round++) {
		let from = two.heard.length;
		enter(0, 'all');
		enter(1, 'all');
		run(25);
		t.true(two.levels(from).filter(level => !near(level, 4000)).length <= 2, `into the room: ${two.levels(from)}`);
		from = two.heard.length;
		bridge(one, two);
		run(25);
		t.true(two.levels(from).filter(level => !near(level, 4000)).length <= 2, `out of the room: ${two.levels(from)}`);
		t.true(two.heard.length - from >= 24 && two.heard.length - from <= 27);
	}
	const packets = two.heard;
	t.true(packets.slice(1).every(({sequence}, index) => sequence === ((packets[index]!.sequence + 1) & 0xffff)));
	t.true(packets.slice(1).every(({timestamp}, index) => ((timestamp - packets[index]!.timestamp) | 0) >= 160));
	const recording = one.endpoint.recording!;
	await recording.stop(nowMs());
	const {left, right} = channels(join(folder, 'x.wav'));
	t.is(left.length, 210 * 160);
	t.is(left.subarray(400, -400).filter(sample => !near(sample, 4000)).length, 0);
	t.true(right.subarray(400, -400).filter(sample => !near(sample, 1000)).length <= 16 * 160);
	rmSync(folder, {recursive: true});
});

test('each hears the exact sum of those who speak to it, saturated and without itself', t => {
	const {seats, run, join: enter} = stage([8000, 4000, 1000, 500]);
	enter(0, 'all');
	enter(1, 'all');
	enter(2, new Set(['e1']));
	enter(3, 'none');
	run(20);
	const last = (seat: Seat): number => seat.levels().at(-1)!;
	t.deepEqual(
		seats.map((seat, index) => near(last(seat), [4000, 8000 + 1000, 12_000, 12_000][index]!)),
		[true, true, true, true],
		`${seats.map(last)}`,
	);
	t.is(last(seats[0]!), expand('PCMU', compress('PCMU', 4000)), 'a whisper does not change the level by one bit');
	const loud = stage([30_000, 30_000, -1]);
	for (const index of [0, 1, 2]) loud.join(index, 'all');
	loud.run(20);
	t.true(last(loud.seats[2]!) > 31_000, 'a sum too loud is cut, not turned over');
});

test('what was said to one is not heard by all when the audience widens', t => {
	const {seats, run, join: enter, nowMs} = stage([1, 1, 16_000]);
	enter(0, 'all');
	enter(1, 'all');
	enter(2, new Set(['e1']));
	run(20);
	const from = seats[0]!.heard.length;
	seats[2]!.endpoint.member!.change('all');
	// From now on it says something else: nothing of the loud word may come through.
	for (let frame = 0; frame < 10; frame++) {
		seats[2]!.says(nowMs() + 1, 2000);
		seats[2]!.endpoint.member!.room.advance();
		for (const seat of seats) seat.endpoint.tick(nowMs() + frame * 20);
	}
	t.true(
		seats[0]!.levels(from).every(level => Math.abs(level) < 3000),
		`${seats[0]!.levels(from)}`,
	);
	t.true(near(seats[0]!.levels().at(-1)!, 2000));
});

test('the jitter buffer puts order into what comes, grows when packets are late and shrinks when they no longer are', t => {
	const buffer = new JitterBuffer();
	const frame = new Int16Array(160);
	const sound = (value: number): Int16Array => new Int16Array(160).fill(value);
	const pull = (): number => (buffer.pull(frame) ? frame[0]! : 0);
	t.is(pull(), 0);
	buffer.push(1, 0, sound(1), 160);
	t.is(pull(), 0, 'the first frame waits for twenty milliseconds');
	buffer.push(1, 320, sound(3), 160);
	buffer.push(1, 160, sound(2), 160);
	t.deepEqual([pull(), pull(), pull(), pull()], [1, 2, 3, 0]);
	// Frame 4 (timestamp 480) was due in the pull before: it is late, and heard all the same.
	buffer.push(1, 480, sound(4), 160);
	t.is(pull(), 4);
	t.deepEqual([pull(), pull()], [0, 0]);
	buffer.push(1, 960, sound(7), 160);
	t.is(pull(), 7, 'a lost packet is a gap');
	// Another stream begins anew, wherever its timestamps are.
	buffer.push(2, 2 ** 32 - 160, sound(9), 160);
	buffer.push(2, 0, sound(10), 160);
	t.deepEqual([pull(), pull(), pull()], [0, 9, 10]);
	buffer.clear();
	t.is(pull(), 0);

	const steady = new JitterBuffer();
	let delay = 0;
	let timestamp = 0;
	const step = (frames: number, burst: number): void => {
		for (let count = 0; count < frames; count += burst) {
			for (let each = 0; each < burst; each++) if (steady.pull(frame)) delay = ((timestamp / 160) % 20_000) - frame[0]! + each;
			for (let each = 0; each < burst; each++, timestamp += 160)
				steady.push(5, timestamp, new Int16Array(160).fill((timestamp / 160) % 20_000), 160);
		}
	};
	step(50, 1);
	const little = delay;
	step(50, 5);
	step(10, 1);
	const grown = delay;
	step(3000, 1);
	t.true(grown > little, `${little} then ${grown}`);
	t.true(delay <= little + 1, `${delay} in the end`);
});
