/**
 * The customer and record panes of an agent: what is loaded and what has been typed. Typed text is never thrown away: a draft
 * that a call pushes aside goes to the shelf (and into the event log) and is there again when that customer is loaded.
 */
import {type Context, change, clearTimer, note, notify, persist, setTimer, timerIsSet} from './context.js';
import {giveBackClaim} from './incall/preview.js';
import type {Customer, Draft, DraftRecord} from './model.js';
import {forgetTyping, withTyped} from './typing.js';
import type {Agent, World} from './world.js';

export const emptyRecord: DraftRecord = {reachedId: '', reactionId: '', nextActionId: '', nextOperatorId: 'self', nextAt: '', text: ''};

const shelfMax = 20;

/** Writes the session as it is, for a restart. */
export function saveSession(ctx: Context, agent: Agent): void {
	persist(ctx, {
		op: 'putSession',
		row: {
			tokenHash: agent.tokenHash,
			operatorId: agent.operatorId,
			extension: agent.extension,
			workingGroupIds: agent.groupIds,
			createdMs: agent.createdMs,
			lastSeenMs: ctx.nowMs,
			...(agent.customerId !== undefined && {customerId: agent.customerId}),
			...(agent.draft?.callId !== undefined && {callId: agent.draft.callId}),
		},
	});
}

/** A form filled from the customer, with nothing typed. */
function freshDraft(customer: Customer, callId: string | undefined): Draft {
	return {
		customerId: customer.id,
		...(callId !== undefined && {callId}),
		values: {...customer.values},
		baseVersion: customer.version,
		record: {...emptyRecord},
	};
}

/** Puts what was typed aside when something else comes onto the screen. */
export function shelve(ctx: Context, agent: Agent): void {
	if (!agent.draft || !agent.draftTouched) return;
	agent.shelf = agent.shelf.filter(draft => draft.customerId !== agent.draft!.customerId);
	agent.shelf.push(agent.draft);
	if (agent.shelf.length > shelfMax) agent.shelf.shift();
	note(ctx, 'draft.shelved', {
		actor: agent.operatorId,
		agentId: agent.operatorId,
		customerId: agent.draft.customerId,
		callId: agent.draft.callId,
		data: {draft: agent.draft},
	});
	notify(ctx, agent, 'info', 'draftShelved', {customerId: agent.draft.customerId ?? ''});
	dropDraft(ctx, agent);
}

/** Forgets the draft; it has been saved or put aside. */
export function dropDraft(ctx: Context, agent: Agent): void {
	clearTimer(ctx, 'draft', agent.operatorId);
	forgetTyping(ctx, agent);
	if (agent.draftTouched) persist(ctx, {op: 'deleteDraft', operatorId: agent.operatorId});
	delete agent.draft;
	delete agent.base;
	agent.draftTouched = false;
	change(ctx, agent.operatorId, 'draft');
}

/** Loads a customer into the panes, with what was typed for that customer before, if anything was. */
export function showCustomer(ctx: Context, agent: Agent, customer: Customer, callId?: string): void {
	if (agent.preview && agent.preview.customerId !== customer.id) giveBackClaim(ctx, agent);
	const sameOne = agent.customerId === customer.id && agent.draftTouched;
	if (!sameOne) {
		shelve(ctx, agent);
		dropDraft(ctx, agent);
	}
	agent.customerId = customer.id;
	if (sameOne) {
		if (callId !== undefined) agent.draft = {...agent.draft!, callId};
	} else {
		const typed = agent.shelf.find(draft => draft.customerId === customer.id);
		agent.shelf = agent.shelf.filter(draft => draft !== typed);
		agent.draft = typed ? {...typed, ...(callId !== undefined && {callId})} : freshDraft(customer, callId);
		agent.draftTouched = typed !== undefined;
		// What a shelved form was filled with is not known any more unless the customer has not changed since.
		if (!typed || typed.baseVersion === customer.version) agent.base = {version: customer.version, values: {...customer.values}};
	}
	if (agent.draftTouched) writeDraft(ctx, agent);
	delete agent.popup;
	saveSession(ctx, agent);
	change(ctx, agent.operatorId, 'customer', 'history', 'draft', 'popup');
}

/** A form as it is after a save: the customer stays, the record is empty. */
export function refill(ctx: Context, agent: Agent, customer: Customer): void {
	const callId = agent.draft?.callId;
	dropDraft(ctx, agent);
	agent.draft = freshDraft(customer, callId);
	agent.base = {version: customer.version, values: {...customer.values}};
}

/** Empties the panes. Typed text goes to the shelf. */
export function clearPanes(ctx: Context, agent: Agent): void {
	giveBackClaim(ctx, agent);
	shelve(ctx, agent);
	dropDraft(ctx, agent);
	delete agent.customerId;
	delete agent.popup;
	saveSession(ctx, agent);
	change(ctx, agent.operatorId, 'customer', 'history', 'draft', 'popup');
}

/** Takes in what was typed (`seen`: see `typing.ts`). What belongs to a customer who is not on the screen any more goes to the shelf. */
export function putDraft(ctx: Context, agent: Agent, draft: Draft, seen?: number): void {
	if (draft.customerId === agent.customerId) {
		const callId = agent.draft?.callId;
		const {callId: _theirs, ...typed} = withTyped(ctx, agent, draft, seen);
		agent.draft = {...typed, ...(callId !== undefined && {callId})};
		// Supervisors see that something is not saved.
		if (!agent.draftTouched) change(ctx, agent.operatorId, 'status');
		agent.draftTouched = true;
		if (!timerIsSet(ctx.world, 'draft', agent.operatorId)) {
			setTimer(ctx, 'draft', agent.operatorId, ctx.nowMs + ctx.world.settings.draftDelayMs);
		}
		return;
	}
	const shelved = agent.shelf.findIndex(other => other.customerId === draft.customerId);
	if (shelved >= 0) agent.shelf[shelved] = draft;
	else agent.shelf.push(draft);
	if (agent.shelf.length > shelfMax) agent.shelf.shift();
	note(ctx, 'draft.shelved', {actor: agent.operatorId, agentId: agent.operatorId, customerId: draft.customerId, data: {draft}});
}

/** Brings the draft to the disk now. */
export function writeDraft(ctx: Context, agent: Agent): void {
	clearTimer(ctx, 'draft', agent.operatorId);
	if (agent.draft && agent.draftTouched) persist(ctx, {op: 'putDraft', operatorId: agent.operatorId, draft: agent.draft});
}

/** Takes a customer into the cache unless a newer state is there, and returns what is there then. */
export function cacheCustomer(world: World, customer: Customer): Customer {
	const known = world.customers.get(customer.id);
	if (known && known.version >= customer.version) return known;
	world.customers.set(customer.id, customer);
	return customer;
}

/** Drops the customers nobody uses, when there are many. */
export function sweepCustomers(world: World): void {
	if (world.customers.size <= world.customersMax) return;
	const used = new Set<string | undefined>();
	for (const agent of world.agents.values()) used.add(agent.customerId).add(agent.preview?.customerId);
	for (const call of world.calls.values()) used.add(call.row.customerId);
	for (const hopper of world.hoppers.values()) for (const entry of hopper.entries) used.add(entry.customerId);
	for (const id of world.customers.keys()) if (!used.has(id)) world.customers.delete(id);
	world.customersMax = Math.max(1_000, 2 * world.customers.size);
}
