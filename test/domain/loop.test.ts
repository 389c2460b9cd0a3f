import test from 'ava';
import {tableDialer} from '../../src/dialer/dialer.js';
import type {ViewPart} from '../../src/server/domain/effects.js';
import type {DomainEvent} from '../../src/server/domain/events.js';
import {step} from '../../src/server/domain/step.js';
import {parseEvent} from '../../src/server/domain/trace.js';
import {createWorld} from '../../src/server/domain/world.js';
import {Loop, type Reply} from '../../src/server/loop.js';
import {NotSaved} from '../../src/server/store/full.js';
import type {StoreOp} from '../../src/server/store/port.js';
import type {TelephonyCommand, TelephonyEvent} from '../../src/sip/port.js';
import {Agenda} from '../sim/agenda.js';
import {FakeStore} from '../sim/store.js';
import {nineMs, Stage, smallCentre} from './stage.js';

type Commit = {ops: StoreOp[]; done: () => void; fail: (reason: string) => void};

/** A loop over parts that do what the test tells them. `commits` holds what waits to be written. */
function staged(options: {traceMasked?: boolean; commitAtOnce?: boolean} = {}) {
	const agenda = new Agenda(nineMs);
	const store = new FakeStore();
	const sent: TelephonyCommand[] = [];
	const commits: Commit[] = [];
	const replies: Reply[] = [];
	const changed: Array<[string, ViewPart[]]> = [];
	const trace: string[] = [];
	const logged: string[] = [];
	let listener: (event: TelephonyEvent) => void = () => undefined;
	const obey: {now?: (command: TelephonyCommand) => void} = {};
	const world = createWorld({idPrefix: 't', dialer: tableDialer});
	const loop = new Loop({
		world,
		clock: {nowMs: () => agenda.nowMs, at: (atMs, run) => agenda.at(atMs, run)},
		telephony: {
			send(command) {
				sent.push(command);
				obey.now?.(command);
			},
			onEvent: to => (listener = to),
			close: async () => undefined,
		},
		writer: {
			commit: ops =>
				new Promise((resolve, reject) => {
					const done = () => {
						store.apply(ops);
						resolve();
					};
					if (options.commitAtOnce) done();
					else commits.push({ops, done, fail: reason => reject(new NotSaved(reason))});
				}),
		},
		reader: {
			dialableEntries: ({listId, nowMs, limit, exclude}) => store.dialable(listId, nowMs, limit, exclude),
			nextDueMs: (listId, nowMs) => store.nextDueMs(listId, nowMs),
			doNotCall: (scopes, numbers) => store.forbidden(scopes, numbers).map(number => ({scope: '', number, addedMs: 0, source: ''})),
			customer: id => store.customers.get(id),
			customersByNumber: (_campaignId, number) => [...store.customers.values()].filter(({values}) => values['phone'] === number),
			recallsOf: operatorId => store.recallsOf(operatorId, () => true),
		},
		files: {recordingFile: path => `/recordings/${path}`, soundFile: name => `/prompts/${name}`},
		onReply: reply => replies.push(reply),
		onChanged: (operatorId, parts) => changed.push([operatorId, parts]),
		onCloseConsole: () => undefined,
		log: (level, text) => logged.push(`${level} ${text}`),
		trace: line => trace.push(line),
		...(options.traceMasked !== undefined && {traceMasked: options.traceMasked}),
	});
	const report = (event: TelephonyEvent) => listener(event);
	return {agenda, store, sent, commits, replies, changed, trace, logged, world, loop, report, obey};
}

/** Lets promises that can run do so. */
const turn = () => new Promise<void>(resolve => setImmediate(resolve));

const login = {type: 'login', requestId: 'q1', operatorId: 'op1', extension: '101', consoleId: 'c1', tokenHash: 'h1'} as const;

test('a durable answer waits for the disk, others do not; one commit takes what gathered meanwhile', async t => {
	const {loop, commits, replies, store} = staged();
	loop.post({type: 'configChanged', config: smallCentre()});
	loop.post(login);
	loop.post({...login, requestId: 'q2', operatorId: 'nobody'});
	await turn();
	t.deepEqual(
		replies.map(({requestId}) => requestId),
		['q2'],
	);
	t.is(commits.length, 1);
	loop.post({type: 'startWork', requestId: 'q3', operatorId: 'op1', groupIds: ['g1']});
	loop.post({type: 'setStatus', requestId: 'q4', operatorId: 'op1', status: 'away'});
	await turn();
	t.is(commits.length, 1, 'the first commit is under way');
	commits[0]!.done();
	await turn();
	t.deepEqual(
		replies.map(({requestId}) => requestId),
		['q2', 'q1'],
	);
	t.true(store.sessions.has('h1'));
	t.is(commits.length, 2, 'both steps in one');
	commits[1]!.done();
	await loop.idle();
	t.deepEqual(
		replies.map(({requestId}) => requestId),
		['q2', 'q1', 'q3', 'q4'],
	);
});

test('a commit that fails is tried again, in order; answers wait, dialling stops, and both are over when it succeeds', async t => {
	const {loop, commits, replies, world, agenda, store} = staged();
	loop.post({type: 'configChanged', config: smallCentre()});
	loop.post(login);
	await turn();
	commits[0]!.fail('disk full');
	await turn();
	t.is(world.partsDown.get('store'), 'disk full');
	t.is(replies.length, 0);
	loop.post({type: 'setStatus', requestId: 'q2', operatorId: 'op1', status: 'ready'});
	agenda.next(agenda.nowMs + 1_000);
	await turn();
	t.is(commits.length, 2);
	t.deepEqual(commits[1]!.ops.slice(0, commits[0]!.ops.length), commits[0]!.ops);
	commits[1]!.done();
	await turn();
	t.is(world.partsDown.size, 0);
	while (commits.length > 2) commits.splice(2, 1)[0]!.done();
	await turn();
	t.deepEqual(
		replies.map(({requestId}) => requestId),
		['q2', 'q1'],
	);
	t.is(store.sessions.size, 1);
});

test('a batch that alone cannot be written is refused after some tries, and holds nobody up', async t => {
	const {loop, commits, replies, world, agenda, logged} = staged();
	loop.post({type: 'configChanged', config: smallCentre()});
	loop.post(login);
	await turn();
	loop.post({type: 'login', requestId: 'q2', operatorId: 'op2', extension: '102', consoleId: 'c2', tokenHash: 'h2'});
	for (let n = 0; n < 20 && replies.length < 2; n++) {
		const commit = commits.at(-1)!;
		if (commit.ops.some(op => op.op === 'putSession' && op.row.operatorId === 'op1')) commit.fail('no such operator');
		else commit.done();
		await turn();
		agenda.next(agenda.nowMs + 1_000);
		await turn();
	}
	t.like(replies[0], {requestId: 'q1', ok: false, error: {code: 'internal'}});
	t.like(replies[1], {requestId: 'q2', ok: true});
	t.true(logged.some(line => line.includes('refused a batch')));
	t.is(world.partsDown.size, 0);
});

test('a full disk is the fault of no batch, however long it lasts: an event may still find room, what people did is not given up', async t => {
	const {loop, commits, replies, world, agenda, logged} = staged();
	loop.post({type: 'configChanged', config: smallCentre()});
	loop.post(login);
	await turn();
	for (let n = 0; n < 12; n++) {
		const {ops, fail, done} = commits.at(-1)!;
		if (ops.length === 1) done();
		else fail('database or disk is full');
		await turn();
		agenda.next(agenda.nowMs + 1_000);
		await turn();
	}
	t.is(replies.length, 0, 'who waits is not told anything that is not true');
	t.is(world.partsDown.get('store'), 'database or disk is full');
	t.false(logged.some(line => line.includes('refused a batch')));
	for (let n = 0; n < 5; n++) {
		commits.at(-1)!.done();
		await turn();
	}
	t.like(replies[0], {requestId: 'q1', ok: true});
	t.is(world.partsDown.size, 0);
});

test('what is read is read after what was decided before is on the disk', async t => {
	const {loop, commits, store, world} = staged();
	store.customers.set('k1', {id: 'k1', campaignId: 'ca', values: {name: 'n'}, stopCalling: false, version: 1});
	loop.post({type: 'configChanged', config: smallCentre()});
	loop.post(login);
	loop.post({type: 'startWork', requestId: 'q2', operatorId: 'op1', groupIds: ['g1']});
	loop.post({type: 'loadCustomer', requestId: 'q3', operatorId: 'op1', customerId: 'k1'});
	await turn();
	t.is(world.agents.get('op1')?.customerId, undefined);
	commits[0]!.done();
	await turn();
	t.is(world.agents.get('op1')?.customerId, 'k1');
	t.is(world.fetches.size, 0);
});

test('telephony may answer from within a command: the event waits for its turn', async t => {
	const {loop, report, obey, world, sent} = staged({commitAtOnce: true});
	obey.now = command => {
		if (command.type === 'connectAgent') report({type: 'legAnswered', legId: command.legId});
	};
	loop.post({type: 'configChanged', config: smallCentre()});
	loop.post(login);
	report({type: 'phoneUp', extension: '101', contact: 'sip:101@127.0.0.1'});
	loop.post({type: 'startWork', requestId: 'q2', operatorId: 'op1', groupIds: ['g1']});
	await loop.idle();
	t.is(world.agents.get('op1')?.status, 'wrapUp');
	t.deepEqual(
		sent.map(({type}) => type),
		['connectAgent'],
	);
	report({type: 'dtmf', legId: 'l-t-1', digit: '5'});
	t.is(world.agents.get('op1')?.status, 'wrapUp');
});

test('timers fall due once, and not after they were called off or the loop was stopped', async t => {
	const {loop, agenda, world} = staged({commitAtOnce: true});
	loop.post({type: 'configChanged', config: smallCentre()});
	loop.post(login);
	loop.post({type: 'phoneUp', extension: '101'});
	loop.post({type: 'startWork', requestId: 'q2', operatorId: 'op1', groupIds: ['g1']});
	loop.post({type: 'legAnswered', legId: 'l-t-1'});
	loop.post({type: 'setStatus', requestId: 'q3', operatorId: 'op1', status: 'ready'});
	loop.post({type: 'consoleGone', consoleId: 'c1'});
	loop.post({type: 'attach', requestId: 'q4', operatorId: 'op1', consoleId: 'c2'});
	while (agenda.next(agenda.nowMs + 100_000));
	t.is(world.agents.get('op1')?.status, 'ready');
	loop.post({type: 'consoleGone', consoleId: 'c2'});
	while (agenda.next(agenda.nowMs + 100_000));
	t.is(world.agents.get('op1')?.status, 'away');
	loop.post({type: 'setStatus', requestId: 'q5', operatorId: 'op1', status: 'ready'});
	loop.stop();
	while (agenda.next(agenda.nowMs + 1_000_000));
	t.is(world.agents.get('op1')?.status, 'ready');
	await loop.idle();
});

test('the trace of a running service replays to the same decisions', async t => {
	for (const traceMasked of [false, true]) {
		const {loop, report, agenda, store, sent, trace, world} = staged({traceMasked, commitAtOnce: true});
		const filler = new Stage();
		filler.fill('la', 3);
		for (const customer of filler.store.customers.values()) store.customers.set(customer.id, customer);
		for (const entry of filler.store.entries.values()) store.entries.set(entry.id, entry);
		loop.post({type: 'configChanged', config: smallCentre()});
		loop.post(login);
		report({type: 'phoneUp', extension: '101', contact: 'x'});
		loop.post({type: 'startWork', requestId: 'q2', operatorId: 'op1', groupIds: ['g1']});
		report({type: 'legAnswered', legId: 'l-t-1'});
		await loop.idle();
		loop.post({type: 'setStatus', requestId: 'q3', operatorId: 'op1', status: 'ready'});
		await loop.idle();
		agenda.nowMs += 2_000;
		report({type: 'legAnswered', legId: 'l-t-3'});
		report({type: 'joined', bridgeId: 'b-t-4'});
		agenda.nowMs += 5_000;
		report({type: 'legEnded', legId: 'l-t-3', by: 'far'});
		await loop.idle();
		if (traceMasked) t.false(/0900000|name 1/.test(trace.join('\n').replaceAll(/config=.*/g, '')));

		const again = createWorld({idPrefix: 't', dialer: tableDialer});
		let nowMs = nineMs;
		const commands: string[] = [];
		for (const line of trace) {
			if (line.startsWith('advance ')) nowMs += Number(line.slice(8));
			else
				for (const effect of step(again, parseEvent(line) as DomainEvent, nowMs))
					if ('legId' in effect || 'bridgeId' in effect) commands.push(effect.type);
		}
		t.deepEqual(
			commands,
			sent.map(({type}) => type),
		);
		t.deepEqual(
			[...again.agents.values()].map(({status, sinceMs}) => ({status, sinceMs})),
			[...world.agents.values()].map(({status, sinceMs}) => ({status, sinceMs})),
		);
	}
});

test('a part that throws is logged and harms nothing else', async t => {
	const {loop, obey, world, logged, report} = staged({commitAtOnce: true});
	obey.now = () => {
		throw new Error('no telephony');
	};
	loop.post({type: 'configChanged', config: smallCentre()});
	loop.post(login);
	report({type: 'phoneUp', extension: '101', contact: 'x'});
	loop.post({type: 'startWork', requestId: 'q2', operatorId: 'op1', groupIds: ['g1']});
	await loop.idle();
	t.is(world.agents.get('op1')?.stage, 'working');
	t.true(logged.some(line => line.includes('connectAgent')));
});

/** A loop with somebody ready and a list: what is to be dialled is decided, and waits. */
async function dialling() {
	const parts = staged();
	const filler = new Stage();
	filler.fill('la', 3);
	for (const customer of filler.store.customers.values()) parts.store.customers.set(customer.id, customer);
	for (const entry of filler.store.entries.values()) parts.store.entries.set(entry.id, entry);
	const {loop, report, commits} = parts;
	const toDisk = async () => {
		for (await turn(); commits.length > 0; await turn()) commits.shift()!.done();
	};
	loop.post({type: 'configChanged', config: smallCentre()});
	loop.post(login);
	report({type: 'phoneUp', extension: '101', contact: 'x'});
	loop.post({type: 'startWork', requestId: 'q2', operatorId: 'op1', groupIds: ['g1']});
	report({type: 'legAnswered', legId: 'l-t-1'});
	await toDisk();
	loop.post({type: 'setStatus', requestId: 'q3', operatorId: 'op1', status: 'ready'});
	const dials = () => parts.sent.filter(({type}) => type === 'dial').length;
	return {...parts, toDisk, dials};
}

test('nobody is dialled before it is on the disk: killed in between, nobody was called, or the next start knows who', async t => {
	const {store, commits, dials, agenda} = await dialling();
	await turn();
	t.is(dials(), 0, 'decided');
	t.is(store.entries.get('e1')!.state, 'waiting', 'killed here: not called, and called after the next start');
	commits.shift()!.done();
	t.is(dials(), 0, 'on the disk, and not called yet');
	t.is(store.entries.get('e1')!.state, 'dialling');
	const open = [...store.calls.values()];
	t.deepEqual(
		open.map(({toNumber, endedMs}) => [toNumber, endedMs]),
		[['09000000001', undefined]],
	);
	await turn();
	t.is(dials(), 1, 'called');

	// Killed before or after the call went out: the next start leaves the number alone.
	const next = new Stage();
	for (const name of ['customers', 'entries', 'calls', 'sessions'] as const)
		for (const [id, row] of store[name]) (next.store[name] as Map<string, unknown>).set(id, row);
	next.agenda.nowMs = agenda.nowMs + 1_000;
	next.configure(smallCentre());
	next.restart();
	t.is(next.store.calls.get(open[0]!.id)?.outcome, 'interrupted');
	t.like(next.store.entries.get('e1'), {state: 'autoRecall', nextAtMs: agenda.nowMs + 1_000 + 300_000});
	t.is(next.world.dialled.get('09000000001')?.lastMs, agenda.nowMs);
});

test('what waits for the disk is not dialled when it is given up, nor when the store is out of order', async t => {
	const {loop, dials, toDisk, sent, store} = await dialling();
	loop.post({type: 'setStatus', requestId: 'q4', operatorId: 'op1', status: 'away'});
	await toDisk();
	t.is(dials(), 0);
	t.false(sent.some(({type}) => type === 'hangUp'));
	t.is(store.entries.get('e1')!.state, 'waiting');

	const down = await dialling();
	await turn();
	down.commits.shift()!.fail('disk full');
	await turn();
	t.is(down.world.partsDown.get('store'), 'disk full');
	t.is(down.world.calls.size, 0, 'given up');
	down.agenda.next(down.agenda.nowMs + 1_000);
	await turn();
	down.commits.shift()!.done();
	await turn();
	t.is(down.dials(), 0, 'nobody was called');
	await down.toDisk();
	t.is(down.dials(), 1, 'and now one is');
	t.deepEqual(
		[...down.store.calls.values()].map(({outcome}) => outcome),
		['cancelled', undefined],
	);
});
