/** `kaden edge`: who has knocked at the SIP edge without being known, who is shut out, and letting them in again. */
import type {EdgeView} from '../server/api/views.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from './command.js';
import {admit, needService, withClient} from './connect.js';
import {asked} from './sound.js';
import {timeText} from './times.js';

const verbs = ['list', 'clear'];

const texts = {
	noVerb: {ja: '{given} はできません。できるのは：{known}', en: 'there is no {given} here. There are: {known}'},
	needsAddress: {
		ja: 'アドレスか all を指定してください：kaden edge clear <アドレス>',
		en: 'name the address, or all: kaden edge clear <address>',
	},
	none: {ja: '見知らぬ相手からの通信はありません', en: 'no strangers'},
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
	else if (view.cleared > 0) io.say(say(language, 'cleared', {count: view.cleared}));
	else throw new CommandFailed(say(language, 'notThere', {address: address!}));
	return exitCodes.ok;
}

function lines({sources}: EdgeView, language: Language): string[] {
	if (sources.length === 0) return [say(language, 'none')];
	return sources.flatMap(({address, untilMs, reason, times, agent, strangers, names, wrongPasswords, lastMs}) => {
		const state = untilMs === undefined ? say(language, 'watched') : say(language, 'shut', {until: timeText(untilMs), times});
		const why = reason === undefined ? '' : `  ${say(language, reason)}`;
		const counts = say(language, 'counts', {strangers, names, wrong: wrongPasswords, last: timeText(lastMs)});
		return [`${address}  ${state}${why}${agent ? `  "${agent}"` : ''}`, `    ${counts}`];
	});
}
