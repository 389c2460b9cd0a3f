/** `kaden recording …`: what was recorded, found and heard. */
import type {Client} from '../server/api/client.js';
import type {RequestBody} from '../server/api/requests.js';
import type {RecordingDetail, RecordingRow} from '../server/api/views.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from './command.js';
import {admit, needService, withClient} from './connect.js';
import {asked, clock, openSound, playSound, saveSound} from './sound.js';
import {readTime, timeText} from './times.js';

export const verbs = ['list', 'show', 'play', 'export', 'purge'] as const;
type Verb = (typeof verbs)[number];

const texts = {
	noVerb: {ja: '{given} はできません。できるのは：{known}', en: 'there is no {given} here. There are: {known}'},
	needsCall: {ja: '通話の ID を指定してください：kaden recording {verb} <id>', en: 'name the call: kaden recording {verb} <id>'},
	needsDays: {
		ja: '何日より前の録音を削除するか、--older-than で指定してください',
		en: 'say with --older-than how many days old recordings must be to go',
	},
	gone: {ja: '録音 {count} 件を削除しました', en: '{count} recordings removed'},
	wouldGo: {
		ja: '録音 {count} 件が対象です（確認のみ、何も削除していません）',
		en: '{count} recordings would go (dry run, nothing was removed)',
	},
	none: {ja: '録音はありません', en: 'no recordings'},
	saved: {ja: '{file} に保存しました', en: 'saved as {file}'},
	parts: {ja: '通話', en: 'Calls in it'},
	heard: {ja: '聞いた人', en: 'Heard by'},
	nobody: {ja: '（まだ誰も聞いていません）', en: '(nobody yet)'},
	withheld: {ja: '非通知', en: 'withheld'},
	play: {ja: '再生', en: 'played'},
	phone: {ja: '電話機で再生', en: 'played on the phone'},
	export: {ja: '書き出し', en: 'exported'},
} as const;

const say = (language: Language, key: keyof typeof texts, values: Record<string, string> = {}): string =>
	texts[key][language].replace(/\{(\w+)\}/gu, (whole, name: string) => values[name] ?? whole);

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const verb = String(args['verb']) as Verb;
	const {language} = io;
	if (!verbs.includes(verb)) throw new CommandFailed(say(language, 'noVerb', {given: verb, known: verbs.join(', ')}), exitCodes.usage);
	const callId = args['id'] === undefined ? undefined : String(args['id']);
	const query = verb === 'list' ? queryOf(args, language) : undefined;
	const purge = verb === 'purge' ? purgeOf(args, language) : undefined;
	if (verb !== 'list' && verb !== 'purge' && callId === undefined)
		throw new CommandFailed(say(language, 'needsCall', {verb}), exitCodes.usage);
	const where = needService(args, io);
	return withClient(where, io, async client => {
		await admit(client, where, io);
		if (query) await list(client, query, args, io);
		else if (purge) await clear(client, purge, args, io);
		else if (verb === 'show') await show(client, callId!, args, io);
		else await hear(client, callId!, verb as 'play' | 'export', args, io);
		return exitCodes.ok;
	});
}

type Purge = Extract<RequestBody, {type: 'purgeRecordings'}>;

function purgeOf(args: Record<string, unknown>, language: Language): Purge {
	const days = Number(args['olderThan']);
	if (args['olderThan'] === undefined || !(days >= 0 && days <= 36_500))
		throw new CommandFailed(say(language, 'needsDays'), exitCodes.usage);
	const campaign = args['campaign'] === undefined ? undefined : String(args['campaign']);
	return {type: 'purgeRecordings', olderThanDays: days, dryRun: args['dryRun'] === true, ...(campaign !== undefined && {campaign})};
}

/** Takes as long as there is to remove. */
const purgeMs = 30 * 60_000;

async function clear(client: Client, purge: Purge, args: Record<string, unknown>, io: Io): Promise<void> {
	const {count} = await asked(io, client.request(purge, purgeMs));
	if (args['json']) io.say(JSON.stringify({count, dryRun: purge.dryRun}));
	else io.say(say(io.language, purge.dryRun ? 'wouldGo' : 'gone', {count: String(count)}));
}

type Query = Extract<RequestBody, {type: 'listRecordings'}>;

function queryOf(args: Record<string, unknown>, language: Language): Query {
	const nowMs = Date.now();
	const sinceMs = readTime('--since', args['since'], nowMs, language);
	const untilMs = readTime('--until', args['until'], nowMs, language);
	const text = (name: string) => (args[name] === undefined ? undefined : String(args[name]));
	const [agent, number, customer, campaign] = ['agent', 'number', 'customer', 'campaign'].map(text);
	return {
		type: 'listRecordings',
		...(sinceMs !== undefined && {sinceMs}),
		...(untilMs !== undefined && {untilMs}),
		...(agent !== undefined && {agent}),
		...(number !== undefined && {number}),
		...(customer !== undefined && {customer}),
		...(campaign !== undefined && {campaign}),
		limit: Number(args['limit'] ?? 50),
	};
}

async function list(client: Client, query: Query, args: Record<string, unknown>, io: Io): Promise<void> {
	const rows = await asked(io, client.request(query));
	if (args['json']) io.say(JSON.stringify(rows));
	else if (rows.length === 0) io.say(say(io.language, 'none'));
	else for (const row of rows) io.say(line(row, io.language));
}

function line({callId, startedMs, durationMs, number, agentName, customerName, campaignName}: RecordingRow, language: Language): string {
	const who = [number || say(language, 'withheld'), customerName, agentName, campaignName].filter(Boolean).join('  ');
	return `${timeText(startedMs)}  ${clock(durationMs).padStart(7)}  ${callId}  ${who}`;
}

async function show(client: Client, callId: string, args: Record<string, unknown>, io: Io): Promise<void> {
	const detail = await asked(io, client.request({type: 'showRecording', callId}));
	if (args['json']) io.say(JSON.stringify(detail));
	else for (const each of details(detail, io.language)) io.say(each);
}

function details(detail: RecordingDetail, language: Language): string[] {
	const parts = detail.parts.map(({callId, agentName, startedMs, fromMs}) =>
		['', fromMs === undefined ? '' : clock(fromMs), timeText(startedMs), callId, agentName ?? ''].join('  '),
	);
	const heard = detail.heard.map(({atMs, by, how}) => `  ${timeText(atMs)}  ${by}  ${say(language, how)}`);
	return [
		line(detail, language),
		`  ${detail.path}  ${detail.bytes}`,
		say(language, 'parts'),
		...parts,
		say(language, 'heard'),
		...(heard.length > 0 ? heard : [`  ${say(language, 'nobody')}`]),
	];
}

async function hear(client: Client, callId: string, verb: 'play' | 'export', args: Record<string, unknown>, io: Io): Promise<void> {
	const opened = await openSound(client, io, {callId}, verb);
	const output = args['output'] === undefined ? undefined : String(args['output']);
	const file = verb === 'play' ? await playSound(client, io, opened) : await saveSound(client, io, opened, output);
	if (args['json']) io.say(JSON.stringify({callId, bytes: opened.bytes, ...(file !== undefined && {file})}));
	else if (file !== undefined) io.say(say(io.language, 'saved', {file}));
}
