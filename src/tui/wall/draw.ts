/** A page of the wall from the figures, their age and the layout. Pure: everything that ticks is an argument. */
import type {Figures, HelpFigure, QueueFigures} from '../../server/api/figures.js';
import type {TileName, WallLayout} from '../../server/config/wall-layout.js';
import {agentStatuses} from '../../server/domain/model.js';
import {duration, padText} from '../format.js';
import type {Lang} from '../i18n/index.js';
import type {CellRuler} from '../tty/cells.js';
import {bigText} from './digits.js';
import {type FeedFault, staleMs} from './feed.js';
import type {ShownPage} from './pages.js';
import {type Box, Paper, type WallTone} from './paper.js';
import {fitting, type Say, sayIn, statusText} from './texts.js';
import {type FigureTile, figureTiles, type Level, tileValue, type Value} from './values.js';

/** Where a chart is to be drawn, and of what: one value a minute, the running one last. */
export type Chart = {box: Box; lines: Array<{colour: 'green' | 'cyan' | 'red'; values: number[]}>};

export type WallState = {
	lang: Lang;
	layout: WallLayout;
	columns: number;
	rows: number;
	/** How wide the terminal draws; narrow by default. */
	ruler?: CellRuler | undefined;
	figures?: Figures | undefined;
	/** Of the figures; undefined without them. */
	ageMs: number | undefined;
	fault: FeedFault | undefined;
	/** The page that is shown, of how many. */
	page?: ShownPage | undefined;
	at: number;
	of: number;
	held: boolean;
	/** The dark half of a blink. */
	isDark: boolean;
};

export type Drawn = {paper: Paper; charts: Chart[] /** Over everything. */; alert?: {paper: Paper; box: Box}; isStale: boolean};

const columnsMin = 60;
const rowsMin = 16;

export const isOld = (ageMs: number | undefined): boolean => ageMs === undefined || ageMs > staleMs;

/** Seconds with a decimal while it matters, then minutes. */
export const ageText = (ageMs: number): string =>
	ageMs < 100_000 ? `${(ageMs / 1_000).toFixed(ageMs < 10_000 ? 1 : 0)}s` : duration(ageMs);

export function drawWall(state: WallState): Drawn {
	const {columns, rows, lang, figures, ageMs, page} = state;
	const say = sayIn(lang);
	const paper = new Paper(columns, rows, state.ruler);
	const isStale = isOld(ageMs);
	if (columns < columnsMin || rows < rowsMin) {
		paper.text(1, 1, say('small'), 'strong');
		return {paper, charts: [], isStale};
	}
	const charts: Chart[] = [];
	if (figures && page) {
		if (page.queue) drawRows(paper, charts, {state, figures, page, queue: page.queue, say});
		else paper.padded(0, Math.floor(rows / 2), say('noGroup', {number: page.number ?? ''}), 'warn', columns, 'centre');
	} else paper.padded(0, Math.floor(rows / 2), say('noFigures'), 'strong', columns, 'centre');
	if (isStale) paper.fade();
	head(paper, state, isStale, say);
	foot(paper, state, say);
	const alert = figures && !isStale && state.layout.helpAlerts ? alertOver(state, figures.helps, say) : undefined;
	return {paper, charts, isStale, ...(alert && {alert})};
}

/** Whose page it is, the service's clock, and the age of every figure below: never greyed, for it is true in any case. */
function head(paper: Paper, {columns, figures, ageMs, page, at, of, held, fault}: WallState, isStale: boolean, say: Say): void {
	paper.fill({x: 0, y: 0, width: columns, height: 1}, 'bar');
	const place = of > 1 ? `  ${at + 1}/${of}${held ? ` ${say('held')}` : ''}` : '';
	paper.text(1, 0, `${page?.title ?? ''}${place}`, 'bar', Math.floor(columns / 2) - 6);
	if (figures && ageMs !== undefined) {
		const clock = new Date(figures.nowMs + ageMs + figures.utcOffsetMs).toISOString().slice(11, 19);
		paper.padded(Math.floor(columns / 2) - 4, 0, clock, 'bar', 8);
	}
	const age =
		figures && ageMs !== undefined
			? isStale
				? say('stale', {age: ageText(ageMs)})
				: say('updated', {seconds: (ageMs / 1_000).toFixed(1)})
			: '';
	paper.padded(
		Math.floor(columns / 2) + 5,
		0,
		`${age} `,
		isStale && age !== '' ? 'alarm' : 'bar',
		columns - Math.floor(columns / 2) - 5,
		'right',
	);
	if (!isStale) return;
	// Said once more where it is seen from afar.
	const text = figures && ageMs !== undefined ? say('stale', {age: ageText(ageMs)}) : fault ? say(`fault.${fault}`) : say('noFigures');
	paper.padded(0, 1, fault && figures ? `${text} ${say(`fault.${fault}`)}` : text, 'alarm', columns, 'centre');
}

function foot(paper: Paper, {rows, columns, figures}: WallState, say: Say): void {
	const faults = (figures?.faults ?? []).map(({kind, name}) => `!! ${say(kind === 'trunk' ? 'trunkDown' : 'partDown', {name})}`);
	const taken = (figures?.helps ?? []).flatMap(({extension, name, takenBy}) =>
		takenBy === undefined ? [] : [`! ${say('help')} ${extension} ${name}: ${say('helpTaken', {name: takenBy})}`],
	);
	const lines = [...faults, ...taken];
	if (lines.length > 0) paper.padded(0, rows - 1, ` ${lines.join('   ')}`, faults.length > 0 ? 'bad' : 'warn', columns);
	else paper.padded(0, rows - 1, say('keys'), 'dim', columns);
}

type Page = {state: WallState; figures: Figures; page: ShownPage; queue: QueueFigures; say: Say};

function drawRows(paper: Paper, charts: Chart[], page: Page): void {
	const {columns, rows} = page.state;
	const weights = page.page.page.rows.map(({weight}) => weight);
	const sum = weights.reduce((total, weight) => total + weight, 0);
	const room = rows - 3;
	let before = 0;
	for (const [at, {tiles}] of page.page.page.rows.entries()) {
		const top = 2 + Math.round((before / sum) * room);
		before += weights[at]!;
		const height = 2 + Math.round((before / sum) * room) - top;
		for (const [index, tile] of tiles.entries()) {
			const x = Math.round((index / tiles.length) * columns);
			const width = Math.round(((index + 1) / tiles.length) * columns) - x - (index < tiles.length - 1 ? 1 : 0);
			drawTile(paper, charts, {x, y: top, width, height}, tile, page);
		}
	}
}

const marks: Record<Level, string> = {plain: '', warn: '!', bad: '!!'};
const levelTones = {plain: 'strong', warn: 'warn', bad: 'bad'} as const satisfies Record<Level, WallTone>;
const digitTones = {plain: 'digit', warn: 'digitWarn', bad: 'digitBad'} as const satisfies Record<Level, WallTone>;

function drawTile(paper: Paper, charts: Chart[], box: Box, tile: TileName, page: Page): void {
	const {figures, queue, say, state} = page;
	const value =
		tile === 'callsPerMinute' || tile === 'agents' || tile === 'groups'
			? undefined
			: tileValue(tile, queue, {figures, thresholds: state.layout.thresholds, say});
	title(paper, box, tile, page, value);
	const inner: Box = {x: box.x, y: box.y + 1, width: box.width, height: box.height - 1};
	if (inner.height < 1) return;
	if (tile === 'callsPerMinute') perMinute(paper, charts, inner, page);
	else if (tile === 'agents') agents(paper, inner, page);
	else if (tile === 'groups') groups(paper, inner, page);
	if (tile === 'callsPerMinute' || tile === 'agents' || tile === 'groups') return;
	const limits = (state.layout.thresholds as Partial<Record<TileName, readonly number[]>>)[tile];
	figure(paper, inner, tile, value!, limits);
}

/** The name, the mark of a threshold, and while the figures are old their age. */
function title(paper: Paper, {x, y, width}: Box, tile: TileName, {state, say}: Page, value: Value | undefined): void {
	const level = value?.level ?? 'plain';
	const age = isOld(state.ageMs) && state.ageMs !== undefined ? say('old', {age: ageText(state.ageMs)}) : '';
	const mark = `${age} ${marks[level]}`.trim();
	const cells = mark ? paper.ruler.widthOfText(mark) + 2 : 0;
	paper.padded(x, y, ` ${fitting(state.lang, tile, width - cells - 1, paper.ruler)}`, 'bar', width - cells);
	paper.padded(x + width - cells, y, ` ${mark} `, 'bar', cells);
}

function figure(
	paper: Paper,
	box: Box,
	tile: FigureTile,
	{text, level, detail, brief, share}: Value,
	limits: readonly number[] | undefined,
): void {
	const scale = gaugeScale(tile, limits);
	const gaugeRows = scale !== undefined && share !== undefined && box.height >= 4 ? 1 : 0;
	const detailRows = detail && box.height >= 3 ? 1 : 0;
	const number = {...box, height: box.height - detailRows - gaugeRows};
	const mark = marks[level];
	bigText(paper, number, text, digitTones[level]);
	// The shape beside the colour: as large as a line of text, at the left.
	if (mark) paper.text(number.x + 1, number.y + Math.floor((number.height - 1) / 2), mark, levelTones[level]);
	if (gaugeRows > 0)
		gauge(
			paper,
			{...box, y: box.y + number.height, height: 1},
			share! / scale!,
			limits?.map(limit => limit / 100 / scale!),
			level,
		);
	const below = brief !== undefined && paper.ruler.widthOfText(detail!) > box.width ? brief : detail!;
	if (detailRows) paper.padded(box.x, box.y + box.height - 1, below, 'dim', box.width, 'centre');
}

/** The share at the right end of a tile's gauge: rates that must stay small have one that is not a hundred. */
function gaugeScale(tile: FigureTile, limits: readonly number[] | undefined): number | undefined {
	if (tile === 'occupancy' || tile === 'occupancyRecent' || tile === 'dropBudget') return 1;
	if (tile !== 'dropRate' && tile !== 'abandonRate' && tile !== 'abandonRateRecent') return undefined;
	return Math.min(1, (2 * Math.max(1, ...(limits ?? []))) / 100);
}

/** A bar between brackets; a stroke where each limit is. */
function gauge(paper: Paper, {x, y, width}: Box, part: number, limits: readonly number[] | undefined, level: Level): void {
	const room = width - 4;
	if (room < 8) return;
	paper.text(x + 1, y, `[${'.'.repeat(room)}]`, 'dim');
	const cells = Math.min(room, Math.max(part > 0 ? 1 : 0, Math.round(part * room)));
	paper.fill({x: x + 2, y, width: cells, height: 1}, level === 'bad' ? 'gaugeBad' : level === 'warn' ? 'gaugeWarn' : 'gauge');
	for (const limit of limits ?? []) {
		const at = Math.round(limit * room);
		if (at < room) paper.text(x + 2 + at, y, '|', at < cells ? 'gauge' : 'strong', 1);
	}
}

function perMinute(paper: Paper, charts: Chart[], box: Box, {queue, say}: Page): void {
	const {perMinute: calls} = queue;
	const last = (values: readonly number[]) => values.at(-1) ?? 0;
	const legend: Array<[string, WallTone]> = [
		[`- ${say('in')} ${last(calls.in)}`, 'good'],
		[`- ${say('out')} ${last(calls.out)}`, 'accent'],
		[`- ${say('lost')} ${last(calls.abandoned)}`, 'bad'],
	];
	// Beside each other; where that is too long, below each other.
	const isLong = legend.reduce((sum, [text]) => sum + paper.ruler.widthOfText(text) + 2, 0) > box.width && box.height >= legend.length;
	let x = box.x + 1;
	for (const [at, [text, tone]] of legend.entries()) {
		const cells = paper.text(x, box.y + (isLong ? at : 0), text, tone, box.x + box.width - x);
		if (!isLong) x += cells + 2;
	}
	// A chart smaller than this says nothing.
	const legendRows = isLong ? legend.length : 1;
	if (box.height - legendRows < 5 || box.width < 22) return;
	charts.push({
		box: {...box, y: box.y + legendRows, height: box.height - legendRows},
		lines: [
			{colour: 'green', values: calls.in},
			{colour: 'cyan', values: calls.out},
			{colour: 'red', values: calls.abandoned},
		],
	});
}

function agents(paper: Paper, box: Box, {queue, state}: Page): void {
	const shown = agentStatuses.filter(status => (queue.agents[status] ?? 0) > 0);
	const most = Math.max(1, ...shown.map(status => queue.agents[status]!));
	for (const [row, status] of shown.slice(0, box.height).entries()) {
		const count = queue.agents[status]!;
		const cells = Math.max(6, Math.min(15, box.width - 6));
		const name = padText(statusText(state.lang, status, cells, paper.ruler), cells, 'left', paper.ruler);
		const used = paper.text(
			box.x + 1,
			box.y + row,
			`${name}${String(count).padStart(4)} `,
			status === 'ready' ? 'good' : 'strong',
			box.width - 1,
		);
		const room = box.width - used - 2;
		paper.fill({x: box.x + 1 + used, y: box.y + row, width: Math.max(0, Math.round((count / most) * room)), height: 1}, 'gauge');
	}
}

/** Every group in a line, so that all are seen at a glance; those that do not fit are counted. */
function groups(paper: Paper, box: Box, {figures, state, say}: Page): void {
	const columns: Array<{name: string; tile: FigureTile; width: number}> = [
		{name: say('waiting'), tile: 'waiting', width: 8},
		{name: say('longest'), tile: 'longestWait', width: 9},
		{name: say('sl'), tile: 'serviceLevel', width: 8},
		{name: say('slRecent'), tile: 'serviceLevelRecent', width: 8},
		{name: say('ready'), tile: 'ready', width: 8},
		{name: say('talking'), tile: 'talking', width: 8},
		{name: say('answered').split(' ')[0]!, tile: 'answered', width: 9},
		{name: say('abandoned').split(' ')[0]!, tile: 'abandoned', width: 10},
		{name: say('occupancy').split(' ')[0]!, tile: 'occupancy', width: 10},
	];
	const room = box.width - 2;
	const fitting = columns.filter((_, at) => columns.slice(0, at + 1).reduce((sum, {width}) => sum + width, 0) + 14 <= room);
	const nameCells = Math.min(40, room - fitting.reduce((sum, {width}) => sum + width, 0));
	let x = box.x + 1 + nameCells;
	for (const {name, width} of fitting) {
		paper.padded(x, box.y, name, 'dim', width, 'right');
		x += width;
	}
	const rows = box.height - 1;
	const isTight = figures.groups.length > rows;
	const shown = isTight ? figures.groups.slice(0, rows - 1) : figures.groups;
	for (const [row, group] of shown.entries()) {
		paper.text(box.x + 1, box.y + 1 + row, `${group.number} ${group.name}`, 'plain', nameCells - 1);
		let left = box.x + 1 + nameCells;
		for (const {tile, width} of fitting) {
			const {text, level} = tileValue(tile, group, {figures, thresholds: state.layout.thresholds, say});
			paper.padded(left, box.y + 1 + row, `${marks[level]}${text}`, levelTones[level], width, 'right');
			left += width;
		}
	}
	if (isTight) paper.text(box.x + 1, box.y + box.height - 1, say('more', {count: figures.groups.length - shown.length}), 'warn');
}

/** Requests for help nobody has taken, over the middle of the screen. */
function alertOver(
	{columns, rows, isDark, ruler}: WallState,
	helps: readonly HelpFigure[],
	say: Say,
): {paper: Paper; box: Box} | undefined {
	const open = helps.filter(({takenBy}) => takenBy === undefined);
	if (open.length === 0) return undefined;
	const shown = open.slice(0, Math.max(1, Math.floor((rows - 8) / 2)));
	const width = Math.min(columns - 4, Math.max(56, Math.floor(columns * 0.7)));
	const height = shown.length * 2 + 3;
	const paper = new Paper(width, height, ruler);
	const tone: WallTone = isDark ? 'alarmDark' : 'alarm';
	paper.fill({x: 0, y: 0, width, height}, tone);
	paper.padded(0, 1, `!! ${say('help')} !!`, tone, width, 'centre');
	for (const [at, {extension, name, forMs, comment}] of shown.entries())
		paper.padded(2, 3 + at * 2, `${extension} ${name}  ${duration(forMs)}  ${comment ?? ''}`, tone, width - 4);
	if (open.length > shown.length) paper.padded(2, height - 1, say('more', {count: open.length - shown.length}), tone, width - 4, 'right');
	return {paper, box: {x: Math.floor((columns - width) / 2), y: Math.max(2, Math.floor((rows - height) / 2)), width, height}};
}

/** Every figure there is a tile for, of the centre and of each group, as lines of text: for `--once`. */
export function plainLines(figures: Figures, layout: WallLayout, lang: Lang): Array<[string, string[]]> {
	const say = sayIn(lang);
	const context = {figures, thresholds: layout.thresholds, say};
	const all: Array<QueueFigures & {label: string}> = [
		{...figures.total, label: say('all')},
		...figures.groups.map(group => ({...group, label: `${group.number} ${group.name}`})),
	];
	return [
		['', all.map(({label}) => label)],
		...figureTiles.map((tile): [string, string[]] => [
			say(tile),
			all.map(queue => {
				const {text, level} = tileValue(tile, queue, context);
				return `${text}${marks[level] && ` ${marks[level]}`}`;
			}),
		]),
	];
}
