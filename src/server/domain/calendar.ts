/**
 * Calendar arithmetic without the platform's clock or time zones: a local time is UTC plus a fixed offset.
 * Days are counted from 1970-01-01 in the proleptic Gregorian calendar.
 */
export const dayMs = 86_400_000;

export type LocalTime = {year: number; month: number; day: number; hour: number; minute: number};

/** Days since 1970-01-01 of a date that exists. */
export function daysOf(year: number, month: number, day: number): number {
	// March is counted as the first month, so that a leap day is the last day of its year.
	const y = month <= 2 ? year - 1 : year;
	const era = Math.floor(y / 400);
	const yearOfEra = y - era * 400;
	const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
	const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
	return era * 146_097 + dayOfEra - 719_468;
}

export function dateOf(days: number): {year: number; month: number; day: number} {
	const z = days + 719_468;
	const era = Math.floor(z / 146_097);
	const dayOfEra = z - era * 146_097;
	const yearOfEra = Math.floor(
		(dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
	);
	const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
	const shifted = Math.floor((5 * dayOfYear + 2) / 153);
	const month = shifted < 10 ? shifted + 3 : shifted - 9;
	return {year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1};
}

export function dateExists(year: number, month: number, day: number): boolean {
	if (month < 1 || month > 12 || day < 1 || day > 31) return false;
	const back = dateOf(daysOf(year, month, day));
	return back.year === year && back.month === month && back.day === day;
}

/** The local day, as a number that counts up. */
export function dayNumber(atMs: number, utcOffsetMs: number): number {
	return Math.floor((atMs + utcOffsetMs) / dayMs);
}

export function localTime(atMs: number, utcOffsetMs: number): LocalTime {
	const local = atMs + utcOffsetMs;
	const days = Math.floor(local / dayMs);
	const minutes = Math.floor((local - days * dayMs) / 60_000);
	return {...dateOf(days), hour: Math.floor(minutes / 60), minute: minutes % 60};
}

export function epochMs(time: LocalTime, utcOffsetMs: number): number {
	return daysOf(time.year, time.month, time.day) * dayMs + (time.hour * 60 + time.minute) * 60_000 - utcOffsetMs;
}

/** Such as 2026-04-01. */
export function dateText(atMs: number, utcOffsetMs: number): string {
	const {year, month, day} = localTime(atMs, utcOffsetMs);
	return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
