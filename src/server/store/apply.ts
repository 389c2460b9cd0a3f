import type {Database} from 'better-sqlite3';
import type {Campaign, Customer, FieldDefinition, FieldValues} from '../domain/model.js';
import {normaliseNumber} from '../domain/numbers.js';
import {prepareErasing} from './apply-customers.js';
import {prepareDial} from './apply-dial.js';
import {prepareExternal} from './apply-external.js';
import {prepareImports} from './apply-imports.js';
import {prepareInbound} from './apply-inbound.js';
import {prepareRecordings} from './apply-recordings.js';
import {prepareAudit} from './audit.js';
import type {StoreOp} from './port.js';
import * as tables from './tables.js';

/** What the store itself needs of a campaign's card. */
type CardKeys = {codeField: string | undefined; phoneFields: string[]};

const cardKeys = (card: FieldDefinition[]): CardKeys => ({
	codeField: card.find(field => field.role === 'customerCode')?.id,
	phoneFields: card.filter(field => field.kind === 'phone' || field.role === 'phone').map(field => field.id),
});

/** A customer code as it is compared: full-width letters and digits are the same as ordinary ones. */
export const comparableCode = (text: string): string => text.normalize('NFKC').trim();

export type Ops = {
	/** Carries out one op, inside the transaction that the caller holds open. */
	apply(op: StoreOp): void;
	/** To be called after every roll-back: drops what was remembered of rows that are not there now. */
	rolledBack(): void;
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
		putRecord: ({row}) => putRecord(row),
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
		...prepareImports(db),
		...prepareDial(db),
		...prepareErasing(db),
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
			customers.forgetCards();
			audit.rolledBack();
		},
	};
}

/** Customers with what is derived from them: the code column and the rows for looking a caller up by number. */
function prepareCustomers(db: Database) {
	// Cards are decoded once a campaign, not once a customer.
	const keysOf = new Map<string, CardKeys>();
	const card = db.prepare<[string], string>('SELECT card FROM campaigns WHERE id = ?').pluck();
	const putCampaignRow = db.prepare(tables.campaigns.put);
	const campaignOf = db.prepare<[string], string>('SELECT campaign_id FROM customers WHERE id = ?').pluck();
	const insert = db.prepare(
		tables.customers.put.replace(') VALUES (', ', code) VALUES (').replace('?) ON', '?, ?) ON').concat(', code = excluded.code'),
	);
	const update = db.prepare(
		`UPDATE customers SET field_values = ?, version = version + 1, code = ?, stop_calling = coalesce(?, stop_calling),
			owner_id = iif(?, ?, owner_id) WHERE id = ?`,
	);
	const setOwner = db.prepare('UPDATE customers SET owner_id = ? WHERE id = ?');
	const deleteNumbers = db.prepare('DELETE FROM customer_numbers WHERE customer_id = ?');
	const insertNumber = db.prepare('INSERT OR IGNORE INTO customer_numbers VALUES (?, ?)');
	const setCode = db.prepare('UPDATE customers SET code = ? WHERE id = ?');
	const allOf = db.prepare<[string], {id: string; values: string}>(
		'SELECT id, field_values AS "values" FROM customers WHERE campaign_id = ?',
	);

	function keys(campaignId: string): CardKeys {
		let known = keysOf.get(campaignId);
		if (!known) {
			const text = card.get(campaignId);
			if (text === undefined) throw new Error(`no such campaign: ${campaignId}`);
			keysOf.set(campaignId, (known = cardKeys(JSON.parse(text) as FieldDefinition[])));
		}
		return known;
	}
	const codeFrom = (values: FieldValues, {codeField}: CardKeys) =>
		(codeField !== undefined && comparableCode(values[codeField] ?? '')) || null;
	function writeNumbers(customerId: string, values: FieldValues, {phoneFields}: CardKeys): void {
		for (const field of phoneFields) {
			const number = normaliseNumber(values[field] ?? '');
			if (number) insertNumber.run(number, customerId);
		}
	}
	return {
		put(customer: Customer): void {
			const cardKeys = keys(customer.campaignId);
			const known = campaignOf.get(customer.id) !== undefined;
			insert.run(...tables.customers.encode(customer), codeFrom(customer.values, cardKeys));
			if (known) deleteNumbers.run(customer.id);
			writeNumbers(customer.id, customer.values, cardKeys);
		},
		change(op: Extract<StoreOp, {op: 'changeCustomer'}>): void {
			const campaignId = campaignOf.get(op.customerId);
			if (campaignId === undefined) throw new Error(`no such customer: ${op.customerId}`);
			const cardKeys = keys(campaignId);
			update.run(
				JSON.stringify(op.values),
				codeFrom(op.values, cardKeys),
				op.stopCalling === undefined ? null : Number(op.stopCalling),
				Number(op.ownerId !== undefined),
				op.ownerId ?? null,
				op.customerId,
			);
			deleteNumbers.run(op.customerId);
			writeNumbers(op.customerId, op.values, cardKeys);
		},
		assign(customerIds: readonly string[], ownerId: string | null): void {
			for (const id of customerIds) setOwner.run(ownerId, id);
		},
		/** With a card whose code or phone fields are other ones than before, everything derived from them is made afresh. */
		putCampaign(campaign: Campaign): void {
			const before = card.get(campaign.id);
			putCampaignRow.run(...tables.campaigns.encode(campaign));
			const after = cardKeys(campaign.card);
			keysOf.set(campaign.id, after);
			if (before === undefined || JSON.stringify(cardKeys(JSON.parse(before))) === JSON.stringify(after)) return;
			for (const {id, values} of allOf.all(campaign.id)) {
				const decoded = JSON.parse(values) as FieldValues;
				setCode.run(codeFrom(decoded, after), id);
				deleteNumbers.run(id);
				writeNumbers(id, decoded, after);
			}
		},
		forgetCards: () => keysOf.clear(),
	};
}
