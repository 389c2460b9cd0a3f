/** Keys of a single line outside the form: login, a number to dial, passwords. Pure. */
import * as edit from '../tty/edit.js';
import type {KeyEvent} from '../tty/keys.js';

const textMax = 100;

/** The line after a key; the same object when the key means nothing to it. Full-width letters and digits become half-width. */
export function lineEdited(now: edit.Edit, key: KeyEvent, lengthMax = textMax): edit.Edit {
	if (key.type === 'text' || key.type === 'paste') return edit.insert(now, key.text.normalize('NFKC'), {multiline: false, lengthMax});
	if (key.type === 'char')
		return key.ctrl && key.char === 'u' ? edit.deleteToLineStart(now) : key.ctrl && key.char === 'w' ? edit.deleteWord(now) : now;
	if (key.type !== 'key') return now;
	switch (key.name) {
		case 'backspace':
			return edit.backspace(now);
		case 'delete':
			return edit.deleteForward(now);
		case 'left':
			return edit.left(now);
		case 'right':
			return edit.right(now);
		case 'home':
			return edit.toStart(now);
		case 'end':
			return edit.toEnd(now);
		default:
			return now;
	}
}
