/** 待ち呼 and 放棄呼: who waits now, and who gave up. */
import type {Context} from '../context.js';
import type {AbandonedItem, WaitingItem} from '../events.js';
import {normaliseNumber} from '../numbers.js';
import type {Agent, Call, World} from '../world.js';
import {ringingAgents} from './offers.js';
import {isWaiting} from './queue.js';
import {waitedMs} from './service.js';

const abandonedMax = 500;

/** Everybody who waits for an operator of these groups, longest first. */
export function waitingOf(world: World, agent: Pick<Agent, 'groupIds'>): WaitingItem[] {
	const items: WaitingItem[] = [];
	for (const call of world.calls.values()) {
		const {groupId = '', id, fromNumber, toNumber, answeredMs, startedMs} = call.row;
		if (!agent.groupIds.includes(groupId)) continue;
		const name = call.inbound?.match?.length === 1 ? nameOf(world, call.inbound.match[0]!) : undefined;
		const common = {callId: id, groupId, ...(name && {customerName: name})};
		if (isWaiting(call)) {
			const ringing = ringingAgents(world, id).map(({operatorId}) => operatorId);
			items.push({...common, kind: 'call', number: fromNumber, sinceMs: call.inbound!.queuedMs!, ringing});
		} else if (call.phase === 'waiting' && !call.machine?.held) {
			items.push({...common, kind: 'predictive', number: toNumber, sinceMs: answeredMs ?? startedMs, ringing: []});
		}
	}
	for (const {id, groupId, number, queuedMs} of world.callBacks.values()) {
		if (!agent.groupIds.includes(groupId)) continue;
		const ringing = ringingAgents(world, id).map(({operatorId}) => operatorId);
		items.push({callId: id, kind: 'callBack', groupId, number, sinceMs: queuedMs, ringing});
	}
	return items.sort((a, b) => a.sinceMs - b.sinceMs);
}

function nameOf(world: World, {campaignId, values}: {campaignId: string; values: Record<string, string>}): string | undefined {
	const field = world.config.campaigns.find(({id}) => id === campaignId)?.card.find(({role}) => role === 'name');
	return field && values[field.id];
}

/** Newest first. */
export function abandonedOf(world: World, agent: Pick<Agent, 'groupIds'>): AbandonedItem[] {
	return [...world.abandonedCalls.values()].filter(({groupId}) => agent.groupIds.includes(groupId)).reverse();
}

/** Remembers a caller nobody talked with. */
export function rememberAbandoned(ctx: Context, call: Call, whileRinging: boolean): void {
	const {row} = call;
	if (!call.inbound && row.kind !== 'predictive') return;
	const {abandonedCalls} = ctx.world;
	abandonedCalls.set(row.id, {
		callId: row.id,
		groupId: row.groupId ?? '',
		number: row.direction === 'in' ? row.fromNumber : row.toNumber,
		atMs: ctx.nowMs,
		waitedMs: waitedMs(call, ctx.nowMs),
		whileRinging,
		kind: call.inbound ? 'inbound' : 'predictive',
		...(row.customerId !== undefined && {customerId: row.customerId}),
	});
	if (abandonedCalls.size > abandonedMax) abandonedCalls.delete(abandonedCalls.keys().next().value!);
}

/** They have been talked with: nobody needs to call them back. */
export function forgetAbandoned(world: World, number: string): void {
	for (const [callId, item] of world.abandonedCalls) if (normaliseNumber(item.number) === number) world.abandonedCalls.delete(callId);
}
