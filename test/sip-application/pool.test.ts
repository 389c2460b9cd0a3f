/** Several signalling servers: who is called through which, and what the loss of one costs. The others are embedded ones. */
import {statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {rememberedIn} from '../../src/server/remembered.js';
import {ha1Of} from '../../src/sip/application/digest.js';
import type {Remembered} from '../../src/sip/application/memory.js';
import {createTelephony} from '../../src/sip/application/telephony.js';
import {startEmbedded} from '../signalling/support.js';
import {eventually} from '../support/limit.js';
import {Relay} from '../support/relay.js';
import {RtpPeer} from '../support/rtp-peer.js';
import {testFolder} from '../support/service-process.js';
import {agentUp, briefLimits, Events, Phone, passwordOf, realm, scene, type World, type WorldOptions} from './support.js';

type Second = {relay: Relay; sipPort: number; name: string};

async function twoServers(
	t: ExecutionContext,
	options: WorldOptions & {weights?: [number, number]},
	run: (world: World, second: Second) => Promise<void>,
) {
	const server = await startEmbedded();
	const relay = await Relay.open('127.0.0.1', server.controlPort);
	const [first, other] = options.weights ?? [1, 1];
	const others = [{host: '127.0.0.1', port: relay.port, secret: 'cymru', weight: other}];
	try {
		await scene(t, {...options, relayed: true, weight: first, others}, async world => {
			const {signals} = world.telephony as unknown as {signals: {all: {isUp: boolean}[]}};
			await eventually('both servers', () => signals.all.every(({isUp}) => isUp));
			const ports = world.telephony.addresses
				.filter(address => address.startsWith('udp/'))
				.map(address => Number(address.split(':').pop()));
			world.sipPort = ports[0]!;
			await run(world, {relay, sipPort: ports[1]!, name: `127.0.0.1:${relay.port}`});
		});
	} finally {
		relay.close();
		await server.close();
	}
}

/** Dials; the carrier answers. Returns the port that the INVITE came from. */
async function dialled(world: World, legId: string): Promise<number> {
	world.telephony.send({type: 'dial', legId, trunk: 'carrier', to: '1', from: '0312345678', ringMs: 20_000});
	const invite = await world.carrier.expect('INVITE');
	const rtp = await RtpPeer.open(400);
	world.peers.push(rtp);
	world.carrier.reply(invite, 200, {body: rtp.sdp()});
	await world.carrier.expect('ACK');
	rtp.talkTo(invite.body);
	await world.events.next('legAnswered', {legId});
	return portOf(invite.get('via')!);
}
/** drachtio-server leaves out the port that everybody knows (RFC 3261 section 18.1.1). */
const portOf = (via: string): number => Number(/^SIP\/2\.0\/\w+ [^:;]+:(\d+)/.exec(via)?.[1] ?? 5060);

async function hungUp(world: World, legId: string): Promise<void> {
	world.telephony.send({type: 'hangUp', legId});
	world.carrier.reply(await world.carrier.expect('BYE'), 200);
	await world.events.next('legEnded', {legId});
}

async function called(world: World, phone: Phone, legId: string): Promise<number> {
	world.telephony.send({type: 'connectAgent', legId, extension: phone.extension, ringMs: 20_000});
	const invite = await phone.answer();
	await world.events.next('legAnswered', {legId});
	return portOf(invite.get('via')!);
}

test.serial(
	'a phone is called through the server it has registered at; the loss of one ends what hangs on it, and nothing else',
	async t => {
		const lines: string[] = [];
		await twoServers(t, {log: (_level, text, facts) => void lines.push(`${text} ${facts?.['server']}`)}, async (world, second) => {
			const near = await Phone.open(world, '1001', 700);
			await near.register(world);
			const far = await Phone.open(world, '1002', 800);
			await far.register({sipPort: second.sipPort});
			await world.events.next('phoneUp', {extension: '1002'});
			t.is(await called(world, near, 'a1'), world.sipPort);
			t.is(await called(world, far, 'a2'), second.sipPort);

			second.relay.silence(true); // no new connection comes to anything
			second.relay.cut();
			const end = await world.events.next('legEnded', {legId: 'a2'});
			t.deepEqual([end.by, end.detail], ['network', 'signalling lost']);
			// The phone is told by the server that is left, and at once.
			const bye = await far.sip.expect('BYE');
			t.is(portOf(bye.get('via')!), world.sipPort);
			far.sip.reply(bye, 200);
			t.is(world.events.count('partDown'), 0);
			t.true(lines.includes(`a signalling server is lost ${second.name}`));
			t.is(world.events.all.filter(event => event.type === 'legEnded').length, 1, 'the other leg goes on');

			// Its registration is not lost: it is called through the other one, and through its own when that is back.
			t.is(await called(world, far, 'a3'), world.sipPort);
			t.is(await dialled(world, 'c1'), world.sipPort);
			await hungUp(world, 'c1');
			second.relay.silence(false);
			second.relay.cut();
			await eventually('the second server', () => world.telephony.addresses.some(address => address.endsWith(`:${second.sipPort}`)));
			world.telephony.send({type: 'hangUp', legId: 'a3'});
			far.sip.reply(await far.sip.expect('BYE'), 200);
			await world.events.next('legEnded', {legId: 'a3'});
			t.is(await called(world, far, 'a4'), second.sipPort);

			for (const [phone, legId] of [
				[near, 'a1'],
				[far, 'a4'],
			] as const) {
				world.telephony.send({type: 'hangUp', legId});
				phone.sip.reply(await phone.sip.expect('BYE'), 200);
				await world.events.next('legEnded', {legId});
			}
			t.is(world.events.count('partDown'), 0);
			t.is(world.events.count('phoneDown'), 0);
		});
	},
);

test.serial('calls out are shared by weight, and a server that is drained gets none', async t => {
	await twoServers(t, {weights: [1, 2]}, async (world, second) => {
		const ports: number[] = [];
		for (let call = 0; call < 6; call++) ports.push(await dialled(world, `c${call}`));
		t.is(ports.filter(port => port === second.sipPort).length, 4);
		const [one, other] = world.telephony.signals.all;
		other!.draining = true;
		t.is(await dialled(world, 'c6'), world.sipPort);
		// What a carrier brings to it is sent elsewhere, while there is an elsewhere.
		const call = world.carrier.request('INVITE', second.sipPort, {
			callId: 'drained',
			uri: 'sip:1@kaden.test',
			from: '<sip:9@kaden.test>',
			to: '<sip:1@kaden.test>',
			cseq: 1,
		});
		t.is((await world.carrier.expect(message => message.status >= 200 && message.get('call-id') === call.callId)).status, 503);
		one!.draining = true;
		world.telephony.send({type: 'dial', legId: 'c7', trunk: 'carrier', to: '1', from: '2', ringMs: 1000});
		t.like(await world.events.next('legFailed'), {legId: 'c7', failure: 'error', detail: 'no signalling server takes new calls'});
		for (let at = 0; at <= 6; at++) await hungUp(world, `c${at}`);
		t.deepEqual(
			world.telephony.signals.all.map(({load}) => load),
			[0, 0],
		);
	});
});

test.serial('a carrier we are registered at is told of another server when ours is lost', async t => {
	const register = {expiresS: 3600};
	await twoServers(t, {trunk: {register, username: '0312345678', password: 'x'}}, async (world, second) => {
		const first = await world.carrier.expect('REGISTER');
		world.carrier.reply(first, 200);
		await world.events.next('trunkUp');
		const [gone, stays] = portOf(first.get('via')!) === world.sipPort ? [world.relay!, second.sipPort] : [second.relay, world.sipPort];
		gone.silence(true);
		gone.cut();
		const again = await world.carrier.expect('REGISTER');
		t.is(portOf(again.get('via')!), stays);
		t.regex(again.get('contact')!, new RegExp(`:${stays}\\b`));
		world.carrier.reply(again, 200);
		t.is(await dialled(world, 'c1'), stays);
		await hungUp(world, 'c1');
		world.carrier.serve('REGISTER', request => world.carrier.reply(request, 200));
	});
});

test.serial('after a crash the phones are known again at once, and who was left on a call is told that it is over', async t => {
	let saved: Remembered = {phones: [], calls: []};
	const memory = {load: () => saved, save: (state: Remembered) => void (saved = structuredClone(state))};
	await scene(t, {relayed: true, memory}, async world => {
		const {phone} = await agentUp(world);
		const call = world.carrier.request('INVITE', world.sipPort, {
			callId: 'left-alone',
			uri: 'sip:0312345678@kaden.test',
			from: '<sip:0901112222@carrier.test>',
			to: '<sip:0312345678@kaden.test>',
			cseq: 1,
			body: phone.rtp.sdp(),
		});
		const {legId} = await world.events.next('inbound');
		world.telephony.send({type: 'answer', legId});
		const ok = await world.carrier.expect(200);
		call.next('ACK', ok);
		await world.events.next('legAnswered', {legId});
		await eventually('both calls to be remembered', () => saved.calls.length === 2);
		// The service is no more, and what it did last is on the disk.
		const left = saved;
		world.relay!.close();
		await world.events.next('partDown');

		const events = new Events();
		const {controlHost: host, controlPort: port, secret} = world.subject;
		const next = await createTelephony({
			control: [{host, port, secret}],
			media: world.media,
			realm,
			trunks: [],
			accounts: extension => ({extension, ha1: ha1Of(extension, realm, passwordOf(extension))}),
			prompts: () => '',
			memory: {load: () => left, save: () => {}},
			limits: briefLimits,
		});
		next.onEvent(events.push);
		try {
			const toPhone = await phone.sip.expect('BYE');
			phone.sip.reply(toPhone, 200);
			const toCaller = await world.carrier.expect('BYE');
			world.carrier.reply(toCaller, 200);
			t.is(toCaller.get('call-id'), 'left-alone');
			t.is(toCaller.get('from'), ok.get('to'), 'from our side of the call');
			t.is(toCaller.get('to'), ok.get('from'));
			t.like(await events.next('phoneUp'), {extension: '1001'});
			next.send({type: 'connectAgent', legId: 'b1', extension: '1001', ringMs: 20_000});
			await phone.answer();
			await events.next('legAnswered', {legId: 'b1'});
			next.send({type: 'hangUp', legId: 'b1'});
			phone.sip.reply(await phone.sip.expect('BYE'), 200);
			await events.next('legEnded', {legId: 'b1'});
		} finally {
			await next.close();
		}
	});
});

test('what is remembered is a file: its times go on while nobody runs, and a broken one is no reason not to start', async t => {
	const folder = await testFolder(t);
	let nowMs = 1_000_000;
	const warnings: string[] = [];
	const log = Object.assign((_level: string, event: string) => void warnings.push(event), {flush: async () => {}, flushNow: () => {}});
	const file = rememberedIn(folder, log as never, () => nowMs);
	t.deepEqual(file.load(), {phones: [], calls: []});
	const phone = {
		extension: '1001',
		contact: 'sip:1001@x',
		instance: '',
		source: {protocol: 'udp', address: '192.0.2.1', port: 5060},
		callId: 'c',
		cseq: 1,
	};
	const call = {uri: 'sip:1@x', proxy: undefined, headers: {From: 'x'}};
	file.save({phones: [{...phone, expiresInMs: 1}], calls: []});
	file.save({
		phones: [
			{...phone, expiresInMs: 60_000},
			{...phone, extension: '1002', expiresInMs: 5000},
		],
		calls: [call],
	});
	await file.settled();
	t.is(statSync(join(folder, 'telephony.json')).mode & 0o777, 0o600);
	nowMs += 10_000;
	t.deepEqual(file.load(), {phones: [{...phone, expiresInMs: 50_000}], calls: [{uri: 'sip:1@x', headers: {From: 'x'}}] as never});
	nowMs += 3_600_000;
	t.deepEqual(file.load(), {phones: [], calls: []});
	writeFileSync(join(folder, 'telephony.json'), '{"phones": 7');
	t.deepEqual(file.load(), {phones: [], calls: []});
	t.deepEqual(warnings, ['telephony.notRemembered']);
});
