/** Telephones that are programs of their own, each told what to do by lines: Debian's linphone, and `kaden phone` as people start it. */
import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {chmod, mkdir, writeFile} from 'node:fs/promises';
import {networkInterfaces} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {eventually, within} from './limit.js';
import {hasProgram, type PhoneSettings} from './sip-peers.js';
import {rateHz, sine, wavFile} from './tones.js';

/** A telephone that picks up by itself and talks a tone. */
export interface LinePhone {
	/** Types a line. */
	says(line: string): void;
	/** What it has written so far. */
	readonly output: string;
	/** Samples it has heard, the newest last; of the calls since it began. */
	heard(): Int16Array;
	stop(): Promise<void>;
}

/** Why Debian's linphone cannot be a telephone here, or undefined. It registers only where it sees a network besides the loopback. */
export function linphoneMissing(): string | undefined {
	if (!hasProgram('linphonec')) return 'linphonec is not installed (Debian: linphone-cli)';
	const isConnected = Object.values(networkInterfaces()).some(addresses =>
		addresses?.some(({internal, family}) => !internal && family === 'IPv4'),
	);
	return isConnected
		? undefined
		: 'linphonec takes no calls on a machine without a network: it takes its own address for the network’s state';
}

const samplesOf = (path: string, headBytes: number): Int16Array => {
	if (!existsSync(path)) return new Int16Array(0);
	const bytes = readFileSync(path).subarray(headBytes);
	return new Int16Array(Uint8Array.from(bytes.subarray(0, bytes.length & ~1)).buffer);
};

async function stopped(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exit = new Promise<void>(resolve => child.once('exit', () => resolve()));
	child.kill('SIGTERM');
	await within('a telephone to stop', exit, 5000).catch(() => child.kill('SIGKILL'));
}

function lines(child: ChildProcess, heard: () => Int16Array, bye: string): LinePhone {
	let output = '';
	for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (output += String(chunk)));
	child.stdin?.on('error', () => {});
	return {
		says: line => void child.stdin?.write(`${line}\n`),
		get output() {
			return output;
		},
		heard,
		async stop() {
			child.stdin?.write(`${bye}\n`);
			await stopped(child);
		},
	};
}

/** Starts linphonec with wav files in place of a sound card, and registers it. */
export async function startLinphone({folder, registrarPort, extension, password, toneHz, toneS}: PhoneSettings): Promise<LinePhone> {
	const home = join(folder, 'home');
	await mkdir(join(home, '.local/share/linphone'), {recursive: true});
	const [tone, ears] = [join(folder, 'tone.wav'), join(folder, 'heard.wav')];
	await writeFile(tone, wavFile(sine(toneHz, rateHz * (toneS ?? 120))));
	await writeFile(join(folder, 'linphonerc'), linphonerc);
	const child = spawn('linphonec', ['-a', '-c', join(folder, 'linphonerc')], {
		env: {...process.env, HOME: home},
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	const phone = lines(child, () => samplesOf(ears, 44), 'quit');
	await eventually('linphone to be ready', () => phone.output.includes('linphonec>'));
	for (const line of ['soundcard use files', `play ${tone}`, `record ${ears}`]) phone.says(line);
	const place = `sip:127.0.0.1:${registrarPort}`;
	phone.says(`register sip:${extension}@127.0.0.1:${registrarPort} ${place} ${password}`);
	await eventually(`linphone to be registered: ${phone.output}`, () => {
		phone.says('status register');
		return phone.output.includes('registered, identity=');
	});
	return phone;
}

/** G.711 alone, any free port, no look-ups, no video. */
const linphonerc = `[sip]
sip_port=-1
sip_tcp_port=0
sip_tls_port=0
guess_hostname=0
use_ipv6=0
inc_timeout=60
[rtp]
audio_rtp_port=-1
[video]
enabled=0
capture=0
display=0
[audio_codec_0]
mime=PCMU
rate=8000
channels=1
enabled=1
[audio_codec_1]
mime=PCMA
rate=8000
channels=1
enabled=1
`;

const program = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const card = fileURLToPath(new URL('./fake-sound-card.js', import.meta.url));

/** Starts `kaden phone --plain` with a sound card of the test. */
export async function startKadenPhone({folder, registrarPort, extension, password, toneHz}: PhoneSettings): Promise<LinePhone> {
	await mkdir(folder, {recursive: true});
	const [sound, ears] = [join(folder, 'sound-card'), join(folder, 'heard.raw')];
	const run = (mode: string, rest: string) => `"${process.execPath}" "${card}" ${mode} ${rest}`;
	await writeFile(
		sound,
		`#!/bin/sh\nif [ "$1" = record ]; then exec ${run('record', `${toneHz} "${join(folder, 'pid')}"`)}; else exec ${run('play', `"${ears}"`)}; fi\n`,
	);
	await chmod(sound, 0o755);
	const args = [
		'phone',
		'--plain',
		'--registrar',
		`127.0.0.1:${registrarPort}`,
		'--extension',
		extension,
		'--answer',
		'all',
		'--sound-card',
		sound,
	];
	const env = {...process.env, KADEN_PHONE_PASSWORD: password, LC_ALL: 'en_US.UTF-8'};
	const child = spawn(process.execPath, [program, ...args], {env, stdio: ['pipe', 'pipe', 'pipe']});
	return lines(child, () => samplesOf(ears, 0), 'quit');
}
