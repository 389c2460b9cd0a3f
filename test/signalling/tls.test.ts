import {X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {createServer, connect as tlsConnect} from 'node:tls';
import test from 'ava';
import {shipped} from '../../src/paths.js';
import {parseMessage} from '../../src/sip/signalling/message.js';
import {startSignalling} from '../../src/sip/signalling/server.js';
import {StreamReader} from '../../src/sip/signalling/stream-reader.js';
import type {TlsPeer} from '../../src/sip/signalling/stream-sockets.js';
import {type App, connectApp, type Loose, later, localhostPem as pem, within} from './support.js';

const host = '127.0.0.1';
const fingerprint = new X509Certificate(pem).fingerprint256;

/** A carrier that speaks SIP over TLS and takes everything it is asked. */
async function carrier() {
	const seen: string[] = [];
	const errors: string[] = [];
	const server = createServer({cert: pem, key: pem}, socket => {
		const reader = new StreamReader(100_000);
		socket.on('error', () => {});
		socket.on('data', bytes => {
			for (const text of reader.push(bytes.toString('latin1')).messages) {
				const {message} = parseMessage(text);
				seen.push(`${message.method} ${message.get('via')!.split(' ')[0]}`);
				socket.write(
					`SIP/2.0 200 OK\r\n${message.lines('via')}From: ${message.get('from')}\r\nTo: ${message.get('to')};tag=c\r\nCall-ID: ${message.get('call-id')}\r\nCSeq: ${message.get('cseq')}\r\nContent-Length: 0\r\n\r\n`,
				);
			}
		});
	});
	server.on('tlsClientError', error => errors.push(error.message));
	await new Promise<void>(resolve => server.listen(0, host, resolve));
	return {port: (server.address() as {port: number}).port, seen, close: () => server.close()};
}

async function withServer(
	peers: TlsPeer[],
	run: (app: App, server: Awaited<ReturnType<typeof startSignalling>>) => Promise<unknown>,
): Promise<void> {
	const server = await startSignalling({
		tls: {host, port: 0, cert: pem, key: pem, peers},
		udp: {host, port: 0},
		control: {port: 0, secret: 'cymru'},
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
		// Nobody vouches for it; another certificate is wanted; its authority is known, but it is somebody else's certificate.
		await withServer([], async app => t.is(await ask(app, uri), 503));
		await withServer([{host, fingerprint: fingerprint.replace(/^../, '00')}], async app => t.is(await ask(app, uri), 503));
		await withServer([{host: '127.0.0.2', ca: pem}], async app => t.is(await ask(app, `sip:a@127.0.0.2:${far.port};transport=tls`), 503));
		t.is(far.seen.length, 3, 'nothing was said to one who has not proved it');
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
	});
});
