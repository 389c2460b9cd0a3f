import test from 'ava';
import {EdgeBook, type EdgeSource, edgeDefaults} from '../../src/sip/application/edge-book.js';
import {ShutOutAddresses} from '../../src/sip/signalling/shut-out.js';

const scanner = '192.0.2.1';

/** A book, and what it has told of who is shut out. */
function bookWith(settings: Partial<typeof edgeDefaults> = {}) {
	const told: [string, number, string | undefined][] = [];
	const shut = (address: string, untilMs: number, {reason}: EdgeSource): void => void told.push([address, untilMs, reason]);
	return {book: new EdgeBook({...edgeDefaults, ...settings}, shut), told};
}

test('wrong passwords slow the answers down, then the pair is refused, then the source; a known office stays in', t => {
	const {book, told} = bookWith({slowAfter: 2, banAfter: 5, banSourceAfter: 8, banMs: 60_000});
	t.deepEqual(
		[1, 2, 3, 4, 5].map(() => book.failed(scanner, '1001', false, 0)),
		[0, 0, 250, 500, 1000],
	);
	t.true(book.refuses(scanner, '1001', 1));
	t.false(book.refuses(scanner, '1002', 1));
	for (const user of ['a', 'b', 'c']) book.failed('192.0.2.7', user, true, 1);
	for (let i = 0; i < 20; i++) book.failed('192.0.2.7', `u${i}`, true, 1);
	t.false(book.isShut('192.0.2.7', 2), 'a phone is registered from there');
	for (const user of ['a', 'b', 'c']) book.failed(scanner, user, false, 1);
	t.deepEqual(told, [[scanner, 60_001, 'passwords']]);
	t.true(book.isShut(scanner, 60_000));
	t.false(book.isShut(scanner, 60_001));
	t.false(book.refuses(scanner, '1001', 60_001));
});

test('a success clears source and pair and lets in, and the memory is bounded', t => {
	const {book, told} = bookWith({slowAfter: 1, entriesMax: 4, namesMax: 3});
	book.failed(scanner, '1001', false, 0);
	t.is(book.failed(scanner, '1001', false, 0), 250);
	for (const user of ['1', '2', '3']) book.challenged(scanner, user, undefined, false, 0);
	t.true(book.isShut(scanner, 1));
	for (let guess = 0; guess < 2; guess++) book.failed(scanner, '1002', false, 0);
	book.succeeded(scanner, '1001');
	t.is(book.failed(scanner, '1002', false, 0), 500, 'what was guessed at another name is not forgotten');
	t.false(book.isShut(scanner, 1));
	t.deepEqual(told.at(-1), [scanner, 0, undefined]);
	t.is(book.failed(scanner, '1001', false, 0), 0);
	for (let i = 0; i < 10; i++) book.failed(`198.51.100.${i}`, 'x', false, 0);
	t.is(book.failed(scanner, '1001', false, 0), 0, 'forgotten');
	t.is(book.sources(0).length, 4);
});

test('a stranger who goes on is shut out, each time twice as long; one who asks seldom is not', t => {
	const {book, told} = bookWith({strangersMax: 3, windowMs: 1000, banMs: 10_000, banMsMax: 35_000});
	const knocks = (atMs: number): void => {
		for (let i = 0; i < 5; i++) book.stranger(scanner, 'Phone 1.0', atMs);
	};
	knocks(0);
	knocks(10_000);
	knocks(30_000);
	t.deepEqual(
		told.map(([, untilMs]) => untilMs),
		[10_000, 30_000, 65_000],
	);
	for (let i = 0; i < 50; i++) book.stranger('192.0.2.9', undefined, i * 600);
	t.false(told.some(([address]) => address === '192.0.2.9'));
});

test('who asks for one name after the other is shut out; an office whose phones all come back at once is not', t => {
	const {book, told} = bookWith({namesMax: 20});
	for (let i = 0; i < 100; i++) {
		book.challenged('192.0.2.50', `${1000 + i}`, 'Desk', false, 0);
		if (i % 10 === 9) book.succeeded('192.0.2.50', `${1000 + i}`);
	}
	t.deepEqual(told, []);
	for (let i = 0; i < 100; i++) book.challenged(scanner, '1001', undefined, false, 0);
	t.deepEqual(told, [], 'one name');
	for (let i = 0; i < 20; i++) book.challenged(scanner, `${i}`, undefined, false, 0);
	t.is(told[0]?.[2], 'names');
});

test('a scanner that says so is shut out at once; clearing lets in; the rows say what there is', t => {
	const {book, told} = bookWith();
	book.stranger(scanner, 'friendly-scanner', 5);
	t.like(book.sources(6), [{address: scanner, reason: 'scanner', untilMs: 300_005, times: 1, agent: 'friendly-scanner', strangers: 1}]);
	t.is(book.clear('192.0.2.77'), 0);
	t.is(book.clear(), 1);
	t.deepEqual(
		told.map(([, untilMs]) => untilMs),
		[300_005, 0],
	);
	t.deepEqual(book.sources(7), []);
});

test('from a shut-out address an ACK passes, and one REGISTER a second from each of some ports', t => {
	const shut = new ShutOutAddresses(1);
	const from = (port: number) => ({address: scanner, port});
	t.false(shut.drops('INVITE sip:x', from(1), 0));
	shut.set(scanner, 10_000);
	t.true(shut.drops('INVITE sip:x', from(1), 0));
	t.false(shut.drops('ACK sip:x', from(1), 0));
	t.deepEqual(
		[0, 1, 999, 1000].map(nowMs => shut.drops('REGISTER sip:x', from(1), nowMs)),
		[false, true, true, false],
	);
	t.false(shut.drops('REGISTER sip:x', from(2), 1000));
	const passed = Array.from({length: 500}, (_, port) => shut.drops('REGISTER sip:x', from(port), 5000)).filter(dropped => !dropped).length;
	t.is(passed, 64);
	t.false(shut.drops('INVITE sip:x', {address: '192.0.2.2', port: 1}, 0));
	t.false(shut.drops('INVITE sip:x', from(1), 10_000), 'over');
	shut.set(scanner, 20_000);
	shut.set(scanner, 0);
	t.false(shut.drops('INVITE sip:x', from(1), 11_000));
});
