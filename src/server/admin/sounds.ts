/** The folder of the installation's own sounds: what is in it, and how one comes and goes. */
import {randomBytes} from 'node:crypto';
import {readdirSync} from 'node:fs';
import {copyFile, mkdir, open, rename, rm} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {shipped} from '../../paths.js';
import {loadWav} from '../../sip/media/embedded/sounds.js';
import {wavHeader} from '../../sip/media/embedded/wav.js';
import {soundName} from './forms.js';
import {SetupProblem} from './problem.js';

const rateHz = 8_000;
const durationMsMax = 30 * 60_000;

export type Sounds = {
	/** Names without language and ending, in order. */
	names(): {sounds: string[]; ownSounds: string[]};
	/** Takes a WAV file in: as 16 bit PCM, one channel, 8 kHz, whatever it was. */
	add(name: string, path: string | undefined): Promise<void>;
	remove(name: string): Promise<void>;
	/** Puts the sound aside as it is, to be brought back. Undefined when there is none of our own. */
	keep(name: string): Promise<string | undefined>;
	/** The sound is again what was put aside, or, where nothing was, gone. False when it is not there any more. */
	bringBack(name: string, kept: string | undefined): Promise<boolean>;
};

/** Sounds that were replaced or removed; the oldest give way. */
const keptFolder = '.kept';
const keptMax = 50;

export function openSounds(folder: string, lang: 'ja' | 'en'): Sounds {
	const other = lang === 'ja' ? '.en.wav' : '.ja.wav';
	const inFolder = (path: string): string[] => {
		try {
			return readdirSync(path).filter(name => name.endsWith('.wav') && !name.endsWith(other));
		} catch {
			return [];
		}
	};
	const aside = join(folder, keptFolder);
	const remove = async (name: string): Promise<void> => {
		for (const file of inFolder(folder)) if (soundName(file) === name) await rm(join(folder, file));
	};
	return {
		remove,
		async keep(name) {
			const file = inFolder(folder).find(each => soundName(each) === name);
			if (file === undefined) return undefined;
			await mkdir(aside, {recursive: true, mode: 0o700});
			// In the order in which they were put aside.
			const kept = `${Date.now().toString(36)}-${randomBytes(3).toString('hex')}-${basename(name)}.wav`;
			await copyFile(join(folder, file), join(aside, kept));
			for (const old of readdirSync(aside).sort().slice(0, -keptMax)) await rm(join(aside, old));
			return kept;
		},
		async bringBack(name, kept) {
			if (kept !== undefined && !inFolder(aside).includes(kept)) return false;
			await remove(name);
			if (kept === undefined) return true;
			const fresh = join(folder, `${basename(name)}.wav.new`);
			await copyFile(join(aside, kept), fresh);
			await rename(fresh, join(folder, `${basename(name)}.wav`));
			return true;
		},
		names() {
			const own = inFolder(folder).map(soundName);
			const all = [...own, ...inFolder(shipped('assets/prompts')).map(soundName)];
			return {sounds: [...new Set(all)].sort(), ownSounds: [...new Set(own)].sort()};
		},
		async add(name, path) {
			if (path === undefined) return;
			const samples = await loadWav(path).catch((error: Error) => {
				throw new SetupProblem('badSound', {given: path, detail: error.message});
			});
			if (samples.length === 0 || samples.length / rateHz > durationMsMax / 1_000)
				throw new SetupProblem('badSound', {given: path, detail: {ja: '空か、30分より長い', en: 'it is empty, or longer than 30 minutes'}});
			await mkdir(folder, {recursive: true, mode: 0o700});
			const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
			// Whole or not at all: it may be played at this moment.
			const fresh = join(folder, `${basename(name)}.wav.new`);
			const file = await open(fresh, 'w', 0o600);
			try {
				await file.writeFile(Buffer.concat([wavHeader(bytes.length, 1, rateHz), bytes]));
				await file.sync();
			} finally {
				await file.close();
			}
			await rename(fresh, join(folder, `${basename(name)}.wav`));
		},
	};
}
