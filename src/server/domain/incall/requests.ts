/** Requests about the call an agent has, and those of supervisors about the calls of others. */
import {type Context, refuse} from '../context.js';
import type {ConsoleEvent} from '../events.js';
import type {Agent} from '../world.js';

export type InCallEvent = Extract<
	ConsoleEvent,
	{
		type:
			| 'hold'
			| 'resume'
			| 'transfer'
			| 'transferComplete'
			| 'transferBack'
			| 'conference'
			| 'sendDtmf'
			| 'mute'
			| 'nextCustomer'
			| 'skipCustomer'
			| 'requestHelp'
			| 'cancelHelp'
			| 'takeHelp'
			| 'supervise'
			| 'setAgentStatus'
			| 'recordingStart'
			| 'recordingStop'
			| 'maskRecording';
	}
>;

export function inCallRequested(ctx: Context, agent: Agent, event: InCallEvent) {
	refuse(ctx, event.requestId, {code: 'notNow', status: agent.status, message: `${event.type} cannot be done in status ${agent.status}`});
}
