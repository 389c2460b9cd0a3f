/** Calls under way as the tables of answer chances see them: each at its place, those of equal chance together. */
import {type CallTables, liftOf, placeCount, placeOf} from './call-model.js';
import type {Chances} from './outlook.js';
import type {PacingView} from './policy.js';

export type UnderWay = {
	/** Of each call: place in the tables. Of set-up first, then ringing, then detection. */
	places: number[];
	/** Of each call: chance against that of a usual one at the same place. Absent: all are usual. */
	lifts?: number[];
};

export function underWay(tables: CallTables, {setUpForMs, ringForMs, detectForMs, factors}: PacingView['calls']): UnderWay {
	const places: number[] = [];
	for (const ms of setUpForMs) places.push(placeOf.setUp(ms));
	for (const ms of ringForMs) places.push(placeOf.ring(ms));
	for (const ms of detectForMs) places.push(placeOf.detect(ms));
	if (!factors) return {places};
	const all = [...factors.setUp, ...factors.ring, ...factors.detect];
	return {places, lifts: places.map((place, call) => liftOf(tables, place, all[call] ?? 1))};
}

/** The calls of these numbers. */
export function pick({places, lifts}: UnderWay, calls: readonly number[]): UnderWay {
	const picked = (row: readonly number[]) => calls.map(call => row[call]!);
	return {places: picked(places), ...(lifts && {lifts: picked(lifts)})};
}

/** Chances below are put together into fewer, likelier ones: old calls are many and hardly count. */
const smallMax = 0.01;
const smallTogether = 0.03;

/** Makes the function that gives the chances of all these calls within a horizon; `more`: how much is added to them for caution. */
export function answersOf({places, lifts}: UnderWay, tables: CallTables, more: number): (horizon: number) => Chances {
	const whole = lifts ? {places, times: places.map(() => 1)} : grouped(places);
	return horizon => {
		const row = tables.within[horizon]!;
		const chances: number[] = [];
		const times: number[] = [];
		let small = 0;
		for (let at = 0; at < whole.places.length; at++) {
			const chance = Math.min(1, more * row[whole.places[at]!]! * (lifts ? lifts[at]! : 1));
			const count = whole.times[at]!;
			if (chance < smallMax) small += count * chance;
			else {
				chances.push(chance);
				times.push(count);
			}
		}
		if (small > 0) {
			const count = Math.ceil(small / smallTogether);
			chances.push(small / count);
			times.push(count);
		}
		return {chances, times};
	};
}

/** Each place once, and how many calls are there. */
function grouped(places: readonly number[]): {places: number[]; times: number[]} {
	const counts = new Uint16Array(placeCount);
	const each: number[] = [];
	for (const place of places) if (counts[place]!++ === 0) each.push(place);
	return {places: each, times: each.map(place => counts[place]!)};
}
