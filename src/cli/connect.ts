import {resolve} from 'node:path';
import {defaultDataDir, readKey, whereabouts} from '../data-folder.js';
import {Client} from '../server/api/client.js';
import {Refused} from '../server/api/messages.js';
import {CommandFailed, exitCodes, type Io} from './command.js';
import {text} from './texts.js';

export type Where = {url: string; folder: string};

/**
 * Where the service is: --server, or what the service of the data folder has left there; without --data that of the main
 * folder, else that of the demonstration.
 */
export function findService(args: Record<string, unknown>): Where | undefined {
	const given = namedFolder(args);
	const folders = given === undefined ? [defaultDataDir('main'), defaultDataDir('demo')] : [resolve(given)];
	const url = args['server'] as string | undefined;
	if (url !== undefined) return {url, folder: folders[0]!};
	for (const folder of folders) {
		const found = whereabouts(folder);
		if (found && isAlive(found.pid)) return {url: found.url, folder};
	}
	return undefined;
}

const namedFolder = (args: Record<string, unknown>): string | undefined =>
	(args['data'] as string | undefined) || process.env['KADEN_DATA'];

/** Like `findService`, for a command that cannot go on without. */
export function needService(args: Record<string, unknown>, io: Io): Where {
	const where = findService(args);
	if (where) return where;
	const folder = resolve(namedFolder(args) ?? defaultDataDir('main'));
	throw new CommandFailed(text(io.language, 'noService', {folder}), exitCodes.unavailable);
}

/** Connects, greets, runs `work`, and hangs up. */
export async function withClient<T>(where: Where, io: Io, work: (client: Client) => Promise<T>, limitMs = 2_000): Promise<T> {
	const client = new Client({url: where.url, lang: io.language});
	client.connect();
	try {
		await client.online(limitMs).catch(() => {
			throw new CommandFailed(text(io.language, 'noAnswer', {url: where.url}), exitCodes.unavailable);
		});
		return await work(client);
	} finally {
		client.close();
	}
}

/** Shows the key of the data folder: who can read it may ask. */
export async function admit(client: Client, where: Where, io: Io): Promise<void> {
	try {
		await client.request({type: 'admit', key: readKey(where.folder)});
	} catch (error) {
		if (error instanceof Refused || (error as NodeJS.ErrnoException).code !== undefined) {
			throw new CommandFailed(text(io.language, 'notAllowed', {folder: where.folder}), exitCodes.permission);
		}
		throw error;
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
