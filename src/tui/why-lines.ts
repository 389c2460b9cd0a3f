/** The answer to `why` as sentences: the consoles and the command line say the same. Pure. */
import type {WhyFinding} from '../server/api/views.js';
import {clockTime, dateTime, duration, shortDateTime} from './format.js';
import {isTextKey, type Lang, translator} from './i18n/index.js';
import {whyTexts, whyValues, whyWords} from './i18n/why.js';
import {factTexts} from './i18n/why-dialling.js';

export type WhyLine = {text: string; holds: boolean};
type Context = {lang: Lang; nowMs: number; zone: string};

/** Rules whose value is a moment. */
const moments = new Set<string>(['backOff', 'callBackLater', 'entryLater', 'numberGap', 'recallPromised', 'noDecision']);

/** One sentence for a finding: what holds, then who set it and since when. */
export function whyLine(finding: WhyFinding, context: Context): WhyLine {
	const {rule, more, holds} = finding;
	const {lang} = context;
	const args: Record<string, string> = {nextAtMs: whyWords.never[lang]};
	for (const [name, fact] of Object.entries(more)) args[name] = factText(name, fact, context);
	for (const name of ['call', 'first']) if (args[name] === '') args[name] = whyWords.withheld[lang];
	args['value'] = fill(valueText(finding, context), args);
	const about = more['operator'] !== undefined && !whyTexts[rule][lang].includes('{operator}') ? `${args['operator']}：` : '';
	const text = fill(whyTexts[rule][lang], args);
	const who = whoText(finding, context);
	return {text: `${lang === 'en' ? about.replace('：', ': ') : about}${text}${who === '' ? '' : `  (${who})`}`, holds};
}

/** What the value of a rule is called. */
function valueText({rule, value}: WhyFinding, context: Context): string {
	const {lang} = context;
	const known = whyValues[rule]?.[String(value)]?.[lang];
	if (known !== undefined) return known;
	const key = `status.${value}`;
	if (rule === 'status' && isTextKey(key)) return translator(lang)(key);
	return moments.has(rule) ? time(Number(value), context) : String(value);
}

const fill = (text: string, args: Record<string, string>): string => text.replace(/\{(\w+)\}/g, (_, name: string) => args[name] ?? '');

function factText(name: string, fact: string | number, context: Context): string {
	if (name === 'decidedAtMs') return `${time(Number(fact), context)}:${secondOf(Number(fact))}`;
	if (name.endsWith('AtMs')) return time(Number(fact), context);
	if (name.endsWith('ForMs')) return duration(Number(fact));
	return factTexts[name]?.[String(fact)]?.[context.lang] ?? String(fact);
}

/** Decisions come several a second. Zones differ by whole minutes. */
const secondOf = (atMs: number): string => String(Math.floor(atMs / 1_000) % 60).padStart(2, '0');

/** The clock today, with the date on other days. */
function time(atMs: number, {nowMs, zone}: Context): string {
	const isToday = dateTime(atMs, zone).slice(0, 10) === dateTime(nowMs, zone).slice(0, 10);
	return isToday ? clockTime(atMs, zone) : shortDateTime(atMs, zone);
}

function whoText({setBy, sinceMs}: WhyFinding, context: Context): string {
	const {lang} = context;
	if (sinceMs === undefined) return '';
	const since = time(sinceMs, context);
	if (setBy === undefined) return fill(whyWords.since[lang], {since});
	return fill(whyWords.by[lang], {by: setBy === 'system' ? whyWords.system[lang] : setBy, since});
}
