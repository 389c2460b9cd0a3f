import test from 'ava';
import type {DraftRecord, ResponseRecord} from '../../src/server/domain/model.js';
import {recallsOf} from '../../src/server/domain/recalls.js';
import {draftOf, nineMs, type Stage, talk, working} from './stage.js';

const hourMs = 3_600_000;

/** op1 has talked with k1 and saved a promise to call back at 14:00. */
function saved(record: Partial<DraftRecord> = {nextActionId: 'recall', nextAt: '14:00', text: 'first'}) {
	const stage = working({la: 1});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	stage.ask('op1', {type: 'hangUp'});
	const draft = draftOf(stage);
	stage.ask('op1', {type: 'save', draft: {...draft, record: {...draft.record, ...record}}});
	return {stage, was: newest(stage)};
}

const newest = (stage: Stage): ResponseRecord => [...stage.store.records.values()].at(-1)!;

const fields = (was: ResponseRecord, more: Partial<DraftRecord> = {}): DraftRecord => ({
	reachedId: was.reachedId ?? '',
	reactionId: was.reactionId ?? '',
	nextActionId: was.nextActionId ?? '',
	nextOperatorId: 'self',
	nextAt: '2026/04/01 14:00',
	text: was.text,
	...more,
});

function edit(stage: Stage, was: ResponseRecord, record: DraftRecord, {by = 'op1', isNewest = true} = {}) {
	const customer = stage.store.customers.get(was.customerId)!;
	return stage.ask(by, {type: 'editRecord', was, isNewest, customer, record});
}

test('編集: who saved it changes it on the same day; when it was saved and written stays, 編集日 moves, and the change is logged', t => {
	const {stage, was} = saved();
	stage.advance(hourMs);
	const reply = edit(stage, was, fields(was, {text: 'second', reactionId: 'no'}));
	t.true(reply?.ok && reply.durable);
	const now = newest(stage);
	t.deepEqual(now, {...was, text: 'second', reactionId: 'no', editedMs: was.savedMs + hourMs});
	t.is(stage.store.records.size, 1);
	const logged = stage.store.events.find(({kind}) => kind === 'record.edited')!;
	t.deepEqual(logged.data, {recordId: was.id, changed: ['reactionId', 'text'], nextAction: 'recall', nextAtMs: was.nextAtMs});
});

test('nobody else edits it, and nobody after midnight', t => {
	const {stage, was} = saved();
	stage.bring('op2', '102');
	t.like(edit(stage, was, fields(was), {by: 'op2'}), {ok: false, error: {code: 'notAllowed'}});
	stage.advance(14 * hourMs);
	t.true(stage.agenda.nowMs < nineMs + 15 * hourMs);
	t.true(edit(stage, was, fields(was, {nextActionId: 'done'}))?.ok, '23:00');
	stage.advance(2 * hourMs);
	t.like(edit(stage, newest(stage), fields(was)), {ok: false, error: {code: 'notAllowed'}}, '01:00');
});

test('a promise moves, goes to a colleague or is taken back with the record that made it', t => {
	const {stage, was} = saved();
	stage.bring('op2', '102');
	t.deepEqual(
		recallsOf(stage.world, 'op1').map(({nextAtMs}) => nextAtMs),
		[nineMs + 5 * hourMs],
	);
	edit(stage, was, fields(was, {nextAt: '15:00', nextOperatorId: 'op2'}));
	t.deepEqual(recallsOf(stage.world, 'op1'), []);
	t.deepEqual(
		recallsOf(stage.world, 'op2').map(({nextAtMs, recordId}) => [nextAtMs, recordId]),
		[[nineMs + 6 * hourMs, was.id]],
	);
	edit(stage, newest(stage), fields(was, {nextActionId: 'done', nextAt: ''}));
	t.deepEqual(recallsOf(stage.world, 'op2'), []);
});

test('an older record of the customer changes no promise', t => {
	const {stage, was} = saved();
	edit(stage, was, fields(was, {nextActionId: 'done'}), {isNewest: false});
	t.is(recallsOf(stage.world, 'op1').length, 1);
	t.is(newest(stage).nextActionId, 'done');
});

test('a time that has passed since may stay, another past one may not; the rules of a save hold', t => {
	const {stage, was} = saved();
	stage.advance(6 * hourMs);
	const kept = edit(stage, was, fields(was, {text: 'late'}));
	t.true(kept?.ok, '14:00 stays at 15:00');
	t.is(newest(stage).nextAtMs, was.nextAtMs);
	t.like(edit(stage, was, fields(was, {nextAt: '13:00'})), {
		ok: false,
		error: {code: 'invalid', fields: [{field: 'record.nextAt', code: 'pastTime'}]},
	});
	t.like(edit(stage, was, fields(was, {reactionId: 'none such'})), {ok: false, error: {code: 'invalid'}});
	t.like(edit(stage, was, fields(was, {nextActionId: 'auto'})), {
		ok: false,
		error: {fields: [{field: 'record.nextActionId', code: 'notHere'}]},
	});
});
