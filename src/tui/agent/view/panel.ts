/** What opens over the history: recalls, a number to dial, a new password. Pure. */
import type {RecallRow} from '../../../server/api/views.js';
import {padText, shortDateTime} from '../../format.js';
import type {Translate} from '../../i18n/index.js';
import {type Line, span} from '../../line.js';
import {type Panel, passwordFields} from '../../model/panels.js';
import {type Edit, lineWindow} from '../../tty/edit.js';
import {withCursor} from './field.js';
import {title} from './title.js';

type Of<K extends Panel['kind']> = Extract<Panel, {kind: K}>;

export function recallsPanel(panel: Of<'recalls'>, width: number, rows: number, zone: string, t: Translate): Line[] {
	const head = title(t('recalls.title'), panel.rows?.length ? t('recalls.keys') : '', true, width);
	if (!panel.rows) return [head, [span(` ${t('recalls.busy')}`, 'dim')]];
	if (panel.rows.length === 0) return [head, [span(` ${t('recalls.none')}`, 'dim')]];
	const first = Math.max(0, panel.at - (rows - 2));
	return [
		head,
		...panel.rows.slice(first, first + rows - 1).map((row, index) => recallLine(row, first + index === panel.at, width, zone, t)),
	];
}

function recallLine(row: RecallRow, isChosen: boolean, width: number, zone: string, t: Translate): Line {
	const late = row.overdue ? `${t('recalls.overdue')} ` : '';
	const of = row.of ? `< ${row.of.name}${row.of.absent ? t('recalls.absent') : ''} ` : '';
	const text = ` ${shortDateTime(row.nextAtMs, zone)} ${late}${row.customerName} ${of}${row.number}`;
	const line = span(padText(text, width - 1), isChosen ? 'choice' : row.overdue ? 'warn' : 'plain');
	return [isChosen ? {...line, cursor: true} : line];
}

export function numberPanelLines(panel: Of<'number'>, width: number, t: Translate): Line[] {
	return [
		title(t('number.title'), '', true, width),
		[],
		entry(t('number.label'), panel.edit, width, true),
		[],
		[span(` ${t('number.keys')}`, 'dim')],
	];
}

export function passwordPanelLines(panel: Of<'password'>, width: number, t: Translate): Line[] {
	return [
		title(t('password.title'), t('icon.other'), true, width),
		...passwordFields.map((field, at) => entry(t(`password.${field}`), panel.edits[at]!, width, at === panel.focus, '●')),
		[span(` ${t('password.hint')}`, 'dim')],
		[span(` ${t('password.keys')}`, 'dim')],
	];
}

export function iconPanelLines(panel: Of<'icon'>, width: number, t: Translate): Line[] {
	return [
		title(t('icon.title'), t('icon.back'), true, width),
		[],
		entry(t('icon.label'), panel.edit, width, true),
		[],
		[span(` ${t('icon.hint')}`, 'dim')],
		[span(` ${t('icon.keys')}`, 'dim')],
	];
}

const labelCells = 16;

/** A line to type in, with its label. */

export function entry(label: string, edit: Edit, width: number, isFocused: boolean, mask?: string): Line {
	const cells = Math.min(30, width - labelCells - 3);
	const window = lineWindow(edit, cells, mask);
	const head = span(` ${padText(label, labelCells)} `, isFocused ? 'labelFocused' : 'label');
	return [
		head,
		...(isFocused ? withCursor(window.text, window.cursorX, cells, 'fieldFocused') : [span(padText(window.text, cells), 'field')]),
	];
}
