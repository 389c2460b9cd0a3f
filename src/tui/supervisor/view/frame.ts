/** A whole screen from the state: what Ink lays out, and the rows that tick and are painted over their empty lines. Pure. */
import type {FloorSeat} from '../../../server/api/floor.js';
import {loginScreen} from '../../agent/view/entry.js';
import {type Frame, fitHeight, type Line, renderLine} from '../../line.js';
import {ageMs, isStale} from '../../model/supervisor/freshness.js';
import {floorLayout, seatHeadRows} from '../../model/supervisor/layout.js';
import type {SupervisorState} from '../../model/supervisor/state.js';
import type {Theme} from '../../theme.js';
import type {Screen} from '../../tty/screen.js';
import {keyBar, stripLine} from './foot.js';
import {type Cell, gridRows, type Moment, wholeRow} from './grid.js';
import {bandLines, figuresLine, tabsLine, titleLine} from './head.js';
import {helpScreen} from './help.js';
import {mirror, seatHead} from './seat.js';
import {tableLines} from './tables.js';

const blank = (rows: number): Line[] => fitHeight([], rows);

/** The screen of a state, in exactly its size; `old`: its figures are not those of now. */
export function frameOf(state: SupervisorState, old: boolean): Frame {
	const {size} = state;
	if (state.isHelpOpen) return [{kind: 'full', lines: [...helpScreen(state, size.rows - 1), keyBar(state)]}];
	if (state.stage === 'login') {
		return [{kind: 'full', lines: [...loginScreen(state, {subtitle: 'sv.subtitle', hint: 'sv.extensionHint'}), keyBar(state)]}];
	}
	const {bandRows, bodyRows, panelRows} = floorLayout(state);
	const head: Line[] = [...blank(2), tabsLine(state, old), ...blank(bandRows + bodyRows)];
	const foot: Line[] = [stripLine(state), keyBar(state)];
	if (panelRows === 0) return [{kind: 'full', lines: [...head, ...foot]}];
	return [
		{kind: 'full', lines: [...head, ...blank(seatHeadRows)]},
		mirror(state, panelRows - seatHeadRows, old),
		{kind: 'full', lines: foot},
	];
}

/** A row that is painted over its empty line. */
export type PaintedRow = {y: number; cells: readonly Cell[]};

/** Whether a row is painted: by the state's layout alone. */
export function isPainted(state: SupervisorState, y: number): boolean {
	if (state.stage === 'login' || state.isHelpOpen) return false;
	const {headRows, bandRows, bodyRows, panelRows} = floorLayout(state);
	return y < 2 || (y >= headRows && y < headRows + bandRows + bodyRows + (panelRows > 0 ? seatHeadRows : 0));
}

/** The rows that tick, with what they show at a moment: `nowMs` by the service's clock, `monoMs` by one that nobody sets. */
export function paintedRows(state: SupervisorState, nowMs: number, monoMs: number): PaintedRow[] {
	if (state.stage === 'login' || state.isHelpOpen) return [];
	const {columns} = state.size;
	const old = isStale(state.freshness, monoMs);
	// Old figures do not go on running: they stand as they were when they were true.
	const moment: Moment = {nowMs: old ? nowMs - (ageMs(state.freshness, monoMs) ?? 0) : nowMs, isStale: old};
	const {headRows, bandRows, bodyRows, panelRows} = floorLayout(state);
	const whole = (lines: readonly Line[]): Cell[][] => lines.map(line => wholeRow(line, columns));
	const body = state.tab === 'seats' ? gridRows(state, bodyRows, moment) : whole(tableLines(state, bodyRows, moment));
	const top = whole([titleLine(state, {...moment, nowMs}, monoMs), figuresLine(state, moment)]);
	const under = [...whole(bandLines(state, bandRows, moment, monoMs)), ...body, ...whole(panelRows > 0 ? seatHead(state, moment) : [])];
	return [...top.map((cells, y) => ({y, cells})), ...under.map((cells, at) => ({y: headRows + at, cells}))];
}

/** What the rows were painted with. */
export type Painted = Map<number, {xs: string; texts: string[]}>;

const seatTexts = new WeakMap<Theme, WeakMap<FloorSeat, {key: string; text: string}>>();

function textOf({line, seat, key}: Cell, theme: Theme): string {
	if (!seat || key === undefined) return renderLine(line(), theme);
	let texts = seatTexts.get(theme);
	if (!texts) seatTexts.set(theme, (texts = new WeakMap()));
	const known = texts.get(seat);
	if (known?.key === key) return known.text;
	const text = renderLine(line(), theme);
	texts.set(seat, {key, text});
	return text;
}

/** Paints the rows that tick, cell by cell: one that shows what it showed before costs next to nothing. */
export function paintRows(screen: Screen, rows: readonly PaintedRow[], theme: Theme, painted: Painted): void {
	for (const {y, cells} of rows) {
		const xs = cells.map(({x}) => x).join();
		const before = painted.get(y);
		const texts = cells.map(cell => textOf(cell, theme));
		// Cells that begin elsewhere than before have overwritten one another.
		const isSame = before?.xs === xs;
		for (const [at, {x, width}] of cells.entries()) if (!isSame || before.texts[at] !== texts[at]) screen.paint(x, y, texts[at]!, width);
		painted.set(y, {xs, texts});
	}
}
