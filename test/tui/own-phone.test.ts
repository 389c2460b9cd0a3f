import test from 'ava';
import {initialPhone, type PhoneEvent, type PhoneState, phoneStep} from '../../src/phone/model.js';
import type {SessionView} from '../../src/server/api/views.js';
import {OwnPhone} from '../../src/tui/agent/own-phone.js';
import {eventually} from '../support/limit.js';

/** A telephone without a line: it does what its machine says, and remembers it. */
function telephone() {
	const opened: string[] = [];
	const answered: number[] = [];
	let closed = 0;
	let onChange: (before: PhoneState, event: PhoneEvent) => void = () => {};
	const desk = {
		state: initialPhone('x'),
		take(event: PhoneEvent) {
			const before = desk.state;
			const {state, effects} = phoneStep(before, event, 0, {answerAll: false, answerAsked: true});
			desk.state = state;
			onChange(before, event);
			for (const effect of effects) if (effect.effect === 'answer') answered.push(effect.id);
		},
		close: async () => void closed++,
	};
	const open = async (extension: string, listener: typeof onChange) => {
		opened.push(extension);
		onChange = listener;
		return desk;
	};
	return {
		desk,
		open,
		opened,
		answered,
		get closed() {
			return closed;
		},
	};
}

const view = (use: 'phone' | 'both' | 'toolbar', status: string, extension = '1001') =>
	({operator: {use, extension}, status: {status}}) as unknown as SessionView;

test('the telephone is opened where the use setting wants it, for the extension of the login, and closed with the session', async t => {
	const line = telephone();
	const own = new OwnPhone({open: line.open, when: 'auto', lang: 'en', tell: () => {}});
	own.seen(view('phone', 'wrapUp'));
	own.seen(view('toolbar', 'wrapUp'));
	own.seen(undefined);
	own.seen(view('both', 'wrapUp'));
	own.seen(view('both', 'ready'));
	await eventually('it to open', () => line.opened.length === 1);
	own.seen(view('both', 'wrapUp', '1002'));
	await eventually('it to move', () => line.opened.length === 2);
	t.deepEqual(line.opened, ['1001', '1002']);
	await own.close();
	t.is(line.closed, 2);
	const asked = new OwnPhone({open: line.open, when: 'asked', lang: 'ja', tell: () => {}});
	t.regex(asked.refuses(view('toolbar', 'wrapUp')) ?? '', /ツールバー/);
	t.is(asked.refuses(view('phone', 'wrapUp')), undefined);
});

test('what rings waits for 通話; what the operator has dialled is answered; what asks for it answers itself; trouble is told', async t => {
	const line = telephone();
	const told: string[] = [];
	const own = new OwnPhone({open: line.open, when: 'asked', lang: 'en', tell: text => told.push(text)});
	own.seen(view('phone', 'ready'));
	await eventually('it to open', () => line.opened.length === 1);
	await Promise.resolve();
	t.false(own.answer());
	own.seen(view('phone', 'ringing'));
	line.desk.take({type: 'arrived', id: 1, number: '03'});
	t.deepEqual(line.answered, []);
	t.true(own.answer());
	t.deepEqual(line.answered, [1]);
	line.desk.take({type: 'up', id: 1});
	line.desk.take({type: 'over', id: 1, by: 'far'});
	// The INVITE and the status come on two ways: either may be first.
	line.desk.take({type: 'arrived', id: 2, number: '03'});
	own.seen(view('phone', 'dialling'));
	t.deepEqual(line.answered, [1, 2]);
	line.desk.take({type: 'over', id: 2, by: 'far'});
	line.desk.take({type: 'arrived', id: 3, number: '03'});
	t.deepEqual(line.answered, [1, 2, 3]);
	line.desk.take({type: 'sound', side: 'microphone', program: 'parec', state: 'lost', reason: 'gone'});
	t.regex(told.at(-1) ?? '', /microphone.*gone/);
	const failing = new OwnPhone({
		open: async () => Promise.reject(new Error('no port')),
		when: 'asked',
		lang: 'en',
		tell: text => told.push(text),
	});
	failing.seen(view('phone', 'ready'));
	await eventually('the failure', () => told.some(text => text.includes('no port')));
});
