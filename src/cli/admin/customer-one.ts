/** `kaden customer show | add | set | remove | erase`: one customer, by its code. */
import type {Client} from '../../server/api/client.js';
import type {CustomerShown} from '../../server/api/views-customers.js';
import {CommandFailed, exitCodes, type Language} from '../command.js';
import {timeText} from '../times.js';
import {sayCustomer} from './customer-texts.js';
import {sayKeeping as say} from './keeping-texts.js';
import {pairLines} from './table.js';

export const oneVerbs = ['show', 'add', 'set', 'remove', 'erase'] as const;
export type OneVerb = (typeof oneVerbs)[number];
/** A campaign of a million customers takes some minutes. */
const longMs = 2 * 3_600_000;

type Asked = {verb: OneVerb; campaign: string; customer: string | undefined; args: Record<string, unknown>; language: Language};

export async function one(client: Client, {verb, campaign, customer, args, language}: Asked): Promise<string[]> {
	if (verb === 'show') {
		const shown = await client.request({type: 'showCustomer', campaign, customer: customer!});
		return args['json'] ? [JSON.stringify(shown)] : showLines(shown, language);
	}
	if (verb === 'erase') {
		const dryRun = args['dry-run'] === true;
		const days = args['older-than'] === undefined ? undefined : Number(args['older-than']);
		const of = {...(customer !== undefined && {customer}), ...(days !== undefined && {olderThanDays: days})};
		const {customers: count} = await client.request({type: 'eraseCustomers', campaign, dryRun, ...of}, longMs);
		return [args['json'] ? JSON.stringify({customers: count}) : say(language, dryRun ? 'wouldErase' : 'erased', {count})];
	}
	const made = await client.request({
		type: 'changeCustomer',
		what: verb,
		campaign,
		...(customer !== undefined && {customer}),
		values: valuesOf(args['set'], language),
		...(args['stop'] !== undefined && {stop: args['stop'] === 'yes'}),
		...(args['owner'] !== undefined && {owner: String(args['owner'])}),
		...(args['if-version'] !== undefined && {ifVersion: Number(args['if-version'])}),
	});
	if (args['json']) return [JSON.stringify(made)];
	const {customerId: id, version, changed} = made;
	if (verb === 'add') return [say(language, 'added', {id})];
	if (verb === 'remove') return [say(language, 'removed')];
	return [changed.length === 0 ? say(language, 'unchanged') : say(language, 'changed', {fields: changed.join(', '), version})];
}

function valuesOf(given: unknown, language: Language): Record<string, string> {
	const texts = given === undefined ? [] : [given].flat().map(String);
	return Object.fromEntries(
		texts.map(text => {
			const [, name, value] = /^\s*([^=]+?)\s*=(.*)$/s.exec(text) ?? [];
			if (name === undefined) throw new CommandFailed(say(language, 'badSet', {given: text}), exitCodes.usage);
			return [name, value!];
		}),
	);
}

function showLines({campaign, fields, row, version, records, changes}: CustomerShown, language: Language): string[] {
	const pairs: Array<[string, string[]]> = [
		[language === 'ja' ? '業務' : 'campaign', [`${campaign.code} - ${campaign.name}`]],
		...fields.map(({id, label}): [string, string[]] => [label, (row.values[id] || '-').split('\n')]),
		[sayCustomer(language, 'stopped'), [sayCustomer(language, row.stop ? 'yes' : 'no')]],
		[sayCustomer(language, 'ownerLabel'), [row.owner ?? '-']],
		[say(language, 'version'), [String(version)]],
	];
	const recordLines = records.flatMap(({atMs, by, reached, reaction, next, nextAtMs, text}) => [
		`  ${[timeText(atMs), by, reached, reaction, next, nextAtMs === undefined ? undefined : timeText(nextAtMs)].filter(Boolean).join('  ')}`,
		...(text === '' ? [] : text.split('\n').map(line => `    ${line}`)),
	]);
	const changeLines = changes.map(({atMs, by, kind, fields: names = []}) =>
		`  ${timeText(atMs, true)}  ${by}  ${kind}  ${names.join(', ')}`.trimEnd(),
	);
	return [
		...pairLines(pairs),
		...(recordLines.length > 0 ? ['', say(language, 'records'), ...recordLines] : []),
		...(changeLines.length > 0 ? ['', say(language, 'changes'), ...changeLines] : []),
	];
}
