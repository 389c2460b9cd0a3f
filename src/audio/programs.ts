/** Programs of the machine that play raw sound from their standard input. */
import {accessSync, constants} from 'node:fs';
import {delimiter, join} from 'node:path';
import type {Wav} from './wav.js';

export type Program = {path: string; args: (wav: Wav) => string[]};

const known: Array<{name: string; args: (wav: Wav) => string[]}> = [
	{name: 'paplay', args: ({rateHz, channels}) => ['--raw', `--rate=${rateHz}`, `--channels=${channels}`, '--format=s16le']},
	{
		name: 'aplay',
		args: ({rateHz, channels}) => ['-q', '-t', 'raw', '-f', 'S16_LE', '-r', String(rateHz), '-c', String(channels), '-'],
	},
	{
		name: 'pw-cat',
		args: ({rateHz, channels}) => ['--playback', '--raw', '--format', 's16', '--rate', String(rateHz), '--channels', String(channels), '-'],
	},
	{
		name: 'play',
		args: ({rateHz, channels}) => ['-q', '-t', 'raw', '-e', 'signed', '-b', '16', '-r', String(rateHz), '-c', String(channels), '-'],
	},
];
export const programNames = known.map(({name}) => name);

/** The first of them on the search path, looked for each time: one may be installed while we run. */
export function findProgram(searchPath: string = process.env['PATH'] ?? ''): Program | undefined {
	const folders = searchPath.split(delimiter).filter(folder => folder !== '');
	for (const {name, args} of known) {
		for (const folder of folders) {
			const path = join(folder, name);
			if (isExecutable(path)) return {path, args};
		}
	}
	return undefined;
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
