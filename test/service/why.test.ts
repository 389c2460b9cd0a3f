import test from 'ava';
import {Refused} from '../../src/server/api/messages.js';
import type {WhyAbout, WhyFinding} from '../../src/server/api/views.js';
import type {EventRow} from '../../src/server/domain/model.js';
import {whyRules} from '../../src/server/domain/why/rules.js';
import type {StoreReader} from '../../src/server/store/port.js';
import type {ToolContext} from '../../src/server/tools.js';
import {createWhy} from '../../src/server/why.js';
import {whyTexts, whyValues} from '../../src/tui/i18n/why.js';
import {whyLine} from '../../src/tui/why-lines.js';
import {nineMs, type Stage, talk, working} from '../domain/stage.js';

/** The question of somebody, asked of the stage and its store. */
function asking(stage: Stage) {
	const {store} = stage;
	const customers = () => [...store.customers.values()];
	const reader = {
		doNotCall: () => [],
		newestEvent: ({kinds, data, ...fields}: Parameters<StoreReader['newestEvent']>[0]) =>
			store.events.findLast(
				(event: EventRow) =>
					kinds.includes(event.kind) &&
					(!data || event.data?.[data.name] === data.value) &&
					Object.entries(fields).every(([name, value]) => event[name as keyof EventRow] === value),
			),
		recordsOf: (customerId: string) => [...store.records.values()].filter(record => record.customerId === customerId).reverse(),
		call: (callId: string) => store.calls.get(callId),
		entryOfCustomer: (listId: string, customerId: string) =>
			[...store.entries.values()].find(entry => entry.listId === listId && entry.customerId === customerId),
		listCounts: (listId: string) => store.counts(listId),
		nextDueMs: (listId: string, nowMs: number) => store.nextDueMs(listId, nowMs),
		customer: (customerId: string) => store.customers.get(customerId),
		customerIdsByCode: (_: string, codes: readonly string[]) =>
			new Map(customers().flatMap(({id, values}) => (codes.includes(values['code']!) ? [[values['code']!, id] as const] : []))),
		customersByNumber: (_: unknown, number: string) => customers().filter(({values}) => values['phone'] === number),
	} as unknown as StoreReader;
	const why = createWhy({world: stage.world, reader, nowMs: () => stage.agenda.nowMs});
	return (asker: ToolContext['asker'], about: WhyAbout, of: string) => why({id: 1, type: 'why', about, of}, {asker});
}

const codeOf = (ask: () => unknown): string => {
	try {
		ask();
		return 'granted';
	} catch (error) {
		return error instanceof Refused ? error.error.code : String(error);
	}
};
const finding = (findings: WhyFinding[], rule: string) => findings.find(each => each.rule === rule);

test('who set it and since when comes from the log, and ids have their names', t => {
	const stage = working({la: 2});
	const ask = asking(stage);
	stage.ask('boss', {type: 'login', extension: '103', consoleId: 'cb', tokenHash: 'tb'});
	stage.advance(60_000);
	stage.ask('boss', {type: 'setListStarted', listId: 'la', started: false});
	stage.advance(60_000);
	const {id, name, nowMs, findings} = ask('owner', 'list', 'list a');
	t.deepEqual([id, name, nowMs], ['la', 'list a', nineMs + 120_000]);
	t.like(findings[0], {rule: 'listStopped', holds: true, value: 'list a', setBy: 'boss', sinceMs: nineMs + 60_000});
	stage.send({type: 'trunkDown', trunk: 't1', reason: 'no route'});
	stage.ask('boss', {type: 'setListStarted', listId: 'la', started: true});
	t.like(finding(ask('owner', 'list', 'la').findings, 'trunkDown'), {
		setBy: 'system',
		sinceMs: nineMs + 120_000,
		more: {reason: 'no route', group: 'one', campaign: 'campaign'},
	});
});

test('operators ask about themselves, their call and customers they may load; supervisors and the owner about all', t => {
	const stage = working({la: 2});
	const ask = asking(stage);
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	talk(stage);
	stage.bring('op2', '102');
	const [callId = ''] = stage.world.calls.keys();
	const op1 = {operatorId: 'op1'};
	const op2 = {operatorId: 'op2'};
	const boss = {operatorId: 'boss'};
	t.is(ask(op1, 'agent', '101').name, 'op1');
	t.is(ask(op1, 'call', callId).id, callId);
	t.is(ask(op1, 'customer', 'C1').name, 'name 1');
	t.like(finding(ask(op1, 'customer', '09000000002').findings, 'entryState'), {value: 'waiting', more: {list: 'list a', attempts: 0}});
	t.is(
		codeOf(() => ask(op2, 'agent', 'op1')),
		'notAllowed',
	);
	t.is(
		codeOf(() => ask(op2, 'agent', 'nobody')),
		'notAllowed',
		'nobody learns who there is',
	);
	t.is(
		codeOf(() => ask(op2, 'call', callId)),
		'notAllowed',
	);
	t.is(
		codeOf(() => ask(op1, 'list', 'la')),
		'notAllowed',
	);
	stage.bring('op3', '103', ['g1']);
	stage.world.agents.get('op3')!.groupIds = [];
	t.is(
		codeOf(() => ask({operatorId: 'op3'}, 'customer', 'k1')),
		'notFound',
	);
	for (const asker of [boss, 'owner'] as const) {
		t.is(ask(asker, 'agent', 'op1').id, 'op1');
		t.is(ask(asker, 'call', callId).id, callId);
		t.is(ask(asker, 'call', '09000000001').id, callId);
		t.is(
			codeOf(() => ask(asker, 'list', 'nothing')),
			'notFound',
		);
		t.is(
			codeOf(() => ask(asker, 'agent', 'nobody')),
			'notFound',
		);
		t.is(
			codeOf(() => ask(asker, 'customer', 'nobody')),
			'notFound',
		);
		t.is(
			codeOf(() => ask(asker, 'call', 'nothing')),
			'notFound',
		);
	}
	stage.store.customers.set('k2', {...stage.store.customers.get('k2')!, values: stage.store.customers.get('k1')!.values});
	t.is(
		codeOf(() => ask('owner', 'customer', '09000000001')),
		'badRequest',
		'of several none is guessed',
	);
	stage.ask('op1', {type: 'hangUp'});
	stage.send({type: 'legEnded', legId: stage.store.calls.get(callId) ? stage.world.calls.get(callId)!.legId : '', by: 'us'});
	t.like(ask(op1, 'call', callId).findings[0], {rule: 'callEnded', value: 'talked'});
});

test('a promised recall is told with who promised it', t => {
	const stage = working({la: 1});
	const ask = asking(stage);
	stage.store.records.set('r1', {
		...{id: 'r1', customerId: 'k1', campaignId: 'ca', operatorId: 'op1', contact: 'out', nextActionId: 'recall', nextOperatorId: 'op2'},
		...{nextAtMs: nineMs + 600_000, text: '', savedMs: nineMs - 1, editedMs: nineMs - 1},
	});
	const found = finding(ask('owner', 'customer', 'k1').findings, 'recallPromised');
	t.like(found, {setBy: 'op1', sinceMs: nineMs - 1, more: {operator: 'op2'}});
	t.is(whyLine(found!, {lang: 'ja', nowMs: nineMs, zone: 'Asia/Tokyo'}).text, 'op2 が 09:10 に再架電する約束です  (op1、08:59 から)');
	t.is(whyLine(found!, {lang: 'en', nowMs: nineMs, zone: 'Asia/Tokyo'}).text, 'op2 has promised to call at 09:10  (op1, since 08:59)');
});

test('every rule has its sentence in both languages, with the same facts', t => {
	t.deepEqual(Object.keys(whyTexts).sort(), [...whyRules].sort());
	const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([name]) => name).sort();
	for (const {ja, en} of [...Object.values(whyTexts), ...Object.values(whyValues).flatMap(values => Object.values(values))]) {
		t.deepEqual(names(ja), names(en), en);
	}
	const base = {holds: true, more: {operator: 'オペレーター1', reason: 'missedCalls'}, setBy: 'system', sinceMs: nineMs - 86_400_000};
	const line = whyLine({...base, rule: 'status', value: 'away'}, {lang: 'ja', nowMs: nineMs, zone: 'Asia/Tokyo'});
	t.is(line.text, 'オペレーター1：状態が離席です  (システム、03/31 09:00 から)');
});
