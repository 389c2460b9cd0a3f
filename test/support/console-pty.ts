/** A command of the program on a real pseudo-terminal, and what a person sees on it. */
import {createRequire} from 'node:module';
import type {Terminal} from '@xterm/headless';
import type {ExecutionContext} from 'ava';
import {shipped} from '../../src/paths.js';
import {makeXterm, rowCells, screenText} from '../tui/support/terminal.js';
import {eventually} from './limit.js';

export type ConsolePty = {
	type(keys: string): void;
	/** Resolves when this stands on the screen. */
	shows(text: string | RegExp): Promise<unknown>;
	hides(text: string): Promise<unknown>;
	/** Resolves when the cell under this text's first sign has that background, or any but that. */
	isRed(text: string, red: boolean): Promise<unknown>;
	text(): string;
	/** As a window that somebody draws larger or smaller. */
	resize(columns: number, rows: number): void;
	signal(name: 'SIGSTOP' | 'SIGCONT'): void;
	/** Resolves with the exit code. */
	readonly ended: Promise<number>;
	kill(): Promise<void>;
};

/** Opens it; undefined where there is no pseudo-terminal to be had. */
export function openConsolePty(
	t: ExecutionContext,
	args: string[],
	size: {columns: number; rows: number} = {columns: 120, rows: 40},
	/** `program`: another file than the one the tests are compiled to. `onFrame`: what stands on the screen after each piece of output. */
	{program = 'build/src/main.js', onFrame}: {program?: string; onFrame?: (text: string) => void} = {},
): ConsolePty | undefined {
	let pty: typeof import('node-pty');
	try {
		pty = createRequire(import.meta.url)('node-pty') as typeof import('node-pty');
	} catch {
		return undefined;
	}
	const {columns, rows} = size;
	const screen: Terminal = makeXterm(columns, rows);
	const terminal = pty.spawn(process.execPath, [shipped(program), ...args], {
		cols: columns,
		rows,
		env: {...process.env, LANG: 'ja_JP.UTF-8', TERM: 'xterm-256color', NO_COLOR: ''},
	});
	terminal.onData(data => screen.write(data, () => onFrame?.(screenText(screen).join('\n'))));
	const ended = new Promise<number>(resolve => terminal.onExit(({exitCode}) => resolve(exitCode)));
	const gone = ended.then(() => {});
	const kill = () => {
		terminal.kill('SIGKILL');
		return gone;
	};
	t.teardown(kill);
	const text = () => screenText(screen).join('\n');
	const isThere = (wanted: string | RegExp) => (typeof wanted === 'string' ? text().includes(wanted) : wanted.test(text()));
	const red = 1;
	return {
		type: keys => terminal.write(keys),
		shows: wanted =>
			eventually(`「${wanted}」`, () => isThere(wanted)).catch(error => {
				throw new Error(`${(error as Error).message}; the screen is\n${text()}`);
			}),
		hides: unwanted => eventually(`no 「${unwanted}」`, () => !isThere(unwanted)),
		isRed: (wanted, isRed) =>
			eventually(`${wanted} ${isRed ? '' : 'not '}on red`, () => {
				const y = screenText(screen).findIndex(row => row.includes(wanted));
				if (y < 0) return false;
				const cells = rowCells(screen, y);
				const at = cells.findIndex((_, x) => cells.slice(x).join('').startsWith(wanted));
				const cell = screen.buffer.active.getLine(screen.buffer.active.baseY + y)!.getCell(at)!;
				return (cell.isBgPalette() && cell.getBgColor() === red) === isRed;
			}),
		text,
		resize(columns, rows) {
			screen.resize(columns, rows);
			terminal.resize(columns, rows);
		},
		signal: name => terminal.kill(name),
		ended,
		kill,
	};
}
