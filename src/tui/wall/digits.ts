/** Big digits out of coloured blanks: no character of them can be the wrong width on any terminal. Pure. */
import type {Box, Paper, WallTone} from './paper.js';

/** Five rows each; a letter is a cell that is filled. */
const glyphs: Readonly<Record<string, readonly string[]>> = {
	'0': ['###', '# #', '# #', '# #', '###'],
	'1': [' # ', '## ', ' # ', ' # ', '###'],
	'2': ['###', '  #', '###', '#  ', '###'],
	'3': ['###', '  #', '###', '  #', '###'],
	'4': ['# #', '# #', '###', '  #', '  #'],
	'5': ['###', '#  ', '###', '  #', '###'],
	'6': ['###', '#  ', '###', '# #', '###'],
	'7': ['###', '  #', ' # ', ' # ', ' # '],
	'8': ['###', '# #', '###', '# #', '###'],
	'9': ['###', '# #', '###', '  #', '###'],
	':': [' ', '#', ' ', '#', ' '],
	'.': [' ', ' ', ' ', ' ', '#'],
	'%': ['# #', '  #', ' # ', '#  ', '# #'],
	'-': ['   ', '   ', '###', '   ', '   '],
	'/': ['  #', '  #', ' # ', '#  ', '#  '],
};
const glyphRows = 5;
const gap = 1;

/** Width in glyph cells, or undefined when a letter has no glyph. */
function widthOf(text: string): number | undefined {
	let width = 0;
	for (const letter of text) {
		const glyph = glyphs[letter];
		if (!glyph) return undefined;
		width += glyph[0]!.length + gap;
	}
	return width - gap;
}

/** Draws the text as large as it fits, in the middle of the box; where it does not fit at all, as a line of text. */
export function bigText(paper: Paper, {x, y, width, height}: Box, text: string, tone: WallTone): void {
	const cells = widthOf(text);
	const scale = cells === undefined ? 0 : Math.min(3, Math.floor(height / glyphRows), Math.floor(width / (cells * 2)));
	// A single column for each cell is still readable where two do not fit.
	const wide = scale > 0 ? scale * 2 : 1;
	const tall = Math.max(1, scale);
	if (cells === undefined || height < glyphRows || cells * wide > width) {
		paper.padded(x, y + Math.floor((height - 1) / 2), text, tone, width, 'centre');
		return;
	}
	const left = x + Math.floor((width - cells * wide) / 2);
	const top = y + Math.floor((height - glyphRows * tall) / 2);
	let at = left;
	for (const letter of text) {
		const glyph = glyphs[letter]!;
		for (const [row, line] of glyph.entries())
			for (const [column, mark] of [...line].entries())
				if (mark === '#') paper.fill({x: at + column * wide, y: top + row * tall, width: wide, height: tall}, tone);
		at += (glyph[0]!.length + gap) * wide;
	}
}
