import test from 'ava';
import type {Lang} from '../../src/tui/i18n/index.js';
import {Desk, golden, keys} from './support/console.js';
import {startMs} from './support/service.js';

for (const lang of ['ja', 'en'] satisfies Lang[]) {
	for (const size of [
		{columns: 80, rows: 24},
		{columns: 120, rows: 40},
	]) {
		test(`screens of messages and recordings, ${lang} ${size.columns}x${size.rows}`, async t => {
			const desk = await Desk.working({...size, lang});
			desk.service.push({counters: {waiting: 0, abandonedToday: 0, recallsDue: 0, voicemails: 2}});
			await desk.press(keys.f10);
			await golden(t, desk, 'menu-voicemails');
			await desk.press('v');
			await golden(t, desk, 'voicemails');
			await desk.press(keys.enter);
			await golden(t, desk, 'voicemail-plays');
			await desk.press(keys.escape);
			const called = await Desk.inCall({...size, lang});
			await called.press(keys.f4, keys.f10, 's');
			await golden(t, called, 'recordings');
		});
	}
}

const asked = (desk: Desk, from = 0) => desk.service.requests.slice(from).map(({type}) => type);

test('a message is played on this machine, paused, and moved in; Esc ends it', async t => {
	const desk = await Desk.working();
	await desk.press(keys.f10, 'v', keys.enter);
	t.like(desk.service.requests.at(-1), {type: 'openAudio', of: {voicemailId: 'v1'}, how: 'play'});
	const [player] = desk.players;
	await desk.press(' ');
	t.is(desk.console.state.sound?.state, 'paused');
	await desk.press(' ', keys.right, keys.left, keys.enter);
	t.deepEqual(player!.asked, ['toggle', 'toggle', 'jump 10000', 'jump -10000', 'toggle']);
	await desk.press(keys.down, keys.enter);
	t.is(desk.players.length, 2, 'another one takes its place');
	t.is(player!.asked.at(-1), 'stop');
	await desk.press(keys.escape);
	t.is(desk.players[1]!.asked.at(-1), 'stop');
	t.is(desk.console.state.sound, null);
	t.is(desk.console.state.panel, null);
});

test('a call that comes silences it at once', async t => {
	const desk = await Desk.working();
	await desk.press(keys.f10, 'v', keys.enter);
	desk.service.pushCall();
	await desk.idle();
	t.is(desk.players[0]!.asked.at(-1), 'stop');
	t.is(desk.console.state.sound, null);
});

test('the position goes on with the clock', async t => {
	const desk = await Desk.working();
	await desk.press(keys.f10, 'v', keys.enter);
	desk.players[0]!.view = {...desk.players[0]!.view, positionMs: 7_000};
	desk.advance(1_000);
	t.is(desk.console.state.sound?.positionMs, 7_000);
	t.regex(await desk.text(), /0:07\/0:42/);
});

test('without a program to play it the operator is told about the phone, and p plays it there and stops it', async t => {
	const desk = await Desk.working({noPlayer: true});
	await desk.press(keys.f10, 'v', keys.enter);
	t.regex(await desk.text(), /再生するプログラムがありません。p で電話機に/);
	await desk.press('p');
	t.like(desk.service.requests.at(-1), {type: 'playRecording', of: {voicemailId: 'v1'}});
	desk.service.push({status: {...desk.service.view!.status, listening: {sinceMs: startMs, voicemailId: 'v1'}}});
	await desk.idle();
	t.regex(await desk.text(), /電話機で再生中/);
	await desk.press('p');
	t.is(desk.service.requests.at(-1)!.type, 'stopRecordingPlay');
});

test('F5 calls back whoever left the message, with the customer; a withheld number cannot be called', async t => {
	const desk = await Desk.working();
	await desk.press(keys.f10, 'v', keys.down, keys.f5);
	t.false(asked(desk).includes('dial'));
	await desk.press(keys.up, keys.f5);
	t.like(desk.service.requests.at(-1), {type: 'dial', number: '09011112222', customerId: 'k7'});
	t.is(desk.console.state.panel, null);
});

test('heard and new again; only supervisors delete, with a second press', async t => {
	const desk = await Desk.working();
	await desk.press(keys.f10, 'v', 'u');
	t.like(desk.service.requests.at(-2), {type: 'markVoicemail', voicemailId: 'v1', heard: true});
	t.is(desk.service.requests.at(-1)!.type, 'listVoicemails');
	await desk.press('u');
	t.like(desk.service.requests.at(-2), {type: 'markVoicemail', heard: false});
	await desk.press('d', 'd');
	t.regex(await desk.text(), /スーパーバイザーだけができます/);
	desk.service.push({operator: {...desk.service.view!.operator, role: 'supervisor'}});
	await desk.press('d');
	t.regex(await desk.text(), /もう一度 d を押すと/);
	t.false(asked(desk).includes('deleteVoicemail'));
	await desk.press('d');
	t.true(asked(desk).includes('deleteVoicemail'));
	t.is(desk.service.voicemails.length, 1);
});

test('the open list follows what happens to the messages', async t => {
	const desk = await Desk.working();
	await desk.press(keys.f10, 'v');
	const before = desk.service.requests.length;
	desk.service.push({counters: {...desk.service.view!.counters, voicemails: 3}});
	await desk.idle();
	t.deepEqual(asked(desk, before), ['listVoicemails']);
});

test('recordings are those of the customer on the screen', async t => {
	const desk = await Desk.working();
	await desk.press(keys.f10, 's');
	t.false(asked(desk).includes('listRecordings'), 'there is no customer');
	desk.service.pushCall();
	await desk.press(keys.escape, keys.f4, keys.f10, 's');
	t.like(desk.service.requests.at(-1), {type: 'listRecordings', customer: desk.service.view!.customer!.customerId});
	await desk.press(keys.enter);
	t.like(desk.service.requests.at(-1), {type: 'openAudio', of: {callId: 'c9'}});
});
