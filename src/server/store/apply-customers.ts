import type {Database} from 'better-sqlite3';
import type {StoreOp} from './port.js';

/** 個人情報の消去: the customer stays as a number in counts; what tells who it was goes, with recordings and messages. */
export function prepareErasing(db: Database) {
	const statements = [
		`UPDATE customers SET field_values = '{}', code = NULL, stop_calling = 1, owner_id = NULL, version = version + 1 WHERE id = @id`,
		'DELETE FROM customer_numbers WHERE customer_id = @id',
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
	const known = db.prepare<[string], number>('SELECT 1 FROM customers WHERE id = ?').pluck();
	return {
		eraseNumbers({callIds}: Extract<StoreOp, {op: 'eraseNumbers'}>): void {
			for (const statement of numbersOfCalls) statement.run(JSON.stringify(callIds));
		},
		eraseCustomers({customerIds, atMs}: Extract<StoreOp, {op: 'eraseCustomers'}>): void {
			for (const id of customerIds) {
				if (known.get(id) === undefined) throw new Error(`no such customer: ${id}`);
				for (const statement of statements) statement.run(statement.source.includes('@atMs') ? {id, atMs} : {id});
				ofCalls.run({id});
			}
		},
	};
}
