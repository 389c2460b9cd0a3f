/** The code tables of the key decoder: xterm, VT220, rxvt, the Linux console and the kitty protocol. */
import type {NamedKey} from './keys.js';

type Table = Readonly<Record<string | number, NamedKey | undefined>>;

/** ESC O letter. */
export const ss3Letters: Table = {
	P: 'f1',
	Q: 'f2',
	R: 'f3',
	S: 'f4',
	A: 'up',
	B: 'down',
	C: 'right',
	D: 'left',
	H: 'home',
	F: 'end',
	M: 'enter',
	I: 'tab',
};

/** ESC [ letter, also with "1;modifiers" before it. */
export const csiLetters: Table = {P: 'f1', Q: 'f2', R: 'f3', S: 'f4', A: 'up', B: 'down', C: 'right', D: 'left', H: 'home', F: 'end'};

/** ESC [ number ~. */
export const tildeKeys: Table = {
	1: 'home',
	2: 'insert',
	3: 'delete',
	4: 'end',
	5: 'pageup',
	6: 'pagedown',
	7: 'home',
	8: 'end',
	11: 'f1',
	12: 'f2',
	13: 'f3',
	14: 'f4',
	15: 'f5',
	17: 'f6',
	18: 'f7',
	19: 'f8',
	20: 'f9',
	21: 'f10',
	23: 'f11',
	24: 'f12',
};

/** ESC [ [ letter. */
export const linuxConsole: Table = {A: 'f1', B: 'f2', C: 'f3', D: 'f4', E: 'f5'};

/** Control bytes with a name of their own; 10 is what Enter sends where the terminal turns CR into LF. */
export const controlKeys: Table = {0: 'space', 8: 'backspace', 9: 'tab', 10: 'enter', 13: 'enter', 127: 'backspace'};

/** Key numbers of CSI u that are the characters' own codes. */
export const alternateKeys: Table = {9: 'tab', 13: 'enter', 27: 'escape', 127: 'backspace', 8: 'backspace'};

/** Key numbers of the kitty protocol in the private area: the keypad's editing keys. */
export const kittyKeys: Table = {
	57414: 'enter',
	57417: 'left',
	57418: 'right',
	57419: 'up',
	57420: 'down',
	57421: 'pageup',
	57422: 'pagedown',
	57423: 'home',
	57424: 'end',
	57425: 'insert',
	57426: 'delete',
};

/** The keypad's characters in the kitty protocol. */
export const kittyKeypad: Readonly<Record<number, string | undefined>> = {
	57399: '0',
	57400: '1',
	57401: '2',
	57402: '3',
	57403: '4',
	57404: '5',
	57405: '6',
	57406: '7',
	57407: '8',
	57408: '9',
	57409: '.',
	57410: '/',
	57411: '*',
	57412: '-',
	57413: '+',
	57415: '=',
	57416: ',',
};
