/** Operators' time by status, and what response records say, as text. */
import type {RecordsView, TimeView} from '../../server/reports/views.js';
import type {Language} from '../command.js';
import {bar} from './charts.js';
import {heading, hms, width} from './report-kpi.js';
import {sayReport as say, statusTexts} from './report-texts.js';
import {fits, pairLines, tableLines} from './table.js';

/** Every row adds up to its total, to the second, and so does every column. */
export function timeLines(view: TimeView, language: Language): string[] {
	const {statuses, rows} = view;
	const head = [heading(view, language), ''];
	if (rows.length === 0) return [...head, say(language, 'nothing')];
	const used = statuses.filter(status => rows.some(({seconds}) => seconds[status] !== undefined));
	const header = [say(language, 'agent'), ...used.map(status => statusTexts[status]![language]), say(language, 'total')];
	const cell = (seconds: number | undefined) => (seconds === undefined ? '–' : hms(seconds));
	const sum = (values: ReadonlyArray<number | undefined>) => values.reduce<number>((total, value) => total + (value ?? 0), 0);
	const cells = rows.map(({name, seconds, total}) => [name, ...used.map(status => cell(seconds[status])), hms(total)]);
	const all = [
		say(language, 'everybody'),
		...used.map(status => hms(sum(rows.map(({seconds}) => seconds[status])))),
		hms(sum(rows.map(({total}) => total))),
	];
	const table = rows.length > 1 ? [...cells, all] : cells;
	if (fits(header, table, width())) return [...head, ...tableLines(header, table)];
	const lines = table.flatMap((row, at) => [
		...(at > 0 ? [''] : []),
		...pairLines(header.map((label, index) => [label, [row[index] ?? '']])),
	]);
	return [...head, ...lines];
}

export function recordLines(view: RecordsView, language: Language): string[] {
	const {rows, by} = view;
	const head = [heading(view, language)];
	if (rows.length === 0) return [...head, '', say(language, 'nothing')];
	const titles = [...new Set(rows.map(({name, campaign}) => JSON.stringify([name, campaign])))];
	const lines = titles.flatMap(title => {
		const [name, campaign] = JSON.parse(title) as [string, string];
		const ours = rows.filter(row => row.name === name && row.campaign === campaign);
		const shown = by === 'campaign' || by === 'total' ? campaign : `${name === '' ? say(language, 'nobody') : name}  ${campaign}`;
		return ['', shown, ...(['reached', 'reactions', 'nextActions'] as const).flatMap(master => masterLines(ours, master, language))];
	});
	return [...head, ...lines];
}

function masterLines(rows: RecordsView['rows'], master: RecordsView['rows'][number]['master'], language: Language): string[] {
	const ours = rows.filter(row => row.master === master);
	const total = ours.reduce((sum, {count}) => sum + count, 0);
	const cells = ours.map(({label, count}) => [
		`    ${label === '' ? say(language, 'notChosen') : label}`,
		String(count),
		`${((count / total) * 100).toFixed(1)} %`,
		bar(count / total, 20),
	]);
	return [`  ${say(language, master)}  ${total}`, ...tableLines(['', '', '', ''], cells, width()).slice(1)];
}
