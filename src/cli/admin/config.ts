/** `kaden config`: settings as a text, plans before changes, undo after. */
import {readFile} from 'node:fs/promises';
import {text as readAll} from 'node:stream/consumers';
import type {ConfigResult, PlannedChange} from '../../server/admin/configuring.js';
import {inLanguage} from '../../server/admin/noun.js';
import {nouns} from '../../server/admin/nouns.js';
import type {RequestBody} from '../../server/api/requests.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from '../command.js';
import {readTime, timeText} from '../times.js';
import {asking} from './asking.js';
import {configTexts} from './config-texts.js';

type Ask = Extract<RequestBody, {type: 'config'}>;
/** One message to the service holds no more. */
const textBytesMax = 250_000;
const whats = ['export', 'plan', 'apply', 'undo', 'log', 'diff'] as const;

const say = (language: Language, key: keyof typeof configTexts, values: Record<string, string> = {}): string =>
	configTexts[key][language].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const what = whats.find(each => each === args['what']);
	if (!what) throw new CommandFailed(say(io.language, 'unknown', {given: String(args['what'] ?? '')}), exitCodes.usage);
	const ask = await askFor(what, args, io);
	const result = await asking(args, io, client => client.request(ask, 60_000));
	if (args['json']) io.say(JSON.stringify(result));
	else for (const line of lines(ask, result, io.language)) io.say(line);
	return exitCodes.ok;
}

async function askFor(what: Ask['what'], args: Record<string, unknown>, io: Io): Promise<Ask> {
	const given = args['arg'] === undefined ? undefined : String(args['arg']);
	if (what === 'plan' || what === 'apply') {
		if (given === undefined) throw new CommandFailed(say(io.language, 'noFile'), exitCodes.usage);
		return {type: 'config', what, text: await textOf(given, io), exact: args['exact'] === true};
	}
	if (what === 'diff') {
		const atMs = readTime('--at', args['at'], Date.now(), io.language);
		if (atMs === undefined) throw new CommandFailed(say(io.language, 'noAt'), exitCodes.usage);
		return {type: 'config', what, atMs};
	}
	return {type: 'config', what, ...(given !== undefined && {batch: given}), ...(what === 'log' && {limit: Number(args['limit'] ?? 20)})};
}

async function textOf(file: string, {language}: Io): Promise<string> {
	try {
		const text = file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8');
		if (Buffer.byteLength(text) > textBytesMax)
			throw new CommandFailed(say(language, 'tooLong', {file, max: String(textBytesMax)}), exitCodes.usage);
		return text;
	} catch (error) {
		if (error instanceof CommandFailed) throw error;
		throw new CommandFailed(say(language, 'notRead', {file, detail: (error as Error).message}), exitCodes.usage);
	}
}

function lines({what}: Ask, {text, changes = [], batch, log = []}: ConfigResult, language: Language): string[] {
	if (what === 'export') return [say(language, 'noPasswords'), (text ?? '').trimEnd()];
	if (what === 'log') return log.flatMap(row => logLines(row, language));
	if (changes.length === 0) return [say(language, what === 'diff' ? 'same' : 'nothing')];
	const result = changes.flatMap(change => changeLines(change, language));
	const count = String(changes.length);
	if (what === 'plan') result.push(say(language, 'planned', {count}));
	if (what === 'apply') result.push(say(language, 'done', {count, batch: batch ?? ''}));
	if (what === 'undo') result.push(say(language, 'undone', {count}));
	return result;
}

const signs = {add: '+', set: '~', remove: '-'} as const;

function changeLines(
	{noun, key, verb, fields, touches}: Omit<PlannedChange, 'touches'> & {touches?: string[]},
	language: Language,
): string[] {
	const known = nouns.find(each => each.name === noun);
	const label = (name: string): string => inLanguage(known?.fields.find(field => field.name === name)?.label ?? name, language);
	const text = (texts: readonly string[]): string => (texts.length > 0 ? texts.join('; ') : '-');
	return [
		`${signs[verb]} ${known?.label[language] ?? noun} ${key}`,
		...fields.map(({field, before, after}) => {
			if (verb === 'add') return `    ${label(field)}: ${text(after)}`;
			return verb === 'remove' ? `    ${label(field)}: ${text(before)}` : `    ${label(field)}: ${text(before)} → ${text(after)}`;
		}),
		...(touches && touches.length > 0 ? [say(language, 'touches', {people: touches.join(', ')})] : []),
	];
}

function logLines(row: NonNullable<ConfigResult['log']>[number], language: Language): string[] {
	const names = new Set([...Object.keys(row.before), ...Object.keys(row.after)]);
	const fields = [...names].map(field => ({field, before: row.before[field] ?? [], after: row.after[field] ?? []}));
	const mark = row.undone ? say(language, 'isUndone') : row.undoes === undefined ? '' : say(language, 'undoing', {batch: row.undoes});
	return [
		`${row.batch}  ${timeText(row.atMs)}  ${row.actorName}${mark}`,
		...changeLines({...row, fields}, language).map(line => `  ${line}`),
	];
}
