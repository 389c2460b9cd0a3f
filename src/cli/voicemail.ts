/** `kaden voicemail …`: what callers have left. */
import type {Client} from '../server/api/client.js';
import type {VoicemailItem} from '../server/api/views.js';
import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from './command.js';
import {admit, needService, withClient} from './connect.js';
import {asked, clock, openSound, playSound, saveSound} from './sound.js';
import {timeText} from './times.js';

export const verbs = ['list', 'play', 'export', 'heard', 'unheard', 'delete'] as const;
type Verb = (typeof verbs)[number];

const texts = {
	noVerb: {ja: '{given} はできません。できるのは：{known}', en: 'there is no {given} here. There are: {known}'},
	needsMessage: {
		ja: '伝言の ID を指定してください：kaden voicemail {verb} <id>',
		en: 'name the message: kaden voicemail {verb} <id>',
	},
	none: {ja: '伝言はありません', en: 'no messages'},
	saved: {ja: '{file} に保存しました', en: 'saved as {file}'},
	withheld: {ja: '非通知', en: 'withheld'},
	unheard: {ja: '未再生', en: 'new'},
	heardBy: {ja: '再生 {name}', en: 'heard by {name}'},
	waiting: {ja: 'メール送信待ち', en: 'mail waits'},
	sent: {ja: 'メール送信済', en: 'mailed'},
	failed: {ja: 'メール送信失敗', en: 'mail failed'},
} as const;

const say = (language: Language, key: keyof typeof texts, values: Record<string, string> = {}): string =>
	texts[key][language].replace(/\{(\w+)\}/gu, (whole, name: string) => values[name] ?? whole);

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const verb = String(args['verb']) as Verb;
	const {language} = io;
	if (!verbs.includes(verb)) throw new CommandFailed(say(language, 'noVerb', {given: verb, known: verbs.join(', ')}), exitCodes.usage);
	const voicemailId = args['id'] === undefined ? undefined : String(args['id']);
	if (verb !== 'list' && voicemailId === undefined) throw new CommandFailed(say(language, 'needsMessage', {verb}), exitCodes.usage);
	const where = needService(args, io);
	return withClient(where, io, async client => {
		await admit(client, where, io);
		if (verb === 'list') await list(client, args, io);
		else await perform(client, verb, voicemailId!, args, io);
		return exitCodes.ok;
	});
}

async function list(client: Client, args: Record<string, unknown>, io: Io): Promise<void> {
	const mailbox = args['mailbox'] === undefined ? undefined : String(args['mailbox']);
	const limit = Number(args['limit'] ?? 50);
	const unheard = args['unheard'] === true;
	const rows = await asked(io, client.request({type: 'listVoicemails', unheard, limit, ...(mailbox !== undefined && {mailbox})}));
	if (args['json']) io.say(JSON.stringify(rows));
	else if (rows.length === 0) io.say(say(io.language, 'none'));
	else for (const row of rows) io.say(line(row, io.language));
}

function line(
	{voicemailId, atMs, durationMs, number, customerName, mailboxName, heardBy, mail}: VoicemailItem,
	language: Language,
): string {
	const who = [number || say(language, 'withheld'), customerName, mailboxName].filter(Boolean).join('  ');
	const heard = heardBy === undefined ? say(language, 'unheard') : say(language, 'heardBy', {name: heardBy});
	const sent = mail ? `  ${say(language, mail.state)}${mail.reason === undefined ? '' : ` (${mail.reason})`}` : '';
	return `${timeText(atMs)}  ${clock(durationMs ?? 0).padStart(5)}  ${voicemailId}  ${who}  ${heard}${sent}`;
}

async function perform(
	client: Client,
	verb: Exclude<Verb, 'list'>,
	voicemailId: string,
	args: Record<string, unknown>,
	io: Io,
): Promise<void> {
	let file: string | undefined;
	if (verb === 'play' || verb === 'export') {
		const opened = await openSound(client, io, {voicemailId}, verb);
		const output = args['output'] === undefined ? undefined : String(args['output']);
		file = verb === 'play' ? await playSound(client, io, opened) : await saveSound(client, io, opened, output);
	} else if (verb === 'delete') await asked(io, client.request({type: 'deleteVoicemail', voicemailId}));
	else await asked(io, client.request({type: 'markVoicemail', voicemailId, heard: verb === 'heard'}));
	if (args['json']) io.say(JSON.stringify({voicemailId, ...(file !== undefined && {file})}));
	else if (file !== undefined) io.say(say(io.language, 'saved', {file}));
}
