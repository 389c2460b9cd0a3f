/** Figures on the toolbar. All are functions of the world, but the abandoned calls of the day, which are counted as they happen. */
import {dayNumber} from './calendar.js';
import {waits} from './call.js';
import {type Context, change} from './context.js';
import type {Agent, World} from './world.js';

export type Counters = {waiting: number; longestWaitSinceMs?: number; abandonedToday: number; recallsDue: number};

/** Counts one abandoned call of a group; a new local day starts at zero. */
export function countAbandoned(ctx: Context, groupId: string | undefined): void {
	const {world, nowMs} = ctx;
	const day = dayNumber(nowMs, world.settings.utcOffsetMs);
	if (world.abandoned.day !== day) world.abandoned = {day, byGroup: new Map()};
	if (groupId === undefined) return;
	world.abandoned.byGroup.set(groupId, (world.abandoned.byGroup.get(groupId) ?? 0) + 1);
}

/** Tells the consoles of a group that its figures changed. */
export function groupChanged(ctx: Context, groupId: string | undefined): void {
	for (const agent of ctx.world.agents.values()) {
		if (groupId !== undefined && agent.groupIds.includes(groupId)) change(ctx, agent.operatorId, 'counters');
	}
}

/** The figures of an agent's groups. */
export function countersOf(world: World, agent: Agent, nowMs: number): Counters {
	let waiting = 0;
	let sinceMs: number | undefined;
	for (const call of world.calls.values()) {
		if (!waits.includes(call.phase) || !agent.groupIds.includes(call.row.groupId ?? '')) continue;
		waiting++;
		const answeredMs = call.inbound?.queuedMs ?? call.row.answeredMs ?? call.row.startedMs;
		if (sinceMs === undefined || answeredMs < sinceMs) sinceMs = answeredMs;
	}
	let abandonedToday = 0;
	if (world.abandoned.day === dayNumber(nowMs, world.settings.utcOffsetMs)) {
		for (const groupId of agent.groupIds) abandonedToday += world.abandoned.byGroup.get(groupId) ?? 0;
	}
	let recallsDue = 0;
	for (const recall of world.recalls.values()) {
		if (recall.operatorId === agent.operatorId && recall.nextAtMs - world.settings.recallLeadMs <= nowMs) recallsDue++;
	}
	return {waiting, ...(sinceMs !== undefined && {longestWaitSinceMs: sinceMs}), abandonedToday, recallsDue};
}
