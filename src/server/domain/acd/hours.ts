/** Business hours in local time. */
import {dayNumber, localTime} from '../calendar.js';
import type {BusinessHours, OpenWindow} from './settings.js';

/** Whether the house is open. A window over midnight belongs to the day it begins: a holiday after it does not cut it short. */
export function isOpen(hours: BusinessHours, nowMs: number, serviceOffsetMs: number): boolean {
	return isOpenAt(hours, nowMs, hours.utcOffsetMs ?? serviceOffsetMs);
}

/** The same where local time is ahead of UTC by this. */
export function isOpenAt(hours: BusinessHours, nowMs: number, offsetMs: number): boolean {
	const today = dayNumber(nowMs, offsetMs);
	const {hour, minute} = localTime(nowMs, offsetMs);
	const at = hour * 60 + minute;
	return hours.windows.some(window => {
		const from = minutesOf(window.from);
		const to = minutesOf(window.to);
		const overnight = to <= from;
		if (begins(hours, window, today, offsetMs) && at >= from && (overnight || at < to)) return true;
		return overnight && at < to && begins(hours, window, today - 1, offsetMs);
	});
}

function begins(hours: BusinessHours, window: OpenWindow, day: number, offsetMs: number): boolean {
	// 1970-01-01 was a Thursday.
	if (!window.days.includes((((day + 4) % 7) + 7) % 7)) return false;
	const {year, month, day: dayOfMonth} = localTime(day * 86_400_000 - offsetMs, offsetMs);
	const date = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`;
	return !hours.holidays.includes(date);
}

/** `HH:MM`, up to 24:00. */
function minutesOf(text: string): number {
	const [hour = 0, minute = 0] = text.split(':').map(Number);
	return hour * 60 + minute;
}
