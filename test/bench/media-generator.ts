import {encodeAddress, families, portOf, socketAddressBytes} from '../../src/sip/media/embedded/socket-address.js';
import {failure, flags, type SystemCalls, systemCalls} from '../../src/sip/media/embedded/system-calls.js';

/**
 * Sends and receives the packets of all calls, in a process of its own and, where that can be, on a core of its own. Started with
 * a channel. By system calls, so that it has time left: one at the end of its strength measures its own delay. Between two
 * looks it sleeps for a tenth of a millisecond at most: timers of Node would make bursts.
 */

/** `ports`: one for each party. */
export type GeneratorOrder = {ports: number[]; warmUpMs: number; measureMs: number};
/** In milliseconds; `own`: packets that the generator sends to itself meanwhile, which show the delay that is not the relay's. */
export type Delays = {medianMs: number; p99Ms: number; worstMs: number};
export type GeneratorAnswer =
	| {port: number}
	| {warm: true}
	| {sentAll: true}
	| {sent: number; received: number; relay: Delays; own: Delays};

const packetBytes = 172;
const mark = 0x6b61_6465;
/** After the last packet so long is waited for what is still under way. */
const lateMs = 500;
/** One packet in so many goes to the generator itself. */
const ownEvery = 50;
const readEvery = 16;
const soon = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
const phases = {warmUp: 0, measured: 1, own: 2};
const answer = (message: GeneratorAnswer): void => void process.send!(message);
const napMs = 0.1;
const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
const socketBytes = 4 << 20;
/** SO_SNDBUFFORCE and SO_RCVBUFFORCE, for root; SO_SNDBUF and SO_RCVBUF, up to what the system allows. */
const bufferOptions = [32, 33, 7, 8];

/** The one socket of all calls. */
class Line {
	readonly port: number;
	private readonly bytes = Buffer.allocUnsafeSlow(2048);
	private readonly number: number;

	constructor(private readonly calls: SystemCalls) {
		const local = encodeAddress(families.udp4, '127.0.0.1', 0)!;
		this.number = calls.socket(families.udp4, flags.udpSocket, 0);
		if (this.number < 0 || calls.bind(this.number, local, local.length) < 0) throw failure('bind', calls.errorNumber());
		for (const option of bufferOptions) calls.setsockopt(this.number, flags.solSocket, option, Int32Array.of(socketBytes), 4);
		calls.getsockname(this.number, local, Int32Array.of(socketAddressBytes));
		this.port = portOf(local);
	}

	send(packet: Buffer, to: Buffer): void {
		this.calls.sendto(this.number, packet, packet.length, flags.send, to, to.length);
	}

	/** Hands over all that is there; the bytes are good until `take` returns. */
	readAll(take: (packet: Buffer, length: number) => void): void {
		const {bytes} = this;
		for (;;) {
			const length = this.calls.recv(this.number, bytes, bytes.length, flags.receive);
			if (length < 0) return;
			take(bytes, length);
		}
	}
}

/** Delays as they come in. */
class Sample {
	private readonly values: Float64Array;
	count = 0;

	constructor(max: number) {
		this.values = new Float64Array(max);
	}

	add(value: number): void {
		this.values[this.count++] = value;
	}

	summary(): Delays {
		const sorted = this.values.subarray(0, this.count).sort();
		const at = (share: number): number => sorted[Math.min(this.count - 1, Math.floor(this.count * share))] ?? Number.MAX_VALUE;
		return {medianMs: at(0.5), p99Ms: at(0.99), worstMs: at(1)};
	}
}

function stamp(packet: Buffer, phase: number): Buffer {
	packet[16] = phase;
	packet.writeDoubleBE(performance.now(), 20);
	return packet;
}

type Taker = (packet: Buffer, length: number) => void;

/** One packet in 20 ms for each stream, spread evenly; the payload says when it left. */
function send(line: Line, ports: number[], packets: Buffer[], own: Buffer, ms: number, phase: number, take: Taker): number {
	const [self, ...targets] = [line.port, ...ports].map(port => encodeAddress(families.udp4, '127.0.0.1', port)!) as [Buffer, ...Buffer[]];
	const started = performance.now();
	const total = Math.floor(ms / 20) * ports.length;
	let sent = 0;
	while (sent < total) {
		const due = Math.min(total, Math.floor(((performance.now() - started) / 20) * ports.length));
		for (; sent < due; sent++) {
			const index = sent % ports.length;
			const packet = packets[index]!;
			packet.writeUInt16BE((packet.readUInt16BE(2) + 1) & 0xffff, 2);
			packet.writeUInt32BE((packet.readUInt32BE(4) + 160) >>> 0, 4);
			line.send(stamp(packet, phase), targets[index]!);
			if (phase === phases.measured && sent % ownEvery === 0) line.send(stamp(own, phases.own), self);
			// After a pause there is much to send, and what comes in meanwhile must not wait for the end of it.
			if (sent % readEvery === 0) line.readAll(take);
		}
		line.readAll(take);
		Atomics.wait(nobodyWakes, 0, 0, napMs);
	}
	return total;
}

async function run(line: Line, {ports, warmUpMs, measureMs}: GeneratorOrder): Promise<void> {
	const packetsMax = Math.ceil(measureMs / 20) * ports.length;
	const [relay, own] = [new Sample(packetsMax * 2), new Sample(packetsMax)];
	const take: Taker = (packet, length) => {
		// Silence that an endpoint sends before its bridge is fed carries no mark.
		if (length !== packetBytes || packet.readUInt32BE(12) !== mark || packet[16] === phases.warmUp) return;
		(packet[16] === phases.own ? own : relay).add(performance.now() - packet.readDoubleBE(20));
	};
	const packets = Array.from({length: ports.length + 1}, (_, index) => {
		const packet = Buffer.alloc(packetBytes, 0x7e);
		packet.writeUInt16BE(0x8000, 0);
		packet.writeUInt32BE(index + 1, 8);
		packet.writeUInt32BE(mark, 12);
		return packet;
	});
	const ownPacket = packets.pop()!;
	send(line, ports, packets, ownPacket, warmUpMs, phases.warmUp, take);
	answer({warm: true});
	await soon();
	const sent = send(line, ports, packets, ownPacket, measureMs, phases.measured, take);
	answer({sentAll: true});
	await soon();
	const ends = performance.now() + lateMs;
	while (performance.now() < ends) {
		line.readAll(take);
		Atomics.wait(nobodyWakes, 0, 0, napMs);
	}
	answer({sent, received: relay.count, relay: relay.summary(), own: own.summary()});
}

const line = new Line(await systemCalls());
process.on('message', (order: GeneratorOrder) => void run(line, order));
answer({port: line.port});
