/**
 * Sessions: an operator bound to an extension. A console is only a window on one; it may vanish and come back, or be another.
 *
 *   login --> chooseGroups --startWork--> working --logOff--> gone
 *                 ^                          |
 *                 +---- login or attach from any console takes the session over as it is
 */
import {declineFor} from './acd/offers.js';
import {forbidden, inCall, setStatus} from './agent.js';
import {accept, type Context, change, clearTimer, newId, note, notify, operatorOf, persist, refuse, setTimer} from './context.js';
import type {ViewPart} from './effects.js';
import type {ConsoleEvent} from './events.js';
import {endLooks, stopLooking} from './incall/look.js';
import {phoneUsable} from './incall/own-phone.js';
import {giveBackClaim} from './incall/preview.js';
import {declineSeat} from './incall/seats.js';
import {isSupervisor, stopWatching} from './incall/supervise.js';
import {goReady, isOnline} from './joining.js';
import type {Customer} from './model.js';
import {clearPanes, saveSession, showCustomer, writeDraft} from './panes.js';
import {connectLeg, dropLeg} from './phone.js';
import {fetchRecalls, forgetRecalls} from './recalls.js';
import {chosenUse} from './use.js';
import type {Agent, World} from './world.js';

export const allParts: ViewPart[] = [
	'stage',
	'groups',
	'campaigns',
	'status',
	'phone',
	'call',
	'customer',
	'history',
	'draft',
	'typing',
	'popup',
	'incoming',
	'counters',
	'notices',
];

type Of<T extends ConsoleEvent['type']> = Extract<ConsoleEvent, {type: T}>;

export function login(ctx: Context, event: Of<'login'>): void {
	const {world} = ctx;
	const {operatorId, extension, requestId} = event;
	const refusal = loginRefusal(world, operatorId, extension);
	if (refusal) {
		refuse(ctx, requestId, refusal);
		return;
	}
	const own = world.agents.get(operatorId);
	if (own && own.extension === extension) {
		persist(ctx, {op: 'deleteSession', tokenHash: own.tokenHash});
		own.tokenHash = event.tokenHash;
		own.use = chosenUse(world, operatorId, extension);
		takeConsole(ctx, own, event.consoleId, 'session.taken');
		saveSession(ctx, own);
	} else {
		if (own) closeSession(ctx, own, operatorId, 'taken');
		const agent = openSession(ctx, own?.draftTouched ? {...event, draft: own.draft!} : event);
		if (own) agent.shelf = own.shelf;
	}
	accept(ctx, requestId, {durable: true});
}

function loginRefusal(world: World, operatorId: string, extension: string) {
	if (world.stopping) return {code: 'shuttingDown', message: 'the service is stopping'} as const;
	const operator = operatorOf(world, operatorId);
	if (!operator?.enabled) return {code: 'disabled', message: 'this account is disabled'} as const;
	// Who only watches over others needs no phone.
	const needsPhone = extension !== '' || operator.role === 'agent';
	if (needsPhone && !world.config.extensions.includes(extension)) {
		return {code: 'unknownExtension', message: `there is no extension ${extension}`} as const;
	}
	for (const agent of world.agents.values()) {
		if (agent.operatorId !== operatorId && agent.extension === extension && extension !== '') {
			return {code: 'extensionInUse', message: `extension ${extension} is used by another operator`} as const;
		}
		if (agent.operatorId === operatorId && agent.extension !== extension && inCall.includes(agent.status)) {
			return {code: 'notNow', status: agent.status, message: 'the session has a call at another extension'} as const;
		}
	}
	return undefined;
}

function openSession(ctx: Context, event: Of<'login'>): Agent {
	const {operatorId, extension, tokenHash, consoleId} = event;
	const agent = newAgent(ctx, {operatorId, extension, tokenHash, actor: operatorId, reason: 'login'});
	agent.consoleId = consoleId;
	note(ctx, 'session.opened', {actor: operatorId, agentId: operatorId, data: {extension}});
	note(ctx, 'agent.status', {actor: operatorId, agentId: operatorId, reason: 'login', data: {to: 'offline'}});
	saveSession(ctx, agent);
	if (event.work && !ctx.world.works.has(event.work.row.id)) ctx.world.works.set(event.work.row.id, {...event.work, saved: false});
	if (event.draft?.customerId !== undefined) restorePanes(ctx, agent, event.draft.customerId, event.draft);
	fetchRecalls(ctx, agent);
	change(ctx, operatorId, ...allParts);
	return agent;
}

/** A session in its first state, in the world. */
export function newAgent(ctx: Context, of: Pick<Agent, 'operatorId' | 'extension' | 'tokenHash' | 'actor' | 'reason'>): Agent {
	const agent: Agent = {
		...of,
		use: chosenUse(ctx.world, of.operatorId, of.extension),
		createdMs: ctx.nowMs,
		stage: 'chooseGroups',
		groupIds: [],
		status: 'offline',
		sinceMs: ctx.nowMs,
		wanted: 'wrapUp',
		leg: {state: 'none'},
		legFailures: 0,
		joinFailures: 0,
		playing: false,
		draftTouched: false,
		shelf: [],
		notices: [],
		missesInRow: 0,
		inbound: {day: 0, talks: 0},
	};
	ctx.world.agents.set(of.operatorId, agent);
	return agent;
}

/** Reads the customer who was on the screen, to show it again. */
export function restorePanes(ctx: Context, agent: Agent, customerId: string, draft?: Agent['draft'], callId?: string): void {
	const fetchId = newId(ctx, 'f');
	ctx.world.fetches.set(fetchId, {
		purpose: 'restore',
		operatorId: agent.operatorId,
		...(draft && {draft}),
		...(callId !== undefined && {callId}),
	});
	ctx.effects.push({type: 'fetchCustomer', fetchId, customerId});
}

/** Shows what was on the screen, unless something else has come there meanwhile. */
export function panesRestored(ctx: Context, agent: Agent, customer: Customer, draft?: Agent['draft'], callId?: string): void {
	if (draft) agent.shelf.push(draft);
	if (agent.customerId !== undefined) return;
	showCustomer(ctx, agent, customer, draft?.callId ?? callId);
}

export function attach(ctx: Context, agent: Agent, event: Of<'attach'>): void {
	takeConsole(ctx, agent, event.consoleId, 'console.attached');
	accept(ctx, event.requestId);
}

function takeConsole(ctx: Context, agent: Agent, consoleId: string, kind: string): void {
	if (agent.consoleId !== undefined && agent.consoleId !== consoleId) {
		ctx.effects.push({type: 'closeConsole', consoleId: agent.consoleId, reason: 'taken'});
	}
	agent.consoleId = consoleId;
	clearTimer(ctx, 'grace', agent.operatorId);
	note(ctx, kind, {actor: agent.operatorId, agentId: agent.operatorId, callId: agent.callId, data: {status: agent.status}});
	change(ctx, agent.operatorId, ...allParts);
}

/** A console's connection closed. The session stays as it is; only 受付中 ends after a while. */
export function consoleGone(ctx: Context, consoleId: string): void {
	for (const agent of ctx.world.agents.values()) {
		if (agent.consoleId !== consoleId) continue;
		delete agent.consoleId;
		stopLooking(ctx, agent, 'consoleGone');
		change(ctx, agent.operatorId, 'status');
		note(ctx, 'console.gone', {agentId: agent.operatorId, callId: agent.callId, data: {status: agent.status}});
		writeDraft(ctx, agent);
		saveSession(ctx, agent);
		setTimer(ctx, 'grace', agent.operatorId, ctx.nowMs + ctx.world.settings.graceMs);
	}
}

/** No console for too long. In any status but 受付中 nothing has to be done: no call can come. */
export function graceDue(ctx: Context, agent: Agent): void {
	if (agent.consoleId !== undefined || agent.status !== 'ready') return;
	setStatus(ctx, agent, 'away', 'system', 'consoleLost');
	notify(ctx, agent, 'warning', 'consoleLost');
}

export function startWork(ctx: Context, agent: Agent, event: Of<'startWork'>) {
	const {requestId, groupIds} = event;
	const own = ctx.world.config.memberships[agent.operatorId] ?? [];
	// A supervisor may be there for the others alone: no group, no calls.
	if (groupIds.length === 0 && !isSupervisor(ctx, agent.operatorId))
		return refuse(ctx, requestId, {code: 'noGroup', message: 'no work group is chosen'});
	if (!groupIds.every(id => own.includes(id)))
		return refuse(ctx, requestId, {code: 'notYourGroup', message: 'not a group of this operator'});
	if (agent.stage === 'working' && agent.status !== 'offline' && agent.status !== 'wrapUp') {
		return refuse(ctx, requestId, {code: 'notNow', status: agent.status, message: 'groups are changed in wrap-up'});
	}
	agent.stage = 'working';
	agent.groupIds = [...new Set(groupIds)];
	note(ctx, 'session.working', {actor: agent.operatorId, agentId: agent.operatorId, data: {groupIds: agent.groupIds}});
	saveSession(ctx, agent);
	if (agent.leg.state === 'none') {
		if (ctx.world.phones.has(agent.extension)) connectLeg(ctx, agent);
		else setStatus(ctx, agent, 'phoneDown', 'system', 'notRegistered');
	}
	if (!isOnline(ctx.world, agent)) notify(ctx, agent, 'warning', 'needsOnlineMode');
	change(ctx, agent.operatorId, 'stage', 'groups', 'campaigns', 'counters');
	ctx.look = true;
	accept(ctx, requestId, {durable: true});
}

export function chooseStatus(ctx: Context, agent: Agent, event: Of<'setStatus'>) {
	const {requestId, status, operatorId} = event;
	const registered = ctx.world.phones.has(agent.extension);
	if (agent.stage !== 'working') return refuse(ctx, requestId, {code: 'noGroup', message: 'no work group is chosen yet'});
	const refusal = forbidden(agent, status);
	if (refusal) return refuse(ctx, requestId, refusal);
	if (status === agent.status) return accept(ctx, requestId);
	if (agent.offer?.kind === 'internal' && status !== 'ready') {
		declineSeat(ctx, agent, status);
		return accept(ctx, requestId);
	}
	if (agent.offer && agent.offer.kind !== 'internal') {
		declineFor(ctx, agent, status, 'button');
		return accept(ctx, requestId, {durable: true});
	}
	const needsLeg = status === 'ready' || status === 'wrapUp';
	if (!needsLeg) setStatus(ctx, agent, status, operatorId, 'button');
	else if (phoneUsable(ctx.world, agent)) {
		if (status === 'ready') goReady(ctx, agent, operatorId, 'button');
		else setStatus(ctx, agent, 'wrapUp', operatorId, 'button');
	} else if (status === 'ready' && !registered && agent.status !== 'offline') {
		return refuse(ctx, requestId, {code: 'notNow', status: 'phoneDown', message: 'the phone is not connected'});
	} else {
		agent.wanted = status;
		const until = registered ? 'offline' : 'phoneDown';
		if (agent.status === 'away' || agent.status === 'break') setStatus(ctx, agent, until, operatorId, 'button');
		if (agent.leg.state === 'none' && registered) {
			clearTimer(ctx, 'agentLeg', operatorId);
			connectLeg(ctx, agent);
		}
	}
	accept(ctx, requestId, {durable: true});
}

export function logOff(ctx: Context, agent: Agent, event: Of<'logOff'>) {
	const refusal = forbidden(agent, 'logOff');
	if (refusal) return refuse(ctx, event.requestId, refusal);
	closeSession(ctx, agent, event.operatorId, 'loggedOff');
	accept(ctx, event.requestId, {durable: true});
}

/** Ends a session that has no call. What was typed stays in the store for the next login. */
export function closeSession(ctx: Context, agent: Agent, actor: string, reason: 'loggedOff' | 'taken' | 'ended'): void {
	const {world} = ctx;
	writeDraft(ctx, agent);
	stopWatching(ctx, agent, 'loggedOff');
	stopLooking(ctx, agent, 'loggedOff');
	endLooks(ctx, agent);
	giveBackClaim(ctx, agent);
	if (agent.previewRequest !== undefined) refuse(ctx, agent.previewRequest, {code: 'notLoggedIn', message: 'the session is over'});
	dropLeg(ctx, agent);
	note(ctx, 'agent.status', {
		actor,
		reason,
		agentId: agent.operatorId,
		data: {from: agent.status, to: 'loggedOff', forMs: ctx.nowMs - agent.sinceMs},
	});
	note(ctx, 'session.closed', {
		actor,
		reason,
		agentId: agent.operatorId,
		data: {extension: agent.extension, forMs: ctx.nowMs - agent.createdMs},
	});
	persist(ctx, {op: 'deleteSession', tokenHash: agent.tokenHash});
	for (const name of ['grace', 'draft', 'agentLeg'] as const) clearTimer(ctx, name, agent.operatorId);
	forgetRecalls(ctx, agent.operatorId);
	world.agents.delete(agent.operatorId);
	ctx.changed.delete(agent.operatorId);
	if (agent.consoleId !== undefined) ctx.effects.push({type: 'closeConsole', consoleId: agent.consoleId, reason});
	ctx.look = true;
	ctx.trim = true;
}

export function closeCustomer(ctx: Context, agent: Agent, event: Of<'closeCustomer'>) {
	if (agent.callId !== undefined)
		return refuse(ctx, event.requestId, {code: 'notNow', status: agent.status, message: 'the customer is on the line'});
	clearPanes(ctx, agent);
	accept(ctx, event.requestId);
}
