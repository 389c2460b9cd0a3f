/**
 * How wide text is on a terminal. A terminal draws graphemes into cells of one or two columns; everything that
 * pads, cuts or places text must count cells, never characters: 「𠮷」 is one grapheme, two UTF-16 units, two cells.
 */
import {clusterWidth} from './cluster-width.js';

/** Cells of an East-Asian ambiguous character (● ─ ※): 1 on most terminals, 2 on some Japanese set-ups. */
export type AmbiguousWidth = 1 | 2;

const segmenter = new Intl.Segmenter('ja', {granularity: 'grapheme'});
const printableAscii = /^[\x20-\x7e]*$/;
/** Characters that are a grapheme of their own, whatever stands beside them; kana voicing marks (U+3099, U+309A) are not. */
const standalone = /^[\x20-\x7e\u00bb\u2500-\u257f\u25a0-\u25ff\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uff01-\uff5e]*$/;
/** A cache that only grows would leak over a shift; a full one is thrown away, which costs a few microseconds a day. */
const cacheEntriesMax = 16_384;
/** Texts are longer than graphemes, and fewer come again. */
const textsMax = 4_096;

/** Whether every character is one of ASCII's that are drawn: each a grapheme of one cell. */
export const isPrintableAscii = (text: string): boolean => printableAscii.test(text);

/** The text's graphemes, in order. */
export function graphemes(text: string): string[] {
	if (printableAscii.test(text) || standalone.test(text)) return Array.from(text);
	return Array.from(segmenter.segment(text), part => part.segment);
}

/** Measures graphemes for one kind of terminal. */
export type CellRuler = {
	/** Whether the terminal was asked, or its owner has said, how wide it draws ambiguous characters. */
	readonly isKnown: boolean;
	/** Cells of one grapheme: 0 (nothing to draw), 1 or 2. */
	widthOf(grapheme: string): number;
	/** Cells of a text without control characters. */
	widthOfText(text: string): number;
};

/** Makes a ruler with a bounded memory of what it measured. */
export function makeCellRuler(ambiguous: AmbiguousWidth = 1, isKnown = false): CellRuler {
	const measured = new Map<string, number>();
	const widthOf = (grapheme: string): number => {
		const code = grapheme.charCodeAt(0);
		if (grapheme.length === 1) {
			if (code >= 0x20 && code < 0x7f) return 1;
			if ((code >= 0x3041 && code <= 0x3096) || (code >= 0x30a1 && code <= 0x30fa) || (code >= 0x4e00 && code <= 0x9fff)) return 2;
		}
		let width = measured.get(grapheme);
		if (width === undefined) {
			width = grapheme === '\uff9e' || grapheme === '\uff9f' ? 1 : clusterWidth(grapheme, ambiguous);
			if (measured.size >= cacheEntriesMax) measured.clear();
			measured.set(grapheme, width);
		}
		return width;
	};
	// The same names and labels are measured again and again.
	const measuredTexts = new Map<string, number>();
	const widthOfText = (text: string): number => {
		if (printableAscii.test(text)) return text.length;
		const known = measuredTexts.get(text);
		if (known !== undefined) return known;
		let width = 0;
		for (const grapheme of graphemes(text)) width += widthOf(grapheme);
		if (measuredTexts.size >= textsMax) measuredTexts.clear();
		measuredTexts.set(text, width);
		return width;
	};
	return {isKnown, widthOf, widthOfText};
}

/** The ruler of layout: screens are laid out with narrow ambiguous characters, and the cell buffer makes up the difference. */
export const narrow: CellRuler = makeCellRuler(1);

/**
 * The parts in which a terminal draws a text. Terminals disagree about joined emoji, so only their first sign is drawn;
 * the half-width kana's voicing marks take a cell of their own.
 */
export function drawnParts(text: string): string[] {
	const parts = graphemes(text);
	for (let at = 0; at < parts.length; at++) {
		const part = parts[at]!;
		if (part.length < 2) continue;
		const joiner = part.indexOf('\u200d');
		if (joiner > 0) parts[at] = part.slice(0, joiner);
		else if (part.endsWith('\uff9e') || part.endsWith('\uff9f')) parts.splice(at, 1, part.slice(0, -1), part.slice(-1));
	}
	return parts;
}
