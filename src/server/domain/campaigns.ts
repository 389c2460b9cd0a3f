/** Whether a campaign is being worked. */
import {dateText} from './calendar.js';
import type {Campaign} from './model.js';

/** Only 実施中 within its period is worked: nothing is dialled for any other. */
export function isOpen(campaign: Campaign | undefined, nowMs: number, utcOffsetMs: number): boolean {
	return campaign?.status === 'running' && inPeriod(campaign, nowMs, utcOffsetMs);
}

/** Between the first and the last day, both included. */
export function inPeriod({fromDay, untilDay}: Campaign, nowMs: number, utcOffsetMs: number): boolean {
	if (fromDay === undefined && untilDay === undefined) return true;
	const today = dateText(nowMs, utcOffsetMs);
	return (fromDay === undefined || today >= fromDay) && (untilDay === undefined || today <= untilDay);
}
