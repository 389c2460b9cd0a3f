import type {Database} from 'better-sqlite3';
import type {StoreOp} from './port.js';

type DialOp = 'putDialRules' | 'putRegion' | 'removeRegion' | 'putSalesGroup' | 'removeSalesGroup';

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
	return {
		putDialRules: ({row}) => rules.run(row.campaignId, JSON.stringify(row)),
		putRegion: ({row}) => region.run(row.id, JSON.stringify(row)),
		removeRegion: ({regionId}) => removeRegion(regionId),
		putSalesGroup: ({row}) => salesGroup.run(row.id, JSON.stringify(row)),
		removeSalesGroup: ({salesGroupId}) => removeSalesGroup(salesGroupId),
	};
}
