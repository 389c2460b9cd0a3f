import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {GeneratorAnswer, GeneratorOrder} from './media-generator.js';
import type {RelayAnswer, RelayOrder} from './media-relay.js';
import {canGoFirst, canPin, costOf, onCore, udpDrops} from './support/process-cost.js';
import {Rtpengine, rtpengineVersion} from './support/rtpengine.js';

/**
 * Bridged calls that are all recorded: CPU time per packet, loss and delay of the embedded engine and of userspace rtpengine in
 * alternating rounds of one run, each on a core of its own; and of a bare relay on Node's UDP sockets, which is the floor of ours.
 * `node build/test/bench/media-load.js [--calls 300,600] [--rounds 5] [--seconds 4] [--workers 1] [--only dgram,plain,kaden,rtpengine] [--polite] [--spread]`.
 * Run by root, relay and generator go before other work of the machine for as long as it takes, unless `--polite`.
 * `--spread`: on all cores of the machine, as a user runs it. On one core, threads that compile and collect garbage hold the relay up
 * for milliseconds, which shows in p99 and is the bench's doing.
 */

const kinds = {
	dgram: 'bare Node UDP, not recorded',
	plain: 'kaden, not recorded',
	kaden: 'kaden, recorded',
	rtpengine: 'rtpengine, recorded',
};
type Kind = keyof typeof kinds;
type Measured = Extract<GeneratorAnswer, {sent: number}>;
/** One round. Loss in packets, by whose socket was full, and what was lost otherwise. `waitedPercent`: of the time, for a core. */
type Round = Measured & {kind: Kind; micros: number; relayDrops: number; generatorDrops: number; waitedPercent: number};
export type Options = {calls: number[]; rounds: number; seconds: number; workers: number; only: Kind[]; first: boolean; spread: boolean};
type Place = {first: boolean; core: number | undefined};

const cores = {generator: 0, relay: 1};
/** Until the code is compiled. */
const warmUpMs = 5000;
const setUpsAtOnce = 10;
/** A relay that does not answer for so long is overloaded for good: the run ends with an error. */
const answerMsMax = 40_000;

const sdp = (port: number): string =>
	`v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n`;

async function next<T>(child: ChildProcess): Promise<T> {
	const [message] = await once(child, 'message', {signal: AbortSignal.timeout(answerMsMax)});
	return message as T;
}

function start(file: string, {core, first}: Place): ChildProcess {
	const path = fileURLToPath(new URL(file, import.meta.url));
	const [command, ...rest] = [...onCore(core, first), process.execPath];
	return fork(path, {execPath: command!, execArgv: rest});
}

async function end(child: ChildProcess): Promise<void> {
	const ended = once(child, 'exit');
	child.kill('SIGKILL');
	await ended;
}

type Carrier = {pid: number; ports: number[]; stop: () => Promise<void>};

async function ours(order: RelayOrder, place: Place): Promise<Carrier> {
	const child = start('./media-relay.js', place);
	await next(child);
	child.send(order);
	const {ports} = (await next<RelayAnswer>(child)) as {ports: number[]};
	return {pid: child.pid!, ports, stop: () => end(child)};
}

async function rtpengine({calls, peerPort, portMin}: RelayOrder, recordTo: string, {core, first}: Place): Promise<Carrier> {
	const rtpPorts = {min: portMin, max: portMin + calls * 4 + 40};
	const engine = await Rtpengine.start(portMin - 1, rtpPorts, recordTo, {
		threads: canPin && core !== undefined ? 1 : 2,
		command: onCore(core, first),
	});
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

async function round(kind: Kind, calls: number, {seconds, workers, first, spread}: Options): Promise<Round> {
	const place = (core: number): Place => ({first, core: spread ? undefined : core});
	const folder = mkdtempSync(join(tmpdir(), 'kaden-bench-'));
	const generator = start('./media-generator.js', place(cores.generator));
	let carrier: Carrier | undefined;
	try {
		const {port: peerPort} = await next<{port: number}>(generator);
		const portMin = 20_002 + Math.floor(Math.random() * 3000) * 2;
		const order: RelayOrder = {kind: kind === 'dgram' ? 'dgram' : 'kaden', calls, peerPort, workers, portMin};
		if (kind === 'rtpengine') carrier = await rtpengine(order, folder, place(cores.relay));
		else carrier = await ours(kind === 'kaden' ? {...order, recordTo: folder} : order, place(cores.relay));
		const [relayPorts, generatorPorts] = [new Set(carrier.ports), new Set([peerPort])];
		generator.send({ports: carrier.ports, warmUpMs, measureMs: seconds * 1000} satisfies GeneratorOrder);
		await next(generator);
		const [before, relayBefore, generatorBefore] = [costOf(carrier.pid), udpDrops(relayPorts), udpDrops(generatorPorts)];
		await next(generator);
		const after = costOf(carrier.pid);
		const measured = await next<Measured>(generator);
		return {
			...measured,
			kind,
			micros: (after.cpuMicros - before.cpuMicros) / Math.max(1, measured.received),
			waitedPercent: (after.waitedMicros - before.waitedMicros) / (seconds * 1e4),
			relayDrops: udpDrops(relayPorts) - relayBefore,
			generatorDrops: udpDrops(generatorPorts) - generatorBefore,
		};
	} finally {
		await carrier?.stop();
		await end(generator);
		rmSync(folder, {recursive: true, force: true});
	}
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const list = (values: number[], digits: number): string => values.map(value => value.toFixed(digits)).join(' ');

/** One relay's line of the table. */
function line(kind: Kind, rounds: Round[]): Record<string, string | number> {
	const of = (pick: (round: Round) => number): number[] => rounds.map(pick);
	const micros = of(each => each.micros);
	const lost = of(each => each.sent - each.received - each.generatorDrops);
	return {
		relay: kinds[kind],
		'CPU µs/packet': median(micros).toFixed(2),
		'each round': list(micros, 2),
		'calls/core by CPU': Math.round(1e4 / median(micros)),
		'loss % each round': list(
			lost.map((packets, index) => (100 * packets) / rounds[index]!.sent),
			3,
		),
		'socket full': list(
			of(each => each.relayDrops),
			0,
		),
		'median ms': median(of(each => each.relay.medianMs)).toFixed(2),
		'p99 ms': list(
			of(each => each.relay.p99Ms),
			2,
		),
		'own p99 ms': list(
			of(each => each.own.p99Ms),
			2,
		),
		'waited %': list(
			of(each => each.waitedPercent),
			0,
		),
	};
}

/** Runs the rounds of one number of calls and prints a table. */
async function measure(calls: number, options: Options, version: string | undefined): Promise<Round[]> {
	const rounds: Round[] = [];
	for (let index = 0; index < options.rounds; index++) {
		// There and back again, so that none always comes after the same one.
		const order = index % 2 === 0 ? options.only : options.only.toReversed();
		for (const kind of order) rounds.push(await round(kind, calls, options));
	}
	const of = (kind: Kind): Round[] => rounds.filter(each => each.kind === kind);
	const how = options.first ? 'before other work' : 'among other work';
	const spread = `relay and generator on all ${availableParallelism()} cores`;
	const held = options.spread
		? spread
		: canPin
			? 'relay and generator on a core each'
			: 'NOT held on cores of their own (needs two cores and taskset)';
	console.log(
		`\n${calls} bridged calls, G.711, 20 ms, both directions: ${options.rounds} alternating rounds of ${options.seconds} s, ${held}, ${how}`,
	);
	console.log(
		`Node ${process.version}, rtpengine ${version ?? 'not installed'} (userspace, pcap); kaden writes stereo WAV, ${options.workers} worker(s)`,
	);
	console.table(options.only.map(kind => line(kind, of(kind))));
	const micros = (kind: Kind): number => median(of(kind).map(each => each.micros));
	if (of('kaden').length > 0 && of('rtpengine').length > 0)
		console.log(`CPU per packet: ${(micros('kaden') / micros('rtpengine')).toFixed(2)} of rtpengine's (goal 1.00 or less)`);
	return rounds;
}

/** Runs everything, one number of calls after the other. */
export async function run(options: Options): Promise<Round[]> {
	const version = rtpengineVersion();
	if (!version) console.log('skipped: rtpengine is not installed (Debian: rtpengine-daemon), so there is nothing to compare with');
	const only = options.only.filter(kind => version || kind !== 'rtpengine');
	const all: Round[] = [];
	for (const calls of options.calls) all.push(...(await measure(calls, {...options, only}, version)));
	console.log('loss: without what the generator itself lost; socket full: packets the kernel threw away at the relay, part of the loss');
	console.log(
		'own p99: of packets that the generator sent to itself meanwhile; waited: for a core, of the time (other work on this machine)',
	);
	return all;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const value = (name: string, otherwise: string): string => {
		const at = process.argv.indexOf(`--${name}`);
		return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
	};
	await run({
		calls: value('calls', '300').split(',').map(Number),
		rounds: Number(value('rounds', '5')),
		seconds: Number(value('seconds', '4')),
		workers: Number(value('workers', '1')),
		only: value('only', 'dgram,kaden,rtpengine').split(',') as Kind[],
		first: canGoFirst && !process.argv.includes('--polite'),
		spread: process.argv.includes('--spread'),
	});
}
