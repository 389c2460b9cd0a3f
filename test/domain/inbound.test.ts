import test from 'ava';
import {serviceOf} from '../../src/server/domain/acd/service.js';
import type {AbandonedItem, WaitingItem} from '../../src/server/domain/events.js';
import {Stage, smallCentre} from './stage.js';

/** op1 and op2 in 受付中 in g1. */
function desk(settings: Parameters<Stage['group']>[1] = {}): Stage {
	const stage = new Stage();
	stage.configure(smallCentre());
	stage.fill('lb', 2);
	stage.group('g1', settings);
	for (const [operatorId, extension] of [
		['op1', '101'],
		['op2', '102'],
	] as const) {
		stage.bring(operatorId, extension);
		stage.ask(operatorId, {type: 'setStatus', status: 'ready'});
	}
	return stage;
}
const offered = (stage: Stage, operatorId: string) => stage.agent(operatorId).offer?.itemId;
const joined = (stage: Stage) => stage.send({type: 'joined', bridgeId: [...stage.world.bridges.keys()].at(-1)!});
const answerOf = <T>(reply: ReturnType<Stage['ask']>): T => (reply as {value: T}).value;

test('the popup has everybody with the caller’s number, however either is written', t => {
	const stage = desk();
	const other = stage.store.customers.get('k2')!;
	stage.store.customers.set('k2', {...other, values: {...other.values, phone: '09000000001'}});
	stage.call('in-1', '+81-90-0000-0001');
	const {incoming} = stage.agent('op1');
	t.like(incoming, {ringing: true, number: '+81-90-0000-0001', withheld: false, calledName: 'support'});
	t.deepEqual(incoming!.candidates!.map(({id}) => id).sort(), ['k1', 'k2']);
	stage.ask('op1', {type: 'answer', callId: incoming!.itemId});
	t.false(stage.agent('op1').incoming!.ringing);
	joined(stage);
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k2'});
	t.is(stage.agent('op1').incoming, undefined, '読込 closes the popup');
	t.is(stage.store.calls.get(incoming!.itemId)!.customerId, 'k2');
	t.is(stage.store.calls.get(incoming!.itemId)!.fromNumber, '+81-90-0000-0001', 'kept as it came');
});

test('作成 makes a customer with the number filled in; a withheld number is said', t => {
	const stage = desk({answer: 'auto'});
	stage.call('in-1', '');
	joined(stage);
	const agent = stage.agent('op1');
	t.is(agent.status, 'talkingIn');
	t.like(agent.incoming, {withheld: true, number: '', candidates: [], ringing: false});
	const {customerId} = answerOf<{customerId: string}>(stage.ask('op1', {type: 'createCustomer', campaignId: 'ca', number: '03-5555-0009'}));
	t.is(stage.store.customers.get(customerId)!.values['phone'], '03-5555-0009');
	t.is(agent.customerId, customerId);
	t.is(agent.incoming, undefined);
	t.is(stage.store.calls.get(agent.callId!)!.customerId, customerId);
	const refused = stage.ask('op1', {type: 'createCustomer', campaignId: 'nobodys', number: '1'});
	t.like(refused, {ok: false, error: {code: 'notFound'}});
});

test('待ち呼 and 放棄呼: who waits, who gave up, and who was reached after all', t => {
	const stage = desk();
	for (const operatorId of ['op1', 'op2']) stage.ask(operatorId, {type: 'setStatus', status: 'wrapUp'});
	stage.call('in-1', '0355550001');
	stage.advance(3_000);
	stage.call('in-2', '0355550002');
	const waiting = answerOf<WaitingItem[]>(stage.ask('op1', {type: 'listWaiting'}));
	t.deepEqual(
		waiting.map(({number, ringing}) => [number, ringing]),
		[
			['0355550001', []],
			['0355550002', []],
		],
	);
	stage.send({type: 'legEnded', legId: 'in-1', by: 'far'});
	stage.ask('op2', {type: 'setStatus', status: 'ready'});
	stage.send({type: 'legEnded', legId: 'in-2', by: 'far'});
	const lost = answerOf<AbandonedItem[]>(stage.ask('op1', {type: 'listAbandoned'}));
	t.deepEqual(
		lost.map(({number, waitedMs, whileRinging}) => [number, waitedMs, whileRinging]),
		[
			['0355550002', 0, true],
			['0355550001', 3_000, false],
		],
	);
	t.like(serviceOf(stage.world, 'g1', stage.agenda.nowMs), {offered: 2, answered: 0, abandonedWaiting: 1, abandonedRinging: 1});
	t.true(stage.ask('op1', {type: 'callBack', callId: lost[1]!.callId})!.ok);
	stage.send({type: 'legAnswered', legId: stage.newestLeg()});
	joined(stage);
	t.deepEqual(
		answerOf<AbandonedItem[]>(stage.ask('op2', {type: 'listAbandoned'})).map(({number}) => number),
		['0355550002'],
	);
});

test('the same caller goes to the operator of the last talk, if that one is ready', t => {
	const stage = desk({stickyMs: 3_600_000});
	stage.call('in-1', '0355550001');
	t.is(offered(stage, 'op1'), stage.world.calls.keys().next().value);
	stage.ask('op1', {type: 'decline', callId: offered(stage, 'op1')!});
	stage.ask('op2', {type: 'answer', callId: offered(stage, 'op2')!});
	joined(stage);
	stage.advance(60_000);
	stage.send({type: 'legEnded', legId: 'in-1', by: 'far'});
	stage.ask('op2', {type: 'setStatus', status: 'ready'});
	stage.call('in-2', '03-5555-0001');
	t.truthy(offered(stage, 'op2'), 'op1 has been idle for longer');
});

test('skill decides before waiting, and a busy expert is not waited for', t => {
	const stage = new Stage();
	stage.configure({...smallCentre(), skills: {op2: {g1: {skill: 9, priority: 5}}}});
	for (const [operatorId, extension] of [
		['op1', '101'],
		['op2', '102'],
	] as const) {
		stage.bring(operatorId, extension);
		stage.ask(operatorId, {type: 'setStatus', status: 'ready'});
	}
	stage.call('in-1', '0355550001');
	t.truthy(offered(stage, 'op2'));
	stage.call('in-2', '0355550002');
	t.truthy(offered(stage, 'op1'));
});

test('a call that is sent in circles comes to an end', t => {
	const stage = desk({waitMsMax: 1_000, overflow: {kind: 'group', groupId: 'g1'}});
	for (const operatorId of ['op1', 'op2']) stage.ask(operatorId, {type: 'setStatus', status: 'away'});
	stage.call('in-1', '0355550001');
	stage.advance(600_000);
	t.is(stage.world.calls.size, 0);
	t.is([...stage.store.calls.values()].at(-1)!.outcome, 'overflowed');
});

test('only supervisors cancel a promised call-back', t => {
	const stage = desk({callBackKey: '9'});
	for (const operatorId of ['op1', 'op2']) stage.ask(operatorId, {type: 'setStatus', status: 'away'});
	stage.call('in-1', '0355550001');
	stage.send({type: 'dtmf', legId: 'in-1', digit: '9'});
	const [callBackId] = stage.world.callBacks.keys();
	t.like(stage.ask('op1', {type: 'cancelCallBack', callBackId: callBackId!}), {ok: false, error: {code: 'notAllowed'}});
	stage.bring('boss', '103');
	t.true(stage.ask('boss', {type: 'cancelCallBack', callBackId: callBackId!})!.ok);
	t.is(stage.store.callBacks.get(callBackId!)!.state, 'cancelled');
	t.is(stage.world.callBacks.size, 0);
});
