/** Counts people who answered the dialler and those nobody came for, by campaign and day, as it happens. */
import {dayNumber} from '../calendar.js';
import type {Context} from '../context.js';
import type {Call, World} from '../world.js';
import type {AbandonBudget, AnswerDay, DialRules} from './settings.js';

export function rulesOf(world: World, campaignId: string | undefined): DialRules | undefined {
	return world.config.dialRules?.find(rules => rules.campaignId === campaignId);
}

/** What is left of the abandon limit of a campaign: the fuel gauge. */
export function budgetOf(world: World, campaignId: string, nowMs: number): AbandonBudget {
	const today = dayNumber(nowMs, world.settings.utcOffsetMs);
	return world.dialer.budget(world.answerDays.get(campaignId) ?? [], rulesOf(world, campaignId), today);
}

/** What is left of a budget, as a share of all of it: 1 while nobody was abandoned, 0 from the limit on. */
export function fuelOf({share = 0, limit}: Pick<AbandonBudget, 'share' | 'limit'>): number {
	if (share === 0) return 1;
	return limit > 0 ? Math.max(0, 1 - share / limit) : 0;
}

/** A call of the dialler was answered, or turned out to be abandoned. `early`: the person hung up before an operator was due. */
export function countAnswer(ctx: Context, {row}: Call, what: Exclude<keyof AnswerDay, 'day'>): void {
	if (row.kind !== 'predictive' || row.campaignId === undefined) return;
	const {world, nowMs} = ctx;
	const day = dayNumber(nowMs, world.settings.utcOffsetMs);
	world.answerDays.set(row.campaignId, world.dialer.countAnswers(world.answerDays.get(row.campaignId) ?? [], day, {[what]: 1}));
}
