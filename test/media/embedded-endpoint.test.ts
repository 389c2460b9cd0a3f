import test from 'ava';
import {Endpoint} from '../../src/sip/media/embedded/endpoint.js';
import type {Remote} from '../../src/sip/media/embedded/messages.js';
import type {RtpSocket} from '../../src/sip/media/embedded/network.js';

/** One endpoint on a clock and a socket of the test's own. */

const peerPort = 4000;
const remote: Remote = {
	...{address: '127.0.0.1', port: peerPort, send: true, receive: true, codec: 'PCMU', payloadType: 0, eventsOut: 101},
	...{codecsIn: [[0, 'PCMU']], eventsIn: [101]},
};

/** As the kernel does, it lets nothing in but what its connection allows. */
class Line {
	connected = false;
	readonly sentMs: number[] = [];
	readonly targets = new Set<number>();
	readonly endpoint: Endpoint;
	nowMs = 0;
	private port = 0;
	private sequence = 0;

	constructor(readonly id: string) {
		const line = this;
		const socket = {
			get connected() {
				return line.connected;
			},
			send(_packet: Buffer, port: number) {
				line.sentMs.push(line.nowMs);
				line.targets.add(port);
			},
			connect(_address: string, port: number) {
				line.connected = true;
				line.port = port;
			},
			disconnect() {
				line.connected = false;
			},
		} as unknown as RtpSocket;
		this.endpoint = new Endpoint(
			{id, address: '127.0.0.1', port: 5000, silentMs: 30_000, ears: false},
			socket,
			() => {},
			() => 0.5,
			0,
		);
		this.endpoint.setRemote(remote, 0);
	}

	packet(fromPort: number, nowMs: number): void {
		const packet = Buffer.alloc(172, 0x55);
		packet.writeUInt16BE(0x8000, 0);
		packet.writeUInt16BE(++this.sequence, 2);
		packet.writeUInt32BE(this.sequence * 160, 4);
		packet.writeUInt32BE(9, 8);
		if (!this.connected || fromPort === this.port) this.endpoint.receive(packet, '127.0.0.1', fromPort, nowMs);
	}

	/** A turn of the engine; `rested`: as the engine does it, which leaves out what the endpoint says it can. */
	turn(nowMs: number, rested = true): void {
		this.nowMs = nowMs;
		if (rested && this.endpoint.restTicks > 0) this.endpoint.restTicks--;
		else this.endpoint.tick(nowMs);
	}
}

function bridged(): [Line, Line] {
	const lines: [Line, Line] = [new Line('a'), new Line('b')];
	lines[0].endpoint.other = lines[1].endpoint;
	lines[1].endpoint.other = lines[0].endpoint;
	return lines;
}

test('the socket is connected to its peer, stays so while it talks, and is opened again for its new port when it has gone silent', t => {
	const [line, other] = bridged();
	let nowMs = 0;
	const talk = (port: number, packets: number): void => {
		for (let packet = 0; packet < packets; packet++) {
			nowMs += 20;
			other.nowMs = nowMs;
			line.packet(port, nowMs - 3);
			line.turn(nowMs);
			other.turn(nowMs);
		}
	};
	talk(peerPort, 9);
	t.false(line.connected);
	talk(peerPort, 1);
	t.true(line.connected);
	for (let packet = 0; packet < 500; packet++) {
		talk(peerPort, 1);
		if (!line.connected) t.fail(`opened ${nowMs} ms after the start, though its peer talks`);
	}
	const before = line.endpoint.reception.packets;
	talk(6000, 90);
	t.true(line.connected, 'nobody pushes out a peer before two seconds of silence');
	t.is(line.endpoint.reception.packets, before);
	talk(6000, 20);
	t.false(line.connected, 'its NAT may have given it another port');
	t.true(line.endpoint.reception.packets > before, 'heard from its new port');
	line.targets.clear();
	for (let packet = 0; packet < 10; packet++) {
		nowMs += 20;
		line.nowMs = nowMs;
		other.packet(peerPort, nowMs);
	}
	t.deepEqual([...line.targets], [6000]);
});

test('an endpoint that rests fills a pause of the other party at the same moment as one that is ticked every time', t => {
	for (let late = 0; late < 20; late++) {
		const sent = [true, false].map(rested => {
			const [line, other] = bridged();
			for (let nowMs = 20; nowMs <= 1000; nowMs += 20) {
				// The other party talks, pauses for 300 ms and talks again.
				const talks = nowMs < 400 || nowMs >= 700;
				line.nowMs = nowMs + late;
				if (talks) other.packet(peerPort, nowMs + late);
				line.turn(nowMs + 20, rested);
			}
			return line.sentMs;
		});
		t.deepEqual(sent[0], sent[1], `packets ${late} ms after the tick`);
		t.true(sent[0]!.length > 40);
	}
});

test('an endpoint that rests is awake at once when its bridge ends', t => {
	const [line, other] = bridged();
	for (let nowMs = 20; nowMs <= 200; nowMs += 20) {
		line.nowMs = nowMs;
		other.packet(peerPort, nowMs);
		line.turn(nowMs + 1);
	}
	t.true(line.endpoint.restTicks > 0);
	const sent = line.sentMs.length;
	other.endpoint.part();
	line.turn(220);
	t.is(line.sentMs.length, sent + 1);
});
