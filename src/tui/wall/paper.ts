/** A page of cells, drawn by pure functions and brought to the terminal by `screen.ts`. Widths are the project's own, not blessed's. */
import {cutText, padText, safe} from '../format.js';
import {type CellRuler, drawnParts, narrow} from '../tty/cells.js';

export type WallTone =
	| 'plain'
	| 'dim'
	| 'strong'
	| 'bar'
	| 'accent'
	| 'good'
	| 'warn'
	| 'bad'
	| 'digit'
	| 'digitWarn'
	| 'digitBad'
	| 'gauge'
	| 'gaugeWarn'
	| 'gaugeBad'
	| 'alarm'
	| 'alarmDark'
	| 'stale'
	| 'staleDigit'
	| 'staleBar';

/** `ch` is '' in the second cell of a wide character. */
export type Cell = {ch: string; tone: WallTone};
export type Box = {x: number; y: number; width: number; height: number};

export class Paper {
	readonly rows: Cell[][];

	constructor(
		readonly columns: number,
		height: number,
		/** How wide the terminal draws. */
		readonly ruler: CellRuler = narrow,
	) {
		this.rows = Array.from({length: height}, () => Array.from({length: columns}, (): Cell => ({ch: ' ', tone: 'plain'})));
	}

	/** Writes a text in one row; what does not fit into `width` is cut. Returns the cells used. */
	text(x: number, y: number, text: string, tone: WallTone = 'plain', width = this.columns - x): number {
		const row = this.rows[y];
		if (!row || width <= 0) return 0;
		let at = x;
		for (const part of drawnParts(cutText(safe(text).normalize('NFC'), width, this.ruler))) {
			const cells = this.ruler.widthOf(part);
			if (cells === 0) continue;
			if (at < 0 || at + cells > Math.min(this.columns, x + width)) break;
			row[at] = {ch: part, tone};
			if (cells === 2) row[at + 1] = {ch: '', tone};
			at += cells;
		}
		return at - x;
	}

	/** A text in exactly `width` cells. */
	padded(x: number, y: number, text: string, tone: WallTone, width: number, align: 'left' | 'right' | 'centre' = 'left'): void {
		this.text(x, y, padText(safe(text).normalize('NFC'), width, align, this.ruler), tone, width);
	}

	fill({x, y, width, height}: Box, tone: WallTone): void {
		for (let row = y; row < Math.min(y + height, this.rows.length); row++)
			for (let at = x; at < Math.min(x + width, this.columns); at++) this.rows[row]![at] = {ch: ' ', tone};
	}

	/** The colours of figures that are not those of now. */
	fade(): void {
		for (const row of this.rows)
			for (const cell of row) cell.tone = /^(?:digit|gauge)/.test(cell.tone) ? 'staleDigit' : cell.tone === 'bar' ? 'staleBar' : 'stale';
	}

	/** As text, for tests. */
	toString(): string {
		return this.rows
			.map(row =>
				row
					.map(({ch}) => ch)
					.join('')
					.trimEnd(),
			)
			.join('\n');
	}
}
