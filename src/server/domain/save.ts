/** 保存 / 全て保存: the customer and the record in one, what they do to the list entry, and the popup that follows. */
import {forbidden} from './agent.js';
import {accept, type Context, campaignOf, change, newId, note, persist, refuse} from './context.js';
import {rulesOf} from './dial/budget.js';
import {heardReaction} from './dial/refusal.js';
import {changeEntry, isHeld} from './entries.js';
import type {ConsoleEvent} from './events.js';
import {phoneUsable} from './incall/own-phone.js';
import {takeClaim} from './incall/preview.js';
import {goReady} from './joining.js';
import type {CallRow, Campaign, Customer, Draft, FieldValues, ListEntry, ResponseRecord} from './model.js';
import {normaliseNumber} from './numbers.js';
import {clearPanes, putDraft, refill, saveSession, writeDraft} from './panes.js';
import {addRecall, closeRecalls, recallItem} from './recalls.js';
import {checkCard, type DecodedRecord, decodeRecord} from './records.js';
import type {Agent, Call, World} from './world.js';

type Of<T extends ConsoleEvent['type']> = Extract<ConsoleEvent, {type: T}>;

export function save(ctx: Context, agent: Agent, event: Of<'save'>) {
	const {world, nowMs} = ctx;
	const {requestId, draft} = event;
	const refusal = forbidden(agent, 'save');
	if (refusal) return refuse(ctx, requestId, refusal);
	const customer = world.customers.get(agent.customerId ?? '');
	const campaign = campaignOf(world, customer?.campaignId);
	if (!customer || !campaign || draft.customerId !== customer.id) {
		return refuse(ctx, requestId, {code: 'notFound', message: 'that customer is not on the screen'});
	}
	putDraft(ctx, agent, draft);
	const work = workOf(world, agent);
	const {errors: recordErrors, record} = decodeRecord(draft.record, {
		campaign,
		operatorId: agent.operatorId,
		colleagues: colleaguesOf(world, agent),
		predictive: work?.row.kind === 'predictive',
		nowMs,
		utcOffsetMs: world.settings.utcOffsetMs,
	});
	const errors = [...checkCard(campaign.card, draft.values), ...recordErrors];
	if (errors.length > 0) {
		writeDraft(ctx, agent);
		return refuse(ctx, requestId, {code: 'invalid', message: 'some fields are not right', fields: errors});
	}
	const values = mergeValues(agent, campaign, customer, draft);
	if (!values) {
		writeDraft(ctx, agent);
		return refuse(ctx, requestId, {code: 'conflict', message: 'another operator changed the same fields', customer});
	}
	const now = saveCustomer(ctx, agent, customer, values);
	const recordId = saveRecord(ctx, agent, customer, record, work?.row);
	const refused = heardReaction(ctx, now, record.reactionId, {actor: agent.operatorId, number: numberOf(work?.row)});
	saveEntry(ctx, agent, refused && record.kind === 'autoRecall' ? {...record, kind: 'done'} : record, work);
	refill(ctx, agent, world.customers.get(now.id) ?? now);
	agent.popup = {recordId};
	saveSession(ctx, agent);
	change(ctx, agent.operatorId, 'draft', 'customer', 'history', 'popup');
	accept(ctx, requestId, {durable: true, value: {recordId, customerVersion: now.version}});
}

/** Of the customer in a call, where it is one. */
function numberOf(row: CallRow | undefined): string | undefined {
	return row && normaliseNumber(row.direction === 'in' ? row.fromNumber : row.toNumber);
}

/** The call the form belongs to, running or over. */
function workOf(world: World, agent: Agent): {row: CallRow; call?: Call; entry?: ListEntry} | undefined {
	const callId = agent.draft?.callId;
	if (callId === undefined) return undefined;
	const call = world.calls.get(callId);
	if (call) return {row: call.row, call, ...(call.entry && {entry: call.entry})};
	return world.works.get(callId) ?? (agent.lastCall?.id === callId ? {row: agent.lastCall} : undefined);
}

/** Who may be the next person in charge: operators who share one of the agent's groups. */
export function colleaguesOf(world: World, agent: Agent): string[] {
	return world.config.operators
		.filter(({id, enabled}) => enabled && (world.config.memberships[id] ?? []).some(groupId => agent.groupIds.includes(groupId)))
		.map(({id}) => id);
}

/**
 * The values to store, or undefined when somebody else changed one of the same fields meanwhile. Read-only fields and fields
 * that are not on the card keep what they have.
 */
export function mergeValues(agent: Pick<Agent, 'base'>, campaign: Campaign, customer: Customer, draft: Draft): FieldValues | undefined {
	const fresh = draft.baseVersion === customer.version;
	const base = fresh ? customer.values : agent.base?.version === draft.baseVersion ? agent.base.values : undefined;
	const values = {...customer.values};
	for (const field of campaign.card) {
		if (field.readOnly) continue;
		const mine = draft.values[field.id] ?? '';
		const theirs = customer.values[field.id] ?? '';
		if (mine === theirs) continue;
		// What the form was filled with is not known any more: any difference may be either's work.
		if (!base) return undefined;
		const before = base[field.id] ?? '';
		if (mine === before) continue;
		if (theirs !== before) return undefined;
		values[field.id] = mine;
	}
	return values;
}

function saveCustomer(ctx: Context, agent: Agent, customer: Customer, values: FieldValues): Customer {
	const fields = Object.keys(values).filter(id => values[id] !== (customer.values[id] ?? ''));
	if (fields.length === 0) return customer;
	const now = {...customer, values, version: customer.version + 1};
	ctx.world.customers.set(now.id, now);
	persist(ctx, {op: 'changeCustomer', customerId: now.id, values});
	if (!now.stopCalling) consentGiven(ctx, now, fields);
	const {operatorId} = agent;
	note(ctx, 'customer.changed', {
		actor: operatorId,
		agentId: operatorId,
		customerId: now.id,
		campaignId: now.campaignId,
		data: {fields, version: now.version},
	});
	for (const other of ctx.world.agents.values())
		if (other !== agent && other.customerId === now.id) change(ctx, other.operatorId, 'customer');
	return now;
}

/** What the card says of consent is another now, or there is another number: whoever was stopped for it has another turn. */
function consentGiven(ctx: Context, {id: customerId, campaignId}: Customer, fields: readonly string[]): void {
	const phones = campaignOf(ctx.world, campaignId)?.card.filter(({kind, role}) => kind === 'phone' || role === 'phone') ?? [];
	const asked = [rulesOf(ctx.world, campaignId)?.consent?.fieldId, ...phones.map(({id}) => id)];
	if (fields.some(id => asked.includes(id))) persist(ctx, {op: 'unstop', customerId});
}

function saveRecord(ctx: Context, agent: Agent, customer: Customer, decoded: DecodedRecord, row: CallRow | undefined): string {
	const {world, nowMs} = ctx;
	const {operatorId} = agent;
	const {kind, ...fields} = decoded;
	const record: ResponseRecord = {
		id: newId(ctx, 'r'),
		customerId: customer.id,
		campaignId: customer.campaignId,
		operatorId,
		contact: row?.direction ?? 'none',
		...fields,
		savedMs: nowMs,
		editedMs: nowMs,
		...(row && {callId: row.id}),
		...(row?.endedMs !== undefined && {writingMs: nowMs - row.endedMs}),
	};
	persist(ctx, {op: 'putRecord', row: record});
	note(ctx, 'record.saved', {
		actor: operatorId,
		agentId: operatorId,
		callId: row?.id,
		customerId: customer.id,
		campaignId: customer.campaignId,
		groupId: row?.groupId,
		listId: row?.listId,
		data: {recordId: record.id, reachedId: record.reachedId, reactionId: record.reactionId, nextAction: kind, nextAtMs: record.nextAtMs},
	});
	closeRecalls(ctx, customer.id, operatorId);
	const recall = kind === 'recall' && recallItem(record, world.customers.get(customer.id)!, campaignOf(world, customer.campaignId));
	if (recall) addRecall(ctx, recall);
	return record.id;
}

/** 作業保存済, or back to the dialler with 自動再架電. */
function saveEntry(ctx: Context, agent: Agent, record: DecodedRecord, work: ReturnType<typeof workOf>): void {
	if (!work) {
		// 次の発信 and a record without a call: the entry is done all the same.
		const claimed = takeClaim(agent, agent.customerId);
		if (claimed) changeEntry(ctx, claimed, {state: 'saved', nextAtMs: null}, {actor: agent.operatorId, reason: 'saved'});
		return;
	}
	if (work.call) work.call.saved = true;
	const kept = ctx.world.works.get(work.row.id);
	if (kept) kept.saved = true;
	const {entry} = work;
	// Another call may have the entry again, when the record of an abandoned one comes late.
	if (!entry || (!work.call && isHeld(ctx.world, entry))) return;
	const why = {callId: work.row.id, actor: agent.operatorId, reason: 'saved'};
	if (record.kind !== 'autoRecall') {
		changeEntry(ctx, entry, {state: 'saved', nextAtMs: null}, why);
		return;
	}
	const {campaignId, groupId} = work.row;
	const auto = ctx.world.config.autoDials.find(other => other.campaignId === campaignId && other.groupId === groupId);
	const {gapMs = ctx.world.settings.autoRecallGapMs, attemptsMax = 0, ...window} = auto?.retries.talked ?? {};
	// 応答後リトライ設定: no more tries than that, whoever asks for one.
	if (attemptsMax > 0 && entry.attempts + 1 >= attemptsMax) {
		changeEntry(ctx, entry, {state: 'saved', nextAtMs: null}, {...why, reason: 'noTryLeft'});
		return;
	}
	const nextAtMs = ctx.world.dialer.withinWindow(window, ctx.nowMs + gapMs, ctx.world.settings.utcOffsetMs);
	changeEntry(ctx, entry, {state: 'autoRecall', lastOutcome: 'talked', nextAtMs}, why);
}

/** The popup: OK keeps everything as it is; the other closes the customer and goes back to 受付中. */
export function afterSave(ctx: Context, agent: Agent, event: Of<'afterSave'>) {
	const {requestId, choice, operatorId} = event;
	if (!agent.popup) return refuse(ctx, requestId, {code: 'notFound', message: 'no popup is open'});
	if (choice === 'resume') {
		const refusal = forbidden(agent, 'ready');
		if (refusal) return refuse(ctx, requestId, refusal);
		if (!phoneUsable(ctx.world, agent))
			return refuse(ctx, requestId, {code: 'notNow', status: 'phoneDown', message: 'the phone is not connected'});
		clearPanes(ctx, agent);
		if (agent.status !== 'ready') goReady(ctx, agent, operatorId, 'afterSave');
	}
	delete agent.popup;
	change(ctx, operatorId, 'popup');
	accept(ctx, requestId, {durable: choice === 'resume'});
}
