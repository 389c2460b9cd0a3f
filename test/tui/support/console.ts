/** The agent console on a terminal that is none, with the service in memory and a clock of the test's own. */
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import type {ExecutionContext} from 'ava';
import {shipped} from '../../../src/paths.js';
import {AgentConsole} from '../../../src/tui/agent/console.js';
import type {Binding} from '../../../src/tui/agent/keys.js';
import {clocksOf, frameOf, paintClocks} from '../../../src/tui/agent/view/frame.js';
import type {Lang} from '../../../src/tui/i18n/index.js';
import {renderFrame} from '../../../src/tui/line.js';
import {colourTheme} from '../../../src/tui/theme.js';
import {Screen} from '../../../src/tui/tty/screen.js';
import {credentials, FakeService, startMs} from './service.js';
import {type SilentPlayer, silentPlayers} from './sounds.js';
import {FakeTimers, FakeTty} from './terminal.js';

export const keys = {
	f1: '\x1bOP',
	f2: '\x1bOQ',
	f3: '\x1bOR',
	f4: '\x1bOS',
	f5: '\x1b[15~',
	f6: '\x1b[17~',
	f7: '\x1b[18~',
	f8: '\x1b[19~',
	f9: '\x1b[20~',
	f10: '\x1b[21~',
	f11: '\x1b[23~',
	f12: '\x1b[24~',
	shiftF5: '\x1b[15;2~',
	tab: '\t',
	shiftTab: '\x1b[Z',
	enter: '\r',
	up: '\x1b[A',
	down: '\x1b[B',
	left: '\x1b[D',
	right: '\x1b[C',
	escape: '\x1b',
	backspace: '\x7f',
	delete: '\x1b[3~',
	ctrlC: '\x03',
	ctrlS: '\x13',
	pageDown: '\x1b[6~',
	ctrlDown: '\x1b[1;5B',
} as const;

export class Desk {
	readonly tty: FakeTty;
	readonly service: FakeService;
	readonly timers = new FakeTimers();
	readonly console: AgentConsole;
	readonly mails: string[] = [];
	/** What plays sound, in the order in which it was asked for. */
	readonly players: SilentPlayer[];

	constructor(
		options: {
			columns?: number;
			rows?: number;
			lang?: Lang;
			service?: FakeService;
			demo?: boolean;
			noPlayer?: boolean;
			noMailer?: boolean;
			bindings?: readonly Binding[];
		} = {},
	) {
		this.tty = new FakeTty(options.columns ?? 80, options.rows ?? 24);
		this.service = options.service ?? new FakeService();
		const {players, findPlayer} = silentPlayers();
		this.players = players;
		this.console = new AgentConsole({
			findPlayer: options.noPlayer ? async () => undefined : findPlayer,
			connect: () => this.service,
			lang: options.lang ?? 'ja',
			bindings: options.bindings,
			...(options.demo ? {demo: credentials} : {}),
			stdin: this.tty.stdin,
			stdout: this.tty.stdout,
			timers: this.timers,
			now: () => startMs + this.timers.nowMs,
			theme: colourTheme,
			ambiguous: 1,
			openMail: async address => {
				this.mails.push(address);
				if (options.noMailer) throw Object.assign(new Error('none'), {program: 'xdg-open'});
			},
			ownsProcess: false,
		});
	}

	/** Starts, logs in and ticks all groups: up to the first work screen. */
	static async working(options: ConstructorParameters<typeof Desk>[0] = {}): Promise<Desk> {
		const desk = new Desk(options);
		await desk.start();
		await desk.press('op001', keys.enter, 'Kaden-2026', keys.enter, '201', keys.enter);
		await desk.press(keys.f2, keys.f12);
		return desk;
	}

	/** Working, ready, and then in a predictive call with a customer. */
	static async inCall(options: ConstructorParameters<typeof Desk>[0] = {}): Promise<Desk> {
		const desk = await Desk.working(options);
		await desk.press(keys.f2);
		desk.advance(5000);
		desk.service.pushCall();
		await desk.idle();
		return desk;
	}

	async start(): Promise<void> {
		this.console.start();
		await this.idle();
	}

	/** Sends every argument as its own chunk of input. */
	async press(...chunks: string[]): Promise<void> {
		for (const chunk of chunks) {
			this.tty.type(chunk);
			if (chunk === keys.escape) this.timers.advance(30);
			await this.idle();
		}
	}

	advance(ms: number): void {
		this.timers.advance(ms);
		this.service.nowMs = startMs + this.timers.nowMs;
	}

	idle(): Promise<void> {
		return this.console.idle();
	}

	async screen(): Promise<string[]> {
		await this.idle();
		return this.tty.shown();
	}

	async text(): Promise<string> {
		return (await this.screen()).join('\n');
	}

	/** What the field with the focus holds. */
	focused(): {key: string; text: string; cursor: number} {
		const form = this.console.state.form!;
		return {key: form.focus, text: form.edits[form.focus]?.text ?? '', cursor: form.edits[form.focus]?.cursor ?? 0};
	}

	value(key: string): string {
		return this.console.state.form?.edits[key]?.text ?? '';
	}
}

/** Compares the screen with test/screens/<name>; UPDATE=1 writes it. Also that Ink's layout is the views' own, cell by cell. */
export async function golden(t: ExecutionContext, desk: Desk, name: string): Promise<void> {
	const rows = await desk.screen();
	const {x, y} = await desk.tty.cursor();
	const {state} = desk.console;
	const direct = new Screen(state.size.columns, state.size.rows);
	direct.setFrame(renderFrame(frameOf(state), colourTheme));
	paintClocks(direct, clocksOf(state), startMs + desk.timers.nowMs, colourTheme);
	t.deepEqual(
		rows,
		Array.from({length: state.size.rows}, (_, row) => direct.rowText(row).trimEnd()),
		`${name}: Ink and the first paint draw the same`,
	);
	if (direct.cursor) t.deepEqual({x, y}, direct.cursor, `${name}: the cursor is at the marked cell`);
	const text = `${rows.join('\n')}\n${'-'.repeat(state.size.columns)}\ncursor ${direct.cursor ? `column ${x + 1} row ${y + 1}` : 'hidden'}\n`;
	t.notRegex(text, /\{\w+\}/, `${name}: a place in a text that is not filled in`);
	const file = shipped('test/screens', `${name}.${state.lang}.${state.size.columns}x${state.size.rows}.txt`);
	if (process.env['UPDATE'] || !existsSync(file)) {
		if (!process.env['UPDATE']) t.fail(`${file} is missing; UPDATE=1 writes it`);
		mkdirSync(shipped('test/screens'), {recursive: true});
		writeFileSync(file, text);
	}
	t.is(text, readFileSync(file, 'utf8'), name);
}
