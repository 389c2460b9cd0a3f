/** `kaden <noun> <verb> [name]`: one way for every setting. */
import {resolve} from 'node:path';
import type {AnyNoun, Field} from '../../server/admin/noun.js';
import type {SetupResult, SetupRow} from '../../server/admin/setup.js';
import type {RequestBody} from '../../server/api/requests.js';
import {CommandFailed, type ExitCode, exitCodes, type Io} from '../command.js';
import {asking} from './asking.js';
import {aliases, verbsOf} from './command.js';
import {askNewPassword} from './password.js';
import {say, type TextKey} from './texts.js';

type Ask = Extract<RequestBody, {type: 'setup'}>;

/** Asks the service and shows what it answered. */
export async function runNoun(noun: AnyNoun, args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const verb = String(args['verb'] ?? 'list');
	const alias = aliases[noun.name]?.[verb];
	const known = verbsOf(noun);
	if (!known.includes(verb)) {
		const values = {noun: noun.name, given: verb, known: known.join(', ')};
		throw new CommandFailed(say(io.language, 'unknownVerb', values), exitCodes.usage);
	}
	const names = ((args['names'] as unknown[] | undefined) ?? []).map(String);
	const words = noun.keyWords ?? 1;
	// A name with blanks in it may be given in parts; only two are a mistake.
	if (names.length > words && noun.name !== 'list')
		throw new CommandFailed(say(io.language, 'tooManyNames', {given: names.join(' ')}), exitCodes.usage);
	const key = names.length > 0 ? names.join(' ') : undefined;
	if (verb === 'edit') {
		const {editOffice} = await import('./office.js');
		return editOffice(args, io, key);
	}
	const values = {...alias?.values, ...valuesOf(noun, args)};
	const ask: Ask = {
		type: 'setup',
		noun: noun.name,
		verb: alias?.verb ?? (verb as Ask['verb']),
		...(key !== undefined && {key}),
		...(Object.keys(values).length > 0 && {values}),
		...(args['ifVersion'] !== undefined && {ifVersion: String(args['ifVersion'])}),
	};
	const wantsSecret = noun.secret && (args['password'] === true || (verb === 'add' && noun.secret.required));
	// A name that cannot be is told before anybody types a password for it.
	if (verb === 'add' && key !== undefined && wantsSecret) await checkName(noun, key, io);
	const result = await asking(args, io, async client => {
		// The password of whoever asks comes first, then the new one.
		if (wantsSecret && (verb === 'add' || verb === 'set')) ask.secret = await askNewPassword(io);
		return client.request(ask);
	});
	const {lines} = await import('./view.js');
	if (args['json']) io.say(JSON.stringify(jsonOf(noun, verb, result)));
	else {
		const done = doneText(verb, result);
		const name = result.rows[0]?.key ?? key ?? '';
		if (done) io.say(say(io.language, done, {noun: noun.label[io.language], name}));
		for (const line of await lines(noun, verb, result, io)) io.say(line);
	}
	return exitCodes.ok;
}

async function checkName(noun: AnyNoun, key: string, {language}: Io): Promise<void> {
	const {problemText, SetupProblem} = await import('../../server/admin/problem.js');
	const nothing = {operators: [], groups: [], memberships: {}, extensions: [], campaigns: [], lists: [], autoDials: [], trunks: []};
	const counts = () => ({total: 0, left: 0, open: 0, handled: 0, errors: 0, untouched: 0});
	try {
		noun.create?.(key, {config: nothing, sounds: [], ownSounds: [], seats: new Map(), phones: new Set(), countOf: counts});
	} catch (error) {
		if (error instanceof SetupProblem) throw new CommandFailed(problemText(error.problem, language), exitCodes.usage);
		throw error;
	}
}

/** Options that were given, as texts; a file of this machine by its whole path. */
function valuesOf(noun: AnyNoun, args: Record<string, unknown>): Record<string, string[]> {
	const values: Record<string, string[]> = {};
	for (const {name, readOnly} of noun.fields as Array<Field<unknown>>) {
		const given = args[name];
		if (readOnly || given === undefined) continue;
		const texts = (Array.isArray(given) ? given : [given]).map(String);
		values[name] = noun.name === 'prompt' && name === 'file' ? texts.map(path => resolve(path)) : texts;
	}
	return values;
}

function doneText(verb: string, {changes = []}: SetupResult): TextKey | undefined {
	switch (verb) {
		case 'add':
			return 'added';
		case 'remove':
			return 'removed';
		case 'set':
			return changes.length > 0 ? 'changed' : 'unchanged';
		case 'start':
			return 'started';
		case 'stop':
			return 'stopped';
		case 'disable':
			return 'disabled';
		case 'enable':
			return 'enabled';
		default:
			return undefined;
	}
}

/** One object for one thing, an array for a list; a field that takes several is an array always. `id` is the name: fields may be called key and name. */
function jsonOf(noun: AnyNoun, verb: string, {rows, changes}: SetupResult): unknown {
	const one = ({key: id, version, values, usedBy}: SetupRow) => ({
		id,
		version,
		...Object.fromEntries(
			(noun.fields as Array<Field<unknown>>).flatMap(({name, list}) => {
				const texts = values[name];
				return texts === undefined ? [] : [[name, list ? texts : texts[0]!]];
			}),
		),
		...(usedBy && {usedBy}),
	});
	if (verb === 'list') return rows.map(one);
	return {...(rows[0] ? one(rows[0]) : {}), ...(changes && {changes})};
}
