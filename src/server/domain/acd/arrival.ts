/**
 * A call that comes in, until it is in a queue or over.
 *
 *   arriving --answered--> menu --key--> queued <--> offered --通話 / automatic--> joining --> talking
 *                |           |             |   \                       |
 *                |           |             |    +--- overflow          +-- join failed: queued again, at its old place
 *                +-----------+-------------+--> forwarding (extension, outside number), message, voicemail --> ending
 *
 * Each phase but the talk has a timer that ends it: callGuard (arriving, joining, forwarding, ending), step (menu, message,
 * voicemail), waitMax (queued, offered).
 */
import {endCall, moveCall, noteCall} from '../call.js';
import {type Context, clearTimer, log, newId, note, persist, setTimer, tell} from '../context.js';
import {holdLine} from '../dial/day.js';
import {reasonTexts, trunkInFull} from '../dial/limits.js';
import type {RejectReason} from '../effects.js';
import type {TelephonyEvent} from '../events.js';
import {normaliseNumber} from '../numbers.js';
import type {Call, World} from '../world.js';
import {forward} from './forward.js';
import {isOpen} from './hours.js';
import {findCaller} from './match.js';
import {openMenu} from './menu.js';
import {enterQueue, leaveQueue} from './queue.js';
import type {OutsideNumber, Target} from './settings.js';
import {playFiles} from './sounds.js';
import {openMailbox} from './voicemail.js';

type InboundEvent = Extract<TelephonyEvent, {type: 'inbound'}>;

/** Sent on more often than this, a call goes in circles. */
const hopsMax = 10;
const apologyFile = 'abandon-apology';

/** A call comes in: taken at once, since whoever waits is to hear so; or refused when there is nowhere to take it. */
export function arrived(ctx: Context, event: InboundEvent): void {
	const {world} = ctx;
	if (world.legs.has(event.legId)) return;
	const route = routeOf(world, event.to);
	const refuseWith = (answer: RejectReason, reason: string, text?: string) => {
		tell(ctx, {type: 'reject', legId: event.legId, with: answer, ...(text !== undefined && {text})});
		note(ctx, 'call.refused', {reason, data: {to: event.to, from: event.from, source: event.source}});
	};
	if (!route || world.stopping) {
		const reason = route ? 'unavailable' : 'notFound';
		refuseWith(reason, reason);
		if (!route) log(ctx, 'warn', 'a call came to a number nobody has set up', {to: event.to});
		return;
	}
	const trunk = event.source.kind === 'trunk' ? event.source.trunk : undefined;
	const full = trunk === undefined ? undefined : trunkInFull(world, trunk);
	if (full) {
		// Busy, and not "try elsewhere": a carrier would take the trunk for down.
		refuseWith('busy', full.rule, reasonTexts[full.rule]);
		log(ctx, 'warn', 'a caller was refused: as many as allowed are there already', {trunk, callsInMax: full.value, to: event.to});
		return;
	}
	const callId = newId(ctx, 'c');
	const caller = event.withheld ? undefined : normaliseNumber(event.from);
	const {campaignId} = route;
	const call: Call = {
		row: {
			id: callId,
			kind: 'inbound',
			direction: 'in',
			fromNumber: event.withheld ? '' : event.from,
			toNumber: event.to,
			startedMs: ctx.nowMs,
			...(campaignId !== undefined && {campaignId}),
		},
		phase: 'arriving',
		legId: event.legId,
		trunk: trunk ?? '',
		saved: false,
		inbound: {
			source: event.source,
			withheld: event.withheld,
			target: route.target,
			hops: 0,
			announced: 0,
			offers: 0,
			...(caller !== undefined && {caller}),
			...(route.name !== '' && {calledName: route.name}),
		},
	};
	world.calls.set(callId, call);
	world.legs.set(event.legId, {kind: 'call', callId});
	if (trunk !== undefined) holdLine(world, event.legId, {trunk, out: false});
	ctx.callId = callId;
	tell(ctx, {type: 'answer', legId: event.legId});
	setTimer(ctx, 'callGuard', callId, ctx.nowMs + world.settings.guardMs);
	noteCall(ctx, call, 'call.arrived', {data: {from: call.row.fromNumber, to: event.to, withheld: event.withheld, source: event.source}});
	persist(ctx, {op: 'putCall', row: {...call.row}});
}

/** Where a called number leads: one of ours, or a group's own number dialled inside the house. */
function routeOf(world: World, to: string): OutsideNumber | undefined {
	const called = normaliseNumber(to) ?? to;
	const number = world.config.numbers?.find(other => (normaliseNumber(other.number) ?? other.number) === called);
	if (number) return number;
	const group = world.config.groups.find(other => other.number === called);
	return group && {number: group.number, name: '', target: {kind: 'group', groupId: group.id}};
}

/** Our answer has reached the caller. */
export function taken(ctx: Context, call: Call): void {
	clearTimer(ctx, 'callGuard', call.row.id);
	call.row.answeredMs = ctx.nowMs;
	noteCall(ctx, call, 'call.answered');
	persist(ctx, {op: 'putCall', row: {...call.row}});
	const {world} = ctx;
	const number = routeOf(world, call.row.toNumber);
	const hours = number?.hoursId === undefined ? undefined : world.config.hours?.find(({id}) => id === number.hoursId);
	findCaller(ctx, call);
	if (number && hours && !isOpen(hours, ctx.nowMs, world.settings.utcOffsetMs)) {
		call.inbound!.ending = {outcome: 'closed', reason: 'outsideHours'};
		sendTo(ctx, call, number.closed ?? {kind: 'message'}, 'outsideHours');
	} else sendTo(ctx, call, call.inbound!.target, 'numberCalled');
}

/** Sends a caller on. */
export function sendTo(ctx: Context, call: Call, target: Target, reason: string) {
	leaveQueue(ctx, call, reason);
	const inbound = call.inbound!;
	clearTimer(ctx, 'step', call.row.id);
	delete inbound.playing;
	delete inbound.menu;
	inbound.hops++;
	noteCall(ctx, call, 'call.sentTo', {reason, data: {target}});
	if (inbound.hops > hopsMax) {
		log(ctx, 'warn', 'a call was sent in circles', {callId: call.row.id});
		say(ctx, call, apologyFile);
		return;
	}
	switch (target.kind) {
		case 'group':
			return enterQueue(ctx, call, target.groupId);
		case 'menu':
			return openMenu(ctx, call, target.menuId);
		case 'extension':
		case 'number':
			return forward(ctx, call, target);
		case 'message':
			return say(ctx, call, target.file ?? apologyFile);
		case 'voicemail':
			// Back in the queue after a talk: the leg is being recorded, and that recording is not a message.
			if (call.row.joinedMs !== undefined) return say(ctx, call, apologyFile);
			return openMailbox(ctx, call, target);
		case 'hangUp':
			return endCall(ctx, call, endingOf(call));
		default:
			return target satisfies never;
	}
}

/** A last message; the call is over when it has ended. */
export function say(ctx: Context, call: Call, file: string): void {
	moveCall(ctx, call, 'message');
	playFiles(ctx, call, [file]);
	setTimer(ctx, 'step', call.row.id, ctx.nowMs + ctx.world.settings.soundMs);
}

/** How a call ends that was sent where nobody talks. */
export function endingOf(call: Call) {
	return {...(call.inbound!.ending ?? {outcome: 'closed', reason: 'messagePlayed'}), by: 'system'} as const;
}
