/** The seats by group, in the rows there are: only what is shown is made. Pure. */
import type {FloorGroup, FloorSeat} from '../../../server/api/floor.js';
import type {AgentStatus} from '../../../server/domain/model.js';
import {statusLook} from '../../agent/view/toolbar.js';
import {duration} from '../../format.js';
import {type Translate, translator} from '../../i18n/index.js';
import {fitHeight, fitWidth, type Line, type Span, span} from '../../line.js';
import {cellWidths, type Grid, gridOf, topOf} from '../../model/supervisor/seats.js';
import type {SupervisorState} from '../../model/supervisor/state.js';
import type {Tone} from '../../theme.js';
import {type CellContext, extensionCells} from './cells.js';

/**
 * `nowMs`: the time that running times show. It goes by whole seconds, so that all of them change together and a change of status is not
 * held up by them. `isOff`: the dark half of a blink.
 */
export type Moment = {nowMs: number; isStale: boolean; isOff: boolean};

export function cellContext(state: SupervisorState, {nowMs, isStale, isOff}: Moment): CellContext {
	return {
		nowMs,
		isStale,
		isOff,
		selected: state.selected,
		hasCursor: state.input === null && state.opened === null,
		extensionCells: extensionCells(state.floor.seats.values()),
		columns: state.size.columns,
		me: state.view?.operator.id,
		t: translator(state.lang),
	};
}

/** Seats side by side, each `width` cells wide; with `spots` at their places in an office. `context`: all else that they show. */
export type SeatsRow = {
	seats: readonly FloorSeat[];
	spots: readonly number[] | undefined;
	marks: ReadonlyArray<{at: number; text: string}>;
	width: number;
	density: Grid['density'];
	context: CellContext;
};
/** A row of the screen: a line over its whole width, or seats. */
export type Row = Line | SeatsRow;
export const isSeatsRow = (row: Row): row is SeatsRow => 'seats' in row;

/** The cell where a seat of a row begins. */
export const seatX = ({spots, width}: SeatsRow, at: number): number => (spots?.[at] ?? at) * width;

/** The grid in exactly `rows` rows. */
export function gridRows(state: SupervisorState, rows: number, moment: Moment): Row[] {
	if (rows <= 0) return [];
	const t = translator(state.lang);
	const grid = gridOf(state, rows);
	const context = cellContext(state, moment);
	const {columns} = context;
	if (state.floor.seats.size === 0 || grid.lines.length === 0) {
		const lines = [[], fitWidth(emptyLine(state, t), columns), ...headings(state, rows, context)];
		return fitHeight(lines, rows);
	}
	const top = topOf(grid, state.selected, state.top, rows);
	const width = grid.density === 'rows' ? columns : cellWidths[grid.density];
	const shown = grid.lines.slice(top, top + rows).map((line): Row => {
		if (line.kind === 'group') return groupLine(line.group, line.seats, context);
		if (line.kind === 'office') return fitWidth([span(`-- ${line.name}`, moment.isStale ? 'dim' : 'title')], columns);
		return {seats: line.seats, spots: line.spots, marks: line.marks ?? noMarks, width, density: grid.density, context};
	});
	if (grid.lines.length > top + rows && rows > 2) {
		const count = grid.lines.slice(top + rows - 1).reduce((sum, line) => sum + (line.kind === 'seats' ? line.seats.length : 0), 0);
		shown[rows - 1] = [span(`  ${t('sv.more', {count})}  PgDn`, 'dim')];
	}
	while (shown.length < rows) shown.push([]);
	return shown;
}

const noMarks: SeatsRow['marks'] = [];

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
		return [span(shape, isStale ? 'dim' : tone), span(` ${count}${gap}`, isStale ? 'dim' : 'plain')];
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
