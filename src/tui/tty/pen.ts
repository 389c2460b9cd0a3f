/**
 * The terminal's pen: where it stands and which style it has, and the fewest bytes that take it elsewhere. A screen full of running
 * times is mostly moves and styles, so both are chosen by what they cost.
 */
import {isInkless, parseSgr, penChange, plainSgr} from './sgr.js';

const stylesMax = 4096;
/** Up to this many unchanged cells are rewritten rather than jumped over: a jump costs at least as many bytes. */
const gapCellsMax = 4;
const simpleGrapheme = /^[\x20-\x7e\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uff01-\uff5e]$/;
/** The shapes of statuses: all of one class of width, of which the terminal was asked one. */
const simpleOrShape = new RegExp(`${simpleGrapheme.source}|^[●○■□◆◇▷△▲»]$`);
/** So many steps back are taken one by one. */
const backMax = 3;
/** From so many cells on it is worth looking for another order. */
const manyCells = 100;
/** So many are a new screen: long pieces of text, in no other order than from the top. */
const wholeScreen = 2_000;
/** More than any screen has rows or columns. */
const sideMax = 65_536;
/** What no terminal draws wider than this, however it counts. */
const graphemeCellsMax = 4;

/** The styles that were ever used, by number; 0 is plain. */
export class Styles {
	readonly #texts: string[] = [''];
	readonly #ids = new Map<string, number>([['', 0]]);
	readonly #inkless: boolean[] = [true];
	readonly #changes = new Map<number, string>();

	/** The number of a style, given as SGR parameters. */
	idOf(sgr: string): number {
		const known = this.#ids.get(sgr);
		if (known !== undefined) return known;
		// A theme has some dozens of styles; a stream of ever new ones is a mistake, and is drawn plainly rather than kept for ever.
		if (this.#texts.length >= stylesMax) return 0;
		const id = this.#texts.length;
		this.#texts.push(sgr);
		this.#inkless.push(isInkless(parseSgr(plainSgr, sgr)));
		this.#ids.set(sgr, id);
		return id;
	}

	sgrOf(id: number): string {
		return this.#texts[id]!;
	}

	/** Whether a blank looks the same in both. */
	looksBlank(one: number, other: number): boolean {
		return this.#inkless[one]! && this.#inkless[other]!;
	}

	/** The sequence from one style to another; from -1 when it is not known. */
	change(from: number, to: number): string {
		if (from < 0) return to === 0 ? '\x1b[m' : `\x1b[0;${this.#texts[to]!}m`;
		const key = from * stylesMax + to;
		let change = this.#changes.get(key);
		if (change === undefined) this.#changes.set(key, (change = penChange(this.#texts[from]!, this.#texts[to]!)));
		return change;
	}
}

/** What the pen needs of a row. */
export type Cells = {back: readonly string[]; backStyle: Uint16Array; front: string[]; frontStyle: Uint16Array};

/** Narrow cells of a row that must be written, from the left. */
export type NarrowRow = {row: Cells; y: number; xs: readonly number[]};

type Standing = {bytes: string; style: number; x: number; y: number};

export class Pen {
	bytes = '';
	/** -1 while it is not known. */
	style: number;
	readonly #styles: Styles;
	readonly #simple: RegExp;
	/** -1 while the column, or the row too, is not known. */
	#x = -1;
	#y = -1;

	/** `isSure`: how wide this terminal draws ambiguous characters is known. */
	constructor(styles: Styles, style: number, isSure: boolean) {
		this.#styles = styles;
		this.style = style;
		this.#simple = isSure ? simpleOrShape : simpleGrapheme;
	}

	/** Writes what one cell should show. */
	write(row: Cells, x: number, y: number, cells: number): void {
		const grapheme = row.back[x]!;
		if (this.#x !== x || this.#y !== y) this.bytes += this.#move(row, x, y);
		const style = row.backStyle[x]!;
		if (!this.#fits(grapheme, style)) {
			this.bytes += this.#styles.change(this.style, style);
			this.style = style;
		}
		this.bytes += grapheme;
		// Terminals disagree about the width of rare graphemes: after one, the pen is placed anew so that nothing else shifts.
		const isSure = this.#simple.test(grapheme);
		this.#x = isSure ? x + cells : -1;
		this.#y = isSure || x + graphemeCellsMax < row.back.length ? y : -1;
	}

	/** Writes narrow cells, row by row or style by style and then by columns, whichever takes fewer bytes, and books them as shown. */
	writeNarrow(rows: readonly NarrowRow[]): void {
		const before = this.#standing();
		let count = 0;
		for (const {row, y, xs} of rows) {
			for (const x of xs) this.write(row, x, y, 1);
			count += xs.length;
		}
		if (count >= manyCells && count <= wholeScreen) {
			const straight = this.#standing();
			this.#stand(before);
			this.#writeColumns(rows);
			if (straight.bytes.length <= this.bytes.length) this.#stand(straight);
		}
		for (const {row, xs} of rows) {
			for (const x of xs) {
				row.front[x] = row.back[x]!;
				row.frontStyle[x] = row.backStyle[x]!;
			}
		}
	}

	/** Cells of many rows style by style, and in each down the columns: running times stand below each other. */
	#writeColumns(rows: readonly NarrowRow[]): void {
		const starts: number[] = [];
		for (const [at, {row, xs}] of rows.entries()) {
			for (const [n, x] of xs.entries()) {
				const isBegun = n > 0 && xs[n - 1] === x - 1 && row.backStyle[x] === row.backStyle[x - 1];
				if (!isBegun) starts.push((row.backStyle[x]! * sideMax + x) * sideMax + at);
			}
		}
		for (const start of Float64Array.from(starts).sort()) {
			const {row, y, xs} = rows[start % sideMax]!;
			const first = Math.floor(start / sideMax) % sideMax;
			const style = row.backStyle[first];
			for (let n = xs.indexOf(first), x = first; xs[n] === x && row.backStyle[x] === style; n++, x++) this.write(row, x, y, 1);
		}
	}

	#standing(): Standing {
		return {bytes: this.bytes, style: this.style, x: this.#x, y: this.#y};
	}

	#stand({bytes, style, x, y}: Standing): void {
		this.bytes = bytes;
		this.style = style;
		this.#x = x;
		this.#y = y;
	}

	#fits(grapheme: string, style: number): boolean {
		return style === this.style || (grapheme === ' ' && this.style >= 0 && this.#styles.looksBlank(style, this.style));
	}

	#move(row: Cells, x: number, y: number): string {
		const gap = x - this.#x;
		if (this.#y !== y) {
			const whole = `\x1b[${y + 1};${x + 1}H`;
			// Behind the last cell of a row terminals stand in different places.
			if (this.#y < 0 || this.#x < 0 || this.#x >= row.back.length || gap > 0 || gap < -backMax) return whole;
			const by = y - this.#y;
			const steps = `${'\b'.repeat(-gap)}\x1b[${Math.abs(by) === 1 ? '' : Math.abs(by)}${by > 0 ? 'B' : 'A'}`;
			return steps.length < whole.length ? steps : whole;
		}
		if (this.#x < 0 || gap < 0) return `\x1b[${x + 1}G`;
		if (gap <= gapCellsMax && this.style >= 0) {
			let between = '';
			for (let at = this.#x; at < x; at++) {
				const grapheme = row.back[at]!;
				if (!this.#fits(grapheme, row.backStyle[at]!) || !(grapheme === '' || simpleGrapheme.test(grapheme))) return `\x1b[${gap}C`;
				between += grapheme;
			}
			return between;
		}
		return `\x1b[${gap}C`;
	}
}
