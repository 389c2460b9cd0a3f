/** Lines of styled text: what views are made of. Pure; a line knows meanings (tones), a theme turns them into SGR. */
import {cutText, padText, safe} from './format.js';
import type {Theme, Tone} from './theme.js';
import {narrow} from './tty/cells.js';
import {cursorMark, type StyledText} from './tty/screen.js';
import {parseSgr, plainSgr, sgrText} from './tty/sgr.js';

/** `cursor`: the hardware cursor belongs on the span's first cell. */
export type Span = {readonly text: string; readonly tone: Tone; readonly cursor?: true};
export type Line = readonly Span[];

/** One row of blocks on the screen: one block over the whole width, or two beside each other with a gap. */
export type Section =
	| {kind: 'full'; lines: readonly Line[]}
	| {kind: 'split'; left: readonly Line[]; right: readonly Line[]; leftWidth: number; rightWidth: number; gap: number};
/** A whole screen, top to bottom. */
export type Frame = readonly Section[];

/** Text from anywhere as a span: made safe to draw. */
export const span = (text: string, tone: Tone = 'plain'): Span => ({text: safe(text), tone});

export const lineWidth = (line: Line): number => line.reduce((sum, part) => sum + narrow.widthOfText(part.text), 0);

/** The line in exactly `width` cells: what is too long is cut, what is short is filled with blanks of `tone`. */
export function fitWidth(line: Line, width: number, tone: Tone = 'plain'): Line {
	const fitted: Span[] = [];
	let left = width;
	for (const part of line) {
		if (left <= 0) break;
		const cells = narrow.widthOfText(part.text);
		const text = cells > left ? padText(cutText(part.text, left), left) : part.text;
		fitted.push({...part, text});
		left -= Math.min(cells, left);
	}
	if (left > 0) fitted.push({text: ' '.repeat(left), tone});
	return fitted;
}

/** Two lines at the two ends of `width` cells; the right one is kept whole, the left one gives way. */
export function ends(left: Line, right: Line, width: number, tone: Tone = 'plain'): Line {
	const rightCells = Math.min(width, lineWidth(right));
	return [...fitWidth(left, width - rightCells, tone), ...fitWidth(right, rightCells, tone)];
}

/** Exactly `height` lines: cut, or filled with empty ones. */
export function fitHeight(lines: readonly Line[], height: number): Line[] {
	const fitted = lines.slice(0, Math.max(0, height));
	while (fitted.length < height) fitted.push([]);
	return fitted;
}

const endCodes: Readonly<Record<string, string>> = {'1': '22', '2': '22', '3': '23', '4': '24', '5': '25', '7': '27', '9': '29'};
const endOf = (code: string): string => endCodes[code] ?? (/^(4[0-7]|10[0-7])$/.test(code) ? '49' : '39');

type Codes = {start: string; end: string; sgr: string};
/** A tone's sequences are worked out once for each theme: a screen full of seats asks for them thousands of times a second. */
const known = new WeakMap<Theme, Map<Tone, Codes>>();

function codesOf(theme: Theme, tone: Tone): Codes {
	let tones = known.get(theme);
	if (!tones) known.set(theme, (tones = new Map()));
	let codes = tones.get(tone);
	if (!codes) {
		const starts = theme[tone] === '' ? [] : theme[tone].split(';');
		const ends = [...new Set(starts.map(endOf))].reverse();
		const sequences = (each: string[]): string => each.map(code => `\x1b[${code}m`).join('');
		const sgr = sgrText(parseSgr(plainSgr, theme[tone] || '0'));
		tones.set(tone, (codes = {start: sequences(starts), end: sequences(ends), sgr}));
	}
	return codes;
}

/** Marks of our own in ASCII: each one cell, and different from each other. */
const asciiMarks: Readonly<Record<string, string>> = Object.fromEntries(
	['●*', '○o', '■#', '□_', '◆@', '◇?', '▷>', '△^', '▲!', '▼v', '»}', '◉&', '↑^', '↓v', '←<', '→>', '×x', '★*', '·.', '─-', '“"', '”"'].map(
		pair => Array.from(pair),
	) as Array<[string, string]>,
);
const marks = new RegExp(`[${Object.keys(asciiMarks).join('')}]`, 'g');
/** What people have written stays as it is, and so does what stands for a secret. */
const written: ReadonlySet<Tone> = new Set<Tone>(['field', 'fieldFocused', 'fieldLocked']);

const drawn = ({text, tone}: Span, theme: Theme): string =>
	theme.ascii && (!written.has(tone) || text.endsWith(' ▼')) ? safe(text).replace(marks, mark => asciiMarks[mark]!) : safe(text);

/** The line with SGR sequences, one code each with its own end, as Ink's tokeniser wants them. */
export function renderLine(line: Line, theme: Theme): string {
	let text = '';
	for (const part of line) {
		const shown = drawn(part, theme);
		if (shown === '') continue;
		const {start, end} = codesOf(theme, part.tone);
		text += part.cursor ? start + cursorMark.on + shown + cursorMark.off + end : start + shown + end;
	}
	return text;
}

/** The line for the cells of a screen, without a detour through sequences. */
export function styledLine(line: Line, theme: Theme): StyledText[] {
	return line.map(part => ({text: drawn(part, theme), sgr: codesOf(theme, part.tone).sgr, ...(part.cursor && {cursor: true as const})}));
}

/** Whether two lines look the same. */
export const isSameLine = (one: Line, other: Line): boolean =>
	one.length === other.length &&
	one.every((part, at) => {
		const {text, tone, cursor} = other[at]!;
		return part.text === text && part.tone === tone && part.cursor === cursor;
	});

/** One line of a frame in its place on the screen, rendered. */
export type Placed = {x: number; y: number; width: number; text: string};

/** Every line of a frame in its place, in the order of the sections. */
export function placeFrame(frame: Frame, columns: number, theme: Theme): Placed[] {
	const placed: Placed[] = [];
	let y = 0;
	for (const section of frame) {
		if (section.kind === 'full') {
			for (const line of section.lines) placed.push({x: 0, y: y++, width: columns, text: renderLine(line, theme)});
			continue;
		}
		const {left, right, leftWidth, rightWidth, gap} = section;
		for (const [row, line] of left.entries()) placed.push({x: 0, y: y + row, width: leftWidth, text: renderLine(line, theme)});
		for (const [row, line] of right.entries())
			placed.push({x: leftWidth + gap, y: y + row, width: rightWidth, text: renderLine(line, theme)});
		y += Math.max(left.length, right.length);
	}
	return placed;
}

/** What must be laid out anew when it changes: the sections with their sizes. Their text may change without it. */
export const frameShape = (frame: Frame): string =>
	frame
		.map(section =>
			section.kind === 'full'
				? `full ${section.lines.length}`
				: `split ${section.left.length} ${section.right.length} ${section.leftWidth} ${section.gap} ${section.rightWidth}`,
		)
		.join(', ');

/** A whole screen as text, without Ink: the first paint, and what Ink's frames are checked against. */
export function renderFrame(frame: Frame, theme: Theme): string {
	const rows: string[] = [];
	for (const section of frame) {
		if (section.kind === 'full') {
			rows.push(...section.lines.map(line => renderLine(line, theme)));
			continue;
		}
		for (let y = 0; y < Math.max(section.left.length, section.right.length); y++) {
			const left = renderLine(fitWidth(section.left[y] ?? [], section.leftWidth), theme);
			rows.push(left + ' '.repeat(section.gap) + renderLine(fitWidth(section.right[y] ?? [], section.rightWidth), theme));
		}
	}
	return rows.join('\n');
}
