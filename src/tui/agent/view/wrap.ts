/** 一行入力, over the history: the line, and below it what each word was taken for. Pure. */
import {padText} from '../../format.js';
import type {TextKey, Translate} from '../../i18n/index.js';
import {fitWidth, type Line, span} from '../../line.js';
import type {ConsoleState} from '../../model/state.js';
import {type WrapPanel, wrapLabels, wrapNext, wrapProblem} from '../../model/wrap-panel.js';
import {lineWindow} from '../../tty/edit.js';
import {argsOf} from './args.js';
import {withCursor} from './field.js';
import {title} from './title.js';

const labelCells = 13;

export function wrapPanel(panel: WrapPanel, {width, rows}: {width: number; rows: number}, t: Translate): Line[] {
	const cells = width - 3;
	const window = lineWindow(panel.edit, cells);
	const head = [
		title(t('wrap.title'), t('wrap.keys'), true, width),
		[span(' '), ...withCursor(window.text, window.cursorX, cells, 'fieldFocused')],
	];
	if (panel.edit.text.trim() === '') return [...head, ...hintLines(t)].slice(0, rows);
	const parts = panel.reading.parts.map((part): Line => {
		const why = wrapProblem(part);
		if (why) return [span(' ! ', 'bad'), span(t(why.key, argsOf(why.args, t)), 'bad')];
		const shown = 'shown' in part ? part.shown || t('record.blank') : '';
		return [span(`   ${padText(t(wrapLabels[part.name]), labelCells)} `, 'label'), span(shown)];
	});
	// Where there is no room for all, what is wrong is not what is left out.
	const isWrong = (line: Line): boolean => line[0]?.tone === 'bad';
	const room = rows - head.length;
	const shown = parts.length <= room ? parts : [...parts.filter(isWrong), ...parts.filter(line => !isWrong(line))].slice(0, room);
	return [...head, ...shown.map(line => fitWidth(line, width - 1))];
}

const hints: readonly TextKey[] = ['wrap.hint1', 'wrap.hint2', 'wrap.hint3'];
const hintLines = (t: Translate): Line[] => hints.map(key => [span(` ${t(key)}`, 'dim')]);

/** On the strip: what the next word will be taken for, and its choices with their numbers. */
export function wrapStrip(state: ConsoleState, panel: WrapPanel): Line {
	const {label, options} = wrapNext(state, panel);
	const choices = options.flatMap((option, at) => [span(`${at + 1} `, 'dim'), span(`${option.label}  `)]);
	return fitWidth([span(` ${label}  `, 'accent'), ...choices], state.size.columns);
}
