/**
 * The program as one executable file carries its own files: bundle, database addon, prompts, configuration. They are unpacked
 * once for each version into a folder that only the owner can write, and checked at each start.
 */
import {createHash, randomBytes} from 'node:crypto';
import {chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

/** One file that is carried: its path below the program's folder, SHA-256 in hex, and whether it may be executed. */
export type CarriedFile = {path: string; sha256: string; executable: boolean};
export type Manifest = {version: string; files: CarriedFile[]};

/** The folder cannot be used; the message says which and why, for the person who started the program. */
export class UnpackError extends Error {
	override name = 'UnpackError';
}

const digest = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The program's folder below `cacheFolder`, unpacked when it is not there or not as it was packed. Whoever comes at the same time
 * finds either nothing or all of it: it is written beside and moved into place.
 * @param read the bytes of a carried file.
 * @throws `UnpackError` when the folder belongs to somebody else, can be written by others, or cannot be written by us.
 */
export function unpack(manifest: Manifest, cacheFolder: string, read: (path: string) => Uint8Array): string {
	const name = `${manifest.version}-${digest(JSON.stringify(manifest)).slice(0, 16)}`;
	const folder = join(cacheFolder, name);
	try {
		mkdirSync(cacheFolder, {recursive: true, mode: 0o700});
		ownOnly(cacheFolder);
		if (isWhole(manifest, folder)) return folder;
		const fresh = join(cacheFolder, `.${name}.${randomBytes(6).toString('hex')}`);
		try {
			write(manifest, fresh, read);
			putInPlace(manifest, fresh, folder);
		} finally {
			rmSync(fresh, {recursive: true, force: true});
		}
		return folder;
	} catch (error) {
		if (error instanceof UnpackError) throw error;
		const {code, message} = error as NodeJS.ErrnoException;
		throw new UnpackError(`${cacheFolder} cannot be used (${code ?? message}). Name another folder with KADEN_CACHE.`);
	}
}

/** Others must not be able to put their program in place of ours. */
function ownOnly(folder: string): void {
	const found = lstatSync(folder);
	if (!found.isDirectory()) throw new UnpackError(`${folder} is no folder. Name another one with KADEN_CACHE.`);
	if (process.getuid && found.uid !== process.getuid()) {
		throw new UnpackError(`${folder} belongs to another user. Name another folder with KADEN_CACHE.`);
	}
	if ((found.mode & 0o022) !== 0) chmodSync(folder, 0o700);
}

function isWhole({files}: Manifest, folder: string): boolean {
	try {
		ownOnly(folder);
		return files.every(({path, sha256}) => digest(readFileSync(join(folder, path))) === sha256);
	} catch (error) {
		if (error instanceof UnpackError) throw error;
		return false;
	}
}

function write({files}: Manifest, folder: string, read: (path: string) => Uint8Array): void {
	for (const {path, sha256, executable} of files) {
		const bytes = read(path);
		if (digest(bytes) !== sha256) throw new UnpackError(`this program file is damaged: ${path} is not what was packed`);
		const target = join(folder, path);
		mkdirSync(dirname(target), {recursive: true, mode: 0o700});
		writeFileSync(target, bytes, {mode: executable ? 0o700 : 0o600, flag: 'wx'});
	}
}

/** A damaged folder is moved away first; one that somebody else has just put there, whole, serves as well. */
function putInPlace(manifest: Manifest, fresh: string, folder: string): void {
	for (let attempt = 0; attempt < 5; attempt++) {
		try {
			renameSync(fresh, folder);
			return;
		} catch (error) {
			const {code} = error as NodeJS.ErrnoException;
			if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
		}
		if (isWhole(manifest, folder)) return;
		const damaged = `${fresh}.damaged${attempt}`;
		try {
			renameSync(folder, damaged);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		}
		rmSync(damaged, {recursive: true, force: true});
	}
	throw new UnpackError(`${folder} is being changed by another program. Name another folder with KADEN_CACHE.`);
}
