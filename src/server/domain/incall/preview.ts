/**
 * 次の発信: one entry of the started lists is claimed for one operator, who looks at the customer first and dials by the button.
 * Claimed entries come from the same stock as the dialler's, so nobody else gets them; a restart simply gives them back.
 */
import {isOpen} from '../campaigns.js';
import {accept, type Context, campaignOf, change, note, notify, refuse} from '../context.js';
import {entryHeld} from '../dial/forbidden.js';
import {changeEntry, heldEntries, hopperOf, putAside, wakeList} from '../entries.js';
import type {CallList, ListEntry} from '../model.js';
import {clearPanes, showCustomer} from '../panes.js';
import type {Agent} from '../world.js';

const aheadMin = 20;

export function nextCustomer(ctx: Context, agent: Agent, requestId: string) {
	if (agent.previewRequest !== undefined)
		return refuse(ctx, requestId, {code: 'notNow', status: agent.status, message: 'the next customer is being looked for'});
	if (agent.preview) skip(ctx, agent);
	look(ctx, agent, requestId);
}

/** Started lists of running campaigns of the operator's groups, in the order they are worked. */
function listsOf({world, nowMs}: Context, agent: Agent): CallList[] {
	const mine = world.config.lists.filter(list => {
		const campaign = campaignOf(world, list.campaignId);
		if (!list.started || !campaign || !isOpen(campaign, nowMs, world.settings.utcOffsetMs)) return false;
		return list.groupId === undefined ? campaign.groupIds.some(id => agent.groupIds.includes(id)) : agent.groupIds.includes(list.groupId);
	});
	return mine.sort((a, b) => a.priority - b.priority);
}

/** Claims the next one at hand; reads on when a list may have more; tells when nobody is left. */
function look(ctx: Context, agent: Agent, requestId: string): void {
	const {world} = ctx;
	for (const list of listsOf(ctx, agent)) {
		const hopper = hopperOf(world, list.id);
		for (let entry = hopper.entries.shift(); entry; entry = hopper.entries.shift()) {
			const held = entryHeld(world, entry, ctx.nowMs);
			if (held) {
				putAside(ctx, entry, held);
				continue;
			}
			const customer = world.customers.get(entry.customerId)!;
			// Shown first: what was claimed before is given back by it.
			showCustomer(ctx, agent, customer);
			agent.preview = entry;
			note(ctx, 'entry.claimed', {
				actor: agent.operatorId,
				agentId: agent.operatorId,
				listId: list.id,
				customerId: customer.id,
				campaignId: list.campaignId,
			});
			accept(ctx, requestId, {value: {customerId: customer.id}});
			return;
		}
		if (hopper.dry) continue;
		agent.previewRequest = requestId;
		ctx.pending = true;
		if (hopper.fetching) return;
		hopper.fetching = true;
		hopper.due = false;
		ctx.effects.push({type: 'fetchEntries', listId: list.id, limit: aheadMin, exclude: [...heldEntries(world, list.id)]});
		return;
	}
	notify(ctx, agent, 'info', 'listsExhausted');
	accept(ctx, requestId, {value: {customerId: null}});
}

/** Something was read: those who wait for a next customer look again, in the order of the operators. */
export function lookAgain(ctx: Context): void {
	for (const agent of ctx.world.agents.values()) {
		const requestId = agent.previewRequest;
		if (requestId === undefined) continue;
		delete agent.previewRequest;
		if (agent.status === 'wrapUp') look(ctx, agent, requestId);
		else refuse(ctx, requestId, {code: 'notNow', status: agent.status, message: 'something else came first'});
	}
}

/** Back to the list, for later: not lost, and not the next one again at once. */
function skip(ctx: Context, agent: Agent): void {
	const entry = agent.preview;
	if (!entry) return;
	delete agent.preview;
	changeEntry(
		ctx,
		entry,
		{state: 'autoRecall', nextAtMs: ctx.nowMs + ctx.world.settings.skipGapMs},
		{actor: agent.operatorId, reason: 'skipped'},
	);
	note(ctx, 'entry.skipped', {actor: agent.operatorId, agentId: agent.operatorId, listId: entry.listId, customerId: entry.customerId});
}

export function skipCustomer(ctx: Context, agent: Agent, requestId: string) {
	const {preview} = agent;
	if (!preview) return refuse(ctx, requestId, {code: 'notFound', message: 'no customer is claimed'});
	skip(ctx, agent);
	if (agent.customerId === preview.customerId) clearPanes(ctx, agent);
	change(ctx, agent.operatorId, 'call');
	accept(ctx, requestId);
}

/** The customer is dialled: the entry is the call's from now. */
export function takeClaim(agent: Agent, customerId: string | undefined): ListEntry | undefined {
	const {preview} = agent;
	if (!preview || preview.customerId !== customerId) return undefined;
	delete agent.preview;
	return preview;
}

/** The customer has left the screen without a call: the entry is as it was. */
export function giveBackClaim(ctx: Context, agent: Agent): void {
	const {preview} = agent;
	if (!preview) return;
	delete agent.preview;
	wakeList(ctx.world, preview.listId);
	ctx.look = true;
}
