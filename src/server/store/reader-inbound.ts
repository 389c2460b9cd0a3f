import type {Database} from 'better-sqlite3';
import type {BusinessHours, OutsideNumber, Skill, VoiceMenu} from '../domain/model.js';
import type {Office} from '../domain/office.js';
import type {Prepare} from './reader.js';
import * as tables from './tables.js';

/** What is set about calls that come in, and what callers have left behind. */
export function inboundReader(db: Database, {many, column}: Prepare) {
	const docs = <T>(name: string, key: string) => {
		const all = column<string>(`SELECT doc FROM ${name} ORDER BY ${key}`);
		return () => all.all().map(text => JSON.parse(text) as T);
	};
	const skills = db.prepare<[], {operatorId: string; groupId: string} & Skill>(
		'SELECT operator_id AS "operatorId", group_id AS "groupId", skill, priority FROM operator_groups',
	);
	const callBacks = many(tables.callBacks, "WHERE state IN ('waiting', 'offered', 'dialling') ORDER BY queued_ms");
	const voicemails = many(tables.voicemails, 'WHERE mailbox = ? ORDER BY at_ms DESC LIMIT ?');
	return {
		numbers: docs<OutsideNumber>('numbers', 'number'),
		menus: docs<VoiceMenu>('menus', 'id'),
		businessHours: docs<BusinessHours>('business_hours', 'id'),
		offices: docs<Office>('offices', 'id'),
		skills(): Record<string, Record<string, Skill>> {
			const all: Record<string, Record<string, Skill>> = {};
			for (const {operatorId, groupId, skill, priority} of skills.all()) {
				all[operatorId] ??= {};
				all[operatorId][groupId] = {skill, priority};
			}
			return all;
		},
		openCallBacks: () => callBacks(),
		voicemails: (mailbox: string, limit: number) => voicemails(mailbox, limit),
	};
}
