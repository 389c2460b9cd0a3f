/** "Do not call me again": from that moment on, in no list of the client. */
import {type Context, campaignOf, change, note, persist} from '../context.js';
import {changeEntry} from '../entries.js';
import type {Customer} from '../model.js';
import {normaliseNumber} from '../numbers.js';
import type {World} from '../world.js';
import {rulesOf} from './budget.js';
import {clientScope, numbersOf} from './forbidden.js';

/** Refusals kept in memory, for what was read before they were on the disk. */
const refusedMax = 10_000;

/** A record with this reaction was saved: whether that is a refusal, and if so what it means. `number`: the one they talked on. */
export function heardReaction(
	ctx: Context,
	customer: Customer,
	reactionId: string | undefined,
	by: {actor: string; number?: string | undefined},
): boolean {
	const {actor} = by;
	const {world} = ctx;
	const rules = rulesOf(world, customer.campaignId);
	if (reactionId === undefined || !rules?.refusalIds?.includes(reactionId)) return false;
	const campaignIds = campaignsOfClient(world, customer.campaignId);
	const own = numbersOf(campaignOf(world, customer.campaignId), customer);
	const numbers = by.number === undefined || own.includes(by.number) ? own : [...own, by.number];
	const [scope = `campaign:${customer.campaignId}`] = clientScope(world, customer.campaignId);
	forbidNumbers(ctx, scope, numbers);
	persist(ctx, {op: 'refuse', customerId: customer.id, campaignIds, numbers, scope, atMs: ctx.nowMs, source: actor});
	const {id: customerId, campaignId} = customer;
	note(ctx, 'customer.stopped', {actor, agentId: actor, customerId, campaignId, reason: 'refused', data: {reactionId, scope}});
	for (const [id, known] of world.customers) {
		const same = id === customerId || (campaignIds.includes(known.campaignId) && sharesNumber(world, known, numbers));
		if (same && !known.stopCalling) world.customers.set(id, {...known, stopCalling: true});
	}
	for (const agent of world.agents.values())
		if (agent.customerId !== undefined && world.customers.get(agent.customerId)?.stopCalling) change(ctx, agent.operatorId, 'customer');
	emptyHoppers(ctx, campaignIds);
	return true;
}

/** All campaigns of the same client; one without a client is alone. */
function campaignsOfClient({config}: World, campaignId: string): string[] {
	const client = config.dialRules?.find(rules => rules.campaignId === campaignId)?.client;
	if (client === undefined) return [campaignId];
	return (config.dialRules ?? []).filter(rules => rules.client === client).map(rules => rules.campaignId);
}

const sharesNumber = (world: World, customer: Customer, numbers: readonly string[]): boolean =>
	numbersOf(campaignOf(world, customer.campaignId), customer).some(number => numbers.includes(number));

/** Entries at hand that may not be dialled any more leave the line at once. */
function emptyHoppers(ctx: Context, campaignIds: readonly string[]): void {
	const {world} = ctx;
	for (const [listId, hopper] of world.hoppers) {
		if (!campaignIds.includes(world.config.lists.find(({id}) => id === listId)?.campaignId ?? '')) continue;
		const stopped = hopper.entries.filter(({customerId}) => world.customers.get(customerId)?.stopCalling);
		hopper.entries = hopper.entries.filter(entry => !stopped.includes(entry));
		for (const entry of stopped) changeEntry(ctx, entry, {state: 'stopped'}, {reason: 'stopCalling'});
	}
}

/** Numbers of a do-not-call file that was changed, or of somebody who has refused. */
export function forbidNumbers({world, nowMs}: Pick<Context, 'world' | 'nowMs'>, scope: string, numbers: readonly string[]): void {
	for (const number of numbers) {
		world.refused.set(`${scope} ${number}`, nowMs);
		if (world.refused.size > refusedMax) world.refused.delete(world.refused.keys().next().value!);
	}
}

export function allowNumbers(world: World, scope: string, numbers: readonly string[]): void {
	for (const number of numbers) world.refused.delete(`${scope} ${normaliseNumber(number) ?? number}`);
}
