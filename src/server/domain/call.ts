/**
 * One call with the outside, from dialling to the last report about its leg.
 *
 *   predictive                                                agent free
 *   dialling --> ringing --> (answered) --> waiting --------------------------> joining --> talking
 *      |            |             |            | nobody in time      join failed:  |            |
 *      |            |             |            v                   waiting again   |            |
 *      |            |             |         apology                                |            |
 *      v            v             v            v                                   v            v
 *      +------------+-------------+----------- ending: we hung up, the leg's end is not reported yet
 *
 * A direct call goes from ringing to joining: its agent is there from the start. A call is *finished* (its row complete, its
 * agent free, its entry settled) at the moment we or the customer hang up, and *released* when its leg is reported gone.
 */
import assert from 'node:assert';
import {callBackEnded} from './acd/callbacks.js';
import {dropForward} from './acd/forward.js';
import {rememberAbandoned} from './acd/lists.js';
import {ringingAgents} from './acd/offers.js';
import {learnTalk, leaveQueue} from './acd/queue.js';
import {noteService} from './acd/service.js';
import {messageKept, messageOver} from './acd/voicemail.js';
import {setStatus} from './agent.js';
import {type Context, campaignOf, change, clearTimer, log, note, notify, operatorOf, persist, setTimer, tell} from './context.js';
import {countAbandoned, groupChanged} from './counters.js';
import {countAnswer, rulesOf} from './dial/budget.js';
import {releaseReserved} from './dial/hands.js';
import {learnLead} from './dial/leads.js';
import {tellEnd, tellPacer} from './dial/pacing.js';
import {settleEntry, wakeList} from './entries.js';
import {isOnline, phoneUsable, stopTone} from './incall/own-phone.js';
import {closeRoom} from './incall/rooms.js';
import {dropTarget} from './incall/seats.js';
import {endWatches} from './incall/supervise.js';
import {dropTransfer} from './incall/transfer.js';
import type {CallOutcome, CallRow} from './model.js';
import {sweepCustomers, writeDraft} from './panes.js';
import {connectLater, dropLeg} from './phone.js';
import type {Agent, Call, CallPhase} from './world.js';

export const moves: Record<CallPhase, readonly CallPhase[]> = {
	dialling: ['ringing', 'waiting', 'joining', 'talking', 'ending'],
	ringing: ['waiting', 'joining', 'talking', 'ending'],
	waiting: ['joining', 'apology', 'message', 'ending'],
	joining: ['talking', 'waiting', 'apology', 'queued', 'forwarding', 'message', 'ending'],
	talking: ['queued', 'apology', 'message', 'ending'],
	apology: ['ending'],
	ending: [],
	// Inbound; `message` is also what is left on an answering machine.
	arriving: ['menu', 'queued', 'forwarding', 'message', 'voicemail', 'ending'],
	menu: ['menu', 'queued', 'forwarding', 'message', 'voicemail', 'ending'],
	queued: ['offered', 'joining', 'menu', 'queued', 'forwarding', 'message', 'voicemail', 'ending'],
	offered: ['queued', 'joining', 'menu', 'forwarding', 'message', 'voicemail', 'ending'],
	forwarding: ['talking', 'joining', 'menu', 'queued', 'forwarding', 'message', 'voicemail', 'ending'],
	message: ['ending'],
	voicemail: ['ending'],
};

/** Somebody waits for an operator. */
export const waits: readonly CallPhase[] = ['waiting', 'queued', 'offered'];

export function moveCall(ctx: Context, call: Call, phase: CallPhase): void {
	assert(moves[call.phase].includes(phase), `call ${call.row.id}: ${call.phase} -> ${phase}`);
	if (waits.includes(call.phase) !== waits.includes(phase)) groupChanged(ctx, call.row.groupId);
	call.phase = phase;
	if (call.operatorId !== undefined) change(ctx, call.operatorId, 'call');
}

/** Key of what is learned about pacing. */
export function paceKey(row: Pick<CallRow, 'campaignId' | 'groupId'>): string {
	return `${row.campaignId ?? ''}/${row.groupId ?? ''}`;
}

/** A row of the event log about a call. */
export function noteCall(
	ctx: Context,
	call: Call,
	kind: string,
	more: {actor?: string; reason?: string; data?: Record<string, unknown>} = {},
): void {
	const {id, operatorId, campaignId, groupId, listId, customerId} = {...call.row, operatorId: call.operatorId};
	note(ctx, kind, {...more, callId: id, agentId: operatorId, campaignId, groupId, listId, customerId});
}

/** Counts a call as abandoned, once. */
export function markAbandoned(ctx: Context, call: Call, reason: string): void {
	if (call.row.outcome === 'abandoned') return;
	call.row.outcome = 'abandoned';
	const ringing = call.phase === 'joining' || ringingAgents(ctx.world, call.row.id).length > 0;
	rememberAbandoned(ctx, call, ringing);
	if (call.inbound) noteService(ctx, call, 'call.abandoned', {reason, data: {ringing}});
	else {
		const early = reason === 'customerHungUp';
		const byHand = call.row.kind !== 'predictive';
		// For how many it counts is the regulator's to say, and is kept as it was said on the day. A call by hand is none of the dialler's.
		const counted = byHand ? 0 : early ? ctx.world.dialer.countedFor(rulesOf(ctx.world, call.row.campaignId)).early : 1;
		const waitedMs = ctx.nowMs - (call.row.answeredMs ?? ctx.nowMs);
		noteCall(ctx, call, 'call.abandoned', {reason, data: {waitedMs, counted, ...(byHand && {byHand})}});
		countAnswer(ctx, call, early ? 'early' : 'abandoned');
	}
	countAbandoned(ctx, call.row.groupId);
	tellPacer(ctx.world, call.row, {type: 'abandoned'}, ctx.nowMs);
	groupChanged(ctx, call.row.groupId);
}

export type Ending = {
	outcome: CallOutcome;
	by: NonNullable<CallRow['endedBy']>;
	reason: string;
	/** Who hung up, when it was an operator. */
	actor?: string;
	sipStatus?: number;
};

const worksMax = 5_000;
/** Outcomes that say nothing about the customer. */
const tellsNothing: ReadonlySet<CallOutcome> = new Set(['cancelled', 'trunkDown', 'phoneDown', 'congestion', 'error', 'interrupted']);

/** Completes the row, settles the entry and frees the agent. The leg may still be there. */
export function finish(ctx: Context, call: Call, ending: Ending): void {
	const {row} = call;
	assert(row.endedMs === undefined, `call ${row.id} finished twice`);
	if (ending.outcome === 'abandoned') markAbandoned(ctx, call, ending.reason);
	row.outcome = ending.outcome;
	row.endedMs = ctx.nowMs;
	row.endedBy = ending.by;
	const cutOff = row.answeredMs === undefined && (ending.by !== 'network' || tellsNothing.has(ending.outcome));
	if (row.answeredMs === undefined) tellEnd(ctx.world, call, ctx.nowMs, cutOff);
	if (!cutOff) learnLead(ctx, call);
	if (ending.sipStatus !== undefined) row.sipStatus = ending.sipStatus;
	clearTimer(ctx, 'abandon', row.id);
	if (call.machine) clearTimer(ctx, 'machine', row.id);
	if (call.inbound) inboundOver(ctx, call);
	// Never joined: nothing was recorded.
	if (row.joinedMs === undefined) delete row.recordingPath;
	const talkMs = row.joinedMs === undefined ? undefined : ctx.nowMs - row.joinedMs;
	noteCall(ctx, call, 'call.ended', {
		reason: ending.reason,
		...(ending.actor !== undefined && {actor: ending.actor}),
		data: {
			outcome: row.outcome,
			by: row.endedBy,
			...(talkMs !== undefined && {talkMs}),
			...(ending.sipStatus && {sipStatus: ending.sipStatus}),
		},
	});
	persist(ctx, {op: 'putCall', row: {...row}});
	// A call that was handed over leaves its recording with the leg.
	const recorded = [...(call.earlier ?? []), row].filter(({recordingPath}) => recordingPath !== undefined);
	if (recorded.length > 0 && call.legId !== '') {
		ctx.world.recordings.set(call.legId, recorded);
		setTimer(ctx, 'recorded', call.legId, ctx.nowMs + ctx.world.settings.guardMs);
	}
	releaseReserved(ctx.world, call);
	takeApart(ctx, call);
	callBackEnded(ctx, call);
	if (call.transfer) dropTransfer(ctx, call, {by: ending.by, reason: ending.by === 'customer' ? 'customerGone' : ending.reason});
	dropTarget(ctx, call, ending);
	closeRoom(ctx, call);
	// A colleague who was on hold stays connected.
	if (call.musicLegId !== undefined && call.musicLegId !== call.legId) tell(ctx, {type: 'stopPlaying', legId: call.musicLegId});
	delete call.held;
	delete call.musicLegId;
	endWatches(ctx, call);
	settleEntry(ctx, call);
	if (call.operatorId !== undefined) {
		keepWork(ctx, call);
		freeAgent(ctx, ctx.world.agents.get(call.operatorId), call, ending);
	}
	if (waits.includes(call.phase)) groupChanged(ctx, row.groupId);
	ctx.look = true;
}

/** An inbound call leaves nothing behind: no timer, no bell, no second leg, no open recording. */
function inboundOver(ctx: Context, call: Call): void {
	leaveQueue(ctx, call, 'callerHungUp');
	clearTimer(ctx, 'step', call.row.id);
	dropForward(ctx, call);
	messageOver(ctx, call);
	if (call.row.joinedMs !== undefined && call.operatorId !== undefined)
		learnTalk(ctx.world, call.row.groupId, ctx.nowMs - call.row.joinedMs);
}

/** Remembers a call an agent had, for its record: that is saved later, or again. */
export function keepWork(ctx: Context, call: Call): void {
	const {works} = ctx.world;
	works.set(call.row.id, {row: call.row, saved: call.saved, ...(call.entry && {entry: call.entry})});
	if (works.size > worksMax) works.delete(works.keys().next().value!);
}

/** Parts the legs, if they were joined or about to be. */
export function takeApart(ctx: Context, call: Call): void {
	if (call.bridgeId === undefined) return;
	ctx.world.bridges.delete(call.bridgeId);
	tell(ctx, {type: 'part', bridgeId: call.bridgeId});
	delete call.bridgeId;
}

/** The agent's part of a call is over: 後処理, or 電話機未接続 when the phone is not there. */
export function freeAgent(ctx: Context, agent: Agent | undefined, call: Call, ending: Ending): void {
	if (!agent || agent.callId !== call.row.id) return;
	delete agent.callId;
	agent.lastCall = call.row;
	if (call.inbound) agent.inbound.endedMs = ctx.nowMs;
	writeDraft(ctx, agent);
	change(ctx, agent.operatorId, 'call');
	agent.wanted = 'wrapUp';
	if (call.row.joinedMs !== undefined)
		tellPacer(ctx.world, call.row, {type: 'talkEnded', talkMs: ctx.nowMs - call.row.joinedMs}, ctx.nowMs);
	if (agent.muted && agent.leg.state === 'up') tell(ctx, {type: 'mute', legId: agent.leg.legId, muted: false});
	agent.muted = false;
	const wasUp = agent.leg.state !== 'none';
	if (!isOnline(ctx.world, agent) && wasUp) dropLeg(ctx, agent);
	else stopTone(ctx, agent);
	if (phoneUsable(ctx.world, agent)) {
		setStatus(ctx, agent, 'wrapUp', ending.actor ?? 'system', ending.reason);
		if (call.row.kind === 'predictive') agent.wrapUpAfter = {pace: paceKey(call.row), sinceMs: ctx.nowMs};
		return;
	}
	if (agent.leg.state !== 'none') dropLeg(ctx, agent);
	setStatus(ctx, agent, 'phoneDown', 'system', wasUp ? 'phoneGone' : 'legLost');
	if (ctx.world.phones.has(agent.extension)) connectLater(ctx, agent);
}

/** Ends a call from our side: finished now, released when the leg's end is reported, or given up for lost. */
export function endCall(ctx: Context, call: Call, ending: Ending): void {
	moveCall(ctx, call, 'ending');
	if (call.legId !== '') {
		tell(ctx, {type: 'hangUp', legId: call.legId});
		setTimer(ctx, 'callGuard', call.row.id, ctx.nowMs + ctx.world.settings.guardMs);
	}
	finish(ctx, call, ending);
	// Nothing of it is left to be reported.
	if (call.legId === '') release(ctx, call);
}

/** The leg is reported gone: finished if it was not, and forgotten. */
export function callGone(ctx: Context, call: Call, ending: Ending): void {
	if (call.row.endedMs === undefined) finish(ctx, call, ending);
	release(ctx, call);
}

export function release(ctx: Context, call: Call): void {
	const {world} = ctx;
	assert(call.row.endedMs !== undefined, `call ${call.row.id} released before its end`);
	clearTimer(ctx, 'callGuard', call.row.id);
	clearTimer(ctx, 'abandon', call.row.id);
	if (call.legId !== '') world.legs.delete(call.legId);
	clearTimer(ctx, 'target', call.row.id);
	world.calls.delete(call.row.id);
	// Given back to the list while this call still held it: a read that found nothing may have missed it.
	if (call.entry && call.row.outcome !== 'talked') wakeList(world, call.entry.listId);
	ctx.look = true;
	sweepCustomers(world);
}

/** The recording of a call has ended and its length is known. */
export function recorded(ctx: Context, legId: string, durationMs: number, spokenMs?: number): void {
	if (messageKept(ctx, legId, durationMs, spokenMs)) return;
	const rows = ctx.world.recordings.get(legId);
	if (!rows) return;
	ctx.world.recordings.delete(legId);
	clearTimer(ctx, 'recorded', legId);
	for (const row of rows) {
		row.recordingMs = durationMs;
		persist(ctx, {op: 'putCall', row: {...row}});
	}
	const customerId = rows.at(-1)?.customerId;
	if (customerId === undefined) return;
	for (const agent of ctx.world.agents.values()) if (agent.customerId === customerId) change(ctx, agent.operatorId, 'history');
}

/** Between two notices of it: with a full disk every call has one. */
const failedNoticeMs = 60_000;

/** A recording cannot be begun or written any more: the call goes on, and those who have to know are told. */
export function recordingFailed(ctx: Context, legId: string, reason: string): void {
	const {world, nowMs} = ctx;
	const owner = world.legs.get(legId);
	const call = owner && 'callId' in owner ? world.calls.get(owner.callId) : undefined;
	const row = call?.row ?? world.recordings.get(legId)?.at(-1);
	if (!row) return;
	note(ctx, 'recording.failed', {callId: row.id, agentId: row.agentId, campaignId: row.campaignId, reason});
	log(ctx, 'error', 'a call cannot be recorded', {callId: row.id, reason});
	if (call && call.row.endedMs === undefined) {
		call.recording = 'stopped';
		if (call.operatorId !== undefined) change(ctx, call.operatorId, 'call');
	}
	if (world.recordingFailedMs !== undefined && nowMs - world.recordingFailedMs < failedNoticeMs) return;
	world.recordingFailedMs = nowMs;
	for (const agent of world.agents.values())
		if (operatorOf(world, agent.operatorId)?.role !== 'agent') notify(ctx, agent, 'error', 'recordingFailed', {reason});
}

/** The end of a recording was never reported. */
export function recordingLost(ctx: Context, legId: string): void {
	if (messageKept(ctx, legId, undefined)) return;
	if (ctx.world.recordings.delete(legId)) log(ctx, 'warn', 'the end of a recording was not reported', {legId});
}

export function isRecorded(ctx: Context, row: CallRow): boolean {
	return campaignOf(ctx.world, row.campaignId)?.recording === 'all';
}
