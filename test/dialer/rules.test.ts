import test from 'ava';
import {budgetOf, countAnswers, withinBudget} from '../../src/dialer/rules/abandon.js';
import {dayNumber, daysOf} from '../../src/server/domain/calendar.js';
import type {AnswerDay} from '../../src/server/domain/model.js';

const row = (day: number, more: Partial<AnswerDay>): AnswerDay => ({day, answered: 0, machines: 0, abandoned: 0, early: 0, ...more});
/** A Tuesday, the first of a month. */
const today = daysOf(2026, 9, 1);

test('each regulator counts what it says, over its own window', t => {
	const days = [
		row(today - 30, {answered: 1_000, abandoned: 1_000}),
		row(today - 29, {answered: 100, abandoned: 2, early: 5}),
		row(today, {answered: 100, abandoned: 4, early: 1, machines: 50}),
	];
	const of = (regulator: 'none' | 'ftc' | 'ofcom' | 'crtc') => budgetOf(days, {campaignId: 'c', regulator}, today);
	t.like(of('ftc'), {window: 'days30', limit: 0.03, answered: 150, abandoned: 6, share: 6 / 150, left: -2, spent: true});
	t.like(of('none'), {window: 'days30', answered: 150, abandoned: 12, spent: true}, 'early ones as well');
	t.like(of('ofcom'), {window: 'day', answered: 51, abandoned: 5}, 'a part of the machines were people');
	t.like(of('crtc'), {window: 'month', limit: 0.05, answered: 50, abandoned: 4, spent: true});
	t.deepEqual(of('crtc').today, {answered: 50, abandoned: 4});
	t.like(budgetOf(days, {campaignId: 'c', regulator: 'ftc', abandonLimit: 10}, today), {limit: 0.1, left: 9, spent: false});
	t.like(budgetOf([], undefined, today), {answered: 0, left: 0, spent: false, share: undefined});
});

test('days are counted up, and forgotten when no window reaches them', t => {
	let days: AnswerDay[] = [];
	for (let n = 0; n < 40; n++) days = countAnswers(days, today + n, {answered: 2, abandoned: n === 39 ? 1 : 0});
	days = countAnswers(days, today + 39, {answered: 1});
	t.is(days.length, 31);
	t.deepEqual(days.at(-1), row(today + 39, {answered: 3, abandoned: 1}));
	// The clock is set back over midnight: what was counted stays, and counts for its own day.
	days = countAnswers(days, today + 38, {answered: 1});
	t.like(budgetOf(days, {campaignId: 'c', regulator: 'ofcom'}, today + 38), {answered: 3, abandoned: 0});
	t.is(budgetOf(days, {campaignId: 'c', regulator: 'ftc'}, today + 39).abandoned, 1);
});

test('with the budget spent nobody is dialled without an operator, unless nobody set a limit', t => {
	const spent = budgetOf([row(today, {answered: 10, abandoned: 1})], {campaignId: 'c', regulator: 'ftc'}, today);
	t.is(withinBudget(30, 10, spent), 10);
	t.is(withinBudget(4, 10, spent), 4);
	t.is(withinBudget(30, 10, budgetOf([row(today, {answered: 10, abandoned: 1})], undefined, today)), 30);
	t.is(dayNumber(today * 86_400_000, 0), today);
});
