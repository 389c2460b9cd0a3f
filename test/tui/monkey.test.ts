import test from 'ava';
import type {SessionView} from '../../src/server/api/messages.js';
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

function randomView(random: () => number, before: SessionView | null): SessionView {
	const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
	const view = before ?? freshView();
	const withCustomer = random() < 0.7;
	const version = Math.floor(random() * 20);
	return {
		...view,
		stage: random() < 0.95 ? 'working' : 'chooseGroups',
		workingGroupIds: ['g1'],
		campaigns: random() < 0.95 ? [campaign] : [],
		status: {status: pick<AgentStatus>(agentStatuses), sinceMs: startMs - random() * 1e7, actor: 'system', reason: 'monkey'},
		call:
			random() < 0.6
				? {
						callId: pick(['call1', 'call2']),
						kind: pick(['predictive', 'preview', 'direct', 'inbound', 'internal'] as const),
						direction: pick(['in', 'out'] as const),
						phase: pick(['dialling', 'ringing', 'talking', 'ended'] as const),
						number: pick(['', '0312345678', '+81 90 1234 5678 ext 99999']),
						startedMs: startMs,
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
	for (const section of frameOf(state)) {
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
	screen.setFrame(renderFrame(frameOf(state), theme));
	paintClocks(screen, clocksOf(state), startMs, theme);
	const {form} = state;
	if (state.stage === 'work' && form && form.focus !== '' && !state.panel && !screen.cursor) return `no cursor at ${form.focus}`;
	return null;
}

test('whatever is typed and told, the console stands, fits its terminal and has its cursor (seeded)', t => {
	for (let seed = 1; seed <= 12; seed++) {
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
			for (const event of events) {
				log.push(JSON.stringify(event).slice(0, 200));
				state = step(state, event, startMs).state;
			}
			const fault = check(state, seed % 4 ? colourTheme : plainTheme);
			if (fault) t.fail(`seed ${seed}, event ${count}: ${fault}\n${log.slice(-10).join('\n')}`);
			if (fault) break;
		}
	}
	t.pass();
});
