/**
 * Editing models: a line and an area of text with a cursor between graphemes. Pure: every operation returns a new value.
 * Text is kept in NFC, so that 「か」 followed by a combining mark becomes 「が」 and takes one press of Backspace.
 */
import {graphemes, narrow} from './cells.js';
import {breakAt} from './kinsoku.js';

/** `cursor` counts graphemes from the start: 0 is before the first, graphemes(text).length after the last. */
export type Edit = {readonly text: string; readonly cursor: number};

export type EditLimits = {
	/** Newlines are kept; otherwise they become spaces. */
	multiline: boolean;
	/** Longest text in graphemes; what goes over it is not inserted. */
	lengthMax: number;
};

export const emptyEdit: Edit = {text: '', cursor: 0};
const lineLimits: EditLimits = {multiline: false, lengthMax: 1000};

/** An edit of this text, with the cursor at its end or at a place that is moved inside the text. */
export function editOf(text: string, cursor = Number.POSITIVE_INFINITY): Edit {
	return {text, cursor: Math.max(0, Math.min(cursor, graphemes(text).length))};
}

const clean = (text: string, multiline: boolean): string =>
	text
		.replace(/\r\n?|\u2028|\u2029/g, '\n')
		.replace(multiline ? /\t/g : /[\t\n]+/g, ' ')
		.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ufeff]/g, '');

/** Inserts typed or pasted text at the cursor. Control characters are dropped. */
export function insert(edit: Edit, typed: string, limits: EditLimits = lineLimits): Edit {
	const parts = graphemes(edit.text);
	const after = parts.slice(edit.cursor);
	const before = (parts.slice(0, edit.cursor).join('') + clean(typed, limits.multiline)).normalize('NFC');
	const kept = graphemes(before).slice(0, Math.max(0, limits.lengthMax - after.length));
	if (kept.length < edit.cursor) return edit;
	const text = kept.join('') + after.join('');
	// A mark typed before a letter can join with what follows: the cursor is then placed after the joined grapheme.
	return {text, cursor: Math.min(kept.length, graphemes(text).length)};
}

/** Removes the grapheme before the cursor. */
export function backspace(edit: Edit): Edit {
	return edit.cursor === 0 ? edit : cut(edit, edit.cursor - 1, edit.cursor);
}

/** Removes the grapheme after the cursor. */
export function deleteForward(edit: Edit): Edit {
	return cut(edit, edit.cursor, edit.cursor + 1);
}

/** Removes the word before the cursor, with the blanks between. */
export function deleteWord(edit: Edit): Edit {
	return cut(edit, wordLeft(edit).cursor, edit.cursor);
}

/** Removes from the start of the line to the cursor. */
export function deleteToLineStart(edit: Edit): Edit {
	return cut(edit, lineStart(edit).cursor, edit.cursor);
}

/** Removes from the cursor to the end of the line, or the newline when the cursor stands there. */
export function deleteToLineEnd(edit: Edit): Edit {
	const end = lineEnd(edit).cursor;
	return cut(edit, edit.cursor, end === edit.cursor ? end + 1 : end);
}

function cut(edit: Edit, from: number, to: number): Edit {
	const parts = graphemes(edit.text);
	parts.splice(from, to - from);
	return editOf(parts.join(''), from);
}

export const left = (edit: Edit): Edit => (edit.cursor === 0 ? edit : {...edit, cursor: edit.cursor - 1});
export const right = (edit: Edit): Edit => editOf(edit.text, edit.cursor + 1);
export const toStart = (edit: Edit): Edit => ({...edit, cursor: 0});
export const toEnd = (edit: Edit): Edit => editOf(edit.text);

export function lineStart(edit: Edit): Edit {
	const parts = graphemes(edit.text);
	let cursor = edit.cursor;
	while (cursor > 0 && parts[cursor - 1] !== '\n') cursor--;
	return {...edit, cursor};
}

export function lineEnd(edit: Edit): Edit {
	const parts = graphemes(edit.text);
	let cursor = edit.cursor;
	while (cursor < parts.length && parts[cursor] !== '\n') cursor++;
	return {...edit, cursor};
}

type Kind = 'blank' | 'kana' | 'kanji' | 'word' | 'mark';
function kindOf(grapheme: string | undefined): Kind {
	if (grapheme === undefined || /^[\s\u3000]/.test(grapheme)) return 'blank';
	if (/^[\p{sc=Hiragana}\p{sc=Katakana}ー]/u.test(grapheme)) return 'kana';
	if (/^\p{sc=Han}/u.test(grapheme)) return 'kanji';
	return /^[\p{L}\p{N}]/u.test(grapheme) ? 'word' : 'mark';
}

/** To the start of the word; Japanese has no blanks between words, so a change of script counts as one. */
export function wordLeft(edit: Edit): Edit {
	const parts = graphemes(edit.text);
	let cursor = edit.cursor;
	while (cursor > 0 && kindOf(parts[cursor - 1]) === 'blank') cursor--;
	const kind = kindOf(parts[cursor - 1]);
	while (cursor > 0 && kindOf(parts[cursor - 1]) === kind) cursor--;
	return {...edit, cursor};
}

/** To the start of the next word. */
export function wordRight(edit: Edit): Edit {
	const parts = graphemes(edit.text);
	let cursor = edit.cursor;
	const kind = kindOf(parts[cursor]);
	while (cursor < parts.length && kindOf(parts[cursor]) === kind) cursor++;
	while (cursor < parts.length && kindOf(parts[cursor]) === 'blank') cursor++;
	return {...edit, cursor};
}

/** A grapheme as an editor shows it: what has no width of its own (controls in imported data, lone marks) gets a cell all the same. */
const visible = (part: string): string => (narrow.widthOf(part) === 0 ? '?' : part);

/** What fits of a line: the text from the first visible grapheme, and the cursor's cell in it. */
export type LineWindow = {text: string; cursorX: number; cutLeft: boolean; cutRight: boolean};

/**
 * The part of a one-line edit that `width` cells can show with the cursor inside. It depends on nothing but the edit:
 * the cursor stays visible, and text is cut at the left in steps of half the width so that the line rests while typing.
 */
export function lineWindow(edit: Edit, width: number, mask?: string): LineWindow {
	const parts = graphemes(edit.text).map(part => mask ?? visible(part));
	const widths = parts.map(part => narrow.widthOf(part));
	const step = Math.max(1, Math.floor(width / 2));
	let first = 0;
	let before = sum(widths, 0, edit.cursor);
	while (before > width - 1 && first < edit.cursor) {
		let dropped = 0;
		while (first < edit.cursor && dropped < step) dropped += widths[first++]!;
		before -= dropped;
	}
	let text = '';
	let used = 0;
	let at = first;
	for (; at < parts.length && used + widths[at]! <= width; at++) {
		text += parts[at]!;
		used += widths[at]!;
	}
	return {text, cursorX: before, cutLeft: first > 0, cutRight: at < parts.length};
}

function sum(values: readonly number[], from: number, to: number): number {
	let total = 0;
	for (let at = from; at < to; at++) total += values[at] ?? 0;
	return total;
}

/** One screen row of an area: its text, and the cursor positions it covers (`end` is exclusive of the newline). */
export type AreaRow = {text: string; start: number; end: number};

/** Breaks a text into rows of at most `width` cells, at newlines and where a row is full (`breakAt`). The cursor has a place on one of them, whatever the text. */
export function areaRows(text: string, width: number): AreaRow[] {
	const rows: AreaRow[] = [];
	let row: AreaRow = {text: '', start: 0, end: 0};
	let used = 0;
	const parts = graphemes(text);
	for (const [at, raw] of parts.entries()) {
		const part = raw === '\n' || raw === '\r\n' ? '\n' : visible(raw);
		if (part === '\n') {
			rows.push({...row, end: at});
			row = {text: '', start: at + 1, end: at + 1};
			used = 0;
			continue;
		}
		const cells = narrow.widthOf(part);
		if (used + cells > width) {
			const well = breakAt(parts, row.start, at);
			const fits = narrow.widthOfText(parts.slice(well, at).map(visible).join('')) + cells <= width;
			const cut = fits ? well : at;
			const along = parts.slice(cut, at).map(visible).join('');
			rows.push({text: row.text.slice(0, row.text.length - along.length), start: row.start, end: cut});
			row = {text: along, start: cut, end: cut};
			used = narrow.widthOfText(along);
		}
		row.text += part;
		used += cells;
	}
	rows.push({...row, end: parts.length});
	// Behind a full last row the cursor needs a place of its own.
	if (used >= width) rows.push({text: '', start: parts.length, end: parts.length});
	return rows;
}

/** The row and cell of the cursor in rows made by `areaRows`. Between two wrapped rows it stands at the start of the second. */
export function areaCursor(rows: readonly AreaRow[], cursor: number): {row: number; x: number} {
	let row = rows.length - 1;
	while (row > 0 && rows[row]!.start > cursor) row--;
	const found = rows[row]!;
	return {
		row,
		x: narrow.widthOfText(
			graphemes(found.text)
				.slice(0, cursor - found.start)
				.join(''),
		),
	};
}

/** Moves the cursor up (-1) or down (1) by screen rows, keeping its cell as near as the text allows; null at the edge. */
export function moveRow(edit: Edit, width: number, by: -1 | 1): Edit | null {
	const rows = areaRows(edit.text, width);
	const at = areaCursor(rows, edit.cursor);
	const target = rows[at.row + by];
	if (!target) return null;
	let x = 0;
	let cursor = target.start;
	for (const part of graphemes(target.text)) {
		const cells = narrow.widthOf(part);
		if (x + cells > at.x) break;
		x += cells;
		cursor++;
	}
	// The place after a full row is the next row's first cell: stay on the row that was aimed at.
	const wraps = by < 0 || rows[at.row + by + 1] !== undefined;
	if (wraps && cursor === target.end && rows[at.row + by + 1]?.start === cursor && cursor > target.start) cursor--;
	return {...edit, cursor};
}
