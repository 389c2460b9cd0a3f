import type {Argv} from 'yargs';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language, languageOf} from './command.js';
import {type CommandRow, commands} from './commands.js';
import {quickArgs} from './quick-args.js';
import {type Text, type TextKey, text, yargsJapanese} from './texts.js';

/** A command line that nobody can carry out; the message names what is allowed. */
class UsageError extends Error {}

/**
 * Reads the command line and runs one command; each command's module is loaded only when it is asked for.
 * Sets the exit code; a message goes to stderr.
 */
export async function runCli(argv: string[]): Promise<void> {
	const io: Io = {
		language: chosenLanguage(argv) ?? languageOf(process.env),
		say: line => void process.stdout.write(`${line}\n`),
		warn: line => void process.stderr.write(`${line}\n`),
	};
	// A reader that has seen enough (`kaden status | head`) is no error.
	process.stdout.on('error', error => {
		if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(exitCodes.ok);
	});
	process.exitCode = await carriedOut(argv, io);
}

/** One command line, by whatever process: what it says goes to `io`, help and completion to stdout. @returns the exit code. */
export async function carriedOut(argv: string[], io: Io): Promise<ExitCode> {
	let code: ExitCode = exitCodes.ok;
	// The shell asks while somebody types: nothing may appear between the lines.
	const completing = argv[0] === '--get-yargs-completions';
	try {
		if (completing && (await completed(argv, io))) return code;
		const quick = quickArgs(argv, commands);
		if (quick) code = await (await quick.row.load()).run(quick.args, io);
		else {
			const {yargs} = await import('./yargs.js');
			await parser(yargs(argv), {argv, io, rows: await rowsFor(argv)}, result => {
				code = result;
			}).parseAsync();
		}
	} catch (error) {
		code = completing ? exitCodes.ok : explain(error, io);
	}
	return code;
}

/** Says what went wrong; the exit code tells scripts. */
export function explain(error: unknown, io: Io): ExitCode {
	if (error instanceof UsageError) {
		io.warn(error.message);
		return exitCodes.usage;
	}
	if (error instanceof CommandFailed) {
		io.warn(error.message);
		return error.exitCode;
	}
	const outside = fromOutside(error as NodeJS.ErrnoException & {address?: string; port?: number}, io.language);
	if (outside !== undefined) {
		io.warn(outside);
		return exitCodes.config;
	}
	const {name, message, stack} = error as Error;
	const known: Record<string, ExitCode> = {
		ConfigError: exitCodes.config,
		DataDirBusy: exitCodes.busy,
		SchemaError: exitCodes.config,
		SignallingUnusable: exitCodes.unavailable,
		MediaUnusable: exitCodes.unavailable,
	};
	const code = known[name];
	io.warn(code === undefined ? (stack ?? String(error)) : message);
	return code ?? exitCodes.software;
}

/** What the machine or the disk refuses, said so that it can be mended; undefined for anything else. */
function fromOutside(
	{code = '', syscall, address = '', port = 0, message}: NodeJS.ErrnoException & {address?: string; port?: number},
	language: Language,
): string | undefined {
	if ((syscall === 'listen' || syscall === 'bind') && ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES'].includes(code))
		return text(language, 'cannotListen', {address, port: String(port), code});
	if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return text(language, 'damagedDatabase', {code, message});
	return undefined;
}

/** --lang counts for the help as well, so it is looked for before anything is parsed. */
function chosenLanguage(argv: string[]): Language | undefined {
	for (const [index, each] of argv.entries()) {
		const value = each === '--lang' ? argv[index + 1] : each.startsWith('--lang=') ? each.slice(7) : undefined;
		if (value === 'ja' || value === 'en') return value;
	}
	return undefined;
}

/** The commands of administrators are made from a table of their own, which is read only when one of them, help or completion is asked for. */
async function rowsFor(argv: readonly string[]): Promise<Record<string, CommandRow>> {
	const first = argv.find((each, at) => !each.startsWith('-') && argv[at - 1] !== '--lang');
	if (first !== undefined && commands[first]) return commands;
	const [{nouns}, {commandOf, furtherCommands}] = await Promise.all([import('../server/admin/nouns.js'), import('./admin/command.js')]);
	return {...commands, ...Object.fromEntries(nouns.map(noun => [noun.name, commandOf(noun)])), ...furtherCommands};
}

type Line = {argv: string[]; io: Io; rows: Record<string, CommandRow>};

function parser(line: Argv, {argv, io, rows}: Line, done: (code: ExitCode) => void): Argv {
	const say = (key: TextKey | Text, values?: Record<string, string>) =>
		typeof key === 'string' ? text(io.language, key, values) : key[io.language];
	let known = Object.keys(rows).filter(name => !rows[name]!.hidden);
	let options: string[] = ['help', 'lang'];
	const cli = line
		.scriptName('kaden')
		.locale(io.language)
		.updateStrings({'Commands:': say('commands'), 'Options:': say('options'), ...(io.language === 'ja' && yargsJapanese)})
		.usage(say('usage'))
		.option('lang', {describe: say('langOption'), choices: ['ja', 'en'], requiresArg: true, global: true})
		.help('help', say('help'))
		.alias('help', 'h')
		.version(false)
		.completion('completion', say('completion'))
		.epilogue(`${say('manuals')}\n${say('exitCodes')}`)
		.wrap(Math.min(120, process.stdout.columns ?? 100))
		.exitProcess(false)
		.strictCommands()
		.strictOptions()
		.demandCommand(1)
		.fail((message, error) => {
			// What yargs finds wrong by itself is about the command line as well.
			if (error && error.name !== 'YError') throw error;
			throw new UsageError(`${usageMessage(message, argv, {known, options}, say)}\n${say('seeHelp', {command: 'kaden'})}`);
		});
	for (const row of Object.values(rows)) {
		cli.command(
			row.usage,
			(row.hidden ? false : say(row.text)) as string,
			each => {
				options = [...Object.keys(row.options), 'help', 'lang'];
				known = [];
				return describe(each, row, say);
			},
			async args => {
				const command = await row.load();
				done(await command.run(args as Record<string, unknown>, io));
			},
		);
	}
	return cli as Argv;
}

/** What is set up is completed by asking the service; everything else yargs knows by itself. @returns whether it was. */
async function completed(argv: readonly string[], io: Io): Promise<boolean> {
	// What was typed stands behind the switch with which the shell asks, and behind the name of the program.
	const words = argv.slice(2);
	const {complete, isCompleted} = await import('./admin/complete.js');
	if (words.length < 2 || !isCompleted(words)) return false;
	const after = (name: string) => {
		const at = words.indexOf(`--${name}`);
		const value = at < 0 ? undefined : words[at + 1];
		return value === undefined ? {} : {[name]: value};
	};
	for (const word of await complete(words, {...after('server'), ...after('data')})) io.say(word);
	return true;
}

function describe(cli: Argv, row: CommandRow, say: (key: TextKey | Text) => string): Argv {
	for (const [name, {text: key, ...option}] of Object.entries(row.options)) cli.option(name, {...option, describe: say(key)});
	for (const [name, {text: key, ...positional}] of Object.entries(row.positionals ?? {}))
		cli.positional(name, {...positional, describe: say(key)});
	return cli;
}

/** yargs says what is wrong; we add what would be right. */
function usageMessage(
	message: string,
	argv: string[],
	allowed: {known: string[]; options: string[]},
	say: (key: TextKey, values?: Record<string, string>) => string,
): string {
	const given = argv.find(each => !each.startsWith('-'));
	const names = [...allowed.known, 'completion'].join(', ');
	if (allowed.known.length > 0)
		return given === undefined ? say('noCommand', {known: names}) : say('unknownCommand', {given, known: names});
	const options = allowed.options.map(each => `--${each}`).join(', ');
	const unknown = argv.find(each => each.startsWith('--') && !allowed.options.includes(each.slice(2).split('=')[0]!.replace(/^no-/, '')));
	return unknown ? say('unknownOption', {given: unknown, known: options}) : message;
}
