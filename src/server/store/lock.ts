import {chmodSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Database} from 'better-sqlite3';
import {openLockFile} from './db.js';

/** Another process holds the data folder; the message says which and what to do. */
export class DataDirBusy extends Error {
	override name = 'DataDirBusy';
	constructor(
		readonly dataDir: string,
		/** Absent when the holder has not written it yet. */
		readonly pid: number | undefined,
	) {
		super(
			`${dataDir} is in use by ${pid === undefined ? 'another process' : `process ${pid}`} (a running Kaden). ` +
				'Stop it first, or give another folder with --data.',
		);
	}
}

export type DataDirLock = {release(): void};

/**
 * Takes the data folder for this process, creating it (owner only) when there is none. Throws `DataDirBusy` when another holds
 * it. The lock is the operating system's, on a file that SQLite holds locked: it ends with the process, however that
 * ends, so there is no left-over lock to judge. The pid file beside it is only for people and messages.
 */
export function lockDataDir(dataDir: string): DataDirLock {
	mkdirSync(dataDir, {recursive: true, mode: 0o700});
	const pidPath = join(dataDir, 'kaden.pid');
	const lockPath = join(dataDir, 'kaden.lock');
	closeSync(openSync(lockPath, 'a', 0o600));
	chmodSync(lockPath, 0o600);
	let lock: Database | undefined = openLockFile(lockPath);
	try {
		lock.exec('BEGIN EXCLUSIVE');
	} catch (error) {
		lock.close();
		if ((error as {code?: string}).code !== 'SQLITE_BUSY') throw error;
		throw new DataDirBusy(dataDir, pidIn(pidPath));
	}
	writeFileSync(pidPath, `${process.pid}\n`, {mode: 0o600});
	const release = () => {
		if (!lock) return;
		process.off('exit', release);
		rmSync(pidPath, {force: true});
		lock.close();
		lock = undefined;
	};
	// This also keeps the connection, and with it the lock, from being collected while nobody else refers to it.
	process.once('exit', release);
	return {release};
}

function pidIn(path: string): number | undefined {
	try {
		return Number.parseInt(readFileSync(path, 'utf8'), 10) || undefined;
	} catch {
		return undefined;
	}
}
