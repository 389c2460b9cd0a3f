/**
 * List entries: who holds which, and what becomes of them. An entry is held by a hopper (read ahead) or by one call, never both.
 *
 *   waiting / autoRecall --dialled--> dialling --joined--> inCall --ended--> unsaved --saved--> saved / autoRecall
 *                                         +--not talked--> waiting / autoRecall / failed, by the retry rules
 */
import type {AfterCall, Ended} from '../../dialer/port.js';
import {type Context, campaignOf, note, persist, setTimer} from './context.js';
import {numbersOf, scopesOf} from './dial/forbidden.js';
import type {CallOutcome, EntryState, ListEntry} from './model.js';
import type {EntryChange} from './stored.js';
import type {Held} from './why/rules.js';
import type {Call, Hopper, World} from './world.js';

export function hopperOf(world: World, listId: string): Hopper {
	let hopper = world.hoppers.get(listId);
	if (!hopper) world.hoppers.set(listId, (hopper = {entries: [], fetching: false, dry: false, due: true, again: false}));
	return hopper;
}

/** An entry that may not be dialled when its turn has come: for later, or for good. */
export function putAside(ctx: Context, entry: ListEntry, {rule: reason, facts}: Held): void {
	const untilMs = facts?.['untilAtMs'];
	if (reason === 'doNotCall') stopNumber(ctx, entry, number => isRefused(ctx.world, entry, number));
	else if (untilMs === undefined) changeEntry(ctx, entry, {state: 'stopped'}, {reason});
	else changeEntry(ctx, entry, {state: entry.state, nextAtMs: Number(untilMs)}, {reason});
}

/** One number of a customer may not be called: another of theirs is tried, and the entry stopped when there is none. */
export function stopNumber(ctx: Context, entry: ListEntry, isForbidden: (number: string) => boolean): void {
	const customer = ctx.world.customers.get(entry.customerId);
	const numbers = customer ? numbersOf(campaignOf(ctx.world, customer.campaignId), customer) : [];
	const at = numbers.indexOf(entry.number);
	const number = [...numbers.slice(at + 1), ...numbers.slice(0, Math.max(0, at))].find(other => !isForbidden(other));
	if (number === undefined) changeEntry(ctx, entry, {state: 'stopped'}, {reason: 'doNotCall'});
	else changeEntry(ctx, entry, {state: entry.state, number}, {reason: 'nextNumber'});
}

function isRefused(world: World, {customerId}: ListEntry, number: string): boolean {
	const campaignId = world.customers.get(customerId)?.campaignId ?? '';
	return scopesOf(world, campaignId).some(scope => world.refused.has(`${scope} ${number}`));
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
	if (change.nextAtMs != null && change.nextAtMs > ctx.nowMs) {
		if (change.state === 'autoRecall' || change.state === 'waiting') listDueAt(ctx, entry.listId, change.nextAtMs);
	} else if (change.state === 'waiting' || change.state === 'autoRecall') {
		wakeList(ctx.world, entry.listId);
		ctx.look = true;
	}
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
	const {nextAtMs = null, ...next} = afterCall(ctx, {entry, outcome: row.outcome!, attempts, retries: retriesOf(ctx.world, call)});
	// What says nothing about the customer does not hide what was known: whoever was abandoned still comes first.
	const lastOutcome = ctx.world.dialer.isCounted(row.outcome!) ? {lastOutcome: row.outcome!} : {};
	const inVain = ctx.world.dialer.isCounted(row.outcome!) && row.outcome !== 'abandoned';
	const tried = inVain && {tried: ctx.world.dialer.triedAlso(entry.tried, row.startedMs, ctx.world.settings.utcOffsetMs)};
	changeEntry(ctx, entry, {...next, attempts, ...lastOutcome, nextAtMs, ...tried}, why);
}

function afterCall({world, nowMs}: Context, ended: Pick<Ended, 'entry' | 'outcome' | 'attempts' | 'retries'>): AfterCall {
	const customer = world.customers.get(ended.entry.customerId);
	const numbers = customer ? numbersOf(campaignOf(world, customer.campaignId), customer) : [];
	return world.dialer.afterCall({...ended, nowMs, utcOffsetMs: world.settings.utcOffsetMs, numbers});
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
	const next = state ? {state} : afterCall(ctx, {entry, outcome, attempts: entry.attempts, retries: auto?.retries ?? {}});
	changeEntry(ctx, entry, {lastOutcome: outcome, ...next}, {reason: outcome});
}
