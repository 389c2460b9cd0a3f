/** The seats in their order, and where each is in the grid. Pure; a thousand seats are ordered in about a millisecond. */
import type {Floor, FloorGroup, FloorSeat} from '../../../server/api/floor.js';
import type {AgentStatus} from '../../../server/domain/model.js';
import {type Translate, translator} from '../../i18n/index.js';
import {planRows} from '../plan.js';
import type {Density, Order, SupervisorState} from './state.js';

/** Cells of one seat at each size; `rows` takes the whole line. */
export const cellWidths: Record<Exclude<Density, 'auto' | 'rows'>, number> = {cards: 40, cells: 27, dots: 14};

export type GridLine =
	| {kind: 'group'; group: FloorGroup | null; seats: readonly FloorSeat[]}
	/** `spots`: their places in an office, from the left; without them they stand beside each other. `marks`: labels, and seats nobody is logged in at. */
	| {kind: 'seats'; seats: readonly FloorSeat[]; spots?: readonly number[]; marks?: ReadonlyArray<{at: number; text: string}>}
	| {kind: 'office'; name: string};
export type Grid = {density: Exclude<Density, 'auto'>; perLine: number; lines: readonly GridLine[]};

/** As the field sorts trouble: what may need somebody comes first. */
const statusOrder: readonly AgentStatus[] = [
	'phoneDown',
	'offline',
	'ringing',
	'held',
	'transferring',
	'talkingIn',
	'talkingOut',
	'dialling',
	'wrapUp',
	'ready',
	'away',
	'break',
];

const collator = new Intl.Collator('ja');
const byExtension = (a: FloorSeat, b: FloorSeat): number =>
	a.extension.length - b.extension.length || (a.extension < b.extension ? -1 : a.extension > b.extension ? 1 : 0);
const compare: Record<Order, (a: FloorSeat, b: FloorSeat) => number> = {
	extension: byExtension,
	name: (a, b) => collator.compare(a.name, b.name) || byExtension(a, b),
	status: (a, b) => statusOrder.indexOf(a.status) - statusOrder.indexOf(b.status) || a.sinceMs - b.sinceMs || byExtension(a, b),
	time: (a, b) => a.sinceMs - b.sinceMs || byExtension(a, b),
};

const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

/** What a filter looks for in a seat: seats are replaced when they change, so it is put together once for each. */
const searched = new WeakMap<FloorSeat, {groups: Floor['groups']; t: Translate; text: string}>();

function searchedText(seat: FloorSeat, groups: Floor['groups'], t: Translate): string {
	const known = searched.get(seat);
	if (known?.groups === groups && known.t === t) return known.text;
	const own = seat.groupIds.map(id => groups.get(id)).map(group => (group ? `${group.number} ${group.name}` : ''));
	const help = seat.help ? t('sv.help') : '';
	const text = folded([seat.name, seat.extension, t(`status.${seat.status}`), help, seat.call?.number ?? '', ...own].join(' '));
	searched.set(seat, {groups, t, text});
	return text;
}

/** Whether every word of the filter is in the name, the extension, the status or a group of the seat. */
function fits(seat: FloorSeat, words: readonly string[], groups: Floor['groups'], t: Translate): boolean {
	if (words.length === 0) return true;
	const text = searchedText(seat, groups, t);
	return words.every(word => text.includes(word));
}

/** The groups with those of the seats that fit the filter; a seat stands in the first of its groups. */
function grouped({floor, filter, order, lang}: SupervisorState): Array<{group: FloorGroup | null; seats: FloorSeat[]}> {
	const t = translator(lang);
	const words = folded(filter).split(/\s+/).filter(Boolean);
	const groups = [...floor.groups.values()].sort((a, b) => (a.number < b.number ? -1 : 1));
	const seatsOf = new Map<string, FloorSeat[]>(groups.map(({groupId}) => [groupId, []]));
	const others: FloorSeat[] = [];
	for (const seat of [...floor.seats.values()].sort(compare[order])) {
		if (!fits(seat, words, floor.groups, t)) continue;
		const groupId = groups.find(group => seat.groupIds.includes(group.groupId))?.groupId;
		if (groupId === undefined) others.push(seat);
		else seatsOf.get(groupId)!.push(seat);
	}
	const all: Array<{group: FloorGroup | null; seats: FloorSeat[]}> = groups.map(group => ({group, seats: seatsOf.get(group.groupId)!}));
	if (others.length > 0) all.push({group: null, seats: others});
	// A group without seats is shown while nothing is filtered: somebody may wait there.
	return words.length > 0 ? all.filter(({seats}) => seats.length > 0) : all;
}

const perLineOf = (density: Exclude<Density, 'auto'>, columns: number): number =>
	density === 'rows' ? 1 : Math.max(1, Math.floor(columns / cellWidths[density]));

function linesOf(groups: ReturnType<typeof grouped>, perLine: number): GridLine[] {
	return groups.flatMap(({group, seats}): GridLine[] => {
		const lines: GridLine[] = [{kind: 'group', group, seats}];
		for (let at = 0; at < seats.length; at += perLine) lines.push({kind: 'seats', seats: seats.slice(at, at + perLine)});
		return lines;
	});
}

/** The seats as the offices were drawn: at the largest size in which the widest row fits. Whoever has no place there comes below. */
function officeGrid(state: SupervisorState): Grid {
	const plan = planRows(state.floor.offices.values());
	const {columns} = state.size;
	const across = Math.max(1, ...plan.flatMap(row => (row.kind === 'desks' ? [...row.seats, ...row.labels].map(({at}) => at + 1) : [])));
	const sizes = ['cards', 'cells', 'dots'] as const;
	const wanted = state.density === 'auto' || state.density === 'rows' ? sizes : ([state.density] as const);
	const density = wanted.find(size => across * cellWidths[size] <= columns) ?? 'dots';
	const found = grouped(state).flatMap(({seats}) => seats);
	const byExtension = new Map(found.map(seat => [seat.extension, seat]));
	const lines = plan.map((row): GridLine => {
		if (row.kind === 'heading') return {kind: 'office', name: row.name};
		const here = row.seats.flatMap(({at, extension}) => {
			const seat = byExtension.get(extension);
			byExtension.delete(extension);
			return seat ? [{at, seat}] : [];
		});
		const empty = row.seats.filter(({at}) => !here.some(other => other.at === at)).map(({at, extension}) => ({at, text: `  ${extension}`}));
		return {kind: 'seats', seats: here.map(({seat}) => seat), spots: here.map(({at}) => at), marks: [...row.labels, ...empty]};
	});
	const others = [...byExtension.values()];
	const perLine = perLineOf(density, columns);
	const below: GridLine = {kind: 'office', name: translator(state.lang)('sv.noPlace')};
	return {
		density,
		perLine,
		lines: [...lines, ...(others.length > 0 ? [below, ...linesOf([{group: null, seats: others}], perLine).slice(1)] : [])],
	};
}

/** The largest size at which all seats fit; else the smallest, and the grid scrolls. */
export function makeGrid(state: SupervisorState, rows: number): Grid {
	if (state.byOffice && state.floor.offices.size > 0) return officeGrid(state);
	const groups = grouped(state);
	const {columns} = state.size;
	const sizes = state.density === 'auto' ? (['rows', 'cards', 'cells', 'dots'] as const) : ([state.density] as const);
	let grid: Grid | undefined;
	for (const density of sizes) {
		const perLine = perLineOf(density, columns);
		const count = groups.reduce((sum, {seats}) => sum + 1 + Math.ceil(seats.length / perLine), 0);
		grid = {density, perLine, lines: []};
		if (count <= rows) break;
		// Where nothing fits as a whole, names are worth more than a few seats more at a glance.
		if (density === 'cells' && fitsNowhere(groups, columns, rows)) break;
	}
	return {...grid!, lines: linesOf(groups, grid!.perLine)};
}

function fitsNowhere(groups: ReturnType<typeof grouped>, columns: number, rows: number): boolean {
	const perLine = perLineOf('dots', columns);
	return groups.reduce((sum, {seats}) => sum + 1 + Math.ceil(seats.length / perLine), 0) > rows;
}

let last: {key: readonly unknown[]; grid: Grid} | undefined;

/** `makeGrid`, remembered for as long as nothing that it depends on changes: it is asked for at every key and every tick. */
export function gridOf(state: SupervisorState, rows: number): Grid {
	const key = [
		state.floor.seats,
		state.floor.groups,
		state.floor.offices,
		state.byOffice,
		state.filter,
		state.order,
		state.density,
		state.size.columns,
		rows,
		state.lang,
	];
	if (!last || !key.every((part, at) => part === last!.key[at])) last = {key, grid: makeGrid(state, rows)};
	return last.grid;
}

/** Line and place of a seat in the grid. */
export function placeOfSeat(grid: Grid, operatorId: string | null): {line: number; at: number} | undefined {
	if (operatorId === null) return undefined;
	for (const [line, row] of grid.lines.entries()) {
		if (row.kind !== 'seats') continue;
		const at = row.seats.findIndex(seat => seat.operatorId === operatorId);
		if (at >= 0) return {line, at};
	}
	return undefined;
}

/** The first line to be shown, so that the chosen seat is among the `rows` that are. */
export function topOf(grid: Grid, selected: string | null, top: number, rows: number): number {
	const most = Math.max(0, grid.lines.length - rows);
	const place = placeOfSeat(grid, selected);
	if (!place) return Math.min(top, most);
	// The heading above the first line of a group goes with it.
	const first = ['group', 'office'].includes(grid.lines[place.line - 1]?.kind ?? '') ? place.line - 1 : place.line;
	return Math.max(0, Math.min(most, Math.max(place.line - rows + 1, Math.min(top, first))));
}

/** Requests for help nobody has taken, the oldest first; then those somebody has. */
export function helpsOf({floor}: Pick<SupervisorState, 'floor'>): {open: FloorSeat[]; taken: FloorSeat[]} {
	const asking = [...floor.seats.values()].filter(({help}) => help).sort((a, b) => a.help!.sinceMs - b.help!.sinceMs);
	return {open: asking.filter(({help}) => !help!.takenBy), taken: asking.filter(({help}) => help!.takenBy)};
}
