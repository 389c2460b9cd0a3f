/** How a console looks and sounds: by option, else by environment, else by what the terminal is. */
import {readFileSync} from 'node:fs';
import type {ConsoleOptions} from '../tui/agent/console.js';
import {CommandFailed, exitCodes, type Io} from './command.js';
import type {OptionRow} from './commands.js';

export const markNames = ['shapes', 'ascii'] as const;
export const widthNames = ['measure', 'narrow', 'wide'] as const;
export const soundNames = ['auto', 'bell', 'sound', 'off'] as const;

/** How a console looks and sounds, on every one of them. */
export const lookOptions: Record<string, OptionRow> = {
	theme: {
		text: {
			ja: '配色：colour、contrast、light、plain、または JSON のファイル',
			en: 'colours: colour, contrast, light, plain, or a JSON file of your own',
		},
		type: 'string',
		requiresArg: true,
	},
	marks: {
		text: {ja: '記号：shapes、または ASCII 文字だけの ascii', en: 'marks: shapes, or ascii letters only'},
		choices: markNames,
		requiresArg: true,
	},
	width: {
		text: {
			ja: 'あいまいな幅の文字：measure（端末に尋ねる）、narrow、wide',
			en: 'characters of ambiguous width: measure (ask the terminal), narrow, wide',
		},
		choices: widthNames,
		requiresArg: true,
	},
	sound: {
		text: {
			ja: '知らせ方：auto、bell（端末のベル）、sound（短い音）、off',
			en: 'signals: auto, bell (of the terminal), sound (short tones), off',
		},
		choices: soundNames,
		requiresArg: true,
	},
};

/** The options of every command that opens an operator's console. */
export const consoleOptions: Record<string, OptionRow> = {
	plain: {
		text: {
			ja: '行表示で開く（スクリーンリーダー向け。画面を書き換えない）',
			en: 'open in lines, for screen readers: nothing is ever redrawn',
		},
		type: 'boolean',
	},
	...lookOptions,
	keys: {
		text: {
			ja: 'キーの割当てを変えるファイル（なければ ~/.config/kaden/keys）',
			en: 'a file that changes keys (else ~/.config/kaden/keys)',
		},
		type: 'string',
		requiresArg: true,
	},
};

export type Look = Pick<ConsoleOptions, 'theme' | 'ambiguous' | 'sound'>;
export type Appearance = Look & Pick<ConsoleOptions, 'bindings'> & {plain: boolean};

/**
 * What every console is told; the environment has `KADEN_THEME`, `KADEN_MARKS`, `KADEN_WIDTH` and `KADEN_SOUND`.
 * @throws CommandFailed that names what was wrong and what is allowed
 */
export async function lookOf(
	args: Record<string, unknown>,
	io: Io,
	environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Look> {
	const one = <T extends string>(name: string, allowed: readonly T[], fallback: T): T => {
		const given = (args[name] as string | undefined) ?? environment[`KADEN_${name.toUpperCase()}`] ?? '';
		if (given === '') return fallback;
		if (!allowed.includes(given as T)) throw wrong(io, `${name}: ${given} (${allowed.join(', ')})`);
		return given as T;
	};
	const width = one('width', widthNames, 'measure');
	const marks = one('marks', markNames, 'shapes');
	const theme = await themeOf(args, io, environment);
	return {
		theme: marks === 'ascii' ? {...theme, ascii: true} : theme,
		ambiguous: width === 'measure' ? width : width === 'wide' ? 2 : 1,
		sound: one('sound', soundNames, 'auto'),
	};
}

/** The same for an operator's console, which has `KADEN_PLAIN` and `KADEN_KEYS` as well. */
export async function appearanceOf(
	args: Record<string, unknown>,
	io: Io,
	environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Appearance> {
	const look = await lookOf(args, io, environment);
	const plain = (args['plain'] as boolean | undefined) ?? !['', '0', 'no', undefined].includes(environment['KADEN_PLAIN']);
	const bindings = await keysOf(args, io, environment);
	return {...look, ...(bindings && {bindings}), plain};
}

/**
 * The operator's own keys; undefined without a file.
 * @throws CommandFailed with every line of the file that is wrong: half of a key table would be worse than none
 */
export async function keysOf(
	args: Record<string, unknown>,
	io: Io,
	environment: Readonly<Record<string, string | undefined>> = process.env,
) {
	const {BadKeys, readKeys} = await import('../tui/agent/keys-file.js');
	try {
		return readKeys(args['keys'] as string | undefined, io.language, environment);
	} catch (error) {
		if (error instanceof BadKeys) throw new CommandFailed(error.message, exitCodes.config);
		throw error;
	}
}

async function themeOf(args: Record<string, unknown>, io: Io, environment: Readonly<Record<string, string | undefined>>) {
	const {themeFor, themes, ownTheme, themeNames} = await import('../tui/theme.js');
	const name = (args['theme'] as string | undefined) ?? (environment['KADEN_THEME'] || undefined);
	if (name === undefined || (args['theme'] === undefined && environment['NO_COLOR'])) return themeFor(environment);
	if (Object.hasOwn(themes, name)) return themes[name as keyof typeof themes];
	try {
		return ownTheme(readFileSync(name, 'utf8'));
	} catch (error) {
		throw wrong(io, `theme: ${name}: ${(error as Error).message} (${themeNames.join(', ')})`);
	}
}

const wrong = (io: Io, what: string): CommandFailed =>
	new CommandFailed(io.language === 'ja' ? `オプションが正しくありません：${what}` : `wrong option: ${what}`, exitCodes.usage);
