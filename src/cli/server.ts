/** `kaden server`: the drachtio-servers and FreeSWITCHes that calls run on, and taking one out of use without a restart. */
import {Refused} from '../server/api/messages.js';
import type {ServersView, ServerView} from '../server/api/views.js';
import {tableLines} from './admin/table.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from './command.js';
import {admit, needService, withClient} from './connect.js';

const verbs = ['list', 'drain', 'resume'];
const lookMs = 1000;

const texts = {
	noVerb: {ja: '{given} はできません。できるのは：{known}', en: 'there is no {given} here. There are: {known}'},
	needsName: {
		ja: 'サーバーを指定してください：kaden server {verb} <ホスト:ポート>',
		en: 'name the server: kaden server {verb} <host:port>',
	},
	notThere: {ja: '{name} というサーバーはありません。あるのは：{known}', en: 'there is no server {name}. There are: {known}'},
	own: {
		ja: '内蔵エンジンは切り離せません（サービスの一部です）',
		en: 'the embedded engine cannot be drained: it is part of the service',
	},
	last: {
		ja: '{name} のほかに新しい通話を受けられるサーバーがありません。それでも切り離すには --force',
		en: 'no other server of its kind takes new calls, so they would fail. --force drains {name} all the same',
	},
	notMoved: {
		ja: 'drachtio-server の通話はほかに移せません。終わるのを待ってください（--wait）',
		en: 'calls of a drachtio-server cannot be moved to another: wait until they are over (--wait)',
	},
	drained: {ja: '{name} に新しい通話は入りません。残り {load}', en: '{name} gets no new calls; {load} left on it'},
	resumed: {ja: '{name} に新しい通話が入ります', en: '{name} takes new calls again'},
	moved: {ja: '{moved} を移しました。移せなかったもの {stayed}', en: '{moved} moved, {stayed} could not be'},
	left: {ja: '残り {load}', en: '{load} left'},
	empty: {ja: '{name} に通話はありません。止められます', en: 'nothing is left on {name}: it can be stopped'},
	drachtio: {ja: 'drachtio-server', en: 'drachtio-server'},
	freeswitch: {ja: 'FreeSWITCH', en: 'FreeSWITCH'},
	embeddedSignalling: {ja: '内蔵 SIP サーバー', en: 'embedded SIP server'},
	embeddedMedia: {ja: '内蔵メディアエンジン', en: 'embedded media engine'},
	down: {ja: '接続なし', en: 'not connected'},
	draining: {ja: '切り離し中', en: 'draining'},
	unused: {ja: '重み 0', en: 'weight 0'},
	up: {ja: '稼働中', en: 'takes calls'},
} as const;
const header = {ja: ['種類', '名前', '状態', '通話', '重み', '版'], en: ['Kind', 'Name', 'State', 'Calls', 'Weight', 'Version']};

const say = (language: Language, key: keyof typeof texts, values: Record<string, string | number> = {}): string =>
	texts[key][language].replace(/\{(\w+)\}/gu, (whole, name: string) => String(values[name] ?? whole));

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {language} = io;
	const verb = String(args['verb'] ?? 'list');
	const name = String(args['name'] ?? '');
	if (!verbs.includes(verb)) throw new CommandFailed(say(language, 'noVerb', {given: verb, known: verbs.join(', ')}), exitCodes.usage);
	if (verb !== 'list' && name === '') throw new CommandFailed(say(language, 'needsName', {verb}), exitCodes.usage);
	const where = needService(args, io);
	return withClient(where, io, async client => {
		await admit(client, where, io);
		const ask = (body: {drain?: string; resume?: string; move?: boolean; force?: boolean} = {}) =>
			client.request({type: 'servers', ...body}).catch((error: unknown) => {
				throw error instanceof Refused ? new CommandFailed(error.message) : error;
			});
		const {servers} = await ask();
		const width = process.stdout.isTTY ? process.stdout.columns : undefined;
		if (verb === 'list') {
			if (args['json']) io.say(JSON.stringify(servers));
			else for (const line of tableLines(header[language], rows(servers, language), width)) io.say(line);
			return exitCodes.ok;
		}
		const [move, force] = [args['move'] === true, args['force'] === true];
		refuse(servers, {verb, name, move, force}, language);
		const after = await ask(verb === 'drain' ? {drain: name, move, force} : {resume: name});
		tell(after, {verb, name}, args, io);
		if (verb === 'drain' && args['wait']) await emptied(name, ask, args, io);
		return exitCodes.ok;
	});
}

/** What cannot be, in the words of the user; the service says the same in its own. */
function refuse(
	servers: readonly ServerView[],
	{verb, name, move, force}: {verb: string; name: string; move: boolean; force: boolean},
	language: Language,
): void {
	const fail = (key: keyof typeof texts, values: Record<string, string> = {}): CommandFailed =>
		new CommandFailed(say(language, key, {name, ...values}));
	const found = servers.find(server => server.name === name);
	if (!found) throw fail('notThere', {known: servers.map(server => server.name).join(', ')});
	if (found.kind === 'embedded') throw fail('own');
	if (verb !== 'drain') return;
	if (move && found.part === 'signalling') throw fail('notMoved');
	const takes = (each: ServerView): boolean => each.part === found.part && each !== found && each.up && !each.draining && each.weight > 0;
	if (!force && !servers.some(takes)) throw fail('last');
}

const loadOf = ({servers}: ServersView, name: string): number => servers.find(server => server.name === name)?.load ?? 0;

function tell(view: ServersView, {verb, name}: {verb: string; name: string}, args: Record<string, unknown>, io: Io): void {
	const {language} = io;
	if (args['json']) {
		io.say(JSON.stringify(view));
		return;
	}
	if (verb === 'resume') {
		io.say(say(language, 'resumed', {name}));
		return;
	}
	if (view.moved !== undefined) io.say(say(language, 'moved', {moved: view.moved, stayed: view.stayed ?? 0}));
	io.say(say(language, 'drained', {name, load: loadOf(view, name)}));
}

/** Waits until nothing is left on it, saying how much is whenever that changes. */
async function emptied(name: string, ask: () => Promise<ServersView>, args: Record<string, unknown>, io: Io): Promise<void> {
	const {language} = io;
	let told = Number.NaN;
	for (;;) {
		const load = loadOf(await ask(), name);
		if (load === 0) break;
		if (load !== told && !args['json'] && !Number.isNaN(told)) io.say(say(language, 'left', {load}));
		told = load;
		await new Promise(resolve => setTimeout(resolve, lookMs));
	}
	if (!args['json']) io.say(say(language, 'empty', {name}));
}

function rows(servers: readonly ServerView[], language: Language): string[][] {
	return servers.map(({part, kind, name, up, draining, weight, load, version}) => {
		if (kind === 'embedded') {
			const text = part === 'media' ? 'embeddedMedia' : 'embeddedSignalling';
			return [say(language, text), '', say(language, 'up'), '', '', ''];
		}
		const state = !up ? 'down' : draining ? 'draining' : weight === 0 ? 'unused' : 'up';
		return [say(language, kind), name, say(language, state), String(load), String(weight), version];
	});
}
