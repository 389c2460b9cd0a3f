import test from 'ava';
import type {Draft} from '../../src/server/domain/model.js';
import type {Stage} from '../domain/stage.js';
import {outcome, talking} from './scene.js';

const draftOf = (stage: Stage): Draft => structuredClone(stage.agent('op1').draft!);
const withText = (draft: Draft, text: string): Draft => ({...draft, record: {...draft.record, text}});
const type = (stage: Stage, was: string, text: string, more: {who?: string; field?: string} = {}) =>
	outcome(stage.ask(more.who ?? 'boss', {type: 'typeFor', of: 'op1', field: more.field ?? 'record.text', was, text, cursor: text.length}));
const looking = (who = 'boss'): Stage => {
	const stage = talking();
	stage.ask(who, {type: 'watchScreen', of: 'op1'});
	return stage;
};
const log = (stage: Stage) =>
	stage.store.events
		.filter(({kind}) => kind.startsWith('typing.'))
		.map(({kind, actor, reason, data}) =>
			[kind, actor, reason, data?.['field'], data?.['from'], data?.['to']].filter(part => part !== undefined).join(' '),
		);

test('a supervisor types into the form of an operator whose screen is open: kept, shown, and in the log by stretches', t => {
	const stage = looking();
	t.is(type(stage, '', '解'), 'ok');
	t.is(type(stage, '解', '解約'), 'ok');
	t.is(stage.agent('op1').draft!.record.text, '解約');
	t.true(stage.agent('op1').draftTouched, 'it is a draft like any other: on the disk, and not thrown away');
	t.is(type(stage, '', '10:00', {field: 'record.nextAt'}), 'ok');
	t.is(outcome(stage.ask('boss', {type: 'stopTyping', of: 'op1'})), 'ok');
	t.deepEqual(log(stage), [
		'typing.begun boss record.text',
		'typing.ended boss another record.text  解約',
		'typing.begun boss record.nextAt',
		'typing.ended boss stopped record.nextAt  10:00',
	]);
	// Logged off while being helped: nothing is left hanging, and what was typed is there at the next login.
	t.is(type(stage, '解約', '解約の件'), 'ok');
	stage.ask('op1', {type: 'hangUp'});
	t.is(outcome(stage.ask('op1', {type: 'logOff'})), 'ok');
	t.regex(log(stage).at(-1)!, /^typing.ended boss stopped record.text 解約 解約の件$/);
	t.is(type(stage, '解約の件', 'x'), 'notFound');
});

test('who may not: without the open screen, a second supervisor, an operator, and into fields that are not to be typed in', t => {
	const stage = talking();
	t.is(type(stage, '', 'x'), 'notNow');
	for (const who of ['boss', 'op5', 'op4', 'op3']) stage.ask(who, {type: 'watchScreen', of: 'op1'});
	t.is(type(stage, '', 'x', {who: 'op3'}), 'notAllowed');
	t.is(type(stage, '', 'x', {who: 'op4'}), 'notAllowed', 'of other groups');
	t.is(type(stage, '', 'x'), 'ok');
	t.is(type(stage, 'x', 'xy', {who: 'op5'}), 'callTaken');
	t.is(type(stage, '', 'y', {field: 'record.nothing'}), 'notFound');
	t.is(type(stage, '', 'y', {field: 'customer.nothing'}), 'notAllowed');
	t.is(type(stage, 'not there', 'y'), 'conflict');
	stage.ask('boss', {type: 'unwatchScreen'});
	t.is(type(stage, 'x', 'xy', {who: 'op5'}), 'ok', 'who looks away types no more');
	const config = structuredClone(stage.world.config);
	const field = config.campaigns[0]!.card.find(({readOnly}) => !readOnly);
	const was = draftOf(stage).values[field!.id] ?? '';
	const typed = () => type(stage, was, 'y', {who: 'op5', field: `customer.${field!.id}`});
	for (const closed of [{readOnly: true}, {kind: 'password' as const}]) {
		const campaigns = config.campaigns.map(each => ({
			...each,
			card: each.card.map(own => (own.id === field!.id ? {...own, ...closed} : own)),
		}));
		stage.configure({...config, campaigns});
		t.is(typed(), 'notAllowed');
	}
	stage.configure(config);
	t.is(typed(), 'ok');
});

test('a form that the operator sent before seeing the last letters does not undo them; one that was sent after counts', t => {
	const stage = looking();
	type(stage, '', 'あ');
	const seen = stage.agent('op1').typedSeq!;
	type(stage, 'あ', 'あい');
	const stale = {...draftOf(stage), values: {...draftOf(stage).values, memo: '自分'}};
	stage.ask('op1', {type: 'putDraft', draft: withText(stale, 'あ'), typed: seen});
	t.is(stage.agent('op1').draft!.record.text, 'あい');
	t.is(stage.agent('op1').draft!.values['memo'], '自分', 'other fields are the operator’s all the while');
	stage.ask('boss', {type: 'stopTyping', of: 'op1'});
	stage.ask('op1', {type: 'putDraft', draft: withText(draftOf(stage), 'あ'), typed: seen});
	t.is(stage.agent('op1').draft!.record.text, 'あい', 'also after the end of the stretch');
	const last = stage.agent('op1').typedSeq!;
	stage.ask('op1', {type: 'putDraft', draft: withText(draftOf(stage), 'あいう'), typed: last});
	t.is(stage.agent('op1').draft!.record.text, 'あいう');
	stage.ask('op1', {type: 'putDraft', draft: withText(draftOf(stage), 'あ'), typed: last});
	t.is(stage.agent('op1').draft!.record.text, 'あ', 'nothing is awaited any more');
});

test('the operator takes the field back by typing in it; what the supervisor sent meanwhile is refused or given up', t => {
	const stage = looking();
	type(stage, '', 'あ');
	stage.ask('op1', {type: 'takeBack', field: 'record.text'});
	stage.ask('op1', {type: 'putDraft', draft: withText(draftOf(stage), 'あ。'), typed: stage.agent('op1').typedSeq!});
	t.is(type(stage, 'あ', 'あい'), 'conflict');
	t.is(stage.agent('op1').draft!.record.text, 'あ。');
	t.regex(log(stage).at(-1)!, /typing.ended boss takenBack/);
	// A client that knows nothing of this: what it sends counts.
	t.is(type(stage, 'あ。', 'あ。い'), 'ok');
	stage.ask('op1', {type: 'putDraft', draft: withText(draftOf(stage), '自分の文')});
	t.is(stage.agent('op1').draft!.record.text, '自分の文');
	t.regex(log(stage).at(-1)!, /typing.ended boss takenBack/);
	t.is(stage.agent('op1').typing?.over, 'takenBack');
});
