import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {createSocket, type Socket} from 'node:dgram';
import {once} from 'node:events';
import {tmpdir} from 'node:os';

/** Userspace rtpengine as the peer of a benchmark, steered by its ng protocol: bencoded dictionaries over UDP, each after a cookie. */

type Value = string | number | Value[] | {[key: string]: Value};

function encode(value: Value): string {
	if (typeof value === 'number') return `i${value}e`;
	if (typeof value === 'string') return `${Buffer.byteLength(value)}:${value}`;
	if (Array.isArray(value)) return `l${value.map(encode).join('')}e`;
	// Keys of a dictionary are sorted.
	const keys = Object.keys(value).sort();
	return `d${keys.map(key => encode(key) + encode(value[key]!)).join('')}e`;
}

function decode(text: string, at = 0): [value: Value, next: number] {
	const kind = text[at];
	if (kind === 'i') {
		const end = text.indexOf('e', at);
		return [Number(text.slice(at + 1, end)), end + 1];
	}
	if (kind === 'l' || kind === 'd') {
		const items: Value[] = [];
		let next = at + 1;
		while (text[next] !== 'e') {
			if (next >= text.length) throw new Error('bencode: cut off');
			const [item, after] = decode(text, next);
			items.push(item);
			next = after;
		}
		if (kind === 'l') return [items, next + 1];
		const pairs = Array.from({length: items.length / 2}, (_, index) => [items[index * 2] as string, items[index * 2 + 1]!] as const);
		return [Object.fromEntries(pairs), next + 1];
	}
	const colon = text.indexOf(':', at);
	const length = Number(text.slice(at, colon));
	if (colon < 0 || !Number.isInteger(length)) throw new Error(`bencode: not understood at ${at}`);
	return [text.slice(colon + 1, colon + 1 + length), colon + 1 + length];
}

/** The version of the rtpengine that is installed, or undefined. */
export function rtpengineVersion(): string | undefined {
	const {stdout, stderr, status} = spawnSync('rtpengine', ['--version'], {encoding: 'utf8'});
	return status === 0 ? (/[\d.]+\S*/.exec(stdout + stderr)?.[0] ?? 'unknown') : undefined;
}

const tries = 40;
const answerMs = 250;

/** One rtpengine without its kernel module, on loopback. */
export class Rtpengine {
	private lastCookie = 0;

	private constructor(
		readonly child: ChildProcess,
		private readonly socket: Socket,
	) {}

	get pid(): number {
		return this.child.pid!;
	}

	/**
	 * Starts it; calls are recorded as pcap files below `recordTo`. `how.command`: what it is run by, as `taskset -c 1`.
	 * Rejects when it ends or does not answer.
	 */
	static async start(
		controlPort: number,
		rtpPorts: {min: number; max: number},
		recordTo: string | undefined,
		how: {threads: number; command: string[]} = {threads: 2, command: []},
	): Promise<Rtpengine> {
		const recording = recordTo ? ['--recording-method=pcap', `--recording-dir=${recordTo}`, '--recording-format=raw'] : [];
		const args = ['--table=-1', '--interface=127.0.0.1', `--listen-ng=127.0.0.1:${controlPort}`, '--foreground', '--log-stderr'];
		const range = [`--port-min=${rtpPorts.min}`, `--port-max=${rtpPorts.max}`, '--log-level=3', `--num-threads=${how.threads}`];
		const [program, ...first] = [...how.command, 'rtpengine'];
		const child = spawn(program!, [...first, '--config-file=none', ...args, ...range, ...recording], {
			stdio: ['ignore', 'ignore', 'pipe'],
			// Version 10.5 may leave a core file where it runs.
			cwd: recordTo ?? tmpdir(),
		});
		let said = '';
		child.stderr!.on('data', text => {
			said = (said + text).slice(-2000);
		});
		const socket = createSocket('udp4');
		socket.on('error', () => {});
		socket.connect(controlPort, '127.0.0.1');
		await once(socket, 'connect');
		const engine = new Rtpengine(child, socket);
		try {
			await engine.ask({command: 'ping'});
		} catch (error) {
			await engine.stop();
			throw new Error(`rtpengine does not answer: ${said}`, {cause: error});
		}
		return engine;
	}

	/** A bridged call between two parties; resolves with rtpengine's port for each of them. */
	async call(id: string, sdp: string, record: boolean): Promise<[number, number]> {
		const common = {'call-id': id, 'from-tag': `${id}-a`, ICE: 'remove', ...(record ? {'record call': 'yes'} : {})};
		const offered = await this.ask({command: 'offer', sdp, ...common});
		const answered = await this.ask({command: 'answer', sdp, 'to-tag': `${id}-b`, ...common});
		const port = (text: Value | undefined): number => Number(/m=audio (\d+)/.exec(String(text))?.[1]);
		return [port(answered.sdp), port(offered.sdp)];
	}

	/** Sends a command, again and again until it is answered: rtpengine knows a repeated cookie. */
	private async ask(command: {[key: string]: Value}): Promise<{[key: string]: Value}> {
		const cookie = `k${++this.lastCookie}`;
		for (let attempt = 0; attempt < tries && this.child.exitCode === null; attempt++) {
			this.socket.send(`${cookie} ${encode(command)}`);
			const answer = await this.answer(cookie);
			if (!answer) continue;
			if (answer.result === 'error') throw new Error(`rtpengine: ${answer['error-reason']}`);
			return answer;
		}
		throw new Error('rtpengine gives no answer');
	}

	private answer(cookie: string): Promise<{[key: string]: Value} | undefined> {
		return new Promise(resolve => {
			const end = (answer: {[key: string]: Value} | undefined): void => {
				clearTimeout(timer);
				this.socket.off('message', listen);
				resolve(answer);
			};
			const listen = (packet: Buffer): void => {
				// One byte is one letter, as bencode counts.
				const text = packet.toString('latin1');
				if (text.startsWith(`${cookie} `)) end(decode(text, cookie.length + 1)[0] as {[key: string]: Value});
			};
			const timer = setTimeout(end, answerMs, undefined);
			this.socket.on('message', listen);
		});
	}

	async stop(): Promise<void> {
		this.socket.close();
		if (this.child.exitCode !== null || this.child.signalCode !== null) return;
		const ended = once(this.child, 'exit');
		this.child.kill('SIGTERM');
		const force = setTimeout(() => this.child.kill('SIGKILL'), 3000);
		await ended;
		clearTimeout(force);
	}
}
