import type {Database} from 'better-sqlite3';
import type {SupportPage} from '../domain/model.js';
import type {Privacy} from '../domain/privacy.js';
import type {ImportRow, SettingChangeRow} from './port.js';
import * as tables from './tables.js';

type SettingChange = SettingChangeRow & {id: number};

/** The column of a record that holds a choice of that master. */
const columns = {reached: 'reached_id', reactions: 'reaction_id', nextActions: 'next_action_id'} as const;

/** What administration asks before it changes something, and what only it looks at. */
export function adminReader(db: Database) {
	const page = db.prepare<[], string>('SELECT doc FROM support_page').pluck();
	const privacyRow = db.prepare<[], string>('SELECT doc FROM privacy').pluck();
	const customer = db.prepare<[string], number>('SELECT 1 FROM customers WHERE campaign_id = ? LIMIT 1').pluck();
	const worked = db
		.prepare<[{operatorId: string}], number>(
			`SELECT 1 FROM events WHERE kind = 'session.opened' AND actor = @operatorId
				UNION ALL SELECT 1 FROM records WHERE operator_id = @operatorId OR next_operator_id = @operatorId
				UNION ALL SELECT 1 FROM customers WHERE owner_id = @operatorId LIMIT 1`,
		)
		.pluck();
	const record = (column: string) =>
		db.prepare<[string, string], number>(`SELECT 1 FROM records WHERE campaign_id = ? AND ${column} = ? LIMIT 1`).pluck();
	const used = {reached: record(columns.reached), reactions: record(columns.reactions), nextActions: record(columns.nextActions)};
	const changes = `SELECT id, ${tables.settingChanges.select} FROM setting_changes`;
	const changesSince = db.prepare<[number, number], {id: number}>(`${changes} WHERE at_ms >= ? ORDER BY id DESC LIMIT ?`);
	const changesOf = db.prepare<[string, number], {id: number}>(`${changes} WHERE batch = ? ORDER BY id DESC LIMIT ?`);
	const undone = db.prepare<[string], number>('SELECT 1 FROM setting_changes WHERE undoes = ? LIMIT 1').pluck();
	const undoable = db
		.prepare<[], string>(
			`SELECT batch FROM setting_changes AS change WHERE undoes IS NULL
				AND NOT EXISTS (SELECT 1 FROM setting_changes AS later WHERE later.undoes = change.batch) ORDER BY id DESC LIMIT 1`,
		)
		.pluck();
	const imports = db.prepare<[number]>(`SELECT ${tables.imports.select} FROM imports ORDER BY at_ms DESC, id DESC LIMIT ?`);
	const oneImport = db.prepare<[string]>(`SELECT ${tables.imports.select} FROM imports WHERE id = ?`);
	const unfinished = db.prepare(`SELECT ${tables.imports.select} FROM imports WHERE state IN ('open', 'undoing')`);
	const workedList = db.prepare<[{listId: string}], number>(
		`SELECT 1 FROM entries WHERE list_id = @listId AND (state <> 'waiting' OR attempts > 0) LIMIT 1`,
	);
	// Ids of its customers follow each other: a range of the key.
	const own = 'id >= @from AND id < @to';
	const workedCustomer = db.prepare<[{from: string; to: string; listId: string}], number>(
		`SELECT 1 FROM customers WHERE ${own} AND (version > 1
				OR EXISTS (SELECT 1 FROM records WHERE customer_id = customers.id)
				OR EXISTS (SELECT 1 FROM entries WHERE customer_id = customers.id AND list_id <> @listId)
				OR EXISTS (SELECT 1 FROM calls WHERE customer_id = customers.id)) LIMIT 1`,
	);
	return {
		settingChanges({batch, sinceMs = 0, limit}: {batch?: string; sinceMs?: number; limit: number}): SettingChange[] {
			const rows = batch === undefined ? changesSince.all(sinceMs, limit) : changesOf.all(batch, limit);
			return rows.map(row => ({...tables.settingChanges.decode(row), id: row.id}));
		},
		undoableBatch: (): string | undefined => undoable.get(),
		isUndone: (batch: string): boolean => undone.get(batch) !== undefined,
		imports: (limit: number): ImportRow[] => imports.all(limit).map(tables.imports.decode),
		import(importId: string): ImportRow | undefined {
			const row = oneImport.get(importId);
			return row === undefined ? undefined : tables.imports.decode(row);
		},
		unfinishedImports: (): ImportRow[] => unfinished.all().map(tables.imports.decode),
		isImportUsed: ({id, kind, listId}: ImportRow): boolean =>
			(listId !== undefined && workedList.get({listId}) !== undefined) ||
			(kind === 'import' && workedCustomer.get({from: `c${id}-`, to: `c${id}.`, listId: listId ?? ''}) !== undefined),
		privacy(): Privacy | undefined {
			const text = privacyRow.get();
			return text === undefined ? undefined : (JSON.parse(text) as Privacy);
		},
		supportPage(): SupportPage | undefined {
			const text = page.get();
			return text === undefined ? undefined : (JSON.parse(text) as SupportPage);
		},
		hasWorked: (operatorId: string): boolean => worked.get({operatorId}) !== undefined,
		hasCustomers: (campaignId: string): boolean => customer.get(campaignId) !== undefined,
		usesChoice: (campaignId: string, master: keyof typeof columns, choiceId: string): boolean =>
			used[master].get(campaignId, choiceId) !== undefined,
	};
}
