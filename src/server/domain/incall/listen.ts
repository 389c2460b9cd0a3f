/**
 * A recording or a message, heard on the operator's own phone: on the standing leg, or in ringing mode on the phone rung for it. Only
 * between calls; it stops at once when a call comes, when the operator calls, is 受付中 or watches somebody.
 */
import {forbidden} from '../agent.js';
import {accept, type Context, change, newId, note, notify, refuse, tell} from '../context.js';
import type {Refused} from '../effects.js';
import type {ConsoleEvent} from '../events.js';
import {dropLeg} from '../phone.js';
import type {Agent, World} from '../world.js';
import {isOnline, phoneUsable, ringOwnPhone, stopTone} from './own-phone.js';

type Of<T extends ConsoleEvent['type']> = Extract<ConsoleEvent, {type: T}>;

/** Why nothing can be played on this operator's phone now. */
export function cannotListen(world: World, agent: Agent): Refused | undefined {
	const refusal = forbidden(agent, 'listen');
	if (refusal) return refusal;
	if (!phoneUsable(world, agent)) return {code: 'notNow', status: 'phoneDown', message: 'the phone is not connected'};
	if (agent.watch) return {code: 'notNow', status: agent.status, message: 'a call is being watched'};
	return undefined;
}

/** The shell has made sure that it may be heard, and written down that it is. */
export function playRecording(ctx: Context, agent: Agent, event: Of<'playRecording'>) {
	const {requestId, callId, voicemailId, path} = event;
	const refusal = cannotListen(ctx.world, agent);
	if (refusal) return refuse(ctx, requestId, refusal);
	agent.listening = {
		path,
		sinceMs: ctx.nowMs,
		...(callId !== undefined && {callId}),
		...(voicemailId !== undefined && {voicemailId}),
	};
	change(ctx, agent.operatorId, 'status');
	if (agent.leg.state === 'up') listenUp(ctx, agent);
	else ringOwnPhone(ctx, agent, {number: agent.extension}, true);
	accept(ctx, requestId);
}

/** The phone is up: it begins. */
export function listenUp(ctx: Context, agent: Agent): void {
	const {listening, leg} = agent;
	if (!listening || leg.state !== 'up') return;
	stopTone(ctx, agent);
	listening.playId = newId(ctx, 'p');
	tell(ctx, {type: 'playRecording', legId: leg.legId, playId: listening.playId, path: listening.path});
}

export function stopRecordingPlay(ctx: Context, agent: Agent, requestId: string) {
	stopListening(ctx, agent, 'stopped');
	accept(ctx, requestId);
}

/** Something else wants the phone, or the operator has heard enough. Nothing happens when nothing is played. */
export function stopListening(ctx: Context, agent: Agent, reason: string): void {
	if (!agent.listening) return;
	if (agent.leg.state === 'up' && agent.listening.playId !== undefined) tell(ctx, {type: 'stopPlaying', legId: agent.leg.legId});
	over(ctx, agent, reason);
}

/** The end was reported. A report about an earlier one says nothing. */
export function listened(ctx: Context, agent: Agent, playId: string, end: 'finished' | 'stopped' | 'gone'): void {
	if (agent.listening?.playId !== playId) return;
	if (end === 'gone') notify(ctx, agent, 'warning', 'recordingNotPlayed');
	over(ctx, agent, end);
}

function over(ctx: Context, agent: Agent, reason: string): void {
	const {listening, operatorId} = agent;
	delete agent.listening;
	const {callId, voicemailId, sinceMs} = listening!;
	note(ctx, voicemailId === undefined ? 'recording.left' : 'voicemail.closed', {
		actor: operatorId,
		reason,
		agentId: operatorId,
		callId,
		data: {forMs: ctx.nowMs - sinceMs, ...(voicemailId !== undefined && {voicemailId})},
	});
	change(ctx, operatorId, 'status');
	if (!isOnline(ctx.world, agent) && agent.callId === undefined && !agent.offer) dropLeg(ctx, agent);
}
