/** Business hours in local time. */
import {dateText, dayMs, dayNumber} from '../calendar.js';
import type {BusinessHours, OpenWindow} from './settings.js';

/** Whether the house is open. A window over midnight belongs to the day it begins: a holiday after it does not cut it short. */
export function isOpen(hours: BusinessHours, nowMs: number, serviceOffsetMs: number): boolean {
	return isOpenAt(hours, nowMs, hours.utcOffsetMs ?? serviceOffsetMs);
}

/** The same where local time is ahead of UTC by this. */
export function isOpenAt(hours: BusinessHours, nowMs: number, offsetMs: number): boolean {
	const today = dayNumber(nowMs, offsetMs);
	const at = Math.floor((nowMs + offsetMs - today * dayMs) / 60_000);
	// Asked at every step for every campaign: what costs most comes last.
	return hours.windows.some(window => {
		const from = minutesOf(window.from);
		const to = minutesOf(window.to);
		const overnight = to <= from;
		if (at >= from && (overnight || at < to) && begins(hours, window, today)) return true;
		return overnight && at < to && begins(hours, window, today - 1);
	});
}

function begins({holidays}: BusinessHours, window: OpenWindow, day: number): boolean {
	// 1970-01-01 was a Thursday.
	if (!window.days.includes((((day + 4) % 7) + 7) % 7)) return false;
	return holidays.length === 0 || !holidays.includes(dateText(day * dayMs, 0));
}

/** `HH:MM`, up to 24:00. */
function minutesOf(text: string): number {
	const colon = text.indexOf(':');
	return Number(text.slice(0, colon)) * 60 + Number(text.slice(colon + 1));
}
