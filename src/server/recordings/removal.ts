/**
 * Takes recordings and messages away so that row and file agree at every moment: first it is written down that a file is to go — from
 * then on nobody finds it — then the file goes, then everything that names it. Whatever a crash leaves half done is gone on with.
 */
import {readdir, rmdir, unlink} from 'node:fs/promises';
import {dirname} from 'node:path';
import type {EventRow} from '../domain/model.js';
import type {StoreOp, StoreReader, StoreWriter} from '../store/port.js';
import {fileOf, ownFile} from './folder.js';

export type RemovalParts = {
	folder: string;
	reader: Pick<StoreReader, 'removals'>;
	writer: Pick<StoreWriter, 'commit'>;
	nowMs: () => number;
	/** Takes one file away. Default: the disk's; a test may break it. */
	unlinkFile?: ((file: string) => Promise<void>) | undefined;
};

/** One commit at most. */
const batchMax = 200;

/** Writes down that these go. What is not laid out as ours is left alone. @returns how many. */
export async function markRemovals(
	{writer, nowMs}: RemovalParts,
	paths: readonly string[],
	{actor, reason, data}: {actor: string; reason: string; data?: Record<string, unknown>},
): Promise<number> {
	const own = paths.filter(path => ownFile(path));
	for (let at = 0; at < own.length; at += batchMax) {
		const ops = own.slice(at, at + batchMax).flatMap((path): StoreOp[] => [
			{op: 'putRemoval', path, atMs: nowMs()},
			{op: 'appendEvent', row: eventOf(path, 'expired', {atMs: nowMs(), actor, reason, data})},
		]);
		await writer.commit(ops);
	}
	return own.length;
}

/** Takes away what is written down. A file that cannot be removed stays written down. @returns how many went, and why others did not. */
export async function finishRemovals(parts: RemovalParts): Promise<{removed: number; failures: string[]}> {
	const {folder, reader, writer, nowMs, unlinkFile = unlink} = parts;
	const failures = new Map<string, string>();
	const folders = new Set<string>();
	let removed = 0;
	for (;;) {
		const paths = reader.removals(batchMax + failures.size).filter(path => !failures.has(path));
		if (paths.length === 0) break;
		const gone: string[] = [];
		for (const path of paths) {
			try {
				const file = fileOf(folder, path);
				await unlinkFile(file);
				folders.add(dirname(file));
				gone.push(path);
			} catch (error) {
				const {code, message} = error as NodeJS.ErrnoException;
				if (code === 'ENOENT') gone.push(path);
				else failures.set(path, code ?? message);
			}
		}
		await writer.commit(
			gone.flatMap((path): StoreOp[] => [
				{op: 'finishRemoval', path},
				{op: 'appendEvent', row: eventOf(path, 'removed', {atMs: nowMs(), actor: 'system'})},
			]),
		);
		removed += gone.length;
	}
	for (const each of folders) await removeIfEmpty(each);
	return {removed, failures: [...failures].map(([path, code]) => `${path}: ${code}`)};
}

async function removeIfEmpty(folder: string): Promise<void> {
	// Somebody may put a file there meanwhile: rmdir refuses then.
	const names = await readdir(folder).catch(() => ['unknown']);
	if (names.length === 0) await rmdir(folder).catch(() => {});
}

function eventOf(
	path: string,
	verb: 'expired' | 'removed',
	{atMs, actor, reason, data}: {atMs: number; actor: string; reason?: string; data?: Record<string, unknown> | undefined},
): EventRow {
	const own = ownFile(path);
	return {
		atMs,
		kind: `${own?.isMessage ? 'voicemail' : 'recording'}.${verb}`,
		actor,
		...(reason !== undefined && {reason}),
		...(own && {callId: own.callId}),
		data: {path, ...data},
	};
}
