/** A recording that went on on another server is two files. They are made one, with silence for the time between. */
import {type FileHandle, open, rename, rm, stat} from 'node:fs/promises';
import {repairWav, wavHeader, wavHeaderBytes} from '../embedded/wav.js';
import type {RecordingFacts} from '../port.js';

/** A file and when its first sample was taken. */
export type RecordingPart = {path: string; startedMs: number};

const rateHz = 8000;
const channels = 2;
const blockBytes = 2 * channels;
const bytesPerMs = (rateHz / 1000) * blockBytes;
const chunkBytes = 64 * 1024;
/** Clocks and starts are not exact to the frame: less than this is no gap. */
const gapMsMin = 40;

/** Where the next part goes: not where a recording could be, so that what a crash leaves behind is found by people. */
export const partPath = (path: string, index: number): string => path.replace(/(\.wav)?$/i, `.part${index + 1}.wav`);

/** Joins the parts into the first one's file. Parts that are not there are left out. */
export async function joinParts(parts: readonly RecordingPart[]): Promise<RecordingFacts | undefined> {
	const [first, ...rest] = parts;
	if (!first) return undefined;
	for (const part of parts) await repairWav(part.path).catch(() => undefined);
	const there = await stat(first.path).catch(() => undefined);
	for (const part of rest) {
		const found = await stat(part.path).catch(() => undefined);
		if (!found) continue;
		if ((await stat(first.path).catch(() => undefined)) === undefined) await rename(part.path, first.path);
		else await append(first, part);
		await rm(part.path, {force: true});
	}
	const bytes = (await stat(first.path).catch(() => there))?.size;
	if (bytes === undefined) return undefined;
	return {path: first.path, bytes, durationMs: Math.round(Math.max(0, bytes - wavHeaderBytes) / bytesPerMs)};
}

async function append(first: RecordingPart, part: RecordingPart): Promise<void> {
	const to = await open(first.path, 'r+');
	let from: FileHandle | undefined;
	try {
		from = await open(part.path, 'r');
		let at = (await to.stat()).size;
		const missingMs = part.startedMs - first.startedMs - (at - wavHeaderBytes) / bytesPerMs;
		if (missingMs >= gapMsMin) {
			const gap = Buffer.alloc(Math.round((missingMs * rateHz) / 1000) * blockBytes);
			await to.write(gap, 0, gap.length, at);
			at += gap.length;
		}
		const chunk = Buffer.alloc(chunkBytes);
		for (let read = wavHeaderBytes; ; ) {
			const {bytesRead} = await from.read(chunk, 0, chunk.length, read);
			if (bytesRead === 0) break;
			await to.write(chunk, 0, bytesRead, at);
			read += bytesRead;
			at += bytesRead;
		}
		await to.write(wavHeader(at - wavHeaderBytes, channels, rateHz), 0, wavHeaderBytes, 0);
		await to.sync();
	} finally {
		await from?.close();
		await to.close();
	}
}
