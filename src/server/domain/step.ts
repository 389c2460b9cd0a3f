/**
 * The one door into the domain: an event comes in, the world is changed, what has to be done comes out. No clock, no chance,
 * no input or output: the same events at the same times give the same effects.
 */

import {arrived} from './acd/arrival.js';
import {dispatch} from './acd/dispatch.js';
import {forwardAnswered, forwardEnded, forwardFailed} from './acd/forward.js';
import {offerDue} from './acd/offers.js';
import {announceDue, overflow} from './acd/queue.js';
import {soundsAreOver} from './acd/sounds.js';
import {voicemailsChanged} from './acd/voicemail.js';
import {
	configChanged,
	customerChanged,
	customersAssigned,
	diskRoom,
	doNotCallChanged,
	partDown,
	partUp,
	stopping,
	trunkDown,
	trunkUp,
} from './administration.js';
import {legDown, legDue, legUp, phoneDown, phoneUp} from './agent-leg.js';
import {recorded, recordingFailed, recordingLost} from './call.js';
import {type Context, decided, newContext, timerIsDue} from './context.js';
import {clearCount} from './dial/day.js';
import {answeredBy, beepHeard, machineDue, messageLeft} from './dial/machines.js';
import {runDialler} from './dialling.js';
import type {Effect} from './effects.js';
import {hopperOf, wakeList} from './entries.js';
import type {DomainEvent, TelephonyEvent} from './events.js';
import {customersFetched, entriesFetched} from './fetched.js';
import {guarded} from './guarded.js';
import {dialledOnPhone} from './incall/from-phone.js';
import {listened} from './incall/listen.js';
import {secondGone, secondUp, transferAsked} from './incall/referred.js';
import {roomFailed} from './incall/rooms.js';
import {ringingBack, seatFailed, targetAnswered} from './incall/seats.js';
import {targetLost} from './incall/transfer.js';
import {joined, joinFailed} from './joining.js';
import {abandonDue, answered, ended, failed, guardDue, keyPressed, played, ringing, soundsOver, stepDue} from './outcomes.js';
import {writeDraft} from './panes.js';
import {recallDue, recallNoticeDue, recallsFetched} from './recalls.js';
import {requested} from './requests.js';
import {consoleGone, graceDue} from './session.js';
import {soundHeard} from './sound.js';
import type {Call, World} from './world.js';
import {followZone} from './zone.js';

export {type Recovery, recover} from './recover.js';

/** Takes in one event. Never throws: a programmer's error ends the call it concerns and is reported as `assertFailed`. */
export function step(world: World, event: DomainEvent, nowMs: number): Effect[] {
	const ctx = newContext(world, nowMs);
	followZone(ctx);
	guarded(ctx, () => take(ctx, event));
	if ('requestId' in event && ctx.replies.length === 0 && !ctx.pending) {
		ctx.replies.push({
			type: 'reply',
			requestId: event.requestId,
			durable: false,
			ok: false,
			error: {code: 'internal', message: 'see the log'},
		});
	}
	if (ctx.look) guarded(ctx, () => dispatch(ctx));
	if (ctx.look) guarded(ctx, () => runDialler(ctx));
	return decided(ctx);
}

function take(ctx: Context, event: DomainEvent) {
	if ('requestId' in event) {
		ctx.callId = ctx.world.agents.get(event.operatorId)?.callId;
		requested(ctx, event);
		return;
	}
	switch (event.type) {
		case 'consoleGone':
			return consoleGone(ctx, event.consoleId);
		case 'configChanged':
			return configChanged(ctx, event.config);
		case 'customerChanged':
			return customerChanged(ctx, event.customer, event.insteadOf);
		case 'doNotCallChanged':
			return doNotCallChanged(ctx, event);
		case 'countCleared':
			return clearCount(ctx, event.counted, event.actor);
		case 'customersAssigned':
			return customersAssigned(ctx, event.customerIds, event.ownerId);
		case 'diskRoom':
			return diskRoom(ctx, event);
		case 'voicemailsChanged':
			return voicemailsChanged(ctx, event.mailbox);
		case 'entriesFetched':
			return entriesFetched(ctx, event);
		case 'customersFetched':
			return customersFetched(ctx, event.fetchId, event.customers);
		case 'recallsFetched':
			return recallsFetched(ctx, event.operatorId, event.recalls);
		case 'timer':
			if (timerIsDue(ctx, event.name, event.key, event.epoch)) timerDue(ctx, event.name, event.key);
			return;
		case 'stopping':
			return stopping(ctx);
		default:
			return reported(ctx, event);
	}
}

function reported(ctx: Context, event: TelephonyEvent) {
	const {world} = ctx;
	switch (event.type) {
		case 'phoneUp':
			return phoneUp(ctx, event.extension);
		case 'phoneDown':
			return phoneDown(ctx, event.extension, event.reason);
		case 'trunkUp':
			return trunkUp(ctx, event.trunk);
		case 'trunkDown':
			return trunkDown(ctx, event.trunk, event.reason);
		case 'partDown':
			return partDown(ctx, event.part, event.reason);
		case 'partUp':
			return partUp(ctx, event.part);
		case 'recorded':
			return recorded(ctx, event.legId, event.durationMs, event.spokenMs);
		case 'recordingFailed':
			return recordingFailed(ctx, event.legId, event.reason);
		case 'joined':
		case 'joinFailed': {
			const call = world.calls.get(world.bridges.get(event.bridgeId) ?? '');
			if (!call) return;
			ctx.callId = call.row.id;
			return event.type === 'joined' ? joined(ctx, call) : joinFailed(ctx, call, event.reason);
		}
		case 'legRinging':
		case 'legAnswered':
		case 'legFailed':
		case 'legEnded':
		case 'played':
		case 'dtmf':
		case 'fileEnded':
		case 'answeredBy':
		case 'beep':
			return legReported(ctx, event);
		case 'mediaQuality':
			return soundHeard(ctx, event.legId, event.troubles);
		case 'inbound':
			if (event.source.kind === 'phone') return dialledOnPhone(ctx, event, event.source.extension);
			return arrived(ctx, event);
		case 'roomFailed':
			return roomFailed(ctx, event.roomId, event.reason);
		case 'transferAsked':
			return transferAsked(ctx, event);
		default:
			return event satisfies never;
	}
}

type LegEvent = Exclude<Extract<TelephonyEvent, {legId: string}>, {type: 'inbound' | 'transferAsked' | 'mediaQuality'}>;

function legReported(ctx: Context, event: LegEvent) {
	const owner = ctx.world.legs.get(event.legId);
	if (event.type === 'legEnded') ctx.world.soundTroubles.delete(event.legId);
	if (!owner) {
		// Nobody's leg: it was given up, and is told so again should it have come up after all.
		if (event.type === 'legAnswered') ctx.effects.push({type: 'hangUp', legId: event.legId});
		return;
	}
	if (owner.kind === 'agent') {
		const agent = ctx.world.agents.get(owner.operatorId);
		if (!agent) return;
		ctx.callId = agent.callId;
		if (event.type === 'legAnswered') legUp(ctx, agent);
		else if (event.type === 'legFailed') legDown(ctx, agent, event.failure, 'network');
		else if (event.type === 'legEnded') legDown(ctx, agent, event.by === 'far' ? 'phoneHungUp' : 'legLost', event.by);
		else if (event.type === 'fileEnded') listened(ctx, agent, event.playId, event.end);
		return;
	}
	if (owner.kind === 'second') {
		const agent = ctx.world.agents.get(owner.operatorId);
		if (!agent) return;
		ctx.callId = agent.callId;
		if (event.type === 'legAnswered') secondUp(ctx, agent);
		else if (event.type === 'legFailed' || event.type === 'legEnded') secondGone(ctx, agent);
		return;
	}
	const call = ctx.world.calls.get(owner.callId);
	if (!call) return;
	ctx.callId = call.row.id;
	if (owner.kind === 'forward') return forwardReported(ctx, call, event);
	if (owner.kind === 'target') return targetReported(ctx, call, event);
	if (event.type === 'legRinging') ringing(ctx, call);
	else if (event.type === 'legAnswered') answered(ctx, call);
	else if (event.type === 'legFailed') failed(ctx, call, event.failure, event.sipStatus);
	else if (event.type === 'legEnded') ended(ctx, call, event.by);
	else if (event.type === 'played') played(ctx, call, event.prompt);
	else if (event.type === 'dtmf') keyPressed(ctx, call, event.digit);
	else if (event.type === 'answeredBy') answeredBy(ctx, call, event);
	else if (event.type === 'beep') beepHeard(ctx, call, event.found, event.afterMs);
	else if (event.type === 'fileEnded' && event.playId === call.machine?.playId) messageLeft(ctx, call, event.end);
	else if (event.type === 'fileEnded' && event.playId === call.apologyId) played(ctx, call, 'abandonApology');
	else if (event.type === 'fileEnded' && soundsAreOver(ctx, call, event.playId)) soundsOver(ctx, call);
}

/** Of the side a call was sent on to. */
function forwardReported(ctx: Context, call: Call, event: LegEvent): void {
	if (event.type === 'legAnswered') forwardAnswered(ctx, call);
	else if (event.type === 'legFailed') forwardFailed(ctx, call, event.failure);
	else if (event.type === 'legEnded') forwardEnded(ctx, call);
}

function timerDue(ctx: Context, name: Extract<DomainEvent, {type: 'timer'}>['name'], key: string) {
	const {world} = ctx;
	const agent = world.agents.get(key);
	const call = world.calls.get(key);
	if (call) ctx.callId = key;
	switch (name) {
		case 'agentLeg':
			return agent && legDue(ctx, agent);
		case 'grace':
			return agent && graceDue(ctx, agent);
		case 'draft':
			return agent && writeDraft(ctx, agent);
		case 'abandon':
			return call && abandonDue(ctx, call);
		case 'callGuard':
			return call && guardDue(ctx, call);
		case 'recorded':
			return recordingLost(ctx, key);
		case 'pace':
			ctx.look = true;
			return;
		case 'listDue': {
			delete hopperOf(world, key).dueMs;
			hopperOf(world, key).due = true;
			wakeList(world, key);
			ctx.look = true;
			return;
		}
		case 'recallNotice':
			return recallNoticeDue(ctx, key);
		case 'recallDue':
			return recallDue(ctx, key);
		case 'offer':
			return offerDue(ctx, key);
		case 'waitMax':
			return call && overflow(ctx, call, 'waitedTooLong');
		case 'announce':
			return call && announceDue(ctx, call);
		case 'step':
			return call && stepDue(ctx, call);
		case 'machine':
			return call && machineDue(ctx, call);
		case 'queue':
			delete world.queueLookMs;
			ctx.look = true;
			return;
		case 'target':
			return call && seatFailed(ctx, call, 'noAnswer');
		default:
			return name satisfies never;
	}
}

/** What is reported of the leg of a phone or number that is called for an internal call or a transfer. */
function targetReported(ctx: Context, call: Call, event: LegEvent): void {
	if (event.type === 'legRinging') ringingBack(ctx, call);
	else if (event.type === 'legAnswered') targetAnswered(ctx, call);
	else if (event.type === 'legFailed' || event.type === 'legEnded') {
		ctx.world.legs.delete(event.legId);
		if (call.target?.state === 'calling') seatFailed(ctx, call, event.type === 'legFailed' ? event.failure : 'error');
		else targetLost(ctx, call, event.type === 'legEnded' && event.by === 'far' ? 'targetHungUp' : 'connectionLost');
	}
}
