import {routed, scenario} from '../scene.js';
import {type Loose, later, sdp, within} from '../support.js';

/* What happens before the answer: reliable provisional responses and UPDATE. */

scenario('our call acknowledges a reliable 183 with PRACK', async (t, {app, peer}) => {
	const seen: number[] = [];
	const calling = app.srf.createUAC(
		`sip:bob@127.0.0.1:${peer.port}`,
		{localSdp: sdp('o'), headers: {Supported: '100rel'}},
		{cbProvisional: (res: Loose) => seen.push(res.status)},
	);
	const invite = await peer.expect('INVITE');
	const early = {body: sdp('early'), extra: 'Require: 100rel\r\nRSeq: 71\r\n'};
	peer.reply(invite, 183, early);
	const prack = await peer.expect('PRACK');
	peer.reply(invite, 183, early);
	t.is(prack.get('rack'), `71 ${invite.get('cseq')}`);
	t.is(Number.parseInt(prack.get('cseq')!, 10), Number.parseInt(invite.get('cseq')!, 10) + 1);
	peer.reply(prack, 200);
	peer.reply(invite, 200, {body: sdp('a')});
	const dialog = await within('the call', calling as Promise<Loose>);
	t.is(Number.parseInt((await peer.expect('ACK')).get('cseq')!, 10), Number.parseInt(invite.get('cseq')!, 10));
	t.deepEqual(seen, [183]);
	dialog.destroy();
	peer.reply(await peer.expect('BYE'), 200);
});

scenario('an application rings reliably: repeated until its PRACK', async (t, {app, peer}) => {
	const answer = later();
	await routed(app, 'invite', async (req, res) => {
		res.send(180, {headers: {Require: '100rel'}});
		await answer.promise;
		app.srf.createUAS(req, res, {localSdp: sdp('a')});
	});
	// The application answers a PRACK by srf's own default.
	const call = peer.request('INVITE', app.udpPort, {body: sdp('o'), extra: 'Supported: 100rel\r\n'});
	const first = await peer.expect(180);
	const rseq = first.get('rseq')!;
	t.regex(rseq, /^\d+$/);
	t.is((await peer.expectCopy(180)).get('rseq'), rseq);
	call.next('PRACK', first, {extra: `RAck: ${rseq} 1 INVITE\r\n`});
	await peer.expect(message => message.status === 200 && message.get('cseq') === '2 PRACK');
	answer.resolve(true);
	const ok = await peer.expect(message => message.status === 200 && message.get('cseq') === '1 INVITE');
	call.next('ACK', ok);
	call.next('BYE', ok, {cseq: 3});
	t.is((await peer.expect(message => message.get('cseq') === '3 BYE')).status, 200);
});

scenario('an application cannot ring reliably to a peer that does not know how', async (t, {app, peer}) => {
	const told = later();
	await routed(app, 'invite', (_req, res) => {
		res.send(180, {headers: {Require: '100rel'}}, (error: unknown) => {
			told.resolve(error);
			res.send(486);
		});
	});
	peer.request('INVITE', app.udpPort, {body: sdp('o')});
	t.regex(String(await within('the refusal', told.promise)), /does not support 100rel/);
	await peer.expect(486);
	t.is(peer.count(180), 0);
});

scenario('an UPDATE before the answer reaches the application', async (t, {app, peer}) => {
	const updated = later();
	await routed(app, 'invite', (req, res) => {
		req.on('update', (update: Loose, reply: Loose) => {
			updated.resolve(update.body);
			reply.send(200, {body: sdp('updated')});
			app.srf.createUAS(req, res, {localSdp: sdp('a')});
		});
		res.send(183, {body: sdp('early')});
	});
	const call = peer.request('INVITE', app.udpPort, {body: sdp('o')});
	const early = await peer.expect(183);
	call.next('UPDATE', early, {body: sdp('new offer')});
	t.regex((await peer.expect(message => message.status === 200 && message.get('cseq') === '2 UPDATE')).body, /s=updated/);
	t.regex(await updated.promise, /s=new offer/);
	const ok = await peer.expect(message => message.status === 200 && message.get('cseq') === '1 INVITE');
	call.next('ACK', ok);
	call.next('BYE', ok, {cseq: 3});
	t.is((await peer.expect(message => message.get('cseq') === '3 BYE')).status, 200);
});

scenario('a session interval that is too short is refused by the server', async (t, {app, peer}) => {
	await routed(app, 'invite', (req, res) => app.srf.createUAS(req, res, {localSdp: sdp('a')}));
	const call = peer.request('INVITE', app.udpPort, {body: sdp('o')});
	const ok = await peer.expect(200);
	call.next('ACK', ok);
	call.next('INVITE', ok, {body: sdp('o'), extra: 'Session-Expires: 30\r\n'});
	const refused = await peer.expect(422);
	t.is(refused.get('min-se'), '90');
	call.next('ACK', refused, {cseq: 2});
	call.next('BYE', ok, {cseq: 3});
	t.is((await peer.expect(message => message.get('cseq') === '3 BYE')).status, 200);
});
