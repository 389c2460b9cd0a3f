import test from 'ava';
import type {FloorMessage, FloorSeat} from '../../src/server/api/floor.js';
import {applyFloor} from '../../src/server/api/floor.js';
import {agentStatuses} from '../../src/server/domain/model.js';
import {frameShape, lineWidth, renderFrame} from '../../src/tui/line.js';
import {isStale} from '../../src/tui/model/supervisor/freshness.js';
import {initialState, type SupervisorEvent, type SupervisorState} from '../../src/tui/model/supervisor/state.js';
import {step} from '../../src/tui/model/supervisor/step.js';
import {seatCell} from '../../src/tui/supervisor/view/cells.js';
import {frameOf, paintedRows} from '../../src/tui/supervisor/view/frame.js';
import {isSeatsRow, seatX} from '../../src/tui/supervisor/view/grid.js';
import {Painter} from '../../src/tui/supervisor/view/painter.js';
import {colourTheme, plainTheme} from '../../src/tui/theme.js';
import {makeCellRuler} from '../../src/tui/tty/cells.js';
import {type Decoded, KeyDecoder} from '../../src/tui/tty/keys.js';
import {Screen} from '../../src/tui/tty/screen.js';
import {isInkless, parseSgr, plainSgr} from '../../src/tui/tty/sgr.js';
import {keys} from './support/console.js';
import {freshView, startMs} from './support/service.js';
import {operatorScreen, SupervisorDesk, seatOf, wholeFloor} from './support/supervisor.js';
import {seeded} from './support/terminal.js';

const typed = [
	...Object.values(keys),
	...'hlwbtxmsovn/?:12345',
	'i',
	':状態 離席 2',
	':start 休眠\r',
	'\t',
	'ｈｌ',
	'か\u3099',
	'佐藤',
	'\x1b[200~貼り\nた\x07\x1b[201~',
	'\x1b[H',
	'\x1b[F',
	'\x1b[5~',
	' ',
];

function keysOf(bytes: string): SupervisorEvent[] {
	const events: SupervisorEvent[] = [];
	const decoder = new KeyDecoder(
		(event: Decoded) => event.type !== 'reply' && events.push({type: 'key', key: event}),
		() => () => {},
	);
	decoder.push(bytes);
	if (bytes === '\x1b') events.push({type: 'key', key: {type: 'key', name: 'escape', ctrl: false, alt: false, shift: false}});
	return events;
}

const nasty = ['○△□①→', '\u001b[2J', '高橋'.repeat(30), '', '👨\u200d👩\u200d👧', '\u202e逆', 'ﾊﾟﾝ'];

function randomSeat(random: () => number): FloorSeat {
	const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
	const seat = seatOf(Math.floor(random() * 60), {status: pick(agentStatuses), sinceMs: startMs - random() * 1e8 + 1e6});
	return {
		...seat,
		...(random() < 0.2 && {name: pick(nasty)}),
		...(random() < 0.1 && {extension: '9'.repeat(1 + Math.floor(random() * 9))}),
		...(random() < 0.1 && {groupIds: []}),
		...(random() < 0.2 && {
			help: {
				sinceMs: startMs - random() * 1e7,
				comment: pick(nasty),
				...(random() < 0.5 && {takenBy: {operatorId: 'sv2', name: pick(nasty)}}),
			},
		}),
		...(random() < 0.2 && {
			watchers: [{operatorId: pick(['sv1', 'sv2']), name: pick(nasty), mode: pick(['listen', 'whisper', 'barge', 'screen'] as const)}],
		}),
	};
}

function randomFloor(random: () => number, state: SupervisorState): FloorMessage {
	const nowMs = startMs + random() * 1e5;
	if (random() < 0.1) return {...wholeFloor(Math.floor(random() * 80)), nowMs};
	const seats = Array.from({length: Math.floor(random() * 6)}, () => randomSeat(random));
	const known = [...state.floor.seats.keys()];
	const gone = known.filter(() => random() < 0.05);
	return {type: 'floor', nowMs, set: {seats: Object.fromEntries(seats.map(seat => [seat.operatorId, seat]))}, gone: {seats: gone}};
}

function randomEvent(random: () => number, state: SupervisorState): SupervisorEvent[] {
	const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
	const roll = random();
	if (roll < 0.6) return keysOf(pick(typed));
	if (roll < 0.75) return [{type: 'floor', message: randomFloor(random, state), monoMs: random() * 1e5}];
	if (roll < 0.8) return [{type: 'screen', of: state.opened ?? 'op1', view: random() < 0.2 ? {} : operatorScreen('op1', pick(nasty))}];
	if (roll < 0.85) {
		const blank = freshView();
		const operator = {...blank.operator, id: 'sv1', role: 'supervisor' as const, extension: pick(['', '901'])};
		return [
			{
				type: 'view',
				view: {
					...blank,
					operator,
					stage: pick(['chooseGroups', 'working'] as const),
					status: {...blank.status, status: pick(agentStatuses)},
				},
				isWhole: random() < 0.5,
			},
		];
	}
	if (roll < 0.88)
		return [
			{
				type: 'resize',
				size: pick([
					{columns: 80, rows: 24},
					{columns: 120, rows: 40},
					{columns: 200, rows: 60},
					{columns: 97, rows: 37},
				]),
			},
		];
	if (roll < 0.91) return [{type: 'line', state: pick(['online', 'offline', 'connecting'] as const)}];
	if (roll < 0.93) return [{type: 'closed', reason: pick(['loggedOff', 'taken', 'stopping'] as const)}];
	if (roll < 0.96)
		return [
			{
				type: 'refused',
				request: {type: 'supervise', of: 'op1', mode: 'listen'},
				error: {code: pick(['notNow', 'callGone', 'notAllowed', 'internal'] as const), message: ''},
			},
		];
	if (roll < 0.98) return [{type: 'unanswered', request: {type: 'watchFloor'}}];
	return [{type: 'tick'}];
}

function firstDifference(one: Screen, other: Screen, y: number): string | undefined {
	for (let x = 0; x < one.columns; x++) {
		const [a, b] = [one.cell(x, y), other.cell(x, y)];
		if (a.grapheme !== b.grapheme || a.sgr !== b.sgr) return `${x}, ${y}: ${JSON.stringify(a)}, not ${JSON.stringify(b)}`;
	}
	return undefined;
}

for (const seed of [1, 2, 3, 4]) {
	test(`whatever is pressed and whatever comes, every screen fills the terminal and no more, seed ${seed}`, t => {
		const random = seeded(seed);
		let state = initialState({lang: seed % 2 ? 'ja' : 'en', zone: 'Asia/Tokyo', size: {columns: 80, rows: 24}, demo: null, nowMs: startMs});
		let floors = 0;
		const theme = seed % 2 ? colourTheme : plainTheme;
		const ruler = makeCellRuler(seed > 2 ? 2 : 1);
		let shown = {shape: '', screen: new Screen(80, 24), painter: new Painter(theme)};
		for (let at = 0; at < 1_500; at++) {
			for (const event of randomEvent(random, state)) {
				const next = step(state, event, startMs + at * 100);
				state = next.state;
				// An operator who was shown out, or a screen that was closed, begins anew.
				if (next.effects.some(({effect}) => effect === 'exit')) state = {...state, stage: 'login'};
			}
			if (at % 3) continue;
			const {columns, rows} = state.size;
			const monoMs = random() * 1e5;
			const frame = frameOf(state, random() < 0.5);
			const painted = paintedRows(state, startMs + at * 100, monoMs);
			if (state.stage === 'floor') floors++;
			const text = renderFrame(frame, theme);
			t.is(text.split('\n').length, rows, `rows at ${at}`);
			t.false(/[\u0000-\u0009\u000b-\u001a\u001c-\u001f]/.test(text), 'no control characters');
			for (const {y, row} of painted) {
				t.true(y < rows - 2, 'painted above the foot');
				if (!isSeatsRow(row)) {
					t.true(lineWidth(row) <= columns, `row ${y} is ${lineWidth(row)} cells wide at ${at}`);
					continue;
				}
				for (const [n, seat] of row.seats.entries()) {
					t.true(seatX(row, n) + row.width <= columns, `row ${y}: ${seatX(row, n)} + ${row.width} at ${at}`);
					t.is(lineWidth(seatCell(seat, row.density, row.context)), row.width, `row ${y} at ${at}`);
				}
			}
			if (at % 9) continue;
			// What is painted piece by piece, over what was there before, is what is painted at once.
			const shape = `${columns} ${rows} ${frameShape(frame)} ${state.stage} ${state.isHelpOpen}`;
			if (shape !== shown.shape) {
				shown = {shape, screen: new Screen(columns, rows, ruler), painter: new Painter(theme)};
				shown.screen.setFrame(text);
			}
			for (const laterMs of [0, 300, 1_200]) shown.painter.paint(shown.screen, paintedRows(state, startMs + at * 100 + laterMs, monoMs));
			const whole = new Screen(columns, rows, ruler);
			new Painter(theme).paint(whole, paintedRows(state, startMs + at * 100 + 1_200, monoMs));
			for (const {y} of painted) t.is(firstDifference(shown.screen, whole, y), undefined, `at ${at}`);
			t.notThrows(() => shown.screen.flush());
		}
		t.true(floors > 100, `${floors} floors`);
	});
}

test('a floor made of deltas is what the deltas say', t => {
	const random = seeded(9);
	let state = initialState({lang: 'ja', zone: 'Asia/Tokyo', size: {columns: 80, rows: 24}, demo: null, nowMs: startMs});
	for (let at = 0; at < 300; at++) {
		const message = randomFloor(random, state);
		const before = state.floor;
		const after = applyFloor(before, message);
		for (const key of message.gone?.seats ?? []) if (!message.set?.seats?.[key]) t.false(after.seats.has(key));
		for (const [key, seat] of Object.entries(message.set?.seats ?? {})) t.is(after.seats.get(key), seat);
		if (!message.whole) t.is(after.groups, before.groups, 'what was not mentioned is the same');
		state = {...state, floor: after};
	}
});

const sizes = [
	[80, 24],
	[120, 40],
	[200, 60],
	[97, 37],
	[60, 20],
] as const;

/** The number of a colour among the sixteen, as the terminal tells it: -1 is the usual one. */
const colourOf = (code: string): number => (code === '' ? -1 : (Number(code) % 10) + (Number(code) >= 90 ? 8 : 0));

test('what stands on the terminal after keys, changes, seconds and new sizes is the frame of that moment, colours included', async t => {
	const random = seeded(12);
	const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
	const desk = await SupervisorDesk.watching({seats: 60});
	const letters = [...'ovngs/:12345?山', keys.enter, keys.escape, keys.down, keys.right, keys.f2, keys.f8, '\x1b[6~', '\x1b[H', '\u007f'];
	for (let at = 0; at < 90; at++) {
		const roll = random();
		if (roll < 0.4) await desk.press(pick(letters));
		else if (roll < 0.7) desk.service.change(...Array.from({length: 1 + Math.floor(random() * 5)}, () => randomSeat(random)));
		else if (roll < 0.8) {
			const [wide, high] = pick(sizes);
			desk.tty.resize(wide, high);
		} else if (roll < 0.85) desk.service.send(wholeFloor(pick([0, 9, 60, 400])));
		else if (roll < 0.9) desk.service.screen(desk.console.state.opened ?? '', operatorScreen('op1', pick(nasty)));
		// Up to the next tick, seldom without a word from the service: then everything is grey.
		desk.service.nowMs = startMs + desk.timers.nowMs;
		if (random() < 0.95) desk.service.beat();
		desk.timers.advance((random() < 0.05 ? 4_000 : 500) - (desk.timers.nowMs % 500));
		await desk.screen();
		const {state} = desk.console;
		const {columns, rows} = desk.tty.stdout as {columns: number; rows: number};
		if (columns < 80 || rows < 24) continue;
		const wanted = new Screen(columns, rows);
		wanted.setFrame(renderFrame(frameOf(state, isStale(state.freshness, desk.timers.nowMs)), colourTheme));
		new Painter(colourTheme).paint(wanted, paintedRows(state, startMs + desk.timers.nowMs, desk.timers.nowMs));
		for (let y = 1; y < rows; y++) {
			const line = desk.tty.xterm.buffer.active.getLine(y)!;
			for (let x = 0; x < columns; x++) {
				const cell = line.getCell(x)!;
				const {grapheme, sgr} = wanted.cell(x, y);
				const look = parseSgr(plainSgr, sgr);
				// Weight and colour of a blank cannot be seen.
				const isBlank = grapheme.trim() === '' && isInkless(look);
				const seen = [
					cell.getChars() || (cell.getWidth() === 0 ? '' : ' '),
					cell.isInverse() !== 0,
					cell.isBgDefault() ? -1 : cell.getBgColor(),
					...(isBlank ? [] : [cell.isBold() !== 0, cell.isDim() !== 0, cell.isFgDefault() ? -1 : cell.getFgColor()]),
				].join(' ');
				const meant = [
					grapheme,
					look.flags.includes(7),
					colourOf(look.background),
					...(isBlank ? [] : [look.flags.includes(1), look.flags.includes(2), colourOf(look.foreground)]),
				].join(' ');
				if (grapheme !== '' && seen !== meant) t.fail(`${at}: ${x}, ${y} of ${columns}x${rows}: ${seen} stands there, not ${meant}`);
			}
		}
	}
	t.pass();
});
