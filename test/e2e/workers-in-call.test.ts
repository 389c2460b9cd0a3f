import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import test from 'ava';
import {Client} from '../../src/server/api/client.js';
import {readConfig} from '../../src/server/config.js';
import {openLog} from '../../src/server/log.js';
import {startService} from '../../src/server/serve.js';
import {runningWorkers, type WorkerRole} from '../../src/spawn.js';
import {eventually} from '../support/limit.js';
import {hangUp, nextCall, numbersOf, seen, startTalkers, startTelephone, written} from '../support/office.js';
import {agentLogin, look, seedFolder, testFolder, writeConfig} from '../support/service-process.js';

/** The service in this process, so that a test can end one of its workers; carrier and telephone have workers of their own. */
async function serviceHere(t: ExecutionContext) {
	const folder = await testFolder(t);
	const lab = await startTalkers(t);
	await seedFolder(folder, {numbers: numbersOf(20)});
	await writeConfig(folder, {port: lab.port});
	const config = readConfig({dataDir: folder});
	const path = join(folder, 'log', 'service.log');
	const log = openLog({...config.log, path});
	const others = new Set((['signalling', 'media', 'writer'] as const).flatMap(runningWorkers));
	const service = await startService({config, log});
	const own = new Set((['signalling', 'media', 'writer'] as const).flatMap(runningWorkers).filter(worker => !others.has(worker)));
	t.teardown(() => service.stop());
	await startTelephone(t, service.udpPort);
	const client = new Client({url: service.url});
	t.teardown(() => client.close());
	client.connect();
	await client.online();
	const {groups} = await client.login(agentLogin.loginId, agentLogin.password, agentLogin.extension);
	await client.request({type: 'startWork', groupIds: groups.map(({id}) => id)});
	return {
		folder,
		service,
		client,
		logged: (event: string) =>
			eventually(`${event} in the log`, async () => {
				await log.flush();
				return (await readFile(path, 'utf8')).includes(`"event":"${event}"`);
			}),
		/** Ends the one worker of this service with that role. */
		async kill(role: WorkerRole) {
			const workers = runningWorkers(role).filter(worker => own.has(worker));
			t.is(workers.length, 1, `${role} workers`);
			await workers[0]!.terminate();
		},
	};
}

const eventsOf = (folder: string, kind: string) =>
	look(folder, reader => reader.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, kind, limit: 1000}));

/** Saves what is on the screen and goes through one more call to its record. */
async function worksOn(t: ExecutionContext, {client, folder}: {client: Client; folder: string}): Promise<void> {
	const ended = await seen(client, 'the record to be written', ({draft, status}) => draft !== null && status.status !== 'talkingOut');
	await client.request({type: 'save', draft: written(ended, 'the call that broke')});
	if (client.view?.popup) await client.request({type: 'afterSave', choice: 'keep'});
	const next = await nextCall(client, folder);
	t.not(next.call!.callId, ended.draft!.callId);
	await hangUp(client);
	const {recordId} = await client.request({type: 'save', draft: written(next, 'the call after it')});
	t.is(look(folder, reader => reader.recordsOf(next.customer!.customerId, 1))[0]?.id, recordId);
	t.like(
		look(folder, reader => reader.call(next.call!.callId)),
		{outcome: 'talked', endedBy: 'agent'},
	);
}

test.serial('the media worker dies in a call: it is logged, the call is ended with its reason, work goes on', async t => {
	t.timeout(180_000);
	const office = await serviceHere(t);
	const view = await nextCall(office.client, office.folder);
	await office.kill('media');
	await office.logged('media.engineDied');
	await worksOn(t, office);
	const row = look(office.folder, reader => reader.call(view.call!.callId))!;
	t.truthy(row.endedMs);
	t.is(row.outcome, 'talked');
	t.not(row.endedBy, 'customer');
	t.is(eventsOf(office.folder, 'call.ended').filter(({callId}) => callId === row.id).length, 1);
});

test.serial('the signalling worker dies in a call: it is logged and started again on its ports, work goes on', async t => {
	t.timeout(180_000);
	const office = await serviceHere(t);
	const view = await nextCall(office.client, office.folder);
	await office.kill('signalling');
	await office.logged('signalling.died');
	await office.logged('signalling.restarted');
	await eventually('the outage in the event log', () =>
		eventsOf(office.folder, 'part.up').some(({data}) => data?.['part'] === 'signalling'),
	);
	t.true(eventsOf(office.folder, 'part.down').some(({data}) => data?.['part'] === 'signalling'));
	// The call may have lived through it or not; either way it comes to its end, once.
	if (office.client.view?.status.status === 'talkingOut') await office.client.request({type: 'hangUp'});
	await worksOn(t, office);
	t.truthy(look(office.folder, reader => reader.call(view.call!.callId))?.endedMs);
	t.is(eventsOf(office.folder, 'call.ended').filter(({callId}) => callId === view.call!.callId).length, 1);
});

test.serial('the writer dies in a call and while a record is being saved: nothing is lost, the call goes on', async t => {
	t.timeout(180_000);
	const office = await serviceHere(t);
	const {client, folder} = office;
	const view = await nextCall(client, folder);
	await office.kill('writer');
	await office.logged('store.writerDied');
	t.is(client.view?.status.status, 'talkingOut');
	await hangUp(client);
	await worksOn(t, office);
	t.is(look(folder, reader => reader.call(view.call!.callId))?.outcome, 'talked');
	const kinds = look(folder, reader =>
		reader.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, callId: view.call!.callId, limit: 100}),
	);
	for (const kind of ['call.dialled', 'call.answered', 'call.joined', 'call.ended', 'record.saved'])
		t.is(kinds.filter(each => each.kind === kind).length, 1, kind);
});
