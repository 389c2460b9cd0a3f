import type {Database} from 'better-sqlite3';
import type {StoreOp} from './port.js';

type ExternalOp = 'putDeskUse' | 'putHook' | 'removeHook' | 'putLink' | 'removeLink';

/** Ops about what operators have in front of them, and about other systems. */
export function prepareExternal(db: Database): {[K in ExternalOp]: (op: Extract<StoreOp, {op: K}>) => unknown} {
	const putUse = db.prepare('INSERT INTO desk_uses VALUES (?, ?) ON CONFLICT (extension) DO UPDATE SET use_setting = excluded.use_setting');
	const removeUse = db.prepare('DELETE FROM desk_uses WHERE extension = ?');
	const put = (name: string) => db.prepare(`INSERT INTO ${name} VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`);
	const remove = (name: string) => {
		const statement = db.prepare(`DELETE FROM ${name} WHERE id = ?`);
		return (id: string) => {
			if (statement.run(id).changes === 0) throw new Error(`no such row of ${name}: ${id}`);
		};
	};
	const [putHook, putLink] = [put('hooks'), put('links')];
	const [removeHook, removeLink] = [remove('hooks'), remove('links')];
	return {
		putDeskUse: ({extension, use}) => (use === null ? removeUse.run(extension) : putUse.run(extension, use)),
		putHook: ({row}) => putHook.run(row.id, JSON.stringify(row)),
		removeHook: ({hookId}) => removeHook(hookId),
		putLink: ({row}) => putLink.run(row.id, JSON.stringify(row)),
		removeLink: ({linkId}) => removeLink(linkId),
	};
}
