import {type ChildProcess, fork} from 'node:child_process';
import {createSocket} from 'node:dgram';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {RelayAnswer, RelayOrder} from './media-relay.js';

/**
 * RTP relay: CPU time per packet, calls carried, loss and added delay, against a plain dgram relay in the same run.
 * `node build/test/bench/media.js [--calls 100,300] [--seconds 4] [--workers 1] [--no-recording]`
 */

export type Row = {
	relay: string;
	calls: number;
	packets: number;
	microsPerPacket: number;
	callsPerCore: number;
	lossPercent: number;
	p99Ms: number;
	passed: boolean;
};
type Options = {calls: number[]; seconds: number; workers: number; recording: boolean};

const packetBytes = 172;
const lossPercentMax = 0.1;
const p99MsMax = 5;

const ask = async <T extends RelayAnswer>(child: ChildProcess, order: RelayOrder | 'cpu'): Promise<T> => {
	child.send(order);
	const [answer] = (await once(child, 'message')) as [T];
	return answer;
};

/** Sends for all calls, both sides, a packet each 20 ms, spread evenly; the payload says when it left. */
async function load(kind: RelayOrder['kind'], calls: number, {seconds, workers, recording}: Options): Promise<Row> {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-bench-'));
	const socket = createSocket({
		type: 'udp4',
		recvBufferSize: 8 << 20,
		sendBufferSize: 8 << 20,
		lookup: (host, _options, done) => done(null, host, 4),
	});
	await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
	const child = fork(fileURLToPath(new URL('./media-relay.js', import.meta.url)));
	try {
		// Its first word says that it listens.
		await once(child, 'message');
		const portMin = 20_000 + Math.floor(Math.random() * 2000) * 2;
		const order: RelayOrder = {kind, calls, peerPort: socket.address().port, recordTo: recording ? folder : undefined, workers, portMin};
		const {ports} = await ask<{ports: number[]}>(child, order);
		const delays: number[] = [];
		let received = 0;
		let measuring = false;
		socket.on('message', packet => {
			// Silence that an endpoint sends before its bridge is fed carries no mark.
			if (packet.length !== packetBytes || packet.readUInt32BE(12) !== 0x6b61_6465 || packet[16] !== (measuring ? 1 : 0)) return;
			received++;
			if (measuring) delays.push(performance.now() - packet.readDoubleBE(20));
		});
		const packets = ports.map((_, index) => {
			const packet = Buffer.alloc(packetBytes, 0x7e);
			packet.writeUInt16BE(0x8000, 0);
			packet.writeUInt32BE(index + 1, 8);
			packet.writeUInt32BE(0x6b61_6465, 12);
			return packet;
		});
		const run = async (ms: number): Promise<number> => {
			const started = performance.now();
			const frames = ms / 20;
			const total = frames * ports.length;
			let sent = 0;
			while (sent < total) {
				const due = Math.min(total, Math.floor(((performance.now() - started) / 20) * ports.length));
				for (; sent < due; sent++) {
					const index = sent % ports.length;
					const packet = packets[index]!;
					packet.writeUInt16BE((packet.readUInt16BE(2) + 1) & 0xffff, 2);
					packet.writeUInt32BE((packet.readUInt32BE(4) + 160) >>> 0, 4);
					packet[16] = measuring ? 1 : 0;
					packet.writeDoubleBE(performance.now(), 20);
					// Sent at once by the system call within, so the buffer may be used again.
					socket.send(packet, ports[index]!, '127.0.0.1');
				}
				await new Promise(resolve => setTimeout(resolve, 1));
			}
			return total;
		};
		await run(1000);
		await new Promise(resolve => setTimeout(resolve, 300));
		measuring = true;
		received = 0;
		const before = await ask<{cpuMicros: number}>(child, 'cpu');
		const sent = await run(seconds * 1000);
		await new Promise(resolve => setTimeout(resolve, 300));
		const after = await ask<{cpuMicros: number}>(child, 'cpu');
		delays.sort((a, b) => a - b);
		const microsPerPacket = (after.cpuMicros - before.cpuMicros) / Math.max(1, received);
		const lossPercent = (100 * (sent - received)) / sent;
		if (process.env.DIST)
			console.log(kind, recording, [0.5, 0.9, 0.95, 0.99, 0.999].map(q => delays[Math.floor(delays.length * q)]?.toFixed(1)).join(' '));
		const p99Ms = delays[Math.floor(delays.length * 0.99)] ?? Number.POSITIVE_INFINITY;
		const relay = kind === 'dgram' ? 'plain dgram relay' : `kaden, ${workers} worker(s)${recording ? ', recording' : ''}`;
		return {
			relay,
			calls,
			packets: sent,
			microsPerPacket,
			callsPerCore: 1e6 / (microsPerPacket * 100),
			lossPercent,
			p99Ms,
			passed: lossPercent < lossPercentMax && p99Ms < p99MsMax,
		};
	} finally {
		child.kill();
		socket.close();
		rmSync(folder, {recursive: true, force: true});
	}
}

/** Runs both relays at each number of calls, in turn, and prints a table. */
export async function run(options: Options = {calls: [100, 200, 400], seconds: 4, workers: 1, recording: true}): Promise<Row[]> {
	const rows: Row[] = [];
	for (const calls of options.calls) {
		const plain = await load('dgram', calls, {...options, recording: false});
		const ours = await load('kaden', calls, options);
		rows.push(plain, ours);
		if (options.recording) rows.push(await load('kaden', calls, {...options, recording: false}));
	}
	console.log("RTP relay (G.711, 20 ms, both directions; passed = loss below 0.1 % and p99 below 5 ms, the sender's own delay included)");
	console.table(
		rows.map(({relay, calls, microsPerPacket, callsPerCore, lossPercent, p99Ms, passed}) => {
			const plain = rows.find(row => row.calls === calls && row.relay.startsWith('plain'))!;
			return {
				relay,
				calls,
				'CPU µs/packet': microsPerPacket.toFixed(1),
				'of plain dgram': (microsPerPacket / plain.microsPerPacket).toFixed(2),
				'calls per core': Math.round(callsPerCore),
				'loss %': lossPercent.toFixed(3),
				'p99 ms': p99Ms.toFixed(1),
				passed,
			};
		}),
	);
	return rows;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const value = (name: string): string | undefined => {
		const at = process.argv.indexOf(`--${name}`);
		return at < 0 ? undefined : process.argv[at + 1];
	};
	await run({
		calls: (value('calls') ?? '100,200,400').split(',').map(Number),
		seconds: Number(value('seconds') ?? 4),
		workers: Number(value('workers') ?? 1),
		recording: !process.argv.includes('--no-recording'),
	});
}
