/** The queue of a group: who waits in it, what they hear, and how they leave it without an operator. */
import {moveCall} from '../call.js';
import {isOpen} from '../campaigns.js';
import {type Context, clearTimer, log, setTimer} from '../context.js';
import type {Call, CallPhase, World} from '../world.js';
import {sendTo} from './arrival.js';
import {groupOf, groupSettings} from './groups.js';
import {withdrawOffers} from './offers.js';
import {noteService} from './service.js';
import type {Announcements} from './settings.js';
import {playFiles, playMusic} from './sounds.js';

export const waitingPhases: readonly CallPhase[] = ['queued', 'offered'];

export const isWaiting = (call: Call): boolean => waitingPhases.includes(call.phase);

/** Callers in the queue of a group, by the time they came. */
export function queueOf(world: World, groupId: string): Call[] {
	const queue: Call[] = [];
	for (const call of world.calls.values()) if (isWaiting(call) && call.row.groupId === groupId) queue.push(call);
	return queue.sort((a, b) => a.inbound!.queuedMs! - b.inbound!.queuedMs!);
}

/** Into the queue, behind those who wait. The time it came there first is kept when it is sent from queue to queue. */
export function enterQueue(ctx: Context, call: Call, groupId: string): void {
	const {world, nowMs} = ctx;
	const inbound = call.inbound!;
	if (!groupOf(world, groupId)) {
		log(ctx, 'warn', 'there is no such group', {groupId});
		sendTo(ctx, call, {kind: 'message'}, 'noGroup');
		return;
	}
	const settings = groupSettings(world, groupId);
	const others = queueOf(world, groupId).length;
	call.row.groupId = groupId;
	const campaign = world.config.campaigns.find(each => isOpen(each, nowMs, world.settings.utcOffsetMs) && each.groupIds.includes(groupId));
	if (campaign) call.row.campaignId ??= campaign.id;
	inbound.queuedMs ??= nowMs;
	inbound.announced = 0;
	moveCall(ctx, call, 'queued');
	noteService(ctx, call, 'call.queued', {data: {place: others + 1}});
	if (settings.waitingMax > 0 && others >= settings.waitingMax) {
		overflow(ctx, call, 'tooManyWaiting');
		return;
	}
	setTimer(ctx, 'waitMax', call.row.id, nowMs + settings.waitMsMax);
	wait(ctx, call);
	ctx.look = true;
}

/** Back at the old place: an operator was found and lost before a word was said. */
export function requeue(ctx: Context, call: Call): void {
	const {waitMsMax} = groupSettings(ctx.world, call.row.groupId);
	moveCall(ctx, call, 'queued');
	setTimer(ctx, 'waitMax', call.row.id, Math.max(ctx.nowMs + 1_000, call.inbound!.queuedMs! + waitMsMax));
	wait(ctx, call);
	ctx.look = true;
}

/** What a waiting caller hears: the entry message once, then music, and announcements with their spacing. */
function wait(ctx: Context, call: Call): void {
	const {entryFile, announcements} = groupSettings(ctx.world, call.row.groupId);
	if (announcements) setTimer(ctx, 'announce', call.row.id, ctx.nowMs + announcements.everyMs);
	if (entryFile !== undefined && call.inbound!.announced++ === 0) playFiles(ctx, call, [entryFile]);
	else playMusic(ctx, call);
}

/** Time to say how long it may take. */
export function announceDue(ctx: Context, call: Call): void {
	if (!isWaiting(call)) return;
	const {announcements} = groupSettings(ctx.world, call.row.groupId);
	if (!announcements) return;
	setTimer(ctx, 'announce', call.row.id, ctx.nowMs + announcements.everyMs);
	// A message still running is not cut.
	if (call.inbound!.playing) return;
	call.inbound!.announced++;
	const place = queueOf(ctx.world, call.row.groupId!).indexOf(call) + 1;
	const files = announcementFiles(announcements, place, expectedWaitMs(ctx.world, call.row.groupId!, place));
	if (files.length > 0) playFiles(ctx, call, files);
}

/** What is said to whoever has that place (from 1) and will wait so long, when that can be told. */
export function announcementFiles(announcements: Announcements, place: number, waitMs: number | undefined): string[] {
	const {files = [], placeFiles = [], waitFiles = []} = announcements;
	const placeFile = placeFiles[Math.min(place, placeFiles.length) - 1];
	const waitFile = waitMs === undefined ? undefined : waitFiles.find(({upToMs}) => waitMs <= upToMs)?.file;
	return [...files, ...(placeFile === undefined ? [] : [placeFile]), ...(waitFile === undefined ? [] : [waitFile])];
}

/** By the usual length of a talk of the group and the operators who work in it; unknown before the first talk. */
export function expectedWaitMs(world: World, groupId: string, place: number): number | undefined {
	const talkMs = world.talkMs.get(groupId);
	let operators = 0;
	for (const agent of world.agents.values()) {
		if (agent.groupIds.includes(groupId) && agent.status !== 'away' && agent.status !== 'break' && agent.status !== 'phoneDown')
			operators++;
	}
	return talkMs === undefined || operators === 0 ? undefined : (talkMs * place) / operators;
}

/** Learns how long talks of a group are: each new one weighs a tenth. */
export function learnTalk(world: World, groupId: string | undefined, talkMs: number): void {
	if (groupId === undefined) return;
	const known = world.talkMs.get(groupId);
	world.talkMs.set(groupId, known === undefined ? talkMs : known + (talkMs - known) / 10);
}

/** 溢れ呼: too many were waiting, or it took too long. */
export function overflow(ctx: Context, call: Call, reason: string): void {
	if (!isWaiting(call)) return;
	noteService(ctx, call, 'call.overflowed', {reason});
	call.inbound!.ending = {outcome: 'overflowed', reason};
	sendTo(ctx, call, groupSettings(ctx.world, call.row.groupId).overflow, reason);
}

/** The call waits no longer: its timers are called off and no console rings for it any more. */
export function leaveQueue(ctx: Context, call: Call, reason: string): void {
	for (const name of ['waitMax', 'announce', 'offer'] as const) clearTimer(ctx, name, call.row.id);
	withdrawOffers(ctx, call.row.id, reason);
}
