/** Calling hours (発信時間帯): open when the campaign's hours are, in the time of each region the customer may be in, and the region's own. */
import {isOpenAt} from '../../server/domain/acd/hours.js';
import {dayMs, dayNumber} from '../../server/domain/calendar.js';
import type {BusinessHours, Region} from '../../server/domain/model.js';
import {zoneOffsetMs} from './zones.js';

export type HoursRules = {
	/** Of the campaign. */
	campaign?: BusinessHours;
	hours: readonly BusinessHours[];
	regions: readonly Region[];
	/** Of the service. */
	utcOffsetMs: number;
};

/** Hours and the time they are read in. */
type Clock = {hours: BusinessHours; offsetAt: (atMs: number) => number};

/** Where a customer may be: by number and by prefecture, which need not agree; then both hold. */
export function regionsOf(regions: readonly Region[], number: string, prefecture: string | undefined): Region[] {
	let byNumber: Region | undefined;
	let longest = 0;
	for (const region of regions) {
		for (const prefix of region.prefixes) {
			if (prefix.length <= longest || !number.startsWith(prefix)) continue;
			longest = prefix.length;
			byNumber = region;
		}
	}
	const byPrefecture = prefecture ? regions.find(({prefectures}) => prefectures.includes(prefecture)) : undefined;
	return [...new Set([byNumber, byPrefecture])].flatMap(region => region ?? []);
}

function clocksOf({campaign, hours, utcOffsetMs}: HoursRules, regions: readonly Region[]): Clock[] {
	const clocks: Clock[] = [];
	for (const {timeZone, hoursId} of regions) {
		const offsetAt = (atMs: number) => zoneOffsetMs(timeZone, atMs);
		const own = hours.find(({id}) => id === hoursId);
		if (campaign) clocks.push({hours: campaign, offsetAt});
		if (own) clocks.push({hours: own, offsetAt});
	}
	if (campaign && regions.length === 0) clocks.push({hours: campaign, offsetAt: () => campaign.utcOffsetMs ?? utcOffsetMs});
	return clocks;
}

/** Undefined when a customer of these regions may be called now; else when that is so next, a day at most from now. */
export function closedUntil(rules: HoursRules, regions: readonly Region[], nowMs: number): number | undefined {
	const clocks = clocksOf(rules, regions);
	if (areOpen(clocks, nowMs)) return undefined;
	const begins = clocks.flatMap(clock => beginnings(clock, nowMs)).filter(atMs => areOpen(clocks, atMs));
	return Math.min(nowMs + dayMs, ...begins);
}

/** Undefined when some customer may be called now, wherever; else when somebody may be next. */
export function closedForAll(rules: HoursRules, nowMs: number): number | undefined {
	if (!rules.campaign) return undefined;
	let soonest = closedUntil(rules, [], nowMs);
	for (const region of rules.regions) {
		const untilMs = closedUntil(rules, [region], nowMs);
		if (untilMs === undefined || soonest === undefined) return undefined;
		soonest = Math.min(soonest, untilMs);
	}
	return soonest;
}

const areOpen = (clocks: readonly Clock[], atMs: number): boolean =>
	clocks.every(({hours, offsetAt}) => isOpenAt(hours, atMs, offsetAt(atMs)));

/** When its windows begin within the next day. Where the clock is put forward over one, a moment soon after. */
function beginnings({hours, offsetAt}: Clock, nowMs: number): number[] {
	const today = dayNumber(nowMs, offsetAt(nowMs));
	const found: number[] = [];
	for (const {from} of hours.windows) {
		const [hour = 0, minute = 0] = from.split(':').map(Number);
		for (const day of [today, today + 1, today + 2]) {
			const localMs = day * dayMs + (hour * 60 + minute) * 60_000;
			// By the offset before a change of the clock and the one after it: one of them is right, or the moment does not exist.
			const guessMs = localMs - offsetAt(nowMs);
			for (const beginMs of [guessMs, localMs - offsetAt(guessMs)]) if (beginMs > nowMs) found.push(beginMs);
		}
	}
	// A holiday or a weekend may end at midnight, within a window.
	for (const day of [today + 1, today + 2]) {
		const midnightMs = day * dayMs - offsetAt(day * dayMs - offsetAt(nowMs));
		if (midnightMs > nowMs) found.push(midnightMs);
	}
	return found;
}
