/** 編集: a record is put right by who saved it, on the day of the save. */
import {accept, type Context, campaignOf, change, note, persist, refuse} from './context.js';
import {heardReaction} from './dial/refusal.js';
import type {ConsoleEvent} from './events.js';
import type {ResponseRecord} from './model.js';
import {addRecall, closeRecalls, recallItem} from './recalls.js';
import {decodeRecord, mayEdit} from './records.js';
import {colleaguesOf} from './save.js';
import type {Agent} from './world.js';

type Event = Extract<ConsoleEvent, {type: 'editRecord'}>;

/**
 * The record as it was comes with the event, read behind every save of that operator: nobody else may edit it. A promise in the
 * customer's newest record is kept, changed or taken back with it; that of an older one is over already.
 */
export function editRecord(ctx: Context, agent: Agent, event: Event) {
	const {world, nowMs} = ctx;
	const {requestId, operatorId, was, isNewest} = event;
	const {utcOffsetMs} = world.settings;
	const campaign = campaignOf(world, was.campaignId);
	if (!campaign) return refuse(ctx, requestId, {code: 'notFound', message: 'the campaign of that record is gone'});
	if (!mayEdit(was, operatorId, nowMs, utcOffsetMs)) {
		return refuse(ctx, requestId, {code: 'notAllowed', message: 'a record is edited by who saved it, on the day it was saved'});
	}
	const wasKind = campaign.masters.nextActions.find(({id}) => id === was.nextActionId)?.kind;
	const {errors, record} = decodeRecord(event.record, {
		campaign,
		operatorId,
		colleagues: colleaguesOf(world, agent),
		// 自動再架電 may stay; the dialler's list was settled when the record was saved, so it cannot be chosen afterwards.
		predictive: wasKind === 'autoRecall',
		nowMs,
		utcOffsetMs,
		keepMs: was.nextAtMs,
	});
	if (errors.length > 0) return refuse(ctx, requestId, {code: 'invalid', message: 'some fields are not right', fields: errors});
	const {kind, ...fields} = record;
	const {id, customerId, campaignId, callId, contact, savedMs, writingMs} = was;
	const now: ResponseRecord = {
		id,
		customerId,
		campaignId,
		operatorId,
		contact,
		...fields,
		savedMs,
		editedMs: nowMs,
		...(callId !== undefined && {callId}),
		...(writingMs !== undefined && {writingMs}),
	};
	persist(ctx, {op: 'putRecord', row: now});
	const changed = (['reachedId', 'reactionId', 'nextActionId', 'nextOperatorId', 'nextAtMs', 'text'] as const).filter(
		name => now[name] !== was[name],
	);
	note(ctx, 'record.edited', {
		actor: operatorId,
		agentId: operatorId,
		callId,
		customerId,
		campaignId,
		data: {recordId: id, changed, nextAction: kind, nextAtMs: now.nextAtMs},
	});
	if (now.reactionId !== was.reactionId)
		heardReaction(ctx, world.customers.get(customerId) ?? event.customer, now.reactionId, {actor: operatorId});
	if (isNewest) {
		closeRecalls(ctx, customerId, operatorId);
		const customer = world.customers.get(customerId) ?? event.customer;
		const recall = kind === 'recall' && recallItem(now, customer, campaign);
		if (recall) addRecall(ctx, recall);
	}
	for (const other of world.agents.values()) if (other.customerId === customerId) change(ctx, other.operatorId, 'history');
	accept(ctx, requestId, {durable: true, value: {recordId: id}});
}
