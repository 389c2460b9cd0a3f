/** `kaden report`: figures of a time, as text with small pictures, CSV or JSON. */
import type {ReportView} from '../../server/reports/views.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from '../command.js';
import {readTime} from '../times.js';
import {asking} from './asking.js';
import {sayReport as say} from './report-texts.js';

const kinds = ['inbound', 'kpi', 'time', 'records', 'lists'] as const;
type Kind = (typeof kinds)[number];
const dimensions = ['total', 'hour', 'day', 'group', 'campaign', 'list', 'agent'] as const;
type Dimension = (typeof dimensions)[number];
/** A year of a large centre takes some minutes. */
const longMs = 30 * 60_000;

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const kind = oneOf(kinds, String(args['kind'] ?? 'inbound'), 'unknownKind', language);
	const day = args['day'] === undefined ? undefined : String(args['day']);
	if (day !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new CommandFailed(say(language, 'noDay', {given: day}), exitCodes.usage);
	if (kind === 'inbound') return (await import('./report-inbound.js')).runInbound(args, io, day);
	const by: Dimension | undefined =
		kind === 'lists' ? 'list' : args['by'] === undefined ? undefined : oneOf(dimensions, String(args['by']), 'unknownBy', language);
	const [fromMs, untilMs] = periodOf(args, day, language);
	const success = args['success'] === undefined ? undefined : [args['success']].flat().map(String);
	const view = await asking(args, io, client =>
		client.request(
			{
				type: 'report',
				kind: kind === 'lists' ? 'kpi' : kind,
				fromMs,
				...(untilMs !== undefined && {untilMs}),
				...(by && {by}),
				...(success && {success}),
				...(args['only'] !== undefined && {only: String(args['only'])}),
				...(args['open'] !== undefined && {open: String(args['open'])}),
				limit: Math.max(1, Math.min(1_000, Math.trunc(Number(args['limit'] ?? 50)))),
			},
			longMs,
		),
	);
	for (const line of await shown(view, kind, args, language)) io.say(line);
	return exitCodes.ok;
}

async function shown(view: ReportView, kind: Kind, args: Record<string, unknown>, language: Language): Promise<string[]> {
	if (args['json']) return [JSON.stringify(view)];
	if (args['csv']) return (await import('./report-csv.js')).csvLines(view, language);
	const {kpiLines, listLines, openedLines} = await import('./report-kpi.js');
	if (view.kind === 'time') return (await import('./report-time.js')).timeLines(view, language);
	if (view.kind === 'records') return (await import('./report-time.js')).recordLines(view, language);
	if (view.opened) return openedLines(view, language);
	return kind === 'lists' ? listLines(view, language) : kpiLines(view, language);
}

function oneOf<T extends string>(all: readonly T[], given: string, problem: 'unknownKind' | 'unknownBy', language: Language): T {
	const found = all.find(each => each === given);
	if (found) return found;
	throw new CommandFailed(say(language, problem, {given, known: all.join(', ')}), exitCodes.usage);
}

/** A local day of this machine, or two times; today by default. */
function periodOf(args: Record<string, unknown>, day: string | undefined, language: Language): [number, number | undefined] {
	const nowMs = Date.now();
	const fromMs = readTime('--from', args['from'], nowMs, language);
	const untilMs = readTime('--until', args['until'], nowMs, language);
	if (day !== undefined && (fromMs ?? untilMs) !== undefined) throw new CommandFailed(say(language, 'dayAndFrom'), exitCodes.usage);
	const date = day === undefined ? new Date(nowMs) : new Date(readTime('--day', day, nowMs, language)!);
	const [year, month, dayOfMonth] = [date.getFullYear(), date.getMonth(), date.getDate()];
	if (fromMs !== undefined) return [fromMs, untilMs];
	return [new Date(year, month, dayOfMonth).getTime(), untilMs ?? new Date(year, month, dayOfMonth + 1).getTime()];
}
