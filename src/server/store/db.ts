import {chmodSync, closeSync, existsSync, mkdirSync, openSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import Sqlite, {type Database, type Options} from 'better-sqlite3';
import {shipped} from '../../paths.js';
import {bundled} from '../../spawn.js';

/**
 * The bundle cannot find the addon by itself. The build puts a copy beside it; a package from a registry has none, because it is
 * for every kind of machine, and uses the one of its installed dependency.
 */
function addonPath(): string {
	const beside = shipped('dist/better_sqlite3.node');
	if (existsSync(beside)) return beside;
	return join(dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json')), 'build/Release/better_sqlite3.node');
}

/** How long a connection waits for another one's lock. Only a tool that opens the file beside the service can hold one. */
const busyMs = 5000;

const options = (more: Options): Options => ({
	timeout: busyMs,
	...(bundled ? {nativeBinding: addonPath()} : {}),
	...more,
});

/**
 * Opens the database for writing, creating it (and its folder) when there is none. Customer data is in it: the file is
 * readable and writable by its owner only, and SQLite gives its -wal and -shm files the same mode.
 */
export function openDatabase(path: string): Database {
	const folder = dirname(path);
	if (!existsSync(folder)) mkdirSync(folder, {recursive: true, mode: 0o700});
	closeSync(openSync(path, 'a', 0o600));
	chmodSync(path, 0o600);
	const db = new Sqlite(path, options({}));
	db.pragma('journal_mode = WAL');
	// FULL: a commit is acknowledged when it is on the disk, not when it is in the kernel's memory.
	db.pragma('synchronous = FULL');
	db.pragma('foreign_keys = ON');
	// Indexes of a million random phone numbers are written all over: a larger cache keeps an import from reading them back.
	db.pragma('cache_size = -32000');
	return db;
}

/** Opens an existing database for reading only. WAL never makes this connection wait for the writer. */
export function openReadOnly(path: string): Database {
	const db = new Sqlite(path, options({readonly: true, fileMustExist: true}));
	db.pragma('cache_size = -16000');
	return db;
}

/** A file that is only there to be locked; a lock that is held is an error at once. */
export const openLockFile = (path: string): Database => new Sqlite(path, options({timeout: 0}));

/** Moves everything into the one database file, so that a copy of that file alone is a whole backup, and closes. */
export function closeDatabase(db: Database): void {
	if (!db.open) return;
	try {
		if (!db.readonly) db.pragma('wal_checkpoint(TRUNCATE)');
	} finally {
		db.close();
	}
}
