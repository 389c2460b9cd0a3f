/** 対応履歴 over the whole right pane: the list with its filters, one record in detail, or its form. Pure. */
import type {HistoryRow, SessionView} from '../../../server/api/views.js';
import {cutText, dateTime, duration, padText, safe, shortDateTime, wrapText} from '../../format.js';
import type {Translate} from '../../i18n/index.js';
import {fitHeight, type Line, lineWidth, type Span, span} from '../../line.js';
import {editFields, filterNames, type HistoryPanel, historyRow, historyShown} from '../../model/history.js';
import {iconOf} from '../../model/icon.js';
import {type WorkLayout, workLayout} from '../../model/layout.js';
import type {ConsoleState} from '../../model/state.js';
import {narrow} from '../../tty/cells.js';
import {translatorOf} from '../keymap.js';
import {fieldLines} from './field.js';
import {soundLine} from './sounds.js';
import {title} from './title.js';

type Box = {width: number; rows: number};

export function historyPane(state: ConsoleState, view: SessionView, panel: HistoryPanel, layout: WorkLayout): Line[] {
	const t = translatorOf(state);
	const box = {width: layout.rightWidth, rows: layout.bodyRows};
	const row = historyRow(state);
	if (panel.form) return form(state, panel, box, t);
	const heard = soundLine(state, view, box.width, t);
	if (panel.openId !== null && row) {
		const lines = detail(row, box, state.zone, t);
		return heard ? [...lines.slice(0, -1), heard] : lines;
	}
	const lines = list(view, panel, box, state.zone, t);
	return heard ? [...lines.slice(0, -1), heard] : lines;
}

function list(view: SessionView, panel: HistoryPanel, {width, rows}: Box, zone: string, t: Translate): Line[] {
	const shown = historyShown(view.history, panel);
	const count = shown.length === view.history.length ? String(shown.length) : `${shown.length}/${view.history.length}`;
	const filters = filterNames.map((name, at) =>
		span(` ${at + 1} ${t(`history.${name}`)}:${panel.filter[name] ?? t('history.all')} `, 'label'),
	);
	const head = [title(t('pane.history'), count, true, width), ...flowed(filters, width - 1)];
	if (shown.length === 0)
		return fitHeight([...head, [span(` ${t(view.history.length > 0 ? 'history.noMatch' : 'history.none')}`, 'dim')]], rows);
	const room = Math.floor((rows - 1 - head.length) / 2);
	const first = Math.max(0, panel.at - room + 1);
	const lines = shown.slice(first, first + room).flatMap((row, at) => rowLines(row, first + at === panel.at, width, zone, t));
	return [...fitHeight([...head, ...lines], rows - 1), [span(cutText(` ${t('history.keys')}`, width - 1), 'dim')]];
}

function rowLines(row: HistoryRow, isChosen: boolean, width: number, zone: string, t: Translate): Line[] {
	const {savedMs, operatorName, text, hasRecording, edit} = row;
	const marks = [hasRecording ? t('history.recording') : '', edit ? t('history.mine') : ''].filter(mark => mark !== '').join(' ');
	const first = cutText(` ${shortDateTime(savedMs, zone)} ${contactOf(row, t)} ${resultOf(row)}`, width - 2 - narrow.widthOfText(marks));
	const padded = `${padText(first, width - 2 - narrow.widthOfText(marks))} ${marks}`;
	const one = span(padText(padded, width - 1), isChosen ? 'choice' : 'plain');
	const two = cutText(`${writerIcon(row)} ${padText(operatorName, 12)} ${safe(text)}`, width - 1);
	return [[isChosen ? {...one, cursor: true} : one], [span(padText(two, width - 1), isChosen ? 'choice' : 'dim')]];
}

/** Pieces beside each other, in as many lines as they take: none is cut in two. */
function flowed(parts: readonly Span[], cells: number): Line[] {
	const lines: Span[][] = [[]];
	for (const part of parts) {
		if (lines.at(-1)!.length > 0 && lineWidth([...lines.at(-1)!, part]) > cells) lines.push([]);
		lines.at(-1)!.push(part);
	}
	return lines;
}

/** Who wrote a record, in the three cells before the name. */
export const writerIcon = ({operatorName, operatorIcon}: HistoryRow): string =>
	` ${padText(iconOf({name: operatorName, ...(operatorIcon !== undefined && {icon: operatorIcon})}), 2)}`;

const contactOf = ({contact}: HistoryRow, t: Translate): string =>
	t(contact === 'none' ? 'call.none' : contact === 'in' ? 'call.in' : 'call.out');
const resultOf = ({reached, reaction, nextAction}: HistoryRow): string =>
	[reached, reaction, nextAction].filter(part => part !== undefined && part !== '').join(' ');

function detail(row: HistoryRow, {width, rows}: Box, zone: string, t: Translate): Line[] {
	const room = width - labelCells - 3;
	const line = (label: string, text: string): Line => [span(` ${padText(label, labelCells)} `, 'label'), span(cutText(text, room))];
	/** Beside each other, or below each other where they have no room. */
	const both = (label: string, first: string, second: string): Line[] => {
		const one = [first, second].filter(Boolean).join('  ');
		return narrow.widthOfText(one) <= room ? [line(label, one)] : [line(label, first), line('', second)];
	};
	const at = (atMs: number | undefined): string => (atMs === undefined ? '-' : dateTime(atMs, zone));
	const {fromNumber, toNumber, nextAtMs} = row;
	const lines: Line[] = [
		title(t('history.detail'), row.edit ? t('history.detailKeysEdit') : t('history.detailKeys'), true, width),
		line(t('history.who'), `${writerIcon(row).trim()} ${row.operatorName}  ${contactOf(row, t)}`),
		...both(t('history.numbers'), fromNumber === undefined ? '-' : fromNumber || t('call.withheld'), toNumber ? `> ${toNumber}` : ''),
		line(t('history.started'), at(row.callStartedMs)),
		line(t('history.saved'), at(row.savedMs)),
		line(t('history.edited'), at(row.editedMs)),
		line(t('history.reached'), row.reached ?? '-'),
		line(t('history.reaction'), row.reaction ?? '-'),
		...both(t('history.nextAction'), row.nextAction ?? '-', nextAtMs === undefined ? '' : dateTime(nextAtMs, zone)),
		...times(row, width, t),
		[],
		...wrapText(row.text, width - 2).map((text): Line => [span(` ${text}`)]),
	];
	if (lines.length > rows) lines.splice(rows - 1, lines.length, [span(`  ${t('pane.more')}`, 'dim')]);
	return fitHeight(lines, rows);
}

const labelCells = 13;

/** Ring, talk and writing time: in figures, and as one bar. Letters as well as colours say which part is which. */
function times({ringMs, talkMs, writingMs}: HistoryRow, width: number, t: Translate): Line[] {
	const parts = [
		{ms: ringMs, label: t('history.ring'), tone: 'dim', sign: '-'},
		{ms: talkMs, label: t('history.talk'), tone: 'good', sign: '='},
		{ms: writingMs, label: t('history.writing'), tone: 'warn', sign: '#'},
	] as const;
	const total = parts.reduce((sum, {ms = 0}) => sum + ms, 0);
	if (total === 0) return [];
	const cells = width - 3;
	return [
		...flowed(
			parts.map(({ms, label, tone, sign}) => span(` ${sign} ${label} ${ms === undefined ? '-' : duration(ms)}`, tone)),
			width - 1,
		),
		[
			span(' '),
			...parts.map(({ms = 0, tone, sign}) => span(sign.repeat(ms > 0 ? Math.max(1, Math.round((cells * ms) / total)) : 0), tone)),
		],
	];
}

/** The form in a window that always holds the focused field. */
function form(state: ConsoleState, panel: HistoryPanel, {width, rows}: Box, t: Translate): Line[] {
	const now = panel.form!;
	const fields = editFields(state, now);
	const layout = workLayout(state.size, fields, now);
	const head = title(t('history.edit'), t('history.editKeys'), true, width);
	return fitHeight([head, ...fields.flatMap(field => fieldLines(field, now, layout, t))], rows);
}
