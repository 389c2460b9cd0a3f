/** Promises of others, put right from outside a console: another person, another time, or taken back (`kaden recall`). */
import {accept, type Context, campaignOf, change, note, notify, persist, refuse} from './context.js';
import type {ConsoleEvent, RecallItem} from './events.js';
import type {ResponseRecord} from './model.js';
import {addRecall, dropRecall, recallItem} from './recalls.js';

type Event = Extract<ConsoleEvent, {type: 'changeRecall'}>;

/**
 * The record as the store has it comes with the event. A promise without person or time is none: one that was taken back can be made
 * again. Refused: `notFound` when a later record has settled it, `invalid` when a person or a time would be missing.
 */
export function changeRecall(ctx: Context, {requestId, operatorId: actor, was, isNewest, customer, to, atMs, cancel}: Event) {
	const {world, nowMs} = ctx;
	const campaign = campaignOf(world, was.campaignId);
	const kind = campaign?.masters.nextActions.find(({id}) => id === was.nextActionId)?.kind;
	const held = world.recalls.get(was.id);
	// In memory it is gone, on the disk not yet: a record that settles it is on its way there.
	const isSettled = !held && was.nextOperatorId !== undefined && knows(ctx, was.nextOperatorId) && was.nextAtMs !== undefined;
	if (!isNewest || kind !== 'recall' || isSettled) return refuse(ctx, requestId, {code: 'notFound', message: 'that promise is over'});
	const now = cancel
		? withoutPromise(was)
		: {...was, ...(to !== undefined && {nextOperatorId: to}), ...(atMs !== undefined && {nextAtMs: atMs})};
	const item = recallItem(now, world.customers.get(customer.id) ?? customer, campaign);
	if (!cancel && !item) return refuse(ctx, requestId, {code: 'invalid', message: 'a promise needs a person and a time'});
	persist(ctx, {op: 'putRecord', row: {...now, editedMs: nowMs}});
	const {customerId, campaignId, nextOperatorId: from, nextAtMs: fromMs} = was;
	note(ctx, cancel ? 'recall.cancelled' : 'recall.changed', {
		actor,
		agentId: item?.operatorId ?? from,
		customerId,
		campaignId,
		data: {recordId: was.id, ...(from !== undefined && {from}), ...(fromMs !== undefined && {fromMs}), ...(item && {atMs: item.nextAtMs})},
	});
	// What somebody who has just logged in is being told of is older than this.
	for (const closed of world.recallFetches.values()) closed.add(customerId);
	if (held) dropRecall(ctx, held);
	if (item) addRecall(ctx, item);
	tell(ctx, from, item, recallItem(was, customer, campaign)?.customerName ?? item?.customerName ?? '');
	for (const other of world.agents.values()) if (other.customerId === customerId) change(ctx, other.operatorId, 'history');
	accept(ctx, requestId, {durable: true, value: {recordId: was.id}});
}

/** Whether everything promised by that operator is in memory. */
const knows = ({world}: Context, operatorId: string): boolean => world.agents.has(operatorId) && !world.recallFetches.has(operatorId);

function withoutPromise({nextOperatorId: _who, nextAtMs: _when, ...rest}: ResponseRecord): ResponseRecord {
	return rest;
}

/** Who had it and who has it now, as far as they are there. */
function tell(ctx: Context, from: string | undefined, item: RecallItem | undefined, name: string): void {
	const before = from === undefined ? undefined : ctx.world.agents.get(from);
	const now = item && ctx.world.agents.get(item.operatorId);
	if (before && before !== now) notify(ctx, before, 'info', 'recallGone', {name});
	if (now) notify(ctx, now, 'info', now === before ? 'recallChanged' : 'recallGiven', {name});
}
