/** What operators were in on past days, from the event log, as a rehearsal takes it. */
import type {StoreReader} from './store/port.js';

/** A status that is over, with the time it lasted. */
export type PastStatusRow = {agentId: string; status: string; fromMs: number; untilMs: number};

const eventsMax = 1_000_000;

/** Statuses that ended in that time. */
export function pastStatuses(reader: Pick<StoreReader, 'events'>, {sinceMs, untilMs}: {sinceMs: number; untilMs: number}): PastStatusRow[] {
	return reader.events({sinceMs, untilMs, kind: 'agent.status', limit: eventsMax}).flatMap(({agentId, atMs, data}) => {
		const forMs = Number(data?.['forMs']);
		if (agentId === undefined || !(forMs > 0)) return [];
		return [{agentId, status: String(data?.['from']), fromMs: atMs - forMs, untilMs: atMs}];
	});
}
