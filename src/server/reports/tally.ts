/** Adds items up, by key and by step of time, so that a year need not be in memory; and opens one figure into what it was made of. */
import type {Item} from './items.js';
import {type Kpi, kpis, type LeftOut, leftOutTexts, type Targets} from './kpis.js';
import {type Period, startOf, steps, unitOf} from './period.js';

export const dimensions = ['total', 'hour', 'day', 'group', 'campaign', 'list', 'agent'] as const;
export type Dimension = (typeof dimensions)[number];

/** What a figure came to. `value`: undefined where there is nothing to share. Times in ms, shares from 0 to 1. */
export type Value = {value?: number; counted: number; leftOut: number};
type Sum = {top: number; bottom: number; counted: number; leftOut: number};

/** Whoever an item is about in this dimension; '' when it is about nobody. */
export function keysOf(item: Item, by: Dimension, utcOffsetMs: number): readonly string[] {
	switch (by) {
		case 'total':
			return ['all'];
		case 'hour':
		case 'day':
			return item.about === 'time' ? [] : [String(startOf(by, item.atMs, utcOffsetMs))];
		case 'group':
			return item.about === 'time' ? (item.groupIds.length > 0 ? item.groupIds : ['']) : [item.groupId ?? ''];
		case 'campaign':
			return item.about === 'time' ? [] : [item.campaignId ?? ''];
		case 'list':
			return item.about === 'time' ? [] : [item.listId ?? ''];
		case 'agent':
			return [item.agentId ?? ''];
	}
}

/** Time that lasts over several hours or days, cut at their beginnings. */
export function cut(item: Item, by: Dimension, utcOffsetMs: number): Array<{key: string; item: Item}> {
	if (item.about !== 'time' || (by !== 'hour' && by !== 'day')) return keysOf(item, by, utcOffsetMs).map(key => ({key, item}));
	const period = {fromMs: item.atMs, untilMs: item.atMs + item.forMs, utcOffsetMs};
	const starts = steps(period, by);
	return starts.map((startMs, at) => {
		const fromMs = Math.max(startMs, period.fromMs);
		const untilMs = Math.min(starts[at + 1] ?? period.untilMs, period.untilMs);
		return {key: String(startMs), item: {...item, atMs: fromMs, forMs: untilMs - fromMs}};
	});
}

export class KpiTally {
	readonly #sums = new Map<string, Map<string, Sum>>();
	/** Sums by step of time, for the small bars: by key, figure and step. */
	readonly #steps = new Map<string, Sum[]>();
	readonly #starts: number[];

	constructor(
		private readonly period: Period,
		private readonly by: Dimension,
		private readonly targets: Targets,
	) {
		this.#starts = steps(period, unitOf(period));
	}

	add(whole: Item): void {
		const {utcOffsetMs} = this.period;
		for (const {key, item} of cut(whole, this.by, utcOffsetMs)) {
			let row = this.#sums.get(key);
			if (!row) this.#sums.set(key, (row = new Map()));
			for (const kpi of kpis) {
				if (kpi.about !== item.about) continue;
				const share = kpi.of(item, this.targets);
				addTo(sumOf(row, kpi.id), share, kpi);
				this.#step(key, kpi, item, share);
			}
		}
	}

	#step(key: string, kpi: Kpi, item: Item, share: ReturnType<Kpi['of']>): void {
		if (typeof share === 'string' || this.by === 'hour' || this.by === 'day') return;
		const id = `${key}\n${kpi.id}`;
		let all = this.#steps.get(id);
		if (!all) this.#steps.set(id, (all = this.#starts.map(none)));
		for (const {item: piece} of item.about === 'time' ? cut(item, unitOf(this.period), this.period.utcOffsetMs) : [{item}]) {
			const at = this.#starts.findLastIndex(startMs => startMs <= piece.atMs);
			if (all[at]) addTo(all[at], piece === item ? share : kpi.of(piece, this.targets), kpi);
		}
	}

	keys(): string[] {
		return [...this.#sums.keys()];
	}

	value(key: string, kpi: Kpi): Value {
		const {top, bottom, counted, leftOut} = this.#sums.get(key)?.get(kpi.id) ?? none();
		const value = figureOf(kpi, top, bottom, counted);
		return {...(value !== undefined && {value}), counted, leftOut};
	}

	/** One figure step by step; null where there is none. */
	trend(key: string, kpi: Kpi): Array<number | null> {
		return (this.#steps.get(`${key}\n${kpi.id}`) ?? []).map(({top, bottom, counted}) => figureOf(kpi, top, bottom, counted) ?? null);
	}
}

const none = (): Sum => ({top: 0, bottom: 0, counted: 0, leftOut: 0});

function sumOf(row: Map<string, Sum>, id: string): Sum {
	let sum = row.get(id);
	if (!sum) row.set(id, (sum = none()));
	return sum;
}

function addTo(sum: Sum, share: ReturnType<Kpi['of']>, {longest}: Kpi): void {
	if (typeof share === 'string') {
		sum.leftOut++;
		return;
	}
	sum.counted++;
	sum.top = longest ? Math.max(sum.top, share[0]) : sum.top + share[0];
	sum.bottom += share[1];
}

function figureOf({unit, longest}: Kpi, top: number, bottom: number, counted: number): number | undefined {
	if (unit === 'count' || (counted > 0 && (longest || bottom === 0))) return top;
	return bottom === 0 ? undefined : top / bottom;
}

/** One thing that a figure was made of, or that it passed over. */
export type Part = {atMs: number; callId?: string; agentId?: string; adds: number; of: number; why?: LeftOut};

/** Collects what one figure of one key is made of; both sides up to a limit, and counted to the end. */
export class Opened {
	readonly #counted: Part[] = [];
	readonly #leftOut: Part[] = [];

	constructor(
		private readonly kpi: Kpi,
		private readonly key: string,
		private readonly how: {period: Period; by: Dimension; targets: Targets; limit: number},
	) {}

	add(whole: Item): void {
		const {by, period, targets, limit} = this.how;
		for (const {key, item} of cut(whole, by, period.utcOffsetMs)) {
			if (key !== this.key || item.about !== this.kpi.about) continue;
			const share = this.kpi.of(item, targets);
			const {atMs, callId, agentId} = item;
			const part = {atMs, ...(callId !== undefined && {callId}), ...(agentId !== undefined && {agentId})};
			if (typeof share === 'string') {
				if (this.#leftOut.length < limit) this.#leftOut.push({...part, adds: 0, of: 0, why: share});
			} else if (this.#counted.length < limit) this.#counted.push({...part, adds: share[0], of: share[1]});
		}
	}

	view(name: string) {
		const passedOver = this.#leftOut.map(({why, ...part}) => ({...part, why: leftOutTexts[why!]}));
		return {id: this.kpi.id, key: this.key, name, parts: this.#counted, passedOver};
	}
}
