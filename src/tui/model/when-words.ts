/** Times as people say them: 明日10時半, 月曜 午後3時, 30分後, +90, fri 9:00. Pure: the present is an argument. */
import {datePartsAt, dateTime} from '../format.js';
import {completeDateTime} from './when.js';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const two = (value: number): string => String(value).padStart(2, '0');

const dayWords: ReadonlyArray<readonly [RegExp, number]> = [
	[/^(?:今日|本日|きょう|today)/, 0],
	[/^(?:明後日|あさって)/, 2],
	[/^(?:明日|翌日|あした|あす|tomorrow|tmr)/, 1],
];
const weekdayLetters = '日月火水木金土';
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * A time in the form 2026/07/14 10:00: everything `completeDateTime` understands, and words for days, the days of the week, 半,
 * 午前 and 午後, and times from now. Null: not understood, or no such time.
 */
export function completeTime(typed: string, nowMs: number, zone: string): string | null {
	const text = typed.normalize('NFKC').trim().toLowerCase();
	const later = fromNow(text, nowMs, zone);
	if (later !== null) return later;
	const day = dayOf(text, nowMs, zone);
	if (!day) {
		const minutes = minutesOf(text);
		return completeDateTime(minutes === null ? text : clock(minutes), nowMs, zone);
	}
	const minutes = minutesOf(day.rest.replace(/^(?:の|\s)+/, ''));
	if (minutes === null) return null;
	const {year, month, day: date} = datePartsAt(nowMs, zone);
	const at = new Date(Date.UTC(year, month - 1, date + day.days));
	return `${at.getUTCFullYear()}/${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())} ${clock(minutes)}`;
}

const clock = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;

/** Minutes from midnight of 10, 1030, 10:30, 10時半, 10時5分, 午後3時, 3pm; null for anything else. */
function minutesOf(text: string): number | null {
	const match = /^(午前|午後|am|pm)?\s*(\d{1,2})(?::?(\d{2})|時(?:(半)|(\d{1,2})分?)?)?\s*(am|pm)?$/.exec(text);
	if (!match) return null;
	const [, before, hourText, minuteText, half, minuteWord, after] = match;
	const noon = before ?? after;
	const hour = Number(hourText);
	const minute = half ? 30 : Number(minuteText ?? minuteWord ?? 0);
	if (hour > (noon ? 12 : 23) || minute > 59) return null;
	const isAfternoon = noon === '午後' || noon === 'pm';
	return ((noon ? hour % 12 : hour) + (isAfternoon ? 12 : 0)) * 60 + minute;
}

/** Days from today that a text begins with, and what follows. */
function dayOf(text: string, nowMs: number, zone: string): {days: number; rest: string} | null {
	for (const [word, days] of dayWords) if (word.test(text)) return {days, rest: text.replace(word, '')};
	const match = /^(来週の?)?(?:([日月火水木金土])曜?日?|(sun|mon|tue|wed|thu|fri|sat)[a-z]*)/.exec(text);
	if (!match) return null;
	const [whole, nextWeek, letter, name] = match;
	const weekday = letter ? weekdayLetters.indexOf(letter) : weekdayNames.indexOf(name!);
	const today = datePartsAt(nowMs, zone).weekday;
	const ahead = (weekday - today + 7) % 7 || 7;
	// A week begins on Monday: 来週の金曜 said on a Tuesday is ten days ahead.
	const fromMonday = (day: number): number => (day + 6) % 7;
	return {days: nextWeek ? 7 - fromMonday(today) + fromMonday(weekday) : ahead, rest: text.slice(whole.length)};
}

/** +30, 30分後, 2時間後, 3日後: to the minute. */
function fromNow(text: string, nowMs: number, zone: string): string | null {
	const match = /^\+(\d{1,4})(m|分|h|時間|d|日)?$/.exec(text) ?? /^(\d{1,4})(分|時間|日)後$/.exec(text);
	if (!match) return null;
	const unit = {h: 60 * minuteMs, 時間: 60 * minuteMs, d: dayMs, 日: dayMs}[match[2] ?? ''] ?? minuteMs;
	return dateTime(nowMs + Number(match[1]) * unit, zone);
}
