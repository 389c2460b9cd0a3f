/** `kaden dnc`: numbers that must not be called, one by one or from a file. */
import {createReadStream} from 'node:fs';
import {createInterface} from 'node:readline';
import type {Client} from '../../server/api/client.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from '../command.js';
import {timeText} from '../times.js';
import {asking} from './asking.js';
import {sayDnc as say} from './dnc-texts.js';

const verbs = ['list', 'check', 'add', 'remove', 'import'] as const;
/** Numbers in one request. */
const sliceMax = 1_000;
/** Bad rows that are shown. */
const shownMax = 10;
const longMs = 60_000;

type Asked = {scope?: string; customers: boolean; json: boolean; language: Language};

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const verb = verbs.find(each => each === (args['verb'] ?? 'list'));
	if (!verb) throw new CommandFailed(say(language, 'unknown', {given: String(args['verb'])}), exitCodes.usage);
	const words = ((args['numbers'] as unknown[] | undefined) ?? []).map(String);
	if (verb === 'import' && words.length !== 1) throw new CommandFailed(say(language, 'noFile'), exitCodes.usage);
	if (verb !== 'list' && words.length === 0) throw new CommandFailed(say(language, 'noNumbers'), exitCodes.usage);
	const asked: Asked = {
		...(args['scope'] !== undefined && {scope: String(args['scope'])}),
		...{customers: args['customers'] === true, json: args['json'] === true, language},
	};
	let isBad = false;
	await asking(args, io, async client => {
		const {lines, bad} = await perform(client, verb, words, asked);
		isBad = bad;
		for (const line of lines) io.say(line);
	});
	return isBad ? exitCodes.partly : exitCodes.ok;
}

type Done = {lines: string[]; bad: boolean};

async function perform(client: Client, verb: (typeof verbs)[number], words: string[], asked: Asked): Promise<Done> {
	const {scope, customers, json, language} = asked;
	const ask = (as: 'list' | 'check' | 'add' | 'remove', numbers: string[]) =>
		client.request({type: 'doNotCall', verb: as, numbers, ...(scope !== undefined && {scope}), ...(customers && {customers})}, longMs);
	if (verb === 'list') {
		const {files} = await ask('list', []);
		const lines = files.map(file => say(language, 'file', {scope: file.scope, count: file.numbers}));
		return {lines: json ? [JSON.stringify(files)] : lines.length > 0 ? lines : [say(language, 'empty')], bad: false};
	}
	const total = {changed: 0, asked: 0, refused: [] as string[], lines: [] as string[]};
	const numbers = verb === 'import' ? fromFile(words[0]!, language, total.refused) : words;
	const as = verb === 'import' ? 'add' : verb;
	const found: unknown[] = [];
	for await (const slice of slices(numbers)) {
		const {changed, refused, rows} = await ask(as, slice);
		total.changed += changed;
		total.asked += slice.length - refused.length;
		total.refused.push(...refused);
		found.push(...rows);
		if (verb === 'check') total.lines.push(...checkLines(slice, refused, rows, language));
	}
	const bad = total.refused.length > 0;
	if (json) return {lines: [JSON.stringify(verb === 'check' ? found : {changed: total.changed, refused: total.refused})], bad};
	if (verb !== 'check') {
		const before = as === 'add' && total.asked > total.changed ? say(language, 'already', {count: total.asked - total.changed}) : '';
		const done = say(language, as === 'add' ? 'added' : 'removed', {scope: scope ?? 'system', count: total.changed});
		total.lines.push(`${done}${before}`);
	}
	if (bad) {
		const list = total.refused.slice(0, shownMax).join(', ');
		total.lines.push(say(language, verb === 'import' ? 'badRows' : 'bad', {count: total.refused.length, list}));
	}
	return {lines: total.lines, bad};
}

type Row = {scope: string; number: string; addedMs: number; source: string};

function checkLines(asked: readonly string[], refused: readonly string[], rows: readonly Row[], language: Language): string[] {
	const digits = (text: string) => text.normalize('NFKC').replace(/\D/gu, '');
	return asked
		.filter(number => !refused.includes(number))
		.flatMap(number => {
			const own = rows.filter(row => digits(row.number) === digits(number));
			if (own.length === 0) return [say(language, 'free', {number})];
			return own.map(({scope, addedMs, source}) => say(language, 'found', {number, scope, at: timeText(addedMs), by: source}));
		});
}

async function* slices(numbers: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string[]> {
	let slice: string[] = [];
	for await (const number of numbers) {
		slice.push(number);
		if (slice.length < sliceMax) continue;
		yield slice;
		slice = [];
	}
	if (slice.length > 0) yield slice;
}

/** The first cell of each line that looks like a number; a line without one is told, except for a heading. */
async function* fromFile(file: string, language: Language, bad: string[]): AsyncGenerator<string> {
	let line = 0;
	try {
		for await (const text of createInterface({input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY})) {
			line++;
			const cells = text.replace(/^\uFEFF/u, '').split(/[,\t;]/u);
			const number = cells
				.map(cell => cell.trim().replace(/^"(.*)"$/u, '$1'))
				.find(cell => cell.normalize('NFKC').replace(/\D/gu, '').length >= 9);
			if (number !== undefined) yield number;
			else if (line > 1 && text.trim() !== '') bad.push(String(line));
		}
	} catch (error) {
		throw new CommandFailed(say(language, 'unreadable', {file, why: (error as Error).message}), exitCodes.usage);
	}
}
