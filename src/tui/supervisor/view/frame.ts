/** A whole screen from the state: what Ink lays out, and the rows that tick and are painted over their empty lines. Pure. */
import {loginScreen} from '../../agent/view/entry.js';
import {type Frame, fitHeight, type Line} from '../../line.js';
import {ageMs, isStale} from '../../model/supervisor/freshness.js';
import {floorLayout, seatHeadRows} from '../../model/supervisor/layout.js';
import type {SupervisorState} from '../../model/supervisor/state.js';
import {isBlinkOff} from './cells.js';
import {keyBar, stripLine} from './foot.js';
import {gridRows, type Moment, type Row} from './grid.js';
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
export type PaintedRow = {y: number; row: Row};

/** Whether a row is painted: by the state's layout alone. */
export function isPainted(state: SupervisorState, y: number): boolean {
	if (state.stage === 'login' || state.isHelpOpen) return false;
	const {headRows, bandRows, bodyRows, panelRows} = floorLayout(state);
	return y < 2 || (y >= headRows && y < headRows + bandRows + bodyRows + (panelRows > 0 ? seatHeadRows : 0));
}

/**
 * The rows that tick, with what they show at a moment: `nowMs` by the service's clock, `monoMs` by one that nobody sets. What the
 * latter was at `nowMs` is `tickMonoMs`, where times go on at ticks only.
 */
export function paintedRows(state: SupervisorState, nowMs: number, monoMs: number, tickMonoMs = monoMs): PaintedRow[] {
	if (state.stage === 'login' || state.isHelpOpen) return [];
	const moment = momentAt(state, nowMs, monoMs, tickMonoMs);
	const {headRows, bandRows, bodyRows, panelRows} = floorLayout(state);
	const body = state.tab === 'seats' ? gridRows(state, bodyRows, moment) : tableLines(state, bodyRows, moment);
	const top = [titleLine(state, {...moment, nowMs}, monoMs), figuresLine(state, moment)];
	const under = [...bandLines(state, bandRows, moment, monoMs), ...body, ...(panelRows > 0 ? seatHead(state, moment) : [])];
	return [...top.map((row, y) => ({y, row})), ...under.map((row, at) => ({y: headRows + at, row}))];
}

/** Old figures do not go on running: they stand as they were when they were true. */
function momentAt(state: SupervisorState, nowMs: number, monoMs: number, tickMonoMs: number): Moment {
	const old = isStale(state.freshness, monoMs);
	const trueMs = old ? nowMs - (ageMs(state.freshness, tickMonoMs) ?? 0) : nowMs;
	// In the middle of the second, so that no running time is off by more than half of one.
	const shownMs = Math.floor(trueMs / 1_000) * 1_000 + 500;
	return {nowMs: shownMs, isStale: old, isOff: isBlinkOff(nowMs, state.isLoud)};
}
