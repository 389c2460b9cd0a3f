/** A whole screen from the state: what is drawn, and which regions of it tick. Pure. */
import {type Frame, fitWidth, type Line, renderLine} from '../../line.js';
import {workLayout} from '../../model/layout.js';
import {fieldsNow} from '../../model/server.js';
import type {ConsoleState} from '../../model/state.js';
import {isToolbarOnly} from '../../model/toolbar-only.js';
import type {Theme} from '../../theme.js';
import type {Screen} from '../../tty/screen.js';
import {groupsScreen, loginScreen} from './entry.js';
import {band, keyBar, strip} from './foot.js';
import {helpScreen} from './help.js';
import {customerPane, rightPane} from './panes.js';
import {type Clock, toolbar, toolbarClocks} from './toolbar.js';
import {buttonsPane, callPane} from './toolbar-only.js';

/** The screen of a state, in exactly its size. */
export function frameOf(state: ConsoleState): Frame {
	const {view, size} = state;
	const isHelp = state.panel?.kind === 'help';
	if (state.stage !== 'work' || !view) {
		const lines = isHelp
			? helpScreen(state, size.columns, size.rows - 1)
			: state.stage === 'login'
				? loginScreen(state)
				: groupsScreen(state);
		return [{kind: 'full', lines: [...lines, keyBar(state, false)]}];
	}
	const fields = fieldsNow(state);
	const layout = workLayout(size, fields, state.form);
	const focused = fields.find(field => field.key === state.form?.focus);
	// The band is painted over its empty line.
	const foot: Line[] = [[], strip(state, state.panel ? [] : fields), keyBar(state, focused?.kind === 'mail')];
	if (isHelp) return [{kind: 'full', lines: [...toolbar(state, view), ...helpScreen(state, size.columns, layout.bodyRows), ...foot]}];
	const [left, right] = isToolbarOnly(view)
		? [callPane(state, view, layout), buttonsPane(state, view, layout)]
		: [customerPane(state, view, fields, layout), rightPane(state, view, fields, layout)];
	return [
		{kind: 'full', lines: toolbar(state, view)},
		{
			kind: 'split',
			left: left.map(line => fitWidth(line, layout.leftWidth)),
			right: right.map(line => fitWidth(line, layout.rightWidth)),
			leftWidth: layout.leftWidth,
			rightWidth: layout.rightWidth,
			gap: layout.gap,
		},
		{kind: 'full', lines: foot},
	];
}

/** The regions that are painted, not framed: clocks, and the band with its ageing notices. */
export function clocksOf(state: ConsoleState): Clock[] {
	const {view, size} = state;
	if (state.stage !== 'work' || !view) return [];
	return [...toolbarClocks(state, view), {x: 0, y: size.rows - 3, width: size.columns, line: nowMs => band(state, view, nowMs)}];
}

/** Paints the regions that tick into the cells. */
export function paintClocks(screen: Screen, clocks: readonly Clock[], nowMs: number, theme: Theme): void {
	for (const {x, y, width, line} of clocks) screen.paint(x, y, renderLine(line(nowMs), theme), width);
}
