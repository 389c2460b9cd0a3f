/** Customers of a campaign by conditions, as SQL. The worker that runs it gives the functions `fold` and `holds`. */
import type {EntryState} from '../domain/model.js';
import {folded, gramLetters, recordTextsSql, wordsOf} from './customer-text.js';

export type CustomerCondition =
	| {on: 'field'; fieldId: string; is: 'contains' | 'equals' | 'from' | 'until'; value: string}
	/** Each word somewhere in these fields of the card, or in the records. */
	| {on: 'text'; value: string; fields: string[]}
	/** Digits, normalised. */
	| {on: 'number'; value: string}
	/** Of the last record; '' = none was chosen. */
	| {on: 'reached' | 'reaction' | 'next'; ids: string[]}
	/** In the list asked for, else in the newest one. */
	| {on: 'state'; states: EntryState[]}
	| {on: 'list'; listId: string}
	/** null: nobody's. */
	| {on: 'owner'; operatorId: string | null}
	/** Who saved the last record. */
	| {on: 'by'; operatorId: string}
	/** Time of the last record, of the next action: from, including, until, not including. */
	| {on: 'last' | 'due'; fromMs?: number; untilMs?: number}
	| {on: 'never'}
	| {on: 'stop'; value: boolean};

type TextCondition = Extract<CustomerCondition, {on: 'text'}>;

export type CustomerQuery = {
	campaignId: string;
	/** All of them hold. */
	where: CustomerCondition[];
	/** Field id of the card, or one of the others. */
	sort: {by: string | {other: 'code' | 'last' | 'due' | 'state' | 'stop'}; descending: boolean};
};

const lastRecord = 'SELECT rowid FROM records WHERE records.customer_id = customers.id ORDER BY saved_ms DESC, rowid DESC LIMIT 1';

/** @returns ids of all that are found, in order. */
export function searchSql({campaignId, where, sort}: CustomerQuery): {sql: string; values: unknown[]} {
	const values: unknown[] = [];
	const value = (each: unknown): string => {
		values.push(each);
		return '?';
	};
	const text = where.find(each => each.on === 'text');
	const hits = text && hitsSql(text, campaignId, value);
	const list = where.find(each => each.on === 'list');
	const entry = `SELECT rowid FROM entries WHERE entries.customer_id = customers.id${
		list ? ` AND entries.list_id = ${value(list.listId)}` : ''
	} ORDER BY rowid DESC LIMIT 1`;
	const conditions = [
		`customers.campaign_id = ${value(campaignId)}`,
		...where.flatMap(each => (each.on === 'text' ? [] : [conditionSql(each, value)])),
	];
	const order = orderSql(sort.by, value);
	const direction = sort.descending ? 'DESC' : 'ASC';
	return {
		sql: `${hits ? `WITH hits (row) AS MATERIALIZED (${hits}) ` : ''}SELECT customers.id
			FROM ${hits ? 'hits CROSS JOIN customers ON customers.row = hits.row' : 'customers'}
			LEFT JOIN records AS last ON last.rowid = (${lastRecord})
			LEFT JOIN entries AS entry ON entry.rowid = (${entry})
			WHERE ${conditions.join(' AND ')}
			ORDER BY ${order} IS NULL, ${order.replace('?', () => value(values.at(-1)))} ${direction}, customers.rowid ${direction}`,
		values,
	};
}

/**
 * Rows of the customers with all the words. Three letters and more are looked up as they are, fewer as the beginning of an entry: each letter
 * of a text begins one. Customers that are not in the index yet are read.
 */
function hitsSql({value: typed, fields}: TextCondition, campaignId: string, value: (each: unknown) => string): string {
	const words = wordsOf(typed);
	const found = words.map(word =>
		[...word].length >= gramLetters
			? `SELECT rowid FROM customer_texts WHERE customer_texts MATCH ${value(`"${word.replaceAll('"', '""')}"`)}`
			: `SELECT doc FROM customer_terms WHERE term >= ${value(word)} AND term < ${value(`${word}\u{10ffff}`)}`,
	);
	return `${found.length > 0 ? found.join(' INTERSECT ') : 'SELECT row FROM customers'}
		UNION SELECT row FROM customers WHERE row > (SELECT row FROM customer_texts_done) AND campaign_id = ${value(campaignId)}
			AND holds(field_values, (SELECT group_concat(text, char(10)) FROM (${recordTextsSql.replace('?', 'customers.id')})),
				${value(JSON.stringify(fields))}, ${value(JSON.stringify(words))})`;
}

function conditionSql(condition: Exclude<CustomerCondition, TextCondition>, value: (each: unknown) => string): string {
	const oneOf = (column: string, all: readonly unknown[]): string => `${column} IN (${all.map(value).join(', ')})`;
	switch (condition.on) {
		case 'field': {
			const cell = `coalesce(json_extract(customers.field_values, ${value(`$."${condition.fieldId}"`)}), '')`;
			if (condition.is === 'from') return `${cell} >= ${value(condition.value)}`;
			if (condition.is === 'until')
				return `${cell} <> '' AND ${cell.replace('?', () => value(`$."${condition.fieldId}"`))} <= ${value(condition.value)}`;
			if (condition.is === 'equals') return `fold(${cell}) = ${value(folded(condition.value))}`;
			return `instr(fold(${cell}), ${value(folded(condition.value))}) > 0`;
		}
		case 'number':
			return `customers.id IN (SELECT customer_id FROM customer_numbers WHERE number = ${value(condition.value)})`;
		case 'reached':
			return oneOf("coalesce(last.reached_id, '')", condition.ids);
		case 'reaction':
			return oneOf("coalesce(last.reaction_id, '')", condition.ids);
		case 'next':
			return oneOf("coalesce(last.next_action_id, '')", condition.ids);
		case 'state':
			return oneOf("coalesce(entry.state, '')", condition.states);
		case 'list':
			return 'entry.id IS NOT NULL';
		case 'owner':
			return condition.operatorId === null ? 'customers.owner_id IS NULL' : `customers.owner_id = ${value(condition.operatorId)}`;
		case 'by':
			return `last.operator_id = ${value(condition.operatorId)}`;
		case 'never':
			return 'last.id IS NULL';
		case 'stop':
			return `customers.stop_calling = ${Number(condition.value)}`;
		default: {
			const column = condition.on === 'last' ? 'last.saved_ms' : 'last.next_at_ms';
			const from = condition.fromMs === undefined ? '' : ` AND ${column} >= ${value(condition.fromMs)}`;
			const until = condition.untilMs === undefined ? '' : ` AND ${column} < ${value(condition.untilMs)}`;
			return `${column} IS NOT NULL${from}${until}`;
		}
	}
}

function orderSql(by: CustomerQuery['sort']['by'], value: (each: unknown) => string): string {
	if (typeof by === 'string') return `fold(nullif(json_extract(customers.field_values, ${value(`$."${by}"`)}), ''))`;
	return {code: 'customers.code', last: 'last.saved_ms', due: 'last.next_at_ms', state: 'entry.state', stop: 'customers.stop_calling'}[
		by.other
	];
}

/** What a list shows of a customer besides the card: parameters are the list (or null) and the customer. */
export const besidesSql = `SELECT last.saved_ms AS lastMs, last.reached_id AS reachedId, last.reaction_id AS reactionId,
		last.next_action_id AS nextActionId, last.next_at_ms AS nextAtMs, last.operator_id AS operatorId,
		iif(entry.blocked AND entry.state IN ('waiting', 'autoRecall'), 'stopped', entry.state) AS state
	FROM customers
	LEFT JOIN records AS last ON last.rowid = (${lastRecord})
	LEFT JOIN entries AS entry ON entry.rowid = (
		SELECT rowid FROM entries WHERE customer_id = customers.id AND list_id = coalesce(@listId, list_id) ORDER BY rowid DESC LIMIT 1)
	WHERE customers.id = @customerId`;
