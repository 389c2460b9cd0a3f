import test from 'ava';
import {TimerWheel} from '../../src/sip/signalling/clock.js';
import type {Hop, Wire} from '../../src/sip/signalling/hop.js';
import {parseMessage, type SipMessage} from '../../src/sip/signalling/message.js';
import type {OutRequest} from '../../src/sip/signalling/out-request.js';
import {ClientInvite} from '../../src/sip/signalling/transaction-client-invite.js';
import {ClientOther} from '../../src/sip/signalling/transaction-client-other.js';
import {sipTimers} from '../../src/sip/signalling/transaction-machine.js';
import {ServerInvite} from '../../src/sip/signalling/transaction-server-invite.js';
import {ServerOther} from '../../src/sip/signalling/transaction-server-other.js';
import {FakeClock} from './fake-world.js';

/** A world of one transaction: what it sends, with the time, and what its user hears. */
function bench(protocol: Hop['protocol'] = 'udp') {
	const clock = new FakeClock();
	const sent: [number, string][] = [];
	const heard: string[] = [];
	let breakWire: (() => void) | undefined;
	const wire = {
		send(_hop: Hop, text: string, onError?: (error: Error) => void) {
			sent.push([clock.now, text.split(' ')[0] === 'SIP/2.0' ? text.split(' ')[1]! : text.split(' ')[0]!]);
			breakWire = () => onError?.(new Error('refused'));
		},
	} as unknown as Wire;
	const world = {wheel: new TimerWheel(clock), wire, timers: sipTimers, figures: {retransmitted: 0}};
	const hop: Hop = {protocol, address: '192.0.2.1', port: 5060, flow: 0};
	const request = (method: string): OutRequest => ({
		method,
		uri: 'sip:x',
		text: `${method} sip:x SIP/2.0\r\n\r\n`,
		hop,
		branch: 'b',
		via: 'Via: v\r\n',
		routes: '',
		from: '<sip:a>;tag=1',
		to: '<sip:b>',
		callId: 'c',
		cseq: 1,
	});
	const user = {
		response: (message: SipMessage) => heard.push(`${message.status}`),
		failed: (status: number) => heard.push(`failed ${status}`),
		ended: () => heard.push(`ended at ${clock.now}`),
	};
	const response = (status: number) => parseMessage(`SIP/2.0 ${status} X\r\nTo: <sip:b>;tag=2\r\n\r\n`).message;
	const ended = () => heard.push(`ended at ${clock.now}`);
	return {
		clock,
		sent,
		heard,
		world,
		hop,
		request,
		user,
		response,
		ended,
		break: () => breakWire!(),
		times: (what: string) => sent.filter(each => each[1] === what).map(each => each[0]),
	};
}

test('timer A doubles and timer B gives up: INVITE over UDP', t => {
	const b = bench();
	new ClientInvite(b.world, 'k', b.request('INVITE'), b.user).step('start', undefined);
	b.clock.advance(40_000);
	t.deepEqual(b.times('INVITE'), [0, 500, 1500, 3500, 7500, 15_500, 31_500]);
	t.deepEqual(b.heard, ['failed 408', 'ended at 32000']);
});

test('a provisional response stops timers A and B', t => {
	const b = bench();
	const tx = new ClientInvite(b.world, 'k', b.request('INVITE'), b.user);
	tx.step('start', undefined);
	b.clock.advance(600);
	tx.receive(b.response(180));
	b.clock.advance(300_000);
	t.deepEqual(b.times('INVITE'), [0, 500]);
	t.deepEqual(b.heard, ['180']);
});

for (const protocol of ['udp', 'tcp'] as const) {
	test(`timer D: a failure is acknowledged again and again, over ${protocol}`, t => {
		const b = bench(protocol);
		const tx = new ClientInvite(b.world, 'k', b.request('INVITE'), b.user);
		tx.step('start', undefined);
		tx.receive(b.response(486));
		tx.receive(b.response(486));
		t.is(b.times('ACK').length, 2);
		b.clock.advance(50_000);
		t.deepEqual(b.heard, ['486', `ended at ${protocol === 'udp' ? 32_000 : 10}`]);
	});
	test(`timer M: a success stays open for copies and forks, over ${protocol}`, t => {
		const b = bench(protocol);
		const tx = new ClientInvite(b.world, 'k', b.request('INVITE'), b.user);
		tx.step('start', undefined);
		tx.receive(b.response(200));
		tx.receive(b.response(200));
		tx.receive(b.response(486));
		b.clock.advance(50_000);
		t.deepEqual(b.heard, ['200', '200', 'ended at 32000']);
		t.is(b.times('ACK').length, 0);
	});
	test(`timers E, F, K: other requests over ${protocol}`, t => {
		const b = bench(protocol);
		new ClientOther(b.world, 'k', b.request('OPTIONS'), b.user).step('start', undefined);
		b.clock.advance(40_000);
		t.deepEqual(b.times('OPTIONS'), protocol === 'udp' ? [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500] : [0]);
		t.deepEqual(b.heard, ['failed 408', 'ended at 32000']);
		const c = bench(protocol);
		const tx = new ClientOther(c.world, 'k', c.request('OPTIONS'), c.user);
		tx.step('start', undefined);
		tx.receive(c.response(200));
		tx.receive(c.response(200));
		c.clock.advance(40_000);
		t.deepEqual(c.heard, ['200', `ended at ${protocol === 'udp' ? 5000 : 10}`]);
	});
	test(`timers G, H: an unacknowledged failure over ${protocol}`, t => {
		const b = bench(protocol);
		const tx = new ServerInvite(b.world, 'k', b.hop, b.ended);
		tx.respond(486, 'SIP/2.0 486 X');
		b.clock.advance(40_000);
		t.deepEqual(b.times('486'), protocol === 'udp' ? [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500] : [0]);
		t.deepEqual(b.heard, ['ended at 32000']);
	});
	test(`timer I: an acknowledged failure absorbs further ACKs over ${protocol}`, t => {
		const b = bench(protocol);
		const tx = new ServerInvite(b.world, 'k', b.hop, b.ended);
		tx.respond(486, 'SIP/2.0 486 X');
		tx.step('ack', undefined);
		tx.step('ack', undefined);
		tx.step('request', undefined);
		b.clock.advance(40_000);
		t.deepEqual(b.times('486'), [0]);
		t.deepEqual(b.heard, [`ended at ${protocol === 'udp' ? 5000 : 10}`]);
	});
	test(`timer J: the answer is given again to copies of the request over ${protocol}`, t => {
		const b = bench(protocol);
		const tx = new ServerOther(b.world, 'k', b.hop, b.ended);
		tx.step('request', undefined);
		tx.respond(200, 'SIP/2.0 200 X');
		tx.step('request', undefined);
		t.deepEqual(b.times('200'), [0, 0]);
		b.clock.advance(40_000);
		t.deepEqual(b.heard, [`ended at ${protocol === 'udp' ? 32_000 : 10}`]);
	});
}

test('a provisional answer slows timer E down to T2', t => {
	const b = bench();
	const tx = new ClientOther(b.world, 'k', b.request('OPTIONS'), b.user);
	tx.step('start', undefined);
	b.clock.advance(400);
	tx.receive(b.response(100));
	b.clock.advance(40_000);
	t.deepEqual(b.times('OPTIONS'), [0, 500, 4500, 8500, 12_500, 16_500, 20_500, 24_500, 28_500]);
	t.deepEqual(b.heard, ['100', 'failed 408', 'ended at 32000']);
});

test('timer L: copies of an accepted INVITE are absorbed in silence', t => {
	const b = bench();
	const tx = new ServerInvite(b.world, 'k', b.hop, b.ended);
	tx.respond(100, 'SIP/2.0 100 X');
	tx.step('request', undefined);
	tx.respond(200, 'SIP/2.0 200 X');
	tx.step('request', undefined);
	tx.step('ack', undefined);
	b.clock.advance(40_000);
	t.deepEqual(
		b.sent.map(each => each[1]),
		['100', '100', '200'],
	);
	t.deepEqual(b.heard, ['ended at 32000']);
});

test('a network error ends a request with 503 at once', t => {
	for (const kind of [ClientInvite, ClientOther]) {
		const b = bench('tcp');
		new kind(b.world, 'k', b.request('INVITE'), b.user).step('start', undefined);
		b.break();
		b.clock.advance(60_000);
		t.deepEqual(b.heard, ['failed 503', 'ended at 0']);
	}
});

test('the wheel fires in time over many rounds, and a stopped timer never', t => {
	const clock = new FakeClock();
	const wheel = new TimerWheel(clock);
	const fired: number[] = [];
	const delaysMs = [5, 10, 15, 9_990, 10_240, 10_250, 20_480, 185_000, 3_600_000];
	for (const delayMs of delaysMs) wheel.start(delayMs, () => fired.push(clock.now - delayMs));
	const stopped = wheel.start(15, () => t.fail());
	stopped.cancel();
	stopped.cancel();
	clock.advance(3_700_000);
	t.is(fired.length, delaysMs.length);
	t.true(
		fired.every(late => late >= 0 && late < 10),
		fired.join(),
	);
	t.is(wheel.count, 0);
});
