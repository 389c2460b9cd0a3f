import {Client} from '../server/api/client.js';
import {hasTerminal} from './agent.js';
import {CommandFailed, type ExitCode, exitCodes, type Io} from './command.js';
import {findService, needService} from './connect.js';
import {lookOf} from './console-options.js';
import {text} from './texts.js';

/** The floor is sent once a second at least; a line that is silent for so long is tried anew (before the login only pings come). */
const silentMs = 20_000;
const retryMsMax = 2_000;

/** Opens the supervisors' console on a running service, and follows it when it moves. */
export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	if (!hasTerminal()) throw new CommandFailed(text(io.language, 'needsTerminal'), exitCodes.usage);
	needService(args, io);
	const look = await lookOf(args, io);
	const {runSupervisorConsole} = await import('../tui/supervisor/main.js');
	const lang = io.language;
	const connect = () => new Client({url: () => findService(args)?.url, lang, silentMs, retryMsMax});
	return (await runSupervisorConsole({...look, lang, connect, say: line => io.warn(line)})) as ExitCode;
}
