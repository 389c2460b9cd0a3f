import {fork} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import test from 'ava';
import {shipped} from '../../src/paths.js';
import type {Client} from '../../src/server/api/client.js';
import {Refused} from '../../src/server/api/messages.js';
import {dayNumber} from '../../src/server/domain/calendar.js';
import {openConsolePty} from '../support/console-pty.js';
import {eventually, within} from '../support/limit.js';
import {agentHz, hangUp, nextCall, numbersOf, type Office, openOffice, seen, startTelephone, written} from '../support/office.js';
import {agentLogin, campaign, listIdOf, look, type Owner} from '../support/service-process.js';
import {strength, wavChannels} from '../support/tones.js';

/** One office for all, one test after the other: what is killed in one is up again, and its record saved, before the next. */
let office: Office;
const undone: Array<() => unknown> = [];
const owner: Owner = {teardown: undo => void undone.push(undo)};
test.after.always(async () => {
	for (let undo = undone.pop(); undo; undo = undone.pop()) await undo();
});

/** Sits down at a console of their own, which takes over from the one before. */
async function sitsDown(): Promise<{client: Client; token: string}> {
	const client = await office.service.client();
	const {token} = await client.login(agentLogin.loginId, agentLogin.password, agentLogin.extension);
	await seen(client, 'the session', ({stage}) => stage === 'working');
	return {client, token};
}

const recordingOf = (folder: string, callId: string): string => {
	const path = look(folder, reader => reader.call(callId))?.recordingPath;
	if (!path) throw new Error('the call has no recording');
	return join(folder, 'recordings', path);
};

/** Packets the telephone has got in the call it is in. */
async function heard({phone}: Pick<Office, 'phone'>): Promise<number> {
	const [call] = phone.calls;
	return (await call?.endpoint?.statistics())?.packetsReceived ?? 0;
}

/** Two more seconds go into the recording, and the telephone hears its share of them. */
async function talksOn(t: ExecutionContext, office: Office, callId: string): Promise<number> {
	const path = recordingOf(office.folder, callId);
	const bytes = async () => (await readFile(path)).length;
	const [bytesBefore, heardBefore] = [await bytes(), await heard(office)];
	await eventually('two more seconds in the recording', async () => (await bytes()) > bytesBefore + 2 * 32_000);
	t.true((await heard(office)) > heardBefore + 50, 'the telephone hears the customer');
	return bytesBefore;
}

/** What the customer heard since then, from the finished recording. */
async function customerHeard(t: ExecutionContext, office: Office, callId: string, sinceBytes: number): Promise<void> {
	await eventually('the recording to be finished', () => look(office.folder, reader => reader.call(callId)?.recordingMs));
	const [, right] = wavChannels(await readFile(recordingOf(office.folder, callId)));
	const since = Math.floor(sinceBytes / 4);
	const loud = strength(right!.subarray(since + 4_000, since + 12_000), agentHz);
	t.true(loud > 0.02, `the customer hears the telephone: ${loud}`);
}

test.serial('wrong credentials are refused by what is wrong; a second service on the folder and a wrong configuration say so', async t => {
	t.timeout(180_000);
	office = await openOffice(owner);
	const {folder, client, service} = office;
	const other = await service.client();
	const refusal = async (password: string, extension: string) => {
		const error = await t.throwsAsync(other.login(agentLogin.loginId, password, extension), {instanceOf: Refused});
		return (error as Refused).error.code;
	};
	t.is(await refusal('wrong', '1001'), 'badCredentials');
	t.is(await refusal(agentLogin.password, '9999'), 'unknownExtension');
	t.is(client.view?.stage, 'working', 'the session is not touched');
	const {execa} = await import('execa');
	const serve = (...args: string[]) =>
		execa(process.execPath, [shipped('build/src/main.js'), 'serve', ...args], {
			reject: false,
			env: {LANG: 'C', LC_ALL: 'C'},
			timeout: 90_000,
		});
	const second = await serve('--data', folder);
	t.is(second.exitCode, 75);
	t.regex(second.stderr, new RegExp(`is in use by process ${service.child.pid} .*--data`));
	const {writeFile} = await import('node:fs/promises');
	const wrong = join(folder, 'wrong.yaml');
	await writeFile(wrong, 'log:\n  level: loud\n');
	const bad = await serve('--data', join(folder, 'new'), '--config', wrong);
	t.is(bad.exitCode, 78);
	for (const part of ['wrong.yaml:2', 'log.level', 'loud', 'debug', 'warn']) t.true(bad.stderr.includes(part), `${part}: ${bad.stderr}`);
	t.true(look(folder, reader => reader.customersByNumber(campaign.id, numbersOf(1)[0]!)).length === 1);
});

test.serial('a console killed in a call: the call goes on, another console shows it with every letter', async t => {
	t.timeout(180_000);
	const {client, service, folder} = office;
	client.close();
	const child = fork(shipped('build/test/support/typing-child.js'), [service.url, folder], {stdio: ['ignore', 'ignore', 'inherit', 'ipc']});
	t.teardown(() => child.kill('SIGKILL'));
	const exit = new Promise<void>(resolve => child.once('exit', () => resolve()));
	let last = {text: '', callId: ''};
	child.on('message', message => {
		last = message as typeof last;
	});
	await eventually('some text to be typed', () => last.text.length > 60);
	const sinceBytes = await talksOn(t, office, last.callId);
	child.kill('SIGKILL');
	await exit;
	const {text, callId} = last;
	await talksOn(t, office, callId);

	const second = await service.client();
	const {token} = await second.login(agentLogin.loginId, agentLogin.password, agentLogin.extension);
	const view = await seen(second, 'the call', ({call}) => call !== null);
	t.is(view.call!.callId, callId);
	t.is(view.call!.phase, 'talking');
	t.is(view.status.status, 'talkingOut');
	t.true(view.draft!.record.text.startsWith(text), `acknowledged ${text.length} letters, there are ${view.draft!.record.text.length}`);
	t.deepEqual(view.draft!.focus, {field: 'record.text', cursor: view.draft!.record.text.length});

	const third = await service.client();
	const taken = new Promise(resolve => second.on('sessionClosed', resolve));
	await third.attach(token);
	t.is(await within('the second console to be told', taken), 'taken');
	const again = await seen(third, 'the call', ({call}) => call !== null);
	t.deepEqual([again.call!.callId, again.draft], [callId, view.draft]);
	await hangUp(third);
	await customerHeard(t, office, callId, sinceBytes);
	const {recordId} = await third.request({type: 'save', draft: again.draft!});
	const record = look(folder, reader => reader.recordsOf(again.customer!.customerId, 1))[0]!;
	t.like(record, {id: recordId, callId, text: view.draft!.record.text});
});

test.serial('the console itself, on a terminal, killed in a call: a new one shows the call and the typed letters', async t => {
	t.timeout(180_000);
	const {service, folder} = office;
	const {client} = await sitsDown();
	const {call, draft} = await nextCall(client, folder);
	await client.request({type: 'putDraft', draft: {...draft!, focus: {field: 'record.text', cursor: 0}}});
	client.close();
	const open = async () => {
		const console = openConsolePty(t, ['agent', '--server', service.url, '--data', folder]);
		if (!console) return undefined;
		await console.shows('ログインID');
		console.type(`${agentLogin.loginId}\t${agentLogin.password}\t${agentLogin.extension}\r`);
		await console.shows('通話中');
		return console;
	};
	const first = await open();
	if (!first) {
		t.log('left out: node-pty is not installed');
		t.pass();
		return;
	}
	const words = 'typed before the kill';
	first.type(words);
	await first.shows(words);
	const stored = () => look(folder, reader => reader.draft('op1'));
	await eventually('the letters to be with the service', () => JSON.stringify(stored() ?? {}).includes(words));
	await first.kill();
	await talksOn(t, office, call!.callId);
	const second = (await open())!;
	await second.shows(words);
	second.type(', and after it');
	await second.shows(`${words}, and after it`);
	await eventually('the letters where the cursor was', () => JSON.stringify(stored() ?? {}).includes(`${words}, and after it`));
	await second.kill();
	const last = await sitsDown();
	await hangUp(last.client);
	await last.client.request({type: 'save', draft: last.client.view!.draft!});
});

test.serial('the service killed straight after a save was acknowledged: nothing is lost and nobody stuck', async t => {
	t.timeout(180_000);
	const {folder} = office;
	let {service, phone} = office;
	const {client, token} = await sitsDown();
	/** The service is killed and started again; whoever used the telephone switches it off and on. */
	const kill = async () => {
		t.is(await service.end('SIGKILL'), 'SIGKILL');
		phone.close();
		service = await service.again();
		office = {...office, service};
	};
	for (let round = 1; round <= 3; round++) {
		const view = await nextCall(client, folder);
		await hangUp(client);
		const {recordId} = await client.request({type: 'save', draft: written(view, `記録 ${round}`)});
		await kill();
		phone = await startTelephone(owner, service.sipPort);
		const saved = look(folder, reader => ({
			record: reader.recordsOf(view.customer!.customerId, 1)[0],
			entry: reader.entryOfCustomer(listIdOf(reader), view.customer!.customerId),
			call: reader.call(view.call!.callId),
		}));
		t.like(saved.record, {id: recordId, text: `記録 ${round}`, callId: view.call!.callId});
		t.is(saved.entry?.state, 'saved');
		t.truthy(saved.call?.endedMs);
		await client.online();
		t.is(client.token, token, 'the old token opens the session');
	}

	// Calls of the day are counted on, to the one: whatever went out was on the disk before.
	const {counts, dialled} = look(folder, reader => ({
		counts: reader.dialCounts()!,
		dialled: reader.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, kind: 'call.dialled', limit: 1000}),
	}));
	const today = dialled.filter(({atMs}) => dayNumber(atMs, 9 * 3_600_000) === counts.day);
	t.is(counts.byScope.get('trunk carrier'), today.length);

	// And in the middle of a call, with something typed.
	const view = await nextCall(client, folder);
	const callId = view.call!.callId;
	await client.request({type: 'putDraft', draft: written(view, '途中まで')});
	await eventually('the draft to be on the disk', () => look(folder, reader => reader.draft('op1'))?.record.text === '途中まで');
	await kill();
	const closed = look(folder, reader => ({
		row: reader.call(callId)!,
		event: reader.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, callId, kind: 'call.ended', limit: 10}),
		entry: reader.entryOfCustomer(listIdOf(reader), view.customer!.customerId)!,
		open: reader.openCalls().length,
	}));
	t.like(closed.row, {outcome: 'interrupted', endedBy: 'system'});
	t.is(closed.event.length, 1);
	t.is(closed.event[0]!.reason, 'serviceStopped');
	t.is(closed.entry.state, 'unsaved');
	t.is(closed.open, 0);
	phone = await startTelephone(owner, service.sipPort);
	await client.online();
	const back = await seen(client, 'the draft in wrap-up', ({status, draft}) => status.status === 'wrapUp' && draft !== null);
	t.is(back.draft!.record.text, '途中まで');
	t.is(back.draft!.callId, callId);
	await client.request({type: 'save', draft: back.draft!});
	t.is(look(folder, reader => reader.entryOfCustomer(listIdOf(reader), view.customer!.customerId))?.state, 'saved');
	const next = await nextCall(client, folder);
	t.not(next.customer!.customerId, view.customer!.customerId);
	t.true(numbersOf(20).includes(next.call!.number));
	await hangUp(client);
});

test.serial('SIGTERM in a call: it is closed with its reason, and the exit code is 0', async t => {
	t.timeout(180_000);
	const {folder, service} = office;
	const {client} = await sitsDown();
	const view = await nextCall(client, folder);
	const told = new Promise(resolve => client.on('sessionClosed', resolve));
	t.is(await service.end('SIGTERM'), 0);
	t.is(await within('the console to be told', told), 'stopping');
	const {row, events} = look(folder, reader => ({
		row: reader.call(view.call!.callId)!,
		events: reader.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, limit: 10_000}),
	}));
	t.truthy(row.endedMs);
	t.true(['system', 'network', 'agent'].includes(row.endedBy!), row.endedBy);
	t.truthy(row.outcome);
	t.true(events.some(({kind}) => kind === 'service.stopping'));
	t.is(events.filter(({kind, callId}) => kind === 'call.ended' && callId === view.call!.callId).length, 1);
});
