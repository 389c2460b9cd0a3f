/** What the service answered about a setting, as lines for people. */
import type {AnyNoun, Field} from '../../server/admin/noun.js';
import {inLanguage} from '../../server/admin/noun.js';
import type {SetupResult, SetupRow} from '../../server/admin/setup.js';
import type {Io, Language} from '../command.js';
import {pairLines, tableLines} from './table.js';
import {say} from './texts.js';

export async function lines(noun: AnyNoun, verb: string, {rows, changes}: SetupResult, {language}: Io): Promise<string[]> {
	if (verb === 'list') return listLines(noun, rows, language);
	if (verb === 'show') return rows.flatMap(row => showLines(noun, row, language));
	const field = (name: string): string => labelOf(noun, name, language);
	const text = (texts: readonly string[]): string => (texts.length > 0 ? texts.join('; ') : say(language, 'notSet'));
	return (changes ?? []).map(change =>
		verb === 'add'
			? `  ${field(change.field)}: ${text(change.after)}`
			: `  ${field(change.field)}: ${text(change.before)} → ${text(change.after)}`,
	);
}

const labelOf = (noun: AnyNoun, name: string, language: Language): string =>
	inLanguage((noun.fields as Array<Field<unknown>>).find(field => field.name === name)?.label ?? name, language);

function listLines(noun: AnyNoun, rows: readonly SetupRow[], language: Language): string[] {
	if (rows.length === 0) return [say(language, 'noRows')];
	const header = [noun.label[language], ...noun.columns.map(name => labelOf(noun, name, language))];
	const fallback = (name: string): string =>
		inLanguage((noun.fields as Array<Field<unknown>>).find(field => field.name === name)?.fallback ?? '', language);
	const cells = rows.map(({key, values}) => [key, ...noun.columns.map(name => values[name]?.join('; ') ?? fallback(name))]);
	return tableLines(header, cells, process.stdout.isTTY ? process.stdout.columns : undefined);
}

function showLines(noun: AnyNoun, {key, version, values, usedBy = []}: SetupRow, language: Language): string[] {
	const pairs: Array<[string, string[]]> = [[noun.label[language], [key]]];
	for (const {name, label, fallback} of noun.fields as Array<Field<unknown>>) {
		const unset = fallback === undefined ? say(language, 'notSet') : say(language, 'fallback', {text: inLanguage(fallback, language)});
		// What an option is called is said where it is not the label itself.
		const title = label[language] === name ? name : `${label[language]} (${name})`;
		pairs.push([title, values[name] ?? [unset]]);
	}
	pairs.push([say(language, 'version'), [version]]);
	if (usedBy.length > 0) pairs.push([say(language, 'usedBy'), usedBy]);
	return pairLines(pairs);
}
