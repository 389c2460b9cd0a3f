import type {Database} from 'better-sqlite3';
import type {CallRow} from '../domain/model.js';
import * as tables from './tables.js';

/** What an operator was in at a moment. */
export type StandingRow = {agentId: string; status: string; sinceMs: number; callId?: string; groupIds?: string[]};
/** A record that promises a call. `kept`: there was a call to or from the customer near its time. */
export type PromiseRow = {
	recordId: string;
	campaignId: string;
	nextActionId: string;
	agentId: string;
	atMs: number;
	callId?: string;
	kept: boolean;
	/** A later record was there before its time. */
	replaced: boolean;
};
/** Records by what they say; `key` of the dimension asked for, '' where there is none. */
export type RecordCount = {key: string; campaignId: string; reachedId: string; reactionId: string; nextActionId: string; count: number};
export type CallQuery = {
	fromMs: number;
	untilMs: number;
	/** Only those before this one, by time and id: the next page. */
	before?: {startedMs: number; id: string};
	agentId?: string;
	groupId?: string;
	campaignId?: string;
	listId?: string;
	customerId?: string;
	outcome?: string;
	direction?: 'in' | 'out';
	/** Part of either number, digits. */
	number?: string;
	limit: number;
};

/** What only reports and the history of calls ask. */
export function reportReader(db: Database) {
	const event = tables.events.select;
	const last = (kind: string) =>
		db.prepare<[string, number], unknown>(
			`SELECT ${event} FROM events WHERE agent_id = ? AND kind = '${kind}' AND at_ms < ? ORDER BY at_ms DESC, id DESC LIMIT 1`,
		);
	const status = last('agent.status');
	const working = last('session.working');
	const restarted = db
		.prepare<[number], number>("SELECT at_ms FROM events WHERE kind = 'service.recovered' AND at_ms < ? ORDER BY at_ms DESC LIMIT 1")
		.pluck();
	const promises = db.prepare<[{fromMs: number; untilMs: number; withinMs: number}]>(
		`SELECT id AS "recordId", campaign_id AS "campaignId", next_action_id AS "nextActionId", next_operator_id AS "agentId",
			next_at_ms AS "atMs", call_id AS "callId",
			EXISTS (SELECT 1 FROM calls WHERE calls.customer_id = records.customer_id
				AND started_ms BETWEEN next_at_ms - @withinMs AND next_at_ms + @withinMs) AS kept,
			EXISTS (SELECT 1 FROM records AS later WHERE later.customer_id = records.customer_id
				AND later.saved_ms > records.saved_ms AND later.saved_ms < records.next_at_ms - @withinMs) AS replaced
		FROM records WHERE next_operator_id IS NOT NULL AND next_at_ms >= @fromMs AND next_at_ms < @untilMs ORDER BY next_at_ms`,
	);
	const attempts = db.prepare<[string], {tried: number; attempts: number}>(
		'SELECT count(*) FILTER (WHERE attempts > 0) AS tried, coalesce(sum(attempts), 0) AS attempts FROM entries WHERE list_id = ?',
	);
	const keys = {
		total: "''",
		group: "coalesce(calls.group_id, '')",
		list: "coalesce(calls.list_id, '')",
		campaign: 'records.campaign_id',
		agent: 'records.operator_id',
	};
	const counted = (key: string) =>
		db.prepare<[number, number], RecordCount>(
			`SELECT ${key} AS key, records.campaign_id AS "campaignId", coalesce(reached_id, '') AS "reachedId",
				coalesce(reaction_id, '') AS "reactionId", coalesce(next_action_id, '') AS "nextActionId", count(*) AS count
			FROM records LEFT JOIN calls ON calls.id = records.call_id WHERE saved_ms >= ? AND saved_ms < ?
			GROUP BY 1, 2, 3, 4, 5`,
		);
	const byKey = Object.fromEntries(Object.entries(keys).map(([by, key]) => [by, counted(key)])) as Record<
		keyof typeof keys,
		ReturnType<typeof counted>
	>;
	const calls = db.prepare<[Record<string, unknown>]>(
		`SELECT ${tables.calls.select} FROM calls WHERE started_ms >= @fromMs AND started_ms < @untilMs
			AND (@beforeId IS NULL OR started_ms < @beforeMs OR started_ms = @beforeMs AND id < @beforeId)
			AND (@agentId IS NULL OR agent_id = @agentId) AND (@groupId IS NULL OR group_id = @groupId)
			AND (@campaignId IS NULL OR campaign_id = @campaignId) AND (@listId IS NULL OR list_id = @listId)
			AND (@customerId IS NULL OR customer_id = @customerId) AND (@outcome IS NULL OR outcome = @outcome)
			AND (@direction IS NULL OR direction = @direction)
			AND (@number IS NULL OR instr(replace(from_number, '-', ''), @number) > 0 OR instr(replace(to_number, '-', ''), @number) > 0)
		ORDER BY started_ms DESC, id DESC LIMIT @limit`,
	);
	return {
		statusesAt(agentIds: readonly string[], atMs: number): StandingRow[] {
			const restartedMs = restarted.get(atMs) ?? Number.NEGATIVE_INFINITY;
			return agentIds.flatMap(agentId => {
				const found = status.get(agentId, atMs);
				if (found === undefined) return [];
				const row = tables.events.decode(found);
				const to = String(row.data?.['to']);
				// A session that did not come back with the service was over when it ended.
				if (to === 'loggedOff' || row.atMs < restartedMs) return [];
				const work = working.get(agentId, atMs);
				const groupIds = work === undefined ? undefined : (tables.events.decode(work).data?.['groupIds'] as string[] | undefined);
				const {callId} = row;
				return [{agentId, status: to, sinceMs: row.atMs, ...(callId !== undefined && {callId}), ...(groupIds && {groupIds})}];
			});
		},
		promisesBetween: (query: {fromMs: number; untilMs: number; withinMs: number}): PromiseRow[] =>
			promises.all(query).map(found => {
				const {callId, kept, replaced, ...row} = found as Omit<PromiseRow, 'kept' | 'replaced'> & {kept: number; replaced: number};
				return {...row, ...(callId != null && {callId}), kept: kept === 1, replaced: replaced === 1};
			}),
		attemptsOf: (listId: string) => attempts.get(listId)!,
		recordCounts: (by: keyof typeof keys, fromMs: number, untilMs: number): RecordCount[] => byKey[by].all(fromMs, untilMs),
		calls({before, ...query}: CallQuery): CallRow[] {
			const none = {
				agentId: null,
				groupId: null,
				campaignId: null,
				listId: null,
				customerId: null,
				outcome: null,
				direction: null,
				number: null,
			};
			return calls.all({...none, ...query, beforeMs: before?.startedMs ?? null, beforeId: before?.id ?? null}).map(tables.calls.decode);
		},
	};
}
