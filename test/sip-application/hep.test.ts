/** SIP messages at a collector: HEP version 3 over UDP, read as its specification says. */
import {createSocket, type Socket} from 'node:dgram';
import {once} from 'node:events';
import test, {type ExecutionContext} from 'ava';
import {sendTo} from '../../src/cli/admin/call-trace.js';
import type {Io} from '../../src/cli/command.js';
import {systemClock} from '../../src/server/clock.js';
import {openHep} from '../../src/server/hep.js';
import type {SeenMessage} from '../../src/sip/application/trace-book.js';
import {TraceEnds} from '../../src/sip/application/trace-ends.js';
import {endOf, hepPacket} from '../../src/sip/hep.js';
import {eventually} from '../support/limit.js';
import {RtpPeer} from '../support/rtp-peer.js';
import {agentUp, scene} from './support.js';

type Chunks = Map<number, Buffer>;
/** Vendor 0 chunks by type; throws where lengths do not add up. */
function decode(packet: Buffer): Chunks {
	if (packet.subarray(0, 4).toString('latin1') !== 'HEP3') throw new Error('no HEP3');
	if (packet.readUInt16BE(4) !== packet.length) throw new Error(`says ${packet.readUInt16BE(4)} bytes of ${packet.length}`);
	const chunks: Chunks = new Map();
	let at = 6;
	while (at < packet.length) {
		const length = packet.readUInt16BE(at + 4);
		if (length < 6 || at + length > packet.length) throw new Error(`chunk of ${length} bytes at ${at}`);
		if (packet.readUInt16BE(at) === 0) chunks.set(packet.readUInt16BE(at + 2), packet.subarray(at + 6, at + length));
		at += length;
	}
	return chunks;
}

const four = (bytes: Buffer): string => [...bytes].join('.');
function read(packet: Buffer) {
	const chunks = decode(packet);
	const port = (type: number) => chunks.get(type)!.readUInt16BE();
	return {
		family: chunks.get(1)![0],
		ipProtocol: chunks.get(2)![0],
		from: `${four(chunks.get(3)!)}:${port(7)}`,
		to: `${four(chunks.get(4)!)}:${port(8)}`,
		atMs: chunks.get(9)!.readUInt32BE() * 1000 + chunks.get(10)!.readUInt32BE() / 1000,
		type: chunks.get(11)![0],
		captureId: chunks.get(12)!.readUInt32BE(),
		key: chunks.get(14)?.toString('utf8'),
		text: chunks.get(15)!.toString('latin1'),
		callId: chunks.get(17)!.toString('latin1'),
	};
}

async function collector(t: ExecutionContext): Promise<{port: number; packets: Buffer[]; socket: Socket}> {
	const socket = createSocket('udp4');
	const packets: Buffer[] = [];
	socket.on('message', packet => void packets.push(packet));
	socket.bind(0, '127.0.0.1');
	await once(socket, 'listening');
	t.teardown(() => socket.close());
	return {port: socket.address().port, packets, socket};
}

const quiet = (lines: string[]) =>
	Object.assign((...line: unknown[]) => void lines.push(JSON.stringify(line)), {flush: async () => {}, flushNow: () => {}});

test.serial(
	'a call with a carrier that wants a password, at two collectors: one of calls, one of everything; no secret at either',
	async t => {
		const lines: string[] = [];
		const [calls, all] = [await collector(t), await collector(t)];
		const senders = [
			openHep({host: '127.0.0.1', port: calls.port, captureId: 7, what: 'calls'}, quiet(lines), systemClock()),
			openHep({host: 'localhost', port: all.port, captureId: 8, what: 'all', password: 'capture-key'}, quiet(lines), systemClock()),
		];
		for (const sender of senders) t.teardown(() => sender.close());
		await eventually('both collectors to be found', () => lines.filter(line => line.includes('hep.open')).length === 2);
		const startedMs = Date.now();
		const options = {
			trunk: {username: 'kaden', password: 'x'},
			onMessage: (...seen: Parameters<(typeof senders)[0]['tell']>) => {
				for (const sender of senders) sender.tell(...seen);
			},
		};
		await scene(t, options, async world => {
			const {phone} = await agentUp(world);
			world.telephony.send({type: 'dial', legId: 'c1', trunk: 'carrier', to: '0355501001', from: '0312345678', ringMs: 20_000});
			world.carrier.reply(await world.carrier.expect('INVITE'), 407, {
				contact: false,
				extra: 'Proxy-Authenticate: Digest realm="x", nonce="n1", qop="auth"\r\n',
			});
			await world.carrier.expect('ACK');
			const invite = await world.carrier.expect('INVITE');
			const rtp = await RtpPeer.open(400);
			world.peers.push(rtp);
			world.carrier.reply(invite, 200, {body: rtp.sdp()});
			await world.carrier.expect('ACK');
			await world.events.next('legAnswered', {legId: 'c1'});
			world.telephony.send({type: 'hangUp', legId: 'c1'});
			world.carrier.reply(await world.carrier.expect('BYE'), 200);
			await world.events.next('legEnded', {legId: 'c1'});
			world.telephony.send({type: 'hangUp', legId: 'a1'});
			phone.sip.reply(await phone.sip.expect('BYE'), 200);
			await world.events.next('legEnded', {legId: 'a1'});

			const carrier = `127.0.0.1:${world.carrier.port}`;
			const about = () => calls.packets.map(read).filter(({from, to}) => from === carrier || to === carrier);
			const start = ({text}: {text: string}) => /^(?:SIP\/2\.0 (\d+)|(\w+))/.exec(text)!.slice(1).join('');
			const wanted = ['ACK', 'BYE', 'INVITE', 'INVITE', '200', '200', '407'].sort();
			await eventually('the whole call at the collector', () => about().filter(each => start(each) !== '100').length >= wanted.length);
			t.deepEqual(
				about()
					.map(start)
					.filter(each => each !== '100')
					.sort(),
				wanted,
			);
			for (const each of about()) {
				t.like(each, {family: 2, ipProtocol: 17, type: 1, captureId: 7, key: undefined});
				t.is(each.to === carrier, /^(?:INVITE|ACK|BYE) /.test(each.text), each.text);
				t.is(each.from === carrier ? each.to : each.from, `127.0.0.1:${world.sipPort}`);
				t.true(each.text.includes(each.callId));
				t.true(each.atMs >= startedMs - 1 && each.atMs <= Date.now() + 1);
			}
			t.is(new Set(about().map(({callId}) => callId)).size, 1);
			t.false(calls.packets.map(read).some(({text}) => /^REGISTER|\nCSeq: \d+ REGISTER/.test(text)));
			await eventually('a registration at the other', () => all.packets.map(read).some(({text}) => text.startsWith('REGISTER')));
			for (const {text, key, captureId} of [...all.packets, ...calls.packets].map(read)) {
				t.false(/response=/.test(text), text);
				if (captureId === 8) t.is(key, 'capture-key');
			}
			const proven = about().filter(({text}) => text.includes('\r\nProxy-Authorization:'));
			t.is(proven.length, 1);
			t.true(proven[0]!.text.includes('\r\nProxy-Authorization: Digest ...\r\n'));
		});
	},
);

test('a collector that cannot be found or takes nothing is said once, and calls go on', async t => {
	const lines: string[] = [];
	const gone = await collector(t);
	const sender = openHep({host: '127.0.0.1', port: gone.port, captureId: 1, what: 'calls'}, quiet(lines), systemClock());
	t.teardown(() => sender.close());
	const message: SeenMessage = {
		sent: true,
		protocol: 'udp',
		peer: '127.0.0.1:5060',
		text: 'BYE sip:1@192.0.2.1 SIP/2.0\r\n\r\n',
		callId: 'c',
		isCall: true,
	};
	const tell = () => sender.tell(message, {own: '127.0.0.1:5060', peer: '192.0.2.1:5060'});
	tell();
	await eventually('the collector', () => lines.length === 1);
	t.is(gone.packets.length, 0, 'nobody was there to be told');
	tell();
	await eventually('the message', () => gone.packets.length === 1);
	const nobody = openHep({host: 'no-such-host.invalid', port: 9, captureId: 1, what: 'calls'}, quiet(lines), systemClock());
	await eventually('the trouble', () => lines.some(line => line.includes('hep.notSent')));
	nobody.tell(message, {own: '', peer: ''});
	nobody.close();
	t.is(lines.length, 2);
});

test('both ends of a message: by the frame, by Via with received and rport, by Route and by URI', t => {
	const ends = new TraceEnds();
	const addresses = ['tcp/192.0.2.1:5061', 'udp/192.0.2.1:5060'];
	const of = (sent: boolean, peer: string, text: string, protocol = 'udp') =>
		ends.of({sent, protocol, peer, text, callId: 'c', isCall: true}, addresses);
	t.deepEqual(of(false, '198.51.100.9:5062', 'INVITE sip:x@h SIP/2.0\r\n\r\n'), {own: '192.0.2.1:5060', peer: '198.51.100.9:5062'});
	const via = 'SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP 10.0.0.5:5070;rport=4321;received=203.0.113.4;branch=z, SIP/2.0/UDP other\r\n\r\n';
	t.deepEqual(of(true, '192.0.2.7:5060', via), {own: '192.0.2.7:5060', peer: '203.0.113.4:4321'});
	t.is(of(true, '192.0.2.7:5060', 'SIP/2.0 200 OK\r\nv: SIP/2.0/TCP 10.0.0.5;branch=z\r\n\r\n', 'tcp').peer, '10.0.0.5:5060');
	t.is(of(true, '192.0.2.7:5060', 'BYE sip:a@10.0.0.6:5072;lr SIP/2.0\r\n\r\n').peer, '10.0.0.6:5072');
	t.is(of(true, '192.0.2.7:5060', 'BYE sip:a@10.0.0.6 SIP/2.0\r\nRoute: <sip:[2001:db8::5];lr>\r\n\r\n').peer, '[2001:db8::5]:5060');
	t.is(of(true, '192.0.2.7:5060', 'BYE tel:1 SIP/2.0\r\n\r\n').peer, '198.51.100.9:5062', 'who was heard last in it');
	t.is(of(false, '198.51.100.9:5062', 'x').own, '192.0.2.7:5060', 'our own address, as said last');
});

test('addresses of both families, names, and messages that are longer than a datagram', t => {
	t.deepEqual(endOf('[2001:db8::9]:5062'), {address: '2001:db8::9', port: 5062});
	t.deepEqual(endOf('2001:db8::9:5062'), {address: '2001:db8::9', port: 5062});
	t.deepEqual(endOf('192.0.2.9:5062'), {address: '192.0.2.9', port: 5062});
	t.deepEqual(endOf(''), {address: '', port: 5060});
	const base = {atMs: 1_775_001_600_123.5, protocol: 'tls', callId: 'c', text: 'x'};
	const six = decode(hepPacket({...base, from: endOf('[2001:db8::9]:5062'), to: endOf('192.0.2.9:5060')}, {captureId: 1}));
	t.is(six.get(1)![0], 10);
	t.is(six.get(2)![0], 6);
	t.is(six.get(5)!.toString('hex'), '20010db8000000000000000000000009');
	t.is(six.get(6)!.toString('hex'), '00000000000000000000ffffc0000209');
	t.is(six.get(10)!.readUInt32BE(), 123_500);
	const named = read(
		hepPacket({...base, from: endOf('carrier.example:5060'), to: endOf('192.0.2.9:5060'), text: 'x'.repeat(90_000)}, {captureId: 1}),
	);
	t.is(named.from, '0.0.0.0:5060');
	t.is(named.text.length, 65_000);
});

test('kaden call trace --hep sends one call, and says what it has sent or cannot', async t => {
	const said: string[] = [];
	const io: Io = {language: 'en', say: line => void said.push(line), warn: () => {}};
	const {port, packets} = await collector(t);
	const text = 'BYE sip:1@h SIP/2.0\r\nCall-ID: d1\r\n\r\n';
	const message = {atMs: 1_775_001_600_123, protocol: 'udp', peer: '192.0.2.9:5062', dialog: 'd1', text};
	const view = {
		startedMs: 1_775_001_600_000,
		messages: [
			{...message, sent: true},
			{...message, sent: false, atMs: message.atMs + 7},
		],
	};
	await sendTo(`127.0.0.1:${port}`, view, io);
	await eventually('both', () => packets.length === 2);
	t.deepEqual(
		packets.map(read).map(({from, to, atMs, text: got, callId}) => [from, to, atMs, got === text, callId]),
		[
			['192.0.2.1:5060', '192.0.2.9:5062', message.atMs, true, 'd1'],
			['192.0.2.9:5062', '192.0.2.1:5060', message.atMs + 7, true, 'd1'],
		],
	);
	t.deepEqual(said, [`2 messages sent to 127.0.0.1:${port}`]);
	for (const wrong of ['collector', 'collector:', '1.2.3.4:99999'])
		await t.throwsAsync(sendTo(wrong, view, io), {message: `--hep takes host:port of the collector, not ${wrong}`});
	await t.throwsAsync(sendTo('no-such-host.invalid:9060', view, io), {message: /^nothing sent to no-such-host\.invalid:9060: /});
});
