/**
 * The service's own log: JSON lines in a file that is put aside when it is full, and one line for people on stderr when
 * nothing draws there. Call-centre events are not here but in the database.
 */
import {appendFileSync, mkdirSync, renameSync, rmSync, statSync} from 'node:fs';
import {appendFile} from 'node:fs/promises';
import {dirname} from 'node:path';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
export type Facts = Record<string, unknown>;

export interface Log {
	(level: LogLevel, event: string, facts?: Facts): void;
	/** Resolves when everything logged so far is in the file. */
	flush(): Promise<void>;
	/** Writes what is waiting at once, for the last moments of a process. */
	flushNow(): void;
}

export type LogOptions = {
	path: string;
	level: LogLevel;
	bytesMax: number;
	filesMax: number;
	/** Takes the line for people; absent when a console draws on the terminal. */
	human?: (line: string) => void;
	nowMs?: () => number;
};

const secretKey = /password|secret|token|ha1|authorization|credential/i;
/** Lines that wait for a slow disk; beyond it they are counted, not kept. */
const pendingMax = 10_000;
const textMax = 4_000;

/** The facts as they may be written: no secret, no endless text. */
export function redact(value: unknown, key = '', depth = 0): unknown {
	if (secretKey.test(key) && value !== undefined && value !== null) return '[hidden]';
	if (typeof value === 'string') return value.length > textMax ? `${value.slice(0, textMax)}…` : value;
	if (typeof value === 'bigint') return value.toString();
	if (value instanceof Error) return {error: value.name, message: value.message, stack: value.stack};
	if (typeof value !== 'object' || value === null) return value;
	if (depth >= 5) return '[deeper]';
	if (Array.isArray(value)) return value.slice(0, 100).map(each => redact(each, '', depth + 1));
	return Object.fromEntries(
		Object.entries(value)
			.slice(0, 100)
			.map(([name, each]) => [name, redact(each, name, depth + 1)]),
	);
}

/** Opens the log; the folder is made when it is not there. */
export function openLog(options: LogOptions): Log {
	const {path, human} = options;
	const nowMs = options.nowMs ?? Date.now;
	const least = logLevels.indexOf(options.level);
	mkdirSync(dirname(path), {recursive: true, mode: 0o700});
	let bytes = sizeOf(path);
	let pending: string[] = [];
	let dropped = 0;
	let writing: Promise<void> | undefined;

	const rotateIfFull = (): void => {
		if (bytes < options.bytesMax) return;
		putAside(path, options.filesMax);
		bytes = 0;
	};
	const take = (): string => {
		if (dropped > 0)
			pending.push(`${JSON.stringify({at: new Date(nowMs()).toISOString(), level: 'warn', event: 'log.dropped', lines: dropped})}\n`);
		dropped = 0;
		const text = pending.join('');
		pending = [];
		return text;
	};
	const writeAll = async (): Promise<void> => {
		while (pending.length > 0) {
			const text = take();
			try {
				rotateIfFull();
				await appendFile(path, text, {mode: 0o600});
				bytes += Buffer.byteLength(text);
			} catch (error) {
				human?.(`log: ${(error as Error).message}`);
			}
		}
		writing = undefined;
	};
	const log = (level: LogLevel, event: string, facts: Facts = {}): void => {
		if (logLevels.indexOf(level) < least) return;
		const safe = redact(facts) as Facts;
		const at = new Date(nowMs()).toISOString();
		human?.(humanLine(at, level, event, safe));
		if (pending.length >= pendingMax) dropped++;
		else pending.push(`${JSON.stringify({at, level, event, ...safe})}\n`);
		writing ??= writeAll();
	};
	return Object.assign(log, {
		flush: async () => {
			while (writing) await writing;
		},
		flushNow: () => {
			const text = take();
			if (text) appendFileSync(path, text, {mode: 0o600});
		},
	});
}

function humanLine(at: string, level: LogLevel, event: string, facts: Facts): string {
	const rest = Object.entries(facts).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
	return [at.slice(11, 23), level.toUpperCase().padEnd(5), event, ...rest].join(' ');
}

function sizeOf(path: string): number {
	try {
		return statSync(path).size;
	} catch {
		return 0;
	}
}

/** service.log becomes service.log.1, that becomes .2, and so on; the oldest goes. */
function putAside(path: string, filesMax: number): void {
	rmSync(`${path}.${filesMax}`, {force: true});
	for (let index = filesMax - 1; index >= 1; index--) {
		try {
			renameSync(`${path}.${index}`, `${path}.${index + 1}`);
		} catch {
			// There are not that many yet.
		}
	}
	renameSync(path, `${path}.1`);
}
