import test from 'ava';
import {Books} from '../../src/server/books.js';
import {countersOf} from '../../src/server/domain/counters.js';
import type {ResponseRecord} from '../../src/server/domain/model.js';
import {recallsOf} from '../../src/server/domain/recalls.js';
import type {StoreReader, StoreWriter} from '../../src/server/store/port.js';
import {draftOf, nineMs, type Stage, talk, working} from './stage.js';

test('typed letters are kept: on the disk soon, over another customer, over a log-off', t => {
	const stage = working({lb: 2});
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k1'});
	const draft = draftOf(stage);
	draft.record.text = 'half a sen';
	draft.focus = {field: 'record.text', cursor: 10};
	stage.ask('op1', {type: 'putDraft', draft});
	t.is(stage.store.drafts.get('op1'), undefined);
	stage.advance(300);
	t.is(stage.store.drafts.get('op1')?.record.text, 'half a sen');

	stage.ask('op1', {type: 'loadCustomer', customerId: 'k2'});
	t.is(stage.agent('op1').draft?.record.text, '');
	t.is(stage.store.events.filter(({kind}) => kind === 'draft.shelved').length, 1);
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k1'});
	t.is(stage.agent('op1').draft?.record.text, 'half a sen');
	t.deepEqual(stage.agent('op1').draft?.focus, {field: 'record.text', cursor: 10});

	stage.ask('op1', {type: 'logOff'});
	const stored = stage.store.drafts.get('op1')!;
	stage.ask('op1', {type: 'login', extension: '101', consoleId: 'c2', tokenHash: 'h2', draft: stored});
	t.is(stage.agent('op1').draft?.record.text, 'half a sen');
});

test('a call pushes a typed draft aside and loses none of it; late letters find their customer', t => {
	const stage = working({la: 1, lb: 1});
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k2'});
	const draft = draftOf(stage);
	draft.record.text = 'about k2';
	stage.ask('op1', {type: 'putDraft', draft});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	t.is(stage.agent('op1').customerId, 'k1');
	t.is(stage.agent('op1').draft?.record.text, '');
	t.true(stage.agent('op1').notices.some(({key}) => key === 'draftShelved'));
	draft.record.text = 'about k2, typed a moment too late';
	stage.ask('op1', {type: 'putDraft', draft});
	t.is(stage.agent('op1').draft?.customerId, 'k1');
	stage.ask('op1', {type: 'hangUp'});
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k2'});
	t.is(stage.agent('op1').draft?.record.text, 'about k2, typed a moment too late');
});

test('the customer is on the screen in the step in which the call is joined', t => {
	const stage = working({la: 1});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	stage.effects = [];
	stage.send({type: 'legAnswered', legId: stage.newestLeg()});
	const agent = stage.agent('op1');
	t.is(agent.status, 'talkingOut');
	t.is(agent.draft?.values['name'], 'name 1');
	const changed = stage.effects.find(effect => effect.type === 'changed' && effect.operatorId === 'op1');
	t.true(
		changed?.type === 'changed' && ['status', 'call', 'customer', 'history', 'draft'].every(part => changed.parts.includes(part as never)),
	);
});

test('saving during the call leaves the call alone, and the entry is done when it ends', t => {
	const stage = working({la: 1});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	const reply = stage.ask('op1', {type: 'save', draft: {...draftOf(stage), record: {...draftOf(stage).record, nextActionId: 'done'}}});
	t.true(reply?.ok && reply.durable);
	t.is(stage.agent('op1').status, 'talkingOut');
	t.is(stage.store.entries.get('e1')?.state, 'saved');
	t.like(stage.ask('op1', {type: 'afterSave', choice: 'resume'}), {ok: false, error: {code: 'notNow', status: 'talkingOut'}});
	t.true(stage.ask('op1', {type: 'afterSave', choice: 'keep'})?.ok);
	stage.ask('op1', {type: 'hangUp'});
	t.is(stage.store.entries.get('e1')?.state, 'saved');
	t.is(stage.agent('op1').status, 'wrapUp');
});

test('the popup: OK keeps customer and 後処理, the other closes and goes back to 受付中', t => {
	for (const choice of ['keep', 'resume'] as const) {
		const stage = working({la: 1});
		stage.ask('op1', {type: 'setStatus', status: 'ready'});
		talk(stage);
		stage.advance(5_000);
		stage.ask('op1', {type: 'hangUp'});
		stage.advance(20_000);
		const draft = draftOf(stage);
		draft.record.reactionId = 'no';
		stage.ask('op1', {type: 'save', draft});
		const [record] = [...stage.store.records.values()];
		t.like(record, {
			contact: 'out',
			reactionId: 'no',
			writingMs: 20_000,
			nextOperatorId: 'op1',
			savedMs: nineMs + 25_000,
			editedMs: nineMs + 25_000,
		});
		t.is(stage.agent('op1').popup?.recordId, record!.id);
		t.is(stage.agent('op1').draft?.record.reactionId, '', 'the next record starts empty');
		t.true(stage.ask('op1', {type: 'afterSave', choice})?.ok);
		t.is(stage.agent('op1').popup, undefined);
		t.is(stage.agent('op1').status, choice === 'keep' ? 'wrapUp' : 'ready');
		t.is(stage.agent('op1').customerId, choice === 'keep' ? 'k1' : undefined);
		t.like(stage.ask('op1', {type: 'afterSave', choice}), {ok: false, error: {code: 'notFound'}});
	}
});

test('what is loaded after the record of a call is saved has nothing to do with that call', t => {
	const stage = working({la: 1});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	stage.ask('op1', {type: 'hangUp'});
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k1'});
	t.is(stage.agent('op1').draft?.callId, stage.agent('op1').lastCall?.id, 'not saved yet');
	stage.ask('op1', {type: 'save', draft: draftOf(stage)});
	stage.ask('op1', {type: 'closeCustomer'});
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k1'});
	t.is(stage.agent('op1').draft?.callId, undefined);
	stage.ask('op1', {type: 'save', draft: draftOf(stage)});
	t.deepEqual(
		[...stage.store.records.values()].map(({contact}) => contact),
		['out', 'none'],
	);
});

test('a wrong field refuses the save, stores nothing but the draft, and names the field', t => {
	const stage = working({lb: 1});
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k1'});
	const draft = draftOf(stage);
	draft.values['name'] = '';
	draft.values['note'] = 'typed';
	const reply = stage.ask('op1', {type: 'save', draft});
	t.like(reply, {ok: false, error: {code: 'invalid', fields: [{field: 'name', code: 'required'}]}});
	t.is(stage.store.records.size, 0);
	t.is(stage.store.customers.get('k1')?.values['name'], 'name 1');
	t.is(stage.store.drafts.get('op1')?.values['note'], 'typed');
});

test('自動再架電 gives the number back to the dialler, with the next person blank; elsewhere it is refused', t => {
	const stage = working({la: 1, lb: 1, auto: {retries: {talked: {attemptsMax: 5, gapMs: 7_000}}}});
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k2'});
	const other = draftOf(stage);
	other.record.nextActionId = 'auto';
	t.like(stage.ask('op1', {type: 'save', draft: other}), {
		ok: false,
		error: {code: 'invalid', fields: [{field: 'record.nextActionId', code: 'notHere'}]},
	});
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	stage.ask('op1', {type: 'hangUp'});
	t.is(stage.store.entries.get('e1')?.state, 'unsaved');
	const draft = draftOf(stage);
	draft.record.nextActionId = 'auto';
	stage.ask('op1', {type: 'save', draft});
	t.like(stage.store.entries.get('e1'), {state: 'autoRecall', nextAtMs: nineMs + 7_000});
	t.is([...stage.store.records.values()][0]?.nextOperatorId, undefined);
});

test('two operators save one customer: different fields are merged, the same field is refused with the newer customer', t => {
	const stage = working({lb: 1});
	stage.bring('op2', '102');
	for (const who of ['op1', 'op2']) stage.ask(who, {type: 'loadCustomer', customerId: 'k1'});
	const one = draftOf(stage);
	one.values['note'] = 'from op1';
	const two = draftOf(stage, 'op2');
	two.values['name'] = 'from op2';
	t.true(stage.ask('op1', {type: 'save', draft: one})?.ok);
	t.true(stage.ask('op2', {type: 'save', draft: two})?.ok);
	t.like(stage.store.customers.get('k1'), {version: 3, values: {name: 'from op2', note: 'from op1'}});

	const late = draftOf(stage);
	t.is(late.baseVersion, 2);
	late.values['name'] = 'op1 again';
	const refused = stage.ask('op1', {type: 'save', draft: late});
	t.like(refused, {ok: false, error: {code: 'conflict', customer: {version: 3, values: {name: 'from op2'}}}});
	t.true(stage.ask('op1', {type: 'save', draft: {...late, baseVersion: 3}})?.ok, 'seen, and decided');
	t.is(stage.store.customers.get('k1')?.values['name'], 'op1 again');
});

test('a recall is noticed by its person only, logged in, with the campaign open, when it is 再架電 with person and time', t => {
	const at = (nextActionId: string, nextOperatorId: string) => {
		const stage = working({lb: 1});
		stage.bring('op2', '102');
		stage.ask('op1', {type: 'loadCustomer', customerId: 'k1'});
		const draft = draftOf(stage);
		Object.assign(draft.record, {nextActionId, nextOperatorId, nextAt: '10:00'});
		stage.ask('op1', {type: 'save', draft});
		return stage;
	};
	const noticed = (stage: Stage, who: string) => stage.agent(who)?.notices.some(({key}) => key === 'recallDue');

	const stage = at('recall', 'op2');
	stage.advance(59 * 60_000 - 1);
	t.false(noticed(stage, 'op2'));
	stage.advance(1);
	t.true(noticed(stage, 'op2'));
	t.false(noticed(stage, 'op1'));
	t.is(countersOf(stage.world, stage.agent('op2'), stage.agenda.nowMs).recallsDue, 1);
	const settled = () => stage.agent('op2').notices.map(notice => notice.settled);
	t.deepEqual(settled(), [undefined]);
	stage.ask('op1', {type: 'save', draft: draftOf(stage)});
	t.deepEqual(settled(), [true], 'the customer has been spoken to: the notice asks for nothing any more');

	for (const [action, person] of [
		['visit', 'op2'],
		['done', 'op2'],
		['recall', ''],
	] as const) {
		const other = at(action, person);
		other.advance(3_600_000);
		t.false(noticed(other, 'op2'), `${action} for ${person}`);
	}

	const elsewhere = at('recall', 'op1');
	elsewhere.world.config = {...elsewhere.world.config, campaigns: elsewhere.world.config.campaigns.map(of => ({...of, groupIds: ['g2']}))};
	elsewhere.advance(3_600_000);
	t.false(noticed(elsewhere, 'op1'), 'another campaign is open');
});

test('a recall nobody was there for is in the list at the next login, overdue, until a later record', t => {
	const stage = working({lb: 1});
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k1'});
	const draft = draftOf(stage);
	Object.assign(draft.record, {nextActionId: 'recall', nextAt: '10:00'});
	stage.ask('op1', {type: 'save', draft});
	stage.ask('op1', {type: 'logOff'});
	t.is(stage.world.recalls.size, 0);
	stage.advance(4_000_000);
	stage.bring('op1', '101');
	t.true(stage.agent('op1').notices.some(({key, args}) => key === 'recallsOverdue' && args['count'] === '1'));
	t.is(recallsOf(stage.world, 'op1').length, 1);
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k1'});
	stage.ask('op1', {type: 'save', draft: draftOf(stage)});
	t.is(recallsOf(stage.world, 'op1').length, 0);
});

test('a promise is taken over while its person is away or once it is due, by one colleague with that campaign open', t => {
	const stage = working({lb: 1});
	stage.bring('op2', '102');
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k1'});
	const draft = draftOf(stage);
	Object.assign(draft.record, {nextActionId: 'recall', nextAt: '10:00'});
	stage.ask('op1', {type: 'save', draft});
	const [was] = [...stage.store.records.values()];
	const customer = stage.store.customers.get('k1')!;
	const take = (operatorId: string, more: {isNewest?: boolean} = {}) =>
		stage.ask(operatorId, {type: 'takeRecall', was: stage.store.records.get(was!.id)!, isNewest: true, customer, ...more});
	t.like(take('op2'), {ok: false, error: {code: 'notNow'}}, 'who promised is there, and it is not due');
	const books = new Books({
		world: stage.world,
		reader: {recallsDue: () => [...stage.store.records.values()], customer: () => customer} as unknown as StoreReader,
		writer: {} as StoreWriter,
		nowMs: () => nineMs,
	});
	t.deepEqual(books.othersRecalls('op2'), []);
	stage.ask('op1', {type: 'logOff'});
	t.like(books.othersRecalls('op2'), [{recordId: was!.id, overdue: false, of: {absent: true}}] as never);
	t.like(take('op2', {isNewest: false}), {ok: false, error: {code: 'notFound'}});
	const reply = take('op2');
	t.true(reply?.ok && reply.durable);
	t.is(stage.store.records.get(was!.id)?.nextOperatorId, 'op2');
	t.is(recallsOf(stage.world, 'op2').length, 1);
	stage.advance(3_600_000 - 60_000);
	t.true(
		stage.agent('op2').notices.some(({key}) => key === 'recallDue'),
		'and its notice comes to who has it now',
	);
	stage.bring('op1', '101');
	t.is(recallsOf(stage.world, 'op1').length, 0);
	t.like(take('op1'), {ok: false, error: {code: 'notNow'}});
	stage.advance(120_000);
	t.true(take('op1')?.ok, 'overdue: also while its person is there');
	t.true(
		stage.agent('op2').notices.some(({key}) => key === 'recallTaken'),
		'who is told',
	);
	t.is(recallsOf(stage.world, 'op2').length, 0);
});

test('a recall closed while the list was being read does not come back', t => {
	const stage = working({lb: 1});
	const recall = {
		recordId: 'r0',
		operatorId: 'op1',
		customerId: 'k1',
		campaignId: 'ca',
		customerName: '',
		number: '',
		nextAtMs: nineMs + 1,
	};
	stage.world.recallFetches.set('op1', new Set());
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k1'});
	stage.ask('op1', {type: 'save', draft: draftOf(stage)});
	stage.send({type: 'recallsFetched', operatorId: 'op1', recalls: [recall, {...recall, recordId: 'r9', customerId: 'k9'}]});
	t.deepEqual(
		recallsOf(stage.world, 'op1').map(({recordId}) => recordId),
		['r9'],
	);
});

test('kaden recall: a promise is given to another, moved and taken back; each who is concerned sees it at once, and what is over stays over', t => {
	const stage = working({lb: 1});
	stage.bring('op2', '102');
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k1'});
	const draft = draftOf(stage);
	Object.assign(draft.record, {nextActionId: 'recall', nextAt: '10:00'});
	stage.ask('op1', {type: 'save', draft});
	const [{id}] = [...stage.store.records.values()] as [ResponseRecord];
	const customer = stage.store.customers.get('k1')!;
	const alter = (more: {to?: string; atMs?: number; cancel?: true; isNewest?: boolean}) =>
		stage.ask('system', {type: 'changeRecall', was: stage.store.records.get(id)!, isNewest: true, customer, ...more});
	const notices = (who: string) => stage.agent(who).notices.map(({key}) => key);
	const reply = alter({to: 'op2'});
	t.true(reply?.ok && reply.durable);
	t.deepEqual([recallsOf(stage.world, 'op1').length, recallsOf(stage.world, 'op2').length], [0, 1]);
	t.true(notices('op1').includes('recallGone') && notices('op2').includes('recallGiven'));
	alter({atMs: nineMs + 7_200_000});
	t.true(notices('op2').includes('recallChanged'));
	stage.advance(3_600_000);
	t.false(notices('op2').includes('recallDue'), 'not at its old time');
	stage.advance(3_600_000);
	t.true(notices('op2').includes('recallDue'));
	t.true(alter({cancel: true})?.ok);
	t.is(recallsOf(stage.world, 'op2').length, 0);
	t.is(stage.store.records.get(id)!.nextAtMs, undefined);
	t.like(alter({to: 'op1'}), {ok: false, error: {code: 'invalid'}}, 'without a time it is no promise');
	t.true(alter({to: 'op1', atMs: nineMs + 60_000_000})?.ok, 'but can be made again');
	t.like(alter({to: 'op2', isNewest: false}), {ok: false, error: {code: 'notFound'}});
	stage.ask('op1', {type: 'loadCustomer', customerId: 'k1'});
	stage.ask('op1', {type: 'save', draft: draftOf(stage)});
	t.like(alter({to: 'op2'}), {ok: false, error: {code: 'notFound'}}, 'a later record has settled it, the disk may not know yet');
	const kinds = stage.store.events.filter(({kind}) => kind.startsWith('recall.')).map(({kind}) => kind);
	t.deepEqual(
		kinds.filter(kind => kind !== 'recall.noticed'),
		['recall.changed', 'recall.changed', 'recall.cancelled', 'recall.changed', 'recall.closed'],
	);
});
