/** The open seat: what the floor knows of it, and below the operator's own screen, with the form as it is typed. Pure. */
import {customerPane, rightPane} from '../../agent/view/panes.js';
import {duration} from '../../format.js';
import {isTextKey, translator} from '../../i18n/index.js';
import {ends, fitHeight, fitWidth, type Line, type Section, type Span, span} from '../../line.js';
import {workLayout} from '../../model/layout.js';
import {fieldsNow} from '../../model/server.js';
import {seatHeadRows} from '../../model/supervisor/layout.js';
import type {SupervisorState} from '../../model/supervisor/state.js';
import {theirConsole} from '../../model/supervisor/typing.js';
import {callSpans, flagSpans, helpSpans, lookOf} from './cells.js';
import {cellContext, type Moment} from './grid.js';

/** The two lines about the seat. */
export function seatHead(state: SupervisorState, moment: Moment): Line[] {
	const seat = state.floor.seats.get(state.opened ?? '');
	const {columns} = state.size;
	if (!seat) return fitHeight([], seatHeadRows);
	const context = cellContext(state, moment);
	const {t} = context;
	const {shape, tone} = lookOf(seat, context);
	const groups = seat.groupIds.map(id => state.floor.groups.get(id)?.name ?? '').filter(Boolean);
	const actor = seat.actor === 'self' || seat.actor === 'system' ? t(`sv.${seat.actor}`) : seat.actor;
	const reason = `reason.${seat.reason}`;
	const why = isTextKey(reason) ? t('sv.by', {actor, reason: t(reason)}) : actor;
	return [
		ends(
			[
				span(` ${shape} ${seat.extension} ${seat.name}  `, tone === 'alarm' ? tone : 'titleFocused'),
				span(`${t(`status.${seat.status}`)} ${duration(context.nowMs - seat.sinceMs)}  `, moment.isStale ? 'dim' : tone),
				...callTime(seat.call?.sinceMs, context.nowMs, moment.isStale),
				...callSpans(seat, context),
			],
			[span(' Esc ', 'dim')],
			columns,
			'titleFocused',
		),
		fitWidth([span(' '), ...helpSpans(seat, context), ...flagSpans(seat, context), span(`${why}  ${groups.join(' ')}`, 'dim')], columns),
	];
}

const callTime = (sinceMs: number | undefined, nowMs: number, isStale: boolean): Line =>
	sinceMs === undefined ? [] : [span(`${duration(nowMs - sinceMs)}  `, isStale ? 'dim' : 'call')];

/** The operator's panes, as that console draws them. */
export function mirror(state: SupervisorState, rows: number, isStale: boolean): Section {
	const theirs = theirConsole(state);
	const view = theirs?.view;
	if (!theirs || !view) return {kind: 'full', lines: fitHeight([[], [span(`  ${translator(state.lang)('sv.mirrorWait')}`, 'dim')]], rows)};
	const fields = fieldsNow(theirs);
	const layout = workLayout(theirs.size, fields, theirs.form);
	const seen = (line: Line): Line => (state.typing ? line : line.map(part => seenSpan(part, isStale)));
	return {
		kind: 'split',
		left: fitHeight(customerPane(theirs, view, fields, layout), rows).map(line => seen(fitWidth(line, layout.leftWidth))),
		right: fitHeight(rightPane(theirs, view, fields, layout), rows).map(line => seen(fitWidth(line, layout.rightWidth))),
		leftWidth: layout.leftWidth,
		rightWidth: layout.rightWidth,
		gap: layout.gap,
	};
}

/** Their cursor is shown as a block: the terminal's own is for what is typed here. */
function seenSpan({cursor, ...part}: Span, isStale: boolean): Span {
	return {...part, tone: isStale ? 'dim' : cursor ? 'choice' : part.tone};
}
