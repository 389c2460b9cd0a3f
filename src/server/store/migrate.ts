import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import type {Database} from 'better-sqlite3';
import {shipped} from '../../paths.js';
import {openReadOnly} from './db.js';

/** PRAGMA application_id of Kaden's files: "Kadn". */
const applicationId = 0x4b61646e;

/** A database this program must not touch; the message says what to do. */
export class SchemaError extends Error {
	override name = 'SchemaError';
}

export type Migration = {version: number; sql: string};

/** The shipped migrations, assets/schema/NNNN.sql, numbered from 1 without a gap. */
export function shippedMigrations(folder: string = shipped('assets/schema')): Migration[] {
	const files = readdirSync(folder)
		.filter(name => /^\d{4}\.sql$/.test(name))
		.sort();
	return files.map((name, index) => {
		const version = Number(name.slice(0, 4));
		if (version !== index + 1) throw new SchemaError(`${join(folder, name)}: migration ${index + 1} is missing.`);
		return {version, sql: readFileSync(join(folder, name), 'utf8')};
	});
}

/**
 * Brings the database to the newest version, one transaction per migration, so that a crash leaves a whole version.
 * Refuses a file of a newer Kaden (its rows may mean something this program does not know) and a file of another program.
 * @returns the version before and after; equal when there was nothing to do.
 */
export function migrate(db: Database, migrations: Migration[] = shippedMigrations()): {from: number; to: number} {
	const newest = migrations.length;
	const from = refuseNewer(db, newest);
	if (from === newest) return {from, to: newest};
	// A table that others refer to is made anew without them losing what they refer to: SQLite wants this off for it, and a check behind.
	const checks = db.pragma('foreign_keys', {simple: true});
	db.pragma('foreign_keys = OFF');
	try {
		for (const migration of migrations.slice(from)) upgrade(db, migration);
	} finally {
		db.pragma(`foreign_keys = ${checks ? 'ON' : 'OFF'}`);
	}
	return {from, to: newest};
}

function upgrade(db: Database, {version, sql}: Migration): void {
	const whole = db.transaction(() => {
		db.exec(sql);
		const [lost] = db.pragma('foreign_key_check') as Array<{table: string; parent: string}>;
		if (lost) throw new SchemaError(`${db.name}: a row of ${lost.table} names a row of ${lost.parent} that is not there.`);
		db.pragma(`application_id = ${applicationId}`);
		db.pragma(`user_version = ${version}`);
	});
	whole.immediate();
}

/**
 * Looks at an existing file before anything of it is touched. Throws `SchemaError` for a file that is no database, a newer
 * one, or another program's.
 */
export function checkFile(path: string, migrations: Migration[] = shippedMigrations()): void {
	if (!existsSync(path) || statSync(path).size === 0) return;
	let db: Database | undefined;
	try {
		db = openReadOnly(path);
		refuseNewer(db, migrations.length);
	} catch (error) {
		if ((error as {code?: string}).code !== 'SQLITE_NOTADB') throw error;
		throw new SchemaError(`${path} is not a database. Give another data folder, or move the file away.`);
	} finally {
		db?.close();
	}
}

function refuseNewer(db: Database, newest: number): number {
	const version = versionOf(db);
	if (version <= newest) return version;
	throw new SchemaError(
		`${db.name} was written by a newer Kaden (database version ${version}, this program knows ${newest}). ` +
			'Start the newer program, or restore the backup made before the upgrade.',
	);
}

/** Throws unless the database has exactly the version this program works with; for connections that may not migrate. */
export function checkVersion(db: Database, migrations: Migration[] = shippedMigrations()): void {
	const version = versionOf(db);
	if (version !== migrations.length) {
		throw new SchemaError(`${db.name} has database version ${version}, this program needs ${migrations.length}.`);
	}
}

function versionOf(db: Database): number {
	const version = db.pragma('user_version', {simple: true}) as number;
	const owner = db.pragma('application_id', {simple: true}) as number;
	const tables = db.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get() ?? 0;
	if (tables > 0 && owner !== applicationId) {
		throw new SchemaError(`${db.name} is an SQLite database, but not one of Kaden's. Give another data folder.`);
	}
	return version;
}
