import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {shipped} from '../src/paths.js';
import {ha1Of} from '../src/sip/application/digest.js';
import {createTelephony} from '../src/sip/application/telephony.js';
import {type LabCallLine, type LabOptions, startLab} from '../src/sip/lab/lab.js';
import {defaultProfile, type Fate, fateOf, type LabProfile} from '../src/sip/lab/people.js';
import {createEmbeddedMedia} from '../src/sip/media/embedded/server.js';
import {loadWav} from '../src/sip/media/embedded/sounds.js';
import type {CallEnd, PhoneCall} from '../src/sip/phone/call.js';
import {type Phone, startPhones} from '../src/sip/phone/phone.js';
import {startSignallingWorker} from '../src/sip/signalling/port.js';
import {channels} from './media/contract.js';
import {loudness, toneShare} from './media/peer.js';
import {Events} from './sip-application/support.js';
import {calmly} from './support/calm.js';
import {nothingByChance} from './support/lab-profile.js';
import {within} from './support/limit.js';

/** What is measured in recordings. */
const measured = calmly(test.serial);

const people = (count: number, profile: LabProfile = defaultProfile, attempt = 1): Fate[] =>
	Array.from({length: count}, (_, index) => fateOf(11, `0900000${index}`, attempt, profile));

test('people: shares are those of the profile', t => {
	const fates = people(20_000);
	const share = (kind: Fate['kind']) => (fates.filter(fate => fate.kind === kind).length / fates.length) * 100;
	const wanted: [Fate['kind'], number][] = [
		['person', 35],
		['machine', 12],
		['busy', 8],
		['declined', 4],
		['invalid', 4],
		['congestion', 1],
		['noAnswer', 36],
	];
	// Three standard deviations of a share of 20,000 are about one point at most.
	for (const [kind, percent] of wanted) t.true(Math.abs(share(kind) - percent) < 1.05, `${kind}: ${share(kind)}`);
});

test('people: the same seed, number and attempt give the same call; another attempt another one; a dead number stays dead', t => {
	t.deepEqual(people(500), people(500));
	const [first, second] = [people(2000), people(2000, defaultProfile, 2)];
	t.true(first.filter((fate, index) => fate.kind === second[index]!.kind).length < 1000);
	t.deepEqual(
		first.map(fate => fate.kind === 'invalid'),
		second.map(fate => fate.kind === 'invalid'),
	);
	t.notDeepEqual(fateOf(1, '1', 1, defaultProfile), fateOf(2, '1', 1, defaultProfile));
});

test('people: how long it rings and how long they talk is lognormal, and what they say is in order', t => {
	const persons = people(20_000).flatMap(fate => (fate.kind === 'person' ? [fate] : []));
	const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
	t.true(Math.abs(median(persons.map(({ringMs}) => ringMs)) / 7000 - 1) < 0.05);
	const early = persons.filter(({lines}) => lines.at(-1)!.say === 'nothing');
	t.true(Math.abs((early.length / persons.length) * 100 - 6) < 1);
	const talks = persons.flatMap(({lines}) => (lines.at(-1)!.say === 'goodbye' ? [lines.at(-1)!.atMs] : []));
	t.true(Math.abs(median(talks) / 75_000 - 1) < 0.05, `${median(talks)}`);
	const spread = talks.map(talk => Math.log(talk / 75_000));
	const sigma = Math.sqrt(spread.reduce((sum, value) => sum + value * value, 0) / spread.length);
	t.true(Math.abs(sigma - 0.7) < 0.05, `${sigma}`);
	for (const {lines, voice} of persons) {
		if (lines.some((line, index) => index > 0 && line.atMs < lines[index - 1]!.atMs) || voice < 1 || voice > 8)
			t.fail(JSON.stringify(lines));
	}
	t.is(persons[0]!.lines[0]!.say, 'greeting');
});

const everyone: LabProfile = {
	...nothingByChance,
	answerPercent: 100,
	ringMs: {median: 100, sigma: 0},
	talkMs: {median: 6000, sigma: 0},
};

type Scene = {
	phone: Phone;
	call: (number: string) => PhoneCall;
	lines: LabCallLine[];
	line: () => Promise<LabCallLine>;
	folder: string;
	stats: () => unknown;
};

/** A lab, and a phone whose registrar the lab is. */
async function scene(profile: LabProfile, play: (scene: Scene) => Promise<void>, options: Partial<LabOptions> = {}): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-lab-'));
	const lines: LabCallLine[] = [];
	let wake: () => void = () => {};
	const lab = await startLab({
		...options,
		port: 0,
		seed: 5,
		profile,
		rtpPorts: {min: 31_000, max: 31_998},
		onCall: line => {
			lines.push(line);
			wake();
		},
	});
	const phones = await startPhones({rtpPorts: {min: 33_000, max: 33_998}});
	try {
		const microphone = {kind: 'tone', frequencyHz: 440, durationMs: 1000} as const;
		const phone = phones.add({registrar: {host: '127.0.0.1', port: lab.port}, extension: '6001', password: 'x', microphone});
		await within('the registration', phone.ready());
		const line = async () => {
			while (lines.length === 0) await within('a call to end', new Promise<void>(resolve => (wake = resolve)));
			return lines.shift()!;
		};
		await play({phone, call: number => phone.call(number), lines, line, folder, stats: () => lab.stats()});
	} finally {
		await phones.close();
		await lab.close();
		rmSync(folder, {recursive: true});
	}
}

const up = (call: PhoneCall) => within('the call to be up', new Promise<void>(resolve => call.on('up', resolve)));
const over = (call: PhoneCall) =>
	within('the call to be over', new Promise<CallEnd>(resolve => (call.end ? resolve(call.end) : call.on('over', resolve))));

measured('a person rings, answers, speaks, says goodbye and hangs up', async t => {
	await scene(everyone, async ({call, line, folder}) => {
		const calling = call('0312345678');
		const ringing = new Promise<void>(resolve => calling.on('ringing', resolve));
		await within('ringing', ringing);
		await up(calling);
		const path = join(folder, 'heard.wav');
		await calling.endpoint!.startRecording(path);
		t.deepEqual(await over(calling), {by: 'far'});
		const {outcome, endedBy, talkMs, attempt} = await line();
		t.deepEqual([outcome, endedBy, attempt], ['person', 'carrier', 1]);
		t.true(talkMs! >= 6000);
		// Speech: loud in places, silent in others, and no single frequency in it.
		await within('the recording', calling.endpoint!.destroy());
		const {left, right} = channels(path);
		const loud: Int16Array[] = [];
		for (let from = 0; from + 1600 <= left.length; from += 1600)
			if (loudness(left.subarray(from, from + 1600)) > 500) loud.push(left.subarray(from, from + 1600));
		t.true(loud.length >= 5, `${loud.length} pieces with speech`);
		t.true(loud.length < left.length / 1600, 'and pauses');
		for (const piece of loud) {
			const bands = [150, 250, 400, 600, 900, 1300, 1900, 2700].map(hz => toneShare(piece, hz));
			t.true(Math.max(...bands) < 0.9);
		}
		t.true(toneShare(right.subarray(2000, 20_000), 440) > 0.8, 'the phone says its tone');
	});
});

test.serial('we hang up first; then the attempts of a number count', async t => {
	await scene(everyone, async ({call, line, stats}) => {
		const calling = call('0311112222');
		await up(calling);
		calling.hangUp();
		const first = await line();
		t.like(first, {outcome: 'person', endedBy: 'caller', attempt: 1});
		const again = call('0311112222');
		await up(again);
		again.hangUp();
		t.like(await line(), {attempt: 2});
		t.deepEqual(stats(), {calls: 2, open: 0, talking: 0, refused: 0, outcomes: {person: 2}});
	});
});

test.serial('a call that is given up while it rings is cancelled', async t => {
	await scene({...everyone, ringMs: {median: 60_000, sigma: 0}}, async ({call, line}) => {
		const calling = call('0311112222');
		await within('ringing', new Promise<void>(resolve => calling.on('ringing', resolve)));
		calling.hangUp();
		t.like(await line(), {outcome: 'abandoned', endedBy: 'caller'});
	});
});

test.serial('busy, declined, invalid and congestion have their statuses', async t => {
	for (const [share, status, outcome] of [
		['busyPercent', 486, 'busy'],
		['declinePercent', 603, 'declined'],
		['invalidPercent', 404, 'invalid'],
		['congestionPercent', 503, 'congestion'],
	] as const) {
		await scene({...everyone, answerPercent: 0, [share]: 100}, async ({call, line}) => {
			t.like(await over(call('0300000000')), {by: 'far', status});
			t.like(await line(), {outcome});
		});
	}
});

test.serial('a person who hears nothing for too long hangs up; a full carrier refuses', async t => {
	const patient = {...everyone, talkMs: {median: 60_000, sigma: 0}, patienceMs: {median: 1500, sigma: 0}};
	await scene(
		patient,
		async ({phone, call, line}) => {
			const calling = call('0311112222');
			await up(calling);
			t.is(phone.calls.size, 1);
			const second = call('0311113333');
			t.like(await over(second), {by: 'far', status: 503});
			// While the tone sounds the person stays; silence makes the difference.
			calling.endpoint!.stopPlaying();
			t.like(await over(calling), {by: 'far'});
			t.like(await line(), {outcome: 'person', endedBy: 'carrier'});
		},
		{callsMax: 1},
	);
});

test.serial('a phone answers, is held and taken back, and declines', async t => {
	const [here, there] = [
		await startPhones({rtpPorts: {min: 35_000, max: 35_998}}),
		await startPhones({rtpPorts: {min: 37_000, max: 37_998}}),
	];
	try {
		// They call each other without a registrar between: each has the other's address for one.
		const at = (port: number) => ({registrar: {host: '127.0.0.1', port}, password: 'x'});
		const one = here.add({...at(there.sipPort), extension: '6001'});
		const two = there.add({...at(here.sipPort), extension: '6002', answer: 'auto'});
		const arrived = new Promise<PhoneCall>(resolve => two.onCall(resolve));
		const calling = one.call('6002');
		await up(calling);
		const answered = await within('the call to arrive', arrived);
		const held = new Promise<boolean>(resolve => answered.on('held', resolve));
		await calling.hold(true);
		t.true(await within('hold', held));
		const back = new Promise<boolean>(resolve => answered.on('held', resolve));
		await calling.hold(false);
		t.false(await within('the end of hold', back));
		const digit = new Promise<string>(resolve => answered.on('dtmf', resolve));
		calling.endpoint!.sendDtmf('7');
		t.is(await within('a digit', digit), '7');
		answered.hangUp();
		t.like(await over(calling), {by: 'far'});
		const offered = new Promise<PhoneCall>(resolve => one.onCall(resolve));
		const calledBack = two.call('6001');
		const incoming = await within('the call to arrive', offered);
		t.is(incoming.state, 'offered');
		incoming.decline();
		t.like(await over(calledBack), {by: 'far', status: 603});
		t.like(await over(two.call('6009')), {by: 'far', status: 404});
	} finally {
		await here.close();
		await there.close();
	}
});

test('the voices of the people are there and can be played', async t => {
	const names = [
		'machine-1',
		'machine-2',
		...[1, 2, 3, 4, 5, 6, 7, 8].flatMap(voice =>
			['greeting', 'goodbye', 'talk-1', 'talk-2', 'talk-3', 'talk-4'].map(say => `person-${voice}-${say}`),
		),
	];
	for (const name of names) t.true((await loadWav(shipped('assets', 'people', `${name}.ja.wav`))).length > 4000, name);
});

measured('the whole way: a phone registers, the telephony calls it and a person in the lab, joins and records them', async (t, calm) => {
	const folder = mkdtempSync(join(tmpdir(), 'kaden-lab-'));
	const lab = await startLab({
		port: 0,
		seed: 5,
		profile: {...everyone, talkMs: {median: 5000, sigma: 0}},
		rtpPorts: {min: 31_000, max: 31_998},
	});
	const phones = await startPhones({rtpPorts: {min: 33_000, max: 33_998}});
	const media = await createEmbeddedMedia({address: '127.0.0.1', rtpPorts: {min: 27_000, max: 27_998}, workers: 2});
	const secret = 'cymru';
	const signalling = await startSignallingWorker({udp: {host: '127.0.0.1', port: 0}, control: {port: 0, secret}});
	const trunk = {
		name: 'lab',
		host: '127.0.0.1',
		port: lab.port,
		transport: 'udp',
		optionsMs: 1000,
		callsMax: 10,
		callsPerSecondMax: 10,
	} as const;
	const telephony = await createTelephony({
		control: [{host: '127.0.0.1', port: signalling.controlPort, secret}],
		media,
		realm: 'kaden.test',
		trunks: [trunk],
		accounts: extension => ({extension, ha1: ha1Of(extension, 'kaden.test', 'pw')}),
		prompts: () => shipped('assets', 'prompts', 'beep.wav'),
	});
	const events = new Events();
	telephony.onEvent(events.push);
	try {
		const registrar = {host: '127.0.0.1', port: signalling.udpPort, domain: 'kaden.test'};
		const microphone = {kind: 'tone', frequencyHz: 440, durationMs: 1000} as const;
		const agent = phones.add({registrar, extension: '6001', password: 'pw', answer: 'auto', microphone});
		await within('the registration', agent.ready());
		telephony.send({type: 'connectAgent', legId: 'a', extension: '6001', ringMs: 10_000});
		await events.next('legAnswered', {legId: 'a'});
		telephony.send({type: 'dial', legId: 'c', trunk: 'lab', to: '0312345678', from: '0311111111', ringMs: 10_000});
		await events.next('legAnswered', {legId: 'c'});
		const recordPath = join(folder, 'call.wav');
		telephony.send({type: 'join', bridgeId: 'b', customerLegId: 'c', agentLegId: 'a', beep: true, recordPath});
		await events.next('joined', {bridgeId: 'b'});
		t.like(await events.next('legEnded', {legId: 'c'}), {by: 'far'});
		const {durationMs} = await events.next('recorded', {legId: 'c'});
		t.true(durationMs > 4000);
		const {left, right} = channels(recordPath);
		t.true(loudness(left) > 200 && toneShare(left, 440) < 0.1, 'the person speaks');
		t.true(toneShare(right.subarray(8000, 24_000), 440) > 0.9, 'the agent is heard');
	} finally {
		calm.saw(await media.heldUpMs());
		await telephony.close();
		await phones.close();
		await lab.close();
		await media.close();
		await signalling.close();
		rmSync(folder, {recursive: true});
	}
});
