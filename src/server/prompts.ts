import {existsSync} from 'node:fs';
import {basename, join} from 'node:path';
import {shipped} from '../paths.js';
import type {PromptName} from '../sip/port.js';

/** File names, without language and ending. */
const names: Record<PromptName, string> = {
	agentLogin: 'agent-login',
	beep: 'beep',
	holdMusic: 'hold-music',
	abandonApology: 'abandon-apology',
	ringTone: 'ring-tone',
};

/**
 * The file of a prompt: the installation's own where there is one, else the shipped one. A prompt that is spoken has the
 * language in its name, one that is not has none.
 */
export function promptFile(folder: string, prompt: PromptName, lang: 'ja' | 'en'): string {
	return found(folder, [`${names[prompt]}.${lang}.wav`, `${names[prompt]}.wav`]);
}

/**
 * A WAV file that the settings name: a message, music, an announcement. Only a name, so that nothing outside the two folders
 * can be played; with or without language and ending.
 */
export function soundFile(folder: string, name: string, lang: 'ja' | 'en'): string {
	const plain = basename(name).replace(/\.wav$/iu, '');
	return found(folder, [`${plain}.${lang}.wav`, `${plain}.wav`]);
}

function found(folder: string, names: string[]): string {
	const candidates = [folder, shipped('assets/prompts')].flatMap(each => names.map(name => join(each, name)));
	return candidates.find(path => existsSync(path)) ?? candidates.at(-1)!;
}
