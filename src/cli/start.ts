/** `kaden start`: the whole product on one machine, with a simulated carrier and simulated people. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {defaultDataDir} from '../data-folder.js';
import {hasTerminal, openConsole} from './agent.js';
import {startChild} from './child.js';
import {CommandFailed, type ExitCode, exitCodes, type Io} from './command.js';
import {findService} from './connect.js';
import {type Appearance, appearanceOf} from './console-options.js';
import {ServiceKeeper} from './keeper.js';
import {text} from './texts.js';

type StartArgs = {data?: string; reset: boolean; keep: boolean; seconds: number; json: boolean};

/** With a terminal the agent console on the demonstration; without one an automatic agent that works it for a while. */
export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const given = args as StartArgs;
	if (!Number.isFinite(given.seconds) || given.seconds <= 0 || given.seconds > 86_400) {
		throw new CommandFailed(text(io.language, 'badSeconds', {given: String(given.seconds)}), exitCodes.usage);
	}
	return hasTerminal() && !process.env['CI'] ? withConsole(given, await appearanceOf(args, io), io) : withoutTerminal(given, io);
}

/** The console is painted before anything else is started; the login waits for the service. */
async function withConsole(args: StartArgs, appearance: Appearance, io: Io): Promise<ExitCode> {
	const folder = resolve(args.data ?? (process.env['KADEN_DATA'] || defaultDataDir('demo')));
	let mayReset = args.reset;
	const keeper = new ServiceKeeper({
		// A folder that somebody works with is not emptied later, when he has gone.
		...(args.reset && {busyMs: 0}),
		find: () => (mayReset ? undefined : findService({data: folder})?.url),
		start: () => {
			const child = startChild([...serviceArgs(folder, {...args, reset: mayReset}, io), '--linger']);
			// Emptied once: what is worked after that stays, should the service be started again.
			child.up.then(
				() => {
					mayReset = false;
				},
				() => {},
			);
			return child;
		},
	});
	keeper.url();
	const code = await openConsole(io, appearance, () => keeper.url(), keeper.gaveUp.signal);
	keeper.end();
	if (keeper.failure) throw keeper.failure;
	const {child} = keeper;
	if (!child) return code;
	if (args.keep) {
		child.letGo();
		io.say(text(io.language, 'kept', {url: keeper.url() ?? '', pid: String(child.pid)}));
	} else await child.leave();
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
