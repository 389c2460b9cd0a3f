import {statSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import test from 'ava';
import {startAutoAgent} from '../../src/cli/auto-agent.js';
import type {CallOutcome, CallRow, EntryState} from '../../src/server/domain/model.js';
import type {StoreReader} from '../../src/server/store/port.js';
import {eventually, within} from '../support/limit.js';
import {
	agentLogin,
	campaign,
	listIdOf,
	look,
	phonePassword,
	seedFolder,
	startServiceProcess,
	testFolder,
} from '../support/service-process.js';
import {hasProgram, startBaresip, startSipp} from '../support/sip-peers.js';
import {strengths, wavChannels} from '../support/tones.js';

const customerHz = 400;
const agentHz = 700;

type Person = {number: string; outcome: CallOutcome; state: EntryState; endedBy: CallRow['endedBy']};
const person = (number: string, outcome: CallOutcome, state: EntryState, endedBy: CallRow['endedBy'] = 'network'): Person => ({
	number,
	outcome,
	state,
	endedBy,
});

/** What the carrier does with a number is in its last two digits (test/interop/sipp/carrier.xml). */
const people: Person[] = [
	person('0355501010', 'busy', 'failed'),
	person('0355501020', 'talked', 'saved', 'customer'),
	person('0355501011', 'noAnswer', 'failed'),
	person('0355501030', 'talked', 'saved', 'agent'),
	person('0355501012', 'invalidNumber', 'failed'),
	person('0355501021', 'talked', 'saved', 'customer'),
	person('0355501013', 'congestion', 'autoRecall'),
	person('0355501031', 'talked', 'saved', 'agent'),
	person('0355501014', 'declined', 'failed'),
	person('0355501015', 'talked', 'saved', 'agent'),
	person('0355501110', 'busy', 'failed'),
	person('0355501032', 'talked', 'saved', 'agent'),
	person('0355501111', 'noAnswer', 'failed'),
	person('0355501112', 'invalidNumber', 'failed'),
	person('0355501115', 'talked', 'saved', 'agent'),
	person('0355501113', 'congestion', 'autoRecall'),
	person('0355501130', 'talked', 'saved', 'agent'),
	person('0355501114', 'declined', 'failed'),
	person('0355501121', 'talked', 'saved', 'customer'),
	person('0355501210', 'busy', 'failed'),
];
/** In this call the agent puts the handset down instead of pressing a key. */
const handset = '0355501032';

const wanted: Partial<Record<CallOutcome, string[]>> = {
	talked: ['call.dialled', 'call.ringing', 'call.answered', 'call.assigned', 'call.joined', 'call.ended', 'record.saved'],
	noAnswer: ['call.dialled', 'call.ringing', 'call.ended'],
};

function checkPerson(t: ExecutionContext, reader: StoreReader, index: number): CallRow | undefined {
	const {number, outcome, state, endedBy} = people[index]!;
	const customerId = reader.customersByNumber(campaign.id, number)[0]!.id;
	const entry = reader.entryOfCustomer(listIdOf(reader), customerId)!;
	t.deepEqual([number, entry.lastOutcome, entry.state, entry.attempts], [number, outcome, state, 1]);
	const all = reader.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, limit: 10_000}).filter(row => row.customerId === customerId);
	const calls = [...new Set(all.flatMap(row => row.callId ?? []))];
	t.is(calls.length, 1, `${number}: one call`);
	const row = reader.call(calls[0]!)!;
	t.like(row, {outcome, endedBy, toNumber: number, customerId, kind: 'predictive'});
	const kinds = all.map(each => each.kind);
	for (const kind of wanted[outcome] ?? ['call.dialled', 'call.ended'])
		t.is(kinds.filter(each => each === kind).length, 1, `${number}: ${kind}`);
	t.true(
		all.some(each => each.kind === 'entry.changed' && each.data?.['state'] === state),
		`${number}: entry.changed`,
	);
	const records = reader.recordsOf(customerId, 10);
	t.is(records.length, outcome === 'talked' ? 1 : 0, `${number}: records`);
	if (outcome === 'talked') t.is(records[0]!.callId, row.id);
	return outcome === 'talked' ? row : undefined;
}

/** Left the customer's tone alone, right the agent's, from the first to the last. */
async function checkRecording(t: ExecutionContext, folder: string, row: CallRow): Promise<void> {
	t.true(row.recordingMs! > 500, row.toNumber);
	const [left, right] = wavChannels(await readFile(join(folder, 'recordings', row.recordingPath!)));
	// For three tenths of a second at least, or not at all: wherever a machine that stood still has left a hole.
	const heard = (samples: Int16Array | undefined, hz: number) => strengths(samples!, hz).filter(each => each > 0.1).length;
	t.true(heard(left, customerHz) >= 3 && heard(left, agentHz) === 0, `${row.toNumber}: what the customer says`);
	t.true(heard(right, agentHz) >= 3 && heard(right, customerHz) === 0, `${row.toNumber}: what the customer hears`);
}

test('twenty customers through the whole service, with baresip as the phone and sipp as the carrier', async t => {
	if (!hasProgram('baresip') || !hasProgram('sipp')) {
		t.log('left out: baresip and sipp are needed (Debian: baresip-core, sip-tester)');
		t.pass();
		return;
	}
	t.timeout(180_000);
	const folder = await testFolder(t);
	const carrier = await startSipp({folder: join(folder, 'sipp'), scenario: 'carrier.xml', calls: people.length, toneHz: customerHz});
	t.teardown(() => carrier.stop());
	await seedFolder(folder, {numbers: people.map(({number}) => number), ringMs: 1_500});
	const service = await startServiceProcess(t, folder, {port: carrier.port});
	const phone = await startBaresip({
		folder: join(folder, 'phone'),
		registrarPort: service.sipPort,
		extension: agentLogin.extension,
		password: phonePassword,
		toneHz: agentHz,
	});
	t.teardown(() => phone.stop());
	const client = await service.client();
	const warnings: string[] = [];
	// Those who leave do so after two seconds.
	const talkMs = (number: string) => (number === handset ? 60_000 : number.at(-2) === '2' ? 10_000 : 1_500);
	const agent = await startAutoAgent({client, login: agentLogin, talkMs, writeMs: 0, warn: line => warnings.push(line)});
	await eventually(
		'the call in which the handset is put down',
		() => client.view?.call?.number === handset && client.view.call.phase === 'talking',
		120_000,
	);
	// The console is told before the row of the call is on the disk.
	const recordingPath = await eventually(
		'the row to name the recording',
		() => look(folder, reader => reader.call(client.view!.call!.callId))?.recordingPath,
	);
	await eventually(
		'a second of talk in the recording',
		() => (statSync(join(folder, 'recordings', recordingPath), {throwIfNoEntry: false})?.size ?? 0) > 30_000,
	);
	phone.command('hangup');
	await eventually(
		'every customer to have been worked',
		() => {
			const {waiting, dialling, inCall, unsaved} = look(folder, reader => reader.listCounts(listIdOf(reader)));
			return waiting + dialling + inCall + unsaved === 0;
		},
		120_000,
	);
	await within('the agent to finish', agent.finish());
	t.is(agent.saved, people.filter(({outcome}) => outcome === 'talked').length);
	t.deepEqual(warnings, []);
	const talked = look(folder, reader => people.flatMap((_, index) => checkPerson(t, reader, index) ?? []));
	for (const row of talked) await checkRecording(t, folder, row);
	t.is(await service.end('SIGTERM'), 0);
	t.true(await within('sipp to finish', carrier.finished), await carrier.errors());
});
