import test from 'ava';
import type {AppLink} from '../../src/sip/signalling/app-link.js';
import {Engine} from '../../src/sip/signalling/engine.js';
import {FrameReader, frameOf} from '../../src/sip/signalling/frame-reader.js';
import {garbagePerSecondMax} from '../../src/sip/signalling/garbage-guard.js';
import type {Hop, Wire} from '../../src/sip/signalling/hop.js';
import {systemIds} from '../../src/sip/signalling/ids.js';
import {parseMessage} from '../../src/sip/signalling/message.js';
import {Router} from '../../src/sip/signalling/router.js';
import {StreamReader} from '../../src/sip/signalling/stream-reader.js';
import {fuzzMedia, fuzzSignalling} from '../support/fuzz.js';
import {collector, grown, most} from '../support/memory.js';
import {mutated, tortures} from '../support/torture.js';
import {FakeClock, seeded} from './fake-world.js';

/*
 * The messages of RFC 4475, written anew after its descriptions, each with what the server must make of it:
 * `app` reaches the application, a number is the server's own answer, `drop` is met with silence, `response` is a readable response.
 */

const messages = tortures;

/** An engine whose wire and application only write down what reaches them. */
function recorder() {
	const sent: string[] = [];
	const delivered: string[] = [];
	const wire: Wire = {
		send: (_hop, text) => void sent.push(text),
		local: protocol => (protocol === 'udp' ? {host: '192.0.2.77', port: 5060} : undefined),
		alive: () => false,
		isOurs: () => false,
		resolve: (_host, _port, _protocol, found) => found([]),
	};
	const clock = new FakeClock();
	const engine = new Engine({wire, clock, ids: systemIds, router: new Router()});
	const app: AppLink = {open: true, backlogBytes: () => 0, deliver: (_head, text) => void delivered.push(text), answer: () => {}};
	for (const verb of ['invite', 'register', 'message', 'options', 'info', 'notify', 'subscribe', 'publish'])
		engine.core.router.add(verb, app);
	return {engine, app, clock, sent, delivered};
}

const from: Hop = {protocol: 'udp', address: '192.0.2.9', port: 5060, flow: 0};

test('the set is whole', t => {
	t.is(messages.length, 49);
});

for (const message of messages) {
	test(`${message.name}: ${message.expect}`, t => {
		const {engine, sent, delivered} = recorder();
		engine.receive(message.text, from);
		const answers = sent.map(text => text.slice(8, 11)).filter(status => status !== '100');
		if (message.expect === 'app') {
			t.is(delivered.length, 1);
			t.deepEqual(answers, []);
			const body = parseMessage(message.text).message;
			if (message.name !== 'valid/dblreq') t.is(parseMessage(delivered[0]!).message.body, body.body);
		} else if (message.expect === 'drop' || message.expect === 'response') {
			t.deepEqual([sent, delivered], [[], []]);
			t.is(parseMessage(message.text).refusal === undefined && message.expect === 'response', message.expect === 'response');
		} else {
			t.deepEqual(answers, [message.expect]);
			t.deepEqual(delivered, []);
		}
	});
}

test('changed bytes never crash the server, and what it answers is readable', t => {
	const random = seeded(20_261_121);
	let answered = 0;
	for (let round = 0; round < 4000; round++) {
		const {engine, sent} = recorder();
		const text = mutated(messages[Math.floor(random() * messages.length)]!.text, random);
		t.notThrows(() => engine.receive(text, from), JSON.stringify(text));
		for (const response of sent) {
			const {message, refusal} = parseMessage(response);
			if (refusal || message.status < 100) t.fail(JSON.stringify([text, response]));
			answered++;
		}
	}
	t.true(answered > 1000);
});

test('changed bytes of applications never crash the server', t => {
	const random = seeded(7);
	const commands = [
		'm|sip||\r\nINVITE sip:bob@192.0.2.5 SIP/2.0\r\nfrom: "x" <sip:a@localhost>\r\ncontent-type: application/sdp\r\n\r\nv=0\r\n',
		'm|sip||a;from-tag=b\r\nBYE sip:placeholder SIP/2.0\r\n\r\n',
		'm|sip|t|\r\nSIP/2.0 180 Ringing\r\ncontact: sip:x@localhost\r\n\r\n',
		'm|sip|||sip:192.0.2.5;transport=udp\r\nOPTIONS sip:bob@192.0.2.5 SIP/2.0\r\n\r\n',
	];
	let frames = 0;
	for (let round = 0; round < 3000; round++) {
		const {engine, app} = recorder();
		const reader = new FrameReader();
		const stream = mutated(commands.map(frameOf).join(''), random);
		t.notThrows(() => {
			for (const frame of reader.push(stream)) {
				if (frame.kind !== 'frame') continue;
				frames++;
				const [head = '', ...rest] = frame.text.split('\r\n');
				const tokens = head.split('|');
				engine.command(app, tokens[0] ?? '', tokens[2] ?? '', tokens[3] ?? '', tokens[4] ?? '', rest.join('\r\n'));
			}
		}, JSON.stringify(stream));
	}
	t.true(frames > 1000);
});

test('garbage in a stream is refused or waits for more, never more than the limit', t => {
	const random = seeded(99);
	const stream = messages.map(message => message.text).join('');
	for (let round = 0; round < 500; round++) {
		const reader = new StreamReader(20_000);
		let refused = false;
		for (let at = 0; at < stream.length && !refused; at += 1500)
			refused = reader.push(mutated(stream.slice(at, at + 1500), random)).refusal !== undefined;
		if (round === 0) t.true(typeof refused === 'boolean');
	}
	const reader = new StreamReader(20_000);
	let bytes = 0;
	while (!reader.push('A: b\r\n'.repeat(100)).refusal) bytes += 600;
	t.true(bytes <= 20_600);
});

test('a source of garbage is ignored for the rest of its second, others are not', t => {
	const {engine, clock, sent} = recorder();
	const bad = messages.find(message => message.name === 'invalid/clerr')!.text;
	for (let count = 0; count < 1000; count++) engine.receive(bad.replace('clerr', `clerr${count}`), from);
	t.is(sent.length, garbagePerSecondMax);
	engine.receive(bad, {...from, port: 5061});
	t.is(sent.length, garbagePerSecondMax + 1);
	clock.advance(1001);
	engine.receive(bad, from);
	t.is(sent.length, garbagePerSecondMax + 2);
});

test('one server that lives on under changed messages keeps nothing of them: a share of the long run', t => {
	const {packets, answered, delivered, left} = fuzzSignalling({seed: 9, packets: 12_000});
	t.is(packets, 12_000);
	t.true(answered > 1000 && delivered > 500, `${answered} answered, ${delivered} delivered`);
	t.deepEqual(left, {clients: 0, servers: 0, timers: 0, bytes: 0, addresses: 0});
});

test('a media endpoint under changed packets relays, mixes and records on: a share of the long run', t => {
	const {packets, heard, sent} = fuzzMedia({seed: 9, packets: 20_000});
	t.is(packets, 20_000);
	t.true(heard > 1000 && sent > 1000, `${heard} heard, ${sent} sent`);
});

test('memory that grows is named, by kind, and slack is allowed', t => {
	const warm = most([
		{heapUsed: 10, external: 3, arrayBuffers: 1, rss: 90},
		{heapUsed: 12, external: 2, arrayBuffers: 1, rss: 100},
	]);
	t.deepEqual(warm, {heapUsed: 12, external: 3, arrayBuffers: 1, rss: 100});
	t.deepEqual(grown(warm, {heapUsed: 30, external: 10, arrayBuffers: 8, rss: 160}), []);
	const {length, ...names} = grown(warm, {heapUsed: 40, external: 12, arrayBuffers: 10, rss: 170});
	t.is(length, 4);
	for (const kind of ['heapUsed', 'external', 'arrayBuffers', 'rss']) t.regex(JSON.stringify(names), new RegExp(`${kind} has grown`));
});

test('buffers that are kept show in the memory that long runs look at', t => {
	const memory = collector();
	const before = memory();
	const kept = Array.from({length: 40}, () => Buffer.alloc(1_000_000, 1));
	t.deepEqual(
		grown(before, memory())
			.map(each => each.split(' ')[0])
			.filter(kind => kind !== 'rss'),
		['external', 'arrayBuffers'],
	);
	t.is(kept.length, 40);
});
