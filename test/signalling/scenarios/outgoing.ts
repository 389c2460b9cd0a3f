import {fastTimers, scenario} from '../scene.js';
import {type Loose, later, sdp, within} from '../support.js';

/* Requests and calls of the application. */

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
	const second = await peer.expectCopy('ACK');
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

scenario('our CANCEL crosses the answer: the call is set up, and the application ends it', async (t, {app, peer, subject}) => {
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
	if (!subject.real) {
		const over = dialog.destroy();
		peer.reply(await peer.expect('BYE'), 200);
		await within('the end', over as Promise<Loose>);
		t.is(peer.count('BYE'), 1);
		return;
	}
	// A drachtio-server ends such a call by itself.
	peer.reply(await peer.expect('BYE'), 200);
	t.regex(String((await within('the end', ended)).get('reason')), /cancel race/);
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
