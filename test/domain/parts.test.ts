import test from 'ava';
import {dateExists, dateOf, dateText, dayNumber, daysOf, epochMs, localTime} from '../../src/server/domain/calendar.js';
import type {DomainEvent} from '../../src/server/domain/events.js';
import type {DraftRecord} from '../../src/server/domain/model.js';
import {maskNumber, normaliseNumber} from '../../src/server/domain/numbers.js';
import {emptyRecord} from '../../src/server/domain/panes.js';
import {checkCard, checkField, decodeRecord, mayEdit, parseDate, parseTime} from '../../src/server/domain/records.js';
import {mergeValues} from '../../src/server/domain/save.js';
import {createMask, formatEvent, parseEvent} from '../../src/server/domain/trace.js';
import {seededRng} from '../../src/server/rng.js';
import {campaign, field, nineMs} from './stage.js';

const japan = 9 * 3_600_000;

test('forty spellings of one number', t => {
	const spellings = [
		'09012345678',
		'090-1234-5678',
		'090 1234 5678',
		'090.1234.5678',
		'090/1234/5678',
		'(090)1234-5678',
		'(090) 1234 5678',
		'090(1234)5678',
		'[090] 1234-5678',
		'090_1234_5678',
		'０９０１２３４５６７８',
		'０９０－１２３４－５６７８',
		'０９０　１２３４　５６７８',
		'（０９０）１２３４－５６７８',
		'090ー1234ー5678',
		'090ｰ1234ｰ5678',
		'090‐1234‐5678',
		'090‑1234‑5678',
		'090‒1234‒5678',
		'090–1234–5678',
		'090—1234—5678',
		'090―1234―5678',
		'090−1234−5678',
		'090─1234─5678',
		'090━1234━5678',
		'090﹣1234﹣5678',
		'090~1234~5678',
		'090〜1234〜5678',
		'090・1234・5678',
		' 090-1234-5678 ',
		'\u200b090-1234-5678\u200e',
		'090\u00a01234\u00a05678',
		'TEL: 090-1234-5678',
		'tel:+819012345678',
		'+819012345678',
		'+81 90 1234 5678',
		'+81-90-1234-5678',
		'+81 (0)90-1234-5678',
		'＋８１－９０－１２３４－５６７８',
		'0081 90 1234 5678',
		'010-81-90-1234-5678',
	];
	t.true(spellings.length >= 40);
	for (const spelling of spellings) t.is(normaliseNumber(spelling), '09012345678', spelling);
	for (const wrong of ['', ' ', '1', 'abc', '090-1234-567x', '+', '--', '1'.repeat(21), '090+1234'])
		t.is(normaliseNumber(wrong), undefined, wrong);
	t.is(normaliseNumber('+1 212 555 0100'), '01012125550100');
	t.is(normaliseNumber('117'), '117');
	t.is(maskNumber('09012345678'), '*******5678');
});

test('the calendar goes there and back, over leap years and offsets', t => {
	for (const [year, month, day, days] of [
		[1970, 1, 1, 0],
		[2000, 2, 29, 11_016],
		[2026, 4, 1, 20_544],
		[1969, 12, 31, -1],
	] as const) {
		t.is(daysOf(year, month, day), days);
		t.deepEqual(dateOf(days), {year, month, day});
	}
	t.false(dateExists(2025, 2, 29));
	t.true(dateExists(2024, 2, 29));
	t.false(dateExists(2100, 2, 29));
	for (const [year, month, day] of [
		[2026, 13, 1],
		[2026, 0, 1],
		[2026, 4, 31],
	] as const)
		t.false(dateExists(year, month, day));
	const rng = seededRng(9);
	for (let n = 0; n < 500; n++) {
		const atMs = rng.between(-1_000_000, 3_000_000) * 60_000;
		const offsetMs = rng.between(-12, 14) * 3_600_000;
		t.is(epochMs(localTime(atMs, offsetMs), offsetMs), atMs);
	}
	t.is(dateText(nineMs, japan), '2026-04-01');
	t.is(dayNumber(nineMs + 15 * 3_600_000, japan), dayNumber(nineMs, japan) + 1, 'midnight in Japan');
});

test('each kind of field is checked', t => {
	const cases: Array<[kind: Parameters<typeof checkField>[0]['kind'], good: string[], bad: string[], code: string]> = [
		['pulldown', ['a', 'b'], ['c', 'A'], 'notAChoice'],
		['radio', ['a'], ['ab'], 'notAChoice'],
		['checkboxes', ['a', 'a\nb'], ['a\nc'], 'notAChoice'],
		['date', ['2026-04-01', '2026/4/1', '20260401', '２０２６／４／１'], ['2026-02-30', '1/4/2026', 'today'], 'badDate'],
		['phone', ['03-1234-5678'], ['none'], 'badPhone'],
		['mail', ['a@b.jp', 'a.b+c@d.e.co.jp'], ['a', 'a@b', 'a b@c.jp', 'a@b..jp', '@b.jp'], 'badMail'],
		['postcode', ['1234567', '123-4567', '１２３－４５６７', '〒123-4567'], ['12345', '123-456', 'abc-defg'], 'badPostcode'],
		['number', ['12', '-3.5', '１２', '1,234', '1,234,567.8'], ['1.2.3', '12,34', 'x'], 'badNumber'],
		['text', ['何でも'], ['x'.repeat(41)], 'tooLong'],
	];
	for (const [kind, good, bad, code] of cases) {
		const of = field('f', {kind, choices: ['a', 'b']});
		for (const value of good) t.is(checkField(of, value), undefined, `${kind} ${value}`);
		for (const value of bad) t.is(checkField(of, value), code as never, `${kind} ${value}`);
		t.is(checkField({...of, required: true}, ' '), 'required');
		t.is(checkField(of, ''), undefined);
	}
	t.is(checkField(field('f', {lengthMax: 2}), '𠮷野'), undefined, 'characters are counted, not code units');
});

test('a card: every wrong field is named, read-only ones are left alone', t => {
	t.deepEqual(checkCard(campaign.card, {code: 'x'.repeat(99), name: '', phone: 'none'}), [
		{field: 'name', code: 'required'},
		{field: 'phone', code: 'badPhone'},
	]);
});

test('a time of the next action, as people type it', t => {
	const at = (typed: string) => {
		const ms = parseTime(typed, nineMs, japan);
		return ms === undefined ? undefined : (ms - nineMs) / 60_000;
	};
	for (const [typed, minutes] of [
		['2026-04-01 10:00', 60],
		['2026/4/1 10:00', 60],
		['4/1 10:00', 60],
		['10:00', 60],
		['1000', 60],
		['１０：００', 60],
		['４／１　１０：００', 60],
		['8:30', -30],
		['2026-04-02 09:00', 1_440],
		['3/31 09:00', 364 * 1_440], // Past this year: the next one.
	] as const) {
		t.is(at(typed), minutes, typed);
	}
	for (const typed of ['', '25:00', '10:60', 'tomorrow', '2026-02-30 10:00', '13/1 10:00', '2/30 10:00']) t.is(at(typed), undefined, typed);
	t.is(parseDate('2026-04-31'), undefined);
});

const decode = (record: Partial<DraftRecord>, predictive = true) =>
	decodeRecord(
		{...emptyRecord, ...record},
		{campaign, operatorId: 'op1', colleagues: ['op1', 'op2'], predictive, nowMs: nineMs, utcOffsetMs: japan},
	);

test('a record: defaults, choices and the rule of 自動再架電', t => {
	t.deepEqual(decode({}), {errors: [], record: {text: '', nextOperatorId: 'op1'}});
	t.deepEqual(decode({nextOperatorId: ''}).record, {text: ''});
	t.deepEqual(decode({nextOperatorId: 'op2'}).record.nextOperatorId, 'op2');
	const wrong = decode({reachedId: 'x', reactionId: 'x', nextActionId: 'x', nextOperatorId: 'stranger', text: 'x'.repeat(20_001)});
	t.deepEqual(
		wrong.errors.map(({field: name, code}) => `${name} ${code}`),
		[
			'record.reachedId notAChoice',
			'record.reactionId notAChoice',
			'record.text tooLong',
			'record.nextActionId notAChoice',
			'record.nextOperatorId notAChoice',
		],
	);
	t.deepEqual(decode({nextActionId: 'auto'}).record, {text: '', nextActionId: 'auto', kind: 'autoRecall'}, 'the next person is blank');
	t.deepEqual(decode({nextActionId: 'auto'}, false).errors, [{field: 'record.nextActionId', code: 'notHere'}]);
});

test('the time belongs to 再架電, 訪問 and own actions; elsewhere it is not looked at', t => {
	for (const nextActionId of ['recall', 'visit', 'papers']) {
		t.is(decode({nextActionId, nextAt: '10:00'}).record.nextAtMs, nineMs + 3_600_000, nextActionId);
		t.deepEqual(decode({nextActionId, nextAt: 'x'}).errors, [{field: 'record.nextAt', code: 'badTime'}]);
		t.deepEqual(decode({nextActionId, nextAt: '09:00'}).errors, [{field: 'record.nextAt', code: 'pastTime'}]);
	}
	for (const nextActionId of ['', 'done', 'auto']) t.deepEqual(decode({nextActionId, nextAt: 'x'}).errors, [], nextActionId);
});

test('a record is edited by who saved it, until midnight', t => {
	const record = {operatorId: 'op1', savedMs: nineMs};
	const midnightMs = nineMs + 15 * 3_600_000;
	t.true(mayEdit(record, 'op1', midnightMs - 1, japan));
	t.false(mayEdit(record, 'op1', midnightMs, japan));
	t.false(mayEdit(record, 'op2', nineMs, japan));
});

test('two changes to one customer: merged when they do not touch, refused when they do', t => {
	const base = {version: 1, values: {code: 'C1', name: 'old', phone: '03', note: ''}};
	const customer = {id: 'k', campaignId: 'ca', stopCalling: false, version: 2, values: {...base.values, phone: '045'}};
	const draft = (values: Record<string, string>, baseVersion = 1) => ({customerId: 'k', values, baseVersion, record: emptyRecord});
	t.deepEqual(mergeValues({base}, campaign, customer, draft({...base.values, name: 'new'})), {
		code: 'C1',
		name: 'new',
		phone: '045',
		note: '',
	});
	t.is(mergeValues({base}, campaign, customer, draft({...base.values, phone: '06'})), undefined);
	t.deepEqual(mergeValues({base}, campaign, customer, draft({...base.values, phone: '045'})), customer.values, 'both typed the same');
	t.deepEqual(mergeValues({base}, campaign, customer, draft({...base.values, phone: '06'}, 2))?.['phone'], '06', 'seen and decided');
	t.is(mergeValues({}, campaign, customer, draft({...base.values, name: 'new'})), undefined, 'what it was is not known');
	t.deepEqual(mergeValues({base}, campaign, {...customer, version: 1}, draft({...base.values, code: 'C9'}))?.['code'], 'C1', 'read-only');
});

test('events go into text and back', t => {
	const events: DomainEvent[] = [
		{type: 'legAnswered', legId: 'l-1'},
		{type: 'legFailed', legId: 'l-1', failure: 'busy', sipStatus: 486, detail: 'Busy Here "now" {x]'},
		{type: 'phoneUp', extension: '101'},
		{type: 'partDown', part: 'media', reason: ''},
		{type: 'dial', requestId: 'q', operatorId: 'op', number: '０９０ 1=2'},
		{type: 'setListStarted', requestId: 'true', operatorId: 'null', listId: '-1', started: false},
		{type: 'stopping'},
	];
	for (const event of events) t.deepEqual(parseEvent(formatEvent(event)), event);
	t.throws(() => parseEvent('legAnswered nonsense'));
});

test('a mask hides numbers and people, the same way each time', t => {
	const mask = createMask();
	const customer = {id: 'k1', campaignId: 'c', values: {name: '山田', phone: '0312345678'}, stopCalling: false, version: 1};
	const entry = {id: 'e', listId: 'l', customerId: 'k1', number: '0312345678', state: 'waiting' as const, position: 1, attempts: 0};
	const masked = formatEvent(mask({type: 'entriesFetched', listId: 'l', entries: [entry, {...entry, id: 'f'}], customers: [customer]}));
	t.false(/山田|0312345678/.test(masked), masked);
	t.regex(masked, /"number":"0000000001".*"number":"0000000001"/);
	t.is(formatEvent(mask({type: 'legAnswered', legId: 'l-1'})), 'legAnswered legId=l-1');
});
