/** A voice with real words: espeak-ng (Debian: espeak-ng), where it is installed. */
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {loadWav} from '../../src/sip/media/embedded/sounds.js';
import type {Say} from './people.js';
import {between, type Chance} from './voice.js';

export function espeakVersion(): string | undefined {
	try {
		return /\d+(\.\d+)+/.exec(execFileSync('espeak-ng', ['--version'], {encoding: 'utf8'}))?.[0];
	} catch {
		return undefined;
	}
}

const variants = ['', '+m1', '+m3', '+m7', '+f1', '+f2', '+f4', '+f5'];

/** The samples of everything in `wanted`, said before: the voice itself answers at once. */
export class Espeak {
	readonly #folder = mkdtempSync(join(tmpdir(), 'kaden-espeak-'));
	#files = 0;

	/** Says all parts of one script with one voice; to be awaited before `say` is used. */
	async voice(texts: readonly string[], language: 'ja' | 'en', chance: Chance): Promise<Say> {
		const name = `${language === 'ja' ? 'ja' : chance() < 0.5 ? 'en-us' : 'en-gb'}${variants[Math.floor(chance() * variants.length)]}`;
		const speed = Math.round(between(chance, 130, 190));
		const pitch = Math.round(between(chance, 30, 70));
		const sounds = new Map<string, Float64Array>();
		for (const text of new Set(texts)) {
			const path = join(this.#folder, `${++this.#files}.wav`);
			execFileSync('espeak-ng', ['-v', name, '-s', String(speed), '-p', String(pitch), '-w', path, text], {stdio: 'ignore'});
			sounds.set(text, trimmed(Float64Array.from(await loadWav(path))));
			rmSync(path);
		}
		return ({text = ''}) => sounds.get(text)!;
	}

	close(): void {
		rmSync(this.#folder, {recursive: true});
	}
}

/** Without the silence that espeak-ng puts around it: pauses are the script's. */
function trimmed(sound: Float64Array): Float64Array {
	const loud = sound.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 40;
	const from = sound.findIndex(value => Math.abs(value) > loud);
	const to = sound.findLastIndex(value => Math.abs(value) > loud);
	return from < 0 ? sound : sound.slice(from, to + 1);
}
