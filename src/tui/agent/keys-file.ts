/** The operator's own key file: where it is looked for, and what it says. */
import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {type Lang, translator} from '../i18n/index.js';
import {keymapFrom} from './keymap.js';
import type {Binding} from './keys.js';

/** What is wrong with the file, in words, a line each. */
export class BadKeys extends Error {}

/**
 * The key table of a file: the given one, else that of KADEN_KEYS, else `kaden/keys` among the user's settings where there is one.
 * Undefined without a file: the program's own table.
 * @throws {BadKeys} the file cannot be read, or something in it is wrong.
 */
export function readKeys(
	given: string | undefined,
	lang: Lang,
	environment: Readonly<Record<string, string | undefined>> = process.env,
): readonly Binding[] | undefined {
	const named = given ?? environment['KADEN_KEYS'];
	const file = named || join(environment['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'kaden', 'keys');
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		if (!named && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw new BadKeys(`${file}: ${(error as Error).message}`);
	}
	const {bindings, problems} = keymapFrom(text);
	if (problems.length === 0) return bindings;
	const t = translator(lang);
	const lines = problems.map(({line, key, args}) => (line > 0 ? t('keymap.line', {line, problem: t(key, args)}) : t(key, args)));
	throw new BadKeys([t('keymap.head', {file}), ...lines].join('\n'));
}
