import {routed, scenario} from '../scene.js';
import {type Loose, later, sdp, within} from '../support.js';

/* What happens inside a call, and calls of two legs. */

scenario('hold and retrieve: re-INVITE both ways', async (t, {app, peer}) => {
	const modified = later();
	const calling = app.srf.createUAC(`sip:bob@127.0.0.1:${peer.port}`, {localSdp: sdp('o')});
	const invite = await peer.expect('INVITE');
	peer.reply(invite, 200, {body: sdp('a')});
	const dialog = await within('the call', calling as Promise<Loose>);
	await peer.expect('ACK');
	const changing = dialog.modify(sdp('hold'));
	const again = await peer.expect('INVITE');
	t.is(Number.parseInt(again.get('cseq')!, 10), Number.parseInt(invite.get('cseq')!, 10) + 1);
	t.regex(again.body, /s=hold/);
	t.truthy(again.get('contact'));
	peer.reply(again, 200, {body: sdp('held')});
	t.regex(await within('the answer', changing as Promise<string>), /s=held/);
	t.is(Number.parseInt((await peer.expect('ACK')).get('cseq')!, 10), Number.parseInt(again.get('cseq')!, 10));

	dialog.on('modify', (req: Loose, res: Loose) => {
		modified.resolve(req.body);
		res.send(200, {body: sdp('agreed')});
	});
	const theirs = peer.request('INVITE', app.udpPort, {
		callId: invite.get('call-id')!,
		fromTag: 'peertag',
		toTag: /tag=(.+)$/.exec(invite.get('from')!)![1]!,
		body: sdp('theirs'),
		cseq: 50,
	});
	await peer.expect(100);
	const ok = await peer.expect(200);
	t.regex(ok.body, /s=agreed/);
	t.truthy(ok.get('contact'));
	theirs.next('ACK', ok);
	t.regex(await modified.promise, /s=theirs/);
	const ended = dialog.destroy();
	peer.reply(await peer.expect('BYE'), 200);
	await within('the end', ended as Promise<Loose>);
});

scenario('glare: 491 reaches the application, and its own 491 reaches the peer', async (t, {app, peer}) => {
	const calling = app.srf.createUAC(`sip:bob@127.0.0.1:${peer.port}`, {localSdp: sdp('o')});
	const invite = await peer.expect('INVITE');
	peer.reply(invite, 200, {body: sdp('a')});
	const dialog = await within('the call', calling as Promise<Loose>);
	await peer.expect('ACK');
	dialog.on('modify', (_req: Loose, res: Loose) => res.send(491));
	const answered = new Promise<Loose>((resolve, reject) => {
		dialog.request({method: 'INVITE', body: sdp('ours'), headers: {'Content-Type': 'application/sdp'}}).then(resolve, reject);
	});
	const ours = await peer.expect('INVITE');
	const theirs = peer.request('INVITE', app.udpPort, {
		callId: invite.get('call-id')!,
		fromTag: 'peertag',
		toTag: /tag=(.+)$/.exec(invite.get('from')!)![1]!,
		body: sdp('theirs'),
		cseq: 50,
	});
	const refused = await peer.expect(491);
	t.is(refused.get('cseq'), '50 INVITE');
	theirs.next('ACK', refused);
	peer.reply(ours, 491);
	t.is((await within('the 491', answered)).status, 491);
	dialog.destroy();
	peer.reply(await peer.expect('BYE'), 200);
});

scenario('REFER and NOTIFY in both directions', async (t, {app, peer}) => {
	const referred = later();
	const notified = later();
	const invite = peer.request('INVITE', app.udpPort, {body: sdp('o')});
	const up = later();
	app.srf.invite(async (req: Loose, res: Loose) => up.resolve(await app.srf.createUAS(req, res, {localSdp: sdp('a')})));
	// The route may still be on its way: a caller that is refused calls again, as people do.
	let ok = await peer.expect(message => message.status === 200 || message.status === 503);
	let call = invite;
	while (ok.status !== 200) {
		call = peer.request('INVITE', app.udpPort, {body: sdp('o')});
		ok = await peer.expect(message => message.status === 200 || message.status === 503);
	}
	call.next('ACK', ok);
	const dialog = await within('the dialog', up.promise);
	dialog.on('refer', (req: Loose, res: Loose) => {
		res.send(202);
		referred.resolve(req.get('Refer-To'));
	});
	dialog.on('notify', (req: Loose, res: Loose) => {
		res.send(200);
		notified.resolve(req.body);
	});
	call.next('REFER', ok, {extra: 'Refer-To: <sip:carol@example.com?Replaces=a%3Bto-tag%3Db>\r\n'});
	t.is((await peer.expect(202)).get('cseq'), '2 REFER');
	t.is(await referred.promise, '<sip:carol@example.com?Replaces=a%3Bto-tag%3Db>');
	const telling = dialog.request({
		method: 'NOTIFY',
		headers: {Event: 'refer', 'Subscription-State': 'active', 'Content-Type': 'message/sipfrag'},
		body: 'SIP/2.0 100 Trying\r\n',
	});
	const notify = await peer.expect('NOTIFY');
	t.is(notify.get('content-type'), 'message/sipfrag');
	t.is(notify.body, 'SIP/2.0 100 Trying\r\n');
	peer.reply(notify, 200);
	t.is((await within('the answer', telling as Promise<Loose>)).status, 200);
	const transferring = dialog.request({method: 'REFER', headers: {'Refer-To': '<sip:dave@example.com>'}});
	const refer = await peer.expect('REFER');
	t.is(refer.get('refer-to'), '<sip:dave@example.com>');
	t.truthy(refer.get('contact'));
	peer.reply(refer, 202);
	t.is((await within('the answer', transferring as Promise<Loose>)).status, 202);
	call.next('NOTIFY', ok, {
		cseq: 3,
		extra: 'Event: refer\r\nSubscription-State: terminated\r\nContent-Type: message/sipfrag\r\n',
		body: '',
	});
	await peer.expect(message => message.status === 200 && message.get('cseq') === '3 NOTIFY');
	await notified.promise;
	call.next('BYE', ok, {cseq: 4});
	t.is((await peer.expect(message => message.get('cseq') === '4 BYE')).status, 200);
});

scenario('in-dialog requests follow Record-Route and Contact', async (t, {app, peer}) => {
	const calling = app.srf.createUAC(`sip:bob@127.0.0.1:${peer.port}`, {localSdp: sdp('o')});
	const invite = await peer.expect('INVITE');
	const route = `<sip:127.0.0.1:${peer.port};lr>`;
	peer.reply(invite, 200, {
		body: sdp('a'),
		contact: false,
		extra: `Record-Route: <sip:198.51.100.7;lr>, ${route}\r\nContact: <sip:bob@198.51.100.9:5070>\r\n`,
	});
	const dialog = await within('the call', calling as Promise<Loose>);
	const ack = await peer.expect('ACK');
	t.is(ack.uri, 'sip:bob@198.51.100.9:5070');
	t.deepEqual(ack.all('route'), [route, '<sip:198.51.100.7;lr>']);
	dialog.destroy();
	peer.reply(await peer.expect('BYE'), 200);
});

scenario('a caller behind a NAT is reached where it called from', async (t, {app, peer}) => {
	const up = later();
	await routed(app, 'invite', async (req, res) => up.resolve(await app.srf.createUAS(req, res, {localSdp: sdp('a')})));
	const invite = peer.request('INVITE', app.udpPort, {body: sdp('o'), contact: '<sip:phone@192.168.77.5:5060>'});
	const ok = await peer.expect(200);
	invite.next('ACK', ok);
	(await within('the dialog', up.promise)).destroy();
	const bye = await peer.expect('BYE');
	t.is(bye.uri, 'sip:phone@192.168.77.5:5060');
	t.is(bye.find('route'), -1);
	peer.reply(bye, 200);
});

scenario('a hang-up during our re-INVITE cancels it and ends the call', async (t, {app, peer}) => {
	const calling = app.srf.createUAC(`sip:bob@127.0.0.1:${peer.port}`, {localSdp: sdp('o')});
	const invite = await peer.expect('INVITE');
	peer.reply(invite, 200, {body: sdp('a')});
	const dialog = await within('the call', calling as Promise<Loose>);
	await peer.expect('ACK');
	dialog.request({method: 'INVITE', body: sdp('hold'), headers: {'Content-Type': 'application/sdp'}});
	const again = await peer.expect('INVITE');
	peer.reply(again, 100);
	dialog.destroy();
	const cancel = await peer.expect('CANCEL');
	t.is(cancel.get('via'), again.get('via'));
	const bye = await peer.expect('BYE');
	peer.reply(bye, 200);
	peer.reply(cancel, 200);
	peer.reply(again, 487);
	await peer.expect('ACK');
});

scenario('a B2BUA passes offer, answer, Japanese names and the end through', async (t, {app, peer}) => {
	const up = later();
	const headers = {From: '"山田 太郎" <sip:anyone@localhost>'};
	await routed(app, 'invite', async (req, res) => {
		up.resolve(
			await app.srf.createB2BUA(req, res, `sip:agent@127.0.0.1:${peer.port}`, {
				localSdpB: req.body,
				headers,
				proxyRequestHeaders: ['Subject'],
				proxyResponseHeaders: ['X-Mark'],
			}),
		);
	});
	const subject = Buffer.from('お問い合わせ', 'utf8').toString('latin1');
	const call = peer.request('INVITE', app.udpPort, {
		body: sdp('customer'),
		extra: `Subject: ${subject}\r\n`,
		from: Buffer.from('"鈴木" <sip:peer@127.0.0.1>').toString('latin1'),
	});
	const leg = await peer.expect('INVITE');
	t.is(leg.get('subject'), subject);
	t.true(Buffer.from(leg.get('from')!, 'latin1').toString().startsWith('"山田 太郎" <sip:anyone@127.0.0.1'));
	t.regex(leg.body, /s=customer/);
	peer.reply(leg, 180);
	await peer.expect(180);
	peer.reply(leg, 200, {body: sdp('agent'), extra: 'X-Mark: 7\r\n', tag: 'agenttag'});
	const ok = await peer.expect(message => message.status === 200 && message.get('call-id') === call.callId);
	t.regex(ok.body, /s=agent/);
	t.is(ok.get('x-mark'), '7');
	call.next('ACK', ok);
	const {uas, uac} = await within('both legs', up.promise);
	t.truthy(uas.id && uac.id);
	uas.on('destroy', () => uac.destroy());
	call.next('BYE', ok);
	const bye = await peer.expect('BYE');
	t.regex(bye.get('to')!, /agenttag/);
	peer.reply(bye, 200);
	await peer.expect(message => message.status === 200 && message.get('cseq') === '2 BYE');
});

scenario('a B2BUA passes a CANCEL on', async (t, {app, peer}) => {
	await routed(app, 'invite', (req, res) => {
		app.srf.createB2BUA(req, res, `sip:agent@127.0.0.1:${peer.port}`, {localSdpB: req.body}).catch(() => {});
	});
	const call = peer.request('INVITE', app.udpPort, {body: sdp('customer')});
	const leg = await peer.expect('INVITE');
	peer.reply(leg, 180);
	await peer.expect(180);
	peer.send(call.text.replace('INVITE ', 'CANCEL ').replace('1 INVITE', '1 CANCEL'), app.udpPort);
	const cancel = await peer.expect('CANCEL');
	peer.reply(cancel, 200);
	peer.reply(leg, 487);
	await peer.expect('ACK');
	t.is((await peer.expect(message => message.status === 487 && message.get('call-id') === call.callId)).get('cseq'), '1 INVITE');
});
