/**
 * The agent console on a real pseudo-terminal: first paint, key to echo in a form of 20 fields while clocks tick and messages
 * arrive, processor at rest, bytes per frame, full clears; and the memory of an hour's events. Absolute figures are of this
 * machine; bare Node echoing the same keys through the same pseudo-terminal is the peer they are to be read against.
 */
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import type {IPty} from 'node-pty';
import {Desk, keys} from '../tui/support/console.js';
import {customer, startMs} from '../tui/support/service.js';

type Figures = Record<string, number | string>;
type Spawn = (args: string[]) => IPty;

const child = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const echoSource = "process.stdin.setRawMode(true);process.stdin.on('data',d=>process.stdout.write(d));process.stdout.write('ready')";

class Watched {
	bytes = 0;
	writes = 0;
	clears = 0;
	#text = '';
	#waiting: {text: string; resolve: (atMs: number) => void} | undefined;

	constructor(readonly pty: IPty) {
		pty.onData(data => {
			this.bytes += Buffer.byteLength(data);
			this.writes++;
			this.clears += data.split('\x1b[2J').length - 1;
			this.#text += data;
			if (this.#waiting && this.#text.includes(this.#waiting.text)) {
				this.#waiting.resolve(performance.now());
				this.#waiting = undefined;
			}
		});
	}

	/** Milliseconds until this text is written; null after ten seconds without it. */
	async until(text: string, act: () => void): Promise<number | null> {
		this.#text = '';
		const startedMs = performance.now();
		let timer: NodeJS.Timeout | undefined;
		const seen = new Promise<number>(resolve => {
			this.#waiting = {text, resolve};
		});
		const limit = new Promise<null>(resolve => {
			timer = setTimeout(resolve, 10_000, null);
		});
		act();
		const atMs = await Promise.race([seen, limit]);
		clearTimeout(timer);
		return atMs === null ? null : atMs - startedMs;
	}
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
const round = (value: number): number => Math.round(value * 10) / 10;
const percentile = (sorted: number[], share: number): number =>
	round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);

/** Signs that stand nowhere else on the screen, so that their echo is theirs. */
const signs = Array.from('鬱龠鼎麤鸞驫麟籠韻響鷹鷲鱗鰯鬢髻魅鮪黛鼈');

async function echoTimes(watched: Watched, count: number): Promise<number[]> {
	const times: number[] = [];
	for (let at = 0; at < count; at++) {
		const sign = signs[at % signs.length]!;
		const ms = await watched.until(sign, () => watched.pty.write(sign));
		if (ms !== null) times.push(ms);
		watched.pty.write('\x7f');
		// As a fast typist: some 12 keys a second, at no fixed phase to the clocks.
		await pause(61 + (at % 7) * 9);
	}
	return times.sort((a, b) => a - b);
}

const cpuTicks = (pid: number): number => {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
	return Number(fields[11]) + Number(fields[12]);
};

/** Share of one core that a process uses while nothing is typed, in percent. */
async function cpuPercent(pid: number, ms: number): Promise<number> {
	const before = cpuTicks(pid);
	await pause(ms);
	return round(((cpuTicks(pid) - before) * 10 * 100) / ms);
}

async function consoleFigures(spawn: Spawn): Promise<Figures> {
	const startedMs = performance.now();
	const watched = new Watched(spawn([child('console-child.js'), '10']));
	await watched.until('ログインID', () => {});
	const firstPaintMs = Math.round(performance.now() - startedMs);
	await pause(700);
	for (const chunk of ['op001\r', 'Kaden-2026\r']) watched.pty.write(chunk);
	await watched.until('8001', () => watched.pty.write('201\r'));
	watched.pty.write(keys.f2);
	await watched.until('リアクション', () => watched.pty.write(keys.f12));
	watched.pty.write('\t\t\t\t');
	await pause(500);
	const {bytes, clears} = watched;
	const times = await echoTimes(watched, 150);
	const before = {bytes: watched.bytes, writes: watched.writes};
	const busyPercent = await cpuPercent(watched.pty.pid, 4000);
	const messageBytes = (watched.bytes - before.bytes) / Math.max(1, watched.writes - before.writes);
	watched.pty.kill('SIGKILL');
	return {
		firstPaintMs,
		echoP50Ms: percentile(times, 0.5),
		echoP95Ms: percentile(times, 0.95),
		echoP99Ms: percentile(times, 0.99),
		bytesPerKey: Math.round((before.bytes - bytes) / 300),
		bytesPerMessageFrame: Math.round(messageBytes),
		cpuAtTenMessagesASecondPercent: busyPercent,
		fullClearsAfterStart: watched.clears - clears,
	};
}

async function restFigures(spawn: Spawn): Promise<Figures> {
	const watched = new Watched(spawn([child('console-child.js')]));
	await watched.until('ログインID', () => {});
	await pause(700);
	for (const chunk of ['op001\r', 'Kaden-2026\r']) watched.pty.write(chunk);
	await watched.until('8001', () => watched.pty.write('201\r'));
	watched.pty.write(keys.f2);
	watched.pty.write(keys.f12);
	// Rest is what lasts for hours: what compiling and the first frames left behind is over.
	await pause(10_000);
	const cpuAtRestPercent = await cpuPercent(watched.pty.pid, 20_000);
	watched.pty.kill('SIGKILL');
	return {cpuAtRestPercent};
}

async function peerFigures(spawn: Spawn): Promise<Figures> {
	const watched = new Watched(spawn(['-e', echoSource]));
	await watched.until('ready', () => {});
	const times = await echoTimes(watched, 100);
	watched.pty.kill('SIGKILL');
	return {bareNodeEchoP50Ms: percentile(times, 0.5), bareNodeEchoP95Ms: percentile(times, 0.95)};
}

/** Heap after an hour of a busy centre's messages and keys: ten messages a second, a call every two minutes, each typed and saved. */
async function memoryFigures(): Promise<Figures> {
	setFlagsFromString('--expose_gc');
	const gc = runInNewContext('gc') as () => void;
	const desk = await Desk.inCall();
	const heapMb = (): number => {
		gc();
		return process.memoryUsage().heapUsed / 1e6;
	};
	const hour = async (calls: number): Promise<void> => {
		for (let call = 0; call < calls; call++) {
			for (let message = 0; message < 1200; message++) {
				desk.advance(100);
				desk.service.push({
					counters: {waiting: message % 9, longestWaitSinceMs: startMs + desk.timers.nowMs, abandonedToday: call, recallsDue: 0},
				});
				if (message % 40 === 0) desk.tty.type(`${signs[message % signs.length]}${call}-${message} `);
			}
			await desk.press(keys.f4, keys.f12, keys.f2);
			desk.service.requests.length = 0;
			desk.tty.written.length = 0;
			desk.service.pushCall();
			desk.service.push({
				customer: {...customer, customerId: `c${call}`, values: {...customer.values, name: `顧客${call}`, memo: `備考${call}`}},
			});
			await desk.idle();
		}
	};
	await hour(5);
	const before = heapMb();
	await hour(30);
	return {heapGrowthAnHourMb: round(heapMb() - before)};
}

/** Measures the console. */
export async function run(): Promise<{name: string; figures: Figures}> {
	const figures: Figures = {};
	try {
		const pty = createRequire(import.meta.url)('node-pty') as typeof import('node-pty');
		const environment = {...process.env, NODE_ENV: 'production'} as Record<string, string>;
		const spawn: Spawn = args => pty.spawn(process.execPath, args, {cols: 120, rows: 40, name: 'xterm-256color', env: environment});
		Object.assign(figures, await peerFigures(spawn), await consoleFigures(spawn), await restFigures(spawn));
	} catch (error) {
		figures['terminal'] =
			`node-pty is not installed: nothing measured on a terminal (${error instanceof Error ? error.message : String(error)})`;
	}
	Object.assign(figures, await memoryFigures());
	return {name: 'console', figures};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	console.log(JSON.stringify(await run(), null, '\t'));
	process.exit(0);
}
