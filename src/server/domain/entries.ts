/**
 * List entries: who holds which, and what becomes of them. An entry is held by a hopper (read ahead) or by one call, never both.
 *
 *   waiting / autoRecall --dialled--> dialling --joined--> inCall --ended--> unsaved --saved--> saved / autoRecall
 *                                         +--not talked--> waiting / autoRecall / failed, by the retry rules
 */
import {type Context, note, persist, setTimer} from './context.js';
import type {CallOutcome, Customer, EntryState, ListEntry} from './model.js';
import type {EntryChange} from './stored.js';
import type {Held} from './why/rules.js';
import type {Call, Hopper, World} from './world.js';

export function hopperOf(world: World, listId: string): Hopper {
	let hopper = world.hoppers.get(listId);
	if (!hopper) world.hoppers.set(listId, (hopper = {entries: [], fetching: false, dry: false, due: false, again: false}));
	return hopper;
}

/** What forbids anything that works from lists to dial this customer, if anything. */
export function customerHeld(customer: Customer | undefined, customerId: string): Held | undefined {
	if (!customer) return {rule: 'customerGone', value: customerId};
	return customer.stopCalling ? {rule: 'stopCalling', value: customerId, source: {kinds: ['customer.stopped'], customerId}} : undefined;
}

/** There may be something to dial again. */
export function wakeList(world: World, listId: string): void {
	const hopper = hopperOf(world, listId);
	hopper.dry = false;
	if (hopper.fetching) hopper.again = true;
}

/** Entries of a list that are held by the running service. */
export function heldEntries(world: World, listId: string): Set<string> {
	const held = new Set(world.hoppers.get(listId)?.entries.map(entry => entry.id));
	for (const call of world.calls.values()) if (call.entry?.listId === listId) held.add(call.entry.id);
	for (const agent of world.agents.values()) if (agent.preview?.listId === listId) held.add(agent.preview.id);
	return held;
}

export function isHeld(world: World, entry: ListEntry): boolean {
	return heldEntries(world, entry.listId).has(entry.id);
}

/** Writes a state; `autoRecall` and `waiting` make the list worth looking at again. */
export function changeEntry(
	ctx: Context,
	entry: ListEntry,
	change: Omit<EntryChange, 'entryId'>,
	why: {callId?: string; actor?: string; reason: string},
): void {
	persist(ctx, {op: 'changeEntry', change: {entryId: entry.id, ...change}});
	note(ctx, 'entry.changed', {
		...why,
		listId: entry.listId,
		customerId: entry.customerId,
		data: {entryId: entry.id, state: change.state, ...(change.nextAtMs != null && {nextAtMs: change.nextAtMs})},
	});
	if (change.state === 'waiting') {
		wakeList(ctx.world, entry.listId);
		ctx.look = true;
	}
	if (change.state === 'autoRecall' && change.nextAtMs != null) listDueAt(ctx, entry.listId, change.nextAtMs);
}

/** Looks at the list again when an entry becomes due, unless that is planned for earlier. */
export function listDueAt(ctx: Context, listId: string, atMs: number): void {
	const hopper = hopperOf(ctx.world, listId);
	if (hopper.dueMs !== undefined && hopper.dueMs <= atMs && hopper.dueMs > ctx.nowMs) return;
	hopper.dueMs = atMs;
	setTimer(ctx, 'listDue', listId, atMs);
}

/** After a call: the entry of a talked one waits for its record, any other goes by the retry rules. */
export function settleEntry(ctx: Context, call: Call): void {
	const {entry, row} = call;
	if (!entry) return;
	const why = {callId: row.id, reason: row.outcome!};
	if (row.outcome === 'talked') {
		if (!call.saved) changeEntry(ctx, entry, {state: 'unsaved', lastOutcome: 'talked'}, why);
		return;
	}
	if (call.saved) return;
	const attempts = entry.attempts + (ctx.world.dialer.isCounted(row.outcome!) ? 1 : 0);
	const next = ctx.world.dialer.afterCall(entry, row.outcome!, attempts, retriesOf(ctx.world, call), ctx.nowMs);
	changeEntry(ctx, entry, {state: next.state, attempts, lastOutcome: row.outcome!, nextAtMs: next.nextAtMs ?? null}, why);
}

function retriesOf(world: World, call: Call) {
	const {campaignId, groupId} = call.row;
	return world.config.autoDials.find(auto => auto.campaignId === campaignId && auto.groupId === groupId)?.retries ?? {};
}

/** Entries nobody holds that a stopped service left behind: given back by the same rules. */
export function giveBack(ctx: Context, entry: ListEntry, outcome: CallOutcome, state?: EntryState): void {
	const auto = ctx.world.config.autoDials.find(({campaignId, groupId}) => {
		const list = ctx.world.config.lists.find(other => other.id === entry.listId);
		return list !== undefined && campaignId === list.campaignId && (list.groupId === undefined || list.groupId === groupId);
	});
	const next = state ? {state} : ctx.world.dialer.afterCall(entry, outcome, entry.attempts, auto?.retries ?? {}, ctx.nowMs);
	changeEntry(ctx, entry, {lastOutcome: outcome, ...next}, {reason: outcome});
}
