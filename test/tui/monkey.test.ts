import test from 'ava';
import type {SessionView} from '../../src/server/api/views.js';
import type {AgentStatus} from '../../src/server/domain/model.js';
import {agentStatuses} from '../../src/server/domain/model.js';
import {clocksOf, frameOf, paintClocks} from '../../src/tui/agent/view/frame.js';
import {lineWidth, renderFrame} from '../../src/tui/line.js';
import {type ConsoleEvent, type ConsoleState, initialState} from '../../src/tui/model/state.js';
import {step} from '../../src/tui/model/step.js';
import {colourTheme, plainTheme} from '../../src/tui/theme.js';
import {makeCellRuler} from '../../src/tui/tty/cells.js';
import {type Decoded, KeyDecoder} from '../../src/tui/tty/keys.js';
import {Screen} from '../../src/tui/tty/screen.js';
import {keys} from './support/console.js';
import {campaign, customer, freshView, history, startMs} from './support/service.js';
import {seeded} from './support/terminal.js';

const typed = [
	...Object.values(keys),
	'a',
	...['h', 'p', '0', '2', '3', '5', '8', '9', '2202', '佐', '0312345678', '*#'],
	...[
		'\x1b[1;2Q',
		'\x1b[1;2R',
		'\x1b[1;2S',
		'\x1b[17;2~',
		'\x1b[18;2~',
		'\x04',
		'\x18',
		'\x16',
		'\x1a',
		'\x1a8',
		'\x1a0',
		'\x1a2',
		'\x1a9',
	],
	'1',
	'12',
	'ア',
	'山田',
	'𠮷',
	'か\u3099',
	'👨\u200d👩\u200d👧',
	'\x1b[200~貼り付け\nた行\x07\x1b[201~',
	' ',
	'\x1b[1;5A',
	'\x01',
	'\x0b',
	'\x15',
	'\x17',
];

function keysOf(bytes: string): ConsoleEvent[] {
	const events: ConsoleEvent[] = [];
	const decoder = new KeyDecoder(
		(event: Decoded) => event.type !== 'reply' && events.push({type: 'key', key: event}),
		callback => {
			queueMicrotask(callback);
			return () => {};
		},
	);
	decoder.push(bytes);
	return events;
}

function randomCaller(random: () => number): NonNullable<SessionView['incoming']> {
	const some = <T>(most: number, make: (at: number) => T): T[] =>
		Array.from({length: Math.floor(random() * (most + 1))}, (_, at) => make(at));
	return {
		kind: (['call', 'callBack', 'internal'] as const)[Math.floor(random() * 3)]!,
		callId: `in${Math.floor(random() * 3)}`,
		groupId: 'g1',
		groupName: '二次受付（見込み客）'.repeat(Math.floor(random() * 9)),
		number: random() < 0.3 ? '' : '0312345678',
		withheld: random() < 0.3,
		calledName: '佐藤\u001b[2J',
		queuedMs: startMs - random() * 1e8,
		ringing: random() < 0.5,
		searching: random() < 0.3,
		candidates: some(12, at => ({
			customerId: `cust${at}`,
			campaignId: 'camp1',
			fields: some(3, () => ({label: '名前', value: '高橋 一郎 \u0007'.repeat(Math.floor(random() * 9))})),
		})),
		campaigns: some(3, at => ({id: `camp${at}`, name: '生命保険のご案内'})),
	};
}

const seat = (at: number) => ({
	operatorId: `op${at}`,
	name: '鈴木 さくら'.repeat(at),
	extension: String(200 + at),
	status: agentStatuses[at % agentStatuses.length]!,
	sinceMs: startMs - at * 1e7,
});
const many = <T>(make: (at: number) => T): T[] => Array.from({length: 30}, (_, at) => make(at));
const waiting = (at: number) => ({
	callId: `w${at}`,
	kind: 'call',
	groupId: 'g1',
	number: at % 3 ? '0312345678' : '',
	sinceMs: startMs - at * 1e7,
	ringing: at % 2 ? ['op2'] : [],
	customerName: '高橋'.repeat(at),
});
const abandoned = (at: number) => ({
	callId: `a${at}`,
	kind: 'inbound',
	groupId: 'g1',
	number: at % 3 ? '0312345678' : '',
	atMs: startMs - at * 1e7,
	waitedMs: at * 1e6,
	whileRinging: false,
});

function randomView(random: () => number, before: SessionView | null): SessionView {
	const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
	const view = before ?? freshView();
	const withCustomer = random() < 0.7;
	const version = Math.floor(random() * 20);
	return {
		...view,
		operator: {...view.operator, ...(random() < 0.15 && {use: pick(['phone', 'toolbar', 'both'] as const)})},
		stage: random() < 0.95 ? 'working' : 'chooseGroups',
		workingGroupIds: ['g1'],
		campaigns: random() < 0.95 ? [campaign] : [],
		status: {
			status: random() < 0.3 ? 'transferring' : pick<AgentStatus>(agentStatuses),
			sinceMs: startMs - random() * 1e7,
			actor: 'system',
			reason: 'monkey',
			...(random() < 0.2 && {help: {sinceMs: startMs, comment: 'たすけて'.repeat(30)}}),
		},
		incoming: random() < 0.3 ? randomCaller(random) : null,
		call:
			random() < 0.6
				? {
						callId: pick(['call1', 'call2']),
						kind: pick(['predictive', 'preview', 'direct', 'inbound', 'internal'] as const),
						direction: pick(['in', 'out'] as const),
						phase: pick(['dialling', 'ringing', 'talking', 'ended'] as const),
						number: pick(['', '0312345678', '+81 90 1234 5678 ext 99999']),
						startedMs: startMs,
						held: random() < 0.3,
						muted: random() < 0.3,
						...(random() < 0.5 && {
							transfer: {
								mode: pick(['blind', 'consult', 'conference'] as const),
								number: pick(['202', '+81 90 1234 5678 ext 99999']),
								name: pick(['', '𠮷野 太郎'.repeat(12)]),
								answered: random() < 0.5,
							},
						}),
					}
				: null,
		customer: withCustomer
			? {
					...customer,
					customerId: pick(['cust1', 'cust2']),
					version,
					values: {...customer.values, name: pick(['', '𠮷田', 'とても長い名前'.repeat(9), 'a\u0007b\u001b[2J']), memo: `memo ${version}`},
				}
			: null,
		history: random() < 0.5 ? history : [],
		popup: random() < 0.2 ? {kind: 'afterSave', recordId: 'r'} : null,
		counters: {waiting: Math.floor(random() * 1000), longestWaitSinceMs: startMs - 3_700_000, abandonedToday: 12, recallsDue: 3},
		notices:
			random() < 0.3
				? [
						{
							noticeId: `n${version}`,
							level: pick(['info', 'warning', 'error'] as const),
							key: pick(['recallDue', 'partDown', 'unheard']),
							args: {name: '山田'.repeat(40), atMs: '1'},
							atMs: startMs,
						},
					]
				: [],
	};
}

const answers: ConsoleEvent[] = [
	{type: 'refused', request: {type: 'login'}, error: {code: 'slowDown', message: '', retryMs: 900}},
	{
		type: 'refused',
		request: {
			type: 'save',
			draft: {
				values: {},
				baseVersion: 1,
				record: {reachedId: '', reactionId: '', nextActionId: '', nextOperatorId: '', nextAt: '', text: ''},
			},
		},
		error: {
			code: 'invalid',
			message: '',
			fields: [
				{field: 'mail', code: 'badMail'},
				{field: 'gone', code: 'required'},
			],
		},
	},
	{
		type: 'granted',
		request: {
			type: 'save',
			draft: {
				values: {},
				baseVersion: 1,
				record: {reachedId: '', reactionId: '', nextActionId: '', nextOperatorId: '', nextAt: '', text: ''},
			},
		},
		value: {recordId: 'r', customerVersion: 4},
	},
	{type: 'granted', request: {type: 'listRecalls'}, value: []},
	{type: 'granted', request: {type: 'listSeats'}, value: many(seat)},
	{type: 'granted', request: {type: 'listSeats'}, value: []},
	{type: 'granted', request: {type: 'listOffices'}, value: [{id: 'a', name: '', rows: ['202 . 203', '窓側', '. 9']}]},
	{type: 'granted', request: {type: 'listOffices'}, value: []},
	{type: 'granted', request: {type: 'listWaiting'}, value: many(waiting)},
	{type: 'granted', request: {type: 'listAbandoned'}, value: many(abandoned)},
	{type: 'granted', request: {type: 'listAbandoned'}, value: []},
	{type: 'granted', request: {type: 'nextCustomer'}, value: {customerId: null}},
	{type: 'refused', request: {type: 'hold'}, error: {code: 'notNow', message: '', status: 'ready'}},
	{type: 'refused', request: {type: 'answer', callId: 'in1'}, error: {code: 'callTaken', message: ''}},
	{type: 'tick'},
	{type: 'unanswered', request: {type: 'setStatus', status: 'ready'}},
	{type: 'line', state: 'offline'},
	{type: 'line', state: 'online'},
	{type: 'closed', reason: 'stopping'},
	{type: 'closed', reason: 'taken'},
	{type: 'resize', size: {columns: 80, rows: 24}},
	{type: 'resize', size: {columns: 133, rows: 41}},
	{type: 'resize', size: {columns: 300, rows: 90}},
];

function check(state: ConsoleState, theme: typeof colourTheme): string | null {
	const {columns, rows} = state.size;
	let height = 0;
	const frame = frameOf(state);
	for (const section of frame) {
		if (section.kind === 'full') {
			height += section.lines.length;
			for (const line of section.lines)
				if (lineWidth(line) > columns) return `line of ${lineWidth(line)} cells: ${line.map(part => part.text).join('')}`;
			continue;
		}
		height += Math.max(section.left.length, section.right.length);
		for (const line of section.left) if (lineWidth(line) > section.leftWidth) return 'left line too long';
		for (const line of section.right) if (lineWidth(line) > section.rightWidth) return 'right line too long';
	}
	if (height !== rows) return `${height} rows instead of ${rows}`;
	const screen = new Screen(columns, rows, makeCellRuler(state.zone === 'UTC' ? 2 : 1));
	screen.setFrame(renderFrame(frame, theme));
	paintClocks(screen, clocksOf(state), startMs, theme);
	const {form} = state;
	if (state.stage === 'work' && form && form.focus !== '' && !state.panel && !screen.cursor) return `no cursor at ${form.focus}`;
	return null;
}

test('whatever is typed and told, the console stands, fits its terminal and has its cursor (seeded)', t => {
	for (let seed = 1; seed <= 6; seed++) {
		const random = seeded(seed);
		let state = initialState({
			lang: seed % 2 ? 'ja' : 'en',
			zone: seed % 3 ? 'Asia/Tokyo' : 'UTC',
			size: {columns: 80, rows: 24},
			demo: null,
			nowMs: startMs,
		});
		const log: string[] = [];
		for (let count = 0; count < 500; count++) {
			const events: ConsoleEvent[] =
				random() < 0.75
					? keysOf(typed[Math.floor(random() * typed.length)]!)
					: random() < 0.5
						? [{type: 'view', view: randomView(random, state.view), isWhole: random() < 0.2}]
						: [answers[Math.floor(random() * answers.length)]!];
			const before = state;
			for (const event of events) {
				log.push(JSON.stringify(event).slice(0, 200));
				state = step(state, event, startMs).state;
			}
			// What has changed nothing is drawn as before.
			if (state === before) continue;
			const fault = check(state, seed % 4 ? colourTheme : plainTheme);
			if (fault) t.fail(`seed ${seed}, event ${count}: ${fault}\n${log.slice(-10).join('\n')}`);
			if (fault) break;
		}
	}
	t.pass();
});
