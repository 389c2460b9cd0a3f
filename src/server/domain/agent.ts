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
 * 着信中, 通話中（着信）, 保留中 and 転送中 have no rows yet: nothing leads to them.
 */
import assert from 'node:assert';
import {type Context, change, note} from './context.js';
import type {Refused} from './effects.js';
import type {AgentStatus} from './model.js';
import type {Agent} from './world.js';

export const moves: Partial<Record<AgentStatus, readonly AgentStatus[]>> = {
	offline: ['wrapUp', 'ready', 'phoneDown', 'away', 'break'],
	wrapUp: ['ready', 'away', 'break', 'dialling', 'phoneDown'],
	ready: ['wrapUp', 'away', 'break', 'dialling', 'talkingOut', 'phoneDown'],
	dialling: ['talkingOut', 'wrapUp', 'phoneDown'],
	talkingOut: ['wrapUp', 'phoneDown'],
	away: ['ready', 'wrapUp', 'break', 'offline', 'phoneDown'],
	break: ['ready', 'wrapUp', 'away', 'offline', 'phoneDown'],
	phoneDown: ['wrapUp', 'ready', 'away', 'break', 'offline'],
};

export type Action = 'ready' | 'wrapUp' | 'away' | 'break' | 'logOff' | 'dial' | 'hangUp' | 'save';

/** The status × action matrix. What is not listed is refused with `notNow` and the status. */
export const actions: Partial<Record<AgentStatus, readonly Action[]>> = {
	offline: ['ready', 'wrapUp', 'away', 'break', 'logOff', 'save'],
	wrapUp: ['ready', 'wrapUp', 'away', 'break', 'logOff', 'dial', 'save'],
	ready: ['ready', 'wrapUp', 'away', 'break', 'logOff', 'dial', 'save'],
	dialling: ['hangUp', 'save'],
	talkingOut: ['hangUp', 'save'],
	away: ['ready', 'wrapUp', 'away', 'break', 'logOff', 'save'],
	break: ['ready', 'wrapUp', 'away', 'break', 'logOff', 'save'],
	phoneDown: ['wrapUp', 'away', 'break', 'logOff', 'save'],
};

/** Why an action cannot be done now, or undefined when it can. */
export function forbidden(agent: Agent, action: Action): Refused | undefined {
	if (actions[agent.status]?.includes(action)) return undefined;
	return {code: 'notNow', status: agent.status, message: `${action} cannot be done in status ${agent.status}`};
}

/** Statuses that hold a call. */
export const inCall: readonly AgentStatus[] = ['dialling', 'ringing', 'talkingOut', 'talkingIn', 'held', 'transferring'];

/**
 * Moves an agent to a status and writes who did it and why. Callers decide what follows from it.
 * @param actor `system`, or the operator who caused it.
 */
export function setStatus(ctx: Context, agent: Agent, status: AgentStatus, actor: string, reason: string): void {
	assert(moves[agent.status]?.includes(status), `agent ${agent.operatorId}: ${agent.status} -> ${status} (${reason})`);
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
	if (status !== 'wrapUp') delete agent.wrapUpAfter;
	change(ctx, agent.operatorId, 'status');
	ctx.look = true;
	if (from === 'ready' && status !== 'talkingOut') ctx.trim = true;
}
