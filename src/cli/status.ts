import type {Overview} from '../server/api/views.js';
import {type ExitCode, exitCodes, type Io} from './command.js';
import {admit, needService, withClient} from './connect.js';
import {text} from './texts.js';

/** What the running service is doing: operators, calls, lists. */
export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const where = needService(args, io);
	const overview = await withClient(where, io, async client => {
		await admit(client, where, io);
		return client.request({type: 'overview'});
	});
	if (args['json']) io.say(JSON.stringify(overview));
	else for (const line of lines(overview, io)) io.say(line);
	return exitCodes.ok;
}

function lines(overview: Overview, io: Io): string[] {
	const {language} = io;
	const seconds = (sinceMs: number) => `${Math.max(0, Math.round((overview.nowMs - sinceMs) / 1000))}s`;
	const section = (title: string, rows: string[]) => [title, ...(rows.length > 0 ? rows : [text(language, 'none')]).map(row => `  ${row}`)];
	return [
		...section(
			text(language, 'agents'),
			overview.agents.map(agent => `${agent.name} (${agent.extension})  ${agent.status}  ${seconds(agent.sinceMs)}`),
		),
		...section(
			text(language, 'calls'),
			overview.calls.map(
				call => `${call.number}  ${call.kind}  ${call.answeredMs === undefined ? '…' : seconds(call.answeredMs)}  ${call.agentId ?? ''}`,
			),
		),
		...section(
			text(language, 'lists'),
			overview.lists.map(list => {
				const states = Object.entries(list.byState).map(([state, count]) => `${state} ${count}`);
				return `${list.name}  ${text(language, list.started ? 'started' : 'stopped')}  ${list.total}: ${states.join(', ')}`;
			}),
		),
		...(overview.disk ? [diskLine(overview.disk, language)] : []),
	];
}

function diskLine({freeBytes, isLow}: NonNullable<Overview['disk']>, language: Io['language']): string {
	const free = `${text(language, 'disk')}  ${(freeBytes / 1e9).toFixed(1)} GB`;
	return isLow ? `${free}  ! ${text(language, 'diskLow')}` : free;
}
