/**
 * How likely a lead is to answer now, learned from what came of earlier calls to leads like it: tried as often, with the same last
 * result, tried at this part of the day before or not. Smoothed counts, so that each step of a chance can be told: the part of the
 * day, then by how much leads tried so often differ from all, then those with that result among them, and so on. Pure.
 */
import {localTime} from '../server/domain/calendar.js';
import type {CallOutcome, LeadCount, ListEntry} from '../server/domain/model.js';

export const dayParts = ['morning', 'afternoon', 'evening'] as const;
export type DayPart = (typeof dayParts)[number];
export const lastResults = ['none', 'noAnswer', 'busy', 'machine', 'reached', 'other'] as const;
export type LastResult = (typeof lastResults)[number];

/** What leads are told apart by. `tries`: 3 stands for 3 and 4, 5 for 5 and more. `again`: tried at this part of the day before. */
export type LeadKind = {part: DayPart; tries: number; last: LastResult; again: boolean};

/** By kind, as `keyOf` writes it. */
export type LeadCounts = ReadonlyMap<string, LeadCount>;

/** After so long a call counts for a third. */
const memoryMs = 30 * 86_400_000;
/** Made-up calls, of which three in ten are answered. */
const madeUp = {calls: 20, answers: 6};
/** Calls of the mean that a part of the day is drawn to it with. */
const partCalls = 100;
/** Answers, expected ones, that a kind is drawn to the one above it with. */
const kindAnswers = 25;
const chanceMax = 0.98;

const results: Partial<Record<CallOutcome, LastResult>> = {
	noAnswer: 'noAnswer',
	busy: 'busy',
	machine: 'machine',
	talked: 'reached',
	abandoned: 'reached',
	voicemail: 'reached',
};

export function partOf(atMs: number, utcOffsetMs: number): DayPart {
	const {hour} = localTime(atMs, utcOffsetMs);
	return hour < 12 ? 'morning' : hour < 17 ? 'afternoon' : 'evening';
}

type Tried = Pick<ListEntry, 'attempts' | 'lastOutcome' | 'tried'>;

export function kindOf({attempts, lastOutcome, tried = 0}: Tried, part: DayPart): LeadKind {
	const tries = attempts >= 5 ? 5 : attempts === 4 ? 3 : attempts;
	const last = attempts === 0 || lastOutcome === undefined ? 'none' : (results[lastOutcome] ?? 'other');
	return {part, tries, last, again: (tried & bitOf(part)) !== 0};
}

const bitOf = (part: DayPart): number => 1 << dayParts.indexOf(part);

/** The parts of the day at which an entry was tried in vain, this one added. */
export const triedAlso = (tried: number | undefined, part: DayPart): number => (tried ?? 0) | bitOf(part);

export const keyOf = ({part, tries, last, again}: LeadKind): string => `${part} ${tries} ${last} ${again ? 'again' : 'first'}`;

/** Unknown words are of a version that knew more: such a row is left out. */
function kindFrom(key: string): LeadKind | undefined {
	const [part, tries, last, again] = key.split(' ') as [DayPart, string, LastResult, string];
	if (!dayParts.includes(part) || !lastResults.includes(last)) return undefined;
	return {part, tries: Number(tries), last, again: again === 'again'};
}

const keptAt = ({calls, answers, atMs}: LeadCount, nowMs: number): LeadCount => {
	const keep = Math.exp(-Math.max(0, nowMs - atMs) / memoryMs);
	return {calls: calls * keep, answers: answers * keep, atMs: nowMs};
};

/** The count with one more call. */
export function countLead(count: LeadCount | undefined, answered: boolean, nowMs: number): LeadCount {
	const {calls, answers} = keptAt(count ?? {calls: 0, answers: 0, atMs: nowMs}, nowMs);
	return {calls: calls + 1, answers: answers + (answered ? 1 : 0), atMs: nowMs};
}

type Sum = {calls: number; answers: number /** Answers there would be, were these leads like the kind above. */; expected: number};
/** `factor`: of the kind against a usual lead. */
type Level = Sum & {factor: number};

export type LeadScores = {
	/** Calls remembered. */
	calls: number;
	/** Chance of a usual lead, by part of the day. */
	usual: Record<DayPart, number>;
	/** By tries; by tries and last result; and by whether tried at this part of the day as well. */
	levels: readonly [ReadonlyMap<string, Level>, ReadonlyMap<string, Level>, ReadonlyMap<string, Level>];
};

const names = [
	({tries}: LeadKind) => `${tries}`,
	({tries, last}: LeadKind) => `${tries} ${last}`,
	({tries, last, again}: LeadKind) => `${tries} ${last} ${again}`,
] as const;

export function scoresOf(counts: LeadCounts, nowMs: number): LeadScores {
	const rows = [...counts].flatMap(([key, count]) => {
		const kind = kindFrom(key);
		return kind ? [{kind, ...keptAt(count, nowMs)}] : [];
	});
	let {calls, answers} = madeUp;
	for (const row of rows) {
		calls += row.calls;
		answers += row.answers;
	}
	const mean = answers / calls;
	const usual = Object.fromEntries(
		dayParts.map(part => {
			const own = rows.filter(({kind}) => kind.part === part);
			const sum = (what: 'calls' | 'answers') => own.reduce((whole, row) => whole + row[what], 0);
			return [part, (sum('answers') + partCalls * mean) / (sum('calls') + partCalls)];
		}),
	) as Record<DayPart, number>;
	const levels: Array<Map<string, Level>> = [];
	for (const [depth, nameOf] of names.entries()) {
		const level = new Map<string, Level>();
		const above = (kind: LeadKind): number => (depth === 0 ? 1 : levels[depth - 1]!.get(names[depth - 1]!(kind))!.factor);
		for (const {kind, calls, answers} of rows) {
			const sum = level.get(nameOf(kind)) ?? {calls: 0, answers: 0, expected: 0, factor: above(kind)};
			sum.calls += calls;
			sum.answers += answers;
			sum.expected += calls * usual[kind.part] * above(kind);
			level.set(nameOf(kind), sum);
		}
		for (const sum of level.values()) sum.factor *= (sum.answers + kindAnswers) / (sum.expected + kindAnswers);
		levels.push(level);
	}
	return {calls: calls - madeUp.calls, usual, levels: levels as unknown as LeadScores['levels']};
}

/** What is known of a lead of this kind. */
export type LeadChance = {
	kind: LeadKind;
	/** That a person answers, now. */
	chance: number;
	/** Of a usual lead at this part of the day. */
	usual: number;
	/** Against a usual lead. */
	factor: number;
	/** Calls remembered to leads of just this kind, at whatever part of the day. */
	calls: number;
};

/** Where nothing is known of just such leads those above speak for it: tried as often with that result, tried as often, all. */
export function chanceOf({usual, levels}: LeadScores, kind: LeadKind): LeadChance {
	let factor = 1;
	let calls = 0;
	for (const [depth, level] of levels.entries()) {
		const own = level.get(names[depth]!(kind));
		calls = own?.calls ?? 0;
		if (!own) break;
		factor = own.factor;
	}
	const chance = Math.min(chanceMax, usual[kind.part] * factor);
	return {kind, chance, usual: usual[kind.part], factor: chance / usual[kind.part], calls};
}
