import test from 'ava';
import {defaultCost, hashPassword, hashToken, missingInPassword, newToken, nobodysHash, verifyPassword} from '../src/server/passwords.js';

const cheap = {N: 1024, r: 8, p: 1};

test('a password verifies against its own hash and no other', async t => {
	const hash = await hashPassword('Kaden-2026!');
	t.regex(hash, /^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
	t.true(defaultCost.N >= 2 ** 15);
	t.true(await verifyPassword('Kaden-2026!', hash));
	t.true(await verifyPassword('Ｋａｄｅｎ－２０２６！', hash));
	t.false(await verifyPassword('kaden-2026!', hash));
	t.false(await verifyPassword('', hash));
	t.false(await verifyPassword('Kaden-2026!', nobodysHash));
	t.not(await hashPassword('same', cheap), await hashPassword('same', cheap));
});

test('parameters come from the hash; a text that is no hash verifies nothing', async t => {
	const hash = await hashPassword('word', cheap);
	t.true(await verifyPassword('word', hash));
	for (const stored of ['', 'word', 'scrypt$', hash.replace('1024', '1000'), hash.replace('1024', '4194304'), hash.slice(0, -5)])
		t.false(await verifyPassword('word', stored), stored);
});

test('many at a time all get their answer', async t => {
	const hash = await hashPassword('word', cheap);
	const answers = await Promise.all(Array.from({length: 12}, (_, index) => verifyPassword(index % 2 ? 'word' : 'other', hash)));
	t.deepEqual(
		answers,
		Array.from({length: 12}, (_, index) => index % 2 === 1),
	);
});

test('the rule names everything that is missing', t => {
	t.deepEqual(missingInPassword('Kaden-2026'), []);
	t.deepEqual(missingInPassword('Ｋａｄｅｎ－２０２６'), []);
	t.deepEqual(missingInPassword(''), ['length', 'upper', 'lower', 'digit', 'symbol']);
	t.deepEqual(missingInPassword('abcdefgh'), ['upper', 'digit', 'symbol']);
	t.deepEqual(missingInPassword('ABC-123'), ['length', 'lower']);
	t.deepEqual(missingInPassword('ABCdef123'), ['symbol']);
	t.deepEqual(missingInPassword('ABC def 123'), ['symbol']);
});

test('a token is 256 bits, and only its hash is to be kept', t => {
	const {token, tokenHash} = newToken();
	t.is(Buffer.from(token, 'base64url').length, 32);
	t.is(hashToken(token), tokenHash);
	t.not(newToken().token, token);
	t.false(tokenHash.includes(token));
});
