import type {Database} from 'better-sqlite3';
import type {Campaign, Customer, FieldDefinition, FieldValues} from '../domain/model.js';
import {normaliseNumber} from '../domain/numbers.js';
import {prepareTexts} from './apply-texts.js';
import {textFields} from './customer-text.js';
import type {StoreOp} from './port.js';
import * as tables from './tables.js';

/** What the store itself needs of a campaign's card. */
export type CardKeys = {codeField: string | undefined; phoneFields: string[]; textFields: string[]};

export const cardKeys = (card: readonly FieldDefinition[]): CardKeys => ({
	codeField: card.find(field => field.role === 'customerCode')?.id,
	phoneFields: card.filter(field => field.kind === 'phone' || field.role === 'phone').map(field => field.id),
	textFields: textFields(card),
});

/** A customer code as it is compared: full-width letters and digits are the same as ordinary ones. */
export const comparableCode = (text: string): string => text.normalize('NFKC').trim();

/** The different numbers of a customer, as digits. */
function numbersOf(values: FieldValues, {phoneFields}: CardKeys): string[] {
	const numbers = phoneFields.map(field => normaliseNumber(values[field] ?? ''));
	return [...new Set(numbers.filter(number => number !== undefined))];
}

/** Rows of a campaign that are read and written at a time when its card becomes another one. */
const pageRows = 1000;

type Kept = {id: string; campaign_id: string; field_values: string};

/** Customers with what is derived from them: the code column, the rows for looking a caller up by number, the text index. */
export function prepareCustomers(db: Database) {
	// Cards are decoded once a campaign, not once a customer.
	const keysOf = new Map<string, CardKeys>();
	const card = db.prepare<[string], string>('SELECT card FROM campaigns WHERE id = ?').pluck();
	const putCampaignRow = db.prepare(tables.campaigns.put);
	const kept = db.prepare<[string], Kept>('SELECT id, campaign_id, field_values FROM customers WHERE id = ?');
	const insert = db.prepare(
		tables.customers.put.replace(') VALUES (', ', code) VALUES (').replace('?) ON', '?, ?) ON').concat(', code = excluded.code'),
	);
	const update = db.prepare(
		`UPDATE customers SET field_values = ?, version = version + 1, code = ?, stop_calling = coalesce(?, stop_calling),
			owner_id = iif(?, ?, owner_id) WHERE id = ?`,
	);
	const setOwner = db.prepare('UPDATE customers SET owner_id = ? WHERE id = ?');
	const remove = db.prepare<[string]>('DELETE FROM customers WHERE id = ?');
	const deleteNumber = db.prepare<[string, string]>('DELETE FROM customer_numbers WHERE number = ? AND customer_id = ?');
	const insertNumber = db.prepare<[string, string]>('INSERT OR IGNORE INTO customer_numbers VALUES (?, ?)');
	const setCode = db.prepare('UPDATE customers SET code = ? WHERE id = ?');
	const page = db.prepare<[string, number, number], {row: number; id: string; field_values: string}>(
		'SELECT row, id, field_values FROM customers WHERE campaign_id = ? AND row > ? ORDER BY row LIMIT ?',
	);
	const texts = prepareTexts(db, campaignId => keys(campaignId).textFields);

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
	function addNumbers(customerId: string, values: FieldValues, of: CardKeys): void {
		for (const number of numbersOf(values, of)) insertNumber.run(number, customerId);
	}
	function dropNumbers({id, campaign_id: campaignId, field_values: text}: Kept, of: CardKeys = keys(campaignId)): void {
		for (const number of numbersOf(JSON.parse(text) as FieldValues, of)) deleteNumber.run(number, id);
	}
	function must(customerId: string): Kept {
		const row = kept.get(customerId);
		if (row === undefined) throw new Error(`no such customer: ${customerId}`);
		return row;
	}
	/** With a card whose code or phone fields are other ones than before, everything derived from them is made afresh. */
	function deriveAfresh(campaignId: string, before: CardKeys, after: CardKeys): void {
		for (let row = 0; ; ) {
			const rows = page.all(campaignId, row, pageRows);
			for (const {id, field_values: text} of rows) {
				const values = JSON.parse(text) as FieldValues;
				setCode.run(codeFrom(values, after), id);
				dropNumbers({id, campaign_id: campaignId, field_values: text}, before);
				addNumbers(id, values, after);
			}
			if (rows.length < pageRows) return;
			row = rows.at(-1)!.row;
		}
	}
	return {
		keys,
		texts,
		put(customer: Customer): void {
			const of = keys(customer.campaignId);
			const before = kept.get(customer.id);
			if (before) dropNumbers(before);
			const {lastInsertRowid} = insert.run(...tables.customers.encode(customer), codeFrom(customer.values, of));
			addNumbers(customer.id, customer.values, of);
			if (before) texts.changed(customer.id);
			else texts.added(Number(lastInsertRowid));
		},
		change(op: Extract<StoreOp, {op: 'changeCustomer'}>): void {
			const before = must(op.customerId);
			const of = keys(before.campaign_id);
			dropNumbers(before, of);
			update.run(
				JSON.stringify(op.values),
				codeFrom(op.values, of),
				op.stopCalling === undefined ? null : Number(op.stopCalling),
				Number(op.ownerId !== undefined),
				op.ownerId ?? null,
				op.customerId,
			);
			addNumbers(op.customerId, op.values, of);
			texts.changed(op.customerId);
		},
		assign(customerIds: readonly string[], ownerId: string | null): void {
			for (const id of customerIds) setOwner.run(ownerId, id);
		},
		/** Throws when there is none. */
		remove(customerId: string): void {
			dropNumbers(must(customerId));
			remove.run(customerId);
		},
		/** Takes away what tells who it was, but for what stands in the row itself. Throws when there is none. */
		forgetNumbers: (customerId: string): void => dropNumbers(must(customerId)),
		putCampaign(campaign: Campaign): void {
			const text = card.get(campaign.id);
			putCampaignRow.run(...tables.campaigns.encode(campaign));
			const after = cardKeys(campaign.card);
			keysOf.set(campaign.id, after);
			if (text === undefined) return;
			const before = cardKeys(JSON.parse(text) as FieldDefinition[]);
			const derived = ({codeField, phoneFields}: CardKeys) => JSON.stringify([codeField, phoneFields]);
			if (derived(before) !== derived(after)) deriveAfresh(campaign.id, before, after);
			if (JSON.stringify(before.textFields) !== JSON.stringify(after.textFields)) texts.afresh();
		},
		rolledBack(): void {
			keysOf.clear();
			texts.rolledBack();
		},
	};
}
export type CustomerRows = ReturnType<typeof prepareCustomers>;

/** 個人情報の消去: the customer stays as a number in counts; what tells who it was goes, with recordings and messages. */
export function prepareErasing(db: Database, customers: CustomerRows) {
	const statements = [
		`UPDATE customers SET field_values = '{}', code = NULL, stop_calling = 1, owner_id = NULL, version = version + 1 WHERE id = @id`,
		`UPDATE records SET text = '' WHERE customer_id = @id`,
		`INSERT INTO removals SELECT recording_path, @atMs FROM calls WHERE customer_id = @id AND recording_path IS NOT NULL
			ON CONFLICT DO NOTHING`,
		'INSERT INTO removals SELECT path, @atMs FROM voicemails WHERE customer_id = @id ON CONFLICT DO NOTHING',
		`UPDATE calls SET from_number = iif(direction = 'in', '', from_number), to_number = iif(direction = 'out', '', to_number)
			WHERE customer_id = @id`,
		`UPDATE entries SET number = '', next_at_ms = NULL WHERE customer_id = @id`,
		`UPDATE call_backs SET number = '' WHERE customer_id = @id`,
		`UPDATE voicemails SET from_number = '' WHERE customer_id = @id`,
		`UPDATE events SET data = json_remove(data, '$.from', '$.to', '$.number', '$.draft')
			WHERE customer_id = @id AND data IS NOT NULL AND kind NOT LIKE 'agent.%'`,
	].map(sql => db.prepare<[{id: string} | {id: string; atMs: number}]>(sql));
	// What was noted of a call before anybody knew whose it is.
	const ofCalls = db.prepare<[{id: string}]>(
		`UPDATE events SET data = json_remove(data, '$.from', '$.to', '$.number') WHERE data IS NOT NULL AND kind NOT LIKE 'agent.%'
			AND call_id IN (SELECT id FROM calls WHERE customer_id = @id)`,
	);
	const ofThese = 'IN (SELECT value FROM json_each(?))';
	const numbersOfCalls = [
		`UPDATE calls SET from_number = iif(direction = 'in', '', from_number), to_number = iif(direction = 'out', '', to_number) WHERE id ${ofThese}`,
		`UPDATE events SET data = json_remove(data, '$.from', '$.to', '$.number')
			WHERE call_id ${ofThese} AND data IS NOT NULL AND kind NOT LIKE 'agent.%'`,
		`UPDATE call_backs SET number = '' WHERE call_id ${ofThese}`,
		`UPDATE voicemails SET from_number = '' WHERE call_id ${ofThese}`,
	].map(sql => db.prepare<[string]>(sql));
	return {
		eraseNumbers({callIds}: Extract<StoreOp, {op: 'eraseNumbers'}>): void {
			for (const statement of numbersOfCalls) statement.run(JSON.stringify(callIds));
		},
		eraseCustomers({customerIds, atMs}: Extract<StoreOp, {op: 'eraseCustomers'}>): void {
			for (const id of customerIds) {
				customers.forgetNumbers(id);
				for (const statement of statements) statement.run(statement.source.includes('@atMs') ? {id, atMs} : {id});
				ofCalls.run({id});
				customers.texts.changed(id);
			}
		},
	};
}
