import {existsSync, readFileSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import type {SoundWay} from '../../src/audio/devices.js';
import {PhoneDesk} from '../../src/phone/desk.js';
import type {Command, PhoneEvent, PhoneState} from '../../src/phone/model.js';
import {passwordOf, scene, type World} from '../sip-application/support.js';
import {eventually} from '../support/limit.js';
import {hasProgram, startBaresip} from '../support/sip-peers.js';
import {strength} from '../support/tones.js';

const card = fileURLToPath(new URL('../support/fake-sound-card.js', import.meta.url));
const way = (name: string, ...args: string[]): SoundWay => ({
	name,
	record: {path: process.execPath, args: [card, 'record', ...args]},
	play: {path: process.execPath, args: [card, 'play', `${args[1]}.heard`]},
});

/** A telephone with a person who speaks a tone, and what that person has seen and heard. */
class Person {
	desk!: PhoneDesk;
	readonly events: PhoneEvent[] = [];
	readonly said: string[] = [];
	private constructor(
		readonly extension: string,
		readonly pidFile: string,
	) {}

	static async sit(
		t: ExecutionContext,
		world: World,
		folder: string,
		extension: string,
		hz: number,
		transport: 'udp' | 'tcp' = 'udp',
	): Promise<Person> {
		const person = new Person(extension, join(folder, extension));
		const {port} = portOf(world, transport);
		person.desk = await PhoneDesk.start({
			account: {host: '127.0.0.1', port, transport, user: extension, password: passwordOf(extension), expiresS: 60},
			ways: [way('fake', String(hz), person.pidFile)],
			rules: {answerAll: false, answerAsked: true},
			onChange: (_before, event) => {
				person.events.push(event);
				if (person.desk?.state.said) person.said.push(person.desk.state.said.key);
			},
			onQuit: () => {},
		});
		t.teardown(() => person.desk.close());
		return person;
	}

	do(command: Command): void {
		this.desk.take({type: 'command', command});
	}

	sees(what: string, wanted: (state: PhoneState) => boolean): Promise<unknown> {
		return eventually(`${this.extension}: ${what} in ${JSON.stringify(this.desk.state)}`, () => wanted(this.desk.state));
	}

	/** The last second that came out of the loudspeaker. */
	get heard(): Int16Array {
		const file = `${this.pidFile}.heard`;
		if (!existsSync(file)) return new Int16Array(0);
		const bytes = readFileSync(file);
		return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~1))).slice(-4000);
	}

	hears(hz: number, isHeard = true): Promise<unknown> {
		const measure = (): number => strength(this.heard, hz);
		return eventually(
			`${this.extension} ${isHeard ? 'hears' : 'no longer hears'} ${hz} Hz`,
			() => this.heard.length === 4000 && measure() > 0.1 === isHeard,
		);
	}

	get pid(): number {
		return Number(readFileSync(this.pidFile, 'utf8'));
	}
}

function portOf(world: World, transport: 'udp' | 'tcp'): {port: number} {
	const address = world.telephony.addresses.find(each => each.startsWith(`${transport}/`))!;
	return {port: Number(address.split(':').pop())};
}

const talking = ({calls}: PhoneState): boolean => calls.some(({state}) => state === 'talking');

test.serial(
	'two telephones through the service: sound both ways, hold, mute, keys; a sound program that dies leaves the call up',
	async t => {
		const folder = await mkdtemp(join(tmpdir(), 'kaden-desk-'));
		await scene(t, {}, async world => {
			const {telephony, events} = world;
			const ann = await Person.sit(t, world, folder, '1001', 440);
			const bob = await Person.sit(t, world, folder, '1002', 700, 'tcp');
			for (const {extension} of [ann, bob]) await events.next('phoneUp', {extension});
			await ann.sees('registered', ({registered}) => registered === true);

			// The service asks Ann's telephone to answer by itself; Bob's rings until he answers.
			telephony.send({type: 'connectAgent', legId: 'a', extension: '1001', ringMs: 20_000});
			await events.next('legAnswered', {legId: 'a'});
			telephony.send({
				type: 'ringPhone',
				legId: 'b',
				extension: '1002',
				from: '0312345678',
				fromName: '山田',
				ringMs: 20_000,
				autoAnswer: false,
			});
			await bob.sees('rings', ({calls}) => calls[0]?.state === 'offered' && calls[0].number === '0312345678' && calls[0].name === '山田');
			t.false(existsSync(bob.pidFile), 'the microphone stays closed while it rings');
			bob.do({do: 'answer'});
			await events.next('legAnswered', {legId: 'b'});
			telephony.send({type: 'join', bridgeId: 'ab', customerLegId: 'b', agentLegId: 'a', beep: false});
			await events.next('joined');
			await Promise.all([ann.hears(700), bob.hears(440)]);

			ann.do({do: 'dtmf', digits: '5'});
			t.is((await events.next('dtmf', {legId: 'a'})).digit, '5');
			await eventually('the key on the other telephone', () => bob.said.includes('heardKey'));

			ann.do({do: 'mute'});
			await bob.hears(440, false);
			ann.do({do: 'mute'});
			await bob.hears(440);

			ann.do({do: 'hold'});
			t.true((await events.next('farHold', {legId: 'a'})).held);
			await ann.sees('on hold', ({calls}) => calls[0]?.state === 'held');
			await bob.hears(440, false);
			ann.do({do: 'hold'});
			t.false((await events.next('farHold', {legId: 'a', held: false})).held);
			await Promise.all([bob.hears(440), ann.hears(700)]);

			// Ann's microphone dies in the middle of the call.
			process.kill(ann.pid, 'SIGKILL');
			await eventually('that is said', () => ann.said.includes('soundLost'));
			t.true(talking(ann.desk.state));
			await eventually('it is back', () => ann.said.includes('soundOn'));
			await bob.hears(440);

			const {figures} = bob.desk.levels(20);
			t.true((figures?.received ?? 0) > 20);
			bob.do({do: 'hangUp'});
			t.is((await events.next('legEnded', {legId: 'b'})).by, 'far');
			telephony.send({type: 'hangUp', legId: 'a'});
			await ann.sees('the end', ({calls}) => calls.length === 0);
		});
		await rm(folder, {recursive: true});
	},
);

test.serial('without a sound card it rings, answers and hangs up all the same; a wrong password is said', async t => {
	await scene(t, {}, async world => {
		const said: string[] = [];
		const desk = await PhoneDesk.start({
			account: {host: '127.0.0.1', port: world.sipPort, transport: 'udp', user: '1001', password: 'wrong', expiresS: 60},
			ways: [],
			rules: {answerAll: true, answerAsked: true},
			onChange: () => {
				if (desk?.state.said) said.push(desk.state.said.key);
			},
			onQuit: () => {},
		});
		await eventually('the refusal', () => desk.state.registered === false);
		t.regex(desk.state.reason, /40[13]/);
		t.true(said.includes('notRegistered'));
		await desk.close();
		const mute = await PhoneDesk.start({
			account: {host: '127.0.0.1', port: world.sipPort, transport: 'udp', user: '1002', password: passwordOf('1002'), expiresS: 60},
			ways: [],
			rules: {answerAll: true, answerAsked: true},
			onChange: () => {},
			onQuit: () => {},
		});
		await world.events.next('phoneUp', {extension: '1002'});
		world.telephony.send({type: 'ringPhone', legId: 'x', extension: '1002', from: '1', ringMs: 20_000, autoAnswer: false});
		await world.events.next('legAnswered', {legId: 'x'});
		await eventually('silence is said', () => mute.state.loudspeaker.state === 'off');
		await eventually('RTP goes both ways', () => (mute.levels(1).figures?.received ?? 0) > 5 && (mute.levels(1).figures?.sent ?? 0) > 5);
		world.telephony.send({type: 'hangUp', legId: 'x'});
		await eventually('the end', () => mute.state.calls.length === 0);
		await mute.close();
	});
});

test.serial('with baresip: they call each other, hold, press keys, and one transfers the other', async t => {
	if (!hasProgram('baresip')) {
		t.log('left out: baresip is needed (Debian: baresip-core)');
		t.pass();
		return;
	}
	const folder = await mkdtemp(join(tmpdir(), 'kaden-desk-'));
	await scene(t, {}, async world => {
		const {telephony, events} = world;
		const ann = await Person.sit(t, world, folder, '1001', 440);
		const baresip = await startBaresip({
			folder: join(folder, 'baresip'),
			registrarPort: world.sipPort,
			extension: '1002',
			password: passwordOf('1002'),
			toneHz: 700,
		});
		try {
			for (const extension of ['1001', '1002']) await events.next('phoneUp', {extension});
			// Ann calls 1002 through the service: the loop's part is played here.
			ann.do({do: 'dial', to: '1002'});
			const call = await events.next('inbound');
			t.like(call, {source: {kind: 'phone', extension: '1001'}, to: '1002'});
			telephony.send({type: 'ring', legId: call.legId});
			await ann.sees('it rings', ({calls}) => calls[0]?.state === 'ringing');
			telephony.send({type: 'ringPhone', legId: 'b', extension: '1002', from: '1001', ringMs: 20_000, autoAnswer: false});
			await events.next('legAnswered', {legId: 'b'});
			telephony.send({type: 'answer', legId: call.legId});
			await events.next('legAnswered', {legId: call.legId});
			telephony.send({type: 'join', bridgeId: 'x', customerLegId: 'b', agentLegId: call.legId, beep: false});
			await events.next('joined');
			await ann.hears(700);
			baresip.command('hangup');
			t.is((await events.next('legEnded', {legId: 'b'})).by, 'far');
			telephony.send({type: 'hangUp', legId: call.legId});
			await ann.sees('the end', ({calls}) => calls.length === 0);

			// baresip calls Ann straight, so that hold, keys and transfer are agreed between the two.
			baresip.command('dial', `sip:1001@127.0.0.1:${ann.desk.sipPort}`);
			await ann.sees('an incoming call', ({calls}) => calls[0]?.state === 'offered');
			ann.do({do: 'answer'});
			await ann.sees('talking', talking);
			await ann.hears(700);
			ann.do({do: 'hold'});
			await ann.sees('on hold', ({calls}) => calls[0]?.state === 'held');
			await ann.hears(700, false);
			ann.do({do: 'hold'});
			await ann.hears(700);
			baresip.command('hold');
			await ann.sees('held by the other side', ({calls}) => calls[0]?.farHold === true);
			baresip.command('resume');
			await ann.sees('taken back', ({calls}) => calls[0]?.farHold === false);
			await ann.hears(700);
			ann.do({do: 'transfer', to: '0399'});
			const transferred = await events.next('inbound');
			t.like(transferred, {source: {kind: 'phone', extension: '1002'}, to: '0399'});
			telephony.send({type: 'answer', legId: transferred.legId});
			await eventually('the transfer has come through', () => ann.said.includes('transferred'));
			await ann.sees('the end here', ({calls}) => calls.length === 0);
			telephony.send({type: 'hangUp', legId: transferred.legId});
			await events.next('legEnded', {legId: transferred.legId});
		} finally {
			await baresip.stop();
		}
	});
	await rm(folder, {recursive: true});
});
