/** The texts of the screens by language, with `{name}` places filled in. */
import {en} from './en.js';
import {ja, type TextKey} from './ja.js';

export type {TextKey} from './ja.js';
export type Lang = 'ja' | 'en';
export type TextArgs = Readonly<Record<string, string | number>>;
/** A text of one language by its key. */
export type Translate = (key: TextKey, args?: TextArgs) => string;

const tables: Record<Lang, Record<TextKey, string>> = {ja, en};

const fill = (text: string, args: TextArgs): string => text.replace(/\{(\w+)\}/g, (whole, name: string) => String(args[name] ?? whole));

const translate =
	(table: Record<TextKey, string>): Translate =>
	(key, args) =>
		args ? fill(table[key], args) : table[key];
const translators: Record<Lang, Translate> = {ja: translate(tables.ja), en: translate(tables.en)};

/** The translator of a language: always the same one. */
export const translator = (lang: Lang): Translate => translators[lang];

export const isTextKey = (key: string): key is TextKey => Object.hasOwn(ja, key);

/** The language of an environment: LC_ALL, LC_MESSAGES, LANG in this order; Japanese where it says ja, English elsewhere. */
export function langOf(environment: Readonly<Record<string, string | undefined>>): Lang {
	const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '';
	return /^ja/i.test(locale) ? 'ja' : 'en';
}
