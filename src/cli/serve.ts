import {join} from 'node:path';
import type {Config} from '../server/config.js';
import type {Log} from '../server/log.js';
import type {Service} from '../server/serve.js';
import {type ExitCode, exitCodes, type Io} from './command.js';
import {text} from './texts.js';

/** Runs the service until it is told to stop (SIGTERM, Ctrl-C) or cannot go on. */
export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {readConfig} = await import('../server/config.js');
	const {startService} = await import('../server/serve.js');
	const given = args as {data?: string; config?: string; port?: number};
	const config = readConfig({
		...(given.config !== undefined && {file: given.config}),
		...(given.data !== undefined && {dataDir: given.data}),
		...(given.port !== undefined && {port: given.port}),
	});
	const log = await openServiceLog(config, io.warn);
	return keepRunning(async () => {
		const service = await startService({config, log});
		const {url, udpPort, tcpPort} = service;
		io.say(args['json'] ? JSON.stringify({url, udpPort, tcpPort, pid: process.pid}) : text(io.language, 'serving', {url}));
		return service;
	}, log);
}

/** The log of the service in its data folder. */
export async function openServiceLog(config: Config, human?: (line: string) => void): Promise<Log> {
	const {openLog} = await import('../server/log.js');
	return openLog({path: join(config.service.dataDir, 'log', 'service.log'), ...config.log, ...(human && {human})});
}

/**
 * Starts something that runs, ends it in good order at the first signal (or when `asked` resolves), at once at the second.
 * An error nobody caught ends it too, with its last words in the log.
 */
export async function keepRunning(
	start: () => Promise<Pick<Service, 'broken' | 'stop'>>,
	log: Log,
	asked?: Promise<string>,
): Promise<ExitCode> {
	process.on('uncaughtException', error => lastWords(log, error));
	process.on('unhandledRejection', error => lastWords(log, error));
	const told = signalled(log);
	const service = await start();
	const why = await Promise.race([
		told.then(signal => ({signal})),
		service.broken.then(broken => ({broken})),
		...(asked ? [asked.then(signal => ({signal}))] : []),
	]);
	log('broken' in why ? 'error' : 'info', 'service.told', 'broken' in why ? {broken: why.broken} : {signal: why.signal});
	await service.stop();
	await log.flush();
	return 'broken' in why ? exitCodes.failed : exitCodes.ok;
}

/** Resolves with the first signal; the second one ends the process there and then. */
function signalled(log: Log): Promise<string> {
	return new Promise(resolve => {
		let first: string | undefined;
		for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
			process.on(signal, () => {
				if (first !== undefined) {
					log('warn', 'service.forced', {signal});
					log.flushNow();
					process.exit(exitCodes.failed);
				}
				first = signal;
				resolve(signal);
			});
		}
	});
}

function lastWords(log: Log, error: unknown): never {
	log('error', 'service.crashed', {error});
	log.flushNow();
	process.exit(exitCodes.software);
}
