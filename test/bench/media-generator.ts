import {createSocket} from 'node:dgram';

/** Sends and receives the packets of all calls, in a process of its own: its heap and its work are not those of what is measured. Started with a channel. */

/** `ports`: one for each party. Without any it sends to itself, which gives the delay that is its own. */
export type GeneratorOrder = {ports: number[]; streams: number; warmUpMs: number; measureMs: number};
export type GeneratorAnswer = {port: number} | {warm: true} | {sent: number; received: number; medianMs: number; p99Ms: number};

const packetBytes = 172;
const mark = 0x6b61_6465;
const lateMs = 400;
const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
const answer = (message: GeneratorAnswer): void => void process.send!(message);

const socket = createSocket({
	type: 'udp4',
	recvBufferSize: 8 << 20,
	sendBufferSize: 8 << 20,
	lookup: (host, _options, done) => done(null, host, 4),
});

/** One packet in 20 ms for each stream, spread evenly; the payload says when it left. */
async function send(ports: number[], packets: Buffer[], ms: number, phase: number): Promise<number> {
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
			packet[16] = phase;
			packet.writeDoubleBE(performance.now(), 20);
			// Sent at once by the system call within, so the buffer may be used again.
			socket.send(packet, ports[index]!, '127.0.0.1');
		}
		await pause(1);
	}
	return total;
}

async function run({ports, streams, warmUpMs, measureMs}: GeneratorOrder): Promise<void> {
	const targets = ports.length > 0 ? ports : Array.from({length: streams}, () => socket.address().port);
	const delays = new Float64Array(Math.ceil(measureMs / 20) * targets.length);
	let received = 0;
	socket.on('message', packet => {
		// Silence that an endpoint sends before its bridge is fed carries no mark.
		if (packet.length !== packetBytes || packet.readUInt32BE(12) !== mark || packet[16] !== 1) return;
		delays[received++] = performance.now() - packet.readDoubleBE(20);
	});
	const packets = targets.map((_, index) => {
		const packet = Buffer.alloc(packetBytes, 0x7e);
		packet.writeUInt16BE(0x8000, 0);
		packet.writeUInt32BE(index + 1, 8);
		packet.writeUInt32BE(mark, 12);
		return packet;
	});
	await send(targets, packets, warmUpMs, 0);
	answer({warm: true});
	const sent = await send(targets, packets, measureMs, 1);
	await pause(lateMs);
	const sorted = delays.subarray(0, received).sort();
	const at = (share: number): number => sorted[Math.floor(received * share)] ?? Number.POSITIVE_INFINITY;
	answer({sent, received, medianMs: at(0.5), p99Ms: at(0.99)});
}

process.on('message', (order: GeneratorOrder) => void run(order));
socket.bind(0, '127.0.0.1', () => answer({port: socket.address().port}));
