import test from 'ava';
import {tonesPcm} from '../../src/audio/tones.js';
import {Signals} from '../../src/tui/agent/signals.js';
import {Desk, keys} from './support/console.js';
import {startMs} from './support/service.js';
import {typeAhead} from './support/type-ahead.js';

const sent = (desk: Desk, type: string) => desk.service.requests.filter(request => request.type === type);

test('a letter is on its way to the service at once; one send at a time, the rest together behind it', async t => {
	const desk = await Desk.inCall();
	await desk.press('1');
	t.is(desk.service.draft?.record.reachedId, 'self', 'no time has passed');
	while (desk.focused().key !== 'record.text') await desk.press(keys.tab);
	desk.advance(1000);
	await desk.idle();
	const before = sent(desk, 'putDraft').length;
	desk.service.isSlow = true;
	for (const letter of 'あいうえお') {
		desk.tty.type(letter);
		desk.advance(100);
	}
	await new Promise(resolve => setImmediate(resolve));
	t.is(sent(desk, 'putDraft').length, before + 1, 'one is under way');
	desk.service.release();
	await desk.idle();
	t.is(sent(desk, 'putDraft').length, before + 2);
	t.is(desk.service.draft?.record.text, 'あいうえお');
});

test('a draft the service puts off is sent again', async t => {
	const desk = await Desk.inCall();
	desk.service.refusals.set('putDraft', {code: 'slowDown', message: 'too many requests', retryMs: 500});
	await desk.press('1');
	t.is(desk.service.draft, null);
	desk.advance(500);
	await desk.idle();
	t.is(desk.service.draft?.record.reachedId, 'self');
});

test('leaving sends what was typed while the last draft was on its way', async t => {
	const desk = await Desk.inCall();
	desk.service.isSlow = true;
	desk.tty.type('1');
	desk.tty.type('2');
	desk.tty.stdin.emit('end');
	desk.service.release();
	t.is(await desk.console.done, 0);
	t.is(desk.service.draft?.record.reachedId, 'family');
});

test('line and terminal gone together: what was typed in between is sent when the line is back, and only then it ends', async t => {
	const desk = await Desk.inCall();
	desk.service.setLine('offline');
	await desk.press('1');
	let isOver = false;
	void desk.console.done.then(() => (isOver = true));
	desk.tty.stdin.emit('end');
	desk.timers.advance(60_000);
	await new Promise(resolve => setImmediate(resolve));
	t.false(isOver);
	desk.service.setLine('online');
	t.is(await desk.console.done, 0);
	t.is(desk.service.draft?.record.reachedId, 'self');
});

test('twenty keys a second through popups, statuses and broken lines: every letter in its field, in order (a thousand in the soak)', async t => {
	const {typed, found, service, keys: pressed} = await typeAhead(80, 7);
	t.deepEqual(found, typed);
	t.deepEqual(service, typed);
	t.true(pressed >= 160);
});

test('how old the screen is: said as soon as the service keeps still, and clocks stop where it was last heard', async t => {
	const desk = await Desk.inCall();
	const {service} = desk;
	Object.assign(service, {heardMs: startMs + desk.timers.nowMs});
	desk.advance(11_000);
	t.regex((await desk.screen())[0]!, /● オンライン/);
	desk.advance(1_000);
	let top = (await desk.screen())[0]!;
	t.regex(top, /▲ 応答なし 情報 0:12前/);
	t.regex(top, /通話中（発信） 0:00/, 'time in the status as it was when the service was last heard');
	await desk.press(keys.f2);
	t.regex(await desk.text(), /サービスとつながっていない/, 'a key that needs the service says so');
	desk.advance(10_000);
	service.setLine('offline');
	desk.advance(20_000);
	top = (await desk.screen())[0]!;
	t.regex(top, /▲ 再接続中 情報 0:42前/, 'counted from the last sign of life, not from the end of the connection');
	Object.assign(service, {heardMs: startMs + desk.timers.nowMs});
	service.setLine('online');
	desk.advance(500);
	t.regex((await desk.screen())[0]!, /通話中（発信） 0:42.*● オンライン/);
});

test('signals: each kind once a second, by tones, by the bell where nothing plays, or not at all', async t => {
	const given: string[] = [];
	const signals = (mode: 'auto' | 'bell' | 'sound' | 'off', isHeard: boolean, environment = {}) =>
		new Signals({
			mode,
			environment,
			bell: () => given.push('bell'),
			play: async notes => {
				given.push(`tones ${notes[0]!.hz}`);
				return isHeard;
			},
		});
	const played = signals('auto', true);
	for (const kind of ['call', 'recall', 'message', 'error', 'saved'] as const) await played.give(kind);
	t.deepEqual(given.splice(0), ['tones 660', 'tones 784', 'tones 988', 'tones 220', 'tones 1320']);
	const silent = signals('sound', false);
	for (const kind of ['call', 'call', 'saved'] as const) await silent.give(kind);
	t.deepEqual(given.splice(0), ['tones 660', 'bell', 'bell'], 'a machine without a player is tried once');
	await signals('auto', true, {SSH_CONNECTION: 'a b'}).give('call');
	t.deepEqual(given.splice(0), ['bell'], 'over SSH the player is in another room');
	await signals('off', true).give('call');
	t.deepEqual(given, []);
	const pcm = tonesPcm([
		{hz: 500, ms: 100},
		{hz: 0, ms: 50},
	]);
	t.is(pcm.length, 2 * 16 * 150);
	const samples = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);
	t.is(samples.slice(16, 1584).filter((sample, at, all) => at > 0 && sample > 0 !== all[at - 1]! > 0).length > 90, true, '50 waves');
	t.true(samples.slice(1600).every(sample => sample === 0));
});
