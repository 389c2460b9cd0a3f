/** 電話操作 (F10): every button that has no function key of its own, with its key. What is not possible now is dim. Pure. */

import {padText} from '../../format.js';
import type {TextKey, Translate} from '../../i18n/index.js';
import {type Line, type Span, span} from '../../line.js';
import {menuOf} from '../../model/calls.js';
import type {ConsoleState} from '../../model/state.js';
import {whyNot} from '../../model/work.js';
import {narrow} from '../../tty/cells.js';
import type {Binding} from '../keys.js';
import {title} from './title.js';

/** More columns than this leave no room for the words at 80 cells. */
const columnsMax = 2;

/** Rows the menu takes of those it could have: those below the record where its words fit there, else all of them. */
export const menuRows = (state: ConsoleState, below: number, all: number): number =>
	columnsFor(menuOf(state).length, below) <= columnsMax ? below : all;

const columnsFor = (count: number, rows: number): number => Math.max(1, Math.ceil(count / Math.max(1, rows - 1)));

/** Its title and its items; `at`: the one the cursor is on, where the menu is open. */
export function menuLines(
	state: ConsoleState,
	{width, rows, at}: {width: number; rows: number; at: number | null},
	head: Line,
	t: Translate,
): Line[] {
	const items = menuOf(state);
	const columns = columnsFor(items.length, rows);
	const count = Math.ceil(items.length / columns);
	const names = items.map(item => {
		const unheard = item.action === 'voicemails' ? (state.view?.counters.voicemails ?? 0) : 0;
		return ` ${item.keys[0]} ${t(labelOf(state, item))}${unheard > 0 ? `(${unheard})` : ''}`;
	});
	// A column is as wide as its names, and all have the same share of what is left.
	const needed = Array.from({length: columns}, (_, column) =>
		Math.max(...names.slice(column * count, (column + 1) * count).map(name => narrow.widthOfText(name))),
	);
	const left = Math.floor((width - 1 - needed.reduce((sum, cells) => sum + cells, 0)) / columns);
	const cell = (index: number, cells: number): Span => {
		const item = items[index];
		if (!item) return span(' '.repeat(cells));
		const isOff = whyNot(state, item) !== null;
		const text = padText(names[index]!, cells);
		if (index === at) return {...span(text, isOff ? 'barOff' : 'choice'), cursor: true};
		return span(text, isOff ? 'dim' : 'plain');
	};
	const lines = Array.from({length: count}, (_, row): Line => needed.map((cells, column) => cell(row + column * count, cells + left)));
	return [head, ...lines];
}

/** The menu as F10 opens it. */
export const menuPanel = (state: ConsoleState, box: {width: number; rows: number; at: number}, t: Translate): Line[] =>
	menuLines(state, box, title(t('menu.title'), t('menu.keys'), true, box.width), t);

function labelOf({view}: ConsoleState, {action, label}: Binding): TextKey {
	if (action === 'hold' && view?.status.status === 'held') return 'key.unhold';
	const {muted, recording} = view?.call && view.call.phase !== 'ended' ? view.call : {};
	if (action === 'record' && (recording === 'on' || recording === 'masked')) return 'key.recordStop';
	if (action === 'mask' && recording === 'masked') return 'key.unmask';
	return action === 'mute' && muted ? 'key.unmute' : label;
}
