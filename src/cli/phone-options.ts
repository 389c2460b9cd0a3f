/** The options of a telephone of one's own, and what becomes of them. */
import {readFileSync} from 'node:fs';
import {whereabouts} from '../data-folder.js';
import type {DeskOptions} from '../phone/desk.js';
import type {ConsoleOptions} from '../tui/agent/console.js';
import {CommandFailed, exitCodes, type Io} from './command.js';
import type {OptionRow} from './commands.js';
import {findService} from './connect.js';
import type {Text} from './texts.js';

const option = (ja: string, en: string, more: Omit<OptionRow, 'text'> = {type: 'string', requiresArg: true}): OptionRow => ({
	...more,
	text: {ja, en},
});

/** Of the sound card; `kaden phone test` has these alone. */
export const soundOptions: Record<string, OptionRow> = {
	'sound-card': option(
		'音を出すプログラム：pulse、pipewire、alsa、sox、none、または自分のプログラム',
		'programs for sound: pulse, pipewire, alsa, sox, none, or one of your own',
	),
	input: option('マイクの装置名', 'device of the microphone'),
	output: option('スピーカーの装置名', 'device of the loudspeaker'),
};

export const accountOptions: Record<string, OptionRow> = {
	registrar: option('登録先 HOST[:PORT]（省略時はこの機械のサービス）', 'registrar HOST[:PORT]; by default the service of this machine'),
	extension: option('内線番号（登録するユーザー名）', 'extension: the user to register'),
	'phone-login': option('認証のユーザー名（内線番号と違うとき）', 'user name of the digest, where it is another'),
	domain: option('SIP のドメイン（省略時は登録先のホスト）', 'SIP domain; the host of the registrar without'),
	transport: option('udp か tcp', 'udp or tcp', {choices: ['udp', 'tcp'], requiresArg: true, default: 'udp'}),
	'password-file': option(
		'パスワードのファイル（1行目）。なければ KADEN_PHONE_PASSWORD、端末で尋ねる',
		'file with the password in its first line; else KADEN_PHONE_PASSWORD, else it is asked for',
		{
			type: 'string',
			requiresArg: true,
			normalize: true,
		},
	),
	answer: option('自動応答：asked（求められた着信だけ）、all、never', 'answers by itself: asked (calls that ask for it), all, never', {
		choices: ['asked', 'all', 'never'],
		requiresArg: true,
		default: 'asked',
	}),
	...soundOptions,
};

const {extension: _own, answer: _auto, ...placeOptions} = accountOptions;
/** Of the telephone inside an operator's console: its extension is the one of the login. */
export const consolePhoneOptions: Record<string, OptionRow> = {
	phone: option(
		'電話機もこの画面の中で動かす（用途設定が both なら、パスワードがあれば自動で）',
		'the telephone runs in this console too (by itself where the use setting is both and there is a password)',
		{type: 'boolean'},
	),
	...placeOptions,
};

const texts = {
	noRegistrar: {
		ja: '登録先が分かりません：--registrar HOST:PORT を指定するか、この機械でサービスを起動してください',
		en: 'no registrar: give --registrar HOST:PORT, or run the service on this machine',
	},
	badRegistrar: {ja: '--registrar は HOST か HOST:PORT です（{given}）', en: '--registrar is HOST or HOST:PORT, not {given}'},
	noExtension: {ja: '--extension で内線番号を指定してください', en: 'name the extension with --extension'},
	noPassword: {
		ja: 'パスワードがありません：--password-file か KADEN_PHONE_PASSWORD で渡してください',
		en: 'no password: give --password-file, or KADEN_PHONE_PASSWORD',
	},
	noSoundWay: {
		ja: '{given} は使えません：プログラムが見つかりません（{known}、none、またはプログラムのパス）',
		en: '{given} cannot be used: no such program ({known}, none, or the path of a program)',
	},
	askPassword: {ja: '内線 {extension} のパスワード', en: 'Password of extension {extension}'},
} satisfies Record<string, Text>;

type Key = keyof typeof texts;
export const phoneText = (io: Io, key: Key, values: Record<string, string> = {}): string =>
	texts[key][io.language].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
const usage = (io: Io, key: Key, values?: Record<string, string>): CommandFailed =>
	new CommandFailed(phoneText(io, key, values), exitCodes.usage);

export type Account = DeskOptions['account'];
const expiresS = 300;
const sipPort = 5060;

/** @throws CommandFailed that says what is missing, or wrong */
export async function accountOf(args: Record<string, unknown>, io: Io, ask: (question: string) => Promise<string>): Promise<Account> {
	const transport = args['transport'] === 'tcp' ? 'tcp' : 'udp';
	const {host, port} = registrarOf(args, io, transport);
	const user = args['extension'] as string | undefined;
	if (!user) throw usage(io, 'noExtension');
	const login = args['phoneLogin'] as string | undefined;
	const domain = args['domain'] as string | undefined;
	const password = await passwordOf(args, io, user, ask);
	return {host, port, transport, user, password, expiresS, ...(login && {login}), ...(domain && {domain})};
}

function registrarOf(args: Record<string, unknown>, io: Io, transport: 'udp' | 'tcp'): {host: string; port: number} {
	const given = args['registrar'] as string | undefined;
	if (given !== undefined) {
		const [, host, port] = /^(\[[0-9a-f:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/i.exec(given) ?? [];
		if (!host || Number(port ?? sipPort) > 65_535) throw usage(io, 'badRegistrar', {given});
		return {host, port: Number(port ?? sipPort)};
	}
	const where = findService(args);
	const found = where && whereabouts(where.folder);
	const port = found && (transport === 'tcp' ? found.tcpPort : found.udpPort);
	if (!where || !port) throw usage(io, 'noRegistrar');
	const host = args['server'] === undefined ? '127.0.0.1' : new URL(where.url).hostname;
	return {host, port};
}

async function passwordOf(
	args: Record<string, unknown>,
	io: Io,
	extension: string,
	ask: (question: string) => Promise<string>,
): Promise<string> {
	const file = args['passwordFile'] as string | undefined;
	const given = file === undefined ? process.env['KADEN_PHONE_PASSWORD'] : readFileSync(file, 'utf8').split(/\r?\n/)[0];
	// What the programs for sound are given in their environment is no business of theirs.
	delete process.env['KADEN_PHONE_PASSWORD'];
	if (given) return given;
	if (!process.stdin.isTTY) throw usage(io, 'noPassword');
	return ask(phoneText(io, 'askPassword', {extension}));
}

/** The ways to the sound card that are to be tried. @throws CommandFailed when the one that was named is not there */
export async function soundOf(args: Record<string, unknown>, io: Io): Promise<DeskOptions['ways']> {
	const {soundWays, soundWayNames} = await import('../audio/devices.js');
	const wanted = (args['soundCard'] as string | undefined) ?? (process.env['KADEN_SOUND_CARD'] || undefined);
	const [input, output] = [args['input'], args['output']] as Array<string | undefined>;
	const ways = soundWays(wanted, {...(input && {input}), ...(output && {output})});
	if (wanted !== undefined && wanted !== 'none' && ways.length === 0)
		throw usage(io, 'noSoundWay', {given: wanted, known: soundWayNames.join(', ')});
	return ways;
}

export const rulesOf = (args: Record<string, unknown>): DeskOptions['rules'] => ({
	answerAll: args['answer'] === 'all',
	answerAsked: args['answer'] !== 'never',
});

/**
 * The telephone of an operator's console: with `--phone`, or, where a password is at hand, whenever the use setting wants one.
 * @throws CommandFailed that says what is missing
 */
export async function consolePhone(args: Record<string, unknown>, io: Io): Promise<ConsoleOptions['phone']> {
	const asked = args['phone'] === true;
	const isAtHand = args['passwordFile'] !== undefined || (process.env['KADEN_PHONE_PASSWORD'] ?? '') !== '';
	if (args['phone'] === false || (!asked && !isAtHand)) return undefined;
	const {askPassword} = await import('./admin/password.js');
	const question = {ja: '電話機のパスワード', en: 'Password of the telephone'}[io.language];
	// Of the extension that is typed at the login.
	const {user: _, ...account} = await accountOf({...args, extension: '-'}, io, () => askPassword(io, question));
	const ways = await soundOf(args, io);
	return {
		when: asked ? 'asked' : 'auto',
		async open(extension, onChange) {
			const {PhoneDesk} = await import('../phone/desk.js');
			const rules = {answerAll: false, answerAsked: true};
			return PhoneDesk.start({account: {...account, user: extension}, ways, rules, onChange, onQuit: () => {}});
		},
	};
}
