import type {Database} from 'better-sqlite3';
import type {Campaign, Customer, Draft, EntryState, EventRow, ListEntry, ResponseRecord} from '../domain/model.js';
import {entryStates} from '../domain/model.js';
import {normaliseNumber} from '../domain/numbers.js';
import {comparableCode} from './apply-customers.js';
import {auditReader} from './audit.js';
import type {EntryQuery, StoreReader} from './port.js';
import {adminReader} from './reader-admin.js';
import {singleReader} from './reader-customers.js';
import {dialReader, leadReader} from './reader-dial.js';
import {externalReader} from './reader-external.js';
import {inboundReader} from './reader-inbound.js';
import {newestReader} from './reader-newest.js';
import {recordingReader} from './reader-recordings.js';
import {reportReader} from './reader-reports.js';
import * as tables from './tables.js';

/**
 * The statements of the dialler's three questions. Each must be served by an index that holds only entries which may still be
 * dialled: a test looks at their query plans.
 */
export const dialQueries = {
	/** Parameters: list, now. */
	dueRecalls: `SELECT ${tables.entries.select} FROM entries
		WHERE list_id = ? AND state = 'autoRecall' AND blocked = 0 AND next_at_ms <= ? ORDER BY next_at_ms`,
	/** Parameters: list. */
	timelessRecalls: `SELECT ${tables.entries.select} FROM entries
		WHERE list_id = ? AND state = 'autoRecall' AND blocked = 0 AND next_at_ms IS NULL`,
	/** Parameters: list. */
	waiting: `SELECT ${tables.entries.select} FROM entries
		WHERE list_id = ? AND state = 'waiting' AND blocked = 0 AND next_at_ms IS NULL ORDER BY position`,
	/** Parameters: list. */
	newest: `SELECT ${tables.entries.select} FROM entries
		WHERE list_id = ? AND state = 'waiting' AND blocked = 0 AND next_at_ms IS NULL ORDER BY position DESC`,
	/** From somewhere on. Parameters: list, position. */
	anywhere: `SELECT ${tables.entries.select} FROM entries
		WHERE list_id = ? AND state = 'waiting' AND blocked = 0 AND next_at_ms IS NULL AND position >= ? ORDER BY position LIMIT 1`,
	/** Put off, and due again. Parameters: list, now. */
	putOff: `SELECT ${tables.entries.select} FROM entries
		WHERE list_id = ? AND state = 'waiting' AND blocked = 0 AND next_at_ms <= ? ORDER BY next_at_ms`,
	/** Parameters: list, now. */
	nextRecall: `SELECT min(next_at_ms) FROM entries
		WHERE list_id = ? AND state = 'autoRecall' AND blocked = 0 AND next_at_ms > ?`,
	/** Parameters: list, now. */
	nextPutOff: `SELECT min(next_at_ms) FROM entries
		WHERE list_id = ? AND state = 'waiting' AND blocked = 0 AND next_at_ms > ?`,
} as const;

/** Makes the reader on a read-only connection; every statement is prepared here, once. */
export function prepareReader(db: Database): StoreReader {
	const one = <T>(table: tables.Table<T>, rest: string) => {
		const statement = db.prepare(`SELECT ${table.select} FROM ${table.name} ${rest}`);
		return (...cells: unknown[]): T | undefined => {
			const row = statement.get(...cells);
			return row === undefined ? undefined : table.decode(row);
		};
	};
	const many = <T>(table: tables.Table<T>, rest: string) => {
		const statement = db.prepare(`SELECT ${table.select} FROM ${table.name} ${rest}`);
		return (...cells: unknown[]): T[] => statement.all(...cells).map(table.decode);
	};
	const column = <T>(sql: string) => db.prepare<unknown[], T>(sql).pluck();

	const operators = many(tables.operators, 'ORDER BY login_id');
	const operator = one(tables.operators, 'WHERE id = ?');
	const operatorByLogin = one(tables.operators, 'WHERE login_id = ?');
	const passwordHash = column<string>('SELECT password_hash FROM operators WHERE id = ?');
	const groups = many(tables.groups, 'ORDER BY number');
	const groupIdsOf = column<string>('SELECT group_id FROM operator_groups WHERE operator_id = ? ORDER BY group_id');
	const extensions = db.prepare<[], {extension: string; ha1: string}>('SELECT extension, ha1 FROM extensions ORDER BY extension');
	const campaigns = many(tables.campaigns, 'ORDER BY code');
	const lists = many(tables.lists, 'ORDER BY priority, id');
	const autoDials = many(tables.autoDials, 'ORDER BY campaign_id, group_id');
	const call = one(tables.calls, 'WHERE id = ?');
	const openCalls = many(tables.calls, 'WHERE ended_ms IS NULL ORDER BY started_ms');
	const draft = column<string>('SELECT draft FROM drafts WHERE operator_id = ?');
	const sessions = many(tables.sessions, 'ORDER BY created_ms');

	return {
		operators,
		operator,
		operatorByLogin(loginId) {
			const found = operatorByLogin(loginId);
			return found && {...found, passwordHash: passwordHash.get(found.id) ?? ''};
		},
		groups,
		groupIdsOf: operatorId => groupIdsOf.all(operatorId),
		extensions: () => extensions.all(),
		campaigns,
		lists,
		autoDials,
		...entryReader(db, {one, many, column}),
		...customerReader({one, many, column}),
		...recordReader({one, many}, campaigns),
		...dialReader(db, {one, many, column}),
		...leadReader(db),
		...inboundReader(db, {one, many, column}),
		...recordingReader(db, {one, many, column}),
		...adminReader(db),
		...reportReader(db),
		...externalReader(db),
		...auditReader(db),
		...singleReader(db),
		call,
		openCalls,
		draft(operatorId) {
			const text = draft.get(operatorId);
			return text === undefined ? undefined : (JSON.parse(text) as Draft);
		},
		sessions,
		events: eventReader({many}),
		newestEvent: newestReader(db),
		eventPage: eventPager(db),
		close: () => db.close(),
	};
}

export type Prepare = {
	one<T>(table: tables.Table<T>, rest: string): (...cells: unknown[]) => T | undefined;
	many<T>(table: tables.Table<T>, rest: string): (...cells: unknown[]) => T[];
	column<T>(sql: string): {get(...cells: unknown[]): T | undefined; all(...cells: unknown[]): T[]};
};

/** Entries that are compared with each other where the likeliest come first. */
const consideredMax = 3_000;
const isOwed = ({state, lastOutcome}: ListEntry): boolean =>
	state === 'autoRecall' && (lastOutcome === 'abandoned' || lastOutcome === 'talked');

function entryReader(db: Database, {one, many}: Prepare) {
	const entry = one(tables.entries, 'WHERE customer_id = ? AND list_id = ?');
	const dangling = many(tables.entries, "WHERE state IN ('dialling', 'inCall')");
	const counts = db.prepare<[string], {state: EntryState; entries: number}>('SELECT state, entries FROM list_counts WHERE list_id = ?');
	const dueRecalls = db.prepare(dialQueries.dueRecalls);
	const timelessRecalls = db.prepare(dialQueries.timelessRecalls);
	const putOff = db.prepare(dialQueries.putOff);
	const waiting = db.prepare(dialQueries.waiting);
	const newest = db.prepare(dialQueries.newest);
	const anywhere = db.prepare(dialQueries.anywhere);
	const nextOf = [dialQueries.nextRecall, dialQueries.nextPutOff].map(sql => db.prepare<unknown[], number | null>(sql).pluck());
	/** Entries next to places that chance picks, each once; fewer than asked for where it keeps picking the same. */
	function scattered(listId: string, limit: number, exclude: ReadonlySet<string>, found: ListEntry[]): void {
		const first = waiting.get(listId) as {position: number} | undefined;
		const last = newest.get(listId) as {position: number} | undefined;
		if (!first || !last) return;
		const seen = new Set(exclude);
		for (let tries = 2 * limit; tries > 0 && limit > 0; tries--) {
			const at = first.position + Math.floor(Math.random() * (last.position - first.position + 1));
			const row = anywhere.get(listId, at) as {id: string} | undefined;
			if (!row || seen.has(row.id)) continue;
			seen.add(row.id);
			found.push(tables.entries.decode(row));
			limit--;
		}
	}
	/** Those who are owed a call, then the likeliest among so many that are due and as many that wait. */
	function likeliest(
		listId: string,
		nowMs: number,
		limit: number,
		exclude: ReadonlySet<string>,
		chanceOf: (entry: ListEntry) => number,
	): ListEntry[] {
		const owed: ListEntry[] = [];
		const others: Array<{entry: ListEntry; chance: number}> = [];
		const look = (rows: Iterable<unknown>, most: number) => {
			let left = most;
			for (const row of rows) {
				if (left-- <= 0) break;
				const entry = tables.entries.decode(row);
				if (exclude.has(entry.id)) left++;
				else if (isOwed(entry)) owed.push(entry);
				else others.push({entry, chance: chanceOf(entry)});
			}
		};
		look(dueRecalls.iterate(listId, nowMs), consideredMax);
		look(timelessRecalls.iterate(listId), consideredMax);
		look(putOff.iterate(listId, nowMs), consideredMax);
		// Those who were never called are alike: more of them would tell nothing.
		look(waiting.iterate(listId), limit);
		others.sort((a, b) => b.chance - a.chance);
		return [...owed, ...others.map(({entry}) => entry)].slice(0, limit);
	}
	return {
		dialableEntries({listId, nowMs, limit, exclude, order, chanceOf}: EntryQuery): ListEntry[] {
			if (order === 'likely' && chanceOf) return likeliest(listId, nowMs, limit, exclude, chanceOf);
			const found: ListEntry[] = [];
			// Rows are taken one by one and the query is left as soon as there are enough: the rest of the list is never read.
			const take = (rows: Iterable<unknown>, held: ReadonlySet<string> = exclude) => {
				if (found.length >= limit) return;
				for (const row of rows) {
					if (held.has((row as {id: string}).id)) continue;
					found.push(tables.entries.decode(row));
					if (found.length >= limit) return;
				}
			};
			if (limit <= 0) return found;
			take(dueRecalls.iterate(listId, nowMs));
			if (found.length < limit) take(timelessRecalls.iterate(listId));
			if (found.length < limit) take(putOff.iterate(listId, nowMs));
			if (found.length < limit && order === 'random') scattered(listId, limit - found.length, exclude, found);
			const held = order === 'random' ? new Set([...exclude, ...found.map(({id}) => id)]) : exclude;
			if (found.length < limit) take((order === 'newest' ? newest : waiting).iterate(listId), held);
			return found;
		},
		nextDueMs(listId: string, nowMs: number): number | undefined {
			const times = nextOf.flatMap(next => next.get(listId, nowMs) ?? []);
			return times.length > 0 ? Math.min(...times) : undefined;
		},
		entryOfCustomer: (listId: string, customerId: string) => entry(customerId, listId),
		listCounts(listId: string): Record<EntryState, number> {
			const result = Object.fromEntries(entryStates.map(state => [state, 0])) as Record<EntryState, number>;
			for (const row of counts.all(listId)) result[row.state] = row.entries;
			return result;
		},
		danglingEntries: () => dangling(),
	};
}

function customerReader({one, many, column}: Prepare) {
	const customer = one(tables.customers, 'WHERE id = ?');
	const ownsNumber = 'id IN (SELECT customer_id FROM customer_numbers WHERE number = ?)';
	const byNumber = many(tables.customers, `WHERE ${ownsNumber} ORDER BY id`);
	const byNumberInCampaign = many(tables.customers, `WHERE ${ownsNumber} AND campaign_id = ? ORDER BY id`);
	const ofOwner = many(tables.customers, 'WHERE owner_id = ? AND campaign_id IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?');
	const byCode = column<string>('SELECT id FROM customers WHERE campaign_id = ? AND code = ? LIMIT 1');
	return {
		customer,
		customersByNumber(campaignId: string | undefined, number: string): Customer[] {
			const digits = normaliseNumber(number);
			if (!digits) return [];
			return campaignId === undefined ? byNumber(digits) : byNumberInCampaign(digits, campaignId);
		},
		customersOf: (ownerId: string, campaignIds: readonly string[], limit: number): Customer[] =>
			ofOwner(ownerId, JSON.stringify(campaignIds), limit),
		customerIdsByCode(campaignId: string, codes: readonly string[]): Map<string, string> {
			const found = new Map<string, string>();
			for (const code of codes) {
				const id = byCode.get(campaignId, comparableCode(code));
				if (id !== undefined) found.set(code, id);
			}
			return found;
		},
	};
}

function recordReader({one, many}: Pick<Prepare, 'one' | 'many'>, campaigns: () => Campaign[]) {
	const recordsOf = many(tables.records, 'WHERE customer_id = ? ORDER BY saved_ms DESC, rowid DESC LIMIT ?');
	// The kind of a next action stands in the campaign's master, so the ids that mean a recall are handed in as JSON.
	const open = `
			AND campaign_id || char(31) || next_action_id IN (SELECT value FROM json_each(?))
			AND NOT EXISTS (
				SELECT 1 FROM records AS later WHERE later.customer_id = records.customer_id
					AND (later.saved_ms > records.saved_ms OR later.saved_ms = records.saved_ms AND later.rowid > records.rowid)
			)
		ORDER BY next_at_ms LIMIT ?`;
	const recalls = many(tables.records, `WHERE next_operator_id = ? AND next_at_ms IS NOT NULL${open}`);
	const due = many(tables.records, `WHERE next_operator_id IS NOT NULL AND next_at_ms < ?${open}`);
	const recallActions = () =>
		JSON.stringify(
			campaigns().flatMap(({id, masters}) =>
				masters.nextActions.filter(({kind}) => kind === 'recall').map(action => `${id}\u001f${action.id}`),
			),
		);
	const record = one(tables.records, 'WHERE id = ?');
	return {
		record,
		recordsOf,
		recallsOf(operatorId: string, limit: number): ResponseRecord[] {
			return recalls(operatorId, recallActions(), limit);
		},
		recallsDue(untilMs: number, limit: number): ResponseRecord[] {
			return due(untilMs, recallActions(), limit);
		},
	};
}

function eventReader({many}: Pick<Prepare, 'many'>): StoreReader['events'] {
	const between = 'at_ms >= ? AND at_ms < ?';
	const all = many(tables.events, `WHERE ${between} ORDER BY at_ms, id LIMIT ?`);
	const ofKind = many(tables.events, `WHERE ${between} AND kind = ? ORDER BY at_ms, id LIMIT ?`);
	const ofCall = many(tables.events, `WHERE ${between} AND call_id = ? ORDER BY at_ms, id LIMIT ?`);
	return ({sinceMs, untilMs, callId, kind, limit}): EventRow[] => {
		if (callId !== undefined) {
			const rows = ofCall(sinceMs, untilMs, callId, kind === undefined ? limit : -1);
			return kind === undefined ? rows : rows.filter(row => row.kind === kind).slice(0, limit);
		}
		return kind === undefined ? all(sinceMs, untilMs, limit) : ofKind(sinceMs, untilMs, kind, limit);
	};
}

function eventPager(db: Database): StoreReader['eventPage'] {
	// Ids ascend with the time of writing: the two ends of the time are found by its index, what lies between is read by id.
	const first = db.prepare<[number], number>('SELECT id FROM events WHERE at_ms >= ? ORDER BY at_ms, id LIMIT 1').pluck();
	const last = db.prepare<[number], number>('SELECT id FROM events WHERE at_ms < ? ORDER BY at_ms DESC, id DESC LIMIT 1').pluck();
	const page = db.prepare<unknown[], {id: number}>(
		`SELECT id, ${tables.events.select} FROM events WHERE id BETWEEN ? AND ? AND at_ms >= ? AND at_ms < ?
			AND kind IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?`,
	);
	return ({kinds, sinceMs, untilMs, afterId, limit}) => {
		const from = afterId === undefined ? first.get(sinceMs) : afterId + 1;
		const to = last.get(untilMs);
		if (from === undefined || to === undefined || from > to) return {rows: []};
		const found = page.all(from, to, sinceMs, untilMs, JSON.stringify(kinds), limit);
		const lastId = found.length < limit ? undefined : found.at(-1)!.id;
		return {rows: found.map(tables.events.decode), ...(lastId !== undefined && {lastId})};
	};
}
