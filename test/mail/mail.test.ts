import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {SMTPServer, type SMTPServerOptions} from 'smtp-server';
import {shipped} from '../../src/paths.js';
import type {MailSettings} from '../../src/server/config.js';
import type {EventRow, MailRow} from '../../src/server/domain/model.js';
import {attemptsMax, firstGapMs, gapAfter, gapMsMax, Poster} from '../../src/server/mail/poster.js';
import {mailText} from '../../src/server/mail/text.js';
import {type Desk, nowMs, openDesk, wav} from '../recordings/fixture.js';
import {FakeClock} from '../support/fake-clock.js';
import {eventually, within} from '../support/limit.js';
import {reservedPort} from '../support/ports.js';

const pem = readFileSync(shipped('test/support/localhost.pem'), 'utf8');

type Received = {from: string; to: string[]; text: string; user: string | undefined; secure: boolean};

/** A mail server on this machine. `say` decides what it answers to each mail: nothing, or an error with a code. */
async function startServer(
	t: ExecutionContext,
	options: SMTPServerOptions = {},
	say: (count: number) => [number, string] | undefined = () => undefined,
	fixedPort = 0,
) {
	const received: Received[] = [];
	let count = 0;
	const server = new SMTPServer({
		key: pem,
		cert: pem,
		authOptional: true,
		disabledCommands: options.secure || options.onAuth ? [] : ['STARTTLS', 'AUTH'],
		logger: false,
		onData(stream, session, done) {
			const chunks: Buffer[] = [];
			stream.on('data', (chunk: Buffer) => chunks.push(chunk));
			stream.on('end', () => {
				const answer = say(++count);
				if (answer) {
					done(Object.assign(new Error(answer[1]), {responseCode: answer[0]}));
					return;
				}
				const {mailFrom, rcptTo} = session.envelope;
				received.push({
					from: mailFrom ? mailFrom.address : '',
					to: rcptTo.map(({address}) => address),
					text: Buffer.concat(chunks).toString('latin1'),
					user: session.user === undefined ? undefined : String(session.user),
					secure: session.secure,
				});
				done();
			});
		},
		...options,
	});
	server.on('error', () => {});
	const port = await new Promise<number>(resolve => {
		const listener = server.listen(fixedPort, '127.0.0.1', () => resolve((listener.address() as {port: number}).port));
	});
	let isOpen = true;
	const stop = () => new Promise<void>(resolve => (isOpen ? server.close(() => resolve()) : resolve())).then(() => void (isOpen = false));
	t.teardown(stop);
	return {port, received, stop, count: () => count};
}

type Office = {
	desk: Desk;
	clock: FakeClock;
	poster: Poster;
	lines: unknown[];
	mail: () => MailRow;
	events: () => EventRow[];
	again: () => Poster;
};

/** A message of two seconds waits to be sent; the clock of the queue is moved by hand. */
async function office(t: ExecutionContext, port: number, more: Partial<MailSettings> = {}): Promise<Office> {
	const desk = await openDesk(t);
	const clock = new FakeClock();
	clock.advance(nowMs);
	const lines: unknown[] = [];
	const settings: MailSettings = {host: '127.0.0.1', port, tls: 'none', from: 'kaden@example.jp', voicemailTo: [], ...more};
	const timed = {nowMs: () => clock.nowMs(), at: (atMs: number, run: () => void) => clock.after(atMs - clock.nowMs(), run)};
	const log = Object.assign((...line: unknown[]) => void lines.push(line), {flush: async () => {}, flushNow() {}});
	const {folder, world, store} = desk;
	const {reader, writer} = store;
	const again = () => new Poster({settings, folder, world, reader, writer, clock: timed, lang: 'ja', timeZone: 'Asia/Tokyo', log});
	const poster = again();
	t.teardown(() => poster.stop());
	const path = '2026-04-20/c1-message.wav';
	desk.file(path, wav(2_000));
	await desk.commit(
		{
			op: 'putVoicemail',
			row: {
				id: 'v1',
				callId: 'c1',
				mailbox: 'group:g1',
				fromNumber: '09011112222',
				customerId: 'k1',
				atMs: nowMs,
				path,
				durationMs: 62_000,
			},
		},
		{
			op: 'putMail',
			row: {
				id: 'm1',
				voicemailId: 'v1',
				recipients: ['a@example.jp', 'b@example.jp'],
				state: 'waiting',
				attempts: 0,
				createdMs: nowMs,
				nextMs: nowMs,
			},
		},
	);
	const mail = () => reader.mailsOf('v1')[0]!;
	const events = () => reader.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, callId: 'c1', limit: 100});
	return {desk, clock, poster, lines, mail, events, again};
}

const decided = (mail: () => MailRow, attempts: number) => eventually(`try ${attempts}`, () => mail().attempts >= attempts);

/** The parts of a mail, decoded. */
function opened(text: string): {subject: string; body: string; sound: Buffer} {
	const boundary = /boundary="?([^"\r\n]+)"?/u.exec(text)![1]!;
	const parts = text.split(`--${boundary}`);
	const words = [.../^Subject: (.*(?:\r\n[ \t].*)*)/mu.exec(text)![1]!.matchAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/giu)];
	const bytes = words.map(([, kind, word]) =>
		kind!.toUpperCase() === 'B' ? Buffer.from(word!, 'base64') : quoted(word!.replaceAll('_', ' ')),
	);
	const content = (part: string): Buffer => {
		const [head, ...rest] = part.split('\r\n\r\n');
		const body = rest.join('\r\n\r\n');
		return /base64/iu.test(head!) ? Buffer.from(body, 'base64') : quoted(body.replaceAll('=\r\n', ''));
	};
	return {subject: Buffer.concat(bytes).toString(), body: content(parts[1]!).toString(), sound: content(parts[2]!)};
}
const quoted = (text: string): Buffer =>
	Buffer.from(
		text.replaceAll(/=([0-9A-F]{2})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
		'latin1',
	);

test('a message is sent with caller, customer and time, and the sound of the caller attached', async t => {
	const server = await startServer(t);
	const {poster, mail, events, desk} = await office(t, server.port);
	poster.wake();
	await decided(mail, 1);
	t.like(mail(), {state: 'sent', attempts: 1});
	t.is(server.received.length, 1);
	const [got] = server.received;
	t.deepEqual([got!.from, got!.to], ['kaden@example.jp', ['a@example.jp', 'b@example.jp']]);
	const {subject, body, sound} = opened(got!.text);
	t.is(subject, '【留守電】8001 受付　山田 09011112222');
	for (const each of ['発信者: 09011112222', '顧客: 山田', '日時: 2026/04/20 12:00', '長さ: 1分2秒']) t.true(body.includes(each), body);
	const file = readFileSync(join(desk.folder, '2026-04-20/c1-message.wav'));
	t.is(sound.toString('latin1', 0, 4), 'RIFF');
	t.is(sound.length, 44 + (file.length - 44) / 2);
	for (let at = 0; at < 16_000; at++) if (sound.readInt16LE(44 + at * 2) !== file.readInt16LE(44 + at * 4)) return t.fail(`sample ${at}`);
	t.deepEqual(
		events().map(({kind, data}) => [kind, data]),
		[['mail.sent', {mailId: 'm1', voicemailId: 'v1', attempts: 1}]],
	);
});

test('the texts in both languages; what is not known is said so', t => {
	const facts = {mailbox: '101', number: '', atMs: nowMs};
	t.deepEqual(mailText(facts, 'en', 'Asia/Tokyo'), {
		subject: '[Voicemail] 101: withheld',
		text: 'A caller has left a message. The sound is attached.\n\nFor: 101\nCaller: withheld\nCustomer: (not known)\nTime: 2026/04/20 12:00\n',
	});
	t.true(mailText(facts, 'ja', 'Asia/Tokyo').text.includes('発信者: 非通知'));
});

test('a temporary failure is tried again after a minute, longer after each, and then it goes', async t => {
	const server = await startServer(t, {}, count => (count <= 2 ? [451, 'come back later'] : undefined));
	const {poster, mail, clock, events} = await office(t, server.port);
	poster.wake();
	await decided(mail, 1);
	t.like(mail(), {state: 'waiting', nextMs: nowMs + firstGapMs});
	t.regex(mail().reason!, /451 come back later/);
	await eventually('the next look', () => clock.pending === 1);
	clock.advance(firstGapMs - 1);
	t.is(server.count(), 1);
	clock.advance(1);
	await decided(mail, 2);
	t.is(mail().nextMs, nowMs + firstGapMs + 2 * firstGapMs);
	await eventually('the next look', () => clock.pending === 1);
	clock.advance(2 * firstGapMs);
	await decided(mail, 3);
	t.is(mail().state, 'sent');
	t.is(server.received.length, 1);
	t.deepEqual(
		events().map(({kind}) => kind),
		['mail.postponed', 'mail.postponed', 'mail.sent'],
	);
	t.is(gapAfter(20), gapMsMax);
});

test('what the server refuses for ever is not tried again, and the reason is kept', async t => {
	const server = await startServer(t, {}, () => [550, 'no such mailbox']);
	const {poster, mail, lines, events} = await office(t, server.port);
	poster.wake();
	await decided(mail, 1);
	t.is(mail().state, 'failed');
	t.regex(mail().reason!, /550 no such mailbox/);
	t.like(events()[0], {kind: 'mail.failed', actor: 'system'});
	t.regex(JSON.stringify(lines), /mail\.failed.*no such mailbox/);
});

test('tries have an end', async t => {
	const server = await startServer(t, {}, () => [451, 'later']);
	const {poster, mail, clock, desk} = await office(t, server.port);
	await desk.commit({op: 'putMail', row: {...mail(), attempts: attemptsMax - 1}});
	poster.wake();
	await decided(mail, attemptsMax);
	t.is(mail().state, 'failed');
	t.is(clock.pending, 0);
});

test('a server that is not there, then a restart in between: the queue is on the disk', async t => {
	const port = await reservedPort();
	const {poster, mail, clock, again} = await office(t, port);
	poster.wake();
	await decided(mail, 1);
	t.regex(mail().reason!, /ECONNREFUSED/);
	await poster.stop();
	const server = await startServer(t, {}, undefined, port);
	const next = again();
	t.teardown(() => next.stop());
	next.wake();
	await eventually('the next look', () => clock.pending === 1);
	t.is(server.received.length, 0, 'not before its time');
	clock.advance(firstGapMs);
	await decided(mail, 2);
	t.like(mail(), {state: 'sent', attempts: 2});
	t.is(server.received.length, 1);
});

test('a service that stops in the middle leaves the mail in the queue, and the next one sends it under the same id', async t => {
	const held: Array<() => void> = [];
	let hold = true;
	const server = await startServer(t, {onMailFrom: (_address, _session, done) => void (hold ? held.push(done as () => void) : done())});
	const {poster, mail, again} = await office(t, server.port);
	poster.wake();
	await eventually('a mail on its way', () => held.length > 0);
	await within('the stop', poster.stop());
	t.like(mail(), {state: 'waiting', attempts: 0});
	hold = false;
	const next = again();
	t.teardown(() => next.stop());
	next.wake();
	await decided(mail, 1);
	t.is(mail().state, 'sent');
	t.regex(server.received[0]!.text, /Message-ID: <m1@example\.jp>/iu);
});

for (const tls of ['starttls', 'tls'] as const) {
	test(`with a password over ${tls}; a certificate nobody has signed is refused, and the password is in no log`, async t => {
		const onAuth: SMTPServerOptions['onAuth'] = (auth, _session, done) =>
			auth.username === 'kaden' && auth.password === 'geheim-1' ? done(null, {user: 'kaden'}) : done(new Error(`no: ${auth.password}`));
		const server = await startServer(t, {secure: tls === 'tls', authOptional: false, onAuth});
		const access = {tls, user: 'kaden', password: 'geheim-1'};
		const trusting = await office(t, server.port, {...access, ca: pem});
		trusting.poster.wake();
		await decided(trusting.mail, 1);
		t.is(trusting.mail().state, 'sent', trusting.mail().reason);
		t.like(server.received[0], {user: 'kaden', secure: true});
		const strict = await office(t, server.port, access);
		strict.poster.wake();
		await decided(strict.mail, 1);
		t.is(strict.mail().state, 'waiting');
		t.regex(strict.mail().reason!, /certificate/);
		const wrong = await office(t, server.port, {...access, ca: pem, password: 'falsch-2'});
		wrong.poster.wake();
		await decided(wrong.mail, 1);
		t.is(wrong.mail().state, 'waiting', 'somebody will put it right');
		t.regex(wrong.mail().reason!, /535|no: \*\*\*/);
		for (const {lines, mail, events} of [trusting, strict, wrong])
			t.notRegex(JSON.stringify([lines, mail(), events()]), /geheim|falsch|Z2VoZWlt|ZmFsc2No/);
	});
}

test('a message that was deleted meanwhile is not sent', async t => {
	const server = await startServer(t);
	const {poster, mail, desk} = await office(t, server.port);
	await desk.ask('boss', {type: 'deleteVoicemail', voicemailId: 'v1'});
	poster.wake();
	await decided(mail, 1);
	t.like(mail(), {state: 'failed', reason: 'the message was deleted'});
	t.is(server.count(), 0);
});
