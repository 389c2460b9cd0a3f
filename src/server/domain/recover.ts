/** After a restart: what was running is closed in the log with its reason, entries go back, sessions and drafts are there again. */
import type {Dialled} from '../../dialer/port.js';
import {setStatus} from './agent.js';
import {dayNumber} from './calendar.js';
import {type Context, decided, newContext, note, persist} from './context.js';
import type {DialCounts} from './dial/day.js';
import type {Effect} from './effects.js';
import {changeEntry, giveBack} from './entries.js';
import type {AbandonedItem} from './events.js';
import {guarded} from './guarded.js';
import type {AnswerDay, CallBackRow, CallRow, Draft, LeadCount, ListEntry} from './model.js';
import {connectLeg} from './phone.js';
import {fetchRecalls} from './recalls.js';
import {newAgent, restorePanes} from './session.js';
import type {SessionRow} from './stored.js';
import type {ServiceCounts, World} from './world.js';

/** What the store still knew when the service came up. */
export type Recovery = {
	/** Calls without an end. */
	openCalls: CallRow[];
	/** Entries in `dialling` or `inCall`. */
	danglingEntries: ListEntry[];
	sessions: SessionRow[];
	/** Drafts by operator id. */
	drafts: Map<string, Draft>;
	/** Rows of the calls that drafts and sessions name, and the entries those calls worked on, by call id. */
	works: Map<string, {row: CallRow; entry?: ListEntry}>;
	/** Abandoned calls of today, by group id. */
	abandonedToday?: Map<string, number>;
	/** Figures of inbound calls of today, by group id. */
	service?: Map<string, ServiceCounts>;
	/** By campaign, as far back as the windows of the abandon limit reach. */
	answerDays?: Map<string, AnswerDay[]>;
	/** What is remembered of leads, by campaign and kind. */
	leadCounts?: Map<string, Map<string, LeadCount>>;
	/** Promised and not kept. */
	callBacks?: CallBackRow[];
	/** Callers of today nobody has talked with, oldest first. */
	abandonedCalls?: AbandonedItem[];
	/** When each number was last dialled and how often that day, as far back as a gap or the day; oldest first. */
	dialled?: Map<string, Dialled>;
	/** Calls that went out on the last day that had any. */
	dialCounts?: DialCounts;
};

/** Once, after the first `configChanged` and before any other event. */
export function recover(world: World, recovery: Recovery, nowMs: number): Effect[] {
	const ctx = newContext(world, nowMs);
	guarded(ctx, () => {
		world.abandoned = {day: dayNumber(nowMs, world.settings.utcOffsetMs), byGroup: new Map(recovery.abandonedToday)};
		if (recovery.dialCounts) world.dialCounts = recovery.dialCounts;
		for (const [number, dialled] of recovery.dialled ?? []) world.dialled.set(number, dialled);
		for (const [campaignId, days] of recovery.answerDays ?? []) world.answerDays.set(campaignId, days);
		for (const [campaignId, counts] of recovery.leadCounts ?? []) world.leads.set(campaignId, {counts, madeMs: 0});
		closeCalls(ctx, recovery);
		restoreQueue(ctx, recovery);
		for (const session of recovery.sessions) restoreSession(ctx, session, recovery);
		note(ctx, 'service.recovered', {
			data: {calls: recovery.openCalls.length, entries: recovery.danglingEntries.length, sessions: recovery.sessions.length},
		});
	});
	return decided(ctx);
}

/**
 * A call that was joined counts as talked to the list: its entry waits for the record. Any other is dialled again, except that
 * the try is not held against the customer.
 */
function closeCalls(ctx: Context, recovery: Recovery): void {
	const talked = new Set<string>();
	for (const open of recovery.openCalls) {
		// An abandoned call keeps its outcome: it was counted, only the apology was cut short.
		const outcome = open.outcome ?? 'interrupted';
		const row: CallRow = {...open, endedMs: ctx.nowMs, endedBy: 'system', outcome};
		if (row.joinedMs === undefined) delete row.recordingPath;
		persist(ctx, {op: 'putCall', row});
		note(ctx, 'call.ended', {
			reason: 'serviceStopped',
			callId: row.id,
			agentId: row.agentId,
			campaignId: row.campaignId,
			groupId: row.groupId,
			listId: row.listId,
			customerId: row.customerId,
			data: {outcome, by: 'system'},
		});
		const work = recovery.works.get(row.id);
		const entry = work?.entry ?? recovery.danglingEntries.find(other => other.id === row.entryId);
		if (row.agentId !== undefined) ctx.world.works.set(row.id, {row, saved: false, ...(entry && {entry})});
		if (row.joinedMs !== undefined && row.entryId !== undefined) talked.add(row.entryId);
	}
	for (const entry of recovery.danglingEntries) {
		if (talked.has(entry.id)) changeEntry(ctx, entry, {state: 'unsaved', lastOutcome: 'interrupted'}, {reason: 'interrupted'});
		else giveBack(ctx, entry, 'interrupted');
	}
}

/** Who waited is gone with the service, and closed as interrupted. Promises stand; those being kept are to be kept again. */
function restoreQueue(ctx: Context, {service, callBacks = [], abandonedCalls = []}: Recovery): void {
	const {world, nowMs} = ctx;
	const byGroup = new Map([...(service ?? [])].map(([groupId, counts]) => [groupId, {...counts}]));
	world.service = {day: dayNumber(nowMs, world.settings.utcOffsetMs), byGroup};
	for (const item of abandonedCalls) world.abandonedCalls.set(item.callId, item);
	for (const row of callBacks) {
		const waiting: CallBackRow = {...row, state: 'waiting'};
		world.callBacks.set(row.id, waiting);
		if (row.state !== 'waiting') persist(ctx, {op: 'putCallBack', row: {...waiting}});
	}
	ctx.look = true;
}

function restoreSession(ctx: Context, session: SessionRow, recovery: Recovery): void {
	const {world} = ctx;
	const operator = world.config.operators.find(other => other.id === session.operatorId);
	if (!operator?.enabled || world.agents.has(session.operatorId)) {
		persist(ctx, {op: 'deleteSession', tokenHash: session.tokenHash});
		return;
	}
	const {operatorId, extension, tokenHash} = session;
	const agent = newAgent(ctx, {operatorId, extension, tokenHash, actor: 'system', reason: 'restarted'});
	agent.createdMs = session.createdMs;
	agent.groupIds = session.workingGroupIds;
	agent.stage = session.workingGroupIds.length > 0 ? 'working' : 'chooseGroups';
	note(ctx, 'session.restored', {agentId: operatorId, data: {extension, lastSeenMs: session.lastSeenMs}});
	note(ctx, 'agent.status', {agentId: operatorId, reason: 'restarted', data: {to: 'offline'}});
	const draft = recovery.drafts.get(operatorId);
	const callId = draft?.callId ?? session.callId;
	const work = callId === undefined ? undefined : recovery.works.get(callId);
	if (callId !== undefined && work && !world.works.has(callId)) world.works.set(callId, {...work, saved: false});
	const last = callId === undefined ? undefined : world.works.get(callId)?.row;
	if (last) agent.lastCall = last;
	const customerId = draft?.customerId ?? session.customerId;
	if (customerId !== undefined) restorePanes(ctx, agent, customerId, draft, callId);
	fetchRecalls(ctx, agent);
	if (agent.stage !== 'working') return;
	if (world.phones.has(extension)) connectLeg(ctx, agent);
	else setStatus(ctx, agent, 'phoneDown', 'system', 'notRegistered');
}
