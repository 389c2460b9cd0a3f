/** What telephony reports about a call's leg. Late and repeated reports change nothing. */
import {endingOf, taken} from './acd/arrival.js';
import {queueKey} from './acd/callbacks.js';
import {forwardFailed} from './acd/forward.js';
import {asked, menuDue, menuKey} from './acd/menu.js';
import {playMusic} from './acd/sounds.js';
import {endMessage, isRecordingMessage, recordMessage} from './acd/voicemail.js';
import {callGone, endCall, markAbandoned, moveCall, noteCall, release, waits} from './call.js';
import {type Context, clearTimer, log, notify, persist, setTimer, tell} from './context.js';
import {countAnswer} from './dial/budget.js';
import {isWithMachine, listenForMachine} from './dial/machines.js';
import {tellEnd} from './dial/pacing.js';
import {settleEntry} from './entries.js';
import type {LegFailure} from './events.js';
import {operatorLost, targetLost} from './incall/transfer.js';
import {apologise, handBackByHand, join, joined, joinFailed, playApology, waitForAgent} from './joining.js';
import type {CallOutcome} from './model.js';
import type {Agent, Call} from './world.js';

export function ringing(ctx: Context, call: Call): void {
	if (call.phase !== 'dialling') return;
	moveCall(ctx, call, 'ringing');
	call.row.ringingMs = ctx.nowMs;
	noteCall(ctx, call, 'call.ringing');
}

export function answered(ctx: Context, call: Call) {
	if (call.phase === 'ending') {
		lateAnswer(ctx, call);
		return;
	}
	if (call.phase === 'arriving') return taken(ctx, call);
	if (call.phase !== 'dialling' && call.phase !== 'ringing') return;
	clearTimer(ctx, 'callGuard', call.row.id);
	call.row.answeredMs = ctx.nowMs;
	noteCall(ctx, call, 'call.answered');
	countAnswer(ctx, call, 'answered');
	persist(ctx, {op: 'putCall', row: {...call.row}});
	if (listenForMachine(ctx, call)) return;
	tellEnd(ctx.world, call, ctx.nowMs);
	if (call.row.kind === 'predictive') {
		waitForAgent(ctx, call);
		return;
	}
	const agent = ctx.world.agents.get(call.operatorId ?? '');
	if (agent?.leg.state === 'up' && agent.callId === call.row.id) {
		delete agent.callId;
		join(ctx, call, agent);
	} else endCall(ctx, call, {outcome: 'error', by: 'system', reason: 'agentGone'});
}

/** The person answered just as we gave up: told who called, not hung up on in silence, and counted as abandoned. */
function lateAnswer(ctx: Context, call: Call): void {
	if (call.apologisesLate) return;
	const {row} = call;
	const again = row.answeredMs !== undefined;
	if (again || row.kind !== 'predictive') tell(ctx, {type: 'hangUp', legId: call.legId});
	if (again) return;
	row.answeredMs = ctx.nowMs;
	noteCall(ctx, call, 'call.answered', {reason: 'afterCancel'});
	countAnswer(ctx, call, 'answered');
	if (row.kind === 'predictive') {
		call.apologisesLate = true;
		markAbandoned(ctx, call, 'afterCancel');
		settleEntry(ctx, call);
		playApology(ctx, call);
	}
	persist(ctx, {op: 'putCall', row: {...row}});
}

/** Whoever answered late has heard who called. */
function lateApologyOver(ctx: Context, call: Call): void {
	delete call.apologisesLate;
	tell(ctx, {type: 'hangUp', legId: call.legId});
	setTimer(ctx, 'callGuard', call.row.id, ctx.nowMs + ctx.world.settings.guardMs);
}

export function failed(ctx: Context, call: Call, failure: LegFailure, sipStatus: number | undefined): void {
	const {world, nowMs} = ctx;
	if (failure === 'trunkDown' && call.row.endedMs === undefined) {
		world.trunkPausedMs.set(call.trunk, nowMs + world.settings.trunkPauseMs);
		setTimer(ctx, 'pace', call.trunk, nowMs + world.settings.trunkPauseMs);
	}
	// Before we had taken the call: only the caller can have called it off.
	if (call.inbound && failure === 'cancelled') callGone(ctx, call, {outcome: failure, by: 'customer', reason: 'customerHungUp'});
	else callGone(ctx, call, {outcome: failure, by: 'network', reason: failure, ...(sipStatus !== undefined && {sipStatus})});
}

export function ended(ctx: Context, call: Call, by: 'far' | 'us' | 'network'): void {
	const talked = call.row.joinedMs !== undefined;
	const reached = call.row.answeredMs !== undefined;
	const who = by === 'far' ? 'customer' : by === 'us' ? 'system' : 'network';
	const outcome = isWithMachine(call)
		? 'machine'
		: talked
			? 'talked'
			: call.inbound
				? outcomeOf(ctx, call)
				: reached
					? 'abandoned'
					: 'error';
	callGone(ctx, call, {outcome, by: who, reason: by === 'far' ? 'customerHungUp' : by === 'us' ? 'systemHungUp' : 'connectionLost'});
}

/** What has become of a caller who leaves before a talk. */
function outcomeOf(ctx: Context, call: Call): CallOutcome {
	if (waits.includes(call.phase) || (call.phase === 'joining' && !call.inbound!.forward)) return 'abandoned';
	if (call.phase === 'voicemail' && isRecordingMessage(ctx, call)) return 'voicemail';
	return call.inbound!.ending?.outcome ?? 'cancelled';
}

/** The agent presses 切断: gives up a call that is not answered, or ends the talk. */
export function hangUp(ctx: Context, call: Call, actor: string, reason: string) {
	if (call.inbound && call.phase === 'joining') return handBackByHand(ctx, call, actor, reason);
	const outcome = call.row.joinedMs !== undefined ? 'talked' : call.row.answeredMs !== undefined ? 'abandoned' : 'cancelled';
	endCall(ctx, call, {outcome, by: 'agent', reason, actor});
}

/** The agent's leg ended while it had this call. `far`: the handset was put down, which ends a talk like the button. */
export function agentLost(ctx: Context, call: Call, by: 'far' | 'us' | 'network', agent: Agent): void {
	if (call.operatorId !== agent.operatorId) {
		targetLost(ctx, call, by === 'far' ? 'targetHungUp' : 'agentLegLost', agent.operatorId);
		return;
	}
	if (call.legFirst) {
		// The own phone was rung first and did not come: the customer was never dialled.
		notify(ctx, agent, 'warning', 'ownPhoneFailed', {number: call.row.toNumber});
		endCall(ctx, call, {outcome: 'cancelled', by: 'agent', reason: 'ownPhoneNotAnswered'});
		return;
	}
	if (call.transfer || (call.held && (by !== 'far' || call.givenAway) && call.legId !== '')) {
		operatorLost(ctx, call, by === 'far' ? 'phoneHungUp' : 'agentLegLost');
		return;
	}
	if (call.phase === 'joining' && (call.row.kind === 'predictive' || call.inbound)) {
		joinFailed(ctx, call, 'agentLegLost');
		return;
	}
	if (call.row.endedMs !== undefined) return;
	if (by === 'far') hangUp(ctx, call, call.operatorId ?? 'system', 'phoneHungUp');
	else {
		const outcome = call.row.joinedMs !== undefined ? 'talked' : call.row.answeredMs !== undefined ? 'abandoned' : 'cancelled';
		endCall(ctx, call, {outcome, by: 'network', reason: 'agentLegLost'});
	}
}

/** A prompt to the customer is over. The music that the apology took the place of is told to have ended as well. */
export function played(ctx: Context, call: Call, prompt: string): void {
	if (call.apologisesLate && prompt === 'abandonApology') lateApologyOver(ctx, call);
	if (call.phase !== 'apology' || prompt !== 'abandonApology') return;
	endCall(ctx, call, {outcome: call.row.joinedMs === undefined ? 'abandoned' : 'talked', by: 'system', reason: 'apologised'});
}

export function abandonDue(ctx: Context, call: Call): void {
	apologise(ctx, call, 'noAgent');
}

/** Something that telephony owed us did not come. */
export function guardDue(ctx: Context, call: Call): void {
	if (call.phase === 'joining') {
		// The sound may well flow; the agent hears whether it does.
		log(ctx, 'warn', 'a join was not reported', {callId: call.row.id});
		joined(ctx, call);
	} else if (call.phase === 'apology') played(ctx, call, 'abandonApology');
	else if (call.apologisesLate) lateApologyOver(ctx, call);
	else if (call.phase === 'ending') {
		log(ctx, 'warn', 'the end of a leg was not reported', {callId: call.row.id});
		release(ctx, call);
	} else if (call.phase === 'forwarding') forwardFailed(ctx, call, 'noReport');
	else if (call.phase === 'arriving') {
		log(ctx, 'warn', 'what came of taking a call was not reported', {callId: call.row.id});
		endCall(ctx, call, {outcome: 'error', by: 'system', reason: 'noReport'});
	} else if (call.phase === 'dialling' || call.phase === 'ringing') {
		log(ctx, 'warn', 'what came of a dialled call was not reported', {callId: call.row.id});
		endCall(ctx, call, {outcome: 'error', by: 'system', reason: 'noReport'});
	}
}

/** A sound to an inbound caller has ended, all of them have: what the phase asks for now. */
export function soundsOver(ctx: Context, call: Call): void {
	if (call.phase === 'menu') asked(ctx, call);
	else if (call.phase === 'queued' || call.phase === 'offered') playMusic(ctx, call);
	else if (call.phase === 'voicemail') recordMessage(ctx, call);
	else if (call.phase === 'message') endCall(ctx, call, endingOf(call));
}

/** Patience with a caller, or with a sound whose end was not reported, is over. */
export function stepDue(ctx: Context, call: Call): void {
	if (call.phase === 'menu') menuDue(ctx, call);
	else if (call.phase === 'message') endCall(ctx, call, endingOf(call));
	else if (call.phase === 'voicemail') {
		if (isRecordingMessage(ctx, call)) endMessage(ctx, call, 'longest');
		else recordMessage(ctx, call);
	}
}

/** A caller has pressed a key. */
export function keyPressed(ctx: Context, call: Call, digit: string): void {
	if (call.phase === 'menu') menuKey(ctx, call, digit);
	else if (call.phase === 'voicemail') endMessage(ctx, call, 'key');
	else if (call.inbound) queueKey(ctx, call, digit);
}
