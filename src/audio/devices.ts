/**
 * Programs of this machine that record and play raw sound: 16 bit, one channel, 8 kHz, in pieces as small as they do. Each pair is
 * one way to the sound card; which of them works is only known by trying.
 */
import {accessSync, constants, statSync} from 'node:fs';
import {delimiter, isAbsolute, join} from 'node:path';
import {execa} from 'execa';

export const deskRateHz = 8000;
/** What a program may keep in its own buffers: less than this and a busy machine stutters. */
const bufferMs = 40;

/** A command with its arguments. */
export type Command = {path: string; args: string[]};
export type SoundWay = {name: string; record?: Command; play?: Command};
/** `input`, `output`: what the program calls the device; its usual one without. */
export type Devices = {input?: string; output?: string};

type Known = {
	name: string;
	record: string;
	play: string;
	recordArgs: (device?: string) => string[];
	playArgs: (device?: string) => string[];
	/** Lists what can be given as a device: the lines of these commands. */
	list: string[][];
};

const pulse = ['--raw', `--rate=${deskRateHz}`, '--channels=1', '--format=s16le', `--latency-msec=${bufferMs}`, '--client-name=kaden'];
const pipewire = ['--raw', '--format', 's16', '--rate', String(deskRateHz), '--channels', '1', '--latency', `${bufferMs}ms`];
const alsa = ['-q', '-t', 'raw', '-f', 'S16_LE', '-r', String(deskRateHz), '-c', '1', '-F', '20000', '-B', String(bufferMs * 2000)];
const soxRaw = ['-t', 'raw', '-e', 'signed', '-b', '16', '-r', String(deskRateHz), '-c', '1'];

const known: Known[] = [
	{
		name: 'pulse',
		record: 'parec',
		play: 'pacat',
		recordArgs: device => [...pulse, ...(device ? [`--device=${device}`] : [])],
		playArgs: device => ['--playback', ...pulse, ...(device ? [`--device=${device}`] : [])],
		list: [
			['pactl', 'list', 'short', 'sources'],
			['pactl', 'list', 'short', 'sinks'],
		],
	},
	{
		name: 'pipewire',
		record: 'pw-cat',
		play: 'pw-cat',
		recordArgs: device => ['--record', ...pipewire, ...(device ? ['--target', device] : []), '-'],
		playArgs: device => ['--playback', ...pipewire, ...(device ? ['--target', device] : []), '-'],
		list: [['pw-cli', 'list-objects', 'Node']],
	},
	{
		name: 'alsa',
		record: 'arecord',
		play: 'aplay',
		recordArgs: device => [...alsa, ...(device ? ['-D', device] : []), '-'],
		playArgs: device => [...alsa, ...(device ? ['-D', device] : []), '-'],
		list: [
			['arecord', '-L'],
			['aplay', '-L'],
		],
	},
	{
		name: 'sox',
		record: 'rec',
		play: 'play',
		recordArgs: () => ['-q', '--buffer', '320', ...soxRaw, '-'],
		playArgs: () => ['-q', '--buffer', '320', ...soxRaw, '-'],
		list: [],
	},
];

/** Names for `--sound`, in the order in which they are tried. */
export const soundWayNames = known.map(({name}) => name);

/** A program's path, on the search path or given whole; undefined when it cannot be run. */
export function programPath(name: string, searchPath: string = process.env['PATH'] ?? ''): string | undefined {
	const candidates =
		isAbsolute(name) || name.includes('/')
			? [name]
			: searchPath
					.split(delimiter)
					.filter(folder => folder !== '')
					.map(folder => join(folder, name));
	return candidates.find(path => {
		try {
			accessSync(path, constants.X_OK);
			return statSync(path).isFile();
		} catch {
			return false;
		}
	});
}

/**
 * The ways to try, best first. A name of the table is that way alone; anything else is a program of one's own, which is run as
 * `PROGRAM record` and `PROGRAM play` and reads or writes the same raw sound. Empty where nothing is there.
 */
export function soundWays(wanted: string | undefined, {input, output}: Devices, searchPath?: string): SoundWay[] {
	if (wanted === 'none') return [];
	const rows =
		wanted === undefined ? known : known.filter(({name, record, play}) => wanted === name || wanted === record || wanted === play);
	if (wanted !== undefined && rows.length === 0) {
		const path = programPath(wanted, searchPath);
		if (!path) return [];
		const device = (name: string | undefined): string[] => (name === undefined ? [] : [name]);
		return [{name: wanted, record: {path, args: ['record', ...device(input)]}, play: {path, args: ['play', ...device(output)]}}];
	}
	return rows.flatMap(({name, record, play, recordArgs, playArgs}) => {
		const [from, to] = [programPath(record, searchPath), programPath(play, searchPath)];
		if (!from && !to) return [];
		return [
			{
				name,
				...(from && {record: {path: from, args: recordArgs(input)}}),
				...(to && {play: {path: to, args: playArgs(output)}}),
			},
		];
	});
}

/** What the programs that are here say of the devices: for people to choose from. */
export async function listDevices(): Promise<Array<{way: string; lines: string[]}>> {
	const found: Array<{way: string; lines: string[]}> = [];
	for (const {name, list} of known) {
		for (const [program, ...args] of list) {
			const path = programPath(program!);
			if (!path) continue;
			const {stdout, failed, stderr} = await execa(path, args, {reject: false, timeout: 5000, stdin: 'ignore'});
			const text = failed ? stderr : stdout;
			found.push({
				way: `${name} (${program} ${args.join(' ')})`,
				lines: String(text)
					.split('\n')
					.filter(line => line.trim() !== ''),
			});
		}
	}
	return found;
}
