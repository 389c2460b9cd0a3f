/** Tables and lists for people: columns of Japanese text line up, and a row fits the terminal. */
import {graphemes, narrow} from '../../tui/tty/cells.js';

const gap = 2;
/** No column is cut below this. */
const widthMin = 8;

/** Pads to a width in cells; what is too long is cut, with … at its end. */
export function padded(text: string, width: number): string {
	const cells = narrow.widthOfText(text);
	if (cells <= width) return text + ' '.repeat(width - cells);
	let kept = '';
	let used = 0;
	for (const part of graphemes(text)) {
		const next = narrow.widthOf(part);
		if (used + next > width - 1) break;
		kept += part;
		used += next;
	}
	return `${kept}…${' '.repeat(Math.max(0, width - used - 1))}`;
}

/**
 * Lines of a table: the header, then the rows. On a terminal of `columns` cells the widest columns give way; without (a pipe)
 * nothing is cut.
 */
export function tableLines(header: readonly string[], rows: ReadonlyArray<readonly string[]>, columns?: number): string[] {
	const plain = (text: string): string => text.replace(/\s+/gu, ' ');
	const lines = [header, ...rows].map(cells => cells.map(plain));
	const widths = header.map((_, at) => Math.max(...lines.map(cells => narrow.widthOfText(cells[at] ?? ''))));
	const total = () => widths.reduce((sum, width) => sum + width + gap, -gap);
	while (columns !== undefined && total() > columns) {
		const widest = widths.indexOf(Math.max(...widths));
		if (widths[widest]! <= widthMin) break;
		widths[widest]!--;
	}
	return lines.map(cells =>
		cells
			.map((cell, at) => padded(cell, widths[at]!))
			.join(' '.repeat(gap))
			.trimEnd(),
	);
}

/** Whether a table has room on a terminal without anything being cut. */
export function fits(header: readonly string[], rows: ReadonlyArray<readonly string[]>, columns: number | undefined): boolean {
	return columns === undefined || tableLines(header, rows).every(line => narrow.widthOfText(line) <= columns);
}

/** `label  value`, one line each; further values of a label below each other. */
export function pairLines(pairs: ReadonlyArray<readonly [string, readonly string[]]>): string[] {
	const width = Math.max(0, ...pairs.map(([label]) => narrow.widthOfText(label)));
	return pairs.flatMap(([label, values]) => values.map((value, at) => `${padded(at === 0 ? label : '', width)}  ${value}`.trimEnd()));
}
