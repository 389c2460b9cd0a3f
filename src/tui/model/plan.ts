/** Where seats stand, from the offices as they were drawn: for lists of colleagues and the supervisors' grid. Pure. */
import {type Office, placesOf} from '../../server/domain/office.js';

export type Spot = {x: number; y: number};
/** One row of desks, or the heading of an office. `at`: its place from the left. */
export type PlanRow =
	| {kind: 'heading'; name: string}
	| {kind: 'desks'; seats: ReadonlyArray<{at: number; extension: string}>; labels: ReadonlyArray<{at: number; text: string}>};

/** The offices one below the other; a heading stands above each where there are several. */
export function planRows(offices: Iterable<Office>): PlanRow[] {
	const all = [...offices].sort((a, b) => (a.id < b.id ? -1 : 1));
	return all.flatMap(({name, rows}): PlanRow[] => [
		...(all.length > 1 ? [{kind: 'heading' as const, name}] : []),
		...rows.map((row): PlanRow => {
			const places = placesOf(row);
			return {
				kind: 'desks',
				seats: places.flatMap((place, at) => (place && 'seat' in place ? [{at, extension: place.seat}] : [])),
				labels: places.flatMap((place, at) => (place && 'label' in place ? [{at, text: place.label}] : [])),
			};
		}),
	]);
}

/** The place of every seat, counted in rows of the plan. */
export function spotsOf(rows: readonly PlanRow[]): Map<string, Spot> {
	const spots = new Map<string, Spot>();
	for (const [y, row] of rows.entries()) if (row.kind === 'desks') for (const {at: x, extension} of row.seats) spots.set(extension, {x, y});
	return spots;
}

export type Direction = 'up' | 'down' | 'left' | 'right';

/** The nearest of `others` in that direction; undefined when nobody sits there. What lies to the side counts double. */
export function nextSpot(from: Spot, direction: Direction, others: Iterable<readonly [string, Spot]>): string | undefined {
	let best: {extension: string; distance: number} | undefined;
	for (const [extension, {x, y}] of others) {
		const [ahead, aside] = {
			up: [from.y - y, Math.abs(x - from.x)],
			down: [y - from.y, Math.abs(x - from.x)],
			left: [from.x - x, Math.abs(y - from.y)],
			right: [x - from.x, Math.abs(y - from.y)],
		}[direction] as [number, number];
		if (ahead <= 0) continue;
		const distance = ahead + 2 * aside;
		if (!best || distance < best.distance) best = {extension, distance};
	}
	return best?.extension;
}
