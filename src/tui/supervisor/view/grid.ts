/** The seats by group, in the rows there are: only what is shown is made. Pure. */
import type {FloorGroup, FloorSeat} from '../../../server/api/floor.js';
import type {AgentStatus} from '../../../server/domain/model.js';
import {statusLook} from '../../agent/view/toolbar.js';
import {duration} from '../../format.js';
import {type Translate, translator} from '../../i18n/index.js';
import {fitHeight, fitWidth, type Line, type Span, span} from '../../line.js';
import {cellWidths, gridOf, topOf} from '../../model/supervisor/seats.js';
import type {SupervisorState} from '../../model/supervisor/state.js';
import type {Tone} from '../../theme.js';
import {type CellContext, cellKey, extensionCells, isBlinkOff, seatCell} from './cells.js';

export type Moment = {nowMs: number; isStale: boolean};

export function cellContext(state: SupervisorState, {nowMs, isStale}: Moment): CellContext {
	return {
		nowMs,
		isStale,
		isOff: isBlinkOff(nowMs, state.isLoud),
		selected: state.selected,
		hasCursor: state.input === null && state.opened === null,
		extensionCells: extensionCells(state.floor.seats.values()),
		columns: state.size.columns,
		me: state.view?.operator.id,
		t: translator(state.lang),
	};
}

/**
 * A region of a row. With `seat` its text depends on nothing but that row of the floor and `key`: it need not be made again as long
 * as both are the same.
 */
export type Cell = {x: number; width: number; line: () => Line; seat?: FloorSeat; key?: string};

/** A row of one cell. */
export const wholeRow = (line: Line, columns: number): Cell[] => [{x: 0, width: columns, line: () => line}];

/** The grid in exactly `rows` rows. */
export function gridRows(state: SupervisorState, rows: number, moment: Moment): Cell[][] {
	if (rows <= 0) return [];
	const t = translator(state.lang);
	const grid = gridOf(state, rows);
	const context = cellContext(state, moment);
	const {columns} = context;
	if (state.floor.seats.size === 0 || grid.lines.length === 0) {
		const lines = [[], fitWidth(emptyLine(state, t), columns), ...headings(state, rows, context)];
		return fitHeight(lines, rows).map(line => wholeRow(line, columns));
	}
	const top = topOf(grid, state.selected, state.top, rows);
	const width = grid.density === 'rows' ? columns : cellWidths[grid.density];
	const shown = grid.lines.slice(top, top + rows).map((line): Cell[] => {
		if (line.kind === 'group') return wholeRow(groupLine(line.group, line.seats, context), columns);
		if (line.kind === 'office') return wholeRow(fitWidth([span(`-- ${line.name}`, moment.isStale ? 'dim' : 'title')], columns), columns);
		const cells = line.seats.map((seat, at): Cell => {
			const key = `${grid.density} ${width} ${cellKey(seat, context)}`;
			return {x: (line.spots?.[at] ?? at) * width, width, line: () => seatCell(seat, grid.density, context), seat, key};
		});
		return wholeLine(cells, line.marks ?? [], {width, columns});
	});
	if (grid.lines.length > top + rows && rows > 2) {
		const count = grid.lines.slice(top + rows - 1).reduce((sum, line) => sum + (line.kind === 'seats' ? line.seats.length : 0), 0);
		shown[rows - 1] = wholeRow([span(`  ${t('sv.more', {count})}  PgDn`, 'dim')], columns);
	}
	while (shown.length < rows) shown.push(wholeRow([], columns));
	return shown;
}

/** The cells of a row with what stands between them, from edge to edge; what is beyond the screen is left out. */
function wholeLine(
	cells: readonly Cell[],
	marks: ReadonlyArray<{at: number; text: string}>,
	{width, columns}: {width: number; columns: number},
): Cell[] {
	const texts = marks.map(({at, text}): Cell => ({x: at * width, width, line: () => fitWidth([span(text, 'dim')], width)}));
	const all = [...cells, ...texts].filter(({x}) => x + width <= columns).sort((a, b) => a.x - b.x);
	const row: Cell[] = [];
	let end = 0;
	for (const cell of all) {
		const gap = cell.x - end;
		if (gap > 0) row.push({x: end, width: gap, line: () => []});
		row.push(cell);
		end = cell.x + width;
	}
	if (end < columns) row.push({x: end, width: columns - end, line: () => []});
	return row;
}

function emptyLine(state: SupervisorState, t: Translate): Line {
	if (state.freshness.heardMs === undefined) return [span(`  ${t('sv.never')} ..`, 'dim')];
	if (state.floor.groups.size === 0) return [span(`  ${t('sv.noGroups')}`, 'warn')];
	if (state.filter !== '') return [span(`  ${t('sv.noneFiltered', {filter: state.filter})}`, 'warn')];
	return [span(`  ${t('sv.none')}`, 'dim')];
}

/** Somebody may wait where nobody sits. */
function headings({floor}: SupervisorState, rows: number, context: CellContext): Line[] {
	return [...floor.groups.values()].slice(0, rows - 3).map(group => groupLine(group, [], context));
}

/** Statuses in the order in which a heading counts them. */
export const countedStatuses: readonly AgentStatus[] = [
	'ready',
	'ringing',
	'dialling',
	'talkingIn',
	'talkingOut',
	'held',
	'transferring',
	'wrapUp',
	'away',
	'break',
	'offline',
	'phoneDown',
];

/** How many are in which status: shape and number; both kinds of talk count as one. */
export function countSpans(seats: Iterable<FloorSeat>, isStale: boolean, columns: number): Span[] {
	const gap = columns >= 110 ? '  ' : ' ';
	const counts = new Map<AgentStatus, number>();
	for (const {status} of seats) {
		const key = status === 'talkingIn' ? 'talkingOut' : status;
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	return countedStatuses.flatMap(status => {
		const count = counts.get(status);
		if (!count) return [];
		const {shape, tone} = statusLook[status];
		return [span(`${shape} ${count}${gap}`, isStale ? 'dim' : tone)];
	});
}

function groupLine(group: FloorGroup | null, seats: readonly FloorSeat[], context: CellContext): Line {
	const {t, nowMs, isStale, columns} = context;
	const toned = (tone: Tone): Tone => (isStale ? 'dim' : tone);
	const name = group ? `${group.number} ${group.name}` : t('sv.otherGroup');
	const waits =
		group && group.waiting > 0
			? `${t('sv.waiting')} ${group.waiting}  ${group.longestWaitSinceMs === undefined ? '' : duration(nowMs - group.longestWaitSinceMs)}  `
			: '';
	const lost = group && group.abandoned > 0 ? `${t('sv.abandoned')} ${group.abandoned}` : '';
	return fitWidth(
		[
			span(`-- ${name}  `, toned('title')),
			span(`${t('sv.count', {count: seats.length})}  `, 'dim'),
			...countSpans(seats, isStale, columns),
			span(' '),
			span(waits, toned('wait')),
			span(lost, toned('plain')),
		],
		columns,
	);
}
