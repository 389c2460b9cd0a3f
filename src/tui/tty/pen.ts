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

	/** Writes these narrow cells of a row, from the left or style by style, whichever takes fewer bytes, and books them as shown. */
	writeNarrow(row: Cells, y: number, xs: readonly number[]): void {
		if (xs.length === 0) return;
		const before = this.#standing();
		for (const x of xs) this.write(row, x, y, 1);
		const sorted = this.#byStyle(row, xs, before.style);
		if (sorted) {
			const straight = this.#standing();
			this.#stand(before);
			for (const x of sorted) this.write(row, x, y, 1);
			if (straight.bytes.length < this.bytes.length) this.#stand(straight);
		}
		for (const x of xs) {
			row.front[x] = row.back[x]!;
			row.frontStyle[x] = row.backStyle[x]!;
		}
	}

	/** The cells with those of one style together, the pen's own first; undefined where hardly a style comes twice. */
	#byStyle({backStyle}: Cells, xs: readonly number[], first: number): number[] | undefined {
		const styles = [first];
		let changes = 0;
		let last = first;
		for (const x of xs) {
			const style = backStyle[x]!;
			if (style === last) continue;
			changes++;
			last = style;
			if (!styles.includes(style)) styles.push(style);
		}
		if (changes <= styles.length) return undefined;
		return styles.flatMap(style => xs.filter(x => backStyle[x] === style));
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
		if (this.#y !== y) return `\x1b[${y + 1};${x + 1}H`;
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
