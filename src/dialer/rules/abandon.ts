/**
 * The limit on abandoned calls, as regulators define it: what counts, over which window, and how much is left.
 * Sources: US 16 CFR 310.4(b)(4) and 47 CFR 64.1200 (3 % of people who answered, per campaign, 30 days); UK Ofcom statement of
 * persistent misuse, in force since March 2017 (no safe share: 3 % a day is kept as the limit, and people taken for machines count);
 * Canada CRTC telemarketing rules (5 % a calendar month).
 */
import {dateOf} from '../../server/domain/calendar.js';
import type {AbandonBudget, AnswerDay, DialRules, RegulatorName} from '../../server/domain/model.js';

type Regulator = {
	limit: number;
	window: AbandonBudget['window'];
	/** Whoever hangs up before an operator was due counts as abandoned. */
	countsEarly: boolean;
	/** Share of the answers taken for machines that are counted as people who were hung up on. */
	machinesWrong: number;
};

const table: Record<RegulatorName, Regulator> = {
	none: {limit: 0.03, window: 'days30', countsEarly: true, machinesWrong: 0},
	ftc: {limit: 0.03, window: 'days30', countsEarly: false, machinesWrong: 0},
	ofcom: {limit: 0.03, window: 'day', countsEarly: false, machinesWrong: 0.02},
	crtc: {limit: 0.05, window: 'month', countsEarly: false, machinesWrong: 0},
};

/** Days that have to be known for every window: a month, and thirty days. */
export const answerDaysMax = 31;

/** The one row of a day, with this added. Rows that no window reaches any more are dropped. */
export function countAnswers(days: readonly AnswerDay[], day: number, more: Partial<Omit<AnswerDay, 'day'>>): AnswerDay[] {
	const kept = days.filter(other => other.day !== day && other.day > day - answerDaysMax);
	const {answered = 0, machines = 0, abandoned = 0, early = 0} = days.find(other => other.day === day) ?? {};
	const row = {
		day,
		answered: answered + (more.answered ?? 0),
		machines: machines + (more.machines ?? 0),
		abandoned: abandoned + (more.abandoned ?? 0),
		early: early + (more.early ?? 0),
	};
	return [...kept, row].sort((a, b) => a.day - b.day);
}

/** @param today the local day, as `dayNumber` counts. */
export function budgetOf(days: readonly AnswerDay[], rules: DialRules | undefined, today: number): AbandonBudget {
	const regulator = rules?.regulator ?? 'none';
	const {window, countsEarly, machinesWrong, limit: lawful} = table[regulator];
	const limit = rules?.abandonLimit === undefined ? lawful : rules.abandonLimit / 100;
	const sum = (rows: readonly AnswerDay[]) => {
		let answered = 0;
		let abandoned = 0;
		for (const row of rows) {
			const wrong = row.machines * machinesWrong;
			answered += row.answered - row.machines + wrong;
			abandoned += row.abandoned + (countsEarly ? row.early : 0) + wrong;
		}
		return {answered, abandoned};
	};
	const {answered, abandoned} = sum(days.filter(({day}) => day <= today && day > firstBefore(window, today)));
	const left = Math.floor(limit * answered - abandoned + 1e-9);
	return {
		regulator,
		limit,
		window,
		answered,
		abandoned,
		...(answered > 0 && {share: abandoned / answered}),
		left,
		spent: abandoned > 0 && abandoned >= limit * answered,
		today: sum(days.filter(({day}) => day === today)),
	};
}

/** For how many abandoned persons the regulator of these rules takes one who hung up early, and one answer taken for a machine. */
export function countedFor(rules: DialRules | undefined): {early: number; machine: number} {
	const {countsEarly, machinesWrong} = table[rules?.regulator ?? 'none'];
	return {early: countsEarly ? 1 : 0, machine: machinesWrong};
}

/** The last day before the window. */
function firstBefore(window: AbandonBudget['window'], today: number): number {
	if (window === 'day') return today - 1;
	return window === 'days30' ? today - 30 : today - dateOf(today).day;
}

/** With the budget of a regulator spent, nobody is dialled for whom no operator is free now. */
export function withinBudget(target: number, ready: number, budget: AbandonBudget): number {
	return budget.regulator !== 'none' && budget.spent ? Math.min(target, ready) : target;
}
