/** `kaden retention`: how long what is kept, what is older, and taking it away. */
import type {RetentionRow} from '../../server/api/views-customers.js';
import {asking} from '../admin/asking.js';
import {sayRetention as say} from '../admin/retention-texts.js';
import {tableLines} from '../admin/table.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from '../command.js';

/** A centre of a million customers takes some minutes. */
const longMs = 2 * 3_600_000;

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const given = String(args['verb'] ?? 'show');
	const verb = (['show', 'run'] as const).find(each => each === given);
	if (!verb) throw new CommandFailed(say(language, 'unknown', {given}), exitCodes.usage);
	return asking(args, io, async client => {
		const view = await client.request({type: 'retention', verb, dryRun: args['dry-run'] === true}, longMs);
		if (args['json'] === true) io.say(JSON.stringify(view));
		else for (const line of lines(view.rows, view.dryRun, language)) io.say(line);
		return exitCodes.ok;
	});
}

function lines(rows: readonly RetentionRow[], isLooking: boolean, language: Language): string[] {
	const header = [say(language, 'what'), say(language, 'days'), say(language, 'setBy'), say(language, isLooking ? 'due' : 'gone')];
	const cells = rows.map(({kind, campaign, days, setBy, due}) => [
		say(language, kind),
		days === 0 ? say(language, 'forEver') : String(days),
		setBy === 'campaign' ? `kaden campaign ${campaign ?? ''}` : say(language, setBy),
		days === 0 ? '-' : String(due),
	]);
	return [...tableLines(header, cells), say(language, isLooking ? 'nightly' : 'done')];
}
