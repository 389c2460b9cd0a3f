/** Which lists are dialled: started, of the campaign, and bound to the group or to none. Ways 1, 2 and 3 of managing lists in one rule. */
import type {CallList} from '../server/domain/model.js';

/** In the order to be worked: smaller priority numbers first, then by id, so that the order never wavers. */
export function workableLists(lists: Iterable<CallList>, campaignId: string, groupId: string): CallList[] {
	const workable = [...lists].filter(
		list => list.started && list.campaignId === campaignId && (list.groupId === undefined || list.groupId === groupId),
	);
	return workable.sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
}
