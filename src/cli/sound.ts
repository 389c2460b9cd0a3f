/** Sound of the service for a command: fetched piece by piece, played by a program of this machine, or written to a file. */
import {type FileHandle, open, rename, rm} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {Player, PlayerView} from '../audio/player.js';
import type {Client} from '../server/api/client.js';
import {Refused} from '../server/api/messages.js';
import type {RequestBody} from '../server/api/requests.js';
import type {AudioOpened} from '../server/api/views.js';
import {CommandFailed, exitCodes, type Io, type Language} from './command.js';

type Sound = Extract<RequestBody, {type: 'openAudio'}>['of'];

const texts = {
	notFound: {ja: '見つかりません（{message}）', en: 'not found: {message}'},
	notAllowed: {ja: '許可がありません：この録音は聞けません', en: 'not allowed: you may not hear this recording'},
	cut: {ja: '録音の途中で終わりました（{have}/{bytes} バイト）', en: 'the recording ended early ({have} of {bytes} bytes)'},
	fileExists: {
		ja: '{file} はすでにあります。--output で別の名前を指定してください',
		en: '{file} exists already: name another one with --output',
	},
	cannotWrite: {ja: '{file} に書き込めません（{code}）', en: 'cannot write {file} ({code})'},
	noProgram: {
		ja: '再生するプログラムがありません（{known}）。ファイルに保存しました',
		en: 'there is no program to play it with ({known}); it was saved instead',
	},
	failed: {ja: '再生できません：{reason}', en: 'it cannot be played: {reason}'},
	keys: {ja: 'スペース 一時停止  ←→ 10秒  q 終わる', en: 'Space pause  Left/Right 10 s  q quit'},
	paused: {ja: '一時停止', en: 'paused'},
} as const;

const say = (language: Language, key: keyof typeof texts, values: Record<string, string> = {}): string =>
	texts[key][language].replace(/\{(\w+)\}/gu, (whole, name: string) => values[name] ?? whole);

/** The service's refusal in the words of the user. */
export async function asked<T>(io: Io, work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		if (!(error instanceof Refused)) throw error;
		const {code, message} = error.error;
		if (code === 'notFound') throw new CommandFailed(say(io.language, 'notFound', {message}));
		if (code === 'notAllowed') throw new CommandFailed(say(io.language, 'notAllowed'), exitCodes.permission);
		throw new CommandFailed(message);
	}
}

export const openSound = (client: Client, io: Io, of: Sound, how: 'play' | 'export'): Promise<AudioOpened> =>
	asked(io, client.request({type: 'openAudio', of, how}));

const readSound =
	(client: Client, {audioId}: AudioOpened) =>
	async (offset: number) =>
		Buffer.from((await client.request({type: 'readAudio', audioId, offset})).data, 'base64');

/** Writes the whole sound to a file that was not there before; nothing half-written is left behind. @returns its path. */
export async function saveSound(client: Client, io: Io, opened: AudioOpened, output?: string): Promise<string> {
	const file = resolve(output ?? opened.fileName);
	const part = `${file}.part`;
	let handle: FileHandle | undefined;
	try {
		await refuseExisting(file, io);
		handle = await open(part, 'w', 0o600);
		const read = readSound(client, opened);
		let offset = 0;
		for (;;) {
			const piece = await read(offset);
			if (piece.length === 0) break;
			await handle.write(piece);
			offset += piece.length;
		}
		if (offset < opened.bytes) {
			const values = {have: String(offset), bytes: String(opened.bytes)};
			throw new CommandFailed(say(io.language, 'cut', values));
		}
		await handle.sync();
		await handle.close();
		handle = undefined;
		await rename(part, file);
		return file;
	} catch (error) {
		await handle?.close();
		await rm(part, {force: true});
		const {code} = error as NodeJS.ErrnoException;
		if (error instanceof CommandFailed || code === undefined) throw error;
		throw new CommandFailed(say(io.language, 'cannotWrite', {file, code}));
	}
}

async function refuseExisting(file: string, io: Io): Promise<void> {
	const there = await open(file, 'r').catch(() => undefined);
	await there?.close();
	if (there) throw new CommandFailed(say(io.language, 'fileExists', {file}));
}

/** Plays it; on a terminal keys pause it and jump. Where nothing can play it, it is saved. @returns the file, when it was saved. */
export async function playSound(client: Client, io: Io, opened: AudioOpened): Promise<string | undefined> {
	const {findProgram, programNames} = await import('../audio/programs.js');
	const program = findProgram();
	if (!program) {
		const file = await saveSound(client, io, opened);
		io.warn(say(io.language, 'noProgram', {known: programNames.join(', ')}));
		return file;
	}
	const {Player} = await import('../audio/player.js');
	const player: Player = new Player({bytes: opened.bytes, read: readSound(client, opened)}, program);
	const off = process.stdin.isTTY && process.stdout.isTTY ? listen(player, io.language) : () => {};
	try {
		await player.done;
	} finally {
		off();
	}
	const {state, reason} = player.view;
	if (state === 'failed') throw new CommandFailed(say(io.language, 'failed', {reason: reason ?? ''}));
	return undefined;
}

const jumpMs = 10_000;
const drawMs = 250;

/** Keys of the terminal, and the position on one line. @returns what gives the terminal back. */
function listen(player: Player, language: Language): () => void {
	const {stdin, stdout} = process;
	const draw = () => stdout.write(`\r${positionLine(player.view, language)}  ${say(language, 'keys')}\u001b[K`);
	const onData = (data: Buffer) => {
		for (const key of String(data).match(/\u001b\[[A-D]|[\s\S]/gu) ?? []) press(player, key);
		draw();
	};
	stdin.setRawMode(true).on('data', onData).resume();
	const timer = setInterval(draw, drawMs);
	return () => {
		clearInterval(timer);
		stdin.off('data', onData).setRawMode(false).pause();
		stdout.write('\n');
	};
}

function press(player: Player, key: string): void {
	if (key === ' ') player.toggle();
	else if (key === '\u001b[C') player.jump(jumpMs);
	else if (key === '\u001b[D') player.jump(-jumpMs);
	else if (key === 'q' || key === '\u0003') player.stop();
}

export function positionLine({state, positionMs, durationMs}: PlayerView, language: Language): string {
	return `${clock(positionMs)} / ${clock(durationMs)}${state === 'paused' ? `  ${say(language, 'paused')}` : ''}`;
}

/** 1:02:03 or 2:03. */
export function clock(ms: number): string {
	const seconds = Math.floor(ms / 1000);
	const two = (value: number) => String(value).padStart(2, '0');
	const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
	return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}
