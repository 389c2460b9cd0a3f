import test from 'ava';
import {infoDigit, sendsAudio} from '../../src/sip/application/far-side.js';
import {bestRefusal} from '../../src/sip/application/fork.js';
import {newInbound, stepInbound} from '../../src/sip/application/inbound-machine.js';
import {failureOf} from '../../src/sip/application/leg-failure.js';
import {type LegEffect, type LegInput, newLeg, stepLeg} from '../../src/sip/application/leg-machine.js';
import {parseSdp} from '../../src/sip/media/sdp.js';

function inBrief(effect: LegEffect): string {
	if (effect.do === 'reportFailed') return `failed ${effect.failure}${effect.sipStatus ? ` ${effect.sipStatus}` : ''}`;
	if (effect.do === 'reportEnded') return `ended ${effect.by}`;
	return effect.do === 'agree' ? `agree ${effect.sdp}` : effect.do;
}

/** Runs inputs through one leg and tells the effects in brief. */
function live(...inputs: LegInput[]): string[] {
	const leg = newLeg();
	return inputs.flatMap(input => stepLeg(leg, input).map(inBrief));
}

const ready: LegInput = {type: 'offerReady'};
const ringing: LegInput = {type: 'progress', status: 180, sdp: ''};
const accepted: LegInput = {type: 'accepted', sdp: 'v=0'};
const agreed: LegInput = {type: 'mediaAgreed'};
const hangUp: LegInput = {type: 'hangUp'};
const bye: LegInput = {type: 'bye', network: false, detail: ''};
const refused = (status: number, synthetic = false): LegInput => ({type: 'refused', status, reason: '', synthetic});
const dialled = ['invite', 'startRingTimer'];
const answered = [...dialled, 'reportRinging', 'stopRingTimer', 'agree v=0', 'reportAnswered'];

test('a call that is answered and hung up by either side', t => {
	t.deepEqual(live(ready, ringing, ringing, accepted, agreed, bye), [...answered, 'stopRingTimer', 'ended far', 'freeMedia']);
	t.deepEqual(live(ready, ringing, accepted, agreed, hangUp), [...answered, 'stopRingTimer', 'bye', 'ended us', 'freeMedia']);
	t.deepEqual(live(ready, ringing, accepted, agreed, {type: 'lost', detail: 'x'}), [
		...answered,
		'stopRingTimer',
		'bye',
		'ended network',
		'freeMedia',
	]);
	t.deepEqual(live(ready, ringing, accepted, agreed, {type: 'bye', network: true, detail: 'x'}).at(-2), 'ended network');
});

test('a refusal ends the leg, and nothing after it counts', t => {
	t.deepEqual(live(ready, refused(486), bye, hangUp, agreed), [...dialled, 'stopRingTimer', 'failed busy 486', 'freeMedia']);
});

test('no answer: CANCEL, and the leg fails with the 487 or when patience is over', t => {
	const cancelled = [...dialled, 'reportRinging', 'stopRingTimer', 'cancel', 'startPatience', 'stopRingTimer'];
	t.deepEqual(live(ready, ringing, {type: 'ringTimeUp'}, refused(487)), [...cancelled, 'failed noAnswer 487', 'freeMedia']);
	t.deepEqual(live(ready, ringing, {type: 'ringTimeUp'}, {type: 'patienceUp'}), [...cancelled, 'failed noAnswer', 'freeMedia']);
	t.deepEqual(live(ready, ringing, {type: 'ringTimeUp'}, refused(486)), [...cancelled, 'failed busy 486', 'freeMedia']);
	t.deepEqual(live(ready, ringing, hangUp, refused(487)).at(-2), 'failed cancelled 487');
});

test('a 200 that crosses the CANCEL is an answer, and hung up on by whoever hears of it; after the leg was given up, at once', t => {
	const answered = ['startPatience', 'stopRingTimer', 'agree', 'reportAnswered', 'stopRingTimer', 'bye', 'ended us', 'freeMedia'];
	t.deepEqual(
		live(ready, hangUp, accepted, {type: 'patienceUp'}, agreed, hangUp)
			.slice(-8)
			.map(each => each.replace(/^agree .*/, 'agree')),
		answered,
	);
	t.deepEqual(live(ready, hangUp, {type: 'patienceUp'}, accepted).slice(-2), ['freeMedia', 'bye']);
});

test('an answer without a usable SDP: taken from the 183, or the call is over', t => {
	t.deepEqual(live(ready, {type: 'progress', status: 183, sdp: 'early'}, {type: 'accepted', sdp: ''}).at(-1), 'agree early');
	t.deepEqual(live(ready, {type: 'accepted', sdp: ''}).slice(-3), ['bye', 'failed incompatible 200', 'freeMedia']);
	t.deepEqual(live(ready, accepted, {type: 'mediaRefused', failure: 'incompatible', detail: ''}).slice(-3), [
		'bye',
		'failed incompatible 200',
		'freeMedia',
	]);
});

test('hung up at each early moment', t => {
	t.deepEqual(live(hangUp), ['stopRingTimer', 'failed cancelled', 'freeMedia']);
	t.deepEqual(live({type: 'mediaFailed', failure: 'congestion', detail: 'no port'}), ['stopRingTimer', 'failed congestion', 'freeMedia']);
	t.deepEqual(live(ready, accepted, hangUp, agreed, hangUp).slice(-5), ['reportAnswered', 'stopRingTimer', 'bye', 'ended us', 'freeMedia']);
	t.deepEqual(live(ready, accepted, bye).slice(-3), ['reportAnswered', 'ended far', 'freeMedia'], 'it was answered, however briefly');
	t.deepEqual(live(ready, {type: 'notSent', detail: ''}).slice(-2), ['failed error', 'freeMedia']);
});

test('every end frees the media exactly once and reports exactly one end, whatever comes in whatever order', t => {
	const inputs: LegInput[] = [
		ready,
		ringing,
		accepted,
		agreed,
		hangUp,
		bye,
		refused(503),
		{type: 'ringTimeUp'},
		{type: 'patienceUp'},
		{type: 'lost', detail: ''},
		{type: 'mediaRefused', failure: 'error', detail: ''},
	];
	let seed = 1;
	const chance = (n: number): number => {
		seed = (seed * 48_271) % 2_147_483_647;
		return seed % n;
	};
	let broken = 0;
	for (let round = 0; round < 5000; round++) {
		const told = live(...Array.from({length: 12}, () => inputs[chance(inputs.length)]!));
		const ends = told.filter(effect => /^(failed|ended)/.test(effect)).length;
		const frees = told.filter(effect => effect === 'freeMedia').length;
		if (ends > 1 || ends !== frees) broken++;
	}
	t.is(broken, 0);
});

test('statuses map to what the dialler needs to know', t => {
	const of = (status: number, rang = false, synthetic = false): string => failureOf({status, reason: '', rang, synthetic});
	t.deepEqual(
		[486, 600].map(s => of(s)),
		['busy', 'busy'],
	);
	t.deepEqual(
		[404, 410, 484, 604].map(s => of(s)),
		['invalidNumber', 'invalidNumber', 'invalidNumber', 'invalidNumber'],
	);
	t.deepEqual(
		[403, 603, 401, 407].map(s => of(s)),
		['declined', 'declined', 'declined', 'declined'],
	);
	t.deepEqual(
		[500, 502, 503, 504].map(s => of(s)),
		['congestion', 'congestion', 'congestion', 'congestion'],
	);
	t.deepEqual(
		[of(408), of(408, true), of(480), of(408, false, true), of(503, false, true)],
		['unreachable', 'noAnswer', 'noAnswer', 'unreachable', 'unreachable'],
	);
	t.deepEqual([of(488), of(606), of(302), of(487), of(487, true)], ['incompatible', 'incompatible', 'error', 'error', 'noAnswer']);
});

test('of several refusals the most telling is told', t => {
	const r = (status: number, synthetic = false) => ({status, reason: '', synthetic});
	t.is(bestRefusal([r(503), r(486)])?.status, 486);
	t.is(bestRefusal([r(408, true), r(503)])?.status, 503);
	t.is(bestRefusal([r(404), r(603)])?.status, 603);
	t.is(bestRefusal([]), undefined);
});

test('hold in an SDP and keys in an INFO', t => {
	const audio = (lines: string, port = 4000): string => `v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio ${port} RTP/AVP 0\r\n${lines}`;
	t.true(sendsAudio(audio('a=sendrecv\r\n')));
	t.true(sendsAudio(audio('')));
	t.true(sendsAudio(audio('a=sendonly\r\n')), 'hold with music: audio still comes');
	t.false(sendsAudio(audio('a=inactive\r\n')));
	t.false(sendsAudio(audio('a=recvonly\r\n')));
	t.false(sendsAudio(audio('c=IN IP4 0.0.0.0\r\n')));
	t.false(sendsAudio(audio('', 0)));
	t.true(sendsAudio(audio('a=sendrecv\r\nm=video 0 RTP/AVP 96\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\n')), 'only the video is held');
	t.is(infoDigit('application/dtmf-relay', 'Signal= 5\r\nDuration=160\r\n'), '5');
	t.is(infoDigit('application/dtmf', '#'), '#');
	t.is(infoDigit('application/dtmf-relay', 'Signal=77'), undefined);
	t.is(infoDigit('text/plain', '5'), undefined);
	// So long that a search in the square of it would never end.
	t.is(infoDigit('application/dtmf-relay', `${'\n'.repeat(2_000_000)}x`), undefined);
});

test('an audio line that is switched off gives way to one that is on', t => {
	const sdp = parseSdp(
		'v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 0 RTP/AVP 96\r\na=rtpmap:96 PCMA/8000\r\na=inactive\r\nm=audio 4002 RTP/AVP 96\r\na=rtpmap:96 PCMU/8000\r\nm=audio 4004 RTP/AVP 0\r\n',
	)!;
	t.like(sdp, {port: 4002, direction: 'sendrecv', held: false});
	t.deepEqual(
		sdp.codecs.map(({name}) => name),
		['PCMU'],
	);
	t.deepEqual(
		sdp.mediaLines.map(({audio}) => audio),
		[false, true, false],
	);
	t.true(parseSdp('v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 0 RTP/AVP 0\r\nm=audio 0 RTP/AVP 8\r\n')!.held);
});

/** The same for a leg that came in. */
function liveIn(late: boolean, ...inputs: LegInput[]): string[] {
	const leg = newInbound(late);
	return inputs.flatMap(input => stepInbound(leg, input).map(inBrief));
}

const answer: LegInput = {type: 'answer'};
const gone: LegInput = {type: 'callerGone'};
const reject: LegInput = {type: 'reject', status: 486};
const taken = ['stopRingTimer', 'take', 'accept'];

test('an inbound call that is answered, with the caller’s offer or with ours', t => {
	t.deepEqual(liveIn(false, {type: 'ring'}, answer, ready, accepted), ['ring', ...taken, 'reportAnswered']);
	t.deepEqual(liveIn(true, answer, ready, accepted), taken, 'not before the ACK has brought the answer');
	t.deepEqual(liveIn(true, answer, ready, accepted, agreed), [...taken, 'reportAnswered']);
	const late = [...taken, 'stopRingTimer', 'bye', 'failed incompatible 200', 'freeMedia'];
	t.deepEqual(liveIn(true, answer, ready, accepted, {type: 'mediaRefused', failure: 'incompatible', detail: ''}), late);
	t.deepEqual(liveIn(true, answer, ready, accepted, bye).at(-2), 'failed cancelled 200');
});

test('an inbound call that nobody takes, that is rejected, or whose caller gives up, at each moment', t => {
	const ended = (...told: string[]): string[] => ['stopRingTimer', ...told, 'freeMedia'];
	t.deepEqual(liveIn(false, {type: 'ringTimeUp'}, answer), ended('refuse', 'failed noAnswer 480'));
	t.deepEqual(liveIn(false, reject, gone, answer), ended('refuse', 'failed cancelled 486'));
	t.deepEqual(liveIn(false, gone, answer), ended('failed cancelled 487'));
	t.deepEqual(liveIn(false, answer, gone, ready), ['stopRingTimer', 'take', ...ended('failed cancelled 487')]);
	t.deepEqual(liveIn(false, answer, ready, gone, accepted), [...taken, ...ended('failed cancelled 487'), 'bye']);
	t.deepEqual(liveIn(false, answer, ready, hangUp, accepted), [...taken, ...ended('failed cancelled'), 'bye']);
	t.deepEqual(liveIn(false, answer, ready, {type: 'notSent', detail: ''}), [...taken, ...ended('refuse', 'failed error')]);
	t.deepEqual(liveIn(false, answer, {type: 'mediaFailed', failure: 'incompatible', detail: ''}).at(-2), 'failed incompatible 488');
	t.deepEqual(liveIn(false, answer, {type: 'mediaFailed', failure: 'congestion', detail: ''}).at(-2), 'failed congestion 503');
});

test('whatever comes to an inbound leg in whatever order: one end, the media freed with it, an answered call hung up', t => {
	const inputs: LegInput[] = [
		{type: 'ring'},
		answer,
		ready,
		accepted,
		agreed,
		hangUp,
		bye,
		reject,
		gone,
		{type: 'ringTimeUp'},
		{type: 'lost', detail: ''},
		{type: 'notSent', detail: ''},
		{type: 'mediaFailed', failure: 'error', detail: ''},
		{type: 'mediaRefused', failure: 'error', detail: ''},
	];
	let seed = 1;
	const chance = (n: number): number => {
		seed = (seed * 48_271) % 2_147_483_647;
		return seed % n;
	};
	const broken: string[] = [];
	for (let round = 0; round < 5000; round++) {
		const told = liveIn(round % 2 === 0, ...Array.from({length: 12}, () => inputs[chance(inputs.length)]!));
		const count = (pattern: RegExp): number => told.filter(effect => pattern.test(effect)).length;
		const ends = count(/^(failed|ended)/);
		const answers = count(/^reportAnswered/);
		if (
			ends > 1 ||
			ends !== count(/^freeMedia/) ||
			answers > 1 ||
			(count(/^ended/) > 0 && answers === 0) ||
			(count(/^refuse/) > 0 && answers > 0)
		)
			broken.push(told.join(' '));
	}
	t.deepEqual(broken, []);
});
