/** Who calls? The customers with the caller's number, and a new customer made from it. */
import {isOpen} from '../campaigns.js';
import {accept, type Context, campaignOf, change, newId, note, openCampaigns, persist, refuse} from '../context.js';
import type {ConsoleEvent} from '../events.js';
import type {Customer} from '../model.js';
import {showCustomer} from '../panes.js';
import type {Agent, Call} from '../world.js';

/** Asks the store, in the running campaigns. */
export function findCaller(ctx: Context, call: Call): void {
	const {caller} = call.inbound!;
	if (caller === undefined) {
		call.inbound!.match = [];
		return;
	}
	lookUp(ctx, call.row.id, caller);
}

/** For a caller, or for somebody who is called back. */
export function lookUp(ctx: Context, itemId: string, number: string): void {
	const fetchId = newId(ctx, 'f');
	ctx.world.fetches.set(fetchId, {purpose: 'match', callId: itemId});
	const {config, settings} = ctx.world;
	const campaignIds = config.campaigns.filter(each => isOpen(each, ctx.nowMs, settings.utcOffsetMs)).map(({id}) => id);
	ctx.effects.push({type: 'findCustomers', fetchId, number, campaignIds});
}

/** Each console that shows the caller shows them too, as far as the operator may see their campaign. */
export function callerFound(ctx: Context, callId: string, customers: Customer[]): void {
	const call = ctx.world.calls.get(callId);
	if (call?.inbound) call.inbound.match = customers;
	for (const agent of ctx.world.agents.values()) {
		if (agent.incoming?.itemId !== callId) continue;
		agent.incoming.candidates = customers;
		change(ctx, agent.operatorId, 'incoming');
	}
}

/** The popup has done its work: the customer is on the screen. */
export function popupDone(ctx: Context, agent: Agent): void {
	if (!agent.incoming || agent.incoming.ringing) return;
	delete agent.incoming;
	change(ctx, agent.operatorId, 'incoming');
}

/** 作成: a customer with nothing but the number, loaded as any other; the rest is typed and saved. */
export function createCustomer(ctx: Context, agent: Agent, event: Extract<ConsoleEvent, {type: 'createCustomer'}>) {
	const {requestId, campaignId, number} = event;
	const campaign = campaignOf(ctx.world, campaignId);
	if (!campaign || !openCampaigns(ctx.world, agent).includes(campaign)) {
		return refuse(ctx, requestId, {code: 'notFound', message: 'that campaign is not open here'});
	}
	const id = newId(ctx, 'k');
	const phone = campaign.card.find(({role}) => role === 'phone') ?? campaign.card.find(({kind}) => kind === 'phone');
	const values = Object.fromEntries(campaign.card.map(field => [field.id, field === phone ? number.slice(0, field.lengthMax) : '']));
	const customer: Customer = {id, campaignId, values, stopCalling: false, version: 1};
	ctx.world.customers.set(id, customer);
	persist(ctx, {op: 'putCustomer', customer});
	note(ctx, 'customer.created', {actor: agent.operatorId, agentId: agent.operatorId, customerId: id, campaignId, callId: agent.callId});
	attachCustomer(ctx, agent, customer);
	accept(ctx, requestId, {value: {customerId: id}, durable: true});
}

/** Loads a customer into the panes. The call at hand, or the one just ended, that had none yet gets it. */
export function attachCustomer(ctx: Context, agent: Agent, customer: Customer): void {
	const callId = agent.callId ?? agent.lastCall?.id ?? '';
	const work = ctx.world.calls.get(callId) ?? ctx.world.works.get(callId);
	// A call whose record is saved is over for good: what is loaded later is something else.
	const row = agent.callId === undefined && work?.saved ? undefined : work?.row;
	if (row && row.customerId === undefined) {
		row.customerId = customer.id;
		row.campaignId = customer.campaignId;
		persist(ctx, {op: 'putCall', row: {...row}});
	}
	showCustomer(ctx, agent, customer, row?.customerId === customer.id ? row.id : undefined);
	popupDone(ctx, agent);
}
