/**
 * A sound card without a card, run as a program: `record HZ FILE` speaks a tone in real time (its process id in FILE), `play FILE`
 * keeps what it is given. Both end with their pipe.
 */
import {appendFileSync, writeFileSync} from 'node:fs';
import {rateHz, sine} from './tones.js';

const [mode, first = '', second = ''] = process.argv.slice(2);
const frameMs = 20;
const frameSamples = (rateHz * frameMs) / 1000;

function record(hz: number, pidFile: string): void {
	writeFileSync(pidFile, String(process.pid));
	process.stdout.on('error', () => process.exit(0));
	const beganMs = performance.now();
	let frames = 0;
	setInterval(() => {
		for (; frames * frameMs <= performance.now() - beganMs; frames++) {
			const samples = sine(hz, frameSamples, frames * frameSamples);
			process.stdout.write(Buffer.from(samples.buffer));
		}
	}, frameMs);
}

if (mode === 'record') record(Number(first), second);
else if (mode === 'play') process.stdin.on('data', (bytes: Buffer) => appendFileSync(first, bytes));
else {
	process.stderr.write('no such card\n');
	process.exitCode = 1;
}
