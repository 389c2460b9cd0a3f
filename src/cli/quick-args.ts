/**
 * Reads the command line of a console without yargs: loading it and making its help is a quarter of the time until the first
 * screen. Only lines of which nothing can be said are read here; everything else (help, a mistake, a repeated or shortened
 * option) is yargs' own. A test holds both against each other.
 */
import {normalize} from 'node:path';
import type {CommandRow, OptionRow} from './commands.js';

type Args = Record<string, unknown>;

/** The options of this line as yargs gives them, or undefined where it is for yargs. */
export function quickArgs(argv: readonly string[], rows: Readonly<Record<string, CommandRow>>): {row: CommandRow; args: Args} | undefined {
	const [name = '', ...rest] = argv;
	const row = Object.hasOwn(rows, name) ? rows[name]! : undefined;
	if (!row || row.usage !== name || row.positionals) return undefined;
	const args: Args = {};
	for (const [option, {default: value}] of Object.entries(row.options)) if (value !== undefined) args[option] = value;
	const seen = new Set<string>();
	for (let at = 0; at < rest.length; at++) {
		const [, option = '', , inline] = /^--([a-z][a-z-]*)(=(.+))?$/.exec(rest[at]!) ?? [];
		const known = option === 'lang' ? language : Object.hasOwn(row.options, option) ? row.options[option]! : undefined;
		if (!known || seen.has(option)) return undefined;
		seen.add(option);
		const isSwitch = known.type === 'boolean';
		if (isSwitch && inline !== undefined) return undefined;
		const value = isSwitch ? true : plainValue(known, inline ?? rest[++at]);
		if (value === undefined) return undefined;
		args[option] = value;
	}
	return {row, args};
}

const language: Partial<OptionRow> = {choices: ['ja', 'en']};

/** A value that means the same to everybody; what may be an option, a number or nothing is left to yargs. */
function plainValue(option: Partial<OptionRow>, given: string | undefined): string | undefined {
	if (given === undefined || !/^[A-Za-z/.~_]/.test(given) || option.array || option.type === 'number') return undefined;
	if (option.choices && !option.choices.includes(given)) return undefined;
	return option.normalize ? normalize(given) : given;
}
