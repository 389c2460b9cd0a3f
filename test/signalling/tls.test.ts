import {X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {connect, createServer as createPlainServer, type Socket} from 'node:net';
import {createServer, type TLSSocket, connect as tlsConnect} from 'node:tls';
import test from 'ava';
import {shipped} from '../../src/paths.js';
import type {Hop} from '../../src/sip/signalling/hop.js';
import {parseMessage} from '../../src/sip/signalling/message.js';
import {startSignalling} from '../../src/sip/signalling/server.js';
import {StreamReader} from '../../src/sip/signalling/stream-reader.js';
import {type TlsPeer, TlsSockets} from '../../src/sip/signalling/stream-sockets.js';
import {StreamTransport, streamLimits} from '../../src/sip/signalling/transport-stream.js';
import {FakeClock} from './fake-world.js';
import {type App, connectApp, type Loose, later, localhostPem as pem, sdp, within} from './support.js';

const host = '127.0.0.1';
const fingerprint = new X509Certificate(pem).fingerprint256;

/** A carrier that speaks SIP over TLS and takes everything it is asked, at each address of this machine. */
async function carrier(contact = '') {
	const seen: string[] = [];
	const sockets = new Set<TLSSocket>();
	const {promise: bye, resolve: gotBye} = later<string>();
	const server = createServer({cert: pem, key: pem}, socket => {
		sockets.add(socket);
		const reader = new StreamReader(100_000);
		socket.on('error', () => {});
		socket.on('data', bytes => {
			for (const text of reader.push(bytes.toString('latin1')).messages) {
				const {message} = parseMessage(text);
				seen.push(`${message.method} ${message.get('via')!.split(' ')[0]}`);
				if (message.method === 'BYE') gotBye(message.uri);
				if (message.method === 'ACK') continue;
				const to = message.get('to') ?? '';
				const invite = message.method === 'INVITE';
				socket.write(
					`SIP/2.0 200 OK\r\n${message.lines('via')}From: ${message.get('from')}\r\nTo: ${to}${to.includes('tag=') ? '' : ';tag=c'}\r\nCall-ID: ${message.get('call-id')}\r\nCSeq: ${message.get('cseq')}\r\n` +
						`${invite ? `Contact: <${contact}>\r\nContent-Type: application/sdp\r\nContent-Length: ${sdp('c').length}\r\n\r\n${sdp('c')}` : 'Content-Length: 0\r\n\r\n'}`,
				);
			}
		});
	});
	await new Promise<void>(resolve => server.listen(0, '0.0.0.0', resolve));
	/** Ends every connection; when that is over, the other side has ended it too. */
	const hangUp = () =>
		Promise.all(
			[...sockets].map(socket => {
				const closed = within('the end of a connection', new Promise<void>(resolve => socket.on('close', () => resolve())));
				sockets.delete(socket);
				if (socket.destroyed) return undefined;
				socket.end();
				return closed;
			}),
		);
	return {port: (server.address() as {port: number}).port, seen, bye, hangUp, close: () => server.close()};
}

/** `reasons`: why no connection to a peer came about. */
async function withServer(
	peers: TlsPeer[],
	run: (app: App, server: Awaited<ReturnType<typeof startSignalling>>) => Promise<unknown>,
	reasons: string[] = [],
): Promise<void> {
	const server = await startSignalling({
		tls: {host, port: 0, cert: pem, key: pem, peers},
		udp: {host, port: 0},
		control: {port: 0, secret: 'cymru'},
		onTlsFailed: (_peer, reason) => reasons.push(reason),
	});
	const app = await connectApp(server);
	try {
		await run(app, server);
	} finally {
		await app.close();
		await server.close();
	}
}

/** The status that comes back for OPTIONS; 0 with none, as when the hop could not be reached. */
async function ask(app: App, uri: string): Promise<number | string> {
	const {promise, resolve} = later<number | string>();
	app.srf.request(uri, {method: 'OPTIONS'}, (error: Error | null, request: Loose) => {
		if (error) return resolve(error.message);
		request.on('response', (response: Loose) => resolve(response.status));
	});
	return within('an answer', promise);
}

test('a carrier over TLS proves who it is: by an authority we name, by its fingerprint, and not otherwise', async t => {
	const far = await carrier();
	try {
		const uri = `sip:a@${host}:${far.port};transport=tls`;
		await withServer([{host, ca: pem}], async app => t.is(await ask(app, uri), 200));
		await withServer([{host, fingerprint}], async app => t.is(await ask(app, `sips:a@${host}:${far.port}`), 200));
		await withServer([{host: 'localhost', fingerprint}], async app =>
			t.is(await ask(app, `sip:a@localhost:${far.port};transport=tls`), 200),
		);
		t.deepEqual(far.seen, ['OPTIONS SIP/2.0/TLS', 'OPTIONS SIP/2.0/TLS', 'OPTIONS SIP/2.0/TLS']);
		// Authority and fingerprint together: both must be right.
		await withServer([{host, ca: pem, fingerprint}], async app => t.is(await ask(app, uri), 200));
		// Nobody vouches for it; another certificate is wanted; its authority is known, but it is somebody else's certificate.
		const reasons: string[] = [];
		const refused = async (peer: TlsPeer | undefined, to: string, why: RegExp) => {
			await withServer(peer ? [peer] : [], async app => t.is(await ask(app, to), 503), reasons);
			t.regex(reasons.pop() ?? '', why);
		};
		const other = fingerprint.replace(/^../, fingerprint.startsWith('00') ? '01' : '00');
		await refused(undefined, uri, /self.signed/);
		await refused({host, fingerprint: other}, uri, /another one/);
		await refused({host, ca: pem, fingerprint: other}, uri, /another one/);
		await refused({host: '127.0.0.2', ca: pem}, `sip:a@127.0.0.2:${far.port};transport=tls`, /127\.0\.0\.2/);
		t.is(far.seen.length, 4, 'nothing was said to one who has not proved it');
	} finally {
		far.close();
	}
});

test('our certificate is renewed for the next connection; who speaks no TLS, or an old one, gets nothing', async t => {
	const certificateOf = (port: number): Promise<string> =>
		new Promise((resolve, reject) => {
			const socket = tlsConnect({host, port, rejectUnauthorized: false}, () => {
				resolve(socket.getPeerCertificate().fingerprint256);
				socket.destroy();
			});
			socket.on('error', reject);
		});
	const next = readFileSync(shipped('test/support/localhost-renewed.pem'), 'utf8');
	await withServer([], async (app, server) => {
		t.is(await certificateOf(app.tlsPort), fingerprint);
		server.renew(next, next);
		t.is(await certificateOf(app.tlsPort), new X509Certificate(next).fingerprint256);
		t.throws(() => server.renew(next, pem));
		t.is(await certificateOf(app.tlsPort), new X509Certificate(next).fingerprint256);
		const old = tlsConnect({
			host,
			port: app.tlsPort,
			rejectUnauthorized: false,
			minVersion: 'TLSv1',
			maxVersion: 'TLSv1.1',
			ciphers: 'ALL:@SECLEVEL=0',
		});
		await within('the old protocol to be refused', new Promise<void>(resolve => old.on('error', () => resolve())));
		const plain = connect(app.tlsPort, host, () => plain.write('OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n'));
		let answer = '';
		plain.on('error', () => {}).on('data', bytes => (answer += bytes.toString('latin1')));
		await within('plain SIP to be let go', new Promise<void>(resolve => plain.on('close', () => resolve())));
		t.notRegex(answer, /SIP/);
	});
});

test('who connects and stays mute is let go, holds no place for ever, and does not keep us from closing', async t => {
	const clock = new FakeClock();
	const limits = {...streamLimits, connectionsPerAddressMax: 1};
	const transport = new StreamTransport(host, () => {}, clock, new TlsSockets({cert: pem, key: pem}), limits);
	await transport.listen(0);
	const mute = connect(transport.port, host);
	const ended = (socket: Socket) =>
		within('the end', new Promise<void>(resolve => socket.on('error', () => {}).on('close', () => resolve())));
	await within('a connection', new Promise<void>(resolve => mute.on('connect', () => resolve())));
	await ended(connect(transport.port, host));
	const gone = ended(mute);
	clock.advance(45_000);
	await gone;
	// Its place is free again, as soon as the service has seen it go.
	const speaks = () =>
		new Promise<boolean>(resolve => {
			const socket = tlsConnect({host, port: transport.port, rejectUnauthorized: false}, () => resolve(true));
			socket.on('error', () => resolve(false)).on('close', () => resolve(false));
		});
	let spoken = false;
	for (let tries = 0; tries < 1_000 && !spoken; tries++) spoken = await speaks();
	t.true(spoken);
	await within('the end of the transport', transport.close());
	const other = new StreamTransport(host, () => {}, clock, new TlsSockets({cert: pem, key: pem}));
	await other.listen(0);
	const still = connect(other.port, host);
	still.on('error', () => {});
	await within('a connection', new Promise<void>(resolve => still.on('connect', () => resolve())));
	await within('the end of a transport with a mute guest', other.close());
});

test('a peer that takes our connection and does not go on with it: what waits fails after ten seconds, and is not sent any more', async t => {
	const clock = new FakeClock();
	const failed: string[] = [];
	const sockets = new TlsSockets({cert: pem, key: pem, peers: [{host, ca: pem}]});
	const transport = new StreamTransport(
		host,
		() => {},
		clock,
		sockets,
		streamLimits,
		(_peer, error) => failed.push(error.message),
	);
	await transport.listen(0);
	const {promise: came, resolve: comes} = later<Socket>();
	const mute = createPlainServer(socket => comes(socket));
	await new Promise<void>(resolve => mute.listen(0, host, resolve));
	const hop = {protocol: 'tls' as const, address: host, port: (mute.address() as {port: number}).port, flow: 0, name: host};
	const {promise: error, resolve: fails} = later<Error>();
	transport.send(hop, 'INVITE', fails);
	const socket = await within('our connection', came);
	clock.advance(streamLimits.connectMs - 1_000);
	t.deepEqual(failed, []);
	clock.advance(2_000);
	t.regex((await within('the failure', error)).message, /too long/);
	socket.destroy();
	mute.close();
	await transport.close();
	t.is(failed.length, 1);
});

test('nothing that must be proved goes by a connection that somebody made to us, and each name proves itself', async t => {
	const far = await carrier();
	const came: string[] = [];
	const sockets = new TlsSockets({
		cert: pem,
		key: pem,
		peers: [
			{host: 'carrier.test', ca: pem},
			{host: 'localhost', ca: pem},
		],
	});
	const {promise: greeted, resolve: greets} = later<Hop>();
	const {promise: answered, resolve: answers} = later<string>();
	const transport = new StreamTransport(
		host,
		(text, from) => (text.startsWith('SIP/2.0') ? answers(text) : greets(from)),
		new FakeClock(),
		sockets,
	);
	await transport.listen(0);
	// A phone, from an address and port that a carrier could have too.
	const phone = tlsConnect({host, port: transport.port, rejectUnauthorized: false}, () =>
		phone.write('OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n'),
	);
	phone.on('data', bytes => came.push(bytes.toString('latin1'))).on('error', () => {});
	const {address, port} = await within('the phone', greeted);
	const request = (name: string) => `OPTIONS sip:${name} SIP/2.0\r\nVia: SIP/2.0/TLS a\r\nContent-Length: 0\r\n\r\n`;
	const sent = (hop: Omit<Hop, 'protocol' | 'flow'>) =>
		new Promise<string>(resolve => transport.send({...hop, protocol: 'tls', flow: 0}, request(hop.name!), error => resolve(error.message)));
	const heard = new Promise<void>(resolve => phone.once('data', () => resolve()));
	t.truthy(await within('a refusal', sent({address, port, name: 'localhost'})), 'a carrier does not live where a phone has connected from');
	t.deepEqual(came, []);
	transport.send({address, port, name: address, protocol: 'tls', flow: 0}, request('phone'));
	await within('the call to the phone', heard);
	t.regex(came.join(''), /sip:phone/, 'the phone itself is reached so');
	// Two names at one address: the one proves nothing for the other.
	transport.send({address: host, port: far.port, name: 'localhost', protocol: 'tls', flow: 0}, request('one'));
	await within('an answer of the carrier', answered);
	t.regex(await within('a refusal', sent({address: host, port: far.port, name: 'carrier.test'})), /carrier\.test/);
	t.is(far.seen.length, 1);
	phone.destroy();
	await far.hangUp();
	far.close();
	await transport.close();
});

test('a connection that closes in mid-call is made again to the peer that was proved, not to what its Contact names', async t => {
	// The certificate does not stand for 127.0.0.3.
	const far = await carrier('sip:a@127.0.0.3:5061;transport=tls');
	await withServer([{host: 'localhost', ca: pem}], async app => {
		const uri = `sip:a@localhost:${far.port};transport=tls`;
		const dialog: Loose = await within('the call', app.srf.createUAC(uri, {localSdp: sdp('us')}));
		await far.hangUp();
		dialog.destroy();
		t.regex(await within('our BYE', far.bye), /127\.0\.0\.3/);
	});
	await far.hangUp();
	far.close();
});

test('a sips URI is asked for with a sips Contact', async t => {
	const {promise: contact, resolve} = later<string>();
	const far = createServer({cert: pem, key: pem}, socket => {
		socket.on('error', () => {}).on('data', bytes => resolve(/^Contact: (.*)\r$/im.exec(bytes.toString('latin1'))?.[1] ?? ''));
	});
	await new Promise<void>(done => far.listen(0, host, done));
	await withServer([{host, ca: pem}], async app => {
		app.srf.request(
			`sips:a@${host}:${(far.address() as {port: number}).port}`,
			{method: 'SUBSCRIBE', headers: {Event: 'presence'}},
			() => {},
		);
		t.regex(await within('the request', contact), /^<sips:/);
	});
	far.close();
});
