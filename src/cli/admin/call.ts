/** `kaden call`: every call of the centre, and one of them with all that was noted. */
import type {CallLine, CallView} from '../../server/reports/views.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from '../command.js';
import {readTime, timeText} from '../times.js';
import {asking} from './asking.js';
import {hms, width} from './report-kpi.js';
import {outcomeTexts, sayReport as say} from './report-texts.js';
import {tableLines} from './table.js';

const pageRows = 200;
const dayMs = 86_400_000;

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const verb = String(args['verb'] ?? 'list');
	if (verb === 'show') {
		if (args['id'] === undefined) throw new CommandFailed(say(language, 'noId'), exitCodes.usage);
		const view = await asking(args, io, client => client.request({type: 'showCall', callId: String(args['id'])}));
		if (args['json']) io.say(JSON.stringify(view));
		else for (const line of [...(await lines([view.call], false, language)), '', ...view.events.map(eventLine)]) io.say(line);
		return exitCodes.ok;
	}
	if (verb === 'trace') {
		if (args['id'] === undefined) throw new CommandFailed(say(language, 'noId'), exitCodes.usage);
		const {trace} = await import('./call-trace.js');
		return trace(args, io);
	}
	if (verb !== 'list') throw new CommandFailed(say(language, 'unknownVerb', {given: verb}), exitCodes.usage);
	const rows = await asking(args, io, async client => {
		const limit = Math.max(1, Math.trunc(Number(args['limit'] ?? 50)));
		const fromMs = readTime('--from', args['from'], Date.now(), language) ?? Date.now() - dayMs;
		const untilMs = readTime('--until', args['until'], Date.now(), language);
		const filters = Object.fromEntries(
			['agent', 'group', 'campaign', 'list', 'outcome', 'number'].flatMap(name =>
				args[name] === undefined ? [] : [[name, String(args[name])]],
			),
		);
		const direction = directionOf(args['direction'], language);
		const all: CallLine[] = [];
		for (let more = true; more && all.length < limit; ) {
			const last = all.at(-1);
			const page = await client.request({
				type: 'listCalls',
				fromMs,
				...(untilMs !== undefined && {untilMs}),
				...(last && {before: {startedMs: last.startedMs, id: last.id}}),
				...filters,
				...(direction && {direction}),
				limit: Math.min(pageRows, limit - all.length),
			});
			all.push(...page.rows);
			more = page.more;
		}
		return all;
	});
	if (args['json']) io.say(JSON.stringify(rows));
	else for (const line of await lines(rows, args['csv'] === true, language)) io.say(line);
	return exitCodes.ok;
}

/** As the event log has it: these names are the same in every language. */
function eventLine({atMs, kind, actor, reason, data}: CallView['events'][number]): string {
	const more = Object.entries(data ?? {}).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
	return [
		timeText(atMs, true),
		kind,
		...(reason === undefined ? [] : [`(${reason})`]),
		...(actor === 'system' ? [] : [actor]),
		...more,
	].join('  ');
}

function directionOf(given: unknown, language: Language): 'in' | 'out' | undefined {
	if (given === undefined || given === 'in' || given === 'out') return given;
	throw new CommandFailed(`--direction: ${say(language, 'direction')}`, exitCodes.usage);
}

async function lines(rows: readonly CallLine[], csv: boolean, language: Language): Promise<string[]> {
	if (rows.length === 0 && !csv) return [say(language, 'noCalls')];
	const header = (['started', 'way', 'fromNumber', 'toNumber', 'customer', 'agent', 'group', 'result', 'talk'] as const).map(key =>
		say(language, key),
	);
	const cells = rows.map(row => [
		timeText(row.startedMs),
		say(language, row.direction),
		row.fromNumber,
		row.toNumber,
		row.customer ?? '',
		row.agent ?? '',
		row.group ?? '',
		row.outcome === undefined ? '-' : (outcomeTexts[row.outcome]?.[language] ?? row.outcome),
		row.joinedMs === undefined || row.endedMs === undefined ? '-' : hms(Math.round((row.endedMs - row.joinedMs) / 1_000)),
		row.id,
	]);
	if (!csv) return tableLines([...header, 'ID'], cells, width());
	const {csvCell} = await import('../../server/files/columns.js');
	return [[...header, 'ID'], ...cells].map((row, at) => `${at === 0 ? '\ufeff' : ''}${row.map(csvCell).join(',')}`);
}
