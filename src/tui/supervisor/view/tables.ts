/** The lists beside the grid, a row each. Pure. */
import {clockTime, duration, padText, shortDateTime} from '../../format.js';
import {type TextKey, translator} from '../../i18n/index.js';
import {fitHeight, fitWidth, type Line, type Span, span} from '../../line.js';
import type {SupervisorState, Tab} from '../../model/supervisor/state.js';
import {type Row, rowsOf} from '../../model/supervisor/tables.js';
import type {Tone} from '../../theme.js';
import {budgetSpans} from './budget.js';
import type {Moment} from './grid.js';

const noneKeys: Record<Exclude<Tab, 'seats'>, TextKey> = {
	waiting: 'sv.waitingNone',
	abandoned: 'sv.abandonedNone',
	recalls: 'sv.recallsNone',
	lists: 'sv.listsNone',
};

/** The list of the present tab in exactly `rows` lines. */
export function tableLines(state: SupervisorState, rows: number, moment: Moment): Line[] {
	if (rows <= 0 || state.tab === 'seats') return [];
	const t = translator(state.lang);
	const all = rowsOf(state, state.tab);
	if (all.length === 0) return fitHeight([[], [span(`  ${t(noneKeys[state.tab])}`, 'dim')]], rows);
	const at = Math.min(state.at[state.tab], all.length - 1);
	const top = Math.max(0, Math.min(all.length - rows, at - Math.floor(rows / 2)));
	return fitHeight(
		all.slice(top, top + rows).map((row, index) => {
			const line = fitWidth(rowSpans(state, row, moment), state.size.columns);
			const toned = moment.isStale ? line.map((part): Span => ({...part, tone: 'dim'})) : line;
			if (top + index !== at) return toned;
			const chosen = toned.map((part): Span => ({...part, tone: 'choice'}));
			return state.input === null && state.opened === null ? [{...chosen[0]!, cursor: true as const}, ...chosen.slice(1)] : chosen;
		}),
		rows,
	);
}

function rowSpans(state: SupervisorState, found: Row, {nowMs}: Moment): Line {
	const t = translator(state.lang);
	const {floor, zone} = state;
	const group = (groupId: string | undefined): string => {
		const known = floor.groups.get(groupId ?? '');
		return padText(known ? `${known.number} ${known.name}` : '', 18);
	};
	const number = (text: string): string => padText(text === '' ? t('call.withheld') : text, 14);
	const name = (operatorId: string): string => floor.seats.get(operatorId)?.name ?? operatorId;
	switch (found.kind) {
		case 'waiting': {
			const {row} = found;
			const ringing = row.ringing.length > 0 ? t('sv.ringing', {names: row.ringing.map(name).join(' ')}) : '';
			return [
				span(` ${padText(duration(nowMs - row.sinceMs), 8, 'right')}  `, 'wait'),
				span(`${padText(t(`sv.kind.${row.kind}`), 9)} ${group(row.groupId)}  `),
				span(`${number(row.number)}  `, 'strong'),
				span(`${padText(row.customerName ?? '', 14)}  ${ringing}`),
			];
		}
		case 'abandoned': {
			const {row} = found;
			return [
				span(` ${clockTime(row.atMs, zone)}  `, 'dim'),
				span(`${padText(t(`sv.kind.${row.kind}`), 6)} ${group(row.groupId)}  `),
				span(`${number(row.number)}  `, 'strong'),
				span(t('sv.waited', {time: duration(row.waitedMs)})),
				span(row.whileRinging ? `  ${t('sv.whileRinging')}` : '', 'warn'),
			];
		}
		case 'recall': {
			const {row} = found;
			const late = row.nextAtMs < nowMs;
			const tone: Tone = row.absent ? 'bad' : late ? 'warn' : 'plain';
			return [
				span(` ${shortDateTime(row.nextAtMs, zone)}  `, tone),
				span(padText(late ? t('sv.overdue') : '', 9), tone),
				span(`${row.absent ? '▲' : ' '} ${padText(row.operatorName, 16)} `, tone),
				span(padText(row.absent ? t('sv.absent') : '', 13), tone),
				span(`${padText(row.customerName, 16)} ${row.number}`),
			];
		}
		case 'dial': {
			const {row} = found;
			return [
				...started(row.started, t('sv.started'), t('sv.stopped')),
				span(`${padText(t('sv.autoDial'), 10)} `, 'title'),
				span(`${padText(row.name, state.size.columns >= 110 ? 24 : 15)} `),
				...budgetSpans(row, t),
				span(group(row.groupId), 'dim'),
			];
		}
		case 'list': {
			const {row} = found;
			return [
				...started(row.started, t('sv.started'), t('sv.stopped')),
				span(`${padText(row.name, 30)} `),
				span(`${t('sv.listOpen')} ${padText(String(row.open), 6, 'right')} / ${t('sv.listTotal')} ${row.total}  `, 'strong'),
				span(group(row.groupId), 'dim'),
			];
		}
	}
}

const started = (isStarted: boolean, yes: string, no: string): Line => [
	span(` ${isStarted ? '●' : '○'} ${padText(isStarted ? yes : no, 10)}`, isStarted ? 'good' : 'dim'),
];
