/**
 * An agent's status.
 *
 *                 startWork                 leg up (wanted)
 *   login --> offline -------> connecting -----------------> wrapUp <------------+
 *                |  not registered, failed                    |  ^               |
 *                v                                            v  |               |
 *            phoneDown --- leg up ---> wrapUp / ready       ready <--> away/break |
 *                ^                                            |                  |
 *                |                         dial: dialling <---+---> joined:      |
 *                +--- leg lost from anywhere      |                 talkingOut --+
 *                     but away and break          +--- answered --->             ended
 *
 * Two tables: `moves` says which status may follow which, whoever causes it; `actions` says what an operator may do in each.
 * Calls that come in run ready/wrapUp -> ringing -> talkingIn; both kinds of talk go to held and transferring and back.
 */
import assert from 'node:assert';
import {type Context, change, note} from './context.js';
import type {Refused} from './effects.js';
import {dropSecond} from './incall/second-leg.js';
import type {AgentStatus} from './model.js';
import type {Held} from './why/rules.js';
import type {Agent} from './world.js';

const afterTalk = ['wrapUp', 'phoneDown'] as const;
export const moves: Record<AgentStatus, readonly AgentStatus[]> = {
	offline: ['wrapUp', 'ready', 'phoneDown', 'away', 'break'],
	wrapUp: ['ready', 'away', 'break', 'dialling', 'ringing', 'talkingIn', 'phoneDown'],
	ready: ['wrapUp', 'away', 'break', 'dialling', 'ringing', 'talkingOut', 'talkingIn', 'phoneDown'],
	dialling: ['talkingOut', ...afterTalk],
	ringing: ['talkingIn', 'dialling', 'ready', 'away', 'break', ...afterTalk],
	talkingOut: ['held', 'transferring', ...afterTalk],
	talkingIn: ['held', 'transferring', ...afterTalk],
	held: ['talkingOut', 'talkingIn', 'transferring', ...afterTalk],
	transferring: ['talkingOut', 'talkingIn', 'held', ...afterTalk],
	away: ['ready', 'wrapUp', 'break', 'offline', 'talkingIn', 'phoneDown'],
	break: ['ready', 'wrapUp', 'away', 'offline', 'talkingIn', 'phoneDown'],
	phoneDown: ['wrapUp', 'ready', 'away', 'break', 'offline'],
};

export type Action =
	| 'ready'
	| 'wrapUp'
	| 'away'
	| 'break'
	| 'logOff'
	| 'dial'
	| 'answer'
	| 'hold'
	| 'transfer'
	| 'hangUp'
	| 'save'
	| 'help'
	| 'preview' // 次の発信
	| 'inTalk' // mute, DTMF, recording
	| 'listen'; // a recording on the own phone

const always = ['save', 'help'] as const;
const idle = ['ready', 'wrapUp', 'away', 'break', 'logOff', ...always] as const;

/**
 * The status × action matrix. What is not listed is refused with `notNow` and the status. In 着信中 a change of status and 切断
 * decline; in 保留中 `hold` resumes; in 転送中 `transfer` completes and 切断 goes back to the customer.
 */
export const actions: Record<AgentStatus, readonly Action[]> = {
	offline: idle,
	wrapUp: [...idle, 'dial', 'preview', 'listen'],
	ready: [...idle, 'dial'],
	dialling: ['hangUp', ...always],
	ringing: ['wrapUp', 'away', 'break', 'answer', 'hangUp', ...always],
	talkingOut: ['hold', 'transfer', 'hangUp', 'inTalk', ...always],
	talkingIn: ['hold', 'transfer', 'hangUp', 'inTalk', ...always],
	held: ['hold', 'transfer', 'hangUp', 'inTalk', ...always],
	transferring: ['transfer', 'hangUp', 'inTalk', ...always],
	away: [...idle, 'listen'],
	break: [...idle, 'listen'],
	phoneDown: ['wrapUp', 'away', 'break', 'logOff', ...always],
};

/** Why an action cannot be done now, or undefined when it can. */
export function forbidden(agent: Agent, action: Action): Refused | undefined {
	if (actions[agent.status].includes(action)) return undefined;
	return {code: 'notNow', status: agent.status, message: `${action} cannot be done in status ${agent.status}`};
}

/** Calls come in 受付中 alone: the status that keeps them away, and who chose it. */
export function notReady({status, sinceMs, actor, reason, reservedFor}: Agent): Held | undefined {
	if (reservedFor !== undefined) return {rule: 'reserved', value: reservedFor, facts: {call: reservedFor}};
	return status === 'ready' ? undefined : {rule: 'status', value: status, facts: {reason}, by: actor, sinceMs};
}

/** Statuses that hold a call. */
export const inCall: readonly AgentStatus[] = ['dialling', 'ringing', 'talkingOut', 'talkingIn', 'held', 'transferring'];

/**
 * Moves an agent to a status and writes who did it and why. Callers decide what follows from it.
 * @param actor `system`, or the operator who caused it.
 */
export function setStatus(ctx: Context, agent: Agent, status: AgentStatus, actor: string, reason: string): void {
	assert(moves[agent.status].includes(status), `agent ${agent.operatorId}: ${agent.status} -> ${status} (${reason})`);
	const from = agent.status;
	note(ctx, 'agent.status', {
		actor,
		reason,
		agentId: agent.operatorId,
		callId: agent.callId,
		data: {from, to: status, forMs: ctx.nowMs - agent.sinceMs},
	});
	agent.status = status;
	agent.sinceMs = ctx.nowMs;
	agent.actor = actor;
	agent.reason = reason;
	if (from === 'transferring') dropSecond(ctx, agent);
	if (status !== 'wrapUp') delete agent.wrapUpAfter;
	if (status !== 'ready') delete agent.reservedFor;
	change(ctx, agent.operatorId, 'status');
	ctx.look = true;
	if (from === 'ready' && status !== 'talkingOut') ctx.trim = true;
}
