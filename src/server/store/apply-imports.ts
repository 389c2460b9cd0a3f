import type {Database} from 'better-sqlite3';
import {type CustomerRows, cardKeys} from './apply-customers.js';
import type {StoreOp} from './port.js';
import * as tables from './tables.js';

type Handler<K extends StoreOp['op']> = (op: Extract<StoreOp, {op: K}>) => unknown;

/** Ops about what brings many rows in at once, and what takes them back. */
export function prepareImports(
	db: Database,
	customers: CustomerRows,
): {[K in 'putImport' | 'importRows' | 'importNumbers' | 'eraseImport' | 'removeCustomer']: Handler<K>} {
	const put = db.prepare(tables.imports.put);
	const one = db.prepare<[string], {kind: string; list_id: string | null}>('SELECT kind, list_id FROM imports WHERE id = ?');
	const entries = db.prepare<[string, number]>('DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries WHERE list_id = ? LIMIT ?)');
	const own = db.prepare<[string, string, number], string>('SELECT id FROM customers WHERE id >= ? AND id < ? LIMIT ?').pluck();
	const counts = db.prepare<[string]>('DELETE FROM list_counts WHERE list_id = ?');
	const list = db.prepare<[string]>('DELETE FROM lists WHERE id = ?');
	const undone = db.prepare<[string]>("UPDATE imports SET state = 'undone' WHERE id = ?");
	const insertCustomer = db.prepare<[string, string, string, number, string | null]>(
		'INSERT INTO customers (id, campaign_id, field_values, stop_calling, version, code) VALUES (?, ?, ?, ?, 1, ?)',
	);
	const insertEntry = db.prepare<[string, string, string, string, number, number]>(
		`INSERT INTO entries (id, list_id, customer_id, number, state, position, attempts, blocked)
			VALUES (?, ?, ?, ?, 'waiting', ?, 0, ?)`,
	);
	const insertNumber = db.prepare<[string, string]>('INSERT OR IGNORE INTO customer_numbers VALUES (?, ?)');
	const suffix = (importId: string, position: number) => `${importId}-${position.toString(36).padStart(5, '0')}`;
	return {
		importRows({importId, campaignId, card, listId, first, rows}) {
			if (JSON.stringify(cardKeys(card)) !== JSON.stringify(customers.keys(campaignId)))
				throw new Error('the card of the campaign was changed meanwhile');
			const cells = rows.split('\0');
			for (let at = 0, position = first; at + 4 <= cells.length; at += 4, position++) {
				const own = suffix(importId, position);
				const stop = cells[at + 1] === '' ? 0 : 1;
				const {lastInsertRowid} = insertCustomer.run(`c${own}`, campaignId, cells[at]!, stop, cells[at + 3] || null);
				if (position === first) customers.texts.added(Number(lastInsertRowid));
				if (listId !== undefined) insertEntry.run(`e${own}`, listId, `c${own}`, cells[at + 2]!, position, stop);
			}
		},
		importNumbers({importId, numbers}) {
			for (const line of numbers.split('\n')) {
				const space = line.indexOf(' ');
				insertNumber.run(line.slice(0, space), `c${suffix(importId, Number(line.slice(space + 1)))}`);
			}
		},
		putImport: ({row}) => put.run(...tables.imports.encode(row)),
		eraseImport({importId, limit}) {
			const row = one.get(importId);
			if (!row) throw new Error(`no such import: ${importId}`);
			const {kind, list_id: listId} = row;
			if (listId !== null && entries.run(listId, limit).changes > 0) return;
			const ids = kind === 'import' ? own.all(`c${importId}-`, `c${importId}.`, limit) : [];
			for (const id of ids) customers.remove(id);
			if (ids.length > 0) return;
			if (listId !== null) {
				counts.run(listId);
				list.run(listId);
			}
			undone.run(importId);
		},
		removeCustomer: ({customerId}) => customers.remove(customerId),
	};
}
