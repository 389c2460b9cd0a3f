import type {Database} from 'better-sqlite3';
import type {FieldValues} from '../domain/model.js';
import {cardText, recordTextsSql, searchable} from './customer-text.js';

type Row = {row: number; id: string; campaign_id: string; field_values: string};

/**
 * The text index, kept in step with the customers up to a row (`customer_texts_done`). Those behind it, just imported, are taken in by
 * `step`: an import is not kept waiting, and a search reads what is not in the index yet.
 * @param fieldsOf the fields of a campaign's card that are in it.
 */
export function prepareTexts(db: Database, fieldsOf: (campaignId: string) => readonly string[]) {
	const doneRow = db.prepare<[], number>('SELECT row FROM customer_texts_done').pluck();
	const setDone = db.prepare<[number]>('UPDATE customer_texts_done SET row = ?');
	const put = db.prepare<[number, string, string]>('INSERT OR REPLACE INTO customer_texts (rowid, card, records) VALUES (?, ?, ?)');
	const all = db.prepare("INSERT INTO customer_texts (customer_texts) VALUES ('delete-all')");
	const columns = 'row, id, campaign_id, field_values';
	const next = db.prepare<[number, number], Row>(`SELECT ${columns} FROM customers WHERE row > ? ORDER BY row LIMIT ?`);
	const one = db.prepare<[string], Row>(`SELECT ${columns} FROM customers WHERE id = ?`);
	const recordTexts = db.prepare<[string], string>(recordTextsSql).pluck();
	let known: number | undefined;
	const done = (): number => (known ??= doneRow.get() ?? 0);

	function index({row, id, campaign_id: campaignId, field_values: text}: Row): void {
		const values = JSON.parse(text) as FieldValues;
		put.run(row, cardText(values, fieldsOf(campaignId)), searchable(recordTexts.all(id)));
	}
	function moveTo(row: number): void {
		setDone.run(row);
		known = row;
	}
	return {
		/** New customers from this row on. SQLite gives the row of one who was last and is gone again. */
		added(row: number): void {
			if (row <= done()) moveTo(row - 1);
		},
		/** A customer whose values or records are other ones now. */
		changed(customerId: string): void {
			const found = one.get(customerId);
			if (found && found.row <= done()) index(found);
		},
		/** Takes the next customers in. False when there are none. */
		step(limit: number): boolean {
			const rows = next.all(done(), limit);
			for (const row of rows) index(row);
			if (rows.length > 0) moveTo(rows.at(-1)!.row);
			return rows.length > 0;
		},
		/** Other fields of a card are texts now. */
		afresh(): void {
			all.run();
			moveTo(0);
		},
		rolledBack(): void {
			known = undefined;
		},
	};
}
