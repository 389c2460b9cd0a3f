/**
 * Recalls (再架電): promises to call back. One is open until a later record of that customer is saved. The next person in charge
 * gets a notice a minute before, when logged in with that campaign open; a recall that nobody took stays in the list, overdue.
 */
import {accept, type Context, campaignOf, change, clearTimer, note, notify, operatorOf, persist, refuse, setTimer} from './context.js';
import type {ConsoleEvent, RecallItem} from './events.js';
import type {Campaign, Customer, FieldRole, ResponseRecord} from './model.js';
import {normaliseNumber} from './numbers.js';
import {isToolbarOnly} from './use.js';
import type {Agent, World} from './world.js';

/** The promise in a record, when it is one: a person and a time are needed. The caller has made sure the action is 再架電. */
export function recallItem(record: ResponseRecord, customer: Customer, campaign: Campaign | undefined): RecallItem | undefined {
	if (record.nextAtMs === undefined || record.nextOperatorId === undefined) return undefined;
	const ofRole = (role: FieldRole) => customer.values[campaign?.card.find(field => field.role === role)?.id ?? ''] ?? '';
	return {
		recordId: record.id,
		operatorId: record.nextOperatorId,
		customerId: customer.id,
		campaignId: customer.campaignId,
		customerName: ofRole('name'),
		number: normaliseNumber(ofRole('phone')) ?? '',
		nextAtMs: record.nextAtMs,
	};
}

/** Reads the open recalls of an operator who has just logged in. */
export function fetchRecalls(ctx: Context, agent: Agent): void {
	ctx.world.recallFetches.set(agent.operatorId, new Set());
	ctx.effects.push({type: 'fetchRecalls', operatorId: agent.operatorId});
}

export function recallsFetched(ctx: Context, operatorId: string, recalls: RecallItem[]): void {
	const {world, nowMs} = ctx;
	const closed = world.recallFetches.get(operatorId);
	world.recallFetches.delete(operatorId);
	const agent = world.agents.get(operatorId);
	if (!agent) return;
	let overdue = 0;
	for (const recall of recalls) {
		if (closed?.has(recall.customerId) || world.recalls.has(recall.recordId)) continue;
		addRecall(ctx, recall);
		if (recall.nextAtMs <= nowMs) overdue++;
	}
	if (overdue > 0) notify(ctx, agent, 'warning', 'recallsOverdue', {count: String(overdue)});
}

/** Takes in a recall of an operator who has a session, and plans its notice. */
export function addRecall(ctx: Context, recall: RecallItem): void {
	const {world, nowMs} = ctx;
	if (!world.agents.has(recall.operatorId)) return;
	world.recalls.set(recall.recordId, recall);
	const noticeMs = recall.nextAtMs - world.settings.recallLeadMs;
	if (recall.nextAtMs > nowMs) setTimer(ctx, 'recallNotice', recall.recordId, Math.max(noticeMs, nowMs));
	change(ctx, recall.operatorId, 'counters');
}

/** A minute before: the notice, if its conditions hold at this moment. */
export function recallNoticeDue(ctx: Context, recordId: string): void {
	const {world} = ctx;
	const recall = world.recalls.get(recordId);
	if (!recall) return;
	setTimer(ctx, 'recallDue', recordId, recall.nextAtMs);
	change(ctx, recall.operatorId, 'counters');
	const agent = world.agents.get(recall.operatorId);
	if (!agent || isToolbarOnly(agent) || !hasOpen(world, agent, recall.campaignId)) return;
	note(ctx, 'recall.noticed', {agentId: agent.operatorId, customerId: recall.customerId, campaignId: recall.campaignId, data: {recordId}});
	notify(ctx, agent, 'info', 'recallDue', {
		recordId,
		customerId: recall.customerId,
		name: recall.customerName,
		number: recall.number,
		atMs: String(recall.nextAtMs),
	});
}

/** Due now: overdue from here on. */
export function recallDue(ctx: Context, recordId: string): void {
	const recall = ctx.world.recalls.get(recordId);
	if (recall) change(ctx, recall.operatorId, 'counters');
}

/** The campaign is open when one of the ticked groups works for it. */
function hasOpen(world: World, agent: Agent, campaignId: string): boolean {
	return agent.stage === 'working' && (campaignOf(world, campaignId)?.groupIds.some(id => agent.groupIds.includes(id)) ?? false);
}

/** A record was saved: earlier promises to that customer are kept or replaced. */
export function closeRecalls(ctx: Context, customerId: string, actor: string): void {
	for (const closed of ctx.world.recallFetches.values()) closed.add(customerId);
	for (const recall of ctx.world.recalls.values()) {
		if (recall.customerId !== customerId) continue;
		note(ctx, 'recall.closed', {
			actor,
			agentId: recall.operatorId,
			customerId,
			data: {recordId: recall.recordId, lateMs: ctx.nowMs - recall.nextAtMs},
		});
		dropRecall(ctx, recall);
	}
}

export function dropRecall(ctx: Context, recall: RecallItem): void {
	ctx.world.recalls.delete(recall.recordId);
	clearTimer(ctx, 'recallNotice', recall.recordId);
	clearTimer(ctx, 'recallDue', recall.recordId);
	change(ctx, recall.operatorId, 'counters');
	const notices = ctx.world.agents.get(recall.operatorId)?.notices ?? [];
	for (const [at, notice] of notices.entries()) {
		if (notice.key !== 'recallDue' || notice.args['recordId'] !== recall.recordId || notice.settled) continue;
		notices[at] = {...notice, settled: true};
		change(ctx, recall.operatorId, 'notices');
	}
}

/** The session is over; the store keeps the recalls. */
export function forgetRecalls(ctx: Context, operatorId: string): void {
	ctx.world.recallFetches.delete(operatorId);
	for (const recall of ctx.world.recalls.values()) if (recall.operatorId === operatorId) dropRecall(ctx, recall);
}

/** Whether a promise of somebody else may become another's: its person is away, or has let it fall due. */
export const mayTake = ({operatorId, nextAtMs}: Pick<RecallItem, 'operatorId' | 'nextAtMs'>, world: World, nowMs: number): boolean =>
	!world.agents.has(operatorId) || nextAtMs <= nowMs;

/** 引受: the promise is from now on that of who takes it; whoever had it is told. */
export function takeRecall(ctx: Context, agent: Agent, {requestId, was, isNewest, customer}: Extract<ConsoleEvent, {type: 'takeRecall'}>) {
	const {world, nowMs} = ctx;
	const campaign = campaignOf(world, was.campaignId);
	const kind = campaign?.masters.nextActions.find(({id}) => id === was.nextActionId)?.kind;
	const item = isNewest && kind === 'recall' ? recallItem(was, world.customers.get(customer.id) ?? customer, campaign) : undefined;
	const held = world.recalls.get(was.id);
	const isMoved = held !== undefined && held.operatorId !== was.nextOperatorId;
	if (!item || (!held && world.agents.has(item.operatorId)))
		return refuse(ctx, requestId, {code: 'notFound', message: 'that promise is over'});
	if (!hasOpen(world, agent, item.campaignId)) return refuse(ctx, requestId, {code: 'notAllowed', message: 'that campaign is not open'});
	if (item.operatorId === agent.operatorId) return accept(ctx, requestId);
	if (isMoved || !mayTake(item, world, nowMs)) {
		return refuse(ctx, requestId, {code: 'notNow', status: agent.status, message: 'who promised it is there and it is not due yet'});
	}
	persist(ctx, {op: 'putRecord', row: {...was, nextOperatorId: agent.operatorId}});
	note(ctx, 'recall.taken', {
		actor: agent.operatorId,
		agentId: agent.operatorId,
		customerId: was.customerId,
		campaignId: was.campaignId,
		data: {recordId: was.id, from: item.operatorId},
	});
	if (held) dropRecall(ctx, held);
	addRecall(ctx, {...item, operatorId: agent.operatorId});
	const before = world.agents.get(item.operatorId);
	if (before) notify(ctx, before, 'info', 'recallTaken', {by: operatorOf(world, agent.operatorId)?.name ?? '', name: item.customerName});
	for (const other of world.agents.values()) if (other.customerId === was.customerId) change(ctx, other.operatorId, 'history');
	accept(ctx, requestId, {durable: true});
}

/** Open recalls of an operator, due first. */
export function recallsOf(world: World, operatorId: string): RecallItem[] {
	const own = [...world.recalls.values()].filter(recall => recall.operatorId === operatorId);
	return own.sort((a, b) => a.nextAtMs - b.nextAtMs || (a.recordId < b.recordId ? -1 : 1));
}
