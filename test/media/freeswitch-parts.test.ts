import test from 'ava';
import {seededRng} from '../../src/server/rng.js';
import {
	entering,
	keySounds,
	memberChange,
	NotSayable,
	path,
	recording,
	sendingDtmf,
	sound,
	uuid,
} from '../../src/sip/media/freeswitch/commands.js';
import {FrameReader, NotEventSocket} from '../../src/sip/media/freeswitch/frame-reader.js';
import {type Audience, forget, hears, type RoomMember, settle} from '../../src/sip/media/freeswitch/hearing.js';
import {counted, negotiated, newWatch, nextLookMs} from '../../src/sip/media/freeswitch/silence.js';

const stream = Buffer.from(
	'Content-Type: auth/request\n\n' +
		'Content-Type: command/reply\nReply-Text: +OK%20accepted\nX-Odd: 100%\n\n' +
		'\nContent-Type: api/response\nContent-Length: 11\n\nfünf\n\nzehn' +
		'Content-Length: 0\nContent-Type: text/event-json\n\n',
);

test('frames come out of the stream however it is chopped', t => {
	const whole = new FrameReader().push(stream);
	t.deepEqual(
		whole.map(({headers, body}) => [headers.get('content-type'), body]),
		[
			['auth/request', ''],
			['command/reply', ''],
			['api/response', 'fünf\n\nzehn'],
			['text/event-json', ''],
		],
	);
	t.is(whole[1]?.headers.get('reply-text'), '+OK accepted');
	t.is(whole[1]?.headers.get('x-odd'), '100%', 'a stray % is taken as it stands');
	for (let seed = 1; seed <= 300; seed++) {
		const rng = seededRng(seed);
		const reader = new FrameReader();
		const frames = [];
		for (let at = 0; at < stream.length; ) {
			const length = 1 + Math.floor(rng.next() * (seed % 40));
			frames.push(...reader.push(stream.subarray(at, at + length)));
			at += length;
		}
		t.deepEqual(frames, whole, `seed ${seed}`);
	}
});

test('what is no event socket is refused, and nothing grows without bound', t => {
	for (const bytes of [
		'HTTP/1.1 400 Bad Request\r\nConnection: close\n\n',
		'Content-Type: x\nContent-Length: -1\n\n',
		'Content-Type: x\nContent-Length: 1e99\n\n',
	])
		t.throws(() => new FrameReader().push(Buffer.from(bytes)), {instanceOf: NotEventSocket}, bytes);
	t.throws(
		() => {
			const reader = new FrameReader();
			for (let index = 0; index < 100; index++) reader.push(Buffer.alloc(1000, 65));
		},
		{instanceOf: NotEventSocket, message: /without end/},
	);
	for (let seed = 1; seed <= 200; seed++) {
		const rng = seededRng(seed);
		const bytes = Buffer.from(stream);
		for (let index = 0; index < 5; index++) bytes[Math.floor(rng.next() * bytes.length)] = Math.floor(rng.next() * 256);
		try {
			new FrameReader().push(bytes);
		} catch (error) {
			t.true(error instanceof NotEventSocket, `seed ${seed}: ${error}`);
		}
	}
});

test('commands say what is wanted, and nothing that would be taken for more', t => {
	t.is(recording('c1', 'start', '/rec/a.wav'), 'uuid_record c1 start /rec/a.wav');
	t.is(recording('c1', 'mask', '/rec/a b.wav'), "uuid_record c1 mask '/rec/a b.wav'");
	t.is(entering('c1', 'kaden-r1', false), 'uuid_transfer c1 conference:kaden-r1@kaden+flags{mute|deaf},park inline');
	t.regex(entering('c1', 'kaden-r1', true), /^uuid_transfer c1 -both conference:/);
	t.is(memberChange('r', {member: 3, to: 5, do: 'nospeak'}), 'conference r relate 3 5 nospeak');
	t.is(memberChange('r', {member: 3, do: 'unmute'}), 'conference r unmute 3 quiet');
	t.is(sendingDtmf('c1', '19#', 100), 'uuid_send_dtmf c1 19#@100');
	t.is(sound({kind: 'file', path: '/p/beep.wav'}, '7', false), '{kaden=7}/p/beep.wav');
	t.is(sound({kind: 'file', path: '/p/a b.wav'}, '7', true), "'{kaden=7}/p/a b.wav'");
	t.is(sound({kind: 'tone', frequencyHz: 425, durationMs: 500}, '8', true), '{kaden=8}tone_stream://v=-9;%(500,0,425);loops=-1');
	t.is(keySounds('1D', 100, '9'), '{kaden=9}tone_stream://v=-10;%(100,100,697,1209);%(100,100,941,1633)');
	for (const bad of ['rel/a.wav', "/a'b.wav", '/a$x.wav', '/a\nb.wav', '/a"b', '/{x}/a.wav', '/a,b.wav', '/a;b.wav'])
		t.throws(() => path(bad), {instanceOf: NotSayable}, bad);
	for (const bad of ['', 'a b', 'a\n', 'x'.repeat(200), "a'"]) t.throws(() => uuid(bad), {instanceOf: NotSayable}, bad);
	for (const bad of ['', '1 2', 'x', '1'.repeat(200)]) t.throws(() => sendingDtmf('c', bad, 100), {instanceOf: NotSayable}, bad);
});

/** What FreeSWITCH makes of the changes: who hears whom in the conference. */
class Conference {
	readonly deafOrMute = new Map<number, Set<string>>();
	readonly silenced = new Set<string>();
	add(member: number): void {
		this.deafOrMute.set(member, new Set(['deaf', 'mute']));
	}
	remove(member: number): void {
		this.deafOrMute.delete(member);
		for (const pair of [...this.silenced]) if (pair.split('>').includes(String(member))) this.silenced.delete(pair);
	}
	tell(change: ReturnType<typeof settle>[number]): void {
		if ('to' in change) {
			const pair = `${change.member}>${change.to}`;
			if (change.do === 'nospeak') this.silenced.add(pair);
			else this.silenced.delete(pair);
		} else {
			this.deafOrMute.get(change.member)?.delete(change.do.replace(/^un/, ''));
		}
	}
	hears(listener: number, speaker: number): boolean {
		return (
			!this.deafOrMute.get(listener)?.has('deaf') &&
			!this.deafOrMute.get(speaker)?.has('mute') &&
			!this.silenced.has(`${speaker}>${listener}`)
		);
	}
}

test('in a room each hears exactly those who speak to it, whatever comes and goes, and at no moment more', t => {
	for (let seed = 1; seed <= 200; seed++) {
		const rng = seededRng(seed);
		const pick = (count: number): number => Math.floor(rng.next() * count);
		const conference = new Conference();
		let members: RoomMember[] = [];
		const audience = (): Audience => {
			const kind = pick(3);
			return kind === 0 ? 'all' : kind === 1 ? 'none' : new Set(Array.from({length: pick(4)}, () => `m${1 + pick(12)}`));
		};
		const matrix = (): boolean[] => members.flatMap(a => members.map(b => a !== b && conference.hears(a.member, b.member)));
		let last = 0;
		for (let step = 0; step < 30; step++) {
			const kind = pick(3);
			const before = new Map(members.map(member => [member.id, member.speaksTo]));
			if (kind === 0 && members.length < 8) {
				last++;
				conference.add(last);
				members.push({id: `m${last}`, member: last, speaksTo: audience(), fresh: true, unheardBy: new Set()});
			} else if (kind === 1 && members.length > 0) {
				members[pick(members.length)]!.speaksTo = audience();
			} else if (members.length > 0) {
				const [gone] = members.splice(pick(members.length), 1);
				conference.remove(gone!.member);
				forget(members, gone!);
			}
			const wanted = (): boolean[] => members.flatMap(a => members.map(b => a !== b && hears(b.speaksTo, a.id)));
			const allowed = members.flatMap(a =>
				members.map(b => a !== b && (hears(b.speaksTo, a.id) || hears(before.get(b.id) ?? 'none', a.id))),
			);
			for (const change of settle(members)) {
				conference.tell(change);
				for (const [index, heard] of matrix().entries()) if (heard) t.true(allowed[index], `seed ${seed}, step ${step}: overheard`);
			}
			t.deepEqual(matrix(), wanted(), `seed ${seed}, step ${step}`);
			t.deepEqual(settle(members), [], 'nothing is told twice');
			members = [...members];
		}
	}
});

test('the first packet and silence are found by looking, each told once', t => {
	const watch = newWatch(900, 0);
	negotiated(watch, true, 0);
	t.is(nextLookMs(watch), 100);
	t.is(counted(watch, 0, 100), undefined);
	t.is(nextLookMs(watch), 200);
	t.deepEqual(counted(watch, 5, 300), {type: 'mediaStarted'});
	t.is(nextLookMs(watch), 300, 'a third of the silence');
	t.is(counted(watch, 9, 600), undefined);
	t.is(counted(watch, 9, 1400), undefined);
	t.deepEqual(counted(watch, 9, 1500), {type: 'mediaLost', silentMs: 900});
	t.is(counted(watch, 9, 9000), undefined, 'once');
	t.is(counted(watch, 10, 9100), undefined, 'it is back');
	t.deepEqual(counted(watch, 10, 10_000), {type: 'mediaLost', silentMs: 900});
	negotiated(watch, false, 10_000);
	t.is(counted(watch, 10, 99_000), undefined, 'who holds may be silent');
	negotiated(watch, true, 99_000);
	t.deepEqual(counted(watch, 11, 99_100), {type: 'mediaStarted'}, 'again after each negotiation');
});
