import {join} from 'node:path';
import type {Worker} from 'node:worker_threads';
import {closeDatabase, openDatabase, openReadOnly} from './db.js';
import {prepareGroups} from './group.js';
import {checkFile, migrate} from './migrate.js';
import type {StoreReader, StoreWriter} from './port.js';
import {prepareReader} from './reader.js';
import {Searcher} from './searcher.js';
import {startWriter, type WriterData} from './writer.js';

/** The one database file of a data folder. */
export const databasePath = (dataDir: string): string => join(dataDir, 'kaden.sqlite');

export type Store = {
	reader: StoreReader;
	writer: StoreWriter;
	/** Its thread is started at the first search. */
	searcher: Searcher;
	/** Reader first, then the writer, which moves everything into the one file: a copy of it is then a backup. */
	close(): Promise<void>;
};

/**
 * Opens the store of the running service: creates or upgrades the database, starts the writer thread.
 * The caller holds the data folder's lock. Throws `SchemaError` for a newer or foreign database.
 */
export function openStore(path: string, spawn?: (data: WriterData) => Worker): Store {
	upgrade(path);
	const writer = startWriter(path, spawn);
	const reader = prepareReader(openReadOnly(path));
	return whole(path, reader, writer);
}

/**
 * Opens the store for a command while the service is stopped: same port, without a thread; a commit is on the disk when it
 * returns. The caller holds the data folder's lock.
 */
export function openStoreOffline(path: string): Store {
	upgrade(path);
	const db = openDatabase(path);
	const groups = prepareGroups(db, 'offline');
	const reader = prepareReader(openReadOnly(path));
	let seq = groups.progress().seq;
	const writer: StoreWriter = {
		async commit(ops) {
			const [failed] = groups.commitGroup([{seq: ++seq, ops}], seq);
			if (failed) throw new Error(failed.message);
		},
		onDown() {},
		async close() {
			closeDatabase(db);
		},
	};
	return whole(path, reader, writer);
}

/** Opens the store beside a running service, to look at it: every commit is refused. */
export function openStoreToRead(path: string): Store {
	const reader = prepareReader(openReadOnly(path));
	const writer: StoreWriter = {
		commit: () => Promise.reject(new Error('opened to read only')),
		onDown() {},
		close: async () => {},
	};
	return whole(path, reader, writer);
}

function whole(path: string, reader: StoreReader, writer: StoreWriter): Store {
	const searcher = new Searcher(path);
	return {
		reader,
		writer,
		searcher,
		async close() {
			await searcher.close();
			reader.close();
			await writer.close();
		},
	};
}

function upgrade(path: string): void {
	checkFile(path);
	const db = openDatabase(path);
	try {
		migrate(db);
	} finally {
		closeDatabase(db);
	}
}
