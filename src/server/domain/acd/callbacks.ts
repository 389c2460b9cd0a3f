/**
 * Call-backs that keep their place: a caller leaves by key and is dialled when the turn comes. In the queue it stands where the
 * caller stood.
 *
 *   waiting --turn--> offered --通話--> dialling --talked--> done
 *      ^                 |                 +--not reached--> waiting (later), or failed after the last try
 *      +---- declined, not answered
 */
import {forbidden} from '../agent.js';
import {endCall} from '../call.js';
import {accept, type Context, clearTimer, note, operatorOf, persist, refuse} from '../context.js';
import {lineTo, placeDirect} from '../direct.js';
import type {ConsoleEvent} from '../events.js';
import {phoneUsable} from '../incall/own-phone.js';
import {groupsInSight} from '../incall/sight.js';
import type {Agent, Call} from '../world.js';
import {endingOf, say} from './arrival.js';
import {groupSettings} from './groups.js';
import {dropOffer, withdrawOffers} from './offers.js';
import {isWaiting, leaveQueue} from './queue.js';
import {noteService} from './service.js';
import type {CallBackRow} from './settings.js';

type Of<T extends ConsoleEvent['type']> = Extract<ConsoleEvent, {type: T}>;

function put(ctx: Context, row: CallBackRow, reason: string, actor?: string): void {
	persist(ctx, {op: 'putCallBack', row: {...row}});
	const {id, groupId, callId, customerId, state, attempts} = row;
	note(ctx, 'callBack.changed', {
		reason,
		groupId,
		callId,
		customerId,
		...(actor !== undefined && {actor}),
		data: {callBackId: id, state, attempts},
	});
	if (state === 'done' || state === 'failed' || state === 'cancelled') ctx.world.callBacks.delete(id);
	ctx.look = true;
}

/** A key while waiting. */
export function queueKey(ctx: Context, call: Call, digit: string): void {
	const {world, nowMs} = ctx;
	const {groupId = '', id: callId, customerId} = call.row;
	const {callBackKey, callBackFile} = groupSettings(world, groupId);
	const {caller, queuedMs = nowMs} = call.inbound!;
	if (!isWaiting(call) || callBackKey !== digit || caller === undefined) return;
	noteService(ctx, call, 'call.leftToBeCalled');
	call.inbound!.ending = {outcome: 'callBack', reason: 'leftByKey'};
	leaveQueue(ctx, call, 'leftByKey');
	// Whoever asks twice has one place: the better one.
	const known = [...world.callBacks.values()].find(row => row.number === caller && row.groupId === groupId);
	if (known) known.queuedMs = Math.min(known.queuedMs, queuedMs);
	const row: CallBackRow = known ?? {
		// One for a call: its id says which.
		id: `cb-${callId}`,
		groupId,
		callId,
		number: caller,
		...(customerId !== undefined && {customerId}),
		queuedMs,
		leftMs: nowMs,
		state: 'waiting',
		attempts: 0,
	};
	world.callBacks.set(row.id, row);
	put(ctx, row, 'leftByKey');
	if (callBackFile === undefined) endCall(ctx, call, endingOf(call));
	else say(ctx, call, callBackFile);
}

/** The operator takes the call-back: the caller is dialled. */
export function dialCallBack(ctx: Context, agent: Agent, callBackId: string, requestId: string) {
	const row = ctx.world.callBacks.get(callBackId)!;
	const line = lineTo(ctx, agent, row.number);
	if ('code' in line) return refuse(ctx, requestId, line);
	clearTimer(ctx, 'offer', callBackId);
	dropOffer(ctx, agent);
	row.state = 'dialling';
	row.attempts++;
	delete row.nextMs;
	put(ctx, row, 'dialled', agent.operatorId);
	const call = placeDirect(ctx, agent, row.number, line, undefined, 'callBack');
	call.callBackId = callBackId;
	accept(ctx, requestId);
}

/** Declined, or nobody pressed 通話: the next one's turn. */
export function callBackMissed(ctx: Context, callBackId: string, reason: string): void {
	const row = ctx.world.callBacks.get(callBackId);
	if (row?.state !== 'offered') return;
	row.state = 'waiting';
	put(ctx, row, reason);
}

/** The call that was to keep the promise is over. */
export function callBackEnded(ctx: Context, call: Call): void {
	const row = ctx.world.callBacks.get(call.callBackId ?? '');
	if (row?.state !== 'dialling') return;
	const {callBackGapMs, callBackAttemptsMax} = ctx.world.settings;
	if (call.row.outcome === 'talked') {
		row.state = 'done';
		row.doneCallId = call.row.id;
	} else if (row.attempts >= callBackAttemptsMax) row.state = 'failed';
	else {
		row.state = 'waiting';
		row.nextMs = ctx.nowMs + callBackGapMs;
	}
	put(ctx, row, call.row.outcome ?? 'error');
}

/** Somebody talked with this number by another way: what was promised is kept. */
export function promiseKept(ctx: Context, call: Call, number: string): void {
	for (const row of ctx.world.callBacks.values()) {
		if (row.number !== number || row.id === call.callBackId || row.state === 'dialling') continue;
		clearTimer(ctx, 'offer', row.id);
		withdrawOffers(ctx, row.id, 'promiseKept');
		row.state = 'done';
		row.doneCallId = call.row.id;
		put(ctx, row, 'promiseKept');
	}
}

export function cancelCallBack(ctx: Context, event: Of<'cancelCallBack'>) {
	const {requestId, operatorId, callBackId} = event;
	const role = operatorOf(ctx.world, operatorId)?.role;
	if (role === undefined || role === 'agent') {
		return refuse(ctx, requestId, {code: 'notAllowed', message: 'only supervisors take a call-back out of the queue'});
	}
	const row = ctx.world.callBacks.get(callBackId);
	if (!row || row.state === 'dialling') return refuse(ctx, requestId, {code: 'notFound', message: 'there is no such call-back waiting'});
	clearTimer(ctx, 'offer', row.id);
	withdrawOffers(ctx, row.id, 'cancelled');
	row.state = 'cancelled';
	put(ctx, row, 'cancelled', operatorId);
	accept(ctx, requestId, {durable: true});
}

/** Dials the caller of an abandoned call, as the dial button would. */
export function callBackAbandoned(ctx: Context, agent: Agent, event: Of<'callBack'>) {
	const {requestId, callId} = event;
	const {world} = ctx;
	if (world.stopping) return refuse(ctx, requestId, {code: 'shuttingDown', message: 'the service is stopping'});
	const refusal = forbidden(agent, 'dial');
	if (refusal) return refuse(ctx, requestId, refusal);
	const item = world.abandonedCalls.get(callId);
	if (!item || !(agent.groupIds.includes(item.groupId) || groupsInSight(world, agent.operatorId).includes(item.groupId))) {
		return refuse(ctx, requestId, {code: 'notFound', message: 'there is no such abandoned call'});
	}
	if (item.number === '') return refuse(ctx, requestId, {code: 'badNumber', message: 'the number was withheld'});
	if (!phoneUsable(world, agent))
		return refuse(ctx, requestId, {code: 'notNow', status: 'phoneDown', message: 'the phone is not connected'});
	const line = lineTo(ctx, agent, item.number);
	if ('code' in line) return refuse(ctx, requestId, line);
	placeDirect(ctx, agent, item.number, line, undefined, 'callBack');
	accept(ctx, requestId);
}
