import {programVersion} from '../paths.js';
import {type ExitCode, exitCodes, type Io} from './command.js';
import {findService, withClient} from './connect.js';
import {text} from './texts.js';

/** Both versions, as item 1 asks: that of this program and that of the running service, which may be older. */
export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const where = findService(args);
	const asked = args['server'] !== undefined || args['data'] !== undefined;
	const service =
		where &&
		(await withClient(where, io, async client => client.welcome?.serverVersion).catch(error => {
			if (asked) throw error;
			return undefined;
		}));
	if (args['json']) {
		io.say(JSON.stringify({program: programVersion(), service: service ?? null}));
		return exitCodes.ok;
	}
	io.say(`${text(io.language, 'consoleVersion')}: kaden ${programVersion()}`);
	io.say(`${text(io.language, 'serviceVersion')}: ${service ? `kaden ${service}` : text(io.language, 'notRunning')}`);
	return exitCodes.ok;
}
