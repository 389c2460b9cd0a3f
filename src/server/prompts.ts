import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {shipped} from '../paths.js';
import type {PromptName} from '../sip/port.js';

/** File names, without language and ending. */
const names: Record<PromptName, string> = {
	agentLogin: 'agent-login',
	beep: 'beep',
	holdMusic: 'hold-music',
	abandonApology: 'abandon-apology',
};

/**
 * The file of a prompt: the installation's own where there is one, else the shipped one. A prompt that is spoken has the
 * language in its name, one that is not has none.
 */
export function promptFile(folder: string, prompt: PromptName, lang: 'ja' | 'en'): string {
	const candidates = [folder, shipped('assets/prompts')].flatMap(each =>
		[`${names[prompt]}.${lang}.wav`, `${names[prompt]}.wav`].map(name => join(each, name)),
	);
	return candidates.find(path => existsSync(path)) ?? candidates.at(-1)!;
}
