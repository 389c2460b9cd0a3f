import test from 'ava';
import {startSignallingWorker} from '../../src/sip/signalling/port.js';
import {connectApp, RawPeer} from './support.js';

const loopback = {udp: {host: '127.0.0.1', port: 0}, tcp: {host: '127.0.0.1', port: 0}, control: {port: 0, secret: 'cymru'}};

test('the server works from a worker thread and ends when asked', async t => {
	const worker = await startSignallingWorker(loopback);
	const app = await connectApp(worker);
	const peer = await RawPeer.open();
	t.is(app.udpPort, worker.udpPort);
	t.is(app.tcpPort, worker.tcpPort);
	peer.request('OPTIONS', worker.udpPort);
	t.is((await peer.expect(503)).get('retry-after'), '2');
	await app.close();
	peer.close();
	await worker.close();
});

test('a port that is taken is told to whoever starts the server', async t => {
	const first = await startSignallingWorker(loopback);
	const taken = {...loopback, udp: {host: '127.0.0.1', port: first.udpPort}};
	const error = await t.throwsAsync(startSignallingWorker(taken));
	t.regex(error!.message, /EADDRINUSE/);
	await first.close();
});
