/** Real peers from Debian's archive: baresip as an agent's phone, sipp as a carrier. */
import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {connect as tcpConnect} from 'node:net';
import {join} from 'node:path';
import {shipped} from '../../src/paths.js';
import {eventually, within} from './limit.js';
import {isTcpTaken, isUdpTaken, reservedPort} from './ports.js';
import {rateHz, sine, toMulaw, wavFile} from './tones.js';

/** Is this program installed? */
export const hasProgram = (name: string): boolean => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;

async function stopped(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exit = new Promise<void>(resolve => child.once('exit', () => resolve()));
	child.kill('SIGTERM');
	await within('a program to stop', exit, 5000).catch(() => child.kill('SIGKILL'));
}

export type PhoneEvent = {type: string; class: string; param?: string};

/** A phone that registers, answers by itself and talks a tone. */
export interface SoftPhone {
	readonly events: PhoneEvent[];
	/** The next event of that type (REGISTER_OK, CALL_ESTABLISHED, CALL_CLOSED, ...) nobody has waited for. */
	next(type: string): Promise<PhoneEvent>;
	/** A command of its menu, like `hangup` or `mute`. */
	command(name: string, params?: string): void;
	stop(): Promise<void>;
	/** Gone from one moment to the next: nothing is said to anybody. */
	kill(): void;
}

export type PhoneSettings = {
	folder: string;
	registrarPort: number;
	extension: string;
	password: string;
	toneHz: number;
	toneS?: number;
	transport?: 'udp' | 'tcp' | 'tls';
	/** Writes what it hears in each call to `dump-….wav` files in its folder. */
	dumps?: boolean;
};

/** Starts baresip with a configuration of its own in `folder`: G.711, a tone for a microphone, nothing for a loudspeaker. */
export async function startBaresip(settings: PhoneSettings): Promise<SoftPhone> {
	const {folder, registrarPort, extension, password, toneHz} = settings;
	await mkdir(folder, {recursive: true});
	// It listens for TLS on the port after its own, asked or not, and ends at once when somebody has that.
	const [sipPort, controlPort] = [await reservedPort(1), await reservedPort()];
	await writeFile(join(folder, 'tone.wav'), wavFile(sine(toneHz, rateHz * (settings.toneS ?? 120))));
	await writeFile(
		join(folder, 'config'),
		[
			`sip_listen 127.0.0.1:${sipPort}`,
			'net_interface 127.0.0.1',
			`audio_source aufile,${join(folder, 'tone.wav')}`,
			'audio_player aubridge,nowhere',
			'audio_alert aubridge,nowhere',
			'audio_buffer 20-160',
			'rtp_timeout 0',
			'call_max_calls 4',
			'sip_verify_server no',
			'module_path /usr/lib/baresip/modules',
			'module g711.so',
			'module aufile.so',
			'module aubridge.so',
			...(settings.dumps ? ['module sndfile.so', `snd_path ${folder}`] : []),
			'module_tmp account.so',
			'module_app menu.so',
			'module_app ctrl_tcp.so',
			`ctrl_tcp_listen 127.0.0.1:${controlPort}`,
			'',
		].join('\n'),
	);
	const account = `<sip:${extension}@127.0.0.1:${registrarPort};transport=${settings.transport ?? 'udp'}>;auth_user=${extension};auth_pass=${password};answermode=auto;regint=60\n`;
	await writeFile(join(folder, 'accounts'), account);
	await writeFile(join(folder, 'contacts'), '');
	const child = spawn('baresip', ['-4', '-f', folder], {stdio: ['ignore', 'ignore', 'ignore']});
	const socket = await eventually('the phone’s control port', () => tryConnect(controlPort)).catch(async error => {
		await stopped(child);
		throw error;
	});
	const events: PhoneEvent[] = [];
	let waiting: {type: string; take: (event: PhoneEvent) => void}[] = [];
	let text = '';
	socket.on('data', chunk => {
		text += chunk.toString();
		// Netstrings: length, colon, JSON, comma.
		for (let m = /^(\d+):/.exec(text); m && text.length > m[0].length + Number(m[1]); m = /^(\d+):/.exec(text)) {
			const message = JSON.parse(text.slice(m[0].length, m[0].length + Number(m[1]))) as PhoneEvent & {event?: boolean};
			text = text.slice(m[0].length + Number(m[1]) + 1);
			if (!message.event) continue;
			const waiter = waiting.find(({type}) => type === message.type);
			if (waiter) {
				waiting = waiting.filter(other => other !== waiter);
				waiter.take(message);
			} else events.push(message);
		}
	});
	return {
		events,
		next(type) {
			const index = events.findIndex(event => event.type === type);
			if (index >= 0) return Promise.resolve(events.splice(index, 1)[0]!);
			return within(`the phone’s ${type}`, new Promise(take => waiting.push({type, take})));
		},
		command(name, params = '') {
			const json = JSON.stringify({command: name, params, token: name});
			socket.write(`${json.length}:${json},`);
		},
		async stop() {
			socket.destroy();
			await stopped(child);
		},
		kill() {
			socket.destroy();
			child.kill('SIGKILL');
		},
	};
}

function tryConnect(port: number): Promise<ReturnType<typeof tcpConnect> | undefined> {
	return new Promise(resolve => {
		const socket = tcpConnect(port, '127.0.0.1');
		socket.once('connect', () => resolve(socket));
		socket.once('error', () => resolve(undefined));
	});
}

export interface SippCarrier {
	/** Where it takes calls, on 127.0.0.1. */
	readonly port: number;
	/** Resolves when it has had its calls: true when each went as its scenario says. */
	readonly finished: Promise<boolean>;
	/** What it found wrong, for a failing test to print. */
	errors(): Promise<string>;
	stop(): Promise<void>;
}

export type SippSettings = {folder: string; scenario: string; calls: number; toneHz: number; transport?: 'udp' | 'tcp'};

/** Starts sipp with one of our scenarios; it ends by itself after `calls` calls. */
export async function startSipp(settings: SippSettings): Promise<SippCarrier> {
	const {folder, scenario, calls, toneHz} = settings;
	await mkdir(folder, {recursive: true});
	// One second: a whole number of periods, so that the loop has no click.
	await writeFile(join(folder, 'tone.ul'), Uint8Array.from(sine(toneHz, rateHz), toMulaw));
	const tcp = settings.transport === 'tcp';
	const port = await reservedPort();
	const rtpMin = 30_000 + 2 * Math.floor(Math.random() * 10_000);
	const errorFile = join(folder, 'errors.log');
	const file = shipped('test', 'interop', 'sipp', scenario);
	const ports = ['-i', '127.0.0.1', '-p', String(port), '-mi', '127.0.0.1', '-mp', String(rtpMin)];
	const rest = ['-t', tcp ? 't1' : 'u1', '-m', String(calls), '-nostdin', '-trace_err', '-error_file', errorFile];
	const child = spawn('sipp', ['-sf', file, ...ports, ...rest], {cwd: folder, stdio: ['ignore', 'ignore', 'ignore']});
	const finished = new Promise<boolean>(resolve => child.once('exit', code => resolve(code === 0)));
	// It says nothing when it is ready; its port is taken then.
	await eventually('sipp to listen', () => (tcp ? isTcpTaken(port) : isUdpTaken(port)));
	return {port, finished, errors: () => readFile(errorFile, 'utf8').catch(() => ''), stop: () => stopped(child)};
}
