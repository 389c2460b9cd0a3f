import {fastTimers, routed, scenario} from './scene.js';
import {type Loose, later, sdp, within} from './support.js';

/*
 * What an application on unmodified drachtio-srf sees and what peers see on the wire.
 * Runs against the embedded server, or against a real drachtio-server with KADEN_DRACHTIO=host:port.
 */

scenario('a REGISTER is challenged, then accepted', async (t, {app, peer}) => {
	const seen = later();
	await routed(app, 'register', (req, res) => {
		if (!req.has('authorization')) return res.send(401, {headers: {'WWW-Authenticate': 'Digest realm="kaden", nonce="n1", qop="auth"'}});
		seen.resolve({
			address: req.source_address,
			port: req.source_port,
			protocol: req.protocol,
			contact: req.get('contact'),
			on: req.receivedOn,
		});
		res.send(200, {headers: {Contact: req.get('contact'), Expires: 60}});
	});
	const first = peer.request('REGISTER', app.udpPort);
	const challenge = await peer.expect(401);
	t.regex(challenge.get('www-authenticate')!, /nonce="n1"/);
	t.regex(challenge.get('to')!, /;tag=./);
	t.regex(challenge.get('via')!, new RegExp(`rport=${peer.port}`));
	peer.request('REGISTER', app.udpPort, {callId: first.callId, cseq: 2, extra: 'Authorization: Digest username="u"\r\n'});
	const ok = await peer.expect(200);
	t.is(ok.get('cseq'), '2 REGISTER');
	t.is(ok.get('contact'), `<sip:peer@127.0.0.1:${peer.port}>`);
	const source = await seen.promise;
	t.like(source, {address: '127.0.0.1', protocol: 'udp'});
	t.is(Number(source.port), peer.port);
	t.regex(source.on, new RegExp(`:${app.udpPort}$`));
});

scenario('a peer calls, talks and hangs up', async (t, {app, peer}) => {
	const ended = later();
	await routed(app, 'invite', async (req, res) => {
		res.send(180);
		const dialog = await app.srf.createUAS(req, res, {localSdp: sdp('answer')});
		dialog.on('destroy', (bye: Loose) => ended.resolve(bye.method));
	});
	const invite = peer.request('INVITE', app.udpPort, {body: sdp('offer')});
	await peer.expect(100);
	const ringing = await peer.expect(180);
	const ok = await peer.expect(200);
	t.is(ringing.get('to'), ok.get('to'));
	t.regex(ok.body, /s=answer/);
	t.regex(ok.get('contact')!, new RegExp(`<sip:127.0.0.1:${app.udpPort}>`));
	invite.next('ACK', ok);
	invite.next('BYE', ok);
	await peer.expect(message => message.status === 200 && message.get('cseq') === '2 BYE');
	t.is(await within('the end of the dialog', ended.promise), 'BYE');
});

scenario('the application calls, talks and hangs up', async (t, {app, peer}) => {
	const provisional: number[] = [];
	const calling = app.srf.createUAC(
		`sip:bob@127.0.0.1:${peer.port}`,
		{localSdp: sdp('offer'), headers: {From: '"架電" <sip:alice@localhost>', Subject: 'あ'}},
		{cbProvisional: (res: Loose) => provisional.push(res.status)},
	);
	const invite = await peer.expect('INVITE');
	t.is(Buffer.from(invite.get('subject')!, 'latin1').toString(), 'あ');
	t.regex(Buffer.from(invite.get('from')!, 'latin1').toString(), new RegExp(`^"架電" <sip:alice@127.0.0.1:${app.udpPort}>;tag=.`));
	t.regex(invite.get('contact')!, new RegExp(`<sip:127.0.0.1:${app.udpPort}>`));
	t.is(Number(invite.get('content-length')), invite.body.length);
	peer.reply(invite, 100);
	peer.reply(invite, 180);
	peer.reply(invite, 200, {body: sdp('answer')});
	const dialog = await within('the answered call', calling as Promise<Loose>);
	const ack = await peer.expect('ACK');
	t.is(ack.uri, `sip:peer@127.0.0.1:${peer.port}`);
	t.is(ack.get('cseq')!.split(' ')[0], invite.get('cseq')!.split(' ')[0]);
	t.deepEqual(provisional, [180]);
	t.regex(dialog.remote.sdp, /s=answer/);
	const destroyed = dialog.destroy();
	const bye = await peer.expect('BYE');
	t.is(Number(bye.get('cseq')!.split(' ')[0]), Number(invite.get('cseq')!.split(' ')[0]) + 1);
	peer.reply(bye, 200);
	await within('the end of the dialog', destroyed as Promise<Loose>);
});

scenario('OPTIONS goes to the application, and is refused while nobody wants it', async (t, {app, peer}) => {
	const refused = peer.request('OPTIONS', app.udpPort);
	t.is((await peer.expect(503)).get('call-id'), refused.callId);
	await routed(app, 'options', (_req, res) => res.send(200, {headers: {Allow: 'INVITE'}}));
	peer.request('OPTIONS', app.udpPort);
	t.is((await peer.expect(200)).get('allow'), 'INVITE');
});

scenario('a retransmitted request is answered again without the application seeing it twice', async (t, {app, peer}) => {
	let seen = 0;
	await routed(app, 'options', (_req, res) => {
		seen++;
		res.send(200);
	});
	const request = peer.request('OPTIONS', app.udpPort);
	const first = await peer.expect(200);
	peer.send(request.text);
	const second = await peer.expect(200);
	t.is(second.raw, first.raw);
	t.is(seen, 1);
});

scenario('a malformed request gets 400', async (t, {app, peer}) => {
	await routed(app, 'options', (_req, res) => res.send(200));
	const good = peer.request('OPTIONS', app.udpPort);
	await peer.expect(200);
	peer.send(good.text.replace('1 OPTIONS', '1 INFO').replace('z9hG4bK', 'z9hG4bKmm'));
	t.is((await peer.expect(message => message.status >= 300)).status, 400);
});

scenario('a failure is repeated until its ACK, which the application does not see', async (t, {app, peer}) => {
	await routed(app, 'invite', (_req, res) => res.send(486));
	const invite = peer.request('INVITE', app.udpPort, {branch: `z9hG4bK${process.pid}${Date.now()}`});
	const busy = await peer.expect(486);
	t.is(busy.find('contact'), -1);
	const again = await peer.expect(486);
	t.is(again.get('to'), busy.get('to'));
	peer.send(
		`ACK${invite.text
			.slice(6)
			.replace('1 INVITE', '1 ACK')
			.replace('\r\nTo: <sip:app@127.0.0.1>', `\r\nTo: ${busy.get('to')}`)}`,
	);
	t.is(peer.count(486), 2);
});

for (const ringing of [false, true]) {
	scenario(`the caller cancels ${ringing ? 'while it rings' : 'before any answer'}`, async (t, {app, peer}) => {
		const arrived = later();
		const cancelled = later();
		await routed(app, 'invite', (req, res) => {
			req.on('cancel', () => {
				res.send(487, {}, (error: unknown) => cancelled.resolve(error));
			});
			if (ringing) res.send(180);
			arrived.resolve(true);
		});
		const invite = peer.request('INVITE', app.udpPort);
		await peer.expect(ringing ? 180 : 100);
		await arrived.promise;
		peer.send(invite.text.replace('INVITE ', 'CANCEL ').replace('1 INVITE', '1 CANCEL'));
		await peer.expect(message => message.status === 200 && message.get('cseq') === '1 CANCEL');
		const ended = await peer.expect(487);
		t.is(ended.get('cseq'), '1 INVITE');
		t.regex(String(await within('the cancel', cancelled.promise)), /unknown transaction/);
	});
}

scenario('a CANCEL after the answer changes nothing', async (t, {app, peer}) => {
	await routed(app, 'invite', (req, res) => app.srf.createUAS(req, res, {localSdp: sdp('a')}));
	const invite = peer.request('INVITE', app.udpPort);
	const ok = await peer.expect(200);
	peer.send(invite.text.replace('INVITE ', 'CANCEL ').replace('1 INVITE', '1 CANCEL'));
	t.is((await peer.expect(message => message.get('cseq') === '1 CANCEL')).status, 481);
	invite.next('ACK', ok);
	invite.next('BYE', ok);
	t.is((await peer.expect(message => message.get('cseq') === '2 BYE')).status, 200);
});

scenario(
	'without an ACK the answer is repeated, then the call is ended and the application told',
	async (t, {app, peer}) => {
		const ended = later();
		await routed(app, 'invite', async (req, res) => {
			const dialog = await app.srf.createUAS(req, res, {localSdp: sdp('a')});
			dialog.on('destroy', (bye: Loose) => ended.resolve(bye.get('reason')));
		});
		peer.request('INVITE', app.udpPort);
		await peer.expect(200);
		await peer.expect(200);
		const bye = await peer.expect('BYE', 60_000);
		t.regex(bye.get('reason')!, /ACK timeout/);
		peer.reply(bye, 200);
		t.regex(String(await within('the end', ended.promise)), /ACK timeout/);
		t.true(peer.count(200) >= 5);
	},
	fastTimers,
);

scenario('a late offer: INVITE without SDP, the answer in the ACK', async (t, {app, peer}) => {
	const calling = app.srf.createUAC(`sip:bob@127.0.0.1:${peer.port}`, {noAck: true, localSdp: ''});
	const invite = await peer.expect('INVITE');
	t.is(invite.body, '');
	peer.reply(invite, 200, {body: sdp('offer')});
	const {sdp: offer, ack} = await within('the offer', calling as Promise<Loose>);
	t.regex(offer, /s=offer/);
	// Copies of the 200 are not for the application; before its ACK there is nothing to answer them with.
	peer.reply(invite, 200, {body: sdp('offer')});
	const dialog = await ack(sdp('late answer'));
	const first = await peer.expect('ACK');
	t.regex(first.body, /s=late answer/);
	t.is(first.get('content-type'), 'application/sdp');
	peer.reply(invite, 200, {body: sdp('offer')});
	const second = await peer.expect('ACK');
	t.is(second.raw, first.raw);
	dialog.destroy();
	peer.reply(await peer.expect('BYE'), 200);
});

scenario('a busy answer rejects the call and is acknowledged by the server', async (t, {app, peer}) => {
	const calling = app.srf.createUAC(`sip:bob@127.0.0.1:${peer.port}`, {localSdp: sdp('o')});
	const failed = t.throwsAsync(calling as Promise<Loose>);
	const invite = await peer.expect('INVITE');
	peer.reply(invite, 486, {tag: 'busytag'});
	const ack = await peer.expect('ACK');
	t.is(((await failed) as Loose).status, 486);
	t.is(ack.get('via'), invite.get('via'));
	t.regex(ack.get('to')!, /;tag=busytag$/);
});

scenario(
	'a call nobody answers ends with 408',
	async (t, {app, peer}) => {
		const failed = await t.throwsAsync(app.srf.createUAC(`sip:bob@127.0.0.1:${peer.port}`, {localSdp: sdp('o')}) as Promise<Loose>);
		t.is((failed as Loose).status, 408);
		t.true(peer.count('INVITE') > 1);
	},
	fastTimers,
);

scenario('a refused TCP connection is a 503', async (t, {app, peer}) => {
	if (!app.tcpPort) {
		t.pass();
		return;
	}
	// The peer's UDP port number is free on TCP.
	const failed = await t.throwsAsync(
		app.srf.createUAC(`sip:bob@127.0.0.1:${peer.port};transport=tcp`, {localSdp: sdp('o')}) as Promise<Loose>,
	);
	t.is((failed as Loose).status, 503);
});

scenario('a name without an address is a 503', async (t, {app}) => {
	const failed = await t.throwsAsync(app.srf.createUAC('sip:bob@no-such-host.invalid:5060', {localSdp: sdp('o')}) as Promise<Loose>);
	t.is((failed as Loose).status, 503);
});

scenario('our CANCEL waits for a sign of life, then ends the call', async (t, {app, peer}) => {
	const sent = later();
	const calling = app.srf.createUAC(
		`sip:bob@127.0.0.1:${peer.port}`,
		{localSdp: sdp('o')},
		{cbRequest: (_e: unknown, req: Loose) => sent.resolve(req)},
	);
	const failed = t.throwsAsync(calling as Promise<Loose>);
	const invite = await peer.expect('INVITE');
	const req = await sent.promise;
	const answered = new Promise<Loose>(resolve =>
		req.cancel({headers: {Reason: 'SIP;cause=200;text="elsewhere"'}}, (error: unknown, cancel: Loose) => resolve({error, cancel})),
	);
	t.falsy((await answered).error);
	t.is(peer.count('CANCEL'), 0);
	peer.reply(invite, 180);
	const cancel = await peer.expect('CANCEL');
	t.is(cancel.get('via'), invite.get('via'));
	t.is(cancel.get('cseq'), `${invite.get('cseq')!.split(' ')[0]} CANCEL`);
	t.is(cancel.get('reason'), 'SIP;cause=200;text="elsewhere"');
	peer.reply(cancel, 200);
	peer.reply(invite, 487);
	await peer.expect('ACK');
	t.is(((await failed) as Loose).status, 487);
	const late = await new Promise<unknown>(resolve => req.cancel((error: unknown) => resolve(error)));
	t.regex(String(late), /unknown transaction/);
});

scenario('our CANCEL crosses the answer: the call is set up and ended at once', async (t, {app, peer}) => {
	const sent = later();
	const calling = app.srf.createUAC(
		`sip:bob@127.0.0.1:${peer.port}`,
		{localSdp: sdp('o')},
		{cbRequest: (_e: unknown, req: Loose) => sent.resolve(req)},
	);
	const invite = await peer.expect('INVITE');
	peer.reply(invite, 180);
	(await sent.promise).cancel();
	const cancel = await peer.expect('CANCEL');
	peer.reply(invite, 200, {body: sdp('a')});
	peer.reply(cancel, 481);
	const dialog = await within('the call', calling as Promise<Loose>);
	const ended = new Promise<Loose>(resolve => dialog.on('destroy', resolve));
	await peer.expect('ACK');
	const bye = await peer.expect('BYE');
	peer.reply(bye, 200);
	t.regex(String((await within('the end', ended)).get('reason')), /cancel race/);
});

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

for (const method of ['REGISTER', 'INVITE'] as const) {
	scenario(`${method} to a trunk that asks for digest credentials`, async (t, {app, peer}) => {
		const auth = {username: 'line', password: 'secret'};
		const uri = `sip:127.0.0.1:${peer.port}`;
		const done = later();
		if (method === 'REGISTER') {
			app.srf.request(
				uri,
				{method, auth, headers: {From: '<sip:line@localhost>', To: '<sip:line@localhost>', Contact: '<sip:line@localhost>', Expires: '60'}},
				(_e: unknown, req: Loose) => {
					req.on('response', (res: Loose) => done.resolve(res));
				},
			);
		} else app.srf.createUAC(uri, {localSdp: sdp('o'), auth}).then((dialog: Loose) => done.resolve(dialog));
		const first = await peer.expect(method);
		peer.reply(first, 401, {extra: 'WWW-Authenticate: Digest realm="trunk", nonce="abc", qop="auth"\r\n', contact: false});
		const second = await peer.expect(method);
		t.is(second.get('call-id'), first.get('call-id'));
		t.is(second.get('from'), first.get('from'));
		t.is(Number.parseInt(second.get('cseq')!, 10), Number.parseInt(first.get('cseq')!, 10) + 1);
		t.regex(second.get('authorization')!, /username="line"/);
		t.not(second.get('via'), first.get('via'));
		if (method === 'REGISTER') t.is(second.get('contact'), `<sip:line@127.0.0.1:${app.udpPort}>`);
		peer.reply(second, 200, method === 'REGISTER' ? {extra: 'Expires: 60\r\n'} : {body: sdp('a')});
		const result = await within('the outcome', done.promise);
		if (method === 'REGISTER') t.is(result.get('expires'), '60');
		else {
			await peer.expect(message => message.method === 'ACK' && message.get('cseq')!.startsWith(second.get('cseq')!.split(' ')[0]!));
			result.destroy();
			peer.reply(await peer.expect('BYE'), 200);
		}
	});
}

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
