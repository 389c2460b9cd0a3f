import {Client} from '../server/api/client.js';
import type {ConsoleOptions} from '../tui/agent/console.js';
import {CommandFailed, type ExitCode, exitCodes, type Io} from './command.js';
import {findService, needService} from './connect.js';
import {type Appearance, appearanceOf, keysOf} from './console-options.js';
import {consolePhone} from './phone-options.js';
import {text} from './texts.js';

/** Without a sign of life for so long the line is tried anew; the console says after half of it that nothing comes. */
const silentMs = 20_000;

/** Opens the agent console on a running service. When the service moves (started again on another port) the console follows. */
export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	if (args['list-keys']) return listKeys(args, io);
	if (!hasTerminal()) throw new CommandFailed(text(io.language, 'needsTerminal'), exitCodes.usage);
	needService(args, io);
	const phone = await consolePhone(args, io);
	return openConsole(io, {...(await appearanceOf(args, io)), ...(phone && {phone})}, () => findService(args)?.url);
}

async function listKeys(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const [{keymapFile}, {bindings}] = await Promise.all([import('../tui/agent/keymap.js'), import('../tui/agent/keys.js')]);
	for (const line of keymapFile((await keysOf(args, io)) ?? bindings, io.language)
		.trimEnd()
		.split('\n'))
		io.say(line);
	return exitCodes.ok;
}

export const hasTerminal = (): boolean => Boolean(process.stdin.isTTY && process.stdout.isTTY);

/**
 * Runs the console until the operator leaves it.
 * @param url says where the service is, asked at each try to connect.
 * @param abort ends it from outside.
 */
export async function openConsole(
	io: Io,
	appearance: Appearance & Pick<ConsoleOptions, 'phone'>,
	url: () => string | undefined,
	abort?: AbortSignal,
): Promise<ExitCode> {
	const {runAgentConsole} = await import('../tui/agent/main.js');
	const lang = io.language;
	const {plain, ...look} = appearance;
	const code = await runAgentConsole({...look, lang, connect: () => new Client({url, lang, silentMs}), ...(abort && {abort})}, plain);
	return code as ExitCode;
}
