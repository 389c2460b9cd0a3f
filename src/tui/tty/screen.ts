/**
 * The cell buffer: what should be on the terminal (back) and what is on it (front). `flush` writes the difference, and
 * nothing else, as one string. The buffer keeps itself consistent for full-width text: a wide grapheme owns its cell
 * and the empty cell right of it, and overwriting either half blanks the other, as terminals do.
 */
import {type CellRuler, drawnParts, isPrintableAscii, makeCellRuler, narrow} from './cells.js';
import {type NarrowRow, Pen, Styles} from './pen.js';
import {parseSgr, plainSgr, type SgrState, sgrText} from './sgr.js';

export type Position = {x: number; y: number};

/** Text in one style: SGR parameters as `sgrText` gives them, '' for plain. `cursor`: the hardware cursor belongs on its first cell. */
export type StyledText = {readonly text: string; readonly sgr: string; readonly cursor?: true};

/** SGR 53 (overline) is nobody's style here: it marks the cell where the hardware cursor belongs and is never written out. */
export const cursorMark = {on: '\x1b[53m', off: '\x1b[55m'} as const;

const syncOn = '\x1b[?2026h';
const syncOff = '\x1b[?2026l';
/** Marks a front cell whose content is unknown: it differs from everything. */
const unknown = '\0';

/** `from` and `to`: the cells that may differ from what is shown; none while `from` is beyond `to`. */
type Row = {
	back: string[];
	backStyle: Uint16Array;
	front: string[];
	frontStyle: Uint16Array;
	from: number;
	to: number;
	markX: number;
};

const makeRow = (columns: number): Row => ({
	back: new Array<string>(columns).fill(' '),
	backStyle: new Uint16Array(columns),
	front: new Array<string>(columns).fill(unknown),
	frontStyle: new Uint16Array(columns),
	from: 0,
	to: columns - 1,
	markX: -1,
});

/** Where text is being put down. `debt`: blanks to be given up for what the terminal draws wider than it was laid out. */
type Writing = {x: number; end: number; debt: number; markX: number};

export class Screen {
	readonly columns: number;
	readonly rows: number;
	/** How wide this terminal draws; another one may only be surer. */
	ruler: CellRuler;
	readonly #lines: Row[];
	#frameLines: string[] = [];
	#frames = 0;
	readonly #styles = new Styles();
	readonly #painted = new Set<number>();
	#shownCursor: Position | null | undefined;
	/** Every flush leaves the pen plain; what others have left is not known. */
	#isPenPlain = false;

	/** An empty screen of a terminal just cleared or unknown; the ruler says how wide that terminal draws. */
	constructor(columns: number, rows: number, ruler: CellRuler = makeCellRuler(1)) {
		this.columns = columns;
		this.rows = rows;
		this.ruler = ruler;
		this.#lines = Array.from({length: rows}, () => makeRow(columns));
	}

	/** Takes a whole frame of text with SGR sequences, one line per row; only lines that changed are looked at. */
	setFrame(frame: string): void {
		const lines = frame.split('\n');
		this.#frames++;
		for (let y = 0; y < this.rows; y++) {
			const line = lines[y] ?? '';
			if (this.#frameLines[y] === line && !this.#painted.has(y)) continue;
			this.#frameLines[y] = line;
			this.#lines[y]!.markX = this.writeAnsi(0, y, line, this.columns);
		}
		this.#painted.clear();
	}

	/** How many frames it has taken: each wipes out what was painted over the one before. */
	get frames(): number {
		return this.#frames;
	}

	/** Where the hardware cursor belongs: the first cell that carries the mark; null hides it. */
	get cursor(): Position | null {
		const y = this.#lines.findIndex(row => row.markX >= 0);
		return y < 0 ? null : {x: this.#lines[y]!.markX, y};
	}

	/**
	 * Paints over a part of the frame, as `writeAnsi`. The frame's own line comes back with the next frame unless it is
	 * painted again, so a painter that stops painting leaves nothing behind.
	 */
	paint(x: number, y: number, text: string, width: number): void {
		if (y >= 0 && y < this.rows) this.#marked(x, y, width, this.writeAnsi(x, y, text, width));
	}

	/** As `paint`, for parts whose styles are known: nothing has to be read from the text. */
	paintParts(x: number, y: number, parts: readonly StyledText[], width: number): void {
		if (y < 0 || y >= this.rows) return;
		const writing: Writing = {x, end: Math.min(this.columns, x + width), debt: 0, markX: -1};
		for (const {text, sgr, cursor} of parts) this.#write(writing, y, text, this.#styles.idOf(sgr), cursor === true);
		this.#marked(x, y, width, this.#filled(writing, y));
	}

	/**
	 * Writes text with SGR sequences into one row, from cell x for `width` cells; what the text does not fill becomes blank.
	 * The text is laid out with narrow ambiguous characters; where this terminal draws them wide, following blanks are given up.
	 * @returns the cell of the cursor mark, or -1
	 */
	writeAnsi(x: number, y: number, text: string, width: number): number {
		const writing: Writing = {x, end: Math.min(this.columns, x + width), debt: 0, markX: -1};
		let state: SgrState = plainSgr;
		let style = 0;
		let at = 0;
		while (at < text.length) {
			if (text.charCodeAt(at) === 0x1b) {
				const stop = text.indexOf('m', at);
				if (text[at + 1] !== '[' || stop < 0) {
					at++;
					continue;
				}
				state = parseSgr(state, text.slice(at + 2, stop));
				style = this.#styles.idOf(sgrText(state));
				at = stop + 1;
				continue;
			}
			let next = text.indexOf('\x1b', at);
			if (next < 0) next = text.length;
			this.#write(writing, y, text.slice(at, next), style, state.mark);
			at = next;
		}
		return this.#filled(writing, y);
	}

	/** The bytes that bring the terminal from what it shows to what it should show; '' when nothing changed. */
	flush(): string {
		const pen = new Pen(this.#styles, this.#isPenPlain ? 0 : -1, this.ruler.isKnown);
		const narrowRows: NarrowRow[] = [];
		for (let y = 0; y < this.rows; y++) {
			const row = this.#lines[y]!;
			if (row.from > row.to) continue;
			const xs = this.#changed(row);
			if (xs) narrowRows.push({row, y, xs});
			else this.#flushWide(row, y, pen);
			row.from = this.columns;
			row.to = -1;
		}
		pen.writeNarrow(narrowRows);
		return this.#frameBytes(pen);
	}

	/** Makes the next flush write every cell: the terminal's content is unknown (start, resize, back from a stop). */
	invalidate(): void {
		for (const row of this.#lines) {
			row.front.fill(unknown);
			row.from = 0;
			row.to = this.columns - 1;
		}
		this.#shownCursor = undefined;
		this.#isPenPlain = false;
	}

	/** A row's text as it should be shown, without styles: for tests and golden screens. */
	rowText(y: number): string {
		return this.#lines[y]!.back.join('');
	}

	/** One cell: its grapheme ('' right of a wide one) and its SGR parameters. */
	cell(x: number, y: number): {grapheme: string; sgr: string} {
		const row = this.#lines[y]!;
		return {grapheme: row.back[x]!, sgr: this.#styles.sgrOf(row.backStyle[x]!)};
	}

	#marked(x: number, y: number, width: number, markX: number): void {
		this.#painted.add(y);
		const row = this.#lines[y]!;
		if (markX >= 0) row.markX = markX;
		else if (row.markX >= x && row.markX < x + width) row.markX = -1;
	}

	/** Text of one style where the writing has come to; the writing goes on behind it. */
	#write(writing: Writing, y: number, text: string, style: number, isMark: boolean): void {
		const {end} = writing;
		if (isPrintableAscii(text)) {
			for (let at = 0; at < text.length; at++) {
				if (isMark && writing.markX < 0) writing.markX = Math.min(writing.x, end - 1);
				const drawn = text[at]!;
				if (writing.debt > 0 && drawn === ' ' && !isMark) writing.debt--;
				else if (writing.x < end) this.#put(writing.x++, y, drawn, 1, style);
				else return;
			}
			return;
		}
		for (const drawn of drawnParts(text)) {
			const cells = this.ruler.widthOf(drawn);
			if (cells === 0) continue;
			if (isMark && writing.markX < 0) writing.markX = Math.min(writing.x, end - 1);
			if (writing.debt > 0 && drawn === ' ' && !isMark) {
				writing.debt--;
				continue;
			}
			writing.debt += cells - narrow.widthOf(drawn);
			if (writing.x + cells > end) return;
			this.#put(writing.x, y, drawn, cells, style);
			writing.x += cells;
		}
	}

	/** Blanks to the end of the writing; its mark. */
	#filled({x, end, markX}: Writing, y: number): number {
		for (let at = x; at < end; at++) this.#put(at, y, ' ', 1, 0);
		return markX;
	}

	#put(x: number, y: number, grapheme: string, cells: number, style: number): void {
		const row = this.#lines[y];
		if (!row || x < 0 || x + cells > this.columns) return;
		const {back, backStyle} = row;
		if (back[x] === grapheme && backStyle[x] === style && (cells === 1 ? back[x + 1] !== '' : back[x + 1] === '')) return;
		const after = x + cells;
		row.from = Math.min(row.from, Math.max(0, x - 1));
		row.to = Math.max(row.to, Math.min(after, this.columns - 1));
		if (back[x] === '' && x > 0) back[x - 1] = ' ';
		if (back[after] === '' && after < this.columns) back[after] = ' ';
		back[x] = grapheme;
		backStyle[x] = style;
		if (cells === 2) {
			back[x + 1] = '';
			backStyle[x + 1] = style;
		}
	}

	#differs({back, backStyle, front, frontStyle}: Row, x: number): boolean {
		if (back[x] !== front[x]) return true;
		return backStyle[x] !== frontStyle[x] && !(back[x] === ' ' && this.#styles.looksBlank(backStyle[x]!, frontStyle[x]!));
	}

	/** The cells of a row that must be written; undefined where full-width text comes or goes: then the order counts. */
	#changed(row: Row): number[] | undefined {
		const {back, front} = row;
		const xs: number[] = [];
		for (let x = row.from; x <= row.to; x++) {
			if (!this.#differs(row, x)) continue;
			const grapheme = back[x]!;
			if (grapheme === '' || front[x] === '' || front[x + 1] === '' || this.ruler.widthOf(grapheme) !== 1) return undefined;
			xs.push(x);
		}
		return xs;
	}

	#flushWide(row: Row, y: number, pen: Pen): void {
		const {back, backStyle, front, frontStyle} = row;
		for (let x = row.from; x <= row.to; x++) {
			if (!this.#differs(row, x)) continue;
			const grapheme = back[x]!;
			if (grapheme !== '') {
				const cells = this.ruler.widthOf(grapheme);
				pen.write(row, x, y, cells);
				this.#shown(row, x, cells);
			} else {
				front[x] = '';
				frontStyle[x] = backStyle[x]!;
			}
		}
	}

	/** Books a written grapheme as shown, and the halves of wide ones it destroyed as unknown. */
	#shown(row: Row, x: number, cells: number): void {
		const {back, backStyle, front, frontStyle} = row;
		const after = x + cells;
		if (front[after] === '' && after < this.columns) {
			front[after] = unknown;
			row.to = Math.max(row.to, after);
		}
		front[x] = back[x]!;
		frontStyle[x] = backStyle[x]!;
		if (cells === 2) {
			front[x + 1] = '';
			frontStyle[x + 1] = backStyle[x]!;
		}
	}

	#frameBytes(pen: Pen): string {
		const {cursor} = this;
		const shown = this.#shownCursor;
		const moved = pen.bytes !== '' || shown === undefined || cursor?.x !== shown?.x || cursor?.y !== shown?.y;
		if (!moved) return '';
		this.#shownCursor = cursor ? {...cursor} : null;
		const place = cursor ? `\x1b[${cursor.y + 1};${cursor.x + 1}H${shown ? '' : '\x1b[?25h'}` : shown !== null ? '\x1b[?25l' : '';
		if (pen.bytes === '') return place;
		this.#isPenPlain = true;
		return `${syncOn}${pen.bytes}${pen.style > 0 ? '\x1b[m' : ''}${place}${syncOff}`;
	}
}
