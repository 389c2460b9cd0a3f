import test from 'ava';
import {startSignallingWorker} from '../../src/sip/signalling/port.js';
import {calmly} from '../support/calm.js';
import {connectApp, later, RawPeer, within} from './support.js';

/** What is measured by the clock. */
const measured = calmly(test);

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

test('the death of the worker is told to its owner', async t => {
	const told = later<Error>();
	const worker = await startSignallingWorker(loopback, told.resolve);
	await worker.thread.terminate();
	t.regex((await within('the news', told.promise)).message, /signalling worker ended/);
});

measured('a busy application delays no retransmission', async t => {
	const worker = await startSignallingWorker({...loopback, timers: {t1Ms: 10, t2Ms: 80, t4Ms: 100}});
	const app = await connectApp(worker);
	const peer = await RawPeer.open();
	const sent = later();
	app.srf.request(`sip:127.0.0.1:${peer.port}`, {method: 'OPTIONS'}, () => sent.resolve(true));
	await sent.promise;
	const before = peer.count('OPTIONS');
	// This thread does nothing for a while; the worker must not care. What it sent meanwhile waits in the peer's socket.
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
	await new Promise(resolve => setImmediate(resolve));
	await new Promise(resolve => setImmediate(resolve));
	t.true(peer.count('OPTIONS') - before >= 3, `${peer.count('OPTIONS')} copies`);
	await app.close();
	peer.close();
	await worker.close();
});
