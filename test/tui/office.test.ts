import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {shipped} from '../../src/paths.js';
import {officeFault, placesOf, rowOf} from '../../src/server/domain/office.js';
import type {Lang} from '../../src/tui/i18n/index.js';
import {initialOffice, type OfficeState, officeStep, placeAt, rowsOf, unplaced} from '../../src/tui/model/office.js';
import {type Direction, nextSpot, planRows, spotsOf} from '../../src/tui/model/plan.js';
import {OfficeEditor} from '../../src/tui/office/main.js';
import {colourTheme} from '../../src/tui/theme.js';
import type {KeyEvent} from '../../src/tui/tty/keys.js';
import {keys} from './support/console.js';
import {FakeTimers, FakeTty, seeded} from './support/terminal.js';

const known = Array.from({length: 12}, (_, at) => String(1001 + at));

class EditorDesk {
	readonly tty = new FakeTty(80, 24);
	readonly timers = new FakeTimers();
	readonly saves: Array<{rows: string[]; version: string | undefined}> = [];
	refuse: string | undefined;
	readonly editor: OfficeEditor;

	constructor(lang: Lang, rows: string[] = []) {
		this.editor = new OfficeEditor({
			lang,
			office: {id: 'main', name: '3階', rows, version: rows.length > 0 ? 'v1' : undefined},
			extensions: known,
			save: async (saved, version) => {
				this.saves.push({rows: saved, version});
				if (this.refuse) throw new Error(this.refuse);
				return `v${this.saves.length + 1}`;
			},
			stdin: this.tty.stdin,
			stdout: this.tty.stdout,
			timers: this.timers,
			theme: colourTheme,
			ambiguous: 1,
			ownsProcess: false,
		});
		this.editor.start();
	}

	async press(...chunks: string[]): Promise<void> {
		for (const chunk of chunks) {
			this.tty.type(chunk);
			if (chunk === keys.escape) this.timers.advance(30);
			await this.editor.idle();
		}
	}

	async text(): Promise<string> {
		await this.editor.idle();
		return (await this.tty.shown()).join('\n');
	}

	get rows(): string[] {
		return rowsOf(this.editor.state.plan);
	}
}

async function golden(t: ExecutionContext, desk: EditorDesk, lang: Lang, name: string): Promise<void> {
	const text = `${await desk.text()}\n${'-'.repeat(80)}\n`;
	const file = shipped('test/screens', `office-${name}.${lang}.80x24.txt`);
	if (process.env['UPDATE']) writeFileSync(file, text);
	else if (!existsSync(file)) t.fail(`${file} is missing; UPDATE=1 writes it`);
	t.is(text, readFileSync(file, 'utf8'), name);
}

for (const lang of ['ja', 'en'] as const) {
	test(`a layout is drawn by keys alone and saved, ${lang}`, async t => {
		const desk = new EditorDesk(lang);
		await golden(t, desk, lang, 'empty');
		await desk.press('nnn', keys.down, keys.down, '1005', keys.enter, 't', '窓側 の席', keys.enter);
		t.deepEqual(desk.rows, ['1001 1002 1003', '.', '. . . 1005 窓側_の席']);
		await desk.press('1005', keys.enter);
		await golden(t, desk, lang, 'twice');
		// Taken up and put down where another stands: they change places.
		await desk.press(keys.up, keys.up, '\x1b[H', ' ', keys.right);
		await golden(t, desk, lang, 'held');
		await desk.press(' ');
		t.deepEqual(desk.rows[0], '1002 1001 1003');
		await desk.press('s');
		t.deepEqual(desk.saves, [{rows: ['1002 1001 1003', '.', '. . . 1005 窓側_の席'], version: undefined}]);
		await golden(t, desk, lang, 'saved');
		await desk.press('x');
		desk.refuse = lang === 'ja' ? '別の人が変えました' : 'somebody else has changed it';
		await desk.press('s');
		t.is(desk.saves[1]!.version, 'v2');
		await golden(t, desk, lang, 'refused');
		await desk.press('q');
		t.regex(await desk.text(), lang === 'ja' ? /もう一度 q/ : /q again/);
		await desk.press('u', 'q');
		t.is(await desk.editor.done, 0, 'what was taken back is as it was saved');
	});
}

const press = (state: OfficeState, text: string): OfficeState => officeStep(state, {type: 'key', key: {type: 'text', text}}).state;
const key = (name: string): KeyEvent => ({type: 'key', name, ctrl: false, alt: false, shift: false}) as KeyEvent;
const fresh = (rows: string[]): OfficeState =>
	initialOffice({id: 'main', name: '', size: {columns: 80, rows: 24}, known, version: 'v1', rows});

test('rows and columns come and go; what cannot be is said', t => {
	let state = fresh(['1001 1002', '1003 入口']);
	state = press(state, 'i');
	t.deepEqual(rowsOf(state.plan), ['.', '1001 1002', '1003 入口']);
	state = press(press(state, 'd'), 'I');
	t.deepEqual(rowsOf(state.plan), ['. 1001 1002', '. 1003 入口']);
	state = press(press(state, 'D'), 'D');
	t.deepEqual(rowsOf(state.plan), ['1002', '入口']);
	t.deepEqual(unplaced(state).slice(0, 2), ['1001', '1003']);
	for (let turn = 0; turn < 5; turn++) state = press(state, 'u');
	t.deepEqual(rowsOf(state.plan), ['1001 1002', '1003 入口']);
	t.like(press(state, 'u').message, {text: 'nothingToUndo'});
	state = press(state, '9');
	for (const digit of '999') state = press(state, digit);
	t.like(officeStep(state, {type: 'key', key: key('enter')}).state.message, {text: 'noSuchSeat', given: '9999'});
});

test('whatever is pressed, the plan stays one that the service takes, and undo leads back to the beginning', t => {
	const random = seeded(7);
	const begin = ['1001 1002 . 窓側', '.', '. 1003'];
	const names = ['n', 'x', 'i', 'd', 'I', 'D', ' ', 'u', 'r', 't', '1', '0', 'ab'];
	const moves = ['up', 'down', 'left', 'right', 'home', 'end', 'enter', 'escape'];
	let state = fresh(begin);
	for (let turn = 0; turn < 3_000; turn++) {
		const text = names[Math.floor(random() * names.length)]!;
		const event: KeyEvent = random() < 0.5 ? {type: 'text', text} : key(moves[Math.floor(random() * moves.length)]!);
		const next = officeStep(state, {type: 'key', key: event});
		if (next.effects.length > 0) continue;
		state = next.state;
		t.is(officeFault({rows: rowsOf(state.plan)}, new Set(known)), undefined);
		t.true(state.x >= 0 && state.y >= 0);
		placeAt(state, state.x, state.y);
	}
	if (state.input) state = officeStep(state, {type: 'key', key: key('escape')}).state;
	while (state.undo.length > 0) state = press(state, 'u');
	// The oldest of more than 500 changes are forgotten: what is left is a plan all the same.
	for (const row of rowsOf(state.plan)) t.is(rowOf(placesOf(row)), row);
});

test('the seat beside, above and below: the nearest that is there, over gaps and between offices', t => {
	const rows = planRows([
		{id: 'b', name: '4階', rows: ['301']},
		{id: 'a', name: '3階', rows: ['201 202 . 203', '.', '. 204 . 205']},
	]);
	t.deepEqual(
		rows.map(row => (row.kind === 'heading' ? row.name : row.seats.map(({extension}) => extension).join(' '))),
		['3階', '201 202 203', '', '204 205', '4階', '301'],
	);
	const spots = spotsOf(rows);
	const go = (from: string, direction: Direction) => nextSpot(spots.get(from)!, direction, spots);
	t.is(go('202', 'right'), '203');
	t.is(go('203', 'left'), '202');
	t.is(go('203', 'down'), '205');
	t.is(go('204', 'up'), '202');
	t.is(go('204', 'down'), '301');
	t.is(go('301', 'up'), '201');
	t.is(go('201', 'left'), undefined);
});
