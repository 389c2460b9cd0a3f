import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {tableDialer} from '../../src/dialer/dialer.js';
import type {DomainEvent} from '../../src/server/domain/events.js';
import {createWorld} from '../../src/server/domain/world.js';
import {Loop, type Reply} from '../../src/server/loop.js';
import {databasePath, openStoreOffline, type Store} from '../../src/server/store/store.js';
import type {TelephonyCommand, TelephonyEvent} from '../../src/sip/port.js';
import {Agenda} from '../sim/agenda.js';
import {nineMs, smallCentre} from './stage.js';

const config = smallCentre({retries: {talked: {attemptsMax: 9, gapMs: 60_000}}});

/** Everything the centre is made of, in a real database. */
async function seed(store: Store): Promise<void> {
	await store.writer.commit([
		...config.groups.map(row => ({op: 'putGroup' as const, row})),
		...config.operators.map(row => ({op: 'putOperator' as const, row, passwordHash: 'x', groupIds: config.memberships[row.id]!})),
		...config.extensions.map(extension => ({op: 'putExtension' as const, extension, ha1: 'x'})),
		...config.campaigns.map(row => ({op: 'putCampaign' as const, row})),
		...config.lists.map(row => ({op: 'putList' as const, row})),
		...config.autoDials.map(row => ({op: 'putAutoDial' as const, row})),
	]);
	const customers = [1, 2, 3].map(n => ({
		id: `k${n}`,
		campaignId: 'ca',
		values: {code: `C${n}`, name: `name ${n}`, phone: `090-0000-000${n}`, note: ''},
		stopCalling: false,
		version: 1,
	}));
	await store.writer.commit(customers.map(customer => ({op: 'putCustomer' as const, customer})));
	const rows = customers.map(({id}, n) => ({
		id: `e${n + 1}`,
		listId: 'la',
		customerId: id,
		number: `0900000000${n + 1}`,
		state: 'waiting' as const,
		position: n,
		attempts: 0,
	}));
	await store.writer.commit([{op: 'putEntries', rows}]);
}

/** The service over the real store, with telephony on which everybody answers at once. */
function service(store: Store, idPrefix: string, agenda: Agenda) {
	let tell: (event: TelephonyEvent) => void = () => undefined;
	const replies = new Map<string, Reply>();
	const errors: string[] = [];
	const answer = (command: TelephonyCommand): void => {
		if (command.type === 'connectAgent' || command.type === 'dial') tell({type: 'legAnswered', legId: command.legId});
		else if (command.type === 'join') tell({type: 'joined', bridgeId: command.bridgeId});
		else if (command.type === 'hangUp') tell({type: 'legEnded', legId: command.legId, by: 'us'});
	};
	const world = createWorld({idPrefix, dialer: tableDialer, settings: {numberGapMs: 1_000}});
	const loop = new Loop({
		world,
		clock: {nowMs: () => agenda.nowMs, at: (atMs, run) => agenda.at(atMs, run)},
		telephony: {send: answer, onEvent: listener => (tell = listener), close: async () => undefined},
		writer: store.writer,
		reader: store.reader,
		files: {recordingFile: path => path, soundFile: name => name},
		onReply: reply => replies.set(reply.requestId, reply),
		onChanged: () => undefined,
		onCloseConsole: () => undefined,
		log: (level, text, data) => void (level !== 'info' && errors.push(`${text} ${JSON.stringify(data)}`)),
	});
	let requests = 0;
	const ask = async (event: Record<string, unknown>): Promise<Reply> => {
		const requestId = `q${++requests}`;
		loop.post({...event, operatorId: 'op1', requestId} as DomainEvent);
		await loop.idle();
		return replies.get(requestId)!;
	};
	return {world, loop, ask, errors, tell: (event: TelephonyEvent) => tell(event)};
}

test('what the domain decides is what the database holds, over a restart too', async t => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-loop-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	const agenda = new Agenda(nineMs);
	const store = openStoreOffline(databasePath(folder));
	await seed(store);
	const {reader} = store;
	const first = service(store, 'a', agenda);
	first.loop.post({type: 'configChanged', config});
	first.tell({type: 'phoneUp', extension: '101', contact: 'x'});
	await first.ask({type: 'login', extension: '101', consoleId: 'c1', tokenHash: 'h1'});
	await first.ask({type: 'startWork', groupIds: ['g1']});
	t.true((await first.ask({type: 'setStatus', status: 'ready'})).ok);
	const agent = first.world.agents.get('op1')!;
	t.is(agent.status, 'talkingOut');
	t.is(reader.danglingEntries().length, 1);

	agenda.nowMs += 30_000;
	await first.ask({type: 'hangUp'});
	const draft = structuredClone(agent.draft!);
	draft.values['note'] = 'changed';
	Object.assign(draft.record, {nextActionId: 'recall', nextAt: '10:00', text: 'later'});
	const saved = await first.ask({type: 'save', draft});
	t.like(saved, {ok: true, value: {customerVersion: 2}});
	t.like(reader.customer('k1'), {version: 2, values: {note: 'changed', name: 'name 1'}});
	t.is(reader.entryOfCustomer('la', 'k1')?.state, 'saved');
	t.like(reader.recordsOf('k1', 10)[0], {text: 'later', contact: 'out', nextOperatorId: 'op1', writingMs: 0});
	const row = reader.call(agent.lastCall!.id);
	t.deepEqual(row, first.world.works.get(row!.id)?.row);
	t.like(row, {outcome: 'talked', endedBy: 'agent', agentId: 'op1', joinedMs: nineMs, endedMs: nineMs + 30_000});
	t.is(reader.recallsOf('op1', 10).length, 1);

	await first.ask({type: 'afterSave', choice: 'resume'});
	t.is(agent.customerId, 'k2');
	const typed = structuredClone(agent.draft!);
	typed.record.text = 'in the middle of';
	await first.ask({type: 'putDraft', draft: typed});
	const soonMs = agenda.nowMs + 300;
	while (agenda.next(soonMs));
	await first.loop.idle();
	t.deepEqual(first.errors, []);
	first.loop.stop();

	const second = service(store, 'b', agenda);
	second.loop.post({type: 'configChanged', config});
	const sessions = reader.sessions();
	const openCalls = reader.openCalls();
	t.is(openCalls.length, 1);
	const works = new Map(openCalls.map(open => [open.id, {row: open, entry: reader.entryOfCustomer('la', open.customerId!)!}]));
	const drafts = new Map([['op1', reader.draft('op1')!]]);
	t.is(drafts.get('op1')?.record.text, 'in the middle of');
	second.loop.recover({openCalls, danglingEntries: reader.danglingEntries(), sessions, drafts, works});
	await second.loop.idle();
	t.like(reader.call(openCalls[0]!.id), {outcome: 'interrupted', endedBy: 'system'});
	t.is(reader.entryOfCustomer('la', 'k2')?.state, 'unsaved');
	const again = second.world.agents.get('op1')!;
	t.is(again.status, 'phoneDown');
	t.is(again.draft?.record.text, 'in the middle of');
	t.is(second.world.recalls.size, 1);
	second.tell({type: 'phoneUp', extension: '101', contact: 'x'});
	await second.ask({type: 'attach', consoleId: 'c2'});
	t.is(again.status, 'wrapUp');
	const resumed = structuredClone(again.draft!);
	resumed.record.nextActionId = 'auto';
	t.true((await second.ask({type: 'save', draft: resumed})).ok);
	t.like(reader.entryOfCustomer('la', 'k2'), {state: 'autoRecall', nextAtMs: agenda.nowMs + 60_000});
	await second.ask({type: 'dial', number: '０９０－００００－０００３'});
	t.is(again.customerId, 'k3', 'found by its number, compared normalised');
	await second.ask({type: 'hangUp'});
	await second.ask({type: 'logOff'});
	t.deepEqual(reader.sessions(), []);
	t.deepEqual(second.errors, []);
	t.is(reader.events({sinceMs: 0, untilMs: agenda.nowMs + 1, kind: 'call.ended', limit: 100}).length, 3);
	await store.close();
});
