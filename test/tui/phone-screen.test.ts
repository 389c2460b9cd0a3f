import test from 'ava';
import type {DeskLevels} from '../../src/phone/desk.js';
import {initialPhone, type PhoneEffect, type PhoneEvent, phoneStep} from '../../src/phone/model.js';
import {PhoneScreen} from '../../src/tui/phone/screen.js';
import {colourTheme} from '../../src/tui/theme.js';
import {keys} from './support/console.js';
import {FakeTimers, FakeTty} from './support/terminal.js';

/** The screen on a terminal of the test, in front of a telephone that only remembers what it was to do. */
function screen(lang: 'ja' | 'en') {
	const tty = new FakeTty(80, 16);
	const timers = new FakeTimers();
	const did: PhoneEffect[] = [];
	const silence: DeskLevels = {mic: 0, far: 0, figures: undefined};
	const desk = {
		state: initialPhone('1001@kaden'),
		nowMs: 0,
		levels: () => silence,
		take(event: PhoneEvent) {
			const {state, effects} = phoneStep(desk.state, event, 0, {answerAll: false, answerAsked: true});
			desk.state = state;
			did.push(...effects);
			shown.draw();
		},
	};
	const shown = new PhoneScreen({
		lang,
		stdin: tty.stdin,
		stdout: tty.stdout,
		timers,
		theme: colourTheme,
		ambiguous: 1,
		ownsProcess: false,
		onEnd: () => {},
	});
	shown.start(desk);
	const press = async (...chunks: string[]): Promise<void> => {
		for (const chunk of chunks) {
			tty.type(chunk);
			if (chunk === keys.escape) timers.advance(30);
			await shown.idle();
		}
	};
	const text = async (): Promise<string> => {
		await shown.idle();
		return (await tty.shown()).join('\n');
	};
	return {desk, did, press, text, stop: () => shown.stop()};
}

test('a call by keys alone: answered, keys pressed, muted, held, transferred, hung up; a number dialled', async t => {
	const {desk, did, press, text, stop} = screen('ja');
	desk.take({type: 'registered', registered: true, reason: ''});
	desk.take({type: 'arrived', id: 1, number: '0312345678', name: '山田 花子'});
	t.regex(await text(), /山田 花子 0312345678\s+着信中/);
	await press(keys.enter);
	t.deepEqual(did.splice(0), [{effect: 'answer', id: 1}]);
	desk.take({type: 'up', id: 1});
	await press('d', '12', '#');
	t.deepEqual(did.splice(0), [
		{effect: 'dtmf', id: 1, digits: '12'},
		{effect: 'dtmf', id: 1, digits: '#'},
	]);
	t.regex(await text(), /キー 12#/);
	await press(keys.escape, 'm');
	t.regex(await text(), /通話中.*ミュート/);
	await press('m', 'h');
	t.deepEqual(did.splice(0), [{effect: 'hold', id: 1, held: true}]);
	desk.take({type: 'holdDone', id: 1, held: true});
	t.regex(await text(), /保留中/);
	await press('t', '1002', keys.enter);
	t.deepEqual(did.splice(0), [{effect: 'transfer', id: 1, to: '1002'}]);
	await press(keys.escape);
	t.deepEqual(did.splice(0), [{effect: 'hangUp', id: 1}]);
	desk.take({type: 'over', id: 1, by: 'us'});
	await press('03-1234', '\x7f', '5', keys.enter);
	t.deepEqual(did.splice(0), [{effect: 'dial', to: '031235'}]);
	await press('q');
	t.deepEqual(did.splice(0), [{effect: 'quit'}]);
	stop();
});
