import test, {type ExecutionContext} from 'ava';
import {dayNumber} from '../../src/server/domain/calendar.js';
import {type EntryState, entryStates} from '../../src/server/domain/model.js';
import {whyAgent} from '../../src/server/domain/why/agent.js';
import {whyCall} from '../../src/server/domain/why/call.js';
import {whyCustomer} from '../../src/server/domain/why/customer.js';
import {whyList} from '../../src/server/domain/why/list.js';
import type {Finding, WhyRule} from '../../src/server/domain/why/rules.js';
import {whyLine} from '../../src/tui/why-lines.js';
import {nineMs, predictive, type Stage, smallCentre, talk, working} from './stage.js';

const agentSays = (stage: Stage, operatorId = 'op1') => whyAgent(stage.world, operatorId, stage.agenda.nowMs);
const callSays = (stage: Stage, id: string) => whyCall(stage.world, id, stage.agenda.nowMs)!;
const listSays = (stage: Stage, listId = 'la') => {
	const list = stage.world.config.lists.find(({id}) => id === listId)!;
	const nextMs = stage.store.nextDueMs(listId, stage.agenda.nowMs);
	return whyList(stage.world, list, {counts: stage.store.counts(listId), ...(nextMs !== undefined && {nextMs})}, stage.agenda.nowMs);
};
const customerSays = (stage: Stage, customerId: string) => {
	const {lists} = stage.world.config;
	const entries = [...stage.store.entries.values()].filter(entry => entry.customerId === customerId);
	const facts = {
		customer: stage.world.customers.get(customerId) ?? stage.store.customers.get(customerId)!,
		entries: entries.map(entry => ({entry, list: lists.find(({id}) => id === entry.listId)!})),
	};
	return whyCustomer(stage.world, facts, stage.agenda.nowMs);
};

/** The finding of a rule that holds; fails when it is not among them. */
function held(t: ExecutionContext, findings: readonly Finding[], rule: WhyRule): Finding {
	const found = findings.find(finding => finding.rule === rule && finding.holds);
	t.truthy(found, `${rule} is not among ${findings.map(each => `${each.holds ? '' : 'not '}${each.rule}`).join(', ')}`);
	return found ?? {rule, value: '', holds: false};
}

test('an operator: logged out, no group chosen, the status with who set it and since when', t => {
	const stage = working();
	t.like(held(t, agentSays(stage, 'op2'), 'loggedOut'), {source: {kinds: ['session.closed'], agentId: 'op2'}});
	stage.ask('op2', {type: 'login', extension: '102', consoleId: 'c2', tokenHash: 't2'});
	held(t, agentSays(stage, 'op2'), 'noGroupChosen');
	stage.advance(1_000);
	stage.ask('op1', {type: 'setStatus', status: 'break'});
	stage.advance(60_000);
	t.like(held(t, agentSays(stage), 'status'), {value: 'break', by: 'op1', sinceMs: nineMs + 1_000});
	stage.ask('boss', {type: 'login', extension: '103', consoleId: 'cb', tokenHash: 'tb'});
	stage.ask('boss', {type: 'setAgentStatus', of: 'op1', status: 'away'});
	t.like(held(t, agentSays(stage), 'status'), {value: 'away', by: 'boss', sinceMs: nineMs + 61_000});
});

test('an operator: the phone is not registered, its leg is not up, or is called each time', t => {
	const stage = working({la: 3});
	stage.send({type: 'phoneDown', extension: '101', reason: 'expired'});
	t.like(held(t, agentSays(stage), 'phoneNotRegistered'), {value: '101', source: {kinds: ['phone.down'], agentId: 'op1'}});
	t.like(held(t, agentSays(stage), 'status'), {value: 'phoneDown', by: 'system', facts: {reason: 'expired'}});
	stage.send({type: 'phoneUp', extension: '101'});
	held(t, agentSays(stage), 'legConnecting');
	const {leg} = stage.agent('op1');
	stage.send({type: 'legFailed', legId: leg.state === 'none' ? '' : leg.legId, failure: 'declined'});
	t.like(held(t, agentSays(stage), 'legDown'), {facts: {failures: 1}});
	stage.bring('op4', '104');
	stage.ask('op4', {type: 'setStatus', status: 'ready'});
	const findings = agentSays(stage, 'op4');
	held(t, findings, 'ringingMode');
	t.like(held(t, findings, 'noCaller'), {facts: {group: 'g1'}}, 'callers come in ringing mode too');
});

test('an operator: in a call, ringing, listening', t => {
	const stage = working({la: 1});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	t.like(held(t, agentSays(stage), 'inCall'), {facts: {number: '09000000001'}});
	stage.bring('op2', '102');
	stage.ask('op2', {type: 'setStatus', status: 'ready'});
	stage.call('in1', '0311112222');
	held(t, agentSays(stage, 'op2'), 'rings');
	stage.bring('boss', '103');
	stage.ask('boss', {type: 'supervise', of: 'op1', mode: 'listen'});
	t.like(held(t, agentSays(stage, 'boss'), 'watching'), {facts: {operator: 'op1'}});
});

test('a free operator and the callers: none, declined before, below the best, another one’s turn, later', t => {
	const stage = working({la: 0, auto: {started: false}});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	held(t, agentSays(stage), 'noCaller');
	stage.call('in1', '0311112222');
	const id = [...stage.world.calls.keys()].at(-1)!;
	stage.ask('op1', {type: 'decline', callId: id});
	t.like(held(t, agentSays(stage), 'backOff'), {value: nineMs + 30_000, source: {agentId: 'op1', callId: id}});
	t.like(held(t, callSays(stage, id), 'backOff'), {facts: {operator: 'op1', untilAtMs: nineMs + 30_000}});
	stage.bring('op2', '102');
	stage.ask('op2', {type: 'setStatus', status: 'ready'});
	stage.bring('op3', '103');
	stage.ask('op3', {type: 'setStatus', status: 'ready'});
	t.like(held(t, agentSays(stage, 'op3'), 'ringsAtOther'), {value: 'op2', facts: {operator: 'op2', untilAtMs: nineMs + 15_000}});
	t.like(held(t, callSays(stage, id), 'rankedLower'), {facts: {operator: 'op3', before: 'op2'}});
	held(t, callSays(stage, id), 'ringsAtOther');
	const callBack = {id: 'cb1', groupId: 'g1', callId: 'x', number: '0399998888', queuedMs: nineMs, leftMs: nineMs, attempts: 1};
	stage.world.callBacks.set('cb1', {...callBack, state: 'waiting', nextMs: nineMs + 300_000});
	t.like(held(t, agentSays(stage, 'op3'), 'callBackLater'), {value: nineMs + 300_000});
	t.like(held(t, callSays(stage, 'cb1'), 'callBackLater'), {facts: {attempts: 1, nextAtMs: nineMs + 300_000}});
	stage.world.callBacks.set('cb1', {...callBack, state: 'dialling'});
	t.like(held(t, callSays(stage, 'cb1'), 'callBackUnderWay'), {value: 'dialling'});
});

test('in an all-at-once group the less skilled are told so', t => {
	const stage = working({auto: {started: false}});
	stage.configure({...smallCentre({started: false}), skills: {op1: {g1: {skill: 5, priority: 5}}}});
	stage.group('g1', {pattern: 'all'});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	stage.bring('op2', '102');
	stage.ask('op2', {type: 'setStatus', status: 'ready'});
	stage.call('in1', '0311112222');
	t.like(held(t, agentSays(stage, 'op2'), 'skillLower'), {value: 0, facts: {wanted: 5}});
});

test('a caller: the place, the operators and what keeps each, nobody at work, an operator with something more urgent', t => {
	const stage = working({auto: {started: false}});
	stage.call('in1', '0311112222');
	stage.advance(5_000);
	stage.call('in2', '0311113333');
	const [first = '', second = ''] = stage.world.calls.keys();
	t.like(callSays(stage, second)[0], {rule: 'place', holds: false, value: 2, sinceMs: nineMs + 5_000, facts: {of: 2, group: 'g1'}});
	t.like(held(t, callSays(stage, first), 'status'), {value: 'wrapUp', facts: {operator: 'op1'}});
	// Not looked at yet: what the next look does is no reason.
	stage.agent('op1').status = 'ready';
	t.like(callSays(stage, first).at(-1), {rule: 'offered', holds: false, facts: {operator: 'op1'}});
	t.like(held(t, callSays(stage, second), 'otherCallFirst'), {value: first, facts: {operator: 'op1'}});
	t.like(
		agentSays(stage).find(({rule}) => rule === 'offered'),
		{holds: false, value: first},
	);
	stage.agent('op1').status = 'wrapUp';
	stage.ask('op1', {type: 'logOff'});
	t.like(held(t, callSays(stage, first), 'nobodyWorks'), {facts: {group: 'g1'}});
	t.is(whyCall(stage.world, 'nobody', nineMs), undefined);
});

test('a caller elsewhere: the phase, business hours, the end', t => {
	const stage = working();
	stage.advance(12 * 3_600_000);
	stage.call('in1', '0311112222', '0312340001');
	const [id = ''] = stage.world.calls.keys();
	t.like(held(t, callSays(stage, id), 'outsideHours'), {value: '0312340001'});
	t.like(held(t, callSays(stage, id), 'callPhase'), {value: 'message'});
	stage.send({type: 'legEnded', legId: 'in1', by: 'far'});
	const call = stage.world.calls.get(id);
	if (call) t.like(held(t, callSays(stage, id), 'callEnded'), {value: 'closed'});
	else t.is(whyCall(stage.world, id, nineMs), undefined);
});

test('a dialled person who has answered: why nobody speaks', t => {
	const stage = working({la: 1});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	const [call] = predictive(stage);
	stage.agent('op1').status = 'away';
	stage.send({type: 'legAnswered', legId: call!.legId});
	const findings = callSays(stage, call!.row.id);
	t.like(findings[0], {rule: 'callPhase', value: 'waiting', facts: {untilAtMs: nineMs + 2_000}});
	t.like(held(t, findings, 'status'), {value: 'away', facts: {operator: 'op1'}});
});

test('the dialler: the machine, the settings, the campaign, the trunk, the lists', t => {
	const stage = working({la: 3});
	const both = (rule: WhyRule) => {
		held(t, agentSays(stage), rule);
		return held(t, listSays(stage), rule);
	};
	stage.send({type: 'trunkDown', trunk: 't1', reason: 'no answer to OPTIONS'});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.like(both('trunkDown'), {value: 't1', facts: {reason: 'no answer to OPTIONS', group: 'g1', campaign: 'ca'}});
	stage.send({type: 'partDown', part: 'media', reason: 'died'});
	t.like(both('partDown'), {value: 'media', facts: {reason: 'died'}});
	stage.send({type: 'partUp', part: 'media'});
	const config = smallCentre();
	stage.configure({...config, campaigns: config.campaigns.map(each => ({...each, status: 'preparing' as const}))});
	t.like(both('campaignNotRunning'), {value: 'preparing'});
	stage.configure(config);
	stage.ask('boss', {type: 'login', extension: '103', consoleId: 'cb', tokenHash: 'tb'});
	stage.ask('boss', {type: 'setAutoDialStarted', campaignId: 'ca', groupId: 'g1', started: false});
	t.like(both('autoDialStopped'), {source: {kinds: ['autoDial.stopped'], campaignId: 'ca', groupId: 'g1'}});
	stage.ask('boss', {type: 'setAutoDialStarted', campaignId: 'ca', groupId: 'g1', started: true});
	stage.ask('boss', {type: 'setListStarted', listId: 'la', started: false});
	stage.send({type: 'trunkUp', trunk: 't1'});
	held(t, agentSays(stage), 'noListStarted');
	t.like(held(t, listSays(stage), 'listStopped'), {source: {kinds: ['list.stopped'], listId: 'la'}});
	stage.world.trunkPausedMs.set('t1', nineMs + 10_000);
	stage.ask('boss', {type: 'setListStarted', listId: 'la', started: true});
	t.like(both('trunkPaused'), {facts: {untilAtMs: nineMs + 10_000}});
	stage.send({type: 'stopping'});
	both('serviceStopping');
});

test('the dialler: nothing left, an earlier list, no automatic dialling for the group', t => {
	const stage = working({la: 1, lb: 1});
	const config = smallCentre();
	stage.configure({...config, lists: config.lists.map(list => ({...list, started: true}))});
	t.like(held(t, listSays(stage, 'lb'), 'earlierList'), {value: 'list a'});
	held(t, listSays(stage, 'lb'), 'earlierList');
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'busy'});
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'busy'});
	t.like(held(t, listSays(stage), 'listEmpty'), {facts: {nextAtMs: nineMs + 600_000}});
	t.like(held(t, agentSays(stage), 'listEmpty'), {facts: {nextAtMs: nineMs + 600_000}});
	const other = working({la: 1});
	other.bring('op1', '101', ['g2']);
	other.ask('op1', {type: 'startWork', groupIds: ['g2']});
	other.ask('op1', {type: 'setStatus', status: 'ready'});
	t.like(held(t, agentSays(other), 'noAutoDial'), {facts: {group: 'g2'}});
});

test('the policy that learns: to be asked changes nothing of it, and what is left of the budget is said, not what it steers by', t => {
	const stage = working({la: 5, auto: {mode: 'adaptive'}});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	const {pacers, answerDays} = stage.world;
	stage.agenda.nowMs += 60_000;
	const before = structuredClone(pacers);
	held(t, agentSays(stage), 'knowledgeThin');
	held(t, listSays(stage), 'knowledgeThin');
	t.deepEqual(pacers, before);
	const [pacer] = pacers.values();
	pacer!.last!.inputs = {by: 'adaptive', chance: 0.31, price: 0.05, left: -1.1, answer: 0.3};
	const day = dayNumber(stage.agenda.nowMs, stage.world.settings.utcOffsetMs);
	answerDays.set('ca', [{day, answered: 200, abandoned: 4, early: 0, machines: 0}]);
	t.like(held(t, agentSays(stage), 'priceReached'), {value: '31.0 %', facts: {left: 2, price: '5.0 %', answer: '30.0 %'}});
});

test('a list that is dialled by the chances of its leads says who is next and how likely to answer, from what', t => {
	const stage = working({la: 3, auto: {mode: 'adaptive', leadScores: true}});
	const counts = new Map([
		['morning 0 none first', {calls: 1_000, answers: 100, atMs: nineMs}],
		['morning 1 busy again', {calls: 1_000, answers: 300, atMs: nineMs}],
	]);
	stage.world.leads.set('ca', {counts, madeMs: 0});
	t.is(
		listSays(working({la: 3})).find(({rule}) => rule === 'leadChance'),
		undefined,
	);
	const next = listSays(stage).find(({rule}) => rule === 'leadChance')!;
	t.like(next, {holds: false, facts: {customer: 'k1', attempts: 0, last: 'none', part: 'morning', again: 'no', calls: 1_000}});
	const {usual, factor} = next.facts!;
	t.true(Math.abs(Number.parseFloat(String(usual)) * Number(factor) - Number.parseFloat(String(next.value))) < 0.2, 'its steps give it');
	t.true(Number(factor) < 0.7, 'fewer of the fresh ones answer');
	const line = whyLine({...next, more: next.facts!}, {lang: 'en', nowMs: nineMs, zone: 'Asia/Tokyo'}).text;
	t.regex(
		line,
		/^k1 is next: answers with a chance of 1\d\.\d % \(\S+ % in the morning × 0\.\d\d: 0 tries, never called, never tried at this part/,
	);
});

test('the dialler: the ratio, the limit, the lines, the rate, calls under way, counted for another campaign', t => {
	const cases: Array<[WhyRule, Parameters<typeof working>[0] & object, Record<string, unknown>]> = [
		['callsUnderWay', {la: 5}, {value: 1, facts: {ready: 1, running: 1, target: 1}}],
		['callsMax', {la: 5, auto: {callsMax: 1, ratioTable: [{agentsMax: 5, ratio: 3}]}}, {value: 1}],
		['knowledgeThin', {la: 5, auto: {mode: 'adaptive'}}, {value: 0, facts: {ready: 1, running: 1}}],
		['ratioTooSmall', {la: 5, auto: {ratioTable: [{agentsMax: 5, ratio: 0.4}]}}, {value: 0.4, facts: {agents: 1}}],
	];
	for (const [rule, options, wanted] of cases) {
		const stage = working(options);
		stage.ask('op1', {type: 'setStatus', status: 'ready'});
		t.like(held(t, agentSays(stage), rule), wanted);
		t.like(held(t, listSays(stage), rule), wanted);
	}
	for (const [rule, limits] of [
		['trunkLines', {callsMax: 1, callsPerSecondMax: 0}],
		['trunkRate', {callsMax: 0, callsPerSecondMax: 1}],
	] as const) {
		const stage = working({la: 5, auto: {ratioTable: [{agentsMax: 5, ratio: 2}]}});
		stage.configure({...smallCentre({ratioTable: [{agentsMax: 5, ratio: 2}]}), trunks: [{name: 't1', ...limits}]});
		stage.ask('op1', {type: 'setStatus', status: 'ready'});
		t.like(held(t, agentSays(stage), rule), {value: 1, facts: {trunk: 't1'}});
	}
	const idle = working({la: 5});
	t.like(held(t, listSays(idle), 'nobodyReady'), {facts: {ready: 0}});
	const twice = working({la: 5});
	const config = smallCentre();
	const second = {...config.autoDials[0]!, groupId: 'g2'};
	twice.configure({
		...config,
		autoDials: [...config.autoDials, second],
		lists: [...config.lists, {id: 'lc', campaignId: 'ca', name: 'list c', groupId: 'g2', started: true, priority: 1}],
	});
	twice.fill('lc', 3);
	twice.ask('op1', {type: 'startWork', groupIds: ['g1', 'g2']});
	twice.ask('op1', {type: 'setStatus', status: 'ready'});
	t.like(held(t, agentSays(twice), 'countedElsewhere'), {facts: {group: 'g2', otherGroup: 'g1'}});
});

test('a list says what is in it and who has it', t => {
	const stage = working({la: 4});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	const findings = listSays(stage);
	t.like(
		findings.find(({rule}) => rule === 'listCounts'),
		{holds: false, value: 4, facts: {waiting: 3, dialling: 1}},
	);
	t.like(
		findings.find(({rule}) => rule === 'listClaimed'),
		{holds: false, value: 4, facts: {atHand: 3, inCalls: 1, shown: 0}},
	);
});

test('a customer: no calls wanted, in a call, claimed, in no list, dialled a moment ago, later, done', t => {
	const stage = working({la: 4});
	held(t, customerSays(stage, 'k1'), 'nobodyReady');
	stage.ask('op1', {type: 'nextCustomer'});
	t.like(held(t, customerSays(stage, 'k1'), 'entryClaimed'), {value: 'op1', source: {kinds: ['entry.claimed'], customerId: 'k1'}});
	stage.ask('op1', {type: 'skipCustomer'});
	t.like(held(t, customerSays(stage, 'k1'), 'entryLater'), {value: nineMs + 1_800_000, source: {listId: 'la'}});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.like(held(t, customerSays(stage, 'k2'), 'inCall'), {facts: {number: '09000000002'}});
	t.like(held(t, customerSays(stage, 'k2'), 'entryState'), {value: 'dialling', facts: {attempts: 1, list: 'list a'}});
	t.like(
		customerSays(stage, 'k3').find(({rule}) => rule === 'entryReadAhead'),
		{holds: false, value: 1},
	);
	stage.store.customers.set('k4', {...stage.store.customers.get('k4')!, stopCalling: true, version: 2});
	stage.send({type: 'customerChanged', customer: stage.store.customers.get('k4')!});
	t.like(held(t, customerSays(stage, 'k4'), 'stopCalling'), {source: {customerId: 'k4'}});
	stage.world.dialled.set('09000000003', {lastMs: nineMs - 1_000, day: 0, count: 1});
	t.like(held(t, customerSays(stage, 'k3'), 'numberGap'), {value: nineMs + 299_000, facts: {lastAtMs: nineMs - 1_000, gapForMs: 300_000}});
	stage.store.entries.delete('e4');
	held(t, customerSays(stage, 'k4'), 'noList');
	for (const state of entryStates.filter((each): each is EntryState => each !== 'waiting' && each !== 'autoRecall')) {
		stage.store.entries.get('e3')!.state = state;
		t.like(held(t, customerSays(stage, 'k3'), 'entryState'), {value: state});
	}
});

test('a customer who was promised a call: by whom, for when, and who noted it', t => {
	const stage = working({la: 1});
	const customer = stage.store.customers.get('k1')!;
	const recall = {
		...{id: 'r1', customerId: 'k1', campaignId: 'ca', operatorId: 'op2', contact: 'out' as const, nextActionId: 'recall'},
		...{nextOperatorId: 'op3', nextAtMs: nineMs + 3_600_000, text: '', savedMs: nineMs - 60_000, editedMs: nineMs - 60_000},
	};
	const findings = whyCustomer(stage.world, {customer, entries: [], recall}, nineMs);
	t.like(held(t, findings, 'recallPromised'), {
		value: nineMs + 3_600_000,
		facts: {operator: 'op3'},
		by: 'op2',
		sinceMs: nineMs - 60_000,
	});
});
