/** A report as CSV: a byte order mark for Excel, times in seconds, shares as decimals; a figure of nothing is empty. */
import type {ReportView} from '../../server/reports/views.js';
import type {Language} from '../command.js';
import {clock} from './report-kpi.js';
import {sayReport as say, statusTexts} from './report-texts.js';

export async function csvLines(view: ReportView, language: Language): Promise<string[]> {
	const {csvCell} = await import('../../server/files/columns.js');
	const rows = cellsOf(view, language);
	return rows.map((cells, at) => `${at === 0 ? '\ufeff' : ''}${cells.map(csvCell).join(',')}`);
}

function cellsOf(view: ReportView, language: Language): string[][] {
	if (view.kind === 'time') {
		const {statuses, rows} = view;
		const header = [say(language, 'agent'), ...statuses.map(status => statusTexts[status]![language]), say(language, 'total')];
		return [
			header,
			...rows.map(({name, seconds, total}) => [name, ...statuses.map(status => String(seconds[status] ?? 0)), String(total)]),
		];
	}
	if (view.kind === 'records') {
		const header = ['', say(language, 'byCampaign'), '', '', ''];
		return [
			header,
			...view.rows.map(({name, campaign, master, label, count}) => [name, campaign, say(language, master), label, String(count)]),
		];
	}
	const {figures, rows, opened, utcOffsetMs} = view;
	if (opened) {
		const line = (part: {atMs: number; callId?: string; agentId?: string; adds: number; of: number}, why: string) => [
			clock(part.atMs, utcOffsetMs, true),
			part.callId ?? '',
			part.agentId ?? '',
			String(part.adds),
			String(part.of),
			why,
		];
		return [
			[say(language, 'started'), 'ID', say(language, 'agent'), '+', '÷', ''],
			...opened.parts.map(part => line(part, '')),
			...opened.passedOver.map(part => line({...part, adds: 0, of: 0}, part.why[language])),
		];
	}
	const number = (unit: string, value: number | undefined) => (value === undefined ? '' : String(unit === 'time' ? value / 1_000 : value));
	return [
		['', ...figures.map(({label}) => label[language])],
		...rows.map(({name, values}) => [name, ...figures.map(({id, unit}) => number(unit, values[id]!.value))]),
	];
}
