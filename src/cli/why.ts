import {Refused} from '../server/api/messages.js';
import type {WhyAbout, WhyView} from '../server/api/views.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from './command.js';
import {admit, needService, withClient} from './connect.js';
import {readTime, timeText} from './times.js';

const abouts: readonly WhyAbout[] = ['agent', 'call', 'list', 'customer'];

const texts = {
	about: {
		ja: '何について尋ねるかを指定してください：{known}（例 kaden why agent op001）',
		en: 'Say what to ask about: {known} (such as kaden why agent op001)',
	},
	id: {ja: '{about} のどれについて尋ねるかを指定してください', en: 'Say which {about} to ask about'},
	agent: {ja: 'オペレーター {name} に電話が来ない理由', en: 'Why {name} gets no call'},
	call: {ja: '通話 {name} の今', en: 'What the call {name} waits for'},
	list: {ja: 'リスト {name} が発信されない理由', en: 'Why list {name} is not being dialled'},
	past: {ja: '{at} までの、リスト {name} の発信判断', en: 'What was decided for list {name} by {at}'},
	customer: {ja: '顧客 {name} に電話しない理由', en: 'Why {name} is not being called'},
} satisfies Record<string, Record<Language, string>>;

const say = (language: Language, key: keyof typeof texts, values: Record<string, string> = {}): string =>
	texts[key][language].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');

/** `kaden why agent|call|list|customer ID`: the rules that hold it, with who set them and since when; what is in order after it. */
export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const about = abouts.find(each => each === args['about']);
	if (!about) throw new CommandFailed(say(language, 'about', {known: abouts.join(', ')}), exitCodes.usage);
	const of = String(args['id'] ?? '').trim();
	if (of === '') throw new CommandFailed(say(language, 'id', {about}), exitCodes.usage);
	const atMs = readTime('--at', args['at'], Date.now(), language);
	const where = needService(args, io);
	const answer = await withClient(where, io, async client => {
		await admit(client, where, io);
		return client.request({type: 'why', about, of, ...(atMs !== undefined && {atMs})});
	}).catch((error: unknown) => {
		if (error instanceof Refused) throw new CommandFailed(error.message);
		throw error;
	});
	if (args['json']) io.say(JSON.stringify(answer));
	else for (const line of await lines(answer, language, atMs)) io.say(line);
	return exitCodes.ok;
}

async function lines({about, name, id, nowMs, findings}: WhyView, language: Language, atMs?: number): Promise<string[]> {
	const {whyLine} = await import('../tui/why-lines.js');
	const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
	const told = findings.map(finding => whyLine(finding, {lang: language, nowMs, zone}));
	const own = (holds: boolean) => told.filter(line => line.holds === holds).map(({text}) => `  ${holds ? '!' : '·'} ${text}`);
	const title = atMs === undefined ? say(language, about, {name: name || id}) : say(language, 'past', {name, at: timeText(atMs, true)});
	return [title, ...own(true), ...own(false)];
}
