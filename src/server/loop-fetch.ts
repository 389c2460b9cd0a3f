/** Reads for the domain, answered as events. */
import {numbersOf, scopesOf} from './domain/dial/forbidden.js';
import {leadChance} from './domain/dial/leads.js';
import type {Effect} from './domain/effects.js';
import type {DomainEvent} from './domain/events.js';
import type {Customer, ListEntry} from './domain/model.js';
import {recallItem} from './domain/recalls.js';
import type {World} from './domain/world.js';
import type {StoreReader} from './store/port.js';

export type FetchEffect = Extract<Effect, {type: 'fetchEntries' | 'fetchCustomer' | 'findCustomers' | 'fetchRecalls'}>;
type Reader = Pick<StoreReader, 'dialableEntries' | 'nextDueMs' | 'doNotCall' | 'customer' | 'customersByNumber' | 'recallsOf'>;

/** Open recalls of one operator that are kept at hand. */
const recallsMax = 500;

/** The event that answers; an empty one with the error when the read failed, so that nobody waits for ever. */
export function answerFetch(effect: FetchEffect, reader: Reader, world: World, nowMs: number): {event: DomainEvent; error?: string} {
	try {
		return {event: answer(effect, reader, world, nowMs)};
	} catch (error) {
		return {event: nothing(effect), error: String(error)};
	}
}

function answer(effect: FetchEffect, reader: Reader, world: World, nowMs: number): DomainEvent {
	const some = (customer: Customer | undefined) => (customer ? [customer] : []);
	switch (effect.type) {
		case 'fetchEntries': {
			const {listId, limit} = effect;
			const list = world.config.lists.find(({id}) => id === listId);
			const exclude = new Set(effect.exclude);
			const chanceOf = (entry: ListEntry) => leadChance(world, list?.campaignId ?? '', entry, nowMs).factor;
			const entries = reader.dialableEntries({listId, nowMs, limit, exclude, ...(list?.order && {order: list.order, chanceOf})});
			const customers = entries.flatMap(entry => some(reader.customer(entry.customerId)));
			const nextDueMs = reader.nextDueMs(listId, nowMs);
			// All their numbers: where one may not be called another is.
			const campaign = campaignOf(world, list?.campaignId ?? '');
			const own = customers.flatMap(customer => numbersOf(campaign, customer));
			const numbers = [...new Set([...entries.map(({number}) => number), ...own])];
			const forbidden =
				numbers.length > 0 ? reader.doNotCall(scopesOf(world, list?.campaignId ?? ''), numbers).map(({number}) => number) : [];
			return {type: 'entriesFetched', listId, entries, customers, forbidden, ...(nextDueMs !== undefined && {nextDueMs})};
		}
		case 'fetchCustomer':
			return {type: 'customersFetched', fetchId: effect.fetchId, customers: some(reader.customer(effect.customerId))};
		case 'findCustomers':
			return {
				type: 'customersFetched',
				fetchId: effect.fetchId,
				customers: effect.campaignIds.flatMap(campaignId => reader.customersByNumber(campaignId, effect.number)),
			};
		case 'fetchRecalls': {
			const recalls = reader.recallsOf(effect.operatorId, recallsMax).flatMap(record => {
				const customer = reader.customer(record.customerId);
				const item = customer && recallItem(record, customer, campaignOf(world, record.campaignId));
				return item ? [item] : [];
			});
			return {type: 'recallsFetched', operatorId: effect.operatorId, recalls};
		}
		default:
			return effect satisfies never;
	}
}

const campaignOf = (world: World, id: string) => world.config.campaigns.find(campaign => campaign.id === id);

function nothing(effect: FetchEffect): DomainEvent {
	switch (effect.type) {
		case 'fetchEntries':
			return {type: 'entriesFetched', listId: effect.listId, entries: [], customers: [], forbidden: []};
		case 'fetchRecalls':
			return {type: 'recallsFetched', operatorId: effect.operatorId, recalls: []};
		default:
			return {type: 'customersFetched', fetchId: effect.fetchId, customers: []};
	}
}
