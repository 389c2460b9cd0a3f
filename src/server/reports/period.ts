/** The time a report is about: half open, cut into hours or days of local time. */
import {dayMs} from '../domain/calendar.js';

export type Period = {fromMs: number; untilMs: number; utcOffsetMs: number};
export const hourMs = 3_600_000;
/** Beyond, an hour would be too small to see. */
const hoursShownMax = 48;

export const within = ({fromMs, untilMs}: Period, atMs: number): boolean => atMs >= fromMs && atMs < untilMs;

/** Beginning of the local hour or day. */
export function startOf(unit: 'hour' | 'day', atMs: number, utcOffsetMs: number): number {
	const stepMs = unit === 'hour' ? hourMs : dayMs;
	return Math.floor((atMs + utcOffsetMs) / stepMs) * stepMs - utcOffsetMs;
}

/** What a line of small bars shows of this period. */
export const unitOf = ({fromMs, untilMs}: Period): 'hour' | 'day' => (untilMs - fromMs <= hoursShownMax * hourMs ? 'hour' : 'day');

/** Beginnings of all hours or days that the period touches. */
export function steps(period: Period, unit: 'hour' | 'day'): number[] {
	const all: number[] = [];
	const stepMs = unit === 'hour' ? hourMs : dayMs;
	for (let at = startOf(unit, period.fromMs, period.utcOffsetMs); at < period.untilMs; at += stepMs) all.push(at);
	return all;
}
