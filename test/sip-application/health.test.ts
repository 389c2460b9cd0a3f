import test from 'ava';
import {createTelephony} from '../../src/sip/application/telephony.js';
import type {EmbeddedMedia} from '../../src/sip/media/embedded/server.js';
import type {FreeswitchMedia} from '../../src/sip/media/freeswitch/server.js';
import {startEmbedded, startSubject} from '../signalling/support.js';
import {startFakeDrachtio} from '../support/fake-drachtio.js';
import {eventually} from '../support/limit.js';
import {Relay} from '../support/relay.js';
import {RtpPeer} from '../support/rtp-peer.js';
import {agentUp, mediaForTests, scene, type World} from './support.js';

async function customerUp(world: World) {
	world.telephony.send({type: 'dial', legId: 'c1', trunk: 'carrier', to: '+81355501001', from: '0312345678', ringMs: 20_000});
	const invite = await world.carrier.expect('INVITE');
	const rtp = await RtpPeer.open(400);
	world.peers.push(rtp);
	world.carrier.reply(invite, 200, {body: rtp.sdp()});
	await world.carrier.expect('ACK');
	rtp.talkTo(invite.body);
	await world.events.next('legAnswered', {legId: 'c1'});
	return {invite, rtp};
}

test.serial('signalling is lost: every leg is told, and who was on a call gets a BYE when it is back', async t => {
	await scene(t, {relayed: true}, async world => {
		const {phone} = await agentUp(world);
		const {invite} = await customerUp(world);
		t.regex(invite.uri, /^sip:\+81355501001@/);
		world.relay!.cut();
		await world.events.next('partDown', {part: 'signalling'});
		for (const legId of ['a1', 'c1']) t.is((await world.events.next('legEnded', {legId})).by, 'network');
		await world.events.next('partUp', {part: 'signalling'});
		const bye = await world.carrier.expect('BYE');
		t.is(bye.get('call-id'), invite.get('call-id'));
		t.is(bye.get('from'), invite.get('from'));
		t.regex(bye.get('to')!, /;tag=peertag$/);
		world.carrier.reply(bye, 200);
		phone.sip.reply(await phone.sip.expect('BYE'), 200);
		// And all goes on: the phone is still registered.
		world.telephony.send({type: 'connectAgent', legId: 'a2', extension: '1001', ringMs: 20_000});
		await phone.answer();
		await world.events.next('legAnswered', {legId: 'a2'});
		world.telephony.send({type: 'hangUp', legId: 'a2'});
		phone.sip.reply(await phone.sip.expect('BYE'), 200);
		t.is((await world.events.next('legEnded', {legId: 'a2'})).by, 'us');
	});
});

test.serial('the embedded signalling server is started anew: calls end, phones stay known, calls work', async t => {
	await scene(t, {}, async world => {
		if (world.subject.real) {
			t.log('left out: a drachtio-server is not ours to stop');
			return;
		}
		const {phone} = await agentUp(world);
		await world.subject.close();
		await world.events.next('partDown', {part: 'signalling'});
		t.is((await world.events.next('legEnded', {legId: 'a1'})).by, 'network');
		const {controlPort, secret} = world.subject;
		const again = await startEmbedded({control: {port: controlPort, secret}, udp: {host: '127.0.0.1', port: world.sipPort}});
		world.subject.close = () => again.close();
		await world.events.next('partUp', {part: 'signalling'});
		phone.sip.reply(await phone.sip.expect('BYE'), 200);
		world.telephony.send({type: 'connectAgent', legId: 'a2', extension: '1001', ringMs: 20_000});
		await phone.answer();
		await world.events.next('legAnswered', {legId: 'a2'});
		world.telephony.send({type: 'hangUp', legId: 'a2'});
		phone.sip.reply(await phone.sip.expect('BYE'), 200);
		t.is((await world.events.next('legEnded', {legId: 'a2'})).by, 'us');
	});
});

test.serial('a signalling server that hangs is noticed, and calls while it is away fail at once', async t => {
	await scene(t, {relayed: true, limits: {pingMs: 150}}, async world => {
		world.relay!.silence(true);
		await world.events.next('partDown', {part: 'signalling'});
		world.telephony.send({type: 'dial', legId: 'c1', trunk: 'carrier', to: '1', from: '2', ringMs: 1000});
		t.like(await world.events.next('legFailed'), {failure: 'error', detail: 'signalling is down'});
		world.relay!.silence(false);
		world.relay!.cut();
		await world.events.next('partUp', {part: 'signalling'});
		t.true(world.relay!.connections > 1);
	});
});

test.serial('the media engine dies: its legs end, their peers get a BYE, and new calls work', async t => {
	await scene(t, {}, async world => {
		const {phone} = await agentUp(world);
		await (world.engine as EmbeddedMedia | FreeswitchMedia).terminateEngine();
		t.is((await world.events.next('legEnded', {legId: 'a1'})).by, 'network');
		phone.sip.reply(await phone.sip.expect('BYE'), 200);
		await world.events.next('partDown', {part: 'media'});
		await world.events.next('partUp', {part: 'media'});
		await customerUp(world);
		world.telephony.send({type: 'hangUp', legId: 'c1'});
		world.carrier.reply(await world.carrier.expect('BYE'), 200);
		await world.events.next('legEnded', {legId: 'c1'});
	});
});

test.serial('a leg without RTP ends as lost', async t => {
	await scene(t, {limits: {silentMs: 300}}, async world => {
		const {rtp} = await customerUp(world);
		rtp.stop();
		const end = await world.events.next('legEnded', {legId: 'c1'});
		t.is(end.by, 'network');
		t.regex(end.detail!, /no RTP/);
		world.carrier.reply(await world.carrier.expect('BYE'), 200);
	});
});

test.serial('a party whose sound stops coming is told of, and told well when it is back', async t => {
	await scene(t, {limits: {soundCheckMs: 40, sound: {lossPercent: 0, jitterMs: 0, silentMs: 400}}}, async world => {
		const {rtp, invite} = await customerUp(world);
		rtp.stop();
		const bad = await world.events.next('mediaQuality', {legId: 'c1'});
		t.is(bad.troubles[0]?.kind, 'silent');
		t.true(bad.troubles[0]!.value >= 400);
		rtp.talkTo(invite.body);
		t.deepEqual((await world.events.next('mediaQuality', {legId: 'c1'})).troubles, []);
		world.telephony.send({type: 'hangUp', legId: 'c1'});
		world.carrier.reply(await world.carrier.expect('BYE'), 200);
		await world.events.next('legEnded', {legId: 'c1'});
	});
});

test.serial('a message that is too long for the signalling server is not sent', async t => {
	await scene(t, {}, async world => {
		world.telephony.send({type: 'dial', legId: 'c1', trunk: 'carrier', to: '0'.repeat(13_000), from: '2', ringMs: 1000});
		t.regex((await world.events.next('legFailed')).detail!, /at most 12000/);
	});
});

test.serial('with a wrong secret telephony does not start, and says why', async t => {
	const subject = await startSubject();
	const media = await mediaForTests();
	const options = {media, realm: 'x', trunks: [], accounts: () => undefined, prompts: () => ''};
	const control = {host: subject.controlHost, port: subject.controlPort, secret: 'nonsense'};
	await t.throwsAsync(createTelephony({...options, control: [control], limits: {connectMs: 60_000}}), {
		message: /no connection to the signalling server.*authenticate/,
	});
	await media.close();
	await subject.close();
});

test.serial('with no server there telephony does not start', async t => {
	const media = await mediaForTests();
	const options = {media, realm: 'x', trunks: [], accounts: () => undefined, prompts: () => ''};
	const subject = await startSubject();
	const relay = await Relay.open(subject.controlHost, subject.controlPort);
	const {port} = relay;
	relay.close();
	const control = {host: '127.0.0.1', port, secret: subject.secret};
	await t.throwsAsync(createTelephony({...options, control: [control], limits: {connectMs: 300}}), {message: /ECONNREFUSED/});
	await media.close();
	await subject.close();
});

test.serial('a server that refuses us or is too old is one line at once, however often it is tried, and it is tried seldom', async t => {
	const media = await mediaForTests();
	const options = {media, realm: 'x', trunks: [], accounts: () => undefined, prompts: () => ''};
	const good = await startSubject();
	for (const [version, why] of [
		[undefined, 'it does not accept the secret (failed to authenticate)'],
		['v0.7.5', 'version v0.7.5 is too old; 0.8.2 or later is needed'],
	] as const) {
		const fake = await startFakeDrachtio(version);
		const bad = {host: '127.0.0.1', port: fake.port, secret: 'x'};
		const place = `127.0.0.1:${fake.port}`;
		await t.throwsAsync(createTelephony({...options, control: [bad]}), {
			name: 'SignallingUnusable',
			message: `no connection to the signalling server at ${place}: ${why}`,
		});
		// Beside one that works it keeps nobody from starting.
		const lines: string[] = [];
		const log = (_level: string, text: string, facts: Record<string, unknown> = {}): void =>
			void lines.push(`${text}: ${facts['server']}: ${facts['why']}`);
		const control = [bad, {host: good.controlHost, port: good.controlPort, secret: good.secret}];
		const telephony = await createTelephony({...options, control, log});
		await eventually('the line', () => lines.includes(`a signalling server cannot be used: ${place}: ${why}`));
		t.is(lines.filter(line => line.includes('cannot be used')).length, 1);
		t.true(fake.connections <= 3);
		await telephony.close();
		fake.close();
	}
	await media.close();
	await good.close();
});
