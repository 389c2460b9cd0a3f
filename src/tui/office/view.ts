/** The layout editor as a screen. Pure. */
import {withCursor} from '../agent/view/field.js';
import {padText} from '../format.js';
import type {Lang} from '../i18n/index.js';
import {ends, type Frame, fitHeight, fitWidth, type Line, type Span, span} from '../line.js';
import {isDirty, type OfficeState, placeAt, unplaced} from '../model/office.js';
import type {Tone} from '../theme.js';
import {lineWindow} from '../tty/edit.js';
import {officeSay} from './texts.js';

/** Cells of one place, and lines of one row of desks. */
const placeCells = 8;
const placeRows = 2;
const headRows = 2;
const footRows = 4;

export function officeFrame(state: OfficeState, lang: Lang): Frame {
	const {columns, rows} = state.size;
	const body = rows - headRows - footRows;
	const dirty = isDirty(state) ? [span(`${officeSay(lang, 'unsaved')} `, 'warn')] : [];
	const head: Line[] = [ends([span(` ${officeSay(lang, 'title')}  ${state.id}  ${state.name}`, 'title')], dirty, columns), []];
	const lines = [...head, ...fitHeight(deskLines(state, body), body), [], ...foot(state, lang)];
	return [{kind: 'full', lines: lines.map(line => fitWidth(line, columns))}];
}

/** So much of the plan as fits, with the cursor in it. */
function deskLines(state: OfficeState, rows: number): Line[] {
	const across = Math.max(1, Math.floor((state.size.columns - 2) / placeCells));
	const down = Math.max(1, Math.floor(rows / placeRows));
	const left = Math.max(0, state.x - across + 1);
	const top = Math.max(0, state.y - down + 1);
	const lines: Line[] = [];
	for (let y = top; y < top + down; y++) {
		lines.push([span(' '), ...Array.from({length: across}, (_, at) => placeSpan(state, left + at, y)).flat()]);
		for (let blank = 1; blank < placeRows; blank++) lines.push([]);
	}
	return lines;
}

function placeSpan(state: OfficeState, x: number, y: number): Span[] {
	const {held} = state;
	const isHere = state.x === x && state.y === y;
	const isHeld = held?.x === x && held.y === y;
	const place = isHere && held ? held.place : placeAt(state, x, y);
	const text = place === null ? '.' : 'seat' in place ? place.seat : place.label;
	const tone: Tone = isHere ? 'choice' : isHeld ? 'dim' : place === null ? 'dim' : 'seat' in place ? 'tile' : 'accent';
	const shown = span(padText(` ${text}`, placeCells - 1), tone);
	return [isHere && !state.input ? {...shown, cursor: true} : shown, span(' ')];
}

function foot(state: OfficeState, lang: Lang): Line[] {
	const {columns} = state.size;
	const waiting = unplaced(state);
	const keys: Line[] = [[span(officeSay(lang, 'keys1'), 'dim')], [span(officeSay(lang, 'keys2'), 'dim')]];
	if (state.input) {
		const label = span(` ${officeSay(lang, state.input.kind === 'seat' ? 'askSeat' : 'askLabel')}: `, 'labelFocused');
		const cells = Math.max(10, columns - 20);
		const window = lineWindow(state.input.edit, cells);
		return [[label, ...withCursor(window.text, window.cursorX, cells, 'fieldFocused')], ...keys];
	}
	const {message} = state;
	if (message && 'said' in message) return [[span(` ${message.said}`, 'bad')], ...keys];
	if (message) return [[span(` ${officeSay(lang, message.text, {given: message.given ?? ''})}`, message.tone)], ...keys];
	const list = waiting.length > 0 ? `: ${waiting.slice(0, 30).join(' ')}` : '';
	return [[span(` ${officeSay(lang, 'unplaced', {count: waiting.length})}${list}`, waiting.length > 0 ? 'plain' : 'dim')], ...keys];
}
