import test from 'ava';
import type {Engine} from '../../src/sip/signalling/engine.js';
import {FakeClock, FakeNetwork, type LinkFaults, ScriptApp, seeded} from './fake-world.js';

const callsPerSeed = 6;
/** Longer than an answer is repeated, so that each ACK must have got through before the BYE. */
const talkMs = 35_000;

/** What both ends saw of all calls of one run. */
interface Seen {
	invites: number;
	acks: number;
	byes: number;
	answered: number;
	ended: number;
	others: string[];
}

/** A caller that calls, talks and hangs up. */
function caller(engine: Engine, clock: FakeClock, seen: Seen): () => void {
	const app = new ScriptApp(engine);
	app.onMessage = (tokens, message) => {
		const dialogId = tokens[9]!;
		if (message.status === 200 && message.get('cseq')!.endsWith('INVITE')) {
			seen.answered++;
			app.command('', dialogId, 'ACK sip:placeholder SIP/2.0\r\n\r\n');
			clock.after(talkMs, () => app.command('', dialogId, 'BYE sip:placeholder SIP/2.0\r\n\r\n'));
		} else if (message.status === 200) seen.ended++;
		else if (message.status !== 180) seen.others.push(`caller: ${message.status} ${message.get('cseq')}`);
	};
	return () => app.command('', '', 'INVITE sip:callee@10.0.0.2 SIP/2.0\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n');
}

/** A callee that rings, answers after half a second and lets the other side hang up. */
function callee(engine: Engine, clock: FakeClock, seen: Seen): void {
	const app = new ScriptApp(engine);
	engine.core.router.add('invite', app);
	app.onMessage = (tokens, message) => {
		const transactionId = tokens[8]!;
		if (message.method === 'INVITE') {
			seen.invites++;
			app.command(transactionId, '', 'SIP/2.0 180 Ringing\r\n\r\n');
			clock.after(500, () => app.command(transactionId, '', 'SIP/2.0 200 OK\r\n\r\nv=0\r\n'));
		} else if (message.method === 'ACK') seen.acks++;
		else if (message.method === 'BYE') {
			seen.byes++;
			app.command(transactionId, '', 'SIP/2.0 200 OK\r\n\r\n');
		} else seen.others.push(`callee: ${message.method}`);
	};
}

function runCalls(seed: number, faults: LinkFaults): {seen: Seen; left: number; network: FakeNetwork} {
	const clock = new FakeClock();
	const network = new FakeNetwork(clock, seeded(seed), faults);
	const seen: Seen = {invites: 0, acks: 0, byes: 0, answered: 0, ended: 0, others: []};
	const call = caller(network.add('10.0.0.1'), clock, seen);
	callee(network.add('10.0.0.2'), clock, seen);
	for (let index = 0; index < callsPerSeed; index++) clock.after(index * 50, call);
	clock.advance(200_000);
	let left = 0;
	for (const {core} of network.engines.values()) left += core.clients.size + core.servers.size + core.dialogs.size + core.wheel.count;
	return {seen, left, network};
}

test('a clean link carries each call with seven messages', t => {
	const {seen, left, network} = runCalls(1, {loss: 0, duplicate: 0, delayMs: [1, 1]});
	t.deepEqual(seen, {invites: 6, acks: 6, byes: 6, answered: 6, ended: 6, others: []});
	t.is(network.sent, 7 * callsPerSeed);
	t.is(left, 0);
});

for (let seed = 1; seed <= 20; seed++) {
	test(`calls survive loss, copies and reordering: seed ${seed}`, t => {
		const {seen, left} = runCalls(seed, {loss: 0.15, duplicate: 0.15, delayMs: [1, 400]});
		t.deepEqual(seen, {invites: 6, acks: 6, byes: 6, answered: 6, ended: 6, others: []});
		t.is(left, 0);
	});
}

test('a dead link ends everything within its timers', t => {
	const {seen, left} = runCalls(3, {loss: 1, duplicate: 0, delayMs: [1, 1]});
	t.is(seen.others.length, callsPerSeed);
	t.true(seen.others.every(each => each.startsWith('caller: 408')));
	t.is(left, 0);
});

test('a CANCEL at any moment leaves nothing behind on either side', t => {
	let cancelled = 0;
	let raced = 0;
	for (let seed = 1; seed <= 20; seed++) {
		const clock = new FakeClock();
		const random = seeded(seed);
		const network = new FakeNetwork(clock, random, {loss: 0.1, duplicate: 0.1, delayMs: [1, 200]});
		const seen: Seen = {invites: 0, acks: 0, byes: 0, answered: 0, ended: 0, others: []};
		callee(network.add('10.0.0.2'), clock, seen);
		const app = new ScriptApp(network.add('10.0.0.1'));
		const givenUp = new Set<string>();
		app.onMessage = (tokens, message) => {
			if (message.status === 487) cancelled++;
			if (message.status !== 200 || !message.get('cseq')!.endsWith('INVITE')) return;
			app.command('', tokens[9]!, 'ACK sip:placeholder SIP/2.0\r\n\r\n');
			// It has crossed our CANCEL: whoever gave the call up hangs up.
			if (!givenUp.has(tokens[8]!)) return;
			raced++;
			app.command('', tokens[9]!, 'BYE sip:placeholder SIP/2.0\r\n\r\n');
		};
		for (let index = 0; index < callsPerSeed; index++) {
			const answer = app.command('', '', 'INVITE sip:callee@10.0.0.2 SIP/2.0\r\n\r\n');
			clock.after(random() * 1400, () => {
				givenUp.add(answer[7]!);
				app.command(answer[7]!, '', 'CANCEL sip:callee@10.0.0.2 SIP/2.0\r\n\r\n');
			});
		}
		// Calls answered before their CANCEL go on; the caller hangs those up by leaving.
		clock.advance(40_000);
		for (const {core} of network.engines.values()) t.true(core.dialogs.size <= callsPerSeed);
		clock.advance(200_000);
		for (const {core} of network.engines.values()) t.is(core.clients.size + core.servers.size + core.wheel.count, 0, `seed ${seed}`);
	}
	t.true(cancelled > 20 && raced > 2, `${cancelled} cancelled, ${raced} raced`);
});
