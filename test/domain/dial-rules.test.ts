/** Rules of dialling at work: what the campaign says holds at the moment of dialling. */
import test from 'ava';
import {budgetOf} from '../../src/server/domain/dial/budget.js';
import {closedBy} from '../../src/server/domain/dial/closed.js';
import {numberHeld} from '../../src/server/domain/dial/forbidden.js';
import {heldBy} from '../../src/server/domain/dialling.js';
import type {BusinessHours, DialRules} from '../../src/server/domain/model.js';
import {whyCustomer} from '../../src/server/domain/why/customer.js';
import {autoDial, campaign, draftOf, field, nineMs, predictive, Stage, smallCentre, talk, working} from './stage.js';

function ruled(rules: Partial<DialRules>, more: Parameters<typeof working>[0] = {la: 30}, auto: Partial<typeof autoDial> = {}): Stage {
	const stage = working({...more, auto});
	stage.configure({...smallCentre(auto), dialRules: [{campaignId: 'ca', ...rules}]});
	return stage;
}

test('closed numbers: the first pattern that fits decides', t => {
	const rules = (...patterns: string[]) => patterns.map(each => ({pattern: each.slice(1), open: each.startsWith('+')}));
	const closed = (number: string, ...patterns: string[]) => closedBy({numberRules: rules(...patterns)}, number)?.pattern;
	t.is(closed('0312345678'), undefined);
	t.is(closed('01012125550123', '-010*'), '010*');
	t.is(closed('01012125550123', '+0101*', '-010*'), undefined);
	t.is(closed('0104420', '+0101*', '-010*'), '010*');
	t.deepEqual(
		['110', '119', '1190', '11'].map(number => closed(number, '-11X')),
		['11X', '11X', undefined, undefined],
	);
	t.deepEqual(
		['0990', '0990123'].map(number => closed(number, '-0990*')),
		['0990*', '0990*'],
	);
	t.is(closed('0312345678', '+03*', '-*'), undefined);
	t.is(closed('0612345678', '+03*', '-*'), '*');
});

test('a closed number is called by nobody: not by hand however it is typed, not by a transfer, not from a list', t => {
	const stage = working({la: 30});
	stage.configure({
		...smallCentre(),
		numberRules: [
			{pattern: '010*', open: false},
			{pattern: '050*', open: false},
		],
	});
	const refused = (body: Parameters<Stage['ask']>[1]) => stage.ask('op1', body);
	for (const number of ['+1 212 555 0123', '010-1-212-555-0123', '＋１２１２５５５０１２３'])
		t.like(refused({type: 'dial', number}), {ok: false, error: {code: 'closedNumber'}}, number);
	const outside = () => stage.effects.filter(effect => effect.type === 'dial').length;
	t.is(outside(), 0);
	const customer = stage.store.customers.get('k1')!;
	t.like(numberHeld(stage.world, customer, '05012345678', stage.agenda.nowMs), {rule: 'closedNumber', value: '050*'});
	t.is(numberHeld(stage.world, customer, '0312345678', stage.agenda.nowMs), undefined);

	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	t.like(refused({type: 'transfer', mode: 'blind', to: {number: '+12125550123'}}), {ok: false, error: {code: 'closedNumber'}});
});

test('an abandoned person hears the name and number of the campaign, and counts for its limit', t => {
	const stage = ruled({regulator: 'ftc', abandonFile: 'who-we-are'}, {la: 30}, {ratioTable: [{agentsMax: 5, ratio: 2}]});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	const [first, second] = predictive(stage);
	t.is(predictive(stage).length, 2);
	stage.send({type: 'legAnswered', legId: first!.legId});
	stage.send({type: 'legAnswered', legId: second!.legId});
	stage.advance(2_000);
	const played = stage.effects.flatMap(effect => (effect.type === 'playFile' && effect.legId === second!.legId ? [effect] : []));
	t.like(played[0], {file: 'who-we-are'});
	t.like(budgetOf(stage.world, 'ca', stage.agenda.nowMs), {answered: 2, abandoned: 1, spent: true, left: -1});
	stage.send({type: 'fileEnded', legId: second!.legId, playId: played[0]!.playId, end: 'finished'});
	t.like(second!.row, {outcome: 'abandoned', endedBy: 'system'});

	// Over the limit: one call for each operator who is free, whatever the table says.
	stage.send({type: 'joined', bridgeId: [...stage.world.bridges.keys()].at(-1)!});
	stage.send({type: 'legEnded', legId: first!.legId, by: 'far'});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.is(predictive(stage).length, 1);
});

test('whoever hangs up before an operator was due is not abandoned to a regulator that says so', t => {
	const stage = ruled({regulator: 'ftc', abandonFile: 'who-we-are'}, {la: 30}, {ratioTable: [{agentsMax: 5, ratio: 2}]});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	for (const {legId} of predictive(stage)) stage.send({type: 'legAnswered', legId});
	const waiting = predictive(stage).find(({phase}) => phase === 'waiting')!;
	stage.advance(500);
	stage.send({type: 'legEnded', legId: waiting.legId, by: 'far'});
	t.is(waiting.row.outcome, 'abandoned');
	t.like(budgetOf(stage.world, 'ca', stage.agenda.nowMs), {answered: 2, abandoned: 0});
	stage.configure(smallCentre());
	t.like(budgetOf(stage.world, 'ca', stage.agenda.nowMs), {answered: 2, abandoned: 1}, 'without a regulator every one counts');
});

const day: BusinessHours = {id: 'day', name: 'day', windows: [{days: [0, 1, 2, 3, 4, 5, 6], from: '09:00', to: '18:00'}], holidays: []};
const hour = 3_600_000;

test('nobody is dialled outside the hours, and dialling begins by itself when they do', t => {
	const stage = working({la: 3});
	stage.configure({...smallCentre(), hours: [day], dialRules: [{campaignId: 'ca', hoursId: 'day'}]});
	stage.advance(9 * hour);
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.is(predictive(stage).length, 0);
	t.like(heldBy(stage.world, autoDial, stage.agenda.nowMs), {rule: 'callingHours', facts: {untilAtMs: nineMs + 24 * hour}});
	stage.advance(15 * hour - 1);
	t.is(predictive(stage).length, 0);
	stage.advance(1);
	t.is(predictive(stage).length, 1, 'at nine');
	t.is(stage.store.entries.get('e1')!.state, 'dialling');
});

test('hours that are changed hold at once, and so does a wider window', t => {
	const stage = working({la: 3});
	const rules = [{campaignId: 'ca', hoursId: 'day'}];
	stage.configure({...smallCentre(), hours: [day], dialRules: rules});
	stage.advance(10 * hour);
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.is(predictive(stage).length, 0);
	stage.configure({...smallCentre(), hours: [{...day, windows: [{...day.windows[0]!, to: '19:30'}]}], dialRules: rules});
	t.is(predictive(stage).length, 1);
});

test('somebody in a region where it is night waits, others of the list are dialled; in time it is the turn', t => {
	const stage = working({la: 2});
	stage.store.entries.set('e1', {...stage.store.entries.get('e1')!, number: '01012125550100'});
	stage.configure({
		...smallCentre(),
		hours: [day],
		dialRules: [{campaignId: 'ca', hoursId: 'day'}],
		regions: [{id: 'ny', name: 'NY', timeZone: 'America/New_York', prefixes: ['0101212'], prefectures: []}],
	});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.deepEqual(
		predictive(stage).map(({row}) => row.entryId),
		['e2'],
	);
	// Nine in New York is ten in the evening here, and in summer.
	t.like(stage.store.entries.get('e1'), {state: 'waiting', nextAtMs: nineMs + 13 * hour});
	t.like(
		whyCustomer(
			stage.world,
			{
				customer: stage.world.customers.get('k1')!,
				entries: [{entry: {...stage.store.entries.get('e1')!, nextAtMs: 0}, list: stage.world.config.lists[0]!}],
			},
			stage.agenda.nowMs,
		).find(({rule}) => rule === 'callingHours'),
		{value: 'NY', facts: {untilAtMs: nineMs + 13 * hour}},
	);
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'invalidNumber'});
	stage.advance(13 * hour);
	t.deepEqual(
		predictive(stage).map(({row}) => row.entryId),
		['e1'],
	);
});

test('a number is dialled so often a day, over all lists, by the dialler and by hand, over a restart', t => {
	const stage = ruled({callsPerDayMax: 2, gapMs: 60_000}, {la: 1}, {retries: {busy: {attemptsMax: 9, gapMs: 60_000}}});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'busy'});
	stage.restart();
	stage.send({type: 'phoneUp', extension: '101'});
	stage.ask('op1', {type: 'attach', consoleId: 'again'});
	stage.send({
		type: 'legAnswered',
		legId: stage.agent('op1').leg.state === 'none' ? '' : (stage.agent('op1').leg as {legId: string}).legId,
	});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.is(predictive(stage).length, 0, 'the pause outlives the service');
	stage.advance(60_000);
	t.is(predictive(stage).length, 1);
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'busy'});
	stage.advance(60_000);
	t.is(predictive(stage).length, 0, 'twice today');
	t.is(stage.store.entries.get('e1')!.nextAtMs, nineMs + 15 * hour, 'after midnight');
	stage.advance(15 * hour - 120_000);
	t.is(predictive(stage).length, 1, 'tomorrow is another day');
});

test('a refusal stops every list of the client at that moment: at hand, being read, and what comes later', t => {
	const other = {...campaign, id: 'cb', code: 'CP0002', groupIds: ['g1']};
	const config = smallCentre();
	const stage = working({la: 3});
	stage.configure({
		...config,
		campaigns: [campaign, other],
		lists: [...config.lists, {id: 'lc', campaignId: 'cb', name: 'list c', groupId: 'g1', started: true, priority: 1}],
		autoDials: [autoDial, {...autoDial, campaignId: 'cb'}],
		dialRules: [
			{campaignId: 'ca', client: 'X', refusalIds: ['no']},
			{campaignId: 'cb', client: 'X'},
		],
	});
	for (const id of ['e1', 'e2']) stage.store.entries.set(id, {...stage.store.entries.get(id)!, number: '0311112222'});
	for (const id of ['k1', 'k2', 'k9']) {
		const base = stage.store.customers.get('k1')!;
		stage.store.customers.set(id, {
			...base,
			id,
			campaignId: id === 'k9' ? 'cb' : 'ca',
			values: {...base.values, phone: '03-1111-2222'},
			version: 2,
		});
	}
	stage.store.entries.set('e9', {
		id: 'e9',
		listId: 'lc',
		customerId: 'k9',
		number: '0311112222',
		state: 'waiting',
		position: 1,
		attempts: 0,
	});
	stage.configure(stage.world.config);
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	stage.advance(400_000);
	const draft = draftOf(stage);
	stage.ask('op1', {type: 'save', draft: {...draft, record: {...draft.record, reactionId: 'no', nextActionId: 'auto'}}});
	t.is(stage.store.entries.get('e1')!.state, 'saved', 'no automatic recall for who refuses');
	t.deepEqual([...stage.store.doNotCall], ['client:X 0311112222']);
	for (const id of ['k1', 'k2', 'k9']) t.true(stage.store.customers.get(id)!.stopCalling, id);
	t.is(stage.store.events.filter(({kind}) => kind === 'customer.stopped').length, 1);
	stage.send({type: 'legEnded', legId: stage.newestLeg(), by: 'far'});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.deepEqual(
		predictive(stage).map(({row}) => row.entryId),
		['e3'],
	);
	t.is(stage.store.entries.get('e2')!.state, 'stopped');
	// What was read before it was on the disk comes late.
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'invalidNumber'});
	const late = {id: 'e10', listId: 'lc', customerId: 'k10', number: '0311112222', state: 'waiting', position: 2, attempts: 0} as const;
	stage.store.entries.set('e10', late);
	const customer = {...stage.store.customers.get('k9')!, id: 'k10', stopCalling: false};
	stage.store.customers.set('k10', customer);
	stage.send({type: 'entriesFetched', listId: 'lc', entries: [late], customers: [customer]});
	t.is(predictive(stage).length, 0);
	t.is(stage.store.entries.get('e10')!.state, 'stopped');
});

test('a do-not-call file holds for what was read ahead, for what is read, and no longer when the number is taken out', t => {
	const stage = working({la: 30});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	stage.store.doNotCall.add(' 09000000002').add('campaign:other 09000000003').add('campaign:ca 09000000004');
	stage.send({type: 'doNotCallChanged', scope: ''});
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'invalidNumber'});
	t.is(predictive(stage)[0]!.row.entryId, 'e3');
	t.is(stage.store.entries.get('e2')!.state, 'stopped');
	t.is(stage.store.entries.get('e4')!.state, 'stopped');
	t.true(stage.store.events.some(({kind, reason}) => kind === 'entry.changed' && reason === 'doNotCall'));
	stage.send({type: 'doNotCallChanged', scope: '', added: ['09000000005']});
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'invalidNumber'});
	t.is(predictive(stage)[0]!.row.entryId, 'e6', 'named: known at once');
	stage.send({type: 'doNotCallChanged', scope: '', removed: ['09000000005']});
	t.is(stage.world.refused.size, 0);
});

test('the clock set back stalls nothing and calls nobody twice', t => {
	const stage = working({la: 5});
	const config = smallCentre();
	stage.configure({...config, trunks: [{name: 't1', callsMax: 0, callsPerSecondMax: 1}]});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	const [first] = predictive(stage);
	stage.agenda.nowMs -= 2 * hour;
	stage.send({type: 'legFailed', legId: first!.legId, failure: 'trunkDown'});
	stage.advance(11_000);
	const numbers = predictive(stage).map(({row}) => row.toNumber);
	t.deepEqual(numbers, ['09000000002'], 'the next one, not the same one again');
});

test('with a claimed customer the rules hold until the call goes out', t => {
	const stage = working({la: 1});
	stage.ask('op1', {type: 'nextCustomer'});
	stage.send({type: 'doNotCallChanged', scope: '', added: ['09000000001']});
	t.like(stage.ask('op1', {type: 'dial', number: '09000000001', customerId: 'k1'}), {ok: false, error: {code: 'forbidden'}});
});

test('a number is left alone from when it is dialled: not from when the operator asked, whose own phone is rung first', t => {
	const stage = working({la: 3});
	stage.configure({...smallCentre(), dialRules: [{campaignId: 'ca', gapMs: 60_000}]});
	stage.bring('op4', '104');
	stage.ask('op4', {type: 'dial', number: '09000000001'});
	const own = stage.agent('op4').leg;
	stage.advance(10_000);
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.is(predictive(stage)[0]?.row.toNumber, '09000000002', 'it is spoken for before');
	stage.send({type: 'legAnswered', legId: own.state === 'none' ? '' : own.legId});
	const {id, legId} = {id: stage.agent('op4').callId!, legId: stage.newestLeg()};
	const hand = stage.world.calls.get(id)!;
	t.is(hand.row.dialledMs, nineMs + 10_000);
	stage.send({type: 'legFailed', legId: hand.legId, failure: 'busy', sipStatus: 486});
	stage.send({type: 'legFailed', legId, failure: 'busy', sipStatus: 486});
	for (const isRestarted of [false, true]) {
		if (isRestarted) stage.restart();
		t.like(stage.world.dialled.get('09000000001'), {lastMs: nineMs + 10_000, count: 1});
	}
});

test('of a customer with two numbers the one that may be called is called; whoever was stopped waits again when the cause is lifted', t => {
	const stage = new Stage();
	const card = [...campaign.card, field('mobile', {kind: 'phone'})];
	const centre = {...smallCentre(), campaigns: [{...campaign, card}]};
	stage.configure({...centre, dialRules: [{campaignId: 'ca', consent: {fieldId: 'note', values: []}}]});
	stage.fill('la', 3);
	for (const [id, customer] of stage.store.customers)
		stage.store.customers.set(id, {
			...customer,
			values: {...customer.values, note: id === 'k3' ? '' : 'yes', ...(id === 'k1' && {mobile: '08011112222'})},
		});
	for (const number of ['09000000001', '09000000002']) stage.store.doNotCall.add(` ${number}`);
	stage.bring('op1', '101');
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.deepEqual(
		predictive(stage).map(({row}) => row.toNumber),
		['08011112222'],
	);
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'busy', sipStatus: 486});
	const states = () => ['e2', 'e3'].map(id => stage.store.entries.get(id)!.state);
	t.deepEqual(states(), ['stopped', 'stopped'], 'in the file, and without consent');

	// Known in memory alone, while it is at hand: told from the file when it is read the next time.
	stage.store.doNotCall.delete(' 09000000002');
	stage.send({type: 'doNotCallChanged', scope: '', removed: ['09000000002']});
	t.is(predictive(stage)[0]?.row.toNumber, '09000000002', 'taken out of the file');
	stage.send({type: 'legFailed', legId: stage.newestLeg(), failure: 'busy', sipStatus: 486});
	t.is(predictive(stage).length, 0);
	stage.configure(centre);
	t.is(predictive(stage)[0]?.row.toNumber, '09000000003', 'consent is not asked for any more');
});
