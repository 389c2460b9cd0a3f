/** 留守番: a message, a tone, and what the caller says is kept. */
import {dateText} from '../calendar.js';
import {endCall, moveCall, noteCall} from '../call.js';
import {type Context, change, clearTimer, newId, note, persist, setTimer, tell} from '../context.js';
import type {Call} from '../world.js';
import type {Target, VoicemailRow} from './settings.js';
import {playFiles} from './sounds.js';

const greetingFile = 'voicemail';
const toneFile = 'beep';
/** Shorter than this nobody has said anything, however loud the line. */
const lengthMsMin = 1_000;
/** With less speech than a short word it is silence. */
const spokenMsMin = 200;

export function openMailbox(ctx: Context, call: Call, target: Extract<Target, {kind: 'voicemail'}>): void {
	moveCall(ctx, call, 'voicemail');
	call.inbound!.mailbox = {...target.mailbox, lengthMsMax: target.lengthMsMax ?? ctx.world.settings.voicemailMs};
	playFiles(ctx, call, [target.file ?? greetingFile, toneFile]);
	setTimer(ctx, 'step', call.row.id, ctx.nowMs + ctx.world.settings.soundMs);
}

export const isRecordingMessage = (ctx: Context, call: Call): boolean => ctx.world.voicemails.has(call.legId);

/** The tone is over: the caller speaks. */
export function recordMessage(ctx: Context, call: Call): void {
	const {world, nowMs} = ctx;
	const {mailbox} = call.inbound!;
	if (!mailbox || isRecordingMessage(ctx, call)) return;
	const row: VoicemailRow = {
		id: newId(ctx, 'v'),
		callId: call.row.id,
		mailbox: mailbox.kind === 'group' ? `group:${mailbox.groupId}` : `extension:${mailbox.extension}`,
		fromNumber: call.row.fromNumber,
		...(call.row.customerId !== undefined && {customerId: call.row.customerId}),
		atMs: nowMs,
		path: `${dateText(nowMs, world.settings.utcOffsetMs)}/${call.row.id}-message.wav`,
	};
	world.voicemails.set(call.legId, row);
	tell(ctx, {type: 'record', legId: call.legId, path: row.path});
	setTimer(ctx, 'step', call.row.id, nowMs + mailbox.lengthMsMax);
	noteCall(ctx, call, 'voicemail.begun', {data: {mailbox: row.mailbox}});
}

/** A key, or the longest length: that was the message. */
export function endMessage(ctx: Context, call: Call, reason: string): void {
	if (!isRecordingMessage(ctx, call)) return;
	endCall(ctx, call, {outcome: 'voicemail', by: 'system', reason});
}

/** The call is over: the end of the recording is waited for. */
export function messageOver(ctx: Context, call: Call): void {
	if (!isRecordingMessage(ctx, call)) return;
	tell(ctx, {type: 'stopRecording', legId: call.legId});
	setTimer(ctx, 'recorded', call.legId, ctx.nowMs + ctx.world.settings.guardMs);
}

/** The length of the message is known, or was never reported. True when there was one on this leg. */
export function messageKept(ctx: Context, legId: string, durationMs: number | undefined, spokenMs?: number): boolean {
	const row = ctx.world.voicemails.get(legId);
	if (!row) return false;
	ctx.world.voicemails.delete(legId);
	clearTimer(ctx, 'recorded', legId);
	const {id, callId, mailbox, customerId} = row;
	const kept = durationMs === undefined || (durationMs >= lengthMsMin && (spokenMs ?? spokenMsMin) >= spokenMsMin);
	note(ctx, kept ? 'voicemail.left' : 'voicemail.empty', {
		callId,
		customerId,
		data: {voicemailId: id, mailbox, durationMs, ...(spokenMs !== undefined && {spokenMs})},
	});
	// Nobody finds what was never said; the file goes with the next sweep.
	if (!kept) {
		persist(ctx, {op: 'putRemoval', path: row.path, atMs: ctx.nowMs});
		return true;
	}
	persist(ctx, {op: 'putVoicemail', row: {...row, ...(durationMs !== undefined && {durationMs})}});
	const recipients = ctx.world.config.mailTo?.[mailbox];
	if (recipients) {
		const {nowMs} = ctx;
		const mail = {
			id: newId(ctx, 'm'),
			voicemailId: id,
			recipients,
			state: 'waiting' as const,
			attempts: 0,
			createdMs: nowMs,
			nextMs: nowMs,
		};
		persist(ctx, {op: 'putMail', row: mail});
		ctx.effects.push({type: 'mailQueued'});
	}
	voicemailsChanged(ctx, mailbox);
	return true;
}

/** Tells the consoles that count the messages of this mailbox. */
export function voicemailsChanged(ctx: Context, mailbox: string): void {
	const {agents, config} = ctx.world;
	for (const {operatorId, extension} of agents.values()) {
		const groupIds = config.memberships[operatorId] ?? [];
		if (mailbox === `extension:${extension}` || groupIds.some(id => mailbox === `group:${id}`)) change(ctx, operatorId, 'voicemails');
	}
}
