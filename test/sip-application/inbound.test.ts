import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {RejectReason} from '../../src/sip/port.js';
import type {SipMessage} from '../../src/sip/signalling/message.js';
import type {RawPeer, RawRequest} from '../signalling/support.js';
import {calmly} from '../support/calm.js';
import {within} from '../support/limit.js';
import {RtpPeer} from '../support/rtp-peer.js';
import {sine, strength, wavChannels, wavFile} from '../support/tones.js';
import {agentUp, authorizationLine, Phone, passwordOf, scene, type World} from './support.js';

/** What is measured in recordings. */
const measured = calmly(test.serial);

const finalTo = (peer: RawPeer, request: RawRequest): Promise<SipMessage> =>
	peer.expect(m => m.status >= 200 && m.get('call-id') === request.callId && /INVITE/.test(m.get('cseq')!));

/** The carrier brings a call; `rtp` is its customer, at 400 Hz. */
async function callIn(world: World, options: {extra?: string; from?: string; to?: string; late?: boolean} = {}) {
	const rtp = await RtpPeer.open(400);
	world.peers.push(rtp);
	const request = world.carrier.request('INVITE', world.sipPort, {
		uri: `sip:${options.to ?? '0312345678'}@127.0.0.1:${world.sipPort}`,
		to: `<sip:${options.to ?? '0312345678'}@kaden.test>`,
		from: options.from ?? '"Tanaka" <sip:0355501001@127.0.0.1>',
		extra: options.extra ?? '',
		body: options.late ? '' : rtp.sdp(),
	});
	const inbound = await world.events.next('inbound');
	return {rtp, request, inbound, legId: inbound.legId};
}

/** The CANCEL of an INVITE (RFC 3261 section 9.1). */
function cancelOf({text}: RawRequest): string {
	const head = text
		.slice(0, text.indexOf('Content-'))
		.replace(/^INVITE/, 'CANCEL')
		.replace(/(CSeq: \d+) INVITE/, '$1 CANCEL');
	return `${head}Content-Length: 0\r\n\r\n`;
}

/** It is answered, and the customer talks. */
async function answeredIn(world: World) {
	const call = await callIn(world);
	world.telephony.send({type: 'answer', legId: call.legId});
	const ok = await finalTo(world.carrier, call.request);
	call.request.next('ACK', ok);
	call.rtp.talkTo(ok.body);
	await world.events.next('legAnswered', {legId: call.legId});
	return {...call, ok};
}

test.serial('a call comes in, rings, is answered, waits with music, is joined and hung up by its caller', async t => {
	await scene(t, {}, async world => {
		const {phone} = await agentUp(world);
		const {rtp, request, inbound, legId} = await callIn(world);
		t.like(inbound, {source: {kind: 'trunk', trunk: 'carrier'}, to: '0312345678', from: '0355501001', fromName: 'Tanaka', withheld: false});
		t.regex(legId, /^in-/);
		await world.carrier.expect(100);
		world.telephony.send({type: 'ring', legId});
		await world.carrier.expect(180);
		world.telephony.send({type: 'answer', legId});
		const ok = await finalTo(world.carrier, request);
		t.is(ok.status, 200);
		await world.events.next('legAnswered', {legId});
		request.next('ACK', ok);
		rtp.talkTo(ok.body);
		world.telephony.send({type: 'play', legId, prompt: 'holdMusic', loop: true});
		await within('the caller to hear something', rtp.hearsMore(5));
		world.telephony.send({type: 'join', bridgeId: 'b1', customerLegId: legId, agentLegId: 'a1', beep: true});
		await world.events.next('joined');
		t.is((await world.events.next('played', {legId})).end, 'stopped');
		await within('the agent to hear the caller', phone.rtp.hears(400));
		await within('the caller to hear the agent', rtp.hears(700));
		request.next('BYE', ok);
		t.is((await world.events.next('legEnded', {legId})).by, 'far');
		world.telephony.send({type: 'hangUp', legId: 'a1'});
		phone.sip.reply(await phone.sip.expect('BYE'), 200);
		await world.events.next('legEnded', {legId: 'a1'});
		t.is(world.events.count('legFailed'), 0);
	});
});

test.serial('a call without an offer is answered with ours; it is up when the ACK has brought the answer', async t => {
	await scene(t, {}, async world => {
		const {rtp, request, legId} = await callIn(world, {late: true});
		world.telephony.send({type: 'answer', legId});
		const ok = await finalTo(world.carrier, request);
		t.regex(ok.body, /m=audio \d+ RTP\/AVP 0 8 101/);
		t.is(world.events.count('legAnswered'), 0);
		request.next('ACK', ok, {body: rtp.sdp()});
		await world.events.next('legAnswered', {legId});
		world.telephony.send({type: 'play', legId, prompt: 'holdMusic', loop: true});
		await within('the caller to hear something', rtp.hearsMore(5));
		world.telephony.send({type: 'hangUp', legId});
		world.carrier.reply(await world.carrier.expect('BYE'), 200);
		t.is((await world.events.next('legEnded', {legId})).by, 'us');

		const bad = await callIn(world, {late: true});
		world.telephony.send({type: 'answer', legId: bad.legId});
		bad.request.next('ACK', await finalTo(world.carrier, bad.request));
		world.carrier.reply(await world.carrier.expect('BYE'), 200);
		t.is((await world.events.next('legFailed', {legId: bad.legId})).failure, 'incompatible');
	});
});

const statuses: [RejectReason, number][] = [
	['busy', 486],
	['noAnswer', 480],
	['notFound', 404],
	['forbidden', 403],
	['declined', 603],
	['unavailable', 480],
	['congestion', 503],
];
test.serial('every rejection has its status, and its leg has failed once', async t => {
	await scene(t, {}, async world => {
		for (const [reason, status] of statuses) {
			const {request, legId} = await callIn(world);
			world.telephony.send({type: 'reject', legId, with: reason, text: `no "${reason}\\" \r\n架電`});
			const answer = await finalTo(world.carrier, request);
			t.is(answer.status, status);
			t.regex(answer.get('reason') ?? '', new RegExp(`^Q\\.850;cause=\\d+;text="no ${reason} "$`, 'u'));
			t.like(await world.events.next('legFailed', {legId}), {failure: 'cancelled', sipStatus: status});
			world.telephony.send({type: 'answer', legId});
		}
		t.is(world.events.count('legFailed'), statuses.length);
	});
});

test.serial('the caller gives up: before anything, while it rings, and while it is being answered', async t => {
	await scene(t, {}, async world => {
		const cancel = (request: RawRequest): void => world.carrier.send(cancelOf(request), world.sipPort);
		const first = await callIn(world);
		cancel(first.request);
		t.like(await world.events.next('legFailed', {legId: first.legId}), {failure: 'cancelled', sipStatus: 487});
		t.is((await finalTo(world.carrier, first.request)).status, 487);

		const second = await callIn(world);
		world.telephony.send({type: 'ring', legId: second.legId});
		await world.carrier.expect(180);
		cancel(second.request);
		t.is((await world.events.next('legFailed', {legId: second.legId})).sipStatus, 487);

		// Whoever is first: one end, and no call left on either side.
		for (let round = 0; round < 12; round++) {
			const {request, legId} = await callIn(world);
			if (round % 2 === 0) cancel(request);
			world.telephony.send({type: 'answer', legId});
			if (round % 2 === 1) cancel(request);
			const final = await finalTo(world.carrier, request);
			request.next('ACK', final);
			if (final.status === 200) {
				// The CANCEL came too late, so the call is up; or its leg was over when the 200 was out, and a BYE follows.
				const bye = world.carrier.expect(m => m.method === 'BYE' && m.get('call-id') === request.callId);
				world.telephony.send({type: 'hangUp', legId});
				world.carrier.reply(await bye, 200);
			}
			const ends = (): number =>
				world.events.all.filter(e => (e.type === 'legFailed' || e.type === 'legEnded') && e.legId === legId).length;
			if (ends() === 0) await Promise.race([world.events.next('legFailed', {legId}), world.events.next('legEnded', {legId})]);
			t.is(ends(), 1);
		}
	});
});

test.serial('nobody decides: refused after a while, and also when it has rung for too long', async t => {
	await scene(t, {limits: {undecidedMs: 150, inboundRingMs: 200}}, async world => {
		const silent = await callIn(world);
		t.is((await finalTo(world.carrier, silent.request)).status, 480);
		t.is((await world.events.next('legFailed', {legId: silent.legId})).failure, 'noAnswer');
		const ringing = await callIn(world);
		world.telephony.send({type: 'ring', legId: ringing.legId});
		t.is((await finalTo(world.carrier, ringing.request)).status, 480);
		t.is((await world.events.next('legFailed', {legId: ringing.legId})).failure, 'noAnswer');
	});
});

test.serial('a caller whose codecs we do not speak is refused when it is to be answered', async t => {
	await scene(t, {}, async world => {
		const request = world.carrier.request('INVITE', world.sipPort, {
			body: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 9\r\n',
		});
		const {legId} = await world.events.next('inbound');
		world.telephony.send({type: 'answer', legId});
		t.is((await finalTo(world.carrier, request)).status, 488);
		t.is((await world.events.next('legFailed', {legId})).failure, 'incompatible');
	});
});

test.serial('whose number is withheld is not told, and whose is asserted is believed', async t => {
	await scene(t, {trunk: {username: 'line1', password: 'x'}}, async world => {
		const seen: object[] = [];
		for (const options of [
			{extra: 'P-Asserted-Identity: "Yamada, T." <sip:+81-3-5550-1002@carrier.test;user=phone>\r\n'},
			{extra: 'P-Asserted-Identity: <tel:+81355501003>\r\nPrivacy: id\r\n'},
			{from: '"Anonymous" <sip:anonymous@anonymous.invalid>'},
			{to: 'line1', extra: 'P-Called-Party-ID: <sip:0398765432@carrier.test>\r\n', from: '<sip:0355501001@c>'},
		]) {
			const {inbound, legId, request} = await callIn(world, options);
			const {to, from, fromName, withheld} = inbound;
			seen.push({to, from, fromName, withheld});
			world.telephony.send({type: 'reject', legId, with: 'busy'});
			await finalTo(world.carrier, request);
			await world.events.next('legFailed', {legId});
		}
		t.deepEqual(seen, [
			{to: '0312345678', from: '+81355501002', fromName: 'Yamada, T.', withheld: false},
			{to: '0312345678', from: '', fromName: undefined, withheld: true},
			{to: '0312345678', from: '', fromName: undefined, withheld: true},
			{to: '0398765432', from: '0355501001', fromName: undefined, withheld: false},
		]);
	});
});

test.serial('a phone that calls must prove who it is', async t => {
	await scene(t, {}, async world => {
		const phone = await Phone.open(world, '1001', 700);
		await phone.register(world);
		const uri = 'sip:0355501009@kaden.test';
		const place = (extra: string, cseq: number): RawRequest =>
			phone.sip.request('INVITE', world.sipPort, {
				uri,
				from: '<sip:9999@kaden.test>',
				to: `<${uri}>`,
				body: phone.rtp.sdp(),
				extra,
				cseq,
				callId: `call-${phone.sip.port}`,
			});
		const bare = place('', 1);
		const challenge = await finalTo(phone.sip, bare);
		t.is(challenge.status, 401);
		bare.next('ACK', challenge);
		t.is(world.events.count('inbound'), 0);
		const wrong = place(authorizationLine(challenge, 'INVITE', uri, '1001', 'guess'), 2);
		const refused = await phone.sip.expect(m => m.status >= 200 && m.get('cseq') === '2 INVITE');
		t.is(refused.status, 403);
		wrong.next('ACK', refused);
		const right = place(authorizationLine(challenge, 'INVITE', uri, '1001', passwordOf('1001')), 3);
		const inbound = await world.events.next('inbound');
		t.like(inbound, {source: {kind: 'phone', extension: '1001'}, to: '0355501009', from: '1001', withheld: false});
		world.telephony.send({type: 'answer', legId: inbound.legId});
		const ok = await phone.sip.expect(m => m.status === 200 && m.get('cseq') === '3 INVITE');
		right.next('ACK', ok);
		await world.events.next('legAnswered', {legId: inbound.legId});
		world.telephony.send({type: 'hangUp', legId: inbound.legId});
		phone.sip.reply(await phone.sip.expect('BYE'), 200);
		await world.events.next('legEnded');
	});
});

measured('files, keys, mute and a recording on demand, on a call that came in', async (t, calm) => {
	const folder = await mkdtemp(join(tmpdir(), 'kaden-inbound-'));
	await scene(t, {calm}, async world => {
		const {rtp, legId, request, ok} = await answeredIn(world);
		const {telephony, events} = world;
		const file = join(folder, 'menu.wav');
		await writeFile(file, wavFile(sine(600, 8000)));
		telephony.send({type: 'record', legId, path: join(folder, 'call.wav')});
		telephony.send({type: 'playFile', legId, playId: 'p1', path: file, loop: true});
		await within('the caller to hear the menu', rtp.hears(600));
		telephony.send({type: 'playFile', legId, playId: 'p2', path: file});
		t.is((await events.next('fileEnded', {playId: 'p1'})).end, 'stopped');
		t.is((await events.next('fileEnded', {playId: 'p2'})).end, 'finished');
		telephony.send({type: 'playFile', legId, playId: 'p3', path: join(folder, 'none.wav')});
		t.is((await events.next('fileEnded', {playId: 'p3'})).end, 'gone');
		request.next('INFO', ok, {body: 'Signal=5\r\n', extra: 'X: y\r\n'});
		telephony.send({type: 'stopRecording', legId});
		const facts = await events.next('recorded', {legId});
		const [left, right] = wavChannels(await readFile(facts.path));
		t.true(strength(left!.subarray(800, 8000), 400) > 0.1, 'left: the caller');
		t.true(strength(right!.subarray(-12_000, -8000), 600) > 0.1, 'right: the menu');
		telephony.send({type: 'record', legId, path: join(folder, 'second.wav')});
		request.next('BYE', ok, {cseq: 3});
		await events.next('legEnded', {legId});
		t.is((await events.next('recorded', {legId})).path, join(folder, 'second.wav'));
	});
	await rm(folder, {recursive: true});
});

test.serial('a phone is rung for one call: name and number shown, answered by itself only when asked to', async t => {
	await scene(t, {}, async world => {
		const phone = await Phone.open(world, '1001', 700);
		await phone.register(world);
		await world.events.next('phoneUp');
		const ring = (legId: string, autoAnswer: boolean): void =>
			world.telephony.send({
				type: 'ringPhone',
				legId,
				extension: '1001',
				from: '0355501001',
				fromName: '田中 "T"',
				ringMs: 20_000,
				autoAnswer,
			});
		ring('r1', false);
		const invite = await phone.answer();
		t.is(invite.get('call-info'), undefined);
		t.regex(Buffer.from(invite.get('from')!, 'latin1').toString(), /^"田中 \\"T\\"" <sip:0355501001@/);
		await world.events.next('legAnswered', {legId: 'r1'});
		world.telephony.send({type: 'hangUp', legId: 'r1'});
		phone.sip.reply(await phone.sip.expect('BYE'), 200);
		await world.events.next('legEnded', {legId: 'r1'});
		ring('r2', true);
		const auto = await phone.sip.expect('INVITE');
		t.regex(auto.get('call-info')!, /answer-after=0/);
		phone.sip.reply(auto, 486, {contact: false});
		t.is((await world.events.next('legFailed', {legId: 'r2'})).failure, 'busy');
		world.telephony.send({type: 'ringPhone', legId: 'r3', extension: '1002', from: '1001', ringMs: 1000, autoAnswer: false});
		t.is((await world.events.next('legFailed', {legId: 'r3'})).failure, 'phoneDown');
	});
});

test.serial('nothing is told from within a command', async t => {
	await scene(t, {}, async world => {
		const {legId, request, ok} = await answeredIn(world);
		let within = 0;
		let sending = false;
		const {push} = world.events;
		world.telephony.onEvent(event => {
			if (sending) within++;
			push(event);
		});
		const send: typeof world.telephony.send = command => {
			sending = true;
			world.telephony.send(command);
			sending = false;
		};
		send({type: 'join', bridgeId: 'b', customerLegId: legId, agentLegId: 'none', beep: false});
		send({type: 'dial', legId: 'd', trunk: 'none', to: '1', from: '2', ringMs: 1000});
		send({type: 'setRoom', roomId: 'r', members: []});
		send({type: 'hangUp', legId});
		await world.events.next('joinFailed');
		await world.events.next('legFailed', {legId: 'd'});
		await world.events.next('roomSet');
		await world.events.next('legEnded', {legId});
		world.carrier.reply(await world.carrier.expect('BYE'), 200);
		t.is(within, 0);
		t.truthy([request, ok]);
	});
});
