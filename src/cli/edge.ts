/**
 * `kaden edge`: who has knocked at the SIP edge without being known, who is shut out, and letting them in again; how far the limits of calls
 * are used up, and giving a day anew.
 */
import type {EdgeView} from '../server/api/views.js';
import {tableLines} from './admin/table.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from './command.js';
import {admit, needService, withClient} from './connect.js';
import {asked} from './sound.js';
import {timeText} from './times.js';

const verbs = ['list', 'limits', 'clear'];

const texts = {
	noVerb: {ja: '{given} はできません。できるのは：{known}', en: 'there is no {given} here. There are: {known}'},
	needsAddress: {
		ja: 'アドレス、all、または trunk:名前・operator:ログインID・phone:内線 を指定してください：kaden edge clear <アドレス>',
		en: 'name the address, all, or trunk:NAME, operator:LOGIN, phone:EXTENSION: kaden edge clear <address>',
	},
	none: {ja: '見知らぬ相手からの通信はありません', en: 'no strangers'},
	dayEnds: {ja: '本日の発信数は {end} に 0 に戻ります', en: 'calls of the day begin anew at {end}'},
	full: {ja: '上限', en: 'limit reached'},
	given: {ja: '{name} の本日の発信数を 0 に戻しました', en: '{name} has the calls of the day anew'},
	notThere: {ja: '{address} の記録はありません', en: 'nothing is held against {address}'},
	cleared: {ja: '{count} 件の記録を消しました', en: '{count} forgotten'},
	shut: {ja: '遮断中 {until} まで（{times} 回目）', en: 'shut out until {until} (time {times})'},
	watched: {ja: '監視中', en: 'watched'},
	scanner: {ja: '探索ツールと名乗った', en: 'a scanner by its own word'},
	strangers: {ja: '知らない相手からの要求が続いた', en: 'went on without being known'},
	names: {ja: '内線番号を次々に試した', en: 'tried one extension after the other'},
	passwords: {ja: 'パスワードを次々に試した', en: 'guessed passwords'},
	counts: {
		ja: '要求 {strangers}  内線 {names}  誤パスワード {wrong}  最後 {last}',
		en: 'requests {strangers}  extensions {names}  wrong passwords {wrong}  last {last}',
	},
} as const;

const say = (language: Language, key: keyof typeof texts, values: Record<string, string | number> = {}): string =>
	texts[key][language].replace(/\{(\w+)\}/gu, (whole, name: string) => String(values[name] ?? whole));

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const verb = String(args['verb'] ?? 'list');
	if (!verbs.includes(verb)) throw new CommandFailed(say(language, 'noVerb', {given: verb, known: verbs.join(', ')}), exitCodes.usage);
	const address = args['address'] === undefined ? undefined : String(args['address']);
	if (verb === 'clear' && address === undefined) throw new CommandFailed(say(language, 'needsAddress'), exitCodes.usage);
	const where = needService(args, io);
	const view = await withClient(where, io, async client => {
		await admit(client, where, io);
		return asked(io, client.request({type: 'edge', ...(verb === 'clear' && {clear: address!})}));
	});
	if (args['json']) io.say(JSON.stringify(view));
	else if (verb === 'list') for (const line of lines(view, language)) io.say(line);
	else if (verb === 'limits') for (const line of limitLines(view, view.limits, language)) io.say(line);
	else if (view.cleared > 0 && ofLimit.test(address!)) io.say(say(language, 'given', {name: address!}));
	else if (view.cleared > 0) io.say(say(language, 'cleared', {count: view.cleared}));
	else throw new CommandFailed(say(language, 'notThere', {address: address!}));
	return exitCodes.ok;
}

/** Strangers, and the limits that refuse calls now. */
function lines(view: EdgeView, language: Language): string[] {
	const full = view.limits.filter(({reached}) => reached.length > 0);
	return [...sourceLines(view, language), ...(full.length > 0 ? ['', ...limitLines(view, full, language)] : [])];
}

type Limit = EdgeView['limits'][number];
const limitHeader = {
	ja: ['回線・人・電話機', '名前', '本日', '発信中', '着信中', '使用回線', '状態'],
	en: ['Whose', 'Name', 'Today', 'Out', 'In', 'Lines', 'State'],
};
const ofLimit = /^(?:trunk|operator|phone):/u;

/** The first column is what `clear` takes. */
function limitLines({dayEndMs}: EdgeView, limits: readonly Limit[], language: Language): string[] {
	const of = (used: number | undefined, max: number | undefined) =>
		used === undefined ? '' : max === undefined ? String(used) : `${used} / ${max}`;
	const rows = limits.map(({kind, id, loginId, name = '', today, dayMax, out, outMax, in: into, inMax, linesMax, reached}) => [
		`${kind}:${loginId ?? id}`,
		name,
		of(today, dayMax),
		of(out, outMax),
		of(into, inMax),
		into === undefined ? '' : of(out + into, linesMax),
		reached.length > 0 ? say(language, 'full') : '',
	]);
	const width = process.stdout.isTTY ? process.stdout.columns : undefined;
	return [...tableLines(limitHeader[language], rows, width), say(language, 'dayEnds', {end: timeText(dayEndMs)})];
}

function sourceLines({sources}: EdgeView, language: Language): string[] {
	if (sources.length === 0) return [say(language, 'none')];
	return sources.flatMap(({address, untilMs, reason, times, agent, strangers, names, wrongPasswords, lastMs}) => {
		const state = untilMs === undefined ? say(language, 'watched') : say(language, 'shut', {until: timeText(untilMs), times});
		const why = reason === undefined ? '' : `  ${say(language, reason)}`;
		const counts = say(language, 'counts', {strangers, names, wrong: wrongPasswords, last: timeText(lastMs)});
		return [`${address}  ${state}${why}${agent ? `  "${agent}"` : ''}`, `    ${counts}`];
	});
}
