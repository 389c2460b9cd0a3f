/** Small things done while talking: mute, keys, the recording. */
import {forbidden} from '../agent.js';
import {dateText} from '../calendar.js';
import {noteCall} from '../call.js';
import {accept, type Context, campaignOf, change, persist, refuse, tell} from '../context.js';
import type {ConsoleEvent} from '../events.js';
import type {Agent, Call} from '../world.js';
import {talkOf} from './hold.js';
import {legOf, targetLeg} from './rooms.js';

type Of<T extends ConsoleEvent['type']> = Extract<ConsoleEvent, {type: T}>;

/** The running talk of an agent, or a refusal. */
function mine(ctx: Context, agent: Agent, requestId: string): Call | undefined {
	const refusal = forbidden(agent, 'inTalk');
	if (!refusal) return talkOf(ctx, agent, requestId);
	refuse(ctx, requestId, refusal);
	return undefined;
}

export function mute(ctx: Context, agent: Agent, event: Of<'mute'>) {
	const call = mine(ctx, agent, event.requestId);
	const legId = legOf(agent);
	if (!call || legId === undefined) return;
	agent.muted = event.muted;
	tell(ctx, {type: 'mute', legId, muted: event.muted});
	change(ctx, agent.operatorId, 'call');
	accept(ctx, event.requestId);
}

const digitsOk = /^[0-9*#]{1,32}$/u;

/** To the target while the operator talks with it, else to the customer or the other end. */
export function sendDtmf(ctx: Context, agent: Agent, event: Of<'sendDtmf'>) {
	const call = mine(ctx, agent, event.requestId);
	if (!call) return;
	if (!digitsOk.test(event.digits)) return refuse(ctx, event.requestId, {code: 'badNumber', message: 'keys are 0-9, * and #'});
	const target = ctx.world.calls.get(call.transfer?.callId ?? '');
	const legId = (target && targetLeg(ctx.world, target)) ?? (call.legId || targetLeg(ctx.world, call));
	if (legId === undefined || (call.held && !target))
		return refuse(ctx, event.requestId, {code: 'notNow', status: agent.status, message: 'nobody hears it'});
	tell(ctx, {type: 'sendDtmf', legId, digits: event.digits});
	accept(ctx, event.requestId);
}

/** One file for a call: stopped, it goes on in silence, and started again it is the same. */
export function recordingStart(ctx: Context, agent: Agent, requestId: string) {
	const call = recordable(ctx, agent, requestId);
	if (!call) return;
	if (call.row.recordingPath === undefined) {
		call.row.recordingPath = `${dateText(ctx.nowMs, ctx.world.settings.utcOffsetMs)}/${call.row.id}.wav`;
		tell(ctx, {type: 'record', legId: call.legId, path: call.row.recordingPath});
		persist(ctx, {op: 'putCall', row: {...call.row}});
	} else if (call.recording === 'stopped') tell(ctx, {type: 'maskRecording', legId: call.legId, masked: false});
	turn(ctx, agent, call, 'on', 'recording.started');
	accept(ctx, requestId);
}

export function recordingStop(ctx: Context, agent: Agent, requestId: string) {
	const call = recordable(ctx, agent, requestId);
	if (!call) return;
	if (call.row.recordingPath === undefined) return refuse(ctx, requestId, {code: 'notFound', message: 'nothing is recorded'});
	tell(ctx, {type: 'maskRecording', legId: call.legId, masked: true});
	turn(ctx, agent, call, 'stopped', 'recording.stopped');
	accept(ctx, requestId);
}

function recordable(ctx: Context, agent: Agent, requestId: string): Call | undefined {
	const call = mine(ctx, agent, requestId);
	if (!call) return undefined;
	if (call.legId !== '' && campaignOf(ctx.world, call.row.campaignId)?.recording === 'onDemand') return call;
	refuse(ctx, requestId, {code: 'notAllowed', message: 'this call is not recorded on demand'});
	return undefined;
}

export function maskRecording(ctx: Context, agent: Agent, event: Of<'maskRecording'>) {
	const call = mine(ctx, agent, event.requestId);
	if (!call) return;
	if (call.row.recordingPath === undefined || call.legId === '')
		return refuse(ctx, event.requestId, {code: 'notFound', message: 'nothing is recorded'});
	if (call.recording !== 'stopped') {
		tell(ctx, {type: 'maskRecording', legId: call.legId, masked: event.masked});
		turn(ctx, agent, call, event.masked ? 'masked' : 'on', event.masked ? 'recording.masked' : 'recording.unmasked');
	}
	accept(ctx, event.requestId);
}

/** A mask does not outlive the part of whoever set it: the next one would talk unrecorded without knowing why. */
export function liftMask(ctx: Context, call: Call, reason: string): void {
	if (call.recording !== 'masked') return;
	tell(ctx, {type: 'maskRecording', legId: call.legId, masked: false});
	call.recording = 'on';
	noteCall(ctx, call, 'recording.unmasked', {reason});
}

function turn(ctx: Context, agent: Agent, call: Call, state: NonNullable<Call['recording']>, kind: string): void {
	call.recording = state;
	noteCall(ctx, call, kind, {actor: agent.operatorId});
	change(ctx, agent.operatorId, 'call');
}
