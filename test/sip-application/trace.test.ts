/** The SIP messages of a call: kept as they go over the wire, drawn as a ladder, written for packet analysers. */
import test from 'ava';
import {ladder} from '../../src/cli/admin/call-trace.js';
import {pcapOf} from '../../src/cli/admin/pcap.js';
import type {TraceView} from '../../src/server/api/views.js';
import {TraceBook} from '../../src/sip/application/trace-book.js';
import {within} from '../support/limit.js';
import {RtpPeer} from '../support/rtp-peer.js';
import {agentUp, scene} from './support.js';

const always = {fromMs: -3_600_000, untilMs: 1000};

test.serial('a call to a carrier that wants a password: both INVITEs, the answer and the end, nothing secret in them', async t => {
	await scene(t, {trunk: {username: 'kaden', password: 'x'}}, async world => {
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
		world.carrier.reply(invite, 180);
		world.carrier.reply(invite, 200, {body: rtp.sdp()});
		await world.carrier.expect('ACK');
		await world.events.next('legAnswered', {legId: 'c1'});
		world.telephony.send({type: 'hangUp', legId: 'c1'});
		world.carrier.reply(await world.carrier.expect('BYE'), 200);
		await world.events.next('legEnded', {legId: 'c1'});

		// The end is told before its BYE has gone out.
		const find = () => world.telephony.traces({numbers: ['0355501001'], ...always});
		const told = async () => {
			const isAnswer = () => find()[0]?.messages.some(({sent, text}) => !sent && /\r\nCSeq: \d+ BYE/i.test(text));
			while (!isAnswer()) await new Promise(resolve => setImmediate(resolve));
		};
		await within('the BYE and its answer', told());
		const [dialog, ...others] = find();
		t.deepEqual(others, []);
		const said = dialog!.messages.map(
			({sent, text}) =>
				`${sent ? '>' : '<'} ${text
					.split(' ')
					.slice(0, 2)
					.join(' ')
					.replace(/ sip:.*/, '')}`,
		);
		t.deepEqual(
			said.filter(line => !/ 100$/.test(line)),
			['> INVITE', '< SIP/2.0 407', '> INVITE', '< SIP/2.0 180', '< SIP/2.0 200', '> ACK', '> BYE', '< SIP/2.0 200'],
		);
		t.deepEqual([...new Set(dialog!.messages.map(({peer}) => peer))], [`127.0.0.1:${world.carrier.port}`]);
		t.is(dialog!.messages.filter(({text}) => /Proxy-Authorization: Digest …\r\n/.test(text)).length, 1);
		t.false(dialog!.messages.some(({text}) => text.includes('response=')));
		t.true(
			dialog!.messages.every(({atMs}) => atMs <= 0),
			'counted from now',
		);

		t.true(world.telephony.traces({numbers: ['1001'], ...always}).length > 0, 'the operator’s phone');
		t.deepEqual(world.telephony.traces({numbers: ['0399999999'], ...always}), []);
		t.deepEqual(world.telephony.traces({numbers: ['0355501001'], fromMs: -7_200_000, untilMs: -3_600_000}), []);
		world.telephony.send({type: 'hangUp', legId: 'a1'});
		phone.sip.reply(await phone.sip.expect('BYE'), 200);
		await world.events.next('legEnded', {legId: 'a1'});
	});
});

const message = (start: string, callId: string, more = ''): string =>
	`${start}\r\nFrom: <sip:03@h>;tag=1\r\nTo: <sip:06@h>\r\nCall-ID: ${callId}\r\nCSeq: 1 INVITE\r\n${more}\r\n`;
const received = (text: string): string => `u|sip|network|9|udp|192.0.2.9|5060|10:00:00|t|\r\n${text}`;

test('the memory is bounded in messages and in bytes, and only calls are kept', t => {
	const book = new TraceBook();
	const all = {numbers: ['03', '06'], fromMs: 0, untilMs: 1e9};
	book.take(received('OPTIONS sip:06@h SIP/2.0\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\n\r\n'), 0);
	book.take(received('SIP/2.0 200 OK\r\nVia: x\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\n\r\n'), 0);
	book.take('u|response|m|NOK|no', 0);
	book.take('u|response|m|NOK|no\r\nx', 0);
	t.deepEqual(book.dialogs(all), []);
	for (let count = 0; count < 1000; count++) book.take(received(message('INVITE sip:06@h SIP/2.0', 'many', `X: ${count}\r\n`)), count);
	const [many] = book.dialogs(all);
	t.is(many!.messages.length, 200);
	t.regex(many!.messages[0]!.text, /X: 0\r\n/);
	t.regex(many!.messages.at(-1)!.text, /X: 999\r\n/);
	const big = 'x'.repeat(60_000);
	for (let count = 0; count < 1000; count++)
		book.take(received(message('INVITE sip:06@h SIP/2.0', `d${count}`, `X: ${big}\r\n`)), 1000 + count);
	const kept = book.dialogs(all);
	t.true(kept.length > 400 && kept.length < 600, `${kept.length}`);
	t.is(kept.at(-1)!.callId, 'd999');
});

const view: TraceView = {
	startedMs: Date.UTC(2026, 3, 1),
	messages: [
		{
			atMs: Date.UTC(2026, 3, 1) + 5,
			sent: true,
			protocol: 'udp',
			peer: '192.0.2.9:5060',
			dialog: 'a',
			text: message('INVITE sip:0612345678@192.0.2.9 SIP/2.0', 'a'),
		},
		{
			atMs: Date.UTC(2026, 3, 1) + 1234,
			sent: false,
			protocol: 'udp',
			peer: '192.0.2.9:5060',
			dialog: 'a',
			text: message('SIP/2.0 180 Ringing', 'a'),
		},
		{
			atMs: Date.UTC(2026, 3, 1) + 2000,
			sent: true,
			protocol: 'udp',
			peer: '192.0.2.77:5062',
			dialog: 'b',
			text: 'BYE sip:1@h SIP/2.0\r\nCSeq: 2 BYE\r\n\r\n',
		},
	],
};

test('the ladder: who, when, which way', t => {
	const [, header, ...rows] = ladder(view, 'en');
	t.regex(header!, /^ {9}Kaden +192\.0\.2\.9:5060 +192\.0\.2\.77:5062$/);
	t.regex(rows[0]!, /^ +0\.005 {2}\|-+ INVITE 0612345678 -+>\| +\|$/);
	t.regex(rows[1]!, /^ +1\.234 {2}\|<-+ 180 Ringing -+\| +\|$/);
	t.regex(rows[2]!, /^ +2\.000 {2}\|-+ BYE -+>\|$/);
	t.deepEqual([...new Set(rows.map(row => row.length))].length, 1, 'the columns stand under each other');
});

test('a file for packet analysers: every message a datagram with right lengths and sums', t => {
	const file = pcapOf(view);
	t.is(file.readUInt32LE(0), 0xa1b2c3d4);
	let at = 24;
	for (const {sent, text} of view.messages) {
		const length = file.readUInt32LE(at + 8);
		const packet = file.subarray(at + 16, at + 16 + length);
		t.is(packet.readUInt16BE(2), length);
		let sum = 0;
		for (let index = 0; index < 20; index += 2) sum += packet.readUInt16BE(index);
		t.is((sum & 0xffff) + (sum >>> 16), 0xffff);
		t.is(packet.subarray(28).toString('latin1'), text);
		t.is(packet.readUInt16BE(sent ? 20 : 22), 5060);
		at += 16 + length;
	}
	t.is(at, file.length);
});
