import type {Database} from 'better-sqlite3';
import type {EventRow} from '../domain/model.js';
import * as tables from './tables.js';

/** What the administration of single customers asks. */
export function singleReader(db: Database) {
	const used = db
		.prepare<[{id: string}], number>(
			`SELECT 1 FROM calls WHERE customer_id = @id UNION ALL SELECT 1 FROM records WHERE customer_id = @id
				UNION ALL SELECT 1 FROM entries WHERE customer_id = @id LIMIT 1`,
		)
		.pluck();
	// Nobody says when a customer came: the first thing noted of it does, or the import that brought it.
	const idle = db.prepare<
		[{campaignId: string; beforeMs: number; afterRow: number; limit: number}],
		{row: number; id: string; idle: number}
	>(
		`SELECT rowid AS row, id, field_values <> '{}' AND (
				SELECT max(at) FROM (
					SELECT max(saved_ms) AS at FROM records WHERE customer_id = customers.id
					UNION ALL SELECT max(started_ms) FROM calls WHERE customer_id = customers.id
					UNION ALL SELECT max(at_ms) FROM events WHERE customer_id = customers.id AND kind <> 'customer.seen'
					UNION ALL SELECT at_ms FROM imports WHERE id = substr(customers.id, 2, instr(customers.id, '-') - 2)
				)) < @beforeMs AS idle
			FROM customers WHERE rowid > @afterRow AND campaign_id = @campaignId ORDER BY rowid LIMIT @limit`,
	);
	const ofCustomer = db.prepare<[string, number]>(
		`SELECT ${tables.events.select} FROM events WHERE customer_id = ? ORDER BY id DESC LIMIT ?`,
	);
	return {
		isCustomerUsed: (id: string): boolean => used.get({id}) !== undefined,
		idleCustomers(query: {campaignId: string; beforeMs: number; afterRow: number; limit: number}) {
			const rows = idle.all(query);
			const last = rows.length < query.limit ? undefined : rows.at(-1);
			return {ids: rows.filter(row => row.idle === 1).map(({id}) => id), ...(last && {lastRow: last.row})};
		},
		eventsOfCustomer: (customerId: string, limit: number): EventRow[] => ofCustomer.all(customerId, limit).map(tables.events.decode),
	};
}
