/**
 * What telephony wants to know after a crash, in a file of the data folder: nothing secret, nothing that would be missed for more than a moment. It is
 * no part of the database, for it is of no use once the service runs.
 */
import {readFileSync} from 'node:fs';
import {rename, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {MemoryPlace, Remembered} from '../sip/application/memory.js';
import type {Log} from './log.js';

/** Peers of a call have given it up by themselves after this. */
const callsKeptMs = 600_000;
const nothing: Remembered = {phones: [], calls: []};

export type RememberedFile = MemoryPlace & {
	/** Resolves when what was saved last is on the disk. */
	settled(): Promise<void>;
};

export function rememberedIn(dataDir: string, log: Log, nowMs: () => number = Date.now): RememberedFile {
	const path = join(dataDir, 'telephony.json');
	let writing: Promise<void> = Promise.resolve();
	let next: string | undefined;
	const write = async (): Promise<void> => {
		const text = next;
		next = undefined;
		if (text === undefined) return;
		await writeFile(`${path}.new`, text, {mode: 0o600});
		await rename(`${path}.new`, path);
	};
	return {
		load() {
			try {
				const {savedMs, phones, calls} = JSON.parse(readFileSync(path, 'utf8')) as Remembered & {savedMs: number};
				const agoMs = Math.max(0, nowMs() - savedMs);
				const left = phones.map(phone => ({...phone, expiresInMs: phone.expiresInMs - agoMs}));
				return {phones: left.filter(({expiresInMs}) => expiresInMs > 0), calls: agoMs < callsKeptMs ? calls : []};
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log('warn', 'telephony.notRemembered', {path, error});
				return nothing;
			}
		},
		save(state) {
			next = `${JSON.stringify({savedMs: nowMs(), ...state})}\n`;
			writing = writing.then(write).catch(error => log('warn', 'telephony.notRemembered', {path, error}));
		},
		settled: () => writing,
	};
}
