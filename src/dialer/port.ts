/**
 * What the call centre asks of the dialler: pure decisions over plain data. The domain knows these types only; the loop gives
 * it the functions (`createWorld(..., dialer)`), so that a policy can be exchanged without touching the domain.
 */
import type {
	AbandonBudget,
	AnswerDay,
	CallList,
	CallOutcome,
	DialRules,
	EntryState,
	FieldValues,
	LeadCount,
	ListEntry,
	RetryRule,
} from '../server/domain/model.js';
import type {Held} from '../server/domain/why/rules.js';
import type {LeadChance, LeadCounts, LeadKind, LeadScores} from './leads.js';
import type {Mixed} from './lists.js';
import type {Ended} from './retries.js';
import type {DialCheck} from './rules/forbids.js';
import type {HoursRules} from './rules/hours.js';

export type {LeadChance, LeadScores} from './leads.js';
export type {Ended} from './retries.js';
export type {Dialled} from './rules/forbids.js';

import type {TableSettings} from './pacing/policies.js';
import type {PacingPolicy} from './pacing/policy.js';

/** `number`: another one of the customer's is dialled next. */
export type AfterCall = {state: EntryState; nextAtMs?: number; number?: string};

export interface Dialer {
	/** The policy of a campaign and group; those that go by a table go by its own. What a policy learns is plain data, kept in the world. */
	pacing(settings: TableSettings): PacingPolicy;
	/** What is left of the limit on abandoned calls. `today`: the local day. */
	budget(days: readonly AnswerDay[], rules: DialRules | undefined, today: number): AbandonBudget;
	/** For how many abandoned persons one who hung up early counts, and an answer taken for a machine. */
	countedFor(rules: DialRules | undefined): {early: number; machine: number};
	countAnswers(days: readonly AnswerDay[], day: number, more: Partial<Omit<AnswerDay, 'day'>>): AnswerDay[];
	/** Calls under way that the budget allows, of those that pacing wants. */
	withinBudget(target: number, readyAgents: number, budget: AbandonBudget): number;
	/** What forbids to dial a number from a list now, if anything. */
	forbids(check: DialCheck): Held | undefined;
	/** When somebody may be called next, if nobody may be now, wherever. */
	closedForAll(rules: HoursRules, nowMs: number): number | undefined;
	/** What the card says about consent, where the rules ask for it. */
	consentOf(values: FieldValues, rules: DialRules | undefined): string | undefined;
	/** Lists that may be dialled for a campaign and group, in the order to be worked (ways 1 to 3 of managing lists). */
	workableLists(lists: Iterable<CallList>, campaignId: string, groupId: string): CallList[];
	/** The same lists in the order in which the next entry is looked for: those that are mixed by how far each has come. */
	inTurn(lists: readonly CallList[], mixed: Mixed): CallList[];
	/** How far a list has come once an entry of it was taken. */
	afterTurn(list: CallList, lists: readonly CallList[], mixed: Mixed): number;
	/** What a lead is told from others by, now; `key` names it for the store. */
	leadKind(entry: Pick<ListEntry, 'attempts' | 'lastOutcome' | 'tried'>, atMs: number, utcOffsetMs: number): {kind: LeadKind; key: string};
	/** The parts of the day at which an entry was tried in vain, that of this moment added. */
	triedAlso(tried: number | undefined, atMs: number, utcOffsetMs: number): number;
	/** What is remembered of leads of a kind, with one more call. */
	countLead(count: LeadCount | undefined, answered: boolean, nowMs: number): LeadCount;
	/** What all that is remembered says of leads. */
	leadScores(counts: LeadCounts, nowMs: number): LeadScores;
	leadChance(scores: LeadScores, kind: LeadKind): LeadChance;
	/** Whether a call of this outcome uses up one of the entry's attempts. */
	isCounted(outcome: CallOutcome): boolean;
	/** What becomes of an entry after a call that was not talked. */
	afterCall(ended: Ended): AfterCall;
	/** The moment put off to the time of day of a retry rule. */
	withinWindow(rule: Pick<RetryRule, 'from' | 'to'>, atMs: number, utcOffsetMs: number): number;
}
