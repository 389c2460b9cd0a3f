/** How far the limits are used up: what `kaden edge` shows. */
import type {World} from '../world.js';
import {type Counted, callsToday, dayMaxOf, nextDayMs} from './day.js';
import {operatorFull, operatorLines, phoneFull, phoneLines, trunkFull, trunkInFull, trunkLines} from './limits.js';

/** One trunk, operator or telephone. Absent limits: none. `reached`: the limits that refuse the next call, by rule. */
export type LimitUse = Counted & {
	today: number;
	dayMax?: number;
	out: number;
	outMax?: number;
	/** Of trunks: calls in, and all lines. */
	in?: number;
	inMax?: number;
	linesMax?: number;
	reached: string[];
};

/** Every trunk, and the operators and telephones that have called anybody today or do now. `endMs`: when the day is over. */
export function limitUses(world: World, nowMs: number): {endMs: number; uses: LimitUse[]} {
	const named = (kind: Counted['kind'], of: (line: {operatorId?: string; extension?: string}) => string | undefined): string[] => {
		const counted = [...world.dialCounts.byScope.keys()].flatMap(scope =>
			scope.startsWith(`${kind} `) ? [scope.slice(kind.length + 1)] : [],
		);
		const lines = [...world.lines].flatMap(([legId, line]) => (world.legs.has(legId) ? (of(line) ?? []) : []));
		return [...new Set([...counted, ...lines])].sort();
	};
	// Whoever may call nobody has called nobody.
	const own = world.config.operators.filter(({callsPerDayMax}) => callsPerDayMax !== undefined).map(({id}) => id);
	const uses = [
		...world.config.trunks.map(({name}) => trunkUse(world, name, nowMs)),
		...[...new Set([...named('operator', ({operatorId}) => operatorId), ...own])].sort().map(id => operatorUse(world, id, nowMs)),
		...named('phone', ({extension}) => extension).map(id => phoneUse(world, id, nowMs)),
	];
	return {
		endMs: nextDayMs(world, nowMs),
		uses: uses.filter(({kind, today, out, reached}) => kind === 'trunk' || today > 0 || out > 0 || reached.length > 0),
	};
}

const limit = <K extends string>(name: K, value: number | undefined): {[P in K]?: number} =>
	(value ? {[name]: value} : {}) as {[P in K]?: number};

function dayUse(world: World, counted: Counted, nowMs: number): Counted & {today: number; dayMax?: number} {
	const dayMax = dayMaxOf(world, counted);
	return {...counted, today: callsToday(world, counted, nowMs), ...(dayMax !== undefined && {dayMax})};
}

const rules = (...held: Array<{rule: string} | undefined>): string[] => held.flatMap(each => each?.rule ?? []);

function trunkUse(world: World, id: string, nowMs: number): LimitUse {
	const {callsMax, callsOutMax, callsInMax} = world.config.trunks.find(({name}) => name === id)!;
	return {
		...dayUse(world, {kind: 'trunk', id}, nowMs),
		...trunkLines(world, id),
		...limit('outMax', callsOutMax),
		...limit('inMax', callsInMax),
		...limit('linesMax', callsMax),
		reached: rules(trunkFull(world, id, nowMs), trunkInFull(world, id)),
	};
}

function operatorUse(world: World, id: string, nowMs: number): LimitUse {
	return {
		...dayUse(world, {kind: 'operator', id}, nowMs),
		out: operatorLines(world, id),
		...limit('outMax', world.settings.operatorCallsMax),
		reached: rules(operatorFull(world, id, nowMs)),
	};
}

function phoneUse(world: World, id: string, nowMs: number): LimitUse {
	return {
		...dayUse(world, {kind: 'phone', id}, nowMs),
		out: phoneLines(world, id),
		...limit('outMax', world.settings.phoneCallsMax),
		reached: rules(phoneFull(world, id, nowMs)),
	};
}
