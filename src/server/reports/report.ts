/** Reports for supervisors and above: read from the event log in pages, between which calls go on. */
import {setImmediate as breath} from 'node:timers/promises';
import {SetupProblem} from '../admin/problem.js';
import {refusing} from '../admin/setup.js';
import type {Request} from '../api/requests.js';
import {agentStatuses} from '../domain/model.js';
import type {World} from '../domain/world.js';
import type {StoreReader} from '../store/port.js';
import type {Tools} from '../tools.js';
import {createCalls, recordRows} from './calls.js';
import {Follower, followedKinds} from './follow.js';
import type {Item, TimedStatus} from './items.js';
import {type Kpi, kpis, type Targets} from './kpis.js';
import {keyMeant, nameOf} from './names.js';
import type {Period} from './period.js';
import {steps, unitOf} from './period.js';
import {wholeSeconds} from './shifts.js';
import {type Dimension, KpiTally, Opened} from './tally.js';
import type {KpiView, ListFigures, ReportRow, ReportView, TimeRow} from './views.js';

type Asked = Extract<Request, {type: 'report'}>;
export type ReportParts = {
	world: World;
	reader: StoreReader;
	nowMs: () => number;
	targets: Pick<Targets, 'answerWithinMs' | 'shortAbandonMs'>;
};

const pageRows = 1_000;
/** A call that lasts longer than this beyond the period is said to be open. */
const tailMs = 12 * 3_600_000;
const recallWithinMs = 15 * 60_000;
const periodMsMax = 400 * 86_400_000;

export function createReports(parts: ReportParts): Pick<Tools, 'report' | 'listCalls' | 'showCall'> {
	return {report: request => refusing(() => report(request, parts)), ...createCalls(parts)};
}

async function report(asked: Asked, parts: ReportParts): Promise<ReportView> {
	const {world, nowMs} = parts;
	const {utcOffsetMs} = world.settings;
	const now = nowMs();
	const period: Period = {fromMs: asked.fromMs, untilMs: Math.min(asked.untilMs ?? now, now), utcOffsetMs};
	const wrong = period.untilMs <= period.fromMs || period.untilMs - period.fromMs > periodMsMax;
	if (wrong) {
		const allowed = {
			ja: '開始より後で、いまより前に始まる、400日までの期間',
			en: 'a time that begins before now, ends after its begin, and lasts up to 400 days',
		};
		throw new SetupProblem('bad', {field: 'period', given: `${asked.fromMs}-${asked.untilMs ?? ''}`, allowed});
	}
	const about = {...period, nowMs: now};
	if (asked.kind === 'time')
		return {kind: 'time', ...about, statuses: [...agentStatuses, 'interrupted'], rows: await times(period, now, parts)};
	if (asked.kind === 'records') {
		const by = asked.by === 'hour' || asked.by === 'day' ? 'total' : (asked.by ?? 'campaign');
		return {kind: 'records', ...about, by, rows: recordRows(by, period.fromMs, period.untilMs, parts)};
	}
	return {kind: 'kpi', ...about, ...(await figures(asked, period, now, parts))};
}

/** Every item of the period, in the order in which they are decided. */
async function follow(period: Period, nowMs: number, {world, reader}: ReportParts, deliver: (item: Item) => void): Promise<void> {
	const standing = reader.statusesAt(
		world.config.operators.map(({id}) => id),
		period.fromMs,
	);
	const follower = new Follower(period, standing, deliver);
	const read = async (sinceMs: number, untilMs: number, goOn: () => boolean) => {
		let afterId: number | undefined;
		do {
			const page = reader.eventPage({kinds: followedKinds, sinceMs, untilMs, afterId, limit: pageRows});
			for (const row of page.rows) follower.add(row);
			afterId = page.lastId;
			await breath();
		} while (afterId !== undefined && goOn());
	};
	await read(period.fromMs, period.untilMs, () => true);
	// What began in time and is decided after it.
	if (follower.undecided) await read(period.untilMs, Math.min(nowMs + 1, period.untilMs + tailMs), () => follower.undecided);
	follower.close(Math.max(period.untilMs, Math.min(nowMs, period.untilMs + tailMs)));
}

async function times(period: Period, nowMs: number, parts: ReportParts): Promise<TimeRow[]> {
	const {config} = parts.world;
	const byAgent = new Map<string, Map<TimedStatus, number>>();
	await follow(period, nowMs, parts, item => {
		if (item.about !== 'time') return;
		const agentId = item.agentId!;
		let row = byAgent.get(agentId);
		if (!row) byAgent.set(agentId, (row = new Map()));
		row.set(item.status, (row.get(item.status) ?? 0) + item.forMs);
	});
	return [...byAgent]
		.map(([agentId, row]) => {
			const {parts: seconds, total} = wholeSeconds([...row.values()]);
			const statuses = [...row.keys()];
			return {
				agentId,
				name: nameOf(agentId, 'agent', config, period.utcOffsetMs),
				seconds: Object.fromEntries(statuses.map((status, at) => [status, seconds[at]!])),
				total,
				totalMs: [...row.values()].reduce((sum, ms) => sum + ms, 0),
			};
		})
		.sort((a, b) => a.name.localeCompare(b.name, 'ja'));
}

async function figures(
	asked: Asked,
	period: Period,
	nowMs: number,
	parts: ReportParts,
): Promise<Omit<KpiView, 'kind' | 'fromMs' | 'untilMs' | 'utcOffsetMs' | 'nowMs'>> {
	const {world, reader} = parts;
	const by: Dimension = asked.by ?? 'total';
	const targets: Targets = {...parts.targets, recallWithinMs, success: successOf(asked.success ?? [], world)};
	const shown = kpis.filter(({id}) => targets.success.size > 0 || (id !== 'conversions' && id !== 'conversionRate'));
	const kpi = asked.open === undefined ? undefined : shown.find(({id, label}) => [id, label.ja, label.en].includes(asked.open!));
	if (asked.open !== undefined && !kpi)
		throw new SetupProblem('unknown', {
			field: 'open',
			what: {ja: '数値', en: 'figure'},
			given: asked.open,
			known: shown.map(({id}) => id).join(', '),
		});
	const only = asked.only === undefined ? undefined : keyOf(asked.only, by, period, world);
	const key = only ?? (by === 'total' ? 'all' : undefined);
	if (kpi && key === undefined)
		throw new SetupProblem('required', {field: 'only', form: {ja: 'どの行の数値を開くか', en: 'which row the figure is of'}});
	const tally = new KpiTally(period, by, targets);
	const opened = kpi && new Opened(kpi, key!, {period, by, targets, limit: asked.limit ?? 200});
	const deliver = (item: Item) => {
		tally.add(item);
		opened?.add(item);
	};
	await follow(period, nowMs, parts, deliver);
	for (const item of recalls(period, nowMs, parts)) deliver(item);
	const rows = tally
		.keys()
		.filter(each => only === undefined || each === only)
		.map((each): ReportRow => row(each, by, tally, shown, parts, period))
		.sort((a, b) => Number(a.key === '') - Number(b.key === '') || a.name.localeCompare(b.name, 'ja'));
	return {
		by,
		unit: unitOf(period),
		figures: shown.map(({about: _about, of: _of, ...kpi}) => kpi),
		rows,
		...(by === 'list' && {lists: listFigures(world, reader)}),
		...(opened && {opened: {...opened.view(nameOf(key!, by, world.config, period.utcOffsetMs)), ...tally.value(key!, kpi!)}}),
	};
}

function row(key: string, by: Dimension, tally: KpiTally, shown: readonly Kpi[], {world}: ReportParts, {utcOffsetMs}: Period): ReportRow {
	const values = shown.map(kpi => {
		const trend = tally.trend(key, kpi);
		return [kpi.id, {...tally.value(key, kpi), ...(trend.length > 0 && {trend})}] as const;
	});
	return {key, name: nameOf(key, by, world.config, utcOffsetMs), values: Object.fromEntries(values)};
}

/** The row that is meant; of those that can be. */
function keyOf(given: string, by: Dimension, period: Period, {config}: World): string {
	const of = {
		total: () => ['all'],
		hour: () => steps(period, 'hour').map(String),
		day: () => steps(period, 'day').map(String),
		group: () => config.groups.map(({id}) => id),
		campaign: () => config.campaigns.map(({id}) => id),
		list: () => config.lists.map(({id}) => id),
		agent: () => config.operators.map(({id}) => id),
	};
	const keys = of[by]();
	const found = keyMeant(given, by, keys, config, period.utcOffsetMs);
	if (found !== undefined) return found;
	const known = keys.map(key => nameOf(key, by, config, period.utcOffsetMs)).join(', ');
	throw new SetupProblem('unknown', {field: 'only', what: {ja: '', en: by}, given, known});
}

function successOf(labels: readonly string[], {config}: World): Set<string> {
	const all = config.campaigns.flatMap(({masters}) => masters.reactions);
	const ids = labels.flatMap(given => {
		const found = all.filter(({id, label}) => id === given || label === given);
		if (found.length > 0) return found.map(({id}) => id);
		const known = [...new Set(all.map(({label}) => label))].join(', ');
		throw new SetupProblem('unknown', {field: 'success', what: {ja: 'リアクション', en: 'reaction'}, given, known});
	});
	return new Set(ids);
}

/** Promises whose time came in the period. */
function* recalls({fromMs, untilMs}: Period, nowMs: number, {world, reader}: ReportParts): Generator<Item> {
	const isRecall = new Set(
		world.config.campaigns.flatMap(({id, masters}) =>
			masters.nextActions.flatMap(action => (action.kind === 'recall' ? [`${id}\n${action.id}`] : [])),
		),
	);
	for (const {campaignId, nextActionId, agentId, atMs, callId, kept, replaced} of reader.promisesBetween({
		fromMs,
		untilMs,
		withinMs: recallWithinMs,
	})) {
		if (!isRecall.has(`${campaignId}\n${nextActionId}`)) continue;
		const end = kept ? 'kept' : replaced ? 'replaced' : atMs + recallWithinMs > nowMs ? 'open' : 'missed';
		yield {about: 'recall', atMs, campaignId, agentId, ...(callId !== undefined && {callId}), end};
	}
}

/** How the lists stand now, whatever the period. */
function listFigures({config}: World, reader: StoreReader): ListFigures[] {
	return config.lists.map(({id, name}) => {
		const counts = reader.listCounts(id);
		const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
		const attempted = reader.attemptsOf(id);
		return {listId: id, name, total, counts, ...attempted, ...(total > 0 && {penetration: attempted.tried / total})};
	});
}
