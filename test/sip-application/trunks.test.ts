import test from 'ava';
import type {SipMessage} from '../../src/sip/signalling/message.js';
import {scene, type World} from './support.js';

test.serial('a trunk goes down when it no longer answers OPTIONS, refuses calls, and comes up again', async t => {
	await scene(t, {trunk: {optionsMs: 150}}, async world => {
		let status: number | undefined = 200;
		world.carrier.serve('OPTIONS', options => {
			if (status !== undefined) world.carrier.reply(options, status);
		});
		await world.events.next('trunkUp', {trunk: 'carrier'});
		status = undefined;
		t.regex((await world.events.next('trunkDown')).reason, /no answer/);
		world.telephony.send({type: 'dial', legId: 'c1', trunk: 'carrier', to: '1', from: '2', ringMs: 1000});
		t.is((await world.events.next('legFailed')).failure, 'trunkDown');
		status = 404; // an odd answer, but the carrier is there
		await world.events.next('trunkUp');
		status = 503;
		t.regex((await world.events.next('trunkDown')).reason, /503/);
		world.telephony.send({type: 'dial', legId: 'c2', trunk: 'nowhere', to: '1', from: '2', ringMs: 1000});
		t.is((await world.events.next('legFailed', {legId: 'c2'})).failure, 'trunkDown');
	});
});

const dialler =
	(world: World) =>
	(legId: string): void =>
		world.telephony.send({type: 'dial', legId, trunk: 'carrier', to: '1', from: '2', ringMs: 20_000});

test.serial('calls beyond the trunk’s maximum are congestion, and an ended one makes room', async t => {
	await scene(t, {trunk: {callsMax: 1}}, async world => {
		const dial = dialler(world);
		dial('c1');
		dial('c2');
		t.like(await world.events.next('legFailed', {legId: 'c2'}), {failure: 'congestion'});
		world.carrier.reply(await world.carrier.expect('INVITE'), 486, {contact: false});
		await world.carrier.expect('ACK');
		await world.events.next('legFailed', {legId: 'c1'});
		dial('c3');
		world.carrier.reply(await world.carrier.expect('INVITE'), 486, {contact: false});
		await world.carrier.expect('ACK');
		await world.events.next('legFailed', {legId: 'c3'});
	});
	// In one moment, which lies in one second however slow the machine is.
	await scene(t, {trunk: {callsPerSecondMax: 2}}, async world => {
		for (const legId of ['c1', 'c2', 'c3']) dialler(world)(legId);
		t.regex((await world.events.next('legFailed', {legId: 'c3'})).detail!, /per second/);
		for (let call = 0; call < 2; call++) {
			world.carrier.reply(await world.carrier.expect('INVITE'), 486, {contact: false});
			await world.carrier.expect('ACK');
			t.like(await world.events.next('legFailed'), {failure: 'busy'});
		}
	});
});

test.serial('a trunk registers with its password, refreshes, survives a refusal, and its calls are authenticated', async t => {
	const trunk = {username: 'kaden', password: 'line-secret', register: {expiresS: 300, domain: 'carrier.test'}};
	await scene(t, {trunk, limits: {registerRetryMs: 50}}, async world => {
		const {carrier, events} = world;
		const uri = 'sip:carrier.test';
		const challenge = 'WWW-Authenticate: Digest realm="carrier.test", nonce="n1", algorithm=MD5, qop="auth"\r\n';
		const registered = async (expiresS: number): Promise<SipMessage> => {
			const bare = await carrier.expect('REGISTER');
			t.is(bare.uri, uri);
			carrier.reply(bare, 401, {extra: challenge, contact: false});
			const full = await carrier.expect('REGISTER');
			const response = /response="([0-9a-f]+)"/.exec(full.get('authorization')!)![1]!;
			const cnonce = /cnonce="([^"]+)"/.exec(full.get('authorization')!)![1]!;
			t.true(response.length === 32 && cnonce.length > 0);
			carrier.reply(full, 200, {
				extra: `Contact: ${full.get('contact')!.replace(/;expires=\d+/, '')};expires=${expiresS}\r\n`,
				contact: false,
			});
			return full;
		};
		const first = await registered(1); // refreshed after 0.6 s
		await events.next('trunkUp');
		t.regex(first.get('contact')!, new RegExp(`<sip:kaden@127.0.0.1:${world.sipPort}>;expires=300`));
		const second = await registered(300);
		t.is(second.get('call-id'), first.get('call-id'));
		t.true(Number.parseInt(second.get('cseq')!, 10) > Number.parseInt(first.get('cseq')!, 10));
		world.telephony.send({type: 'dial', legId: 'c1', trunk: 'carrier', to: '0355501001', from: '0312345678', ringMs: 20_000});
		const bare = await carrier.expect('INVITE');
		t.regex(bare.get('from')!, /<sip:0312345678@carrier.test>/);
		carrier.reply(bare, 407, {extra: challenge.replace('WWW', 'Proxy'), contact: false});
		await carrier.expect('ACK');
		const full = await carrier.expect('INVITE');
		t.regex(full.get('proxy-authorization')!, /username="kaden"/);
		carrier.reply(full, 486, {contact: false});
		await carrier.expect('ACK');
		t.is((await events.next('legFailed')).failure, 'busy');
		// At the end it says goodbye.
		const close = world.telephony.close();
		await carrier.expect('REGISTER').then(goodbye => {
			t.regex(goodbye.get('contact')!, /expires=0/);
			carrier.reply(goodbye, 200, {contact: false});
		});
		await close;
	});
});

test.serial('a trunk whose password is refused is down, and tries again', async t => {
	await scene(t, {trunk: {username: 'kaden', password: 'x', register: {expiresS: 300}}, limits: {registerRetryMs: 50}}, async world => {
		world.carrier.reply(await world.carrier.expect('REGISTER'), 403, {contact: false});
		t.regex((await world.events.next('trunkDown')).reason, /403/);
		world.carrier.reply(await world.carrier.expect('REGISTER'), 423, {contact: false, extra: 'Min-Expires: 600\r\n'});
		// Not the same once more, which comes when this machine is slow.
		const longer = await world.carrier.expect(message => message.method === 'REGISTER' && message.get('expires') === '600');
		world.carrier.reply(longer, 200, {contact: false, extra: 'Expires: 600\r\n'});
		await world.events.next('trunkUp');
		const close = world.telephony.close();
		world.carrier.reply(await world.carrier.expect('REGISTER'), 200, {contact: false});
		await close;
	});
});
