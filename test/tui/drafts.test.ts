import test from 'ava';
import {Desk, keys} from './support/console.js';

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
