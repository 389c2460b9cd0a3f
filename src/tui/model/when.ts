/** Dates and times as people type them. Pure: the present is an argument. */
import {datePartsAt} from '../format.js';

const two = (value: number): string => String(value).padStart(2, '0');

function real(year: number, month: number, day: number): boolean {
	const date = new Date(Date.UTC(year, month - 1, day));
	return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/**
 * A next-action time in the form 2026/07/14 10:00. Understood: 1630, 16:30, 7/14 10:00, 0714 1000, 2026/7/14 10:00, and the
 * same with 年月日時分, full-width digits or hyphens. A time alone is today's, or tomorrow's once it is past; a day without
 * a year is the next such day. Null: not understood, or no such time.
 */
export function completeDateTime(typed: string, nowMs: number, zone: string): string | null {
	const text = typed
		.normalize('NFKC')
		.trim()
		.replace(/[年月.-]/g, '/')
		.replace(/日/g, ' ')
		.replace(/時/g, ':')
		.replace(/分/g, '')
		.replace(/T/i, ' ');
	const match = /^(?:(?:(\d{4})\/)?(\d{1,2})\/?(\d{1,2})\s+)?(\d{1,2}):?(\d{2})?$/.exec(
		text.replace(/:$/, ':00').replace(/^(\d{4})(\d{2})(\d{2})\s/, '$1/$2/$3 '),
	);
	if (!match) return null;
	const [, yearText, monthText, dayText, hourText, minuteText] = match;
	const hour = Number(hourText);
	const minute = Number(minuteText ?? 0);
	if (hour > 23 || minute > 59) return null;
	const now = datePartsAt(nowMs, zone);
	let {year, month, day} = now;
	if (monthText && dayText) {
		month = Number(monthText);
		day = Number(dayText);
		const isPast =
			month < now.month ||
			(month === now.month && (day < now.day || (day === now.day && hour * 60 + minute <= now.hour * 60 + now.minute)));
		// A day just gone by is a slip, not next year's promise: only dates half a year back or more mean next year.
		year = yearText ? Number(yearText) : isPast && (now.month - month + 12) % 12 >= 6 ? now.year + 1 : now.year;
	} else if (hour * 60 + minute <= now.hour * 60 + now.minute) {
		const tomorrow = new Date(Date.UTC(now.year, now.month - 1, now.day + 1));
		({year, month, day} = {year: tomorrow.getUTCFullYear(), month: tomorrow.getUTCMonth() + 1, day: tomorrow.getUTCDate()});
	}
	return real(year, month, day) ? `${year}/${two(month)}/${two(day)} ${two(hour)}:${two(minute)}` : null;
}

/** A date in the form 1980/04/01 from 19800401, 1980-4-1, 1980年4月1日; null when it is none. */
export function completeDate(typed: string): string | null {
	const text = typed
		.normalize('NFKC')
		.trim()
		.replace(/[年月.-]/g, '/')
		.replace(/日$/, '');
	const match = /^(\d{4})\/?(\d{1,2})\/?(\d{1,2})$/.exec(text);
	if (!match) return null;
	const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
	return real(year, month, day) ? `${year}/${two(month)}/${two(day)}` : null;
}
