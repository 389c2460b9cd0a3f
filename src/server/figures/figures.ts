/** The figures of the floor at a moment: what the log counts (`tally.ts`) and what is in the world now. */
import type {BudgetFigure, Figures, GroupQueueFigures, HelpFigure, QueueFigures} from '../api/figures.js';
import type {WaitingRow} from '../api/views.js';
import {operatorOf} from '../domain/context.js';
import {groupsInSight, seesAll} from '../domain/incall/sight.js';
import type {AgentStatus, EventRow} from '../domain/model.js';
import type {Agent, World} from '../domain/world.js';
import {dialRows, faultRows, seatRow, waitingRows} from '../floor/rows.js';
import type {StoreOp, StoreReader} from '../store/port.js';
import {everybody, type Lasting, minutesKept, Tally, type TallyOptions, talliedKinds} from './tally.js';
import {addCounts, type Counts, figuresOf, noCounts} from './window.js';

export type FiguresParts = {
	world: World;
	reader: Pick<StoreReader, 'eventPage' | 'sessions'>;
	nowMs: () => number;
	targets: Pick<TallyOptions, 'answerWithinMs' | 'shortAbandonMs'>;
};

const pageRows = 5_000;
const dayMs = 86_400_000;

export class FloorFigures {
	readonly tally: Tally;
	readonly #parts: FiguresParts;

	/** Counts the day so far from the log; what is written from then on comes through `written`. */
	constructor(parts: FiguresParts) {
		this.#parts = parts;
		const {world, reader, nowMs, targets} = parts;
		const {utcOffsetMs} = world.settings;
		this.tally = new Tally({utcOffsetMs, ...targets});
		for (const {operatorId, workingGroupIds} of reader.sessions()) this.tally.works(operatorId, workingGroupIds);
		const sinceMs = Math.floor((nowMs() + utcOffsetMs) / dayMs) * dayMs - utcOffsetMs;
		let afterId: number | undefined;
		do {
			const page = reader.eventPage({kinds: talliedKinds, sinceMs, untilMs: sinceMs + dayMs, afterId, limit: pageRows});
			for (const row of page.rows) this.tally.add(row);
			afterId = page.lastId;
		} while (afterId !== undefined);
	}

	/** Takes in what the loop has decided to write. */
	written(ops: readonly StoreOp[]): void {
		for (const op of ops) if (op.op === 'appendEvent') this.tally.add(op.row as EventRow);
	}

	/** What this operator oversees; without one, the whole centre. */
	now(operatorId?: string): Figures {
		const {world, nowMs: clock, targets} = this.#parts;
		const nowMs = clock();
		const {agents, waiting} = this.#scene();
		const all = operatorId === undefined || seesAll(world, operatorId);
		const inSight = operatorId === undefined ? [] : groupsInSight(world, operatorId);
		const groups = world.config.groups.filter(({id}) => all || inSight.includes(id)).sort((a, b) => (a.number < b.number ? -1 : 1));
		const budget = budgetsOf(world, nowMs);
		const rows = groups.map(({id: groupId, number, name}): GroupQueueFigures => {
			const own = waiting.filter(row => row.groupId === groupId);
			return {groupId, number, name, ...this.#queue([groupId], agentsOf(agents, [groupId]), own, nowMs), ...budget([groupId])};
		});
		const seen = groups.map(({id}) => id);
		const ofSeen = waiting.filter(({groupId}) => seen.includes(groupId));
		return {
			nowMs,
			utcOffsetMs: world.settings.utcOffsetMs,
			...targets,
			total: {
				...(all ? this.#queue([everybody], agents, waiting, nowMs) : this.#queue(seen, agentsOf(agents, seen), ofSeen, nowMs)),
				...budget(seen),
			},
			groups: rows,
			helps: helpsOf(world, nowMs).filter(({groupIds}) => all || groupIds.some(id => seen.includes(id))),
			faults: faultRows(world),
		};
	}

	/** Who works, and who waits. */
	#scene(): {agents: Agent[]; waiting: WaitingRow[]} {
		const {world} = this.#parts;
		const agents = [...world.agents.values()].filter(({stage, groupIds}) => stage === 'working' && groupIds.length > 0);
		return {agents, waiting: waitingRows(world)};
	}

	/** Of the groups with these ids together, or of `everybody`. Somebody who works in two of them is one operator, and works for both. */
	#queue(ids: readonly string[], agents: readonly Agent[], waiting: readonly WaitingRow[], nowMs: number): QueueFigures {
		const {tally} = this;
		const lasting = agents.map(({status, sinceMs, groupIds}): Lasting => ({status, sinceMs, groupIds}));
		const counts = (of: 'today' | 'recent') =>
			figuresOf(ids.reduce((sum, id) => addCounts(sum, tally[of](id, nowMs, lasting)), noCounts()));
		const perMinute = (...figures: Array<keyof Counts>): number[] =>
			ids
				.flatMap(id => figures.map(figure => tally.perMinute(id, nowMs, figure)))
				.reduce((sum, each) => sum.map((value, at) => value + each[at]!), new Array<number>(minutesKept).fill(0));
		return {
			...present(agents, waiting, nowMs),
			today: counts('today'),
			recent: counts('recent'),
			perMinute: {in: perMinute('offered'), out: perMinute('dialled'), abandoned: perMinute('abandoned', 'dialAbandoned')},
		};
	}
}

const agentsOf = (agents: readonly Agent[], ids: readonly string[]): Agent[] =>
	agents.filter(({groupIds}) => groupIds.some(id => ids.includes(id)));

/** What is there now. */
function present(agents: readonly Agent[], waiting: readonly WaitingRow[], nowMs: number) {
	const byStatus: Partial<Record<AgentStatus, number>> = {};
	for (const {status} of agents) byStatus[status] = (byStatus[status] ?? 0) + 1;
	// A promised call-back waits without a person at the telephone: no console counts it among those who are on the line.
	const callers = waiting.filter(({kind}) => kind !== 'callBack');
	const [longest] = callers;
	return {
		waiting: callers.length,
		...(longest && {longestWaitMs: Math.max(0, nowMs - longest.sinceMs)}),
		callBacks: waiting.length - callers.length,
		agents: byStatus,
	};
}

/** Of the campaigns that are dialled in some of these groups, the budget with least left. */
function budgetsOf(world: World, nowMs: number): (groupIds: readonly string[]) => {budget?: BudgetFigure} {
	const dials = dialRows(world, nowMs).filter(({started}) => started);
	return groupIds => {
		const own = dials.filter(({groupId}) => groupIds.includes(groupId)).sort((a, b) => a.fuel - b.fuel || a.budget.left - b.budget.left);
		return own[0] ? {budget: {...own[0].budget, campaign: own[0].name, fuel: own[0].fuel}} : {};
	};
}

function helpsOf(world: World, nowMs: number): HelpFigure[] {
	const nobody = new Map();
	const asking = [...world.agents.values()].filter(({help}) => help).sort((a, b) => a.help!.sinceMs - b.help!.sinceMs);
	return asking.flatMap((agent): HelpFigure[] => {
		const seat = seatRow(world, agent, nobody);
		const help = seat?.help;
		if (!seat || !help) return [];
		return [
			{
				name: operatorOf(world, agent.operatorId)?.name ?? agent.operatorId,
				extension: seat.extension,
				forMs: Math.max(0, nowMs - help.sinceMs),
				groupIds: seat.groupIds,
				...(help.comment !== undefined && {comment: help.comment}),
				...(help.takenBy && {takenBy: help.takenBy.name}),
			},
		];
	});
}
