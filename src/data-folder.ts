/**
 * What lies in a data folder besides the database: where the running service is, and the key that lets commands of this
 * machine in. Both are readable by the owner of the folder only.
 */
import {randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';

/** The folder for data when nobody names one: `main` for a service of its own, `demo` for the demonstration. */
export function defaultDataDir(kind: 'main' | 'demo', env: NodeJS.ProcessEnv = process.env): string {
	return join(env['XDG_DATA_HOME'] || join(homedir(), '.local/share'), 'kaden', kind);
}

export type Whereabouts = {
	/** Where consoles connect. */
	url: string;
	/** Where phones register; 0 for a transport that is not served, or served by another server. */
	udpPort: number;
	tcpPort: number;
	pid: number;
	version: string;
	startedMs: number;
};

const whereaboutsPath = (folder: string): string => join(folder, 'service.json');

/** Says where the service listens, in one step: a reader never sees half of it. */
export function announce(folder: string, whereabouts: Whereabouts): void {
	const path = whereaboutsPath(folder);
	writeFileSync(`${path}.new`, `${JSON.stringify(whereabouts)}\n`, {mode: 0o600});
	renameSync(`${path}.new`, path);
}

export function withdraw(folder: string): void {
	rmSync(whereaboutsPath(folder), {force: true});
}

/** Where the service of this folder was last; it may be gone without having said so. */
export function whereabouts(folder: string): Whereabouts | undefined {
	try {
		const found = JSON.parse(readFileSync(whereaboutsPath(folder), 'utf8')) as Partial<Whereabouts>;
		return typeof found.url === 'string' && typeof found.pid === 'number' ? (found as Whereabouts) : undefined;
	} catch {
		return undefined;
	}
}

/** The keys of the folder: for commands of its owner, and for wall screens, which may see the figures and nothing else. */
export type KeyName = 'key' | 'wall-key';

/** A key of the folder, made at the first start. */
export function ensureKey(folder: string, name: KeyName = 'key'): string {
	const path = join(folder, name);
	mkdirSync(folder, {recursive: true, mode: 0o700});
	if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('base64url'), {mode: 0o600, flag: 'wx'});
	return readFileSync(path, 'utf8').trim();
}

/** A key, for a command. @throws the file system's error when it is not there or may not be read. */
export const readKey = (folder: string, name: KeyName = 'key'): string => readFileSync(join(folder, name), 'utf8').trim();
