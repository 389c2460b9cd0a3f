/** The dial button at a number, and a number typed by hand. The agent's leg is joined when the other side answers. */
import {forbidden, setStatus} from './agent.js';
import {noteCall} from './call.js';
import {accept, type Context, campaignOf, change, newId, notify, openCampaigns, persist, refuse, setTimer} from './context.js';
import {callerNumberOf} from './dial/caller.js';
import {closedBy} from './dial/closed.js';
import {dialOut} from './dial/day.js';
import {dialledNow, numberHeld, rememberDialled} from './dial/forbidden.js';
import {outRefusal} from './dial/limits.js';
import type {Refused} from './effects.js';
import {changeEntry} from './entries.js';
import type {ConsoleEvent} from './events.js';
import {callOther, placeInternal} from './incall/internal.js';
import {phoneUsable, playTone, ringOwnPhone, stopTone} from './incall/own-phone.js';
import {takeClaim} from './incall/preview.js';
import {stopWatching} from './incall/supervise.js';
import type {Customer} from './model.js';
import {normaliseNumber} from './numbers.js';
import {showCustomer} from './panes.js';
import type {Agent, Call, World} from './world.js';

type DialEvent = Extract<ConsoleEvent, {type: 'dial'}>;
export type Line = {trunk: string; callerNumber: string; ringMs: number; groupId?: string};

export function dial(ctx: Context, agent: Agent, event: DialEvent) {
	const {world} = ctx;
	const {requestId} = event;
	if (world.stopping) return refuse(ctx, requestId, {code: 'shuttingDown', message: 'the service is stopping'});
	const refusal = forbidden(agent, 'dial');
	if (refusal) return refuse(ctx, requestId, refusal);
	if (!phoneUsable(world, agent))
		return refuse(ctx, requestId, {code: 'notNow', status: 'phoneDown', message: 'the phone is not connected'});
	const number = normaliseNumber(event.number);
	if (number === undefined)
		return refuse(ctx, requestId, {code: 'badNumber', message: `not a telephone number: ${event.number.slice(0, 40)}`});
	if (world.config.extensions.includes(number)) {
		if (number === agent.extension) return refuse(ctx, requestId, {code: 'notAllowed', message: 'that is your own extension'});
		placeInternal(ctx, agent, number, 'dialButton');
		return accept(ctx, requestId);
	}
	if (event.customerId !== undefined && event.customerId !== agent.customerId) {
		return refuse(ctx, requestId, {code: 'notFound', message: 'that customer is not on the screen'});
	}
	const customer = event.customerId === undefined ? undefined : world.customers.get(event.customerId);
	if (customer?.stopCalling) return refuse(ctx, requestId, {code: 'stopCalling', message: 'this customer wants no calls'});
	// A customer out of a list is held to the rules until the call goes out; whom an operator calls of the own accord is the operator's affair.
	const held = customer && agent.preview?.customerId === customer.id && numberHeld(world, customer, number, ctx.nowMs);
	if (held) return refuse(ctx, requestId, {code: 'forbidden', message: `dialling is not allowed now: ${held.rule}`});
	const line = lineTo(ctx, agent, number, customer);
	if ('code' in line) return refuse(ctx, requestId, line);
	placeDirect(ctx, agent, number, line, customer, 'dialButton');
	accept(ctx, requestId);
}

/** How a number is called for an operator, or why it is not. */
export function lineTo(
	{world, nowMs}: Pick<Context, 'world' | 'nowMs'>,
	agent: Agent,
	number: string,
	customer?: Customer,
): Line | Refused {
	const closed = closedBy(world.config, number);
	if (closed) return {code: 'closedNumber', message: `numbers like ${closed.pattern} may not be called`};
	const line = lineFor(world, agent, customer);
	if (!line) return {code: 'notAllowed', message: 'no trunk is set for calls by hand'};
	return outRefusal(world, agent.operatorId, line.trunk, nowMs) ?? line;
}

/** As the auto-dial settings of the customer's campaign and the agent's groups say, else of any open campaign, else the common one. */
function lineFor(world: World, agent: Agent, customer: Customer | undefined): Line | undefined {
	const mine = world.config.autoDials.filter(auto => agent.groupIds.includes(auto.groupId));
	const line =
		mine.find(auto => auto.campaignId === customer?.campaignId) ?? (customer ? undefined : mine[0]) ?? world.config.directDial ?? mine[0];
	const auto = mine.find(each => each === line);
	if (!auto) return line;
	return {...auto, callerNumber: callerNumberOf(world.config, auto) ?? world.config.directDial?.callerNumber ?? ''};
}

/** Places a call by hand. With a claimed entry it is the preview call of that entry. The phone is rung first when it is not up. */
export function placeDirect(ctx: Context, agent: Agent, number: string, line: Line, customer: Customer | undefined, reason: string): Call {
	const {world, nowMs} = ctx;
	stopWatching(ctx, agent, 'dialled');
	const callId = newId(ctx, 'c');
	const entry = takeClaim(agent, customer?.id);
	const list = entry && world.config.lists.find(other => other.id === entry.listId);
	const campaignId = customer?.campaignId ?? openCampaigns(world, agent)[0]?.id;
	const groupId = list?.groupId ?? line.groupId;
	const call: Call = {
		row: {
			id: callId,
			kind: entry ? 'preview' : 'direct',
			direction: 'out',
			agentId: agent.operatorId,
			fromNumber: line.callerNumber,
			toNumber: number,
			startedMs: nowMs,
			...(campaignId !== undefined && {campaignId}),
			...(groupId !== undefined && {groupId}),
			...(customer && {customerId: customer.id}),
			...(entry && {listId: entry.listId, entryId: entry.id}),
		},
		phase: 'dialling',
		legId: '',
		trunk: line.trunk,
		operatorId: agent.operatorId,
		saved: false,
		ringMs: line.ringMs,
		...(entry && {entry}),
	};
	world.calls.set(callId, call);
	rememberDialled(ctx, number);
	agent.callId = callId;
	if (agent.leg.state === 'up') call.legId = newId(ctx, 'l');
	stopTone(ctx, agent);
	setStatus(ctx, agent, 'dialling', agent.operatorId, reason);
	if (call.legId !== '') dialCustomer(ctx, call);
	else {
		call.legFirst = true;
		setTimer(ctx, 'callGuard', callId, nowMs + world.settings.agentRingMs + 2 * world.settings.guardMs);
		ringOwnPhone(ctx, agent, {number});
	}
	noteCall(ctx, call, 'call.dialled', {actor: agent.operatorId, data: {number}});
	persist(ctx, {op: 'putCall', row: {...call.row}});
	if (entry)
		changeEntry(ctx, entry, {state: 'dialling', attempts: entry.attempts + 1}, {callId, actor: agent.operatorId, reason: 'preview'});
	if (customer) showCustomer(ctx, agent, customer, callId);
	else findCustomer(ctx, agent, call);
	change(ctx, agent.operatorId, 'call');
	return call;
}

function dialCustomer(ctx: Context, call: Call): void {
	const {legId, trunk, row} = call;
	const ringMs = call.ringMs!;
	ctx.world.legs.set(legId, {kind: 'call', callId: row.id});
	const dial = {type: 'dial', legId, trunk, to: row.toNumber, from: row.fromNumber, ringMs} as const;
	dialOut(ctx, call.entry ? {...dial, claim: true} : dial, call.operatorId);
	setTimer(ctx, 'callGuard', row.id, ctx.nowMs + ringMs + ctx.world.settings.guardMs);
}

/** The agent's phone, rung for this call, is up: the other side is called. */
export function ownPhoneUp(ctx: Context, agent: Agent, call: Call) {
	ctx.callId = call.row.id;
	if (call.row.kind === 'internal') return callOther(ctx, agent, call);
	delete call.legFirst;
	call.legId = newId(ctx, 'l');
	// Only now the number is dialled: from here on it is left alone.
	call.row.dialledMs = ctx.nowMs;
	dialledNow(ctx, call.row.toNumber);
	persist(ctx, {op: 'putCall', row: {...call.row}});
	dialCustomer(ctx, call);
	playTone(ctx, agent);
}

/** Who has this number? Looked for in the campaigns the agent has open. */
function findCustomer(ctx: Context, agent: Agent, call: Call): void {
	const fetchId = newId(ctx, 'f');
	ctx.world.fetches.set(fetchId, {purpose: 'attachByNumber', operatorId: agent.operatorId, callId: call.row.id});
	const campaignIds = openCampaigns(ctx.world, agent).map(campaign => campaign.id);
	ctx.effects.push({type: 'findCustomers', fetchId, number: call.row.toNumber, campaignIds});
}

/** One customer has the number: attached. None or several: the agent is told and chooses. */
export function customersFound(ctx: Context, agent: Agent, callId: string, customers: Customer[]): void {
	const row = ctx.world.calls.get(callId)?.row ?? ctx.world.works.get(callId)?.row;
	const current = agent.callId ?? agent.lastCall?.id;
	if (!row || row.customerId !== undefined || current !== callId) return;
	const [customer] = customers;
	if (!customer || customers.length > 1 || !campaignOf(ctx.world, customer.campaignId)) {
		notify(ctx, agent, 'info', customer ? 'severalCustomers' : 'noCustomer', {number: row.toNumber, count: String(customers.length)});
		return;
	}
	row.customerId = customer.id;
	row.campaignId = customer.campaignId;
	persist(ctx, {op: 'putCall', row: {...row}});
	showCustomer(ctx, agent, customer, callId);
}
