import test from 'ava';
import {Refused} from '../../src/server/api/messages.js';
import type {WhyAbout, WhyFinding} from '../../src/server/api/views.js';
import type {EventRow} from '../../src/server/domain/model.js';
import {whyRules} from '../../src/server/domain/why/rules.js';
import type {StoreReader} from '../../src/server/store/port.js';
import type {ToolContext} from '../../src/server/tools.js';
import {createWhy} from '../../src/server/why.js';
import {whyTexts, whyValues} from '../../src/tui/i18n/why.js';
import {diallingTexts, factTexts} from '../../src/tui/i18n/why-dialling.js';
import {whyLine} from '../../src/tui/why-lines.js';
import {nineMs, type Stage, talk, working} from '../domain/stage.js';

const diallingLines = Object.values(diallingTexts).map(({en}) => en);

/** The question of somebody, asked of the stage and its store. */
function asking(stage: Stage) {
	const {store} = stage;
	const customers = () => [...store.customers.values()];
	const reader = {
		events: () => [],
		doNotCall: () => [],
		newestEvent: ({kinds, data, untilMs = Number.POSITIVE_INFINITY, ...fields}: Parameters<StoreReader['newestEvent']>[0]) =>
			store.events.findLast(
				(event: EventRow) =>
					kinds.includes(event.kind) &&
					event.atMs <= untilMs &&
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
	return (asker: ToolContext['asker'], about: WhyAbout, of: string, atMs?: number) =>
		why({id: 1, type: 'why', about, of, ...(atMs !== undefined && {atMs})}, {asker});
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

test('a list is asked about the past: what was decided last by then, with what it went by, in words', t => {
	const stage = working({la: 9});
	const {events} = stage.store;
	const ask = asking(stage);
	const context = {lang: 'en', nowMs: nineMs + 99_000, zone: 'Asia/Tokyo'} as const;
	const said = (atMs: number) => ask('owner', 'list', 'la', atMs).findings.map(each => whyLine(each, context).text);
	t.deepEqual(said(nineMs - 1), ['one: no decision to dial is logged until 08:59']);
	stage.ask('op1', {type: 'setStatus', status: 'ready'});
	t.deepEqual(said(nineMs), [
		'one: 1 calls placed at 09:00:00 (idle-only): 1 agents × ratio 1 is a target of 1, 0 were under way, 1 ready (abandon rate over the limit: -)',
	]);
	const about = {kind: 'dial.decided', actor: 'system', campaignId: 'ca', groupId: 'g1', reason: 'adaptive'} as const;
	const crew = {ready: 2, wrapUp: 1, talking: 4, running: 7, gaveUp: 1};
	const seen = {by: 'adaptive', chance: 0.0612, price: 0.058, left: 3.21, pending: 0.44, answer: 0.3021, wanted: 4};
	events.push({
		...about,
		atMs: nineMs + 10_000,
		data: {...crew, by: 'progressive', known: 9, answer: 0.3, wanted: 1, placed: 1},
	});
	events.push({...about, atMs: nineMs + 20_000, data: {...crew, ...seen, placed: 3}});
	events.push({...about, atMs: nineMs + 30_000, data: {...crew, ...seen, lead: 1.374, placed: 4}});
	t.regex(said(nineMs + 19_999)[0]!, /1 calls placed at 09:00:10: only 9 results were known.*30\.0 % taken to answer/);
	t.regex(
		said(nineMs + 20_000)[0]!,
		/3 calls placed and 1 given up.*chance of 6\.1 %, at most 5\.8 %.*spend 3\.2, expected of calls under way 0\.4; 30\.2 %/,
	);
	t.regex(said(nineMs + 60_000)[0]!, /4 calls placed.*to leads 1\.37 times as likely/);
	events.push({atMs: nineMs + 40_000, kind: 'list.stopped', actor: 'op2', campaignId: 'ca', listId: 'la'});
	t.like(ask('owner', 'list', 'la', nineMs + 60_000).findings[0], {
		rule: 'listStopped',
		holds: true,
		setBy: 'op2',
		sinceMs: nineMs + 40_000,
	});
	t.is(ask('owner', 'list', 'la', nineMs + 39_999).findings[0]!.rule, 'decidedByLead');
	t.is(
		codeOf(() => ask('owner', 'agent', 'op1', nineMs)),
		'badRequest',
	);
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
	t.false(
		Object.keys(factTexts).some(name => Object.values(whyTexts).some(({en}) => en.includes(`{${name}}`) && !diallingLines.includes(en))),
		'what is called otherwise there is a fact of the dialler alone',
	);
	const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([name]) => name).sort();
	for (const {ja, en} of [...Object.values(whyTexts), ...Object.values(whyValues).flatMap(values => Object.values(values))]) {
		t.deepEqual(names(ja), names(en), en);
	}
	const base = {holds: true, more: {operator: 'オペレーター1', reason: 'missedCalls'}, setBy: 'system', sinceMs: nineMs - 86_400_000};
	const line = whyLine({...base, rule: 'status', value: 'away'}, {lang: 'ja', nowMs: nineMs, zone: 'Asia/Tokyo'});
	t.is(line.text, 'オペレーター1：状態が離席です  (システム、03/31 09:00 から)');
});
