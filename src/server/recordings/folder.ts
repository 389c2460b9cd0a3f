/** The folder of recordings: one folder a day, one file a call. What is laid out otherwise is somebody else's and is left alone. */
import {statSync} from 'node:fs';
import {join} from 'node:path';

/** `2026-04-01/c-x-1.wav`, and `…-message.wav` for what a caller has left. */
const layout = /^\d{4}-\d{2}-\d{2}\/([A-Za-z0-9_-]{1,80})\.wav$/u;
const messageEnd = '-message';

/** What a file of ours is about; undefined for anything that is not laid out as ours. */
export function ownFile(path: string): {callId: string; isMessage: boolean} | undefined {
	const name = layout.exec(path)?.[1];
	if (name === undefined) return undefined;
	const isMessage = name.endsWith(messageEnd);
	return {callId: isMessage ? name.slice(0, -messageEnd.length) : name, isMessage};
}

/** Where a recording lies. @throws when the path is not one of ours: nothing outside the folder is ever touched. */
export function fileOf(folder: string, path: string): string {
	if (!ownFile(path)) throw new Error(`not a path of a recording: ${path}`);
	return join(folder, path);
}

/** Length of the file, or undefined when it is not there. */
export function bytesOf(folder: string, path: string | undefined): number | undefined {
	if (path === undefined || !ownFile(path)) return undefined;
	const stat = statSync(join(folder, path), {throwIfNoEntry: false});
	return stat?.isFile() ? stat.size : undefined;
}
