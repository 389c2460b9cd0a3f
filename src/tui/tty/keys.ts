/**
 * Decodes what a terminal sends into keys. Bytes arrive in chunks that respect nothing: several keys in one, one key or
 * one character in several. A sequence this decoder does not know is swallowed: it must never become text in a field.
 */
import {alternateKeys, controlKeys, csiLetters, kittyKeypad, kittyKeys, linuxConsole, ss3Letters, tildeKeys} from './key-codes.js';

export type NamedKey =
	| 'f1'
	| 'f2'
	| 'f3'
	| 'f4'
	| 'f5'
	| 'f6'
	| 'f7'
	| 'f8'
	| 'f9'
	| 'f10'
	| 'f11'
	| 'f12'
	| 'enter'
	| 'tab'
	| 'escape'
	| 'backspace'
	| 'delete'
	| 'insert'
	| 'space'
	| 'up'
	| 'down'
	| 'left'
	| 'right'
	| 'home'
	| 'end'
	| 'pageup'
	| 'pagedown';

export type Modifiers = {ctrl: boolean; alt: boolean; shift: boolean};

/** What a person did. `char` is a character with Ctrl or Alt (always lower case for Ctrl); plain characters are `text`. */
export type KeyEvent =
	| {type: 'text'; text: string}
	| {type: 'paste'; text: string}
	| ({type: 'key'; name: NamedKey} & Modifiers)
	| ({type: 'char'; char: string} & Modifiers)
	| {type: 'focus'; focused: boolean};

/** What the terminal answered to our questions; for the driver, never for a screen. */
export type TerminalReply =
	| {type: 'reply'; kind: 'cursor'; row: number; column: number}
	| {type: 'reply'; kind: 'kitty'; flags: number}
	| {type: 'reply'; kind: 'other'};

export type Decoded = KeyEvent | TerminalReply;

/** The one timer a decoder needs: it calls back after `delayMs` unless the returned function was called before. */
export type SetTimer = (callback: () => void, delayMs: number) => () => void;

/** After this long a lone ESC byte is the Esc key. */
const escapeMs = 30;
/** An unfinished sequence is given this long (slow lines split them) before it is dropped. */
const sequenceMs = 500;
const pasteCharsMax = 200_000;
const pasteEnd = '\x1b[201~';
const noModifiers: Modifiers = {ctrl: false, alt: false, shift: false};

const modifiersOf = (parameter: string | undefined): Modifiers => {
	const bits = Math.max(0, Number.parseInt(parameter ?? '1', 10) - 1) || 0;
	return {shift: (bits & 1) !== 0, alt: (bits & 2) !== 0, ctrl: (bits & 4) !== 0};
};

export class KeyDecoder {
	readonly #emit: (event: Decoded) => void;
	readonly #setTimer: SetTimer;
	readonly #utf8 = new TextDecoder('utf-8');
	#pending = '';
	#paste: string | null = null;
	#cursorReports = 0;
	#cancelTimer: (() => void) | undefined;

	constructor(emit: (event: Decoded) => void, setTimer: SetTimer) {
		this.#emit = emit;
		this.#setTimer = setTimer;
	}

	/** Whether bytes wait for the rest of their sequence. */
	get isWaiting(): boolean {
		return this.#pending !== '';
	}

	/** Tells the decoder how many cursor reports are asked for: each looks like a modified F3 and is told apart by this alone. */
	expectCursorReports(count: number): void {
		this.#cursorReports = count;
	}

	/** Takes a chunk of input and emits every key that is complete. */
	push(chunk: Uint8Array | string): void {
		this.#cancelTimer?.();
		this.#cancelTimer = undefined;
		this.#pending += typeof chunk === 'string' ? chunk : this.#utf8.decode(chunk, {stream: true});
		this.#run(false);
		if (this.#pending !== '' && this.#paste === null) {
			this.#cancelTimer = this.#setTimer(() => this.#run(true), this.#pending === '\x1b' ? escapeMs : sequenceMs);
		}
	}

	/** Forgets unfinished input and its timer. */
	stop(): void {
		this.#cancelTimer?.();
		this.#cancelTimer = undefined;
		this.#pending = '';
		this.#paste = null;
	}

	#run(timedOut: boolean): void {
		while (this.#pending !== '') {
			const used = this.#paste === null ? this.#one(this.#pending, timedOut) : this.#pasted(this.#pending);
			if (used === 0) return;
			this.#pending = this.#pending.slice(used);
		}
	}

	/** Emits at most one event from the start of `input`; returns the characters used, 0 when more must come first. */
	#one(input: string, timedOut: boolean): number {
		const code = input.charCodeAt(0);
		if (code === 0x1b) return this.#escape(input, timedOut);
		if (isControl(code)) {
			this.#control(code, false);
			return 1;
		}
		let end = 1;
		while (end < input.length && !isControl(input.charCodeAt(end))) end++;
		this.#emit({type: 'text', text: input.slice(0, end)});
		return end;
	}

	#pasted(input: string): number {
		const end = input.indexOf(pasteEnd);
		// The end mark itself may be split between chunks: its possible beginning stays behind.
		const kept = end >= 0 ? 0 : Math.min(input.length, pasteEnd.length - 1);
		const upTo = end >= 0 ? end : input.length - kept;
		this.#paste = (this.#paste! + input.slice(0, upTo)).slice(0, pasteCharsMax);
		if (end < 0) return upTo;
		this.#emit({type: 'paste', text: this.#paste});
		this.#paste = null;
		return end + pasteEnd.length;
	}

	#escape(input: string, timedOut: boolean): number {
		if (input.length === 1) {
			if (!timedOut) return 0;
			this.#key('escape');
			return 1;
		}
		switch (input[1]) {
			case '[':
				return this.#controlSequence(input, timedOut);
			case 'O':
				return this.#singleShift(input, timedOut);
			case ']':
			case 'P':
			case '_':
			case '^':
				return this.#controlString(input, timedOut);
			case '\x1b':
				this.#key('escape');
				return 1;
			default: {
				const char = String.fromCodePoint(input.codePointAt(1)!);
				if (isControl(char.charCodeAt(0))) this.#control(char.charCodeAt(0), true);
				else this.#char(char, {...noModifiers, alt: true});
				return 1 + char.length;
			}
		}
	}

	#controlSequence(input: string, timedOut: boolean): number {
		if (input.startsWith('\x1b[[')) {
			if (input.length < 4) return timedOut ? input.length : 0;
			const name = linuxConsole[input[3]!];
			if (name) this.#key(name);
			return 4;
		}
		const match = /^\x1b\[([\x30-\x3f]*)[\x20-\x2f]*([\x40-\x7e])/.exec(input);
		if (!match) {
			const unfinished = /^\x1b\[[\x30-\x3f]*[\x20-\x2f]*$/.test(input);
			if (unfinished && !timedOut) return 0;
			if (unfinished && input.length === 2) this.#char('[', {...noModifiers, alt: true});
			// Not a sequence after all: its beginning is dropped, what follows is read on its own.
			return unfinished ? input.length : 2;
		}
		this.#sequence(match[1]!, match[2]!);
		return match[0].length;
	}

	#sequence(text: string, final: string): void {
		const parameters = text.split(';');
		if (/^[<>?=]/.test(text)) {
			if (final === 'u' && text.startsWith('?')) this.#emit({type: 'reply', kind: 'kitty', flags: Number.parseInt(text.slice(1), 10) || 0});
			else this.#emit({type: 'reply', kind: 'other'});
			return;
		}
		// Kitty: the modifiers' sub-parameter 3 is a key going up.
		if (parameters[1]?.split(':')[1] === '3') return;
		if (final === '~') {
			if (parameters[0] === '200') this.#paste = '';
			else if (parameters[0] === '27' && parameters[2])
				this.#codePoint(Number.parseInt(parameters[2], 10), modifiersOf(parameters[1]), undefined);
			else {
				const name = tildeKeys[Number.parseInt(parameters[0] ?? '', 10)];
				if (name) this.#key(name, modifiersOf(parameters[1]));
			}
		} else if (final === 'u') {
			this.#codePoint(Number.parseInt(parameters[0] ?? '', 10), modifiersOf(parameters[1]), parameters[2]);
		} else if (final === 'R' && parameters.length === 2) this.#cursorReportOrF3(parameters);
		else if (final === 'I' || final === 'O') this.#emit({type: 'focus', focused: final === 'I'});
		else if (final === 'Z') this.#key('tab', {...modifiersOf(parameters[1]), shift: true});
		else {
			const name = csiLetters[final];
			if (name && (text === '' || parameters.length === 2)) this.#key(name, modifiersOf(parameters[1]));
		}
	}

	#cursorReportOrF3(parameters: string[]): void {
		const [row, column] = parameters.map(part => Number.parseInt(part, 10));
		if (this.#cursorReports > 0) {
			this.#cursorReports--;
			this.#emit({type: 'reply', kind: 'cursor', row: row ?? 0, column: column ?? 0});
		} else if (row === 1 && column !== undefined && column >= 2 && column <= 16) this.#key('f3', modifiersOf(parameters[1]));
	}

	#singleShift(input: string, timedOut: boolean): number {
		if (input.length < 3) {
			if (!timedOut) return 0;
			this.#char('O', {...noModifiers, alt: true});
			return 2;
		}
		const name = ss3Letters[input[2]!];
		if (name) this.#key(name);
		return 3;
	}

	/** Operating-system commands and their kind: replies to questions we do not ask. */
	#controlString(input: string, timedOut: boolean): number {
		const end = /\x07|\x1b\\/.exec(input);
		if (end) {
			this.#emit({type: 'reply', kind: 'other'});
			return end.index + end[0].length;
		}
		if (!timedOut) return 0;
		if (input.length === 2) this.#char(input[1]!, {...noModifiers, alt: true});
		return input.length;
	}

	#codePoint(code: number, modifiers: Modifiers, text: string | undefined): void {
		if (!Number.isInteger(code) || code < 0 || code > 0x10ffff) return;
		const name = kittyKeys[code] ?? alternateKeys[code];
		if (name) {
			this.#key(name, modifiers);
			return;
		}
		const keypad = kittyKeypad[code];
		if (code >= 0xe000 && code <= 0xf8ff && keypad === undefined) return;
		const typed = text ? String.fromCodePoint(...text.split(':').map(Number).filter(Number.isInteger)) : '';
		const char = keypad ?? (typed || String.fromCodePoint(code));
		if (isControl(char.charCodeAt(0))) return;
		if (modifiers.ctrl || modifiers.alt) this.#char(modifiers.ctrl ? char.toLowerCase() : char, modifiers);
		else this.#emit({type: 'text', text: modifiers.shift && !typed && !keypad ? char.toUpperCase() : char});
	}

	#control(code: number, alt: boolean): void {
		const name = controlKeys[code];
		if (name) this.#key(name, {...noModifiers, alt, ctrl: code === 0});
		else this.#char(String.fromCharCode(code | (code < 27 ? 0x60 : 0x40)), {ctrl: true, alt, shift: false});
	}

	#key(name: NamedKey, modifiers: Modifiers = noModifiers): void {
		this.#emit({type: 'key', name, ...modifiers});
	}

	#char(char: string, modifiers: Modifiers): void {
		if (char === ' ') this.#key('space', modifiers);
		else this.#emit({type: 'char', char, ...modifiers});
	}
}

function isControl(code: number): boolean {
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}
