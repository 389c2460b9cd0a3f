import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {GeneratorAnswer, GeneratorOrder} from './media-generator.js';
import type {RelayAnswer, RelayOrder} from './media-relay.js';
import {Rtpengine, rtpengineVersion} from './support/rtpengine.js';

/**
 * Bridged calls that are all recorded: loss, delay and CPU time per packet of the embedded engine and of userspace rtpengine,
 * in alternating rounds; and the delay of the generator alone. `node build/test/bench/media-load.js [--calls 300] [--rounds 3] [--seconds 4]`
 */

type Kind = 'generator alone' | 'kaden, recording' | 'rtpengine, recording';
type Round = {kind: Kind; microsPerPacket: number; lossPercent: number; medianMs: number; p99Ms: number};
type Measured = Extract<GeneratorAnswer, {sent: number}>;
type Options = {calls: number; rounds: number; seconds: number};

/** Clock ticks of /proc/<pid>/stat: 100 a second on every Linux that Node runs on. */
const tickMicros = 10_000;
const setUpsAtOnce = 10;

const sdp = (port: number): string =>
	`v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n`;

/** CPU time of a process with all its threads, the same way for both. */
function cpuMicros(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
	// The program's name is in brackets and may contain blanks; after it come the state and ten more fields.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) * tickMicros;
}

async function next<T>(child: ChildProcess): Promise<T> {
	const [message] = await once(child, 'message');
	return message as T;
}

const start = (file: string): ChildProcess => fork(fileURLToPath(new URL(file, import.meta.url)));

type Carrier = {pid: number; ports: number[]; stop: () => Promise<void>};

async function kaden(calls: number, peerPort: number, recordTo: string, portMin: number): Promise<Carrier> {
	const child = start('./media-relay.js');
	await next(child);
	child.send({kind: 'kaden', calls, peerPort, recordTo, workers: 1, portMin} satisfies RelayOrder);
	const {ports} = (await next<RelayAnswer>(child)) as {ports: number[]};
	const stop = async (): Promise<void> => {
		const ended = once(child, 'exit');
		child.kill();
		await ended;
	};
	return {pid: child.pid!, ports, stop};
}

async function rtpengine(calls: number, peerPort: number, recordTo: string, portMin: number): Promise<Carrier> {
	const engine = await Rtpengine.start(portMin - 1, {min: portMin, max: portMin + calls * 4 + 40}, recordTo);
	const ports: number[] = [];
	try {
		for (let from = 0; from < calls; from += setUpsAtOnce) {
			const ids = Array.from({length: Math.min(setUpsAtOnce, calls - from)}, (_, index) => `call-${from + index}`);
			for (const id of ids) ports.push(...(await engine.call(id, sdp(peerPort), true)));
		}
	} catch (error) {
		await engine.stop();
		throw error;
	}
	return {pid: engine.pid, ports, stop: () => engine.stop()};
}

async function round(kind: Kind, {calls, seconds}: Options): Promise<Round> {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-bench-'));
	const generator = start('./media-generator.js');
	let carrier: Carrier | undefined;
	try {
		const {port} = await next<{port: number}>(generator);
		const portMin = 20_002 + Math.floor(Math.random() * 3000) * 2;
		if (kind === 'kaden, recording') carrier = await kaden(calls, port, folder, portMin);
		if (kind === 'rtpengine, recording') carrier = await rtpengine(calls, port, folder, portMin);
		const order: GeneratorOrder = {ports: carrier?.ports ?? [], streams: calls * 2, warmUpMs: 1500, measureMs: seconds * 1000};
		generator.send(order);
		await next(generator);
		const before = carrier ? cpuMicros(carrier.pid) : 0;
		const {sent, received, medianMs, p99Ms} = await next<Measured>(generator);
		const cpu = carrier ? cpuMicros(carrier.pid) - before : 0;
		return {kind, microsPerPacket: cpu / Math.max(1, received), lossPercent: (100 * (sent - received)) / sent, medianMs, p99Ms};
	} finally {
		generator.kill();
		await carrier?.stop();
		rmSync(folder, {recursive: true, force: true});
	}
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Runs the rounds and prints a table of medians. */
export async function run(options: Options = {calls: 300, rounds: 3, seconds: 4}): Promise<Round[]> {
	const version = rtpengineVersion();
	const kinds: Kind[] = ['generator alone', 'kaden, recording'];
	if (version) kinds.push('rtpengine, recording');
	else console.log('skipped: rtpengine is not installed (Debian: rtpengine-daemon), so there is nothing to compare with');
	const rounds: Round[] = [];
	for (let index = 0; index < options.rounds; index++) for (const kind of kinds) rounds.push(await round(kind, options));
	const of = (kind: Kind, key: Exclude<keyof Round, 'kind'>): number[] => rounds.filter(each => each.kind === kind).map(each => each[key]);
	const floorMs = median(of('generator alone', 'p99Ms'));
	console.log(
		`${options.calls} bridged calls, G.711, 20 ms, both directions, all recorded; medians of ${options.rounds} alternating rounds of ${options.seconds} s`,
	);
	console.log(`Node ${process.version}, rtpengine ${version ?? 'not installed'} (userspace, pcap); kaden writes stereo WAV`);
	console.table(
		kinds.map(kind => {
			const [micros, p99Ms] = [median(of(kind, 'microsPerPacket')), median(of(kind, 'p99Ms'))];
			const carries = kind !== 'generator alone';
			return {
				relay: kind,
				'CPU µs/packet': carries ? micros.toFixed(1) : '',
				'each round': carries
					? of(kind, 'microsPerPacket')
							.map(value => value.toFixed(1))
							.join(' ')
					: '',
				'calls per core': carries ? Math.round(1e4 / micros) : '',
				'loss % (worst)': Math.max(...of(kind, 'lossPercent')).toFixed(3),
				'median ms': median(of(kind, 'medianMs')).toFixed(2),
				'p99 ms': p99Ms.toFixed(1),
				'p99 added ms': carries ? (p99Ms - floorMs).toFixed(1) : '',
				'p99 each round': of(kind, 'p99Ms')
					.map(value => value.toFixed(1))
					.join(' '),
			};
		}),
	);
	if (version) {
		const ratio = median(of('kaden, recording', 'microsPerPacket')) / median(of('rtpengine, recording', 'microsPerPacket'));
		console.log(`CPU per packet: ${ratio.toFixed(2)} of rtpengine's (goal 1.00 or less)`);
	}
	return rounds;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const value = (name: string, otherwise: number): number => {
		const at = process.argv.indexOf(`--${name}`);
		return at < 0 ? otherwise : Number(process.argv[at + 1]);
	};
	await run({calls: value('calls', 300), rounds: value('rounds', 3), seconds: value('seconds', 4)});
}
