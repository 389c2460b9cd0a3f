import {statSync} from 'node:fs';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {LegFailure} from '../../src/sip/port.js';
import {passwordOf, scene, type World} from '../sip-application/support.js';
import {eventually, within} from '../support/limit.js';
import {hasProgram, type SippCarrier, type SoftPhone, startBaresip, startSipp} from '../support/sip-peers.js';
import {strengths, wavChannels} from '../support/tones.js';

const customerHz = 400;
const agentHz = 700;

/** The list: the last two digits say what the carrier does (see sipp/carrier.xml). */
const unanswered: [string, LegFailure][] = [
	['0355501010', 'busy'],
	['0355501011', 'noAnswer'],
	['0355501012', 'invalidNumber'],
	['0355501013', 'congestion'],
	['0355501014', 'declined'],
	['0355501110', 'busy'],
	['0355501111', 'noAnswer'],
	['0355501112', 'invalidNumber'],
	['0355501113', 'congestion'],
	['0355501114', 'declined'],
];
/** Somebody picks up as we give the call up: there is one, and whoever gave it up hangs up on it. */
const late = ['0355501015', '0355501115'];
const hangsUpAtOnce = ['0355501016', '0355501116'];
const leaves = ['0355501020', '0355501021', '0355501022'];
const stays = ['0355501030', '0355501031', '0355501032'];
const callsTotal = unanswered.length + late.length + hangsUpAtOnce.length + leaves.length + stays.length;

type Cast = {world: World; phone: SoftPhone; carrier: SippCarrier; folder: string};

const dial = (world: World, to: string, ringMs = 15_000): void =>
	world.telephony.send({type: 'dial', legId: to, trunk: 'sipp', to, from: '0312345678', ringMs});

/** The agent's phone is called and picks up. */
async function agentOnline({world, phone}: Cast, legId: string): Promise<void> {
	world.telephony.send({type: 'connectAgent', legId, extension: '1001', ringMs: 15_000});
	await world.events.next('legAnswered', {legId});
	await phone.next('CALL_ESTABLISHED');
}

/** Dials, and joins the customer to the agent with a recording. Returns the recording's path. */
async function joined({world, folder}: Cast, to: string, agentLegId: string): Promise<string> {
	dial(world, to);
	await world.events.next('legAnswered', {legId: to});
	const recordPath = join(folder, `${to}.wav`);
	world.telephony.send({type: 'join', bridgeId: `b${to}`, customerLegId: to, agentLegId, beep: true, recordPath});
	await world.events.next('joined', {bridgeId: `b${to}`});
	return recordPath;
}

async function lateAnswer(t: ExecutionContext, world: World, legId: string): Promise<void> {
	await world.events.next('legAnswered', {legId});
	world.telephony.send({type: 'hangUp', legId});
	// A drachtio-server hangs up on such a call by itself.
	const {by} = await world.events.next('legEnded', {legId});
	t.true(by === 'us' || (world.subject.real && by === 'network'), `${legId}: ${by}`);
}

/** A moment of talk. sipp takes a message badly that comes in the very moment it acts on another one. */
const talk = (recordPath: string): Promise<boolean> =>
	eventually('some talk in the recording', () => (statSync(recordPath, {throwIfNoEntry: false})?.size ?? 0) > 16_000);

type Tones = {customer: number[]; agent: number[]};

/** How strong both tones are on both channels, a tenth of a second at a time, the strongest first. */
async function tones(path: string): Promise<{left: Tones; right: Tones}> {
	const [left, right] = wavChannels(await readFile(path));
	const strongest = (samples: Int16Array, hz: number): number[] => strengths(samples, hz).sort((a, b) => b - a);
	const measure = (samples: Int16Array): Tones => ({customer: strongest(samples, customerHz), agent: strongest(samples, agentHz)});
	return {left: measure(left!), right: measure(right!)};
}

/** One is heard for three tenths of a second at least, wherever that is; the other never. */
const isHeard = (wanted: number[], unwanted: number[]): boolean => (wanted[2] ?? 0) > 0.1 && (unwanted[0] ?? 1) < 0.03;

/** Are both programs there? Says what is left out when not. */
function installed(t: ExecutionContext): boolean {
	if (hasProgram('baresip') && hasProgram('sipp')) return true;
	t.log('left out: baresip and sipp are needed (Debian: baresip-core, sip-tester)');
	t.pass();
	return false;
}

test.serial('a list of twenty calls through a real carrier and a real phone', async t => {
	if (!installed(t)) return;
	const folder = await mkdtemp(join(tmpdir(), 'kaden-interop-'));
	const carrier = await startSipp({folder: join(folder, 'sipp'), scenario: 'carrier.xml', calls: callsTotal, toneHz: customerHz});
	await scene(t, {trunk: {name: 'sipp', port: carrier.port}}, async world => {
		t.teardown(() => carrier.stop());
		const phone = await startBaresip({
			folder: join(folder, 'phone'),
			registrarPort: world.sipPort,
			extension: '1001',
			password: passwordOf('1001'),
			toneHz: agentHz,
		});
		const cast = {world, phone, carrier, folder};
		try {
			await world.events.next('phoneUp', {extension: '1001'});
			await agentOnline(cast, 'a1');

			// Those that never become a call, several at once.
			for (const [to] of unanswered) dial(world, to, 1500);
			for (const to of late) dial(world, to, 1500);
			for (const [to, failure] of unanswered) t.is((await world.events.next('legFailed', {legId: to})).failure, failure, to);
			for (const to of late) await lateAnswer(t, world, to);
			for (const to of hangsUpAtOnce) {
				dial(world, to);
				await world.events.next('legAnswered', {legId: to});
				t.is((await world.events.next('legEnded', {legId: to})).by, 'far', to);
			}

			// The customer hangs up: the agent stays on the line for the next.
			for (const to of leaves) {
				const path = await joined(cast, to, 'a1');
				t.is((await world.events.next('legEnded', {legId: to})).by, 'far');
				await world.events.next('recorded', {legId: to});
				const {left, right} = await tones(path);
				t.true(isHeard(left.customer, left.agent), `left: the customer only (${left.customer} and ${left.agent})`);
				t.true(isHeard(right.agent, right.customer), `right: the agent only (${right.agent} and ${right.customer})`);
			}

			// We hang up on the customer.
			const [first, second, third] = stays as [string, string, string];
			await talk(await joined(cast, first, 'a1'));
			world.telephony.send({type: 'hangUp', legId: first});
			t.is((await world.events.next('legEnded', {legId: first})).by, 'us');

			// The agent hangs up the phone: the customer is let go by the loop, here by the test.
			await talk(await joined(cast, second, 'a1'));
			phone.command('hangup');
			t.is((await world.events.next('legEnded', {legId: 'a1'})).by, 'far');
			world.telephony.send({type: 'hangUp', legId: second});
			t.is((await world.events.next('legEnded', {legId: second})).by, 'us');
			await phone.next('CALL_CLOSED');

			// The agent is called again, and we end both.
			await agentOnline(cast, 'a2');
			await talk(await joined(cast, third, 'a2'));
			for (const legId of [third, 'a2']) {
				world.telephony.send({type: 'hangUp', legId});
				t.is((await world.events.next('legEnded', {legId})).by, 'us');
			}
			await phone.next('CALL_CLOSED');
			t.true(await within('sipp to finish', carrier.finished), await carrier.errors());
		} finally {
			await phone.stop();
			await carrier.stop();
		}
	});
	await rm(folder, {recursive: true});
});

/** Where the signalling server is reached by that; undefined where it is not served. */
function portOf({telephony}: World, transport: 'tcp' | 'tls'): number | undefined {
	const place = telephony.addresses.find(address => address.startsWith(`${transport}/`));
	return place === undefined ? undefined : Number(place.split(':').pop());
}

/** A phone that encrypts registers, is called on its connection, hears the customer, and is put down. */
async function overTls(t: ExecutionContext, {world, carrier, folder}: Cast): Promise<void> {
	const registrarPort = portOf(world, 'tls');
	if (registrarPort === undefined) return t.log('left out: this signalling server serves no TLS');
	const account = {registrarPort, extension: '1002', password: passwordOf('1002'), toneHz: agentHz, transport: 'tls' as const};
	const phone = await startBaresip({folder: join(folder, 'encrypted'), ...account});
	try {
		t.regex((await world.events.next('phoneUp', {extension: '1002'})).contact, /transport=tls/);
		world.telephony.send({type: 'connectAgent', legId: 'a2', extension: '1002', ringMs: 15_000});
		await world.events.next('legAnswered', {legId: 'a2'});
		await phone.next('CALL_ESTABLISHED');
		const path = await joined({world, phone, carrier, folder}, '0355501031', 'a2');
		await talk(path);
		for (const legId of ['0355501031', 'a2']) {
			world.telephony.send({type: 'hangUp', legId});
			t.is((await world.events.next('legEnded', {legId})).by, 'us');
		}
		await phone.next('CALL_CLOSED');
	} finally {
		await phone.stop();
	}
}

test.serial('the same over TCP: the phone is called on the connection it registered on', async t => {
	if (!installed(t)) return;
	const folder = await mkdtemp(join(tmpdir(), 'kaden-interop-'));
	const carrier = await startSipp({folder: join(folder, 'sipp'), scenario: 'carrier.xml', calls: 4, toneHz: customerHz, transport: 'tcp'});
	t.teardown(() => carrier.stop());
	await scene(t, {trunk: {name: 'sipp', port: carrier.port, transport: 'tcp'}}, async world => {
		const account = {registrarPort: portOf(world, 'tcp')!, extension: '1001', password: passwordOf('1001')};
		const phone = await startBaresip({folder: join(folder, 'phone'), ...account, toneHz: agentHz, transport: 'tcp'});
		const cast = {world, phone, carrier, folder};
		try {
			t.regex((await world.events.next('phoneUp', {extension: '1001'})).contact, /transport=tcp/);
			await agentOnline(cast, 'a1');
			dial(world, '0355501010');
			t.is((await world.events.next('legFailed')).failure, 'busy');
			// Nobody picks up late here: ACK and BYE of that come in one packet, and of two messages at once sipp 3.6 takes the second for one out of turn.
			await joined(cast, '0355501020', 'a1');
			t.is((await world.events.next('legEnded', {legId: '0355501020'})).by, 'far');
			await talk(await joined(cast, '0355501030', 'a1'));
			for (const legId of ['0355501030', 'a1']) {
				world.telephony.send({type: 'hangUp', legId});
				t.is((await world.events.next('legEnded', {legId})).by, 'us');
			}
			await phone.next('CALL_CLOSED');
			await overTls(t, cast);
			t.true(await within('sipp to finish', carrier.finished), await carrier.errors());
		} finally {
			await phone.stop();
			await carrier.stop();
		}
	});
	await rm(folder, {recursive: true});
});
