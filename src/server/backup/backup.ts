/**
 * A backup is a folder: the database as it was at one moment, the installation's own sounds, the recordings when asked for, and a list
 * of what is in it with checksums. It is made while the service runs, and put back while it stands still.
 */
import {createHash} from 'node:crypto';
import {createReadStream, existsSync} from 'node:fs';
import {cp, mkdir, open, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {dirname, join, relative, resolve} from 'node:path';
import {verifyAudit} from '../store/audit.js';
import {openReadOnly} from '../store/db.js';
import {lockDataDir} from '../store/lock.js';
import {checkFile} from '../store/migrate.js';
import {Searcher} from '../store/searcher.js';
import {databasePath} from '../store/store.js';

/** What the backup is of. */
export type Source = {dataDir: string; prompts: string; recordings?: string};
export type Manifest = {
	madeMs: number;
	program: string;
	/** Path inside the folder, bytes and SHA-256 in hex. */
	files: Array<{path: string; bytes: number; sha256: string}>;
	auditRows: number;
	auditHead: string;
};

export class BackupProblem extends Error {
	override name = 'BackupProblem';
	constructor(
		readonly what: 'exists' | 'inside' | 'notThere' | 'damaged' | 'audit',
		readonly path: string,
	) {
		super(`${what}: ${path}`);
	}
}

const manifestName = 'backup.json';
const partly = (target: string): string => `${target}.part`;

/** Whole or not at all: it is made beside its place and moved there when it is on the disk. */
export async function makeBackup(source: Source, to: string, about: {nowMs: number; program: string}): Promise<Manifest & {bytes: number}> {
	const target = resolve(to);
	if (existsSync(target)) throw new BackupProblem('exists', target);
	const inside = relative(resolve(source.dataDir), target);
	if (inside === '' || !inside.startsWith('..')) throw new BackupProblem('inside', target);
	const folder = partly(target);
	await rm(folder, {recursive: true, force: true});
	await mkdir(folder, {recursive: true, mode: 0o700});
	try {
		const copy = join(folder, 'kaden.sqlite');
		// A thread of its own: a large database takes minutes, and calls go on.
		const thread = new Searcher(databasePath(source.dataDir));
		try {
			await thread.copyTo(copy);
		} finally {
			await thread.close();
		}
		if (existsSync(source.prompts)) await cp(source.prompts, join(folder, 'prompts'), {recursive: true});
		if (source.recordings !== undefined && existsSync(source.recordings))
			await cp(source.recordings, join(folder, 'recordings'), {recursive: true});
		const {rows, head} = auditOf(copy);
		const files = [];
		for (const path of await filesIn(folder)) files.push(await entryOf(folder, path));
		const manifest: Manifest = {madeMs: about.nowMs, program: about.program, files, auditRows: rows, auditHead: head};
		await writeFile(join(folder, manifestName), `${JSON.stringify(manifest, null, '\t')}\n`, {mode: 0o600});
		await onDisk(join(folder, manifestName));
		await rename(folder, target);
		await onDisk(dirname(target));
		return {...manifest, bytes: files.reduce((sum, {bytes}) => sum + bytes, 0)};
	} catch (error) {
		await rm(folder, {recursive: true, force: true});
		throw error;
	}
}

/** Everything that the list names is there and is what it was. @throws BackupProblem. */
export async function checkBackup(from: string): Promise<Manifest> {
	const folder = resolve(from);
	const text = await readFile(join(folder, manifestName), 'utf8').catch(() => {
		throw new BackupProblem('notThere', join(folder, manifestName));
	});
	const manifest = JSON.parse(text) as Manifest;
	for (const {path, sha256} of manifest.files) {
		const whole = join(folder, path);
		if (!existsSync(whole) || (await entryOf(folder, path)).sha256 !== sha256) throw new BackupProblem('damaged', whole);
	}
	const database = join(folder, 'kaden.sqlite');
	checkFile(database);
	const {rows, head} = auditOf(database);
	if (rows !== manifest.auditRows || head !== manifest.auditHead) throw new BackupProblem('audit', database);
	return manifest;
}

/**
 * Puts a backup back into a data folder that no service uses. What was there is kept beside it.
 * @returns where the database that was there is now, if there was one. @throws BackupProblem, DataDirBusy.
 */
export async function restoreBackup(from: string, to: {dataDir: string; prompts: string; recordings: string}, nowMs: number) {
	const manifest = await checkBackup(from);
	const lock = lockDataDir(to.dataDir);
	try {
		const path = databasePath(to.dataDir);
		const fresh = `${path}.restore`;
		await cp(join(from, 'kaden.sqlite'), fresh);
		await onDisk(fresh);
		const kept = existsSync(path) ? `${path}.before-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}` : undefined;
		if (kept) await rename(path, kept);
		// What the log of the old database holds must not be read into the new one.
		for (const ending of ['-wal', '-shm'])
			if (existsSync(path + ending)) await rename(path + ending, (kept ?? path) + ending + (kept ? '' : '.old'));
		await rename(fresh, path);
		await onDisk(to.dataDir);
		for (const [name, place] of [
			['prompts', to.prompts],
			['recordings', to.recordings],
		] as const)
			if (existsSync(join(from, name))) await cp(join(from, name), place, {recursive: true});
		return {manifest, ...(kept && {kept})};
	} finally {
		lock.release();
	}
}

function auditOf(path: string): {rows: number; head: string} {
	const db = openReadOnly(path);
	try {
		const state = verifyAudit(db);
		if ('brokenAt' in state) throw new BackupProblem('audit', path);
		return state;
	} finally {
		db.close();
	}
}

async function filesIn(folder: string, below = ''): Promise<string[]> {
	const entries = await readdir(join(folder, below), {withFileTypes: true});
	const found = await Promise.all(
		entries.map(entry => {
			const path = join(below, entry.name);
			return entry.isDirectory() ? filesIn(folder, path) : [path];
		}),
	);
	return found.flat().sort();
}

async function entryOf(folder: string, path: string): Promise<Manifest['files'][number]> {
	const hash = createHash('sha256');
	for await (const chunk of createReadStream(join(folder, path))) hash.update(chunk as Buffer);
	return {path, bytes: (await stat(join(folder, path))).size, sha256: hash.digest('hex')};
}

async function onDisk(path: string): Promise<void> {
	const handle = await open(path, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}
