/** The supervisors' console on a terminal that is none, with a floor in memory and clocks of the test's own. */
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import type {ExecutionContext} from 'ava';
import {shipped} from '../../../src/paths.js';
import type {Client, ClientEvents} from '../../../src/server/api/client.js';
import type {FloorGroup, FloorMessage, FloorSeat} from '../../../src/server/api/floor.js';
import {type LoginResult, Refused, type RequestError} from '../../../src/server/api/messages.js';
import type {RequestBody} from '../../../src/server/api/requests.js';
import type {SessionView} from '../../../src/server/api/views.js';
import {type AgentStatus, agentStatuses} from '../../../src/server/domain/model.js';
import type {Lang} from '../../../src/tui/i18n/index.js';
import {renderFrame} from '../../../src/tui/line.js';
import {type SupervisorClient, SupervisorConsole} from '../../../src/tui/supervisor/console.js';
import {frameOf, paintedRows} from '../../../src/tui/supervisor/view/frame.js';
import {Painter} from '../../../src/tui/supervisor/view/painter.js';
import {colourTheme} from '../../../src/tui/theme.js';
import {Screen} from '../../../src/tui/tty/screen.js';
import {keys} from './console.js';
import {campaign, customer, freshView, history, startMs} from './service.js';
import {FakeTimers, FakeTty} from './terminal.js';

export const floorGroups: FloorGroup[] = [
	{
		groupId: 'g1',
		number: '8001',
		name: '一次架電',
		waiting: 1,
		longestWaitSinceMs: startMs - 83_000,
		offered: 120,
		answered: 108,
		abandoned: 7,
	},
	{groupId: 'g2', number: '8002', name: '二次架電（見込み客）', waiting: 0, offered: 31, answered: 31, abandoned: 0},
];

const names = [
	'山田 花子',
	'𠮷野 太郎',
	'佐藤 次郎',
	'鈴木 さくら',
	'髙橋 健一',
	'田中 美咲',
	'伊藤 大輔',
	'渡辺 直子',
	'スミス ジョン',
	'小林 由美',
];
const talks: readonly AgentStatus[] = ['talkingOut', 'talkingIn', 'held', 'transferring'];

/** The n-th seat of a floor: every status, some with calls. */
export function seatOf(n: number, more: Partial<FloorSeat> = {}): FloorSeat {
	const status = agentStatuses[(n * 7) % agentStatuses.length]!;
	const isTalking = talks.includes(status);
	return {
		operatorId: `op${n}`,
		name: names[n % names.length]!,
		extension: String((n < 400 ? 201 : 2001) + n),
		role: 'agent',
		groupIds: [n % 3 === 2 ? 'g2' : 'g1'],
		working: true,
		status,
		sinceMs: startMs - 1_000 * (5 + ((n * 137) % 4_000)),
		reason: isTalking ? 'callAnswered' : 'button',
		actor: isTalking ? 'system' : 'self',
		console: n % 17 !== 5,
		phone: status !== 'phoneDown',
		...(isTalking && {
			call: {
				callId: `c${n}`,
				kind: 'predictive' as const,
				direction: status === 'talkingIn' ? ('in' as const) : ('out' as const),
				phase: 'talking' as const,
				number: `0905551${String(1000 + n).slice(-4)}`,
				sinceMs: startMs - 1_000 * (3 + ((n * 37) % 400)),
				customerName: '𠮷田 美咲',
			},
		}),
		...more,
	};
}

const byKey = <T>(rows: readonly T[], key: (row: T) => string): Record<string, T> => Object.fromEntries(rows.map(row => [key(row), row]));

/** A whole floor of so many seats. */
export function wholeFloor(count: number, nowMs = startMs): FloorMessage {
	return {
		type: 'floor',
		nowMs,
		whole: true,
		set: {
			seats: byKey(
				Array.from({length: count}, (_, n) => seatOf(n)),
				seat => seat.operatorId,
			),
			groups: byKey(floorGroups, group => group.groupId),
			waiting: {
				w1: {
					callId: 'w1',
					kind: 'call',
					groupId: 'g1',
					number: '0312345678',
					sinceMs: startMs - 83_000,
					ringing: ['op1'],
					customerName: '高橋 一郎',
				},
				w2: {callId: 'w2', kind: 'callBack', groupId: 'g1', number: '09011112222', sinceMs: startMs - 20_000, ringing: []},
			},
			abandoned: {
				a1: {
					callId: 'a1',
					groupId: 'g1',
					number: '0459876543',
					atMs: startMs - 600_000,
					waitedMs: 41_000,
					whileRinging: true,
					kind: 'inbound',
				},
				a2: {callId: 'a2', groupId: 'g2', number: '', atMs: startMs - 60_000, waitedMs: 9_000, whileRinging: false, kind: 'inbound'},
			},
			lists: {
				l1: {listId: 'l1', campaignId: 'camp1', name: '7月見込み客', groupId: 'g1', started: true, total: 3200, open: 1188},
				l2: {listId: 'l2', campaignId: 'camp1', name: '休眠顧客', started: false, total: 800, open: 800},
			},
			dials: {
				'camp1/g1': {
					campaignId: 'camp1',
					groupId: 'g1',
					name: campaign.name,
					started: true,
					mode: 'predicted',
					budget: {
						regulator: 'ftc',
						limit: 0.03,
						window: 'days30',
						answered: 1_200,
						abandoned: 22,
						share: 22 / 1_200,
						left: 14,
						spent: false,
						today: {answered: 61, abandoned: 1},
					},
					fuel: 1 - 22 / 1_200 / 0.03,
				},
			},
			recalls: {
				r1: {
					recordId: 'r1',
					operatorId: 'op1',
					operatorName: '𠮷野 太郎',
					customerName: '高橋 一郎',
					number: '0451112222',
					nextAtMs: startMs + 600_000,
					absent: false,
				},
				r2: {
					recordId: 'r2',
					operatorId: 'gone',
					operatorName: '中村 翔',
					customerName: '岡田 陽菜',
					number: '0353334444',
					nextAtMs: startMs - 300_000,
					absent: true,
				},
			},
			faults: {},
		},
	};
}

/** The screen of an operator in a call, as a supervisor is shown it. */
export function operatorScreen(of: string, text = ''): Partial<SessionView> {
	const {notices: _notices, ...view} = freshView();
	return {
		...view,
		stage: 'working',
		operator: {...view.operator, id: of},
		campaigns: [campaign],
		status: {status: 'talkingOut', sinceMs: startMs - 60_000, actor: 'system', reason: 'callAnswered'},
		customer: {...customer, values: {...customer.values, pin: '●●●●'}},
		history,
		draft: {
			customerId: 'cust1',
			values: {...customer.values, pin: '●●●●', memo: '書き換えた備考'},
			baseVersion: 3,
			record: {reachedId: 'self', reactionId: 'think', nextActionId: '', nextOperatorId: 'self', nextAt: '', text},
			focus: {field: 'record.text', cursor: [...text].length},
		},
	};
}

export class FakeFloorService implements SupervisorClient {
	welcome: Client['welcome'];
	clockOffsetMs = 0;
	line: Client['line'] = 'connecting';
	nowMs = startMs;
	role: SessionView['operator']['role'] = 'supervisor';
	view: SessionView | undefined;
	floor: FloorMessage = wholeFloor(0);
	readonly requests: RequestBody[] = [];
	/** Of the last letter that was taken in. */
	typedSeq = 0;
	readonly refusals = new Map<string, RequestError>();
	readonly #listeners: {[K in keyof ClientEvents]: Set<ClientEvents[K]>} = {
		line: new Set(),
		snapshot: new Set(),
		update: new Set(),
		floor: new Set(),
		screen: new Set(),
		sessionClosed: new Set(),
	};

	on<K extends keyof ClientEvents>(event: K, listener: ClientEvents[K]): () => void {
		this.#listeners[event].add(listener);
		return () => this.#listeners[event].delete(listener);
	}

	connect(): void {
		this.setLine('online');
	}

	close(): void {
		this.setLine('closed');
	}

	setLine(line: Client['line']): void {
		this.line = line;
		if (line === 'online' && this.view) this.#snapshot();
		for (const listener of this.#listeners.line) listener(line);
	}

	async login(loginId: string, password: string, extension: string): Promise<LoginResult> {
		await Promise.resolve();
		if (password !== 'Kaden-2026') throw new Refused({code: 'badCredentials', message: 'wrong'});
		const blank = freshView();
		const operator = {...blank.operator, id: 'sv1', loginId, name: '管理 太郎', role: this.role, extension};
		this.view = {...blank, operator, groups: [], phone: {registered: extension !== '', legUp: false}};
		this.#snapshot();
		return {token: 'token', operator, groups: []};
	}

	async request<B extends RequestBody>(body: B): Promise<never> {
		if (this.line !== 'online') throw new Error('offline');
		this.requests.push(body);
		await Promise.resolve();
		const refusal = this.refusals.get(body.type);
		this.refusals.delete(body.type);
		if (refusal) throw new Refused(refusal);
		if (body.type === 'watchFloor') this.send({...this.floor, nowMs: this.nowMs});
		if (body.type === 'startWork')
			this.push({
				stage: 'working',
				status: {status: 'wrapUp', sinceMs: this.nowMs, actor: 'system', reason: 'phoneUp'},
				phone: {registered: true, legUp: true},
			});
		return (body.type === 'typeFor' ? {seq: ++this.typedSeq} : null) as never;
	}

	/** Frames of the floor. */
	send(message: FloorMessage): void {
		for (const listener of this.#listeners.floor) listener(message);
	}

	/** Changed seats. */
	change(...seats: FloorSeat[]): void {
		this.send({type: 'floor', nowMs: this.nowMs, set: {seats: byKey(seats, seat => seat.operatorId)}});
	}

	beat(): void {
		this.send({type: 'floor', nowMs: this.nowMs});
	}

	screen(of: string, view: Partial<SessionView>): void {
		for (const listener of this.#listeners.screen) listener(of, view, this.nowMs);
	}

	push(set: Partial<SessionView>): void {
		this.view = {...this.view!, ...set};
		for (const listener of this.#listeners.update) listener(set, this.nowMs, this.view);
	}

	#snapshot(): void {
		for (const listener of this.#listeners.snapshot) listener(this.view!, this.nowMs);
	}
}

export class SupervisorDesk {
	readonly tty: FakeTty;
	readonly service = new FakeFloorService();
	readonly timers = new FakeTimers();
	readonly console: SupervisorConsole;
	readonly said: string[] = [];

	constructor(options: {columns?: number; rows?: number; lang?: Lang; seats?: number} = {}) {
		this.tty = new FakeTty(options.columns ?? 80, options.rows ?? 24);
		this.service.floor = wholeFloor(options.seats ?? 10);
		this.console = new SupervisorConsole({
			connect: () => this.service,
			lang: options.lang ?? 'ja',
			stdin: this.tty.stdin,
			stdout: this.tty.stdout,
			timers: this.timers,
			now: () => startMs + this.timers.nowMs,
			monotonic: () => this.timers.nowMs,
			theme: colourTheme,
			ambiguous: 1,
			say: line => this.said.push(line),
			ownsProcess: false,
		});
	}

	/** Logged in with a phone, the floor on the screen. */
	static async watching(options: ConstructorParameters<typeof SupervisorDesk>[0] & {extension?: string} = {}): Promise<SupervisorDesk> {
		const desk = new SupervisorDesk(options);
		desk.console.start();
		await desk.idle();
		const {extension = '901'} = options;
		await desk.press('sv001', keys.enter, 'Kaden-2026', keys.enter, ...(extension === '' ? [] : [extension]), keys.enter);
		return desk;
	}

	async press(...chunks: string[]): Promise<void> {
		for (const chunk of chunks) {
			this.tty.type(chunk);
			if (chunk === keys.escape) this.timers.advance(30);
			await this.idle();
		}
	}

	/** Time goes by; with `alive` the service sends its frame each second. */
	advance(ms: number, alive = true): void {
		for (let left = ms; left > 0; left -= 1_000) {
			this.timers.advance(Math.min(1_000, left));
			this.service.nowMs = startMs + this.timers.nowMs;
			if (alive) this.service.beat();
		}
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

	get sent(): RequestBody[] {
		return this.service.requests;
	}
}

/** Compares the screen with test/screens/supervisor-<name>; UPDATE=1 writes it. Also that what is painted is the views' own, cell by cell. */
export async function golden(t: ExecutionContext, desk: SupervisorDesk, name: string): Promise<void> {
	const rows = await desk.screen();
	const {state} = desk.console;
	const {columns} = state.size;
	const direct = new Screen(columns, state.size.rows);
	direct.setFrame(renderFrame(frameOf(state, state.line !== 'online' && desk.timers.nowMs > 0), colourTheme));
	new Painter(colourTheme).paint(direct, paintedRows(state, startMs + desk.timers.nowMs, desk.timers.nowMs));
	t.deepEqual(
		rows,
		Array.from({length: state.size.rows}, (_, row) => direct.rowText(row).trimEnd()),
		`${name}: what was painted piece by piece is what the views draw`,
	);
	const text = `${rows.join('\n')}\n${'-'.repeat(columns)}\n`;
	const file = shipped('test/screens', `supervisor-${name}.${state.lang}.${columns}x${state.size.rows}.txt`);
	if (process.env['UPDATE'] || !existsSync(file)) {
		if (!process.env['UPDATE']) t.fail(`${file} is missing; UPDATE=1 writes it`);
		mkdirSync(shipped('test/screens'), {recursive: true});
		writeFileSync(file, text);
	}
	t.is(text, readFileSync(file, 'utf8'), name);
}
