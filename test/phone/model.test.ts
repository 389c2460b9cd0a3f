import test from 'ava';
import {
	type Command,
	dialled,
	heardCall,
	initialPhone,
	type PhoneEffect,
	type PhoneEvent,
	type PhoneState,
	phoneStep,
} from '../../src/phone/model.js';
import {answerAfterS, callerOf} from '../../src/sip/phone/asked.js';
import {commandOf} from '../../src/tui/phone/lines.js';
import {phoneSay} from '../../src/tui/phone/texts.js';

const rules = {answerAll: false, answerAsked: true};

/** A telephone that is told things; it remembers what it was to do. */
class Told {
	state: PhoneState = initialPhone('1001@kaden');
	effects: PhoneEffect[] = [];
	constructor(private readonly how = rules) {}
	take(event: PhoneEvent): this {
		const {state, effects} = phoneStep(this.state, event, 1000, this.how);
		this.state = state;
		this.effects = effects;
		return this;
	}
	do(command: Command): this {
		return this.take({type: 'command', command});
	}
	/** Two calls of which the first is talked on. */
	talking(id = 1): this {
		return this.take({type: 'arrived', id, number: '0312345678', name: '山田'}).take({type: 'up', id});
	}
	get states(): string[] {
		return this.state.calls.map(call => call.state);
	}
	get said(): string {
		return this.state.said?.key ?? '';
	}
}

test('a call in: it rings, is answered, ends; who it was is said', t => {
	const phone = new Told().take({type: 'registered', registered: true, reason: ''});
	t.is(phone.said, 'registered');
	phone.take({type: 'arrived', id: 1, number: '0312345678', name: '山田'});
	t.deepEqual([phone.states, phone.effects, phone.said], [['offered'], [], 'incoming']);
	phone.do({do: 'answer'});
	t.deepEqual(phone.effects, [{effect: 'answer', id: 1}]);
	phone.take({type: 'up', id: 1});
	t.is(heardCall(phone.state)?.id, 1);
	phone.do({do: 'hangUp'});
	t.deepEqual(phone.effects, [{effect: 'hangUp', id: 1}]);
	phone.take({type: 'over', id: 1, by: 'us'});
	t.deepEqual([phone.states, phone.said], [[], 'over']);
	t.is(phoneSay('ja', 'incoming', {number: '山田 0312345678'}), '着信：山田 0312345678');
});

test('answering by itself: as asked, after the time asked for, for all, or never; never into another call', t => {
	const arrived: PhoneEvent = {type: 'arrived', id: 1, number: '100', answerAfterS: 0};
	t.deepEqual(new Told().take(arrived).effects, [{effect: 'answer', id: 1}]);
	t.deepEqual(new Told().take({...arrived, answerAfterS: 3}).effects, [{effect: 'answerLater', id: 1, afterMs: 3000}]);
	t.deepEqual(new Told().take({type: 'arrived', id: 1, number: '100'}).effects, []);
	t.deepEqual(new Told({answerAll: true, answerAsked: true}).take({type: 'arrived', id: 1, number: '100'}).effects, [
		{effect: 'answer', id: 1},
	]);
	t.deepEqual(new Told({answerAll: false, answerAsked: false}).take(arrived).effects, []);
	t.deepEqual(new Told().talking(2).take(arrived).effects, []);
	// What makes other makers' phones, and ours, pick up.
	const of = (headers: Record<string, string>) => answerAfterS({get: name => headers[name]});
	t.is(of({'call-info': '<sip:localhost>;answer-after=0'}), 0);
	t.is(of({'alert-info': '<http://localhost>;info=alert-autoanswer;delay=2'}), 2);
	t.is(of({'answer-mode': 'Auto'}), 0);
	t.is(of({'answer-mode': 'Manual', 'alert-info': '<http://x>;info=ring'}), undefined);
});

test('one is talked to at a time: the other is put on hold first, and when that is refused nothing else happens', t => {
	const phone = new Told().talking().take({type: 'arrived', id: 2, number: '1002'});
	phone.do({do: 'answer'});
	t.deepEqual([phone.states, phone.effects], [['holding', 'offered'], [{effect: 'hold', id: 1, held: true}]]);
	phone.take({type: 'holdDone', id: 1, held: true});
	t.deepEqual([phone.states, phone.effects], [['held', 'offered'], [{effect: 'answer', id: 2}]]);
	phone.take({type: 'up', id: 2}).do({do: 'hold'});
	phone.take({type: 'holdDone', id: 2, held: true});
	t.deepEqual(phone.states, ['held', 'held']);
	phone.do({do: 'hold'});
	t.deepEqual([phone.states, phone.effects], [['held', 'resuming'], [{effect: 'hold', id: 2, held: false}]]);
	phone.take({type: 'holdDone', id: 2, held: false});
	t.is(heardCall(phone.state)?.id, 2);

	const refused = new Told().talking().do({do: 'dial', to: '1003'}).take({type: 'holdDone', id: 1, held: true, refused: '488'});
	t.deepEqual([refused.states, refused.effects, refused.said, refused.state.next], [['talking'], [], 'holdRefused', undefined]);
	// It hung up while it was being put on hold: the way is free.
	const gone = new Told().talking().do({do: 'dial', to: '1003'}).take({type: 'over', id: 1, by: 'far'});
	t.deepEqual(gone.effects, [{effect: 'dial', to: '1003'}]);
});

test('dialling: what people write as a number, what is none, and why a call did not come through', t => {
	t.is(dialled('03-1234-5678'), '0312345678');
	t.is(dialled('０３（１２３４）５６７８'.replace(/[（）]/g, '-')), '0312345678');
	t.is(dialled('sip:alice@example.com'), 'sip:alice@example.com');
	t.is(dialled('alice@example.com'), undefined);
	t.is(dialled('"; rm'), undefined);
	const phone = new Told().do({do: 'dial', to: ' 1002 '});
	t.deepEqual(phone.effects, [{effect: 'dial', to: '1002'}]);
	phone.take({type: 'placed', id: 1, to: '1002'}).take({type: 'ringing', id: 1});
	t.deepEqual(phone.states, ['ringing']);
	phone.take({type: 'over', id: 1, by: 'far', status: 486, detail: 'Busy Here'});
	t.deepEqual([phone.said, phone.state.said?.values['reason']], ['refused', '486 Busy Here']);
	t.is(phone.do({do: 'dial', to: ''}).said, 'noNumber');
});

test('keys, mute, transfer: only where they mean something, and what came of them is said', t => {
	const phone = new Told();
	for (const command of [{do: 'answer'}, {do: 'hangUp'}, {do: 'hold'}, {do: 'dtmf', digits: '1'}, {do: 'transfer', to: '1'}] as Command[]) {
		t.deepEqual([phone.do(command).said, phone.effects], ['noCall', []]);
	}
	phone.talking().do({do: 'dtmf', digits: '12a#'});
	t.deepEqual(phone.effects, [{effect: 'dtmf', id: 1, digits: '12A#'}]);
	t.is(phone.state.calls[0]!.digits, '12A#');
	t.is(phone.do({do: 'dtmf', digits: '1x'}).said, 'badDigits');
	t.true(phone.do({do: 'mute'}).state.muted);
	t.false(phone.do({do: 'mute'}).state.muted);
	phone.do({do: 'transfer', to: '1002'});
	t.deepEqual(phone.effects, [{effect: 'transfer', id: 1, to: '1002'}]);
	t.is(phone.take({type: 'transferDone', id: 1, refused: '603 Decline'}).said, 'transferRefused');
	t.deepEqual(phone.states, ['talking']);
});

test('a sound program that dies leaves the calls alone, is said once, and its return is said', t => {
	const lost: PhoneEvent = {type: 'sound', side: 'microphone', program: '/usr/bin/parec', state: 'lost', reason: 'Connection refused'};
	const phone = new Told().talking().take(lost);
	t.deepEqual([phone.said, phone.states], ['soundLost', ['talking']]);
	const before = phone.state.said;
	t.is(phone.take(lost).state.said, before);
	t.is(phone.take({...lost, state: 'on'} as PhoneEvent).said, 'soundOn');
	t.regex(phoneSay('en', 'soundLost', {side: 'microphone', program: 'parec', reason: 'x'}), /microphone.*stays up/);
});

test('lines: words as commands, none that toggles where it says one thing', t => {
	const phone = new Told().talking();
	t.deepEqual(commandOf('call 03-1234', phone.state), {do: 'dial', to: '03-1234'});
	t.deepEqual(commandOf('hold', phone.state), {do: 'hold'});
	t.is(commandOf('resume', phone.state), 'status');
	phone.do({do: 'hold'}).take({type: 'holdDone', id: 1, held: true});
	t.is(commandOf('hold', phone.state), 'status');
	t.deepEqual(commandOf(' RESUME ', phone.state), {do: 'hold'});
	t.is(commandOf('unmute', phone.state), 'status');
	t.is(commandOf('dance', phone.state), undefined);
	t.is(commandOf('', phone.state), 'nothing');
});

test('who calls: number and name of a From header in all its forms', t => {
	t.deepEqual(callerOf('"山田 太郎" <sip:0312345678@kaden>;tag=1'), {number: '0312345678', name: '山田 太郎'});
	t.deepEqual(callerOf('Kaden <sip:kaden@localhost>'), {number: 'kaden', name: 'Kaden'});
	t.deepEqual(callerOf('<sip:anonymous@anonymous.invalid>'), {number: ''});
	t.deepEqual(callerOf('sip:1001@10.0.0.1;tag=x'), {number: '1001'});
});
