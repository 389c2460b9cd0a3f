import type {Database} from 'better-sqlite3';
import {prepareCustomers, prepareErasing} from './apply-customers.js';
import {prepareDial} from './apply-dial.js';
import {prepareExternal} from './apply-external.js';
import {prepareImports} from './apply-imports.js';
import {prepareInbound} from './apply-inbound.js';
import {prepareRecordings} from './apply-recordings.js';
import {prepareAudit} from './audit.js';
import type {StoreOp} from './port.js';
import * as tables from './tables.js';

export type Ops = {
	/** Carries out one op, inside the transaction that the caller holds open. */
	apply(op: StoreOp): void;
	/** To be called after every roll-back: drops what was remembered of rows that are not there now. */
	rolledBack(): void;
	/** Takes the next customers into the text index, in a transaction of the caller. False when there are none. */
	indexTexts(limit: number): boolean;
};

/**
 * Makes what carries out ops on this connection, with every statement prepared once.
 * It throws when an op names something that does not exist: a write that silently does nothing would be a lost write.
 */
export function prepareOps(db: Database): Ops {
	const run = (sql: string) => {
		const statement = db.prepare(sql);
		return (...cells: unknown[]) => statement.run(...cells).changes;
	};
	const must = (sql: string, what: string) => {
		const change = run(sql);
		return (...cells: unknown[]) => {
			if (change(...cells) === 0) throw new Error(`no such ${what}: ${String(cells.at(-1))}`);
		};
	};
	const put = <T>(table: tables.Table<T>) => {
		const change = run(table.put);
		return (row: T) => change(...table.encode(row));
	};

	const putCall = put(tables.calls);
	const putRecord = put(tables.records);
	const appendEvent = put(tables.events);
	const putSession = put(tables.sessions);
	const putGroup = put(tables.groups);
	const putList = put(tables.lists);
	const putAutoDial = put(tables.autoDials);
	const putOperatorRow = put(tables.operators);

	const putEntry = run(
		tables.entries.put
			.replace(') VALUES (', ', blocked) VALUES (')
			.replace('?) ON', '?, (SELECT stop_calling FROM customers WHERE id = ?)) ON'),
	);
	const changeEntry = must(
		`UPDATE entries SET state = ?, attempts = coalesce(?, attempts), last_outcome = coalesce(?, last_outcome),
			number = coalesce(?, number), next_at_ms = iif(?, ?, next_at_ms), tried = coalesce(?, tried) WHERE id = ?`,
		'list entry',
	);
	const putDraft = run('INSERT INTO drafts VALUES (?, ?) ON CONFLICT (operator_id) DO UPDATE SET draft = excluded.draft');
	const deleteDraft = run('DELETE FROM drafts WHERE operator_id = ?');
	const deleteSession = run('DELETE FROM sessions WHERE token_hash = ?');
	const setPassword = must('UPDATE operators SET password_hash = ? WHERE id = ?', 'operator');
	const inbound = prepareInbound(db);
	const putExtension = run('INSERT INTO extensions VALUES (?, ?) ON CONFLICT (extension) DO UPDATE SET ha1 = excluded.ha1');
	const setListStarted = must(
		`UPDATE lists SET started = ?, started_ms = iif(?, ?, started_ms), stopped_ms = iif(?, stopped_ms, ?) WHERE id = ?`,
		'list',
	);
	const setAutoDialStarted = must('UPDATE auto_dials SET started = ? WHERE campaign_id = ? AND group_id = ?', 'auto-dial setting');
	const customers = prepareCustomers(db);
	const audit = prepareAudit(db);

	const handlers: {[K in StoreOp['op']]: (op: Extract<StoreOp, {op: K}>) => unknown} = {
		appendEvent({row}) {
			appendEvent(row);
			audit.event(row);
		},
		putCall: ({row}) => putCall(row),
		changeEntry({change: {entryId, state, attempts, lastOutcome, number, nextAtMs, tried}}) {
			const plain = [attempts, lastOutcome, number].map(cell => cell ?? null);
			return changeEntry(state, ...plain, Number(nextAtMs !== undefined), nextAtMs ?? null, tried ?? null, entryId);
		},
		putRecord({row}) {
			putRecord(row);
			customers.texts.changed(row.customerId);
		},
		changeCustomer: op => customers.change(op),
		putCustomer: ({customer}) => customers.put(customer),
		putDraft: ({operatorId, draft}) => putDraft(operatorId, JSON.stringify(draft)),
		deleteDraft: ({operatorId}) => deleteDraft(operatorId),
		putSession: ({row}) => putSession(row),
		deleteSession: ({tokenHash}) => deleteSession(tokenHash),
		setPassword: ({operatorId, passwordHash}) => setPassword(passwordHash, operatorId),
		putOperator({row, passwordHash, groupIds}) {
			putOperatorRow(row);
			if (passwordHash !== undefined) setPassword(passwordHash, row.id);
			inbound.changeGroups(row.id, groupIds);
		},
		putGroup: ({row}) => putGroup(row),
		assignCustomers: ({customerIds, ownerId}) => customers.assign(customerIds, ownerId),
		...inbound.handlers,
		putSettingChange(op) {
			inbound.handlers.putSettingChange(op);
			audit.setting(op.row);
		},
		...prepareRecordings(db),
		...prepareImports(db, customers),
		...prepareDial(db),
		...prepareErasing(db, customers),
		putExtension: ({extension, ha1}) => putExtension(extension, ha1),
		...prepareExternal(db),
		putCampaign: ({row}) => customers.putCampaign(row),
		putList: ({row}) => putList(row),
		putEntries({rows}) {
			for (const row of rows) putEntry(...tables.entries.encode(row), row.customerId);
		},
		putAutoDial: ({row}) => putAutoDial(row),
		setListStarted: ({listId, started, atMs}) => setListStarted(Number(started), Number(started), atMs, Number(started), atMs, listId),
		setAutoDialStarted: ({campaignId, groupId, started}) => setAutoDialStarted(Number(started), campaignId, groupId),
	};
	return {
		apply: op => void (handlers[op.op] as (op: StoreOp) => unknown)(op),
		rolledBack() {
			customers.rolledBack();
			audit.rolledBack();
		},
		indexTexts: customers.texts.step,
	};
}
