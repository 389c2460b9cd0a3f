/**
 * What a trunk, an operator and a telephone may have at a time and in a day: what a stolen password or a wild setting costs at most.
 * Each limit is decided here alone; who asks refuses with the answer, holds back by it, or shows it.
 */
import type {Refused} from '../effects.js';
import type {Held} from '../why/rules.js';
import type {World} from '../world.js';
import {type Counted, callsToday, dayMaxOf, type HeldLine, nextDayMs} from './day.js';

function linesThat(world: World, counts: (line: HeldLine) => boolean): number {
	let count = 0;
	for (const [legId, line] of world.lines) if (counts(line) && world.legs.has(legId)) count++;
	return count;
}

/** Calls whose operator's own telephone is still being rung: they go out as soon as it is up, and have been promised that. */
function promised(world: World, trunk: string): number {
	let count = 0;
	for (const call of world.calls.values()) if (call.legFirst && call.trunk === trunk && call.row.endedMs === undefined) count++;
	return count;
}

/** Lines of a trunk in use, by direction. Calls out include those that are promised. One pass: the dialler asks at every step. */
export function trunkLines(world: World, name: string, coming: number = promised(world, name)): {in: number; out: number} {
	const used = {in: 0, out: coming};
	for (const [legId, line] of world.lines) if (line.trunk === name && world.legs.has(legId)) used[line.out ? 'out' : 'in']++;
	return used;
}

export const operatorLines = (world: World, id: string): number => linesThat(world, ({operatorId}) => operatorId === id);
export const phoneLines = (world: World, number: string): number => linesThat(world, ({extension}) => extension === number);

const roomIn = (max: number | undefined, used: number): number => (max ? Math.max(0, max - used) : Number.POSITIVE_INFINITY);

/** Calls that may still go out by the trunk now, and the limit that says so first. */
export function trunkRoom(world: World, name: string, nowMs: number): {calls: number; held: Held | undefined} {
	const limits = world.config.trunks.find(trunk => trunk.name === name);
	if (!limits) return {calls: Number.POSITIVE_INFINITY, held: undefined};
	const {callsMax, callsOutMax, callsPerDayMax} = limits;
	const coming = promised(world, name);
	const used = callsMax || callsOutMax ? trunkLines(world, name, coming) : {in: 0, out: 0};
	const facts = {trunk: name};
	const rooms: Array<[number, Held]> = [
		[roomIn(callsPerDayMax, callsToday(world, {kind: 'trunk', id: name}, nowMs) + coming), dayOver(world, name, nowMs)],
		[roomIn(callsOutMax, used.out), {rule: 'trunkOut', value: callsOutMax ?? 0, facts}],
		[roomIn(callsMax, used.in + used.out), {rule: 'trunkLines', value: callsMax, facts}],
	];
	const calls = Math.min(...rooms.map(([room]) => room));
	return {calls, held: Number.isFinite(calls) ? rooms.find(([room]) => room === calls)![1] : undefined};
}

const dayOver = (world: World, name: string, nowMs: number): Held => ({
	rule: 'trunkDay',
	value: dayMaxOf(world, {kind: 'trunk', id: name}) ?? 0,
	facts: {trunk: name, untilAtMs: nextDayMs(world, nowMs)},
});

/** The trunk has had its calls of the day. */
export function trunkDayFull(world: World, name: string, nowMs: number): Held | undefined {
	const counted = {kind: 'trunk', id: name} as const;
	const max = dayMaxOf(world, counted);
	if (max === undefined || callsToday(world, counted, nowMs) + promised(world, name) < max) return undefined;
	return dayOver(world, name, nowMs);
}

/** Nothing more goes out by the trunk, now. */
export function trunkFull(world: World, name: string, nowMs: number): Held | undefined {
	const {calls, held} = trunkRoom(world, name, nowMs);
	return calls === 0 ? held : undefined;
}

/** No more callers are taken from the trunk, now. */
export function trunkInFull(world: World, name: string): Held | undefined {
	const max = world.config.trunks.find(trunk => trunk.name === name)?.callsInMax;
	return roomIn(max, trunkLines(world, name).in) === 0 ? {rule: 'trunkIn', value: max!, facts: {trunk: name}} : undefined;
}

function dayHeld(world: World, counted: Counted, nowMs: number): {value: number; untilAtMs: number} | undefined {
	const max = dayMaxOf(world, counted);
	const isUsedUp = max !== undefined && callsToday(world, counted, nowMs) >= max;
	return isUsedUp ? {value: max, untilAtMs: nextDayMs(world, nowMs)} : undefined;
}

/** The operator calls nobody outside any more: today, or until one of the calls is over. */
export function operatorFull(world: World, operatorId: string, nowMs: number): Held | undefined {
	const facts = {operator: operatorId};
	const day = dayHeld(world, {kind: 'operator', id: operatorId}, nowMs);
	if (day) return {rule: 'operatorDay', value: day.value, facts: {...facts, untilAtMs: day.untilAtMs}};
	const max = world.settings.operatorCallsMax;
	return roomIn(max, operatorLines(world, operatorId)) === 0 ? {rule: 'operatorCalls', value: max!, facts} : undefined;
}

/** The telephone dials nobody itself any more: today, or until one of its calls is over. */
export function phoneFull(world: World, extension: string, nowMs: number): Held | undefined {
	const facts = {extension};
	const day = dayHeld(world, {kind: 'phone', id: extension}, nowMs);
	if (day) return {rule: 'phoneDay', value: day.value, facts: {...facts, untilAtMs: day.untilAtMs}};
	const max = world.settings.phoneCallsMax;
	return roomIn(max, phoneLines(world, extension)) === 0 ? {rule: 'phoneCalls', value: max!, facts} : undefined;
}

const refusals: Partial<Record<Held['rule'], {code: Refused['code']; message: string}>> = {
	trunkDay: {code: 'trunkDayLimit', message: 'the line has had its calls of today'},
	trunkOut: {code: 'linesBusy', message: 'all lines for calls out are in use'},
	trunkLines: {code: 'linesBusy', message: 'all lines are in use'},
	operatorDay: {code: 'dayLimit', message: 'this operator has made the calls allowed in a day'},
	operatorCalls: {code: 'tooManyCalls', message: 'this operator has as many calls outside as allowed at a time'},
};

/** Why no call of this operator goes out by this trunk. */
export function outRefusal(world: World, operatorId: string, trunk: string, nowMs: number): Refused | undefined {
	const held = operatorFull(world, operatorId, nowMs) ?? trunkFull(world, trunk, nowMs);
	if (!held) return undefined;
	const {code, message} = refusals[held.rule]!;
	return {code, message: `${message} (${held.rule} ${held.value})`};
}

/** What a telephone or a carrier reads beside the status (RFC 3326). */
export const reasonTexts: Partial<Record<Held['rule'], string>> = {
	phoneDay: 'calls of the day used up',
	phoneCalls: 'too many calls at a time',
	trunkIn: 'all lines in use',
};
