/** `kaden customer`: 顧客情報検索, and what is done with those found. */
import {open} from 'node:fs/promises';
import type {Client} from '../../server/api/client.js';
import type {RequestBody} from '../../server/api/requests.js';
import type {CustomerRowView, FoundView} from '../../server/api/views-customers.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from '../command.js';
import {readTime, timeText} from '../times.js';
import {asking} from './asking.js';
import {type OneVerb, one, oneVerbs} from './customer-one.js';
import {sayCustomer as say} from './customer-texts.js';
import {tableLines} from './table.js';

type Query = Extract<RequestBody, {type: 'searchCustomers'}>['query'];
const pageRows = 200;
/** Re-listing a million customers takes some minutes. */
const longMs = 2 * 3_600_000;
const many = ['search', 'export', 'relist', 'assign'] as const;
const verbs = [...many, ...oneVerbs];

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const verb = verbs.find(each => each === (args['verb'] ?? 'search'));
	if (!verb) throw new CommandFailed(say(language, 'unknown', {given: String(args['verb'])}), exitCodes.usage);
	if (args['campaign'] === undefined) throw new CommandFailed(say(language, 'noCampaign'), exitCodes.usage);
	const campaign = String(args['campaign']);
	const target = args['target'] === undefined ? undefined : String(args['target']);
	const needsTarget = verb !== 'search' && verb !== 'add' && !(verb === 'erase' && args['older-than'] !== undefined);
	if (needsTarget && target === undefined)
		throw new CommandFailed(say(language, 'noTarget', {what: (targets[verb] ?? targets['show']!)[language]}), exitCodes.usage);
	const single = oneVerbs.find(each => each === verb);
	const lines = await asking(args, io, client => {
		if (single) return one(client, {verb: single, campaign, customer: target, args, language});
		return several(client, verb as Exclude<typeof verb, OneVerb>, {campaign, query: queryOf(args, language), target, args, language});
	});
	for (const line of lines) io.say(line);
	return exitCodes.ok;
}

const targets: Record<string, Record<Language, string>> = {
	export: {ja: 'ファイル', en: 'the file'},
	relist: {ja: 'リストの名前', en: 'the new list'},
	assign: {ja: 'ログインID', en: 'the login ID'},
	show: {ja: '顧客（管理IDか番号）', en: 'the customer, by its code or id'},
};

function several(
	client: Client,
	verb: (typeof many)[number],
	{target, args, ...asked}: Asked & {target: string | undefined; args: Record<string, unknown>},
): Promise<string[]> {
	switch (verb) {
		case 'search':
			return search(client, {...asked, args});
		case 'export':
			return exported(client, {...asked, file: target!});
		case 'relist':
			return relist(client, {...asked, name: target!, args});
		case 'assign':
			return assign(client, {...asked, to: target!});
	}
}

function queryOf(args: Record<string, unknown>, language: Language): Query {
	const list = (name: string) => (args[name] === undefined ? undefined : [args[name]].flat().map(String));
	const one = (name: string) => (args[name] === undefined ? undefined : String(args[name]));
	const time = (name: string, key: string) => readTime(`--${name}`, args[key], Date.now(), language);
	const stop = one('stop');
	if (stop !== undefined && stop !== 'yes' && stop !== 'no') throw new CommandFailed(say(language, 'noSuchStop'), exitCodes.usage);
	const all = {
		reached: list('reached'),
		reaction: list('reaction'),
		next: list('next'),
		where: list('where'),
		text: one('text'),
		number: one('number'),
		list: one('list'),
		state: list('state'),
		owner: one('owner'),
		by: one('by'),
		lastFromMs: time('last-from', 'lastFrom'),
		lastUntilMs: time('last-until', 'lastUntil'),
		dueFromMs: time('due-from', 'dueFrom'),
		dueUntilMs: time('due-until', 'dueUntil'),
		never: args['never'] === true ? true : undefined,
		stop: stop === undefined ? undefined : stop === 'yes',
		sort: one('sort'),
		descending: args['desc'] === true ? true : undefined,
	};
	return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Query;
}

type Asked = {campaign: string; query: Query; language: Language};

async function search(client: Client, {campaign, query, args, language}: Asked & {args: Record<string, unknown>}): Promise<string[]> {
	const limit = Math.max(0, Math.trunc(Number(args['limit'] ?? 50)));
	const found = await client.request({type: 'searchCustomers', campaign, query, limit: Math.min(limit, pageRows)}, longMs);
	const rows = [...found.rows];
	for await (const page of furtherRows(client, campaign, found, limit)) rows.push(...page);
	if (args['json']) return [JSON.stringify({campaign: found.campaign, total: found.total, rows})];
	const {code, name} = found.campaign;
	const title = say(language, 'title', {code, name, total: found.total});
	const cells = rows.map(row => [
		...found.columns.map(id => row.values[id] ?? ''),
		stateText(row, language),
		say(language, row.stop ? 'yes' : 'no'),
	]);
	const labels = found.columns.map(id => found.fields.find(field => field.id === id)?.label ?? id);
	const header = marked([...labels, say(language, 'states'), say(language, 'stopped')], found, query, language);
	const width = process.stdout.isTTY ? process.stdout.columns : undefined;
	const more = rows.length < found.total ? [say(language, 'shown', {shown: rows.length})] : [];
	return [title, ...(rows.length > 0 ? tableLines(header, cells, width) : []), ...more];
}

/** ▲ or ▼ at the column that the list is ordered by. */
function marked(header: string[], {columns, fields}: FoundView, {sort, descending}: Query, language: Language): string[] {
	const by = sort ?? columns[0];
	const at = columns.findIndex(id => id === by || fields.find(field => field.id === id)?.label === by);
	const column = at >= 0 ? at : by === 'state' ? columns.length : by === 'stop' ? columns.length + 1 : -1;
	void language;
	return header.map((text, index) => (index === column ? `${text}${descending ? '▼' : '▲'}` : text));
}

const stateTexts: Record<NonNullable<CustomerRowView['state']>, Record<Language, string>> = {
	waiting: {ja: '発信待ち', en: 'waiting'},
	dialling: {ja: '発信中', en: 'dialling'},
	inCall: {ja: '通話中', en: 'in a call'},
	unsaved: {ja: '未保存', en: 'not saved'},
	autoRecall: {ja: '自動再架電', en: 'automatic recall'},
	saved: {ja: '作業保存済', en: 'saved'},
	failed: {ja: 'エラー', en: 'error'},
	stopped: {ja: '架電停止', en: 'stopped'},
};
const stateText = ({state}: CustomerRowView, language: Language): string => (state === undefined ? '-' : stateTexts[state][language]);

async function* furtherRows(
	client: Client,
	campaign: string,
	{handle, total, rows}: FoundView,
	limit: number,
): AsyncGenerator<CustomerRowView[]> {
	const end = Math.min(total, limit);
	for (let from = rows.length; from < end; from += pageRows)
		yield await client.request({type: 'moreCustomers', campaign, handle, total, from, count: Math.min(pageRows, end - from)}, longMs);
}

/** All fields and what the last record says; a spreadsheet takes nothing of it for a formula. */
async function exported(client: Client, {campaign, query, file, language}: Asked & {file: string}): Promise<string[]> {
	const {csvCell} = await import('../../server/files/columns.js');
	const output = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
		throw new CommandFailed(error.code === 'EEXIST' ? say(language, 'exists', {file}) : error.message, exitCodes.usage);
	});
	try {
		const found = await client.request({type: 'searchCustomers', campaign, query, limit: pageRows, toExport: true}, longMs);
		const {fields} = found;
		const keys = ['states', 'stopped', 'last', 'reachedLabel', 'reactionLabel', 'nextLabel', 'nextAt', 'ownerLabel'] as const;
		const line = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;
		await output.write(`\ufeff${line([...fields.map(({label}) => label), ...keys.map(key => say(language, key))])}`);
		const rowLine = (row: CustomerRowView): string =>
			line([
				...fields.map(({id}) => row.values[id] ?? ''),
				stateText(row, language),
				say(language, row.stop ? 'yes' : 'no'),
				row.lastMs === undefined ? '' : timeText(row.lastMs),
				row.reached ?? '',
				row.reaction ?? '',
				row.next ?? '',
				row.nextAtMs === undefined ? '' : timeText(row.nextAtMs),
				row.owner ?? '',
			]);
		await output.write(found.rows.map(rowLine).join(''));
		for await (const page of furtherRows(client, campaign, found, found.total)) await output.write(page.map(rowLine).join(''));
		await output.sync();
		return [say(language, 'exported', {count: found.total, file})];
	} finally {
		await output.close();
	}
}

async function relist(
	client: Client,
	{campaign, query, name, args, language}: Asked & {name: string; args: Record<string, unknown>},
): Promise<string[]> {
	const made = await client.request(
		{
			type: 'relist',
			campaign,
			query,
			name,
			start: args['start'] === true,
			...(args['group'] !== undefined && {group: String(args['group'])}),
			...(args['priority'] !== undefined && {priority: Number(args['priority'])}),
		},
		longMs,
	);
	if (args['json']) return [JSON.stringify(made)];
	const {total, stopped, withoutNumber: without, importId: id} = made;
	return [say(language, 'relisted', {name, total, stopped, without}), say(language, 'howToUndo', {id})];
}

async function assign(client: Client, {campaign, query, to, language}: Asked & {to: string}): Promise<string[]> {
	const {assigned} = await client.request({type: 'assignFound', campaign, query, to}, longMs);
	return [say(language, 'assigned', {count: assigned, to})];
}
