/** Answers to what was asked of the store. Much may have happened since the question. */
import {attachCustomer, callerFound} from './acd/match.js';
import {accept, type Context, campaignOf, refuse} from './context.js';
import {inOrder} from './dial/leads.js';
import {urgency} from './dial/take.js';
import {customersFound} from './direct.js';
import {heldEntries, hopperOf, listDueAt, stopNumber} from './entries.js';
import type {FetchedEvent} from './events.js';
import {lookAgain} from './incall/preview.js';
import type {Customer} from './model.js';
import {cacheCustomer} from './panes.js';
import {panesRestored} from './session.js';
import type {Agent} from './world.js';

/** Entries to dial next. Those of a list that was stopped meanwhile are simply not kept: nothing was claimed. */
export function entriesFetched(ctx: Context, event: Extract<FetchedEvent, {type: 'entriesFetched'}>) {
	const {world} = ctx;
	const hopper = hopperOf(world, event.listId);
	hopper.fetching = false;
	if (event.nextDueMs !== undefined) listDueAt(ctx, event.listId, Math.max(event.nextDueMs, ctx.nowMs + 1));
	ctx.look = true;
	if (!world.config.lists.some(list => list.id === event.listId && list.started)) return lookAgain(ctx);
	for (const customer of event.customers) cacheCustomer(world, customer);
	const held = heldEntries(world, event.listId);
	const news = event.entries.filter(entry => !held.has(entry.id) && (entry.state === 'waiting' || entry.state === 'autoRecall'));
	for (const entry of news.filter(({number}) => event.forbidden?.includes(number)))
		stopNumber(ctx, entry, number => event.forbidden!.includes(number));
	hopper.entries.push(...news.filter(({number}) => !event.forbidden?.includes(number)));
	// Among the equally urgent in the order of the list (the sort is stable).
	const list = world.config.lists.find(({id}) => id === event.listId);
	hopper.entries = inOrder(world, list, hopper.entries, ctx.nowMs).sort((a, b) => urgency(list, a) - urgency(list, b));
	if (news.length === 0 && !hopper.again) hopper.dry = true;
	hopper.again = false;
	lookAgain(ctx);
}

export function customersFetched(ctx: Context, fetchId: string, customers: Customer[]) {
	const {world} = ctx;
	const fetch = world.fetches.get(fetchId);
	if (!fetch) return;
	world.fetches.delete(fetchId);
	const newest = customers.map(customer => cacheCustomer(world, customer));
	if (fetch.purpose === 'match') return callerFound(ctx, fetch.callId, newest);
	const agent = world.agents.get(fetch.operatorId);
	switch (fetch.purpose) {
		case 'load':
			return loaded(ctx, agent, fetch.requestId, newest[0]);
		case 'restore':
			if (agent && newest[0]) panesRestored(ctx, agent, newest[0], fetch.draft, fetch.callId);
			return;
		case 'attachByNumber':
			if (agent) customersFound(ctx, agent, fetch.callId, newest);
			return;
		default:
			return fetch satisfies never;
	}
}

/** The agent asked for this customer. A call that had none yet gets it. */
function loaded(ctx: Context, agent: Agent | undefined, requestId: string, customer: Customer | undefined) {
	if (!agent) return refuse(ctx, requestId, {code: 'notLoggedIn', message: 'the session is over'});
	const campaign = campaignOf(ctx.world, customer?.campaignId);
	if (!customer || !campaign?.groupIds.some(id => agent.groupIds.includes(id))) {
		return refuse(ctx, requestId, {code: 'notFound', message: 'there is no such customer in your campaigns'});
	}
	attachCustomer(ctx, agent, customer);
	accept(ctx, requestId);
}
