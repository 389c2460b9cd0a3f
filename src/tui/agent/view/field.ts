/** One field of the form as lines. Its place and size depend on the layout alone, never on what is in it. Pure. */
import {padText} from '../../format.js';
import type {Translate} from '../../i18n/index.js';
import {fitWidth, type Line, type Span, span} from '../../line.js';
import {ticked} from '../../model/choice.js';
import {type Field, isArea, isChoice} from '../../model/fields.js';
import {editAt, type Form, textAt} from '../../model/form.js';
import {shownChoice} from '../../model/form-keys.js';
import {fieldRows, fieldWidth, labelCells, sideKeyCells, type WorkLayout} from '../../model/layout.js';
import type {Tone} from '../../theme.js';
import {graphemes, narrow} from '../../tty/cells.js';
import {areaCursor, areaRows, lineWindow} from '../../tty/edit.js';

const secret = '●';

/** The lines of a field: label and value, as many rows as the layout gives it. */
export function fieldLines(field: Field, form: Form, layout: WorkLayout, t: Translate): Line[] {
	const isFocused = form.focus === field.key;
	const width = fieldWidth(layout, field);
	const tone: Tone = isFocused ? 'fieldFocused' : field.locked ? 'fieldLocked' : 'field';
	const values = isArea(field)
		? areaLines(field, form, width, fieldRows(layout, field, form), isFocused, tone)
		: [isChoice(field) ? choiceLine(field, form, width, isFocused, tone, t) : textLine(field, form, width, isFocused, tone)];
	const indent = labelCells(layout, field.pane);
	return values.map((value, row) => [
		...(row === 0 ? label(field, form, layout, isFocused) : [span(' '.repeat(indent))]),
		...value,
		...side(field, row, isFocused, t),
	]);
}

function label(field: Field, form: Form, layout: WorkLayout, isFocused: boolean): Line {
	const width = labelCells(layout, field.pane) - 2;
	const isWrong = form.errors[field.key] !== undefined;
	// A supervisor types here.
	const tone: Tone = form.helped.now === field.key ? 'band' : isFocused ? 'labelFocused' : 'label';
	const mark = isWrong ? span('!', 'bad') : span(field.required ? '*' : ' ', 'required');
	const text = narrow.widthOfText(field.label) <= width ? field.label : field.labelShort;
	return [mark, span(padText(text, width), isWrong ? 'bad' : tone), span(' ')];
}

/** The key beside a number or an address (the strip says what it does). */
function side(field: Field, row: number, isFocused: boolean, t: Translate): Line {
	if (row > 0 || (field.kind !== 'phone' && field.kind !== 'mail')) return [];
	const key = t('key.beside');
	return [span(padText(key.length < sideKeyCells ? ` ${key}` : '', sideKeyCells), isFocused ? 'accent' : 'dim')];
}

/** Spans of a text with the cursor on one of its graphemes, filled to the width. */
export function withCursor(text: string, cursorX: number, width: number, tone: Tone): Line {
	const padded = padText(text, width);
	let x = 0;
	let before = '';
	const parts = graphemes(padded);
	for (const [at, part] of parts.entries()) {
		if (x >= cursorX)
			return [
				{text: before, tone},
				{text: part, tone, cursor: true},
				{text: parts.slice(at + 1).join(''), tone},
			];
		before += part;
		x += narrow.widthOf(part);
	}
	return [
		{text: before.slice(0, -1), tone},
		{text: before.slice(-1), tone, cursor: true},
	];
}

function textLine(field: Field, form: Form, width: number, isFocused: boolean, tone: Tone): Line {
	if (field.kind === 'dateTime' && field.locked) return [span(padText('-', width), 'fieldLocked')];
	const edit = editAt(form, field.key);
	const mask = field.kind === 'password' ? secret : undefined;
	if (!isFocused) {
		const text = mask ? mask.repeat(graphemes(edit.text).length) : edit.text.replace(/\n/g, ' ');
		return [span(padText(text, width), tone)];
	}
	const window = lineWindow(edit, width, mask);
	return withCursor(window.text, window.cursorX, width, tone);
}

function areaLines(field: Field, form: Form, width: number, height: number, isFocused: boolean, tone: Tone): Line[] {
	const edit = editAt(form, field.key);
	const rows = areaRows(edit.text, width);
	const cursor = areaCursor(rows, edit.cursor);
	const top = isFocused ? Math.max(0, cursor.row - height + 1) : 0;
	return Array.from({length: height}, (_, at): Line => {
		const text = rows[top + at]?.text ?? '';
		return isFocused && top + at === cursor.row
			? withCursor(text, Math.min(cursor.x, width - 1), width, tone)
			: [span(padText(text, width), tone)];
	});
}

function choiceLine(field: Field, form: Form, width: number, isFocused: boolean, tone: Tone, t: Translate): Line {
	const inline = field.kind === 'pulldown' ? null : inlineOptions(field, form, width, isFocused);
	if (inline) return inline;
	const value = textAt(form, field.key);
	const text = value === '' && field.key === 'record.nextOperatorId' ? t('record.blank') : shownChoice(field, value);
	const shown = `${padText(text, width - 2)} ▼`;
	return isFocused ? withCursor(shown, 0, width, tone) : [span(shown, tone)];
}

/** Radio buttons and check boxes side by side, closer together where room is short; null when they do not fit at all. */
function inlineOptions(field: Field, form: Form, width: number, isFocused: boolean): Line | null {
	const value = textAt(form, field.key);
	const on = new Set(field.kind === 'checkboxes' ? ticked(value) : [value]);
	const cells = field.options.reduce((sum, option) => sum + 3 + narrow.widthOfText(option.label), 0);
	const gap = cells + field.options.length * 2 <= width ? 2 : cells + field.options.length <= width ? 1 : 0;
	if (cells > width) return null;
	const line: Span[] = [];
	for (const [at, option] of field.options.entries()) {
		const isOn = on.has(option.value);
		const mark = field.kind === 'radio' ? (isOn ? '(*)' : '( )') : isOn ? '[x]' : '[ ]';
		const isHere = isFocused && (field.kind === 'checkboxes' ? at === form.option : isOn || (at === 0 && value === ''));
		const tone: Tone = isHere ? 'optionFocused' : isOn ? 'strong' : field.locked ? 'fieldLocked' : 'plain';
		line.push(isHere ? {...span(mark, tone), cursor: true} : span(mark, tone), span(option.label, tone), span(' '.repeat(gap)));
	}
	return fitWidth(line, width);
}
