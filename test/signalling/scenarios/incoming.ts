import {fastTimers, routed, scenario} from '../scene.js';
import {type Loose, later, sdp, within} from '../support.js';

/* Requests and calls of peers. */

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
	const second = await peer.expectCopy(200);
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
	const again = await peer.expectCopy(486);
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
		await peer.expectCopy(200);
		const bye = await peer.expect('BYE', 60_000);
		t.regex(bye.get('reason')!, /ACK timeout/);
		peer.reply(bye, 200);
		t.regex(String(await within('the end', ended.promise)), /ACK timeout/);
		t.true(peer.count(200) >= 3, `${peer.count(200)} times`);
	},
	fastTimers,
);
