/** モニタ: a supervisor hears a call, speaks to its operator alone or to everybody, or takes it over. Each is an event with who did it. */
import {inCall, setStatus} from '../agent.js';
import {noteCall} from '../call.js';
import {accept, type Context, change, notify, operatorOf, persist, refuse} from '../context.js';
import type {ConsoleEvent} from '../events.js';
import {goReady} from '../joining.js';
import {type SuperviseMode, superviseModes} from '../model.js';
import {dropLeg} from '../phone.js';
import {closeSession} from '../session.js';
import type {Agent, Call} from '../world.js';
import {newInnerCall} from './internal.js';
import {stopListening} from './listen.js';
import {isOnline, phoneUsable, ringOwnPhone, stopTone} from './own-phone.js';
import {arrange, roomCall} from './rooms.js';
import {seesAgent} from './sight.js';
import {handOver} from './transfer.js';

type Of<T extends ConsoleEvent['type']> = Extract<ConsoleEvent, {type: T}>;

export function isSupervisor(ctx: Context, operatorId: string): boolean {
	const role = operatorOf(ctx.world, operatorId)?.role;
	return role !== undefined && role !== 'agent';
}

/** True when refused. */
export function notSupervisor(ctx: Context, event: ConsoleEvent): boolean {
	if (isSupervisor(ctx, event.operatorId)) return false;
	refuse(ctx, event.requestId, {code: 'notAllowed', message: 'only supervisors may do that'});
	return true;
}

/** The operator a supervisor's request is about; undefined when it was refused. */
export function inSight(ctx: Context, event: ConsoleEvent & {of: string}): Agent | undefined {
	if (notSupervisor(ctx, event)) return undefined;
	const {requestId, operatorId, of} = event;
	const agent = ctx.world.agents.get(of);
	if (!agent) refuse(ctx, requestId, {code: 'notFound', message: 'that operator is not logged in'});
	else if (seesAgent(ctx.world, operatorId, agent)) return agent;
	else refuse(ctx, requestId, {code: 'notAllowed', message: 'that operator works in none of your groups'});
	return undefined;
}

const mayGoSoFar = (upTo: SuperviseMode = 'takeOver', mode: SuperviseMode): boolean =>
	superviseModes.indexOf(mode) <= superviseModes.indexOf(upTo);

export function supervise(ctx: Context, agent: Agent, event: Of<'supervise'>) {
	const {requestId, mode} = event;
	if (notSupervisor(ctx, event)) return;
	if (mode === 'stop') {
		stopWatching(ctx, agent, 'stopped');
		return accept(ctx, requestId);
	}
	const watched = inSight(ctx, event);
	if (!watched) return;
	const theirs = ctx.world.calls.get(watched.callId ?? '');
	const call = theirs && roomCall(ctx.world, theirs);
	if (!mayGoSoFar(operatorOf(ctx.world, agent.operatorId)?.superviseUpTo, mode))
		return refuse(ctx, requestId, {code: 'notAllowed', message: `this account may not ${mode}`});
	if (watched === agent) return refuse(ctx, requestId, {code: 'notFound', message: 'nobody can hear his own call'});
	if (call?.phase !== 'talking') return refuse(ctx, requestId, {code: 'callGone', message: 'that operator is not in a call'});
	if (inCall.includes(agent.status) || agent.status === 'offline')
		return refuse(ctx, requestId, {code: 'notNow', status: agent.status, message: `a call cannot be heard in status ${agent.status}`});
	if (!phoneUsable(ctx.world, agent))
		return refuse(ctx, requestId, {code: 'notNow', status: 'phoneDown', message: 'the phone is not connected'});
	if (mode === 'takeOver' && (call.transfer !== undefined || call.legId === '' || call.operatorId !== watched.operatorId))
		return refuse(ctx, requestId, {code: 'notNow', status: watched.status, message: 'that call cannot be taken over now'});
	if (agent.watch && agent.watch.callId !== call.row.id) stopWatching(ctx, agent, 'another');
	if (agent.status === 'ready') setStatus(ctx, agent, 'wrapUp', agent.operatorId, 'supervising');
	stopListening(ctx, agent, 'watching');
	watch(ctx, agent, call, watched, mode);
	accept(ctx, requestId);
}

function watch(ctx: Context, agent: Agent, call: Call, watched: Agent, mode: Exclude<Of<'supervise'>['mode'], 'stop'>): void {
	const {operatorId} = agent;
	agent.watch = {callId: call.row.id, of: watched.operatorId, mode: mode === 'takeOver' ? 'listen' : mode, sinceMs: ctx.nowMs};
	if (mode === 'takeOver') agent.watch.takeOver = true;
	noteCall(ctx, call, 'call.watched', {actor: operatorId, reason: mode, data: {of: watched.operatorId}});
	if (ctx.world.settings.tellWatched)
		notify(ctx, watched, 'info', 'watched', {mode, by: operatorOf(ctx.world, operatorId)?.name ?? operatorId});
	change(ctx, operatorId, 'status', 'call');
	change(ctx, watched.operatorId, 'call');
	if (agent.leg.state === 'up') watchUp(ctx, agent);
	else ringOwnPhone(ctx, agent, {number: watched.extension}, true);
}

/** The supervisor's phone is up. */
export function watchUp(ctx: Context, agent: Agent): void {
	const call = ctx.world.calls.get(agent.watch?.callId ?? '');
	if (!call || agent.leg.state !== 'up') return;
	stopTone(ctx, agent);
	if (agent.watch!.takeOver) takeOver(ctx, agent, call);
	else arrange(ctx, call);
}

/** The call becomes the supervisor's; its operator is in 後処理. */
function takeOver(ctx: Context, agent: Agent, call: Call): void {
	delete agent.watch;
	if (call.phase !== 'talking' || call.transfer || call.operatorId === undefined) {
		notify(ctx, agent, 'warning', 'callGone');
		if (!isOnline(ctx.world, agent)) dropLeg(ctx, agent);
		return;
	}
	const {operatorId, extension} = agent;
	const row = newInnerCall(ctx, {
		kind: 'internal',
		direction: call.row.direction,
		fromNumber: call.row.fromNumber,
		toNumber: extension,
		transferOf: call.row.id,
		agentId: operatorId,
	});
	row.phase = 'talking';
	row.target = {operatorId, state: 'up'};
	row.row.answeredMs = ctx.nowMs;
	row.row.joinedMs = ctx.nowMs;
	noteCall(ctx, row, 'call.dialled', {actor: operatorId});
	noteCall(ctx, row, 'call.answered', {actor: operatorId});
	noteCall(ctx, row, 'call.joined', {actor: operatorId});
	persist(ctx, {op: 'putCall', row: {...row.row}});
	agent.callId = row.row.id;
	setStatus(ctx, agent, 'talkingIn', operatorId, 'takenOver');
	const from = ctx.world.agents.get(call.operatorId);
	if (from) notify(ctx, from, 'warning', 'takenOver', {by: operatorOf(ctx.world, operatorId)?.name ?? operatorId});
	handOver(ctx, call, row, {actor: operatorId, reason: 'takenOver'});
}

/** Leaves the call or the recording that is heard; the phone is let go in ringing mode. */
export function stopWatching(ctx: Context, agent: Agent, reason: string): void {
	stopListening(ctx, agent, reason);
	const {watch: seen} = agent;
	if (!seen) return;
	delete agent.watch;
	change(ctx, agent.operatorId, 'status', 'call');
	const call = ctx.world.calls.get(seen.callId);
	if (call) {
		noteCall(ctx, call, 'call.unwatched', {actor: agent.operatorId, reason, data: {forMs: ctx.nowMs - seen.sinceMs}});
		arrange(ctx, call);
		change(ctx, seen.of, 'call');
	}
	if (!isOnline(ctx.world, agent) && agent.callId === undefined) dropLeg(ctx, agent);
}

/** The call is over or has gone to somebody else. */
export function endWatches(ctx: Context, call: Call): void {
	for (const agent of ctx.world.agents.values()) {
		if (agent.watch?.callId !== call.row.id) continue;
		const {sinceMs} = agent.watch;
		delete agent.watch;
		noteCall(ctx, call, 'call.unwatched', {actor: agent.operatorId, reason: 'callEnded', data: {forMs: ctx.nowMs - sinceMs}});
		notify(ctx, agent, 'info', 'watchEnded');
		change(ctx, agent.operatorId, 'status', 'call');
		if (!isOnline(ctx.world, agent)) dropLeg(ctx, agent);
	}
}

/** Sets the status of somebody who forgot (item 370). Never while that operator has a call. */
export function setAgentStatus(ctx: Context, event: Of<'setAgentStatus'>) {
	const {requestId, operatorId, status} = event;
	const agent = inSight(ctx, event);
	if (!agent) return;
	if (inCall.includes(agent.status))
		return refuse(ctx, requestId, {code: 'notNow', status: agent.status, message: 'that operator has a call'});
	stopWatching(ctx, agent, 'statusSet');
	if (status === 'loggedOff') closeSession(ctx, agent, operatorId, 'ended');
	else {
		if (agent.stage !== 'working') return refuse(ctx, requestId, {code: 'noGroup', message: 'that operator has not begun to work'});
		if (status === 'wrapUp' && !phoneUsable(ctx.world, agent))
			return refuse(ctx, requestId, {code: 'notNow', status: 'phoneDown', message: 'the phone of that operator is not connected'});
		if (status === 'ready') {
			// Nobody is made to take calls who is not there: only a wrap-up at an open console is ended.
			if (agent.status !== 'wrapUp' || agent.consoleId === undefined || !phoneUsable(ctx.world, agent))
				return refuse(ctx, requestId, {code: 'notNow', status: agent.status, message: 'only a wrap-up at an open console can be ended'});
			goReady(ctx, agent, operatorId, 'setBySupervisor');
		} else if (agent.status !== status) setStatus(ctx, agent, status, operatorId, 'setBySupervisor');
		notify(ctx, agent, 'warning', 'statusSet', {by: operatorOf(ctx.world, operatorId)?.name ?? operatorId, status});
	}
	accept(ctx, requestId, {durable: true});
}
