/** Whose turn it is: lists, recalls, those who were abandoned; and which operator is for them. */
import test from 'ava';
import {tableDialer} from '../../src/dialer/dialer.js';
import {callerNumberOf} from '../../src/server/domain/dial/caller.js';
import type {LeadCount} from '../../src/server/domain/model.js';
import {whyList} from '../../src/server/domain/why/list.js';
import {autoDial, nineMs, predictive, type Stage, smallCentre, talk, working} from './stage.js';

const entryIds = (stage: Stage) => predictive(stage).map(({row}) => row.entryId);
const ready = (stage: Stage, operatorId = 'op1') => stage.ask(operatorId, {type: 'setStatus', status: 'ready'});
const change = (stage: Stage, id: string, more: object) => stage.store.entries.set(id, {...stage.store.entries.get(id)!, ...more});
const recall = {state: 'autoRecall', lastOutcome: 'talked', nextAtMs: nineMs} as const;

test('whoever was abandoned comes first, then what is due, in whatever list; then the lists in order', t => {
	const stage = working({la: 3, lb: 3});
	change(stage, 'e5', recall);
	change(stage, 'e6', {...recall, lastOutcome: 'abandoned'});
	const config = smallCentre();
	stage.configure({...config, lists: config.lists.map(list => ({...list, started: true}))});
	ready(stage);
	for (const wanted of ['e6', 'e5', 'e1', 'e2', 'e3', 'e4']) {
		t.deepEqual(entryIds(stage), [wanted]);
		stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'invalidNumber'});
	}
});

test('lists of the same order are worked side by side in their proportion', t => {
	const stage = working({la: 8, lb: 8});
	const config = smallCentre();
	stage.configure({...config, lists: config.lists.map(list => ({...list, started: true, priority: 1, ...(list.id === 'la' && {mix: 3})}))});
	ready(stage);
	const lists: Array<string | undefined> = [];
	for (let n = 0; n < 8; n++) {
		lists.push(predictive(stage)[0]!.row.listId);
		stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'invalidNumber'});
	}
	t.is(lists.filter(id => id === 'la').length, 6);
	t.is(lists.filter(id => id === 'lb').length, 2);
	const one = {...config.lists[0]!, mix: 2};
	t.is(tableDialer.afterTurn(one, [one, {...one, id: 'x'}], new Map([['x', 7]])), 7.5, 'a new list does not catch up');
});

test('automatic recalls are for operators with 再架電資格; others are given first calls', t => {
	const stage = working({la: 2});
	change(stage, 'e1', recall);
	const config = smallCentre();
	const without = {...config, operators: config.operators.map(each => (each.id === 'op1' ? {...each, recallQualified: false} : each))};
	stage.configure(without);
	ready(stage);
	t.deepEqual(entryIds(stage), ['e2']);
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'invalidNumber'});
	t.deepEqual(entryIds(stage), []);
	const said = whyList(stage.world, without.lists[0]!, {counts: stage.store.counts('la')}, stage.agenda.nowMs);
	t.true(said.some(({rule, holds}) => rule === 'noRecallAgent' && holds));
	stage.bring('op2', '102');
	ready(stage, 'op2');
	t.deepEqual(entryIds(stage), ['e1']);
	stage.send({type: 'legAnswered', legId: stage.newestLeg()});
	t.is(stage.agent('op2').status, 'talkingOut', 'although the other has been ready for longer');
	t.is(stage.agent('op1').status, 'ready');
});

test('recalls are shared out by the share of each', t => {
	const stage = working({la: 60});
	for (let n = 1; n <= 60; n++) change(stage, `e${n}`, recall);
	const config = smallCentre({ratioTable: [{agentsMax: 5, ratio: 1}]});
	stage.configure({...config, operators: config.operators.map(each => (each.id === 'op1' ? {...each, recallShare: 50} : each))});
	stage.bring('op2', '102');
	const got: string[] = [];
	for (let n = 0; n < 15; n++) {
		for (const id of ['op1', 'op2']) if (stage.agent(id).status !== 'ready') ready(stage, id);
		const [call] = predictive(stage);
		stage.send({type: 'legAnswered', legId: call!.legId});
		got.push(call!.operatorId!);
		stage.send({type: 'joined', bridgeId: [...stage.world.bridges.keys()].at(-1)!});
		stage.send({type: 'legEnded', legId: call!.legId, by: 'far'});
	}
	const mine = got.filter(id => id === 'op1').length;
	t.true(mine === 5 || mine === 6, `half the share of the other: ${got.join()}`);
});

test('an abandoned person is called back with an operator set aside, who gets nothing else; gone, the call is called off', t => {
	const stage = working({la: 4});
	change(stage, 'e1', {...recall, lastOutcome: 'abandoned'});
	const config = smallCentre({ratioTable: [{agentsMax: 5, ratio: 3}]});
	stage.configure({...config, dialRules: [{campaignId: 'ca', agentForAbandoned: true}]});
	ready(stage);
	t.deepEqual(entryIds(stage), ['e1'], 'one call, whatever the ratio');
	const call = predictive(stage)[0]!;
	t.is(stage.agent('op1').reservedFor, call.row.id);
	stage.call('in-1', '0355550000');
	t.is(stage.agent('op1').status, 'ready', 'a caller does not take the operator away');
	stage.ask('op1', {type: 'setStatus', status: 'break'});
	t.is(call.row.outcome, 'cancelled');
	t.like(stage.store.entries.get('e1'), {state: 'autoRecall', lastOutcome: 'abandoned'}, 'and is still the first');
	stage.send({type: 'legFailed', legId: call.legId, failure: 'cancelled'});
	stage.send({type: 'legEnded', legId: 'in-1', by: 'far'});
	stage.advance(300_000);
	ready(stage);
	t.deepEqual(entryIds(stage), ['e1']);
	stage.send({type: 'legAnswered', legId: stage.newestLeg()});
	t.is(stage.agent('op1').status, 'talkingOut');
	t.is(stage.agent('op1').reservedFor, undefined);
});

test('the number shown: of the work group, else of its sales group, else of the campaign', t => {
	const config = smallCentre();
	const none = {...config, autoDials: [{...autoDial, callerNumber: ''}], dialRules: [{campaignId: 'ca', callerNumber: '0311110000'}]};
	const salesGroups = [{id: 's', number: '8010', name: 's', callerNumber: '0322220000', groupIds: ['g1']}];
	const of = (each: typeof config) => callerNumberOf(each, {campaignId: 'ca', groupId: 'g1'});
	t.is(of(config), '0501112222');
	t.is(of(none), '0311110000');
	t.is(of({...none, salesGroups}), '0322220000');
	t.is(of({...config, salesGroups}), '0501112222');
	const stage = working({la: 1});
	stage.configure({...none, salesGroups});
	ready(stage);
	t.is(predictive(stage)[0]!.row.fromNumber, '0322220000');
	t.true(stage.effects.some(effect => effect.type === 'dial' && effect.from === '0322220000'));
});

test('automatic dialling is not started without a list, nor a list that is put away', t => {
	const stage = working();
	const config = smallCentre({started: false});
	const start = {type: 'setAutoDialStarted', campaignId: 'ca', groupId: 'g1', started: true} as const;
	stage.configure({...config, lists: config.lists.map(list => ({...list, started: false, archivedMs: 5}))});
	t.like(stage.ask('boss', start), {ok: false, error: {code: 'notFound'}});
	t.like(stage.ask('boss', {type: 'setListStarted', listId: 'la', started: true}), {ok: false, error: {code: 'notNow'}});
	stage.configure(config);
	t.like(stage.ask('boss', start), {ok: true});
	stage.ask('boss', {type: 'setListStarted', listId: 'la', started: false});
	t.like(stage.world.config.lists[0], {started: false, stoppedMs: nineMs});
});

/** In vain, many times over, to leads that were tried before; fresh ones answer. */
const taught = (): Map<string, LeadCount> =>
	new Map([
		['morning 0 none first', {calls: 1_000, answers: 500, atMs: nineMs}],
		['morning 1 busy first', {calls: 1_000, answers: 300, atMs: nineMs}],
		['morning 1 noAnswer again', {calls: 1_000, answers: 50, atMs: nineMs}],
	]);

test('where those likelier to answer now come first, a try in vain is no promise; abandoned persons and recalls still are before all', t => {
	const stage = working({la: 5});
	stage.world.leads.set('ca', {counts: taught(), madeMs: 0});
	change(stage, 'e1', {state: 'autoRecall', lastOutcome: 'noAnswer', attempts: 1, tried: 1, nextAtMs: nineMs});
	change(stage, 'e2', {state: 'autoRecall', lastOutcome: 'busy', attempts: 1, nextAtMs: nineMs});
	change(stage, 'e4', {state: 'autoRecall', lastOutcome: 'abandoned', attempts: 1, nextAtMs: nineMs});
	change(stage, 'e5', recall);
	const config = smallCentre();
	stage.configure({...config, lists: config.lists.map(list => ({...list, ...(list.id === 'la' && {order: 'likely' as const})}))});
	ready(stage);
	for (const wanted of ['e4', 'e5', 'e3', 'e2', 'e1']) {
		t.deepEqual(entryIds(stage), [wanted]);
		stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'invalidNumber'});
	}
});

test('what comes of a call is remembered of leads like it, also over a restart; who was cut off says nothing', t => {
	const stage = working({la: 4});
	const kinds = () => [...(stage.world.leads.get('ca')?.counts ?? [])].map(([key, {calls, answers}]) => [key, calls, answers]);
	ready(stage);
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'busy'});
	t.deepEqual(kinds(), [['morning 0 none first', 1, 0]]);
	t.is(stage.store.entries.get('e1')!.tried, 1);
	stage.ask('op1', {type: 'setStatus', status: 'away'});
	t.deepEqual(kinds(), [['morning 0 none first', 1, 0]], 'the second call was given up for want of an operator');
	ready(stage);
	talk(stage);
	stage.send({type: 'legEnded', legId: [...stage.world.calls.values()].at(-1)!.legId, by: 'far'});
	stage.restart();
	const [kind, calls, answers] = kinds()[0]!;
	t.is(kind, 'morning 0 none first');
	t.true(Math.abs(Number(calls) - 2) < 1e-3 && Math.abs(Number(answers) - 1) < 1e-3);
});

test('each lead counts by its own chance where that is set: what was placed says so, and each call teaches as what it was', t => {
	const config = smallCentre({mode: 'adaptive', leadScores: true});
	const stage = working({la: 60, auto: {mode: 'adaptive', leadScores: true}});
	stage.world.leads.set('ca', {counts: taught(), madeMs: 0});
	stage.configure(config);
	ready(stage);
	const [call] = predictive(stage);
	t.true(call!.lead!.factor! > 1.5, 'a fresh one');
	t.is(stage.world.pacers.get('ca/g1')!.mode, 'adaptive');
	stage.configure(smallCentre({mode: 'adaptive'}));
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'busy'});
	stage.advance(1_000);
	t.is(predictive(stage)[0]!.lead!.factor, undefined, 'off: a usual one');
	t.truthy(predictive(stage)[0]!.lead!.key, 'and remembered all the same');
});
