import type {Database} from 'better-sqlite3';
import type {StoreReader} from './port.js';
import * as tables from './tables.js';

/** Rows of one kind that are gone through, newest first: the question is about what holds now, not about history. */
const rowsMax = 20_000;

/** Makes the search for the newest event with certain fields; fields that are not asked for are given as null. */
export function newestReader(db: Database): StoreReader['newestEvent'] {
	const {select, decode} = tables.events;
	const newest = db.prepare(`SELECT ${select} FROM
		(SELECT * FROM events WHERE kind = @kind AND at_ms <= @untilMs ORDER BY at_ms DESC, id DESC LIMIT ${rowsMax})
		WHERE (@callId IS NULL OR call_id = @callId) AND (@agentId IS NULL OR agent_id = @agentId)
			AND (@campaignId IS NULL OR campaign_id = @campaignId) AND (@groupId IS NULL OR group_id = @groupId)
			AND (@listId IS NULL OR list_id = @listId) AND (@customerId IS NULL OR customer_id = @customerId)
			AND (@name IS NULL OR json_extract(data, '$.' || @name) = @value)
		ORDER BY at_ms DESC, id DESC LIMIT 1`);
	const nothing = {callId: null, agentId: null, campaignId: null, groupId: null, listId: null, customerId: null, name: null, value: null};
	return ({kinds, data, untilMs = Number.MAX_SAFE_INTEGER, ...fields}) => {
		const rows = kinds.flatMap(kind => {
			const row = newest.get({...nothing, ...fields, ...data, untilMs, kind});
			return row === undefined ? [] : [decode(row)];
		});
		return rows.sort((a, b) => b.atMs - a.atMs)[0];
	};
}
