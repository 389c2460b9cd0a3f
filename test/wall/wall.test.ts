import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {readWallLayout, tileNames} from '../../src/server/config/wall-layout.js';
import {ConfigError} from '../../src/server/config.js';
import {agentStatuses} from '../../src/server/domain/model.js';
import {makeCellRuler, narrow} from '../../src/tui/tty/cells.js';
import {measureAmbiguous} from '../../src/tui/tty/measure.js';
import {drawWall, plainLines} from '../../src/tui/wall/draw.js';
import {firstTurn, pagesOf, turnBy, turned} from '../../src/tui/wall/pages.js';
import {Paper} from '../../src/tui/wall/paper.js';
import {steadyClock} from '../../src/tui/wall/steady.js';
import {fitting, sayIn, statusText} from '../../src/tui/wall/texts.js';
import {type FigureTile, levelOf, percent} from '../../src/tui/wall/values.js';
import {FakeTimers, FakeTty} from '../tui/support/terminal.js';
import {golden, names, queue, someFigures, WallDesk} from './support.js';

const help = (more: object = {}) => ({
	name: '山田 花子',
	extension: '201',
	forMs: 42_000,
	groupIds: ['g1'],
	comment: '怒っています',
	...more,
});
/** Black and dark grey. */
const isGrey = (backgrounds: Set<number>): boolean => [...backgrounds].every(colour => colour === 0 || colour === 8);

for (const lang of ['ja', 'en'] as const) {
	for (const [columns, rows] of [
		[80, 24],
		[120, 40],
		[200, 56],
	] as const) {
		test.serial(`screens of the wall, ${lang} ${columns}x${rows}`, async t => {
			const desk = new WallDesk({lang, columns, rows});
			t.teardown(() => desk.wall.stop());
			desk.wall.start();
			await golden(t, desk, lang, 'none');
			desk.service.line('online');
			await desk.settle();
			await golden(t, desk, lang, 'all');
			desk.tty.type(' ');
			await golden(t, desk, lang, 'groups');
			desk.tty.type('n');
			await golden(t, desk, lang, 'group');
			desk.service.figures = someFigures({
				helps: [help(), help({extension: '202', name: '𠮷野', comment: undefined}), help({extension: '203', takenBy: '木村 主任'})],
				faults: [{name: 'carrier-a', kind: 'trunk', reason: 'timeout'}],
			});
			await desk.advance(750);
			await golden(t, desk, lang, 'help');
			desk.service.line('offline');
			desk.service.holding = true;
			await desk.advance(8_000);
			await golden(t, desk, lang, 'stale');
		});
	}
}

test.serial('before the first figures, in a terminal that is too small, and in one that changes its size', async t => {
	const desk = new WallDesk({lang: 'en', columns: 100, rows: 30});
	t.teardown(() => desk.wall.stop());
	desk.wall.start();
	t.regex(await desk.text(), /The service cannot be reached/);
	desk.service.line('online');
	await desk.settle();
	t.regex(await desk.text(), /Service level today/);
	desk.tty.resize(50, 12);
	await desk.advance(500);
	await new Promise(resolve => setImmediate(resolve));
	desk.wall.draw();
	t.is(desk.tty.xterm.cols, 50);
});

test.serial('an answer is as old as its question: what lay in a buffer while the wall stood still is shown as old', async t => {
	const desk = await WallDesk.live({lang: 'en'});
	t.teardown(() => desk.wall.stop());
	t.regex(await desk.text(), /updated 0\.0 s ago/);
	t.false(isGrey(await desk.backgrounds()));
	desk.tty.type('f');
	// A question goes out, then the process is stopped: the monotonic clock goes on, the answer lies in the socket.
	desk.service.holding = true;
	await desk.advance(750);
	desk.monoAheadMs += 3_600_000;
	desk.wallAheadMs += 3_600_000;
	desk.wall.resume();
	t.regex(await desk.text(), /NOT as it is now/);
	desk.service.release();
	await desk.settle();
	t.regex(await desk.text(), /As of 1:00:0\d ago: NOT as it is now/, 'the answer that lay there is an hour old');
	t.true(isGrey(await desk.backgrounds()), 'nothing has a colour');
	t.regex(await desk.text(), /Waiting +1:00:0\d ago !/, 'every figure says so');
	desk.service.holding = false;
	desk.service.release();
	await desk.advance(750);
	t.regex(await desk.text(), /updated 0\.\d s ago/);
	t.false(isGrey(await desk.backgrounds()));
});

test.serial('a machine that slept, and a clock set forward or back, never make an old figure a live one', async t => {
	const desk = await WallDesk.live({lang: 'en'});
	t.teardown(() => desk.wall.stop());
	// Asleep: the monotonic clock stood still with everything else.
	desk.service.holding = true;
	await desk.advance(750);
	desk.wallAheadMs += 60_000;
	desk.service.release();
	await desk.settle();
	t.regex(await desk.text(), /NOT as it is now/);
	desk.service.holding = false;
	desk.service.release();
	await desk.advance(750);
	t.regex(await desk.text(), /updated/);
	// Set back by an hour: ages go on as before, and old stays old.
	desk.wallAheadMs -= 3_600_000;
	await desk.advance(500);
	t.regex(await desk.text(), /updated 0\.\d s ago/);
	desk.service.holding = true;
	await desk.advance(4_000);
	t.regex(await desk.text(), /NOT as it is now/);
	desk.wallAheadMs -= 3_600_000;
	await desk.advance(500);
	t.regex(await desk.text(), /As of [45]\.\d s ago|As of [45]\.\ds ago/);
});

test.serial('the service killed and started again: grey within three seconds, live again by itself; a wrong key is said', async t => {
	const desk = await WallDesk.live({lang: 'en'});
	t.teardown(() => desk.wall.stop());
	desk.service.holding = true;
	desk.service.line('offline');
	await desk.advance(2_250);
	t.notRegex(await desk.text(), /NOT as it is now/);
	await desk.advance(1_500);
	t.regex(await desk.text(), /NOT as it is now.*The service cannot be reached/);
	t.true(isGrey(await desk.backgrounds()));
	desk.service.holding = false;
	desk.service.release();
	desk.key = 'wrong';
	desk.service.line('online');
	await desk.settle();
	t.regex(await desk.text(), /Wrong key/);
	desk.key = '';
	await desk.advance(5_250);
	t.regex(await desk.text(), /key file cannot be read/);
	desk.key = 'right';
	await desk.advance(5_500);
	t.regex(await desk.text(), /updated 0\.\d s ago/);
	const before = desk.service.asked;
	await desk.advance(2_000);
	t.true(desk.service.asked - before >= 3, 'it asks on');
});

for (const ambiguous of [1, 2] as const) {
	test.serial(
		`text of every kind stands in its own cells: what blessed writes is what was drawn; ambiguous characters of ${ambiguous}`,
		async t => {
			const desk = await WallDesk.live({columns: 120, rows: 30, ambiguous});
			const {widthOfText} = makeCellRuler(ambiguous);
			t.teardown(() => desk.wall.stop());
			desk.service.figures = someFigures({
				groups: names.map((name, at) => ({groupId: `g${at}`, number: String(8001 + at), name, ...queue({waiting: at})})),
				helps: names.map((name, at) => help({extension: String(201 + at), name, comment: '\u001b[2Jか\u3099'})),
			});
			desk.tty.type(' ');
			await desk.advance(750);
			const rows = await desk.rows();
			// The right edge of the numbers is at the same cell in every row, whatever the name before it.
			desk.service.figures = {...desk.service.figures, helps: []};
			await desk.advance(750);
			const table = (await desk.rows()).filter(row => /^ 80\d\d /.test(row));
			t.is(table.length, names.length);
			t.deepEqual([...new Set(table.map(row => widthOfText(row)))].length, 1, table.join('\n'));
			for (const [at, row] of table.entries())
				t.true(
					row.includes(['一次架電', '𠮷野家', '（がぎ）', 'ﾊﾝｶｸ ｶﾞ', '夜勤👨班', 'Überblick', '髙橋・﨑山', '東京①号', '○△□商事→'][at]!),
					row,
				);
			t.true(
				rows.some(row => row.includes('201 一次架電') && row.includes('が')),
				rows.join('\n'),
			);
			t.notRegex(desk.tty.written.join(''), /\u001b\[2Jか/, 'nobody writes to the terminal through a name');
		},
	);
}

test('the terminal is asked how wide it draws ambiguous characters; one that does not answer is taken for narrow', async t => {
	for (const [answer, width] of [
		['\u001b[1;3R', 2],
		['x\u001b[1;2R', 1],
		['', 1],
	] as const) {
		const tty = new FakeTty(80, 24);
		const timers = new FakeTimers();
		const measured = measureAmbiguous(tty.stdin, tty.stdout, timers);
		t.true(tty.written.join('').includes('●\u001b[6n'));
		if (answer) tty.type(answer);
		else timers.advance(1_000);
		t.is(await measured, width);
		t.is(timers.pending, 0);
		t.is(tty.stdin.listenerCount('data'), 0);
		t.deepEqual(tty.rawModes, [true, false], 'left as it was found: else blessed hears no key');
	}
});

test('names of tiles and statuses that have no room are shortened to words, none to those of another', t => {
	for (const lang of ['ja', 'en'] as const) {
		const short = agentStatuses.map(status => statusText(lang, status, 9));
		t.is(new Set(short).size, agentStatuses.length, short.join());
		t.true(
			short.every(text => narrow.widthOfText(text) <= 9),
			short.join(),
		);
		for (const tile of tileNames) t.true(narrow.widthOfText(fitting(lang, tile, 12)) <= 13, fitting(lang, tile, 12));
	}
});

test('paper: what is cut never leaves half of a character', t => {
	const paper = new Paper(10, 1);
	paper.padded(0, 0, '電話電話電話', 'plain', 7);
	paper.text(7, 0, '電話', 'plain', 3);
	t.is(paper.toString(), '電話.. 電');
	t.is(paper.rows[0]!.length, 10);
	for (const [at, {ch}] of paper.rows[0]!.entries()) if (narrow.widthOf(ch) === 2) t.is(paper.rows[0]![at + 1]!.ch, '');
});

test('steady clock: monotonic, sleeping, set forward and back', t => {
	let mono = 0;
	let wall = 1_000_000;
	const steady = steadyClock({monotonic: () => mono, wall: () => wall});
	const step = (onMono: number, onWall: number) => {
		mono += onMono;
		wall += onWall;
		return steady();
	};
	t.is(step(100, 100), 100);
	t.is(step(100, 900), 200, 'drift');
	t.is(step(100, 100_000), 100_200, 'asleep, or set forward');
	t.is(step(100, -500_000), 100_300, 'set back');
	t.is(step(60_000, 60_000), 160_300, 'stopped');
});

test('pages turn by themselves and by key; each group has one where there are several', t => {
	const layout = readWallLayout();
	const say = sayIn('ja');
	const pages = pagesOf(layout, someFigures(), say);
	t.deepEqual(
		pages.map(({title}) => title),
		['全体', '全体', '8001 一次架電', '8002 二次架電（見込み客）'],
	);
	t.is(pagesOf(layout, someFigures({groups: []}), say).length, 2);
	const lost = pagesOf({...layout, pages: [{...layout.pages[0]!, group: '9999', title: '夜間'}]}, someFigures(), say);
	t.deepEqual([lost[0]!.title, lost[0]!.queue], ['夜間', undefined]);
	let turn = turned(firstTurn, pages, 15, 14_999);
	t.is(turn.at, 0);
	turn = turned(turn, pages, 15, 15_000);
	t.is(turn.at, 1);
	turn = turnBy(turn, -1, pages.length, 16_000);
	t.is(turned(turn, pages, 15, 30_000).at, 0);
	t.is(turned({...turn, held: true}, pages, 15, 99_000_000).at, 0);
	t.is(turned({...turn, at: 7}, pages, 15, 16_001).at, 3, 'fewer pages than before');
	t.is(turnBy(firstTurn, -1, 4, 0).at, 3);
});

test('figures as text: no rounding into perfection, limits in both directions', t => {
	t.deepEqual([0, 0.0004, 0.013, 0.0999, 0.5, 0.996, 1, undefined].map(percent), ['0%', '0.1%', '1.3%', '10%', '50%', '99%', '100%', '-']);
	t.deepEqual(
		[2, 3, 5, 6].map(value => levelOf(value, [3, 6])),
		['plain', 'warn', 'warn', 'bad'],
	);
	t.deepEqual(
		[90, 85, 80, 10].map(value => levelOf(value, [85, 80])),
		['plain', 'warn', 'bad', 'bad'],
	);
	t.deepEqual([levelOf(undefined, [85, 80]), levelOf(5, undefined)], ['plain', 'plain']);
	const lines = new Map(plainLines(someFigures(), readWallLayout(), 'en'));
	t.deepEqual(lines.get('Waiting'), ['4 !', '7 !!', '0']);
	t.deepEqual(lines.get('Service level today'), ['84% !', '84% !', '-']);
});

test('--once says what the wall shows: every figure, of the centre and of a group', t => {
	const tiles = tileNames.filter((name): name is FigureTile => !['callsPerMinute', 'agents', 'groups'].includes(name));
	const figures = someFigures();
	for (const lang of ['ja', 'en'] as const) {
		const layout = readWallLayout();
		const said = plainLines(figures, layout, lang);
		t.is(said.length, tiles.length + 1);
		for (const [column, {page, title, queue: shown}] of pagesOf(layout, figures, sayIn(lang))
			.filter(({page: {group}, title: of}, at) => at === 0 || (group === 'each' && of !== ''))
			.entries()) {
			t.true(said[0]![1][column]!.endsWith(title));
			// Each tile in two rows of its own: its name, and its figure as a line of text.
			const one = {...page, rows: tiles.map(tile => ({weight: 1, tiles: [tile]}))};
			const {paper} = drawWall({
				...{lang, layout, figures, columns: 80, rows: tiles.length * 2 + 3, ageMs: 0, fault: undefined, at: 0, of: 1},
				...{held: false, isDark: false, page: {page: one, title, queue: shown!}},
			});
			const rows = paper.toString().split('\n').slice(2, -1);
			for (const [at, tile] of tiles.entries()) {
				const [name, value] = [rows[at * 2]!, rows[at * 2 + 1]!];
				const line = said.find(([label]) => label === sayIn(lang)(tile))!;
				const [text = '', mark = ''] = line[1][column]!.split(' ');
				t.is(value.replaceAll('!', '').trim(), text, `${title} ${tile}`);
				t.is(/!*$/.exec(name.trim())![0], mark, `${title} ${tile}`);
			}
		}
	}
});

function refused(t: ExecutionContext, text: string): string {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-wall-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	const file = join(folder, 'wall.yaml');
	writeFileSync(file, text);
	return t.throws(() => readWallLayout(file), {instanceOf: ConfigError})!.message.replaceAll(file, 'wall.yaml');
}

test('a layout of one’s own: what is wrong is named with its line and what is allowed', t => {
	t.is(refused(t, 'rotateS: 1\n'), 'wall.yaml:1: rotateS is 1: must be a number from 3 to 3600');
	t.regex(refused(t, 'rotates: 10\n'), /wall\.yaml:1: rotates: no such key; did you mean rotateS\?/);
	t.regex(
		refused(t, 'pages:\n  - rows:\n      - tiles: [waiting, weather]\n'),
		/wall\.yaml:3: pages\[0\]\.rows\[0\]\.tiles\[1\] is "weather": must be one of waiting, /,
	);
	t.regex(refused(t, 'thresholds:\n  waiting: [3]\n'), /thresholds\.waiting is \[3\]: must be two numbers/);
	t.regex(refused(t, 'pages: [\n'), /wall\.yaml:\d/);
	t.regex(t.throws(() => readWallLayout('/nowhere/wall.yaml'))!.message, /no such file/);
});
