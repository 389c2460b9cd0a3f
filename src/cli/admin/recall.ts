/** `kaden recall`: promises to call back of everybody, due first; another person, another time, or taken back. */
import type {RequestBody} from '../../server/api/requests.js';
import type {RecallDeskRow, RecallsView} from '../../server/api/views-customers.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from '../command.js';
import {readTime, timeText} from '../times.js';
import {asking} from './asking.js';
import {recallVerbs} from './recall-command.js';
import {sayRecall as say} from './recall-texts.js';
import {pairLines, tableLines} from './table.js';

type Ask = Extract<RequestBody, {type: 'recalls'}>;
const unitMs = {m: 60_000, h: 3_600_000, d: 86_400_000} as const;

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const given = String(args['verb'] ?? 'list');
	const verb = recallVerbs.find(each => each === given || (given === 'remove' && each === 'cancel'));
	if (!verb) throw new CommandFailed(say(language, 'unknown', {given, known: recallVerbs.join(', ')}), exitCodes.usage);
	if (verb !== 'list' && args['record'] === undefined) throw new CommandFailed(say(language, 'noRecord'), exitCodes.usage);
	const request = verb === 'list' ? listOf(args, language) : oneOf(verb, args, language);
	return asking(args, io, async client => {
		const view = await client.request(request);
		for (const line of args['json'] === true ? [JSON.stringify(view)] : linesOf(verb, view, language)) io.say(line);
		return exitCodes.ok;
	});
}

function listOf(args: Record<string, unknown>, language: Language): Ask {
	const untilMs = readTime('--until', args['until'], Date.now(), language);
	return {
		type: 'recalls',
		verb: 'list',
		limit: Number(args['limit']),
		...(args['operator'] !== undefined && {operator: String(args['operator'])}),
		...(args['campaign'] !== undefined && {campaign: String(args['campaign'])}),
		...(args['overdue'] === true && {overdue: true}),
		...(untilMs !== undefined && {untilMs}),
	};
}

function oneOf(verb: 'show' | 'set' | 'cancel', args: Record<string, unknown>, language: Language): Ask {
	const atMs = comingTime(args['at'], Date.now(), language);
	return {
		type: 'recalls',
		verb,
		record: String(args['record']),
		...(args['to'] !== undefined && {to: String(args['to'])}),
		...(atMs !== undefined && {atMs}),
		...(args['if-version'] !== undefined && {ifVersion: Number(args['if-version'])}),
	};
}

/** A day, a time, or so long from now. */
function comingTime(given: unknown, nowMs: number, language: Language): number | undefined {
	const from = /^\+(\d{1,4})([mhd])$/u.exec(String(given ?? ''));
	if (from) return nowMs + Number(from[1]) * unitMs[from[2] as keyof typeof unitMs];
	if (given !== undefined && !/^\d{4}[-/]/u.test(String(given)))
		throw new CommandFailed(say(language, 'badTime', {given: String(given)}), exitCodes.usage);
	return readTime('--at', given, nowMs, language);
}

function linesOf(verb: (typeof recallVerbs)[number], {rows, more}: RecallsView, language: Language): string[] {
	if (verb === 'list') return listLines(rows, more, language);
	const [row] = rows as [RecallDeskRow];
	if (verb === 'set') return [say(language, 'changed'), ...oneLines(row, language)];
	return verb === 'cancel' ? [say(language, 'cancelled', {id: row.recordId})] : oneLines(row, language);
}

function listLines(rows: readonly RecallDeskRow[], more: boolean, language: Language): string[] {
	if (rows.length === 0) return [say(language, 'none')];
	const header = (['id', 'time', 'who', 'campaignLabel', 'customer', 'number'] as const).map(key => say(language, key));
	const cells = rows.map(row => [row.recordId, when(row, language), who(row, language), row.campaign, row.customer, row.number]);
	const width = process.stdout.isTTY ? process.stdout.columns : undefined;
	const overdue = rows.filter(row => row.overdue).length;
	return [
		...tableLines(header, cells, width),
		...(more ? [say(language, 'more')] : []),
		say(language, 'count', {count: rows.length, overdue}),
	];
}

const when = ({atMs, overdue}: RecallDeskRow, language: Language): string =>
	atMs === undefined ? '-' : `${timeText(atMs)}${overdue ? ` ${say(language, 'late')}` : ''}`;

const who = ({operator, here}: RecallDeskRow, language: Language): string =>
	operator === undefined ? '-' : `${operator}${here ? '' : say(language, 'away')}`;

function oneLines(row: RecallDeskRow, language: Language): string[] {
	const {recordId, campaign, customer, number, savedMs, by, text, version} = row;
	const pairs = {
		id: recordId,
		time: when(row, language),
		who: who(row, language),
		campaignLabel: campaign,
		customer,
		number,
		promised: `${timeText(savedMs)}  ${by}`,
		text: text || '-',
		version: String(version),
	};
	return pairLines(
		Object.entries(pairs).map(([key, value]): [string, string[]] => [say(language, key as keyof typeof pairs), value.split('\n')]),
	);
}
