/** Answering machines over real SIP and RTP: the lab is the carrier, its people are machines in one group and people in the other. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {AutoDialSettings, CallList, ListEntry, MachineSettings} from '../../src/server/domain/model.js';
import {type Lab, startLab} from '../../src/sip/lab/lab.js';
import {nothingByChance} from '../support/lab-profile.js';
import {campaign} from '../support/service-process.js';
import {rateHz, sine, wavFile} from '../support/tones.js';
import {openStage, type Stage} from './stage.js';
import {orderOf, soundHz} from './stage-hearing.js';

const beepHz = 1000;
const voiceHz = [300, 800] as const;
const messageHz = soundHz.closed;
const numbers = {machines: '0355503001', people: '0355503002'} as const;
type Line = keyof typeof numbers;

const profile = {
	...nothingByChance,
	ringMs: {median: 100, sigma: 0},
	talkMs: {median: 60_000, sigma: 0},
	patienceMs: {median: 60_000, sigma: 0},
};
const rtpFrom = 16_000 + 200 * Math.floor(Math.random() * 40);
let house: Stage;
let folder = '';
const labs: Lab[] = [];

/** What cannot be taken for a beep. */
const voice = (ms: number): Int16Array => {
	const [low, high] = voiceHz.map(hz => sine(hz, (rateHz * ms) / 1000));
	return low!.map((sample, index) => (sample + high![index]!) / 2);
};
const silence = (ms: number): Int16Array => new Int16Array((rateHz * ms) / 1000);
const joined = (...pieces: Int16Array[]): Int16Array => Int16Array.from(pieces.flatMap(piece => [...piece]));

const autoDial = (groupId: Line, machines: Partial<MachineSettings>): AutoDialSettings => ({
	...{campaignId: campaign.id, groupId, mode: 'progressive', started: true, trunk: groupId, callerNumber: '0312345678'},
	...{callsMax: 0, ringMs: 20_000, ratioTable: [], ratioAbove: 1, retries: {machine: {attemptsMax: 2, gapMs: 3_600_000}}},
	machines: {rules: {greetingMsMax: 1_000, afterGreetingMs: 900}, ...machines},
});
const list = (groupId: Line): CallList => ({
	id: `l-${groupId}`,
	campaignId: campaign.id,
	name: groupId,
	groupId,
	started: true,
	priority: 1,
});
const entry = (groupId: Line): ListEntry => {
	const number = numbers[groupId];
	return {id: `e-${groupId}`, listId: `l-${groupId}`, customerId: `k${number}-0`, number, state: 'waiting', position: 0, attempts: 0};
};

test.before(async () => {
	folder = await mkdtemp(join(tmpdir(), 'kaden-machine-'));
	const greeting = joined(silence(200), voice(1_800), silence(500), sine(beepHz, rateHz / 2));
	for (const each of [1, 2]) await writeFile(join(folder, `machine-${each}.wav`), wavFile(greeting));
	for (let each = 1; each <= 8; each++) await writeFile(join(folder, `person-${each}-greeting.wav`), wavFile(voice(400)));
	const carrier = async (share: 'answerPercent' | 'machinePercent', offset: number): Promise<Lab> => {
		const lab = await startLab({
			port: 0,
			seed: 1,
			profile: {...profile, [share]: 100},
			rtpPorts: {min: rtpFrom + offset, max: rtpFrom + offset + 98},
			voices: name => join(folder, `${name}.wav`),
		});
		labs.push(lab);
		return lab;
	};
	const [machines, people] = [await carrier('machinePercent', 0), await carrier('answerPercent', 100)];
	house = await openStage({
		operators: {aoki: {groups: ['machines']}, baba: {groups: ['people']}},
		groups: {machines: {}, people: {}},
		customers: {[numbers.machines]: '留守の人', [numbers.people]: '居る人'},
		trunks: [
			{name: 'machines', port: machines.port},
			{name: 'people', port: people.port},
		],
		sounds: {closed: 1_000},
		ops: [
			{op: 'putAutoDial', row: autoDial('machines', {action: 'message', file: 'closed'})},
			{op: 'putAutoDial', row: autoDial('people', {action: 'hangUp', holdMs: 4_000})},
			{op: 'putList', row: list('machines')},
			{op: 'putList', row: list('people')},
			{op: 'putEntries', rows: [entry('machines'), entry('people')]},
		],
	});
});
test.after.always(async () => {
	await house?.close();
	for (const lab of labs) await lab.close();
	await rm(folder, {recursive: true, force: true});
});

const callTo = (line: Line) =>
	house.until(
		`a call to ${line}`,
		() => house.eventsOf().find(({kind, listId}) => kind === 'call.dialled' && listId === `l-${line}`)?.callId,
	);

test.serial('a machine is found out, the operator is free again without a key, and the message lies behind the beep', async t => {
	const [aoki] = await house.atWork('machines', 'aoki');
	await aoki!.ready();
	const callId = await callTo('machines');
	const row = await house.ended(callId);
	t.like(row, {outcome: 'machine', endedBy: 'system'});
	await aoki!.is('ready');
	t.is(aoki!.view.call?.phase, 'ended');
	t.deepEqual(
		aoki!.view.notices.map(({key}) => key),
		['machineTaken'],
	);
	const story = house.storyOf(callId).filter(kind => kind.startsWith('call.') && kind !== 'call.ringing');
	t.deepEqual(story, [
		...['call.dialled', 'call.answered', 'call.assigned', 'call.joined'],
		...['call.answeredBy', 'call.beep', 'call.messageLeft', 'call.ended'],
	]);
	const [verdict, beep] = ['call.answeredBy', 'call.beep'].map(kind => house.eventsOf(callId).find(event => event.kind === kind)!);
	t.like(verdict, {reason: 'talksOn', data: {by: 'machine', held: false}});
	t.is(beep!.reason, 'beep');
	t.true(Number(verdict!.data!['afterMs']) >= 1_000);
	const {left, right} = await house.recording(row.recordingPath!);
	const beeps = left.flatMap((heard, at) => (heard.includes(beepHz) ? [at] : []));
	const messages = right.flatMap((heard, at) => (heard.includes(messageHz) ? [at] : []));
	t.true(beeps.length > 0 && messages.length >= 8, `${beeps.length} and ${messages.length} tenths of a second`);
	t.true(messages[0]! >= beeps.at(-1)!, 'not over the beep');
	t.true(messages[0]! - beeps.at(-1)! < 20, 'and soon after it');
	t.deepEqual(
		orderOf(right).filter(hz => hz >= 2_000),
		[messageHz],
	);
	t.like(
		house.look(reader => reader.entryOfCustomer('l-machines', `k${numbers.machines}-0`)),
		{state: 'autoRecall', lastOutcome: 'machine'},
	);
	t.deepEqual(house.problems, []);
});

test.serial('a person who is held back is with the operator as soon as it is known to be one', async t => {
	const [baba] = await house.atWork('people', 'baba');
	await baba!.ready();
	const callId = await callTo('people');
	await baba!.is('talkingOut');
	await house.until('the join', () => house.storyOf(callId).includes('call.joined'));
	const events = house.eventsOf(callId);
	const at = (kind: string) => events.findIndex(event => event.kind === kind);
	t.true(at('call.answeredBy') >= 0 && at('call.answeredBy') < at('call.assigned'), 'the verdict comes first');
	t.like(events[at('call.answeredBy')], {reason: 'waits', data: {by: 'person', held: true}});
	t.false(events.some(({kind}) => kind === 'call.heldLongest'));
	await baba!.hangsUp();
	const row = await house.ended(callId);
	t.like(row, {outcome: 'talked', endedBy: 'agent'});
	t.deepEqual(house.problems, []);
});
