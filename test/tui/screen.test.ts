import test from 'ava';
import stringWidth from 'string-width';
import {makeCellRuler} from '../../src/tui/tty/cells.js';
import {clusterWidth} from '../../src/tui/tty/cluster-width.js';
import {cursorMark, Screen} from '../../src/tui/tty/screen.js';
import {feed, makeXterm, rowCells, screenText, seeded} from './support/terminal.js';

const pieces = [
	'a',
	'Z',
	'0',
	' ',
	' ',
	'山',
	'田',
	'𠮷',
	'髙',
	'が',
	'か\u3099',
	'ｶﾞ',
	'é',
	'e\u0301\u0323',
	'👨\u200d👩\u200d👧',
	'😀',
	'～',
	'―',
	'●',
	'│',
	'\u0007',
	'\u200b',
];
const styles = [
	'',
	'\x1b[1m',
	'\x1b[31m',
	'\x1b[7m',
	'\x1b[0m',
	'\x1b[4;36m',
	'\x1b[38;5;202m',
	'\x1b[22m',
	'\x1b[39m',
	'\x1b[48;2;1;2;3m',
];

function randomFrame(random: () => number, columns: number, rows: number): string {
	const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
	const lines: string[] = [];
	for (let y = 0; y < rows; y++) {
		let line = '';
		const length = Math.floor(random() * (columns + 4));
		for (let x = 0; x < length; x++) line += (random() < 0.15 ? pick(styles) : '') + pick(pieces);
		lines.push(line);
	}
	const cursorRow = Math.floor(random() * rows);
	if (random() < 0.8) lines[cursorRow] = `ab${cursorMark.on}山${cursorMark.off}${lines[cursorRow]}`;
	return lines.join('\n');
}

test('the terminal shows what the buffer says, whatever came before (seeded)', async t => {
	for (const [seed, columns, rows] of [
		[1, 20, 6],
		[2, 33, 9],
		[3, 7, 4],
		[4, 80, 24],
	] as const) {
		const random = seeded(seed);
		const screen = new Screen(columns, rows);
		const terminal = makeXterm(columns, rows);
		let frame = randomFrame(random, columns, rows);
		for (let round = 0; round < 60; round++) {
			const next = randomFrame(random, columns, rows).split('\n');
			// Most lines stay as they are, as on a real screen.
			frame = frame
				.split('\n')
				.map((line, y) => (random() < 0.4 ? next[y]! : line))
				.join('\n');
			screen.setFrame(frame);
			if (random() < 0.5)
				screen.paint(Math.floor(random() * columns), Math.floor(random() * rows), '\x1b[1m12:34山', Math.floor(random() * 12));
			const bytes = screen.flush();
			t.false(bytes.includes('\x1b[53m'), 'the cursor mark is never written');
			t.false(/\x1b\[[23]?J/.test(bytes), 'nothing is ever cleared');
			await feed(terminal, bytes);
			for (let y = 0; y < rows; y++) {
				const expected = Array.from({length: columns}, (_, x) => screen.cell(x, y).grapheme);
				t.deepEqual(rowCells(terminal, y), expected, `seed ${seed}, round ${round}, row ${y}`);
				for (let x = 0; x < columns; x++) {
					const cell = terminal.buffer.active.getLine(y)!.getCell(x)!;
					const codes = screen.cell(x, y).sgr.split(';');
					if (screen.cell(x, y).grapheme === '') continue;
					t.is(cell.isInverse() !== 0, codes.includes('7'));
					// The colour of a blank is nobody's to see.
					if (screen.cell(x, y).grapheme !== ' ') t.is(cell.isFgPalette() && cell.getFgColor() === 1, codes.includes('31'));
				}
			}
			if (screen.cursor) {
				t.is(terminal.buffer.active.cursorX, screen.cursor.x);
				t.is(terminal.buffer.active.cursorY, screen.cursor.y);
			}
			t.is(screen.flush(), '', 'a second flush has nothing to say');
		}
	}
});

test('one changed cell costs a few bytes, in one synchronised write', t => {
	const screen = new Screen(80, 24);
	screen.setFrame('ready 0:01');
	screen.flush();
	screen.setFrame('ready 0:02');
	t.is(screen.flush(), '\x1b[?2026h\x1b[1;10H2\x1b[?2026l');
});

test('the cursor goes to the marked cell, counting full-width text', t => {
	const screen = new Screen(40, 3);
	screen.setFrame(`\n氏名: 山𠮷${cursorMark.on} ${cursorMark.off}`);
	t.deepEqual(screen.cursor, {x: 10, y: 1});
	t.true(screen.flush().includes('\x1b[2;11H\x1b[?25h'));
	screen.setFrame(`\n氏名: 山𠮷が${cursorMark.on} ${cursorMark.off}`);
	screen.flush();
	t.deepEqual(screen.cursor, {x: 12, y: 1});
	screen.setFrame('nothing marked');
	t.true(screen.flush().includes('\x1b[?25l'));
});

test('a painter that stops leaves nothing behind', t => {
	const screen = new Screen(20, 1);
	screen.setFrame('clock:');
	screen.paint(7, 0, '0:01', 4);
	t.is(screen.rowText(0).trimEnd(), 'clock: 0:01');
	screen.setFrame('clock:');
	t.is(screen.rowText(0).trimEnd(), 'clock:');
});

test('where ambiguous characters are wide, blanks after them make up for it', async t => {
	const screen = new Screen(20, 1, makeCellRuler(2));
	screen.setFrame('●  ready │x');
	t.is(screen.rowText(0).trimEnd(), '● ready │x');
	t.is(screen.cell(1, 0).grapheme, '');
	t.is(screen.cell(3, 0).grapheme, 'r');
});

test('control characters in a frame never reach the terminal', async t => {
	const screen = new Screen(20, 1);
	screen.setFrame('a\x1b]0;title\x07b\x1b[2Jc\x9bd');
	const bytes = screen.flush();
	t.notRegex(bytes, /\x1b\]|\x1b\[2J|[\x07\x9b]/);
	const terminal = makeXterm(20, 1);
	await feed(terminal, bytes);
	t.true(screenText(terminal)[0]!.startsWith('a'));
});

test('the width of a grapheme is that of the package string-width, at most two cells', t => {
	const wrong: string[] = [];
	const check = (grapheme: string): void => {
		for (const ambiguous of [1, 2] as const) {
			const expected = Math.min(2, stringWidth(grapheme, {ambiguousIsNarrow: ambiguous === 1}));
			if (clusterWidth(grapheme, ambiguous) !== expected)
				wrong.push(`${grapheme} (${Array.from(grapheme, part => part.codePointAt(0)!.toString(16)).join(' ')}) ${expected}`);
		}
	};
	const tails = ['\ufe0f', '\ufe0e', '\u{1f3fb}', '\u200d♂\ufe0f', '\u20e3'];
	for (let code = 0xa0; code < 0x20_000; code++) {
		const character = String.fromCodePoint(code);
		check(character);
		if (/\p{Extended_Pictographic}/u.test(character) && /\p{Emoji}/u.test(character)) for (const tail of tails) check(character + tail);
	}
	for (const each of ['🇯🇵', '👨‍👩‍👧', 'か\u3099', 'ｶﾞ', '𠮷', '葛\u{e0100}', '각', 'e\u0301', 'नि', '1\ufe0f\u20e3', '#\u20e3', '\u200b'])
		check(each);
	t.deepEqual(wrong, []);
});
