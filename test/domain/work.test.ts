import test from 'ava';
import {tableDialer} from '../../src/dialer/dialer.js';
import {countersOf} from '../../src/server/domain/counters.js';
import {step} from '../../src/server/domain/step.js';
import {createWorld} from '../../src/server/domain/world.js';
import {autoDial, draftOf, nineMs, predictive, Stage, smallCentre, talk, working} from './stage.js';

test('an agent of two campaigns is counted once, and for the one that has something to dial', t => {
	const stage = new Stage();
	const config = smallCentre();
	stage.configure({
		...config,
		lists: [...config.lists, {id: 'l2', campaignId: 'ca', name: 'l2', groupId: 'g2', started: true, priority: 1}],
		autoDials: [autoDial, {...autoDial, groupId: 'g2'}],
	});
	stage.fill('la', 1);
	stage.fill('l2', 5);
	stage.bring('op1', '101', ['g1', 'g2']);
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.is(predictive(stage).length, 1);
	t.is(predictive(stage)[0]?.row.groupId, 'g1');
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'invalidNumber'});
	t.is(predictive(stage).length, 1);
	t.is(predictive(stage)[0]?.row.groupId, 'g2', 'the first list is exhausted');
});

test('lines and rate of the trunk hold', t => {
	const stage = new Stage();
	stage.configure({...smallCentre({ratioTable: [{agentsMax: 5, ratio: 5}]}), trunks: [{name: 't1', callsMax: 4, callsPerSecondMax: 2}]});
	stage.fill('la', 20);
	stage.bring('op1', '101');
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.is(predictive(stage).length, 2);
	stage.advance(999);
	t.is(predictive(stage).length, 2);
	stage.advance(1);
	t.is(predictive(stage).length, 4);
	stage.advance(5_000);
	t.is(predictive(stage).length, 4);
});

test('nothing is dialled while a trunk or a part of the machine is down, or the customer wants no calls', t => {
	for (const [down, up] of [
		[
			{type: 'trunkDown', trunk: 't1', reason: 'no answer'},
			{type: 'trunkUp', trunk: 't1'},
		],
		[
			{type: 'partDown', part: 'store', reason: 'disk full'},
			{type: 'partUp', part: 'store'},
		],
	] as const) {
		const stage = working({la: 2});
		stage.send(down);
		stage.ask('op1', {type: 'setStatus', status: 'ready'});
		stage.advance(60_000);
		t.is(predictive(stage).length, 0);
		stage.send(up);
		t.is(predictive(stage).length, 1);
	}
	const stage = working({la: 2});
	stage.send({type: 'customerChanged', customer: {...stage.store.customers.get('k1')!, stopCalling: true, version: 2}});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.is(predictive(stage)[0]?.row.customerId, 'k2');
	t.is(stage.store.entries.get('e1')?.state, 'stopped');
});

test('one number in two entries is not dialled twice within the gap', t => {
	const stage = new Stage({numberGapMs: 60_000});
	stage.configure(smallCentre());
	stage.fill('la', 2);
	stage.store.entries.set('e2', {...stage.store.entries.get('e2')!, number: '09000000001'});
	stage.bring('op1', '101');
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'invalidNumber'});
	t.is(predictive(stage).length, 0);
	t.like(stage.store.entries.get('e2'), {state: 'waiting', nextAtMs: nineMs + 60_000});
	stage.advance(60_000);
	t.is(predictive(stage).length, 1);
});

test('an operator who is not in online mode gets no predictive call and is told why', t => {
	const stage = working({la: 1});
	stage.bring('op4', '104');
	stage.ask('op4', {type: 'setStatus', status: 'ready'});
	t.is(predictive(stage).length, 0);
	t.true(stage.agent('op4').notices.some(({key}) => key === 'needsOnlineMode'));
});

test('a dialled number finds its customer, the agent is told of none or several, and whoever wants no calls is not called', t => {
	const stage = working({lb: 3});
	const same = stage.store.customers.get('k3')!;
	stage.store.customers.set('k3', {...same, values: {...same.values, phone: '09000000002'}});
	stage.ask('op1', {type: 'dial', number: '０９０－００００－０００１'});
	t.is(stage.agent('op1').customerId, 'k1');
	t.is(predictive(stage).length, 0);
	stage.ask('op1', {type: 'hangUp'});
	t.is(stage.store.records.size, 0);

	stage.ask('op1', {type: 'closeCustomer'});
	for (const [number, key] of [
		['09000000002', 'severalCustomers'],
		['0399999999', 'noCustomer'],
	] as const) {
		stage.ask('op1', {type: 'dial', number});
		t.true(stage.agent('op1').notices.some(notice => notice.key === key));
		t.is(stage.agent('op1').customerId, undefined);
		stage.ask('op1', {type: 'hangUp'});
	}
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k2'});
	t.is(stage.agent('op1').draft?.callId, stage.agent('op1').lastCall?.id, 'chosen by hand: the call is the customer’s');
	stage.send({type: 'customerChanged', customer: {...stage.store.customers.get('k2')!, stopCalling: true, version: 9}});
	t.like(stage.ask('op1', {type: 'dial', number: '09000000002', customerId: 'k2'}), {ok: false, error: {code: 'stopCalling'}});
});

test('sessions: disabled, unknown, not your group, none ticked, and customers of other campaigns', t => {
	const stage = working({lb: 1});
	const login = (who: string, extension: string) =>
		stage.ask(who, {type: 'login', extension, consoleId: `c-${who}`, tokenHash: `h-${who}`});
	t.like(login('nobody', '102'), {error: {code: 'disabled'}});
	t.like(login('op2', '999'), {error: {code: 'unknownExtension'}});
	t.like(login('op2', '101'), {error: {code: 'extensionInUse'}});
	t.true(login('op2', '102')?.ok);
	t.like(stage.ask('op2', {type: 'startWork', groupIds: []}), {error: {code: 'noGroup'}});
	t.like(stage.ask('op2', {type: 'startWork', groupIds: ['g2']}), {error: {code: 'notYourGroup'}});
	t.like(stage.ask('op2', {type: 'setStatus', status: 'ready'}), {error: {code: 'noGroup'}});
	t.like(stage.ask('op3', {type: 'logOff'}), {error: {code: 'notLoggedIn'}});
	const other = {id: 'x1', campaignId: 'other', values: {}, stopCalling: false, version: 1};
	stage.store.customers.set('x1', other);
	stage.lines = [];
	stage.ask('op1', {type: 'loadCustomer', customerId: 'nobody'});
	t.true(stage.lines.some(line => line.includes('reply notFound')));
	stage.ask('op1', {type: 'loadCustomer', customerId: 'x1'});
	t.is(stage.agent('op1').customerId, undefined);
});

test('abandoned calls are counted for the day, and a new day starts at nought', t => {
	const stage = working({la: 2, auto: {ratioTable: [{agentsMax: 5, ratio: 2}]}});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	const legs = predictive(stage).map(call => call.legId);
	for (const legId of legs) stage.send({type: 'legAnswered', legId});
	t.like(countersOf(stage.world, stage.agent('op1'), nineMs), {waiting: 1, longestWaitSinceMs: nineMs, abandonedToday: 0});
	stage.advance(2_000);
	t.like(countersOf(stage.world, stage.agent('op1'), stage.agenda.nowMs), {waiting: 0, abandonedToday: 1});
	t.is(countersOf(stage.world, stage.agent('op1'), nineMs + 15 * 3_600_000).abandonedToday, 0);
});

test('who hung up before an agent had the call, and who while one was being joined, can be told apart', t => {
	const stage = working({la: 2, auto: {ratioTable: [{agentsMax: 5, ratio: 2}]}});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	const [first, second] = predictive(stage);
	for (const call of [first!, second!]) stage.send({type: 'legAnswered', legId: call.legId});
	stage.advance(500);
	for (const call of [first!, second!]) stage.send({type: 'legEnded', legId: call.legId, by: 'far'});
	const rows = stage.store.events.filter(({kind}) => kind === 'call.abandoned');
	t.deepEqual(
		rows.map(({callId, agentId}) => [callId, agentId]),
		[
			[first!.row.id, 'op1'],
			[second!.row.id, undefined],
		],
	);
});

test('a call row has the number of the caller and the number called', t => {
	const stage = working();
	stage.ask('op1', {type: 'dial', number: '03-1234-5678'});
	stage.send({type: 'legRinging', legId: stage.newestLeg()});
	stage.advance(10_000);
	talk(stage);
	stage.advance(30_000);
	stage.send({type: 'legEnded', legId: stage.newestLeg(), by: 'far'});
	const [row] = [...stage.store.calls.values()];
	t.like(row, {direction: 'out', fromNumber: '0501112222', toNumber: '0312345678', outcome: 'talked', endedBy: 'customer'});
	t.like(row, {startedMs: nineMs, ringingMs: nineMs, answeredMs: nineMs + 10_000, joinedMs: nineMs + 10_000, endedMs: nineMs + 40_000});
});

test('putting the handset down ends the talk, and the phone is called again', t => {
	const stage = working({la: 1});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	stage.send({type: 'legEnded', legId: (stage.agent('op1').leg as {legId: string}).legId, by: 'far'});
	t.like([...stage.store.calls.values()][0], {outcome: 'talked', endedBy: 'agent'});
	t.is(stage.agent('op1').status, 'phoneDown');
	stage.advance(2_000);
	stage.send({type: 'legAnswered', legId: (stage.agent('op1').leg as {legId: string}).legId});
	t.is(stage.agent('op1').status, 'wrapUp');
	t.is(stage.store.entries.get('e1')?.state, 'unsaved');
});

test('受付可 asked for before the phone was there comes about when it is, also after one that did not answer; lost in the work it does not', t => {
	const stage = new Stage();
	stage.configure(smallCentre());
	stage.send({type: 'phoneUp', extension: '101'});
	stage.ask('op1', {type: 'login', extension: '101', consoleId: 'c1', tokenHash: 't1'});
	stage.ask('op1', {type: 'startWork', groupIds: ['g1']});
	const leg = () => (stage.agent('op1').leg as {legId: string}).legId;
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	stage.send({type: 'legFailed', legId: leg(), failure: 'noAnswer'});
	t.is(stage.agent('op1').status, 'phoneDown');
	stage.advance(5_000);
	stage.send({type: 'legAnswered', legId: leg()});
	t.is(stage.agent('op1').status, 'ready');
	stage.send({type: 'legEnded', legId: leg(), by: 'far'});
	t.is(stage.agent('op1').status, 'phoneDown');
	stage.advance(5_000);
	stage.send({type: 'legAnswered', legId: leg()});
	t.is(stage.agent('op1').status, 'wrapUp');
});

test('every session is there to be listed, in whatever state', t => {
	const stage = working();
	stage.ask('op2', {type: 'login', extension: '102', consoleId: 'c2', tokenHash: 'h2'});
	stage.send({type: 'consoleGone', consoleId: 'c2'});
	stage.bring('op3', '103');
	stage.ask('op3', {type: 'setStatus', status: 'break'});
	t.deepEqual(
		[...stage.world.agents.values()].map(({operatorId, extension, status}) => [operatorId, extension, status]),
		[
			['op1', '101', 'wrapUp'],
			['op2', '102', 'offline'],
			['op3', '103', 'break'],
		],
	);
});

test('a programmer’s error ends the call it was met in, never the service', t => {
	const stage = working({la: 2});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	const call = [...stage.world.calls.values()][0]!;
	// A state that cannot be: over, and yet talking.
	call.row.endedMs = nineMs;
	const effects = step(stage.world, {type: 'hangUp', requestId: 'q', operatorId: 'op1'}, nineMs + 1_000);
	t.true(
		effects.some(effect => effect.type === 'assertFailed' && effect.callId === call.row.id && effect.message.includes('finished twice')),
	);
	t.true(effects.some(effect => effect.type === 'hangUp' && effect.legId === call.legId));
	t.like(
		effects.find(({type}) => type === 'reply'),
		{ok: false, error: {code: 'internal'}},
	);
	t.like(
		effects.find(({type}) => type === 'persist'),
		{type: 'persist'},
	);
	t.is(stage.world.calls.size + stage.world.bridges.size, 0);
	t.is(stage.agent('op1').status, 'wrapUp');
	t.true(stage.ask('op1', {type: 'setStatus', status: 'ready'})?.ok, 'everybody works on');
	t.is(predictive(stage).length, 1);
});

test('an empty world takes every event without falling', t => {
	const world = createWorld({idPrefix: 'x', dialer: tableDialer});
	for (const event of [
		{type: 'legAnswered', legId: 'l'},
		{type: 'legEnded', legId: 'l', by: 'far'},
		{type: 'joined', bridgeId: 'b'},
		{type: 'recorded', legId: 'l', durationMs: 1},
		{type: 'consoleGone', consoleId: 'c'},
		{type: 'customersFetched', fetchId: 'f', customers: []},
		{type: 'recallsFetched', operatorId: 'o', recalls: []},
		{type: 'entriesFetched', listId: 'l', entries: [], customers: []},
		{type: 'timer', name: 'grace', key: 'o', epoch: 1},
		{type: 'phoneDown', extension: '1', reason: 'x'},
		{type: 'stopping'},
	] as const) {
		t.false(
			step(world, structuredClone(event) as Parameters<typeof step>[1], nineMs).some(effect => effect.type === 'assertFailed'),
			event.type,
		);
	}
});

test('a stopping service gives up what nobody has answered, dials nothing new, and lets talks go on', t => {
	const stage = working({la: 5});
	stage.bring('op2', '102');
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	stage.ask('op2', {type: 'setStatus', status: 'ready'});
	stage.send({type: 'stopping'});
	t.deepEqual(
		[...stage.world.calls.values()].map(({phase}) => phase),
		['talking', 'ending'],
	);
	t.is(stage.store.entries.get('e2')?.state, 'waiting');
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'cancelled'});
	stage.advance(60_000);
	t.is(predictive(stage).length, 1);
	t.like(stage.ask('op2', {type: 'dial', number: '0312345678'}), {ok: false, error: {code: 'shuttingDown'}});
});

test('whoever was abandoned is called before those who wait, as soon as it is due', t => {
	const stage = working({la: 40, auto: {retries: {abandoned: {attemptsMax: 5, gapMs: 400_000}}}});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	const [call] = predictive(stage);
	stage.send({type: 'legAnswered', legId: call!.legId});
	stage.send({type: 'legEnded', legId: call!.legId, by: 'far'});
	t.is(stage.store.entries.get('e1')?.lastOutcome, 'abandoned');
	stage.advance(400_000);
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.is(predictive(stage)[0]?.row.entryId, 'e1');
});

test('a second record for the same call may give the number back to the dialler after all', t => {
	const stage = working({la: 1});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	stage.ask('op1', {type: 'hangUp'});
	stage.ask('op1', {type: 'save', draft: draftOf(stage)});
	t.is(stage.store.entries.get('e1')?.state, 'saved');
	const draft = draftOf(stage);
	draft.record.nextActionId = 'auto';
	stage.ask('op1', {type: 'save', draft});
	t.is(stage.store.entries.get('e1')?.state, 'autoRecall');
	t.is(stage.store.records.size, 2);
});

test('a call that cannot be recorded goes on: its operator sees it, supervisors are told once in a while, the log has each', t => {
	const stage = working({la: 2});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	const [call] = predictive(stage);
	const operators = stage.world.config.operators.map(each => (each.id === 'op2' ? {...each, role: 'supervisor' as const} : each));
	stage.configure({...stage.world.config, operators});
	stage.bring('op2', '102');
	const told = () => stage.agent('op2').notices.filter(({key}) => key === 'recordingFailed').length;
	stage.send({type: 'recordingFailed', legId: call!.legId, reason: 'ENOSPC'});
	t.is(call!.recording, 'stopped');
	t.is(stage.agent('op1').status, 'talkingOut');
	stage.send({type: 'recordingFailed', legId: call!.legId, reason: 'ENOSPC'});
	t.is(told(), 1);
	stage.advance(61_000);
	stage.send({type: 'recordingFailed', legId: call!.legId, reason: 'ENOSPC'});
	t.is(told(), 2);
	t.is(stage.store.events.filter(({kind, callId}) => kind === 'recording.failed' && callId === call!.row.id).length, 3);
	stage.send({type: 'recordingFailed', legId: 'nobody', reason: 'ENOSPC'});
});
