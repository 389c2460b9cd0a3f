/**
 * The cell buffer: what should be on the terminal (back) and what is on it (front). `flush` writes the difference, and
 * nothing else, as one string. The buffer keeps itself consistent for full-width text: a wide grapheme owns its cell
 * and the empty cell right of it, and overwriting either half blanks the other, as terminals do.
 */
import {type CellRuler, drawnParts, makeCellRuler, narrow} from './cells.js';
import {parseSgr, plainSgr, type SgrState, sgrText} from './sgr.js';

export type Position = {x: number; y: number};

/** SGR 53 (overline) is nobody's style here: it marks the cell where the hardware cursor belongs and is never written out. */
export const cursorMark = {on: '\x1b[53m', off: '\x1b[55m'} as const;

const syncOn = '\x1b[?2026h';
const syncOff = '\x1b[?2026l';
/** Marks a front cell whose content is unknown: it differs from everything. */
const unknown = '\0';
const stylesMax = 4096;
/** Up to this many unchanged cells are rewritten rather than jumped over: a jump costs at least as many bytes. */
const gapCellsMax = 4;
const simpleGrapheme = /^[\x20-\x7e\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uff01-\uff5e]$/;

type Row = {back: string[]; backStyle: Uint16Array; front: string[]; frontStyle: Uint16Array; dirty: boolean; markX: number};

const makeRow = (columns: number): Row => ({
	back: new Array<string>(columns).fill(' '),
	backStyle: new Uint16Array(columns),
	front: new Array<string>(columns).fill(unknown),
	frontStyle: new Uint16Array(columns),
	dirty: true,
	markX: -1,
});

export class Screen {
	readonly columns: number;
	readonly rows: number;
	readonly #ruler: CellRuler;
	readonly #lines: Row[];
	#frameLines: string[] = [];
	readonly #styles: string[] = [''];
	readonly #styleIds = new Map<string, number>([['', 0]]);
	readonly #painted = new Set<number>();
	#shownCursor: Position | null | undefined;

	/** An empty screen of a terminal just cleared or unknown; the ruler says how wide that terminal draws. */
	constructor(columns: number, rows: number, ruler: CellRuler = makeCellRuler(1)) {
		this.columns = columns;
		this.rows = rows;
		this.#ruler = ruler;
		this.#lines = Array.from({length: rows}, () => makeRow(columns));
	}

	/** Takes a whole frame of text with SGR sequences, one line per row; only lines that changed are looked at. */
	setFrame(frame: string): void {
		const lines = frame.split('\n');
		for (let y = 0; y < this.rows; y++) {
			const line = lines[y] ?? '';
			if (this.#frameLines[y] === line && !this.#painted.has(y)) continue;
			this.#frameLines[y] = line;
			this.#lines[y]!.markX = this.writeAnsi(0, y, line, this.columns);
		}
		this.#painted.clear();
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
		if (y < 0 || y >= this.rows) return;
		this.#painted.add(y);
		const row = this.#lines[y]!;
		const markX = this.writeAnsi(x, y, text, width);
		if (markX >= 0) row.markX = markX;
		else if (row.markX >= x && row.markX < x + width) row.markX = -1;
	}

	/**
	 * Writes text with SGR sequences into one row, from cell x for `width` cells; what the text does not fill becomes blank.
	 * The text is laid out with narrow ambiguous characters; where this terminal draws them wide, following blanks are given up.
	 * @returns the cell of the cursor mark, or -1
	 */
	writeAnsi(x: number, y: number, text: string, width: number): number {
		const end = Math.min(this.columns, x + width);
		let state: SgrState = plainSgr;
		let style = 0;
		let markX = -1;
		let debt = 0;
		let at = 0;
		while (at < text.length) {
			if (text.charCodeAt(at) === 0x1b) {
				const stop = text.indexOf('m', at);
				if (text[at + 1] !== '[' || stop < 0) {
					at++;
					continue;
				}
				state = parseSgr(state, text.slice(at + 2, stop));
				style = this.#styleId(sgrText(state));
				at = stop + 1;
				continue;
			}
			let next = text.indexOf('\x1b', at);
			if (next < 0) next = text.length;
			for (const drawn of drawnParts(text.slice(at, next))) {
				const cells = this.#ruler.widthOf(drawn);
				if (cells === 0) continue;
				if (state.mark && markX < 0) markX = Math.min(x, end - 1);
				if (debt > 0 && drawn === ' ' && !state.mark) {
					debt--;
					continue;
				}
				debt += cells - narrow.widthOf(drawn);
				if (x + cells > end) break;
				this.#put(x, y, drawn, cells, style);
				x += cells;
			}
			at = next;
		}
		for (; x < end; x++) this.#put(x, y, ' ', 1, 0);
		return markX;
	}

	/** The bytes that bring the terminal from what it shows to what it should show; '' when nothing changed. */
	flush(): string {
		let out = '';
		let penX = -1;
		let penStyle = -1;
		for (let y = 0; y < this.rows; y++) {
			const row = this.#lines[y]!;
			if (!row.dirty) continue;
			row.dirty = false;
			penX = -1;
			for (let x = 0; x < this.columns; x++) {
				const grapheme = row.back[x]!;
				const style = row.backStyle[x]!;
				if (grapheme === row.front[x] && style === row.frontStyle[x]) continue;
				if (grapheme === '') {
					row.front[x] = '';
					row.frontStyle[x] = style;
					continue;
				}
				if (penX !== x) out += this.#move(row, penX, x, y, penStyle);
				if (style !== penStyle) {
					const sgr = this.#styles[style]!;
					out += sgr === '' ? '\x1b[m' : `\x1b[0;${sgr}m`;
					penStyle = style;
				}
				out += grapheme;
				penX = this.#shown(row, x, grapheme, style);
			}
		}
		return this.#frameBytes(out, penStyle);
	}

	/** Makes the next flush write every cell: the terminal's content is unknown (start, resize, back from a stop). */
	invalidate(): void {
		for (const row of this.#lines) {
			row.front.fill(unknown);
			row.dirty = true;
		}
		this.#shownCursor = undefined;
	}

	/** A row's text as it should be shown, without styles: for tests and golden screens. */
	rowText(y: number): string {
		return this.#lines[y]!.back.join('');
	}

	/** One cell: its grapheme ('' right of a wide one) and its SGR parameters. */
	cell(x: number, y: number): {grapheme: string; sgr: string} {
		const row = this.#lines[y]!;
		return {grapheme: row.back[x]!, sgr: this.#styles[row.backStyle[x]!]!};
	}

	#put(x: number, y: number, grapheme: string, cells: number, style: number): void {
		const row = this.#lines[y];
		if (!row || x < 0 || x + cells > this.columns) return;
		const {back, backStyle} = row;
		if (back[x] === grapheme && backStyle[x] === style && (cells === 1 ? back[x + 1] !== '' : back[x + 1] === '')) return;
		row.dirty = true;
		if (back[x] === '' && x > 0) back[x - 1] = ' ';
		const after = x + cells;
		if (back[after] === '' && after < this.columns) back[after] = ' ';
		back[x] = grapheme;
		backStyle[x] = style;
		if (cells === 2) {
			back[x + 1] = '';
			backStyle[x + 1] = style;
		}
	}

	/** Books a written grapheme as shown, and the halves of wide ones it destroyed as unknown. Returns the pen's cell, -1 if unsure. */
	#shown(row: Row, x: number, grapheme: string, style: number): number {
		const cells = this.#ruler.widthOf(grapheme);
		const after = x + cells;
		if (row.front[after] === '' && after < this.columns) row.front[after] = unknown;
		row.front[x] = grapheme;
		row.frontStyle[x] = style;
		if (cells === 2) {
			row.front[x + 1] = '';
			row.frontStyle[x + 1] = style;
		}
		// Terminals disagree about the width of rare graphemes: after one, the pen is placed anew so that nothing else shifts.
		return simpleGrapheme.test(grapheme) ? after : -1;
	}

	#move(row: Row, penX: number, x: number, y: number, penStyle: number): string {
		const gap = x - penX;
		if (penX < 0 || gap < 0) return `\x1b[${y + 1};${x + 1}H`;
		if (gap <= gapCellsMax && penStyle >= 0) {
			let between = '';
			for (let at = penX; at < x; at++) {
				const grapheme = row.back[at]!;
				if (row.backStyle[at] !== penStyle || !(grapheme === '' || simpleGrapheme.test(grapheme))) return `\x1b[${gap}C`;
				between += grapheme;
			}
			return between;
		}
		return `\x1b[${gap}C`;
	}

	#frameBytes(cells: string, penStyle: number): string {
		const {cursor} = this;
		const shown = this.#shownCursor;
		const moved = cells !== '' || shown === undefined || cursor?.x !== shown?.x || cursor?.y !== shown?.y;
		if (!moved) return '';
		this.#shownCursor = cursor ? {...cursor} : null;
		const place = cursor ? `\x1b[${cursor.y + 1};${cursor.x + 1}H${shown ? '' : '\x1b[?25h'}` : shown !== null ? '\x1b[?25l' : '';
		if (cells === '') return place;
		return `${syncOn}${cells}${penStyle > 0 ? '\x1b[m' : ''}${place}${syncOff}`;
	}

	#styleId(sgr: string): number {
		const known = this.#styleIds.get(sgr);
		if (known !== undefined) return known;
		// A theme has some dozens of styles; a stream of ever new ones is a mistake, and is drawn plainly rather than kept for ever.
		if (this.#styles.length >= stylesMax) return 0;
		const id = this.#styles.length;
		this.#styles.push(sgr);
		this.#styleIds.set(sgr, id);
		return id;
	}
}
