/** The `:` line and what may follow: the candidates in place of the keys, and at the right what Enter will do. Pure. */
import {withCursor} from '../../agent/view/field.js';
import {type Translate, translator} from '../../i18n/index.js';
import {commandHelp, commandTexts, partTexts} from '../../i18n/supervisor-commands.js';
import {ends, fitWidth, type Line, type Span, span} from '../../line.js';
import {targetOf} from '../../model/supervisor/actions.js';
import {whyNotMeant} from '../../model/supervisor/command-line.js';
import {type CommandName, commands, isChoice, splitLine, understand, words} from '../../model/supervisor/commands.js';
import {completionOf} from '../../model/supervisor/completion.js';
import type {CommandInput, SupervisorState} from '../../model/supervisor/state.js';
import {narrow} from '../../tty/cells.js';
import {lineWindow} from '../../tty/edit.js';

/** How a command is written: its name and what follows. */
function usageOf(command: CommandName, {lang}: SupervisorState): string {
	const parts = commands[command].parts.map(part =>
		part !== 'onOff?' && isChoice(part) ? words(part, lang).join('|') : (partTexts[part]?.[lang] ?? ''),
	);
	return [commandTexts[command][lang], ...parts].join(' ');
}

/** What Enter will do, or what is missing. */
function preview(state: SupervisorState, text: string, t: Translate): Span {
	const understood = understand(state, text);
	if (!understood.ok) {
		const {command} = splitLine(text);
		return span(command ? usageOf(command, state) : '', 'dim');
	}
	const {meant} = understood;
	const why = whyNotMeant(state, meant);
	if (why) return span(t(why), 'warn');
	const isOfSeat = commands[meant.command].parts.some(part => part === 'seat' || part === 'seat?');
	const seat = meant.seat ?? (isOfSeat && meant.command !== 'take' ? targetOf(state) : undefined);
	const of = seat ? `${seat.extension} ${seat.name}` : (meant.dialling?.row.name ?? meant.abandoned?.number ?? '');
	return span(of === '' ? commandHelp[meant.command][state.lang] : `> ${of}`, 'accent');
}

/** The line that is typed. */
export function commandLine(state: SupervisorState, {edit}: CommandInput): Line {
	const {columns} = state.size;
	const t = translator(state.lang);
	const {message} = state;
	const right = message ? span(t(message.why.key, message.why.args), message.tone) : preview(state, edit.text, t);
	const head = span(' : ', 'labelFocused');
	const typedCells = narrow.widthOfText(edit.text) + 2;
	const rightCells = Math.min(narrow.widthOfText(right.text), Math.max(0, columns - 3 - Math.max(20, typedCells) - 3));
	const cells = columns - 3 - rightCells - 3;
	const window = lineWindow(edit, cells);
	const shown = [span(' '), ...fitWidth([right], rightCells), span(' ')];
	return fitWidth([head, ...withCursor(window.text, window.cursorX, cells, 'fieldFocused'), ...shown], columns);
}

/** In place of the keys: what fits where the cursor is; without anything the keys of the line. */
export function candidatesLine(state: SupervisorState, {edit, offered}: CommandInput): Line {
	const {columns} = state.size;
	const t = translator(state.lang);
	const {candidates} = completionOf(state, offered?.for ?? edit.text);
	if (candidates.length === 0) return ends([span(` ${t('sv.cmd.keys')}`, 'dim')], [], columns);
	// From the chosen one's neighbourhood on, so that it is always in sight.
	const from = firstShown(
		candidates.map(({shown}) => narrow.widthOfText(shown) + 2),
		offered?.at ?? 0,
		columns - 6,
	);
	const items = candidates
		.slice(from)
		.flatMap(({shown}, at): Span[] => [span(` ${shown} `, offered && from + at === offered.at ? 'choice' : 'bar')]);
	return fitWidth([span(from > 0 ? '< ' : ''), ...items], columns);
}

/** The first candidate to be shown, so that the one at `at` fits into the room. */
function firstShown(widths: readonly number[], at: number, room: number): number {
	let from = 0;
	let used = widths.slice(0, at + 1).reduce((sum, width) => sum + width, 0);
	while (used > room && from < at) used -= widths[from++]!;
	return from;
}
