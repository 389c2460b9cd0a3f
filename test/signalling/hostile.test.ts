import test from 'ava';
import {coreLimits} from '../../src/sip/signalling/core.js';
import {parseVia} from '../../src/sip/signalling/headers.js';
import type {Hop} from '../../src/sip/signalling/hop.js';
import {parseMessage} from '../../src/sip/signalling/message.js';
import {stage} from './stage.js';

/** What no peer may do to the server by what it says. Inputs are so long that work in the square of them would never end. */

const long = 4_000_000;

test('a Via of white space is read in one go', t => {
	t.is(parseVia(`SIP/2.0/UDP host${' '.repeat(long)}x`), undefined);
	t.is(parseVia(`SIP/2.0/UDP host:5060${' '.repeat(long)}x`), undefined);
	t.like(parseVia('SIP / 2.0 / UDP  first.example.com: 4000 ;ttl=16;branch=z9hG4bKa'), {host: 'first.example.com', port: 4000});
});

test('a folded header of white space is read in one go', t => {
	const {message} = parseMessage(`OPTIONS sip:a@b SIP/2.0\r\nSubject: a${' '.repeat(long)}b\r\n\tc  \r\n d\r\n\r\n`);
	t.is(message.get('subject')!.length, long + 6);
});

test('a header longer than honest ones, or with a desert of white space in it, is 400 and reaches no application', t => {
	for (const header of [`Subject: ${'x'.repeat(9000)}`, `Subject: a${' '.repeat(300)}b`, `Subject: a${'\r\n '.repeat(150)}b`]) {
		const s = stage();
		s.engine.core.router.add('options', s.app);
		s.say('OPTIONS', `${header}\r\n`);
		t.is(s.of('400').length, 1);
		t.deepEqual(s.told, []);
	}
	const s = stage();
	s.engine.core.router.add('options', s.app);
	s.say('OPTIONS', `Subject: ${'word '.repeat(1000)}\r\n`);
	t.deepEqual(s.told, ['OPTIONS 0']);
});

test('header names that are words of JavaScript are names like any other', t => {
	const s = stage();
	const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];
	s.app.command('', '', `INVITE sip:p@10.0.0.9 SIP/2.0\r\n${names.map(name => `${name}: 1\r\n`).join('')}\r\n`);
	s.clock.advance(2);
	for (const name of names) t.is(s.of('INVITE')[0]!.get(name.toLowerCase()), '1');
});

/** A call of the peer's, answered and acknowledged. */
function callIn() {
	const s = stage();
	s.engine.core.router.add('invite', s.app);
	s.say('INVITE');
	s.app.command(s.last()[8]!, '', 'SIP/2.0 200 OK\r\n\r\n');
	s.clock.advance(2);
	const tag = /tag=(\S+)/.exec(s.of('200')[0]!.get('to')!)![1]!;
	const dialogId = 'in1;from-tag=p1';
	const within = (method: string, cseq: number): void => {
		s.engine.receive(
			`${method} sip:app@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK${method}${cseq}\r\nFrom: <sip:p@10.0.0.9>;tag=p1\r\nTo: <sip:app@10.0.0.1>;tag=${tag}\r\nCall-ID: in1\r\nCSeq: ${cseq} ${method}\r\nContact: <sip:p@10.0.0.9>\r\nContent-Length: 0\r\n\r\n`,
			{protocol: 'udp', address: '10.0.0.9', port: 5060, flow: 0},
		);
		s.clock.advance(2);
	};
	within('ACK', 1);
	return {...s, dialogId, within};
}

test('a request that a later one has overtaken is 500, a repeated number is not', t => {
	const s = callIn();
	s.within('INFO', 5);
	s.within('INFO', 4);
	s.within('OPTIONS', 5);
	t.deepEqual(s.told, ['INVITE 0', 'ACK 0', 'INFO 0', 'OPTIONS 0']);
	t.is(s.of('500').length, 1);
	s.within('BYE', 6);
	t.is(s.told.at(-1), 'BYE 0');
});

test('a re-INVITE that crosses our own is 491; one that only meets our unsent ACK is not', t => {
	const s = callIn();
	s.app.command('', s.dialogId, 'INVITE sip:placeholder SIP/2.0\r\n\r\n');
	s.clock.advance(2);
	s.within('INVITE', 2);
	t.is(s.of('491').length, 1);
	s.reply(s.of('INVITE')[0]!, 200);
	s.within('INVITE', 3);
	t.is(s.told.at(-1), 'INVITE 0');
	t.is(s.of('491').length, 1);
});

test('a call that comes a second time by another way is 482, also when it is answered already', t => {
	const s = stage();
	s.engine.core.router.add('invite', s.app);
	const again = (branch: string, cseq: number): void => {
		s.engine.receive(
			`INVITE sip:app@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK${branch}\r\nFrom: <sip:p@10.0.0.9>;tag=p1\r\nTo: <sip:app@10.0.0.1>\r\nCall-ID: in1\r\nCSeq: ${cseq} INVITE\r\nContact: <sip:p@10.0.0.9>\r\nContent-Length: 0\r\n\r\n`,
			{protocol: 'udp', address: '10.0.0.9', port: 5060, flow: 0},
		);
		s.clock.advance(2);
	};
	again('a', 1);
	again('b', 1);
	t.is(s.of('482').length, 1);
	s.app.command(s.last()[8]!, '', 'SIP/2.0 200 OK\r\n\r\n');
	again('c', 2);
	t.is(s.of('482').length, 2);
	t.deepEqual(s.told, ['INVITE 0']);
	// After a refusal (a challenge, say) the same call may come again.
	const r = stage();
	r.engine.core.router.add('invite', r.app);
	r.say('INVITE');
	r.app.command(r.last()[8]!, '', 'SIP/2.0 407 X\r\n\r\n');
	r.say('ACK');
	r.clock.advance(40_000);
	r.say('INVITE');
	t.deepEqual(r.told, ['INVITE 0', 'INVITE 40']);
});

test('each branch of a fork counts its reliable responses for itself', t => {
	const s = stage();
	s.invite();
	const [invite] = s.of('INVITE');
	s.reply(invite!, 183, 'a', 'Require: 100rel\r\nRSeq: 10\r\n');
	s.reply(invite!, 183, 'b', 'Require: 100rel\r\nRSeq: 7000\r\n');
	s.reply(invite!, 183, 'b', 'Require: 100rel\r\nRSeq: 7000\r\n');
	s.reply(invite!, 180, 'a', 'Require: 100rel\r\nRSeq: 12\r\n');
	s.reply(invite!, 180, 'a', 'Require: 100rel\r\nRSeq: 11\r\n');
	t.deepEqual(s.told, ['183 0', '183 0', '180 0']);
});

test('a 200 whose Contact leads nowhere is acknowledged and ended at the URI that was called', t => {
	for (const contact of ['*', '<>', '"', ',', '<<<', 'x', '<sip:@>', '']) {
		const s = stage();
		const texts: string[] = [];
		s.app.deliver = (_head, text) => void texts.push(text);
		s.invite();
		const [invite] = s.of('INVITE');
		s.engine.receive(
			`SIP/2.0 200 OK\r\n${invite!.lines('via')}From: ${invite!.get('from')}\r\nTo: ${invite!.get('to')};tag=b\r\nCall-ID: ${invite!.get('call-id')}\r\nCSeq: ${invite!.get('cseq')}\r\nContact: ${contact}\r\nContent-Length: 3\r\n\r\nabc`,
			{protocol: 'udp', address: '10.0.0.9', port: 5060, flow: 0},
		);
		t.regex(texts[0]!, /^SIP\/2.0 200 OK\r\nContact: <sip:p@10.0.0.9>\r\n[\s\S]*\r\n\r\nabc$/);
		t.is(parseMessage(texts[0]!).message.count('contact'), 1);
		const dialogId = `${invite!.get('call-id')};from-tag=${/tag=(\S+)/.exec(invite!.get('from')!)![1]}`;
		s.app.command('', dialogId, 'ACK sip:placeholder SIP/2.0\r\n\r\n');
		s.app.command('', dialogId, 'BYE sip:placeholder SIP/2.0\r\n\r\n');
		s.clock.advance(2);
		t.deepEqual(
			[...s.of('ACK'), ...s.of('BYE')].map(each => each.uri),
			['sip:p@10.0.0.9', 'sip:p@10.0.0.9'],
			contact,
		);
	}
});

test('a call that names no way back is answered and ended where it came from', t => {
	for (const contact of ['', 'Contact: *\r\n', 'Contact: <>\r\n', 'Contact: \r\n', 'Contact: x\r\n', 'Contact: <http://a>\r\n']) {
		const s = stage();
		s.engine.core.router.add('invite', s.app);
		const texts: string[] = [];
		const {onMessage} = s.app;
		s.app.onMessage = (tokens, message) => {
			texts.push(message.text);
			onMessage(tokens, message);
		};
		s.engine.receive(
			`\r\nINVITE sip:app@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKa\r\nFrom: <sip:p@10.0.0.9>;tag=p1\r\nTo: <sip:app@10.0.0.1>\r\nCall-ID: in1\r\nCSeq: 1 INVITE\r\n${contact}Content-Length: 3\r\n\r\nabc`,
			{protocol: 'udp', address: '10.0.0.9', port: 5060, flow: 0},
		);
		t.regex(texts[0]!, /Contact: <sip:10.0.0.9:5060;transport=udp>\r\n[\s\S]*\r\n\r\nabc$/);
		t.is(parseMessage(texts[0]!).message.count('contact'), 1);
		s.app.command(s.last()[8]!, '', 'SIP/2.0 200 OK\r\n\r\n');
		s.app.command('', 'in1;from-tag=p1', 'BYE sip:placeholder SIP/2.0\r\n\r\n');
		s.clock.advance(2);
		t.is(s.of('BYE')[0]!.uri, 'sip:10.0.0.9:5060;transport=udp');
	}
});

test('one address may not open all transactions, nor long requests fill the memory; all is given back', t => {
	const limits = {...coreLimits, transactionsPerAddressMax: 3};
	const other: Hop = {protocol: 'udp', address: '10.0.0.8', port: 5060, flow: 0};
	const peer: Hop = {protocol: 'udp', address: '10.0.0.9', port: 5060, flow: 0};
	const s = stage({...limits});
	s.engine.core.router.add('options', s.app);
	s.app.onMessage = tokens => void s.app.command(tokens[8]!, '', 'SIP/2.0 200 OK\r\n\r\n');
	let count = 0;
	const ask = (from: Hop, extra = ''): void => {
		s.engine.receive(
			`OPTIONS sip:app@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKo${++count}\r\nFrom: <sip:p@10.0.0.9>;tag=p1\r\nTo: <sip:app@10.0.0.1>\r\nCall-ID: o${count}\r\nCSeq: 1 OPTIONS\r\n${extra}Content-Length: 0\r\n\r\n`,
			from,
		);
		s.clock.advance(2);
	};
	for (let i = 0; i < 5; i++) ask(peer);
	t.deepEqual([s.of('200').length, s.of('503').length], [3, 2]);
	ask(other);
	t.is(s.engine.core.figures.overloaded, 2);
	s.clock.advance(40_000);
	t.deepEqual([s.engine.core.load.bytes, s.engine.core.load.addresses], [0, 0]);
	ask(peer);
	t.is(s.of('200').length, 4);
	const tight = stage({...coreLimits, bytesMax: 300});
	tight.engine.core.router.add('options', tight.app);
	tight.say('OPTIONS', `Subject: ${'x'.repeat(300)}\r\n`, 'a');
	tight.say('OPTIONS', '', 'b');
	t.deepEqual(tight.told, ['OPTIONS 0']);
	t.is(tight.of('503').length, 1);
});
