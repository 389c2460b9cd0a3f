/**
 * The line that is typed in, where there is no screen: only ever added to. What comes in between is said on lines of its own, and
 * the line begins again below them with what stands in it, so that typing goes on where it was. Pure.
 */

import {isChoice} from '../../model/fields.js';
import {editAt} from '../../model/form.js';
import {formNow, headWords} from '../../model/say.js';
import {type ConsoleState, loginFields} from '../../model/state.js';
import {graphemes, narrow} from '../../tty/cells.js';
import type {Edit} from '../../tty/edit.js';
import {translatorOf} from '../keymap.js';
import {panelLabel} from './spoken.js';

/** A line to type in: `id` tells one from another, `head` is said before it. A secret shows stars. */
export type Prompt = {id: string; head: string; edit: Edit; isSecret: boolean};

/** The line the letters go into now; null where keys choose. */
export function promptOf(state: ConsoleState): Prompt | null {
	const t = translatorOf(state);
	if (state.stage === 'login') {
		const field = loginFields[state.login.focus];
		if (!field) return {id: 'login.button', head: `${t('login.button')} (Enter)`, edit: {text: '', cursor: 0}, isSecret: false};
		return {id: `login.${field}`, head: t(`login.${field}`), edit: state.login.edits[field], isSecret: field === 'password'};
	}
	if (state.stage !== 'work') return null;
	const now = formNow(state);
	if (now) {
		const field = now.fields.find(({key}) => key === now.form.focus);
		if (!field || isChoice(field) || field.locked) return null;
		const edit = editAt(now.form, field.key);
		return {id: `${now.form.customerId} ${field.key}`, head: headWords(field, t), edit, isSecret: field.kind === 'password'};
	}
	const {panel} = state;
	if (!panel) return null;
	if (panel.kind === 'password')
		return {id: `password.${panel.focus}`, head: panelLabel(state), edit: panel.edits[panel.focus]!, isSecret: true};
	if (!('edit' in panel) || ('target' in panel && panel.target)) return null;
	return {id: panel.kind, head: panelLabel(state), edit: panel.edit, isSecret: false};
}

/**
 * The line as it stands on the terminal: `cells` of its last row, -1 when the cursor is inside the text; `isHere`: nothing was
 * written below it since.
 */
export type Typed = {prompt: Prompt; cells: number; isHere: boolean} | null;
type Next = {text: string; typed: Typed};

/** What is written when the line goes from what was typed to what is now, and what then stands there. */
export function typing(typed: Typed, prompt: Prompt | null, columns: number, lineEnd: string): Next {
	if (!prompt) return {text: typed?.isHere ? '\r\n' : '', typed: null};
	if (typed?.prompt.id !== prompt.id) return begun(typed, prompt, prompt.edit.text);
	const before = typed!.prompt.edit;
	const {edit} = prompt;
	if (before.text === edit.text) return before.cursor === edit.cursor ? {text: '', typed} : moved(typed!, prompt, lineEnd);
	const isAtEnd = typed!.isHere && typed!.cells >= 0 && edit.cursor === edit.text.length;
	if (isAtEnd && edit.text.startsWith(before.text)) return added(typed!, prompt);
	if (isAtEnd && before.text.startsWith(edit.text)) {
		const taken = shown(before.text.slice(edit.text.length), prompt.isSecret);
		const cells = widthOf(taken);
		// A terminal cannot step back over the end of a row.
		if (!taken.includes('\n') && typed!.cells < columns && cells <= typed!.cells)
			return {text: '\b \b'.repeat(cells), typed: {prompt, cells: typed!.cells - cells, isHere: true}};
	}
	return begun(typed, prompt, tailOf(edit));
}

function added({prompt: {edit: before}, cells}: NonNullable<Typed>, prompt: Prompt): Next {
	const text = shown(prompt.edit.text.slice(before.text.length), prompt.isSecret);
	const at = text.lastIndexOf('\n');
	return {
		text: text.replace(/\n/g, '\r\n'),
		typed: {prompt, cells: at < 0 ? cells + widthOf(text) : widthOf(text.slice(at + 1)), isHere: true},
	};
}

/** Where a line begins again, its end is enough to know where one is. */
const tailGraphemes = 24;
function tailOf({text, cursor}: Edit): string {
	const line = text.slice(text.lastIndexOf('\n', cursor - 1) + 1);
	const parts = graphemes(line);
	return parts.length <= tailGraphemes || cursor < text.length ? line : `.. ${parts.slice(-tailGraphemes).join('')}`;
}

function begun(typed: Typed, prompt: Prompt, value: string): Next {
	const text = `${prompt.head}: ${shown(value, prompt.isSecret)}`;
	const isAtEnd = prompt.edit.cursor === prompt.edit.text.length;
	const cells = isAtEnd ? widthOf(text.slice(text.lastIndexOf('\n') + 1)) : -1;
	const written = `${typed?.isHere ? '\r\n' : ''}${text.replace(/\n/g, '\r\n')}${isAtEnd ? '' : ` ${here(prompt)}`}`;
	return {text: written, typed: {prompt, cells, isHere: true}};
}

/** The sign the cursor has come to is said, as a reader says it. */
function moved(typed: NonNullable<Typed>, prompt: Prompt, lineEnd: string): Next {
	const sign = graphemes(prompt.edit.text.slice(prompt.edit.cursor))[0];
	const text = sign === undefined || sign === '\n' ? lineEnd : here(prompt);
	return {text: `${typed.isHere ? '\r\n' : ''}${text}`, typed: {prompt, cells: -1, isHere: true}};
}

const here = ({edit, isSecret}: Prompt): string => `[${isSecret ? '*' : (graphemes(edit.text.slice(edit.cursor))[0] ?? '')}]`;
const shown = (text: string, isSecret: boolean): string => (isSecret ? '*'.repeat(graphemes(text).length) : safeLines(text));
/** Nothing in a customer's text may act on the terminal. */
const safeLines = (text: string): string =>
	text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
const widthOf = (text: string): number => narrow.widthOfText(text);
