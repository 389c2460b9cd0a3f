import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {shipped} from '../../src/paths.js';

/**
 * Runs a golden trace: blocks of `command`, `----`, expected output, and comments that begin with `#`. With UPDATE=1 in the
 * environment the expected part is written anew: commit only a difference you can explain.
 */
export function runTrace(file: string, run: (command: string) => string): {got: string; want: string} {
	const want = readFileSync(file, 'utf8');
	const blocks = want
		.trimEnd()
		.split(/\n\n+/)
		.map(block => {
			if (block.startsWith('#')) return block;
			const command = block.split('\n----')[0]!;
			return `${command}\n----\n${run(command)}`.trimEnd();
		});
	const got = `${blocks.join('\n\n')}\n`;
	if (process.env['UPDATE'] && got !== want) writeFileSync(file, got);
	return {got, want};
}

/** Paths of the traces of a folder below the package root. */
export function traceFiles(folder: string): string[] {
	return readdirSync(shipped(folder))
		.filter(name => name.endsWith('.txt'))
		.sort()
		.map(name => shipped(folder, name));
}
