/** The centre's local time, with daylight saving: offsets are data, given at the start for years ahead. */
import {dayMs, dayNumber} from './calendar.js';
import type {Context} from './context.js';
import {clearTimer} from './context.js';
import type {World} from './world.js';

/** From `atMs` on the local time is UTC plus `utcOffsetMs`. */
export type OffsetChange = {atMs: number; utcOffsetMs: number};

/** Clocks have been put forward or back since the last event. */
export function followZone(ctx: Context): void {
	const {settings, config} = ctx.world;
	const passed = settings.offsetChanges.filter(({atMs}) => atMs <= ctx.nowMs);
	const newest = passed.at(-1);
	if (!newest) return;
	settings.utcOffsetMs = newest.utcOffsetMs;
	settings.offsetChanges = settings.offsetChanges.slice(passed.length);
	// They were set by the clock that was.
	for (const {campaignId} of config.autoDials) clearTimer(ctx, 'pace', `hours ${campaignId}`);
	for (const {name} of config.trunks) clearTimer(ctx, 'pace', `day ${name}`);
	ctx.look = true;
}

/** When the local day that has that number ends: 23, 24 or 25 hours after it began. */
export function endOfDayMs({settings}: Pick<World, 'settings'>, day: number): number {
	const endMs = (day + 1) * dayMs - settings.utcOffsetMs;
	const [next] = settings.offsetChanges;
	return next && next.atMs <= endMs ? Math.max(next.atMs, (day + 1) * dayMs - next.utcOffsetMs) : endMs;
}

export const localDay = ({settings}: Pick<World, 'settings'>, nowMs: number): number => dayNumber(nowMs, settings.utcOffsetMs);
