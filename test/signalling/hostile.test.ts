import test from 'ava';
import {parseVia} from '../../src/sip/signalling/headers.js';
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
