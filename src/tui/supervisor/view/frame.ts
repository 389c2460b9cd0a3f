/** A whole screen from the state: what Ink lays out, and the rows that tick and are painted over their empty lines. Pure. */
import {loginScreen} from '../../agent/view/entry.js';
import {type Frame, fitHeight, type Line, renderLine} from '../../line.js';
import {ageMs, isStale} from '../../model/supervisor/freshness.js';
import {floorLayout} from '../../model/supervisor/layout.js';
import type {SupervisorState} from '../../model/supervisor/state.js';
import type {Theme} from '../../theme.js';
import type {Screen} from '../../tty/screen.js';
import {keyBar, stripLine} from './foot.js';
import {gridLines, type Moment} from './grid.js';
import {bandLines, figuresLine, tabsLine, titleLine} from './head.js';
import {helpScreen} from './help.js';
import {mirror, seatHead, seatHeadRows} from './seat.js';
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

/** The rows that tick, with what they show at a moment: `nowMs` by the service's clock, `monoMs` by one that nobody sets. */
export function paintedRows(state: SupervisorState, nowMs: number, monoMs: number): Array<{y: number; line: Line}> {
	if (state.stage === 'login' || state.isHelpOpen) return [];
	const old = isStale(state.freshness, monoMs);
	// Old figures do not go on running: they stand as they were when they were true.
	const moment: Moment = {nowMs: old ? nowMs - (ageMs(state.freshness, monoMs) ?? 0) : nowMs, isStale: old};
	const {headRows, bandRows, bodyRows, panelRows} = floorLayout(state);
	const body = state.tab === 'seats' ? gridLines(state, bodyRows, moment) : tableLines(state, bodyRows, moment);
	const top = [titleLine(state, {...moment, nowMs}, monoMs), figuresLine(state, moment)];
	const under = [...bandLines(state, bandRows, moment, monoMs), ...body, ...(panelRows > 0 ? seatHead(state, moment) : [])];
	return [...top.map((line, y) => ({y, line})), ...under.map((line, at) => ({y: headRows + at, line}))];
}

/** Paints the rows that tick. `known` holds what each row was painted with, so that rows that stand still cost nothing. */
export function paintRows(
	screen: Screen,
	rows: ReturnType<typeof paintedRows>,
	columns: number,
	theme: Theme,
	known: Map<number, string>,
): void {
	for (const {y, line} of rows) {
		const text = renderLine(line, theme);
		if (known.get(y) === text) continue;
		known.set(y, text);
		screen.paint(0, y, text, columns);
	}
}
