import type {Database} from 'better-sqlite3';
import type {StoreOp} from './port.js';
import * as tables from './tables.js';

type Handler<K extends StoreOp['op']> = (op: Extract<StoreOp, {op: K}>) => unknown;

/** Ops about what brings many rows in at once, and what takes them back. */
export function prepareImports(db: Database): {[K in 'putImport' | 'eraseImport' | 'removeCustomer']: Handler<K>} {
	const put = db.prepare(tables.imports.put);
	const one = db.prepare<[string], {kind: string; list_id: string | null}>('SELECT kind, list_id FROM imports WHERE id = ?');
	const entries = db.prepare<[string, number]>('DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries WHERE list_id = ? LIMIT ?)');
	const customers = db.prepare<[string, string, number]>(
		'DELETE FROM customers WHERE rowid IN (SELECT rowid FROM customers WHERE id >= ? AND id < ? LIMIT ?)',
	);
	const counts = db.prepare<[string]>('DELETE FROM list_counts WHERE list_id = ?');
	const list = db.prepare<[string]>('DELETE FROM lists WHERE id = ?');
	const undone = db.prepare<[string]>("UPDATE imports SET state = 'undone' WHERE id = ?");
	const removeCustomer = db.prepare<[string]>('DELETE FROM customers WHERE id = ?');
	return {
		putImport: ({row}) => put.run(...tables.imports.encode(row)),
		eraseImport({importId, limit}) {
			const row = one.get(importId);
			if (!row) throw new Error(`no such import: ${importId}`);
			const {kind, list_id: listId} = row;
			if (listId !== null && entries.run(listId, limit).changes > 0) return;
			if (kind === 'import' && customers.run(`c${importId}-`, `c${importId}.`, limit).changes > 0) return;
			if (listId !== null) {
				counts.run(listId);
				list.run(listId);
			}
			undone.run(importId);
		},
		removeCustomer({customerId}) {
			if (removeCustomer.run(customerId).changes === 0) throw new Error(`no such customer: ${customerId}`);
		},
	};
}
