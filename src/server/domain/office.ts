/**
 * オフィスレイアウト: an office as rows of desks from the top to the bottom. A row is words between blanks, one for each place: digits
 * are the extension of a seat, `.` is a place without one, anything else is a label such as 窓側. Pure, and the same on both sides.
 */
export type Office = {id: string; name: string /** Such as `1001 1002 . 窓側`. */; rows: string[]};

/** What stands at one place. */
export type Place = {seat: string} | {label: string} | null;

export const officeRowsMax = 200;
export const officeColumnsMax = 100;
export const labelMax = 20;

export function placesOf(row: string): Place[] {
	return row
		.split(' ')
		.filter(word => word !== '')
		.map(word => (word === '.' ? null : /^\d+$/.test(word) ? {seat: word} : {label: word}));
}

/** The row as it is written; empty places at its end are left out. */
export function rowOf(places: readonly Place[]): string {
	const words = places.map(place => (place === null ? '.' : 'seat' in place ? place.seat : place.label));
	while (words.length > 1 && words.at(-1) === '.') words.pop();
	return words.length === 0 ? '.' : words.join(' ');
}

export const officeColumns = ({rows}: Pick<Office, 'rows'>): number => Math.max(0, ...rows.map(row => placesOf(row).length));

/** Extensions in the order in which they stand. */
export const seatsOf = ({rows}: Pick<Office, 'rows'>): string[] =>
	rows.flatMap(row => placesOf(row).flatMap(place => (place && 'seat' in place ? [place.seat] : [])));

/** What is wrong with the rows; undefined when nothing is. `known`: extensions that there are. */
export function officeFault(
	{rows}: Pick<Office, 'rows'>,
	known: ReadonlySet<string>,
): {fault: 'unknown' | 'twice' | 'tooWide' | 'tooHigh' | 'longLabel'; given: string} | undefined {
	if (rows.length > officeRowsMax) return {fault: 'tooHigh', given: String(rows.length)};
	const seen = new Set<string>();
	for (const row of rows) {
		const places = placesOf(row);
		if (places.length > officeColumnsMax) return {fault: 'tooWide', given: String(places.length)};
		for (const place of places) {
			if (!place) continue;
			if ('label' in place) {
				if ([...place.label].length > labelMax) return {fault: 'longLabel', given: place.label};
				continue;
			}
			if (!known.has(place.seat)) return {fault: 'unknown', given: place.seat};
			if (seen.has(place.seat)) return {fault: 'twice', given: place.seat};
			seen.add(place.seat);
		}
	}
	return undefined;
}
