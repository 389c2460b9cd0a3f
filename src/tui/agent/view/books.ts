/** 担当リスト and 発信リスト, over the history. Pure. */
import type {CallListRow, MyCustomerRow} from '../../../server/api/views.js';
import {padText, shortDateTime} from '../../format.js';
import type {Translate} from '../../i18n/index.js';
import {type Line, span} from '../../line.js';
import {type BookPanel, mineShown} from '../../model/books.js';
import {narrow} from '../../tty/cells.js';
import {entry} from './panel.js';
import {title} from './title.js';

type Box = {width: number; rows: number};
const cellsOf = (text: string): number => narrow.widthOfText(text);
const whenCells = 11;
/** Narrower than this the mark alone says how a list stands. */
const wideCells = 56;

type Of<K extends BookPanel['kind']> = Extract<BookPanel, {kind: K}>;

export function bookPanel(panel: BookPanel, box: Box, zone: string, t: Translate): Line[] {
	return panel.kind === 'mine' ? mine(panel, box, zone, t) : callLists(panel, box, t);
}

function mine(panel: Of<'mine'>, {width, rows}: Box, zone: string, t: Translate): Line[] {
	const head = title(t('mine.title'), t('mine.keys'), true, width);
	const line = entry(t('mine.label'), panel.edit, width, true);
	if (!panel.rows) return [head, line, [span(` ${t('recalls.busy')}`, 'dim')]];
	const shown = mineShown(panel);
	if (shown.length === 0) return [head, line, [span(` ${t(panel.rows.length === 0 ? 'mine.none' : 'mine.noMatch')}`, 'dim')]];
	const room = rows - 2;
	const first = Math.max(0, panel.at - room + 1);
	return [
		head,
		line,
		...shown.slice(first, first + room).map((row, at): Line => {
			const isChosen = first + at === panel.at;
			return [span(padText(` ${mineText(row, zone)}`, width - 1), isChosen ? 'choice' : 'plain')];
		}),
	];
}

/** As in the list of recalls: when, who, which number. */
function mineText({name, number, nextAction, nextAtMs}: MyCustomerRow, zone: string): string {
	const when = nextAtMs === undefined ? '' : shortDateTime(nextAtMs, zone);
	return [padText(when, whenCells), name, number, nextAction ?? ''].join(' ');
}

/** Below the lists, where there is room: who is next in the chosen one. */
function callLists(panel: Of<'callLists'>, {width, rows}: Box, t: Translate): Line[] {
	const head = title(t('callLists.title'), t('callLists.keys'), true, width);
	if (!panel.rows) return [head, [span(` ${t('recalls.busy')}`, 'dim')]];
	if (panel.rows.length === 0) return [head, [span(` ${t('callLists.none')}`, 'dim')]];
	const chosen = panel.rows[panel.at];
	const next = rows >= 7 && chosen ? nextLines(chosen, Math.min(5, rows - 5), width, t) : [];
	const room = rows - 1 - next.length;
	const first = Math.max(0, panel.at - room + 1);
	return [head, ...panel.rows.slice(first, first + room).map((row, at) => listLine(row, first + at === panel.at, width, t)), ...next];
}

function listLine(row: CallListRow, isChosen: boolean, width: number, t: Translate): Line {
	const {waiting, autoRecall, saved, failed, stopped} = row.byState;
	const done = saved + failed + stopped;
	const percent = row.total === 0 ? 0 : Math.floor((100 * done) / row.total);
	const isWide = width >= wideCells;
	const state = t(row.dialling ? 'callLists.dialling' : row.started ? 'callLists.started' : 'callLists.stopped');
	const left = waiting + autoRecall;
	const counts = t(isWide ? 'callLists.counts' : 'callLists.short', {left, total: row.total, percent});
	const right = isWide ? ` ${state}  ${counts} ` : ` ${counts} `;
	const mark = row.dialling ? '●' : row.started ? '○' : '■';
	const text = `${padText(` ${mark} ${row.name}`, Math.max(8, width - 1 - cellsOf(right)))}${right}`;
	const line = span(padText(text, width - 1), isChosen ? 'choice' : row.dialling ? 'plain' : 'dim');
	return [isChosen ? {...line, cursor: true} : line];
}

function nextLines({next}: CallListRow, count: number, width: number, t: Translate): Line[] {
	const label = t('callLists.next');
	if (next.length === 0) return [[span(padText(` ${label} ${t('callLists.nobody')}`, width - 1), 'dim')]];
	return next.slice(0, count).map(({name, number, attempts}, at) => {
		const tries = attempts > 0 ? `  ${t('callLists.attempts', {count: attempts})}` : '';
		return [span(padText(` ${padText(at === 0 ? label : '', cellsOf(label))} ${name}  ${number}${tries}`, width - 1), 'dim')];
	});
}
