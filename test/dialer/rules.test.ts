import test from 'ava';
import {budgetOf, countAnswers, withinBudget} from '../../src/dialer/rules/abandon.js';
import {type DialCheck, forbids} from '../../src/dialer/rules/forbids.js';
import {closedForAll, closedUntil, type HoursRules, regionsOf} from '../../src/dialer/rules/hours.js';
import {isZone, zoneOffsetMs} from '../../src/dialer/rules/zones.js';
import {dayNumber, daysOf} from '../../src/server/domain/calendar.js';
import type {AnswerDay, BusinessHours, Customer, Region} from '../../src/server/domain/model.js';

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

const hour = 3_600_000;
const japan = 9 * hour;
/** Local hour of a day in 2026 where UTC is so far behind. */
const at = (month: number, day: number, localHour: number, offsetMs = japan) =>
	daysOf(2026, month, day) * 86_400_000 + localHour * hour - offsetMs;
const region = (id: string, timeZone: string, more: Partial<Region> = {}): Region => ({
	id,
	name: id,
	timeZone,
	prefixes: [],
	prefectures: [],
	...more,
});
const weekdays: BusinessHours = {
	id: 'day',
	name: 'day',
	windows: [{days: [1, 2, 3, 4, 5], from: '09:00', to: '20:00'}],
	holidays: ['2026-11-03'],
};
const hoursOf = (more: Partial<HoursRules> = {}): HoursRules => ({
	campaign: weekdays,
	hours: [weekdays],
	regions: [],
	utcOffsetMs: japan,
	...more,
});

test('daylight-saving elsewhere: the hours are those of the clock on the wall there', t => {
	const newYork = region('ny', 'America/New_York', {prefixes: ['0101212']});
	const rules = hoursOf({regions: [newYork]});
	const [summer, winter] = [-4 * hour, -5 * hour];
	t.is(zoneOffsetMs('America/New_York', at(7, 1, 9, summer)), summer);
	t.is(zoneOffsetMs('America/New_York', at(12, 1, 9, winter)), winter);
	t.is(zoneOffsetMs('Asia/Kolkata', 0), 5.5 * hour);
	t.true(isZone('Asia/Tokyo'));
	t.false(isZone('Mars/Olympus'));
	// On Friday the 6th of March it is winter there, on Monday the 9th summer.
	t.is(closedUntil(rules, [newYork], at(3, 6, 20, winter) - 1), undefined);
	t.is(closedUntil(rules, [newYork], at(3, 9, 9, summer) - 1), at(3, 9, 9, summer));
	t.is(closedUntil(rules, [newYork], at(3, 9, 9, summer)), undefined);
	t.is(closedUntil(rules, [newYork], at(3, 9, 8, winter)), undefined, 'what was eight is nine');
	t.not(closedUntil(rules, [newYork], at(3, 9, 20, summer)), undefined);
	// The night in which an hour does not exist, and the one in which one comes twice.
	const night: BusinessHours = {id: 'n', name: 'n', windows: [{days: [0, 1, 2, 3, 4, 5, 6], from: '02:30', to: '04:00'}], holidays: []};
	const nightly = hoursOf({campaign: night, hours: [night]});
	t.is(closedUntil(nightly, [newYork], at(3, 8, 1.9, winter)), at(3, 8, 3.5, summer), 'half past two is not there');
	t.is(closedUntil(nightly, [newYork], at(11, 1, 1.5, winter)), at(11, 1, 2.5, winter));
});

test('regions by the longest prefix and by prefecture: where they do not agree both clocks hold', t => {
	const all = [
		region('okinawa', 'Asia/Tokyo', {prefixes: ['098'], prefectures: ['沖縄県'], hoursId: 'late'}),
		region('us', 'America/Los_Angeles', {prefixes: ['0101']}),
		region('ny', 'America/New_York', {prefixes: ['0101212']}),
	];
	const ids = (number: string, prefecture?: string) => regionsOf(all, number, prefecture).map(({id}) => id);
	t.deepEqual(ids('0101212555'), ['ny']);
	t.deepEqual(ids('0101310555'), ['us']);
	t.deepEqual(ids('09012345678'), []);
	t.deepEqual(ids('09012345678', '沖縄県'), ['okinawa']);
	t.deepEqual(ids('0101212555', '沖縄県'), ['ny', 'okinawa']);
	t.deepEqual(ids('0988881111', '沖縄県'), ['okinawa']);
	const late: BusinessHours = {id: 'late', name: 'late', windows: [{days: [1, 2, 3, 4, 5], from: '10:00', to: '24:00'}], holidays: []};
	const rules = hoursOf({hours: [weekdays, late], regions: all});
	t.is(closedUntil(rules, [all[0]!], at(9, 1, 9)), at(9, 1, 10), 'its own hours');
	t.is(closedUntil(rules, [all[0]!], at(9, 1, 10)), undefined);
	t.is(closedUntil(rules, [all[0]!], at(9, 1, 20)), at(9, 2, 10), "and the campaign's");
	t.not(closedUntil(rules, [all[2]!, all[0]!], at(9, 1, 12)), undefined, 'night in New York');
	t.is(closedForAll(rules, at(9, 2, 3)), undefined, 'somewhere it is day');
	t.is(closedForAll(hoursOf({regions: all.slice(0, 1)}), at(9, 2, 3)), at(9, 2, 9));
});

test('weekends, holidays, midnight: the next moment is found, at most a day ahead', t => {
	const rules = hoursOf();
	t.is(closedUntil(rules, [], at(11, 2, 19.99)), undefined);
	t.is(closedUntil(rules, [], at(11, 2, 20)), at(11, 3, 20), 'a holiday: looked at again a day later');
	t.is(closedUntil(rules, [], at(11, 3, 20)), at(11, 4, 9));
	t.is(closedUntil(rules, [], at(11, 6, 21)), at(11, 7, 21), 'Friday night');
	t.is(closedUntil(rules, [], at(11, 8, 21)), at(11, 9, 9));
	const around: BusinessHours = {id: 'a', name: 'a', windows: [{days: [1], from: '21:00', to: '02:00'}], holidays: []};
	const nightly = hoursOf({campaign: around, hours: [around]});
	t.is(closedUntil(nightly, [], at(11, 3, 1.9)), undefined, 'Monday goes on after midnight');
	t.not(closedUntil(nightly, [], at(11, 3, 2)), undefined);
	const whole: BusinessHours = {
		id: 'w',
		name: 'w',
		windows: [{days: [0, 1, 2, 3, 4, 5, 6], from: '00:00', to: '24:00'}],
		holidays: ['2026-11-03'],
	};
	t.is(closedUntil(hoursOf({campaign: whole, hours: [whole]}), [], at(11, 3, 5)), at(11, 4, 0), 'a holiday ends at midnight');
	// Moment by moment: what is said of the next opening is so.
	for (let n = 0; n < 400; n++) {
		const nowMs = at(10, 30, n * 0.7);
		const untilMs = closedUntil(rules, [], nowMs);
		if (untilMs === undefined || untilMs - nowMs === 86_400_000) continue;
		t.is(closedUntil(rules, [], untilMs), undefined);
		t.not(closedUntil(rules, [], untilMs - 1), undefined);
	}
});

test('the first rule that forbids is told, with until when', t => {
	const customer: Customer = {id: 'k', campaignId: 'c', values: {ok: 'はい'}, stopCalling: false, version: 1};
	const nowMs = at(9, 1, 12);
	const today = dayNumber(nowMs, japan);
	const check = (more: Partial<DialCheck> = {}) =>
		forbids({customer, number: '03', hours: hoursOf(), gapMs: hour, nowMs, rules: {campaignId: 'c', callsPerDayMax: 2}, ...more});
	t.is(check(), undefined);
	t.like(check({customer: {...customer, stopCalling: true}, doNotCall: ''}), {rule: 'stopCalling'});
	t.like(check({doNotCall: ''}), {rule: 'doNotCall', value: 'system'});
	t.like(check({doNotCall: 'client:x'}), {rule: 'doNotCall', value: 'client:x'});
	t.like(check({nowMs: at(9, 1, 21)}), {rule: 'callingHours', facts: {untilAtMs: at(9, 2, 9)}});
	const consent = (values: string[], said: string) =>
		check({rules: {campaignId: 'c', consent: {fieldId: 'ok', values}}, customer: {...customer, values: {ok: said}}})?.rule;
	t.is(consent(['はい'], 'はい'), undefined);
	t.is(consent(['はい'], 'いいえ'), 'noConsent');
	t.is(consent([], '2026-04-01'), undefined);
	t.is(consent([], ''), 'noConsent');
	t.is(consent(['a'], 'b\na'), undefined, 'one of several boxes');
	const dialled = {lastMs: nowMs - 2 * hour, day: today, count: 2};
	t.like(check({dialled}), {rule: 'callsPerDay', facts: {untilAtMs: at(9, 2, 0)}});
	t.is(check({dialled: {...dialled, day: today - 1}}), undefined, 'a new day');
	t.like(check({dialled: {...dialled, day: today + 1}}), {rule: 'callsPerDay'}, 'the clock was set back over midnight');
	t.like(check({dialled: {...dialled, count: 1, lastMs: nowMs - hour + 1}}), {rule: 'numberGap', facts: {untilAtMs: nowMs + 1}});
	t.is(check({dialled: {...dialled, count: 1, lastMs: nowMs - hour}}), undefined);
	t.like(check({dialled: {lastMs: nowMs - 2 * hour, day: 0, count: 1}, rules: {campaignId: 'c', gapMs: 3 * hour}}), {rule: 'numberGap'});
	t.like(check({dialled: {lastMs: nowMs + 5 * hour, day: 0, count: 1}}), {rule: 'numberGap'}, 'the clock was set back: nobody twice');
});
