/** Runs measuring programs one after another, each in a process of its own, so that none inherits another's heap. */
import {spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';

export type Program = {title: string; args: string[]; environment?: Record<string, string>};

/** @returns how many of them failed. What they print goes to our output. */
export async function runPrograms(base: string, programs: readonly Program[], only: readonly string[]): Promise<number> {
	let failed = 0;
	for (const {title, args, environment} of programs) {
		if (only.length > 0 && !only.some(word => title.includes(word))) continue;
		console.log(`\n== ${title}`);
		const [file, ...rest] = args;
		const child = spawn(process.execPath, [fileURLToPath(new URL(file!, base)), ...rest], {
			stdio: 'inherit',
			env: {...process.env, ...environment},
		});
		const code = await new Promise<number | null>(resolve => child.once('exit', resolve));
		if (code === 0) continue;
		failed++;
		console.error(`${title}: exit code ${code}`);
	}
	return failed;
}
