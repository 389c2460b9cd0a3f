import test, {type ExecutionContext} from 'ava';
import {type App, connectApp, freshId, type Loose, later, RawPeer, type Subject, sdp, startSubject, within} from './support.js';

/*
 * What an application on unmodified drachtio-srf sees and what peers see on the wire.
 * Runs against the embedded server, or against a real drachtio-server with KADEN_DRACHTIO=host:port.
 */

interface World {
	subject: Subject;
	app: App;
	peer: RawPeer;
}

/** Runs a scenario with a server, an application and a peer of its own. */
async function scene(run: (world: World) => Promise<void>): Promise<void> {
	const subject = await startSubject();
	const app = await connectApp(subject);
	const peer = await RawPeer.open();
	try {
		await run({subject, app, peer});
	} finally {
		app.close();
		peer.close();
		await subject.close();
	}
}

const scenario = (name: string, run: (t: ExecutionContext, world: World) => Promise<void>): void => {
	test.serial(name, async t => {
		await scene(world => run(t, world));
	});
};

/** Registers for a method and waits until the server has it, so that the peer's first request is not refused. */
async function routed(app: App, verb: string, handler: (req: Loose, res: Loose) => void): Promise<void> {
	app.srf[verb](handler);
	// The control channel is ordered: when the server has answered a later command, it has the route.
	await new Promise<void>(resolve => {
		app.srf.request('sip:127.0.0.1:9;transport=nonsense', {method: 'OPTIONS'}, () => resolve());
	});
}

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
	t.truthy(freshId(''));
});
