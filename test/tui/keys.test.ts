import test from 'ava';
import {type Decoded, KeyDecoder} from '../../src/tui/tty/keys.js';
import {FakeTimers, seeded} from './support/terminal.js';

const name = (event: Decoded): string => {
	switch (event.type) {
		case 'text':
			return `"${event.text}"`;
		case 'paste':
			return `paste"${event.text}"`;
		case 'focus':
			return event.focused ? 'focus-in' : 'focus-out';
		case 'reply':
			return `reply-${event.kind}`;
		default: {
			const key = event.type === 'key' ? event.name : event.char;
			return `${event.ctrl ? 'C-' : ''}${event.alt ? 'A-' : ''}${event.shift ? 'S-' : ''}${key}`;
		}
	}
};

function decode(chunks: Array<string | Uint8Array>, prepare: (decoder: KeyDecoder) => void = () => {}): string[] {
	const timers = new FakeTimers();
	const events: string[] = [];
	const decoder = new KeyDecoder(
		event => {
			// Where a run of text is cut is nobody's business: neighbours are joined.
			if (event.type === 'text' && events.at(-1)?.startsWith('"')) events.push(`${events.pop()!.slice(0, -1)}${event.text}"`);
			else events.push(name(event));
		},
		(callback, delayMs) => timers.after(callback, delayMs),
	);
	prepare(decoder);
	for (const chunk of chunks) decoder.push(chunk);
	timers.advance(10_000);
	return events;
}

const table: Array<[bytes: string, keys: string]> = [
	['\x1bOP\x1bOQ\x1bOR\x1bOS', 'f1 f2 f3 f4'],
	['\x1b[11~\x1b[12~\x1b[13~\x1b[14~', 'f1 f2 f3 f4'],
	['\x1b[[A\x1b[[B\x1b[[C\x1b[[D\x1b[[E', 'f1 f2 f3 f4 f5'],
	['\x1b[15~\x1b[17~\x1b[18~\x1b[19~\x1b[20~\x1b[21~\x1b[23~\x1b[24~', 'f5 f6 f7 f8 f9 f10 f11 f12'],
	['\x1b[1;2P\x1b[1;5P\x1b[1;3Q\x1b[1;2R\x1b[1;6S', 'S-f1 C-f1 A-f2 S-f3 C-S-f4'],
	['\x1b[15;2~\x1b[24;5~\x1b[17;4~', 'S-f5 C-f12 A-S-f6'],
	['\x7f\x1b[3~\x08', 'backspace delete backspace'],
	['\x1b\x7f\x1b[3;5~', 'A-backspace C-delete'],
	['\r\n\t\x1b[Z', 'enter enter tab S-tab'],
	['\x1b[A\x1bOB\x1b[1;5C\x1b[1;2D', 'up down C-right S-left'],
	['\x1b[H\x1b[F\x1b[1~\x1b[4~\x1bOH\x1bOF\x1b[5~\x1b[6~\x1b[2~', 'home end home end home end pageup pagedown insert'],
	['\x01\x13\x1a\x1c\x1f\x00', 'C-a C-s C-z C-\\ C-_ C-space'],
	['\x1ba\x1bB\x1b\r\x1b山', 'A-a A-B A-enter A-山'],
	['\x1b', 'escape'],
	['\x1b\x1b', 'escape escape'],
	['\x1b[', 'A-['],
	['\x1bO', 'A-O'],
	['ab\x7f', '"ab" backspace'],
	['日本\r', '"日本" enter'],
	['山田花子', '"山田花子"'],
	['ab\tcd\x1b[15~e\r', '"ab" tab "cd" f5 "e" enter'],
	['\x1b[200~line 1\rline 2\x1b[A\x1b[201~x', 'paste"line 1\rline 2\x1b[A" "x"'],
	['\x1b[I\x1b[O', 'focus-in focus-out'],
	// kitty: Esc, Ctrl+S, Shift+Enter, Ctrl+Shift+A, release of F5, keypad 5 and Enter, a lone modifier, "é" with its text
	['\x1b[27u\x1b[115;5u\x1b[13;2u\x1b[97;6u', 'escape C-s S-enter C-S-a'],
	['\x1b[15;1:3~\x1b[57404u\x1b[57414u\x1b[57441u\x1b[101;2;201u', '"5" enter "É"'],
	['\x1b[57376u\x1b[13;1:1u', 'enter'],
	// xterm modifyOtherKeys
	['\x1b[27;5;105~', 'C-i'],
	// replies and what nobody asked for never become text
	['\x1b[?1u\x1b[?62;4c\x1b[>0;276;0c\x1b[?2026;2$y', 'reply-kitty reply-other reply-other reply-other'],
	['\x1b]11;rgb:0000/0000/0000\x07\x1bP1$r0m\x1b\\x', 'reply-other reply-other "x"'],
	['\x1b[24;80R', ''],
	['\x1b[<0;10;20M\x1b[<0;10;20mx', 'reply-other reply-other "x"'],
	['\x1b[99~\x1b[1;5z', ''],
];

for (const [bytes, keys] of table) {
	test(`decodes ${JSON.stringify(bytes)}`, t => {
		t.is(decode([bytes]).join(' '), keys);
		t.is(decode(Array.from(Buffer.from(bytes), byte => Uint8Array.of(byte))).join(' '), keys, 'byte by byte');
	});
}

test('a cursor report that was asked for is no F3', t => {
	t.deepEqual(
		decode(['\x1b[1;2R\x1b[1;2R'], decoder => decoder.expectCursorReports(1)),
		['reply-cursor', 'S-f3'],
	);
});

test('Esc needs no second key, and waits no longer than its limit', t => {
	const timers = new FakeTimers();
	const events: string[] = [];
	const decoder = new KeyDecoder(
		event => events.push(name(event)),
		(callback, delayMs) => timers.after(callback, delayMs),
	);
	decoder.push('\x1b');
	timers.advance(29);
	t.deepEqual(events, []);
	timers.advance(1);
	t.deepEqual(events, ['escape']);
	t.is(timers.pending, 0);
});

test('a sequence split by a slow line is still one key', t => {
	const timers = new FakeTimers();
	const events: string[] = [];
	const decoder = new KeyDecoder(
		event => events.push(name(event)),
		(callback, delayMs) => timers.after(callback, delayMs),
	);
	decoder.push('\x1b[1');
	timers.advance(200);
	decoder.push('5~');
	t.deepEqual(events, ['f5']);
});

test('where chunks are cut makes no difference (seeded)', t => {
	const random = seeded(20_260_701);
	const parts = table.map(([bytes]) => bytes).filter(bytes => !/\x1b(\[|O|\x1b)?$/.test(bytes));
	for (let round = 0; round < 300; round++) {
		let input = '';
		for (let count = 0; count < 6; count++) input += parts[Math.floor(random() * parts.length)]! + (random() < 0.3 ? 'ｶﾞ𠮷👨‍👩‍👧が' : '');
		const bytes = Buffer.from(input);
		const chunks: Uint8Array[] = [];
		for (let at = 0; at < bytes.length; ) {
			const size = 1 + Math.floor(random() * 9);
			chunks.push(bytes.subarray(at, at + size));
			at += size;
		}
		t.deepEqual(decode(chunks), decode([input]), `round ${round}: ${JSON.stringify(input)}`);
	}
});
