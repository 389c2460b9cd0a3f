import {connect} from 'node:net';
import test from 'ava';
import {coreLimits} from '../../src/sip/signalling/core.js';
import {plainSockets} from '../../src/sip/signalling/stream-sockets.js';
import {StreamTransport, streamLimits} from '../../src/sip/signalling/transport-stream.js';
import {FakeClock, seeded} from './fake-world.js';
import {routed} from './scene.js';
import {connectApp, type Loose, RawPeer, sdp, startEmbedded, within} from './support.js';

test('over its limit the server refuses new calls with 503 and Retry-After, and keeps the old ones', async t => {
	const server = await startEmbedded({limits: {...coreLimits, dialogsMax: 2, retryAfterS: 7}});
	const app = await connectApp({controlPort: server.controlPort});
	const peer = await RawPeer.open();
	await routed(app, 'invite', (req: Loose, res: Loose) => app.srf.createUAS(req, res, {localSdp: sdp('a')}));
	const calls = [];
	for (let count = 0; count < 2; count++) {
		const call = peer.request('INVITE', app.udpPort);
		const ok = await peer.expect(200);
		call.next('ACK', ok);
		calls.push({call, ok});
	}
	peer.request('INVITE', app.udpPort);
	t.is((await peer.expect(503)).get('retry-after'), '7');
	t.is(server.figures.overloaded, 1);
	const [first] = calls;
	first!.call.next('BYE', first!.ok);
	t.is((await peer.expect(message => message.get('cseq') === '2 BYE')).status, 200);
	peer.request('INVITE', app.udpPort);
	t.is((await peer.expect(message => message.get('cseq') === '1 INVITE' && message.status !== 100)).status, 200);
	await app.close();
	peer.close();
	await server.close();
});

test('garbage on both transports leaves the server as it was', async t => {
	const server = await startEmbedded();
	const app = await connectApp({controlPort: server.controlPort});
	const peer = await RawPeer.open();
	const noise = await RawPeer.open();
	await routed(app, 'options', (_req: Loose, res: Loose) => res.send(200));
	const random = seeded(4475);
	const bytes = (length: number): string => Array.from({length}, () => String.fromCharCode(Math.floor(random() * 256))).join('');
	for (let count = 0; count < 200; count++) noise.send(bytes(1 + Math.floor(random() * 1400)), app.udpPort);
	noise.send(`OPTIONS sip:a SIP/2.0\r\nSubject: ${'x'.repeat(60_000)}\r\n\r\n`, app.udpPort);
	for (const garbage of [bytes(5000), 'x'.repeat(70_000), 'OPTIONS sip:a SIP/2.0\r\nContent-Length: x\r\n\r\n']) {
		const stream = await RawPeer.openTcp(app.tcpPort);
		const closed = new Promise<void>(resolve => {
			stream.onClose = resolve;
		});
		stream.send(garbage);
		// Random bytes without a line end may still become a header: the connection waits for more, up to its limit.
		stream.send('x'.repeat(70_000));
		await within('the end of the connection', closed);
	}
	peer.request('OPTIONS', app.udpPort);
	t.is((await peer.expect(200)).get('cseq'), '1 OPTIONS');
	await app.close();
	peer.close();
	noise.close();
	await server.close();
});

test('connections without traffic are closed, strangers sooner', async t => {
	const clock = new FakeClock();
	const received: string[] = [];
	const transport = new StreamTransport('127.0.0.1', text => received.push(text), clock, plainSockets, {
		...streamLimits,
		connectionsMax: 2,
	});
	await transport.listen(0);
	const known = await RawPeer.openTcp(transport.port);
	const stranger = await RawPeer.openTcp(transport.port);
	const refused = await RawPeer.openTcp(transport.port);
	const end = (peer: RawPeer): Promise<void> =>
		within(
			'the end of a connection',
			peer.closed
				? Promise.resolve()
				: new Promise(resolve => {
						peer.onClose = resolve;
					}),
		);
	await end(refused);
	const pong = new Promise<void>(resolve => {
		known.onPong = resolve;
	});
	known.send('OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n');
	await within('the answer to the keepalive', pong);
	t.is(received.length, 1);
	const strangerEnd = end(stranger);
	clock.advance(45_000);
	await strangerEnd;
	t.false(known.closed);
	const knownEnd = end(known);
	clock.advance(streamLimits.idleMs);
	await knownEnd;
	t.true(known.closed);
	await transport.close();
});

test('one address gets so many connections and no more, and one that leaves makes room', async t => {
	const transport = new StreamTransport('127.0.0.1', () => {}, new FakeClock(), plainSockets, {
		...streamLimits,
		connectionsPerAddressMax: 2,
	});
	await transport.listen(0);
	const pinged = async (peer: RawPeer): Promise<boolean> => {
		const answered = new Promise<boolean>(resolve => {
			peer.onPong = () => resolve(true);
			peer.onClose = () => resolve(false);
			if (peer.closed) resolve(false);
		});
		peer.send('\r\n\r\n');
		return within('an answer or the end of the connection', answered);
	};
	const first = await RawPeer.openTcp(transport.port);
	t.true(await pinged(first));
	t.true(await pinged(await RawPeer.openTcp(transport.port)));
	t.false(await pinged(await RawPeer.openTcp(transport.port)));
	first.close();
	let admitted = false;
	for (let tries = 0; tries < 1000 && !admitted; tries++) admitted = await pinged(await RawPeer.openTcp(transport.port));
	t.true(admitted);
	await transport.close();
});

test('a flood of pings is answered as one, and one who does not read is not answered for ever', async t => {
	const transport = new StreamTransport('127.0.0.1', () => {}, new FakeClock(), plainSockets, streamLimits);
	await transport.listen(0);
	const socket = connect(transport.port, '127.0.0.1');
	let bytes = 0;
	const answered = new Promise<void>(resolve => {
		socket.on('data', chunk => {
			bytes += chunk.length;
			resolve();
		});
	});
	const pings = 50_000;
	socket.write('\r\n\r\n'.repeat(pings));
	await within('an answer', answered);
	const end = new Promise(resolve => socket.on('close', resolve));
	socket.end();
	await within('the end of the connection', end);
	t.true(bytes > 0 && bytes < pings, `${bytes} bytes`);
	await transport.close();
});
