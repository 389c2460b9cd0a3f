import test from 'ava';
import {clockTime, cutText, dateTime, duration, padText, safe, wrapText} from '../../src/tui/format.js';
import {graphemes, narrow} from '../../src/tui/tty/cells.js';
import {
	areaCursor,
	areaRows,
	backspace,
	deleteForward,
	deleteToLineEnd,
	deleteToLineStart,
	deleteWord,
	type Edit,
	emptyEdit,
	insert,
	left,
	lineWindow,
	moveRow,
	right,
	toStart,
	wordLeft,
	wordRight,
} from '../../src/tui/tty/edit.js';
import {seeded} from './support/terminal.js';

const area = {multiline: true, lengthMax: 1000};
const shown = ({text, cursor}: Edit): string => {
	const parts = Array.from(new Intl.Segmenter('ja').segment(text), part => part.segment);
	return `${parts.slice(0, cursor).join('')}|${parts.slice(cursor).join('')}`;
};
const typed = (...texts: string[]): Edit => texts.reduce((edit, text) => insert(edit, text), emptyEdit);

test('one press of Backspace takes one grapheme', t => {
	for (const grapheme of ['𠮷', 'が', 'か\u3099', '👨\u200d👩\u200d👧', 'é', 'e\u0301', '🇯🇵', 'a']) {
		t.is(shown(backspace(typed('山', grapheme))), '山|', grapheme);
		t.is(shown(deleteForward(left(typed('山', grapheme)))), '山|', grapheme);
	}
});

test('text is composed as it is typed', t => {
	t.is(typed('か', '\u3099').text, 'が');
	t.is(shown(typed('か', '\u3099')), 'が|');
	t.is(shown(insert(left(typed('山川')), '田')), '山田|川');
});

test('control characters and newlines cannot enter a line', t => {
	t.is(typed('a\x1b[31mb\x07\r\nc\td').text, 'a[31mb c d');
	t.is(insert(emptyEdit, 'a\r\nb\rc', area).text, 'a\nb\nc');
});

test('a full field takes what still fits', t => {
	const limits = {multiline: false, lengthMax: 3};
	t.is(shown(insert(typed('山'), '田花子', limits)), '山田花|');
	t.is(shown(insert(toStart(typed('山田花')), 'x', limits)), '|山田花');
});

test('words end where the script changes', t => {
	t.is(shown(wordLeft(typed('折返し 山田Taro'))), '折返し 山田|Taro');
	t.is(shown(wordLeft(typed('折返し  '))), '折返|し  ');
	t.is(shown(wordRight(toStart(typed('折返し x')))), '折返|し x');
	t.is(shown(deleteWord(typed('山田 Taro'))), '山田 |');
});

test('editing to the ends of a line stays within it', t => {
	const edit = {...insert(emptyEdit, 'ab\ncd\nef', area), cursor: 4};
	t.is(shown(deleteToLineStart(edit)), 'ab\n|d\nef');
	t.is(shown(deleteToLineEnd(edit)), 'ab\nc|\nef');
	t.is(shown(deleteToLineEnd(deleteToLineEnd(edit))), 'ab\nc|ef');
});

test('a long line scrolls so that the cursor is always inside', t => {
	let edit = emptyEdit;
	for (const part of '山田花子と123456789の話') {
		edit = insert(edit, part);
		const window = lineWindow(edit, 10);
		t.true(window.cursorX <= 9 && narrow.widthOfText(window.text) <= 10);
		t.true(window.text.endsWith(part));
	}
	for (let at = 0; at < 20; at++) edit = left(edit);
	t.deepEqual(lineWindow(edit, 10), {text: '山田花子と', cursorX: 0, cutLeft: false, cutRight: true});
	t.is(lineWindow(typed('秘密'), 10, '●').text, '●●');
});

test('areas break at newlines and full rows, and the cursor walks over both', t => {
	const edit = insert(emptyEdit, '山田花子\nabc', area);
	const rows = areaRows(edit.text, 5);
	t.deepEqual(
		rows.map(row => row.text),
		['山田', '花子', 'abc'],
	);
	t.deepEqual(areaCursor(rows, edit.cursor), {row: 2, x: 3});
	const up = moveRow(edit, 5, -1)!;
	t.is(shown(up), '山田花|子\nabc');
	t.is(shown(moveRow(up, 5, -1)!), '山|田花子\nabc');
	t.is(moveRow(moveRow(up, 5, -1)!, 5, -1), null);
	t.is(moveRow(edit, 5, 1), null);
	t.is(shown(right(moveRow(up, 5, 1)!)), '山田花子\nabc|');
});

test('an empty area has one row', t => {
	t.deepEqual(areaRows('', 10), [{text: '', start: 0, end: 0}]);
	t.deepEqual(
		areaRows('a\n', 10).map(row => row.text),
		['a', ''],
	);
});

test('cells, not characters, are padded and cut', t => {
	t.is(padText('山田', 6), '山田  ');
	t.is(padText('山田花子', 7), '山田.. ');
	t.is(padText('12', 5, 'right'), '   12');
	t.is(padText('山', 5, 'centre'), ' 山  ');
	t.is(cutText('𠮷野家', 4), '𠮷..');
	t.is(safe('a\x1b[2Jb\u202ec\nd'), 'a[2Jbc d');
	t.deepEqual(wrapText('one two three 山田花子さん', 9), ['one two', 'three 山', '田花子さ', 'ん']);
});

test('durations and dates', t => {
	t.is(duration(0), '0:00');
	t.is(duration(59_999), '0:59');
	t.is(duration(61_000), '1:01');
	t.is(duration(3_600_000 + 125_000), '1:02:05');
	t.is(duration(-5), '0:00');
	const atMs = Date.UTC(2021, 6, 14, 1, 0);
	t.is(dateTime(atMs, 'Asia/Tokyo'), '2021/07/14 10:00');
	t.is(clockTime(atMs - 60_000, 'Asia/Tokyo'), '09:59');
});

test('Japanese lines begin and end as they should: what may not stand there goes with its neighbour, and nothing gets lost', t => {
	const rows = (text: string, width: number) => areaRows(text, width).map(row => row.text);
	t.deepEqual(rows('資料は届いた。次は来週', 12), ['資料は届い', 'た。次は来週', '']);
	t.deepEqual(rows('担当は「山田」です', 8), ['担当は', '「山田」', 'です']);
	t.deepEqual(rows('あっっっっっっっ', 8), ['あっっっ', 'っっっっ', ''], 'nothing else to do');
	t.deepEqual(rows('a。', 2), ['a', '。', '']);
	t.deepEqual(wrapText('資料は届いた。次は来週', 12), ['資料は届い', 'た。次は来週']);
	t.deepEqual(wrapText('はい、one two」', 8), ['はい、', 'one', 'two」']);
	const random = seeded(31);
	const letters = [...'あいう。、」「（）っー a.b\n', '👩‍👩‍👧', '葛󠄀'];
	for (let n = 0; n < 400; n++) {
		const text = Array.from({length: 1 + Math.floor(random() * 30)}, () => letters[Math.floor(random() * letters.length)]!).join('');
		const width = 2 + Math.floor(random() * 9);
		const made = areaRows(text, width);
		const parts = graphemes(text);
		t.is(made[0]!.start, 0);
		for (const [at, row] of made.entries()) {
			t.is(row.text, parts.slice(row.start, row.end).join(''), JSON.stringify([text, width]));
			t.true(narrow.widthOfText(row.text) <= width, JSON.stringify([text, width, row]));
			const next = made[at + 1];
			if (next) t.true(next.start === row.end || (next.start === row.end + 1 && parts[row.end] === '\n'), JSON.stringify([text, width]));
		}
		for (let cursor = 0; cursor <= parts.length; cursor++) {
			const {row, x} = areaCursor(made, cursor);
			t.true(row >= 0 && x <= width);
		}
	}
});
