import {routed, scenario} from '../scene.js';
import {type App, freshId, type Loose, later, localhostPem, RawPeer, sdp, within} from '../support.js';

/* Phones and trunks over TCP, and over TLS. */

type Stream = 'TCP' | 'TLS';
const both: readonly Stream[] = ['TCP', 'TLS'];
const encrypted = {tls: {host: '127.0.0.1', port: 0, cert: localhostPem, key: localhostPem}};

const portOf = (app: App, stream: Stream): number => (stream === 'TCP' ? app.tcpPort : app.tlsPort);

async function withPhone(app: App, stream: Stream, run: (phone: RawPeer) => Promise<void>): Promise<void> {
	const phone = await RawPeer.openTcp(portOf(app, stream), stream);
	try {
		await run(phone);
	} finally {
		phone.close();
	}
}

for (const stream of both) {
	scenario(
		`a call over ${stream}, in-dialog requests on its own connection`,
		async (t, {app}) => {
			const up = later();
			await routed(app, 'invite', async (req, res) =>
				up.resolve({dialog: await app.srf.createUAS(req, res, {localSdp: sdp('a')}), protocol: req.protocol}),
			);
			await withPhone(app, stream, async phone => {
				const call = phone.request('INVITE', portOf(app, stream), {body: sdp('o')});
				const ok = await phone.expect(200);
				t.regex(ok.get('contact')!, stream === 'TCP' ? /;transport=tcp>/ : /;transport=tls>/);
				call.next('ACK', ok);
				const {dialog, protocol} = await within('the dialog', up.promise);
				t.is(protocol, stream.toLowerCase());
				const ended = dialog.destroy();
				const bye = await phone.expect('BYE');
				t.true(bye.get('via')!.startsWith(`SIP/2.0/${stream}`));
				phone.reply(bye, 200);
				await within('the end', ended as Promise<Loose>);
			});
		},
		encrypted,
	);

	scenario(
		`a registered phone is called on the ${stream} connection it registered from`,
		async (t, {app}) => {
			await routed(app, 'register', (req, res) => res.send(200, {headers: {Contact: req.get('contact'), Expires: 60}}));
			await withPhone(app, stream, async phone => {
				// A phone behind a NAT: what it says of itself cannot be reached.
				const contact = `sip:phone@192.0.2.55:5099;transport=${stream.toLowerCase()}`;
				phone.request('REGISTER', portOf(app, stream), {contact: `<${contact}>`});
				await phone.expect(200);
				const calling = app.srf.createUAC(contact, {localSdp: sdp('o')});
				const invite = await phone.expect('INVITE');
				t.is(invite.uri, contact);
				phone.reply(invite, 180);
				phone.reply(invite, 200, {body: sdp('a'), contact: false, extra: `Contact: <${contact}>\r\n`});
				const dialog = await within('the call', calling as Promise<Loose>);
				await phone.expect('ACK');
				dialog.destroy();
				phone.reply(await phone.expect('BYE'), 200);
			});
		},
		encrypted,
	);
}

scenario('a request is cut out of pieces, a keepalive is answered, a stream of garbage is closed', async (t, {app, subject}) => {
	await routed(app, 'options', (_req, res) => res.send(200));
	await withPhone(app, 'TCP', async phone => {
		const pong = new Promise<void>(resolve => {
			phone.onPong = resolve;
		});
		phone.send('\r\n\r\n');
		await within('the answer to the keepalive', pong);
		const request = `OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:${phone.port};branch=z9hG4bK${freshId('p')}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: ${freshId('pieces')}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 4\r\nContent-Type: text/plain\r\n\r\nbody`;
		phone.send(request.slice(0, 60));
		phone.send(request.slice(60));
		t.is((await phone.expect(200)).get('cseq'), '1 OPTIONS');
		if (subject.real) return;
		const closed = new Promise<void>(resolve => {
			phone.onClose = resolve;
		});
		phone.send('OPTIONS sip:a SIP/2.0\r\nContent-Length: 99999999\r\n\r\n');
		await within('the end of the connection', closed);
		t.true(phone.closed);
	});
});
