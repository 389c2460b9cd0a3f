/** What every command shares: exit codes, the kinds of failure with a code of their own, and where output goes. */

/** Exit codes; those from 64 on are the ones of sysexits.h, so that scripts can tell what to do about it. */
export const exitCodes = {
	ok: 0,
	/** It was tried and did not work. */
	failed: 1,
	/** Some of it worked: an import with bad rows. */
	partly: 2,
	/** The command line is wrong. */
	usage: 64,
	/** The service cannot be reached, or a server that it needs. */
	unavailable: 69,
	/** A programmer's error. */
	software: 70,
	/** The data folder is in use; later it may work. */
	busy: 75,
	/** Not allowed. */
	permission: 77,
	/** The configuration is wrong. */
	config: 78,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export type Language = 'ja' | 'en';

/** Ends the command with a message for people and this exit code. */
export class CommandFailed extends Error {
	override name = 'CommandFailed';
	constructor(
		message: string,
		readonly exitCode: ExitCode = exitCodes.failed,
	) {
		super(message);
	}
}

/** What a command gets besides its own options. */
export type Io = {
	language: Language;
	/** Writes a line to stdout. */
	say: (line: string) => void;
	/** Writes a line to stderr. */
	warn: (line: string) => void;
};

/** A command's module exports `run`; `args` are its options as commands.ts describes them. */
export type CommandModule = {run: (args: Record<string, unknown>, io: Io) => Promise<ExitCode>};

/** The language for this environment, by the rules of POSIX: LC_ALL, then LC_MESSAGES, then LANG. */
export function languageOf(environment: Record<string, string | undefined>): Language {
	const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '';
	return /^ja/i.test(locale) ? 'ja' : 'en';
}
