import test from 'ava';
import {edgeDefaults} from '../../src/sip/application/edge-book.js';
import {agentUp, Phone, scene} from './support.js';

test.serial('a phone registers with the right password, is up, and down when it unregisters', async t => {
	await scene(t, {}, async world => {
		{
			const phone = await Phone.open(world, '1001', 700);
			const answer = await phone.register(world);
			t.is(answer.status, 200);
			t.regex(answer.get('contact')!, new RegExp(`<sip:1001@127.0.0.1:${phone.sip.port}>;expires=120`));
			t.is((await world.events.next('phoneUp')).contact, `sip:1001@127.0.0.1:${phone.sip.port}`);
			t.is((await phone.register(world, {expiresS: 0})).status, 200);
			t.is((await world.events.next('phoneDown')).reason, 'unregistered');
			t.is((await phone.register(world, {expiresS: 60, contact: '<sip:1001'})).status, 400);
		}
	});
});

test.serial('wrong password, unknown extension and another’s extension are 403, and the source is shut out', async t => {
	await scene(t, {limits: {edge: {...edgeDefaults, slowAfter: 1, slowMsMax: 30, banAfter: 3}}}, async world => {
		{
			const phone = await Phone.open(world, '1001', 700);
			t.is((await phone.register(world, {user: '1002'})).status, 403);
			t.is((await phone.register(world, {password: 'guess'})).status, 403);
			t.is((await phone.register(world)).status, 200, 'two mistakes are borne');
			// Somebody behind the same address guesses at its name.
			const guesser = await Phone.open(world, '1001', 800);
			for (let i = 0; i < 3; i++) await guesser.register(world, {password: 'guess'});
			t.is((await guesser.register(world)).status, 403, 'shut out, whatever it says');
			t.is((await phone.register(world)).status, 200, 'the telephone that is there is not locked out by it');
			t.is((await guesser.register(world)).status, 403, 'and gives no guesses back');
			const neighbour = await Phone.open(world, '1002', 900);
			t.is((await neighbour.register(world)).status, 200, 'nor is a neighbour, who comes in anew');
			t.is((await guesser.register(world)).status, 403, 'nor gives that one any');
		}
		{
			const phone = await Phone.open(world, '7777', 700);
			t.is((await phone.register(world, {password: 'x'})).status, 403);
		}
		t.is(world.events.count('phoneUp'), 2);
	});
});

test.serial('a registration that is too brief is 423 and says how long it must be', async t => {
	await scene(t, {limits: {bindings: {expiresSMin: 60, expiresSMax: 600, expiresSDefault: 300, contactsMax: 5}}}, async world => {
		{
			const phone = await Phone.open(world, '1001', 700);
			const answer = await phone.register(world, {expiresS: 30});
			t.is(answer.status, 423);
			t.is(answer.get('min-expires'), '60');
		}
	});
});

test.serial('a registration that runs out brings the phone down', async t => {
	await scene(t, {}, async world => {
		{
			const phone = await Phone.open(world, '1001', 700);
			await phone.register(world, {expiresS: 1});
			await world.events.next('phoneUp');
			t.is((await world.events.next('phoneDown')).reason, 'expired');
		}
	});
});

test.serial('a phone that no longer answers OPTIONS is down, and up again when it does', async t => {
	await scene(t, {limits: {qualifyMs: 200, optionsWaitMs: 150}}, async world => {
		{
			const phone = await Phone.open(world, '1001', 700);
			await phone.register(world);
			await world.events.next('phoneUp');
			t.is((await world.events.next('phoneDown')).reason, 'unreachable');
			world.telephony.send({type: 'connectAgent', legId: 'a', extension: '1001', ringMs: 1000});
			t.is((await world.events.next('legFailed')).failure, 'phoneDown');
			phone.sip.serve('OPTIONS', options => phone.sip.reply(options, 200));
			await world.events.next('phoneUp');
			t.pass();
		}
	});
});

test.serial('an agent’s leg whose phone has vanished ends as lost', async t => {
	await scene(t, {limits: {probeMs: 150, optionsWaitMs: 100}}, async world => {
		const {phone, invite} = await agentUp(world);
		t.regex(invite.get('call-info')!, /answer-after=0/);
		phone.close();
		const end = await world.events.next('legEnded');
		t.is(end.by, 'network');
	});
});

test.serial('strangers are refused, a known phone may ask for OPTIONS', async t => {
	await scene(t, {trunk: {host: '127.0.0.2'}}, async world => {
		{
			const phone = await Phone.open(world, '1001', 700);
			phone.sip.request('OPTIONS', world.sipPort);
			t.is((await phone.sip.expect(message => message.status > 0)).status, 403);
			phone.sip.request('INVITE', world.sipPort, {body: phone.rtp.sdp()});
			t.is((await phone.sip.expect(message => message.status >= 200)).status, 403);
			await phone.register(world);
			phone.sip.request('OPTIONS', world.sipPort);
			t.is((await phone.sip.expect(message => message.get('cseq') === '1 OPTIONS' && message.status === 200)).status, 200);
			phone.sip.request('INVITE', world.sipPort, {body: phone.rtp.sdp()});
			t.is((await phone.sip.expect(message => message.status >= 200 && message.get('cseq')!.includes('INVITE'))).status, 401);
		}
	});
});
