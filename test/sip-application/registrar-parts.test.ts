import test from 'ava';
import {parseAddress, parseAddresses, parseUri} from '../../src/sip/application/address.js';
import {Bindings, bindingDefaults, type Registration} from '../../src/sip/application/bindings.js';
import {challengeHeader, digestResponse, ha1Of, judgeDigest, NonceBook, parseDigest} from '../../src/sip/application/digest.js';
import {readRefer} from '../../src/sip/application/refer.js';
import {claimsCarrier} from '../../src/sip/application/registrar.js';

const realm = 'kaden.test';
const ha1 = ha1Of('1001', realm, 'secret');
const accounts = (user: string): string | undefined => (user === '1001' ? ha1 : undefined);
const chance = Buffer.from('0123456789');

function authorization(parameters: Record<string, string>, ha = ha1): string {
	const p = {username: '1001', realm, uri: 'sip:kaden.test', nc: '00000001', cnonce: 'abc', qop: 'auth', nonce: '', ...parameters};
	const response = parameters['response'] ?? digestResponse(ha, 'REGISTER', p);
	return `Digest ${Object.entries({...p, response})
		.map(([name, value]) => (name === 'nc' || name === 'qop' ? `${name}=${value}` : `${name}="${value}"`))
		.join(', ')}`;
}

const judge = (book: NonceBook, header: string | undefined, nowMs: number) =>
	judgeDigest({method: 'REGISTER', authorization: header, realm}, book, accounts, nowMs);

test('the digest of RFC 2617 section 3.5 comes out as printed there', t => {
	const p = {nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093', nc: '00000001', cnonce: '0a4f113b', qop: 'auth', uri: '/dir/index.html'};
	t.is(digestResponse(ha1Of('Mufasa', 'testrealm@host.com', 'Circle Of Life'), 'GET', p), '6629fae49393a05397450978507c4ef1');
});

test('what a REFER asks for: a number, and perhaps a call to be replaced; nothing else', t => {
	const read = (to: string, sub?: string) => readRefer({get: name => (name === 'refer-to' ? to : name === 'refer-sub' ? sub : undefined)});
	t.deepEqual(read('<sip:202@h>'), {to: '202', quiet: false});
	t.deepEqual(read('"A, B" <sips:%2B81312345678@h;transport=tls>;x=y', 'false'), {to: '+81312345678', quiet: true});
	t.deepEqual(read('sip:202@h'), {to: '202', quiet: false});
	t.deepEqual(read('<tel:0312345678;phone-context=+81>'), {to: '0312345678', quiet: false});
	t.deepEqual(read('<sip:202@h;method=INVITE?Subject=a&Replaces=a%40b%3Bfrom-tag%3Df%3Bto-tag%3Dt>'), {
		...{to: '202', quiet: false},
		replaces: {callId: 'a@b', tags: ['t', 'f']},
	});
	const status = (to: string) => (read(to) as {status?: number}).status;
	for (const bad of [
		'',
		' ',
		'<sip:1@h>, <sip:2@h>',
		`<sip:1@${'h'.repeat(3000)}>`,
		'<sip:1@h',
		'<sip:1@h?Replaces=a>',
		'<sip:1@h?Replaces=%zz>',
	])
		t.is(status(bad), 400, bad.slice(0, 40));
	for (const odd of ['<sip:h>', '<mailto:a@b>', '<sip:1@h;method=BYE>', '<tel:>']) t.is(status(odd), 488, odd);
});

test('a digest header is read with quotes, escapes and odd spacing, and nonsense is refused', t => {
	t.deepEqual(parseDigest('digest username="a\\"b" ,nc=00000001,  uri="sip:x,y"'), {username: 'a"b', nc: '00000001', uri: 'sip:x,y'});
	t.is(parseDigest('Basic abc'), undefined);
	t.is(parseDigest('Digest username="a'), undefined);
	t.is(parseDigest(`Digest a="${'x'.repeat(3000)}"`), undefined);
});

test('a right password is accepted once per count; a replay and an old nonce are stale', t => {
	const book = new NonceBook(Buffer.alloc(32, 1), 60_000);
	const nonce = book.issue(1000, chance);
	t.deepEqual(judge(book, authorization({nonce}), 2000), {is: 'right', user: '1001'});
	t.deepEqual(judge(book, authorization({nonce}), 2000), {is: 'challenge', stale: true});
	t.deepEqual(judge(book, authorization({nonce, nc: '00000002'}), 2000), {is: 'right', user: '1001'});
	t.deepEqual(judge(book, authorization({nonce, nc: '00000001'}), 2000), {is: 'challenge', stale: true});
	t.deepEqual(judge(book, authorization({nonce, nc: '00000003'}), 62_000), {is: 'challenge', stale: true});
});

test('a wrong password is wrong even on an old nonce, so that stale tells nobody anything', t => {
	const book = new NonceBook(Buffer.alloc(32, 1), 60_000);
	const nonce = book.issue(0, chance);
	t.deepEqual(judge(book, authorization({nonce, response: '0'.repeat(32)}), 1), {is: 'wrong', user: '1001'});
	t.deepEqual(judge(book, authorization({nonce, response: '0'.repeat(32)}), 99_000), {is: 'wrong', user: '1001'});
	t.deepEqual(judge(book, authorization({nonce, username: '9'}), 1), {is: 'wrong', user: '9'});
});

test('what is not ours is challenged anew: no header, foreign nonce, other realm, no qop, other algorithm', t => {
	const book = new NonceBook(Buffer.alloc(32, 1), 60_000);
	const other = new NonceBook(Buffer.alloc(32, 2), 60_000);
	const nonce = book.issue(0, chance);
	const again = {is: 'challenge', stale: false} as const;
	t.deepEqual(judge(book, undefined, 1), again);
	t.deepEqual(judge(book, authorization({nonce: other.issue(0, chance)}), 1), again);
	t.deepEqual(judge(book, authorization({nonce: 'x'}), 1), again);
	t.deepEqual(judge(book, authorization({nonce, realm: 'elsewhere'}), 1), again);
	t.deepEqual(judge(book, authorization({nonce, qop: 'auth-int'}), 1), again);
	t.deepEqual(judge(book, authorization({nonce, algorithm: 'SHA-256'}), 1), again);
	t.deepEqual(judge(book, authorization({nonce, nc: 'zz'}), 1), again);
	t.true(challengeHeader(realm, nonce, true).endsWith('stale=true'));
});

const source = {protocol: 'udp', address: '192.0.2.5', port: 5060};
let cseq = 0;
const registration = (facts: Partial<Registration>): Registration => ({
	extension: '1001',
	contactHeader: '<sip:1001@192.0.2.5>',
	expiresHeader: '120',
	callId: 'c1',
	cseq: ++cseq,
	source,
	...facts,
});

test('a phone comes up, refreshes without a word, and goes down when it runs out', t => {
	const bindings = new Bindings();
	const first = bindings.register(registration({}), 0);
	t.is(first.status, 200);
	t.deepEqual(first.bindings, [{contact: 'sip:1001@192.0.2.5', expiresS: 120}]);
	t.deepEqual(first.changes, [{type: 'phoneUp', extension: '1001', contact: 'sip:1001@192.0.2.5'}]);
	t.deepEqual(bindings.register(registration({}), 100_000).changes, []);
	t.deepEqual(bindings.expire(219_999), []);
	t.deepEqual(bindings.expire(220_000), [{type: 'phoneDown', extension: '1001', reason: 'expired'}]);
	t.deepEqual(bindings.contactsOf('1001', 220_000), []);
});

test('several phones of one extension: down only with the last; Contact * takes all', t => {
	const bindings = new Bindings();
	bindings.register(registration({}), 0);
	const second = bindings.register(registration({contactHeader: '<sip:1001@192.0.2.6:5062;transport=tcp>;expires=300', callId: 'c2'}), 1);
	t.is(second.bindings.length, 2);
	t.deepEqual(second.changes, []);
	t.deepEqual(bindings.register(registration({expiresHeader: '0'}), 2).changes, []);
	t.is(bindings.contactsOf('1001', 3).length, 1);
	t.is(bindings.register(registration({contactHeader: '*', expiresHeader: '10'}), 3).status, 400);
	t.is(bindings.register(registration({contactHeader: '*', expiresHeader: undefined}), 3).status, 400);
	t.deepEqual(bindings.register(registration({contactHeader: '*', expiresHeader: '0'}), 3).changes, [
		{type: 'phoneDown', extension: '1001', reason: 'unregistered'},
	]);
});

test('too brief a registration is 423, an old CSeq 500, an unreadable contact 400, a query lists', t => {
	const bindings = new Bindings();
	t.is(bindings.register(registration({expiresHeader: '30'}), 0).status, 423);
	t.is(bindings.register(registration({contactHeader: '<sip:1001@192.0.2.5'}), 0).status, 400);
	t.is(bindings.register(registration({contactHeader: '<mailto:x@y>'}), 0).status, 400);
	t.is(bindings.register(registration({expiresHeader: 'soon'}), 0).status, 400);
	const late = registration({});
	bindings.register(registration({}), 0);
	t.is(bindings.register(late, 0).status, 500);
	t.is(bindings.register(registration({contactHeader: undefined, expiresHeader: undefined}), 0).bindings.length, 1);
	t.is(bindings.register(registration({expiresHeader: '99999'}), 0).bindings[0]!.expiresS, bindingDefaults.expiresSMax);
});

test('phones of one extension are bounded: the oldest gives way', t => {
	const bindings = new Bindings({...bindingDefaults, contactsMax: 2});
	for (const port of [5061, 5062, 5063]) bindings.register(registration({contactHeader: `<sip:1001@192.0.2.5:${port}>`}), 0);
	t.deepEqual(
		bindings.contactsOf('1001', 0).map(b => b.contact),
		['sip:1001@192.0.2.5:5063', 'sip:1001@192.0.2.5:5062'],
	);
});

test('a phone that no longer answers is down until it answers or registers again', t => {
	const bindings = new Bindings();
	bindings.register(registration({}), 0);
	const [binding] = bindings.all();
	t.deepEqual(bindings.answered(binding!, false, 1), [{type: 'phoneDown', extension: '1001', reason: 'unreachable'}]);
	t.deepEqual(bindings.answered(binding!, true, 2), [{type: 'phoneUp', extension: '1001', contact: 'sip:1001@192.0.2.5'}]);
	bindings.answered(binding!, false, 3);
	t.is(bindings.register(registration({}), 4).changes[0]!.type, 'phoneUp');
	t.deepEqual(bindings.answered(binding!, false, 5), [], 'the answer to a question about the earlier binding');
});

test('addresses and URIs as phones write them', t => {
	t.deepEqual(parseAddress('"Doe, <J>" <sip:1001@192.0.2.5;transport=udp>;expires=60;q="0.5"'), {
		uri: 'sip:1001@192.0.2.5;transport=udp',
		parameters: {expires: '60', q: '0.5'},
	});
	t.deepEqual(parseAddress('sip:1001@192.0.2.5;expires=60'), {uri: 'sip:1001@192.0.2.5', parameters: {expires: '60'}});
	t.is(parseAddresses('<sip:a@b>, "x,y" <sip:c@d>;expires=1')?.length, 2);
	t.is(parseAddresses('<sip:a@b>, <sip:c'), undefined);
	t.deepEqual(parseUri('sip:10%3001@Host.Example:5070;transport=TCP'), {
		scheme: 'sip',
		user: '10001',
		host: 'host.example',
		port: 5070,
		transport: 'tcp',
	});
	t.is(parseUri('sip:[2001:db8::1]:5060')?.host, '[2001:db8::1]');
	t.is(parseUri('tel:+8131'), undefined);
	t.is(parseUri('sip:a b@c'), undefined);
});

test('a phone that was started anew takes the place of its former self; its second line does not', t => {
	const bindings = new Bindings(bindingDefaults);
	let cseq = 0;
	const register = (port: number, mark: string, expires = 120) =>
		bindings
			.register(
				{
					extension: '1001',
					contactHeader: `<sip:1001@192.0.2.1:${port}>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"${mark};expires=${expires}`,
					expiresHeader: undefined,
					callId: `c${port}`,
					cseq: ++cseq,
					source: {protocol: 'udp', address: '192.0.2.1', port},
				},
				0,
			)
			.bindings.map(({contact}) => contact);
	register(5060, '');
	t.deepEqual(register(5061, ''), ['sip:1001@192.0.2.1:5061']);
	t.is(bindings.knowsSource('192.0.2.1', 5060, 0), undefined);
	t.is(bindings.knowsSource('192.0.2.1', 5061, 0)!.contact, 'sip:1001@192.0.2.1:5061');
	t.deepEqual(register(5062, ';reg-id=2'), ['sip:1001@192.0.2.1:5061', 'sip:1001@192.0.2.1:5062']);
	t.deepEqual(register(5061, '', 0), ['sip:1001@192.0.2.1:5062']);
	bindings.expire(120_000);
	t.is(bindings.knowsSource('192.0.2.1', undefined, 0), undefined);
});

test('several extensions behind one address: it is the one that is named, else the first', t => {
	const bindings = new Bindings(bindingDefaults);
	const source = {protocol: 'udp' as const, address: '192.0.2.1', port: 5060};
	for (const extension of ['1001', '1002']) {
		const contactHeader = `<sip:${extension}@192.0.2.1:5060>;expires=60`;
		bindings.register({extension, contactHeader, expiresHeader: undefined, callId: extension, cseq: 1, source}, 0);
	}
	const at = (extension?: string) => bindings.knowsSource('192.0.2.1', 5060, 0, extension)?.extension;
	t.deepEqual([at(), at('1002'), at('1001'), at('1003')], ['1001', '1002', '1001', '1001']);
	t.is(bindings.knowsSource('192.0.2.1', 5062, 0, '1002'), undefined);
});

test('a phone must not name a carrier’s host as its own, unless it is there', t => {
	const carriers = new Set(['sip.carrier.test', '192.0.2.10']);
	const claims = (contact: string | undefined, from = '198.51.100.7') => claimsCarrier(contact, from, carriers);
	t.true(claims('<sip:0355501001@192.0.2.10:5060;transport=tcp>'));
	t.true(claims('<sip:1001@198.51.100.7>, "x" <sip:0355501001@SIP.Carrier.test>;expires=60'));
	t.false(claims('<sip:1001@198.51.100.7:5060>'));
	t.false(claims('<sip:192.0.2.10@198.51.100.7>'));
	t.false(claims('<sip:1001@192.0.2.10>', '192.0.2.10'));
	t.false(claims('*'));
	t.false(claims(undefined));
});
