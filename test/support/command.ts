/** Commands of the program without a process for each: the same reading, the same exit codes, what is said as text. */
import {carriedOut} from '../../src/cli/cli.js';
import type {Language} from '../../src/cli/command.js';

export type Ran = {code: number; out: string; err: string};

/** For what needs neither a terminal nor a pipe, and is told its data folder. */
export async function command(args: string[], language: Language = 'en'): Promise<Ran> {
	const said: string[] = [];
	const warned: string[] = [];
	const code = await carriedOut(args, {language, say: line => void said.push(line), warn: line => void warned.push(line)});
	const textOf = (lines: string[]): string => lines.map(line => `${line}\n`).join('');
	return {code, out: textOf(said), err: textOf(warned)};
}
