import type {Database} from 'better-sqlite3';
import type {StoreOp} from './port.js';
import * as tables from './tables.js';

type Handler<K extends StoreOp['op']> = (op: Extract<StoreOp, {op: K}>) => unknown;
type InboundOp =
	| 'putSkill'
	| 'putCallBack'
	| 'putVoicemail'
	| 'putNumber'
	| 'putMenu'
	| 'putHours'
	| 'removeNumber'
	| 'removeMenu'
	| 'removeHours'
	| 'removeGroup'
	| 'removeExtension'
	| 'removeCampaign'
	| 'putSupport'
	| 'putPrivacy'
	| 'putSettingChange'
	| 'removeOperator'
	| 'removeAutoDial'
	| 'putOffice'
	| 'removeOffice';

/** Ops about calls that come in, and who works in which group with what skill. */
export function prepareInbound(db: Database): {
	handlers: {[K in InboundOp]: Handler<K>};
	/** Exactly these groups; the skill in one that is kept is kept. */
	changeGroups(operatorId: string, groupIds: readonly string[]): void;
} {
	const groupsOf = db.prepare<[string], string>('SELECT group_id FROM operator_groups WHERE operator_id = ?').pluck();
	const leave = db.prepare('DELETE FROM operator_groups WHERE operator_id = ? AND group_id = ?');
	const join = db.prepare('INSERT INTO operator_groups (operator_id, group_id) VALUES (?, ?) ON CONFLICT DO NOTHING');
	const putSkill = db.prepare(
		`INSERT INTO operator_groups (operator_id, group_id, skill, priority) VALUES (?, ?, ?, ?)
			ON CONFLICT (operator_id, group_id) DO UPDATE SET skill = excluded.skill, priority = excluded.priority`,
	);
	const callBack = db.prepare(tables.callBacks.put);
	const voicemail = db.prepare(tables.voicemails.put);
	const doc = (name: string, key: string) =>
		db.prepare(`INSERT INTO ${name} (${key}, doc) VALUES (?, ?) ON CONFLICT (${key}) DO UPDATE SET doc = excluded.doc`);
	const number = doc('numbers', 'number');
	const menu = doc('menus', 'id');
	const hours = doc('business_hours', 'id');
	const office = doc('offices', 'id');
	const remove = (name: string, key: string) => {
		const statement = db.prepare<[string]>(`DELETE FROM ${name} WHERE ${key} = ?`);
		return (value: string) => {
			if (statement.run(value).changes === 0) throw new Error(`no such row of ${name}: ${value}`);
		};
	};
	const removeNumber = remove('numbers', 'number');
	const removeMenu = remove('menus', 'id');
	const removeHours = remove('business_hours', 'id');
	const removeOffice = remove('offices', 'id');
	const removeGroup = remove('groups', 'id');
	const removeExtension = remove('extensions', 'extension');
	const removeCampaign = remove('campaigns', 'id');
	const removeRules = db.prepare<[string]>('DELETE FROM dial_rules WHERE campaign_id = ?');
	const removeOperator = remove('operators', 'id');
	const removeAutoDial = db.prepare('DELETE FROM auto_dials WHERE campaign_id = ? AND group_id = ?');
	const settingChange = db.prepare(tables.settingChanges.put);
	const onlyRow = (table: string) =>
		db.prepare(`INSERT INTO ${table} (only_row, doc) VALUES (1, ?) ON CONFLICT (only_row) DO UPDATE SET doc = excluded.doc`);
	const support = onlyRow('support_page');
	const privacyRow = onlyRow('privacy');
	return {
		handlers: {
			putSkill: ({operatorId, groupId, skill: {skill, priority}}) => putSkill.run(operatorId, groupId, skill, priority),
			putCallBack: ({row}) => callBack.run(...tables.callBacks.encode(row)),
			putVoicemail: ({row}) => voicemail.run(...tables.voicemails.encode(row)),
			putNumber: ({row}) => number.run(row.number, JSON.stringify(row)),
			putMenu: ({row}) => menu.run(row.id, JSON.stringify(row)),
			putHours: ({row}) => hours.run(row.id, JSON.stringify(row)),
			removeNumber: op => removeNumber(op.number),
			removeMenu: op => removeMenu(op.menuId),
			removeHours: op => removeHours(op.hoursId),
			putOffice: ({row}) => office.run(row.id, JSON.stringify(row)),
			removeOffice: op => removeOffice(op.officeId),
			removeGroup: op => removeGroup(op.groupId),
			removeExtension: op => removeExtension(op.extension),
			removeCampaign(op) {
				removeRules.run(op.campaignId);
				removeCampaign(op.campaignId);
			},
			removeOperator: op => removeOperator(op.operatorId),
			removeAutoDial({campaignId, groupId}) {
				if (removeAutoDial.run(campaignId, groupId).changes === 0) throw new Error(`no such auto-dial setting: ${campaignId} ${groupId}`);
			},
			putSettingChange: ({row}) => settingChange.run(...tables.settingChanges.encode(row)),
			putSupport: ({page}) => support.run(JSON.stringify(page)),
			putPrivacy: ({privacy}) => privacyRow.run(JSON.stringify(privacy)),
		},
		changeGroups(operatorId, groupIds) {
			for (const groupId of groupsOf.all(operatorId)) if (!groupIds.includes(groupId)) leave.run(operatorId, groupId);
			for (const groupId of groupIds) join.run(operatorId, groupId);
		},
	};
}
