/** Local time elsewhere, daylight-saving included. The same moment and zone give the same answer always. */

const quarterMs = 900_000;
const formats = new Map<string, Intl.DateTimeFormat>();
/** Offsets change at quarters of an hour only: the last one asked for is kept, by zone. */
const lastOf = new Map<string, {quarter: number; offsetMs: number}>();

/** Whether the platform knows this IANA name. */
export function isZone(timeZone: string): boolean {
	try {
		formatOf(timeZone);
		return true;
	} catch {
		return false;
	}
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
	let format = formats.get(timeZone);
	if (!format) formats.set(timeZone, (format = new Intl.DateTimeFormat('en-US', {timeZone, timeZoneName: 'longOffset'})));
	return format;
}

/** How far the local time of the zone is ahead of UTC then. @throws RangeError for a zone nobody knows. */
export function zoneOffsetMs(timeZone: string, atMs: number): number {
	const quarter = Math.floor(atMs / quarterMs);
	const last = lastOf.get(timeZone);
	if (last?.quarter === quarter) return last.offsetMs;
	const name = formatOf(timeZone)
		.formatToParts(quarter * quarterMs)
		.find(({type}) => type === 'timeZoneName')?.value;
	const [, sign, hours = '0', minutes = '0'] = /^GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name ?? '') ?? [];
	const offsetMs = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
	lastOf.set(timeZone, {quarter, offsetMs});
	return offsetMs;
}
