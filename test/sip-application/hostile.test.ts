import test from 'ava';
import {seldom} from '../../src/sip/application/edge.js';
import {edgeDefaults} from '../../src/sip/application/edge-book.js';
import type {SipMessage} from '../../src/sip/signalling/message.js';
import {RawPeer} from '../signalling/support.js';
import {RtpPeer} from '../support/rtp-peer.js';
import {authorizationLine, calleeRequest, Phone, passwordOf, scene, startWorld, type World} from './support.js';

/** What carriers and phones must not be able to do to us, whatever they say. */

async function dialled(world: World, legId: string): Promise<SipMessage> {
	world.telephony.send({type: 'dial', legId, trunk: 'carrier', to: '0355501001', from: '0312345678', ringMs: 20_000});
	return world.carrier.expect('INVITE');
}

async function customerUp(world: World, legId: string, answer: {body?: string; early?: boolean} = {}) {
	const invite = await dialled(world, legId);
	const rtp = await RtpPeer.open(400);
	world.peers.push(rtp);
	if (answer.early) world.carrier.reply(invite, 183, {body: rtp.sdp()});
	world.carrier.reply(invite, 200, answer.early ? {} : {body: answer.body ?? rtp.sdp()});
	await world.carrier.expect('ACK');
	rtp.talkTo(invite.body);
	await world.events.next('legAnswered', {legId});
	return {invite, rtp};
}

async function hangUp(world: World, legId: string): Promise<void> {
	world.telephony.send({type: 'hangUp', legId});
	world.carrier.reply(await world.carrier.expect('BYE'), 200);
	await world.events.next('legEnded', {legId});
}

const strangeContacts = [
	'',
	'Contact: *\r\n',
	'Contact: <>\r\n',
	'Contact: "\r\n',
	'Contact: ,\r\n',
	'Contact: <<<<\r\n',
	'Contact: x\r\n',
	'Contact: \r\n',
];
for (const contact of strangeContacts) {
	test.serial(`a 200 with ${JSON.stringify(contact)} as its Contact ends one call, not the service`, async t => {
		await scene(t, {}, async world => {
			if (world.subject.real) {
				t.log('left out: a drachtio-server gives no way to end such a call');
				return;
			}
			const invite = await dialled(world, 'c1');
			const rtp = await RtpPeer.open(400);
			world.peers.push(rtp);
			world.carrier.reply(invite, 200, {body: rtp.sdp(), contact: false, extra: contact});
			await world.carrier.expect('ACK');
			await world.events.next('legAnswered', {legId: 'c1'});
			world.telephony.send({type: 'hangUp', legId: 'c1'});
			const bye = await world.carrier.expect('BYE');
			t.is(bye.uri, invite.uri);
			world.carrier.reply(bye, 200);
			await world.events.next('legEnded', {legId: 'c1'});
		});
	});
}

test.serial('a re-INVITE without an offer is answered with ours', async t => {
	await scene(t, {}, async world => {
		const {invite} = await customerUp(world, 'c1');
		calleeRequest(world.carrier, invite, 'INVITE', world, 2);
		const ok = await world.carrier.expect(message => message.status === 200 && /INVITE/.test(message.get('cseq')!));
		t.regex(ok.body, /m=audio/);
		await hangUp(world, 'c1');
	});
});

test.serial('a re-INVITE after a 200 that had no SDP', async t => {
	await scene(t, {}, async world => {
		const {invite, rtp} = await customerUp(world, 'c1', {early: true});
		calleeRequest(world.carrier, invite, 'INVITE', world, 2, rtp.sdp());
		const ok = await world.carrier.expect(message => message.status === 200 && /INVITE/.test(message.get('cseq')!));
		t.regex(ok.body, /m=audio/);
		await hangUp(world, 'c1');
	});
});

for (const challenge of [
	'',
	'WWW-Authenticate: \r\n',
	'WWW-Authenticate: Basic realm="x"\r\n',
	'WWW-Authenticate: Digest\r\n',
	'WWW-Authenticate: Digest realm\r\n',
	'Proxy-Authenticate: Digest realm="x", nonce="y"\r\n',
	'WWW-Authenticate: Digest realm="x", nonce="y", algorithm=SHA-256\r\n',
]) {
	test.serial(`a 401 with ${JSON.stringify(challenge)} ends one call, not the service`, async t => {
		await scene(t, {trunk: {username: 'kaden', password: 'x'}}, async world => {
			const invite = await dialled(world, 'c1');
			world.carrier.reply(invite, 401, {contact: false, extra: challenge});
			await world.carrier.expect('ACK');
			const again = world.carrier.expect('INVITE').then(second => world.carrier.reply(second, 403, {contact: false}));
			again.catch(() => {});
			t.is((await world.events.next('legFailed', {legId: 'c1'})).failure, 'declined');
		});
	});
}

test.serial('hung up between the challenge and the answer: the second INVITE is cancelled', async t => {
	await scene(t, {trunk: {username: 'kaden', password: 'x'}}, async world => {
		const invite = await dialled(world, 'c1');
		world.carrier.reply(invite, 407, {contact: false, extra: 'Proxy-Authenticate: Digest realm="x", nonce="y", qop="auth"\r\n'});
		await world.carrier.expect('ACK');
		const second = await world.carrier.expect('INVITE');
		world.carrier.reply(second, 180);
		await world.events.next('legRinging');
		world.telephony.send({type: 'hangUp', legId: 'c1'});
		const cancel = await world.carrier.expect('CANCEL');
		t.is(cancel.get('cseq')!.split(' ')[0], second.get('cseq')!.split(' ')[0]);
		world.carrier.reply(cancel, 200, {contact: false});
		world.carrier.reply(second, 487, {contact: false});
		t.is((await world.events.next('legFailed')).failure, 'cancelled');
	});
});

test.serial('a phone that registers the carrier’s address, or another phone’s, is sent none of their calls', async t => {
	await scene(t, {}, async world => {
		if (world.subject.real) {
			t.log('left out: which connection a contact leads to is the embedded server’s affair here');
			return;
		}
		const {carrier, events, telephony} = world;
		const victim = await Phone.open(world, '1002', 700);
		t.is((await victim.register(world)).status, 200);
		const tcpPort = Number(
			telephony.addresses
				.find(address => address.startsWith('tcp/'))!
				.split(':')
				.pop(),
		);
		const thief = await RawPeer.openTcp(tcpPort);
		world.peers.push(thief);
		const contacts = [
			`<sip:0355501001@127.0.0.1:${carrier.port}>`,
			`<sip:127.0.0.1:${carrier.port}>`,
			`<sip:1002@127.0.0.1:${victim.sip.port}>`,
		].join(', ');
		const options = {from: '<sip:1001@kaden.test>', to: '<sip:1001@kaden.test>', callId: 'thief', uri: 'sip:kaden.test', contact: contacts};
		thief.request('REGISTER', tcpPort, options);
		const line = authorizationLine(await thief.expect(401), 'REGISTER', 'sip:kaden.test', '1001', passwordOf('1001'));
		thief.request('REGISTER', tcpPort, {...options, cseq: 2, extra: line});
		await thief.expect(200);
		const invite = await dialled(world, 'c1');
		carrier.reply(invite, 486, {contact: false});
		await events.next('legFailed', {legId: 'c1'});
		telephony.send({type: 'connectAgent', legId: 'a1', extension: '1002', ringMs: 20_000});
		await victim.answer();
		await events.next('legAnswered', {legId: 'a1'});
		telephony.send({type: 'hangUp', legId: 'a1'});
		victim.sip.reply(await victim.sip.expect('BYE'), 200);
		await events.next('legEnded', {legId: 'a1'});
		t.is(thief.count('INVITE') + thief.count('BYE'), 0);
	});
});

test.serial('OPTIONS within a call that is no more is 481, outside of calls 200', async t => {
	await scene(t, {}, async world => {
		const phone = await Phone.open(world, '1001', 700);
		await phone.register(world);
		phone.sip.request('OPTIONS', world.sipPort, {toTag: 'gone'});
		t.is((await phone.sip.expect(message => /OPTIONS/.test(message.get('cseq')!))).status, 481);
		phone.sip.request('OPTIONS', world.sipPort);
		t.is((await phone.sip.expect(message => /OPTIONS/.test(message.get('cseq')!))).status, 200);
	});
});

test.serial('a password is not guessed by asking for one extension and naming another', async t => {
	await scene(t, {limits: {edge: {...edgeDefaults, banAfter: 3}}}, async world => {
		const phone = await Phone.open(world, '1001', 700);
		// The right password of 1002, in the name of 1001: refused as a guess, and counted as one.
		for (let tries = 0; tries < 3; tries++) t.is((await phone.register(world, {user: '1002'})).status, 403);
		t.is((await phone.register(world)).status, 403, 'shut out by now');
		t.is(world.events.count('phoneUp'), 0);
	});
});

test.serial('at the end a call that nobody answers, not even the CANCEL, is told of once and leaves nothing behind', async t => {
	const world = await startWorld({limits: {closeMs: 100, cancelPatienceMs: 3_600_000}});
	await dialled(world, 'c1');
	await world.close();
	t.like(
		world.events.all.filter(event => event.type === 'legFailed' || event.type === 'legEnded'),
		[{legId: 'c1', failure: 'cancelled'}],
	);
	t.is(world.telephony.legCount, 0);
	t.is(world.media.open, 0);
});

test('a scanner gets one line a minute in the log, with how many were left out', t => {
	let nowMs = 0;
	const tell = seldom(() => nowMs);
	t.deepEqual([tell('a'), tell('a'), tell('a'), tell('b')], [0, undefined, undefined, 0]);
	nowMs = 60_000;
	t.deepEqual([tell('a'), tell('a')], [2, undefined]);
	for (let i = 0; i < 2000; i++) tell(`x${i}`);
	t.is(tell('a'), 0, 'forgotten, so that the memory is bounded');
});
