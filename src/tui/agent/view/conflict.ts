/** Which of two changes is kept, over the history: one field at a time, with what stood there, what the other and what I wrote. Pure. */
import {padText, wrapText} from '../../format.js';
import type {Translate} from '../../i18n/index.js';
import {type Line, span} from '../../line.js';
import {type ConflictPanel, conflictSides, conflictValue} from '../../model/conflict.js';
import type {Field} from '../../model/fields.js';
import type {Form} from '../../model/form.js';
import {shownChoice} from '../../model/form-keys.js';
import {graphemes} from '../../tty/cells.js';
import {title} from './title.js';

export function conflictPanel(
	panel: ConflictPanel,
	form: Form | null,
	fields: readonly Field[],
	{width, rows}: {width: number; rows: number},
	t: Translate,
): Line[] {
	const head = title(t('conflict.title'), t('conflict.keys'), true, width);
	const key = panel.keys[panel.at];
	const field = fields.find(each => each.key === key);
	if (!form || key === undefined || !field) return [head];
	const shown = (value: string): string =>
		value === '' ? t('record.blank') : field.kind === 'password' ? '●'.repeat(graphemes(value).length) : shownChoice(field, value);
	const chosen = panel.chosen[key];
	const count = panel.keys.length > 1 ? `  ${panel.at + 1}/${panel.keys.length}` : '';
	const lines: Line[] = [[span(` ${field.label}`, 'strong'), span(count, 'dim')]];
	const room = Math.max(1, Math.floor((rows - 2) / conflictSides.length));
	for (const [at, side] of conflictSides.entries()) {
		const label = ` ${at + 1} ${padText(t(`conflict.${side}`), labelCells)} `;
		const parts = wrapText(shown(conflictValue(form, panel, key, side)), width - label.length - 8).slice(0, room);
		for (const [row, part] of parts.entries()) {
			const isHere = row === 0 && (chosen === side || (chosen === undefined && side === 'mine'));
			const mark = span(row === 0 ? label : padText('', label.length), chosen === side ? 'choice' : 'label');
			lines.push([isHere ? {...mark, cursor: true} : mark, span(part, chosen === side ? 'choice' : side === 'theirs' ? 'warn' : 'plain')]);
		}
	}
	return [head, ...lines];
}

const labelCells = 6;
