import type {Database} from 'better-sqlite3';
import type {StoreOp} from './port.js';

type DialOp =
	| 'putCounts'
	| 'copyEntries'
	| 'putLeadCount'
	| 'removeList'
	| 'eraseEntries'
	| 'unstop'
	| 'allowCustomers'
	| 'refuse'
	| 'putDoNotCall'
	| 'removeDoNotCall'
	| 'putDialRules'
	| 'putRegion'
	| 'removeRegion'
	| 'putSalesGroup'
	| 'removeSalesGroup';

/** Ops about the rules of dialling. */
export function prepareDial(db: Database): {[K in DialOp]: (op: Extract<StoreOp, {op: K}>) => unknown} {
	const doc = (name: string, key: string) =>
		db.prepare(`INSERT INTO ${name} (${key}, doc) VALUES (?, ?) ON CONFLICT (${key}) DO UPDATE SET doc = excluded.doc`);
	const rules = doc('dial_rules', 'campaign_id');
	const region = doc('regions', 'id');
	const salesGroup = doc('sales_groups', 'id');
	const remove = (name: string) => {
		const statement = db.prepare<[string]>(`DELETE FROM ${name} WHERE id = ?`);
		return (id: string) => {
			if (statement.run(id).changes === 0) throw new Error(`no such row of ${name}: ${id}`);
		};
	};
	const removeRegion = remove('regions');
	const removeSalesGroup = remove('sales_groups');
	const copy = db.prepare(
		`INSERT INTO entries (id, list_id, customer_id, number, state, position, attempts, blocked)
			SELECT @to || '-' || entries.position, @to, customer_id, number, 'waiting', position, 0, blocked FROM entries
			WHERE list_id = @from AND (@states IS NULL OR state IN (SELECT value FROM json_each(@states)))
				AND (@outcomes IS NULL OR last_outcome IN (SELECT value FROM json_each(@outcomes)))`,
	);
	const leadCount = db.prepare(
		`INSERT INTO lead_counts VALUES (?, ?, ?, ?, ?) ON CONFLICT (campaign_id, lead)
			DO UPDATE SET calls = excluded.calls, answers = excluded.answers, at_ms = excluded.at_ms`,
	);
	const removeEntries = db.prepare('DELETE FROM entries WHERE list_id = ?');
	const removeCounts = db.prepare('DELETE FROM list_counts WHERE list_id = ?');
	const removeList = db.prepare('DELETE FROM lists WHERE id = ?');
	const erase = db.prepare<[string, number]>('DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries WHERE list_id = ? LIMIT ?)');
	const waits = "UPDATE entries SET state = 'waiting', next_at_ms = NULL WHERE state = 'stopped' AND";
	const unstopNumbers = db.prepare<[string]>(
		`${waits} customer_id IN (SELECT customer_id FROM customer_numbers WHERE number IN (SELECT value FROM json_each(?)))`,
	);
	const unstopCustomer = db.prepare<[string]>(`${waits} customer_id = ?`);
	const unstopCampaign = db.prepare<[string]>(`${waits} list_id IN (SELECT id FROM lists WHERE campaign_id = ?)`);
	const allowCustomers = db.prepare<{numbers: string; campaigns: string | null}>(
		`UPDATE customers SET stop_calling = 0 WHERE stop_calling = 1
			AND (@campaigns IS NULL OR campaign_id IN (SELECT value FROM json_each(@campaigns)))
			AND id IN (SELECT customer_id FROM customer_numbers WHERE number IN (SELECT value FROM json_each(@numbers)))`,
	);
	const stop = db.prepare('UPDATE customers SET stop_calling = 1 WHERE id = ? AND stop_calling = 0');
	const stopOthers = db.prepare(
		`UPDATE customers SET stop_calling = 1 WHERE stop_calling = 0 AND campaign_id IN (SELECT value FROM json_each(?))
			AND id IN (SELECT customer_id FROM customer_numbers WHERE number IN (SELECT value FROM json_each(?)))`,
	);
	const forbid = db.prepare('INSERT OR IGNORE INTO do_not_call VALUES (?, ?, ?, ?)');
	const allow = db.prepare('DELETE FROM do_not_call WHERE scope = ? AND number = ?');
	const putCount = db.prepare('INSERT INTO dial_counts VALUES (?, ?, ?) ON CONFLICT (day, scope) DO UPDATE SET calls = excluded.calls');
	const forgetCounts = db.prepare('DELETE FROM dial_counts WHERE day < ?');
	return {
		putCounts({day, counts}) {
			for (const [scope, calls] of counts) putCount.run(day, scope, calls);
			forgetCounts.run(day);
		},
		copyEntries({fromId, toId, states, outcomes}) {
			const json = (values: string[] | undefined) => (values ? JSON.stringify(values) : null);
			copy.run({from: fromId, to: toId, states: json(states), outcomes: json(outcomes)});
		},
		putLeadCount: ({campaignId, key, count: {calls, answers, atMs}}) => leadCount.run(campaignId, key, calls, answers, atMs),
		removeList({listId}) {
			removeEntries.run(listId);
			removeCounts.run(listId);
			if (removeList.run(listId).changes === 0) throw new Error(`no such list: ${listId}`);
		},
		eraseEntries: ({listId, limit}) => erase.run(listId, limit),
		unstop(op) {
			if ('numbers' in op) unstopNumbers.run(JSON.stringify(op.numbers));
			else if ('customerId' in op) unstopCustomer.run(op.customerId);
			else unstopCampaign.run(op.campaignId);
		},
		allowCustomers: ({numbers, campaignIds}) =>
			allowCustomers.run({numbers: JSON.stringify(numbers), campaigns: campaignIds ? JSON.stringify(campaignIds) : null}),
		refuse({customerId, campaignIds, numbers, scope, atMs, source}) {
			stop.run(customerId);
			stopOthers.run(JSON.stringify(campaignIds), JSON.stringify(numbers));
			for (const number of numbers) forbid.run(scope, number, atMs, source);
		},
		putDoNotCall({scope, numbers, atMs, source}) {
			for (const number of numbers) forbid.run(scope, number, atMs, source);
		},
		removeDoNotCall({scope, numbers}) {
			for (const number of numbers) allow.run(scope, number);
		},
		putDialRules: ({row}) => rules.run(row.campaignId, JSON.stringify(row)),
		putRegion: ({row}) => region.run(row.id, JSON.stringify(row)),
		removeRegion: ({regionId}) => removeRegion(regionId),
		putSalesGroup: ({row}) => salesGroup.run(row.id, JSON.stringify(row)),
		removeSalesGroup: ({salesGroupId}) => removeSalesGroup(salesGroupId),
	};
}
