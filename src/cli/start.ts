/** `kaden start`: the whole product on one machine, with a simulated carrier and simulated people. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {defaultDataDir} from '../data-folder.js';
import {hasTerminal, openConsole} from './agent.js';
import {type ServiceChild, startChild} from './child.js';
import {CommandFailed, type ExitCode, exitCodes, type Io} from './command.js';
import {findService} from './connect.js';
import {text} from './texts.js';

type StartArgs = {data?: string; reset: boolean; keep: boolean; seconds: number; json: boolean};

/** With a terminal the agent console on the demonstration; without one an automatic agent that works it for a while. */
export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const given = args as StartArgs;
	if (!Number.isFinite(given.seconds) || given.seconds <= 0 || given.seconds > 86_400) {
		throw new CommandFailed(text(io.language, 'badSeconds', {given: String(given.seconds)}), exitCodes.usage);
	}
	return hasTerminal() && !process.env['CI'] ? withConsole(given, io) : withoutTerminal(given, io);
}

/** The console is painted before anything else is started; the login waits for the service. */
async function withConsole(args: StartArgs, io: Io): Promise<ExitCode> {
	const folder = resolve(args.data ?? (process.env['KADEN_DATA'] || defaultDataDir('demo')));
	const running = args.reset ? undefined : findService({data: folder});
	const failed = new AbortController();
	let child: ServiceChild | undefined;
	let url = running?.url;
	let failure: unknown;
	if (!running) {
		child = startChild(serviceArgs(folder, args, io));
		child.up.then(
			address => {
				url = address;
			},
			error => {
				failure = error;
				failed.abort();
			},
		);
	}
	const code = await openConsole(io, () => url, failed.signal);
	if (failure) throw failure;
	if (!child) return code;
	if (args.keep) {
		child.letGo();
		io.say(text(io.language, 'kept', {url: url ?? '', pid: String(child.pid)}));
	} else await child.stop();
	return code;
}

/** In CI and in pipes: a folder of its own that is removed at the end, so that runs beside each other do not meet. */
async function withoutTerminal(args: StartArgs, io: Io): Promise<ExitCode> {
	const {workUnattended} = await import('./unattended.js');
	const folder = args.data === undefined ? mkdtempSync(join(tmpdir(), 'kaden-demo-')) : resolve(args.data);
	const child = startChild(serviceArgs(folder, args, io));
	try {
		const url = await child.up;
		const worked = await workUnattended({url, folder, seconds: args.seconds, json: args.json, ended: child.ended}, io);
		const ended = await child.stop();
		if (ended !== exitCodes.ok) io.warn(text(io.language, 'serviceEnded', {code: String(ended)}));
		return worked && ended === exitCodes.ok ? exitCodes.ok : exitCodes.failed;
	} finally {
		await child.stop();
		if (args.data === undefined) rmSync(folder, {recursive: true, force: true});
	}
}

function serviceArgs(folder: string, args: StartArgs, io: Io): string[] {
	return ['demo-service', '--data', folder, '--lang', io.language, ...(args.reset ? ['--reset'] : []), ...(args.keep ? ['--keep'] : [])];
}
