/** The figures of a report as text: by area, with a bar for a share and small bars for what went over time. */
import type {KpiView, ReportRow} from '../../server/reports/views.js';
import type {Language} from '../command.js';
import {bar, sparkline} from './charts.js';
import {type ReportText, sayReport as say} from './report-texts.js';
import {fits, pairLines, tableLines} from './table.js';

type Figure = KpiView['figures'][number];
const areas = ['inbound', 'handling', 'outbound', 'time'] as const;
const barCells = 10;

const two = (value: number): string => String(value).padStart(2, '0');

/** Local time of the service. */
export function clock(atMs: number, utcOffsetMs: number, withSeconds = false): string {
	const text = new Date(atMs + utcOffsetMs).toISOString().replace('T', ' ');
	return text.slice(0, withSeconds ? 19 : 16);
}

/** 1:02:03 */
export const hms = (seconds: number): string => `${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;

export function valueText({unit}: Pick<Figure, 'unit'>, value: number | undefined): string {
	if (value === undefined) return '–';
	if (unit === 'share') return `${(value * 100).toFixed(1)} %`;
	if (unit === 'time') return value < 60_000 ? `${(value / 1_000).toFixed(1)}s` : hms(Math.round(value / 1_000));
	return String(value);
}

export function heading({fromMs, untilMs, utcOffsetMs}: Pick<KpiView, 'fromMs' | 'untilMs' | 'utcOffsetMs'>, language: Language): string {
	return say(language, 'period', {from: clock(fromMs, utcOffsetMs), until: clock(untilMs, utcOffsetMs)});
}

export const width = (): number | undefined => (process.stdout.isTTY ? process.stdout.columns : undefined);

export function kpiLines(view: KpiView, language: Language): string[] {
	const {figures, rows, by} = view;
	const head = [heading(view, language), say(language, 'entered')];
	if (rows.length === 0) return [...head, '', say(language, 'nothing')];
	const parts = areas.flatMap(area => {
		const ours = figures.filter(figure => figure.area === area && rows.some(({values}) => values[figure.id]!.counted > 0));
		if (ours.length === 0) return [];
		const title = say(language, area satisfies ReportText);
		return ['', title, ...(by === 'total' ? column(ours, rows[0]!, language) : table(ours, rows, language))];
	});
	return [...head, ...parts];
}

/** One row alone: a figure a line, with its picture. */
function column(figures: readonly Figure[], {values}: ReportRow, language: Language): string[] {
	const cells = figures.map(figure => {
		const {value, trend = []} = values[figure.id]!;
		const picture = figure.unit === 'share' && value !== undefined ? bar(value, barCells) : '';
		return [`  ${figure.label[language]}`, valueText(figure, value), picture, trend.length > 1 ? sparkline(trend) : ''];
	});
	return tableLines(['', '', '', ''], cells, width()).slice(1);
}

/** Several rows: a table where it has room, else one row after the other. The small bars are of the area's first figure. */
function table(figures: readonly Figure[], rows: readonly ReportRow[], language: Language): string[] {
	const first = figures[0]!;
	const ours = rows.filter(({values}) => figures.some(({id}) => values[id]!.counted > 0));
	const trends = ours.map(({values}) => values[first.id]!.trend ?? []);
	const withTrend = trends.some(trend => trend.length > 1);
	const header = ['', ...figures.map(({label}) => label[language]), ...(withTrend ? [first.label[language]] : [])];
	const cells = ours.map(({name, values}, at) => [
		name === '' ? say(language, 'nobody') : name,
		...figures.map(figure => valueText(figure, values[figure.id]!.value)),
		...(withTrend ? [sparkline(trends[at]!, 24)] : []),
	]);
	if (fits(header, cells, width())) return tableLines(header, cells);
	return cells.flatMap((row, at) => [...(at > 0 ? [''] : []), ...pairLines(header.map((label, index) => [label, [row[index] ?? '']]))]);
}

/** One figure of one row: what it is, what was counted, and what was passed over and why. */
export function openedLines(view: KpiView, language: Language): string[] {
	const {opened, utcOffsetMs, figures} = view;
	if (!opened) return [];
	const figure = figures.find(({id}) => id === opened.id)!;
	const adds = (value: number): string =>
		figure.unit === 'time' || figure.area === 'time' ? valueText({unit: 'time'}, value) : String(value);
	const partLines = (
		parts: ReadonlyArray<{atMs: number; callId?: string; agentId?: string; adds: number; of: number; why?: {ja: string; en: string}}>,
	) =>
		parts.map(({atMs, callId = '-', agentId = '', adds: top, of, why}) =>
			`  ${clock(atMs, utcOffsetMs, true)}  ${callId}  ${why ? why[language] : of > 0 && figure.unit === 'share' ? `${adds(top)} / ${adds(of)}` : adds(top)}  ${agentId}`.trimEnd(),
		);
	const more = (shown: number, all: number) => (shown < all ? [say(language, 'more', {shown})] : []);
	return [
		heading(view, language),
		`${figure.label[language]}${opened.name === '' ? '' : `  ${opened.name}`}  ${valueText(figure, opened.value)}`,
		`${say(language, 'formula')}: ${figure.formula[language]}`,
		'',
		say(language, 'counted', {count: opened.counted}),
		...partLines(opened.parts),
		...more(opened.parts.length, opened.counted),
		'',
		say(language, 'leftOut', {count: opened.leftOut}),
		...partLines(opened.passedOver),
		...more(opened.passedOver.length, opened.leftOut),
	];
}

/** The call lists as they stand, and what the period brought. */
export function listLines(view: KpiView, language: Language): string[] {
	const {lists = [], rows, figures} = view;
	const text = (key: ReportText) => say(language, key);
	const figure = (id: string) => figures.find(each => each.id === id)!;
	const header = [
		...(['list', 'entries', 'tried', 'saved', 'left', 'failed', 'attempts', 'perRecord', 'penetration'] as const).map(text),
		...['dials', 'connects', 'contactRate', 'dropRate'].map(id => figure(id).label[language]),
	];
	const cells = lists.map(({listId, name, total, counts, tried, attempts, penetration}) => {
		const values = rows.find(({key}) => key === listId)?.values;
		const share = penetration === undefined ? '–' : `${(penetration * 100).toFixed(1)} % ${bar(penetration, barCells)}`;
		return [
			name,
			...[total, tried, counts.saved, counts.waiting + counts.autoRecall, counts.failed, attempts].map(String),
			total === 0 ? '–' : (attempts / total).toFixed(2),
			share,
			...['dials', 'connects', 'contactRate', 'dropRate'].map(id => valueText(figure(id), values?.[id]?.value)),
		];
	});
	const head = [heading(view, language), text('listsAsNow'), ''];
	if (cells.length === 0) return [...head, text('nothing')];
	return [...head, ...tableLines(header, cells, width())];
}
