/**
 * How many calls were dialled on this day, by trunk, by operator and by telephone. Counted is every call to the outside when it is
 * dialled, whoever asked for it: a list, a hand, a transfer, a caller who is sent on. Where a limit goes by the count it is on the disk
 * before the call goes out: a service that is killed has counted a call too many rather than one too few.
 */
import {type Context, note, operatorOf, persist, tell} from '../context.js';
import type {TelephonyEffect} from '../effects.js';
import type {World} from '../world.js';
import {endOfDayMs, localDay} from '../zone.js';

/** Whose calls are counted: the name of a trunk, the id of an operator, an extension. */
export type Counted = {kind: 'trunk' | 'operator' | 'phone'; id: string};
/** Calls of one local day, by `kind id`. */
export type DialCounts = {day: number; byScope: Map<string, number>};

export const scopeOf = ({kind, id}: Counted): string => `${kind} ${id}`;

/** The day that is counted for. Where the clock was set back the later day goes on: no limit is given twice. */
const dayOf = (world: World, nowMs: number): number => Math.max(world.dialCounts.day, localDay(world, nowMs));

export function callsToday(world: World, counted: Counted, nowMs: number): number {
	return world.dialCounts.day === dayOf(world, nowMs) ? (world.dialCounts.byScope.get(scopeOf(counted)) ?? 0) : 0;
}

/** When the next day begins. */
export const nextDayMs = (world: World, nowMs: number): number => endOfDayMs(world, dayOf(world, nowMs));

/** The most calls a day; undefined: any number. */
export function dayMaxOf(world: World, {kind, id}: Counted): number | undefined {
	const {config, settings} = world;
	if (kind === 'operator') return operatorOf(world, id)?.callsPerDayMax ?? settings.operatorCallsPerDayMax;
	if (kind === 'phone') return settings.phoneCallsPerDayMax;
	return config.trunks.find(({name}) => name === id)?.callsPerDayMax;
}

/** One more call for each of these. Said in the logs when it was the last. */
export function countCall(ctx: Context, all: readonly Counted[]): void {
	const {world, nowMs} = ctx;
	const day = dayOf(world, nowMs);
	if (world.dialCounts.day !== day) world.dialCounts = {day, byScope: new Map()};
	for (const counted of all) {
		const calls = callsToday(world, counted, nowMs) + 1;
		world.dialCounts.byScope.set(scopeOf(counted), calls);
		if (calls !== dayMaxOf(world, counted)) continue;
		const data = {...counted, calls, untilMs: nextDayMs(world, nowMs)};
		note(ctx, 'limit.reached', {reason: `${counted.kind}Day`, data});
		ctx.effects.push({type: 'log', level: 'warn', text: 'the calls of the day are used up', data});
	}
	persist(ctx, {op: 'putCounts', day, counts: all.map(each => [scopeOf(each), callsToday(world, each, nowMs)])});
}

/** An administrator gives the day anew. */
export function clearCount(ctx: Context, counted: Counted, actor: string): void {
	const {day, byScope} = ctx.world.dialCounts;
	const calls = callsToday(ctx.world, counted, ctx.nowMs);
	byScope.delete(scopeOf(counted));
	persist(ctx, {op: 'putCounts', day, counts: [[scopeOf(counted), 0]]});
	note(ctx, 'limit.cleared', {actor, data: {...counted, calls}});
	ctx.look = true;
}

type Dial = Extract<TelephonyEffect, {type: 'dial'}>;

/** Dials, counts it, and holds the line. `operatorId`: who wanted it, where it was a person. */
export function dialOut(ctx: Context, dial: Dial, operatorId?: string): void {
	const {world} = ctx;
	const counted: Counted[] = [{kind: 'trunk', id: dial.trunk}];
	if (operatorId !== undefined) counted.push({kind: 'operator', id: operatorId});
	countCall(ctx, counted);
	holdLine(world, dial.legId, {trunk: dial.trunk, out: true, ...(operatorId !== undefined && {operatorId})});
	// With the store out of order people still call by hand; what they call is counted when it is back.
	const isExact = counted.some(each => dayMaxOf(world, each) !== undefined) && !world.partsDown.has('store');
	tell(ctx, isExact ? {...dial, claim: true} : dial);
}

/** A leg with the outside, or one that a telephone has dialled itself; counted as long as somebody owns the leg. */
export type HeldLine = {trunk?: string; extension?: string; operatorId?: string; out: boolean};

/** Lines of legs that are gone are swept away when they are as many as those that are not. */
export function holdLine(world: World, legId: string, line: HeldLine): void {
	const {lines, legs} = world;
	if (lines.size > 2 * legs.size + 20) for (const held of lines.keys()) if (!legs.has(held)) lines.delete(held);
	lines.set(legId, line);
}
