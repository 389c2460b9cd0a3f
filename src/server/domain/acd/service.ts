/**
 * Service figures of inbound calls, by group and local day. Each is an event of the log: what is counted live and what is
 * counted from the log afterwards is the same by construction, and a test says so.
 */
import {dayNumber} from '../calendar.js';
import {noteCall} from '../call.js';
import type {Context} from '../context.js';
import {groupChanged} from '../counters.js';
import type {EventRow} from '../model.js';
import type {Call, ServiceCounts, World} from '../world.js';

export const noCounts = (): ServiceCounts => ({
	offered: 0,
	answered: 0,
	abandonedWaiting: 0,
	abandonedRinging: 0,
	overflowed: 0,
	leftToBeCalled: 0,
});

/** Which figure an event of the log counts for, if any. */
export function countedAs({kind, data}: Pick<EventRow, 'kind' | 'data'>): keyof ServiceCounts | undefined {
	switch (kind) {
		case 'call.queued':
			return 'offered';
		case 'call.joined':
			return data?.['inbound'] ? 'answered' : undefined;
		case 'call.abandoned':
			if (!data?.['inbound']) return undefined;
			return data['ringing'] ? 'abandonedRinging' : 'abandonedWaiting';
		case 'call.overflowed':
			return 'overflowed';
		case 'call.leftToBeCalled':
			return 'leftToBeCalled';
		default:
			return undefined;
	}
}

/** Event kinds that count. */
export const countedKinds = ['call.queued', 'call.joined', 'call.abandoned', 'call.overflowed', 'call.leftToBeCalled'];

/** The figures anew from rows of the log. */
export function recount(events: Iterable<EventRow>): Map<string, ServiceCounts> {
	const byGroup = new Map<string, ServiceCounts>();
	for (const event of events) {
		const figure = countedAs(event);
		if (!figure || event.groupId === undefined) continue;
		let counts = byGroup.get(event.groupId);
		if (!counts) byGroup.set(event.groupId, (counts = noCounts()));
		counts[figure]++;
	}
	return byGroup;
}

/** Writes an event about an inbound call and counts it. */
export function noteService(ctx: Context, call: Call, kind: string, more: {reason?: string; data?: Record<string, unknown>} = {}): void {
	const data = {inbound: true, waitedMs: waitedMs(call, ctx.nowMs), ...more.data};
	noteCall(ctx, call, kind, {...more, data});
	const figure = countedAs({kind, data});
	const {groupId} = call.row;
	if (!figure || groupId === undefined) return;
	const {world, nowMs} = ctx;
	const day = dayNumber(nowMs, world.settings.utcOffsetMs);
	if (world.service.day !== day) world.service = {day, byGroup: new Map()};
	let counts = world.service.byGroup.get(groupId);
	if (!counts) world.service.byGroup.set(groupId, (counts = noCounts()));
	counts[figure]++;
	groupChanged(ctx, groupId);
}

/** Since the call came into the queue. */
export function waitedMs(call: Call, nowMs: number): number {
	return nowMs - (call.inbound?.queuedMs ?? call.row.answeredMs ?? nowMs);
}

/** The day's figures of a group. */
export function serviceOf(world: World, groupId: string, nowMs: number): ServiceCounts {
	if (world.service.day !== dayNumber(nowMs, world.settings.utcOffsetMs)) return noCounts();
	return world.service.byGroup.get(groupId) ?? noCounts();
}
