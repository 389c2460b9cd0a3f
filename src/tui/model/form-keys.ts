/** What keys do inside the form: editing, choosing, going from field to field. Pure. */
import {dateTime} from '../format.js';
import * as edit from '../tty/edit.js';
import type {KeyEvent, NamedKey} from '../tty/keys.js';
import {chooseByTyping, ticked, toggle} from './choice.js';
import {type Field, isArea, isChoice, type Kind} from './fields.js';
import {editAt, type Form, textAt, withEdit, withFocus} from './form.js';
import {fieldWidth, type Size, workLayout} from './layout.js';
import {completeDate} from './when.js';
import {completeTime} from './when-words.js';

/** `keptTime`: a time that stood there before, which may stay although it is past. */
export type FormContext = {fields: readonly Field[]; size: Size; nowMs: number; zone: string; keptTime?: string | undefined};

const halfWidthKinds: ReadonlySet<Kind> = new Set<Kind>(['phone', 'postcode', 'date', 'number', 'mail', 'dateTime']);
/** Every sign people use for a hyphen, the long vowel mark typed with the IME on included. */
const hyphens = /[\u2010-\u2015\u2212\u30fc\uff0d\uff70]/g;

/** Fields one can stop at: what can be changed, and numbers and addresses that can be used. */
export const isStop = (field: Field): boolean =>
	!field.locked || ((field.kind === 'phone' || field.kind === 'mail') && field.pane === 'customer');

/** The form after a key, or null when the key means nothing here. */
export function formKey(form: Form, key: KeyEvent, context: FormContext): Form | null {
	const field = context.fields.find(each => each.key === form.focus);
	if (key.type === 'key' && key.name === 'tab') return move(form, key.shift ? -1 : 1, context);
	if (!field) return key.type === 'key' && key.name === 'enter' ? move(form, 1, context) : null;
	if (key.type === 'key' && key.name === 'enter' && !(isArea(field) && !field.locked)) return move(form, key.shift ? -1 : 1, context);
	if (isChoice(field)) return field.locked ? arrows(form, key, context) : choiceKey(form, field, key, context);
	return textKey(form, field, key, context);
}

function arrows(form: Form, key: KeyEvent, context: FormContext): Form | null {
	if (key.type !== 'key' || key.ctrl || key.alt) return null;
	if (key.name === 'up') return move(form, -1, context);
	if (key.name === 'down') return move(form, 1, context);
	return null;
}

/** Goes to the next (1) or previous (-1) field, over the ends to the other. Leaving a date puts it into its full form. */
export function move(form: Form, by: 1 | -1, context: FormContext): Form {
	const {fields} = context;
	const left = settled(form, context);
	const at = fields.findIndex(field => field.key === form.focus);
	for (let steps = 1; steps <= fields.length; steps++) {
		const next = fields[(at + by * steps + fields.length * 2) % fields.length];
		if (next && isStop(next)) return withFocus(left, next.key);
	}
	return left;
}

/** The form with the focused field's value in its full form; what is not understood stays as typed and is marked. */
export function settled(form: Form, context: FormContext): Form {
	const field = context.fields.find(each => each.key === form.focus);
	if (!field || field.locked || (field.kind !== 'dateTime' && field.kind !== 'date')) return form;
	const typed = textAt(form, field.key);
	if (typed.trim() === '') return form;
	const full = field.kind === 'date' ? completeDate(typed) : completeTime(typed, context.nowMs, context.zone);
	if (full === null) return {...form, errors: {...form.errors, [field.key]: field.kind === 'date' ? 'badDate' : 'badTime'}};
	const isPast = field.kind === 'dateTime' && full <= dateTime(context.nowMs, context.zone) && full !== context.keptTime;
	const next = full === typed ? form : withEdit(form, field.key, edit.editOf(full));
	return isPast ? {...next, errors: {...next.errors, [field.key]: 'pastTime'}} : next;
}

function textKey(form: Form, field: Field, key: KeyEvent, context: FormContext): Form | null {
	const now = editAt(form, field.key);
	const changed = (next: edit.Edit): Form => (field.locked && next.text !== now.text ? form : withEdit(form, field.key, next));
	const limits = {multiline: isArea(field), lengthMax: field.lengthMax};
	switch (key.type) {
		case 'text':
		case 'paste': {
			const text = halfWidthKinds.has(field.kind) ? key.text.normalize('NFKC').replace(hyphens, '-') : key.text;
			return changed(edit.insert(now, text, limits));
		}
		case 'char': {
			const operation = key.ctrl && !key.alt ? controlEdits[key.char] : undefined;
			return operation ? changed(operation(now)) : null;
		}
		case 'key':
			return namedTextKey(form, field, key, context, changed);
		default:
			return null;
	}
}

const controlEdits: Readonly<Record<string, (now: edit.Edit) => edit.Edit>> = {
	a: edit.lineStart,
	e: edit.lineEnd,
	b: edit.left,
	f: edit.right,
	k: edit.deleteToLineEnd,
	u: edit.deleteToLineStart,
	w: edit.deleteWord,
};

const namedEdits: Partial<Record<NamedKey, (now: edit.Edit, byWord: boolean) => edit.Edit>> = {
	backspace: (now, byWord) => (byWord ? edit.deleteWord(now) : edit.backspace(now)),
	delete: now => edit.deleteForward(now),
	left: (now, byWord) => (byWord ? edit.wordLeft(now) : edit.left(now)),
	right: (now, byWord) => (byWord ? edit.wordRight(now) : edit.right(now)),
	home: (now, whole) => (whole ? edit.toStart(now) : edit.lineStart(now)),
	end: (now, whole) => (whole ? edit.toEnd(now) : edit.lineEnd(now)),
};

function namedTextKey(
	form: Form,
	field: Field,
	key: Extract<KeyEvent, {type: 'key'}>,
	context: FormContext,
	changed: (next: edit.Edit) => Form,
): Form | null {
	const now = editAt(form, field.key);
	const operation = namedEdits[key.name];
	if (operation) return changed(operation(now, key.ctrl || key.alt));
	if (key.name === 'enter') return changed(edit.insert(now, '\n', {multiline: true, lengthMax: field.lengthMax}));
	if (key.name !== 'up' && key.name !== 'down') return null;
	const by = key.name === 'up' ? -1 : 1;
	if (!isArea(field)) return key.ctrl || key.alt ? null : move(form, by, context);
	if (key.ctrl || key.alt)
		return {...form, heights: {...form.heights, [field.key]: Math.max(-4, Math.min(8, (form.heights[field.key] ?? 0) + by))}};
	const width = fieldWidth(workLayout(context.size, context.fields, form), field);
	const moved = edit.moveRow(now, width, by);
	return moved ? changed(moved) : move(form, by, context);
}

function choiceKey(form: Form, field: Field, key: KeyEvent, context: FormContext): Form | null {
	const {options} = field;
	const value = textAt(form, field.key);
	const set = (next: string, typed = ''): Form => ({...withEdit(form, field.key, edit.editOf(next)), typed});
	if (key.type === 'text') {
		if (/^[ \u3000]+$/.test(key.text)) return field.kind === 'checkboxes' ? set(toggle(options, value, form.option)) : step(form, field, 1);
		const chosen = chooseByTyping(options, form.typed, key.text);
		if (!chosen) return {...form, typed: ''};
		if (field.kind === 'checkboxes') return {...set(toggle(options, value, chosen.index)), option: chosen.index};
		return set(options[chosen.index]!.value, chosen.typed);
	}
	if (key.type !== 'key' || key.ctrl || key.alt) return null;
	switch (key.name) {
		case 'left':
			return step(form, field, -1);
		case 'right':
			return step(form, field, 1);
		case 'backspace':
		case 'delete':
			return set('');
		default:
			return arrows(form, key, context);
	}
}

/** The option after (1) or before (-1); check boxes only move their cursor. */
function step(form: Form, field: Field, by: 1 | -1): Form {
	const {options} = field;
	const count = options.length;
	if (count === 0) return form;
	if (field.kind === 'checkboxes') return {...form, option: (form.option + by + count) % count, typed: ''};
	const at = options.findIndex(option => option.value === textAt(form, field.key));
	const next = at < 0 ? (by > 0 ? 0 : count - 1) : (at + by + count) % count;
	return {...withEdit(form, field.key, edit.editOf(options[next]!.value)), typed: ''};
}

/** What a choice field shows: the labels of its values. */
export function shownChoice(field: Field, value: string): string {
	const label = (each: string): string => field.options.find(option => option.value === each)?.label ?? each;
	return field.kind === 'checkboxes' ? ticked(value).map(label).join(', ') : value === '' ? '' : label(value);
}
