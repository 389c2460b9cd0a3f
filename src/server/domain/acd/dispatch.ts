/**
 * Distribution: at the end of each step that may have changed who waits or who is free, callers are offered to operators until
 * no free operator has anything to take. Everything is looked at anew each time, so there is nothing to forget.
 */
import {notReady, setStatus} from '../agent.js';
import {dayNumber} from '../calendar.js';
import {moveCall, noteCall} from '../call.js';
import {type Context, change, clearTimer, note, setTimer} from '../context.js';
import {machineTrouble} from '../dialling.js';
import {phoneTrouble, ringOwnPhone} from '../incall/own-phone.js';
import {join, longestWaiting, readyAgents} from '../joining.js';
import type {Held} from '../why/rules.js';
import type {Agent, Call, Incoming, World} from '../world.js';
import {groupOf, groupSettings, skillIn} from './groups.js';
import {lookUp} from './match.js';
import {pairKey, startBell} from './offers.js';
import {isWaiting, leaveQueue} from './queue.js';
import {type FreeAgent, nextMatch, type QueueItem, rankAgents, ringTogether} from './rank.js';
import type {CallBackRow} from './settings.js';

/** Offers what waits to whoever is free. Called at the end of a step. */
export function dispatch(ctx: Context): void {
	const {world, nowMs} = ctx;
	joinWaitingPredicted(ctx);
	for (let free = freeAgents(world, nowMs); free.length > 0; free = freeAgents(world, nowMs)) {
		const match = nextMatch(waitingItems(world, nowMs), free, nowMs);
		if (!match) break;
		offer(ctx, match.item, match.ranked);
	}
	ringMore(ctx);
	lookAgain(ctx);
}

/** A dialled customer who answered is before everybody who called: seconds count there. */
function joinWaitingPredicted(ctx: Context): void {
	for (const agent of readyAgents(ctx.world)) {
		const call = longestWaiting(ctx.world, agent);
		if (!call) continue;
		ctx.callId = call.row.id;
		join(ctx, call, agent);
	}
}

/** Operators who can take a call now. In ringing mode the phone is not connected yet: `offerTo` has to ring it. */
export function freeAgents(world: World, nowMs: number): FreeAgent[] {
	return [...world.agents.values()].filter(agent => !notFree(world, agent)).map(agent => asFree(world, agent, nowMs));
}

/** What keeps callers from an operator, if anything. */
export function notFree(world: World, agent: Agent): Held | undefined {
	return notReady(agent) ?? phoneTrouble(world, agent);
}

/** What distribution knows of an operator, free or not. */
export function asFree(world: World, agent: Agent, nowMs: number): FreeAgent {
	const day = dayNumber(nowMs, world.settings.utcOffsetMs);
	return {
		operatorId: agent.operatorId,
		groups: new Map(agent.groupIds.map(groupId => [groupId, skillIn(world, agent.operatorId, groupId)])),
		idleSinceMs: agent.inbound.endedMs ?? agent.createdMs,
		talksToday: agent.inbound.day === day ? agent.inbound.talks : 0,
		loginMs: agent.createdMs,
	};
}

/** Callers nobody rings for, and promised call-backs whose time has come. */
export function waitingItems(world: World, nowMs: number): QueueItem[] {
	const items: QueueItem[] = [];
	for (const call of world.calls.values()) if (call.phase === 'queued') items.push(itemOf(world, call, nowMs));
	for (const row of world.callBacks.values()) if (!callBackHeld(world, row, nowMs)) items.push(callBackItem(world, row, nowMs));
	return items;
}

/** What keeps a promised call-back from its turn, if anything. */
export function callBackHeld(world: World, {id, state, nextMs, groupId, attempts}: CallBackRow, nowMs: number): Held | undefined {
	const held = machineTrouble(world);
	if (held) return held;
	const data = {name: 'callBackId', value: id};
	const facts = {attempts};
	if (state !== 'waiting') return {rule: 'callBackUnderWay', value: state, facts, source: {kinds: ['callBack.changed'], data}};
	if (nextMs !== undefined && nextMs > nowMs)
		return {rule: 'callBackLater', value: nextMs, facts: {...facts, nextAtMs: nextMs}, source: {kinds: ['callBack.changed'], data}};
	return groupOf(world, groupId) ? undefined : {rule: 'otherGroup', value: groupId};
}

/** A caller in a queue as distribution sees it. */
export function itemOf(world: World, call: Call, nowMs: number): QueueItem {
	const {groupId = ''} = call.row;
	const {queuedMs = nowMs, caller, offers} = call.inbound!;
	return {id: call.row.id, groupId, queuedMs, offers, ...common(world, call.row.id, groupId, caller, nowMs)};
}

export function callBackItem(world: World, row: CallBackRow, nowMs: number): QueueItem {
	const {id, groupId, queuedMs, attempts, number} = row;
	return {id, groupId, queuedMs, offers: attempts, ...common(world, id, groupId, number, nowMs)};
}

function common(world: World, itemId: string, groupId: string, caller: string | undefined, nowMs: number) {
	const {pattern, ageingMs, stickyMs} = groupSettings(world, groupId);
	const last = caller === undefined ? undefined : world.lastTalks.get(caller);
	const blocked = new Map<string, number>();
	for (const operatorId of world.backOffsMs.size > 0 ? world.agents.keys() : []) {
		const untilMs = world.backOffsMs.get(pairKey(caller ?? itemId, operatorId)) ?? 0;
		if (untilMs > nowMs) blocked.set(operatorId, untilMs);
	}
	return {pattern, ageingMs, blocked, ...(last && last.atMs + stickyMs > nowMs && {stickyId: last.operatorId})};
}

function offer(ctx: Context, item: QueueItem, ranked: FreeAgent[]): void {
	const {world, nowMs} = ctx;
	const {answer, ringMs} = groupSettings(world, item.groupId);
	const call = world.calls.get(item.id);
	if (call) ctx.callId = item.id;
	const automatic = call !== undefined && answer === 'auto' && item.pattern !== 'all';
	const chosen = chosenFor(world, item, ranked);
	if (call) call.inbound!.offers++;
	const first = world.agents.get(chosen[0]!.operatorId)!;
	if (automatic && first.leg.state === 'up') {
		joinAtOnce(ctx, call, first);
		return;
	}
	if (call) {
		moveCall(ctx, call, 'offered');
		if (item.pattern === 'all') call.inbound!.ringSkill = chosen[0]!.groups.get(item.groupId)!.skill;
	} else world.callBacks.get(item.id)!.state = 'offered';
	setTimer(ctx, 'offer', item.id, nowMs + ringMs);
	for (const {operatorId} of chosen) offerTo(ctx, item, world.agents.get(operatorId)!);
}

/** At whom it rings: at the best, or in an all-at-once group at all of the best. */
function chosenFor(world: World, item: QueueItem, ranked: FreeAgent[]): FreeAgent[] {
	return item.pattern === 'all' && world.calls.has(item.id) ? ringTogether(item, ranked) : ranked.slice(0, 1);
}

/** Who would be offered what if it were looked at now, by item: the choice of `dispatch`, without doing anything. */
export function plannedOffers(world: World, nowMs: number): Map<string, string[]> {
	const planned = new Map<string, string[]>();
	let free = freeAgents(world, nowMs);
	let items = waitingItems(world, nowMs);
	for (let match = nextMatch(items, free, nowMs); match; match = nextMatch(items, free, nowMs)) {
		const {item, ranked} = match;
		const chosen = chosenFor(world, item, ranked);
		planned.set(
			item.id,
			chosen.map(({operatorId}) => operatorId),
		);
		free = free.filter(agent => !chosen.includes(agent));
		items = items.filter(other => other !== item);
	}
	for (const call of world.calls.values()) {
		if (call.phase !== 'offered' || call.inbound!.ringSkill === undefined) continue;
		const more = rankAgents(itemOf(world, call, nowMs), free).filter(agent => !skillTooLow(call, agent));
		if (more.length > 0)
			planned.set(
				call.row.id,
				more.map(({operatorId}) => operatorId),
			);
		free = free.filter(agent => !more.includes(agent));
	}
	return planned;
}

/** The operator's console rings for it. */
export function offerTo(ctx: Context, item: QueueItem, agent: Agent): void {
	const {world, nowMs} = ctx;
	const call = world.calls.get(item.id);
	const {skill} = skillIn(world, agent.operatorId, item.groupId);
	agent.offer = {kind: call ? 'call' : 'callBack', itemId: item.id, groupId: item.groupId, sinceMs: nowMs, skill};
	setStatus(ctx, agent, 'ringing', 'system', call ? 'callOffered' : 'callBackOffered');
	const popup = popupOf(world, item, true);
	showPopup(ctx, agent, popup);
	if (popup.kind === 'callBack') lookUp(ctx, item.id, popup.number);
	// In ringing mode the phone itself rings, and taking it off is 通話. A call-back rings at the console alone.
	if (agent.leg.state === 'up') startBell(ctx, agent);
	else if (call) ringOwnPhone(ctx, agent, {number: call.row.fromNumber}, groupSettings(world, item.groupId).answer === 'auto');
	if (call) noteCall(ctx, {...call, operatorId: agent.operatorId}, 'call.offered', {data: {waitedMs: nowMs - item.queuedMs}});
	else note(ctx, 'callBack.offered', {agentId: agent.operatorId, groupId: item.groupId, data: {callBackId: item.id}});
}

/** Automatic answer: talk and popup come together. */
function joinAtOnce(ctx: Context, call: Call, agent: Agent): void {
	const popup = popupOf(ctx.world, {id: call.row.id, groupId: call.row.groupId!, queuedMs: call.inbound!.queuedMs!}, false);
	leaveQueue(ctx, call, 'taken');
	join(ctx, call, agent);
	showPopup(ctx, agent, popup);
}

function showPopup(ctx: Context, agent: Agent, popup: Incoming): void {
	agent.incoming = popup;
	change(ctx, agent.operatorId, 'incoming');
}

function popupOf(world: World, item: Pick<QueueItem, 'id' | 'groupId' | 'queuedMs'>, ringing: boolean): Incoming {
	const call = world.calls.get(item.id);
	const {withheld = false, calledName, match} = call?.inbound ?? {};
	return {
		kind: call ? 'call' : 'callBack',
		itemId: item.id,
		groupId: item.groupId,
		number: call ? call.row.fromNumber : (world.callBacks.get(item.id)?.number ?? ''),
		withheld,
		queuedMs: item.queuedMs,
		ringing,
		...(calledName !== undefined && {calledName}),
		// Nobody has looked for the number of somebody who is called back: that is done with the popup.
		...(match && {candidates: match}),
	};
}

/** 一斉配信: whoever becomes free while it rings is rung as well. */
function ringMore(ctx: Context): void {
	const {world, nowMs} = ctx;
	for (const call of world.calls.values()) {
		if (call.phase !== 'offered' || call.inbound!.ringSkill === undefined) continue;
		const item = itemOf(world, call, nowMs);
		for (const free of rankAgents(item, freeAgents(world, nowMs))) {
			if (skillTooLow(call, free)) continue;
			ctx.callId = call.row.id;
			offerTo(ctx, item, world.agents.get(free.operatorId)!);
		}
	}
}

/** A call that rings at the best of a group is not for those below them. */
export function skillTooLow({inbound, row}: Call, {groups}: FreeAgent): Held | undefined {
	const skill = groups.get(row.groupId!)?.skill ?? 0;
	const wanted = inbound?.ringSkill;
	return wanted === undefined || skill >= wanted ? undefined : {rule: 'skillLower', value: skill, facts: {wanted}};
}

/** Sets the timer for the first back-off that ends or call-back that becomes due while something waits. */
function lookAgain(ctx: Context): void {
	const {world, nowMs} = ctx;
	for (const [pair, untilMs] of world.backOffsMs) if (untilMs <= nowMs) world.backOffsMs.delete(pair);
	let nextMs: number | undefined;
	const consider = (atMs: number) => {
		if (atMs > nowMs && (nextMs === undefined || atMs < nextMs)) nextMs = atMs;
	};
	if (world.backOffsMs.size > 0 && somebodyWaits(world)) for (const untilMs of world.backOffsMs.values()) consider(untilMs);
	for (const {state, nextMs: dueMs} of world.callBacks.values()) if (state === 'waiting' && dueMs !== undefined) consider(dueMs);
	if (nextMs === world.queueLookMs) return;
	if (nextMs === undefined) {
		delete world.queueLookMs;
		clearTimer(ctx, 'queue', 'all');
	} else {
		world.queueLookMs = nextMs;
		setTimer(ctx, 'queue', 'all', nextMs);
	}
}

function somebodyWaits(world: World): boolean {
	for (const call of world.calls.values()) if (isWaiting(call)) return true;
	for (const {state} of world.callBacks.values()) if (state === 'waiting') return true;
	return false;
}
