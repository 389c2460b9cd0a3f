/**
 * How old the figures on the screen are. Two things make them old: nothing was heard, or what is heard was sent long ago (a process
 * that was stopped finds an hour of frames in its buffer). The age is counted on a clock that nobody sets; the service's clock, which
 * may be set, only tells how much later than others a frame came. Pure.
 */

export type Freshness = {
	/** When the newest frame was true, on our monotonic clock; nothing was heard yet: undefined. */
	heardMs: number | undefined;
	/** The service's clock minus ours, by the frames that came fastest. */
	aheadMs: number;
	/** Since when all frames come late. */
	lateSinceMs: number | undefined;
};

/** Older figures are not shown as if they were live. */
export const staleMs = 3_000;
/** A frame may be so much later than the fastest without being called late. */
const jitterMs = 1_000;
/** Everything late for so long: not the frames are late, the service's clock was set back. */
const clockSetMs = 5_000;

export const nothingHeard: Freshness = {heardMs: undefined, aheadMs: 0, lateSinceMs: undefined};

/** After a frame that the service sent at `serviceMs` by its clock. */
export function heard(before: Freshness, serviceMs: number, monoMs: number): Freshness {
	const aheadMs = serviceMs - monoMs;
	const {lateSinceMs} = before;
	const lagMs = before.aheadMs - aheadMs;
	const isClockSet = lateSinceMs !== undefined && monoMs - lateSinceMs > clockSetMs;
	if (before.heardMs === undefined || lagMs <= 0 || isClockSet) return {heardMs: monoMs, aheadMs, lateSinceMs: undefined};
	// Clocks drift apart by seconds in a day: what was fastest once must not count for ever.
	if (lagMs <= jitterMs) return {heardMs: monoMs, aheadMs: before.aheadMs - lagMs / 16, lateSinceMs: undefined};
	return {heardMs: Math.max(before.heardMs, monoMs - lagMs), aheadMs: before.aheadMs, lateSinceMs: lateSinceMs ?? monoMs};
}

/** Milliseconds since the figures were true; undefined while nothing was heard. */
export function ageMs({heardMs}: Freshness, monoMs: number): number | undefined {
	return heardMs === undefined ? undefined : Math.max(0, monoMs - heardMs);
}

export function isStale(freshness: Freshness, monoMs: number): boolean {
	const age = ageMs(freshness, monoMs);
	return age === undefined || age > staleMs;
}
