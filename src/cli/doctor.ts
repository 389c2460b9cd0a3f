import type {Finding} from '../server/doctor/finding.js';
import {type ExitCode, exitCodes, type Io} from './command.js';
import {text} from './texts.js';

const marks: Record<Finding['state'], string> = {ok: '✓', warning: '!', bad: '×', skipped: '-'};

/** Looks at everything the configuration names. Exit code 0 when nothing is bad, 1 otherwise. */
export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {examine} = await import('../server/doctor/doctor.js');
	const file = args['config'] as string | undefined;
	const dataDir = args['data'] as string | undefined;
	const findings = await examine({...(file !== undefined && {file}), ...(dataDir !== undefined && {dataDir})}, Date.now());
	const count = (state: Finding['state']) => findings.filter(finding => finding.state === state).length;
	if (args['json']) io.say(JSON.stringify(findings));
	else {
		for (const {state, text: said, todo} of findings) {
			io.say(`${marks[state]} ${said[io.language]}`);
			if (todo) io.say(`    ${todo[io.language]}`);
		}
		io.say(text(io.language, 'doctorSummary', {bad: String(count('bad')), warnings: String(count('warning'))}));
	}
	return count('bad') === 0 ? exitCodes.ok : exitCodes.failed;
}
