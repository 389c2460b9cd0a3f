import {createSocket} from 'node:dgram';

/**
 * Sends and receives the packets of all calls, in a process of its own and, where that can be, on a core of its own.
 * Started with a channel. Between two packets it sleeps for a tenth of a millisecond at most: timers of Node would make bursts.
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
const phases = {warmUp: 0, measured: 1, own: 2};
const answer = (message: GeneratorAnswer): void => void process.send!(message);
const napMs = 0.1;
const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
const soon = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

const socket = createSocket({
	type: 'udp4',
	recvBufferSize: 4 << 20,
	sendBufferSize: 4 << 20,
	lookup: (host, _options, done) => done(null, host, 4),
});

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

/** One packet in 20 ms for each stream, spread evenly; the payload says when it left. */
async function send(ports: number[], packets: Buffer[], own: Buffer, ms: number, phase: number): Promise<number> {
	const started = performance.now();
	const total = Math.floor(ms / 20) * ports.length;
	const ownPort = socket.address().port;
	let sent = 0;
	while (sent < total) {
		const due = Math.min(total, Math.floor(((performance.now() - started) / 20) * ports.length));
		for (; sent < due; sent++) {
			const index = sent % ports.length;
			const packet = packets[index]!;
			packet.writeUInt16BE((packet.readUInt16BE(2) + 1) & 0xffff, 2);
			packet.writeUInt32BE((packet.readUInt32BE(4) + 160) >>> 0, 4);
			// Sent at once by the system call within, so the buffer may be used again.
			socket.send(stamp(packet, phase), ports[index]!, '127.0.0.1');
			if (phase === phases.measured && sent % ownEvery === 0) socket.send(stamp(own, phases.own), ownPort, '127.0.0.1');
		}
		Atomics.wait(nobodyWakes, 0, 0, napMs);
		await soon();
	}
	return total;
}

async function run({ports, warmUpMs, measureMs}: GeneratorOrder): Promise<void> {
	const packetsMax = Math.ceil(measureMs / 20) * ports.length;
	const [relay, own] = [new Sample(packetsMax * 2), new Sample(packetsMax)];
	socket.on('message', packet => {
		// Silence that an endpoint sends before its bridge is fed carries no mark.
		if (packet.length !== packetBytes || packet.readUInt32BE(12) !== mark || packet[16] === phases.warmUp) return;
		(packet[16] === phases.own ? own : relay).add(performance.now() - packet.readDoubleBE(20));
	});
	const packets = Array.from({length: ports.length + 1}, (_, index) => {
		const packet = Buffer.alloc(packetBytes, 0x7e);
		packet.writeUInt16BE(0x8000, 0);
		packet.writeUInt32BE(index + 1, 8);
		packet.writeUInt32BE(mark, 12);
		return packet;
	});
	const ownPacket = packets.pop()!;
	await send(ports, packets, ownPacket, warmUpMs, phases.warmUp);
	answer({warm: true});
	const sent = await send(ports, packets, ownPacket, measureMs, phases.measured);
	answer({sentAll: true});
	await new Promise(resolve => setTimeout(resolve, lateMs));
	answer({sent, received: relay.count, relay: relay.summary(), own: own.summary()});
}

process.on('message', (order: GeneratorOrder) => void run(order));
socket.bind(0, '127.0.0.1', () => answer({port: socket.address().port}));
