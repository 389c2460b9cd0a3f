/** What each tile says about a group: its figure as text, how serious it is, and what stands below. Pure. */
import type {BudgetFigure, Figures, QueueFigures, WindowFigures} from '../../server/api/figures.js';
import type {TileName, WallLayout} from '../../server/config/wall-layout.js';
import type {AgentStatus} from '../../server/domain/model.js';
import {duration} from '../format.js';
import type {Say} from './texts.js';

export type Level = 'plain' | 'warn' | 'bad';
/** `brief`: the detail in fewer words, for where it has no room. `share`: of a gauge. */
export type Value = {text: string; level: Level; detail?: string; brief?: string; share?: number};

/** Tiles that are one figure. */
export type FigureTile = Exclude<TileName, 'callsPerMinute' | 'agents' | 'groups'>;
export const figureTiles: readonly FigureTile[] = [
	'waiting',
	'longestWait',
	'callBacks',
	'offered',
	'answered',
	'abandoned',
	'overflowed',
	'serviceLevel',
	'serviceLevelRecent',
	'answerRate',
	'abandonRate',
	'abandonRateRecent',
	'waitAverage',
	'occupancy',
	'occupancyRecent',
	'dropRate',
	'dropBudget',
	'atWork',
	'ready',
	'talking',
	'wrapUp',
	'away',
];

type Thresholds = WallLayout['thresholds'];
type Context = {figures: Figures; thresholds: Thresholds; say: Say};

export const talkingStatuses: readonly AgentStatus[] = ['talkingOut', 'talkingIn', 'held', 'transferring'];

const countOf = (agents: QueueFigures['agents'], statuses: readonly AgentStatus[]): number =>
	statuses.reduce((sum, status) => sum + (agents[status] ?? 0), 0);
export const atWork = ({agents}: QueueFigures): number => Object.values(agents).reduce((sum, count) => sum + count, 0);

/** Where the second limit is the smaller one, less is worse. */
export function levelOf(value: number | undefined, limits: readonly number[] | undefined): Level {
	const [warn, bad] = limits ?? [];
	if (value === undefined || warn === undefined || bad === undefined) return 'plain';
	const beyond = (limit: number) => (bad < warn ? value <= limit : value >= limit);
	return beyond(bad) ? 'bad' : beyond(warn) ? 'warn' : 'plain';
}

/** A share in per cent: one decimal below ten, where it matters. Never 100 % for less than all, nor 0 for more than nothing. */
export function percent(share: number | undefined): string {
	if (share === undefined) return '-';
	const value = share * 100;
	const digits = value > 0 && value < 9.95 ? 1 : 0;
	const rounded = Number(value.toFixed(digits));
	if (rounded >= 100 && share < 1) return '99%';
	if (rounded <= 0 && share > 0) return '0.1%';
	return `${rounded.toFixed(digits)}%`;
}

/** The share of today's window against its limit, how many may still be abandoned, and whose it is. */
function budgetTexts({campaign, share, limit, left}: BudgetFigure, say: Say): [detail: string, brief: string] {
	// Before anybody has answered there is nothing to count.
	const counted = share === undefined ? '' : say('budgetLeft', {left: Math.max(0, left)});
	const against = `${percent(share)} / ${percent(limit)}`;
	return [`${against}${counted}  ${campaign}`, against];
}

/** One figure of a group or of the centre. */
export function tileValue(tile: FigureTile, queue: QueueFigures, {figures, thresholds, say}: Context): Value {
	const {today, recent, agents} = queue;
	const limits = (thresholds as Partial<Record<string, readonly number[]>>)[tile];
	const count = (value: number, detail?: string): Value => ({
		text: String(value),
		level: levelOf(value, limits),
		...(detail !== undefined && {detail}),
	});
	const share = (value: number | undefined, detail: string, brief?: string): Value => ({
		text: percent(value),
		level: levelOf(value === undefined ? undefined : value * 100, limits),
		detail,
		...(brief !== undefined && {brief}),
		...(value !== undefined && {share: value}),
	});
	const time = (ms: number | undefined): Value => ({
		text: ms === undefined ? '-' : duration(ms),
		level: levelOf(ms === undefined ? undefined : ms / 1_000, limits),
	});
	const seconds = figures.answerWithinMs / 1_000;
	const level = ({serviceLevel, answeredWithin, answered, abandoned, abandonedShort}: WindowFigures): Value => {
		const args = {count: answeredWithin, of: answered + abandoned - abandonedShort, seconds};
		return share(serviceLevel, say('within', args), say('of', args));
	};
	const lost = ({abandoned, abandonedShort, answered, overflowed, leftToBeCalled}: WindowFigures) =>
		say('of', {count: abandoned - abandonedShort, of: answered + abandoned - abandonedShort + overflowed + leftToBeCalled});
	switch (tile) {
		case 'waiting':
			return count(queue.waiting);
		case 'callBacks':
			return count(queue.callBacks);
		case 'longestWait':
			return time(queue.longestWaitMs);
		case 'offered':
			return count(today.offered);
		case 'answered':
			return count(today.answered, say('ofOffered', {count: today.offered}));
		case 'abandoned':
			return count(today.abandoned, say('shorts', {count: today.abandonedShort, seconds: figures.shortAbandonMs / 1_000}));
		case 'overflowed':
			return count(today.overflowed);
		case 'serviceLevel':
			return level(today);
		case 'serviceLevelRecent':
			return level(recent);
		case 'answerRate':
			return share(
				today.answerRate,
				say('of', {count: today.answered, of: today.answered + today.abandoned + today.overflowed + today.leftToBeCalled}),
			);
		case 'abandonRate':
			return share(today.abandonRate, lost(today));
		case 'abandonRateRecent':
			return share(recent.abandonRate, lost(recent));
		case 'waitAverage':
			return time(today.waitMsAverage);
		case 'occupancy':
			return share(today.occupancy, '');
		case 'occupancyRecent':
			return share(recent.occupancy, '');
		case 'dropRate':
			return share(today.dropRate, say('of', {count: today.dialAbandoned, of: today.dialAnswered}));
		case 'dropBudget':
			return queue.budget ? share(queue.budget.fuel, ...budgetTexts(queue.budget, say)) : share(undefined, '');
		case 'atWork':
			return count(atWork(queue));
		case 'ready':
			return {
				...count(countOf(agents, ['ready']), say('ofAgents', {count: atWork(queue)})),
				...(atWork(queue) === 0 && {level: 'plain' as const}),
			};
		case 'talking':
			return count(countOf(agents, talkingStatuses), say('ofAgents', {count: atWork(queue)}));
		case 'wrapUp':
			return count(countOf(agents, ['wrapUp']), say('ofAgents', {count: atWork(queue)}));
		case 'away':
			return count(countOf(agents, ['away', 'break']), say('ofAgents', {count: atWork(queue)}));
		default:
			return tile satisfies never;
	}
}
