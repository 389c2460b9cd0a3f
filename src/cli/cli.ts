import yargs from 'yargs';

/** Reads the command line and runs one command; each command's module is loaded only when it is asked for. */
export async function runCli(argv: string[]): Promise<void> {
	await yargs(argv).scriptName('kaden').demandCommand(1).strict().parseAsync();
}
