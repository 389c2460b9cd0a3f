/** A wall on a terminal that is none, fed by a service in memory, with clocks of the test's own. */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import type {ExecutionContext} from 'ava';
import {shipped} from '../../src/paths.js';
import type {ClientEvents, LineState} from '../../src/server/api/client.js';
import type {Figures, QueueFigures, WindowFigures} from '../../src/server/api/figures.js';
import {Refused} from '../../src/server/api/messages.js';
import {readWallLayout, type WallLayout} from '../../src/server/config/wall-layout.js';
import {figuresOf, noCounts} from '../../src/server/figures/window.js';
import type {Lang} from '../../src/tui/i18n/index.js';
import type {FeedClient} from '../../src/tui/wall/feed.js';
import {Wall} from '../../src/tui/wall/main.js';
import {FakeTimers, FakeTty} from '../tui/support/terminal.js';

/** 2026-04-01 09:00 in Japan. */
export const startMs = 1_775_001_600_000;

const counts = (more: Partial<ReturnType<typeof noCounts>>): WindowFigures => figuresOf({...noCounts(), ...more});
const minutes = (of: (at: number) => number): number[] => Array.from({length: 60}, (_, at) => of(at));

export const queue = (more: Partial<QueueFigures> = {}): QueueFigures => ({
	waiting: 4,
	longestWaitMs: 83_000,
	callBacks: 1,
	today: counts({
		offered: 120,
		answered: 108,
		answeredWithin: 95,
		abandoned: 7,
		abandonedShort: 2,
		overflowed: 1,
		waitMs: 1_200_000,
		busyMs: 840_000,
		readyMs: 160_000,
		dialAnswered: 200,
		dialAbandoned: 5,
		dialDropped: 5,
	}),
	recent: counts({offered: 20, answered: 19, answeredWithin: 14, abandoned: 1, waitMs: 100_000, busyMs: 90_000, readyMs: 30_000}),
	agents: {ready: 1, talkingIn: 5, talkingOut: 2, wrapUp: 3, away: 1, held: 1},
	perMinute: {
		in: minutes(at => 2 + (at % 5)),
		out: minutes(at => (at * 7) % 9),
		abandoned: minutes(at => (at % 13 === 0 ? 1 : 0)),
	},
	budget: {
		campaign: '生命保険のご案内',
		regulator: 'ftc',
		limit: 0.03,
		window: 'days30',
		answered: 1_200,
		abandoned: 28,
		share: 28 / 1_200,
		left: 8,
		spent: false,
		today: {answered: 200, abandoned: 5},
		fuel: 1 - 28 / 1_200 / 0.03,
	},
	...more,
});

/** Names that a terminal and a table of widths may disagree about. */
export const names = [
	'一次架電',
	'𠮷野家チーム',
	'二次（か\u3099き\u3099）',
	'ﾊﾝｶｸ ｶﾞﾁｰﾑ',
	'夜勤👨‍👩‍👧班',
	'Überblick',
	'髙橋・﨑山',
	'東京①号',
	'○△□商事→',
];

export function someFigures(more: Partial<Figures> = {}): Figures {
	return {
		nowMs: startMs,
		utcOffsetMs: 9 * 3_600_000,
		answerWithinMs: 20_000,
		shortAbandonMs: 5_000,
		total: queue(),
		groups: [
			{groupId: 'g1', number: '8001', name: '一次架電', ...queue({waiting: 7})},
			{
				groupId: 'g2',
				number: '8002',
				name: '二次架電（見込み客）',
				...queue({
					waiting: 0,
					today: counts({}),
					recent: counts({}),
					agents: {},
					perMinute: {in: minutes(() => 0), out: minutes(() => 0), abandoned: minutes(() => 0)},
				}),
			},
		],
		helps: [],
		faults: [],
		...more,
	};
}

/** A service that answers when the test lets it. */
export class FakeService implements FeedClient {
	figures: Figures = someFigures();
	key = 'right';
	/** `hold`: questions lie there until `release`. */
	holding = false;
	asked = 0;
	closed = false;
	readonly #held: Array<() => void> = [];
	readonly #lines = new Set<(state: LineState) => void>();

	on<K extends keyof ClientEvents>(event: K, listener: ClientEvents[K]): () => void {
		if (event === 'line') this.#lines.add(listener as (state: LineState) => void);
		return () => this.#lines.delete(listener as (state: LineState) => void);
	}

	connect(): void {}

	close(): void {
		this.closed = true;
	}

	line(state: LineState): void {
		for (const listener of this.#lines) listener(state);
	}

	request: FeedClient['request'] = (async (body: {type: string; key?: string}) => {
		if (body.type === 'admit') {
			if (body.key !== this.key) throw new Refused({code: 'badCredentials', message: 'wrong key'});
			return null;
		}
		this.asked++;
		const answer = this.figures;
		if (this.holding) await new Promise<void>(resolve => this.#held.push(resolve));
		return answer;
	}) as FeedClient['request'];

	/** The answers that lay there arrive. */
	release(): void {
		for (const go of this.#held.splice(0)) go();
	}
}

export class WallDesk {
	readonly tty: FakeTty;
	readonly timers = new FakeTimers();
	readonly service = new FakeService();
	readonly wall: Wall;
	/** Epoch milliseconds of the machine, and its clock that nobody sets, beside those of the timers. */
	wallAheadMs = 0;
	monoAheadMs = 0;
	key = 'right';

	constructor({
		lang = 'ja',
		columns = 120,
		rows = 40,
		layout = readWallLayout(),
		ambiguous = 1,
	}: {lang?: Lang; columns?: number; rows?: number; layout?: WallLayout; ambiguous?: 1 | 2} = {}) {
		this.tty = new FakeTty(columns, rows);
		this.wall = new Wall({
			lang,
			layout,
			client: this.service,
			key: () => {
				if (this.key === '') throw new Error('ENOENT');
				return this.key;
			},
			noColour: false,
			ambiguous,
			input: this.tty.stdin as unknown as NodeJS.ReadableStream,
			output: Object.assign(this.tty.stdout, {writable: true}) as unknown as NodeJS.WritableStream,
			timers: this.timers,
			monotonic: () => this.timers.nowMs + this.monoAheadMs,
			wall: () => startMs + this.timers.nowMs + this.wallAheadMs,
		});
	}

	static async live(options?: ConstructorParameters<typeof WallDesk>[0]): Promise<WallDesk> {
		const desk = new WallDesk(options);
		desk.wall.start();
		desk.service.line('online');
		await desk.settle();
		return desk;
	}

	/** What is under way in promises comes to its end. */
	async settle(): Promise<void> {
		for (let turn = 0; turn < 12; turn++) await new Promise(resolve => setImmediate(resolve));
	}

	async advance(ms: number): Promise<void> {
		for (let left = ms; left > 0; left -= 250) {
			this.timers.advance(Math.min(250, left));
			await this.settle();
		}
	}

	async rows(): Promise<string[]> {
		await this.settle();
		return this.tty.shown();
	}

	async text(): Promise<string> {
		return (await this.rows()).join('\n');
	}

	/** The screen with the blanks that digits and bars are made of as `#`, in whichever colour. */
	async drawn(): Promise<string[]> {
		const rows = await this.rows();
		const {buffer, cols} = this.tty.xterm;
		const white = 7;
		return rows.map((_, y) => {
			let text = '';
			for (let x = 0; x < cols; x++) {
				const cell = buffer.active.getLine(y)!.getCell(x)!;
				if (cell.getWidth() === 0) continue;
				const isInk = (cell.getChars() || ' ') === ' ' && !cell.isBgDefault() && ![0, white].includes(cell.getBgColor());
				text += isInk ? '#' : cell.getChars() || ' ';
			}
			return text.trimEnd();
		});
	}

	/** Colours of the cells that have one, as the emulator sees them: a grey screen has grey alone. */
	async backgrounds(fromRow = 2): Promise<Set<number>> {
		await this.rows();
		const {buffer, cols, rows} = this.tty.xterm;
		const found = new Set<number>();
		for (let y = fromRow; y < rows - 1; y++)
			for (let x = 0; x < cols; x++) {
				const cell = buffer.active.getLine(y)!.getCell(x)!;
				if (!cell.isBgDefault()) found.add(cell.getBgColor());
			}
		return found;
	}
}

/** Compares the screen with test/screens/wall-<name>; UPDATE=1 writes it. */
export async function golden(t: ExecutionContext, desk: WallDesk, lang: Lang, name: string): Promise<void> {
	const {cols, rows} = desk.tty.xterm;
	const text = `${(await desk.drawn()).join('\n')}\n${'-'.repeat(cols)}\n`;
	const file = shipped('test/screens', `wall-${name}.${lang}.${cols}x${rows}.txt`);
	if (process.env['UPDATE']) writeFileSync(file, text);
	else if (!existsSync(file)) t.fail(`${file} is missing; UPDATE=1 writes it`);
	t.is(text, readFileSync(file, 'utf8'), name);
}
