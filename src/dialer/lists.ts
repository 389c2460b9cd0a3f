/** Which lists are dialled: started, of the campaign, and bound to the group or to none. Ways 1, 2 and 3 of managing lists in one rule. */
import type {CallList} from '../server/domain/model.js';

/** In the order to be worked: smaller priority numbers first, then by id, so that the order never wavers. */
export function workableLists(lists: Iterable<CallList>, campaignId: string, groupId: string): CallList[] {
	const workable = [...lists].filter(
		list =>
			list.started &&
			list.archivedMs === undefined &&
			list.campaignId === campaignId &&
			(list.groupId === undefined || list.groupId === groupId),
	);
	return workable.sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
}

/** How far each mixed list has come; the smallest is next. */
export type Mixed = ReadonlyMap<string, number>;

/**
 * The order in which the next entry is looked for. Lists of the same priority of which one has a `mix` are worked side by side, each
 * by its weight (1 where none is set); all others one after another.
 */
export function inTurn(lists: readonly CallList[], mixed: Mixed): CallList[] {
	const order: CallList[] = [];
	for (let from = 0; from < lists.length; ) {
		let to = from + 1;
		while (lists[to]?.priority === lists[from]!.priority) to++;
		const same = lists.slice(from, to);
		if (same.some(({mix}) => mix !== undefined)) same.sort((a, b) => (mixed.get(a.id) ?? 0) - (mixed.get(b.id) ?? 0));
		order.push(...same);
		from = to;
	}
	return order;
}

/** After an entry of the list was taken. A list that is new among its kind begins where the others are. */
export function afterTurn(list: CallList, lists: readonly CallList[], mixed: Mixed): number {
	const others = lists.filter(({id, priority}) => id !== list.id && priority === list.priority).flatMap(({id}) => mixed.get(id) ?? []);
	const at = mixed.get(list.id) ?? (others.length > 0 ? Math.min(...others) : 0);
	return at + 1 / (list.mix ?? 1);
}
