/** Rows of the floor that only the store knows: what lists still hold, and promises whose time comes. Made every few seconds. */
import type {FloorList, FloorRecall} from '../api/floor.js';
import {campaignOf, operatorOf} from '../domain/context.js';
import {recallItem} from '../domain/recalls.js';
import type {World} from '../domain/world.js';
import type {StoreReader} from '../store/port.js';

export type FloorReader = Pick<StoreReader, 'listCounts' | 'recallsDue' | 'customer'>;

const recallsMax = 200;
/** Promises are shown from so long before they are due: time enough to find somebody for one whose owner is absent. */
export const recallAheadMs = 30 * 60_000;

export function listRows(world: World, reader: Pick<FloorReader, 'listCounts'>): FloorList[] {
	return world.config.lists.map(({id, campaignId, name, groupId, started}) => {
		const counts = reader.listCounts(id);
		const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
		return {
			listId: id,
			campaignId,
			name,
			...(groupId !== undefined && {groupId}),
			started,
			total,
			open: counts.waiting + counts.autoRecall,
		};
	});
}

/** Open recalls that are overdue or due soon, the longest due first. */
export function recallRows(world: World, reader: FloorReader, nowMs: number): FloorRecall[] {
	return reader.recallsDue(nowMs + recallAheadMs, recallsMax).flatMap(record => {
		const customer = world.customers.get(record.customerId) ?? reader.customer(record.customerId);
		const item = customer && recallItem(record, customer, campaignOf(world, record.campaignId));
		if (!item) return [];
		const {recordId, operatorId, customerName, number, nextAtMs} = item;
		const operatorName = operatorOf(world, operatorId)?.name ?? operatorId;
		return [{recordId, operatorId, operatorName, customerName, number, nextAtMs, absent: !world.agents.has(operatorId)}];
	});
}
