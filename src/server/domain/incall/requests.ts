/** Requests about the call an agent has, and those of supervisors about the calls of others. */
import {forbidden} from '../agent.js';
import {type Context, refuse} from '../context.js';
import type {ConsoleEvent} from '../events.js';
import type {Agent} from '../world.js';
import {cancelHelp, requestHelp, takeHelp} from './help.js';
import {hold, resume} from './hold.js';
import {playRecording, stopRecordingPlay} from './listen.js';
import {messageAgent, unwatchScreen, watchScreen} from './look.js';
import {nextCustomer, skipCustomer} from './preview.js';
import {setAgentStatus, supervise} from './supervise.js';
import {maskRecording, mute, recordingStart, recordingStop, sendDtmf} from './talk.js';
import {conference, transfer, transferBack, transferComplete} from './transfer.js';
import {stopTyping, takeBack, typeFor} from './type-for.js';

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
			| 'messageAgent'
			| 'watchScreen'
			| 'unwatchScreen'
			| 'typeFor'
			| 'stopTyping'
			| 'takeBack'
			| 'playRecording'
			| 'stopRecordingPlay'
			| 'recordingStart'
			| 'recordingStop'
			| 'maskRecording';
	}
>;

export function inCallRequested(ctx: Context, agent: Agent, event: InCallEvent) {
	const {requestId} = event;
	switch (event.type) {
		case 'hold':
			return hold(ctx, agent, requestId);
		case 'resume':
			return resume(ctx, agent, requestId);
		case 'transfer':
			return transfer(ctx, agent, event);
		case 'transferComplete':
			return transferComplete(ctx, agent, requestId);
		case 'transferBack':
			return transferBack(ctx, agent, requestId);
		case 'conference':
			return conference(ctx, agent, requestId);
		case 'sendDtmf':
			return sendDtmf(ctx, agent, event);
		case 'mute':
			return mute(ctx, agent, event);
		case 'nextCustomer': {
			const refusal = forbidden(agent, 'preview');
			return refusal ? refuse(ctx, requestId, refusal) : nextCustomer(ctx, agent, requestId);
		}
		case 'skipCustomer':
			return skipCustomer(ctx, agent, requestId);
		case 'requestHelp':
			return requestHelp(ctx, agent, event);
		case 'cancelHelp':
			return cancelHelp(ctx, agent, requestId);
		case 'takeHelp':
			return takeHelp(ctx, event);
		case 'supervise':
			return supervise(ctx, agent, event);
		case 'setAgentStatus':
			return setAgentStatus(ctx, event);
		case 'messageAgent':
			return messageAgent(ctx, event);
		case 'watchScreen':
			return watchScreen(ctx, agent, event);
		case 'unwatchScreen':
			return unwatchScreen(ctx, agent, requestId);
		case 'typeFor':
			return typeFor(ctx, agent, event);
		case 'stopTyping':
			return stopTyping(ctx, event);
		case 'takeBack':
			return takeBack(ctx, agent, event);
		case 'playRecording':
			return playRecording(ctx, agent, event);
		case 'stopRecordingPlay':
			return stopRecordingPlay(ctx, agent, requestId);
		case 'recordingStart':
			return recordingStart(ctx, agent, requestId);
		case 'recordingStop':
			return recordingStop(ctx, agent, requestId);
		case 'maskRecording':
			return maskRecording(ctx, agent, event);
		default:
			return event satisfies never;
	}
}
